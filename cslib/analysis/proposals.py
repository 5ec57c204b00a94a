"""Whom to propose what, and whom to help first: more seats, a product, a longer term, each with its reason and its window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.panel import BOUGHT_MORE, NEEDS
from cslib.analysis.readiness import SEATS_IN_USE
from cslib.kpis import reasons
from cslib.privacy.suppression import HIDDEN

if TYPE_CHECKING:
    from datetime import date

    from cslib.analysis.inquiry import Inquiry
    from cslib.facts import Facts
    from cslib.periods import Month
    from cslib.settings import Policies

COLUMNS = (
    "segment", "month", "customer_id", "kind", "product", "rule", "amount", "window", "due_on", "veto", "mrr", "products",
    "months_under_contract", "lifecycle", "last_expansion", "reason",
)  # fmt: skip
_TEXTS = [
    "customer_id", "kind", "product", "rule", "window", "due_on", "veto", "lifecycle", "last_expansion", "reason",
]  # fmt: skip
UPSELL, CROSS_SELL, LONGER_TERM, HELP = "upsell", "cross_sell", "longer_term", "help"
_ORDER = {  # help first, then what falls due first, then the largest; each ascending or not
    "segment": True, "sold": True, "undated": True, "due_on": True, "amount": False, "mrr": False, "customer_id": True, "kind": True,
}  # fmt: skip
SEATS_FULL, LACKS_PRODUCT, SHORT_TERM = "seats_in_heavy_use", "product_not_held", "short_term_ends"
RENEWAL, RISING = "renewal", "use_rising"
RENEWAL_DAYS = 90
OPEN_TICKET, DETRACTOR, NO_OUTCOME = "open_ticket", "detractor", "no_outcome"
VETO_NEEDS = {
    OPEN_TICKET: ("tickets.severity", "tickets.resolved_at"),
    DETRACTOR: ("surveys.score", "surveys.responded_on"),
    NO_OUTCOME: ("goals.achieved_on",),
}
_RULE_NEEDS = {SEATS_FULL: ("usage.user_id", "contracts.seats"), SHORT_TERM: ("contracts.term_months", "usage.used_on")}
_LOW = 6  # of an NPS answer
_RISEN = 1.2  # times the events of the three months before
_YEAR = 12


@dataclass(frozen=True)
class _Book:
    """What is known at the close, of all customers under contract."""

    last_day: date
    customers: pd.DataFrame  # a row each, by customer_id
    terms: pd.DataFrame  # customer_id, product, mrr, term_months, service_end of the terms in force
    rises: pd.DataFrame  # customer_id, share: what was bought more of in twelve months, as a share of what was paid
    able: frozenset[str]  # the rules and vetoes that the source tells of


def proposals(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, customer and what may be proposed to it, or one of `help`: `COLUMNS`.

    Of customers under contract at the close. `upsell`: most of the seats are used; the amount is the usual rise of those who
    bought more in a year. `cross_sell`: the product not held that most others hold; the amount is what they usually pay.
    `longer_term`: a term of up to a year that ends within 90 days, of one that uses the product; the amount is the term's.
    Who has an open grave ticket, answered as a detractor or has reached no goal yet is never proposed anything: its one row
    is `help`, with the `veto`. A veto of which the source does not tell is none. `window` says when to speak: before a
    `renewal` that falls due on `due_on` within 90 days, or while `use_rising`. A segment without anybody has one row with
    the reason; outsiders are told nothing.
    """
    facts, found = inquiry.facts, []
    absent = facts.missing(NEEDS)
    untold = HIDDEN if facts.discreet else f"{reasons.NEEDS} {', '.join(absent)}" if absent else ""
    book = None if untold else _book(facts, inquiry.as_of)
    members = facts.members.select("segment", "customer_id").to_pyarrow().to_pandas()
    for segment in sorted(inquiry.segments):
        inside = members.customer_id[members.segment == segment]
        rows = pd.DataFrame() if book is None else _of_segment(book, inside, facts.policies)
        said = rows if len(rows) else pd.DataFrame({"reason": [untold or reasons.EMPTY]})
        found.append(said.reindex(columns=list(COLUMNS)).assign(segment=segment))
    table = pd.concat(found, ignore_index=True).assign(month=str(inquiry.as_of))
    table[_TEXTS] = table[_TEXTS].astype(object).where(table[_TEXTS].notna(), "")
    ordered = table.assign(sold=table.kind != HELP, undated=table.due_on == "").sort_values(
        [*_ORDER], ascending=[*_ORDER.values()]
    )
    counts = dict.fromkeys(("products", "months_under_contract"), "Int64")
    return ordered.reset_index(drop=True).astype({"amount": "float64", "mrr": "float64", **counts})[list(COLUMNS)]


