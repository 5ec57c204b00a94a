"""The contract book: who holds which product at what price, and the rows that this has left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import DAY, NEVER, NO_NUMBER, Dates, Flags, Floats, Ints, Rows
from cslib.demo.customers import LAST_ORDINARY_DAY
from cslib.demo.sizes import OPEN_END

if TYPE_CHECKING:
    from cslib.demo.customers import Customers

PRODUCTS = ("コア", "アナリティクス", "ワークフロー", "Connect API", "サポートプラス")
CORE = 0


class CustomerBase:
    """What each customer holds today.

    All products of a customer end together (`ends`, the last day of service; none for an open end). A row is
    written when the terms of a line change or run out, and `close` writes those that still run.
    """

    def __init__(self, customers: Customers) -> None:
        """Begin with nobody under contract."""
        count = customers.count
        self._billed_yearly = customers.billed_yearly
        self.held: Flags = np.zeros((count, len(PRODUCTS)), dtype=np.bool_)
        self.since: Dates = np.full((count, len(PRODUCTS)), NEVER)
        self.amount: Floats = np.zeros((count, len(PRODUCTS)))
        self.seats: Ints = np.zeros(count, dtype=np.int64)
        self.added: Ints = np.zeros(count, dtype=np.int64)  # seats bought since they were short, beside the others
        self.term: Ints = np.zeros(count, dtype=np.int64)
        self.ends: Dates = np.full(count, NEVER)
        self.stint_start: Dates = np.full(count, NEVER)
        self.lost_on: Dates = np.full(count, NEVER)
        self.rows, self.stints = Rows(), Rows()
        self.changes, self.further, self.due = Rows(), Rows(), Rows()

    @property
    def in_force(self) -> Flags:
        """Who is under contract."""
        return self.held[:, CORE]

    @property
    def mrr(self) -> Floats:
        """What each customer pays a month."""
        paid: Floats = np.where(self.held, self.amount, 0).sum(axis=1)
        return paid

    def begin(self, who: Ints, on: Dates, amount: Floats, seats: Ints, term: Ints) -> None:
        """Start a stint with the core product."""
        self.held[who, CORE] = True
        self.since[who, CORE] = on
        self.amount[who, CORE] = amount
        self.seats[who], self.term[who], self.added[who] = seats, term, 0
        self.ends[who] = term_end(on, term)
        self.stint_start[who], self.lost_on[who] = on, NEVER

    def expand(self, who: Ints, on: Dates, ratio: Floats) -> None:
        """Sell more seats of the core product from a day within the term."""
        more = self.amount[who, CORE] * ratio
        self.changes.add(customer=who, kind="upsell", product=CORE, amount=more, on=on)
        self._reprice(who, on, 1 + ratio)

    def shrink(self, who: Ints, on: Dates, ratio: Floats) -> None:
        """Give seats of the core product back from a day within the term."""
        self._reprice(who, on, 1 - ratio)

    def add_seats(self, who: Ints, on: Dates, ratio: Floats) -> None:
        """Sell seats of the core product that are short, beside those that are bought anyway."""
        more = self.amount[who, CORE] * ratio
        self.further.add(customer=who, kind="upsell", product=CORE, amount=more, on=on)
        self._write(who, np.full(len(who), CORE), on - DAY)
        self.since[who, CORE] = on
        self.amount[who, CORE] += more
        seats = self.seats[who] + self.added[who]
        self.added[who] += np.maximum(1, np.rint(seats * ratio)).astype(np.int64)

    def add_product(
        self, who: Ints, product: Ints, on: Dates, amount: Floats, *, because_of_another: bool = False
    ) -> None:
        """Sell one more product, to end with the others; one that is held because of another is sold anew."""
        changes = self.further if because_of_another else self.changes
        changes.add(customer=who, kind="cross_sell", product=product, amount=amount, on=on)
        again = self.held[who, product]
        self._write(who[again], product[again], on[again] - DAY)
        self.held[who, product] = True
        self.since[who, product] = on
        self.amount[who, product] = amount

    def drop_products(self, who: Ints, products: Flags) -> None:
        """Let products, not the core one, run out with the term."""
        lines = np.nonzero(self.held[who] & products)
        self._write(who[lines[0]], lines[1], self.ends[who[lines[0]]])
        self.held[who[lines[0]], lines[1]] = False

    def renew(self, who: Ints, on: Dates, uplift: Floats, term: Ints) -> None:
        """Write the term that ran out, and start the next one."""
        self.due.add(customer=who, ends_on=self.ends[who], term=self.term[who], renewed=True)
        self._write_all(who)
        longer = who[term > self.term[who]]
        amount = self.amount[longer, CORE]
        self.changes.add(customer=longer, kind="longer_term", product=CORE, amount=amount, on=on[term > self.term[who]])
        self.term[who] = term
        self.since[who] = on[:, np.newaxis]
        self.amount[who] *= (1 + uplift)[:, np.newaxis]
        self.ends[who] = term_end(on, term)

    def leave(self, who: Ints, on: Dates) -> None:
        """End everything that the customers hold with their last day `on`."""
        self.due.add(customer=who, ends_on=on, term=self.term[who], renewed=False)
        self.ends[who] = on
        self._write_all(who)
        self.held[who] = False
        self.lost_on[who] = on
        self.stints.add(customer=who, start=self.stint_start[who], after=on + DAY)

    def close(self) -> None:
        """Write what still runs."""
        who = np.nonzero(self.in_force)[0]
        self._write_all(who)
        self.stints.add(customer=who, start=self.stint_start[who], after=NEVER)

    def _reprice(self, who: Ints, on: Dates, factor: Floats) -> None:
        core = np.full(len(who), CORE)
        self._write(who, core, on - DAY)
        self.since[who, CORE] = on
        self.amount[who, CORE] *= factor
        self.seats[who] = np.maximum(1, np.rint(self.seats[who] * factor)).astype(np.int64)
        self.added[who] = np.rint(self.added[who] * factor).astype(np.int64)

    def _write_all(self, who: Ints) -> None:
        lines = np.nonzero(self.held[who])
        self._write(who[lines[0]], lines[1], self.ends[who[lines[0]]])

    def _write(self, who: Ints, product: Ints, ends: Dates) -> None:
        self.rows.add(
            customer=who,
            product=product,
            starts_on=self.since[who, product],
            ends_on=ends,
            mrr=monthly_amount(self.amount[who, product], self._billed_yearly[who]),
            seats=np.where(product == CORE, self.seats[who] + self.added[who], NO_NUMBER),
            term_months=np.where(self.term[who] == OPEN_END, NO_NUMBER, self.term[who]),
            trial=False,
        )


def term_end(start: Dates, term: Ints) -> Dates:
    """Return the last day of a term of so many months; none for an open end."""
    month = start.astype("datetime64[M]")
    day = np.minimum((start - month.astype("datetime64[D]")) / DAY, LAST_ORDINARY_DAY - 1).astype("timedelta64[D]")
    after = (month + term.astype("timedelta64[M]")).astype("datetime64[D]") + day
    return np.where(term == OPEN_END, NEVER, after - DAY)


def monthly_amount(amount: Floats, billed_yearly: Flags) -> Floats:
    """Return round amounts: to 100 a month or, billed once a year, to 1,000 a year and then divided by 12."""
    return np.where(billed_yearly, np.round(np.round(amount * 12, -3) / 12, 2), np.round(amount, -2))
