"""Ids that a tool has taken for numbers: 17850.0 where 17850 was meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ibis

from cslib.source.files import NON_DATA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibis.expr.types import StringValue, Table

_POINT_ZERO = r"^[0-9]+\.0$"
_LOOKED_AT = 100


def float_id_columns(raw: Table, rows: Table, columns: Mapping[str, tuple[str, str]]) -> set[str]:
    """Return which canonical id columns have only numbers that end in .0, so that the point means nothing.

    `columns` maps each to its name in `raw` and the name of its text in `rows`. With a single other id, like 00017 or
    A-1.0, the column is kept as it is.
    """
    # few columns have such ids at all: only these are read to the end
    candidates = _some_pointed(raw, {name: column for name, (column, _) in columns.items()})
    return _all_pointed(rows.filter(rows[NON_DATA].isnull()), {name: columns[name][1] for name in candidates})


def float_id_count(raw: Table, columns: Mapping[str, str]) -> Table:
    """Return how many of the first rows have such an id, as one row with one number: `rows`."""
    first = raw.limit(_LOOKED_AT)
    is_pointed = ibis.or_(*(first[column].cast("string").re_search(_POINT_ZERO) for column in columns.values()))
    return first.aggregate(rows=ibis.ifelse(is_pointed, 1, 0).sum())


def _some_pointed(raw: Table, columns: Mapping[str, str]) -> list[str]:
    """Return which columns have such an id among the first rows."""
    if not columns:
        return []
    first = raw.select(**{name: raw[column] for name, column in columns.items()}).limit(_LOOKED_AT).to_pyarrow()
    return [name for name in columns if any(re.match(_POINT_ZERO, str(found)) for found in first[name].to_pylist())]


def without_point(text: StringValue) -> StringValue:
    """Return an id without the .0 at its end."""
    return ibis.ifelse(text.re_search(_POINT_ZERO), text.re_replace(r"\.0$", ""), text)


def _all_pointed(rows: Table, columns: Mapping[str, str]) -> set[str]:
    """Return which columns have ids, all of which end in .0."""
    if not columns:
        return set()
    all_pointed = {name: rows[column].re_search(_POINT_ZERO).all() for name, column in columns.items()}
    return {name for name, all_are in rows.aggregate(**all_pointed).to_pyarrow().to_pylist()[0].items() if all_are}
