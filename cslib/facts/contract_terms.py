"""Contract terms under the policies: when each one is valid, when it is lost, and what replaced it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.month_spine import left_join_columns, plus_days
from cslib.periods import month_number

if TYPE_CHECKING:
    from ibis.expr.types import IntegerValue, Table

    from cslib.settings import Policies

_NO_END_FROM = 2900  # a year that no agreement names


def terms(contracts: Table, policies: Policies) -> Table:
    """Return a row per paid term: customer_id, contract_id, product, mrr, seats, term_months, and when it is valid.

    starts_on, service_end and effective_end are days, the ends exclusive (null: open). `replaced` says that another
    contract of the customer took over. The term counts at the closes of the months from `since` up to,
    without, `until` (month numbers; null: no end). Trials, zero amounts and empty intervals are no terms.
    """
    paid = contracts.filter(~_.trial, _.mrr > 0)
    # billing systems write 9999-12-31 where there is no end
    ends_on = ibis.ifelse(paid.ends_on.year() < _NO_END_FROM, paid.ends_on, ibis.null("date"))
    ended = paid.mutate(service_end=plus_days(ends_on, 1) if policies.contract_end == "last_day" else ends_on)
    real = ended.filter(_.service_end.isnull() | (_.service_end > _.starts_on))
    real = _ended_by_later(real) if policies.overlapping_terms == "later_replaces" else real
    followed = _with_replacement(real, policies.grace_days)
    effective = ibis.coalesce(followed.replaced_on, plus_days(followed.service_end, policies.grace_days))
    dated = followed.mutate(replaced=followed.replaced_on.notnull(), effective_end=effective)
    return dated.select(
        "customer_id",
        "contract_id",
        "product",
        "mrr",
        "seats",
        "term_months",
        "starts_on",
        "service_end",
        "effective_end",
        "replaced",
        since=month_number(dated.starts_on),
        until=_lost_month(dated, policies),
    )


def _ended_by_later(real: Table) -> Table:
    """Return the terms, each ended by the next later start of the same customer and product, if that comes before its end."""
    own = ("customer_id", "product", "starts_on")
    following = ibis.window(group_by=["customer_id", "product"], order_by="starts_on")
    starts = real.select(*own).distinct().mutate(next_start=_.starts_on.lead().over(following))
    ended = left_join_columns(real, starts, *own)
    overlaps = ended.service_end.isnull() | (ended.next_start < ended.service_end)
    return ended.mutate(service_end=ibis.ifelse(overlaps, ended.next_start, ended.service_end)).drop("next_start")


def _with_replacement(real: Table, grace_days: int) -> Table:
    starts = real.select(next_customer="customer_id", next_start="starts_on").distinct()
    taken_over = real.join(
        starts,
        [
            real.customer_id == starts.next_customer,
            starts.next_start >= real.service_end,
            starts.next_start <= plus_days(real.service_end, grace_days),
        ],
    )
    first = taken_over.group_by("contract_id").aggregate(replaced_on=_.next_start.min())
    return left_join_columns(real, first, "contract_id")


def _lost_month(dated: Table, policies: Policies) -> IntegerValue:
    """Return the first month at whose close the term no longer counts.

    A term whose last covered day is a month's last day is lost at that very close under `churn_month: last_day`,
    unless its replacement starts the next day.
    """
    by_end = month_number(dated.effective_end)
    if policies.churn_month == "day_after":
        return by_end
    return ibis.ifelse(dated.replaced, by_end, month_number(plus_days(dated.effective_end, -1)))


def contract_spells(held: Table) -> Table:
    """Return a row per unbroken run of terms of a customer: customer_id, stint_start, since, until.

    `since` and `until` (exclusive, null: no end) are the months in which it is the customer's latest spell.
    """
    open_end = ibis.date(9999, 12, 31)
    spans = held.select("customer_id", "starts_on", end=held.effective_end.fill_null(open_end))
    before = ibis.window(group_by="customer_id", order_by=["starts_on", "end"], rows=(None, -1))
    marked = spans.mutate(reached=spans.end.max().over(before))
    begins = marked.filter(_.reached.isnull() | (_.starts_on > _.reached)).select(
        "customer_id", stint_start="starts_on"
    )
    numbered = begins.mutate(since=month_number(begins.stint_start))
    following = ibis.window(group_by="customer_id", order_by="stint_start")
    return numbered.mutate(until=numbered.since.lead().over(following))
