"""Intervals by drawing customers anew: ratios of amounts for which no formula covers well enough."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import ThreadpoolController

from cslib.stats.rates import TINY, Z

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

REPLICATES = 1000
_MANY = 2048
_GROUPS = 1024
_SEED = 20261031
_TAILS = (0.025, 0.975)


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
    2006), so that one matrix serves every group. Over more than 2,048 rows the normal law is used instead, the side to
    which the rows are skewed moved outwards by what their skewness does to a studentised mean (Johnson 1978, JASA
    73(363)): rare large losses are far from normal even among thousands. Rows are put in order first: neither their order
    nor their names change the result. (nan, nan) for fewer than 2 rows, and where all rows have the same ratio.
    """
    if len(parts) < 2 or not np.sum(wholes) > 0:  # noqa: PLR2004 - nothing to draw from
        return np.nan, np.nan
    order = np.lexsort((parts, wholes))
    a, b = parts[order], wholes[order]
    ratio, error = _jackknifed(a, b)
    if not error > TINY * ratio:
        return np.nan, np.nan
    low, high = (_normal_bounds if len(a) > _MANY else _drawn_bounds)(a, b, ratio, error)
    return max(low, 0.0), min(high, 1.0 if np.all(a <= b) else np.inf)


def _normal_bounds(a: Floats, b: Floats, ratio: float, error: float) -> tuple[float, float]:
    """Return the wider of the normal bound and the one corrected for skewness on each side."""
    away = (a - ratio * b) / np.mean(b)  # in units of the mean whole, so that cubes keep their digits
    skew = float(np.sum(away**3) / np.sum(away**2) ** 1.5)
    shift = skew * (2 * Z**2 + 1) / 6
    return ratio + error * (min(shift, 0) - Z), ratio + error * (max(shift, 0) + Z)


def _drawn_bounds(a: Floats, b: Floats, ratio: float, error: float) -> tuple[float, float]:
    """Return the wider of the percentile and the studentised bound on each side."""
    ratios, errors = _drawn_ratios(a, b)
    spread = errors > TINY * error
    if not spread.any():
        return np.nan, np.nan
    low, high = np.quantile(ratios, _TAILS)
    t_low, t_high = np.quantile((ratios[spread] - ratio) / errors[spread], _TAILS)
    return min(low, ratio - t_high * error), max(high, ratio - t_low * error)


def _jackknifed(a: Floats, b: Floats) -> tuple[float, float]:
    """Return the ratio and its standard error, large rows weighed by what the ratio would be without them."""
    total = float(np.sum(b))
    ratio = float(np.sum(a)) / total
    left = np.maximum(1 - b / total, TINY)
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


def cluster_weights(places: NDArray[np.int64]) -> tuple[NDArray[np.int64], Floats]:
    """Return the group of each cluster, and 1,000 draws of weights, a column per group and perhaps more beyond them.

    `places` are their places in an order that hangs on neither names nor rows. Up to 2,048 clusters are a group each; more
    are put into 1,024 by chance with a fixed seed, since sums of groups vary as sums of clusters do.
    """
    if len(places) <= _MANY:
        return places, _weights(max(len(places), 1))
    shuffled = np.random.default_rng([_SEED, len(places)]).permutation(len(places))
    return shuffled[places] % _GROUPS, _weights(_GROUPS)


def _weights(rows: int) -> Floats:
    # sized by powers of two, so that groups of a similar size share one matrix
    return _poisson(1 << (rows - 1).bit_length())


@cache  # eleven sizes up to _MANY, 32 MB together
def _poisson(columns: int) -> Floats:
    rng = np.random.default_rng([_SEED, columns])
    return rng.poisson(1.0, size=(REPLICATES, columns)).astype(np.float64)
