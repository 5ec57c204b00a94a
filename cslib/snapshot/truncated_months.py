"""Last months that look cut: rows stop before the month's last days, though earlier months reach their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.snapshot.manifest import Cut

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cslib.periods import Month
    from cslib.usage.aggregate import MonthCoverage

_LOOKED_AT, _NEEDED = 6, 3  # months before the last one
_ENDS = 3  # a month that has a row in its last days, weekends allowed, reaches its end
_BEYOND = 2  # days by which the last month must stop earlier than all of them


def truncation(table: str, held: Mapping[Month, MonthCoverage], month: Month) -> Cut | None:
    """Return how a table falls short of `month`, given its coverage of each; None where it does not.

    A table that does not reach the end of its months, like one of contracts that start on the 1st, says nothing; nor does a
    silence no longer than some within earlier months, since rows that are rare may well leave out the last days.
    """
    newest = max((each for each in held if each <= month), default=None)
    if newest is None:
        return None
    first_short = min(month, newest + 1)  # a table may have stopped long before
    earlier = [each for each in _before(first_short) if each in held]
    gaps = [_gap(each, held[each].last) for each in earlier]
    if len(gaps) < _NEEDED or len(gaps) < sum(each >= min(held) for each in _before(first_short)):
        return None
    usual = max(sorted(gaps)[: max(_NEEDED, len(gaps) - 1)])  # one month with a long holiday at its end is forgiven
    silence = _gap(month, held[newest].last)
    if usual > _ENDS or silence <= max(usual + _BEYOND, *(held[each].quiet for each in earlier)):
        return None
    return Cut(table=table, month=str(month), last_day=held[newest].last, usual=usual)


def _before(month: Month) -> list[Month]:
    return [month - back for back in range(1, _LOOKED_AT + 1)]


def _gap(month: Month, last: date) -> int:
    return (month.last_day - last).days
