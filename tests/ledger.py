"""Books of customers in memory: plain rows in, facts and figures out, for the laws that want many of them."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.operations import DatabaseTable

from cslib.analysis.inquiry import Inquiry
from cslib.engines import connect
from cslib.facts import Facts
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Survival
from cslib.kpis.measure import measure
from cslib.kpis.targets import with_status
from cslib.model import BY_NAME, with_credit_notes
from cslib.periods import Month, months_up_to
from cslib.settings import Policies, Settings
from cslib.snapshot import Manifest
from cslib.snapshot.manifest import TableState
from cslib.usage.bitmask_duckdb import sums_by_masks
from tests.second_opinion import promise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd
    from ibis.expr.types import DateValue, IntegerValue, Table

    Reading = Callable[[Mapping[str, Table]], Mapping[str, Table]]

Row = dict[str, Any]
Rows = dict[str, list[Row]]

FIRST = Month.parse("2024-01")  # the first month of every ledger
SEGMENT = "plan"  # the customers' column that tells the segments of a ledger apart
FURTHER = {"customers": ("size",), "costs": ("segment",)}  # columns beyond the canonical ones
_AT_HAND = 12  # facts that are kept, each with a database of its own
_facts_at_hand: OrderedDict[bytes, Facts] = OrderedDict()


@dataclass(frozen=True)
class Ledger:
    """A book of customers as rows, table by table; a table that is not there is one that the source does not hold.

    Its segments are the total, and one for each `plan` of the customers.
    """

    rows: Rows
    policies: Policies = field(default_factory=Policies)

    def under(self, **policies: object) -> Ledger:
        """Return the same book under other policies."""
        return replace(self, policies=Policies.model_validate({**self.policies.model_dump(), **policies}))

    def without(self, *tables: str) -> Ledger:
        """Return the same book without some of its tables."""
        return replace(self, rows={name: rows for name, rows in self.rows.items() if name not in tables})

    def with_rows(self, **rows: Iterable[Row]) -> Ledger:
        """Return the same book with these rows in place of the tables' own."""
        return replace(self, rows={**self.rows, **{name: list(new) for name, new in rows.items()}})

    def facts(self, last: Month, known: Month | None = None, read: Reading | None = None) -> Facts:
        """Return the facts up to a month: from all rows, from what was known by the end of the month `known`, or as they are `read`."""
        engine = connect()
        tables = {name: engine.create_table(name, _arrow(name, rows)) for name, rows in self.rows.items()}
        if "purchases" in tables:
            tables["purchases"] = _claimed(tables["purchases"], self.policies)
        told = known_by(tables, known) if known else read(tables) if read else tables
        return Facts(summed(told, self.policies), self._manifest(), self.policies, _members(tables["customers"]), last)

    def measure(
        self, last: Month, months: int = 1, kpis: Iterable[str] = (), by: Sequence[str] = (), known: Month | None = None
    ) -> pd.DataFrame:
        """Return the long table of these months with its status, as `Book.measure` does."""
        asked = CATALOGUE.find(kpis) or CATALOGUE.kpis
        found = measure(self._shared_facts(last, known), asked, months_up_to(last, months), by)
        return with_status(found, {}, CATALOGUE.by_id, self.policies.min_n)

    def inquiry(self, as_of: Month, *segments: str, **settings: object) -> Inquiry:
        """Return the question of these segments, or of all, under further settings."""
        return inquiry_of(self._shared_facts(as_of), as_of, *segments, **settings)

    def second_opinion(self, months: Sequence[Month]) -> duckdb.DuckDBPyConnection:
        """Return a database in which the SQL twins can be asked for these months."""
        con = duckdb.connect()
        for name in BY_NAME:
            rows = _arrow(name, self.rows.get(name, []))  # noqa: F841 - DuckDB finds it by its name
            con.execute(f"CREATE TABLE {name} AS SELECT * FROM rows")
        con.execute(f"CREATE TABLE members AS SELECT 'total' AS segment, customer_id FROM customers UNION ALL "
                    f"SELECT {SEGMENT}, customer_id FROM customers WHERE {SEGMENT} IS NOT NULL")  # fmt: skip
        promise(con, months, self.policies, self.rows)
        return con

    def _shared_facts(self, last: Month, known: Month | None = None) -> Facts:
        """Return facts that nobody changes: those of an equal book asked for a short while ago, if one was."""
        key = pickle.dumps((self.rows, self.policies.model_dump(), last, known))
        facts = _facts_at_hand.pop(key) if key in _facts_at_hand else self.facts(last, known)
        _facts_at_hand[key] = facts  # as the latest
        if len(_facts_at_hand) > _AT_HAND:
            _facts_at_hand.popitem(last=False)
        return facts

    def _manifest(self) -> Manifest:
        states = {
            name: TableState(rows=len(rows), set_aside=0, claims=(), columns=tuple(_schema(name).names), files=())
            for name, rows in self.rows.items()
        }
        first = str(FIRST)
        dated = tuple(sorted({row["kind"] for row in self.rows.get("assignments", ())}))
        return Manifest(
            read_on=FIRST.first_day, first_month=first, last_month=first, tables=states, segments={}, dated=dated
        )


