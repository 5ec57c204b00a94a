"""What became of those who had a health score: the past closes whose months are over, and a model fitted on the earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.panel import Outcome
from cslib.stats import chance, fitted_logits, one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.health.scores import Scores
    from cslib.analysis.panel import Panel

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

LOST = Outcome("lost", "churn", 6)
_EARLY = 0.6  # of the months with scores: by then the model knows what came
_STRENGTH = 0.1  # of the data against the ridge, with features of one standard deviation


@dataclass(frozen=True)
class Backtest:
    """The rows of a panel that have a score and whose months are over; `late` are those that a model may not have learnt from."""

    rows: Ints  # of the panel
    lost: Flags  # within the months after the close
    late: Flags
    chance: Floats  # of being lost as the fitted model tells it, of all rows; nan where there is no model

    def where(self, chosen: Flags) -> Backtest:
        """Return some of the rows."""
        return Backtest(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def backtest(panel: Panel, scores: Scores) -> Backtest:
    """Return what became of the scores of each past close whose months are over.

    A model is fitted to the same components and to the segments: a logistic regression with a ridge, on the closes up to a
    time T0, at 60 % of the months with scores, less those whose months of the outcome end after T0. Components are taken in
    standard deviations of these closes, and their mean stands in for what is not known. It is tried on the closes after T0.
    """
    lost_in, scored = panel.next_month(LOST.movement), ~np.isnan(scores.score)
    rows = np.flatnonzero(scored & (panel.months + LOST.horizon <= panel.last))
    of = panel.months[rows]
    lost = (lost_in[rows] > 0) & (lost_in[rows] <= of + LOST.horizon)
    until = _until(np.unique(panel.months[scored]))
    learnt = of <= until - LOST.horizon
    return Backtest(rows, lost, of > until, _chances(_features(panel, scores, rows, learnt), lost, learnt))


def _until(months: Ints) -> int:
    """Return the number of the last month by which the model knows what came."""
    return int(months[max(round(len(months) * _EARLY) - 1, 0)]) if len(months) else 0


def _features(panel: Panel, scores: Scores, rows: Ints, learnt: Flags) -> Floats:
    """Return the components of the rows in standard deviations of those learnt from, and which segments each lies in."""
    parts, seen = scores.parts[rows], scores.parts[rows[learnt]]
    told = ~np.isnan(seen)
    count = np.maximum(told.sum(axis=0), 1)
    mean = np.where(told, seen, 0).sum(axis=0) / count
    spread = np.sqrt(np.where(told, (seen - mean) ** 2, 0).sum(axis=0) / count)
    scaled = np.where(np.isnan(parts) | (spread == 0), 0.0, (parts - mean) / np.where(spread == 0, 1, spread))
    cells = sorted(set(panel.cells), key=sorted)
    place = {cell: number for number, cell in enumerate(cells)}
    lies_in = np.array([place[cell] for cell in panel.cells], dtype=np.int64)[panel.customers[rows]]
    return np.column_stack([scaled, lies_in[:, None] == np.arange(1, len(cells))])


def _chances(features: Floats, lost: Flags, learnt: Flags) -> Floats:
    if not (learnt.any() and lost[learnt].any() and not lost[learnt].all()):
        return np.full(len(lost), np.nan)
    with one_thread():
        found = fitted_logits(features[learnt], lost[learnt], _STRENGTH)
        return chance(found[0] + features @ found[1:])
