"""Shapes of a source's rows: each a step from a raw table to a raw table, in which every row keeps its file and its place.

A setting that does not fit the table raises `SourceError` with every problem of its step, each behind its key in `source.yaml`.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.errors import SourceError, no_such
from cslib.model import Kind
from cslib.source.column_mapping import visible_columns
from cslib.source.files import FILE, NON_DATA, common_type
from cslib.source.non_data_rows import flag_non_data_rows
from cslib.source.parquet_copies import ROW
from cslib.source.parse import normalise, parse
from cslib.source.width import stripped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ibis.expr.types import StringValue, Table, Value

    from cslib.settings import Join, Split, TableSource, Total, Unpivot

_STEP = "_read_"  # prefix of columns on the way, which no source can have


def shaped(raw: Table, spec: TableSource, others: Sequence[Table], currency: str) -> Table:
    """Return rows shaped as their source says; `others` are the tables that are joined to it."""
    for place, (join, theirs) in enumerate(zip(spec.join, others, strict=True)):
        raw = joined(raw, theirs, join, f"join.{place}")
    if spec.fill_down:
        raw = filled_down(raw, spec.fill_down)
    if spec.split:
        raw = split(raw, spec.split)
    if spec.unpivot:
        raw = unpivoted(raw, spec.unpivot)
    return totalled(raw, spec.total, currency) if spec.total else raw


def joined(raw: Table, theirs: Table, join: Join, key: str) -> Table:
    """Return the rows with columns of another table, looked up by texts that are alike; null where it has none of such a key.

    Raises `SourceError` where it has several rows of one key that differ in what is taken.
    """
    own, others = visible_columns(raw), visible_columns(theirs)
    problems = [*_unknown(f"{key}.on", join.on, own), *_unknown(f"{key}.on", join.on.values(), others)]
    problems += _unknown(f"{key}.take", join.take.values(), others)
    problems += [f"{key}.take: {_taken(name)}" for name in join.take if name in own]
    _refuse(problems)
    keys = [f"{_STEP}{place}" for place, _each in enumerate(join.on)]
    known = {name: _text(theirs[column]) for name, column in zip(keys, join.on.values(), strict=True)}
    taken = theirs.select(**known, **{name: theirs[column] for name, column in join.take.items()}).distinct()
    taken = taken.filter(*(taken[name].notnull() for name in keys)).cache()
    _refuse_repeated(taken, keys, join, key)
    rows = raw.mutate(**{name: _text(raw[column]) for name, column in zip(keys, join.on, strict=True)})
    found = rows.left_join(taken, keys)
    return found.select(*(name for name in rows.columns if name not in keys), *join.take)


def _refuse_repeated(taken: Table, keys: Sequence[str], join: Join, key: str) -> None:
    repeated = taken.group_by(keys).aggregate(rows=_.count()).filter(_.rows > 1)
    first = repeated.order_by(keys).limit(1).to_pyarrow().to_pylist()
    if first:
        value, column = " ".join(first[0][name] for name in keys), ", ".join(join.on.values())
        found = f"{value!r} in {first[0]['rows']} rows that differ in {', '.join(join.take.values())}"
        way = "join by what is there once, or write the lookup as 'from: {sql: …}'"
        raise SourceError([f"{key}.on: wanted each {column} once in {join.origin}; found {found}; {way}"])


def filled_down(raw: Table, names: Sequence[str]) -> Table:
    """Return the rows of files with blank cells of columns filled from the row above.

    A column starts anew in a row in which one named before it is filled, so that what a new record leaves blank stays so.
    Blank rows and totals are not filled.
    """
    _refuse(_unknown("fill_down", names, visible_columns(raw)))
    is_text = raw[names[0]].type().is_string()
    flagged = flag_non_data_rows(raw, names[0], visible_columns(raw)) if is_text else raw
    stray = flagged[NON_DATA].notnull() if is_text else ibis.literal(value=False)
    own = {f"{_STEP}{place}": ibis.ifelse(stray, None, _filled(raw[name])) for place, name in enumerate(names)}
    rows = flagged.mutate(**own, **{f"{_STEP}stray": stray})
    down = ibis.cumulative_window(group_by=FILE, order_by=ROW)
    begins = {
        f"{_STEP}record{place}": ibis.or_(*(rows[one].notnull() for one in [*own][: place + 1]))
        for place in range(len(own))
    }
    rows = rows.mutate(**{name: begun.cast("int64").sum().over(down) for name, begun in begins.items()})
    filled = {
        name: ibis.ifelse(rows[f"{_STEP}stray"], rows[name], rows[value].max().over(group_by=[FILE, rows[record]]))
        for name, value, record in zip(names, own, begins, strict=True)
    }
    return rows.mutate(**filled).select(raw.columns)


def split(raw: Table, said: Split) -> Table:
    """Return a row for each element of the lists in a column; one for a cell without any."""
    _refuse(_unknown("split.column", [said.column], visible_columns(raw)))
    texts = raw[said.column].cast("string").split(said.by)
    elements = texts.map(stripped).filter(lambda one: one.notnull())
    nothing = ibis.array([ibis.null("string")])
    one_each = ibis.ifelse(elements.length() > 0, elements, nothing).fill_null(nothing)
    return raw.mutate(**{said.column: one_each.unnest()})


def unpivoted(raw: Table, said: Unpivot) -> Table:
    """Return a row for each filled cell of the columns: the other columns, what the cell's one was called, and its value."""
    own = visible_columns(raw)
    chosen = [name for name in own if any(name == one or fnmatchcase(name, one) for one in said.columns)]
    unknown = [one for one in said.columns if one not in own and not any(fnmatchcase(name, one) for name in own)]
    problems = _unknown("unpivot.columns", unknown, own)
    problems += [
        f"unpivot.{key}: {_taken(name)}"
        for key, name in (("name", said.name), ("value", said.value))
        if name in own and name not in chosen
    ]
    _refuse(problems)
    kind = common_type([raw[name].type() for name in chosen])
    alike = raw.mutate(**{name: raw[name].cast(kind) for name in chosen})
    rows = alike.pivot_longer(chosen, names_to=said.name, values_to=said.value)
    return rows.filter(_filled(rows[said.value]).notnull())


