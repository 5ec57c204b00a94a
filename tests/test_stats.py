"""Uncertainty: intervals and survival curves against published and hand-computed numbers, and their coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import chi2, norm
from scipy.stats import gamma as gamma_law

from cslib.stats import (
    Clusters,
    adjusted_wald,
    amounts,
    bootstrap_ratio,
    design_effect,
    few_customers,
    km_curve,
    km_mean,
    km_median,
    leading,
    rates,
    spread,
    t_interval,
    wilson,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bounds = tuple[Floats, Floats]

BOOKS = 500
CUSTOMERS = 300


def of(*values: float) -> Floats:
    """Return an array of floats."""
    return np.array(values, dtype=float)


# shares


@pytest.mark.parametrize(
    ("part", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_newcombe_1998_publishes_it(part: int, n: int, low: float, high: float) -> None:
    assert np.array(wilson(of(part), of(n))).ravel() == pytest.approx([low, high], abs=5e-5)


def test_wilson_holds_its_share_and_is_symmetric() -> None:
    part, n = of(*range(11)), np.full(11, 10.0)
    low, high = wilson(part, n)
    assert ((low <= part / n) & (part / n <= high) & (low >= 0) & (high <= 1) & (high - low > 0.1)).all()
    np.testing.assert_allclose(low, 1 - high[::-1])


def test_wilson_of_nothing() -> None:
    assert np.isnan(wilson(of(0), of(0))).all()


# NPS


def nps_interval(*scores: int) -> tuple[float, float, float]:
    """Return the NPS and its interval in points."""
    answers = np.array(scores)
    signs = (answers >= 9).astype(float) - (answers <= 6)
    low, high = adjusted_wald(of(signs.sum()), of(np.abs(signs).sum()), of(len(answers)))
    return float(signs.mean() * 100), float(low[0] * 100), float(high[0] * 100)


def test_nps_interval_as_published() -> None:
    scores = [0] * 20 + [8] * 30 + [10] * 50
    assert nps_interval(*scores) == pytest.approx((30, 14.05, 44.20), abs=0.005)


def test_nps_interval_by_hand() -> None:
    # 3 promoters, 1 detractor of 6; adjusted 2 of 9, with squares of 5.5 of 9
    half = 1.959964 * (((5.5 / 9) - (2 / 9) ** 2) / 9) ** 0.5
    assert nps_interval(0, 7, 7, 9, 9, 9) == pytest.approx(
        (100 / 3, 100 * (2 / 9 - half), 100 * (2 / 9 + half)), abs=1e-4
    )


def test_nps_interval_is_of_some_width_even_where_all_agree() -> None:
    value, low, high = nps_interval(9, 9, 10, 10, 10)
    assert (value, high) == (100, 100)
    assert low < 60
    assert nps_interval(10)[2] == 100  # a single answer lies within its own interval
    assert nps_interval(0)[1] == -100
    assert nps_interval(8, 8)[0] == 0


def test_nps_interval_of_nothing() -> None:
    assert np.isnan(adjusted_wald(of(0), of(0), of(0))).all()


# means


def test_t_interval_by_hand() -> None:
    # 6, 7, 3: mean 16/3, variance 13/3, and t of two degrees of freedom is 4.302653
    half = 4.302653 * (13 / 3 / 3) ** 0.5
    low, high = t_interval(of(16), of(36 + 49 + 9), of(3))
    assert (low[0], high[0]) == pytest.approx((16 / 3 - half, 16 / 3 + half), abs=1e-5)


def test_t_interval_of_one_answer_of_none_and_of_the_same_thrice() -> None:
    assert np.isnan(t_interval(of(7, 0, 15), of(49, 0, 75), of(1, 0, 3))).all()
    assert np.isnan(t_interval(of(0), of(0), of(2))).all()  # of the same that is 0


@pytest.mark.parametrize("unit", [1e-5, 1e5])
def test_t_interval_is_blind_to_the_unit(unit: float) -> None:
    wanted = np.array(t_interval(of(16), of(94), of(3))).ravel() * unit
    assert np.array(t_interval(of(16 * unit), of(94 * unit**2), of(3))).ravel() == pytest.approx(wanted)


# rows of which a customer has several


def clusters(parts: Floats, rows: Floats) -> tuple[Floats, Floats, Clusters]:
    """Return the part and the n of a group, and what is summed over its customers."""
    over = Clusters(of(len(rows)), of(np.sum(parts**2)), of(np.sum(parts * rows)), of(np.sum(rows**2)))
    return of(parts.sum()), of(rows.sum()), over


def effect(parts: Floats, rows: Floats) -> float:
    """Return the design effect of a share of such customers."""
    part, n, over = clusters(parts, rows)
    share = part / n
    return float(design_effect(part, n, share * (1 - share), over)[0])


def test_design_effect_by_hand() -> None:
    # 3 of 3, 0 of 3, 2 of 2, 1 of 2: 6 of 10, so that they are 1.2, -1.8, 0.8 and -0.2 away from six tenths of their own
    between = 4 / 3 * (1.2**2 + 1.8**2 + 0.8**2 + 0.2**2) / 10**2
    assert effect(of(3, 0, 2, 1), of(3, 3, 2, 2)) == pytest.approx(between / (0.6 * 0.4 / 10))


def test_rows_that_are_not_alike_and_single_rows_count_in_full() -> None:
    assert effect(of(1, 1, 1, 1), of(2, 2, 2, 2)) == 1  # less alike than by chance
    assert effect(of(1, 0, 0, 1, 1), np.ones(5)) == 1
    assert effect(of(1, 1, 1), np.ones(3)) == 1


@pytest.mark.parametrize(("parts", "rows"), [((4, 1, 1), (4, 1, 1)), ((0, 0), (3, 1)), ((2,), (5,))])
def test_what_nothing_tells_of_is_taken_for_one_row_a_customer(parts: Sequence[float], rows: Sequence[float]) -> None:
    assert effect(of(*parts), of(*rows)) == sum(rows) / len(rows)


def test_two_customers_with_two_rows_each_by_hand() -> None:
    """One agrees twice, the other never: 2 of 4; t of 1 degree of freedom over t of 3."""
    # (2 - 2/2)² + (0 - 2/2)² = 2; 2 / (2 - 1) × 2 / 4² = 1/4, over 1/4 / 4
    assert effect(of(2, 0), of(2, 2)) == pytest.approx(4)
    assert few_customers(of(4), of(2))[0] == pytest.approx((12.706205 / 3.182446) ** 2, rel=1e-5)


def test_a_share_of_one_in_a_million_rows_has_its_own_effect() -> None:
    """Of half a million customers with two rows each one agreed, once: the rows tell as much as independent ones."""
    pairs = 5e5
    share = of(1 / (2 * pairs))
    over = Clusters(of(pairs), of(1), of(2), of(4 * pairs))
    # 1 - 2 × p × 2 + p² × 4 pairs = 1 - 2p, over n², against p (1 - p) over n, n times p being 1
    assert design_effect(of(1), of(2 * pairs), share * (1 - share), over)[0] == pytest.approx(1, abs=1e-5)


def test_few_customers_by_hand() -> None:
    # t of 2 degrees of freedom is 4.302653, of 8 it is 2.306004
    assert few_customers(of(9, 3, 4, 0), of(3, 3, 1, 0)) == pytest.approx(
        [(4.302653 / 2.306004) ** 2, 1, 1, 1], rel=1e-6
    )


def test_t_interval_of_customers_with_several_answers_by_hand() -> None:
    # as above, were the three from two customers and told half as much: t of one degree of freedom is 12.706205
    half = 12.706205 * (13 / 3 / 3 * 2) ** 0.5
    low, high = t_interval(of(16), of(36 + 49 + 9), of(3), of(2), of(2))
    assert (low[0], high[0]) == pytest.approx((16 / 3 - half, 16 / 3 + half), abs=1e-4)
    assert np.isnan(t_interval(of(16), of(36 + 49 + 9), of(3), of(3), of(1))).all()


# ratios of amounts, from sums


def sums(parts: Floats, wholes: Floats) -> amounts.Sums:
    """Return what is summed over customers."""
    squares = [np.sum(parts**2), np.sum(parts * wholes), np.sum(wholes**2)]
    return amounts.Sums(*(of(float(one)) for one in (parts.sum(), wholes.sum(), *squares, len(wholes))))


def pair(found: Bounds) -> tuple[float, float]:
    """Return the bounds of a single group."""
    return float(found[0][0]), float(found[1][0])


@pytest.mark.parametrize(
    ("lost", "low", "high"), [(0, 0, 3.6889), (1, 0.0253, 5.5716), (3, 0.6187, 8.7673), (10, 4.7954, 18.3904)]
)
def test_gamma_of_equal_customers_is_the_exact_poisson_interval_as_published(
    lost: int, low: float, high: float
) -> None:
    equal = np.full(100, 7.0)  # Garwood 1936
    left = np.where(np.arange(100) < lost, equal, 0)
    assert pair(amounts.gamma(sums(left, equal))) == pytest.approx((low / 100, high / 100), abs=1e-6)


def test_gamma_of_unequal_customers_as_fay_and_feuer_state_it() -> None:
    wholes = of(60, 20, 10, 10)
    lost = of(0, 20, 5, 0)
    rate, variance, most = 0.25, 0.2**2 + 0.05**2, (0.36 + 0.04 + 0.01 + 0.01) / 4
    low = gamma_law.ppf(0.025, rate**2 / variance, scale=variance / rate)
    more, wider = rate + most**0.5, variance + most
    high = gamma_law.ppf(0.975, more**2 / wider, scale=wider / more)
    assert pair(amounts.gamma(sums(lost, wholes))) == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("part", "n", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0000, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_share_of_equal_customers_is_clopper_and_pearsons_as_newcombe_1998_publishes_it(
    part: int, n: int, low: float, high: float
) -> None:
    equal = np.full(n, 3.0)
    kept = np.where(np.arange(n) < part, equal, 0)
    assert pair(amounts.share(sums(kept, equal))) == pytest.approx((low, high), abs=5e-5)
    assert pair(amounts.share(sums(equal - kept, equal))) == pytest.approx((1 - high, 1 - low), abs=5e-5)


@pytest.mark.parametrize(
    ("part", "n", "low", "high"),
    [
        (1, 2, 1 - 0.975**0.5, 0.975**0.5),
        (2, 2, 0.025**0.5, 1),
        (0, 2, 0, 1 - 0.025**0.5),
        (1, 1, 0.025, 1),
        (0, 1, 0, 0.975),
    ],
)
def test_share_of_one_and_of_two_equal_customers_is_clopper_and_pearsons_too(
    part: int, n: int, low: float, high: float
) -> None:
    """All of n by chance in one case of 40: p ** n = 0.025; one of two at most: 1 - p ** 2 = 0.025."""
    equal = np.full(n, 7.0)
    assert pair(amounts.share(sums(np.where(np.arange(n) < part, equal, 0), equal))) == pytest.approx((low, high))


def test_share_of_which_one_customer_more_would_be_all_is_bounded_by_all() -> None:
    # of 11 the 10 of one customer: half of them lost, and another such customer would be more than what is left
    low, high = pair(amounts.share(sums(of(5, 0), of(10, 1))))
    assert 0 < low < 5 / 11
    assert high == 1
    low, high = pair(amounts.share(sums(of(5, 1), of(10, 1))))
    assert low == 0
    assert 6 / 11 < high < 1


@pytest.mark.parametrize("unit", [1e-7, 1, 1e9])
def test_share_is_blind_to_the_unit_of_amounts_where_all_lose_alike_and_where_they_do_not(unit: float) -> None:
    wholes = of(3.1, 7.7, 12.3, 1.9)
    for parts in (wholes * 0.9, wholes * of(0.9, 0.8, 1, 0.7)):
        wanted = pair(amounts.share(sums(parts, wholes)))
        assert pair(amounts.share(sums(parts * unit, wholes * unit))) == pytest.approx(wanted, rel=1e-6)


def test_net_of_everything_lost_is_nothing_at_least() -> None:
    assert pair(amounts.net(sums(of(0, 0), of(4, 4)), sums(of(4, 4), of(4, 4))))[0] == 0


def test_share_knows_more_where_customers_lose_a_little_each() -> None:
    equal = np.full(40, 5.0)
    all_or_nothing = pair(amounts.share(sums(np.where(np.arange(40) < 36, 5.0, 0), equal)))
    a_little = pair(amounts.share(sums(np.where(np.arange(40) < 20, 4.0, 5.0), equal)))
    assert all_or_nothing[0] < a_little[0] < 0.9 < a_little[1] < all_or_nothing[1]
    # of customers that all lose a tenth nothing tells how they vary: as though four of forty were lost
    assert pair(amounts.share(sums(np.full(40, 4.5), equal))) == pytest.approx(all_or_nothing)


def test_net_of_gains_alone_and_of_losses_alone_is_that_of_the_one_side() -> None:
    equal, none = np.full(10, 10.0), np.zeros(10)
    one = np.where(np.arange(10) < 1, equal, 0)
    # without a loss up to 30.85 % may be lost (Clopper and Pearson, 0 of 10); of one gain there may be 0.0253 to 5.5716
    low, high = pair(amounts.net(sums(one, equal), sums(none, equal)))
    assert (low, high) == pytest.approx((1.1 - ((0.1 - 0.00253) ** 2 + 0.3085**2) ** 0.5, 1 + 0.55716), abs=1e-4)
    # of one loss in ten there may be 0.25 to 44.50 %, and of no gain up to 3.6889 of ten
    low, high = pair(amounts.net(sums(none, equal), sums(one, equal)))
    assert (low, high) == pytest.approx((1 - 0.4450, 0.9 + (0.36889**2 + (0.1 - 0.0025) ** 2) ** 0.5), abs=1e-4)


def test_quotient_of_one_gain_and_one_loss_by_hand() -> None:
    # either may be 0.0253178 to 5.5716434 events; Donner and Zou's formula
    least, most = 0.0253178 * (2 - 0.0253178), 5.5716434 * (2 - 5.5716434)
    root = (1 - least * most) ** 0.5
    assert pair(amounts.quotient(sums(of(4, 0), of(0, 4)))) == pytest.approx(
        (least / (1 + root), (1 + root) / least), rel=1e-5
    )


def test_quotient_of_a_customer_that_gained_and_lost_by_hand() -> None:
    """One gains 6 and loses 2, another loses 4: an event that may be added is as large as 8 and 4, the squares 40 on average."""
    one = 40 / 36

    def rate(squares: float) -> tuple[float, float]:
        low, more, spread = squares / 72, 1 + one**0.5, squares / 36 + one
        return low * chi2.ppf(0.025, 72 / squares), spread / (2 * more) * chi2.ppf(0.975, 2 * more**2 / spread)

    (least_gain, most_gain), (least_loss, most_loss) = rate(6**2), rate(2**2 + 4**2)
    below, above = (gain * (2 - gain) for gain in (least_gain, most_gain))
    small, large = least_loss * (2 - least_loss), most_loss * (2 - most_loss)
    assert pair(amounts.quotient(sums(of(6, 0), of(2, 4)))) == pytest.approx(
        (below / (1 + max(1 - below * large, 0) ** 0.5), (1 + max(1 - above * small, 0) ** 0.5) / small)
    )


def test_quotient_without_a_gain_begins_at_nothing() -> None:
    low, high = pair(amounts.quotient(sums(of(0, 0, 0), of(0, 4, 2))))
    assert low == 0
    assert high > 0


def test_quotient_the_other_way_round_is_its_inverse() -> None:
    gains, losses = of(50, 20, 0, 0, 5), of(0, 0, 30, 8, 0)
    low, high = pair(amounts.quotient(sums(gains, losses)))
    assert pair(amounts.quotient(sums(losses, gains))) == pytest.approx((1 / high, 1 / low))
    assert low < 75 / 38 < high


@pytest.mark.parametrize("interval", [amounts.gamma, amounts.share, amounts.quotient])
def test_intervals_of_amounts_hold_in_any_currency_and_of_nothing_are_none(
    interval: Callable[[amounts.Sums], Bounds],
) -> None:
    wholes, parts = of(40, 25, 10, 5), of(0, 25, 2, 0)
    assert pair(interval(sums(parts * 150, wholes * 150))) == pytest.approx(pair(interval(sums(parts, wholes))))
    assert np.isnan(interval(sums(of(0, 0), of(0, 0)))).all()


# ratios of amounts, drawn


def pays(customers: int, rng: np.random.Generator) -> Floats:
    """Return skewed amounts, as customers pay them: the largest tenth pays four tenths."""
    return rng.lognormal(10, 1, customers)


def test_bootstrap_is_seeded_and_blind_to_order_and_currency() -> None:
    rng = np.random.default_rng(7)
    then = pays(60, rng)
    now = then * rng.choice([0, 0.8, 1, 1.3], 60)
    shuffled = rng.permutation(60)
    wanted = bootstrap_ratio(now, then)
    assert bootstrap_ratio(now, then) == wanted
    assert bootstrap_ratio(now[shuffled], then[shuffled]) == wanted
    assert bootstrap_ratio(now * 150, then * 150) == pytest.approx(wanted, rel=1e-9)
    assert wanted[0] < now.sum() / then.sum() < wanted[1]


@pytest.mark.parametrize("customers", [2000, 5000])
def test_bootstrap_of_many_customers_is_normal(customers: int) -> None:
    rng = np.random.default_rng(1)
    then = rng.uniform(50, 150, customers)
    now = then * rng.choice([0.5, 1, 1.2], customers)
    ratio = now.sum() / then.sum()
    error = np.sqrt(np.sum((now - ratio * then) ** 2)) / then.sum()
    assert bootstrap_ratio(now, then) == pytest.approx((ratio - 1.96 * error, ratio + 1.96 * error), abs=0.2 * error)


def test_bootstrap_of_many_customers_reaches_out_to_the_side_to_which_they_are_skewed() -> None:
    paid = np.full(5000, 1.0)
    paid[:10] = 200  # so that a normal interval would hold too little above
    mean, error = paid.mean(), paid.std() / 5000**0.5
    low, high = bootstrap_ratio(paid, np.ones(5000))
    skew = np.mean((paid - mean) ** 3) / paid.std() ** 3
    assert low == pytest.approx(mean - 1.96 * error, rel=1e-3)
    assert high == pytest.approx(mean + (1.96 + skew / 5000**0.5 * (2 * 1.96**2 + 1) / 6) * error, rel=1e-3)


def test_bootstrap_keeps_to_what_a_ratio_can_be() -> None:
    then = np.full(8, 10.0)
    lost = of(10, 0, 0, 0, 0, 0, 0, 0)
    low, high = bootstrap_ratio(lost, then)
    assert (low, 1 / 8 < high <= 1) == (0, True)
    assert bootstrap_ratio(then - lost, then)[1] == 1
    assert bootstrap_ratio(lost * 3, then)[1] > 1  # parts over their wholes, as of growth


@pytest.mark.parametrize(
    ("parts", "wholes"),
    [((), ()), ((5,), (5,)), ((0, 0, 0), (0, 0, 0)), ((0, 0, 0), (1, 2, 3)), ((1, 2, 3), (1, 2, 3)), ((5, 5), (0, 0))],
    ids=["nothing", "one row", "no whole", "no part", "one ratio", "gains without losses"],
)
def test_bootstrap_of_what_does_not_vary(parts: Sequence[float], wholes: Sequence[float]) -> None:
    assert np.isnan(bootstrap_ratio(of(*parts), of(*wholes))).all()


# survival

# Freireich and others 1963: weeks in remission of 21 children under 6-mercaptopurine and 21 under placebo
TREATED = [(6, 1), (6, 1), (6, 1), (6, 0), (7, 1), (9, 0), (10, 1), (10, 0), (11, 0), (13, 1), (16, 1), (17, 0), (19, 0),
           (20, 0), (22, 1), (23, 1), (25, 0), (32, 0), (32, 0), (34, 0), (35, 0)]  # fmt: skip
PLACEBO = [(weeks, 1) for weeks in (1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23)]
BY_HAND = [(3, 1), (5, 0), (7, 1), (7, 1), (9, 0), (12, 1)]


def cases(pairs: Sequence[tuple[int, int]]) -> tuple[Floats, NDArray[np.bool_]]:
    """Return durations, and whether the end of each was seen."""
    return of(*(duration for duration, _ in pairs)), np.array([bool(seen) for _, seen in pairs], dtype=bool)


def test_median_as_published() -> None:
    assert km_median(*cases(TREATED))[:2] == (23, 13)
    assert np.isnan(km_median(*cases(TREATED)).high)
    assert tuple(km_median(*cases(PLACEBO))) == (8, 4, 11)


def test_curve_as_published() -> None:
    curve = km_curve(*cases(TREATED))
    told = dict(zip(curve.days, curve.open_share, strict=True))
    published = {0: 1, 6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {day: round(told[day], 3) for day in published} == published
    known = curve[curve.days.between(1, 34)]
    assert ((known.low <= known.open_share) & (known.open_share <= known.high)).all()


def test_curve_by_hand() -> None:
    curve = km_curve(*cases(BY_HAND)).set_index("days")
    assert list(curve.loc[[0, 3, 7, 12]].open_share) == pytest.approx([1, 5 / 6, 5 / 6 * 2 / 4, 0])
    assert list(curve.loc[[0, 3, 7, 12]].at_risk) == [6, 6, 4, 1]
    assert list(curve.loc[[0, 3, 5, 7, 9, 12]].ended) == [0, 1, 0, 2, 0, 1]
    assert km_median(*cases(BY_HAND)).value == 7


@pytest.mark.parametrize(
    ("limit", "mean"), [(3, 3), (5, 3 + 2 * 5 / 6), (10, 3 + 4 * 5 / 6 + 3 * 5 / 12), (60, 3 + 4 * 5 / 6 + 5 * 5 / 12)]
)
def test_mean_by_hand(limit: int, mean: float) -> None:
    assert km_mean(*cases(BY_HAND), limit) == pytest.approx(mean)


def test_curves_are_blind_to_order() -> None:
    backwards = TREATED[::-1]
    assert str(km_median(*cases(TREATED))) == str(km_median(*cases(backwards)))
    assert km_mean(*cases(TREATED), 30) == km_mean(*cases(backwards), 30)


def test_curves_of_nothing_and_of_nobody_gone() -> None:
    nobody, waiting = cases([]), cases([(5, 0), (9, 0)])
    assert np.isnan(km_median(*nobody)).all()
    assert np.isnan(km_median(*waiting)).all()
    assert np.isnan(km_mean(*nobody, 60))
    assert km_mean(*waiting, 60) == 9
    assert km_curve(*nobody).empty
    assert km_curve(*waiting).empty


def test_median_of_everybody_at_once() -> None:
    assert km_median(*cases([(4, 1)] * 5)).value == 4
    assert km_median(*cases([(0, 1)] * 5)).value == 0
    assert km_mean(*cases([(0, 1)] * 5), 60) == 0


# coverage: of 500 simulated books, the intervals of how many hold the truth?


def churned(rng: np.random.Generator) -> tuple[Bounds, float]:
    """Return the intervals of customer churn, 3 % of whom leave."""
    return wilson(rng.binomial(CUSTOMERS, 0.03, BOOKS).astype(float), np.full(BOOKS, float(CUSTOMERS))), 0.03


def recommended(rng: np.random.Generator) -> tuple[Bounds, float]:
    """Return the intervals of NPS, of books with 20 to 200 answers."""
    answers = rng.integers(20, 200, BOOKS)
    down, _, up = np.array([rng.multinomial(n, [0.2, 0.3, 0.5]) for n in answers], dtype=float).T
    return adjusted_wald(up - down, up + down, answers.astype(float)), 0.3


def ratios(
    rng: np.random.Generator,
    factors: Sequence[float],
    chances: Sequence[float],
    of_book: Callable[[Floats, Floats], Bounds],
) -> tuple[Bounds, float]:
    """Return the intervals of a ratio of amounts, each customer's part drawn independently of its size."""
    drawn = []
    for _ in range(BOOKS):
        then = pays(CUSTOMERS, rng)
        drawn.append(pair(of_book(then * rng.choice(factors, CUSTOMERS, p=chances), then)))
    low, high = np.array(drawn).T
    return (low, high), float(np.dot(factors, chances))


