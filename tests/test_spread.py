"""By how much groups lie apart: closed forms, and what must not change a figure."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cslib.stats.portfolios import compared
from cslib.stats.rates import Z
from cslib.stats.spread import funnel, shrunken, spread, spread_change

D = np.array([0.10, -0.02, 0.03, -0.11])  # around 0
EQUAL = np.full(4, 0.03**2)
NONE = np.zeros(4)


def test_of_equal_errors_the_spread_is_what_their_variance_leaves_of_that_of_the_differences() -> None:
    squares = 0.10**2 + 0.02**2 + 0.03**2 + 0.11**2
    found = spread(D, EQUAL)
    assert found.value**2 == pytest.approx(squares / 3 - 0.03**2)
    # Q = squares / (s² + tau²) is chi-square of 3 degrees of freedom
    low, high = stats.chi2.ppf([0.025, 0.975], 3)
    assert found.low**2 == pytest.approx(squares / high - 0.03**2)
    assert found.high**2 == pytest.approx(squares / low - 0.03**2)


def test_where_errors_alone_explain_the_differences_there_is_no_spread() -> None:
    found = spread(D, np.full(4, 0.09**2))
    assert found.value == found.low == 0
    assert found.high > 0
    assert spread(D / 100, EQUAL).high == 0


def test_q_is_what_is_expected_where_errors_differ() -> None:
    s2 = np.array([0.0004, 0.0009, 0.0016, 0.0025])
    tau2 = spread(D, s2).value ** 2
    weights = 1 / (s2 + tau2)
    assert np.sum(weights * (D - weights @ D / weights.sum()) ** 2) == pytest.approx(3)


def test_a_figure_is_drawn_to_the_middle_by_what_it_does_not_tell() -> None:
    found = shrunken(D, EQUAL, 0.04)
    kept = 0.04**2 / (0.04**2 + 0.03**2)  # 0.64
    assert found.value == pytest.approx(kept * D)
    half = Z * np.sqrt(kept * 0.03**2 + (0.04**2 + 0.03**2) / 4 + 2 * ((1 - kept) * D) ** 2)
    assert found.high - found.value == pytest.approx(half)
    assert found.value - found.low == pytest.approx(half)


def test_of_five_groups_or_more_it_is_better_known_how_far_they_are_drawn() -> None:
    d = np.append(D, 0.0)
    found = shrunken(d, np.full(5, 0.03**2), 0.04)
    half = Z * np.sqrt(0.64 * 0.03**2 + (0.04**2 + 0.03**2) / 5 + 2 / (5 - 3) * (0.36 * d) ** 2)
    assert found.high - found.value == pytest.approx(half)


def test_the_outer_limits_of_skewed_chance_are_those_of_cornish_and_fisher() -> None:
    """Of skewness 0.6 and excess kurtosis 1.2: 3.0902 + 0.1 x 8.5495 - 0.01 x 43.569 + 0.05 x 20.239; the nearer side stays."""
    found = funnel(np.zeros(4), np.full(4, 0.01**2), np.full(4, 0.6), np.full(4, 1.2))
    assert found.outer_high == pytest.approx(np.full(4, 0.045214), rel=1e-4)
    assert found.outer_low == pytest.approx(np.full(4, -0.030902), rel=1e-4)


def test_without_a_spread_all_have_the_figure_of_all() -> None:
    s2 = np.array([0.0004, 0.0004, 0.0004, 0.0012])
    middle = (3 * (0.10 - 0.02 + 0.03) - 0.11) / 10  # of weights 3, 3, 3 and 1
    assert shrunken(D, s2, 0.0).value == pytest.approx(np.full(4, middle))


def test_the_usual_spread_is_that_of_all_but_the_outermost() -> None:
    # z of -6, -1, 0, 1, 2 are taken for -1, -1, 0, 1, 1: squares of 4 = J - 1, no more than chance makes
    d = np.array([-6.0, -1, 0, 1, 2]) * 0.01
    found = funnel(d, np.full(5, 0.01**2), np.zeros(5), np.zeros(5))
    assert found.inner == pytest.approx(np.full(5, Z * 0.01))
    assert found.outer_high == pytest.approx(np.full(5, stats.norm.ppf(0.999) * 0.01))
    assert found.outer_low == pytest.approx(-found.outer_high)
    assert found.marked.tolist() == [True, False, False, False, False]
    # of -3, -3, 0, 3, 3, which is 36, 36 - 4 are beyond chance, of W - sum w² / W = 5 w - w
    wide = funnel(np.array([-9.0, -3, 0, 3, 5]) * 0.01, np.full(5, 0.01**2), np.zeros(5), np.zeros(5))
    assert wide.outer_high == pytest.approx(np.full(5, stats.norm.ppf(0.999) * np.sqrt(0.01**2 * (1 + 32 / 4))))
    assert not wide.marked.any()


def test_few_losses_are_not_normal_and_widen_the_side_on_which_they_lie() -> None:
    skewed = funnel(D, EQUAL, np.full(4, -0.7), np.full(4, 0.3))
    plain = funnel(D, EQUAL, NONE, NONE)
    assert (skewed.outer_low < plain.outer_low).all()
    assert skewed.outer_high == pytest.approx(plain.outer_high)  # never nearer
    # the losses of 40 of whom a tenth are lost: 99.9 % of the binomial law lie below so many standard deviations
    exact = (stats.binom.ppf(0.999, 40, 0.1) - 4) / np.sqrt(3.6)
    few = funnel(np.array([0.0, 0, 0]), np.ones(3), np.full(3, 0.8 / np.sqrt(3.6)), np.full(3, (1 - 0.54) / 3.6))
    assert few.outer_high[0] == pytest.approx(exact, abs=0.3)  # which jumps by half a standard deviation


def test_a_spread_that_grew_is_wider_and_one_that_shrank_narrower() -> None:
    calm, wild = np.linspace(-1, 1, 12) * 0.01, np.linspace(-1, 1, 12) * 0.3
    s2 = np.full(12, 0.02**2)
    grown, shrunk, same = (
        spread_change(wild, s2, calm, s2),
        spread_change(calm, s2, wild, s2),
        spread_change(wild, s2, wild, s2),
    )
    assert grown.low > 0
    assert shrunk.high < 0
    assert same.value == 0
    assert same.low < 0 < same.high
    assert grown.value == pytest.approx(spread(wild, s2).value - spread(calm, s2).value)


# groups beside their customers


def book() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features, outcomes and groups of 200 customers."""
    rng = np.random.default_rng(3)
    features = np.column_stack([rng.integers(0, 2, 200), rng.normal(size=200)]).astype(float)
    outcomes = (rng.random(200) < 0.6 + 0.3 * features[:, 0]).astype(float)
    return features, outcomes, rng.integers(0, 6, 200)


