"""What is read of the months around a start, of rivals, answers and losses: by hand, and by a second opinion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cslib.stats.losses import kept_curve, lost, retained
from cslib.stats.readings import Readings, answers, readings
from cslib.stats.rivals import Reads, Rival
from cslib.stats.shares import hybrid
from cslib.stats.trials import NEVER, Book, LeftOut, Outcome, Rules, trials

if TYPE_CHECKING:
    from numpy.typing import NDArray

RULES = Rules()
G, MONTHS = 7, 14
MONTH = np.arange(MONTHS)


def wave(participants: int, others: int, months: int = MONTHS, start: int = G) -> Book:
    """Return a book in which so many customers start in one month, and as many others never do."""
    first = np.array([start] * participants + [NEVER] * others)
    return Book(first, np.ones((participants + others, months), np.bool_))


def of_rows(*rows: object) -> Readings:
    """Return what is read of a participant's months and of those of others, each a row of 14 months."""
    figure = np.array([np.broadcast_to(np.asarray(row, dtype=np.float64), MONTHS) for row in rows])
    return readings(wave(1, len(rows) - 1), Outcome("use", figure), RULES)


def test_a_trend_of_its_own_is_taken_off() -> None:
    found = of_rows(2.0 * MONTH, 0)
    assert found.estimate.value == pytest.approx(14)  # seven months between the middles of both windows
    assert found.slope.value == pytest.approx(2)
    assert found.own_trend.value == pytest.approx(0)


def test_apart_from_the_start_reads_neither_of_the_two_months_beside_it() -> None:
    near = np.where(np.isin(MONTH, [5, 6, 7, 8, 9]), 100.0, 0.0)
    assert of_rows(near, 0).apart.value == 0
    after, before = np.where(MONTH >= 10, 3.0, 0.0), np.where(MONTH <= 4, 2.0, 0.0)
    assert of_rows(after + before, 0).apart.value == pytest.approx(3 - 2)


def test_the_event_study_is_relative_to_the_mean_before() -> None:
    dipped = np.select([MONTH == 6, MONTH == G, MONTH > G], [4.0, 30.0, 12.0], 10.0)
    found = of_rows(dipped, np.where(MONTH == 9, 7.0, 1.0))
    by_month = {one.since: one for one in found.months}
    assert list(by_month) == list(range(-6, 7))
    assert by_month[-6].contrast.value == pytest.approx(1)
    assert by_month[-1].contrast.value == pytest.approx(-5)
    assert by_month[0].contrast.value == pytest.approx(30 - 9)
    assert (by_month[2].participants, by_month[2].comparison) == pytest.approx((3, 6))
    assert by_month[2].contrast.value == pytest.approx(3 - 6)
    assert found.sway == pytest.approx(5)  # of the months before alone


def test_a_start_three_months_earlier_reads_months_before_the_start_alone() -> None:
    found = of_rows(np.select([MONTH <= 3, MONTH == 4, MONTH <= 6], [1.0, 50.0, 3.0], 99.0), 0)
    assert found.placebo.value == pytest.approx(2)


def test_a_trend_that_would_not_be_seen() -> None:
    rng = np.random.default_rng(1)
    use = rng.normal(size=(40, MONTHS))
    found = readings(wave(10, 30), Outcome("use", use), RULES)
    change = use[:10, G + 1 :].mean(axis=1) - use[:10, 1:G].mean(axis=1)
    assert found.raw.se == pytest.approx(np.sqrt(((change - change.mean()) ** 2).sum() / 9 / 10))
    assert found.trend_unseen == pytest.approx(2.8 * found.slope.se * 7)
    own = (found.raw.high - found.raw.low) / 2
    assert own == pytest.approx(2.262157 * found.raw.se)  # t of nine degrees of freedom
    assert found.seen_from == pytest.approx(2.8 * found.estimate.se)
    assert found.breakdown == pytest.approx(
        (found.estimate.low if found.estimate.value > 0 else -found.estimate.high) / found.sway
    )


def test_a_second_opinion_on_one_wave() -> None:
    """Callaway and Sant'Anna's estimate of diff-diff on the two means of each customer, and month by month."""
    from diff_diff import CallawaySantAnna  # noqa: PLC0415 - ten seconds

    rng = np.random.default_rng(2)
    figure = rng.normal(10, 2, (60, MONTHS)) + np.where(np.arange(60) < 20, 1.5, 0.0)[:, None] * (MONTH > G)
    ours = readings(wave(20, 40), Outcome("use", figure), RULES)
    means = np.column_stack([figure[:, 1:G].mean(axis=1), figure[:, G + 1 :].mean(axis=1)])
    theirs = CallawaySantAnna(control_group="never_treated").fit(
        _long(means, 1), outcome="y", unit="unit", time="time", first_treat="first"
    )
    assert ours.estimate.value == pytest.approx(theirs.overall_att, abs=1e-9)
    assert ours.estimate.se == pytest.approx(theirs.overall_se * np.sqrt(20 / 19), abs=1e-9)
    each = CallawaySantAnna(control_group="never_treated", base_period="universal").fit(
        _long(figure, G), outcome="y", unit="unit", time="time", first_treat="first"
    )
    by_month = {one.since: one.contrast.value for one in ours.months}
    found = {int(time) - 1 - G: told["effect"] for (_, time), told in each.group_time_effects.items()}
    assert {-6, -2, 0, 6} <= set(found)
    for since, effect in found.items():
        if since in by_month:  # theirs is relative to the month before the start
            assert by_month[since] - by_month[-1] == pytest.approx(effect, abs=1e-9)


