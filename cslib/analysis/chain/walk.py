"""How far customers have come through the gates of the scenario, at every close that the data tell."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from ibis import _

from cslib.analysis.chain.gates import gates
from cslib.analysis.panel import Panel
from cslib.kpis import reasons
from cslib.kpis.kpi import Stage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.chain.gates import StageGate
    from cslib.facts import Facts
    from cslib.periods import Month

    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

YEAR = 12
TERMS = ("contracts.term_months",)  # without which no renewal is known
_UNTOLD = -1
_NEVER = np.iinfo(np.int64).max


class Walk:
    """Who has passed which gate, by rows of a panel of all segments.

    What the source lacks, or does not tell of the month, is no gate: `reasons` says why, by stage, and the others go on.
    """

    def __init__(self, facts: Facts, as_of: Month) -> None:
        self.facts, self.as_of = facts, as_of
        self.gates = gates(facts.policies)
        self.reasons = {gate.stage: _untold(facts, gate, as_of) for gate in self.gates}
        figures = {one.id: one for gate in self.gates for one in gate.figures if not facts.missing(one.needs)}
        self.panel = Panel(facts, as_of, [*figures.values()])
        able = [gate for gate in self.gates if not facts.missing(gate.needs)]
        self.passed = {gate.stage: gate.passed(self.panel) for gate in able}
        self.covered = {gate.stage: gate.covered(self.panel) for gate in able}

    @cached_property
    def told(self) -> tuple[StageGate, ...]:
        """The gates of which it is told who has passed them by the close of the month."""
        return tuple(gate for gate in self.gates if not self.reasons[gate.stage])

    @cached_property
    def standing(self) -> Ints:
        """Of each row the number of gates passed before the first that is not; -1 where a gate is not told in its month."""
        stands = np.full(len(self.panel.months), len(self.told), dtype=np.int64)
        for place, gate in reversed([*enumerate(self.told)]):
            stands[~self.passed[gate.stage]] = place
        for gate in self.told:
            stands[~self.covered[gate.stage]] = _UNTOLD
        return stands

    def now(self, segment: str) -> Ints:
        """Return the rows of a segment's customers under contract at the close of the month."""
        return np.flatnonzero(self.panel.inside(segment) & (self.panel.months == self.as_of.number))

    def since(self, rows: Ints) -> Ints:
        """Return the first month of those without a break in which each customer has stood where it stands in its row."""
        panel = self.panel
        stands, who, month = self.standing[rows], panel.customers[rows], panel.months[rows].copy()
        still = np.ones(len(rows), dtype=np.bool_)
        while still.any():
            before = panel.place(who, month - 1)
            still &= (before >= 0) & (self.standing[before] == stands)
            month[still] -= 1
        return month

    @cached_property
    def renewals(self) -> Ints:
        """The row of the close of the month in which each customer last renewed, of those who did within 12 months; -1 elsewhere.

        A term is renewed that was replaced at an agreed end (`facts.renewals`).
        """
        found = np.full(len(self.panel.ids), -1, dtype=np.int64)
        last = self.as_of.number
        within = (_.event_no > last - YEAR) & (_.event_no <= last) & _.replaced
        rows = self.facts["renewals"].filter(within).group_by("customer_id").aggregate(month_no=_.event_no.max())
        frame = rows.to_pyarrow().to_pandas()
        who = self.panel.ids.get_indexer(frame.customer_id).astype(np.int64)
        months = frame.month_no.to_numpy(dtype=np.int64)[who >= 0]
        found[who[who >= 0]] = self.panel.place(who[who >= 0], months)
        return found

    @cached_property
    def early(self) -> Ints:
        """Of each customer the month in which it had an outcome before it was ever in use; -1 of all others.

        Whose outcome was there in the first month that both gates are told of may have been in use before.
        """
        found = np.full(len(self.panel.ids), -1, dtype=np.int64)
        if self.reasons[Stage.USAGE] or self.reasons[Stage.OUTCOME]:
            return found
        both = self.covered[Stage.USAGE] & self.covered[Stage.OUTCOME]
        first = self.panel.months[both].min(initial=_NEVER)
        outcome, use = (self._first(both & self.passed[stage]) for stage in (Stage.OUTCOME, Stage.USAGE))
        is_early = (outcome < use) & (outcome > first) & (outcome < _NEVER)
        found[is_early] = outcome[is_early]
        return found

    def _first(self, chosen: Flags) -> Ints:
        """Return the first month of each customer among some rows."""
        first = np.full(len(self.panel.ids), _NEVER, dtype=np.int64)
        np.minimum.at(first, self.panel.customers[chosen], self.panel.months[chosen])
        return first


def _untold(facts: Facts, gate: StageGate, as_of: Month) -> str:
    """Return why it is not told who has passed a gate; an empty text where it is."""
    absent = facts.missing(gate.needs)
    if absent:
        return f"{reasons.NEEDS} {', '.join(absent)}"
    held, span = as_of.number - facts.manifest.begins(gate.needs).number + 1, max(one.span for one in gate.figures)
    short = f"{reasons.SHORT}: {max(held, 0)} of {span} months" if held < span else ""
    return reasons.uncovered(facts.manifest, gate.needs, as_of) or short
