"""Usage summed up as DuckDB does it best: the days of a month, and the features used, are the bits of a number.

Distinct counts would keep every day of every user in memory, and take three times as long.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.model import Kind
from cslib.periods import Month, month_number
from cslib.source import RAW, UNREAD
from cslib.source.non_data_rows import without_flags
from cslib.source.parse import is_no_known_day
from cslib.usage.aggregate import (
    UsageSums,
    by_customer_month,
    by_features,
    by_user_month,
    feature_starts,
    with_feature_count,
    with_violations,
)
from cslib.usage.bitfields import (
    MOST_FEATURES,
    UsageBits,
    bit,
    bit_count,
    highest_day,
    lowest_day,
    month_end,
    with_weeks,
)
from cslib.validation.validate import ValidatedTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ibis.common.deferred import Deferred
    from ibis.expr.types import IntegerValue, NumericValue, Table

    from cslib.usage.aggregate import ValidatedRows

_IDS = ("customer_id", "user_id")
_PERSON = (*_IDS, "month_end")  # what a row of people stands for, but for its violation
_NO_DAY = UNREAD + "used_on"
_MANY_THREADS = 3  # from which DuckDB keeps the tables that it groups in as small as the processors' caches
_SAMPLE = 100_000  # rows that are looked at to see whether those of a user's month lie together
_TOGETHER = 4  # rows of a user's month in the sample, on average, where they do


def sums_by_masks(judged: ValidatedRows, core_features: Sequence[str]) -> UsageSums:
    """Return the sums of judged rows, computed: first by people, then by features."""
    rows = with_violations(judged.rows, judged.violation_code(), core_features)
    day = bit(rows.used_on.day())
    days = ibis.ifelse(rows.day.notnull(), day, 0).bit_or()
    core_days = ibis.ifelse(rows.is_core, day, 0).bit_or() if core_features else days
    people = by_user_month(rows, user_days=bit_count(days), has_used=days != 0, core_days=core_days)
    # chosen when they are summed up: to choose among the rows, the engine would read every text of them twice
    features = by_features(rows, "is_core").cache().filter(_.is_core)
    used = {"has_used": _.has_used.max(), "last_day": _.last_day.max(), "core_days": _.core_days.bit_or()}
    cells = with_feature_count(by_customer_month(people, **used), features).cache()
    return UsageSums(_with_first_day(cells), _weeks(cells), feature_starts(features))


@dataclass(frozen=True)
class TypedUsage:
    """Usage with its texts as they were found, to be summed up before the texts of the sums are read and judged.

    Reading and judging the texts of millions of rows would take longer than adding the rows up. `judged` are the rows, judged
    as far as they can be without: of texts, claims say no more than that there must be one. `read` reads the texts of
    rows. `customers` are those that are there, as far as that is known.
    """

    judged: ValidatedTable
    read: Callable[[Table], Table]
    customers: Table | None

    def sums(self, core_features: Sequence[str]) -> UsageSums | None:
        """Return the sums, computed in one pass; None where there are more features than a number has bits."""
        names = self._feature_names()
        if names is None:
            return None
        bits = UsageBits.of(names, core_features)
        rows = _with_bits(self.judged, bits)
        held = self._cells(rows, bits)
        begun = self._starts(rows, bits, self._last_start(held.filter(_.violation == 0), bits))
        told = held.mutate(core_features=bits.breadth(held), core_days=bits.core_days(held))
        cells = told.drop(*({*bits.columns} - {"core_days"}))
        return UsageSums(_with_first_day(cells), _weeks(cells), begun)

    def doubtful(self) -> Table:
        """Return the rows but those that surely break no claim, and are of a customer who is there."""
        rows = self.judged.mapped
        doubts = [~self.judged.is_valid_or_null(rows).fill_null(False)]  # noqa: FBT003
        required = [column.name for column in self.judged.table.columns if column.required and column.kind is Kind.TEXT]
        for name in required:
            texts = self._with_found(rows.select(name).distinct().cache())
            no_word = texts[name].isnull()
            if name == "customer_id" and self.customers is not None:
                no_word |= texts.customer_id.notin(self.customers.customer_id)
            found = texts[RAW + name]
            odd = texts.filter(no_word & found.notnull()).select(found=found).cache()
            if _scalar(odd.count()):
                doubts.append(rows[name].cast("string").isin(odd.found))
        return rows.filter(ibis.or_(*doubts))

    def _feature_names(self) -> dict[str, str | None] | None:
        """Return each feature as it is read, None for none, by what is found; None where there are too many."""
        texts = self._with_found(self.judged.mapped.select("feature").distinct())
        names = texts.limit(MOST_FEATURES + 1).to_pyarrow().to_pylist()
        found = {name[RAW + "feature"]: name["feature"] for name in names if name[RAW + "feature"] is not None}
        return found if len(names) <= MOST_FEATURES else None

    def _cells(self, rows: Table, bits: UsageBits) -> Table:
        packs = _regular_user_months(rows.filter(rows.is_regular), bits)
        plain, odd = packs, []
        respelled = self._respelled(packs)
        unpacked = self.judged.mapped.count() - packs.rows.sum().fill_null(0).as_scalar()
        (left,) = respelled.aggregate(respelled=_.count(), unpacked=unpacked.as_scalar()).to_pyarrow().to_pylist()
        if left["respelled"]:
            alike = [packs[name].identical_to(respelled[RAW + name]) for name in _IDS]
            plain = packs.anti_join(respelled, alike)
            odd.append(_as_rows(packs.semi_join(respelled, alike), rows, bits))
        if left["unpacked"]:
            odd.append(_irregular_rows(rows.filter(~rows.is_regular.fill_null(False)), bits))  # noqa: FBT003
        people = _user_months(plain.mutate(violation=ibis.literal(0, "int64"), used_on=ibis.null("date")), bits)
        if odd:
            people = _merge_irregular(people, ibis.union(*(_user_months(self._read(each), bits) for each in odd)), bits)
        return _customer_months(people, bits).cache()

    def _respelled(self, packs: Table) -> Table:
        """Return the ids of users that do not read as they were found."""
        ids = self._with_found(packs.select(*_IDS).distinct().cache())
        return ids.filter(ibis.or_(*(~ids[RAW + name].identical_to(ids[name]) for name in _IDS)))

    def _with_found(self, texts: Table) -> Table:
        """Return columns of texts as they are read, and beside them as they are found.

        Of distinct ones that are to be filtered, keep those that are found: an engine would filter before, and read them of each row.
        """
        return self.read(texts.mutate(**{RAW + name: texts[name].cast("string") for name in texts.columns}))

    def _read(self, rows: Table) -> Table:
        """Return rows with their texts read, and the violation that judges them."""
        judged = ValidatedTable(without_flags(self.read(rows)), self.judged.table, self.judged.read_on)
        return judged.rows.mutate(violation=judged.violation_code())

    def _last_start(self, good: Table, bits: UsageBits) -> Month | None:
        """Return the month by whose end each core feature has been used by a customer that is there."""
        own = good if self.customers is None else good.semi_join(self.customers, "customer_id")
        features = bits.features(own)
        firsts = {f"_{place}": _first_month(own, features & held) for place, held in enumerate(bits.core.values())}
        found = own.aggregate(**firsts).to_pyarrow().to_pylist()[0] if firsts else {}
        return max((Month(number) for number in found.values() if number is not None), default=None)

    def _starts(self, rows: Table, bits: UsageBits, last: Month | None) -> Table:
        """Return who used which core feature when first, up to the month in which the last of them was begun to be used."""
        until = last.last_day if last else date.min
        used = rows.filter(rows.is_regular & bits.is_core(rows.feature) & (rows.used_on <= until))
        first = used.group_by("customer_id", "feature").aggregate(first_used_on=_.used_on.min()).cache()
        # the one text that such a row may lack: its feature is known
        return feature_starts(self.read(first).filter(_.customer_id.notnull()))


def _with_bits(judged: ValidatedTable, bits: UsageBits) -> Table:
    """Return rows as found with the bits that stand for them; regular are those that are used, and surely break no claim."""
    rows = _with_days_as_found(judged.mapped).mutate(feature=_.feature.cast("string"))
    is_good = judged.is_valid_or_null(rows)
    return rows.mutate(
        # asked of the text once more: to filter by the bits takes a tenth longer
        is_regular=is_good & (rows.events > 0) & bits.has_place(rows.feature),
        month_end=month_end(rows.used_on),
        **bits.of_rows(rows),
    )


def _with_days_as_found(rows: Table) -> Table:
    """Return rows with days as they were found, where days were found: whether any is out of reach, a file's statistics tell."""
    found = rows[RAW + "used_on"]
    return rows.mutate(used_on=found, **{_NO_DAY: is_no_known_day(found)}) if found.type().is_date() else rows


