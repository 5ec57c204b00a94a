"""Last months that look cut: rows stop before the month's last days, though earlier months reach their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.snapshot.manifest import Cut

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cslib.periods import Month

_LOOKED_AT, _NEEDED = 6, 3  # months before the last one
_ENDS = 3  # a month that has a row in its last days, weekends allowed, reaches its end
_BEYOND = 2  # days by which the last month must stop earlier than all of them


def cut(table: str, lasts: Mapping[Month, date], month: Month) -> Cut | None:
    """Return how a table falls short of `month`, given the last day of each month that it holds; None where it does not.

    A table that does not reach the end of its months, like one of contracts that start on the 1st, says nothing.
    """
    held = max((each for each in lasts if each <= month), default=None)
    if held is None:
        return None
    first_short = min(month, held + 1)  # a table may have stopped long before
    gaps = [_gap(earlier, lasts[earlier]) for earlier in _before(first_short) if earlier in lasts]
    if len(gaps) < _NEEDED or len(gaps) < sum(each >= min(lasts) for each in _before(first_short)):
        return None
    usual = max(sorted(gaps)[: max(_NEEDED, len(gaps) - 1)])  # one month with a long holiday at its end is forgiven
    if usual > _ENDS or _gap(month, lasts[held]) <= usual + _BEYOND:
        return None
    return Cut(table=table, month=str(month), last_day=lasts[held], usual=usual)


def _before(month: Month) -> list[Month]:
    return [month - back for back in range(1, _LOOKED_AT + 1)]


def _gap(month: Month, last: date) -> int:
    return (month.last_day - last).days
