"""Differences of shares when what is counted is rare: few of forty are not normal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.stats.contrast import Contrast, comparison_mean, contrasts
from cslib.stats.rates import wilson

if TYPE_CHECKING:
    from cslib.stats.balancing import Weights
    from cslib.stats.trials import Floats


def of_shares(weights: Weights, figure: Floats) -> Contrast:
    """Return the contrast of a figure (rows,) of 0 and 1, with the interval of `hybrid`; its error and p are Student's.

    The comparison counts as so many independent customers as would know its share with the variance that is left of the
    contrast's, less that of the participants' share; no more than there are.
    """
    (found,) = contrasts(weights, figure[:, None])
    n = found.n
    if not n:
        return found
    share = float(figure[weights.trials.treated].mean())
    other = float(np.clip(comparison_mean(weights, figure[:, None])[0], 0, 1))
    rest = found.se**2 - share * (1 - share) / max(n - 1, 1)
    low, high = hybrid(share * n, n, other, _worth(weights, other, rest))
    return found._replace(low=low, high=high)


def hybrid(lost: float, n: float, share: float, effective: float) -> tuple[float, float]:
    """Return the interval of lost / n less `share` of so many effective customers, from Wilson's limits of each.

    Newcombe 1998 (Stat Med 17:873), method 10; the method of variance estimates recovery (Zou & Donner 2008).
    """
    parts, counts = np.array([lost, share * effective]), np.array([n, effective])
    (low, low_share), (high, high_share) = (side.tolist() for side in wilson(parts, counts))
    found = lost / n - share
    return (
        float(found - np.hypot(lost / n - low, high_share - share)),
        float(found + np.hypot(high - lost / n, share - low_share)),
    )


def _worth(weights: Weights, share: float, variance: float) -> float:
    """Return how many independent customers would know the comparison's share with such a variance: no more than there are."""
    rows = weights.trials
    customers = len(np.unique(rows.customer[~rows.treated]))
    known = variance > 0 and 0 < share < 1
    return min(share * (1 - share) / variance if known else weights.effective, customers)