def net_retention(rng: np.random.Generator) -> tuple[Bounds, float]:
    """Return the intervals of NRR: some leave, some pay less, many the same, some more."""

    def net(now: Floats, then: Floats) -> Bounds:
        return amounts.net(sums(np.maximum(now - then, 0), then), sums(np.maximum(then - now, 0), then))

    return ratios(rng, [0, 0.8, 1, 1.3], [0.12, 0.10, 0.58, 0.20], net)


def gross_retention(rng: np.random.Generator) -> tuple[Bounds, float]:
    """Return the intervals of GRR."""
    return ratios(rng, [0, 0.8, 1], [0.12, 0.10, 0.78], lambda now, then: amounts.share(sums(now, then)))


def lost_revenue(rng: np.random.Generator) -> tuple[Bounds, float]:
    """Return the intervals of a month's revenue churn, by some dozen customers."""
    return ratios(rng, [0, 0.3, 1], [0.96, 0.01, 0.03], lambda lost, then: amounts.gamma(sums(lost, then)))


@pytest.mark.parametrize("simulated", [churned, recommended, net_retention, gross_retention, lost_revenue])
def test_intervals_cover_the_truth(simulated: Callable[[np.random.Generator], tuple[Bounds, float]]) -> None:
    (low, high), truth = simulated(np.random.default_rng(20261031))
    coverage = np.mean((low <= truth) & (truth <= high))
    assert 0.92 <= coverage <= 0.98, f"{simulated.__name__}: {coverage:.1%}"


