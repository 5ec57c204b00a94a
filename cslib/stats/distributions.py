"""Quantiles and tails of distributions, false discoveries and Kaplan-Meier curves, to the bit as `scipy.stats` has them.

Whoever opens a book waits for what it imports: `scipy.stats` takes a second more than `scipy.special`, on which it rests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


def t_quantile(level: float, freedom: ArrayLike) -> Floats:
    """Return the quantile of Student's t; nan without any degree of freedom."""
    quantile: Floats = scipy.special.stdtrit(freedom, level)
    return quantile


def normal_tail(z: ArrayLike) -> Floats:
    """Return how likely a standard normal number is beyond `z`."""
    tail: Floats = scipy.special.ndtr(-np.asarray(z))
    return tail


def chi2_quantile(level: float, freedom: ArrayLike) -> Floats:
    """Return the quantile of chi-square; nan without any degree of freedom."""
    free = np.asarray(freedom, dtype=float)
    return np.where(free > 0, 2 * scipy.special.gammaincinv(free / 2, level), np.nan)


def chi2_tail(square: float, freedom: float) -> float:
    """Return how likely chi-square is beyond `square`, 0 or more."""
    return float(scipy.special.chdtrc(freedom, square))


def f_tail(ratio: float, between: float, within: float) -> float:
    """Return how likely F with these degrees of freedom is beyond `ratio`, 0 or more."""
    return float(scipy.special.fdtrc(between, within, ratio))


def adjusted_for_many(p: Floats) -> Floats:
    """Return p-values adjusted so that at most a share of those below it is chance (Benjamini & Hochberg 1995, as Yekutieli 1999)."""
    order = np.argsort(p)
    scaled = p[order] * (len(p) / np.arange(1, len(p) + 1))
    adjusted = np.empty_like(scaled)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.clip(adjusted, 0.0, 1.0)


class Survival(NamedTuple):
    """A Kaplan-Meier curve: a row per duration at which a case ended or was cut off."""

    durations: Floats
    open: Floats  # the share of the cases that last longer
    low: Floats  # its 95 % log-log interval (Kalbfleisch & Prentice 1980); nan where none or all have ended
    high: Floats


def kaplan_meier(durations: Floats, observed: NDArray[np.bool_]) -> Survival:
    """Return the curve of cases that ended after `durations`, or that were still open then and are cut off, where not `observed`."""
    steps, first = np.unique(np.sort(durations), return_index=True)
    at_risk = len(durations) - first
    ended = np.bincount(np.searchsorted(steps, durations[observed]), minlength=len(steps))
    # where none is cut off it is the share itself, to which a product of many ratios only comes near
    shares = 1 - np.cumsum(ended) / len(durations) if observed.all() else np.cumprod((at_risk - ended) / at_risk)
    still = np.asarray(shares, dtype=np.float64)
    z = scipy.special.ndtri(1 / 2 + 0.95 / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(1 / np.log(still) ** 2 * np.cumsum(ended / (at_risk * (at_risk - ended))))
        middle = np.log(-np.log(still))
        low, high = (np.clip(np.exp(-np.exp(middle + side * error)), 0, 1) for side in (z, -z))
    return Survival(steps, still, low, high)
