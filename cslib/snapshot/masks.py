"""Usage summed up as DuckDB does it best: the days of a month, and the features used, are the bits of a number.

Distinct counts would keep every day of every user in memory, and take three times as long.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt
from ibis import _

from cslib.periods import Month, month_number
from cslib.snapshot.judge import Judged
from cslib.snapshot.usage import UsageSums, breadth_and_starts, by_cells, by_features, by_people, core_rows, marked
from cslib.source import RAW, UNREAD
from cslib.source.strays import unmarked
from cslib.source.text import is_no_known_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ibis.expr.types import BooleanValue, DateValue, IntegerValue, StringValue, Table

    from cslib.snapshot.usage import Reviewed

_MOST = 62  # features that the bits of one number can stand for
_IDS, _MASKS = ("customer_id", "user_id"), ("days", "core_days", "features")
_NO_DAY = UNREAD + "used_on"


class _AllGood:
    def __init__(self, rows: Table) -> None:
        self.rows = rows

    def reason(self) -> IntegerValue:
        return ibis.literal(0, "int64")

    def good(self) -> Table:
        return self.rows


def usage_totals(usage: Table, core_features: Sequence[str]) -> dict[str, Table]:
    """Return the tables that stand for usage whose rows are all good."""
    return sums_by_masks(_AllGood(usage), core_features).tables()


def sums_by_masks(judged: Reviewed, core_features: Sequence[str]) -> UsageSums:
    """Return the sums of judged rows, computed: first by people, then by features."""
    rows, core = marked(judged.rows, judged.reason(), core_features), core_rows(judged.good(), core_features)
    days = _mask(rows, rows.day.notnull())
    core_days = _mask(rows, rows.is_core) if core_features else days
    people = by_people(rows, user_days=_bit_count(days), has_used=days != 0, core_days=core_days)
    cells = by_cells(people, core_days=_.core_days.bit_or()).cache()
    return UsageSums(_with_first_day(cells), _weeks(cells), *breadth_and_starts(by_features(core).cache()))


@dataclass(frozen=True)
class FoundUsage:
    """Usage with its texts as they were found, to be summed up before the texts of the sums are read and judged.

    Reading and judging the texts of millions of rows would take longer than adding the rows up. `judged` are the rows, judged
    as far as they can be without: of texts, claims say no more than that there must be one. `read` reads the texts of
    rows. `customers` are those that are there, as far as that is known.
    """

    judged: Judged
    read: Callable[[Table], Table]
    customers: Table | None

    def sums(self, core_features: Sequence[str]) -> UsageSums | None:
        """Return the sums, computed in one pass; None where there are more features than a number has bits."""
        names = self._feature_names()
        if names is None:
            return None
        bits = _FeatureBits.of(names, core_features)
        rows = _with_bits(self.judged, bits)
        cells = self._cells(rows, bits)
        good = cells.filter(_.reason == 0)
        breadth = good.select("customer_id", "month_no", core_features=bits.count(good.features))
        return UsageSums(
            _with_first_day(cells), _weeks(cells), breadth, self._starts(rows, bits, self._last_start(good, bits))
        )

    def _feature_names(self) -> dict[str, str] | None:
        """Return each feature as it is read, by what is found; None where there are too many."""
        names = self._texts(self.judged.rows, "feature").limit(_MOST + 1).to_pyarrow().to_pylist()
        known = {name["found"]: name["feature"] for name in names if name["feature"] is not None}
        return known if len(names) <= _MOST else None

    def _cells(self, rows: Table, bits: _FeatureBits) -> Table:
        packs = _packs(rows.filter(rows.is_regular), bits)
        if self._is_settled(packs):
            return _cells(packs.mutate(reason=ibis.literal(0, "int64"), used_on=ibis.null("date"))).cache()
        as_rows = _as_rows(packs, rows, bits)
        # those that are not regular are judged and added up one by one
        odd = _singles(rows.filter(~_.is_regular.fill_null(False))).select(*as_rows.columns)  # noqa: FBT003
        return _cells(_merged(self._read(ibis.union(as_rows, odd)))).cache()

    def _is_settled(self, packs: Table) -> bool:
        """Return whether the packs hold all rows, and all ids read as they were found, so that nothing is left to be judged."""
        if _whole(packs.rows.sum()) != _whole(self.judged.rows.count()):
            return False
        ids = {name: self._texts(packs, name) for name in _IDS}
        return not any(_whole(ids[name].filter(~_.found.identical_to(_[name])).count()) for name in _IDS)

    def _texts(self, rows: Table, name: str) -> Table:
        """Return the texts of a column as they are found, and as they are read."""
        # kept, or the engine would read the text of each row to have fewer of which to look for distinct ones
        texts = rows.select(name).distinct().cache()
        return self.read(texts.mutate(found=texts[name].cast("string")))

    def _read(self, rows: Table) -> Table:
        """Return rows with their texts read, and the reason that judges them."""
        judged = Judged(unmarked(self.read(rows)), self.judged.table, self.judged.read_on)
        return judged.rows.mutate(reason=judged.reason())

    def _last_start(self, good: Table, bits: _FeatureBits) -> Month | None:
        """Return the month by whose end each core feature has been used by a customer that is there."""
        own = good if self.customers is None else good.semi_join(self.customers, "customer_id")
        firsts = {f"_{place}": _first_month(own, mask) for place, mask in enumerate(bits.core.values())}
        found = own.aggregate(**firsts).to_pyarrow().to_pylist()[0] if firsts else {}
        return max((Month(number) for number in found.values() if number is not None), default=None)

    def _starts(self, rows: Table, bits: _FeatureBits, last: Month | None) -> Table:
        """Return who used which core feature when first, up to the month in which the last of them was begun to be used."""
        is_core = (rows.feature_bit & bits.core_mask) != 0
        used = rows.filter(rows.is_regular & is_core & (rows.used_on <= (last.last_day if last else date.min)))
        first = used.group_by("customer_id", "feature").aggregate(used_on=_.used_on.min()).cache()
        others = {name: rows[name].type() for name in self.judged.rows.columns if name not in first.columns}
        read = self._read(first.mutate(**{name: ibis.null(kind) for name, kind in others.items()})).filter(
            _.reason == 0
        )
        return read.group_by("customer_id", "feature").aggregate(first_used_on=_.used_on.min()).cache()


@dataclass(frozen=True)
class _FeatureBits:
    """Features as bits of a number: `texts` as they are found, in the order of the bits; `core` holds the bits of each core feature."""

    texts: list[str]
    core: dict[str, int]

    @classmethod
    def of(cls, names: Mapping[str, str], core_features: Sequence[str]) -> _FeatureBits:
        core: dict[str, int] = defaultdict(int)
        for place, name in enumerate(names.values(), start=1):
            if not core_features or name in core_features:
                core[name] |= 1 << place
        return cls([*names], dict(core))

    @property
    def all_core(self) -> bool:
        """Whether every feature is core."""
        return self.core_mask.bit_count() == len(self.texts)

    @property
    def core_mask(self) -> int:
        """The bits of all core features."""
        return reduce(or_, self.core.values(), 0)

    def place(self, text: StringValue) -> IntegerValue:
        """Return which bit stands for a text as it was found; null for one that cannot be read."""
        return _list_position(ibis.literal(self.texts, "array<string>"), text)

    def count(self, mask: IntegerValue) -> IntegerValue:
        """Return how many core features there are in a mask."""
        held = [ibis.ifelse((mask & bits) != 0, 1, 0) for bits in self.core.values()]
        return reduce(add, held, ibis.literal(0, "int64"))


def _with_bits(judged: Judged, bits: _FeatureBits) -> Table:
    """Return rows as found with the bits that stand for them; regular are those that are used, and surely break no claim."""
    rows = _with_days_as_found(judged.rows).mutate(feature=_.feature.cast("string"))
    with_bits = rows.mutate(
        is_good=judged.is_surely_good(rows),
        month_no=month_number(rows.used_on),
        day_bit=ibis.literal(1, "int64") << rows.used_on.day().cast("int64"),
        feature_bit=ibis.literal(1, "int64") << bits.place(rows.feature).cast("int64"),
    )
    return with_bits.mutate(
        # asked for its place once more: to filter by the bit takes a tenth longer
        is_regular=_.is_good & (_.events > 0) & bits.place(with_bits.feature).notnull(),
        core_day_bit=_.day_bit if bits.all_core else ibis.ifelse((_.feature_bit & bits.core_mask) != 0, _.day_bit, 0),
    )


def _with_days_as_found(rows: Table) -> Table:
    """Return rows with days as they were found, where days were found: whether any is out of reach, a file's statistics tell."""
    found = rows[RAW + "used_on"]
    return rows.mutate(used_on=found, **{_NO_DAY: is_no_known_day(found)}) if found.type().is_date() else rows


