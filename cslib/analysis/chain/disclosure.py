"""What outsiders are not told of the chain: counts of few, and those by which others become counts of few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.chain.back_from_goal import told_rows
from cslib.analysis.chain.walk import TERMS
from cslib.kpis.kpi import Stage
from cslib.privacy.suppression import HIDDEN, suppressed_segments, until_stable
from cslib.stats import Reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from cslib.analysis.chain.gates import StageGate
    from cslib.analysis.chain.walk import Walk
    from cslib.privacy.suppression import Cell
    from cslib.settings import Settings

    Ints = NDArray[np.int64]

COUNTED = ("passed", "whole", "value", "low", "high", "passed_all_before", "all_low", "all_high", "came", "breaks")
ORDER = ("renewed", "renewed_without", "early")
BACK = (
    "months", "customers", "lost", "kept_with", "kept_without", "difference_low", "difference_high", "needed", "needed_low",
    "needed_high",
)  # fmt: skip


def discreet(table: pd.DataFrame, walk: Walk, settings: Settings) -> pd.DataFrame:
    """Return the chain without what tells of few.

    The counts of a segment's gates are parts of one another (who passes two gates, and who passes one of them), and add up
    over segments: where any part is of few, they are hidden together, and so are the counts of what went out of order. What
    was kept on either side of a gate is hidden by gate, where the customers on a side, or the lost among them, are few.
    """
    told, counts = table.copy(), _suppressed(walk, _parts(walk))
    told.loc[told.segment.isin(counts), list(COUNTED)] = np.nan
    told.loc[told.segment.isin(counts | _suppressed(walk, _disorder(walk))), list(ORDER)] = np.nan
    for gate in walk.told:
        back = _suppressed(walk, _sides(walk, gate, settings))
        few = told.segment.isin(counts | back) & (told.gate == str(gate.stage))
        told.loc[few, list(BACK)] = np.nan
        told.loc[few, "verdict"] = str(Reach.CANNOT_TELL)
        told.loc[few, "reason"] = HIDDEN
    return told


def lists_disclose(walk: Walk) -> bool:
    """Return whether the lists of customers are hidden from outsiders, those of every segment.

    They are where counts of any are hidden: under their pseudonyms its customers could be found again in the lists of others.
    """
    hidden = _suppressed(walk, [*_parts(walk), *_disorder(walk)])
    return bool(hidden - set(walk.facts.manifest.withheld))


def _suppressed(walk: Walk, parts: Iterable[Ints]) -> set[str]:
    """Return the segments in which one of several groups of customers is few, or can be derived from other segments."""
    hidden, least = set(walk.facts.manifest.withheld), walk.facts.policies.min_n
    sizes = [_sizes(walk, group) for group in parts if len(group)]

    def step() -> int:
        for one in sizes:
            hidden.update(suppressed_segments(one, least, hidden))
        return len(hidden)

    until_stable(step)
    return hidden


def _sizes(walk: Walk, customers: Ints) -> dict[Cell, int]:
    found: dict[Cell, int] = {}
    for who in customers:
        cell = walk.panel.cells[int(who)]
        found[cell] = found.get(cell, 0) + 1
    return found


def _parts(walk: Walk) -> Iterator[Ints]:
    """Yield the groups of customers under contract that the counts tell, and those that are one count less another."""
    panel = walk.panel
    now = np.flatnonzero(panel.months == walk.as_of.number)
    who, standing = panel.customers[now], walk.standing[now]
    yield who
    for place in range(len(walk.told) + 1):
        yield who[standing == place]
        yield who[standing > place]
    for place, gate in enumerate(walk.told):
        passed = walk.passed[gate.stage][now]
        yield from (who[passed], who[~passed], who[passed & (standing <= place)])


def _disorder(walk: Walk) -> Iterator[Ints]:
    """Yield the groups of customers under contract that renewed with and without each gate, and had an outcome too early."""
    panel = walk.panel
    now = np.flatnonzero(panel.months == walk.as_of.number)
    who = panel.customers[now]
    renewed = walk.renewals[who] if not walk.facts.missing(TERMS) else np.full(len(who), -1)
    for gate in walk.told:
        counted = (renewed >= 0) & walk.covered[gate.stage][renewed]
        without = counted & ~walk.passed[gate.stage][renewed]
        yield from (who[counted], who[~counted], who[without], who[counted & ~without])
    if not walk.reasons[Stage.OUTCOME]:
        outcome, early = walk.passed[Stage.OUTCOME][now], walk.early[who] >= 0
        yield from (who[early], who[outcome & ~early])


def _sides(walk: Walk, gate: StageGate, settings: Settings) -> list[Ints]:
    """Return the groups of customers that stand on either side of a gate, and those of them who were lost, of all segments."""
    groups: dict[str, list[Ints]] = {}
    for segment in settings.segments:
        for name, customers in told_rows(walk, gate, segment)[0].groups.items():
            groups.setdefault(name, []).append(customers)
    return [np.unique(np.concatenate(found)) for found in groups.values()]
