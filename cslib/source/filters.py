"""The filters of a `where`, the same for the rows of a source and for the customers of a segment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from cslib.errors import no_such
from cslib.model import Kind
from cslib.source.parse import normalise, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibis.expr.types import BooleanValue, Table, Value

    from cslib.settings import Condition, Where


def unknown_columns(where: Where, table: Table, place: str) -> list[str]:
    """Return a sentence for each column that `where` names and `table` does not have, or cannot compare with a bound."""
    known = [name for name in table.columns if not name.startswith("_")]
    unknown = [f"{place}: {no_such('column', name, known)}" for name in where if name not in table.columns]
    held = ((name, condition) for name, condition in where.items() if name in table.columns)
    return unknown + [
        f"{place}: {name}: {said}" for name, condition in held for said in _misfits(table[name], condition)
    ]


def _misfits(column: Value, condition: Condition) -> Iterator[str]:
    kind = column.type()
    for bound in (condition.at_least, condition.below):
        wanted_day = isinstance(bound, date)
        fits = kind.is_string() or (kind.is_temporal() if wanted_day else kind.is_numeric())
        if bound is not None and not fits:
            yield f"the column holds a {kind}, which cannot be compared with {bound}"


def predicate(where: Where, table: Table) -> BooleanValue:
    """Return the condition, true or false and never null, that a row of `table` keeps `where`."""
    parts = [part for name, condition in where.items() for part in _conditions(table[name], condition)]
    return ibis.and_(*parts) if parts else ibis.literal(value=True)


def _conditions(column: Value, condition: Condition) -> Iterator[BooleanValue]:
    if condition.one_of is not None:
        yield _is_any_of(column, condition.one_of)
    if condition.none_of is not None:
        yield ~_is_any_of(column, condition.none_of)
    if condition.at_least is not None:
        yield (_comparable(column, condition.at_least) >= condition.at_least).fill_null(False)  # noqa: FBT003
    if condition.below is not None:
        yield (_comparable(column, condition.below) < condition.below).fill_null(False)  # noqa: FBT003
    if condition.missing is not None:
        yield column.isnull() if condition.missing else column.notnull()


def _is_any_of(column: Value, values: tuple[object, ...]) -> BooleanValue:
    return ibis.or_(*(_equals(column, value) for value in values)).fill_null(False)  # noqa: FBT003


def _equals(column: Value, value: object) -> BooleanValue:
    """Return whether a column equals `value`: a truth in any spelling, an amount as a number, all else as text."""
    kind, text = column.type(), column.cast("string").strip()
    if isinstance(value, bool):
        return parse(text, Kind.BOOLEAN, None, "UTC") == value
    if isinstance(value, int | float) and kind.is_numeric():
        return column.cast("float64") == float(value)
    if isinstance(value, date) and kind.is_timestamp():
        return column.cast("date") == ibis.literal(value).cast("date")
    return text == str(value)


def _comparable(column: Value, bound: object) -> Value:
    if not column.type().is_string():
        return column
    kind = Kind.DATE if isinstance(bound, date) else Kind.NUMBER
    return parse(normalise(column.strip(), kind, "JPY"), kind, None, "UTC")
