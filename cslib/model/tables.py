"""The canonical tables: each column and its bounds, and what usage is summed up to."""

from __future__ import annotations

from dataclasses import replace

from cslib.model.columns import CanonicalColumn, CanonicalTable, Kind, Privacy


def _id(name: str, privacy: Privacy = Privacy.RECORD) -> CanonicalColumn:
    return CanonicalColumn(name=name, required=True, privacy=privacy)


def _text(name: str, *one_of: str, required: bool = False, privacy: Privacy | None = None) -> CanonicalColumn:
    """Return a column of texts: outsiders see the words of a list, and of any others nothing unless `privacy` is said."""
    unsaid = Privacy.PUBLIC if one_of else Privacy.WITHHELD
    return CanonicalColumn(name=name, one_of=one_of, required=required, privacy=privacy or unsaid)


def _day(name: str, *, required: bool = False, happened: bool = True, kind: Kind = Kind.DATE) -> CanonicalColumn:
    return CanonicalColumn(name=name, kind=kind, required=required, happened=happened, privacy=Privacy.PUBLIC)


def _amount(name: str, *, required: bool = False) -> CanonicalColumn:
    return CanonicalColumn(name=name, kind=Kind.AMOUNT, required=required, at_least=0, privacy=Privacy.PUBLIC)


def _whole(
    name: str, *, default: int | None = None, absent: str = "", privacy: Privacy = Privacy.PUBLIC
) -> CanonicalColumn:
    return CanonicalColumn(name=name, kind=Kind.INTEGER, at_least=0, default=default, absent=absent, privacy=privacy)


def _number(name: str, *, at_least: float | None = None, at_most: float | None = None) -> CanonicalColumn:
    return CanonicalColumn(name=name, kind=Kind.NUMBER, at_least=at_least, at_most=at_most, privacy=Privacy.PUBLIC)


def _truth(name: str, *, default: bool | None = None, absent: str = "") -> CanonicalColumn:
    return CanonicalColumn(name=name, kind=Kind.BOOLEAN, default=default, absent=absent, privacy=Privacy.PUBLIC)


_CUSTOMER = _id("customer_id", Privacy.CUSTOMER)
_CURRENCY = _text("currency", privacy=Privacy.WITHHELD)  # it tells where few customers pay

TABLES: tuple[CanonicalTable, ...] = (
    CanonicalTable(
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
    CanonicalTable(
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
    CanonicalTable(
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
    CanonicalTable(
        name="users",
        states=True,
        grain="an account issued to a person at a customer",
        key="user_id",
        columns=(_id("user_id", Privacy.PERSON), _CUSTOMER, _day("issued_on", required=True), _day("closed_on")),
        ordered=(("issued_on", "closed_on"),),
    ),
    CanonicalTable(
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
    CanonicalTable(
        name="surveys",
        grain="a question sent to a person",
        key="response_id",
        columns=(
            _id("response_id"),
            _CUSTOMER,
            CanonicalColumn(
                name="respondent_id", absent="every answer is a respondent of its own", privacy=Privacy.PERSON
            ),
            _text("kind", "nps", "csat", "ces", required=True),
            _number("score"),
            _day("sent_on"),
            replace(_day("responded_on"), moment="responded_moment"),
            _text("comment"),
        ),
        ordered=(("sent_on", "responded_on"),),
        scales=(("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7)),
    ),
    CanonicalTable(
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
    CanonicalTable(
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
    CanonicalTable(
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
    CanonicalTable(
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
    CanonicalTable(
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
    CanonicalTable(
        name="purchases",
        grain="an order",
        key="purchase_id",
        credits="amount",
        repeats=True,
        columns=(
            CanonicalColumn(name="purchase_id", absent="every row is an order of its own", privacy=Privacy.RECORD),
            _CUSTOMER,
            _text("product", privacy=Privacy.GROUP),
            _amount("amount", required=True),
            _CURRENCY,
            _day("purchased_on", required=True),
        ),
    ),
    CanonicalTable(
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
    CanonicalTable(
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


def with_credit_notes(orders: CanonicalTable) -> CanonicalTable:
    """Return the table of orders as it is judged where credit notes are netted: several rows an order, amounts below 0 too."""
    columns = (replace(one, at_least=None) if one.name == "amount" else one for one in orders.columns)
    return replace(orders, key=None, columns=tuple(columns))


BY_NAME = {table.name: table for table in TABLES}

# Usage is kept as these alone, summed up where it lies.
USAGE_SCHEMAS = {
    "usage_months": {
        "customer_id": "string", "month_no": "int64", "events": "int64", "users": "int64", "user_days": "int64",
        "core_features": "int64",
    },
    "usage_weeks": {"customer_id": "string", "week": "date"},
    "usage_starts": {"customer_id": "string", "first_core_use": "date"},
    "features": {"feature": "string", "first_used_on": "date"},
}  # fmt: skip

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
