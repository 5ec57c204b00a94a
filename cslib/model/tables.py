"""The canonical tables: each column and its bounds, and what usage is summed up to."""

from __future__ import annotations

from dataclasses import replace

from cslib.model.columns import CanonicalColumn, CanonicalTable, Kind, Privacy


def _id_column(name: str, meaning: str, privacy: Privacy = Privacy.RECORD) -> CanonicalColumn:
    return CanonicalColumn(name=name, meaning=meaning, required=True, privacy=privacy)


def _key_column(name: str, meaning: str, absent: str, privacy: Privacy = Privacy.RECORD) -> CanonicalColumn:
    return CanonicalColumn(name=name, meaning=meaning, absent=absent, privacy=privacy)


def text_column(
    name: str, meaning: str, *one_of: str, required: bool = False, privacy: Privacy | None = None, absent: str = ""
) -> CanonicalColumn:
    """Return a column of texts: outsiders see the words of a list, and of any others nothing unless `privacy` is said."""
    unsaid = Privacy.PUBLIC if one_of else Privacy.WITHHELD
    shown = privacy or unsaid
    return CanonicalColumn(name=name, meaning=meaning, one_of=one_of, required=required, absent=absent, privacy=shown)


def _date_column(
    name: str, meaning: str, *, required: bool = False, happened: bool = True, kind: Kind = Kind.DATE
) -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=kind, required=required, happened=happened, privacy=Privacy.PUBLIC
    )


def _amount_column(name: str, meaning: str, *, required: bool = False) -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=Kind.AMOUNT, required=required, at_least=0, privacy=Privacy.PUBLIC
    )


def _integer_column(
    name: str, meaning: str, *, default: int | None = None, absent: str = "", privacy: Privacy = Privacy.PUBLIC
) -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=Kind.INTEGER, at_least=0, default=default, absent=absent, privacy=privacy
    )


def _number_column(
    name: str, meaning: str, *, at_least: float | None = None, at_most: float | None = None
) -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=Kind.NUMBER, at_least=at_least, at_most=at_most, privacy=Privacy.PUBLIC
    )


def _boolean_column(name: str, meaning: str, *, default: bool | None = None, absent: str = "") -> CanonicalColumn:
    return CanonicalColumn(
        name=name, meaning=meaning, kind=Kind.BOOLEAN, default=default, absent=absent, privacy=Privacy.PUBLIC
    )


_CUSTOMER = _id_column("customer_id", "the customer, by its id in customers", Privacy.CUSTOMER)
_CURRENCY = text_column(  # withheld, since it discloses where few customers pay
    "currency", "the currency of the row's amounts, which the policy rates converts", privacy=Privacy.WITHHELD
)
TOUCH_MODELS = ("high", "low", "tech")

