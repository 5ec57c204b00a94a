"""A raw table mapped onto a canonical one: columns found, text read, what could not be read kept beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cslib.errors import SourceError, no_such
from cslib.model import Kind
from cslib.settings import ColumnMap
from cslib.source.conditions import holds, unknown_columns
from cslib.source.csv_files import ROW
from cslib.source.database import has_types
from cslib.source.raw import FILE
from cslib.source.text import KNOWS_ZONES, TRUE_WORDS, UNTRUE_WORDS, known_day, parse, timezone

if TYPE_CHECKING:
    from collections.abc import Iterator

    import ibis.expr.datatypes as dt
    from ibis.expr.types import BooleanValue, StringValue, Value
    from ibis.expr.types import Table as IbisTable

    from cslib.model import Column, Table
    from cslib.settings import TableSource

RAW = "_raw_"  # prefix of the text as it was found, beside each column
UNREAD = "_unread_"  # prefix of the truth that something was written there which could not be read
_NUMBERS = (Kind.INTEGER, Kind.NUMBER, Kind.AMOUNT)
_DAYS = (Kind.DATE, Kind.TIMESTAMP, Kind.MONTH)


def map_table(raw: IbisTable, table: Table, spec: TableSource, zone: str) -> IbisTable:
    """Return `raw` with the canonical columns typed (null where absent), its further columns, `_raw_` and `_unread_`.

    Raises `SourceError` with every unknown and every missing column, each sentence behind its path in `source.yaml`.
    """
    found = _origins(raw, table, spec)
    kept = raw.filter(holds(spec.where, raw)) if spec.where else raw
    columns: dict[str, Value] = {}
    for column in table.columns:
        columns.update(_mapped(kept, column, found.get(column.name), zone))
    further = {name: _plain(kept[name]) for name in [*_further(raw, table, found), FILE, ROW]}
    return kept.select(**columns, **further)


def _plain(value: Value) -> Value:
    """Return a further column as it is; lists, structures, intervals and the like as text, which every tool can hold."""
    kind = value.type()
    simple = kind.is_string() or kind.is_numeric() or kind.is_boolean() or kind.is_date() or kind.is_timestamp()
    return value if simple else value.cast("string")


def present_columns(raw: IbisTable, table: Table, spec: TableSource) -> list[str]:
    """Return the canonical columns that the source holds, and its further ones."""
    origins = _origins(raw, table, spec)
    return sorted({*origins, *_further(raw, table, origins)})


def can_be_mapped_anywhere(raw: IbisTable, table: Table, spec: TableSource) -> bool:
    """Return whether any engine can map a table, since none of its columns has to be read from text but text itself.

    How text is read as a date or a number, and a moment as a time of a zone, is not the same on any two engines.
    """
    compared = [name for name, condition in spec.where.items() if condition.at_least or condition.below]
    if not has_types(raw) or any(raw[name].type().is_string() for name in compared):
        return False
    return all(
        _is_plain(raw[origin.column] if origin.column else ibis.literal(_word(origin.value)), table[name], origin)
        for name, origin in _origins(raw, table, spec).items()
    )


def _is_plain(value: Value, column: Column, origin: ColumnMap) -> bool:
    if column.kind is Kind.TEXT:
        return True
    zoned = value.type().is_timestamp() and value.type().timezone is not None
    return _is_typed(value, column, origin) and (not zoned or value.get_backend().name in KNOWS_ZONES)


def _further(raw: IbisTable, table: Table, origins: dict[str, ColumnMap]) -> list[str]:
    taken = {origin.column for origin in origins.values()}
    # capitals make no difference to the engine
    return [name for name in _visible(raw) if name not in taken and name.lower() not in table.names]


def _origins(raw: IbisTable, table: Table, spec: TableSource) -> dict[str, ColumnMap]:
    own = {name.lower(): name for name in _visible(raw)}
    origins = {**{name: ColumnMap(column=own[name]) for name in table.names if name in own}, **spec.columns}
    problems = [*_mapping_problems(raw, table, spec), *unknown_columns(spec.where, raw, f"{table.name}.where")]
    problems += [
        f"{table.name}: {no_such('required column', name, _visible(raw), _MAP_IT)}"
        for name in table.required
        if name not in origins
    ]
    if problems:
        raise SourceError(problems)
    return origins


def _mapping_problems(raw: IbisTable, table: Table, spec: TableSource) -> Iterator[str]:
    for name, origin in spec.columns.items():
        place = f"{table.name}.columns.{name}"
        if name not in table.names:
            yield f"{place}: {no_such('canonical column', name, table.names)}"
            continue
        if origin.column is not None and origin.column not in raw.columns:
            yield f"{place}: {no_such('source column', origin.column, _visible(raw))}"
        if origin.divide_by is not None and table[name].kind not in _NUMBERS:
            yield f"{place}: divide_by is for numbers, and {name} holds {table[name].kind}"
        if origin.format is not None and table[name].kind not in _DAYS:
            yield f"{place}: format is for dates, and {name} holds {table[name].kind}"


_MAP_IT = "(say under 'columns' which one holds it)"


def _visible(raw: IbisTable) -> list[str]:
    return [name for name in raw.columns if name not in (FILE, ROW)]


def _mapped(raw: IbisTable, column: Column, origin: ColumnMap | None, zone: str) -> dict[str, Value]:
    if origin is None:
        return {column.name: ibis.literal(column.default, type=column.kind.type)}
    value = raw[origin.column] if origin.column is not None else ibis.literal(_word(origin.value))
    found = value.cast("string")
    if _is_typed(value, column, origin):
        written, read = value, _cast(value, column.kind, zone)
    else:
        written = _text(found, origin)
        read = parse(written, column.kind, origin.format, zone)
    if column.kind is Kind.TEXT:
        return {column.name: read, RAW + column.name: found}  # any text can be read
    read = _divided(read, column.kind, origin)
    unread = written.notnull() & read.isnull()
    if column.default is not None:
        # only where nothing was written: what cannot be read stays null, and is judged
        read = ibis.ifelse(written.isnull(), ibis.literal(column.default, type=column.kind.type), read)
    return {column.name: read, RAW + column.name: found, UNREAD + column.name: unread}


def _is_typed(value: Value, column: Column, origin: ColumnMap) -> bool:
    return _fits(value.type(), column.kind) and not origin.map and not origin.null


def _text(found: StringValue, origin: ColumnMap) -> StringValue:
    text = found.strip().nullif("")
    for coded in origin.null:
        text = text.nullif(_word(coded))
    if not origin.map:
        return text
    return ibis.cases(
        *(
            (_says(text, key), ibis.literal(None if word is None else _word(word), "string"))
            for key, word in origin.map.items()
        ),
        else_=text,
    )


def _says(text: StringValue, key: object) -> BooleanValue:
    """Return whether a text says the key of a map; YAML reads on, off, yes and no as truths, so these stand for all."""
    if isinstance(key, bool):
        return text.lower().isin(TRUE_WORDS if key else UNTRUE_WORDS)
    return text == str(key)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _divided(value: Value, kind: Kind, origin: ColumnMap) -> Value:
    if origin.divide_by is None:
        return value
    return (value.cast("float64") / origin.divide_by).try_cast(kind.type)


def _fits(type_: dt.DataType, kind: Kind) -> bool:
    """Return whether typed values are of a kind as they are; all others are read as text is."""
    if kind in _NUMBERS:
        return type_.is_numeric() and not type_.is_boolean()
    if kind in _DAYS:
        return type_.is_date() or type_.is_timestamp()
    return kind is Kind.BOOLEAN and type_.is_boolean()


def _cast(value: Value, kind: Kind, zone: str) -> Value:
    if value.type().is_timestamp() and value.type().timezone is not None:
        value = timezone(zone, value)
    if kind in (Kind.DATE, Kind.MONTH) and value.type().is_timestamp():
        value = value.date()
    if kind is Kind.MONTH:
        # the engine makes a timestamp of a truncated date, and Ibis does not know it
        value = value.cast("timestamp").truncate("M").date()
    if kind is Kind.INTEGER and not value.type().is_integer():
        value = ibis.ifelse(value % 1 == 0, value, ibis.null(value.type()))
    read = value.cast(kind.type) if _holds_all(kind, value.type()) else value.try_cast(kind.type)
    return known_day(read) if kind in _DAYS else read


def _holds_all(kind: Kind, type_: dt.DataType) -> bool:
    """Return whether every value of a type is one of the kind; casts that may fail are not the same on any two engines."""
    small = type_.is_integer() and not type_.is_uint64()
    return (
        str(type_).removeprefix("!") == kind.type
        or (kind in _DAYS and type_.is_date())
        or (kind is Kind.INTEGER and small)
    )
