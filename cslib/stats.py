"""Uncertainty: 95 % intervals, and figures of Kaplan-Meier curves. Arrays in, arrays or numbers out.

Every interval is (nan, nan) where it is undefined, so that callers need no branch.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Z = float(stats.norm.ppf(0.975))
REPLICATES = 1000
_MANY = 2048
_SEED = 20261031
_TAILS = (0.025, 0.975)
_TINY = 1e-6  # relative: what is left of an exact 0 once squares were summed


class Estimate(NamedTuple):
    """A figure with its 95 % interval; nan where it is undefined."""

    value: float
    low: float
    high: float


def wilson(part: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's score interval of the share part / n (Wilson 1927, JASA 22(158)); nan where n is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = part / n
        centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * np.sqrt(np.maximum(share * (1 - share), 0) / n + Z**2 / (4 * n**2))
    # rounding must not push an exact 0 or 1 out of its own interval
    return np.minimum(np.maximum(centre - half, 0), share), np.maximum(np.minimum(centre + half, 1), share)


def adjusted_wald(difference: Floats, squares: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return the adjusted Wald interval of an NPS, on the scale of -1 to 1 (Rocks 2016).

    `difference` = promoters - detractors, `squares` = promoters + detractors. Adds three quarters of a detractor,
    one and a half passives and three quarters of a promoter, and clamps; nan where n is 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        wider = np.where(n > 0, n + 3, np.nan)
        centre = difference / wider
        half = Z * np.sqrt(np.maximum((squares + 1.5) / wider - centre**2, 0) / wider)
        score = difference / n
    # a single answer would lie just outside of its own interval
    return np.maximum(np.minimum(centre - half, score), -1), np.minimum(np.maximum(centre + half, score), 1)


def t_interval(total: Floats, squares: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return Student's interval of the mean total / n; nan where n is under 2 and where all values are the same."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = np.maximum(squares - n * mean**2, 0) / (n - 1)
        half = stats.t.ppf(0.975, np.maximum(n - 1, 1)) * np.sqrt(variance / n)
        known = (n > 1) & (half > _TINY * np.abs(mean))
    return np.where(known, mean - half, np.nan), np.where(known, mean + half, np.nan)


def one_thread() -> AbstractContextManager[object]:
    """Return a block in which many small products of matrices are made by one thread.

    BLAS would spread each over all cores, and on a machine with other work its threads wait for one another.
    """
    return _libraries().limit(limits=1, user_api="blas")


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


def bootstrap_ratio(parts: Floats, wholes: Floats) -> tuple[float, float]:
    """Return an interval of sum(parts) / sum(wholes), rows drawn anew 1,000 times with a fixed seed.

    On each side the wider of the percentile and the studentised interval (Davison & Hinkley 1997, ch. 5): amounts
    are skewed, and either alone covers too little when a few large customers decide. A ratio of amounts is not
    negative, and not over 1 where no part exceeds its whole. The draws are Poisson weights (Hanley & MacGibbon
    2006), so that one matrix serves every group. Over more than 2,048 rows the sums of draws follow the normal law
    closely, and it is used instead. Rows are put in order first: neither their order nor their names change the
    result. (nan, nan) for fewer than 2 rows, and where all rows have the same ratio.
    """
    if len(parts) < 2 or not np.sum(wholes) > 0:  # noqa: PLR2004 - nothing to draw from
        return np.nan, np.nan
    order = np.lexsort((parts, wholes))
    a, b = parts[order], wholes[order]
    ratio, error = _jackknifed(a, b)
    if not error > _TINY * ratio:
        return np.nan, np.nan
    low, high = (ratio - Z * error, ratio + Z * error) if len(a) > _MANY else _drawn_bounds(a, b, ratio, error)
    return max(low, 0.0), min(high, 1.0 if np.all(a <= b) else np.inf)


def _drawn_bounds(a: Floats, b: Floats, ratio: float, error: float) -> tuple[float, float]:
    """Return the wider of the percentile and the studentised bound on each side."""
    ratios, errors = _drawn_ratios(a, b)
    spread = errors > _TINY * error
    if not spread.any():
        return np.nan, np.nan
    low, high = np.quantile(ratios, _TAILS)
    t_low, t_high = np.quantile((ratios[spread] - ratio) / errors[spread], _TAILS)
    return min(low, ratio - t_high * error), max(high, ratio - t_low * error)


def _jackknifed(a: Floats, b: Floats) -> tuple[float, float]:
    """Return the ratio and its standard error, large rows weighed by what the ratio would be without them."""
    total = float(np.sum(b))
    ratio = float(np.sum(a)) / total
    left = np.maximum(1 - b / total, _TINY)
    return ratio, float(np.sqrt(np.sum(((a - ratio * b) / left) ** 2))) / total


def _drawn_ratios(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return the ratio of each draw and its own standard error, from sums alone; draws without a whole left out."""
    # in units of the mean whole, so that squares of large amounts keep their digits
    unit = float(np.mean(b))
    a, b = a / unit, b / unit
    sums = _weights(len(a))[:, : len(a)] @ np.column_stack([a, b, a * a, a * b, b * b])
    part, whole, aa, ab, bb = sums[sums[:, 1] > 0].T
    ratios = part / whole
    return ratios, np.sqrt(np.maximum(aa - 2 * ratios * ab + ratios**2 * bb, 0)) / whole


