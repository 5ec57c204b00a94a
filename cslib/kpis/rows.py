"""The rows of a fact table that KPIs are measured on: per segment and report month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.calendar import attach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr.types import Table

    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month

_KEYS = ("segment", "customer_id", "month_no", "event_no", "known_no")


def segment_rows(facts: Facts, kpis: Sequence[Kpi], months: Sequence[Month], by: Sequence[str] = ()) -> Table:
    """Return the rows of the fact table of `kpis`, one for all, per segment and report month, with the columns of `by`.

    An event counts in as many months from its own on as the longest window has; `age` says how many lie between. Of other
    columns there are those that the KPIs look at.
    """
    table = _narrowed(facts, kpis, by)
    if "segment" not in table.columns:
        table = table.join(facts.members.select("segment", "customer_id"), "customer_id")
    further = [name for name in by if name not in table.columns]
    if further:
        customers = facts.tables["customers"].select("customer_id", *further)
        table = attach(table, customers, "customer_id")
    first, last = months[0].number, months[-1].number
    if "event_no" not in table.columns:
        return table.filter(_.month_no.between(first, last)).mutate(age=ibis.literal(0))
    report = facts.months.filter(_.month_no.between(first, last))
    window = max(kpi.window for kpi in kpis)
    counted = (table.event_no <= report.month_no) & (report.month_no - table.event_no < window)
    if "known_no" in table.columns:
        counted &= table.known_no <= report.month_no
    spread = table.drop(*(name for name in report.columns if name in table.columns)).join(report, counted)
    return spread.mutate(age=spread.month_no - spread.event_no)


def _narrowed(facts: Facts, kpis: Sequence[Kpi], by: Sequence[str]) -> Table:
    """Return the fact table with the columns that are needed: Ibis would carry all others through each step of a query."""
    table = facts[kpis[0].fact]
    every = ibis.table({**dict(table.schema()), **dict(facts.months.schema())})
    wanted = {*_KEYS, *by}.union(*(kpi.columns(every) for kpi in kpis))
    return table.select(*(name for name in table.columns if name in wanted))