# edges that nothing else holds


def test_nps_interval_ends_with_its_scale() -> None:
    # of twenty the adjusted interval would reach 4 points beyond
    assert nps_interval(*[0] * 20)[1] == -100
    assert nps_interval(*[10] * 20)[2] == 100


def test_t_interval_of_two_answers_by_hand() -> None:
    # 6 and 8: mean 7, variance 2, and t of one degree of freedom is 12.706205
    low, high = t_interval(of(14), of(36 + 64), of(2))
    assert (low[0], high[0]) == pytest.approx((7 - 12.706205, 7 + 12.706205), abs=1e-5)


def test_median_is_the_day_on_which_half_have_ended() -> None:
    assert km_median(of(5, 9), np.array([True, True])).value == 5


def test_curve_begins_with_everybody_open() -> None:
    curve = km_curve(of(3, 7), np.array([True, True]))
    assert curve.iloc[0].to_dict() == {"days": 0, "open_share": 1, "low": 1, "high": 1, "at_risk": 2, "ended": 0}
    assert curve.days.tolist() == [0, 3, 7]
    assert curve.index.tolist() == [0, 1, 2]


def test_curve_of_those_who_end_at_once_has_no_other_beginning() -> None:
    at_once = km_curve(of(0), np.array([True]))
    assert at_once[["days", "open_share", "at_risk"]].to_numpy().tolist() == [[0, 0, 1]]
    assert km_curve(of(0, 4), np.array([True, True])).open_share.tolist() == [0.5, 0]


def test_curve_of_nobody_gone_has_its_columns() -> None:
    columns = ["days", "open_share", "low", "high", "at_risk", "ended"]
    assert km_curve(of(3), np.array([False])).columns.tolist() == columns


def test_quantiles_that_are_written_out_are_those_of_the_normal_distribution() -> None:
    assert tuple(norm.ppf([0.975, 0.8, 0.999])) == (rates.Z, leading.POWER, spread.OUTER)
