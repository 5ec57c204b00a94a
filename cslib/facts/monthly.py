"""Monthly facts besides the customer-months: milestones and ratings of current customers, buyers, the cost of service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.states import voice_months
from cslib.model import AMOUNT_TYPE
from cslib.periods import month_number

if TYPE_CHECKING:
    from ibis.expr.types import IntegerValue, Table

_MINUTES = 60
_YEAR = 12
_MOVED = ("customer_id", "month_no", "revenue", "recent", "to_date")


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
    """Return a row per customer and month since its first order: orders_12m, orders_to_date, revenue_to_date.

    An order counts from its month on, for twelve months and to date, until credit notes have taken all of it back; revenue
    falls in the month of the credit note, or of the first order where that comes later. So a note that comes in changes no
    month before its own.
    """
    placed = orders(purchases)
    ends = ibis.least(placed.placed_no + _YEAR, ibis.coalesce(placed.void_no, placed.placed_no + _YEAR))
    first = placed.group_by("customer_id").aggregate(first_no=_.placed_no.min())
    paid = _paid(purchases, first)
    moved = ibis.union(
        _moved(placed, placed.placed_no, recent=1, to_date=1),
        _moved(placed, ends, recent=-1, to_date=0),
        _moved(placed.filter(placed.void_no.notnull()), _.void_no, recent=0, to_date=-1),
        paid.mutate(recent=ibis.literal(0, "int64"), to_date=ibis.literal(0, "int64")).select(*_MOVED),
    )
    by_month = moved.group_by("customer_id", "month_no").aggregate(
        recent=_.recent.sum(), to_date=_.to_date.sum(), revenue=_.revenue.sum()
    )
    spine = first.join(months.select("month_no"), first.first_no <= months.month_no)
    filled = spine.left_join(by_month, ["customer_id", "month_no"]).select(
        "customer_id", "month_no", **{name: by_month[name].fill_null(0) for name in ("recent", "to_date", "revenue")}
    )
    so_far = ibis.window(group_by="customer_id", order_by="month_no", rows=(None, 0))
    return filled.select(
        "customer_id",
        "month_no",
        orders_12m=filled.recent.sum().over(so_far),
        orders_to_date=filled.to_date.sum().over(so_far),
        revenue_to_date=filled.revenue.sum().over(so_far),
    )


def _paid(purchases: Table, first: Table) -> Table:
    """Return the amounts of buyers, each in the month from which on it counts."""
    theirs = purchases.join(first, "customer_id")
    month = ibis.greatest(month_number(theirs.purchased_on), theirs.first_no)
    return theirs.select("customer_id", month_no=month, revenue=theirs.amount)


def orders(purchases: Table) -> Table:
    """Return a row per order: customer_id, placed_no, and void_no, the month in which credit notes took all of it back (null: none).

    Rows of one `purchase_id` of a customer are one order; a row without an id is one of its own, and a credit note (an amount
    below 0) without an id is none: it lowers revenue alone.
    """
    dated = purchases.mutate(month_no=month_number(purchases.purchased_on), is_credit=purchases.amount < 0)
    alone = dated.filter(dated.purchase_id.isnull(), ~dated.is_credit)
    named = dated.filter(dated.purchase_id.notnull())
    keys = ["customer_id", "purchase_id"]
    by_month = named.group_by([*keys, "month_no"]).aggregate(
        amount=named.amount.sum(), credited=named.is_credit.any(), ordered=(~named.is_credit).any()
    )
    so_far = ibis.window(group_by=keys, order_by="month_no", rows=(None, 0))
    # a note may come before its order: nothing is taken back of what was not placed yet
    both = by_month.credited.any().over(so_far) & by_month.ordered.any().over(so_far)
    flagged = by_month.mutate(is_void=both & (by_month.amount.sum().over(so_far) <= 0))
    each = flagged.group_by(keys).aggregate(
        placed_no=flagged.month_no.min(where=flagged.ordered), void_no=flagged.month_no.min(where=flagged.is_void)
    )
    return ibis.union(
        each.filter(each.placed_no.notnull()).select("customer_id", "placed_no", "void_no"),
        alone.select("customer_id", placed_no=alone.month_no, void_no=ibis.null("int64")),
    )


def _moved(placed: Table, month: IntegerValue, *, recent: int, to_date: int) -> Table:
    """Return what the orders that count change by in a month."""
    return placed.select(
        "customer_id",
        month_no=month,
        revenue=ibis.literal(0, AMOUNT_TYPE),
        recent=ibis.literal(recent, "int64"),
        to_date=ibis.literal(to_date, "int64"),
    ).select(*_MOVED)


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
