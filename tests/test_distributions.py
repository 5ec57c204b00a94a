"""Quantiles, tails and curves are those of `scipy.stats` to the bit, which takes a second to import."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from cslib.stats.distributions import (
    adjusted_for_many,
    chi2_quantile,
    chi2_tail,
    f_tail,
    kaplan_meier,
    normal_tail,
    t_quantile,
)

FREEDOM = np.array([-1.0, 0.0, 1e-3, 0.5, 1, 1.5, 2, 3, 7, 29, 30, 100, 1e4, 1e9, np.inf, np.nan])


@pytest.mark.parametrize("level", [0.025, 0.5, 0.975])
def test_quantiles(level: float) -> None:
    np.testing.assert_array_equal(t_quantile(level, FREEDOM), stats.t.ppf(level, FREEDOM))
    np.testing.assert_array_equal(chi2_quantile(level, FREEDOM), stats.chi2.ppf(level, FREEDOM))


def test_tails() -> None:
    beyond = np.array([0, 1e-9, 0.3, 1, 1.96, 4, 40, 1e6, np.inf])
    np.testing.assert_array_equal(normal_tail(beyond), stats.norm.sf(beyond))
    np.testing.assert_array_equal(normal_tail(-beyond), stats.norm.sf(-beyond))
    for one in beyond:
        for free in (1, 2, 7, 100):
            assert chi2_tail(one, free) == stats.chi2.sf(one, free)
            assert f_tail(one, free, free + 0.5) == stats.f.sf(one, free, free + 0.5)


@pytest.mark.parametrize("count", [0, 1, 2, 7, 50])
def test_false_discoveries(count: int) -> None:
    p = np.random.default_rng(count).choice([0.0, 0.001, 0.01, 0.04, 0.5, 1.0], count)
    np.testing.assert_array_equal(adjusted_for_many(p), stats.false_discovery_control(p))


def test_a_curve_by_hand() -> None:
    """Five cases: ended after 1, 3 and 3, cut off after 2 and 5."""
    found = kaplan_meier(np.array([3.0, 1, 2, 5, 3]), np.array([True, True, False, False, True]))
    assert found.durations.tolist() == [1, 2, 3, 5]
    np.testing.assert_allclose(found.open, [4 / 5, 4 / 5, 4 / 5 / 3, 4 / 5 / 3])


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@pytest.mark.parametrize(("cases", "ended"), [(1, 0.0), (1, 1.0), (9, 1.0), (40, 0.3), (300, 0.7), (300, 0.0)])
def test_curves(cases: int, ended: float) -> None:
    rng = np.random.default_rng(cases)
    durations, observed = rng.integers(0, 60, cases).astype(float), rng.random(cases) < ended
    found = kaplan_meier(durations, observed)
    curve = stats.ecdf(stats.CensoredData.right_censored(durations, ~observed)).sf
    band = curve.confidence_interval(method="log-log")
    np.testing.assert_array_equal(found.durations, curve.quantiles)
    np.testing.assert_array_equal(found.open, curve.probabilities)
    np.testing.assert_array_equal(found.low, band.low.probabilities)
    np.testing.assert_array_equal(found.high, band.high.probabilities)
