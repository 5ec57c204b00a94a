"""The figures that speak for or against an organisation model, of a segment at a close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.service.hand_offs import SINGLE_TEAM, hand_offs, team_touches
from cslib.analysis.service.loads import csm_shares, loads
from cslib.analysis.service.service import CSM, HOURS_MONTHS, human_touches, untold_column, untold_hours
from cslib.analysis.service.touch import Figure, share_of
from cslib.analysis.service.touch_rule import LARGE, ruled
from cslib.kpis import reasons
from cslib.kpis.kpi import Posture
from cslib.stats import km_median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.analysis.inquiry import Inquiry
    from cslib.periods import Month

NO_TARGET = "no_offence_target: no target for growth is set here"
_HOUR, _YEAR, _DAYS_BEFORE, _PEOPLE = 60, 12, 30, 3
_WORK = ("onboarding", "defence", "offence")


class Touched:
    """Touches by people and proposals, with what they are judged by; read once for all segments and closes."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        facts, last = inquiry.facts, inquiry.as_of.last_day
        seen = human_touches(facts).filter(_.occurred_on <= last)
        begun = facts.terms.group_by("customer_id").aggregate(begun_on=_.starts_on.min())
        told = seen.left_join(begun, "customer_id").select(
            "customer_id", CSM, "purpose", "minutes", "occurred_on", "begun_on"
        )
        self.touches = _dated(told.to_pyarrow().to_pandas(), "occurred_on", "begun_on")
        opened = facts.tables["proposals"].filter(_.opened_on <= last)
        columns = ("customer_id", "owner", "status", "opened_on", "closed_on")
        self.proposals = _dated(opened.select(*columns).to_pyarrow().to_pandas(), "opened_on", "closed_on")
        self.onboarded = self._onboarded()

    @cached_property
    def by_team(self) -> pd.DataFrame:
        """The touches of which it is known which team they were of."""
        return team_touches(self.inquiry, self.touches)

    def _onboarded(self) -> pd.DataFrame:
        rows = self.inquiry.facts["customer_months"].filter(_.month_no <= self.inquiry.as_of.number)
        each = rows.group_by("customer_id").aggregate(onboarded_on=_.onboarded_on.max())
        return _dated(each.to_pyarrow().to_pandas(), "onboarded_on").dropna()


