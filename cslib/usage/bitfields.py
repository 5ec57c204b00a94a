"""The days of a month, and the features used in it, as bits of whole numbers, as DuckDB counts them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt
from ibis import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ibis.expr.types import BooleanValue, DateValue, IntegerValue, StringValue, Table


MOST_FEATURES = 62  # that the bits of one number can stand for, with bit 0 unused
_DAYS = 32  # bits of a number that holds features as well: the days of a month, from bit 1


@dataclass(frozen=True)
class UsageBits:
    """The layout of usage as bit fields: which bit stands for which feature, and which columns hold the bits.

    `texts` are the features as they are found, in the order of their bits; `core` holds the bits of each core feature;
    `all_read` is whether every text that is found can be parsed as a feature.
    """

    texts: list[str]
    core: dict[str, int]
    all_read: bool

    @classmethod
    def of(cls, names: Mapping[str, str | None], core_features: Sequence[str]) -> UsageBits:
        """Return the layout for features: parsed names (None: cannot be parsed) by texts as found; without `core_features` all are core."""
        known = {text: name for text, name in names.items() if name is not None}
        core: dict[str, int] = defaultdict(int)
        for place, name in enumerate(known.values(), start=_first_place(len(known))):
            if not core_features or name in core_features:
                core[name] |= 1 << place
        return cls([*known], dict(core), all_read=len(known) == len(names))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of bits, as few as possible: the fewer numbers DuckDB keeps for each user, the quicker it is."""
        held = ("used",) if self._are_one else ("days", "features")
        return held if self._all_core else (*held, "core_days")

    @property
    def _are_one(self) -> bool:
        return _first_place(len(self.texts)) > 1

    @property
    def _all_core(self) -> bool:
        return self._core_mask.bit_count() == len(self.texts)

    @property
    def _core_mask(self) -> int:
        return reduce(or_, self.core.values(), 0)

    def place(self, text: StringValue) -> IntegerValue:
        """Return which bit stands for a text as it was found; null for one that cannot be parsed."""
        others = [None] * (_first_place(len(self.texts)) - 1)
        return _list_position(ibis.literal([*others, *self.texts], "array<string>"), text)

    def has_place(self, text: StringValue) -> BooleanValue:
        """Return whether a bit stands for a text as it was found."""
        return text.notnull() if self.all_read else self.place(text).notnull()

    def is_core(self, text: StringValue) -> BooleanValue:
        """Return whether a text, as it was found, is a core feature; null for one that cannot be parsed."""
        return (bit(self.place(text)) & self._core_mask) != 0

    def of_rows(self, rows: Table) -> dict[str, IntegerValue]:
        """Return the bits of rows with `used_on` and `feature`, by column; null where one of them is not known."""
        day, feature = bit(rows.used_on.day()), bit(self.place(rows.feature))
        held = {"used": day | feature} if self._are_one else {"days": day, "features": feature}
        return held if self._all_core else {**held, "core_days": ibis.ifelse(self.is_core(rows.feature), day, 0)}

    def days(self, held: Table) -> IntegerValue:
        """Return the days of rows with these columns of bits, day 1 as bit 1."""
        return held.used & (2**_DAYS - 1) if self._are_one else held.days

    def core_days(self, held: Table) -> IntegerValue:
        """Return the days on which a core feature was used, day 1 as bit 1."""
        return self.days(held) if self._all_core else held.core_days

    def features(self, held: Table) -> IntegerValue:
        """Return the number whose bits are the features of rows with these columns of bits."""
        return held.used if self._are_one else held.features

    def breadth(self, held: Table) -> IntegerValue:
        """Return how many core features are set in rows with these columns of bits."""
        features = self.features(held)
        each = [ibis.ifelse((features & bits) != 0, 1, 0) for bits in self.core.values()]
        return reduce(add, each, ibis.literal(0, "int64"))


def _first_place(features: int) -> int:
    """Return the bit of the first of so many features: above the bits of the days, where one number can hold both."""
    return _DAYS + 1 if _DAYS + features <= MOST_FEATURES else 1


def bit(place: IntegerValue) -> IntegerValue:
    """Return the number in which this bit alone is set."""
    return ibis.literal(1, "int64") << place.cast("int64")


def highest_day(month_no: IntegerValue, days: IntegerValue) -> DateValue:
    """Return the last of the days of a month; null for none."""
    return _day(month_no, days.nullif(0).log2().floor().cast("int64"))


def lowest_day(month_no: IntegerValue, days: IntegerValue) -> DateValue:
    """Return the first of the days of a month; null for none."""
    return _day(month_no, bit_count((days.nullif(0) & -days) - 1))


def _day(month_no: IntegerValue, day: IntegerValue) -> DateValue:
    return ibis.date(month_no // 12, month_no % 12 + 1, day)


def with_weeks(cells: Table) -> Table:
    """Return each customer-month with each week of its month: its Monday, the bits of its days, whether it is shared with other months."""
    numbers = ibis.range(1, _DAYS).unnest().name("number").as_table()
    days = cells.select("month_no").distinct().cross_join(numbers)
    days = days.filter(days.number <= month_end(_day(days.month_no, ibis.literal(1))).day())
    days = days.mutate(week=_day(days.month_no, days.number).truncate("W").cast("date"), day=bit(days.number))
    weeks = days.group_by("month_no", "week").aggregate(week_days=_.day.bit_or(), is_shared=_.count() < 7)  # noqa: PLR2004
    return cells.join(weeks, "month_no")


@ibis.udf.scalar.builtin(name="bit_count", signature=((dt.int64,), dt.int64))
def bit_count(held):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return how many bits of a number are set, as DuckDB counts them."""


@ibis.udf.scalar.builtin(name="last_day", signature=((dt.date,), dt.date))
def month_end(day):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return the last day of a day's month. DuckDB calls it once per distinct day of a block, but for month numbers once per row."""


@ibis.udf.scalar.builtin(name="list_position", signature=((dt.Array(dt.string), dt.string), dt.int32))
def _list_position(texts, text):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return the place of a text in a list, from 1; null where it is not there. DuckDB calls it once per distinct text of a block."""
