"""A raw table mapped onto a canonical one: columns found, text parsed, what could not be parsed kept next to it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import ibis

from cslib.model import Kind
from cslib.settings import ColumnMap
from cslib.source.arithmetic import not_after, reckoned, where_filled, with_beside
from cslib.source.casts import as_kind, as_plain_type, fits_kind, has_fractions
from cslib.source.column_mapping import visible_columns, with_combined, without_inner
from cslib.source.csv_files import CSV_ENDINGS
from cslib.source.database import has_types, lies_in_duckdb
from cslib.source.date_spellings import is_serial, serial_day
from cslib.source.files import FILE, NON_DATA
from cslib.source.filters import predicate
from cslib.source.float_ids import all_pointed, first_ids, float_id_count, pointed_ids, without_point
from cslib.source.moments import EARLIEST, LATEST, clock_changes, in_utc, span
from cslib.source.non_data_rows import flag_non_data_rows, without_flags
from cslib.source.parquet_copies import ROW
from cslib.source.parse import DATE_KINDS, KNOWS_ZONES, exact_moment, normalise, parse, says
from cslib.source.width import stripped
from cslib.source.workbooks import ERRORS, WORKBOOK_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ibis.expr.types import StringValue, Value
    from ibis.expr.types import Table as IbisTable

    from cslib.model import CanonicalColumn, CanonicalTable
    from cslib.prepared import PreparedQueries
    from cslib.settings import TableSource
    from cslib.source.column_mapping import ColumnMapping

RAW = "_raw_"  # prefix of the text as it was found, next to each column
UNREAD = "_unread_"  # prefix of the truth that something was written there which could not be read
NORMALISED = "_mended_"  # prefix of the flag that it was parsed after being normalised: ¥1,200, 令和8年4月1日
_TEXT, _SPELLED, _READ = "_text_", "_spelled_", "_read_"  # prefixes of the steps on the way
_IDENTITY = ("customer_id", "month")  # what no row of a table is without


def map_table(
    raw: IbisTable, columns: ColumnMapping, zone: str, currency: str = "JPY", whole: Collection[str] = ()
) -> IbisTable:
    """Return `raw` with the canonical columns typed (null where absent), its further ones, and the flags of its rows.

    That is `_stray`, and for each column `_raw_`, `_unread_` and `_mended_`, where these apply. `whole` names the columns
    of ids like 17850.0 that are numbers, as `whole_ids` finds them.
    """
    table, spec, found = columns.table, columns.spec, columns.origins
    canonical, held = _canonical(columns), _held(columns)
    # step by step, each on columns of the one before: in a single expression every text would be written out many times
    rows = _with_texts(_kept(_combined(raw, spec), columns), held, found)
    rows = _with_spellings(rows, held, found, currency, whole)
    workbook = _is_in(spec, WORKBOOK_ENDINGS)
    if workbook:
        rows = _with_serial_days(rows, held)
    rows = rows.mutate(**{_READ + c.name: _read(rows, c, found[c.name], zone, workbook=workbook) for c in held})
    values: dict[str, Value] = {name: ibis.null("timestamp") for name in table.moments}
    for column in canonical:
        origin = found.get(column.name)
        values |= (
            _with_flags(rows, column, origin, whole, workbook=workbook) if origin else {column.name: _default(column)}
        )
        if origin and column.moment:
            timed = replace(column, kind=Kind.TIMESTAMP)
            values[column.moment] = _read(rows, timed, origin, zone, workbook=workbook)
    values |= _spans(rows, table, found, zone)
    further = {name: _further(rows[name], workbook=workbook) for name in columns.further} | {
        n: rows[n] for n in (FILE, ROW, NON_DATA)
    }
    return rows.select(**values, **further)


def whole_ids(raw: IbisTable, columns: ColumnMapping, asked: PreparedQueries) -> tuple[str, ...]:
    """Return which canonical columns of ids hold only ids like 17850.0, so that the point means nothing.

    Of a part of a table this cannot be told: what they mean, the whole alone tells. `asked` are the queries of `raw` that
    hang on `columns`.
    """
    if not columns.ids or not lies_in_duckdb(raw):
        return ()
    raw = _combined(raw, columns.spec)
    candidates = pointed_ids(asked.answer("first ids", lambda: first_ids(raw, columns.ids)))
    texts = {name: _TEXT + name for name in candidates}
    return all_pointed(_with_texts(_kept(raw, columns), _held(columns), columns.origins), texts) if texts else ()


def _combined(raw: IbisTable, spec: TableSource) -> IbisTable:
    return with_combined(without_inner(raw, spec), spec)


def _kept(raw: IbisTable, columns: ColumnMapping) -> IbisTable:
    """Return the rows that the settings choose, those that are none of the table's flagged."""
    spec = columns.spec
    return _with_non_data_rows(raw.filter(predicate(spec.where, raw)) if spec.where else raw, columns.origins, spec)


def _canonical(columns: ColumnMapping) -> list[CanonicalColumn]:
    return [_as_read(column, columns.spec) for column in columns.table.columns]


