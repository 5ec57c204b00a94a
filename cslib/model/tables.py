"""The canonical tables: each column and its bounds, and what usage is summed up to."""

from __future__ import annotations

from dataclasses import replace

from cslib.model.columns import CanonicalColumn, CanonicalTable, Kind, Privacy


def _id(name: str, meaning: str, privacy: Privacy = Privacy.RECORD) -> CanonicalColumn:
    return CanonicalColumn(name=name, meaning=meaning, required=True, privacy=privacy)


def _text(
    name: str, meaning: str, *one_of: str, required: bool = False, privacy: Privacy | None = None, absent: str = ""
) -> CanonicalColumn:
    """Return a column of texts: outsiders see the words of a list, and of any others nothing unless `privacy` is said."""
    unsaid = Privacy.PUBLIC if one_of else Privacy.WITHHELD
    shown = privacy or unsaid
    return CanonicalColumn(name=name, meaning=meaning, one_of=one_of, required=required, absent=absent, privacy=shown)


def _day(
    name: str, meaning: str, *, required: bool = False, happened: bool = True, kind: Kind = Kind.DATE
) -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=kind, required=required, happened=happened, privacy=Privacy.PUBLIC
    )


def _amount(name: str, meaning: str, *, required: bool = False) -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=Kind.AMOUNT, required=required, at_least=0, privacy=Privacy.PUBLIC
    )


def _whole(
    name: str, meaning: str, *, default: int | None = None, absent: str = "", privacy: Privacy = Privacy.PUBLIC
) -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=Kind.INTEGER, at_least=0, default=default, absent=absent, privacy=privacy
    )


def _number(name: str, meaning: str, *, at_least: float | None = None, at_most: float | None = None) -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=Kind.NUMBER, at_least=at_least, at_most=at_most, privacy=Privacy.PUBLIC
    )


def _truth(name: str, meaning: str, *, default: bool | None = None, absent: str = "") -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=Kind.BOOLEAN, default=default, absent=absent, privacy=Privacy.PUBLIC
    )


_CUSTOMER = _id("customer_id", "the customer, by its id in customers", Privacy.CUSTOMER)
_CURRENCY = _text(  # withheld, since it tells where few customers pay
    "currency", "the currency of the row's amounts, which the policy rates converts", privacy=Privacy.WITHHELD
)

