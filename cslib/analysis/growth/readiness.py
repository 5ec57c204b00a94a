"""Who is ready for more, by the facts as of a month, what it usually comes to, and how often such proposals are won."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from ibis import _

from cslib.analysis.panel import BOUGHT_MORE
from cslib.kpis import reasons
from cslib.stats import Clusters, design_effect, few_customers, wilson

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr.types import Table
    from numpy.typing import NDArray

    from cslib.analysis.paid import Paid
    from cslib.facts import Facts
    from cslib.periods import Month

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SEATS_IN_USE = 0.8  # of the seats; who uses so many may soon want more
KINDS = ("upsell", "cross_sell")
_SEATS = ("usage.user_id", "contracts.seats")
OFFER_NEEDS = ("proposals.closed_on", *_SEATS)
_YEAR = 12


@dataclass(frozen=True)
class Offers:
    """What may be offered to a segment's customers: a monthly amount for each, and how proposals of that kind ended in a year."""

    seats: Floats  # an entry per customer of the segment
    products: Floats
    full_seats: int  # how many customers use most of their seats
    won: int
    closed: int
    effective: float  # how many independent proposals the closed ones are worth, since a customer has several

    @property
    def win_rate(self) -> tuple[float, float, float]:
        """The share of closed proposals that were won, and Wilson's interval of it with customers as clusters."""
        rate = self.won / self.closed
        low, high = wilson(np.array(rate * self.effective), np.array(self.effective))
        return rate, float(low), float(high)


class Readiness:
    """Who uses most of its seats and who lacks which product, of all customers of a book as of a month."""

    def __init__(self, facts: Facts, as_of: Month, paid: Paid) -> None:
        self._facts, self._as_of, self._ids = facts, as_of, paid.ids
        self._now = paid.amounts[:, -1]
        self._held = self._products()
        self._won, self._closed = self._proposals()
        self._presses = self._seats()
        self._rises = self._upsells()

    @property
    def lacking(self) -> str:
        """Why it cannot be told who is ready; an empty text where it can."""
        absent = self._facts.missing(OFFER_NEEDS)
        if absent:
            return f"{reasons.NEEDS} {', '.join(absent)}"
        silent = self._facts.manifest.silent(_SEATS, self._as_of)
        ended = [f"{name} {day}" for name, day in silent.items() if day is not None]
        if ended:
            return f"{reasons.ENDS} {', '.join(ended)}"
        return f"{reasons.BEGINS} {', '.join(silent)}" if silent else ""

    @property
    def groups(self) -> list[Flags]:
        """The groups of customers whose number what is offered tells."""
        return [self._presses, self._closed > 0, self._won > 0, self._closed > self._won]

    def offers(self, inside: Flags) -> Offers:
        """Return what may be offered to these customers."""
        won, closed = self._won[inside], self._closed[inside]
        seats, full = self._more_seats(inside), int(self._presses[inside].sum())
        return Offers(
            seats, self._more_products(inside), full, int(won.sum()), int(closed.sum()), _independent(won, closed)
        )

    def _more_seats(self, inside: Flags) -> Floats:
        """Return what more seats usually come to: the median rise of those who bought more of what they had in a year."""
        rises = self._rises[inside[self._ids.get_indexer(self._rises.customer_id)]].share
        usual = float(rises.median()) if len(rises) else 0.0
        return self._now[inside] * self._presses[inside] * usual

    def _more_products(self, inside: Flags) -> Floats:
        """Return the products that each customer does not hold, each at its median amount times the share who hold it.

        Only a product that somebody holds beside another can be added to one.
        """
        held = self._held[inside]
        under = self._now[inside] > 0
        beside = (held > 0) & ((held > 0).sum(axis=1) > 1)[:, None]
        usual = [float(np.median(column[column > 0])) if (column > 0).any() else 0.0 for column in held.T]
        expected = (
            np.array(usual) * (held > 0).mean(axis=0, where=under[:, None]) if under.any() else np.zeros(held.shape[1])
        )
        found: Floats = ((held == 0) & under[:, None]) @ (expected * beside.any(axis=0))
        return found

    def _frame(self, table: Table) -> pd.DataFrame:
        """Return rows of a table as a frame, those of customers that were ever under contract."""
        frame = table.to_pyarrow().to_pandas()
        return frame[frame.customer_id.isin(self._ids)]

    def _products(self) -> Floats:
        """Return what each customer pays for each product at the close, a column per product."""
        month = self._as_of.number
        terms = self._facts.terms.filter(_.since <= month, _.until.isnull() | (_.until > month))
        summed = terms.group_by(["customer_id", "product"]).aggregate(mrr=_.mrr.sum().cast("float64"))
        frame = self._frame(summed)
        held = frame.pivot_table(index="customer_id", columns="product", values="mrr", aggfunc="sum")
        amounts: Floats = held.reindex(self._ids).fillna(0.0).to_numpy(dtype=np.float64)
        return amounts

    def _proposals(self) -> tuple[Floats, Floats]:
        """Return how many proposals of more seats or products each customer won, and how many were closed, in a year."""
        last = self._as_of.number
        closed = self._facts["proposals_closed"].filter(
            _.kind.isin(KINDS), _.event_no <= last, _.event_no > last - _YEAR
        )
        counted = closed.group_by("customer_id").aggregate(closed=_.count(), won=(_.status == "won").sum())
        frame = self._frame(counted).set_index("customer_id").reindex(self._ids).fillna(0)
        return frame.won.to_numpy(dtype=np.float64), frame.closed.to_numpy(dtype=np.float64)

    def _seats(self) -> Flags:
        states = self._facts["customer_states"]
        full = states.filter(_.month_no == self._as_of.number, _.users_per_seat >= SEATS_IN_USE)
        return self._ids.isin(self._frame(full.select("customer_id")).customer_id)

    def _upsells(self) -> pd.DataFrame:
        """Return the rises of a year on what was held already, each as a share of what was paid; a rise of the price is none."""
        last, spine = self._as_of.number, self._facts["customer_months"]
        rises = spine.filter(_.month_no <= last, _.month_no > last - _YEAR, _.movement == "expansion")
        bought = rises.filter(_.upsell_mrr >= _.opening_mrr * BOUGHT_MORE)
        share = bought.upsell_mrr.cast("float64") / bought.opening_mrr.cast("float64")
        return self._frame(bought.select("customer_id", share=share))


def _independent(won: Floats, closed: Floats) -> float:
    """Return how many independent proposals tell as much as these, of which a customer has several."""
    n, part, customers = (np.array(float(each)) for each in (closed.sum(), won.sum(), (closed > 0).sum()))
    if not n:
        return 0.0
    rate = part / n
    over = Clusters(customers, np.array((won**2).sum()), np.array((won * closed).sum()), np.array((closed**2).sum()))
    effect: Floats = design_effect(part, n, rate * (1 - rate), over) * few_customers(n, customers)
    return float(n / effect)