def _held(columns: ColumnMapping) -> list[CanonicalColumn]:
    return [column for column in _canonical(columns) if column.name in columns.origins]


def _as_read(column: CanonicalColumn, spec: TableSource) -> CanonicalColumn:
    """Return a column with the kind that it is read as: where rows are levels of months, a day stands for its month."""
    is_month = spec.terms == "snapshots" and column.name == "starts_on"
    return replace(column, kind=Kind.MONTH) if is_month else column


def map_unparsed(raw: IbisTable, columns: ColumnMapping, zone: str, beside: Sequence[str] = ()) -> IbisTable:
    """Return a table that `is_portable` as `map_table` maps it, but with its texts as they were found.

    Texts are slow to parse, and many rows share them: `read_texts` parses those that are left when rows are grouped.
    `beside` names columns of `raw` that are kept as they are.
    """
    spec, found = columns.spec, columns.origins
    kept = raw.filter(predicate(spec.where, raw)) if spec.where else raw
    values: dict[str, Value] = {}
    for column in columns.table.columns:
        origin = found.get(column.name)
        values |= _as_found(kept, column, origin, zone) if origin else {column.name: _default(column)}
    return without_flags(kept.select(**values, **{name: kept[name] for name in beside}))


def _as_found(rows: IbisTable, column: CanonicalColumn, origin: ColumnMap, zone: str) -> dict[str, Value]:
    written = _value(rows, origin)
    if column.kind is Kind.TEXT:
        return {column.name: written}
    read = reckoned(rows, as_kind(written, column.kind, zone), column.kind, origin)
    beside = {RAW + column.name: written, UNREAD + column.name: written.notnull() & read.isnull()}
    if column.default is not None:
        read = ibis.ifelse(written.isnull(), _default(column), read)
    return {column.name: read, **beside}


def read_texts(rows: IbisTable, table: CanonicalTable, spec: TableSource) -> IbisTable:
    """Return rows of what `map_unparsed` returned with their texts parsed."""
    names = [column.name for column in table.columns if column.kind is Kind.TEXT and column.name in rows.columns]
    origins = {name: spec.columns.get(name, ColumnMap(column=name)) for name in names}
    return rows.mutate(**{name: _mapped_text(rows[name].cast("string"), origin) for name, origin in origins.items()})


def _further(value: Value, *, workbook: bool) -> Value:
    """Return a further column as it is, but for what a formula came to that has failed: nothing is there."""
    failed = workbook and value.type().is_string()
    return ibis.ifelse(value.isin(ERRORS), ibis.null("string"), value) if failed else as_plain_type(value)


def _with_texts(raw: IbisTable, held: Sequence[CanonicalColumn], found: dict[str, ColumnMap]) -> IbisTable:
    """Return a raw table with the text of each column as it was found, and as it is to be read."""
    texts: dict[str, Value] = {}
    for column in held:
        origin = found[column.name]
        text = _value(raw, origin).cast("string")
        typed = _is_typed(raw, column, origin)
        found_there = with_beside(raw, text, origin)
        texts |= {RAW + column.name: found_there, _TEXT + column.name: text if typed else _mapped_text(text, origin)}
    return raw.mutate(**texts)


def _with_spellings(
    rows: IbisTable, held: Sequence[CanonicalColumn], found: dict[str, ColumnMap], currency: str, whole: Collection[str]
) -> IbisTable:
    """Return the rows with each text spelled as the tables write it."""
    spellings: dict[str, Value] = {}
    for column in held:
        text, origin = rows[_TEXT + column.name], found[column.name]
        if column.name in whole:
            spellings[_SPELLED + column.name] = without_point(text)
        elif origin.format or _is_typed(rows, column, origin):
            spellings[_SPELLED + column.name] = text
        else:
            spellings[_SPELLED + column.name] = normalise(text, column.kind, currency)
    return rows.mutate(**spellings)


def _with_serial_days(rows: IbisTable, held: Sequence[CanonicalColumn]) -> IbisTable:
    """Return the rows of a workbook with the numbers, that dates become where a cell loses its form, as dates."""
    names = [_SPELLED + column.name for column in held if column.kind in DATE_KINDS]
    days = {
        name: ibis.ifelse(is_serial(rows[name]), serial_day(rows[name]).cast("string"), rows[name]) for name in names
    }
    return rows.mutate(**days) if days else rows


def _read(rows: IbisTable, column: CanonicalColumn, origin: ColumnMap, zone: str, *, workbook: bool) -> Value:
    kind, text = column.kind, rows[_SPELLED + column.name]
    if _is_typed(rows, column, origin):
        read = as_kind(_value(rows, origin), kind, zone)
    else:
        read = parse(text, kind, origin.format, zone)
        if workbook and origin.format:
            # cells that are dates come as such, whatever the others look like
            read = ibis.coalesce(read, parse(text, kind, None, zone))
    if workbook and kind is Kind.TEXT:
        read = ibis.ifelse(text.isin(ERRORS), ibis.null("string"), read)
    return not_after(rows, reckoned(rows, read, kind, origin), kind, origin, zone)


