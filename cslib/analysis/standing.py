"""How each customer under contract stands at the close: what falls due, when to speak, and what stands against selling."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from cslib.facts.renewals import ended_terms

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


def terms_so_far(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return the terms that had begun by the close: customer_id, product, mrr, term_months, ends_on, since, until.

    ends_on is the last day; a term counts at the closes of the months from `since` up to, without, `until`; missing while open.
    """
    terms = facts.terms.filter(_.since <= as_of.number)
    told = terms.select(
        "customer_id", "product", "term_months", "service_end", "since", "until", mrr=_.mrr.cast("float64")
    )
    frame = told.order_by("customer_id", "product", "service_end", "mrr").to_pyarrow().to_pandas()
    return frame.assign(ends_on=pd.to_datetime(frame.service_end) - timedelta(days=1)).drop(columns="service_end")


def agreed_terms(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return the terms of a known length that had begun by the close, each with the end that was known while it ran.

    Columns as of `terms_so_far`, but for the product. A change of seats ends a row of the contract before its time, and a
    customer that leaves early does: the end on record says then what came, not what was agreed, which is a whole number of
    lengths after the day on which the terms of the product began anew.
    """
    ended = ended_terms(facts.terms).filter(_.since <= as_of.number)
    told = ended.select(
        "customer_id", "term_months", "since", "until", "starts_on", "service_end", "product_since", "agreed",
        mrr=_.mrr.cast("float64"),
    )  # fmt: skip
    frame = told.order_by("customer_id", "service_end", "starts_on", "mrr").to_pyarrow().to_pandas()
    start, head, recorded = (pd.to_datetime(frame[name]) for name in ("starts_on", "product_since", "service_end"))
    apart = (start.dt.year - head.dt.year) * 12 + start.dt.month - head.dt.month
    due = _months_after(head, (apart // frame.term_months + 1) * frame.term_months)
    ends = recorded.where(frame.agreed, due) - timedelta(days=1)
    return frame.assign(ends_on=ends)[["customer_id", "term_months", "mrr", "since", "until", "ends_on"]]


def _months_after(days: pd.Series[Any], months: pd.Series[Any]) -> pd.Series[Any]:
    """Return the day so many months after each, or the last of that month where it has no such day."""
    month = days.to_numpy().astype("datetime64[M]") + months.to_numpy().astype("timedelta64[M]")
    day = month.astype("datetime64[D]") + (days.dt.day.to_numpy() - 1).astype("timedelta64[D]")
    last = (month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return pd.Series(np.minimum(day, last).astype("datetime64[us]"), days.index)


def terms_in_force(so_far: pd.DataFrame, close: Month) -> pd.DataFrame:
    """Return those of the terms that are in force at a close."""
    return so_far[(so_far.since <= close.number) & ~(so_far.until <= close.number)].reset_index(drop=True)


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