def inquiry_of(facts: Facts, as_of: Month, *segments: str, **settings: object) -> Inquiry:
    """Return what an analysis is asked of facts: of these segments, or of all."""
    named = tuple(
        {"id": name, "name": name, "org_model": "specialist"} | ({} if name == "total" else {"where": {SEGMENT: name}})
        for name in facts.segments
    )
    held = {
        "folder": "", "places": {}, "source": {"tables": {"customers": {"from": "customers.csv"}}},
        "policies": facts.policies.model_dump(), "report": {}, "segments": named,
    }  # fmt: skip
    return Inquiry(facts, as_of, Settings.model_validate({**held, **settings}), CATALOGUE, segments or facts.segments)


def _schema(name: str) -> pa.Schema:
    canonical = BY_NAME[name].types
    return ibis.schema({**canonical, **dict.fromkeys(FURTHER.get(name, ()), "string")}).to_pyarrow()


def _arrow(name: str, rows: Sequence[Row]) -> pa.Table:
    defaults = {column.name: column.default for column in BY_NAME[name].columns}
    return pa.Table.from_pylist([{**defaults, **row} for row in rows], schema=_schema(name))


def _claimed(purchases: Table, policies: Policies) -> Table:
    """Return the orders that keep their claims under the policies; a snapshot has set the others aside."""
    orders = BY_NAME["purchases"]
    held = with_credit_notes(orders) if policies.credit_notes == "net" else orders
    broken = [claim.broken.resolve(purchases).fill_null(False) for claim in held.claims(date.max)]  # noqa: FBT003
    return purchases.filter(~ibis.or_(*broken))


def _members(customers: Table) -> Table:
    everyone = customers.select("customer_id", segment=ibis.literal("total"), everyone=ibis.literal(value=True))
    theirs = customers.select("customer_id", segment=customers[SEGMENT], everyone=ibis.literal(value=False))
    return ibis.union(everyone, theirs.filter(theirs.segment.notnull())).cache()


@dataclass(frozen=True)
class ValidUsage:
    """Usage of which every row is known to keep its claims."""

    rows: Table

    def violation_code(self) -> IntegerValue:
        """Return 0, of each row: it breaks nothing."""
        return ibis.literal(0, "int64")


def usage_totals(usage: Table, core_features: Sequence[str]) -> dict[str, Table]:
    """Return the tables that stand for usage whose rows are all valid."""
    return sums_by_masks(ValidUsage(usage), core_features).tables()