def _with_flags(
    rows: IbisTable, column: CanonicalColumn, origin: ColumnMap, whole: Collection[str], *, workbook: bool
) -> dict[str, Value]:
    """Return a column as it was parsed, with its flags."""
    read, typed, is_text = rows[_READ + column.name], _is_typed(rows, column, origin), column.kind is Kind.TEXT
    found = _value(rows, origin) if typed else rows[_TEXT + column.name]
    written = where_filled(rows, found, origin)
    flags: dict[str, Value] = {RAW + column.name: rows[RAW + column.name]}
    if not is_text or workbook:  # any text can be read, but for what a formula came to that has failed
        flags[UNREAD + column.name] = written.notnull() & read.isnull()
    if column.name in whole or not (typed or is_text):
        respelled = (rows[_SPELLED + column.name] != found).fill_null(False)  # noqa: FBT003
        flags[NORMALISED + column.name] = respelled & read.notnull()
    if column.default is not None:
        # only where nothing was written: what cannot be parsed stays null, and fails validation
        read = ibis.ifelse(written.isnull(), _default(column), read)
    return {column.name: read, **flags}


def _spans(rows: IbisTable, table: CanonicalTable, found: dict[str, ColumnMap], zone: str) -> dict[str, Value]:
    """Return the earliest and latest moments of the times whose order is validated, for zones in which clocks change."""
    spans: dict[str, Value] = {}
    for name in dict.fromkeys(chain.from_iterable(table.ordered)):
        if name in found and table[name].kind is Kind.TIMESTAMP and clock_changes(zone):
            ends = span(rows[_READ + name], _exact(rows, table[name], found[name]), zone)
            spans |= zip((EARLIEST + name, LATEST + name), ends, strict=True)
    return spans


def _exact(rows: IbisTable, column: CanonicalColumn, origin: ColumnMap) -> Value | None:
    """Return the moments themselves, where the source has them; None where it has wall-clock times alone."""
    if origin.plus:
        return None
    if not _is_typed(rows, column, origin):
        return exact_moment(rows[_SPELLED + column.name], origin.format)
    value = _value(rows, origin)
    return in_utc(value) if value.type().is_timestamp() and value.type().timezone is not None else None


def _default(column: CanonicalColumn) -> Value:
    return ibis.literal(column.default, type=column.kind.type)


def _value(raw: IbisTable, origin: ColumnMap) -> Value:
    return raw[origin.label] if origin.label is not None else ibis.literal(_word(origin.value))


def _is_typed(raw: IbisTable, column: CanonicalColumn, origin: ColumnMap) -> bool:
    """Return whether a column holds values of its kind already, so that nothing has to be read."""
    return fits_kind(_value(raw, origin).type(), column.kind) and not origin.map and not origin.null


def _with_non_data_rows(raw: IbisTable, found: dict[str, ColumnMap], spec: TableSource) -> IbisTable:
    identity = next((found[name].label for name in _IDENTITY if name in found), None)
    if identity is None or not _is_in(spec, (*CSV_ENDINGS, *WORKBOOK_ENDINGS)) or not raw[identity].type().is_string():
        return without_flags(raw)
    return flag_non_data_rows(raw, identity, visible_columns(raw))


def _is_in(spec: TableSource, endings: tuple[str, ...]) -> bool:
    return isinstance(spec.origin, str) and spec.origin.lower().endswith(endings)


def is_portable(raw: IbisTable, columns: ColumnMapping) -> bool:
    """Return whether any engine can map a table, since none of its columns has to be read from text but text itself.

    How text is read as a date or a number, and a moment as a time of a zone, is not the same on any two engines.
    """
    if any(origin.sources[1:] or origin.plus or origin.prefix for origin in columns.origins.values()):
        return False
    compared = [name for name, condition in columns.spec.where.items() if condition.at_least or condition.below]
    if not has_types(raw) or any(raw[name].type().is_string() for name in compared):
        return False
    return all(_is_alike_anywhere(raw, columns.table[name], origin) for name, origin in columns.origins.items())


def count_float_ids(raw: IbisTable, columns: ColumnMapping) -> IbisTable:
    """Return how many of the first rows hold an id like 17850.0, of which the value alone does not show whether it is a number."""
    return float_id_count(raw, columns.ids)


def _is_alike_anywhere(raw: IbisTable, column: CanonicalColumn, origin: ColumnMap) -> bool:
    value = _value(raw, origin)
    if column.kind is Kind.TEXT:
        return not has_fractions(value.type())  # 17850.0 is 17850 as text, or not
    zoned = value.type().is_timestamp() and value.type().timezone is not None
    return _is_typed(raw, column, origin) and (not zoned or value.get_backend().name in KNOWS_ZONES)


def _mapped_text(found: StringValue, origin: ColumnMap) -> StringValue:
    text = stripped(found)
    if origin.null:  # in one step, since no expression may lie within others to any depth
        text = ibis.ifelse(text.isin([_word(coded) for coded in origin.null]), ibis.null("string"), text)
    if not origin.map:
        return text
    return ibis.cases(
        *(
            (says(text, key), ibis.literal(None if word is None else _word(word), "string"))
            for key, word in origin.map.items()
        ),
        else_=text,
    )


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
