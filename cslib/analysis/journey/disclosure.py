"""What outsiders are not told of the journey: counts of few, and what would let them be found."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.journey.journeys import CONSIDERATION
from cslib.kpis.cells import segment_cells
from cslib.privacy.suppression import HIDDEN, suppressed_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from cslib.analysis.journey.journeys import Journeys
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

    The phases of a segment add up to its customers, and each phase over segments: one that is of few in any segment is hidden in
    all, and so are as many others as it takes until those that are hidden are nowhere few together. A count within a phase is
    hidden in every segment where it, or what it leaves of the phase, is of few in any; a figure is where it rests on few.
    """
    facts, told = journeys.facts, table.copy()
    cells = segment_cells(facts).select("customer_id", "cell").to_pyarrow().to_pandas().set_index("customer_id").cell
    sizes = {phase: {name: _sizes(cells, who) for name, who in counts.items()} for phase, counts in groups.items()}
    hidden = _hidden_phases(facts, {phase: counts["customers"] for phase, counts in sizes.items()})
    for phase, counts in sizes.items():
        rows = told.phase == phase
        few = {name.removeprefix("not ") for name, of in counts.items() if _tells_of_few(facts, of)}
        for name in few - {"customers"}:
            told.loc[rows, [name, *ALONGSIDE.get(name, ())]] = np.nan
        for base, resting in _BASES.items():
            told.loc[rows & (told[base].fillna(0) < facts.policies.min_n), [base, *resting]] = np.nan
    away = (told.phase.isin(hidden) | told.segment.isin(facts.manifest.withheld)) & (told.phase != "")
    figures = [name for name in told.columns[3:] if name not in {"limit_from", "status", "lacks", "reason"}]
    told.loc[away, figures] = np.nan
    told.loc[away, "reason"] = HIDDEN
    return told


def _sizes(cells: pd.Series[str], who: pd.Index) -> dict[Cell, int]:
    """Return how many customers of a group lie in the same segments."""
    counted = Counter(cells.reindex(who.unique()).dropna())
    return {frozenset(cell.split("\n")): count for cell, count in counted.items()}


def _tells_of_few(facts: Facts, sizes: Mapping[Cell, int]) -> bool:
    withheld = set(facts.manifest.withheld)
    return bool(sizes) and bool(suppressed_segments(sizes, facts.policies.min_n, withheld) - withheld)


def _hidden_phases(facts: Facts, sizes: Mapping[str, Mapping[Cell, int]]) -> set[str]:
    """Return the phases that are hidden: those of few, and the smallest others until together they are of few in no segment."""
    few = {phase for phase, cells in sizes.items() if _tells_of_few(facts, cells)}
    alone, hidden = few & {CONSIDERATION}, few - {CONSIDERATION}  # who considers to buy is part of no known whole
    others = sorted(set(sizes) - few - {CONSIDERATION}, key=lambda phase: (sum(sizes[phase].values()), phase))
    while hidden and others and _tells_of_few(facts, _together([sizes[phase] for phase in hidden])):
        hidden.add(others.pop(0))
    return alone | hidden


def _together(parts: Iterable[Mapping[Cell, int]]) -> dict[Cell, int]:
    summed: Counter[Cell] = Counter()
    for part in parts:
        summed.update(part)
    return dict(summed)
