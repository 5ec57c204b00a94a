"""The contracts table: the book, and the odd contracts that every billing system holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.book import CORE, PRODUCTS
from cslib.demo.columns import DAY, NEVER, NO_NUMBER, Rows, days, ids, ordered, where

if TYPE_CHECKING:
    from cslib.demo.calendar import Calendar
    from cslib.demo.columns import Columns, Ints
    from cslib.demo.customers import Customers
    from cslib.demo.life import History

SPOT = len(PRODUCTS)  # sold by the fortnight
NAMES = np.array([*PRODUCTS, "スポット支援"])
TRIAL_DAYS = 30  # of those that never buy
SPOT_SHARE, FREE_SHARE, AT_LEAST = 0.012, 0.008, 3  # contracts for each customer


def contracts(rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar) -> Columns:
    """Return the contracts, numbered in the order in which they start.

    Beside the book: trials before the first contract (some at a price, which must not count), trials that led
    to nothing, free pilots, and spot contracts that live between two closes.
    """
    rows = Rows()
    known = history.contracts["starts_on"] <= calendar.end  # a late renewal of the last month may lie further off
    rows.add(**where(history.contracts, known))
    _trials(rng, customers, rows)
    _spots(rng, history, calendar, rows)
    _free_pilots(rng, history, calendar, rows)
    table = ordered(rows.columns(), "starts_on", "customer", "product", "ends_on")
    return {**table, "contract_id": ids("C", len(table["customer"]), 7), "product": NAMES[table["product"]]}


def _trials(rng: np.random.Generator, customers: Customers, rows: Rows) -> None:
    who = np.nonzero((customers.trial_days > 0) | customers.never_buys)[0]
    length = np.where(customers.trial_days[who] > 0, customers.trial_days[who], TRIAL_DAYS)
    priced = rng.random(len(who)) < 0.3  # noqa: PLR2004
    rows.add(
        customer=who, product=CORE, starts_on=customers.start[who] - days(length), ends_on=customers.start[who] - DAY,
        mrr=np.where(priced, np.round(customers.seats[who] * customers.seat_price[who], -2), 0.0),
        seats=np.minimum(5, customers.seats[who]), term_months=NO_NUMBER, trial=True,
    )  # fmt: skip


def _spots(rng: np.random.Generator, history: History, calendar: Calendar, rows: Rows) -> None:
    month, who = _some(rng, history, calendar, SPOT_SHARE)
    starts = calendar.first[month] + days(rng.integers(2, 11, len(who)))
    ends = starts + days(rng.integers(4, 14, len(who)))
    amount = rng.integers(20, 120, len(who)) * 1000.0
    rows.add(
        customer=who, product=SPOT, starts_on=starts, ends_on=ends, mrr=amount,
        seats=NO_NUMBER, term_months=NO_NUMBER, trial=False,
    )  # fmt: skip


def _free_pilots(rng: np.random.Generator, history: History, calendar: Calendar, rows: Rows) -> None:
    month, who = _some(rng, history, calendar, FREE_SHARE)
    product = rng.integers(1, len(PRODUCTS), len(who))
    ends = np.where(rng.random(len(who)) < 0.5, calendar.first[month] + days(np.full(len(who), 59)), NEVER)  # noqa: PLR2004
    rows.add(
        customer=who, product=product, starts_on=calendar.first[month], ends_on=ends, mrr=0.0,
        seats=NO_NUMBER, term_months=NO_NUMBER, trial=False,
    )  # fmt: skip


def _some(rng: np.random.Generator, history: History, calendar: Calendar, share: float) -> tuple[Ints, Ints]:
    """Return months and customers that were under contract from the month before, a few of them."""
    served = history.active[calendar.logged :] & history.active[calendar.logged - 1 : -1]
    month, who = np.nonzero(served)
    count = min(len(who), max(AT_LEAST, round(share * history.active.shape[1])))
    chosen = np.sort(rng.choice(len(who), count, replace=False))
    return month[chosen] + calendar.logged, who[chosen]
