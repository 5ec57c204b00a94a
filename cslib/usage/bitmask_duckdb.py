"""Usage summed up as DuckDB does it best: the days of a month, and the features used, are the bits of a number.

Distinct counts would keep every day of every user in memory, and take three times as long.

Terms of this package:
    usage row: one row of the table `usage`: a customer, a user, a day, a feature and its events.
    regular row: a row with events above 0 and a feature that is known, which provably breaks no claim before its texts are
        parsed; every other row is irregular.
    user-month: one row per customer_id, user_id, month and violation; days and features are bits.
    regular user-month: a user-month summed up from regular rows alone, its ids as they were found in the source.
    customer-month: one row per customer_id, month and violation, summed up from user-months; `UsageSums.cells` holds them.
    violation: the code of the claims that a row breaks, see `ValidatedTable.violation_code`; 0 for a valid row.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.model import Kind
from cslib.periods import Month, month_number
from cslib.source import RAW, UNREAD
from cslib.source.asked import asked_of
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
    from ibis.expr.types import NumericValue, Table

    from cslib.usage.aggregate import ValidatedRows

_IDS = ("customer_id", "user_id")
_PERSON = (*_IDS, "month_end")  # the key of a user-month, but for its violation
_NO_DAY = UNREAD + "used_on"
_MANY_THREADS = 3  # from which DuckDB keeps the tables that it groups in as small as the processors' caches
_SAMPLE = 100_000  # rows that are looked at to see whether those of a user-month are stored close together
_TOGETHER = 4  # rows of a user-month in the sample, on average, where they are


def sums_by_masks(validated: ValidatedRows, core_features: Sequence[str]) -> UsageSums:
    """Return the sums of validated rows, computed: first by user-month, then by feature."""
    asked = asked_of(validated.rows, by=(type(validated), tuple(core_features)))
    rows = asked.described("judged", lambda: with_violations(validated.rows, validated.violation_code(), core_features))
    features = asked_of(rows).table("features", lambda: by_features(rows, "is_core"))
    # filtered when they are summed up: to filter the rows themselves, the engine would parse every text of them twice
    core = asked_of(features).described("core", lambda: features.filter(_.is_core))
    has_core = bool(core_features)
    asked = asked_of(rows, core, by=has_core)
    cells = asked.table("cells", partial(_cells_by_masks, rows, core, has_core=has_core))
    return UsageSums(
        asked_of(cells).described("first days", partial(_with_first_day, cells)),
        asked_of(cells).described("weeks", partial(_weeks, cells)),
        asked_of(core).described("starts", partial(feature_starts, core)),
    )


def _cells_by_masks(rows: Table, core: Table, *, has_core: bool) -> Table:
    day = bit(rows.used_on.day())
    days = ibis.ifelse(rows.day.notnull(), day, 0).bit_or()
    core_days = ibis.ifelse(rows.is_core, day, 0).bit_or() if has_core else days
    user_months = by_user_month(rows, user_days=bit_count(days), has_used=days != 0, core_days=core_days)
    used = {"has_used": _.has_used.max(), "last_day": _.last_day.max(), "core_days": _.core_days.bit_or()}
    return with_feature_count(by_customer_month(user_months, **used), core)


@dataclass(frozen=True)
class TypedUsage:
    """Usage with its texts as they were found: summed up first, so that only the texts of the sums are parsed and validated.

    Parsing and validating the texts of millions of rows would take longer than adding the rows up. `judged` are the rows,
    validated as far as that needs no parsed text: of a text, claims say no more than that there must be one. `read` parses
    the texts of rows. `customers` are the known customers; None where these could not be read.
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
        counted = held.mutate(core_features=bits.breadth(held), core_days=bits.core_days(held))
        cells = counted.drop(*({*bits.columns} - {"core_days"}))
        return UsageSums(_with_first_day(cells), _weeks(cells), begun)

    def doubtful(self) -> Table:
        """Return the rows that may break a claim: all but those that provably break none and name a known customer."""
        rows = self.judged.mapped
        reasons = [~self.judged.is_valid_or_null(rows).fill_null(False)]  # noqa: FBT003
        required = [column.name for column in self.judged.table.columns if column.required and column.kind is Kind.TEXT]
        for name in required:
            texts = self._with_found(rows.select(name).distinct().cache())
            no_word = texts[name].isnull()
            if name == "customer_id" and self.customers is not None:
                no_word |= texts.customer_id.notin(self.customers.customer_id)
            found = texts[RAW + name]
            invalid = texts.filter(no_word & found.notnull()).select(found=found).cache()
            if _scalar(invalid.count()):
                reasons.append(rows[name].cast("string").isin(invalid.found))
        return rows.filter(ibis.or_(*reasons))

    def _feature_names(self) -> dict[str, str | None] | None:
        """Return the parsed name of each feature (None where it cannot be parsed) by its text as found; None for too many features."""
        texts = self._with_found(self.judged.mapped.select("feature").distinct())
        names = texts.limit(MOST_FEATURES + 1).to_pyarrow().to_pylist()
        found = {name[RAW + "feature"]: name["feature"] for name in names if name[RAW + "feature"] is not None}
        return found if len(names) <= MOST_FEATURES else None

    def _cells(self, rows: Table, bits: UsageBits) -> Table:
        regular = _regular_user_months(rows.filter(rows.is_regular), bits)
        plain, irregular = regular, []
        respelled = self._respelled(regular)
        others = self.judged.mapped.count() - regular.rows.sum().fill_null(0).as_scalar()
        (left,) = respelled.aggregate(respelled=_.count(), irregular=others.as_scalar()).to_pyarrow().to_pylist()
        if left["respelled"]:
            alike = [regular[name].identical_to(respelled[RAW + name]) for name in _IDS]
            plain = regular.anti_join(respelled, alike)
            irregular.append(_as_rows(regular.semi_join(respelled, alike), rows, bits))
        if left["irregular"]:
            irregular.append(_irregular_rows(rows.filter(~rows.is_regular.fill_null(False)), bits))  # noqa: FBT003
        user_months = _user_months(plain.mutate(violation=ibis.literal(0, "int64"), used_on=ibis.null("date")), bits)
        if irregular:
            user_months = _merge_irregular(
                user_months, ibis.union(*(_user_months(self._read(each), bits) for each in irregular)), bits
            )
        return _customer_months(user_months, bits).cache()

    def _respelled(self, regular: Table) -> Table:
        """Return the ids of users whose parsed text differs from the text as found."""
        ids = self._with_found(regular.select(*_IDS).distinct().cache())
        return ids.filter(ibis.or_(*(~ids[RAW + name].identical_to(ids[name]) for name in _IDS)))

    def _with_found(self, texts: Table) -> Table:
        """Return columns of texts parsed, and next to each its text as found, named with the prefix `RAW`.

        Distinct texts that are to be filtered must be cached before: an engine would push the filter down and parse each row.
        """
        return self.read(texts.mutate(**{RAW + name: texts[name].cast("string") for name in texts.columns}))

    def _read(self, rows: Table) -> Table:
        """Return rows with their texts parsed and with the `violation` of each."""
        validated = ValidatedTable(without_flags(self.read(rows)), self.judged.table, self.judged.read_on)
        return validated.rows.mutate(violation=validated.violation_code())

    def _last_start(self, good: Table, bits: UsageBits) -> Month | None:
        """Return the first month by whose end every core feature was used by some known customer; None where none was used."""
        known = good if self.customers is None else good.semi_join(self.customers, "customer_id")
        features = bits.features(known)
        firsts = {
            f"_{place}": ibis.ifelse((features & held) != 0, known.month_no, ibis.null("int64")).min()
            for place, held in enumerate(bits.core.values())
        }
        found = known.aggregate(**firsts).to_pyarrow().to_pylist()[0] if firsts else {}
        return max((Month(number) for number in found.values() if number is not None), default=None)

    def _starts(self, rows: Table, bits: UsageBits, last: Month | None) -> Table:
        """Return the first use of each core feature by each customer, up to `last`, the month in which the last feature was taken up."""
        until = last.last_day if last else date.min
        used = rows.filter(rows.is_regular & bits.is_core(rows.feature) & (rows.used_on <= until))
        first = used.group_by("customer_id", "feature").aggregate(first_used_on=_.used_on.min()).cache()
        # the customer is the one text that such a row may lack: its feature is known
        return feature_starts(self.read(first).filter(_.customer_id.notnull()))


