"""What outsiders are not told of the journey: counts of few, and what would let them be found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.journeys import CONSIDERATION
from cslib.kpis.cells import segment_cells
from cslib.privacy.suppression import HIDDEN, suppressed, suppressed_segments, until_stable

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cslib.analysis.journeys import Journeys
    from cslib.facts import Facts
    from cslib.privacy.suppression import Cell

    Groups = Mapping[str, Mapping[str, pd.Index]]

ALONGSIDE = {"stuck": ("stuck_mrr",), "passed": ("out_of_order", "ever_passed")}  # what is hidden with a count
_BASES = {
    "stays": ("median_days", "days_low", "days_high", "p75_days"),
    "nps_n": ("nps", "nps_low", "nps_high"),
    "csat_n": ("csat", "csat_low", "csat_high"),
    "ticket_months": ("grave_tickets",),
    "touch_months": ("hours_meeting", "hours_call", "hours_seminar", "hours_email", "self_service"),
}


def discreet(table: pd.DataFrame, journeys: Journeys, groups: Groups) -> pd.DataFrame:
    """Return the journey without what tells of few.

    A phase is hidden in a segment where few are in it, or would be told by what is shown of other segments and phases. A count
    within a phase is hidden in every segment where it, or what it leaves of the phase, is of few in any; a figure is where the
    phase is hidden anywhere, or what it rests on is few.
    """
    facts, told = journeys.facts, table.copy()
    sizes = {phase: {name: _sizes(facts, who) for name, who in counts.items()} for phase, counts in groups.items()}
    hidden = _hidden_phases(facts, {phase: counts["customers"] for phase, counts in sizes.items()})
    for phase, counts in sizes.items():
        rows = told.phase == phase
        few = {name.removeprefix("not ") for name, of in counts.items() if _tells_of_few(facts, of)}
        for name in few - {"customers"}:
            told.loc[rows, [name, *ALONGSIDE.get(name, ())]] = np.nan
        beyond = hidden[phase] - set(facts.manifest.withheld)
        for base, resting in _BASES.items():
            thin = rows if beyond else rows & (told[base].fillna(0) < facts.policies.min_n)
            told.loc[thin, [base, *resting]] = np.nan
        away = rows & told.segment.isin(hidden[phase])
        figures = [name for name in told.columns[3:] if name not in {"limit_from", "status", "lacks", "reason"}]
        told.loc[away, figures] = np.nan
        told.loc[away, "reason"] = HIDDEN
    return told


def _sizes(facts: Facts, who: pd.Index) -> dict[Cell, int]:
    """Return how many customers of a group lie in the same segments."""
    cells = segment_cells(facts).select("customer_id", "cell").to_pyarrow().to_pandas().set_index("customer_id").cell
    return dict(Counter(frozenset(cell.split("\n")) for cell in cells.reindex(who.unique()).dropna()))


def _tells_of_few(facts: Facts, sizes: Mapping[Cell, int]) -> bool:
    withheld = set(facts.manifest.withheld)
    return bool(suppressed_segments(sizes, facts.policies.min_n, withheld) - withheld)


def _hidden_phases(facts: Facts, sizes: Mapping[str, Mapping[Cell, int]]) -> dict[str, set[str]]:
    """Return the segments in which each phase is hidden: the phases of a segment add up to its customers."""
    least, hidden = facts.policies.min_n, {phase: set(facts.manifest.withheld) for phase in sizes}
    parts = [phase for phase in sizes if phase != CONSIDERATION]

    def step() -> int:
        for phase, cells in sizes.items():
            hidden[phase] |= suppressed_segments(cells, least, hidden[phase])
        for segment in facts.segments:
            counts = {one: sum(n for cell, n in sizes[one].items() if segment in cell) for one in parts}
            for one in suppressed(counts, least, [phase for phase in parts if segment in hidden[phase]]):
                hidden[one].add(segment)
        return sum(map(len, hidden.values()))

    until_stable(step)
    return hidden
