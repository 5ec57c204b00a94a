"""The spine: a row per customer and month, with its opening, its closing and exactly one movement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.month_spine import expand_to_months
from cslib.model import AMOUNT_TYPE

if TYPE_CHECKING:
    from ibis.expr.types import StringValue, Table

_NOTHING = ibis.literal(0, type=AMOUNT_TYPE)
_YEAR = 12
# Amounts that add up to the close, so that one of them follows from the others; and all that are the close or a part of it,
# now or earlier. `first_mrr` is neither: it is that of a month of its own for each customer.
MOVED = frozenset({
    "opening_mrr", "new_mrr", "reactivation_mrr", "expansion_mrr", "upsell_mrr", "cross_sell_mrr", "contraction_mrr",
    "churned_mrr",
})  # fmt: skip
PAID = MOVED | {"closing_mrr", "mrr_12m_ago", "long_term_mrr", "told_term_mrr"}


def movements_spine(held: Table, runs: Table, months: Table, keys: tuple[str, ...] = ("customer_id",)) -> Table:
    """Return the money side of each customer's months, from its first contract to the last month of `months`.

    `held` are contract terms, `runs` are contract spells. Columns: the keys, month_no, opening_mrr, closing_mrr, movement, new_mrr,
    reactivation_mrr, expansion_mrr, contraction_mrr, churned_mrr, cross_sell_mrr, upsell_mrr, mrr_12m_ago,
    told_term_mrr and long_term_mrr (of closing_mrr, on terms of a known length and of a year or more), seats (null
    where unknown), months_under_contract, closes_3m_before (closes under contract of the
    three months before), gained_no and first_mrr (month and amount of the first close), first_start, stint_start.
    opening + new + reactivation + expansion - contraction - churned = closing on every row.
    """
    closes = expand_to_months(held, months, "since", "until")
    closings = closes.group_by([*keys, "month_no"]).aggregate(
        closing_mrr=_.mrr.sum(),
        told_term_mrr=_.mrr.sum(where=_.term_months > 0),
        long_term_mrr=_.mrr.sum(where=_.term_months >= _YEAR),
        seats=_.seats.sum(),
    )
    first = held.group_by(keys).aggregate(first_start=_.starts_on.min(), first_no=_.since.min())
    spine = first.join(months.select("month_no"), first.first_no <= months.month_no)
    filled = spine.left_join(closings, [*keys, "month_no"]).select(
        *keys,
        "month_no",
        "first_start",
        "seats",
        closing_mrr=_.closing_mrr.fill_null(0).cast(AMOUNT_TYPE),
        told_term_mrr=_.told_term_mrr.fill_null(0).cast(AMOUNT_TYPE),
        long_term_mrr=_.long_term_mrr.fill_null(0).cast(AMOUNT_TYPE),
    )
    moved = _with_movement(_with_first_mrr(_with_history(filled, keys), keys))
    crossed = moved.left_join(_new_products(closes, keys), [*keys, "month_no"])
    grown = crossed.select(*moved.columns, cross_sell_mrr=ibis.least(crossed.expansion_mrr, crossed.added.fill_null(0)))
    grown = grown.mutate(upsell_mrr=grown.expansion_mrr - grown.cross_sell_mrr)
    stints = expand_to_months(runs, months, "since", "until").select("customer_id", "month_no", "stint_start")
    return grown.left_join(stints, ["customer_id", "month_no"]).select(*grown.columns, "stint_start")


def _with_history(filled: Table, keys: tuple[str, ...]) -> Table:
    along = ibis.window(group_by=keys, order_by="month_no")
    before = ibis.window(group_by=keys, order_by="month_no", rows=(None, -1))
    so_far = ibis.window(group_by=keys, order_by="month_no", rows=(None, 0))
    quarter = ibis.window(group_by=keys, order_by="month_no", rows=(-3, -1))
    under_contract = (filled.closing_mrr > 0).cast("int64")
    first_no = ibis.ifelse(filled.closing_mrr > 0, filled.month_no, ibis.null("int64")).min().over(so_far)
    return filled.mutate(
        opening_mrr=filled.closing_mrr.lag(1).over(along).fill_null(0),
        mrr_12m_ago=filled.closing_mrr.lag(_YEAR).over(along).fill_null(0),
        ever_before=(filled.closing_mrr.max().over(before) > 0).fill_null(False),  # noqa: FBT003
        months_under_contract=under_contract.sum().over(so_far),
        closes_3m_before=under_contract.sum().over(quarter).fill_null(0),
        gained_no=first_no,
    )


def _with_first_mrr(known: Table, keys: tuple[str, ...]) -> Table:
    so_far = ibis.window(group_by=keys, order_by="month_no", rows=(None, 0))
    in_first = ibis.ifelse(known.month_no == known.gained_no, known.closing_mrr, ibis.null(AMOUNT_TYPE))
    return known.mutate(first_mrr=in_first.max().over(so_far))


def _with_movement(known: Table) -> Table:
    named = known.mutate(movement=_movement(known))
    rise, fall = named.closing_mrr - named.opening_mrr, named.opening_mrr - named.closing_mrr
    return named.mutate(
        new_mrr=ibis.ifelse(named.movement == "new", rise, _NOTHING),
        reactivation_mrr=ibis.ifelse(named.movement == "reactivation", rise, _NOTHING),
        expansion_mrr=ibis.ifelse(named.movement == "expansion", rise, _NOTHING),
        contraction_mrr=ibis.ifelse(named.movement == "contraction", fall, _NOTHING),
        churned_mrr=ibis.ifelse(named.movement == "churn", fall, _NOTHING),
    ).drop("ever_before")


def _movement(known: Table) -> StringValue:
    opening, closing = known.opening_mrr, known.closing_mrr
    return ibis.cases(
        ((opening == 0) & (closing > 0) & ~known.ever_before, "new"),
        ((opening == 0) & (closing > 0), "reactivation"),
        ((opening > 0) & (closing == 0), "churn"),
        (closing > opening, "expansion"),
        (closing < opening, "contraction"),
        else_="none",
    )


def _new_products(closes: Table, keys: tuple[str, ...]) -> Table:
    """Return the closing amounts on products that the customer did not hold at the opening."""
    held = closes.group_by([*{*keys, "product"}, "month_no"]).aggregate(amount=_.mrr.sum())
    before = held.select(*{*keys, "product"}, month_no=held.month_no + 1)
    added = held.anti_join(before, [*{*keys, "product"}, "month_no"])
    return added.group_by([*keys, "month_no"]).aggregate(added=_.amount.sum().cast(AMOUNT_TYPE))
