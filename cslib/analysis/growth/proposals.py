"""Whom to propose what, and whom to help first: more seats, a product, a longer term, each with its reason and its window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from ibis import _

from cslib.analysis.customer_lists import list_by_segment
from cslib.analysis.growth.readiness import SEATS_IN_USE
from cslib.analysis.growth.replay import replay, verdict_by_rule
from cslib.analysis.growth.rules import (
    CROSS_SELL,
    LACKS_PRODUCT,
    LONGER_TERM,
    SEATS_FULL,
    SHORT_MONTHS,
    SHORT_TERM,
    UPSELL,
    product_to_offer,
)
from cslib.analysis.panel import BOUGHT_MORE

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry
    from cslib.facts import Facts
    from cslib.periods import Month

COLUMNS = (
    "segment", "month", "customer_id", "kind", "product", "rule", "amount", "window", "due_on", "veto", "mrr", "products",
    "months_under_contract", "lifecycle", "last_expansion", "verdict", "reason",
)  # fmt: skip
_TEXTS = [
    "customer_id", "kind", "product", "rule", "window", "due_on", "veto", "lifecycle", "last_expansion", "verdict", "reason",
]  # fmt: skip
HELP = "help"
_ORDER = {  # help first, then what falls due first, then the largest; each ascending or not
    "segment": True, "sold": True, "undated": True, "due_on": True, "amount": False, "mrr": False, "customer_id": True, "kind": True,
}  # fmt: skip
_NEEDS = {
    SEATS_FULL: ("usage.user_id", "contracts.seats"),
    LACKS_PRODUCT: (),
    SHORT_TERM: ("contracts.term_months", "usage.used_on"),
}
_YEAR = 12


def proposals(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, customer and what may be proposed to it, or one of `help`: `COLUMNS`.

    Of customers under contract at the close. `upsell`: most of the seats are used; the amount is the usual rise of those who
    bought more in a year. `cross_sell`: the product not held that most others hold; the amount is what they usually pay.
    `longer_term`: a term of up to a year that ends within 90 days, of one that uses the product; the amount is the term's.
    Who has an open grave ticket, answered as a detractor or has reached no goal yet is never proposed anything: its one row
    is `help`, with the `veto`. `window` says when to speak: before a `renewal` that falls due on `due_on` within 90 days, or
    while `use_rising`. `verdict` is what the replay of past months says of the rule in the segment. A segment without anybody has one row with the reason; outsiders are told nothing.
    """
    table = list_by_segment(inquiry, COLUMNS, _TEXTS, lambda asked: _Proposing(asked).of)
    placed = table.assign(sold=table.kind != HELP, undated=table.due_on == "")
    ordered = placed.sort_values([*_ORDER], ascending=[*_ORDER.values()], ignore_index=True)
    numbers = {"amount": "float64", "mrr": "float64", "products": "Int64", "months_under_contract": "Int64"}
    return ordered.astype(numbers)[list(COLUMNS)]


class _Proposing:
    """What is known at the close, of all customers under contract, and what may be proposed to those of a segment."""

    def __init__(self, inquiry: Inquiry) -> None:
        facts, as_of = inquiry.facts, inquiry.as_of
        self._least, self._weeks = facts.policies.min_n, facts.policies.adoption_weeks.active
        self._terms, self._standing = inquiry.terms, inquiry.standing
        self._rises = _rises(facts, as_of)
        self._replay = inquiry.once(replay)
        self._able = [rule for rule, needs in _NEEDS.items() if not facts.missing(needs)]

    def of(self, segment: str, inside: pd.Series[str]) -> pd.DataFrame:
        """Return the proposals to customers of a segment, and who of them is to be helped first."""
        known = self._standing[self._standing.index.isin(inside)]
        offers = self._offers(known, self._rises[self._rises.index.isin(inside)])
        vetoed = known.index[known.veto != ""]
        due = known.index[known.due_on.notna()]
        helped = vetoed[vetoed.isin(offers.index) | vetoed.isin(due)]
        found = pd.concat([pd.DataFrame({"kind": HELP}, index=helped), offers[~offers.index.isin(vetoed)]])
        behind = verdict_by_rule(self._replay[self._replay.segment == segment])
        told = found.assign(verdict=found.rule.map(behind) if "rule" in found else "")
        return told.join(known).rename_axis("customer_id").reset_index()

    def _offers(self, known: pd.DataFrame, rises: pd.Series[float]) -> pd.DataFrame:
        made = {
            SEATS_FULL: lambda: _more_seats(known, rises.median()),
            LACKS_PRODUCT: lambda: _further_product(self._terms, known.index, self._least),
            SHORT_TERM: lambda: _longer(known, self._weeks),
        }
        return pd.concat([made[rule]().assign(rule=rule) for rule in self._able])


def _rises(facts: Facts, as_of: Month) -> pd.Series[float]:
    """Return by customer what was bought more of in a year of what was held, as a share of what was paid."""
    months = facts["customer_months"].filter(_.month_no <= as_of.number, _.month_no > as_of.number - _YEAR)
    bought = months.filter(_.movement == "expansion", _.upsell_mrr >= _.opening_mrr * BOUGHT_MORE)
    share = bought.upsell_mrr.cast("float64") / bought.opening_mrr.cast("float64")
    return bought.select("customer_id", share=share).to_pyarrow().to_pandas().set_index("customer_id").share


def _more_seats(known: pd.DataFrame, share: float) -> pd.DataFrame:
    full = known[known.users_per_seat >= SEATS_IN_USE]
    return pd.DataFrame({"kind": UPSELL, "product": "", "amount": full.mrr * share}, full.index)


def _further_product(terms: pd.DataFrame, customers: pd.Index[Any], least: int) -> pd.DataFrame:
    """Return the product that each customer lacks and most others hold, at what they usually pay; it is tried where enough do."""
    mine = terms[terms.customer_id.isin(customers)]
    held = mine.pivot_table(index="customer_id", columns="product", values="mrr", aggfunc="sum")
    offered = product_to_offer(held.notna().to_numpy(dtype=bool), least)
    lacking = held.index[offered >= 0]
    chosen = pd.Series(held.columns[offered[offered >= 0]], lacking, dtype=object)
    amounts = chosen.map(held.median()).astype("float64")
    return pd.DataFrame({"kind": CROSS_SELL, "product": chosen, "amount": amounts}, lacking)


def _longer(known: pd.DataFrame, weeks: int) -> pd.DataFrame:
    short = known[(known.due_months <= SHORT_MONTHS) & (known.core_weeks >= weeks)]
    return pd.DataFrame({"kind": LONGER_TERM, "product": "", "amount": short.due_mrr}, short.index)
