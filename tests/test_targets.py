"""Values held against their targets: each verdict from its definition, in both directions and at every edge."""

from __future__ import annotations

import pandas as pd
import pytest

from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Better
from cslib.kpis.targets import with_status

NONE = float("nan")
HIGHER, LOWER = "nrr", "customer_churn"


def status(kpi: str, value: float, target: float, ends: tuple[float, float] = (NONE, NONE), n: int = 50) -> str:
    """Return the verdict on one value with its interval; figures of fewer than 5 are few."""
    row = {"segment": "total", "kpi": kpi, "value": value, "low": ends[0], "high": ends[1], "n": n}
    return str(with_status(pd.DataFrame([row]), {("total", kpi): target}, CATALOGUE.by_id, 5).status[0])


def test_the_two_kpis_here_improve_in_opposite_directions() -> None:
    assert CATALOGUE.by_id[HIGHER].better is Better.HIGHER
    assert CATALOGUE.by_id[LOWER].better is Better.LOWER


@pytest.mark.parametrize(
    ("value", "higher", "lower"),
    [(0.11, "on_target", "off_target"), (0.10, "on_target", "on_target"), (0.09, "off_target", "on_target")],
)
def test_without_an_interval_the_value_decides_and_equality_reaches(value: float, higher: str, lower: str) -> None:
    assert status(HIGHER, value, 0.10) == higher
    assert status(LOWER, value, 0.10) == lower


@pytest.mark.parametrize(
    ("low", "high", "higher", "lower"),
    [
        (0.11, 0.20, "on_target", "off_target"),  # all of the interval lies above
        (0.01, 0.09, "off_target", "on_target"),  # all of it below
        (0.10, 0.20, "within_interval", "within_interval"),  # the target on the lower end
        (0.01, 0.10, "within_interval", "within_interval"),  # on the upper end
        (0.05, 0.15, "within_interval", "within_interval"),
    ],
)
def test_a_target_inside_the_interval_is_neither_reached_nor_missed(
    low: float, high: float, higher: str, lower: str
) -> None:
    middle = (low + high) / 2
    assert status(HIGHER, middle, 0.10, (low, high)) == higher
    assert status(LOWER, middle, 0.10, (low, high)) == lower


@pytest.mark.parametrize(("target", "told"), [(80, "within_interval"), (50, "within_interval"), (49, "off_target")])
def test_an_upper_end_that_was_not_reached_bounds_nothing(target: float, told: str) -> None:
    assert status("onboarding_days", 70, target, (50, NONE)) == told


def test_what_cannot_be_measured_comes_before_few_and_few_before_any_target() -> None:
    assert status(HIGHER, NONE, 0.10, n=0) == "not_measurable"
    assert status(HIGHER, 0.2, NONE, n=4) == status(HIGHER, 0.2, 0.2, (0.1, 0.3), n=4) == "small"
    assert status(HIGHER, 0.2, NONE, (0.1, 0.3), n=5) == "no_target"
    assert status(HIGHER, 0.2, 0.2, (0.1, 0.3), n=5) == "within_interval"
