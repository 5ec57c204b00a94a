"""Monthly facts beside the spine: milestones and ratings of current customers, buyers, the cost of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.states import voice_months
from cslib.model import AMOUNT_TYPE
from cslib.periods import month_number

if TYPE_CHECKING:
    from ibis.expr.types import Table

_MINUTES = 60
_YEAR = 12


def milestone_months(spine: Table, milestones: Table) -> Table:
    """Return a row per milestone of each customer under contract, for every month.

    A milestone that was recorded several times for a customer is one, completed on the first of the days.
    """
    current = spine.filter(_.closing_mrr > 0).select("customer_id", "month_no", "last_day")
    steps = milestones.group_by(["customer_id", "milestone"]).aggregate(completed_on=_.completed_on.min())
    return current.join(steps, "customer_id")


def rating_months(spine: Table, voices: Table, months: Table) -> Table:
    """Return a row per rating of the last twelve months of each customer under contract, for every month."""
    current = spine.filter(_.closing_mrr > 0).select("customer_id", "month_no")
    return voice_months(voices.filter(_.rating.notnull()), months).semi_join(current, ["customer_id", "month_no"])


def buyer_months(purchases: Table, months: Table) -> Table:
    """Return a row per customer and month since its first order: orders_12m, orders_to_date, revenue_to_date."""
    by_month = purchases.group_by("customer_id", month_no=month_number(_.purchased_on)).aggregate(
        orders=_.count(), revenue=_.amount.sum()
    )
    first = by_month.group_by("customer_id").aggregate(first_no=_.month_no.min())
    spine = first.join(months.select("month_no"), first.first_no <= months.month_no)
    filled = spine.left_join(by_month, ["customer_id", "month_no"]).select(
        "customer_id", "month_no", orders=_.orders.fill_null(0), revenue=_.revenue.fill_null(0)
    )
    so_far = ibis.window(group_by="customer_id", order_by="month_no", rows=(None, 0))
    year = ibis.window(group_by="customer_id", order_by="month_no", rows=(1 - _YEAR, 0))
    return filled.mutate(
        orders_12m=filled.orders.sum().over(year),
        orders_to_date=filled.orders.sum().over(so_far),
        revenue_to_date=filled.revenue.sum().over(so_far),
    )


def service_months(spine: Table, members: Table, touches: Table, costs: Table, hourly_cost: float) -> Table:
    """Return what was earned and spent per month, by segment: customer rows, and a row per cost that names a segment.

    Columns: segment, customer_id (null for a cost), event_no, customers, closing_mrr, minutes_cost, cost.
    A cost belongs to the segment that it names, and to the total.
    """
    nothing = ibis.literal(0, AMOUNT_TYPE)
    earned = spine.filter(_.closing_mrr > 0).select(
        "customer_id",
        event_no=_.month_no,
        customers=ibis.literal(1, "int64"),
        closing_mrr=_.closing_mrr.cast(AMOUNT_TYPE),
        minutes_cost=nothing,
        cost=nothing,
    )
    touched = touches.filter(_.minutes.notnull()).select(
        "customer_id",
        event_no=month_number(_.occurred_on),
        customers=ibis.literal(0, "int64"),
        closing_mrr=nothing,
        minutes_cost=(_.minutes / _MINUTES * hourly_cost).cast(AMOUNT_TYPE),
        cost=nothing,
    )
    theirs = ibis.union(earned, touched).join(members.select("segment", "customer_id"), "customer_id")
    spent = costs.filter(_.kind.isin(["cs", "support"])).select(
        customer_id=ibis.null("string"),
        event_no=month_number(_.month),
        customers=ibis.literal(0, "int64"),
        closing_mrr=nothing,
        minutes_cost=nothing,
        cost=_.amount.cast(AMOUNT_TYPE),
        segment=_.segment,
    )
    return ibis.union(theirs, _for_each_segment(spent, members).select(theirs.columns))


def _for_each_segment(spent: Table, members: Table) -> Table:
    ids = members.select(id="segment", everyone="everyone").distinct()
    theirs = spent.join(ids, (spent.segment == ids.id) | ids.everyone)
    return theirs.drop("segment").rename(segment="id")