def _packs(rows: Table, bits: _FeatureBits) -> Table:
    """Return a row per user, as found, and month; computed."""
    masks = {"days": _.day_bit.bit_or(), "features": _.feature_bit.bit_or()}
    core = {} if bits.all_core else {"core_days": _.core_day_bit.bit_or()}
    sums = {"rows": _.count(), "events": _.events.sum()}
    packs = rows.group_by(*_IDS, "month_no").aggregate(**sums, **masks, **core).cache()
    return packs.mutate(core_days=packs.days) if bits.all_core else packs


def _as_rows(packs: Table, rows: Table, bits: _FeatureBits) -> Table:
    """Return packs of regular rows as one row each, which is judged for all of them, with the columns of `_singles`."""
    unread = {name: ibis.literal(value=False) for name in rows.columns if name.startswith(UNREAD)}
    last_day = _day(packs.month_no, _highest(packs.days))
    # that there is one; which of them is said by the bits
    feature = ibis.literal(next(iter(bits.texts), None), "string")
    return packs.mutate(used_on=last_day, feature=feature, **unread)


def _singles(rows: Table) -> Table:
    """Return rows as packs of one each, without days that are none."""
    rows = rows.mutate(used_on=ibis.ifelse(rows[_NO_DAY], ibis.null("date"), rows.used_on))
    is_used = rows.events > 0
    bits = (rows.day_bit, rows.core_day_bit, rows.feature_bit)
    held = {name: ibis.ifelse(is_used, bit, 0).fill_null(0) for name, bit in zip(_MASKS, bits, strict=True)}
    return rows.mutate(rows=ibis.literal(1, "int64"), **held)


