"""A snapshot made fit for readers outside the company: no name, no id, no free text, no group of few."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from cslib.model import BY_NAME
from cslib.snapshot.discretion import cells, withheld, withheld_segments
from cslib.snapshot.pseudonyms import DOMAINS, NAMING, Named, Pseudonyms
from cslib.snapshot.usage import USAGE_SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from cslib.snapshot.manifest import Manifest

    Members = Mapping[str, frozenset[str]]  # the customers of each segment
    Counts = Mapping[str | None, int]  # how many customers have each value of a column

_FREE_TEXT = ("comment", "title")
_TELLING = ("employees", "currency")  # who knows a trade knows its large houses by their size, and where they pay
_GROUPS = ("industry", "region", "plan", "touch_model", "csm", "lifecycle")


def disguise(folder: Path, manifest: Manifest, total: str, key: bytes, least: int) -> Manifest:
    """Rewrite the tables and slices of a snapshot in place, and return the manifest that says so.

    Customers, people and records bear pseudonyms; free text and further columns are gone; values that fewer than
    `least` customers share are told as one, and words of events that fewer share, or that hold a name or an id, bear
    pseudonyms; segments of which nothing may be told hold no rows of customers. Who belongs to which segment is kept in
    `members/`. The quarantine stays as it is: it is never handed out.
    """
    names, telling = Pseudonyms(key), _telling_words(folder / "tables", least)
    slices = {name: folder / "segments" / name for name in manifest.segments}
    places = {**slices, "": folder / "tables"}
    for file in sorted(file for place in places.values() for file in place.glob("*.parquet")):
        told = _without_what_tells(pq.read_table(file), file.stem)
        _write(_renamed(_without_words(told, names, telling), names), file)
    everyone = pq.read_table(folder / "tables" / "customers.parquet")
    members = {name: frozenset(_customers(place)["customer_id"].to_pylist()) for name, place in slices.items()}
    hidden = withheld_segments(cells(members), least)
    few = _few(everyone, members, total, least, hidden)
    for name, place in places.items():
        _write(_told_as_one(_customers(place), few[name or total], f"(<{least})"), place / "customers.parquet")
    _part(folder, members, hidden)
    return _disguised(manifest, hidden)


def _part(folder: Path, members: Members, hidden: Collection[str]) -> None:
    (folder / "members").mkdir()
    for name, customers in members.items():
        held = pa.table({"customer_id": pa.array(sorted(customers), pa.string())})
        pq.write_table(held, folder / "members" / f"{name}.parquet")
    for file in (file for name in hidden for file in (folder / "segments" / name).glob("*.parquet")):
        table = pq.read_table(file)
        if "customer_id" in table.column_names:
            pq.write_table(table.slice(0, 0), file)


def _disguised(manifest: Manifest, hidden: Collection[str]) -> Manifest:
    tables = {
        name: state.model_copy(update={"columns": tuple(column for column in state.columns if _is_kept(column, name))})
        for name, state in manifest.tables.items()
    }
    told = {name: count for name, count in manifest.segments.items() if name not in hidden}
    said = {"tables": tables, "segments": told, "audience": "external", "withheld": tuple(sorted(hidden))}
    return manifest.model_copy(update=said)


def _customers(place: Path) -> pa.Table:
    return pq.read_table(place / "customers.parquet")


def _write(table: pa.Table, file: Path) -> None:
    # sorted anew, since the order of the rows would tell the order of the ids
    pq.write_table(table.sort_by([(name, "ascending") for name in table.column_names]), file)


def _is_kept(column: str, table: str) -> bool:
    return column in (BY_NAME[table].types if table in BY_NAME else USAGE_SCHEMAS[table])


def _without_what_tells(table: pa.Table, name: str) -> pa.Table:
    kept = table.select([column for column in table.column_names if _is_kept(column, name)])
    for column in kept.column_names:
        if column in (*_FREE_TEXT, *_TELLING):
            kept = _with(kept, column, pa.nulls(len(kept), kept.schema.field(column).type))
    return kept


def _telling_words(tables: Path, least: int) -> dict[str, set[str]]:
    """Return the words of each text column that tell of somebody: that fewer than `least` customers share, or that name one.

    A column such as `product` is one in all tables; a `segment` is the team's own. Of features nobody is known who uses them: all of them tell. Those of
    customers themselves are told as one where they are few, so that there only those count that name somebody.
    """
    users: dict[str, dict[str, set[str]]] = {}
    held: set[str] = set()
    for file in sorted(tables.glob("*.parquet")):
        table = pq.read_table(file)
        whose = table["customer_id"].to_pylist() if "customer_id" in table.column_names else [""] * len(table)
        for column in table.column_names:
            if column in NAMING:
                held |= {value for value in table[column].unique().to_pylist() if isinstance(value, str)}
            elif _is_free(table, column, file.stem):
                words = users.setdefault(column, {})
                for word, customer in {*zip(table[column].to_pylist(), whose, strict=True)}:
                    if word:
                        words.setdefault(word, set()).add(customer)
    named = Named(held)
    own = {column.name for column in BY_NAME["customers"].columns}
    return {
        column: {word for word, who in words.items() if (len(who) < least and column not in own) or named.within(word)}
        for column, words in users.items()
    }


def _is_free(table: pa.Table, column: str, name: str) -> bool:
    """Return whether a column holds words of the team's own: not one of those that the data model names, no pseudonym."""
    listed = {one.name for one in BY_NAME[name].columns if one.one_of} if name in BY_NAME else set()
    return column not in {*DOMAINS, *listed, "segment"} and bool(pa.types.is_string(table.schema.field(column).type))


