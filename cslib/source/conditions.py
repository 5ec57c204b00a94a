"""The words of a `where`, the same for the rows of a source and for the customers of a segment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis

from cslib.errors import no_such
from cslib.model import Kind
from cslib.source.text import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibis.expr.types import BooleanValue, Table, Value

    from cslib.settings import Condition, Where


def unknown_columns(where: Where, table: Table, place: str) -> list[str]:
    """Return a sentence for each column that `where` names and `table` does not hold."""
    return [f"{place}: {no_such('column', name, table.columns)}" for name in where if name not in table.columns]


def holds(where: Where, table: Table) -> BooleanValue:
    """Return the condition, true or false and never null, that a row of `table` keeps `where`."""
    parts = [part for name, condition in where.items() for part in _parts(table[name], condition)]
    return ibis.and_(*parts) if parts else ibis.literal(value=True)


def _parts(column: Value, condition: Condition) -> Iterator[BooleanValue]:
    if condition.one_of is not None:
        yield _among(column, condition.one_of)
    if condition.none_of is not None:
        yield ~_among(column, condition.none_of)
    if condition.at_least is not None:
        yield (_like(column, condition.at_least) >= condition.at_least).fill_null(False)  # noqa: FBT003
    if condition.below is not None:
        yield (_like(column, condition.below) < condition.below).fill_null(False)  # noqa: FBT003
    if condition.missing is not None:
        yield column.isnull() if condition.missing else column.notnull()


def _among(column: Value, values: tuple[object, ...]) -> BooleanValue:
    return column.cast("string").isin([_as_text(value) for value in values]).fill_null(False)  # noqa: FBT003


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _like(column: Value, bound: object) -> Value:
    if not column.type().is_string():
        return column
    kind = Kind.DATE if isinstance(bound, date) else Kind.NUMBER
    return parse(column, kind, None, "UTC")
