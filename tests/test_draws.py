"""Drawn intervals against the definition: drawn anew by other weights, and worked out for many customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from cslib.stats import bootstrap_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DRAWS = 10_000


def jackknifed(parts: Floats, wholes: Floats) -> tuple[float, float]:
    """Return the ratio and its standard error, each row weighed by what is left without it."""
    total = wholes.sum()
    ratio = parts.sum() / total
    left = 1 - wholes / total
    return ratio, float(np.sqrt(np.sum(((parts - ratio * wholes) / left) ** 2)) / total)


def drawn_anew(parts: Floats, wholes: Floats) -> tuple[float, float]:
    """Return the wider of the percentile and the studentised interval, row by row and draw by draw, by weights of our own."""
    ratio, error = jackknifed(parts, wholes)
    weights = np.random.default_rng(5).poisson(1, (DRAWS, len(parts))).astype(float)
    weights = weights[weights @ wholes > 0]
    whole = weights @ wholes
    ratios = weights @ parts / whole
    errors = np.sqrt(np.sum(weights * (parts - ratios[:, None] * wholes) ** 2, axis=1)) / whole
    varied = errors > error / 1e6
    low, high = np.quantile(ratios, (0.025, 0.975))
    t_low, t_high = np.quantile((ratios[varied] - ratio) / errors[varied], (0.025, 0.975))
    return min(low, ratio - t_high * error), max(high, ratio - t_low * error)


@pytest.mark.parametrize(("customers", "unit"), [(12, 1), (40, 1e-6), (40, 1e6), (130, 1)])
def test_a_drawn_interval_is_that_of_the_definition(customers: int, unit: float) -> None:
    rng = np.random.default_rng(customers)
    wholes = rng.lognormal(3, 1, customers)
    parts = wholes * rng.choice([0.4, 0.9, 1.1, 1.6], customers)
    wanted = drawn_anew(parts, wholes)
    found = bootstrap_ratio(parts * unit, wholes * unit)
    assert found == pytest.approx(wanted, abs=0.04 * (wanted[1] - wanted[0]))


def test_a_drawn_interval_of_a_rare_part_begins_with_the_draws_without_it() -> None:
    """Of 20 alike one has a part: in e**-1 of all draws none has, and the studentised bound reaches further up."""
    parts, wholes = np.zeros(20), np.full(20, 3.0)
    parts[7] = 6.0
    low, high = bootstrap_ratio(parts, wholes)
    assert low == 0
    assert high == pytest.approx(drawn_anew(parts, wholes)[1], rel=0.1)
    # the other way round: what is left of twice the whole reaches as far down
    left = 2 * wholes - parts
    wanted = drawn_anew(left, wholes)
    assert bootstrap_ratio(left, wholes) == pytest.approx(wanted, abs=0.04 * (wanted[1] - wanted[0]))


def test_draws_of_three_rows_count_however_little_is_drawn() -> None:
    parts, wholes = np.array([1.0, 2.0, 9.0]), np.array([4.0, 1.0, 5.0])
    low, high = drawn_anew(parts, wholes)
    assert low < 0  # which a ratio of amounts is not
    assert bootstrap_ratio(parts, wholes) == pytest.approx((0, high), rel=0.1)


def test_two_rows_that_differ_have_an_interval_and_so_have_rows_that_differ_little() -> None:
    low, high = bootstrap_ratio(np.array([1.0, 3.0]), np.array([4.0, 4.0]))
    assert low <= 1 / 4
    assert high >= 3 / 4
    wholes = np.full(30, 5.0)
    parts = wholes * (0.5 + np.linspace(-1e-4, 1e-4, 30))
    low, high = bootstrap_ratio(parts, wholes)
    wanted = drawn_anew(parts, wholes)
    assert (low, high) == pytest.approx(wanted, abs=0.04 * (wanted[1] - wanted[0]))


@pytest.mark.parametrize("unit", [1e-6, 1, 1e6])
def test_the_interval_of_many_customers_is_worked_out(unit: float) -> None:
    """Over 2,048 rows: 1.96 errors, and on the skewed side (2 × 1.96² + 1) / 6 of the skewness more (Johnson 1978)."""
    rng = np.random.default_rng(3)
    wholes = rng.uniform(50, 150, 3000)
    parts = wholes * np.where(rng.random(3000) < 0.01, 9, 0.2)
    ratio, error = jackknifed(parts, wholes)
    away = parts - ratio * wholes
    skew = np.sum(away**3) / np.sum(away**2) ** 1.5
    z = 1.959964
    assert skew > 0
    assert bootstrap_ratio(parts * unit, wholes * unit) == pytest.approx(
        (ratio - z * error, ratio + (z + skew * (2 * z**2 + 1) / 6) * error), rel=1e-6
    )
    # the other way round: what is left of nine times the whole
    assert bootstrap_ratio((9 * wholes - parts) * unit, wholes * unit) == pytest.approx(
        (9 - ratio - (z + skew * (2 * z**2 + 1) / 6) * error, 9 - ratio + z * error), rel=1e-6
    )
