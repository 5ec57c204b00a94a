"""How each customer stands to be served at the last closes: who and what serves it, what it needs, and the hours that it gets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.panel import NEEDS
from cslib.analysis.standing import RENEWAL_DAYS, first_due
from cslib.kpis import reasons
from cslib.periods import Month, month_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr.types import Table

    from cslib.analysis.inquiry import Inquiry
    from cslib.facts import Facts

CSM, MODEL = "csm", "touch_model"
HUMAN = ("meeting", "seminar", "email", "call")  # kinds of touches that take a person's time
MINUTES = ("touches.minutes",)
HOURS_MONTHS = 3  # over which hours a month are averaged
CLOSES = 3  # that are looked at where no rule asks for more
UNDATED = "undated"  # and the column: it has no dates, so that it is known for the latest month alone
USE, GOALS, STEPS = ("usage.used_on",), ("goals.achieved_on",), ("milestones.completed_on",)
_STATES = (
    "months_under_contract", "core_weeks", "latest_nps", "events_to_before", "has_outcome", "is_onboarded",
)  # fmt: skip
_HOUR = 60


def service(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per customer under contract at each of the last closes, the latest last, by month_no and customer_id.

    mrr; csm and touch_model as they were at that close, missing where that is not known; the states that a rule goes by, `waits`
    (a required milestone is open), nan and False where the source does not tell; due (a term ends within 90 days); hours, a
    month, of touches by people in the three months up to the close, nan where none are recorded.
    """
    facts, as_of = inquiry.facts, inquiry.as_of
    if facts.missing(NEEDS):
        return pd.DataFrame({"customer_id": [], "month_no": [], "mrr": []})
    closes = [as_of - back for back in reversed(range(closes_needed(inquiry)))]
    found = _states(facts, closes)
    served = facts.assigned_at(CSM, MODEL).filter(_.month_no.isin([close.number for close in closes]))
    found = found.merge(served.to_pyarrow().to_pandas(), "left", ["customer_id", "month_no"])
    found = found.merge(_due(inquiry, closes), "left", ["customer_id", "month_no"])
    found = found.merge(_hours(facts, closes), "left", ["customer_id", "month_no"])
    found["due"] = found.due.notna()
    if not untold_hours(facts, as_of):
        found["hours"] = found.hours.fillna(0.0)
    return found.sort_values(["month_no", "customer_id"], ignore_index=True)


def closes_needed(inquiry: Inquiry) -> int:
    """Return how many closes the longest rule of a segment looks at."""
    policies = inquiry.settings.policies
    rules = [policies.touch_rule.with_own(segment.touch_rule) for segment in inquiry.settings.segments]
    return max([CLOSES, *(rule.steady_closes for rule in rules)])


def untold_hours(facts: Facts, as_of: Month) -> str:
    """Return why hours cannot be told; an empty text where they can."""
    absent = facts.missing(MINUTES)
    return f"{reasons.NEEDS} {', '.join(absent)}" if absent else reasons.uncovered(facts.manifest, MINUTES, as_of)


def untold_column(inquiry: Inquiry, name: str) -> str:
    """Return why it is not told which `csm` or `touch_model` customers had at the close; an empty text where it is."""
    facts, need = inquiry.facts, f"customers.{name}"
    if name in facts.manifest.dated:
        return ""
    if facts.missing([need]):
        return f"{reasons.NEEDS} {need}"
    latest = facts.last.number >= facts.manifest.last_told.number and inquiry.as_of == facts.last
    return "" if latest else f"{UNDATED} {need}"


def human_touches(facts: Facts) -> Table:
    """Return the touches that took a person's time."""
    return facts.tables["touches"].filter(_.kind.isin(HUMAN))


def months_of_hours(facts: Facts, close: Month) -> int:
    """Return over how many months hours are averaged at a close: three, or as many as are on record."""
    held = close.number - facts.manifest.begins(MINUTES).number + 1
    return min(max(held, 1), HOURS_MONTHS)


def _states(facts: Facts, closes: Sequence[Month]) -> pd.DataFrame:
    rows = facts["customer_states"].filter(_.month_no.isin([close.number for close in closes]))
    told = rows.select("customer_id", "month_no", *_STATES, mrr=_.closing_mrr.cast("float64"))
    frame = told.to_pyarrow().to_pandas()
    asked = facts.tables["milestones"].filter(_.required).select("customer_id").distinct().to_pyarrow().to_pandas()
    frame["waits"] = frame.customer_id.isin(asked.customer_id) & ~frame.is_onboarded.astype(bool)
    for close in closes:
        silent = bool(facts.missing(USE) or reasons.uncovered(facts.manifest, USE, close))
        if silent:
            frame.loc[frame.month_no == close.number, ["core_weeks", "events_to_before"]] = np.nan
    return frame.astype({"core_weeks": "float64", "latest_nps": "float64", "has_outcome": bool, "is_onboarded": bool})


def _due(inquiry: Inquiry, closes: Sequence[Month]) -> pd.DataFrame:
    """Return the first day within 90 days after each close on which a term of a customer ends."""
    found = []
    for close in closes:
        due = first_due(inquiry.terms_at(close), close)
        found.append(due.due_on.rename("due").reset_index().assign(month_no=close.number))
    return pd.concat(found)


def _hours(facts: Facts, closes: Sequence[Month]) -> pd.DataFrame:
    """Return the hours a month of each customer over the months up to each close."""
    first, last = closes[0].number - HOURS_MONTHS + 1, closes[-1]
    touched = human_touches(facts).filter(_.occurred_on <= last.last_day, _.minutes.notnull())
    monthly = touched.mutate(month_no=month_number(_.occurred_on)).filter(_.month_no >= first)
    sums = monthly.group_by("customer_id", "month_no").aggregate(minutes=_.minutes.sum().cast("float64"))
    frame = sums.to_pyarrow().to_pandas()
    found = []
    for close in closes:
        recent = frame[(frame.month_no > close.number - HOURS_MONTHS) & (frame.month_no <= close.number)]
        hours = recent.groupby("customer_id").minutes.sum() / _HOUR / months_of_hours(facts, close)
        found.append(hours.rename("hours").reset_index().assign(month_no=close.number))
    return pd.concat(found)


def touched_lately(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return by customer what people did in the 90 days up to the close (touches_90, hours_90), and last_touch of any kind."""
    seen = facts.tables["touches"].filter(_.occurred_on <= as_of.last_day)
    lately = _.kind.isin(HUMAN) & (_.occurred_on > as_of.last_day - timedelta(days=RENEWAL_DAYS))
    each = seen.group_by("customer_id").aggregate(
        touches_90=lately.sum(), minutes=_.minutes.sum(where=lately), last_touch=_.occurred_on.max().cast("string")
    )
    frame = each.to_pyarrow().to_pandas().set_index("customer_id")
    return frame.assign(hours_90=frame.minutes.fillna(0.0).astype("float64") / _HOUR)[
        ["touches_90", "hours_90", "last_touch"]
    ]
