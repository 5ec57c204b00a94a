"""What chance alone would do: whether a change, one of many changes, or the best of many groups is more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.kpis.kpi import Interval
from cslib.stats import Z
from cslib.stats.distributions import adjusted_for_many, chi2_tail, f_tail, normal_tail, t_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month

    Floats = NDArray[np.float64]

FALSE_SHARE = 0.10  # of the changes that a page lists, how many may be chance
_LEVEL = 0.05
_HALF = 0.5
_TINY = 1e-12


def clarity(now: pd.DataFrame, before: pd.DataFrame) -> pd.Series:
    """Return each change from `before` to `now` measured by its own uncertainty; over 1 is beyond chance (95 %).

    Both hold value, low, high, status, a row per figure under the same index. The change stands over its square-and-add
    half width: of each interval the half that faces the other value (Newcombe 1998, Stat Med 17:873, method 10; Zou &
    Donner 2008, Stat Med 27:1693). An end that was not reached bounds nothing: the clarity of a change towards it is 0.
    nan, not comparable, where a value or an interval is missing and where either figure is of few cases.

    Windows of several months share most of their rows from one month to the next, so that such a value is much steadier
    than two independent ones. This takes them for independent: it calls too few of their changes clear, never too many.
    """
    change = now.value - before.value
    rises = change >= 0
    faces_before = np.where(rises, now.value - now.low, _above(now))
    faces_now = np.where(rises, _above(before), before.value - before.low)
    noise = np.hypot(faces_before, faces_now)
    told = (noise > 0) & (now.status != "small") & (before.status != "small")
    return (change.abs() / noise).where(told)


def _above(figures: pd.DataFrame) -> pd.Series:
    """Return how far the interval reaches above the value: without end where only its lower end is known."""
    return (figures.high - figures.value).mask(figures.low.notna() & figures.high.isna(), np.inf)


def comparable(kpi: Kpi, month: Month, earlier: Month) -> bool:
    """Return whether a KPI of a month can be compared with that of an earlier one.

    Their values must share no month of data: one of twelve months is compared with that of a year ago, and one that grows with
    the data with none. Besides, the calendar must make them `alike_in_days`.
    """
    return 0 < kpi.months <= month.number - earlier.number and alike_in_days(kpi, month, earlier)


def alike_in_days(kpi: Kpi, month: Month, other: Month) -> bool:
    """Return whether the calendar lets a KPI be compared between two months.

    What hangs on the days of a month needs a month with as many days, and as many of them from Monday to Friday.
    """
    return not kpi.by_day or _length(month) == _length(other)


def _length(month: Month) -> tuple[int, int]:
    return month.last_day.day, month.workdays


def stand_out(clear: pd.Series) -> pd.Series:
    """Return which of many changes are more than chance makes among so many, by their `clarity`; nan is not looked at.

    Benjamini & Hochberg (1995, JRSS B 57:289) at 10 %: of the changes that are listed at most one in ten is chance, and
    where nothing changes at all, at most one page in ten lists any. p = 2 (1 - Φ(1.96 clarity)). Besides, each is
    beyond chance by itself.
    """
    looked_at = clear.dropna()
    if looked_at.empty:
        return clear > 1
    adjusted = adjusted_for_many(2 * normal_tail(Z * looked_at.to_numpy()))
    return ((clear > 1) & pd.Series(adjusted <= FALSE_SHARE, looked_at.index)).reindex(clear.index, fill_value=False)


def alike(groups: pd.DataFrame, interval: Interval) -> bool:
    """Return whether groups (value, low, high, n) differ no more than chance makes groups of one kind differ, at 5 %.

    One test over all groups, so that the highest and the lowest of many are not taken for two that were chosen beforehand
    beforehand. Groups of a KPI without intervals are counts, no estimates, and never alike; where an interval is missing
    or open nothing can be tested, and they may be alike.
    """
    if interval is Interval.NONE:
        return False
    value, low, high, n = (groups[name].to_numpy(dtype=float) for name in ("value", "low", "high", "n"))
    if not np.isfinite(high - low).all() or not (high > low).all() or value.min() == value.max():
        return True
    if interval is Interval.WILSON:
        return _homogeneity(value, low, high) > _LEVEL
    tested = _one_spread if interval is Interval.T else _welch
    return tested(value, low, high, n) > _LEVEL


def _homogeneity(value: Floats, low: Floats, high: Floats) -> float:
    """Return the p of the chi-square test that shares are one, with the n of their Wilson intervals.

    The ends of such an interval multiply to p² / (1 + z²/n), and their distances from 1 to (1 - p)² / (1 + z²/n).
    """
    larger = value >= _HALF
    ends = np.where(larger, low * high, (1 - low) * (1 - high))
    n = Z**2 / (np.where(larger, value, 1 - value) ** 2 / ends - 1)
    pooled = np.average(value, weights=n)
    spread = np.sum(n * (value - pooled) ** 2) / (pooled * (1 - pooled))
    return chi2_tail(spread, len(value) - 1)


def _one_spread(value: Floats, low: Floats, high: Floats, n: Floats) -> float:
    """Return the p of the analysis of variance that means are one; a few answers are too few to estimate a spread of their own."""
    freedom = n - 1
    variance = ((high - low) / 2 / t_quantile(0.975, freedom)) ** 2 * n
    within = np.average(variance, weights=freedom)
    between = np.sum(n * (value - np.average(value, weights=n)) ** 2) / (len(value) - 1)
    return f_tail(between / within, len(value) - 1, freedom.sum())


def _welch(value: Floats, low: Floats, high: Floats, n: Floats) -> float:
    """Return the p of Welch's test (1951, Biometrika 38:330) that values are one, the facing half of an interval 1.96 errors."""
    mean = np.average(value, weights=1 / (high - low) ** 2)
    weight = (Z / np.maximum(np.where(value > mean, value - low, high - value), _TINY)) ** 2
    groups = len(value)
    spread = np.sum(weight * (value - np.average(value, weights=weight)) ** 2) / (groups - 1)
    doubt = np.sum((1 - weight / weight.sum()) ** 2 / np.maximum(n - 1, 1)) / (groups**2 - 1)
    return f_tail(spread / (1 + 2 * (groups - 2) * doubt), groups - 1, 1 / (3 * doubt))
