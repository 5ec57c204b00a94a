"""The tables, and how they are written: the same bytes for the same columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from cslib.demo import causes, contracts, costs, offers, opinions, progress, references, service
from cslib.demo.assignments import assignments
from cslib.demo.columns import NO_NUMBER, ids
from cslib.demo.sizes import SIZES
from cslib.model import BY_NAME, Kind

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.demo.columns import Column, Columns, Floats, Texts
    from cslib.demo.state import World

NEW_FOR_DAYS = 120
FURTHER = {"customers": ("lead_score",)}  # columns beyond the canonical ones, as companies have them


def demo_tables(world: World, accounts: Columns) -> dict[str, Columns]:
    """Return every table but usage, by name; `customer` stands for the customer's place in the list of them."""
    tickets = service.tickets(world)
    surveys = opinions.surveys(world, tickets)
    cost = costs.acquisition_costs(world)
    assigned = assignments(world)
    return {
        "customers": _customers(world, cost),
        "contracts": contracts.contracts(world),
        "milestones": progress.milestones(world),
        "users": {**accounts, "user_id": ids("U", len(accounts["customer"]), 7)},
        "surveys": surveys,
        "voices": opinions.voices(world),
        "goals": progress.goals(world),
        "proposals": offers.proposals(world),
        "touches": service.touches(world, opinions.detractors(surveys), assigned),
        "tickets": tickets,
        "purchases": offers.purchases(world),
        "programmes": progress.programmes(world),
        "assignments": assigned,
        "reference_requests": references.reference_requests(world),
        "costs": costs.costs(world, cost, tickets),
    }


def _customers(world: World, cost: Floats) -> Columns:
    customers = world.customers
    return {
        "customer": np.arange(customers.count),
        "name": customers.name,
        "industry": customers.industry,
        "region": customers.region,
        "plan": customers.plan,
        "employees": customers.employees,
        "touch_model": np.array([size.touch_model for size in SIZES])[customers.size],
        "csm": customers.csm,
        "lifecycle": _lifecycle(world),
        "acquisition_cost": cost,
        "reference_permission": customers.permission,
        # of a generator of its own, so that all else is as it would be without it
        "lead_score": causes.lead_score(world.rng.spawn(1)[0], customers.count),
    }


def _lifecycle(world: World) -> Texts:
    """Return where each customer stands on the last day."""
    new = world.calendar.end - world.customers.start < np.timedelta64(NEW_FOR_DAYS, "D")
    stages = [world.customers.never_buys, ~world.history.active[-1], new, world.history.has_outcome[-1]]
    return np.select(stages, ["検討", "解約", "導入", "拡大"], "定着")


def engine() -> duckdb.DuckDBPyConnection:
    """Return a connection that writes rows in their order, one after another: more threads would hold them back."""
    connection = duckdb.connect(config={"threads": 1})
    connection.execute("set enable_progress_bar = false")
    return connection


def write_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, columns: Columns, customer_ids: Texts
) -> None:
    """Write a table as UTF-8 CSV, its canonical columns first; its amounts are in one currency, which no column need say."""
    named = {**columns, "customer_id": customer_ids[columns["customer"]]} if "customer" in columns else columns
    table = BY_NAME[name]
    names = [*(column for column in table.names if column != "currency"), *FURTHER.get(name, ())]
    connection.register("written", pa.table({column: _arrow(named[column]) for column in names}))
    amounts = [column.name for column in table.columns if column.kind is Kind.AMOUNT]
    money = ", ".join(f"{amount}::decimal(18, 2) as {amount}" for amount in amounts)
    selected = f"* replace ({money})" if money else "*"
    connection.execute(f"copy (select {selected} from written) to {literal(str(path))} (format csv, header)")
    connection.unregister("written")


def literal(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _arrow(column: Column) -> pa.Array:
    match column.dtype.kind:
        case "U":
            return pa.array(column, mask=column == "")
        case "i":
            return pa.array(column, mask=column == NO_NUMBER)
        case "f":
            return pa.array(column, mask=np.isnan(column))
        case _:
            return pa.array(column)
