"""How each customer under contract stands at the close: what falls due, when to speak, and what stands against selling."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

if TYPE_CHECKING:
    from cslib.facts import Facts
    from cslib.periods import Month

RENEWAL, RISING = "renewal", "use_rising"
OPEN_TICKET, DETRACTOR, NO_OUTCOME = "open_ticket", "detractor", "no_outcome"
RENEWAL_DAYS = 90
VETO_NEEDS = {
    OPEN_TICKET: ("tickets.severity", "tickets.resolved_at"),
    DETRACTOR: ("surveys.score", "surveys.responded_on"),
    NO_OUTCOME: ("goals.achieved_on",),
}
RISEN = 1.2  # times the events of the three months before
_LOW = 6  # of an NPS answer
_STATES = (
    "months_under_contract", "users_per_seat", "core_weeks", "latest_nps", "grave_tickets", "has_outcome", "events_to_before",
)  # fmt: skip


def standing(facts: Facts, as_of: Month, terms: pd.DataFrame) -> pd.DataFrame:
    """Return a row per customer under contract at the close, by customer_id.

    mrr, products (how many it holds), months_under_contract, users_per_seat, core_weeks, lifecycle, csm, last_expansion and
    last_touch (YYYY-MM and a day; missing without any); due_on, due_months and due_mrr of the term that ends first within 90
    days; window, `renewal` where one does, else `use_rising` or empty; veto, why it is to be helped before anything is
    proposed to it, a word each: a veto of which the source does not tell is none.
    """
    frame = _known(facts, as_of)
    due = first_due(terms, as_of)
    rising = np.where(frame.events_to_before >= RISEN, RISING, "")
    found = frame.assign(
        products=terms.groupby("customer_id")["product"].nunique().reindex(frame.index),
        window=np.where(frame.index.isin(due.index), RENEWAL, rising),
        veto=_vetoes(frame, facts),
    )
    return found.join(due).drop(columns=["latest_nps", "grave_tickets", "has_outcome", "events_to_before"])


def _known(facts: Facts, as_of: Month) -> pd.DataFrame:
    states = facts["customer_states"].filter(_.month_no == as_of.number)
    told = states.select("customer_id", *_STATES, mrr=_.closing_mrr.cast("float64"))
    named = told.join(facts.customers_at(as_of).select("customer_id", "lifecycle", "csm"), "customer_id")
    grown = facts["customer_months"].filter(_.month_no <= as_of.number, _.movement == "expansion")
    seen = facts.tables["touches"].filter(_.occurred_on <= as_of.last_day)
    latest = [
        grown.group_by("customer_id").aggregate(last_expansion=_.month.max()),
        seen.group_by("customer_id").aggregate(last_touch=_.occurred_on.max().cast("string")),
    ]
    frame = named.order_by("customer_id").to_pyarrow().to_pandas().set_index("customer_id")
    return frame.join([one.to_pyarrow().to_pandas().set_index("customer_id") for one in latest])


def first_due(terms: pd.DataFrame, as_of: Month) -> pd.DataFrame:
    """Return the term of each customer that ends first within the days of a renewal after a close; of those of one day the largest."""
    close = pd.Timestamp(as_of.last_day)
    soon = (terms.ends_on > close) & (terms.ends_on <= close + timedelta(days=RENEWAL_DAYS))
    dated = terms[soon].sort_values(["ends_on", "mrr"], ascending=[True, False]).drop_duplicates("customer_id")
    days = dated.ends_on.dt.strftime("%Y-%m-%d")
    told = {"due_on": days, "due_months": dated.term_months, "due_mrr": dated.mrr, "customer_id": dated.customer_id}
    return pd.DataFrame(told).set_index("customer_id")


def _vetoes(frame: pd.DataFrame, facts: Facts) -> pd.Series[str]:
    against = {
        OPEN_TICKET: frame.grave_tickets > 0,
        DETRACTOR: frame.latest_nps <= _LOW,
        NO_OUTCOME: ~frame.has_outcome.astype(bool),
    }
    told = [np.where(holds & (not facts.missing(VETO_NEEDS[name])), f"{name} ", "") for name, holds in against.items()]
    return pd.Series(np.sum(np.array(told, dtype=object), axis=0), frame.index, dtype=object).str.strip()