def _weights(rows: int) -> Floats:
    # sized by powers of two, so that groups of a similar size share one matrix
    return _poisson(1 << (rows - 1).bit_length())


@cache  # eleven sizes up to _MANY, 32 MB together
def _poisson(columns: int) -> Floats:
    rng = np.random.default_rng([_SEED, columns])
    return rng.poisson(1.0, size=(REPLICATES, columns)).astype(np.float64)


def _curve(durations: Floats, observed: NDArray[np.bool_]) -> stats.ecdf:
    return stats.ecdf(stats.CensoredData.right_censored(durations, ~observed))


def km_median(durations: Floats, observed: NDArray[np.bool_]) -> Estimate:
    """Return the Kaplan-Meier median with its log-log interval (Brookmeyer & Crowley 1982).

    nan where half of the rows never ended: the median, or the bound, was not reached.
    """
    if not observed.any():
        return Estimate(np.nan, np.nan, np.nan)
    curve = _curve(durations, observed)
    band = _band(curve)
    steps = curve.sf.quantiles
    return Estimate(
        _first_below(steps, curve.sf.probabilities),
        _first_below(steps, band.low.probabilities),
        _first_below(steps, band.high.probabilities),
    )


def _band(curve: stats.ecdf) -> stats.ecdf:
    with warnings.catch_warnings():
        # where nobody or everybody has ended the band is undefined, and reads as not reached
        warnings.simplefilter("ignore", RuntimeWarning)
        return curve.sf.confidence_interval(method="log-log")


def km_curve(durations: Floats, observed: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the Kaplan-Meier curve: days, open_share, low, high, at_risk, ended, a row per day on which a row ended or was cut.

    Begins with day 0, when all is open; empty where nothing ended.
    """
    if not observed.any():
        return pd.DataFrame(columns=["days", "open_share", "low", "high", "at_risk", "ended"])
    curve = _curve(durations, observed)
    band, steps = _band(curve), curve.sf.quantiles
    at_risk = [int((durations >= day).sum()) for day in steps]
    found = pd.DataFrame(
        {
            "days": steps,
            "open_share": curve.sf.probabilities,
            "low": band.low.probabilities,
            "high": band.high.probabilities,
            "at_risk": at_risk,
            "ended": [int(((durations == day) & observed).sum()) for day in steps],
        }
    )
    whole = {"days": [0.0], "open_share": [1.0], "low": [1.0], "high": [1.0], "at_risk": [len(durations)], "ended": [0]}
    start = pd.DataFrame(whole)
    return found if steps[0] == 0 else pd.concat([start, found], ignore_index=True)


def _first_below(steps: Floats, survival: Floats) -> float:
    below = np.flatnonzero(survival <= 0.5 + 1e-12)
    return float(steps[below[0]]) if len(below) else np.nan


def km_mean(durations: Floats, observed: NDArray[np.bool_], limit: int) -> float:
    """Return the area under the Kaplan-Meier curve up to `limit`, or to the longest duration where that is shorter.

    nan for no rows.
    """
    if not len(durations):
        return np.nan
    end = min(float(limit), float(durations.max()))
    curve = _curve(durations, observed)
    inside = curve.sf.quantiles < end
    edges = np.concatenate([[0.0], curve.sf.quantiles[inside], [end]])
    heights = np.concatenate([[1.0], curve.sf.probabilities[inside]])
    return float(np.sum(np.diff(edges) * heights))