TABLES: tuple[CanonicalTable, ...] = (
    CanonicalTable(
        name="customers",
        states=True,
        grain="a customer",
        key="customer_id",
        columns=(
            _id_column("customer_id", "the id by which every table names the customer", Privacy.CUSTOMER),
            text_column("name", "what it is called on the pages", required=True, privacy=Privacy.NAME),
            text_column("industry", "its trade", privacy=Privacy.GROUP),
            text_column("region", "where it is", privacy=Privacy.GROUP),
            text_column("plan", "the plan that it is on", privacy=Privacy.GROUP),
            # withheld, since who knows a trade knows its large houses by it
            _integer_column("employees", "how many people work there", privacy=Privacy.WITHHELD),
            text_column("touch_model", "how closely it is served", *TOUCH_MODELS, privacy=Privacy.GROUP),
            text_column("csm", "who of Customer Success looks after it", privacy=Privacy.PERSON),
            text_column("lifecycle", "the phase that it is in, in your own words", privacy=Privacy.GROUP),
            _amount_column("acquisition_cost", "what it cost to win it"),
            _CURRENCY,
            text_column(
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
            _key_column("contract_id", "the id of the term", "every row is a term of its own"),
            _CUSTOMER,
            text_column(
                "product", "the product; one not held before is cross-sell", required=True, privacy=Privacy.GROUP
            ),
            _date_column("starts_on", "the first day of service", required=True, happened=False),
            _date_column("ends_on", "the last day of service (policy contract_end); empty while open", happened=False),
            _amount_column("mrr", "the recurring amount per month", required=True),
            _CURRENCY,
            _integer_column("seats", "how many accounts the customer needs"),
            _integer_column("term_months", "for how many months it was agreed"),
            _boolean_column(
                "trial", "whether it is a trial, no contract yet", default=False, absent="no contract is a trial"
            ),
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
            text_column("milestone", "what the step is called", required=True, privacy=Privacy.GROUP),
            _date_column("due_on", "by when it is to be completed", happened=False),
            _date_column("completed_on", "when it was completed; empty while open"),
            _boolean_column(
                "required", "whether onboarding waits for it", default=True, absent="every milestone is required"
            ),
        ),
    ),
    CanonicalTable(
        name="users",
        states=True,
        grain="an account issued to a person at a customer",
        key="user_id",
        columns=(
            _key_column("user_id", "the id of the account", "every row is an account of its own", Privacy.PERSON),
            _CUSTOMER,
            _date_column("issued_on", "when it was issued", required=True),
            _date_column("closed_on", "when it was closed; empty while open"),
        ),
        ordered=(("issued_on", "closed_on"),),
    ),
    CanonicalTable(
        name="usage",
        grain="an event, or a count of events",
        repeats=True,
        columns=(
            _CUSTOMER,
            text_column("user_id", "the account that was used", privacy=Privacy.PERSON),
            _date_column("used_on", "the day of use", required=True),
            text_column("feature", "what was used (policy core_features)", required=True, privacy=Privacy.GROUP),
            _integer_column("events", "how many events the row stands for", default=1, absent="every row is one event"),
        ),
    ),
    CanonicalTable(
        name="surveys",
        grain="a question sent to a person",
        key="response_id",
        columns=(
            _key_column("response_id", "the id of the question and its answer", "every row is an answer of its own"),
            _CUSTOMER,
            text_column(
                "respondent_id",
                "the person asked",
                privacy=Privacy.PERSON,
                absent="every answer is a respondent of its own",
            ),
            text_column("kind", "what was asked, which decides the scale", "nps", "csat", "ces", required=True),
            _number_column("score", "the answer on that scale; empty without one"),
            _date_column("sent_on", "when it was sent"),
            replace(_date_column("responded_on", "when it was answered; empty: not yet"), moment="responded_moment"),
            text_column("comment", "what the person wrote"),
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
            text_column("channel", "where it was said", "review", "sns", "referral", "case_study", required=True),
            _number_column("rating", "the stars of a review", at_least=1, at_most=5),
            _date_column("posted_on", "when it was said", required=True),
        ),
    ),
    CanonicalTable(
        name="goals",
        states=True,
        grain="a goal that the customer set for using the product",
        key="goal_id",
        columns=(
            _key_column("goal_id", "the id of the goal", "every row is a goal of its own"),
            _CUSTOMER,
            text_column(
                "level", "whose goal it is: a department's or a person's", "department", "individual", required=True
            ),
            text_column("title", "the goal in words"),
            _date_column("set_on", "when it was set", required=True),
            _date_column("due_on", "by when it is to be achieved", happened=False),
            _number_column("baseline", "what was measured when it was set"),
            _number_column("target", "what is to be measured at its end"),
            _number_column("actual", "what was measured last"),
            _date_column("achieved_on", "when it was achieved; empty while open"),
            _boolean_column("confirmed_by_customer", "whether the customer confirms that it was achieved"),
        ),
    ),
    CanonicalTable(
        name="proposals",
        grain="an upsell, cross-sell, renewal or longer-term offer",
        key="proposal_id",
        columns=(
            _key_column("proposal_id", "the id of the proposal", "every row is a proposal of its own"),
            _CUSTOMER,
            text_column("kind", "what is proposed", "upsell", "cross_sell", "renewal", "longer_term", required=True),
            text_column("product", "the product that is proposed", privacy=Privacy.GROUP),
            _amount_column("amount", "the amount per month that is proposed"),
            _CURRENCY,
            _date_column("opened_on", "when it was made", required=True),
            _date_column("closed_on", "when it was won or lost; empty while open"),
            text_column("status", "what became of it", "open", "won", "lost", required=True),
            text_column("owner", "who made it", "csm", "sales"),
        ),
        ordered=(("opened_on", "closed_on"),),
    ),
    CanonicalTable(
        name="touches",
        grain="a Customer Success activity",
        repeats=True,
        columns=(
            _CUSTOMER,
            text_column("csm", "who it was of Customer Success", privacy=Privacy.PERSON),
            text_column(
                "kind", "how it took place", "meeting", "seminar", "email", "call", "chatbot", "faq", required=True
            ),
            _date_column("occurred_on", "when it took place", required=True),
            _number_column("minutes", "how many minutes it took", at_least=0),
            text_column("initiated_by", "who began it", "us", "customer"),
            text_column("purpose", "to keep revenue (defence) or grow it (offence)", "defence", "offence"),
        ),
    ),
    CanonicalTable(
        name="tickets",
        grain="a support case",
        key="ticket_id",
        columns=(
            _key_column("ticket_id", "the id of the case", "every row is a case of its own"),
            _CUSTOMER,
            _date_column("opened_at", "when it was opened", required=True, kind=Kind.TIMESTAMP),
            _date_column("first_response_at", "when it was first answered", kind=Kind.TIMESTAMP),
            _date_column("resolved_at", "when it was resolved; empty while open", kind=Kind.TIMESTAMP),
            text_column(
                "severity", "its gravity; high and urgent ones are complaints", "low", "normal", "high", "urgent"
            ),
            text_column("comment", "what the customer wrote"),
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
            _key_column("purchase_id", "the id of the order", "every row is an order of its own"),
            _CUSTOMER,
            text_column("product", "what was ordered", privacy=Privacy.GROUP),
            _amount_column("amount", "what was paid; below 0 is a credit note (policy credit_notes)", required=True),
            _CURRENCY,
            _date_column("purchased_on", "when it was ordered", required=True),
        ),
    ),
    CanonicalTable(
        name="programmes",
        states=True,
        grain="a programme that a customer took part in",
        told_by=("customer_id", "programme", "started_on"),
        columns=(
            _CUSTOMER,
            text_column("programme", "what the programme is called", required=True, privacy=Privacy.GROUP),
            _date_column("started_on", "when the customer joined it", required=True),
            _date_column("ended_on", "when the customer left it; empty while in it", happened=False),
        ),
        ordered=(("started_on", "ended_on"),),
    ),
    CanonicalTable(
        name="assignments",
        states=True,
        grain="a customer's CSM, touch model or team, from a day to another; of several of a kind on a day, what began last counts",
        told_by=("customer_id", "kind", "value", "started_on"),
        columns=(
            _CUSTOMER,
            text_column("kind", "what is assigned", "csm", "touch_model", "team", required=True),
            text_column("value", "who or which it is", required=True, privacy=Privacy.PERSON),
            # neither date is one of the past alone: who takes over next month is known today
            _date_column("started_on", "the first day of it", required=True, happened=False),
            _date_column("ended_on", "the last day of it; empty while it lasts", happened=False),
        ),
        ordered=(("started_on", "ended_on"),),
        worded=(("touch_model", "value", TOUCH_MODELS),),
    ),
    CanonicalTable(
        name="reference_requests",
        states=True,
        grain="a request to a customer to be a reference",
        told_by=("customer_id", "asked_on", "kind"),
        columns=(
            _CUSTOMER,
            _date_column("asked_on", "when it was asked", required=True),
            text_column("kind", "what for", "case_study", "review", "referral", "call", "event", required=True),
            text_column("answer", "what it said; empty: nothing yet", "agreed", "refused", "later"),
        ),
    ),
    CanonicalTable(
        name="costs",
        grain="a month's spend",
        repeats=True,
        columns=(
            _date_column("month", "the month in which it was spent", required=True, kind=Kind.MONTH),
            text_column(
                "kind", "what for; cs and support are the cost to serve", "acquisition", "cs", "support", required=True
            ),
            _amount_column("amount", "how much was spent", required=True),
            _CURRENCY,
            text_column("segment", "the id of the segment it is of; empty: of the total alone", privacy=Privacy.PUBLIC),
        ),
    ),
)


def with_credit_notes(orders: CanonicalTable) -> CanonicalTable:
    """Return the table of orders as it is validated where credit notes are netted: several rows an order, amounts below 0 too."""
    columns = (replace(one, at_least=None) if one.name == "amount" else one for one in orders.columns)
    return replace(orders, key=None, columns=tuple(columns))


BY_NAME = {table.name: table for table in TABLES}

# Usage is kept as these alone, summed up where it is stored.
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
    "accounts", "accounts_per_seat", "adoption_active", "adoption_of", "advocacy", "age", "answered_no", "asked_on",
    "assigned_team",
    "churned_mrr", "closes_3m_before", "closing_mrr", "contraction_mrr", "core_feature_count", "core_features",
    "core_weeks", "cost", "cross_sell_mrr", "customers", "daily_share_of_users", "days", "days_to_first_use",
    "days_to_onboard", "decided_on", "effective_end", "event_no", "events", "events_3m_before", "events_per_seat",
    "events_to_before", "everyone", "expansion_mrr", "first_core_use", "first_day", "first_goal_on",
    "first_milestone_on", "first_mrr", "first_outcome_on", "first_start", "gained_no", "grave_tickets",
    "gross_margin", "has_goal", "has_joined", "has_outcome", "is_active", "is_advocate", "is_complaint_free", "is_onboarded",
    "known_no", "last_day", "last_week", "latest_csat", "latest_nps", "long_term_mrr", "milestones_kept",
    "minutes_cost", "month", "month_no", "months_under_contract", "movement", "mrr_12m_ago", "new_mrr", "nps_all",
    "onboarded_on", "onboarding_days", "opening_mrr", "orders_12m", "orders_to_date", "overdue_milestones", "recent_nps",
    "reactivation_mrr", "replaced", "responded_moment", "revenue_to_date", "segment", "service_end",
    "share_of_features", "since", "stint_start", "superseded_no", "tickets_3m", "told_term_mrr", "touched_on",
    "touches_3m", "unheard_detractors", "until", "upsell_mrr", "usage_kept", "user_days", "users", "users_per_seat",
    "without_outcome",
})  # fmt: skip
