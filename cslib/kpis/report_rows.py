"""The rows of a fact table that KPIs are measured on: per segment and report month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.month_spine import left_join_columns
from cslib.kpis.kpi import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr.types import NumericColumn, Table

    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month

# the fact tables in which a customer occurs once at most among the rows of a month; in all others it may have several
ONCE = frozenset({"buyer_months", "customer_months", "starts", "usage_months"})
SQUARED = (Interval.ADJUSTED_WALD, Interval.T)
_KEYS = ("segment", "customer_id", "month_no", "event_no", "known_no")


def segment_rows(facts: Facts, kpis: Sequence[Kpi], months: Sequence[Month], by: Sequence[str] = ()) -> Table:
    """Return the rows of the fact table of `kpis`, one for all, per segment and report month, with the columns of `by`.

    An event counts in as many months from its own on as the longest window has; `age` says how many lie between. Of other
    columns there are those that the KPIs look at.
    """
    table = _narrowed(facts, kpis, by)
    if "segment" not in table.columns:
        table = table.join(facts.members.select("segment", "customer_id"), "customer_id")
    dated = [name for name in by if name not in table.columns and name in facts.dated]
    further = [name for name in by if name not in table.columns and name not in dated]
    if further:
        customers = facts.tables["customers"].select("customer_id", *further)
        table = left_join_columns(table, customers, "customer_id")
    first, last = months[0].number, months[-1].number
    if "event_no" not in table.columns:
        return _served(facts, table.filter(_.month_no.between(first, last)).mutate(age=ibis.literal(0)), dated)
    report = facts.months.filter(_.month_no.between(first, last))
    window = max(kpi.window for kpi in kpis)
    counted = (table.event_no <= report.month_no) & (report.month_no - table.event_no < window)
    if "known_no" in table.columns:
        counted &= table.known_no <= report.month_no
    spread = table.drop(*(name for name in report.columns if name in table.columns)).join(report, counted)
    return _served(facts, spread.mutate(age=spread.month_no - spread.event_no), dated)


def _served(facts: Facts, rows: Table, dated: Sequence[str]) -> Table:
    """Return the rows with who and what served the customer at the close of the report month, whenever an event was."""
    return left_join_columns(rows, facts.assigned_at(*dated), "customer_id", "month_no") if dated else rows


def customer_rows(rows: Table, kpis: Sequence[Kpi], keys: Sequence[str]) -> Table:
    """Return a row per group and customer: what it adds to each total of each KPI, `<kpi>|<total>`.

    Of intervals that need them, the sum of the squares of its single answers as well, `<kpi>|squares`.
    """
    whom = list(dict.fromkeys([*keys, "customer_id"]))
    adds = {name: value for kpi in kpis for name, value in _added(rows, kpi).items()}
    if kpis[0].fact in ONCE:
        return rows.select(*whom, **adds)
    return rows.group_by(whom).aggregate(**{name: exact(value).sum() for name, value in adds.items()})


def _added(rows: Table, kpi: Kpi) -> dict[str, NumericColumn]:
    adds = {name: ibis.ifelse(rows.age < kpi.window, figure.per_row(rows), 0) for name, figure in kpi.totals.items()}
    if kpi.interval in SQUARED and kpi.part is not None:
        value = adds["part"].cast("float64")
        adds["squares"] = value * value
    return {f"{kpi.id}|{name}": value for name, value in adds.items()}


def exact(amounts: NumericColumn) -> NumericColumn:
    """Return numbers whose sum hangs on no order: floats added by several threads differ in their last digits."""
    return amounts.cast("decimal(38, 12)") if amounts.type().is_floating() else amounts


def _narrowed(facts: Facts, kpis: Sequence[Kpi], by: Sequence[str]) -> Table:
    """Return the fact table with the columns that are needed: Ibis would carry all others through each step of a query."""
    table = facts[kpis[0].fact]
    every = ibis.table({**dict(table.schema()), **dict(facts.months.schema())})
    wanted = {*_KEYS, *by}.union(*(kpi.columns(every) for kpi in kpis))
    return table.select(*(name for name in table.columns if name in wanted))
