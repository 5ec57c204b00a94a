"""The months of a portfolio as a table, and the expansion of rows to the months in which they are valid."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import ibis

from cslib.periods import Month

if TYPE_CHECKING:
    from ibis.expr.types import DateValue, Table

_WEEK = 7


def month_spine(first: Month, last: Month) -> Table:
    """Return a row per month: month_no, month (YYYY-MM), first_day, last_day, days, last_week.

    `last_week` is the Monday of the last week (Monday to Sunday) that ends within the month.
    """
    months = [Month(number) for number in range(first.number, last.number + 1)]
    schema = ibis.schema(
        {
            "month_no": "int64",
            "month": "string",
            "first_day": "date",
            "last_day": "date",
            "days": "int64",
            "last_week": "date",
        }
    )
    return ibis.memtable([_row(month) for month in months], schema=schema)


def _row(month: Month) -> dict[str, object]:
    last = month.last_day
    # the last Sunday up to the month's end closes the last whole week
    sunday = last - timedelta(days=(last.weekday() + 1) % _WEEK)
    return {
        "month_no": month.number,
        "month": str(month),
        "first_day": month.first_day,
        "last_day": last,
        "days": last.day,
        "last_week": sunday - timedelta(days=_WEEK - 1),
    }


def expand_to_months(rows: Table, months: Table, since: str, until: str) -> Table:
    """Return a row per row and month from the month number `since` up to, without, `until` (null: no end)."""
    held = (rows[since] <= months.month_no) & (rows[until].isnull() | (months.month_no < rows[until]))
    return rows.join(months.select("month_no"), held)


def plus_days(day: DateValue, days: int) -> DateValue:
    """Return the day `days` later."""
    return (day + ibis.interval(days=days)).cast("date")


def left_join_columns(rows: Table, further: Table, *keys: str) -> Table:
    """Return `rows` with the columns of `further` joined to them, null where no row of it has the same keys."""
    joined = rows.left_join(further, list(keys))
    return joined.drop(*(f"{key}_right" for key in keys))
