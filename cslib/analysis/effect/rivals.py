"""What else may have changed when a programme began, and so stand behind what goes with it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.effect.clusters import csm_changed
from cslib.analysis.effect.traits import varies
from cslib.stats.rivals import Reads, Rival

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.effect.ground import Ground
    from cslib.analysis.effect.starts import Starts
    from cslib.analysis.effect.terms import Terms
    from cslib.facts import Facts

    Floats = NDArray[np.float64]

_TICKETS = {"grave_tickets": "tickets.severity", "tickets": "tickets"}


class Rivals:
    """The rivals of all customers of a ground: those of which the source tells."""

    def __init__(self, facts: Facts, ground: Ground, terms: Terms, starts: Starts) -> None:
        self._facts, self._ground, self._terms, self._starts = facts, ground, terms, starts

    def of(self, segment: str) -> list[Rival]:
        """Return what may have changed for a segment's customers, whatever the programme; what never differs is left out."""
        inside = self._ground.members[segment][:, None] & self._ground.under
        mine = np.flatnonzero(self._ground.members[segment])
        plans = {f"plan:{name}": held for name, held in self._terms.shares(inside)}
        told = {**self._changes, **plans}
        changed = [Rival(name, values[mine]) for name, values in told.items() if varies(values, inside)]
        taken = self._taken_over
        return [*changed, *([] if taken is None or not varies(taken, inside) else [_at_start("csm", taken[mine])])]

    def near_another(self, segment: str, programme: str) -> list[Rival]:
        """Return that a segment's customers joined another programme within three months, where any did."""
        near, inside = self._starts.near_another(programme), self._ground.members[segment]
        if near is None or not varies(near, inside[:, None] & self._ground.under):
            return []
        return [_at_start("other_programme", near[inside])]

    @cached_property
    def _changes(self) -> dict[str, Floats]:
        ground = self._ground
        tickets = [name for name, need in _TICKETS.items() if not self._facts.missing([need])]
        found = {name: ground.tickets(grave=name != "tickets") for name in tickets}
        if ground.has_seats:
            found |= {"price": ground.mrr / ground.seats, "seats": ground.seats}
        return {**found, "products": self._terms.products}

    @cached_property
    def _taken_over(self) -> Floats | None:
        return csm_changed(self._facts, self._ground)


def _at_start(name: str, values: Floats) -> Rival:
    return Rival(name, values, Reads.AT_START)
