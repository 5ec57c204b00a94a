"""Which words one side uses more than the other: log-odds ratios with an informative Dirichlet prior."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from cslib.stats.rates import Z

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

PRIOR = 10.0  # people whose use of a word, as common as in both sides together, is added to each side


class LogOdds(NamedTuple):
    """Per word: the log-odds ratio with its 95 % interval, and the two-sided p; nan where a side is empty."""

    ratio: Floats
    low: Floats
    high: Floats
    p: Floats


def log_odds(here: Counts, of_here: int, there: Counts, there_of: int) -> LogOdds:
    """Return how much more often each word is used here than there, of so many people on each side that use it or not.

    Monroe, Colaresi & Quinn 2008, Political Analysis 16, 372, eq. 15 to 22, with people in place of words: the prior pulls
    rare words to no difference, so that they are not first by chance.
    """
    if not of_here or not there_of:
        nothing = np.full(len(here), np.nan)
        return LogOdds(nothing, nothing, nothing, nothing)
    prior = PRIOR * (here + there) / (of_here + there_of)

    def odds(used: Counts, of: int) -> Floats:
        return np.log(used + prior) - np.log(of + PRIOR - used - prior)

    ratio = odds(here, of_here) - odds(there, there_of)
    error = np.sqrt(1 / (here + prior) + 1 / (there + prior))
    p = 2 * scipy.stats.norm.sf(np.abs(ratio) / error)
    return LogOdds(ratio, ratio - Z * error, ratio + Z * error, p)


def false_discovery(p: Floats) -> Floats:
    """Return p adjusted so that of what is called at 0.05 one in twenty is wrong (Benjamini & Hochberg 1995); nan stays."""
    adjusted = np.full(len(p), np.nan)
    known = ~np.isnan(p)
    if known.any():
        adjusted[known] = scipy.stats.false_discovery_control(p[known])
    return adjusted
