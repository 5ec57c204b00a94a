"""Weights with which those who do not start are, in each trial, like those who do (entropy balancing)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cslib.stats.draws import one_thread
from cslib.stats.trials import LeftOut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.stats.trials import Flags, Floats, Ints, Trials

RIDGE = 1.0
_STEPS, _CLOSE, _HALVINGS = 25, 1e-10, 30
_ALIKE = 1e-9  # a spread that is what is left of an exact 0 once figures were summed


class Balance(NamedTuple):
    """How alike both sides are in one trait."""

    item: str
    participants: float  # their mean
    before_weights: float  # the mean of the others in the same trials
    comparison: float  # after weighting
    difference: float  # participants less comparison, in standard deviations


@dataclass(frozen=True, eq=False)
class Weights:
    """The weight of each row: 1 of a participant; those of the others of a trial sum to its participants."""

    trials: Trials
    weight: Floats
    items: tuple[str, ...]  # the traits that vary
    traits: Floats  # (rows, K) of them, standardised
    centre: Floats  # (K,) their means and
    spread: Floats  # standard deviations
    curve: Floats  # (K, K) the matrix of second derivatives at the solution, the ridge included
    tilt: Floats  # (K,) the solution

    @property
    def effective(self) -> float:
        """How many comparison customers the weights are worth: (sum w)² / sum w², by customer; 0 of nobody."""
        others = ~self.trials.treated
        each = np.bincount(self.trials.customer[others], self.weight[others])
        return float(each.sum() ** 2 / (each**2).sum()) if each.any() else 0.0

    @cached_property
    def balance(self) -> tuple[Balance, ...]:
        """How alike both sides are in each trait that varies."""
        rows = self.trials
        if not len(rows.trial):
            return ()
        others = (~rows.treated).astype(np.float64)
        plain = others * (rows.sizes / np.bincount(rows.trial, others))[rows.trial]
        share = 1 / rows.participants
        mine, unweighted, weighted = (
            (side @ self.traits) * share for side in (rows.treated * 1.0, plain, self.weight * others)
        )
        told = [self.centre + self.spread * mean for mean in (mine, unweighted, weighted)]
        return tuple(map(Balance, self.items, *(side.tolist() for side in (*told, mine - weighted))))


def balanced(
    trials: Trials, traits: Mapping[str, Floats], ridge: float = RIDGE, begin: Weights | None = None
) -> Weights:
    """Return the weights under which `traits` of rows, each (rows,), agree; nan counts as the trait's mean.

    In each trial w is proportional to exp(tilt'x) over those who do not start, and sums to the number who do; the tilt solves
    sum over participants of (x - weighted mean of x in the trial) = ridge x tilt, with x standardised over all rows: entropy
    balancing (Hainmueller 2012, Political Analysis 20), and a ridge of 1 against traits that separate both sides. The function
    whose slope that is is convex; a Newton step that does not lower it is halved. `begin`: weights of the same rows and
    some of the traits, from which the steps start.
    """
    items, x, centre, spread = _standardised(trials, traits)
    known = dict(zip(begin.items, begin.tilt, strict=True)) if begin else {}
    tilt = np.array([known.get(item, 0.0) for item in items])
    with one_thread():
        found = _Tilted(trials, x, ridge).solved(tilt)
        return Weights(trials, found.weight(), items, x, centre, spread, found.curve(), found.tilt)


def known_past(trials: Trials) -> Flags:
    """Return the rows whose past is known, in trials that keep both sides."""
    told = np.ones(len(trials.customer), np.bool_)
    for figure in trials.past.values():
        told &= ~np.isnan(figure)
    return trials.with_both_sides(told)


def with_past(trials: Trials) -> Weights:
    """Return weights under which traits and past agree, among the rows whose past is known."""
    rows = trials.those(known_past(trials), LeftOut.UNKNOWN)
    return balanced(rows, rows.traits | rows.past)


def _standardised(trials: Trials, traits: Mapping[str, Floats]) -> tuple[tuple[str, ...], Floats, Floats, Floats]:
    """Return the traits that vary, as columns of mean 0 and standard deviation 1, with their means and deviations."""
    rows = len(trials.customer)
    kept: dict[str, tuple[Floats, float, float]] = {}
    for item, values in traits.items():
        told = ~np.isnan(values)
        if told.any():
            mean, spread = float(values[told].mean()), float(values[told].std())
            if spread > _ALIKE * max(abs(mean), 1.0):
                kept[item] = (np.where(told, (values - mean) / spread, 0.0), mean, spread)
    columns = [one[0] for one in kept.values()]
    x = np.column_stack(columns) if columns else np.zeros((rows, 0))
    return tuple(kept), x, np.array([one[1] for one in kept.values()]), np.array([one[2] for one in kept.values()])


class _Tilted:
    """The weights at a tilt, and what Newton's steps ask of them. Rows come trial by trial."""

    def __init__(self, trials: Trials, x: Floats, ridge: float) -> None:
        self._trials, self._ridge = trials, ridge
        self._others = ~trials.treated
        self._x, self._trial = x[self._others], trials.trial[self._others]
        self._begin: Ints = np.searchsorted(self._trial, np.arange(len(trials.sizes)))
        self._wanted = trials.treated @ x
        self.tilt: Floats = np.zeros(x.shape[1])
        self._weight: Floats = np.zeros(len(self._x))
        self._mean: Floats = np.zeros((len(trials.sizes), x.shape[1]))
        self._loss = 0.0

    def solved(self, tilt: Floats) -> _Tilted:
        self._at(tilt)
        for _ in range(_STEPS if len(tilt) else 0):
            slope = self._trials.sizes @ self._mean - self._wanted + self._ridge * self.tilt
            step, before, start = np.linalg.solve(self.curve(), slope), self._loss, self.tilt
            for _ in range(_HALVINGS):
                self._at(start - step)
                if self._loss <= before + _CLOSE * max(abs(before), 1.0):
                    break
                step = step / 2
            if np.abs(step).max() < _CLOSE:
                break
        return self

    def weight(self) -> Floats:
        whole = np.ones(len(self._others))
        whole[self._others] = self._weight
        return whole

    def curve(self) -> Floats:
        sizes = self._trials.sizes
        second = self._x.T @ (self._weight[:, None] * self._x) - (self._mean.T * sizes) @ self._mean
        return second + self._ridge * np.eye(len(self.tilt))

    def _at(self, tilt: Floats) -> None:
        self.tilt = tilt
        if not len(self._begin):
            return
        logs, sizes = self._x @ tilt, self._trials.sizes
        top = np.maximum.reduceat(logs, self._begin)
        raised = np.exp(logs - top[self._trial])
        total = np.add.reduceat(raised, self._begin)
        self._weight = raised * (sizes / total)[self._trial]
        self._mean = np.add.reduceat(self._weight[:, None] * self._x, self._begin, axis=0) / sizes[:, None]
        self._loss = float(sizes @ (np.log(total) + top) - self._wanted @ tilt + self._ridge * (tilt @ tilt) / 2)
