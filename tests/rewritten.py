"""Tables as somebody reads them later: no row up to a month is another, but what came of it since is told otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import ibis

from tests.ledger import TOLD_ON

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ibis.expr.types import IntegerValue, Table

    from cslib.periods import Month
    from tests.ledger import Row

SOON, LATE = 9, 190  # days, after which no agreed end of the demo lies
# What is told of a row at a later day, and what is blank along with it until then.
TOLD_LATER: dict[str, dict[str, Row]] = {
    **TOLD_ON,
    "programmes": {"ended_on": {}},
    "assignments": {"ended_on": {}},
}
SAID: Row = {"score": 1.0, "comment": "terrible", "confirmed_by_customer": True, "status": "won"}


def rewritten(tables: Mapping[str, Table], month: Month) -> dict[str, Table]:
    """Return the tables with all that was written of their rows after the end of a month told otherwise.

    Of the terms in force then whose end lies ahead, some end within days, some are cut short by a dearer one, some run on for
    long, and of some the end is blank. What `TOLD_LATER` names was told within days, or
    much later, or never.
    """
    last = month.last_day
    told = {name: _told_otherwise(tables[name], later, last) for name, later in TOLD_LATER.items() if name in tables}
    return {**tables, **told, "contracts": _ended_otherwise(tables["contracts"], last)}


def _ended_otherwise(contracts: Table, last: date) -> Table:
    way, cut = _dealt(contracts, 4), last + timedelta(days=SOON)
    # a term that ends on the next day may be over at the close: policy contract_end
    ahead = contracts.ends_on.isnull() | (contracts.ends_on > last + timedelta(days=1))
    moves = ((contracts.starts_on <= last) & ahead).fill_null(False)  # noqa: FBT003
    ends = ibis.cases(
        (way.isin([0, 1]), ibis.literal(cut)), (way == 2, _later(contracts.ends_on, LATE)), else_=ibis.null("date")
    )
    dearer = contracts.filter(moves, way == 1).mutate(
        contract_id=contracts.contract_id + " anew", starts_on=ibis.literal(cut + timedelta(days=1)),
        mrr=(contracts.mrr * 2).cast(contracts.mrr.type()),
    )  # fmt: skip
    return contracts.mutate(ends_on=ibis.ifelse(moves, ends, contracts.ends_on)).union(dearer)


def _told_otherwise(table: Table, later: Mapping[str, Row], last: date) -> Table:
    way = _dealt(table, 3)
    days = [ibis.literal(last + timedelta(days=after)) for after in (SOON, LATE)]
    for column, along in later.items():
        day = table[column].cast("date")
        untold = day.isnull() | (day > last)
        told = ibis.cases((way == 0, days[0]), (way == 1, days[1]), else_=ibis.null("date")).cast(table[column].type())
        new = {column: told} | {
            name: ibis.ifelse(told.isnull(), ibis.literal(blank, kind), ibis.literal(SAID[name], kind))
            for name, blank in along.items()
            for kind in [table[name].type()]
        }
        table = table.mutate(**{name: ibis.ifelse(untold, value, table[name]) for name, value in new.items()})
    return table


def _later(day: ibis.expr.types.DateValue, days: int) -> ibis.expr.types.DateValue:
    return (day + ibis.interval(days=days)).cast("date")


def _dealt(table: Table, ways: int) -> IntegerValue:
    """Return a number below `ways` for each row, which hangs on its customer alone."""
    return table.customer_id.hash().abs() % ways