TABLES: tuple[CanonicalTable, ...] = (
    CanonicalTable(
        name="customers",
        states=True,
        grain="a customer",
        key="customer_id",
        columns=(
            _id("customer_id", "the id by which every table names the customer", Privacy.CUSTOMER),
            _text("name", "what it is called on the pages", required=True, privacy=Privacy.NAME),
            _text("industry", "its trade", privacy=Privacy.GROUP),
            _text("region", "where it is", privacy=Privacy.GROUP),
            _text("plan", "the plan that it is on", privacy=Privacy.GROUP),
            # withheld, since who knows a trade knows its large houses by it
            _whole("employees", "how many people work there", privacy=Privacy.WITHHELD),
            _text("touch_model", "how closely it is served", "high", "low", "tech", privacy=Privacy.GROUP),
            _text("csm", "who of Customer Success looks after it", privacy=Privacy.PERSON),
            _text("lifecycle", "the phase that it is in, in your own words", privacy=Privacy.GROUP),
            _amount("acquisition_cost", "what it cost to win it"),
            _CURRENCY,
            _text(
                "reference_permission", "whether it may be a reference", "named", "anonymous", "refused", "not_asked"
            ),
        ),
    ),
    CanonicalTable(
        name="contracts",
        states=True,
        grain="one term of one product for a customer; a change of price, plan or seats is a new row",
        key="contract_id",
        columns=(
            _id("contract_id", "the id of the term"),
            _CUSTOMER,
            _text("product", "the product; one not held before is cross-sell", required=True, privacy=Privacy.GROUP),
            _day("starts_on", "the first day of service", required=True, happened=False),
            _day("ends_on", "the last day of service (policy contract_end); empty while open", happened=False),
            _amount("mrr", "the recurring amount per month", required=True),
            _CURRENCY,
            _whole("seats", "how many accounts the customer needs"),
            _whole("term_months", "for how many months it was agreed"),
            _truth("trial", "whether it is a trial, no contract yet", default=False, absent="no contract is a trial"),
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
            _text("milestone", "what the step is called", required=True, privacy=Privacy.GROUP),
            _day("due_on", "by when it is to be completed", happened=False),
            _day("completed_on", "when it was completed; empty while open"),
            _truth("required", "whether onboarding waits for it", default=True, absent="every milestone is required"),
        ),
    ),
    CanonicalTable(
        name="users",
        states=True,
        grain="an account issued to a person at a customer",
        key="user_id",
        columns=(
            _id("user_id", "the id of the account", Privacy.PERSON),
            _CUSTOMER,
            _day("issued_on", "when it was issued", required=True),
            _day("closed_on", "when it was closed; empty while open"),
        ),
        ordered=(("issued_on", "closed_on"),),
    ),
    CanonicalTable(
        name="usage",
        grain="an event, or a count of events",
        repeats=True,
        columns=(
            _CUSTOMER,
            _text("user_id", "the account that was used", privacy=Privacy.PERSON),
            _day("used_on", "the day of use", required=True),
            _text("feature", "what was used (policy core_features)", required=True, privacy=Privacy.GROUP),
            _whole("events", "how many events the row stands for", default=1, absent="every row is one event"),
        ),
    ),
    CanonicalTable(
        name="surveys",
        grain="a question sent to a person",
        key="response_id",
        columns=(
            _id("response_id", "the id of the question and its answer"),
            _CUSTOMER,
            _text(
                "respondent_id",
                "the person asked",
                privacy=Privacy.PERSON,
                absent="every answer is a respondent of its own",
            ),
            _text("kind", "what was asked, which decides the scale", "nps", "csat", "ces", required=True),
            _number("score", "the answer on that scale; empty without one"),
            _day("sent_on", "when it was sent"),
            replace(_day("responded_on", "when it was answered; empty: not yet"), moment="responded_moment"),
            _text("comment", "what the person wrote"),
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
            _text("channel", "where it was said", "review", "sns", "referral", "case_study", required=True),
            _number("rating", "the stars of a review", at_least=1, at_most=5),
            _day("posted_on", "when it was said", required=True),
        ),
    ),
    CanonicalTable(
        name="goals",
        states=True,
        grain="a goal that the customer set for using the product",
        key="goal_id",
        columns=(
            _id("goal_id", "the id of the goal"),
            _CUSTOMER,
            _text("level", "whose goal it is: a department's or a person's", "department", "individual", required=True),
            _text("title", "the goal in words"),
            _day("set_on", "when it was set", required=True),
            _day("due_on", "by when it is to be achieved", happened=False),
            _number("baseline", "what was measured when it was set"),
            _number("target", "what is to be measured at its end"),
            _number("actual", "what was measured last"),
            _day("achieved_on", "when it was achieved; empty while open"),
            _truth("confirmed_by_customer", "whether the customer confirms that it was achieved"),
        ),
    ),
    CanonicalTable(
        name="proposals",
        grain="an upsell, cross-sell, renewal or longer-term offer",
        key="proposal_id",
        columns=(
            _id("proposal_id", "the id of the proposal"),
            _CUSTOMER,
            _text("kind", "what is proposed", "upsell", "cross_sell", "renewal", "longer_term", required=True),
            _text("product", "the product that is proposed", privacy=Privacy.GROUP),
            _amount("amount", "the amount per month that is proposed"),
            _CURRENCY,
            _day("opened_on", "when it was made", required=True),
            _day("closed_on", "when it was won or lost; empty while open"),
            _text("status", "what became of it", "open", "won", "lost", required=True),
            _text("owner", "who made it", "csm", "sales"),
        ),
        ordered=(("opened_on", "closed_on"),),
    ),
    CanonicalTable(
        name="touches",
        grain="a Customer Success activity",
        repeats=True,
        columns=(
            _CUSTOMER,
            _text("csm", "who it was of Customer Success", privacy=Privacy.PERSON),
            _text("kind", "how it took place", "meeting", "seminar", "email", "call", "chatbot", "faq", required=True),
            _day("occurred_on", "when it took place", required=True),
            _number("minutes", "how many minutes it took", at_least=0),
            _text("initiated_by", "who began it", "us", "customer"),
            _text("purpose", "to keep revenue (defence) or grow it (offence)", "defence", "offence"),
        ),
    ),
    CanonicalTable(
        name="tickets",
        grain="a support case",
        key="ticket_id",
        columns=(
            _id("ticket_id", "the id of the case"),
            _CUSTOMER,
            _day("opened_at", "when it was opened", required=True, kind=Kind.TIMESTAMP),
            _day("first_response_at", "when it was first answered", kind=Kind.TIMESTAMP),
            _day("resolved_at", "when it was resolved; empty while open", kind=Kind.TIMESTAMP),
            _text("severity", "its gravity; high and urgent ones are complaints", "low", "normal", "high", "urgent"),
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
            _text(
                "purchase_id", "the id of the order", privacy=Privacy.RECORD, absent="every row is an order of its own"
            ),
            _CUSTOMER,
            _text("product", "what was ordered", privacy=Privacy.GROUP),
            _amount("amount", "what was paid; below 0 is a credit note (policy credit_notes)", required=True),
            _CURRENCY,
            _day("purchased_on", "when it was ordered", required=True),
        ),
    ),
    CanonicalTable(
        name="programmes",
        states=True,
        grain="a programme that a customer took part in",
        told_by=("customer_id", "programme", "started_on"),
        columns=(
            _CUSTOMER,
            _text("programme", "what the programme is called", required=True, privacy=Privacy.GROUP),
            _day("started_on", "when the customer joined it", required=True),
            _day("ended_on", "when the customer left it; empty while in it", happened=False),
        ),
        ordered=(("started_on", "ended_on"),),
    ),
    CanonicalTable(
        name="costs",
        grain="a month's spend",
        repeats=True,
        columns=(
            _day("month", "the month in which it was spent", required=True, kind=Kind.MONTH),
            _text(
                "kind", "what for; cs and support are the cost to serve", "acquisition", "cs", "support", required=True
            ),
            _amount("amount", "how much was spent", required=True),
            _CURRENCY,
            _text("segment", "the id of the segment it is of; empty: of the total alone", privacy=Privacy.PUBLIC),
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
