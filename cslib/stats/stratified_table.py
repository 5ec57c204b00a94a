"""Whether two things go together among customers that are otherwise alike: the common odds ratio of fourfold tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from cslib.stats.rates import Z

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Floats = NDArray[np.float64]


class OddsRatio(NamedTuple):
    """The common odds ratio with its 95 % interval, and the exact two-sided p; nan where it is undefined."""

    ratio: float
    low: float
    high: float
    p: float


def odds_ratio(both: Counts, first: Counts, second: Counts, neither: Counts) -> OddsRatio:
    """Return how many times the odds of one thing are with the other, over strata of customers that hold both, one or neither.

    The ratio is Mantel and Haenszel's (1959), its interval on the logarithm by the variance of Robins, Breslow and Greenland
    (1986), and p that of the exact conditional test of no association (Gart 1970), twice the smaller tail: strata may be as
    sparse as they like. nan where no stratum has a pair to compare.
    """
    told = both + first + second + neither > 0
    a, b, c, d = (one[told].astype(np.float64) for one in (both, first, second, neither))
    n = a + b + c + d
    concordant, discordant = a * d / n, b * c / n
    right, wrong = concordant.sum(), discordant.sum()
    p = _exact(a, b, c, d)
    if not right or not wrong:
        ratio = np.nan if not right and not wrong else np.inf if right else 0.0
        return OddsRatio(ratio, np.nan, np.nan, p)
    share, other = (a + d) / n, (b + c) / n
    variance = (
        (share * concordant).sum() / (2 * right**2)
        + (share * discordant + other * concordant).sum() / (2 * right * wrong)
        + (other * discordant).sum() / (2 * wrong**2)
    )
    ratio, error = right / wrong, np.sqrt(variance)
    return OddsRatio(float(ratio), float(ratio * np.exp(-Z * error)), float(ratio * np.exp(Z * error)), p)


def _exact(a: Floats, b: Floats, c: Floats, d: Floats) -> float:
    """Return the p of the number that hold both, given how many hold each in every stratum."""
    chance, least = np.ones(1), 0
    for held, one, other, none in zip(a, b, c, d, strict=True):
        rows, columns, n = held + one, held + other, held + one + other + none
        low, high = int(max(0, rows + columns - n)), int(min(rows, columns))
        chance = np.convolve(chance, scipy.stats.hypergeom.pmf(np.arange(low, high + 1), n, rows, columns))
        least += low
    if len(chance) == 1:
        return np.nan
    seen = int(a.sum()) - least
    return float(min(1.0, 2 * min(chance[: seen + 1].sum(), chance[seen:].sum())))
