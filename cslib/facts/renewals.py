"""Contract terms that fell due: derived from their dates and agreed lengths, since a change of seats is a new row as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.month_spine import left_join_columns, plus_days
from cslib.periods import month_number

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, DateValue, IntegerValue, Table

    from cslib.settings import Policies

_NEVER = ibis.date(9999, 12, 31)


def renewals(held: Table, once: list[tuple[str, Table]], policies: Policies) -> Table:
    """Return a row per term that fell due, by the month in which it was replaced or lost.

    `held` are terms. `without_outcome`: the customer had achieved no goal by then.
    """
    due = due_terms(held)
    decided = due.mutate(
        decided_on=due.effective_end if policies.churn_month == "day_after" else plus_days(due.effective_end, -1)
    )
    for _origin, table in once:
        if "first_outcome_on" in table.columns:
            decided = left_join_columns(decided, table, "customer_id")
    achieved = (decided.first_outcome_on <= decided.decided_on).fill_null(False)  # noqa: FBT003
    return decided.mutate(without_outcome=~achieved, event_no=month_number(decided.decided_on))


def due_terms(held: Table) -> Table:
    """Return the terms that fell due at their end: those that were lost, and those replaced at an agreed end.

    Only terms of a known length can fall due: of others the dates do not show whether the end was agreed. An end is
    agreed where the term has run its own length, or where it falls on a whole number of lengths after the start of
    its product or of its customer's contract (`_heads`): the row that follows a change of seats in mid-term may carry
    the original end. All others that were replaced were changed in mid-term, among them those that the policy
    `overlapping_terms` lets an overlapping term end: an early renewal and a change read alike there.
    """
    ended = with_heads(held).filter(_.effective_end.notnull())
    agreed = (
        (whole_months(ended.starts_on, ended.service_end) >= ended.term_months)
        | is_anniversary(ended.service_end, ended.product_since, ended.term_months)
        | is_anniversary(ended.service_end, ended.customer_since, ended.term_months)
    )
    return ended.filter(~ended.replaced | agreed.fill_null(False)).drop("product_since", "customer_since")  # noqa: FBT003


def with_heads(held: Table) -> Table:
    """Return the terms of a known length, each with the days after which an agreed end lies a whole number of lengths.

    `product_since` is where the terms of its product began anew, `customer_since` where those of its customer's contract did.
    """
    told = held.filter(_.term_months > 0)
    changed = _changed(told)
    dated = _with_latest(told, _heads(held, changed), "product_since", ["customer_id", "product"])
    return _with_latest(dated, _customer_heads(held, changed), "customer_since", ["customer_id"])


def _changed(told: Table) -> Table:
    """Return the days on which another term took over from one that had not run its own length."""
    short = whole_months(told.starts_on, told.service_end) < told.term_months
    replaced = told.filter(told.replaced, short)
    return replaced.select("customer_id", "product", "term_months", starts_on="effective_end").distinct()


def _heads(held: Table, changed: Table) -> Table:
    """Return where a customer's terms of a product begin anew: no term of the same length was cut short for them."""
    anew = held.anti_join(changed, ["customer_id", "product", "term_months", "starts_on"])
    return anew.select("customer_id", "product", anew_on="starts_on").distinct()


def _customer_heads(held: Table, changed: Table) -> Table:
    """Return where a customer's contract begins anew: next to no other term of it, and with none cut short.

    From there on a plan that took another's place counts, or a product that was added to end with the others.
    """
    starts = held.select("customer_id", "starts_on").distinct()
    spans = held.select(holder="customer_id", first="starts_on", end=held.service_end.fill_null(_NEVER)).distinct()
    beside = [starts.customer_id == spans.holder, spans.first < starts.starts_on, starts.starts_on < spans.end]
    alone = starts.anti_join(spans, beside)
    return alone.anti_join(changed, ["customer_id", "starts_on"]).select("customer_id", anew_on="starts_on")


def _with_latest(rows: Table, heads: Table, name: str, keys: list[str]) -> Table:
    """Return the rows with the latest of the heads up to their own start."""
    theirs = heads.rename({f"head_{key}": key for key in keys})
    before = rows.join(
        theirs, [*(rows[key] == theirs[f"head_{key}"] for key in keys), theirs.anew_on <= rows.starts_on]
    )
    latest = before.group_by("contract_id").aggregate(**{name: _.anew_on.max()})
    return left_join_columns(rows, latest, "contract_id")


def whole_months(start: DateValue, end: DateValue) -> IntegerValue:
    """Return the number of months between two days; a month without the start's day is over with its last day."""
    begun = (end.day() < start.day()) & ~_ends_month(end)
    return month_number(end) - month_number(start) - begun.cast("int64")


def is_anniversary(day: DateValue, start: DateValue, months: IntegerValue) -> BooleanValue:
    """Return whether a day is so many months, or a multiple, after another.

    Where the month has no such day, both its last day and the first of the next will do: 28 February and 1 March.
    """
    eve = plus_days(day, -1)
    on_day = (day.day() == start.day()) | ((day.day() < start.day()) & _ends_month(day))
    spilled = (day.day() == 1) & (eve.day() < start.day())
    return (_is_multiple(day, start, months) & on_day) | (_is_multiple(eve, start, months) & spilled)


def _is_multiple(day: DateValue, start: DateValue, months: IntegerValue) -> BooleanValue:
    apart = month_number(day) - month_number(start)
    return (apart > 0) & (apart % months == 0)


def _ends_month(day: DateValue) -> BooleanValue:
    return plus_days(day, 1).day() == 1
