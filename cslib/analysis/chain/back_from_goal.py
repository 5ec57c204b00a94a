"""Back from a segment's goal: what customers past a gate and the others kept a year later, and what share would go with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.chain.walk import YEAR
from cslib.kpis import reasons
from cslib.stats import LEAST_EVENTS, UNTOLD, Kept, Reach, Sides, needed_share, on_both_sides

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.chain.gates import StageGate
    from cslib.analysis.chain.walk import Walk
    from cslib.settings import Segment

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

NO_GOAL = "goal: the segment has no KGI"
NO_TERMS = "kgi: the reckoning knows nrr, grr, customer_retention and customer_churn"
UNRIPE = "unripe: no month has the twelve after it behind it"
ONE_SIDED = "onesided: all have passed it, or nobody, in every month and segment"
FEW_LOST = f"losses: fewer than {LEAST_EVENTS} customers lost"
UNPARTED = "unparted: the interval of the difference holds 0"


@dataclass(frozen=True)
class Rows:
    """The rows, a customer in a month, of which it is known what was kept of them a year later."""

    now: Floats
    then: Floats
    passed: Flags
    strata: Ints
    customers: Ints
    months: Ints
    lost: Flags  # not under contract a year later

    def where(self, chosen: Flags) -> Rows:
        """Return some of the rows."""
        return Rows(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    @property
    def groups(self) -> dict[str, Ints]:
        """The customers that a figure is told of: all, those past the gate at some time and not, and of each those lost."""
        sides = {"customers": np.ones(len(self.lost), dtype=np.bool_), "with": self.passed, "without": ~self.passed}
        found = {name: np.unique(self.customers[side]) for name, side in sides.items()}
        return found | {f"{name} lost": np.unique(self.customers[side & self.lost]) for name, side in sides.items()}


_NO_AMOUNTS, _NO_FLAGS, _NO_CODES = np.zeros(0), np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.int64)
_NO_ROWS = Rows(_NO_AMOUNTS, _NO_AMOUNTS, _NO_FLAGS, _NO_CODES, _NO_CODES, _NO_CODES, _NO_FLAGS)


@dataclass(frozen=True)
class BackFromGoal:
    """What is told of a gate with regard to a segment's goal, or why it is not."""

    kept: Kept
    rows: Rows
    reason: str

    @property
    def reach(self) -> Reach:
        """What the rule says."""
        return Reach.CANNOT_TELL if self.reason else self.kept.reach


def kept_goal(segment: Segment) -> float:
    """Return the target of a segment's KGI as what is to be kept after a year; nan where it has none, or of another kind.

    A monthly churn c leaves (1 - c) to the power of 12.
    """
    if segment.kgi is None:
        return np.nan
    if segment.kgi.kpi == "customer_churn":
        return float((1 - segment.kgi.target) ** YEAR)
    return segment.kgi.target if segment.kgi.kpi in {"nrr", "grr", "customer_retention"} else np.nan


def back_from_goal(walk: Walk, gate: StageGate, segment: Segment) -> BackFromGoal:
    """Return what was kept with and without a gate passed, and the share of customers past it that goes with the goal."""
    rows, reason = told_rows(walk, gate, segment)
    if reason:
        return BackFromGoal(UNTOLD, rows, reason)
    sides = Sides(rows.now, rows.then, rows.passed, rows.strata, rows.customers)
    kept = needed_share(sides, kept_goal(segment))
    if len(rows.groups["customers lost"]) < LEAST_EVENTS:
        return BackFromGoal(kept, rows, FEW_LOST)
    return BackFromGoal(kept, rows, UNPARTED if kept.reach is Reach.CANNOT_TELL else "")


def told_rows(walk: Walk, gate: StageGate, segment: Segment) -> tuple[Rows, str]:
    """Return the rows from which it is told what was kept on either side of a gate, and why it is not told; empty where it is."""
    if walk.reasons[gate.stage]:
        return _NO_ROWS, walk.reasons[gate.stage]
    if not len(walk.now(segment.id)):
        return _NO_ROWS, reasons.EMPTY
    if segment.kgi is None:
        return _NO_ROWS, NO_GOAL
    if np.isnan(kept_goal(segment)):
        return _NO_ROWS, NO_TERMS
    rows = _rows(walk, gate, segment.id, segment.kgi.kpi)
    if not len(rows.now):
        return _NO_ROWS, UNRIPE
    rows = rows.where(on_both_sides(rows.passed, rows.strata))
    return rows, "" if len(rows.now) else ONE_SIDED


def _rows(walk: Walk, gate: StageGate, segment: str, kgi: str) -> Rows:
    """Return the rows of a segment in months of which the gate is told and the twelve after them are over."""
    panel = walk.panel
    over = panel.months + YEAR <= walk.as_of.number
    chosen = np.flatnonzero(panel.inside(segment) & over & walk.covered[gate.stage])
    later = panel.place(panel.customers[chosen], panel.months[chosen] + YEAR)
    paid = np.where(later >= 0, panel.mrr[later], 0.0)
    now = panel.mrr[chosen]
    kept = {"nrr": paid, "grr": np.minimum(now, paid)}.get(kgi)
    if kept is None:
        now, kept = np.ones(len(chosen)), (later >= 0).astype(np.float64)
    return Rows(
        now=now,
        then=kept,
        passed=walk.passed[gate.stage][chosen],
        strata=panel.strata[chosen],
        customers=panel.customers[chosen],
        months=panel.months[chosen],
        lost=later < 0,
    )
