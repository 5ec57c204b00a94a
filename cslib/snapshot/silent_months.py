"""Months that a table of events does not cover: its rows ended, have not begun, or miss a month that they never missed."""

from __future__ import annotations

from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.periods import Month

_DENSE = 10  # rows in a usual month, by which an empty one is none by chance (a Poisson count of mean 10: 1 in 22,000)


def silent_months(rows: Mapping[Month, int], first: Month, last: Month) -> dict[Month, Month | None]:
    """Return the months from `first` to `last` that a table does not cover, each with the last one before that has rows.

    `rows` counts the rows of each month. A month without rows is silent where none came before; where a usual month has
    ten rows or more; and where it ends a silence longer than any before, since a table of rare events may well be quiet
    for as long as it was before. Each month is classified by the rows up to it alone, so that no later row changes it.
    """
    found: dict[Month, Month | None] = {}
    for month in _span([first, last]):
        before = sorted(each for each in rows if each <= month)
        if month not in before and _is_silent([rows.get(each, 0) for each in _span(before)], month, before):
            found[month] = before[-1] if before else None
    return found


def _span(months: list[Month]) -> list[Month]:
    """Return every month from the first of `months` to the last."""
    return [months[0] + apart for apart in range(months[-1].number - months[0].number + 1)] if months else []


def _is_silent(counts: list[int], month: Month, before: list[Month]) -> bool:
    if not before or median(counts) >= _DENSE:
        return True
    gaps = (later.number - earlier.number - 1 for earlier, later in pairwise(before))
    return month.number - before[-1].number > max(gaps, default=0)
