"""Whose touch model is not the rule's, and who has none: the under-served one by one, the over-served by the hours they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cslib.analysis.customer_lists import list_by_segment
from cslib.analysis.service.service import CSM, MODEL, touched_lately, untold_column, untold_hours
from cslib.analysis.service.touch import ONE_MODEL
from cslib.analysis.service.touch_rule import OVER, UNDER, is_single, judged

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry

COLUMNS = (
    "segment", "month", "list", "customer_id", "csm", "touch_model", "rule", "why", "closes", "hours", "hours_90", "mrr", "due_on",
    "last_touch", "reason",
)  # fmt: skip
UNASSIGNED = "unassigned"
_ORDER = {name: place for place, name in enumerate((UNDER, OVER, UNASSIGNED, ""))}
_TEXTS = ["list", "customer_id", "csm", "touch_model", "rule", "why", "due_on", "last_touch", "reason"]
AGREED = "agreed: every touch model is the rule's, or has not been another for long enough"


def touch_customers(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and customer under contract that is on a list: `COLUMNS`.

    `under_served`: the rule has said more touch at as many closes as it is to (`closes`), those who pay most first;
    `over_served`: less, those who take most hours a month first; `unassigned`: no touch model. `why` are the words that led to
    `rule`: its size (large, middle, small) and what moves it a step (new, not_adopted, settled). `hours` are a month's, the mean
    of three, `hours_90` those of 90 days. A segment without any has one row with the reason; outsiders are told nothing.
    """
    table = list_by_segment(inquiry, COLUMNS, _TEXTS, lambda asked: _Lists(asked).of)
    hours = table.hours.where(table.list == OVER, 0.0).fillna(0.0).astype("float64")
    placed = table.assign(at=table.list.map(_ORDER), first=-hours)
    order = ["segment", "at", "first", "mrr", "customer_id"]
    ordered = placed.sort_values(order, ascending=[True, True, True, False, True], ignore_index=True)[[*COLUMNS]]
    return ordered.astype({**dict.fromkeys(("hours", "hours_90", "mrr"), "float64"), "closes": "Int64"})


class _Lists:
    """Who is on a list of a segment."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._lately = touched_lately(inquiry.facts, inquiry.as_of)
        self._due = inquiry.standing.due_on
        self._lacks = untold_column(inquiry, MODEL)
        self._no_hours = bool(untold_hours(inquiry.facts, inquiry.as_of))

    def of(self, segment: str, inside: pd.Series[str]) -> pd.DataFrame:
        """Return the rows of a segment's customers; one that says why where there is none."""
        if self._lacks:
            return pd.DataFrame({"reason": [self._lacks]})
        known = judged(self._inquiry, segment)
        mine = known[known.index.isin(inside)]
        if mine.empty:
            return pd.DataFrame()
        listed = mine.list.where(mine[MODEL].notna(), UNASSIGNED)
        if is_single(mine):
            listed = listed.where(listed == UNASSIGNED, "")
        found = mine.assign(list=listed, due_on=self._due).join(self._lately)[listed != ""]
        if found.empty:
            return pd.DataFrame({"reason": [ONE_MODEL if is_single(mine) else AGREED]})
        hours_90 = found.hours_90.fillna(0.0) if not self._no_hours else float("nan")
        return found.assign(csm=found[CSM], hours_90=hours_90).rename_axis("customer_id").reset_index()