def _dated(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    return frame.assign(**{name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in columns})


@dataclass(frozen=True)
class Evidence:
    """What the data tell of a segment at a close, figure by figure."""

    touched: Touched
    segment: str
    inside: pd.Series[str]
    close: Month

    @property
    def inquiry(self) -> Inquiry:
        """The question."""
        return self.touched.inquiry

    @cached_property
    def _everyone(self) -> pd.DataFrame:
        rows = ruled(self.inquiry, self.segment)
        return rows[rows.month_no == self.close.number]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The customers of the segment under contract at the close."""
        return self._everyone[self._everyone.customer_id.isin(self.inside)]

    @cached_property
    def _recent(self) -> pd.DataFrame:
        """The touches of these customers in the three months up to the close."""
        return self._touches((self.close - (HOURS_MONTHS - 1)).first_day)

    def _touches(self, first: date) -> pd.DataFrame:
        each = self.touched.touches
        dated = (each.occurred_on >= pd.Timestamp(first)) & (each.occurred_on <= pd.Timestamp(self.close.last_day))
        return each[dated & each.customer_id.isin(self.rows.customer_id)]

    def _lacks(self, *needs: str) -> str:
        facts = self.inquiry.facts
        absent = facts.missing(needs)
        return (
            f"{reasons.NEEDS} {', '.join(absent)}" if absent else reasons.uncovered(facts.manifest, needs, self.close)
        )

    def load(self) -> tuple[Figure, str]:
        """Return the largest load of a CSM who serves the segment, and whose it is."""
        lacks = untold_column(self.inquiry, CSM)
        each = loads(self._everyone, self.inquiry.settings, self.close)
        mine = each.loc[each.index.isin(self.rows[CSM].dropna()), "load"].dropna()
        if lacks or mine.empty:
            return Figure(reason=lacks or reasons.EMPTY), ""
        return Figure(float(mine.max()), n=float(len(mine))), str(mine.idxmax())

    def offence_share(self) -> Figure:
        """Return the share of hours, of those with a purpose, that go to growth."""
        lacks = self._lacks("touches.minutes", "touches.purpose")
        told = self._recent[self._recent.purpose.notna()]
        whole = float(told.minutes.sum())
        if lacks or not whole:
            return Figure(reason=lacks or reasons.ZERO)
        return Figure(float(told.minutes[told.purpose == "offence"].sum()) / whole, n=float(len(told)))

    def all_kinds(self) -> Figure:
        """Return the share of CSMs who do all three kinds of work: onboarding, keeping and growing."""
        lacks = self._lacks("touches.csm", "touches.purpose")
        told = self._recent[self._recent[CSM].notna()]
        if lacks or told.empty:
            return Figure(reason=lacks or reasons.EMPTY)
        limit = timedelta(days=self.inquiry.settings.policies.onboarding_days)
        early = told.occurred_on - told.begun_on <= limit
        kind = np.where(early, _WORK[0], told.purpose.astype(object).where(told.purpose.notna(), ""))
        kinds = told.assign(kind=kind)[kind != ""].groupby(CSM).kind.nunique()
        return share_of(kinds.reindex(told[CSM].unique()).fillna(0) == len(_WORK))

    @property
    def wants_growth(self) -> bool:
        """Whether the segment has a target for growth."""
        (own,) = (one for one in self.inquiry.settings.segments if one.id == self.segment)
        catalogue = self.inquiry.catalogue.by_id
        return any(own.target_of(kpi) and catalogue[kpi].posture is Posture.OFFENCE for kpi in catalogue)

    @cached_property
    def _hand_offs(self) -> pd.DataFrame:
        return hand_offs(self.touched.by_team, self.touched.onboarded, self.rows.customer_id, self.close)

    def _no_hand_offs(self) -> str:
        lacks = self._lacks("milestones.completed_on", "touches.occurred_on")
        teams = self.touched.by_team.team.nunique() if not lacks else 0
        return lacks or (SINGLE_TEAM if teams <= 1 else "" if len(self._hand_offs) else reasons.EMPTY)

    def handoff_days(self) -> Figure:
        """Return the median days from onboarded to the first touch by another team, with its interval."""
        why = self._no_hand_offs()
        if why:
            return Figure(reason=why)
        days, done = self._hand_offs.days.to_numpy(dtype=np.float64), self._hand_offs.done.to_numpy()
        found = km_median(days, done)
        reason = reasons.OPEN if np.isnan(found.value) else ""
        return Figure(found.value, found.low, found.high, float(len(days)), reason)

    def waiting_days(self) -> Figure:
        """Return for how many days the customer has waited that waits longest, and how many wait beyond the limit."""
        why = self._no_hand_offs()
        if why:
            return Figure(reason=why)
        waits = self._hand_offs.days[~self._hand_offs.done]
        limit = self.inquiry.settings.policies.organisation.waiting_days
        return Figure(float(waits.max()) if len(waits) else 0.0, n=float((waits > limit).sum()))

    def many_people(self) -> Figure:
        """Return the share of customers who were touched by three people or more in 90 days."""
        lacks = self._lacks("touches.csm")
        if lacks or self.rows.empty:
            return Figure(reason=lacks or reasons.EMPTY)
        people = self._touches(self.close.last_day - timedelta(days=89)).groupby("customer_id")[CSM].nunique()
        return share_of(people.reindex(self.rows.customer_id).fillna(0) >= _PEOPLE)

    @cached_property
    def _proposals(self) -> pd.DataFrame:
        """The proposals of a year to these customers, each as it stood at the close."""
        each, last = self.touched.proposals, pd.Timestamp(self.close.last_day)
        since = pd.Timestamp((self.close - (_YEAR - 1)).first_day)
        mine = each[(each.opened_on >= since) & (each.opened_on <= last) & each.customer_id.isin(self.rows.customer_id)]
        is_closed = mine.closed_on.notna() & (mine.closed_on <= last)
        return mine.assign(is_closed=is_closed, days=(mine.closed_on.where(is_closed, last) - mine.opened_on).dt.days)

    def by_role(self) -> dict[tuple[str, str], Figure]:
        """Return by measure and role: proposals per 100 customers and month, win rate, median days from opening to close."""
        lacks = self._lacks("proposals.owner")
        found: dict[tuple[str, str], Figure] = {}
        for role in ("csm", "sales"):
            mine = self._proposals[self._proposals.owner == role]
            closed = mine[mine.is_closed]
            rate = len(mine) / _YEAR / len(self.rows) * 100 if len(self.rows) else np.nan
            days = km_median(mine.days.to_numpy(dtype=np.float64), mine.is_closed.to_numpy()) if len(mine) else None
            told = {
                "proposals_per_100": Figure(rate, n=float(len(mine))),
                "win_rate": share_of(closed.status == "won"),
                "days_open": Figure(days.value, days.low, days.high, float(len(mine)))
                if days
                else Figure(reason=reasons.EMPTY),
            }
            found |= {(name, role): Figure(reason=lacks) if lacks else figure for name, figure in told.items()}
        return found

    def touched_before(self) -> Figure:
        """Return the share of proposals whose customer had a touch in the 30 days before."""
        lacks = self._lacks("proposals", "touches")
        offers = self._proposals.reset_index(drop=True)
        if lacks or offers.empty:
            return Figure(reason=lacks or reasons.EMPTY)
        both = offers.reset_index(names="offer").merge(self.touched.touches, on="customer_id")
        ahead = (both.opened_on - both.occurred_on).dt.days
        warm = both.offer[(ahead > 0) & (ahead <= _DAYS_BEFORE)]
        return share_of(pd.Series(offers.index.isin(warm)))

    def margin_to_cost(self) -> Figure:
        """Return the margin of a customer over what the hours that it gets cost."""
        lacks, policies = untold_hours(self.inquiry.facts, self.close), self.inquiry.settings.policies
        hours = float(self.rows.hours.sum()) if not lacks else np.nan
        if lacks or not hours * policies.hourly_cost:
            return Figure(reason=lacks or reasons.ZERO)
        earned = float(self.rows.mrr.sum()) * policies.gross_margin
        return Figure(earned / (hours * policies.hourly_cost), n=float(len(self.rows)))

    def customers_per_csm(self) -> Figure:
        """Return the customers per full working time of those who serve them."""
        lacks = untold_column(self.inquiry, CSM)
        served = self.rows[self.rows[CSM].notna()]
        time = float(csm_shares(served, loads(self._everyone, self.inquiry.settings, self.close)).sum())
        if lacks or not time:
            return Figure(reason=lacks or reasons.ZERO)
        return Figure(len(served) / time, n=float(len(served)))

    def large_share(self) -> Figure:
        """Return the share of customers that are large by the touch rule."""
        return share_of(self.rows["size"] == LARGE)


def closes_back(as_of: Month, count: int) -> Sequence[Month]:
    """Return so many closes, the latest first."""
    return [as_of - back for back in range(count)]