def _without_words(table: pa.Table, names: Pseudonyms, telling: Mapping[str, set[str]]) -> pa.Table:
    """Return `table` with the words that tell of somebody replaced, the same word by the same pseudonym."""
    for column in (column for column in table.column_names if telling.get(column) and column not in DOMAINS):
        new = {word: names.of(column, word) for word in telling[column]}
        table = _with(table, column, pa.array([new.get(word, word) for word in table[column].to_pylist()], pa.string()))
    return table


def _renamed(table: pa.Table, names: Pseudonyms) -> pa.Table:
    if "name" in table.column_names:
        # a customer goes by the pseudonym of its id, so that the two agree in every list
        table = _with(table, "name", table["customer_id"])
    for column in table.column_names:
        if column in DOMAINS:
            table = _with(table, column, names.column(DOMAINS[column], table[column]))
    return table


def _with(table: pa.Table, column: str, values: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(column), column, values)


def _told_as_one(customers: pa.Table, few: Mapping[str, set[str | None]], label: str) -> pa.Table:
    for column, values in few.items():
        told = [label if value in values else value for value in customers[column].to_pylist()]
        customers = _with(customers, column, pa.array(told, pa.string()))
    return customers


def _few(
    customers: pa.Table, members: Members, total: str, least: int, hidden: Collection[str]
) -> dict[str, dict[str, set[str | None]]]:
    """Return for each segment and column the values to be told as one; `hidden` are the segments that are not shown."""
    found: dict[str, dict[str, set[str | None]]] = {name: {} for name in members}
    for column in _GROUPS:
        held = dict(zip(customers["customer_id"].to_pylist(), customers[column].to_pylist(), strict=True))
        counts = {name: Counter(held[who] for who in ids) for name, ids in members.items()}
        for name, values in _hidden_values(counts, total, least).items():
            found[name][column] = values | _telling_values(name, held, members, least, hidden, values)
    return found


def _telling_values(  # noqa: PLR0913, PLR0917 - a segment's values, and what else is shown
    segment: str, held: Mapping[str, str | None], members: Members, least: int, hidden: Collection[str],
    unseen: Collection[str | None],
) -> set[str | None]:  # fmt: skip
    """Return the values of a segment that tell of few beside the segments: one may be the very segment that is hidden."""
    groups: dict[str, set[str]] = {}
    names: dict[str, str | None] = {}
    for customer in members[segment]:
        name = f"value {held[customer]!r}"
        names[name] = held[customer]
        groups.setdefault(name, set()).add(customer)
    gone = {*hidden, *(name for name, value in names.items() if value in unseen)}
    found = withheld_segments(cells({**members, **groups}), least, gone, seen=members)
    return {value for name, value in names.items() if name in found}


def _hidden_values(cells: Mapping[str, Counts], total: str, least: int) -> dict[str, set[str | None]]:
    """Return the hidden values of each segment: first along the values, then along the segments, until both hold."""
    everyone = withheld(cells[total], least)
    hidden = {name: everyone & set(counts) for name, counts in cells.items()}
    before = -1
    while before != (before := sum(map(len, hidden.values()))):
        hidden = {name: withheld(counts, least, hidden[name]) for name, counts in cells.items()}
        for value in set(cells[total]) - everyone:
            for name in _hidden_across(value, cells, hidden, total, least):
                hidden[name].add(value)
    return hidden


def _hidden_across(
    value: str | None, cells: Mapping[str, Counts], hidden: Mapping[str, set[str | None]], total: str, least: int
) -> set[str]:
    """Return the segments to hide a value in, since the total less those that show it would tell of few."""
    everyone = cells[total][value]
    sizes = {name: counts.get(value, 0) for name, counts in cells.items() if name != total}
    others = max(0, everyone - sum(sizes.values()))  # those in no segment
    unseen = {"", *(name for name in sizes if value in hidden[name])}
    near = {name for name, size in sizes.items() if 0 < everyone - size < least and size}
    return (withheld({**sizes, "": others}, least, unseen) - {""}) | near