def _merged(people: Table) -> Table:
    """Return a row per user, reason and month of rows in which one may stand several times."""
    return people.group_by(*_IDS, "reason", "month_no").aggregate(
        rows=_.rows.sum(),
        events=_.events.sum(),
        used_on=_.used_on.max(),
        **{name: _[name].bit_or() for name in _MASKS},
    )


def _cells(people: Table) -> Table:
    """Return the cells of people; a null `used_on` stands for the last day of the bits."""
    whole = people.mutate(last_day=people.used_on, has_used=people.days != 0, user_days=_bit_count(people.days))
    cells = by_cells(whole, **{name: _[name].bit_or() for name in _MASKS})
    return cells.mutate(last_day=ibis.coalesce(cells.last_day, _day(cells.month_no, _highest(cells.days)))).drop("days")


def _with_first_day(cells: Table) -> Table:
    first = ibis.ifelse(cells.core_days != 0, _day(cells.month_no, _lowest(cells.core_days)), ibis.null("date"))
    return cells.mutate(first_core_day=first).drop("core_days")


def _first_month(cells: Table, mask: int) -> IntegerValue:
    return ibis.ifelse((cells.features & mask) != 0, cells.month_no, ibis.null("int64")).min()


def _whole(number: IntegerValue) -> int:
    return int(number.to_pyarrow().as_py() or 0)


def _day(month_no: IntegerValue, day: IntegerValue) -> DateValue:
    return ibis.date(month_no // 12, month_no % 12 + 1, day)


def _highest(mask: IntegerValue) -> IntegerValue:
    return mask.nullif(0).log2().floor().cast("int64")


def _lowest(mask: IntegerValue) -> IntegerValue:
    return _bit_count((mask.nullif(0) & -mask) - 1)


def _mask(rows: Table, counted: BooleanValue) -> IntegerValue:
    day = rows.used_on.day().cast("int64")
    return ibis.ifelse(counted, ibis.literal(1, "int64") << day, ibis.literal(0, "int64")).bit_or()


@ibis.udf.scalar.builtin(name="bit_count", signature=((dt.int64,), dt.int64))
def _bit_count(mask):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return how many bits of a mask are set, as DuckDB counts them."""


@ibis.udf.scalar.builtin(name="list_position", signature=((dt.Array(dt.string), dt.string), dt.int32))
def _list_position(texts, text):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return the place of a text in a list, from 1; null where it is not there. DuckDB asks once for each text in a block."""


def _weeks(cells: Table) -> Table:
    """Return the weeks in which there are days of a core feature."""
    used = cells.filter(_.reason == 0, _.core_days != 0)
    months = [Month(number) for number in used.month_no.to_pyarrow().unique().to_pylist()]
    known = [row for month in months for row in _week_masks(month)]
    masks = ibis.memtable(known, schema=ibis.schema({"month_no": "int64", "week": "date", "mask": "int64"}))
    joined = used.join(masks, "month_no")
    return joined.filter((joined.core_days & joined.mask) != 0).select("customer_id", "week").distinct()


def _week_masks(month: Month) -> list[dict[str, object]]:
    masks: dict[date, int] = defaultdict(int)
    for number in range(1, month.last_day.day + 1):
        day = month.first_day.replace(day=number)
        masks[day - timedelta(days=day.weekday())] |= 1 << number
    return [{"month_no": month.number, "week": week, "mask": mask} for week, mask in masks.items()]
