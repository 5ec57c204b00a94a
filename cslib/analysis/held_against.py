"""A figure of customers held against what came after it, and why that tells nothing where it does not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.stats import LEAST_EVENTS, Evidence, RiskRatio, Separation, Verdict, auc_of_ranks, risk_ratio

if TYPE_CHECKING:
    from cslib.analysis.panel import Rows

_HALF = 0.5
ALIKE = "alike: all values are equal"
LATE = "late: it does not hold in the last third of the months"
NOBODY = "nobody: no customer had the event"
EVERYBODY = "everybody: all customers had the event"
WIDE = "wide: the interval is too wide to decide"
YOUNG = "young: no month of the figure has its months of the outcome behind it"
FEW = f"few: fewer than {LEAST_EVENTS} customers with the event beside others of their month and segments without it"


@dataclass(frozen=True)
class HeldAgainst:
    """One figure held against one outcome in one segment; nan where `lacks` says why."""

    rows: Rows | None  # None where it needs what the source lacks
    separation: Separation
    ratio: RiskRatio
    late_auc: float  # of the last third of the months
    lacks: str  # why there is no separation to speak of, where there is none

    @classmethod
    def by(cls, rows: Rows) -> HeldAgainst:
        """Return what rows tell."""
        lacks = _lacking(rows)
        if lacks:
            return cls.untold(lacks, rows)
        separation = auc_of_ranks(rows.ranks, rows.events, rows.strata, rows.customers)
        months = np.flatnonzero(np.bincount(rows.months))
        late = rows.where(rows.months >= months[min(math.ceil(len(months) * 2 / 3), len(months) - 1)])
        ratio = risk_ratio(rows.exposed, rows.events, rows.strata, rows.customers)
        late_auc = auc_of_ranks(late.ranks, late.events, late.strata, late.customers).auc
        return cls(rows, separation, ratio, late_auc, "")

    @classmethod
    def untold(cls, lacks: str, rows: Rows | None = None) -> HeldAgainst:
        """Return that nothing can be told, and why."""
        nothing = Separation(np.nan, np.nan, np.nan, np.nan, np.nan, 0), RiskRatio(np.nan, np.nan, np.nan), np.nan
        return cls(rows, *nothing, lacks)

    def evidence(self, p_holm: float, margin: float, tests: int, *, is_rare: bool) -> Evidence:
        """Return what the verdict rests on, among so many tests."""
        return Evidence(self.separation, self.late_auc, self.ratio, p_holm, is_rare, margin, tests)

    def reason(self, evidence: Evidence) -> str:
        """Return why nothing can be told; an empty text where the rule has decided."""
        if self.lacks or evidence.verdict is not Verdict.CANNOT_TELL:
            return self.lacks
        if self.separation.events < LEAST_EVENTS:
            return FEW
        if np.isnan(self.separation.p):
            return ALIKE
        return LATE if evidence.would_lead and not self.late_auc > _HALF else WIDE


def _lacking(rows: Rows) -> str:
    """Return why rows cannot tell anything; an empty text where they may."""
    if not len(rows.figures):
        return YOUNG
    if not rows.events.any():
        return NOBODY
    if rows.events.all():
        return EVERYBODY
    return ALIKE if rows.figures.min() == rows.figures.max() else ""
