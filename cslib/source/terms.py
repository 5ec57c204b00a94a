"""Contracts that come as levels per month, or as changes of a level, made into terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis
from ibis import _

from cslib.model import Kind
from cslib.source.files import FILE, NON_DATA
from cslib.source.parquet_copies import ROW
from cslib.source.table_mapping import UNREAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr.types import BooleanValue, DateValue, StringValue, Table

_SERIES = ("customer_id", "contract_id", "product")  # of one agreement; the id of a contract may be absent
_NEEDED = ("customer_id", "product", "starts_on", "mrr")
_SAME = ("mrr", "seats", "trial")  # what holds throughout a term
_STEP = "_read_"


def as_terms(
    mapped: Table, said: Literal["snapshots", "movements"], contract_end: Literal["last_day", "first_day_without"]
) -> Table:
    """Return mapped rows of contracts as terms, each at the place of its first row; `ends_on` is what the policy `contract_end` says.

    Snapshots: `starts_on` is the month of a row, `mrr` its level. Months of one level, without a gap between, are one term,
    which ends with the last of them; open in the last month that there is. A month that no row at all has is no gap.
    Movements: `mrr` is the change on that day; the level until the next change is their sum, and 0 ends it.
    Rows that cannot be read, or lack what a term needs, stay as they are, so that they are told. Where only the level of a
    month is blank or cannot be read, the customer was there, and the level before it goes on.
    """
    is_whole = _is_read(mapped, _NEEDED, [name for name in mapped.columns if name.startswith(UNREAD)])
    others = [name for name in _NEEDED if name != "mrr"]
    is_there = _is_read(mapped, others, [UNREAD + name for name in others if UNREAD + name in mapped.columns])
    is_unknown = is_there & mapped.mrr.isnull()
    rows = _one_per_day(mapped.filter(is_whole if said == "movements" else is_whole | is_unknown))
    terms = _of_changes(rows) if said == "movements" else _of_levels(rows)
    ends = terms[f"{_STEP}next"] - ibis.interval(days=1) if contract_end == "last_day" else terms[f"{_STEP}next"]
    made = terms.mutate(ends_on=ends.cast("date"), contract_id=_id(terms)).select(mapped.columns)
    return made.union(mapped.filter(~is_whole))


def _is_read(mapped: Table, needed: Sequence[str], unread: Sequence[str]) -> BooleanValue:
    """Return whether rows are data, hold what is needed, and nothing that could not be read."""
    held = ibis.and_(mapped[NON_DATA].isnull(), *(mapped[name].notnull() for name in needed))
    return held & ~ibis.or_(*(mapped[name] for name in unread)).fill_null(False)  # noqa: FBT003


def _one_per_day(rows: Table) -> Table:
    """Return the first row of each agreement and day, with the sum of the amounts of that day."""
    day = ibis.window(group_by=[*_SERIES, "starts_on"])
    place = ibis.row_number().over(group_by=[*_SERIES, "starts_on"], order_by=[FILE, ROW])
    summed = rows.mutate(mrr=rows.mrr.sum().over(day).cast(Kind.AMOUNT.type), **{f"{_STEP}place": place})
    return summed.filter(_[f"{_STEP}place"] == 0).drop(f"{_STEP}place")


def _of_levels(rows: Table) -> Table:
    """Return the first month of each run of alike months, with the first day after it; null where that is not over."""
    months = rows.select(**{f"{_STEP}month": rows.starts_on}).distinct()
    month = months[f"{_STEP}month"]
    order = ibis.window(order_by=month)
    months = months.mutate(
        **{f"{_STEP}number": ibis.row_number().over(order), f"{_STEP}after": month.lead().over(order)}
    )
    known = _with_levels(rows)
    paid = known.left_join(months, known.starts_on == months[f"{_STEP}month"]).drop(f"{_STEP}month").filter(_.mrr != 0)
    series = ibis.window(group_by=_SERIES, order_by=paid.starts_on)
    number = paid[f"{_STEP}number"]
    same = ibis.and_(*(paid[name].identical_to(paid[name].lag().over(series)) for name in _SAME))
    goes_on = (same & (number == number.lag().over(series) + 1)).fill_null(False)  # noqa: FBT003
    begun = paid.mutate(**{f"{_STEP}begins": ~goes_on})
    until = ibis.cumulative_window(group_by=_SERIES, order_by=begun.starts_on)
    runs = begun.mutate(**{f"{_STEP}run": begun[f"{_STEP}begins"].cast("int64").sum().over(until)})
    last = (
        runs[f"{_STEP}after"]
        .last()
        .over(ibis.window(group_by=[*_SERIES, f"{_STEP}run"], order_by=runs.starts_on, preceding=None, following=None))
    )
    return runs.mutate(**{f"{_STEP}next": last}).filter(_[f"{_STEP}begins"])


def _with_levels(rows: Table) -> Table:
    """Return rows in which a level that is not known is the one before it; null where there is none."""
    until = ibis.cumulative_window(group_by=_SERIES, order_by=rows.starts_on)
    counted = rows.mutate(**{f"{_STEP}known": rows.mrr.notnull().cast("int64").sum().over(until)})
    since = ibis.window(group_by=[*_SERIES, f"{_STEP}known"])
    return counted.mutate(mrr=counted.mrr.max().over(since)).drop(f"{_STEP}known")


def _of_changes(rows: Table) -> Table:
    """Return each level from the day of the change that made it, with the day of the next change; null where there is none."""
    changed = rows.filter(rows.mrr != 0)
    series = ibis.window(group_by=_SERIES, order_by=changed.starts_on)
    until = ibis.cumulative_window(group_by=_SERIES, order_by=changed.starts_on)
    levels = changed.mutate(
        mrr=changed.mrr.sum().over(until).cast(Kind.AMOUNT.type),
        **{f"{_STEP}next": changed.starts_on.lead().over(series)},
    )
    return levels.filter(levels.mrr != 0)


def _id(terms: Table) -> StringValue:
    agreement = ibis.coalesce(terms.contract_id, terms.customer_id + " " + terms["product"])
    day: DateValue = terms.starts_on
    return agreement + " " + day.cast("string")
