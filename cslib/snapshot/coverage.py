"""The coverage of the data: the months that their days span, and last months that look truncated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.errors import DataError
from cslib.model import BY_NAME, Kind
from cslib.periods import Month, month_number
from cslib.snapshot.silent_months import silent_months
from cslib.snapshot.truncated_months import truncation
from cslib.source.asked import asked_of, said_by, said_day
from cslib.usage.aggregate import MonthCoverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from ibis.expr.types import DateValue, Table

    from cslib.snapshot.manifest import Cut, TableState


@dataclass(frozen=True)
class Coverage:
    """The coverage of the tables of a source, given with the state of each, and of its usage, given by month.

    A table of states (contracts, goals …) that was read on a day covers every month that ended before, whether or not a row
    is dated in it; a table of events covers the months that `silent_months` leaves. Days after `read_on` are ignored.
    """

    tables: Mapping[str, Table]
    states: Mapping[str, TableState]
    usage: Mapping[Month, MonthCoverage]
    read_on: date

    @property
    def months(self) -> tuple[Month, Month]:
        """The first month with data and the last month that is covered; raises `DataError` for data without any day."""
        if not self._days:
            read = f"up to {self.read_on}, when the source was read"
            raise DataError([f"no table holds a date {read}, so there is no month to report"])
        states = any(BY_NAME[name].states for name, held in self._held.items() if held)
        last = Month.of(self.read_on) - 1 if states else Month.of(max(self._days))
        return Month.of(min(self._days)), max(last, Month.of(max(self._days)))

    @property
    def newest(self) -> date:
        """The latest day in any table."""
        return max(self._days)

    @property
    def firsts(self) -> dict[str, str]:
        """The first month of each table in which it has a day; no entry for a table without days."""
        return {name: str(min(held)) for name, held in self._held.items() if held}

    def cuts(self, reported: Month) -> tuple[Cut, ...]:
        """Return the tables whose rows stop before the end of a month, though they reach the end of earlier ones."""
        # most contracts start on the 1st
        found = (truncation(name, held, reported) for name, held in self._held.items() if name != "contracts")
        return tuple(filter(None, found))

    def untold(self, first: Month, last: Month) -> dict[str, dict[str, date | None]]:
        """Return by table of events the months from `first` to `last` that it does not cover, each with its last day before."""
        events = {name: held for name, held in self._held.items() if held and not BY_NAME[name].states}
        found = {}
        for name, held in events.items():
            silent = silent_months({month: one.rows for month, one in held.items()}, first, last)
            found[name] = {str(month): held[before].last if before else None for month, before in silent.items()}
        return {name: months for name, months in found.items() if months}

    @cached_property
    def _days(self) -> list[date]:
        ends = (day for held in self._held.values() for one in held.values() for day in (one.first, one.last))
        return [day for day in ends if day <= self.read_on]

    @cached_property
    def _held(self) -> dict[str, Mapping[Month, MonthCoverage]]:
        """The coverage of each month by table, over all days on which something happened or a contract began."""
        found: dict[str, Mapping[Month, MonthCoverage]] = {name: self._held_by(name) for name in self.tables}
        return found | ({"usage": self.usage} if self.usage else {})

    def _held_by(self, name: str) -> dict[Month, MonthCoverage]:
        table, columns = self.tables[name], self._happened(name)
        if not columns:
            return {}
        asked = asked_of(table, by=(columns, said_by(table, self.read_on)))
        found = asked.answer("months", partial(_months, table, columns, said_day(table, self.read_on))).to_pylist()
        return {Month(int(row["month"])): MonthCoverage(*map(row.get, MonthCoverage._fields)) for row in found}

    def _happened(self, name: str) -> list[str]:
        """Return the columns of the days on which something happened or began, as far as the source holds them.

        Due dates and the ends of contracts say nothing about coverage.
        """
        kinds = (Kind.DATE, Kind.TIMESTAMP, Kind.MONTH)
        dated = (c.name for c in BY_NAME[name].columns if c.kind in kinds and (c.happened or c.name == "starts_on"))
        return [column for column in dated if column in self.states[name].columns]


def _months(table: Table, columns: Iterable[str], read_on: DateValue) -> Table:
    """Return the coverage of each month by the days in some columns up to the day on which they were read."""
    each = [table.select(day=table[column].cast("date")) for column in columns]
    days = (ibis.union(*each) if each[1:] else each[0]).filter(_.day <= read_on)
    each_day = days.group_by("day").aggregate(rows=_.count(), month=month_number(_.day).max())
    before = each_day.day.lag().over(group_by="month", order_by="day")
    months = each_day.mutate(quiet=(each_day.day.delta(before, unit="day") - 1).fill_null(0)).group_by("month")
    return months.aggregate(first=_.day.min(), last=_.day.max(), rows=_.rows.sum(), quiet=_.quiet.max())
