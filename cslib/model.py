"""The canonical tables: their columns, and the claims that every row must keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

import ibis
from ibis import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ibis.common.deferred import Deferred

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

    A pseudonym is the same wherever its value stands; that of a record is of its column alone.
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
        """Whether its values tell who somebody is, so that none of them may stand in another text."""
        return self in {Privacy.CUSTOMER, Privacy.NAME, Privacy.PERSON}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a canonical table. `happened`: its date lies in the past of the day the source was read.

    `privacy` is what outsiders are shown of it: nothing, unless it says otherwise.
    `absent` says what it means that a source lacks the column, where the data model states it; where it does not, the
    KPIs that live on it cannot be measured.
    `moment` names a column beside a date, in which the time of that day is kept where the source tells one.
    """

    name: str
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
class Table:
    """A canonical table: what a row is, its columns, and the pairs of dates that must be in order."""

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: str | None = None
    credits: str = (
        ""  # the column of amounts below 0 by which a row takes another of its id back, and is no duplicate of it
    )
    repeats: bool = False  # without an id: the same row twice may be the same thing twice
    states: bool = False  # says what is so: read on a day, it tells every month before; else it tells what has happened
    told_by: tuple[str, ...] = ()  # without an id: what tells one thing from another, whose state changes
    ordered: tuple[tuple[str, str], ...] = ()
    scales: tuple[tuple[str, float, float], ...] = ()  # per `kind`: lowest and highest score

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def identity(self) -> tuple[str, ...]:
        """The columns that tell one thing from another; none for events, which may happen twice."""
        return (self.key,) if self.key else self.told_by

    @property
    def types(self) -> dict[str, str]:
        """The columns, each with its type as Ibis names it, and the moments beside days."""
        return {column.name: column.kind.type for column in self.columns} | dict.fromkeys(self.moments, "timestamp")

    @property
    def privacy(self) -> dict[str, Privacy]:
        """What outsiders are shown of each column; of a moment, what they are of its day."""
        moments = {column.moment: column.privacy for column in self.columns if column.moment}
        return {column.name: column.privacy for column in self.columns} | moments

    @property
    def moments(self) -> tuple[str, ...]:
        """The columns in which times of days are kept, at midnight where no time is told."""
        return tuple(column.moment for column in self.columns if column.moment)

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which the table cannot be read."""
        return tuple(column.name for column in self.columns if column.required)

    def claims(self, read_on: date) -> tuple[Claim, ...]:
        """Return the claims that a row can be judged by alone. Text that does not parse is judged when mapped."""
        each = chain.from_iterable(_column_claims(column, self.key, read_on) for column in self.columns)
        return (*each, *self._key_claims(), *self._order_claims(), *self._scale_claims())

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


def _column_claims(column: Column, key: str | None, read_on: date) -> Iterator[Claim]:
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
        yield Claim("future", name, day > ibis.literal(read_on), f"no day after {read_on}, when the source was read")


def _limit_claims(column: Column) -> Iterator[Claim]:
    name, value = column.name, _[column.name]
    if column.at_most is not None:
        yield Claim("scale", name, value > column.at_most, f"{column.at_least:g} to {column.at_most:g}")
    if column.at_least is not None:
        wanted = (
            f"{column.at_least:g} or more" if column.at_most is None else f"{column.at_least:g} to {column.at_most:g}"
        )
        yield Claim("negative" if column.at_least == 0 else "scale", name, value < column.at_least, wanted)


def _id(name: str, privacy: Privacy = Privacy.RECORD) -> Column:
    return Column(name=name, required=True, privacy=privacy)


def _text(name: str, *one_of: str, required: bool = False, privacy: Privacy | None = None) -> Column:
    """Return a column of texts: outsiders see the words of a list, and of any others nothing unless `privacy` is said."""
    unsaid = Privacy.PUBLIC if one_of else Privacy.WITHHELD
    return Column(name=name, one_of=one_of, required=required, privacy=privacy or unsaid)


def _day(name: str, *, required: bool = False, happened: bool = True, kind: Kind = Kind.DATE) -> Column:
    return Column(name=name, kind=kind, required=required, happened=happened, privacy=Privacy.PUBLIC)


def _amount(name: str, *, required: bool = False) -> Column:
    return Column(name=name, kind=Kind.AMOUNT, required=required, at_least=0, privacy=Privacy.PUBLIC)


def _whole(name: str, *, default: int | None = None, absent: str = "", privacy: Privacy = Privacy.PUBLIC) -> Column:
    return Column(name=name, kind=Kind.INTEGER, at_least=0, default=default, absent=absent, privacy=privacy)


def _number(name: str, *, at_least: float | None = None, at_most: float | None = None) -> Column:
    return Column(name=name, kind=Kind.NUMBER, at_least=at_least, at_most=at_most, privacy=Privacy.PUBLIC)


def _truth(name: str, *, default: bool | None = None, absent: str = "") -> Column:
    return Column(name=name, kind=Kind.BOOLEAN, default=default, absent=absent, privacy=Privacy.PUBLIC)


_CUSTOMER = _id("customer_id", Privacy.CUSTOMER)
_CURRENCY = _text("currency", privacy=Privacy.WITHHELD)  # it tells where few customers pay

TABLES: tuple[Table, ...] = (
    Table(
        name="customers",
        states=True,
        grain="a customer",
        key="customer_id",
        columns=(
            _CUSTOMER,
            _text("name", required=True, privacy=Privacy.NAME),
            _text("industry", privacy=Privacy.GROUP),
            _text("region", privacy=Privacy.GROUP),
            _text("plan", privacy=Privacy.GROUP),
            _whole("employees", privacy=Privacy.WITHHELD),  # who knows a trade knows its large houses by it
            _text("touch_model", "high", "low", "tech", privacy=Privacy.GROUP),
            _text("csm", privacy=Privacy.PERSON),
            _text("lifecycle", privacy=Privacy.GROUP),
            _amount("acquisition_cost"),
            _CURRENCY,
            _text("reference_permission", "named", "anonymous", "refused", "not_asked"),
        ),
    ),
    Table(
        name="contracts",
        states=True,
        grain="one term of one product for a customer",
        key="contract_id",
        columns=(
            _id("contract_id"),
            _CUSTOMER,
            _text("product", required=True, privacy=Privacy.GROUP),
            _day("starts_on", required=True, happened=False),
            _day("ends_on", happened=False),
            _amount("mrr", required=True),
            _CURRENCY,
            _whole("seats"),
            _whole("term_months"),
            _truth("trial", default=False, absent="no contract is a trial"),
        ),
        ordered=(("starts_on", "ends_on"),),
    ),
    Table(
        name="milestones",
        states=True,
        grain="an onboarding step of a customer",
        told_by=("customer_id", "milestone"),
        columns=(
            _CUSTOMER,
            _text("milestone", required=True, privacy=Privacy.GROUP),
            _day("due_on", happened=False),
            _day("completed_on"),
            _truth("required", default=True, absent="every milestone is required"),
        ),
    ),
    Table(
        name="users",
        states=True,
        grain="an account issued to a person at a customer",
        key="user_id",
        columns=(_id("user_id", Privacy.PERSON), _CUSTOMER, _day("issued_on", required=True), _day("closed_on")),
        ordered=(("issued_on", "closed_on"),),
    ),
    Table(
        name="usage",
        grain="an event, or a count of events",
        repeats=True,
        columns=(
            _CUSTOMER,
            _text("user_id", privacy=Privacy.PERSON),
            _day("used_on", required=True),
            _text("feature", required=True, privacy=Privacy.GROUP),
            _whole("events", default=1, absent="every row is one event"),
        ),
    ),
    Table(
        name="surveys",
        grain="a question sent to a person",
        key="response_id",
        columns=(
            _id("response_id"),
            _CUSTOMER,
            Column(name="respondent_id", absent="every answer is a respondent of its own", privacy=Privacy.PERSON),
            _text("kind", "nps", "csat", "ces", required=True),
            _number("score"),
            _day("sent_on"),
            replace(_day("responded_on"), moment="responded_moment"),
            _text("comment"),
        ),
        ordered=(("sent_on", "responded_on"),),
        scales=(("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7)),
    ),
    Table(
        name="voices",
        grain="a public review, mention or referral",
        repeats=True,
        columns=(
            _CUSTOMER,
            _text("channel", "review", "sns", "referral", "case_study", required=True),
            _number("rating", at_least=1, at_most=5),
            _day("posted_on", required=True),
        ),
    ),
    Table(
        name="goals",
        states=True,
        grain="a goal that the customer set for using the product",
        key="goal_id",
        columns=(
            _id("goal_id"),
            _CUSTOMER,
            _text("level", "department", "individual", required=True),
            _text("title"),
            _day("set_on", required=True),
            _day("due_on", happened=False),
            _number("baseline"),
            _number("target"),
            _number("actual"),
            _day("achieved_on"),
            _truth("confirmed_by_customer"),
        ),
    ),
    Table(
        name="proposals",
        grain="an upsell, cross-sell, renewal or longer-term offer",
        key="proposal_id",
        columns=(
            _id("proposal_id"),
            _CUSTOMER,
            _text("kind", "upsell", "cross_sell", "renewal", "longer_term", required=True),
            _text("product", privacy=Privacy.GROUP),
            _amount("amount"),
            _CURRENCY,
            _day("opened_on", required=True),
            _day("closed_on"),
            _text("status", "open", "won", "lost", required=True),
            _text("owner", "csm", "sales"),
        ),
        ordered=(("opened_on", "closed_on"),),
    ),
    Table(
        name="touches",
        grain="a Customer Success activity",
        repeats=True,
        columns=(
            _CUSTOMER,
            _text("csm", privacy=Privacy.PERSON),
            _text("kind", "meeting", "seminar", "email", "call", "chatbot", "faq", required=True),
            _day("occurred_on", required=True),
            _number("minutes", at_least=0),
            _text("initiated_by", "us", "customer"),
            _text("purpose", "defence", "offence"),
        ),
    ),
    Table(
        name="tickets",
        grain="a support case",
        key="ticket_id",
        columns=(
            _id("ticket_id"),
            _CUSTOMER,
            _day("opened_at", required=True, kind=Kind.TIMESTAMP),
            _day("first_response_at", kind=Kind.TIMESTAMP),
            _day("resolved_at", kind=Kind.TIMESTAMP),
            _text("severity", "low", "normal", "high", "urgent"),
        ),
        ordered=(("opened_at", "first_response_at"), ("opened_at", "resolved_at")),
    ),
    Table(
        name="purchases",
        grain="an order",
        key="purchase_id",
        credits="amount",
        repeats=True,
        columns=(
            Column(name="purchase_id", absent="every row is an order of its own", privacy=Privacy.RECORD),
            _CUSTOMER,
            _text("product", privacy=Privacy.GROUP),
            _amount("amount", required=True),
            _CURRENCY,
            _day("purchased_on", required=True),
        ),
    ),
    Table(
        name="programmes",
        states=True,
        grain="a programme that a customer took part in",
        told_by=("customer_id", "programme", "started_on"),
        columns=(
            _CUSTOMER,
            _text("programme", required=True, privacy=Privacy.GROUP),
            _day("started_on", required=True),
            _day("ended_on", happened=False),
        ),
        ordered=(("started_on", "ended_on"),),
    ),
    Table(
        name="costs",
        grain="a month's spend",
        repeats=True,
        columns=(
            _day("month", required=True, kind=Kind.MONTH),
            _text("kind", "acquisition", "cs", "support", required=True),
            _amount("amount", required=True),
            _CURRENCY,
            _text("segment", privacy=Privacy.PUBLIC),
        ),
    ),
)


def with_credit_notes(orders: Table) -> Table:
    """Return the table of orders as it is judged where credit notes are netted: several rows an order, amounts below 0 too."""
    columns = (replace(one, at_least=None) if one.name == "amount" else one for one in orders.columns)
    return replace(orders, key=None, columns=tuple(columns))


BY_NAME = {table.name: table for table in TABLES}

# What the facts and the measuring name themselves: a source's further column of such a name, in whatever case, would stand
# in the place of what is computed. A test holds that these are all.
RESERVED = frozenset({
    "accounts", "adoption_active", "adoption_of", "advocacy", "age", "answered_no", "asked_on", "churned_mrr",
    "closes_3m_before", "closing_mrr", "contraction_mrr", "core_feature_count", "core_features", "core_weeks", "cost",
    "cross_sell_mrr", "customers", "days", "decided_on", "effective_end", "event_no", "events", "events_3m_before",
    "everyone", "expansion_mrr", "first_core_use", "first_day", "first_goal_on", "first_milestone_on", "first_mrr",
    "first_outcome_on", "first_start", "gained_no", "grave_tickets", "gross_margin", "known_no", "last_day",
    "last_week", "latest_nps", "long_term_mrr", "minutes_cost", "month", "month_no",
    "months_under_contract", "movement", "mrr_12m_ago", "new_mrr", "nps_all", "onboarded_on", "onboarding_days",
    "opening_mrr", "orders_12m", "orders_to_date", "overdue_milestones", "reactivation_mrr", "replaced",
    "responded_moment", "revenue_to_date", "segment", "service_end", "since", "stint_start",
    "superseded_no", "told_term_mrr", "touched_on", "unheard_detractors", "until", "upsell_mrr", "usage_kept",
    "user_days", "users", "without_outcome",
})  # fmt: skip
