"""Intervals of ratios of amounts, from sums over customers: nothing is drawn, and a loss that did not happen is allowed for.

Each customer is an event that weighs what it pays; the upper bound allows for one more event, of the root mean square of
what customers pay (Fay & Feuer 1997). Bounds are nan where the whole is 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from cslib.stats.distributions import chi2_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bounds = tuple[Floats, Floats]

_TAIL = 0.025
_ROUNDING = 1e-12  # relative: what is left of an exact 0 once squares were summed


class Sums(NamedTuple):
    """What is summed over the customers of each group, of which each has a part of a whole; all arrays of one length."""

    part: Floats
    whole: Floats
    parts: Floats  # of part squared
    products: Floats  # of part times whole
    wholes: Floats  # of whole squared
    rows: Floats  # how many customers have either

    @property
    def one(self) -> Floats:
        """The mean square of a whole, as a share of all wholes: an event that may be added."""
        return self.wholes / self.rows / self.whole**2


def gamma(of: Sums) -> Bounds:
    """Return the gamma interval of a weighted count of rare events, part / whole (Fay & Feuer 1997; Tiwari et al. 2006).

    Without any event the low bound is 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return _rate(of.part / of.whole, of.parts / of.whole**2, of.one)


def _rate(rate: Floats, variance: Floats, one: Floats) -> Bounds:
    """Return the bounds of a sum of weighted events from its variance, `one` the square of an event that may be added."""
    with np.errstate(divide="ignore", invalid="ignore"):
        more, spread = rate + np.sqrt(one), variance + one
        low = variance / (2 * rate) * chi2_quantile(_TAIL, 2 * rate**2 / variance)
        high = spread / (2 * more) * chi2_quantile(1 - _TAIL, 2 * more**2 / spread)
    return np.where(rate == 0, 0.0, low), high


def share(of: Sums) -> Bounds:
    """Return the interval of the share part / whole of amounts of which no part exceeds its whole.

    Clopper and Pearson's on the effective number of customers, share x (1 - share) over the variance of the ratio (Korn &
    Graubard 1998), of the rarer of the two: what was kept, or what was lost. Its upper bound allows for one more
    customer, as that of `gamma` does; of customers that all pay the same it is Clopper and Pearson's own.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = of.part / of.whole
        rare = np.minimum(kept, 1 - kept)
        scatter = np.maximum(of.parts - 2 * kept * of.products + kept**2 * of.wholes, 0)
        # where all have the same ratio, nothing tells how it varies: as though each stayed or left with all it pays
        alike = scatter <= _ROUNDING * of.wholes
        variance = np.where(alike, rare * of.wholes, scatter / (1 - rare)) / of.whole**2
        low, more = _beta(_TAIL, rare, variance), rare + np.sqrt(of.one)
        high = _beta(1 - _TAIL, more, variance + of.one)
        low, high = np.where(rare == 0, 0.0, low), np.where(more > 1 + _ROUNDING, 1.0, high)
    mirrored = kept > 1 - kept
    return np.where(mirrored, 1 - high, low), np.where(mirrored, 1 - low, high)


def _beta(tail: float, rate: Floats, variance: Floats) -> Floats:
    """Return the bound of a share from the variance that it would have if it were rare."""
    n = rate / variance
    return scipy.special.betaincinv(rate * n, (1 - rate) * n + 1, tail)


def net(gained: Sums, lost: Sums) -> Bounds:
    """Return the interval of 1 + gained - lost, shares of the same whole, of which no customer has both.

    Their distances from the two rates add up as squares: the method of variance estimates recovery (Zou & Donner 2008).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        gain, loss = gained.part / gained.whole, lost.part / lost.whole
    (least_gain, most_gain), (least_loss, most_loss) = gamma(gained), share(lost)
    value = 1 + gain - loss
    low = value - np.hypot(gain - least_gain, most_loss - loss)
    return np.maximum(low, 0.0), value + np.hypot(most_gain - gain, loss - least_loss)


def quotient(of: Sums) -> Bounds:
    """Return the interval of the ratio of two weighted counts of rare events, as of gains over losses.

    The method of `net` for a ratio (Donner & Zou 2012), from the gamma interval of either side. An event that may be added
    is as large as those there are, gains and losses.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, one = of.part / of.whole, (of.parts + 2 * of.products + of.wholes) / of.rows / of.whole**2
        low, high = _rate(ratio, of.parts / of.whole**2, one)
        least, most = _rate(of.whole / of.whole, of.wholes / of.whole**2, one)
        below, above = low * (2 * ratio - low), high * (2 * ratio - high)
        small, large = least * (2 - least), most * (2 - most)
        bottom = below / (ratio + np.sqrt(np.maximum(ratio**2 - below * large, 0)))
        return np.where(ratio == 0, 0.0, bottom), (ratio + np.sqrt(np.maximum(ratio**2 - above * small, 0))) / small
