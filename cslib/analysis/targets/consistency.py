"""Whether what is wanted agrees with itself: goals, KGI, targets, owners and the book they are set for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cslib.analysis.targets.consistency_of_figures import of_figures
from cslib.analysis.targets.consistency_of_settings import of_settings
from cslib.analysis.targets.pdca import INTERNAL

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry

COLUMNS = ("segment", "month", "rule", "severity", "where", "kpi", "about", "found", "wanted", "reason")
CONTRADICTION, GAP = "contradiction", "gap"
_CONTRADICTIONS = frozenset("abcdef")
AGREES = "agrees: nothing was found"


def consistency(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and finding: `COLUMNS`; contradictions come first. A segment without any has one row with the reason.

    `rule` is one of these, `where` the file of the params folder and its line, `kpi` the one that is meant, `about` a further
    word (another KPI, an owner, a stage, segments), `found` what is so or follows, `wanted` what it is held against.
    Contradictions: a `customer_churn` c a month leaves (1 - c)^12, over 2 points less than `customer_retention` · b likewise
    `revenue_churn` and `grr` · c `nrr` below `grr`, or `grr` over 1 · d the segments' targets, weighed by opening MRR or
    customers, lie over 2 points from the total's, where those with a target hold 80 % of the weight · e a target on a KPI
    that the source cannot tell · f a touch model that fewer than half of the segment's customers have.
    Gaps: g no goal in words · h no KGI, or one that nobody owns · i a target that nobody owns · j a stage without a target ·
    k targets of defence without offence, or the reverse (`found`: churn, where it lies above the wall, `wanted`) · l KPIs with a
    target in all other segments · m over 12 targets, or over 7 of one owner · n a target reached at six closes in a row, or at none
    of twelve · o a KPI off its target at three closes without an action under way · p customers in no segment, or in several · q
    an owner of whom team.yaml does not know. Outsiders are told nothing.
    """
    found: list[dict[str, Any]] = []
    settings, untold = inquiry.settings, inquiry.facts.discreet
    for segment in (one for one in settings.segments if one.id in inquiry.segments):
        rows = [] if untold else [*of_settings(segment, inquiry), *of_figures(segment, inquiry)]
        nothing = {"reason": INTERNAL if untold else AGREES}
        found += [{**row, "segment": segment.id} for row in [one.row for one in rows] or [nothing]]
    table = pd.DataFrame(found).reindex(columns=list(COLUMNS)).assign(month=str(inquiry.as_of))
    texts = [name for name in COLUMNS if name not in {"found", "wanted"}]
    table[texts] = table[texts].astype(object).where(table[texts].notna(), "")
    told = np.where(table.rule == "", "", np.where(table.rule.isin(_CONTRADICTIONS), CONTRADICTION, GAP))
    table["severity"] = pd.Series(told, table.index, dtype=object)
    ordered = table.sort_values(["segment", "rule"], kind="stable", ignore_index=True)
    return ordered.astype({"found": "float64", "wanted": "float64"})
