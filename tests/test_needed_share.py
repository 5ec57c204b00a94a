"""Back from a goal: the standardised rates by hand, the share that adds up, and how often its interval holds the truth."""

from __future__ import annotations

import numpy as np
import pytest

from cslib.stats import Kept, Reach, Sides, breaking_place, needed_share


def sides(*strata: tuple[tuple[int, int], tuple[int, int]], each: float = 1.0) -> Sides:
    """Return customers of strata: ((kept, of) of those past the gate, (kept, of) of the others), each with one row."""
    rows = [
        (float(place < kept) * each, passed, stratum)
        for stratum, pair in enumerate(strata)
        for passed, (kept, of) in zip((True, False), pair, strict=True)
        for place in range(of)
    ]
    then, passed, stratum = (np.array(column) for column in zip(*rows, strict=True))
    return Sides(np.full(len(rows), each), then, passed, stratum, np.arange(len(rows)))


def test_the_share_that_adds_up_to_the_goal() -> None:
    """90 of 100 kept past the gate, 60 of 100 else: 0.9 g + 0.6 (1 - g) = 0.8 where g = 2/3."""
    kept = needed_share(sides(((90, 100), (60, 100))), 0.8)
    assert (kept.with_it, kept.without_it) == pytest.approx((90 / 100, 60 / 100))
    assert kept.share == pytest.approx(2 / 3)
    assert kept.low < 0.3 < kept.high
    assert kept.share_low < 2 / 3 < kept.share_high
    assert kept.reach is Reach.NEEDED


def test_both_sides_are_standardised_to_the_strata_that_have_both() -> None:
    """Strata of 40 and 60: with (0.5 x 40 + 0.9 x 60) / 100, without (0.2 x 40 + 0.8 x 60) / 100; a third has one side only."""
    kept = needed_share(sides(((5, 10), (6, 30)), ((36, 40), (16, 20)), ((0, 50), (0, 0))), 0.65)
    assert kept.with_it == pytest.approx(0.5 * 0.4 + 0.9 * 0.6)
    assert kept.without_it == pytest.approx(0.2 * 0.4 + 0.8 * 0.6)
    assert kept.share == pytest.approx((0.65 - 0.56) / (0.74 - 0.56))


def test_amounts_weigh_by_what_was_paid() -> None:
    """One pays 300 and keeps 330, one pays 100 and is lost: 330 / 400 past the gate; 50 of 100 of the others."""
    both = Sides(
        np.array([300.0, 100, 50, 50]), np.array([330.0, 0, 50, 0]), np.array([True, True, False, False]), np.zeros(4, int),
        np.arange(4),
    )  # fmt: skip
    kept = needed_share(both, 1.0)
    assert (kept.with_it, kept.without_it) == pytest.approx((330 / 400, 50 / 100))


def test_a_draw_without_one_side_of_a_stratum_leaves_that_stratum_out_and_counts() -> None:
    """Each of four customers alone past its gate is left out of 37 in 100 draws: all four are in fewer than 17 in 100."""
    alone = ((1, 1), (5, 10))
    kept = needed_share(sides(((90, 100), (60, 100)), alone, alone, alone, alone), 0.8)
    assert 0 < kept.low < kept.high < 1


@pytest.mark.parametrize(
    ("goal", "reach"), [(0.95, Reach.OUT_OF_REACH), (0.75, Reach.NEEDED), (0.5, Reach.MET), (0.9, Reach.NEEDED)]
)
def test_no_share_is_named_that_is_none(goal: float, reach: Reach) -> None:
    assert needed_share(sides(((90, 100), (60, 100))), goal).reach is reach


def test_a_difference_that_chance_may_make_tells_nothing_and_the_other_way_is_said() -> None:
    assert needed_share(sides(((8, 10), (7, 10))), 0.75).reach is Reach.CANNOT_TELL
    assert needed_share(sides(((60, 100), (90, 100))), 0.8).reach is Reach.OTHER_WAY
    assert needed_share(sides(((50, 50), (50, 50))), 0.8).reach is Reach.CANNOT_TELL
    assert needed_share(sides(((50, 50), (0, 0))), 0.8).reach is Reach.CANNOT_TELL


def test_months_of_a_customer_are_no_witnesses_of_their_own() -> None:
    once = sides(((80, 100), (65, 100)))
    rows = np.tile(np.arange(200), 12)
    often = Sides(once.now[rows], once.then[rows], once.passed[rows], once.strata[rows], once.customers[rows])
    one, twelve = needed_share(once, 0.7), needed_share(often, 0.7)
    assert (twelve.low, twelve.high) == pytest.approx((one.low, one.high), abs=0.01)


def test_order_and_names_change_nothing() -> None:
    rows = sides(((17, 20), (9, 20)), ((14, 30), (9, 25)))
    turned = np.random.default_rng(1).permutation(len(rows.now))
    moved = Sides(rows.now[turned], rows.then[turned], rows.passed[turned], rows.strata[turned], rows.customers[turned])
    renamed = moved._replace(customers=moved.customers[::-1].copy())
    assert needed_share(renamed, 0.6) == pytest.approx(needed_share(rows, 0.6))


def test_the_interval_holds_the_share_nineteen_times_in_twenty() -> None:
    """Of 400 customers over 8 strata 70 % are past a gate; kept 0.88 and 0.68: 0.82 goes with a share of 0.7."""
    rng, held, told = np.random.default_rng(3), 0, 0
    for _trial in range(150):
        passed, strata = rng.random(400) < 0.7, rng.integers(8, size=400)
        then = (rng.random(400) < np.where(passed, 0.88, 0.68)).astype(float)
        kept = needed_share(Sides(np.ones(400), then, passed, strata, np.arange(400)), 0.82)
        told += kept.reach is not Reach.CANNOT_TELL
        held += kept.share_low <= 0.7 <= kept.share_high
    assert told > 140
    assert 0.90 * 150 <= held <= 0.99 * 150


def test_without_customers_to_draw_there_is_no_interval() -> None:
    one = Sides(np.ones(2), np.array([1.0, 0.0]), np.array([True, False]), np.zeros(2, int), np.zeros(2, int))
    kept: Kept = needed_share(one, 0.5)
    assert kept.share == pytest.approx(0.5)
    assert np.isnan([kept.low, kept.high, kept.share_low]).all()


# where a chain breaks


@pytest.mark.parametrize(
    ("came", "stopped", "place"),
    [
        ((100, 90, 40), (10, 50, 4), 1),  # 50 of 90 against 10 of 100 and 4 of 40
        ((100, 90, 75), (10, 15, 14), None),
        ((100, 60), (40, 24), None),  # 40 % each
        ((10, 8, 7), (2, 1, 4), None),  # too few to tell
        ((100, 0, 0), (100, 0, 0), None),  # nobody came to another gate
        ((50,), (40,), None),
        ((1000, 100), (900, 5), 0),
        ((20, 100), (12, 20), 0),  # 60 % against 20 %, though fewer of them
        ((), (), None),
    ],
)
def test_the_breaking_gate_is_named_where_it_stands_out(
    came: tuple[int, ...], stopped: tuple[int, ...], place: int | None
) -> None:
    assert breaking_place(came, stopped) == place


def test_equal_gates_are_seldom_told_apart() -> None:
    rng, named = np.random.default_rng(5), 0
    for _trial in range(400):
        came = [200]
        stopped = []
        for _gate in range(4):
            stopped.append(int(rng.binomial(came[-1], 0.15)))
            came.append(came[-1] - stopped[-1])
        named += breaking_place(came[:4], stopped) is not None
    assert named <= 0.05 * 400
