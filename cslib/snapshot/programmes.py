"""What programmes.yaml and actions.yaml say of programmes that the data do not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.errors import no_such
from cslib.settings import CSM, CUSTOMER, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ibis.expr.types import Table

    from cslib.settings import Programme, Settings
    from cslib.snapshot.manifest import TableState

_TABLE, _ASSIGNMENTS = "programmes", "assignments"  # the latter tells portfolios though the customers name no CSM
_NOT_HELD = "no programme {name!r}, since the source has no table of them; name it under 'tables' in source.yaml"


def unknown_programmes(tables: Mapping[str, Table], states: Mapping[str, TableState], settings: Settings) -> list[str]:
    """Return a sentence for each programme that no customer took part in, an action's included, and each column that customers lack.

    A table that could not be read is told as it is, and nothing is said of what it may hold.
    """
    if "customers" not in states:
        return []
    columns = [*states["customers"].columns]  # those of the source: a table has every column of the model besides
    columns += [CSM] if _ASSIGNMENTS in tables and CSM not in columns else []
    is_unread = _TABLE in settings.source.tables and _TABLE not in tables
    named = [(place_of(one.programme, "programme"), one.programme) for one in settings.programmes]
    named += [
        (place_of(one.id, "programme", of="actions.yaml"), one.programme) for one in settings.actions if one.programme
    ]
    names = [] if is_unread else [*_unknown_names(tables, named)]
    found = [*names, *_unknown_columns(columns, settings.programmes)]
    return [f"{settings.places.get(place, place.partition(' ')[0])}: {said}" for place, said in found]


def _unknown_names(tables: Mapping[str, Table], named: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    held = tables[_TABLE].select("programme").distinct().to_pyarrow() if _TABLE in tables and named else {}
    known = sorted(held["programme"].to_pylist()) if held else []
    for place, name in named:
        if name not in known:
            yield place, no_such("programme", name, known) if known else _NOT_HELD.format(name=name)


def _unknown_columns(columns: Sequence[str], entries: Sequence[Programme]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if entry.clustered_by not in {CUSTOMER, *columns}:
            key = "cluster" if entry.clustered_by == entry.cluster else "assignment"
            said = f"{key}: {no_such('column of the customers', entry.clustered_by, columns)}"
            yield place_of(entry.programme, key), said
