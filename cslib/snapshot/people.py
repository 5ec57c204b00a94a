"""Whom team.yaml calls a CSM, and the data do not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.errors import no_such
from cslib.periods import Month
from cslib.settings import CSM, CSM_TEAM, place_of_person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from ibis.expr.types import Table

    from cslib.settings import Settings
    from cslib.snapshot.manifest import TableState

_NAMED_IN = ("customers", "touches", "assignments")
_NOT_NAMED = "no CSM {name!r}, since no table names any; map 'csm' of customers or of touches in source.yaml"


def unknown_people(
    tables: Mapping[str, Table], states: Mapping[str, TableState], settings: Settings, read_on: date
) -> list[str]:
    """Return a sentence for each CSM of team.yaml whom no table names.

    Those of other teams need be named by none, nor those who begin after the month of the reading. A table that could not be
    read is told as it is, and nothing is said of whom it may name.
    """
    month = Month.of(read_on)
    people = settings.team.people.items()
    csms = [name for name, one in people if one.team == CSM_TEAM and not (one.since and month < one.since)]
    if not csms or any(name in settings.source.tables and name not in tables for name in _NAMED_IN):
        return []
    known = {name for table in _NAMED_IN if table in tables for name in _named(table, tables[table], states)}
    return [
        f"{settings.places.get(place_of_person(name), 'team.yaml')}: "
        + (no_such(CSM_TEAM.upper(), name, known) if known else _NOT_NAMED.format(name=name))
        for name in csms
        if name not in known
    ]


def _named(name: str, table: Table, states: Mapping[str, TableState]) -> Iterator[str]:
    """Yield the CSMs that a table names."""
    if name == "assignments":
        named = table.filter(table.kind == CSM).select(csm=table.value)
    elif CSM in states[name].columns:
        named = table.select(CSM)
    else:
        return
    yield from (csm for csm in named.distinct().to_pyarrow()[CSM].to_pylist() if csm)
