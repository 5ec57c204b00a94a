"""What a canonical table is made of: columns with their kind and privacy, and the claims that every row must keep."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

import ibis
from ibis import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ibis.common.deferred import Deferred
    from ibis.expr.types import DateValue

AMOUNT_TYPE = "decimal(18, 6)"  # exact sums: no figure depends on the order in which rows are added


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    MONTH = "month"  # YYYY-MM, kept as the month's first day
    INTEGER = "integer"
    NUMBER = "number"
    AMOUNT = "amount"
    BOOLEAN = "boolean"

    @property
    def type(self) -> str:
        """The Ibis type that holds it."""
        types = {"text": "string", "month": "date", "integer": "int64", "number": "float64", "amount": AMOUNT_TYPE}
        return types.get(self.value, self.value)


class Privacy(StrEnum):
    """What readers outside the company are shown of a column; all but `PUBLIC` and `WITHHELD` are classes of texts.

    A pseudonym is the same wherever its value occurs; that of a record is of its column alone.
    """

    PUBLIC = "public"  # as it is
    CUSTOMER = "customer"  # the id of a customer: a pseudonym, C-…
    NAME = "name"  # what the customer of the row is called: the pseudonym of its `customer_id`
    PERSON = "person"  # an id or a name of a person: a pseudonym, P-…; in `customers` besides as a group
    RECORD = "record"  # the id of a row: a pseudonym, R-…
    GROUP = "group"  # as it is, but what few customers share: in `customers` as one value, elsewhere by pseudonyms, W-…
    WITHHELD = "withheld"  # nothing: the column is empty

    @property
    def identifies(self) -> bool:
        """Whether its values identify somebody, so that none of them may occur in another text."""
        return self in {Privacy.CUSTOMER, Privacy.NAME, Privacy.PERSON}


@dataclass(frozen=True, kw_only=True)
class CanonicalColumn:
    """A column of a canonical table, and what a value in it means. `happened`: its date is before the day the source was read.

    `privacy` is what outsiders are shown of it: nothing, unless it says otherwise.
    `absent` says what it means that a source lacks the column, where the data model states it; where it does not, the
    KPIs that live on it cannot be measured.
    `moment` names a column next to a date, in which the time of that day is kept where the source has one.
    """

    name: str
    meaning: str  # a short phrase, for the page of the data model
    kind: Kind = Kind.TEXT
    required: bool = False
    one_of: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    happened: bool = False
    moment: str = ""
    default: object = None
    absent: str = ""
    privacy: Privacy = Privacy.WITHHELD

    @property
    def wanted(self) -> str:
        """What is written in it, in words."""
        return _WANTED[self.kind]

    @property
    def example(self) -> str:
        """A value that it may hold, as it is written."""
        days = {Kind.DATE: "2024-01-15", Kind.TIMESTAMP: "2024-01-15", Kind.MONTH: "2024-01", Kind.TEXT: "…"}
        return self.one_of[0] if self.one_of else days.get(self.kind, "0")


_WANTED = {
    Kind.TEXT: "a text",
    Kind.DATE: "a date like 2026-10-31, or say its format in source.yaml",
    Kind.TIMESTAMP: "a time like 2026-10-31 09:30:00, or say its format in source.yaml",
    Kind.MONTH: "a month like 2026-10",
    Kind.INTEGER: "a whole number like 1200 or 1,200",
    Kind.NUMBER: "a number like 7.5",
    Kind.AMOUNT: "an amount in the reporting currency like 1200, 1,200 or 1200.50",
    Kind.BOOLEAN: "true or false, or map its words in source.yaml",
}


@dataclass(frozen=True)
class Claim:
    """A condition that a row breaks or keeps. `broken` is true for a row that breaks it; `wanted` says it in words."""

    name: str
    column: str
    broken: Deferred
    wanted: str

    @property
    def label(self) -> str:
        """The claim as it is written into the quarantine: `scale(score)`."""
        return f"{self.name}({self.column})"


@dataclass(frozen=True, kw_only=True)
class CanonicalTable:
    """A canonical table: what a row is, its columns, and the pairs of dates that must be in order."""

    name: str
    grain: str
    columns: tuple[CanonicalColumn, ...]
    key: str | None = None
    credits: str = (
        ""  # the column of amounts below 0 by which a row takes another of its id back, and is no duplicate of it
    )
    repeats: bool = False  # without an id: the same row twice may be the same thing twice
    states: bool = False  # holds states: read on a day, it covers every month before; else it holds events
    told_by: tuple[str, ...] = ()  # without an id: the columns that identify a thing whose state changes
    ordered: tuple[tuple[str, str], ...] = ()
    scales: tuple[tuple[str, float, float], ...] = ()  # per `kind`: lowest and highest score
    worded: tuple[tuple[str, str, tuple[str, ...]], ...] = ()  # per `kind`: a column and its words, which name nobody

    def __getitem__(self, name: str) -> CanonicalColumn:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns that identify a thing; none for events, which may happen twice."""
        return (self.key,) if self.key else self.told_by

    @property
    def types(self) -> dict[str, str]:
        """The columns, each with its type as Ibis names it, and the moments next to days."""
        return {column.name: column.kind.type for column in self.columns} | dict.fromkeys(self.moments, "timestamp")

    @property
    def privacy(self) -> dict[str, Privacy]:
        """What outsiders are shown of each column; of a moment, what they are of its day."""
        moments = {column.moment: column.privacy for column in self.columns if column.moment}
        return {column.name: column.privacy for column in self.columns} | moments

    @property
    def moments(self) -> tuple[str, ...]:
        """The columns in which times of days are kept, at midnight where the source has no time."""
        return tuple(column.moment for column in self.columns if column.moment)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which the table cannot be read."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def row_key(self) -> str | None:
        """The key that is made of a row's place where the source has no such column; none where a row may be without an id."""
        return self.key if self.key and not self[self.key].required and not self.repeats else None

    def claims(self, read_on: date, day: DateValue | None = None) -> tuple[Claim, ...]:
        """Return the claims that a row can be validated by alone. Text that does not parse is found when it is mapped.

        `day` is how queries say `read_on`; as a literal, unless said otherwise.
        """
        said = ibis.literal(read_on) if day is None else day
        each = chain.from_iterable(_column_claims(column, self.key, read_on, said) for column in self.columns)
        return (
            *each,
            *self._row_key_claims(),
            *self._key_claims(),
            *self._order_claims(),
            *self._scale_claims(),
            *self._word_claims(),
        )

    def _row_key_claims(self) -> Iterator[Claim]:
        if self.row_key:  # where ids are told, a row without one is a fault
            yield Claim("null_id", self.row_key, _[self.row_key].isnull(), f"{self.row_key} in every row")

    def _key_claims(self) -> Iterator[Claim]:
        if self.key:
            own = _[self.credits].fill_null(0) >= 0 if self.credits else ibis.literal(True)  # noqa: FBT003
            counted = ibis.ifelse(own, _[self.key], ibis.null("string"))
            repeated = _[self.key].notnull() & own & (counted.count().over(group_by=self.key) > 1)
            yield Claim("duplicate_id", self.key, repeated, "each id once")

    def _order_claims(self) -> Iterator[Claim]:
        for earlier, later in self.ordered:
            yield Claim("order", later, _[later] < _[earlier], f"no day before {earlier}")

    def _scale_claims(self) -> Iterator[Claim]:
        wanted = ", ".join(f"{low:g} to {high:g} for {kind}" for kind, low, high in self.scales)
        for kind, low, high in self.scales:
            yield Claim("scale", "score", (_.kind == kind) & ((_.score < low) | (_.score > high)), wanted)
        if self.scales:
            yield Claim("scale", "score", (_.kind == "nps") & (_.score % 1 != 0), f"{wanted}, NPS in whole numbers")

    def _word_claims(self) -> Iterator[Claim]:
        for kind, column, words in self.worded:
            broken = (_.kind == kind) & _[column].notnull() & _[column].notin(words)
            wanted = f"one of {', '.join(words)} for {kind}, or map it in source.yaml"
            yield Claim("enumeration", column, broken, wanted)


def _column_claims(column: CanonicalColumn, key: str | None, read_on: date, said: DateValue) -> Iterator[Claim]:
    name, value = column.name, _[column.name]
    if column.required:
        is_id = name in {key, "customer_id"}
        yield Claim("null_id" if is_id else "required", name, value.isnull(), f"{name} in every row")
    if column.one_of:
        broken = value.notnull() & value.notin(column.one_of)
        yield Claim("enumeration", name, broken, f"one of {', '.join(column.one_of)}, or map it in source.yaml")
    yield from _limit_claims(column)
    if column.happened:
        day = value.date() if column.kind is Kind.TIMESTAMP else value
        yield Claim("future", name, day > said, f"no day after {read_on}, when the source was read")


def _limit_claims(column: CanonicalColumn) -> Iterator[Claim]:
    name, value = column.name, _[column.name]
    if column.at_most is not None:
        yield Claim("scale", name, value > column.at_most, f"{column.at_least:g} to {column.at_most:g}")
    if column.at_least is not None:
        wanted = (
            f"{column.at_least:g} or more" if column.at_most is None else f"{column.at_least:g} to {column.at_most:g}"
        )
        yield Claim("negative" if column.at_least == 0 else "scale", name, value < column.at_least, wanted)
