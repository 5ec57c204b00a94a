"""What customers cost: to win, to look after, to support."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import Rows, ordered, where
from cslib.demo.sizes import SIZES

if TYPE_CHECKING:
    from cslib.demo.columns import Columns, Floats
    from cslib.demo.state import World

MONTHS_TO_PAY_BACK, PAY_BACK_SPREAD, MARGIN, UNKNOWN = 10.5, 0.4, 0.7, 0.04
OVERHEAD = 1.08  # on what winning the customers cost
CSM_COST, TICKET_COST, SUPPORT_BASE = 850_000, 6_500, 300_000  # a month, a ticket, a month for all


def acquisition_costs(world: World) -> Floats:
    """Return what winning each customer cost: most pay back within the year; some costs are not known."""
    customers = world.customers
    months = MONTHS_TO_PAY_BACK * world.rng.lognormal(0, PAY_BACK_SPREAD, customers.count)
    cost = np.round(customers.seats * customers.seat_price * MARGIN * months, -3)
    return np.where(world.rng.random(customers.count) < UNKNOWN, np.nan, cost)


def costs(world: World, acquisition: Floats, tickets: Columns) -> Columns:
    """Return a row per logged month, kind of cost and size."""
    months = world.calendar.months
    rows = Rows()
    for place, size in enumerate(SIZES):
        its = world.customers.size == place
        served = (world.history.active & its).sum(axis=1)
        won = np.bincount(world.customers.arrival[its], np.nan_to_num(acquisition[its]), months)
        opened = np.bincount(tickets["month"][its[tickets["customer"]]], minlength=months)
        spent = {
            "acquisition": won * OVERHEAD,
            "cs": served / size.customers_per_csm * CSM_COST,
            "support": opened * TICKET_COST + SUPPORT_BASE * size.share,
        }
        for kind, amount in spent.items():
            noise = world.rng.uniform(0.95, 1.05, months)
            rows.add(number=np.arange(months), kind=kind, amount=np.round(amount * noise, -3), segment=size.id)
    table = rows.columns()
    table = where(table, table["number"] >= world.calendar.logged)
    month = np.datetime_as_string(world.calendar.first[table["number"]], unit="M")
    return ordered({**table, "month": month}, "month", "kind", "segment")
