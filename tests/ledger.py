"""Books of customers in memory: plain rows in, facts and figures out, without files, for laws that want many of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

from cslib.facts import Facts
from cslib.kpis import BY_ID, CATALOGUE, find
from cslib.kpis.measure import measure
from cslib.kpis.targets import judged
from cslib.model import BY_NAME, TABLES
from cslib.periods import Month, months_up_to
from cslib.settings import Policies
from cslib.snapshot import Manifest
from cslib.snapshot.manifest import TableState
from cslib.snapshot.usage import usage_totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd
    from ibis.expr.types import Table

Row = dict[str, object]
Rows = dict[str, list[Row]]

FIRST = Month.parse("2024-01")
SEGMENT = "plan"  # the column of the customers that tells the segments of a ledger apart
FURTHER = {"customers": {"size": "string"}, "costs": {"segment": "string"}}  # columns beyond the canonical ones
_DAYS = {table.name: [c.name for c in table.columns if c.kind.type in ("date", "timestamp")] for table in TABLES}
# what a row says of its own future: forgotten, as the row is not, when a ledger is cut
_LATER = {
    "milestones": ("completed_on",),
    "users": ("closed_on",),
    "surveys": ("responded_on", "score"),
    "goals": ("achieved_on", "confirmed_by_customer"),
    "proposals": ("closed_on",),
    "tickets": ("first_response_at", "resolved_at"),
}
_BEGINS = {
    "users": "issued_on",
    "usage": "used_on",
    "voices": "posted_on",
    "goals": "set_on",
    "proposals": "opened_on",
    "touches": "occurred_on",
    "tickets": "opened_at",
    "purchases": "purchased_on",
    "programmes": "started_on",
    "costs": "month",
}
