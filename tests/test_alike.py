"""Where groups cease to be alike: at the very difference at which the test that is named says 5 %."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.optimize import brentq

from cslib.analysis.figures.significance import alike, clarity, stand_out
from cslib.kpis.kpi import Interval
from cslib.stats import wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIZES = (7, 12, 30)
SPREADS = (1.0, 3.0, 2.0)
BASES = (4.0, 5.0, 3.5)
Z = 1.959963984540054


def _samples(shift: float, spreads: tuple[float, ...] = SPREADS) -> list[Floats]:
    """Return answers of three groups with exactly these means and spreads, the last of them so much higher."""
    rng = np.random.default_rng(8)
    drawn = [rng.normal(size=size) for size in SIZES]
    plain = [(each - each.mean()) / each.std(ddof=1) for each in drawn]
    means = (*BASES[:2], BASES[2] + shift)
    return [mean + spread * each for mean, spread, each in zip(means, spreads, plain, strict=True)]


def _groups(samples: list[Floats], reach: Callable[[int], float]) -> pd.DataFrame:
    """Return the groups of samples, their intervals so many standard errors wide on either side."""
    value = np.array([each.mean() for each in samples])
    error = np.array([each.std(ddof=1) / len(each) ** 0.5 for each in samples])
    half = error * np.array([reach(len(each)) for each in samples])
    return pd.DataFrame({"value": value, "low": value - half, "high": value + half, "n": [float(s) for s in SIZES]})


def _at_the_edge(
    p: Callable[[float], float], groups: Callable[[float], pd.DataFrame], interval: Interval, span: tuple[float, float]
) -> tuple[bool, bool]:
    """Return whether groups are alike just before and just after the shift at which `p` is 5 %."""
    shift = brentq(lambda at: p(at) - 0.05, *span)
    return alike(groups(shift - 1e-3), interval), alike(groups(shift + 1e-3), interval)


def test_shares_differ_from_where_the_chi_square_test_says_so() -> None:
    n = np.array([20.0, 35.0, 60.0, 25.0])

    def parts(shift: float) -> Floats:
        return np.array([12.0, 25.0, 20.0 + shift, 3.0 + shift / 2])

    def groups(shift: float) -> pd.DataFrame:
        low, high = wilson(parts(shift), n)
        return pd.DataFrame({"value": parts(shift) / n, "low": low, "high": high, "n": n})

    def p(shift: float) -> float:
        return float(stats.chi2_contingency(np.array([parts(shift), n - parts(shift)]), correction=False).pvalue)

    # the shares draw near to one another, so that they are apart before and alike after
    assert _at_the_edge(p, groups, Interval.WILSON, (0, 20)) == (False, True)


def test_means_differ_from_where_the_analysis_of_variance_says_so() -> None:
    assert _at_the_edge(
        lambda shift: float(stats.f_oneway(*_samples(shift)).pvalue),
        lambda shift: _groups(_samples(shift), lambda size: float(stats.t.ppf(0.975, size - 1))),
        Interval.T,
        (1.5, 9),
    ) == (True, False)


@pytest.mark.parametrize("spreads", [SPREADS, (3.0, 0.5, 1.0)])
def test_other_values_differ_from_where_welch_says_so(spreads: tuple[float, ...]) -> None:
    assert _at_the_edge(
        lambda shift: float(stats.f_oneway(*_samples(shift, spreads), equal_var=False).pvalue),
        lambda shift: _groups(_samples(shift, spreads), lambda _: Z),
        Interval.ADJUSTED_WALD,
        (1.5, 9),
    ) == (True, False)


def test_of_an_interval_the_half_counts_that_faces_the_others() -> None:
    """The halves away from the mean may be as wide as they like; the mean is that of the groups told most exactly."""
    even = _groups(_samples(2.0), lambda _: Z)
    half = even.high - even.value
    mean = np.average(even.value, weights=1 / half**2)
    away = pd.DataFrame({"low": even.value - half * 1.05, "high": even.value + half * 1.05})
    above = even.value > mean
    assert set(above) == {True, False}
    uneven = even.assign(low=even.low.where(above, away.low), high=even.high.where(~above, away.high))
    for shift in np.arange(0, 8, 0.05):
        assert alike(_third_moved(even, shift), Interval.NET) == alike(_third_moved(uneven, shift), Interval.NET)


def _third_moved(groups: pd.DataFrame, shift: float) -> pd.DataFrame:
    """Return the groups, the third with its interval so much higher."""
    told = ["value", "low", "high"]
    moved = groups.copy()
    moved.loc[2, told] += shift
    return moved


def test_the_mean_that_tells_the_facing_half_is_that_of_the_exact_groups() -> None:
    """Beside 0 ± 0.5 and 10 ± 40 the value 1 lies above the mean: its lower half decides, whatever its upper one."""

    def groups(below: float, above: float) -> pd.DataFrame:
        low, high = [-0.5, 1 - below, -30.0], [0.5, 1 + above, 50.0]
        return pd.DataFrame({"value": [0.0, 1.0, 10.0], "low": low, "high": high, "n": 50.0})

    assert not alike(groups(0.1, 3), Interval.NET)
    assert alike(groups(3, 0.1), Interval.NET)


def test_what_has_no_width_is_not_judged_and_groups_of_one_value_are_alike() -> None:
    sure = pd.DataFrame({"value": [5.0], "low": [5.0], "high": [5.0], "status": ["no_target"]})
    assert np.isnan(clarity(sure, sure.assign(value=3.0, low=3.0, high=3.0))[0])
    same = pd.DataFrame({"value": [0.5, 0.5], "low": [0.4, 0.1], "high": [0.6, 0.9], "n": [50.0, 5.0]})
    assert alike(same, Interval.WILSON)
    flat = pd.DataFrame({"value": [0.5, 0.9], "low": [0.5, 0.8], "high": [0.5, 0.95], "n": 20.0})
    assert alike(flat, Interval.NET)  # an interval without a width tells nothing


def test_a_change_that_is_just_beyond_chance_stands_out_alone() -> None:
    assert stand_out(pd.Series([1.001, 0.999, np.nan])).tolist() == [True, False, False]


def test_of_three_changes_the_clearest_has_to_keep_a_third_of_the_tenth() -> None:
    """Benjamini and Hochberg at 10 %: of three the limits are 1/30, 2/30 and 3/30."""
    for p, told in ((0.0332, True), (0.0335, False)):
        clear = pd.Series(stats.norm.isf(np.array([p, 0.5, 0.6]) / 2) / Z)
        assert stand_out(clear).tolist() == [told, False, False]