def _long(figure: NDArray[np.float64], start: int) -> pd.DataFrame:
    n, months = figure.shape
    units, times = np.repeat(np.arange(n), months), np.tile(np.arange(months), n)
    # a first period of 0 means that a unit is never treated
    return pd.DataFrame(
        {"unit": units, "time": times + 1, "y": figure.ravel(), "first": np.where(units < 20, start + 1, 0)}
    )


# rivals


def test_a_rival_that_came_at_the_same_time() -> None:
    rng = np.random.default_rng(3)
    n, book = 90, wave(30, 60)
    price = rng.normal(size=(n, 1)) * (MONTH > G) + np.where(np.arange(n) < 30, 1.0, 0.0)[:, None] * (MONTH > G)
    use = 10 + 2 * price + rng.normal(0, 0.3, (n, MONTHS))  # use follows the price alone
    still = rng.normal(size=(n, MONTHS))
    flag = np.zeros((n, MONTHS))
    flag[:10, G] = 1
    found = readings(
        book,
        Outcome("use", use),
        RULES,
        [Rival("price", price), Rival("tickets", still), Rival("other", flag, Reads.AT_START)],
    )
    by_id = {one.id: one for one in found.rivals}
    after = price[:, -1]
    assert by_id["price"].contrast.value == pytest.approx(after[:30].mean() - after[30:].mean())
    assert by_id["price"].differs
    assert by_id["price"].moves
    assert abs(by_id["price"].moved) < found.estimate.value / 3
    assert not by_id["tickets"].differs
    assert not by_id["tickets"].moves
    assert by_id["other"].contrast.value == pytest.approx(10 / 30)


def test_a_rival_that_takes_a_fifth_away_does_not_move_the_estimate() -> None:
    rng = np.random.default_rng(4)
    mine = (np.arange(90) < 30)[:, None] * (MONTH > G)
    price = rng.normal(size=(90, 1)) * (MONTH > G) + mine
    use = 10 + 4.8 * mine + 1.2 * price  # 6 in all, 4.8 of it at the same price
    (found,) = readings(wave(30, 60), Outcome("use", use), RULES, [Rival("price", price)]).rivals
    assert found.differs
    assert found.moved == pytest.approx(4.8, abs=0.1)
    assert not found.moves


def test_a_rival_that_is_seldom_so_is_not_normal() -> None:
    # none of 30 participants and five of 60 others had a new CSM: the participants' own share has no spread
    flag = np.zeros((90, MONTHS))
    flag[30:35, G] = 1
    (found,) = readings(
        wave(30, 60), Outcome("use", np.zeros((90, MONTHS))), RULES, [Rival("csm", flag, Reads.AT_START)]
    ).rivals
    assert found.contrast.value == pytest.approx(-5 / 60)
    assert found.contrast.value + 2.045 * found.contrast.se < 0
    assert (found.contrast.low, found.contrast.high) == pytest.approx(hybrid(0, 30, 5 / 60, 60), abs=0.003)
    assert not found.differs


def test_a_rival_is_read_where_it_is_known() -> None:
    seats = np.tile(np.where(MONTH > G, 3.0, 1.0), (4, 1))
    seats[[1, 3]] = np.nan
    use = np.zeros((4, MONTHS))
    (found,) = readings(wave(2, 2), Outcome("use", use), RULES, [Rival("seats", seats)]).rivals
    assert (found.contrast.n, found.contrast.value) == pytest.approx((1, 0))


# answers


def test_answers_are_read_over_twelve_months_on_either_side() -> None:
    figure = np.full((3, 30), np.nan)
    start = 14
    figure[0, [2, 13, 26]] = [0, -100, 100]  # mean -50 before, 100 after
    figure[1, [5, 20]] = [0, 100]
    figure[2, 20] = 100  # none before
    figure[:, start] = -100
    found = answers(wave(1, 2, 30, start), Outcome("nps", figure), RULES)
    assert found.estimate.value == pytest.approx(150 - 100)
    assert found.estimate == found.alike
    assert found.apart.value == pytest.approx(100 - 100)  # without the answer of the month before the start
    assert (found.months, found.before) == ((), -50)
    young = answers(wave(1, 2, 26, start), Outcome("nps", figure[:, :26]), RULES)
    assert (young.participants, young.left_out[LeftOut.NOT_YET]) == (0, 1)


