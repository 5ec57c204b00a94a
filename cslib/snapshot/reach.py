"""How far data reach: the months that the days in them lie in, and the last months that look cut."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import ibis

from cslib.errors import DataError
from cslib.model import BY_NAME, Kind
from cslib.periods import Month, month_number
from cslib.snapshot.cuts import cut

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ibis.expr.types import Table

    from cslib.snapshot.manifest import Cut, TableState


@dataclass(frozen=True)
class Reach:
    """How far the tables of a source reach, each with its `states`, and its usage, given by the last day of each month.

    Days after `read_on`, when the source was read, say nothing.
    """

    tables: Mapping[str, Table]
    states: Mapping[str, TableState]
    usage: Mapping[Month, date]
    read_on: date

    @property
    def months(self) -> tuple[Month, Month]:
        """The first month that the data hold and the last that they reach; raises `DataError` where they hold no day."""
        ends = chain.from_iterable(chain.from_iterable(held.values() for held in self._ends.values()))
        days = chain.from_iterable(self._days(name) for name in self.tables)
        known = [day for day in chain(ends, days) if day is not None and day <= self.read_on]
        if not known:
            read = f"up to {self.read_on}, when the source was read"
            raise DataError([f"no table holds a date {read}, so there is no month to report"])
        return Month.of(min(known)), Month.of(max(known))

    def cuts(self, reported: Month) -> tuple[Cut, ...]:
        """Return the tables that fall short of a month, though they reached the end of earlier ones."""
        lasts = {name: {month: last for month, (_, last) in held.items()} for name, held in self._ends.items()}
        return tuple(filter(None, (cut(name, held, reported) for name, held in lasts.items())))

    @cached_property
    def _ends(self) -> dict[str, dict[Month, tuple[date, date]]]:
        """The first and the last day of each month that a table of events holds; nothing for any other table."""
        found = {name: self._ends_of(name) for name in self.tables}
        return found | ({"usage": {month: (day, day) for month, day in self.usage.items()}} if self.usage else {})

    def _ends_of(self, name: str) -> dict[Month, tuple[date, date]]:
        column = next(iter(self._happened(name)), None)
        if column is None:
            return {}
        day = self.tables[name][column].cast("date")
        days = self.tables[name].filter(day.notnull()).group_by(month=month_number(day))
        found = days.aggregate(first=day.min(), last=day.max()).to_pyarrow().to_pylist()
        return {Month(int(row["month"])): (row["first"], row["last"]) for row in found}

    def _happened(self, name: str) -> list[str]:
        """Return the columns of the days on which something happened, as far as the source holds them."""
        dated = (c.name for c in BY_NAME[name].columns if c.happened and c.kind in (Kind.DATE, Kind.TIMESTAMP))
        return [column for column in dated if column in self.states[name].columns]

    def _days(self, name: str) -> list[date | None]:
        """Return the earliest and the latest day of each further column of days up to the reading of the source."""
        table = self.tables[name]
        # due dates and contract ends say nothing about how far the data reach
        columns = [*self._happened(name)[1:], *(["starts_on"] if "starts_on" in BY_NAME[name].names else [])]
        if not columns:
            return []
        dated = [table[column].cast("date") for column in columns]
        past = [ibis.ifelse(day <= ibis.literal(self.read_on), day, ibis.null("date")) for day in dated]
        ends = {f"low{i}": day.min() for i, day in enumerate(past)}
        ends |= {f"high{i}": day.max() for i, day in enumerate(past)}
        return list(table.aggregate(**ends).to_pyarrow().to_pylist()[0].values())
