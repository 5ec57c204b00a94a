"""Calendar months as values, counted by a number so that windows are plain subtraction on every engine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering
from typing import Any

from cslib.errors import MonthError

Day = Any  # an Ibis expression, bound or deferred; this module does not import what it does not use
_SATURDAY = 5
_FORM = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@total_ordering
@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month; `number` is year * 12 + month - 1."""

    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Return the month that a text like `2026-10` names; raises `MonthError` for any other text."""
        found = _FORM.fullmatch(str(text))
        if not found:
            raise MonthError(f"a month is written YYYY-MM, like 2026-10; found {str(text)!r}")
        return cls(int(found[1]) * 12 + int(found[2]) - 1)

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that holds a day."""
        return cls(day.year * 12 + day.month - 1)

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.number // 12, self.number % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return (self + 1).first_day - timedelta(days=1)

    @property
    def workdays(self) -> int:
        """How many of its days are from Monday to Friday."""
        days = (self.first_day + timedelta(days=after) for after in range(self.last_day.day))
        return sum(day.weekday() < _SATURDAY for day in days)

    def __add__(self, months: int) -> Month:
        return Month(self.number + months)

    def __sub__(self, months: int) -> Month:
        return Month(self.number - months)

    def __lt__(self, other: Month) -> bool:
        return self.number < other.number

    def __str__(self) -> str:
        return f"{self.number // 12:04d}-{self.number % 12 + 1:02d}"


def months_up_to(last: Month, count: int) -> tuple[Month, ...]:
    """Return `count` consecutive months that end with `last`, oldest first."""
    return tuple(last - back for back in reversed(range(count)))


def month_number(day: Day) -> Day:
    """Return, as an expression, the number of the month that holds a day; counted as `Month.number` is."""
    return day.year().cast("int64") * 12 + day.month() - 1
