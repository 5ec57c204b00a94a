"""Several exports of one table: of a thing that is in several, the newest state counts; of events, none may count twice."""

from __future__ import annotations

import re
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.errors import SourceError, no_such
from cslib.model import Kind
from cslib.source import FILE, NON_DATA, ROW, predicate
from cslib.source.column_mapping import visible_columns, with_combined
from cslib.source.non_data_rows import OLDER
from cslib.source.parse import DATE_KINDS, normalise, parse
from cslib.source.table_mapping import RAW
from cslib.validation.findings import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibis.expr.types import Table as IbisTable
    from ibis.expr.types import Value

    from cslib.model import CanonicalTable
    from cslib.settings import TableSource
    from cslib.source.column_mapping import ColumnMapping

BY_FILE = "file"
_SAMPLES = 2
_ALIKE = (
    0.9  # of a file's rows on the days that it shares with others: as many are in the others too where exports overlap
)
_LOOKED_AT = 100  # customers, where there are too many rows to compare all with each other


def flag_superseded(mapped: IbisTable, table: CanonicalTable, spec: TableSource, zone: str) -> IbisTable:
    """Return the rows, with those flagged as non-data that a newer row about the same thing replaces, by the setting `latest`.

    Raises `SourceError` where the setting cannot be followed, each sentence prefixed with its path in `source.yaml`.
    """
    if spec.latest is None:
        return mapped
    if not table.identity:
        raise SourceError(
            [f"{table.name}.latest: {table.name} holds events, of which none replaces another; leave it out"]
        )
    if table.row_key and RAW + table.row_key not in mapped.columns:
        raise SourceError(
            [
                f"{table.name}.latest: wanted {table.row_key}, by which the states of one thing are known; say under 'columns' which one holds it"
            ]
        )
    by_file = _place(mapped)
    newer = by_file if spec.latest == BY_FILE else [_dated(mapped, table, spec, spec.latest, zone), *by_file]
    for value in newer:
        own = mapped[NON_DATA].isnull() & reduce(and_, (mapped[name].notnull() for name in table.identity))
        newest = value.max().over(group_by=[*table.identity, own])
        older = own & newest.notnull() & (value.isnull() | (value < newest))
        mapped = mapped.mutate(**{NON_DATA: ibis.ifelse(older.fill_null(False), OLDER, mapped[NON_DATA])})  # noqa: FBT003
    return mapped


def _place(mapped: IbisTable) -> list[Value]:
    """Return the rank of each row's file among the files, the newest last: by name, numbers in names compared as numbers; nothing where there are no rows."""
    files = sorted(mapped.select(FILE).distinct().to_pyarrow()[FILE].to_pylist(), key=_by_numbers)
    places = ((mapped[FILE] == file, place) for place, file in enumerate(files, 1))
    return [ibis.cases(*places, else_=0)] if files else []


def _by_numbers(name: str) -> list[tuple[int, str]]:
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]


def _dated(mapped: IbisTable, table: CanonicalTable, spec: TableSource, column: str, zone: str) -> Value:
    """Return the values of a source column that order the states of a thing: days, times or numbers."""
    canonical = next((name for name, origin in spec.columns.items() if column in (origin.label, *origin.parts)), column)
    if canonical not in mapped.columns or canonical in (FILE, ROW, NON_DATA):
        known = [BY_FILE, *(name for name in mapped.columns if not name.startswith("_"))]
        raise SourceError([f"{table.name}.latest: {no_such('column', column, known)}"])
    value = mapped[canonical]
    if not value.type().is_string():
        return value
    read = {kind: parse(normalise(value, kind, "JPY"), kind, None, zone) for kind in (Kind.TIMESTAMP, Kind.NUMBER)}
    unread = mapped.aggregate(**{str(kind): (value.notnull() & day.isnull()).sum() for kind, day in read.items()})
    counts = unread.to_pyarrow().to_pylist()[0]
    for kind, day in read.items():
        if not counts[str(kind)]:
            return day
    raise SourceError(
        [f"{table.name}.latest: wanted a column of days like 2026-10-31 or of numbers; {column!r} holds others"]
    )