def summed(tables: Mapping[str, Table], policies: Policies) -> dict[str, Table]:
    """Return the tables of a snapshot: as they are, but for usage, which is summed up.

    Each is computed at once, as a snapshot has it: facts of it then are the same queries, whatever day it was known on.
    """
    kept = {name: table for name, table in tables.items() if name != "usage"}
    told = {**kept, **(usage_totals(tables["usage"], policies.core_features) if "usage" in tables else {})}
    return {name: table if isinstance(table.op(), DatabaseTable) else table.cache() for name, table in told.items()}


# The day from which on a row is known; contracts and surveys have rules of their own.
KNOWN_FROM = {
    "users": "issued_on", "usage": "used_on", "voices": "posted_on", "goals": "set_on", "proposals": "opened_on",
    "touches": "occurred_on", "tickets": "opened_at", "purchases": "purchased_on", "programmes": "started_on",
    "assignments": "started_on", "reference_requests": "asked_on",
    "costs": "month",
}  # fmt: skip
# What is told of a row at a later day, and what is told along with it.
TOLD_ON: dict[str, dict[str, Row]] = {
    "milestones": {"completed_on": {}},
    "users": {"closed_on": {}},
    "surveys": {"responded_on": {"score": None, "comment": None}},
    "goals": {"achieved_on": {"confirmed_by_customer": None}},
    "proposals": {"closed_on": {"status": "open"}},
    "tickets": {"first_response_at": {}, "resolved_at": {}},
}


def known_by(tables: Mapping[str, Table], month: Month) -> dict[str, Table]:
    """Return the tables as somebody could have read them at the end of the month.

    Rows dated later are gone, but for contracts that start on the next day; of the rows that stay, what was told later
    is blank.
    """
    return {name: _untold(name, table.filter(_was_known(name, table, month)), month) for name, table in tables.items()}


def _was_known(name: str, table: Table, month: Month) -> ibis.expr.types.BooleanValue:
    if name == "contracts":
        return table.starts_on <= month.last_day + timedelta(days=1)
    if name == "surveys":
        return ibis.coalesce(table.sent_on, table.responded_on, month.last_day) <= month.last_day
    return _day(table, KNOWN_FROM[name]) <= month.last_day if name in KNOWN_FROM else ibis.literal(value=True)


def _untold(name: str, table: Table, month: Month) -> Table:
    for column, along in TOLD_ON.get(name, {}).items():
        later = (_day(table, column) > month.last_day).fill_null(False)  # noqa: FBT003
        blank = {column: None, **along}
        changed = {
            one: ibis.ifelse(later, ibis.literal(value, table[one].type()), table[one]) for one, value in blank.items()
        }
        table = table.mutate(**changed)
    return table


def _day(table: Table, column: str) -> DateValue:
    return table[column].cast("date")


FIGURES = ["value", "part", "whole", "n", "low", "high"]
MEDIANS = [kpi.id for kpi in CATALOGUE if kpi.curve is not None and kpi.curve.figure is Survival.MEDIAN]


def assert_plain(table: pd.DataFrame) -> None:
    """Assert what every long table keeps: no infinity, a reason for every missing value, bounds around the others."""
    assert not np.isinf(table[FIGURES].to_numpy(dtype=float)).any()
    there = (table.reason == "") | table.reason.str.startswith(("short", "grows"))  # a value, though of too few months
    assert (there == table.value.notna()).all()
    assert ((table.status == "not_measurable") == table.value.isna()).all()
    told, untold = table[table.value.notna()], table[table.value.isna()]
    assert (told.n >= 0).all()
    assert (told.low.isna() | (told.low <= told.value + 1e-9)).all()
    assert (told.high.isna() | (told.high >= told.value - 1e-9)).all()
    np.testing.assert_allclose(told.value, (told.part / told.whole).fillna(told.part).fillna(told.value))
    assert (told.whole != 0).all()
    assert (untold.whole.fillna(0) == 0).all()
    assert untold.high.isna().all()
    assert untold[untold.low.notna()].kpi.isin(MEDIANS).all()  # a median that was not reached is at least so long
