"""Which terms fall due in the months to come, as it was known at the close."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from ibis import _

from cslib.analysis.few import few_segments
from cslib.analysis.panel import NEEDS, memberships
from cslib.facts.contract_terms import terms
from cslib.facts.month_spine import plus_days
from cslib.kpis import reasons
from cslib.periods import Month, month_number
from cslib.privacy.suppression import HIDDEN

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry
    from cslib.facts import Facts

HORIZON = 12
COLUMNS = ("segment", "month", "due_month", "customers", "terms", "mrr", "reason")


def renewals_ahead(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and month ahead: `COLUMNS`: the terms in force at the close that end in it, and what they pay.

    A term without an end falls due in no month. One that was signed to follow it, and begins later, is not known yet.
    """
    facts, segments = inquiry.facts, sorted(inquiry.segments)
    lacking = facts.missing(NEEDS)
    if lacking:
        said = {"reason": f"{reasons.NEEDS} {', '.join(lacking)}"}
        return _table([{**row, **said} for name in segments for row in _months(name, inquiry.as_of)])
    due = _due(facts, inquiry.as_of)
    ids = pd.Index(due.customer_id.unique())
    members, cells = memberships(facts, ids)
    theirs = {name: due[due.customer_id.isin(ids[members[name]])] for name in segments}
    table = _table([
        {**row, **_summed(theirs[name], row["due_month"])} for name in segments for row in _months(name, inquiry.as_of)
    ])  # fmt: skip
    by_month = [ids.isin(month.customer_id) for _month, month in due.groupby("due_month")]
    hidden = table.segment.isin(few_segments(facts, [frozenset(cell.split()) for cell in cells], by_month))
    table.loc[hidden, ["customers", "terms", "mrr"]] = pd.NA
    table.loc[hidden, "reason"] = HIDDEN
    return table


def _months(segment: str, as_of: Month) -> list[dict[str, Any]]:
    ahead = [str(Month(as_of.number + months)) for months in range(1, HORIZON + 1)]
    return [{"segment": segment, "month": str(as_of), "due_month": month, "reason": ""} for month in ahead]


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    return table.astype({"mrr": "float64", "customers": "Int64", "terms": "Int64"})


def _due(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return customer_id, due_month and mrr of the terms that end in the months ahead."""
    known = facts.tables["contracts"].filter(_.starts_on <= as_of.last_day)
    held = terms(known, facts.policies)
    over = held.service_end if facts.policies.churn_month == "day_after" else plus_days(held.service_end, -1)
    dated = held.mutate(due_no=month_number(over)).filter(
        _.since <= as_of.number, _.until.isnull() | (_.until > as_of.number),
        _.due_no > as_of.number, _.due_no <= as_of.number + HORIZON,
    )  # fmt: skip
    chosen = dated.select("contract_id", "customer_id", "due_no", mrr=_.mrr.cast("float64"))
    frame = chosen.order_by("contract_id").to_pyarrow().to_pandas()
    return frame.assign(due_month=[str(Month(int(number))) for number in frame.due_no])


def _summed(due: pd.DataFrame, month: str) -> dict[str, float]:
    mine = due[due.due_month == month]
    return {"customers": mine.customer_id.nunique(), "terms": len(mine), "mrr": float(mine.mrr.sum())}