def _regular_user_months(rows: Table, bits: UsageBits) -> Table:
    """Return a row per user, as found, and month; computed."""
    # a double holds any number of events; of whole numbers DuckDB keeps sums twice as wide
    events = rows.events.cast("float64").sum()
    with _limit_hash_tables(rows):
        packs = rows.group_by(*_PERSON).aggregate(rows=_.count(), events=events, **_bits_of_group(bits)).cache()
    return packs.mutate(**{name: packs[name].cast("string") for name in _IDS})  # ids may be numbers


@contextmanager
def _limit_hash_tables(rows: Table) -> Iterator[None]:
    """Let DuckDB group rows by users' months in small tables and join these, on machines with few processors, too.

    There it would let one table for each thread grow. Where the rows of a group lie together, most meet in a small one, which
    takes a fifth less time. Where they are strewn, few do, and joining what is left takes twice the memory.
    """
    engine = rows.get_backend()
    ((threads,),) = engine.raw_sql("SELECT current_setting('threads')").fetchall()
    if threads >= _MANY_THREADS or not _is_clustered(rows):
        yield
        return
    engine.raw_sql(f"SET threads = {_MANY_THREADS}")
    try:
        yield
    finally:
        engine.raw_sql(f"SET threads = {threads}")


def _is_clustered(rows: Table) -> bool:
    """Return whether the rows of a user's month lie together, as far as the first rows tell."""
    people = rows.select(*_PERSON).limit(_SAMPLE).group_by(*_PERSON).aggregate(rows=_.count())
    return _scalar(people.rows.mean()) >= _TOGETHER


