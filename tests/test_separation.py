"""Pairs within strata, customers as clusters, Holm, Mantel and Haenszel: by hand, by brute force and by drawing."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from cslib.stats import (
    Gain,
    RiskRatio,
    Separation,
    auc_gain,
    auc_of_ranks,
    holm,
    ranked,
    risk_ratio,
    stratified_auc,
    turned,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]


def separation(*rows: tuple[float, int, int, int]) -> Separation:
    """Return the separation of rows: value, event, stratum, customer."""
    values, events, strata, customers = (np.array(column) for column in zip(*rows, strict=True))
    return stratified_auc(values.astype(float), events.astype(bool), strata, customers)


# the area


def test_area_of_one_stratum_by_hand() -> None:
    # pairs of the events at 1 and 3 with the others at 2, 3 and 4: 1 + 1 + 1 and 0 + 1/2 + 1 of 6
    found = separation((1, 1, 0, 0), (3, 1, 0, 1), (2, 0, 0, 2), (3, 0, 0, 3), (4, 0, 0, 4))
    assert found.auc == pytest.approx(4.5 / 6)
    assert found.events == 2


def test_error_of_one_stratum_by_hand() -> None:
    # placements of the events 1 and 1/2, of the others 1/2, 3/4 and 1; each less 3/4, over 2 and over 3; five customers
    found = separation((1, 1, 0, 0), (3, 1, 0, 1), (2, 0, 0, 2), (3, 0, 0, 3), (4, 0, 0, 4))
    squares = 2 * (0.25 / 2) ** 2 + 2 * (0.25 / 3) ** 2
    assert found.se == pytest.approx((5 / 4 * squares) ** 0.5)
    half = stats.t.ppf(0.975, 1) * found.se / (0.75 * 0.25)
    assert found.low == pytest.approx(1 / (1 + np.exp(-(np.log(3) - half))))
    assert found.high == pytest.approx(1 / (1 + np.exp(-(np.log(3) + half))))
    assert found.p == pytest.approx(2 * stats.t.sf(0.25 / found.se, 1))


def test_strata_are_weighed_and_pairs_are_made_within_them_alone() -> None:
    # one of two pairs in the first, all of one in the second, though its values lie far below those of the first
    found = separation((5, 1, 0, 0), (4, 0, 0, 1), (6, 0, 0, 2), (-9, 1, 1, 3), (-8, 0, 1, 4))
    weights = (1 * 2 / 3, 1 * 1 / 2)
    assert found.auc == pytest.approx((weights[0] * 0.5 + weights[1] * 1) / sum(weights))


def test_ranks_rise_with_stratum_and_value_and_are_one_for_ties() -> None:
    ranks = ranked(np.array([5.0, 4.0, 5.0, -9.0, -8.0]), np.array([0, 0, 0, 7, 7]))
    assert ranks.tolist() == [1, 0, 1, 2, 3]
    assert turned(ranks, np.array([0, 0, 0, 7, 7])).tolist() == [0, 1, 0, 3, 2]
    assert ranked(np.zeros(0), np.zeros(0, dtype=np.int64)).tolist() == []


@pytest.mark.parametrize("sign", [1, -1])
def test_some_of_rows_that_were_ranked_once_have_the_area_of_their_own(sign: int) -> None:
    """Of later rows, whose ranks are higher than there are rows, and with the sign turned as well."""
    rng = np.random.default_rng(5)
    values, strata = rng.integers(0, 6, 300).astype(float), np.repeat(np.arange(10), 30)
    events, customers = rng.random(300) < 0.3, np.tile(np.arange(30), 10)
    ranks, some = ranked(values, strata), strata >= 6
    some_ranks = ranks[some] if sign > 0 else turned(ranks[some], strata[some])
    mine = events[some], strata[some], customers[some]
    assert auc_of_ranks(some_ranks, *mine) == stratified_auc(sign * values[some], *mine)


def test_a_stratum_with_one_class_gives_nothing() -> None:
    rows = [(1, 1, 0, 0), (3, 1, 0, 1), (2, 0, 0, 2), (3, 0, 0, 3), (4, 0, 0, 4)]
    beside = [(0, 1, 1, 5), (9, 0, 2, 6), (8, 0, 2, 0)]
    assert separation(*rows, *beside) == separation(*rows)


def test_months_of_a_customer_are_summed_before_they_are_squared() -> None:
    """The same rows once more, as further months of the same customers, tell nothing more."""
    rows = [(1, 1, 0, 0), (3, 1, 0, 1), (2, 0, 0, 2), (3, 0, 0, 3), (4, 0, 0, 4)]
    again = [(value, event, stratum + 1, customer) for value, event, stratum, customer in rows]
    others = [(value, event, stratum + 1, customer + 5) for value, event, stratum, customer in rows]
    once, twice, anew = separation(*rows), separation(*rows, *again), separation(*rows, *others)
    assert twice.se == pytest.approx(once.se)
    assert twice.events == 2
    assert anew.se == pytest.approx(once.se * (10 / 9 * 4 / 5 / 2) ** 0.5)
    assert anew.events == 4


def drawn(rng: np.random.Generator, customers: int, months: int) -> tuple[Floats, Flags, Ints, Ints]:
    """Return rows of customers who keep a level of their own, which has nothing to do with the event."""
    who = np.repeat(np.arange(customers), months)
    month = np.tile(np.arange(months), customers)
    values = np.round(rng.normal(0, 1, customers)[who] + rng.normal(0, 0.5, len(who)), 1)
    left = rng.geometric(0.06, customers)[who]
    seen = month < left
    return values[seen], (left - month <= 3)[seen], month[seen], who[seen]


def test_area_as_brute_force_over_all_pairs_has_it() -> None:
    values, events, strata, customers = drawn(np.random.default_rng(7), 40, 8)
    above = below = 0.0
    for stratum in range(8):
        v, e = values[strata == stratum], events[strata == stratum]
        m, n = int(e.sum()), int((~e).sum())
        if m and n:
            pairs = [(a < b) + (a == b) / 2 for a, b in product(v[e], v[~e])]
            above, below = above + m * n / (m + n) * np.mean(pairs), below + m * n / (m + n)
    assert stratified_auc(values, events, strata, customers).auc == pytest.approx(above / below)


def test_turned_signs_turn_the_area() -> None:
    values, events, strata, customers = drawn(np.random.default_rng(7), 40, 8)
    as_it_is = stratified_auc(values, events, strata, customers)
    turned = stratified_auc(-values, events, strata, customers)
    assert abs(as_it_is.auc - 0.5) > 0.01
    assert turned.auc == pytest.approx(1 - as_it_is.auc)
    assert (turned.low, turned.high) == pytest.approx((1 - as_it_is.high, 1 - as_it_is.low))
    assert (turned.se, turned.p) == pytest.approx((as_it_is.se, as_it_is.p))


def test_order_of_rows_and_names_change_nothing() -> None:
    rng = np.random.default_rng(7)
    values, events, strata, customers = drawn(rng, 40, 8)
    order, names = rng.permutation(len(values)), rng.permutation(40)
    shuffled = values[order], events[order], strata[order], names[customers][order]
    assert stratified_auc(*shuffled) == pytest.approx(stratified_auc(values, events, strata, customers))
    exposed = values < 0
    as_it_is = risk_ratio(exposed, events, strata, customers)
    assert risk_ratio(exposed[order], *shuffled[1:]) == pytest.approx(as_it_is)


def test_error_is_the_spread_over_many_draws() -> None:
    """The mean error lies within a tenth of the spread of 300 areas; taken for independent, months would give far less."""
    rng = np.random.default_rng(20261031)
    found = [stratified_auc(*drawn(rng, 150, 12)) for _ in range(300)]
    spread = np.std([one.auc for one in found], ddof=1)
    assert np.mean([one.se for one in found]) == pytest.approx(spread, rel=0.1)
    values, events, strata, _customers = drawn(rng, 150, 12)
    assert stratified_auc(values, events, strata, np.arange(len(values))).se < 0.75 * spread


@pytest.mark.parametrize(
    "rows",
    [
        [(1, 0, 0, 0), (2, 0, 0, 1)],  # nobody has the event
        [(1, 1, 0, 0), (2, 1, 0, 1)],  # everybody has
        [(1, 1, 0, 0), (2, 0, 1, 1)],  # never in one stratum
    ],
)
def test_without_a_pair_there_is_no_area(rows: list[tuple[float, int, int, int]]) -> None:
    found = separation(*rows)
    assert np.isnan(found[:-1]).all()
    assert found.events == 0


@pytest.mark.parametrize(
    ("rows", "auc"),
    [
        ([(1, 1, 0, 0), (1, 1, 0, 1), (1, 0, 0, 2), (1, 0, 0, 3)], 0.5),  # all alike
        ([(1, 1, 0, 0), (1, 1, 0, 1), (2, 0, 0, 2), (3, 0, 0, 3)], 1.0),  # no doubt in any pair
    ],
)
def test_without_any_spread_there_is_no_interval(rows: list[tuple[float, int, int, int]], auc: float) -> None:
    found = separation(*rows)
    assert found.auc == auc
    assert np.isnan([found.low, found.high, found.p]).all()


def test_of_no_rows_nothing_is_said() -> None:
    nobody = np.zeros(0, dtype=np.int64)
    found = stratified_auc(np.zeros(0), np.zeros(0, dtype=bool), nobody, nobody)
    assert np.isnan(found.auc)
    assert np.isnan(risk_ratio(np.zeros(0, dtype=bool), np.zeros(0, dtype=bool), nobody, nobody).ratio)


# many tests


def test_holm_by_hand() -> None:
    # 4 tests: 0.01 x 4, 0.02 x 3, 0.03 x 2 would be less than the step before, 0.5 x 1; what was not tested does not count
    p = np.array([0.03, 0.01, np.nan, 0.5, 0.02])
    np.testing.assert_allclose(holm(p), [0.06, 0.04, np.nan, 0.5, 0.06])


def test_holm_ends_at_one_and_takes_nothing() -> None:
    np.testing.assert_allclose(holm(np.array([0.6, 0.7])), [1.0, 1.0])
    assert holm(np.array([])).size == 0


# the risk ratio


def rows_of(*tables: tuple[int, int, int, int]) -> tuple[Flags, Flags, Ints, Ints]:
    """Return rows, each of a customer of its own, of strata with a of n1 exposed and b of n0 others that have the event."""
    exposed: list[bool] = []
    events: list[bool] = []
    strata: list[int] = []
    for place, (a, n1, b, n0) in enumerate(tables):
        exposed += [True] * n1 + [False] * n0
        events += [True] * a + [False] * (n1 - a) + [True] * b + [False] * (n0 - b)
        strata += [place] * (n1 + n0)
    return np.array(exposed), np.array(events), np.array(strata), np.arange(len(strata))


def test_risk_ratio_by_hand() -> None:
    # (4 x 10 / 20 + 3 x 20 / 30) / (2 x 10 / 20 + 1 x 10 / 30) = 4 / (4 / 3)
    found = risk_ratio(*rows_of((4, 10, 2, 10), (3, 10, 1, 20)))
    assert found.ratio == pytest.approx(3)
    assert found.low < 3 < found.high


def test_two_customers_are_enough_to_draw_from() -> None:
    """Each has the event once exposed and once not: in every draw with anybody in it the ratio is 1."""
    exposed, events, customers = np.array([True, False] * 2), np.ones(4, np.bool_), np.array([0, 0, 1, 1])
    assert risk_ratio(exposed, events, np.zeros(4, np.int64), customers) == RiskRatio(1.0, 1.0, 1.0)


def test_where_most_draws_have_nothing_to_compare_there_is_no_interval() -> None:
    """Of two customers, one exposed, both are drawn in about four of ten draws (1 - 1/e)²."""
    found = risk_ratio(np.array([True, False]), np.ones(2, np.bool_), np.zeros(2, np.int64), np.arange(2))
    assert found == pytest.approx(RiskRatio(1.0, np.nan, np.nan), nan_ok=True)


def test_risk_ratio_turns_with_those_exposed() -> None:
    exposed, events, strata, customers = rows_of((8, 10, 2, 10))
    assert risk_ratio(exposed, events, strata, customers).ratio == pytest.approx(4)
    turned = risk_ratio(~exposed, events, strata, customers)
    assert turned.ratio == pytest.approx(1 / 4)
    assert turned.high < 1


@pytest.mark.parametrize("customers", [400, 3000])
def test_interval_of_a_risk_ratio_is_as_wide_as_its_logarithm_spreads(customers: int) -> None:
    """Of independent rows the variance of the logarithm is known: (1 - p) / a + (1 - q) / b (Katz et al. 1978)."""
    half = customers // 2
    found = risk_ratio(*rows_of((half // 4, half, half // 8, half)))
    spread = (0.75 / (half // 4) + 0.875 / (half // 8)) ** 0.5
    assert found.ratio == pytest.approx(2, rel=0.01)
    assert np.log(found.high / found.low) == pytest.approx(2 * 1.96 * spread, rel=0.1)


def test_months_of_a_customer_are_drawn_together() -> None:
    exposed, events, _strata, customers = rows_of((20, 100, 10, 100))
    many = np.repeat(np.arange(6), 200)
    again = risk_ratio(np.tile(exposed, 6), np.tile(events, 6), many, np.tile(customers, 6))
    assert again == pytest.approx(risk_ratio(exposed, events, np.zeros(200, dtype=np.int64), customers))


@pytest.mark.parametrize("table", [(0, 0, 3, 9), (3, 9, 0, 0), (0, 9, 0, 9), (3, 9, 0, 9)])
def test_without_anything_to_compare_there_is_no_ratio(table: tuple[int, int, int, int]) -> None:
    assert np.isnan(risk_ratio(*rows_of(table))).all()


def test_none_exposed_with_the_event_is_a_ratio_of_nothing() -> None:
    assert risk_ratio(*rows_of((0, 50, 20, 50))) == RiskRatio(0.0, 0.0, 0.0)


# two figures of the same rows


def gain(base: Floats, *, seed: int = 3) -> tuple[Gain, Separation]:
    """Return what a figure gains on `base`, and its own separation: 60 customers of 4 months each, a third with the event."""
    rng = np.random.default_rng(seed)
    customers = np.repeat(np.arange(60), 4)
    events, strata = customers % 3 == 0, np.tile(np.arange(4), 60)
    values = rng.normal(size=240) - events
    return auc_gain(values, base, events, strata, customers), stratified_auc(values, events, strata, customers)


def test_the_gain_on_what_tells_nothing_errs_as_the_figure_itself() -> None:
    found, own = gain(np.zeros(240))
    assert found.difference == pytest.approx(own.auc - 0.5)
    assert found.se == pytest.approx(own.se)
    assert found.z == pytest.approx((own.auc - 0.5) / own.se)
    half = stats.t.ppf(0.975, 20 - 1) * own.se
    assert (found.low, found.high) == pytest.approx((found.difference - half, found.difference + half))
    assert found.events == 20


def test_a_figure_gains_nothing_on_itself() -> None:
    values = np.random.default_rng(3).normal(size=240) - (np.repeat(np.arange(60), 4) % 3 == 0)
    found, _ = gain(values * 2)
    assert (found.difference, found.se) == (0, 0)
    assert np.isnan([found.low, found.high, found.z]).all()


def test_the_error_of_a_gain_is_that_of_customers_drawn_anew() -> None:
    rng = np.random.default_rng(8)
    customers, strata = np.arange(200), np.zeros(200, dtype=np.int64)
    events = customers % 4 == 0
    base = rng.normal(size=200) - events
    values = base + rng.normal(size=200) * 0.5
    found = auc_gain(values, base, events, strata, customers)
    drawn = []
    for _ in range(400):
        chosen = rng.integers(0, 200, 200)
        both = (stratified_auc(one[chosen], events[chosen], strata, customers).auc for one in (values, base))
        drawn.append(next(both) - next(both))
    assert found.se == pytest.approx(np.std(drawn), rel=0.15)


def test_no_pairs_gain_nothing() -> None:
    codes = np.arange(3)
    found = auc_gain(np.zeros(3), np.zeros(3), np.ones(3, dtype=bool), codes * 0, codes)
    assert np.isnan(found.difference)
    assert found.events == 0
