"""A raw table mapped onto a canonical one: columns found, text read, what could not be read kept beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cslib.errors import SourceError, no_such
from cslib.model import Kind
from cslib.settings import ColumnMap
from cslib.source.conditions import holds, unknown_columns
from cslib.source.raw import FILE, ROW
from cslib.source.text import parse, timezone

if TYPE_CHECKING:
    from ibis.expr.types import StringValue, Value
    from ibis.expr.types import Table as IbisTable

    from cslib.model import Column, Table
    from cslib.settings import TableSource

RAW = "_raw_"  # prefix of the text as it was found, beside each column that was read from text


def map_table(raw: IbisTable, table: Table, spec: TableSource, zone: str) -> IbisTable:
    """Return `raw` with the canonical columns typed (null where absent), its further columns, and `_raw_` texts.

    Raises `SourceError` with every unknown and every missing column.
    """
    found = _origins(raw, table, spec)
    kept = raw.filter(holds(spec.where, raw)) if spec.where else raw
    columns: dict[str, Value] = {}
    for column in table.columns:
        columns.update(_mapped(kept, column, found.get(column.name), zone))
    taken = {origin.column for origin in found.values()}
    further = {name: kept[name] for name in kept.columns if name not in taken and name not in columns}
    return kept.select(**columns, **further)


def present_columns(raw: IbisTable, table: Table, spec: TableSource) -> list[str]:
    """Return the canonical columns that the source holds, and its further ones."""
    origins = _origins(raw, table, spec)
    taken = {origin.column for origin in origins.values()}
    return sorted({*origins, *(name for name in _visible(raw) if name not in taken)})


def _origins(raw: IbisTable, table: Table, spec: TableSource) -> dict[str, ColumnMap]:
    named = {name: ColumnMap(column=name) for name in table.names if name in raw.columns}
    origins = {**named, **spec.columns}
    problems = [
        f"{table.name}: columns: {no_such('canonical column', name, table.names)}"
        for name in spec.columns
        if name not in table.names
    ]
    problems += [
        f"{table.name}: columns: {name}: {no_such('column', origin.column, _visible(raw))} in the source"
        for name, origin in spec.columns.items()
        if origin.column is not None and origin.column not in raw.columns
    ]
    problems += unknown_columns(spec.where, raw, f"{table.name}: where")
    problems += [
        f"{table.name}: the required column {name!r} is neither in the source ({', '.join(_visible(raw))}) nor mapped"
        for name in table.required
        if name not in origins
    ]
    if problems:
        raise SourceError(problems)
    return origins


def _visible(raw: IbisTable) -> list[str]:
    return [name for name in raw.columns if name not in (FILE, ROW)]


def _mapped(raw: IbisTable, column: Column, origin: ColumnMap | None, zone: str) -> dict[str, Value]:
    if origin is None:
        return {column.name: ibis.literal(column.default, type=column.kind.type)}
    if origin.column is None:
        return {column.name: _typed(ibis.literal(str(origin.value)), column.kind, origin, zone)}
    value = raw[origin.column]
    if value.type().is_string() or origin.map or origin.null:
        text = _text(value, origin)
        read = _typed(text, column.kind, origin, zone)
    else:
        text = value.cast("string")
        read = _cast(value, column.kind, origin, zone)
    if column.default is not None:
        # only where nothing was written: what cannot be read stays null, and is judged
        read = ibis.ifelse(text.isnull(), ibis.literal(column.default, type=column.kind.type), read)
    return {column.name: read, RAW + column.name: text}


def _text(value: Value, origin: ColumnMap) -> StringValue:
    text = value.cast("string").strip().nullif("")
    for coded in origin.null:
        text = text.nullif(str(coded))
    if not origin.map:
        return text
    return text.cases(*((str(key), _word(word)) for key, word in origin.map.items()), else_=text)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _typed(text: StringValue, kind: Kind, origin: ColumnMap, zone: str) -> Value:
    value = parse(text, kind, origin.format, zone)
    return _divided(value, kind, origin)


def _divided(value: Value, kind: Kind, origin: ColumnMap) -> Value:
    if origin.divide_by is None:
        return value
    return (value.cast("float64") / origin.divide_by).cast(kind.type)


def _cast(value: Value, kind: Kind, origin: ColumnMap, zone: str) -> Value:
    if value.type().is_timestamp() and value.type().timezone is not None:
        value = timezone(zone, value)
    if kind in (Kind.DATE, Kind.MONTH) and value.type().is_timestamp():
        value = value.date()
    if kind is Kind.INTEGER and value.type().is_floating():
        value = ibis.ifelse(value == value.floor(), value, ibis.null(value.type()))
    return _divided(value.try_cast(kind.type), kind, origin)
