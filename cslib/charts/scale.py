"""Axis ticks at round numbers, and labels next to line ends that do not cover one another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from cslib.i18n.numbers import number
from cslib.kpis.kpi import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cslib.i18n import Wording

_ROUND = (1, 2, 2.5, 5, 10)
_LEAST = {Unit.SHARE: 0.02, Unit.POINTS: 0.1, Unit.SCORE: 0.4, Unit.COUNT: 4, Unit.DAYS: 4, Unit.MONTHS: 4}


class Scale(NamedTuple):
    """Where an axis begins and ends, and its ticks with the step between them."""

    low: float
    high: float
    ticks: list[float]
    step: float


def present(*columns: Iterable[object]) -> list[float]:
    """Return the numbers in all the columns, without what is missing."""
    plain = (number(value) for column in columns for value in column)
    return [value for value in plain if value is not None]


def scale(values: list[float], unit: Unit | str, *, count: int = 4, zero: bool = False) -> Scale:
    """Return an axis of about `count` steps that holds all values; from zero where zero is not far away."""
    low, high = _widened(min(values, default=0.0), max(values, default=0.0), unit)
    if zero or (low > 0 and low < 0.35 * high):  # so near, zero costs little room
        low = min(low, 0.0)
    if zero:
        high = max(high, 0.0)
    step = _step((high - low) / count, unit)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if unit == Unit.SHARE and low >= 0 and high <= 1:
        first, last = max(first, 0), min(last, math.ceil(1 / step - 1e-9))
    ticks = [round(at * step, 12) for at in range(first, last + 1)]
    return Scale(ticks[0], ticks[-1], ticks, step)


def tick_labels(axis: Scale, unit: Unit | str, wording: Wording) -> str:
    """Return a Vega expression for the labels, worded here because Vega knows no 万 and no 億."""
    labels = [wording.tick(unit, tick, axis.step) for tick in axis.ticks]
    return f"{labels!r}[round((datum.value - {axis.low!r}) / {axis.step!r})]"


def spread(wanted: list[float], least: float, low: float, high: float) -> list[float]:
    """Return positions as near as possible to those wanted, at least `least` apart, from `low` to `high`."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    placed: dict[int, float] = {}
    floor = low
    for at in order:
        placed[at] = max(wanted[at], floor)
        floor = placed[at] + least
    ceiling = high
    for at in reversed(order):
        placed[at] = min(placed[at], ceiling)
        ceiling = placed[at] - least
    return [placed[at] for at in range(len(wanted))]


def _step(least: float, unit: Unit | str) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    step = next(power * factor for factor in _ROUND if power * factor >= least * (1 - 1e-9))
    return max(step, 1.0) if unit == Unit.COUNT else step


def _widened(low: float, high: float, unit: Unit | str) -> tuple[float, float]:
    """Return the range widened to the least that an axis spans, so that noise does not fill the height of a chart."""
    least = _LEAST.get(Unit(unit), max(abs(high) * 0.04, 1e-6))
    room = max(0.0, least - (high - low))
    below = min(room / 2, low) if low >= 0 else room / 2
    return low - below, high + room - below
