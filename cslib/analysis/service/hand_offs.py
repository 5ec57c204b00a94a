"""From the team that onboards a customer to the one that serves it then: how long until that one shows up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from ibis import _

from cslib.analysis.service.service import CSM

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry
    from cslib.periods import Month

SINGLE_TEAM = "single_team: touches of two teams are needed, by team.yaml or assignments of the kind team"
_TEAM, _WINDOW = "team", pd.Timedelta(days=365)


def team_touches(inquiry: Inquiry, touches: pd.DataFrame) -> pd.DataFrame:
    """Return the touches of which the team is known: customer_id, occurred_on, team.

    The team of a touch is that of its person by team.yaml, where this tells several; else the one that was assigned to the
    customer on that day.
    """
    team = inquiry.settings.team
    named = touches.assign(team=touches[CSM].map({name: one.team for name, one in team.people.items()}))
    if len(named.team.dropna().unique()) <= 1 and _TEAM in inquiry.facts.manifest.dated:
        named = _assigned(inquiry, touches)
    return named[named.team.notna()][["customer_id", "occurred_on", "team"]]


def _assigned(inquiry: Inquiry, touches: pd.DataFrame) -> pd.DataFrame:
    """Return the touches, each with the team that had been assigned to the customer last by that day."""
    rows = (
        inquiry.facts.tables["assignments"]
        .filter(_.kind == _TEAM)
        .select("customer_id", "started_on", "ended_on", team=_.value)
    )
    spans = rows.to_pyarrow().to_pandas()
    for name in ("started_on", "ended_on"):
        spans[name] = pd.to_datetime(spans[name]).astype("datetime64[us]")
    spans = spans.sort_values(["started_on", "customer_id", "team"], ascending=[True, True, False], kind="stable")
    dated = touches.sort_values(["occurred_on", "customer_id"], kind="stable")
    found = pd.merge_asof(dated, spans, left_on="occurred_on", right_on="started_on", by="customer_id")
    return found.assign(team=found.team.where(found.ended_on.isna() | (found.ended_on >= found.occurred_on)))


def hand_offs(touches: pd.DataFrame, onboarded: pd.DataFrame, inside: pd.Series[str], close: Month) -> pd.DataFrame:
    """Return by customer who was onboarded in the year up to a close: days until another team's first touch, and whether it is `done`.

    Another than that of the last touch before it was onboarded; whoever had none is left out. Days of those who wait run on to
    the close.
    """
    last = pd.Timestamp(close.last_day)
    lately = (onboarded.onboarded_on <= last) & (onboarded.onboarded_on > last - _WINDOW)
    asked = onboarded[lately & onboarded.customer_id.isin(inside)]
    both = touches[touches.occurred_on <= last].merge(asked, on="customer_id").sort_values(["occurred_on", "team"])
    before = both[both.occurred_on < both.onboarded_on].groupby("customer_id").team.last()
    later = both[both.occurred_on >= both.onboarded_on]
    first = later[later.team != later.customer_id.map(before)].groupby("customer_id").occurred_on.min()
    known = asked.set_index("customer_id").onboarded_on.loc[lambda days: days.index.isin(before.index)]
    came = first.reindex(known.index)
    return pd.DataFrame({"days": (came.fillna(last) - known).dt.days, "done": came.notna()}).sort_index()
