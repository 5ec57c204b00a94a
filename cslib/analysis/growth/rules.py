"""The rules by which something is proposed, and of whom each held at every past close."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.growth.readiness import SEATS_IN_USE
from cslib.analysis.indicators import Indicator
from cslib.analysis.standing import RENEWAL, RISEN, RISING, first_due
from cslib.analysis.terms_at_close import terms_in_force
from cslib.kpis.kpi import Better
from cslib.periods import Month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.panel import Panel

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

UPSELL, CROSS_SELL, LONGER_TERM = "upsell", "cross_sell", "longer_term"
OFFERS = (UPSELL, CROSS_SELL, LONGER_TERM)
SEATS_FULL, LACKS_PRODUCT, SHORT_TERM = "seats_in_heavy_use", "product_not_held", "short_term_ends"
OUTCOME_REACHED = "outcome_reached"
SHORT_MONTHS = 12  # a term of up to a year is a short one
_ENDS = "contracts.ends_on"


@dataclass(frozen=True)
class Rule:
    """What must hold of a customer at a close for something to be proposed to it, or for the time to be right.

    `of` is the indicator that must be at least `least`; empty for a rule of contract terms. `kinds` are the proposals that
    it bears on.
    """

    id: str
    kinds: tuple[str, ...]
    needs: tuple[str, ...]
    of: str = ""
    least: float = 1.0
    span: int = 1

    @property
    def indicator(self) -> Indicator:
        """The rule as a figure of a customer at a close: 1 where it holds, else 0."""
        return Indicator(self.id, "", Better.HIGHER, self.needs, limit=1.0, span=self.span)


RULES = (
    Rule(SEATS_FULL, (UPSELL,), (_ENDS, "contracts.seats", "usage.user_id"), "seat_utilisation", SEATS_IN_USE),
    Rule(LACKS_PRODUCT, (CROSS_SELL,), (_ENDS, "contracts.product")),
    Rule(SHORT_TERM, (LONGER_TERM,), (_ENDS, "contracts.term_months", "usage.used_on")),
    Rule(RENEWAL, OFFERS, (_ENDS, "contracts.term_months")),
    Rule(RISING, OFFERS, (_ENDS, "usage"), "usage_decline", RISEN, span=4),
    Rule(OUTCOME_REACHED, OFFERS, (_ENDS, "goals.achieved_on"), "customers_with_outcome"),
)


def product_to_offer(held: Flags, least: int) -> Ints:
    """Return of each row the column of the product that it lacks and most others hold; -1 where there is none.

    `held` has a row per customer and a column per product, of which those are tried that `least` customers hold; of two
    that as many hold it is the first.
    """
    holders = held.sum(axis=0)
    common = np.argsort(-holders, kind="stable")
    common = common[holders[common] >= least]
    lacks = ~held[:, common]
    found = np.full(len(held), -1)
    any_lacks = lacks.any(axis=1)
    if any_lacks.any():
        found[any_lacks] = common[lacks[any_lacks].argmax(axis=1)]
    return found


class PastRules:
    """Of whom each rule held: a figure per row of the panel, 1 or 0, nan where it is not known."""

    def __init__(self, inquiry: Inquiry, panel: Panel, rules: Sequence[Rule]) -> None:
        self._inquiry, self._panel = inquiry, panel
        self._policies = inquiry.facts.policies
        self._by_id = {one.id: one for one in inquiry.indicators}
        self._able = [rule for rule in rules if not inquiry.facts.missing(rule.needs)]

    def panel_of(self, segment: str) -> Panel:
        """Return the panel with the rules that the source tells of as its figures."""
        return self._panel.with_figures({**self._of_all, LACKS_PRODUCT: np.sign(self.offered(segment) + 1.0)})

    @cached_property
    def _of_all(self) -> dict[str, Floats]:
        """The rules that hold of a customer whatever the segment."""
        found = {}
        for rule in self._able:
            if rule.of:
                figures = self._panel.figure(self._by_id[rule.of])
                found[rule.id] = np.where(np.isnan(figures), np.nan, figures >= rule.least)
        able = {rule.id for rule in self._able}
        if RENEWAL in able:
            found[RENEWAL] = self._due[:, 0]
        if SHORT_TERM in able:
            weeks = self._panel.figure(self._by_id["adoption"])
            adopted = np.where(np.isnan(weeks), np.nan, weeks >= self._policies.adoption_weeks.active)
            found[SHORT_TERM] = np.where(self._due[:, 1] == 1, adopted, 0.0)
        return found

    @cached_property
    def _due(self) -> Floats:
        """Of each row, whether a term ends within the days of a renewal, and whether the one that ends first is a short one.

        Ends are those that were known at the close.
        """
        found, terms = np.zeros((len(self._panel.months), 2)), self._inquiry.terms_so_far
        for number in np.unique(self._panel.months):
            close = Month(int(number))
            due = first_due(terms_in_force(terms, close), close)
            at = self._at(due.index, close)
            found[at[at >= 0]] = np.column_stack([np.ones(len(due)), due.due_months <= SHORT_MONTHS])[at >= 0]
        return found

    def _at(self, customers: pd.Index[str], close: Month) -> Ints:
        who = self._panel.ids.get_indexer(customers).astype(np.int64)
        return np.where(who >= 0, self._panel.place(who, np.full(len(who), close.number)), -1)

    @cached_property
    def products(self) -> pd.Index[str]:
        """The products by name."""
        return pd.Index(sorted(self._inquiry.terms_so_far["product"].dropna().unique()))

    @cached_property
    def _held(self) -> Flags:
        """Of each row, which products are held."""
        terms = self._inquiry.terms_so_far
        found = np.zeros((len(self._panel.months), len(self.products)), dtype=np.bool_)
        for number in np.unique(self._panel.months):
            close = Month(int(number))
            mine = terms_in_force(terms, close)
            at = self._at(pd.Index(mine.customer_id), close)
            which = self.products.get_indexer(pd.Index(mine["product"]))
            told = (at >= 0) & (which >= 0)
            found[at[told], which[told]] = True
        return found

    def offered(self, segment: str) -> Ints:
        """Return of each row of a segment which product would have been proposed; -1 for none, and outside of the segment."""
        panel, found = self._panel, np.full(len(self._panel.months), -1)
        inside = panel.inside(segment)
        for number in np.unique(panel.months):
            at = np.flatnonzero(inside & (panel.months == number))
            found[at] = product_to_offer(self._held[at], self._policies.min_n)
        return found
