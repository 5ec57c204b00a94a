"""What those who start differ by from those weighed to be like them, with an error that counts each customer once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from cslib.stats.balancing import balanced
from cslib.stats.draws import one_thread
from cslib.stats.rates import TINY
from cslib.stats.trials import LeftOut

if TYPE_CHECKING:
    from cslib.stats.balancing import Weights
    from cslib.stats.trials import Floats

SEEN = 2.8  # standard errors of a change that is found in 8 of 10 cases: 1.96 + 0.84
_TAIL, _TAIL_90 = 0.975, 0.9


class Contrast(NamedTuple):
    """A difference, participants less comparison, with its 95 % interval by Student's t; nan where it is undefined."""

    value: float
    se: float
    low: float
    high: float
    p: float  # two-sided, of no difference
    n: int  # participants
    freedom: int  # degrees of freedom: participants less one, or clusters with participants less one

    @property
    def low_90(self) -> float:
        """The one-sided 90 % limit: it lies below the difference in nine of ten cases."""
        return self.value - float(scipy.stats.t.ppf(_TAIL_90, max(self.freedom, 1))) * self.se

    @property
    def seen_from(self) -> float:
        """The smallest difference that would be found in 8 of 10 cases."""
        return SEEN * self.se


NOBODY = Contrast(np.nan, np.nan, np.nan, np.nan, np.nan, 0, 0)


def contrasts(weights: Weights, figures: Floats) -> list[Contrast]:
    """Return the contrast of each column of `figures` (rows, m): (1/n) sum over participants of (D - weighted mean of the trial).

    What each row adds is cleared of what the traits tell of the figure, since the weights were estimated, and summed by cluster:
    a customer is comparison in many trials, and counts once. The error is the root of the sum of squares, times k / (k - 1) under
    the root, with k clusters that have participants, and Student's t of k - 1. A column with nan has no contrast, nor
    an error one in which nothing varies.
    """
    rows = weights.trials
    if not rows.participants:
        return [NOBODY] * figures.shape[1]
    with one_thread():
        values, scores = _scores(weights, figures)
        errors, freedom = _errors(weights, scores)
    errors = np.where(errors > TINY**2 * _scale(figures), errors, np.nan)
    return [_contrast(value, se, rows.participants, freedom) for value, se in zip(values, errors, strict=True)]


def of_known(weights: Weights, figure: Floats) -> Contrast:
    """Return the contrast of a figure (rows,) among the rows of which it is known, weighed anew where some are not."""
    rows = weights.trials
    kept = rows.with_both_sides(~np.isnan(figure))
    if not kept.all():
        rows = rows.those(kept, LeftOut.UNKNOWN)
        weights = balanced(rows, rows.traits)
    return contrasts(weights, figure[kept, None])[0]


def of_sample(changes: Floats) -> Contrast:
    """Return the mean of changes of participants alone, with Student's interval."""
    n = len(changes)
    if not n:
        return NOBODY
    se = float(changes.std(ddof=1)) / n**0.5 if n > 1 else np.nan
    return _contrast(float(changes.mean()), se if se > 0 else np.nan, n, n - 1)


def comparison_mean(weights: Weights, figures: Floats) -> Floats:
    """Return the weighted mean of the comparison in each column of `figures`."""
    share = np.where(weights.trials.treated, 0.0, weights.weight) / weights.trials.participants
    mean: Floats = share @ figures
    return mean


def _scale(figures: Floats) -> Floats:
    return np.maximum(np.abs(figures).max(axis=0), 1.0)


def _scores(weights: Weights, figures: Floats) -> tuple[Floats, Floats]:
    """Return the contrast of each column, and what each row adds to it."""
    rows, w = weights.trials, np.where(weights.trials.treated, 0.0, weights.weight)
    both = np.column_stack([figures, weights.traits])
    # rows come trial by trial
    begin = np.searchsorted(rows.trial, np.arange(len(rows.sizes)))
    means = np.add.reduceat(w[:, None] * both, begin, axis=0) / rows.sizes[:, None]
    away, traits = np.hsplit(both - means[rows.trial], [figures.shape[1]])
    values = rows.treated @ away / rows.participants
    told = np.linalg.solve(weights.curve, traits.T @ (w[:, None] * away))
    left = away - traits @ told
    scores = np.where(rows.treated[:, None], left - values, -w[:, None] * left) / rows.participants
    return values, scores


def _errors(weights: Weights, scores: Floats) -> tuple[Floats, int]:
    rows = weights.trials
    names, places = np.unique(rows.cluster, return_inverse=True)
    sums = np.array([np.bincount(places, column, minlength=len(names)) for column in scores.T])
    told = len(np.unique(places[rows.treated]))
    if told < 2:  # noqa: PLR2004 - one alone has no spread
        return np.full(scores.shape[1], np.nan), 0
    return np.sqrt((sums**2).sum(axis=1) * told / (told - 1)), told - 1


def _contrast(value: float, se: float, n: int, freedom: int) -> Contrast:
    if np.isnan(se):
        return Contrast(float(value), np.nan, np.nan, np.nan, np.nan, n, freedom)
    half = float(scipy.stats.t.ppf(_TAIL, freedom)) * float(se)
    p = float(2 * scipy.stats.t.sf(abs(value) / se, freedom))
    return Contrast(float(value), float(se), float(value - half), float(value + half), p, n, freedom)