def test_without_features_a_group_is_held_against_the_share_of_all() -> None:
    # 8 of 10 and 12 of 20 stay: of 30, 20 do
    outcomes, groups = np.repeat([1.0, 0, 1, 0], [8, 2, 12, 8]), np.repeat([0, 1], [10, 20])
    found = compared(np.zeros((30, 1)), outcomes, groups, 5, is_share=True)
    assert found is not None
    assert found.overall == pytest.approx(20 / 30)
    assert found.differences == pytest.approx([8 / 10 - 20 / 30, 12 / 20 - 20 / 30], abs=1e-6)
    # a group of a third is two thirds of the way from the others: v (1 - n / N) / n
    assert found.variances == pytest.approx([2 / 9 * (1 - 1 / 3) / 10, 2 / 9 * (1 - 2 / 3) / 20], rel=1e-6)
    assert found.skewness == pytest.approx([-(1 / 3) / np.sqrt(2 / 9 * n) for n in (10, 20)], rel=1e-5)


def test_numbers_are_held_against_their_mean() -> None:
    outcomes, groups = np.array([1.0, 2, 3, 4, 5, 9]), np.array([0, 0, 0, 1, 1, 1])
    found = compared(np.zeros((6, 1)), outcomes, groups, 3, is_share=False)
    assert found is not None
    assert found.differences == pytest.approx([-2, 2])
    square = np.var(outcomes, ddof=1)
    assert found.variances == pytest.approx([square * (1 - 1 / 2) / 3] * 2)
    assert found.judged.all()


def test_what_a_feature_explains_is_no_difference_of_groups() -> None:
    # those with the feature stay, whoever has them; one group has most of them
    feature = np.repeat([1.0, 0, 1, 0], [40, 10, 10, 40])
    outcomes = np.concatenate([np.r_[np.ones(36), np.zeros(4)], np.r_[np.ones(5), np.zeros(5)], np.r_[np.ones(9), 0], np.r_[np.ones(20), np.zeros(20)]])  # fmt: skip
    groups = np.repeat([0, 1], 50)
    plain = compared(np.zeros((100, 1)), outcomes, groups, 5, is_share=True)
    found = compared(feature[:, None], outcomes, groups, 5, is_share=True)
    assert plain is not None
    assert found is not None
    assert plain.differences[0] == pytest.approx(41 / 50 - 70 / 100)
    assert np.abs(found.differences).max() < 0.01


def test_groups_of_few_and_those_of_whom_nothing_is_expected_are_not_judged() -> None:
    outcomes, groups = np.repeat([1.0, 0, 1, 1, 0], [30, 10, 4, 2, 4]), np.repeat([0, 1, 2], [40, 4, 6])
    found = compared(np.zeros((50, 1)), outcomes, groups, 5, is_share=True)
    assert found is not None
    assert found.judged.tolist() == [True, False, True]  # 36 of 50: of 6, 1.7 are expected to go
    kept = compared(np.zeros((50, 1)), np.repeat([1.0, 0], [46, 4]), groups, 5, is_share=True)
    assert kept is not None
    assert kept.judged.tolist() == [True, False, False]  # 4 of 50: of 6, 0.5
    assert compared(np.zeros((50, 1)), np.ones(50), groups, 5, is_share=True) is None


def test_names_and_the_order_of_rows_change_nothing() -> None:
    features, outcomes, groups = book()
    found = compared(features, outcomes, groups, 5, is_share=True)
    rng = np.random.default_rng(0)
    order, names = rng.permutation(200), rng.permutation(6)
    again = compared(features[order], outcomes[order], names[groups][order], 5, is_share=True)
    assert found is not None
    assert again is not None
    assert again.p == found.p
    assert (again.differences[names] == found.differences).all()
    assert (again.variances[names] == found.variances).all()
    assert (again.differences[again.told] == found.differences[found.told]).all()


def test_a_group_that_differs_is_seen_in_p() -> None:
    features, outcomes, groups = book()
    changed = np.where((groups == 2) & (np.arange(200) % 3 > 0), 0.0, outcomes)
    before, after = (compared(features, one, groups, 5, is_share=True) for one in (outcomes, changed))
    assert before is not None
    assert after is not None
    assert after.p < 0.01 < before.p
    numbers = compared(features, features[:, 1] + 3.0 * (groups == 2), groups, 5, is_share=False)
    assert numbers is not None
    assert numbers.p < 0.01