# losses


def test_the_hybrid_interval() -> None:
    # Wilson: 2 of 40 is 1.4 to 16.5 %, 15 of 150 is 6.2 to 15.9 %
    assert hybrid(2, 40, 0.1, 150) == pytest.approx((-0.119, 0.071), abs=5e-4)


def test_few_losses_are_not_normal() -> None:
    # 5 % less 15 %: ± 1.96 roots of the two variances would leave 0 out
    assert -0.1 + 1.96 * np.sqrt(0.05 * 0.95 / 39 + 0.15 * 0.85 / 150) < 0
    assert hybrid(2, 40, 0.15, 150)[1] > 0


def lost_in(book: Book, months: dict[int, int]) -> Book:
    """Return a book in which customers are lost in months."""
    under = book.under.copy()
    for customer, month in months.items():
        under[customer, month:] = False
    return Book(book.first, under, book.traits, book.history)


def test_losses_of_both_sides() -> None:
    # of 20, one is lost in the sixth month; of 50, ten; one more leaves after it
    book = lost_in(wave(20, 50, 21), {0: 13, 1: 14, **{20 + place: 10 for place in range(10)}})
    found = lost(book, RULES, 6)
    assert (found.participants_share, found.comparison_share) == pytest.approx((1 / 20, 10 / 50))
    assert found.contrast.value == pytest.approx(1 / 20 - 10 / 50)
    # the error of fifty customers: k / (k - 1) with twenty participants, 0.2 x 0.8 / 50 and 0.05 x 0.95 / 20
    variance = (0.05 * 0.95 / 20 + 0.2 * 0.8 / 50) * 20 / 19
    worth = min(0.2 * 0.8 / (variance - 0.05 * 0.95 / 19), 50)
    assert (found.contrast.low, found.contrast.high) == pytest.approx(hybrid(1, 20, 0.2, worth))
    assert found.contrast.high > 0  # whereas the normal interval would leave it out
    assert lost(book, RULES, 12).participants_share == 2 / 20


def test_nobody_lost() -> None:
    found = lost(wave(20, 50), RULES, 6)
    assert (found.contrast.low, found.contrast.high) == pytest.approx(hybrid(0, 20, 0, 50))


def test_who_is_lost_pays_nothing() -> None:
    book = lost_in(wave(2, 2), {1: 10, 3: 9})
    mrr = np.where(MONTH < G, 100.0, np.array([[150.0], [80.0], [100.0], [70.0]]))
    found = retained(book, RULES, mrr)
    assert (found.participants_share, found.comparison_share) == pytest.approx((1.5 / 2, 1 / 2))


def test_the_kept_curve_leaves_out_what_is_not_over() -> None:
    # 17 months: of nine months after the start the last is 16; two of four, one of ten lost
    book = lost_in(wave(4, 10, 17), {0: 8, 1: 10, 5: 12})
    curve = {one.since: one for one in kept_curve(book, RULES)}
    assert list(curve) == list(range(10))
    assert [curve[since].participants for since in (0, 1, 2, 3, 9)] == pytest.approx([1, 3 / 4, 3 / 4, 1 / 2, 1 / 2])
    assert [curve[since].comparison for since in (4, 5, 9)] == pytest.approx([1, 9 / 10, 9 / 10])
    assert [curve[since].n for since in (0, 1, 2, 3, 4)] == [4, 4, 3, 3, 2]
    low, high = hybrid(1, 2, 1 / 10, 9)  # of the losses: one of the two at risk still, a tenth of nine
    assert (curve[9].low, curve[9].high) == pytest.approx((-high, -low))


def test_the_kept_curve_ends_where_one_side_has_nobody_left() -> None:
    book = lost_in(wave(2, 4, 17), {0: 8, 1: 8})  # both participants within the first month
    assert [(one.since, one.participants) for one in kept_curve(book, RULES)] == [(0, 1), (1, 0)]


def test_losses_are_weighed_by_the_past_where_it_is_known() -> None:
    use = np.full((6, MONTHS), 5.0)
    use[3:] = 5.0
    use[0, 4] = np.nan
    plain = wave(2, 4)
    found = lost(Book(plain.first, plain.under, history={"use": use}), RULES, 6)
    assert (found.participants, found.left_out[LeftOut.UNKNOWN]) == (1, 1)


def test_the_pace_is_of_the_last_year_that_is_over() -> None:
    first = np.array([8, 20, 21, 23, NEVER, NEVER])
    book = Book(first, np.ones((6, 30), np.bool_))
    assert trials(book, RULES).pace == pytest.approx(3 / 12)
