"""What is offered and ordered beside the running contracts: proposals and purchases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import Rows, apart, days, ids, known_by, ordered, pick, where
from cslib.demo.customer_base import CORE, PRODUCTS
from cslib.demo.events import occurrences

if TYPE_CHECKING:
    from cslib.demo.columns import Columns
    from cslib.demo.state import World

STREAM = 104
RECORDED = 0.85  # of the changes that had a proposal
NOT_WON, NOT_WON_KINDS = 0.045, {"upsell": 0.5, "cross_sell": 0.35, "longer_term": 0.15}
OWNERS = {"csm": 0.55, "sales": 0.4, "": 0.05}
RENEWAL_TERM, RENEWAL_RECORDED = 6, 0.35
ORDERS, ORDERS_SHAPE = 0.02, 0.5
ORDERED = {"導入支援": 0.35, "追加研修": 0.4, "データ整備": 0.25}


def proposals(world: World) -> Columns:
    """Return the offers: those that the changes of contracts came from, renewals, and those that led nowhere."""
    rows, further = Rows(), Rows()
    _changed(world.rng, world.history.changes, rows)
    _renewals(world, rows)
    _not_won(world, rows)
    own = replace(world, rng=apart(world.rng, STREAM))
    _changed(own.rng, world.history.further, further)
    every = Rows()
    for one, gathered in ((world, rows), (own, further)):
        every.add(**_finished(one, gathered.columns()))
    table = ordered(every.columns(), "opened_on", "customer", "kind", "won")
    return {**table, "proposal_id": ids("Q", len(table["customer"]), 6)}


def _changed(rng: np.random.Generator, changes: Columns, rows: Rows) -> None:
    """Add the proposals that changes of contracts came from."""
    changes = where(changes, rng.random(len(changes["customer"])) < RECORDED)
    count = len(changes["customer"])
    closed = changes["on"] - days(rng.integers(0, 11, count))
    rows.add(
        customer=changes["customer"], kind=changes["kind"], product=changes["product"], amount=changes["amount"],
        opened_on=changes["on"] - days(rng.integers(20, 76, count)), closed_on=closed, won=True,
    )  # fmt: skip


def _renewals(world: World, rows: Rows) -> None:
    due = world.history.due
    recorded = world.rng.random(len(due["term"])) < RENEWAL_RECORDED
    due = where(due, recorded & (due["term"] >= RENEWAL_TERM))
    count, before = len(due["customer"]), np.maximum(world.calendar.month_of(due["ends_on"]) - 1, 0)
    rows.add(
        customer=due["customer"], kind="renewal", product=CORE, amount=world.history.mrr[before, due["customer"]],
        opened_on=due["ends_on"] - days(world.rng.integers(25, 80, count)),
        closed_on=due["ends_on"] - days(world.rng.integers(0, 21, count)), won=due["renewed"],
    )  # fmt: skip


def _not_won(world: World, rows: Rows) -> None:
    events = occurrences(world, np.full(world.customers.count, NOT_WON), logged=False)
    count = len(events)
    kind = pick(world.rng, NOT_WON_KINDS, count)
    product = np.where(kind == "cross_sell", world.rng.integers(1, len(PRODUCTS), count), CORE)
    amount = events.at(world.history.mrr) * world.rng.uniform(0.1, 0.5, count)
    rows.add(
        customer=events.who, kind=kind, product=product, amount=amount,
        opened_on=events.day, closed_on=events.day + days(world.rng.integers(15, 90, count)), won=False,
    )  # fmt: skip


def _finished(world: World, table: Columns) -> Columns:
    opened = np.maximum(table["opened_on"], world.customers.start[table["customer"]])
    closed = known_by(np.maximum(table["closed_on"], opened), world.calendar.end)
    table = where({**table, "opened_on": opened, "closed_on": closed}, opened < world.calendar.end)
    table = ordered(table, "opened_on", "customer", "kind", "won")
    count = len(table["customer"])
    is_open = np.isnat(table["closed_on"])
    return {
        **table,
        "product": np.array(PRODUCTS)[table["product"]],
        "amount": np.round(table["amount"], -2),
        "status": np.where(is_open, "open", np.where(table["won"], "won", "lost")),
        "owner": pick(world.rng, OWNERS, count),
    }


def purchases(world: World) -> Columns:
    """Return the orders of services; a few customers order again and again."""
    rate = ORDERS * world.rng.gamma(ORDERS_SHAPE, 1 / ORDERS_SHAPE, world.customers.count)
    events = occurrences(world, rate, logged=False)
    amount = np.round(world.customers.seats[events.who] * world.rng.uniform(3_000, 12_000, len(events)), -3) + 20_000
    rows = Rows()
    rows.add(customer=events.who, product=pick(world.rng, ORDERED, len(events)), amount=amount, purchased_on=events.day)
    table = ordered(rows.columns(), "purchased_on", "customer")
    return {**table, "purchase_id": ids("B", len(events), 6)}
