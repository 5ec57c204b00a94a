"""The contracts table: the book, and the odd contracts that every billing system holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import DAY, NEVER, NO_NUMBER, Rows, days, ids, ordered, where
from cslib.demo.customer_base import CORE, PRODUCTS

if TYPE_CHECKING:
    from cslib.demo.columns import Columns, Ints
    from cslib.demo.state import World

SPOT = len(PRODUCTS)  # sold by the fortnight
NAMES = np.array([*PRODUCTS, "スポット支援"])
TRIAL_SEATS, TRIAL_DAYS, PRICED_TRIALS = 5, 30, 0.3  # the days of those that never buy
PILOT, ENDING_PILOTS = np.timedelta64(59, "D"), 0.5
SPOT_SHARE, FREE_SHARE, AT_LEAST = 0.012, 0.008, 3  # contracts for each customer


def contracts(world: World) -> Columns:
    """Return the contracts, numbered in the order in which they start.

    Beside the book: trials before the first contract (some at a price, which must not count), trials that led
    to nothing, free pilots, and spot contracts that live between two closes.
    """
    rows = Rows()
    book = world.history.contracts
    rows.add(**where(book, book["starts_on"] <= world.calendar.end))  # a late renewal may start after it
    _trials(world, rows)
    _spots(world, rows)
    _free_pilots(world, rows)
    table = ordered(rows.columns(), "starts_on", "customer", "product", "ends_on")
    return {**table, "contract_id": ids("C", len(table["customer"]), 7), "product": NAMES[table["product"]]}


def _trials(world: World, rows: Rows) -> None:
    customers = world.customers
    who = np.nonzero((customers.trial_days > 0) | customers.never_buys)[0]
    start, seats = customers.start[who], customers.seats[who]
    length = np.where(customers.trial_days[who] > 0, customers.trial_days[who], TRIAL_DAYS)
    priced = world.rng.random(len(who)) < PRICED_TRIALS
    rows.add(
        customer=who, product=CORE, starts_on=start - days(length), ends_on=start - DAY,
        mrr=np.where(priced, np.round(seats * customers.seat_price[who], -2), 0.0),
        seats=np.minimum(TRIAL_SEATS, seats), term_months=NO_NUMBER, trial=True,
    )  # fmt: skip


def _spots(world: World, rows: Rows) -> None:
    month, who = _some(world, SPOT_SHARE)
    starts = world.calendar.first[month] + days(world.rng.integers(2, 11, len(who)))
    ends = starts + days(world.rng.integers(4, 14, len(who)))
    amount = world.rng.integers(20, 120, len(who)) * 1000.0
    rows.add(
        customer=who, product=SPOT, starts_on=starts, ends_on=ends, mrr=amount,
        seats=NO_NUMBER, term_months=NO_NUMBER, trial=False,
    )  # fmt: skip


def _free_pilots(world: World, rows: Rows) -> None:
    month, who = _some(world, FREE_SHARE)
    product = world.rng.integers(1, len(PRODUCTS), len(who))
    starts = world.calendar.first[month]
    ends = np.where(world.rng.random(len(who)) < ENDING_PILOTS, starts + PILOT, NEVER)
    rows.add(
        customer=who, product=product, starts_on=starts, ends_on=ends, mrr=0.0,
        seats=NO_NUMBER, term_months=NO_NUMBER, trial=False,
    )  # fmt: skip


def _some(world: World, share: float) -> tuple[Ints, Ints]:
    """Return months and customers that were under contract from the month before, a few of them."""
    served = world.history.active[world.calendar.logged :] & world.history.active[world.calendar.logged - 1 : -1]
    month, who = np.nonzero(served)
    count = min(len(who), max(AT_LEAST, round(share * world.history.active.shape[1])))
    chosen = np.sort(world.rng.choice(len(who), count, replace=False))
    return month[chosen] + world.calendar.logged, who[chosen]
