"""Ids that a tool has taken for numbers: 17850.0 where 17850 was meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import ibis

from cslib.source.files import NON_DATA

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from ibis.expr.types import StringValue, Table

_POINT_ZERO = r"^[0-9]+\.0$"
_LOOKED_AT = 100


def float_id_count(raw: Table, columns: Mapping[str, str]) -> Table:
    """Return how many of the first rows have such an id, as one row with one number: `rows`."""
    first = raw.limit(_LOOKED_AT)
    is_pointed = ibis.or_(*(first[column].cast("string").re_search(_POINT_ZERO) for column in columns.values()))
    return first.aggregate(rows=ibis.ifelse(is_pointed, 1, 0).sum())


def first_ids(raw: Table, columns: Mapping[str, str]) -> Table:
    """Return the ids of the first rows, by their canonical names."""
    return raw.select(**{name: raw[column] for name, column in columns.items()}).limit(_LOOKED_AT)


def pointed_ids(first: pa.Table) -> list[str]:
    """Return which columns have such an id among the first rows: few have any at all, and only these are read to the end."""
    return [
        name
        for name in first.column_names
        if any(re.match(_POINT_ZERO, str(found)) for found in first[name].to_pylist())
    ]


def without_point(text: StringValue) -> StringValue:
    """Return an id without the .0 at its end."""
    return ibis.ifelse(text.re_search(_POINT_ZERO), text.re_replace(r"\.0$", ""), text)


def all_pointed(rows: Table, columns: Mapping[str, str]) -> tuple[str, ...]:
    """Return which columns have ids, all of which end in .0; with a single other id, like 00017 or A-1.0, a column stays as it is.

    `columns` maps each to the name of its text in `rows`.
    """
    own = rows.filter(rows[NON_DATA].isnull())
    (found,) = (
        own.aggregate(**{name: own[text].re_search(_POINT_ZERO).all() for name, text in columns.items()})
        .to_pyarrow()
        .to_pylist()
    )
    return tuple(name for name, all_are in found.items() if all_are)