def totalled(raw: Table, said: Total, currency: str) -> Table:
    """Return one row per key and file: the first of it, with the sums of columns; rows without a key stay as they are.

    Where one of the cells is no number, it stands in place of the sum, so that it is told as what cannot be read.
    """
    own = visible_columns(raw)
    _refuse([*_unknown("total.by", said.by, own), *_unknown("total.of", said.of, own)])
    keys = {f"{_STEP}{place}": _text(raw[name]) for place, name in enumerate(said.by)}
    rows = raw.mutate(**keys)
    is_keyed = ibis.and_(*(rows[name].notnull() for name in keys))
    rows = rows.mutate(**{f"{_STEP}alone": ibis.ifelse(is_keyed, ibis.null("int64"), rows[ROW])})
    same = [FILE, *keys, f"{_STEP}alone"]
    sums = {name: _sum(rows[name], ibis.window(group_by=same), currency) for name in said.of}
    place = ibis.row_number().over(group_by=same, order_by=ROW)
    return rows.mutate(**sums, **{f"{_STEP}place": place}).filter(_[f"{_STEP}place"] == 0).select(raw.columns)


def _sum(value: Value, window: ibis.expr.builders.WindowBuilder, currency: str) -> Value:
    if value.type().is_numeric():
        return value.sum().over(window)
    text = stripped(value.cast("string"))
    number = parse(normalise(text, Kind.AMOUNT, currency), Kind.AMOUNT, None, "UTC")
    unread = ibis.ifelse(text.notnull() & number.isnull(), text, None)
    whole = number.sum().over(window).cast("string").re_replace(r"\.0+$", "")
    return ibis.coalesce(unread.min().over(window), whole.re_replace(r"(\.[0-9]*[1-9])0+$", r"\1"))


def _filled(value: Value) -> Value:
    """Return a value as it is; null for a text of blanks."""
    return ibis.ifelse(stripped(value).isnull(), None, value) if value.type().is_string() else value


def _text(value: Value) -> StringValue:
    return stripped(value.cast("string"))


def _unknown(key: str, names: Iterable[str], known: Sequence[str]) -> list[str]:
    return [f"{key}: {no_such('source column', name, known)}" for name in names if name not in known]


def _taken(name: str) -> str:
    return f"the source has a column {name!r} already; give it another name here"


def _refuse(problems: list[str]) -> None:
    if problems:
        raise SourceError(problems)
