"""What is offered and ordered beside the running contracts: proposals and purchases; and what it all costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.book import CORE, PRODUCTS
from cslib.demo.columns import Rows, days, ids, known_by, ordered, pick, where
from cslib.demo.events import occurrences
from cslib.demo.service import tickets_by_month
from cslib.demo.sizes import SIZES, by_size

if TYPE_CHECKING:
    from cslib.demo.calendar import Calendar
    from cslib.demo.columns import Columns, Floats
    from cslib.demo.customers import Customers
    from cslib.demo.life import History

RECORDED = 0.85  # of the changes that had a proposal
NOT_WON, NOT_WON_KINDS = 0.045, {"upsell": 0.5, "cross_sell": 0.35, "longer_term": 0.15}
RENEWAL_TERM, RENEWAL_RECORDED = 6, 0.35
ORDERS, ORDERS_SHAPE = 0.02, 0.5
ORDERED = {"導入支援": 0.35, "追加研修": 0.4, "データ整備": 0.25}
MONTHS_TO_PAY_BACK, PAY_BACK_SPREAD, MARGIN, COST_UNKNOWN = 11.0, 0.4, 0.7, 0.04
CSM_COST, TICKET_COST, SUPPORT_BASE = 850_000, 6_500, 300_000  # a month, a ticket, a month for all
OVERHEAD = 1.08


def proposals(rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar) -> Columns:
    """Return the offers: those that the changes of contracts came from, renewals, and those that led nowhere."""
    rows = Rows()
    changes = where(history.changes, rng.random(len(history.changes["customer"])) < RECORDED)
    count = len(changes["customer"])
    closed = changes["on"] - days(rng.integers(0, 11, count))
    rows.add(
        customer=changes["customer"], kind=changes["kind"], product=changes["product"], amount=changes["amount"],
        opened_on=changes["on"] - days(rng.integers(20, 76, count)), closed_on=closed, won=True,
    )  # fmt: skip
    _renewals(rng, history, calendar, rows)
    _not_won(rng, customers, history, calendar, rows)
    return _finished(rng, customers, calendar, rows.columns())


def _renewals(rng: np.random.Generator, history: History, calendar: Calendar, rows: Rows) -> None:
    due = where(history.due, (history.due["term"] >= RENEWAL_TERM) & (rng.random(len(history.due["term"])) < RENEWAL_RECORDED))
    count = len(due["customer"])
    month = (due["ends_on"].astype("datetime64[M]") - calendar.first[0].astype("datetime64[M]")).astype(np.int64)
    rows.add(
        customer=due["customer"], kind="renewal", product=CORE, amount=history.mrr[np.maximum(month - 1, 0), due["customer"]],
        opened_on=due["ends_on"] - days(rng.integers(25, 80, count)),
        closed_on=due["ends_on"] - days(rng.integers(0, 21, count)), won=due["renewed"],
    )  # fmt: skip


def _not_won(rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar, rows: Rows) -> None:
    events = occurrences(rng, calendar, history, np.full(customers.count, NOT_WON), logged=False)
    count = len(events)
    kind = pick(rng, NOT_WON_KINDS, count)
    product = np.where(kind == "cross_sell", rng.integers(1, len(PRODUCTS), count), CORE)
    rows.add(
        customer=events.who, kind=kind, product=product, amount=events.at(history.mrr) * rng.uniform(0.1, 0.5, count),
        opened_on=events.day, closed_on=events.day + days(rng.integers(15, 90, count)), won=False,
    )  # fmt: skip


def _finished(rng: np.random.Generator, customers: Customers, calendar: Calendar, table: Columns) -> Columns:
    opened = np.maximum(table["opened_on"], customers.start[table["customer"]])
    closed = known_by(np.maximum(table["closed_on"], opened), calendar.end)
    table = ordered(where({**table, "opened_on": opened, "closed_on": closed}, opened < calendar.end), "opened_on", "customer", "kind", "won")
    count = len(table["customer"])
    is_open = np.isnat(table["closed_on"])
    return {
        **table,
        "proposal_id": ids("Q", count, 6),
        "product": np.array(PRODUCTS)[table["product"]],
        "amount": np.round(table["amount"], -2),
        "status": np.where(is_open, "open", np.where(table["won"], "won", "lost")),
        "owner": pick(rng, {"csm": 0.55, "sales": 0.4, "": 0.05}, count),
    }


def purchases(rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar) -> Columns:
    """Return the orders of services; a few customers order again and again."""
    rate = ORDERS * rng.gamma(ORDERS_SHAPE, 1 / ORDERS_SHAPE, customers.count)
    events = occurrences(rng, calendar, history, rate, logged=False)
    amount = np.round(customers.seats[events.who] * rng.uniform(3_000, 12_000, len(events)), -3) + 20_000
    rows = Rows()
    rows.add(customer=events.who, product=pick(rng, ORDERED, len(events)), amount=amount, purchased_on=events.day)
    table = ordered(rows.columns(), "purchased_on", "customer")
    return {**table, "purchase_id": ids("B", len(events), 6)}


def acquisition_costs(rng: np.random.Generator, customers: Customers) -> Floats:
    """Return what winning each customer cost: most pay back within the year; some costs are not known."""
    months = MONTHS_TO_PAY_BACK * rng.lognormal(0, PAY_BACK_SPREAD, customers.count)
    cost = np.round(customers.seats * customers.seat_price * MARGIN * months, -3)
    return np.where(rng.random(customers.count) < COST_UNKNOWN, np.nan, cost)


def costs(
    rng: np.random.Generator, customers: Customers, history: History, calendar: Calendar, cost: Floats, tickets: Columns
) -> Columns:
    """Return a row per logged month, kind of cost and size."""
    opened = tickets_by_month(tickets, customers, calendar)
    rows = Rows()
    for place, size in enumerate(SIZES):
        its = customers.size == place
        served = (history.active & its).sum(axis=1)
        won = np.bincount(customers.arrival[its], np.nan_to_num(cost[its]), calendar.months)
        spent = {
            "acquisition": won * OVERHEAD,
            "cs": served / size.customers_per_csm * CSM_COST,
            "support": opened[:, place] * TICKET_COST + SUPPORT_BASE * size.share,
        }
        for kind, amount in spent.items():
            noise = rng.uniform(0.95, 1.05, calendar.months)
            month = np.arange(calendar.months)
            rows.add(number=month, kind=kind, amount=np.round(amount * noise, -3), segment=size.id)
    table = rows.columns()
    table = where(table, table["number"] >= calendar.logged)
    month = np.datetime_as_string(calendar.first[table["number"]], unit="M")
    return ordered({**table, "month": month}, "month", "kind", "segment")
