"""Who and what served each customer at each close: its CSM, its touch model, its team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.month_spine import expand_to_months, left_join_columns, plus_days
from cslib.periods import month_number

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ibis.expr.types import Table

# what may be assigned, each with its column in `assigned`: a source may well have a column `team` of its own
KINDS = {"csm": "csm", "touch_model": "touch_model", "team": "assigned_team"}
STATIC = ("csm", "touch_model")  # what the customers' columns tell, too


def assigned(tables: Mapping[str, Table], spine: Table, months: Table, dated: Collection[str], latest: int) -> Table:
    """Return a row per customer and month with any of these: customer_id, month_no, csm, touch_model, assigned_team.

    Of the kinds that are `dated`, what is in force at the close: begun by its last day and not ended before it; of several,
    what began last, and of one day the first by its text. At a close without contract (none in `spine`) it is what was in
    force at the last close under one, so that a loss is told of whoever served the customer. Of the other kinds the
    customers' columns are known on the day of reading alone: they tell the month `latest`, and of no other.
    """
    each = tables["customers"].select("customer_id").join(months.select("month_no"), ibis.literal(value=True))
    paying = spine.group_by(["customer_id", "month_no"]).aggregate(paid=_.closing_mrr.sum())
    known = left_join_columns(each, _last_closes(paying), "customer_id", "month_no")
    known = known.mutate(served_no=ibis.coalesce(known.served_no, known.month_no))
    in_force = _in_force(tables["assignments"], months).rename(served_no="month_no")
    found = left_join_columns(known, in_force, "customer_id", "served_no")
    static = tables["customers"].select("customer_id", **{f"read_{name}": tables["customers"][name] for name in STATIC})
    found = left_join_columns(found, static, "customer_id")
    read = {
        name: ibis.ifelse(found.month_no == latest, found[f"read_{name}"], ibis.null("string"))
        for name in STATIC
        if name not in dated
    }
    found = found.mutate(**read).select("customer_id", "month_no", *KINDS.values())
    return found.filter(ibis.or_(*(found[name].notnull() for name in KINDS.values())))


def _last_closes(paying: Table) -> Table:
    """Return the month of the last close under contract up to each month: customer_id, month_no, served_no."""
    so_far = ibis.window(group_by="customer_id", order_by="month_no", rows=(None, 0))
    closed = ibis.ifelse(paying.paid > 0, paying.month_no, ibis.null("int64"))
    return paying.select("customer_id", "month_no", served_no=closed.max().over(so_far))


def _in_force(assignments: Table, months: Table) -> Table:
    """Return a row per customer and month, with the value in force at the close of each kind."""
    spans = assignments.select(
        "customer_id", "kind", "value", "started_on",
        since=month_number(_.started_on), until=month_number(plus_days(_.ended_on, 1)),
    )  # fmt: skip
    closes = expand_to_months(spans, months, "since", "until")
    latest_first = ibis.window(
        group_by=["customer_id", "kind", "month_no"], order_by=[closes.started_on.desc(), closes.value]
    )
    one = closes.mutate(place=ibis.row_number().over(latest_first)).filter(_.place == 0)
    values = {column: one.value.max(where=one.kind == kind) for kind, column in KINDS.items()}
    return one.group_by(["customer_id", "month_no"]).aggregate(**values)