def _with_bits(validated: ValidatedTable, bits: UsageBits) -> Table:
    """Return rows as found with their bits, their month, and whether they are regular rows."""
    rows, day = validated.mapped, validated.mapped[RAW + "used_on"]
    if day.type().is_date():  # days as they were found: whether any is out of range, the statistics of a file tell
        rows = rows.mutate(used_on=day, **{_NO_DAY: is_no_known_day(day)})
    rows = rows.mutate(feature=_.feature.cast("string"))
    is_good = validated.is_valid_or_null(rows)
    return rows.mutate(
        # looked up by the text once more: to filter by the bits takes a tenth longer
        is_regular=is_good & (rows.events > 0) & bits.has_place(rows.feature),
        month_end=month_end(rows.used_on),
        **bits.of_rows(rows),
    )


def _regular_user_months(rows: Table, bits: UsageBits) -> Table:
    """Return the regular user-months of regular rows, computed."""
    # a double holds any number of events; of whole numbers DuckDB keeps sums twice as wide
    events = rows.events.cast("float64").sum()
    with _limit_hash_tables(rows):
        regular = rows.group_by(*_PERSON).aggregate(rows=_.count(), events=events, **_bits_of_group(bits)).cache()
    return regular.mutate(**{name: regular[name].cast("string") for name in _IDS})  # ids may be numbers


