"""The load of each CSM: what its customers ask for against the hours that it has, and against those that are logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.panel import NEEDS
from cslib.analysis.service.loads import GONE, loads
from cslib.analysis.service.service import (
    CSM,
    HOURS_MONTHS,
    human_touches,
    months_of_hours,
    untold_column,
    untold_hours,
)
from cslib.analysis.service.touch_rule import members_of, ruled
from cslib.kpis import reasons
from cslib.periods import month_number
from cslib.privacy.suppression import HIDDEN
from cslib.settings import CSM_TEAM

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry

COLUMNS = (
    "segment", "month", "csm", "here", "customers", "mrr", "fte", "fte_note", "capacity", "need_hours", "load", "logged_hours",
    "logged_share", "why", "reason",
)  # fmt: skip
_NUMBERS = ("here", "customers", "mrr", "fte", "capacity", "need_hours", "load", "logged_hours", "logged_share")
OVER_CAPACITY, UNLOGGED, AWAY = "over_capacity", "plan_and_log_disagree", "away"
LEAST_LOGGED = 0.5  # of the hours that customers need, below which plan and log disagree
NAMELESS = "nameless: no customer has a CSM"
_HOUR = 60


def touch_load(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and CSM who serves any of its customers, by name, and one without a name for who has none: `COLUMNS`.

    `here` are its customers in the segment; all else is of all its customers at the close. `need_hours` a month go by the touch
    model of each, with what comes on top while it is onboarded and before a renewal; `load` is these over `capacity`, the fte's
    hours that are left for customers. `logged_hours` a month are the mean of three of touches by people, `logged_share` these
    over the hours needed. `why`: `over_capacity`, `plan_and_log_disagree` (less than half is logged: hours are not logged, or
    customers are not served), `away` (by team.yaml not there in that month). Outsiders are told nothing.
    """
    facts = inquiry.facts
    absent = facts.missing(NEEDS)
    why = (
        HIDDEN if facts.discreet else f"{reasons.NEEDS} {', '.join(absent)}" if absent else untold_column(inquiry, CSM)
    )
    members = members_of(inquiry)
    found = [_segment(inquiry, name, why, members[name]).assign(segment=name) for name in members]
    table = pd.concat(found, ignore_index=True).assign(month=str(inquiry.as_of)).reindex(columns=[*COLUMNS])
    texts = ["csm", "fte_note", "why", "reason"]
    table[texts] = table[texts].astype(object).where(table[texts].notna(), "")
    return table.astype(dict.fromkeys(_NUMBERS, "float64"))


def _segment(inquiry: Inquiry, segment: str, why: str, inside: pd.Series[str]) -> pd.DataFrame:
    if why:
        return pd.DataFrame({"reason": [why]})
    rows = ruled(inquiry, segment)
    now = rows[rows.month_no == inquiry.as_of.number]
    mine = now[now.customer_id.isin(inside)]
    if mine.empty:
        return pd.DataFrame({"reason": [reasons.EMPTY]})
    here = mine.groupby(CSM).size()
    load = loads(now, inquiry.settings, inquiry.as_of)
    load = load[load.index.isin(here.index)].join(here.rename("here"))
    load = pd.concat([load, _idle(inquiry, load)]) if segment == inquiry.settings.total.id else load
    alone = mine[mine[CSM].isna()]
    told = _with_log(inquiry, load).rename_axis(CSM).reset_index()
    if len(alone):
        told = pd.concat(
            [told, pd.DataFrame({"here": [len(alone)], "customers": [len(alone)], "mrr": [alone.mrr.sum()]})]
        )
    return told if len(load) else told.assign(reason=NAMELESS)


def _idle(inquiry: Inquiry, load: pd.DataFrame) -> pd.DataFrame:
    """Return the CSMs of the team who are there and serve nobody."""
    team = inquiry.settings.team
    free = {name: team.fte(name, inquiry.as_of) for name, one in team.people.items() if one.team == CSM_TEAM}
    fte = pd.Series({name: share for name, share in free.items() if share and name not in load.index}, dtype="float64")
    zero = dict.fromkeys(("here", "customers", "mrr", "need_hours", "load"), 0.0)
    capacity = fte * inquiry.settings.policies.capacity.per_fte
    return pd.DataFrame({"fte": fte, "capacity": capacity, "fte_note": ""}, index=fte.index).assign(**zero)


def _with_log(inquiry: Inquiry, load: pd.DataFrame) -> pd.DataFrame:
    needs = inquiry.facts.missing(["touches.csm"])
    lacks = f"{reasons.NEEDS} {', '.join(needs)}" if needs else untold_hours(inquiry.facts, inquiry.as_of)
    logged = load.need_hours * np.nan if lacks else _logged(inquiry).reindex(load.index).fillna(0.0)
    share = logged / load.need_hours.where(load.need_hours > 0)
    words = {OVER_CAPACITY: load["load"] > 1, UNLOGGED: share < LEAST_LOGGED, AWAY: load.fte_note == GONE}
    why = pd.Series("", load.index, dtype=object)
    for word, holds in words.items():
        why += np.where(holds, f"{word} ", "")
    return load.assign(logged_hours=logged, logged_share=share, why=why.str.strip(), reason=lacks)


def _logged(inquiry: Inquiry) -> pd.Series[float]:
    """Return the hours a month of each CSM in the months up to the close."""
    last = inquiry.as_of
    touched = human_touches(inquiry.facts).filter(_.occurred_on <= last.last_day, _.csm.notnull())
    recent = touched.filter(month_number(_.occurred_on) > last.number - HOURS_MONTHS)
    sums = recent.group_by(CSM).aggregate(minutes=_.minutes.sum().cast("float64")).to_pyarrow().to_pandas()
    return sums.set_index(CSM).minutes.fillna(0.0) / _HOUR / months_of_hours(inquiry.facts, last)