def _bits_of_group(bits: UsageBits) -> dict[str, Deferred]:
    return {name: _[name].bit_or() for name in bits.columns}


def _as_rows(packs: Table, rows: Table, bits: UsageBits) -> Table:
    """Return packs of regular rows as one row each, which is judged for all of them, with the columns of `_singles`."""
    unread = {name: ibis.literal(value=False) for name in rows.columns if name.startswith(UNREAD)}
    # that there is one; which of them is said by the bits
    feature = ibis.literal(next(iter(bits.texts), None), "string")
    return packs.mutate(used_on=highest_day(month_number(packs.month_end), bits.days(packs)), feature=feature, **unread)


def _irregular_rows(rows: Table, bits: UsageBits) -> Table:
    """Return rows as packs of one each, without days that are none."""
    rows = rows.mutate(used_on=ibis.ifelse(rows[_NO_DAY], ibis.null("date"), rows.used_on))
    held = {name: ibis.ifelse(rows.events > 0, rows[name], 0).fill_null(0) for name in bits.columns}
    number, events = ibis.literal(1, "int64"), rows.events.cast("float64")
    return rows.mutate(month_end=month_end(rows.used_on), rows=number, events=events, **held)


def _user_months(rows: Table, bits: UsageBits) -> Table:
    return rows.select(*_PERSON, "violation", "rows", "events", "used_on", *bits.columns)


def _merge_irregular(people: Table, odd: Table, bits: UsageBits) -> Table:
    """Return people, who stand there once a month, and odd rows, merged with those whose use they tell of as well.

    They would be counted twice, if they are known: a user without an id is not counted.
    """
    odd = _merged(odd, bits).cache()
    again = odd.filter(odd.violation == 0, bits.days(odd) != 0)
    twice = ibis.union(people.semi_join(again, _PERSON), odd)
    return ibis.union(people.anti_join(again, _PERSON), _merged(twice, bits))


def _merged(people: Table, bits: UsageBits) -> Table:
    """Return a row per user, month and violation of rows in which one may stand several times."""
    return people.group_by(*_PERSON, "violation").aggregate(
        rows=_.rows.sum(), events=_.events.sum(), used_on=_.used_on.max(), **_bits_of_group(bits)
    )


def _customer_months(people: Table, bits: UsageBits) -> Table:
    """Return the cells of people, with their bits; `used_on` is the last of the days that the bits do not tell."""
    days = bits.days(people)
    whole = people.mutate(has_used=days != 0, user_days=bit_count(days))
    cells = by_customer_month(whole, "month_end", last_day=_.used_on.max(), **_bits_of_group(bits))
    days, month_no = bits.days(cells), month_number(cells.month_end)
    last_day = ibis.greatest(cells.last_day, highest_day(month_no, days))
    return cells.mutate(month_no=month_no, has_used=days != 0, last_day=last_day).drop("month_end")


def _with_first_day(cells: Table) -> Table:
    return cells.mutate(first_core_day=lowest_day(cells.month_no, cells.core_days)).drop("core_days")


def _first_month(cells: Table, held: IntegerValue) -> IntegerValue:
    return ibis.ifelse(held != 0, cells.month_no, ibis.null("int64")).min()


def _scalar(number: NumericValue) -> int:
    return int(number.to_pyarrow().as_py() or 0)


def _weeks(cells: Table) -> Table:
    """Return the weeks in which there are days of a core feature; a customer has at most one good cell a month."""
    weeks = with_weeks(cells.filter(_.violation == 0, _.core_days != 0))
    of_use = weeks.filter((weeks.core_days & weeks.week_days) != 0)
    own, shared = (of_use.filter(kept).select("customer_id", "week") for kept in (~of_use.is_shared, of_use.is_shared))
    return ibis.union(own, shared.distinct())