@contextmanager
def _limit_hash_tables(rows: Table) -> Iterator[None]:
    """Let DuckDB group rows by user-month in small hash tables and merge these, on machines with few processors, too.

    There it would let one hash table per thread grow. Where the rows of a group are stored close together, most of them fall
    into the same small table, which takes a fifth less time. Where they are scattered, few do, and the merge takes twice the
    memory.
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
    """Return whether the rows of a user-month are stored close together, estimated from the first rows."""
    user_months = rows.select(*_PERSON).limit(_SAMPLE).group_by(*_PERSON).aggregate(rows=_.count())
    return _scalar(user_months.rows.mean()) >= _TOGETHER


def _bits_of_group(bits: UsageBits) -> dict[str, Deferred]:
    return {name: _[name].bit_or() for name in bits.columns}


def _as_rows(regular: Table, rows: Table, bits: UsageBits) -> Table:
    """Return regular user-months as one row each, validated once for all of its rows; columns as of `_irregular_rows`."""
    unread = {name: ibis.literal(value=False) for name in rows.columns if name.startswith(UNREAD)}
    # any known feature will do for the claims: the bits hold which ones were used
    feature = ibis.literal(next(iter(bits.texts), None), "string")
    return regular.mutate(
        used_on=highest_day(month_number(regular.month_end), bits.days(regular)), feature=feature, **unread
    )


def _irregular_rows(rows: Table, bits: UsageBits) -> Table:
    """Return irregular rows in the columns of user-months, each one row; a day that is no known day is null."""
    rows = rows.mutate(used_on=ibis.ifelse(rows[_NO_DAY], ibis.null("date"), rows.used_on))
    held = {name: ibis.ifelse(rows.events > 0, rows[name], 0).fill_null(0) for name in bits.columns}
    number, events = ibis.literal(1, "int64"), rows.events.cast("float64")
    return rows.mutate(month_end=month_end(rows.used_on), rows=number, events=events, **held)


def _user_months(rows: Table, bits: UsageBits) -> Table:
    return rows.select(*_PERSON, "violation", "rows", "events", "used_on", *bits.columns)


def _merge_irregular(user_months: Table, irregular: Table, bits: UsageBits) -> Table:
    """Return user-months, in which a user occurs once a month, with irregular ones merged into those of the same user and month.

    Unmerged, a user with both would be counted twice; one without an id is not counted, and so needs no merging.
    """
    irregular = _merged(irregular, bits).cache()
    again = irregular.filter(irregular.violation == 0, bits.days(irregular) != 0)
    twice = ibis.union(user_months.semi_join(again, _PERSON), irregular)
    return ibis.union(user_months.anti_join(again, _PERSON), _merged(twice, bits))


def _merged(user_months: Table, bits: UsageBits) -> Table:
    """Return user-months of rows in which a user, month and violation may occur several times."""
    return user_months.group_by(*_PERSON, "violation").aggregate(
        rows=_.rows.sum(), events=_.events.sum(), used_on=_.used_on.max(), **_bits_of_group(bits)
    )


def _customer_months(user_months: Table, bits: UsageBits) -> Table:
    """Return the customer-months of user-months, with their bits; `used_on` is the last day that is not among the bits."""
    days = bits.days(user_months)
    whole = user_months.mutate(has_used=days != 0, user_days=bit_count(days))
    cells = by_customer_month(whole, "month_end", last_day=_.used_on.max(), **_bits_of_group(bits))
    days, month_no = bits.days(cells), month_number(cells.month_end)
    last_day = ibis.greatest(cells.last_day, highest_day(month_no, days))
    return cells.mutate(month_no=month_no, has_used=days != 0, last_day=last_day).drop("month_end")


def _with_first_day(cells: Table) -> Table:
    return cells.mutate(first_core_day=lowest_day(cells.month_no, cells.core_days)).drop("core_days")


def _scalar(number: NumericValue) -> int:
    return int(number.to_pyarrow().as_py() or 0)


def _weeks(cells: Table) -> Table:
    """Return the weeks in which a core feature was used; a customer has at most one valid customer-month a month."""
    weeks = with_weeks(cells.filter(_.violation == 0, _.core_days != 0))
    of_use = weeks.filter((weeks.core_days & weeks.week_days) != 0)
    own, shared = (of_use.filter(kept).select("customer_id", "week") for kept in (~of_use.is_shared, of_use.is_shared))
    return ibis.union(own, shared.distinct())