def contradictions(rows: IbisTable, table: CanonicalTable) -> list[str]:
    """Return the problem of things that are in several files with different values, so that the right one is unknown."""
    own = rows.filter(rows[NON_DATA].isnull(), *(rows[name].notnull() for name in table.identity))
    window = ibis.window(group_by=list(table.identity))
    apart = own[FILE].min().over(window) != own[FILE].max().over(window)
    found = own.select(*table.identity, file=own[FILE], row=own[ROW], apart=apart).filter(_.apart).cache()
    things = found.select(*table.identity).distinct().count().to_pyarrow().as_py()
    if not things:
        return []
    first = found.order_by(*table.identity, "file", "row").limit(_SAMPLES).to_pyarrow().to_pylist()
    newest = max(found.select("file").distinct().to_pyarrow()["file"].to_pylist(), key=_by_numbers)
    places = " and ".join(f"{row['file']} row {row['row']}" for row in first)
    thing = " ".join(str(first[0][name]) for name in table.identity)
    kind = f"ids ({table.key})" if table.key else f"things ({', '.join(table.identity)})"
    said = (
        f"{table.name}: {things:,} {kind} stand in several files, each time otherwise, such as {thing!r} in {places}; if "
        f"each file tells how things stood on its day, write 'latest: file' under {table.name} in source.yaml: the newest "
        f"by name counts, here {newest}; or 'latest: <column>' for the newest by a column of days; or name one file alone"
    )
    return [said]


def overlap_remarks(raw: IbisTable, columns: ColumnMapping, *, whole: bool) -> tuple[Remark, ...]:
    """Return a remark where several files hold the same events; unless `whole`, only events of some customers are compared.

    Two files that share days without sharing events, such as those of two teams, do not overlap: of a file that does, at least
    nine in ten of the events on the shared days are in other files too.
    """
    table, spec, origins = columns.table, columns.spec, columns.origins
    days = [origin.label for name, origin in origins.items() if table[name].kind in DATE_KINDS and origin.label]
    raw = with_combined(raw, spec)
    rows = raw.filter(predicate(spec.where, raw)) if spec.where else raw
    if not days:
        return ()
    customer = origins["customer_id"].label if "customer_id" in origins else None
    if not whole and customer is not None:
        # a sample shows it as well, and takes a fraction of the time
        some = rows.select(customer).limit(_LOOKED_AT * _LOOKED_AT).distinct().limit(_LOOKED_AT).cache()
        rows = rows.semi_join(some, customer)
    return tuple(_overlap(rows, days[0], whole=whole))


def _overlap(rows: IbisTable, day: str, *, whole: bool) -> Iterator[Remark]:
    columns = visible_columns(rows)
    each = rows.group_by(*columns, FILE).aggregate(n=_.count())
    alike, same_day = ibis.window(group_by=columns), ibis.window(group_by=day)
    shared = each.mutate(
        files=_.count().over(alike), first=each[FILE] == each[FILE].min().over(alike),
        day_shared=each[FILE].min().over(same_day) != each[FILE].max().over(same_day),
    ).filter(_.day_shared, _[day].notnull()).cache()  # fmt: skip
    twice = ibis.ifelse(shared.files > 1, shared.n, 0)
    by_file = shared.group_by(FILE).aggregate(rows=shared.n.sum(), twice=twice.sum()).to_pyarrow().to_pylist()
    if not any(file["twice"] and file["twice"] >= _ALIKE * file["rows"] for file in by_file):
        return
    again = ibis.ifelse((shared.files > 1) & ~shared.first, shared.n, 0).sum()
    days = shared.filter(shared.files > 1)[day]
    found = shared.aggregate(again=again).to_pyarrow().to_pylist()[0]
    spanned = shared.filter(shared.files > 1).aggregate(low=days.min().cast("string"), high=days.max().cast("string"))
    (span,) = spanned.to_pyarrow().to_pylist()
    files = sorted((file[FILE] for file in by_file if file["twice"]), key=_by_numbers)
    looked = "" if whole else f" (among those of {_LOOKED_AT} customers)"
    listed = ", ".join(files[:3]) + (", …" if files[3:] else "")
    said = {"files": listed, "looked": f"{looked}, {span['low']} to {span['high']}"}
    yield Remark(kind="overlap", rows=int(found["again"]), samples=(), said=said)