def _book(facts: Facts, as_of: Month) -> _Book:
    month, needed = as_of.number, {**_RULE_NEEDS, **VETO_NEEDS}
    states = facts["customer_states"].filter(_.month_no == month)
    told = facts.tables["customers"].select("customer_id", "lifecycle")
    columns = ("closing_mrr", "months_under_contract", "users_per_seat", "core_weeks", "latest_nps", "grave_tickets",
               "has_outcome", "events_to_before")  # fmt: skip
    joined = (
        states.select("customer_id", *columns)
        .join(told, "customer_id")
        .mutate(closing_mrr=_.closing_mrr.cast("float64"))
    )
    customers = joined.order_by("customer_id").to_pyarrow().to_pandas().set_index("customer_id")
    spine = facts["customer_months"].filter(_.month_no <= month, _.movement == "expansion")
    last = spine.group_by("customer_id").aggregate(last_expansion=_.month.max()).to_pyarrow().to_pandas()
    customers = customers.join(last.set_index("customer_id"))
    bought = spine.filter(_.month_no > month - _YEAR, _.upsell_mrr >= _.opening_mrr * BOUGHT_MORE)
    share = bought.upsell_mrr.cast("float64") / bought.opening_mrr.cast("float64")
    terms = facts.terms.filter(_.since <= month, _.until.isnull() | (_.until > month))
    held = terms.select("customer_id", "product", "term_months", "service_end", mrr=terms.mrr.cast("float64"))
    return _Book(
        last_day=as_of.last_day,
        customers=customers,
        terms=held.order_by("customer_id", "product", "service_end").to_pyarrow().to_pandas(),
        rises=bought.select("customer_id", share=share).to_pyarrow().to_pandas(),
        able=frozenset(name for name, needs in needed.items() if not facts.missing(needs)) | {LACKS_PRODUCT},
    )


def _of_segment(book: _Book, inside: pd.Series[str], policies: Policies) -> pd.DataFrame:
    """Return what may be proposed to each customer of a segment, or that it is to be helped first."""
    customers = book.customers[book.customers.index.isin(inside)]
    terms = book.terms[book.terms.customer_id.isin(customers.index)]
    share = book.rises.share[book.rises.customer_id.isin(inside)].median()
    due = _due(terms, book.last_day)
    offers = pd.concat([
        _more_seats(customers, share) if SEATS_FULL in book.able else pd.DataFrame(),
        _further_product(terms, policies.min_n),
        _longer(customers, due, policies.adoption_weeks.active) if SHORT_TERM in book.able else pd.DataFrame(),
    ])  # fmt: skip
    rising = np.where(customers.events_to_before >= _RISEN, RISING, "")
    known = pd.DataFrame({
        "window": np.where(customers.index.isin(due.index), RENEWAL, rising), "due_on": due.ends_on.dt.strftime("%Y-%m-%d").reindex(customers.index),
        "veto": _vetoes(customers, book.able), "mrr": customers.closing_mrr,
        "products": terms.groupby("customer_id")["product"].nunique().reindex(customers.index),
        "months_under_contract": customers.months_under_contract, "lifecycle": customers.lifecycle,
        "last_expansion": customers.last_expansion,
    }, index=customers.index)  # fmt: skip
    vetoed = known.veto[known.veto != ""].index
    asked = vetoed[vetoed.isin(offers.index) | vetoed.isin(due.index)]
    helped = pd.DataFrame({"kind": HELP}, index=asked)
    found = pd.concat([helped, offers[~offers.index.isin(vetoed)]])
    return found.join(known).rename_axis("customer_id").reset_index()


def _due(terms: pd.DataFrame, last_day: date) -> pd.DataFrame:
    """Return the term of each customer that ends first within the days of a renewal: its last day, length and amount."""
    ends = pd.to_datetime(terms.service_end) - timedelta(days=1)
    soon = (ends > pd.Timestamp(last_day)) & (ends <= pd.Timestamp(last_day) + timedelta(days=RENEWAL_DAYS))
    dated = terms.assign(ends_on=ends)[soon].sort_values(["ends_on", "mrr"], ascending=[True, False])
    return dated.drop_duplicates("customer_id").set_index("customer_id")[["ends_on", "term_months", "mrr"]]


def _vetoes(customers: pd.DataFrame, able: frozenset[str]) -> pd.Series[str]:
    """Return why each customer is to be helped before anything is proposed to it; empty where nothing stands against it."""
    against = {
        OPEN_TICKET: customers.grave_tickets > 0,
        DETRACTOR: customers.latest_nps <= _LOW,
        NO_OUTCOME: ~customers.has_outcome.astype(bool),
    }
    told = [np.where(holds & (name in able), f"{name} ", "") for name, holds in against.items()]
    return pd.Series(np.sum(np.array(told, dtype=object), axis=0), customers.index, dtype=object).str.strip()


def _more_seats(customers: pd.DataFrame, share: float) -> pd.DataFrame:
    full = customers[customers.users_per_seat >= SEATS_IN_USE]
    return pd.DataFrame(
        {"kind": UPSELL, "product": "", "rule": SEATS_FULL, "amount": full.closing_mrr * share}, full.index
    )


def _further_product(terms: pd.DataFrame, least: int) -> pd.DataFrame:
    """Return the product that each customer lacks and most others hold, at what they usually pay; it is tried where enough do."""
    held = terms.pivot_table(index="customer_id", columns="product", values="mrr", aggfunc="sum")
    common = held.count()[lambda count: count >= least].sort_index().sort_values(ascending=False, kind="stable")
    lacks = held[common.index].isna()
    lacking = lacks[lacks.any(axis=1)]
    if not len(lacking):
        return pd.DataFrame()
    chosen = lacking.idxmax(axis=1)
    amounts = chosen.map(held[common.index].median())
    return pd.DataFrame({"kind": CROSS_SELL, "product": chosen, "rule": LACKS_PRODUCT, "amount": amounts})


def _longer(customers: pd.DataFrame, due: pd.DataFrame, weeks: int) -> pd.DataFrame:
    adopted = customers.index[customers.core_weeks >= weeks]
    short = due[(due.term_months <= _YEAR) & due.index.isin(adopted)]
    return pd.DataFrame({"kind": LONGER_TERM, "product": "", "rule": SHORT_TERM, "amount": short.mrr}, short.index)
