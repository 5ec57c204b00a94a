"""What came of groups of customers beside what their customers would have led to expect: a model of all without the groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cslib.stats.draws import one_thread
from cslib.stats.logistic import chance, fitted_logits
from cslib.stats.spread import DRAWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

_RIDGE = 0.5  # on standardised columns, so that nothing separates
_AT_ONCE = 2_000_000  # numbers drawn at a time
_SEED = 20261031


@dataclass(frozen=True, eq=False)
class Compared:
    """Groups beside what is expected of their customers; arrays have an entry per group, in the order of their codes."""

    overall: float  # of all rows
    n: Ints
    observed: Floats  # the mean outcome
    expected: Floats  # what the model says of the same customers
    variances: Floats  # of the difference, if the groups do not matter
    skewness: Floats  # of the difference, so
    kurtosis: Floats  # in excess of the normal law's
    judged: Flags  # large enough, and with something to tell
    place: Ints  # of each group in an order that hangs on neither names nor rows
    _ranked: _Ranked

    @cached_property
    def p(self) -> float:
        """How often those judged would scatter as much if the groups did not matter: sum of (d / s)², from 999 draws by the model."""
        order = np.argsort(self.place)
        with one_thread():
            return self._ranked.p(self.differences[order], self.judged[order])

    @property
    def differences(self) -> Floats:
        """What was observed less what was expected."""
        return self.observed - self.expected

    @property
    def told(self) -> Ints:
        """Those that are judged, in an order that hangs on neither names nor rows."""
        chosen = np.flatnonzero(self.judged)
        return chosen[np.argsort(self.place[chosen])]


def compared(features: Floats, outcomes: Floats, groups: Ints, least: int, *, is_share: bool) -> Compared | None:
    """Return each group beside its customers; None where all outcomes are the same.

    `features` has a row per case and a column each, `outcomes` are 0 and 1 where `is_share`, else numbers; `groups` codes from 0 on,
    none without a row. The model has no groups: logistic, or linear, with a ridge of 0.5 on standardised columns. s² is the
    variance of the score of a term that would be added for the group, so that one that holds a tenth of the book is not compared
    with itself. Judged is a group of `least` or more, of a share with one case or more expected on either side.
    """
    if not len(outcomes) or outcomes.min() == outcomes.max():
        return None
    order, place = _in_order(features, outcomes, groups)
    fit = _fit(_standardised(features[order]), outcomes[order], is_share=is_share)
    starts = np.searchsorted(place[groups[order]], np.arange(len(place)))
    ranked = _Ranked(fit, starts, np.diff(np.append(starts, len(order))))
    with one_thread():
        n, observed, expected = ranked.n, ranked.means(outcomes[order]), ranked.means(fit.expected)
        variances = ranked.variances
        surely = n * np.minimum(expected, 1 - expected) >= 1 if is_share else np.ones(len(n), dtype=np.bool_)
    judged = (n >= least) & surely & (variances > 0)
    overall = float(outcomes[order].mean())
    skewness, kurtosis = ranked.shape
    return Compared(
        overall, n[place], observed[place], expected[place], variances[place], skewness[place], kurtosis[place],
        judged[place], place, ranked,
    )  # fmt: skip


def _in_order(features: Floats, outcomes: Floats, groups: Ints) -> tuple[Ints, Ints]:
    """Return an order of the rows, and the place of each group in it, by what they hold alone: names and rows change nothing."""
    table = np.column_stack([outcomes, features])
    by_content = np.lexsort(table.T)
    differs = (table[by_content][1:] != table[by_content][:-1]).any(axis=1)
    codes = np.empty(len(table), dtype=np.int64)
    codes[by_content] = np.append(0, np.cumsum(differs))
    rows = np.lexsort((codes, groups))
    held = np.split(rows, np.searchsorted(groups[rows], np.arange(1, groups.max() + 1)))
    ranked = sorted(range(len(held)), key=lambda group: codes[held[group]].tolist())
    return np.concatenate([held[group] for group in ranked]), np.argsort(ranked)


def _standardised(features: Floats) -> Floats:
    """Return an intercept and the features on one scale, without those that do not vary."""
    told = features[:, features.min(axis=0) < features.max(axis=0)]
    return np.column_stack([np.ones(len(told)), (told - told.mean(axis=0)) / told.std(axis=0)])


@dataclass(frozen=True, eq=False)
class _Fit:
    rows: Floats  # with the intercept
    expected: Floats
    weights: Floats  # variances of the outcomes over `scale`
    scale: float
    inverse: Floats  # of X'WX with the ridge
    is_share: bool

    def drawn(self, rng: np.random.Generator, count: int) -> Floats:
        """Return what outcomes differ by from what is expected in so many draws, by the model."""
        shape = count, len(self.expected)
        if self.is_share:
            return (rng.random(shape) < self.expected) - self.expected
        return rng.standard_normal(shape) * np.sqrt(self.scale)


def _fit(rows: Floats, outcomes: Floats, *, is_share: bool) -> _Fit:
    ridge = _RIDGE * np.diag(np.append(0.0, np.ones(rows.shape[1] - 1)))
    inverse: Floats
    with one_thread():
        if is_share:
            found = fitted_logits(rows[:, 1:], outcomes > 0, 1 / _RIDGE)
            expected = chance(rows @ found)
            weights = expected * (1 - expected)
            inverse = np.linalg.inv((rows.T * weights) @ rows + ridge).astype(np.float64)
            return _Fit(rows, expected, weights, 1.0, inverse, is_share=True)
        squares = rows.T @ rows
        inverse = np.linalg.inv(squares + ridge).astype(np.float64)
        expected = rows @ (inverse @ (rows.T @ outcomes))
        free = len(rows) - float(np.trace(inverse @ squares))
    scale = float(np.sum((outcomes - expected) ** 2)) / max(free, 1.0)
    return _Fit(rows, expected, np.ones(len(rows)), scale, inverse, is_share=False)


@dataclass(frozen=True, eq=False)
class _Ranked:
    """The rows of a fit by group, one group after the other from each of `starts`."""

    fit: _Fit
    starts: Ints
    n: Ints

    def means(self, values: Floats) -> Floats:
        """Return the mean of each group."""
        return np.add.reduceat(values, self.starts) / self.n

    @property
    def _loads(self) -> Floats:
        """What a group weighs on each column."""
        return np.add.reduceat(self.fit.rows * self.fit.weights[:, None], self.starts)

    @property
    def variances(self) -> Floats:
        """The variance of each group's difference, what the fit takes up of it taken off."""
        fit, loads = self.fit, self._loads
        back = loads @ fit.inverse
        curve = (fit.rows.T * fit.weights) @ fit.rows
        own = np.add.reduceat(fit.weights, self.starts)
        taken = 2 * np.sum(back * loads, axis=1) - np.sum((back @ curve) * back, axis=1)
        return fit.scale * np.maximum(own - taken, 0.0) / self.n**2

    @property
    def shape(self) -> tuple[Floats, Floats]:
        """The skewness and the excess kurtosis of each group's sum of outcomes."""
        if not self.fit.is_share:
            return np.zeros(len(self.n)), np.zeros(len(self.n))
        weights = self.fit.weights
        cumulants = weights, weights * (1 - 2 * self.fit.expected), weights * (1 - 6 * weights)
        second, third, fourth = (np.add.reduceat(one, self.starts) for one in cumulants)
        return third / second**1.5, fourth / second**2

    def p(self, differences: Floats, judged: Flags) -> float:
        """Return how often draws scatter as much as these differences."""
        scale = 1 / np.sqrt(self.variances[judged])
        found = float(np.sum((differences[judged] * scale) ** 2))
        rng = np.random.default_rng([_SEED, len(self.fit.rows)])
        back, beyond, left = (self._loads @ self.fit.inverse).T, 0, DRAWS
        while left:
            count = min(left, max(1, _AT_ONCE // len(self.fit.rows)))
            apart = self.fit.drawn(rng, count)
            sums = np.add.reduceat(apart, self.starts, axis=1) - (apart @ self.fit.rows) @ back
            drawn = (sums / self.n)[:, judged] * scale
            beyond, left = beyond + int((np.sum(drawn**2, axis=1) >= found).sum()), left - count
        return (1 + beyond) / (1 + DRAWS)
