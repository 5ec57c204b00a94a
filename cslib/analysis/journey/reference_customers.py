"""Whom to ask to be a reference, in order, and who is to be left in peace for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.customer_lists import list_by_segment
from cslib.analysis.journey.journeys import NEVER, VALUE, day_texts
from cslib.kpis import reasons

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.journey.journeys import Journeys

COLUMNS = (
    "segment", "month", "customer_id", "csm", "what", "why", "permission", "outcome_on", "nps", "asked_12m", "last_asked", "answer",
    "rest_until", "months", "mrr", "reason",
)  # fmt: skip
ASK, REST = "ask", "rest"
LATELY, OFTEN = "asked_lately", "asked_often"
CONFIRMED = "confirmed_outcome"
NAMED, ANONYMOUS, REFUSED, NOT_ASKED = "named", "anonymous", "refused", "not_asked"
NEEDS = ("contracts.ends_on", "goals.achieved_on", "surveys.score", "surveys.responded_on")
STAND_INS = ("case_study", "referral")  # voices that show that somebody was asked, where requests are not on record
_TEXTS = tuple(name for name in COLUMNS[2:] if name not in {"nps", "asked_12m", "months", "mrr"})
_PLACES = {NAMED: 0, ANONYMOUS: 1, NOT_ASKED: 2, "": 2}
_PROMOTER, _TIRING = 9, 3  # of ten; requests within a year after which a customer rests
_YEAR_DAYS = 365


def reference_customers(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and customer that could be a reference, in the order in which to ask: `COLUMNS`.

    Under contract, with an achieved goal, latest NPS 9 or 10 within 12 months, no grave ticket open, not slipping, and neither
    its permission nor its last answer to a request a refusal. `what` is `ask`, or `rest` until `rest_until`: it was asked
    within `reference_rest_days`, or three times within a year (`why`). To be asked first is who permits to be named, then
    anonymously, then who was not asked; of these whose outcome is confirmed, who pays most, who is longest under contract.
    Permission has no date: of a past month it is not known, and everybody counts as not asked. Requests are those of
    `reference_requests`; without it the last case study or referral stands in. A segment without anybody has one row with the
    reason; outsiders are told nothing.
    """
    table = list_by_segment(inquiry, COLUMNS, _TEXTS, lambda asked: candidates_of(asked).of)
    return table.astype({"nps": "float64", "mrr": "float64", "asked_12m": "Int64", "months": "Int64"})[list(COLUMNS)]


@dataclass(frozen=True)
class Candidates:
    """All candidates in order, or why there are none to be told of."""

    rows: pd.DataFrame
    reason: str = ""

    def of(self, _: str, inside: pd.Series[str]) -> pd.DataFrame:
        """Return those of a segment."""
        if self.reason:
            return pd.DataFrame({"reason": [self.reason]})
        return self.rows[self.rows.customer_id.isin(inside)]


def candidates_of(inquiry: Inquiry) -> Candidates:
    """Return the customers that could be a reference as of a month."""
    absent, journeys = inquiry.facts.missing(NEEDS), inquiry.journeys
    if absent or journeys is None:
        return Candidates(pd.DataFrame(), f"{reasons.NEEDS} {', '.join(absent)}")
    known = _Known(inquiry, journeys)
    return Candidates(known.candidates)


def permissions(inquiry: Inquiry) -> pd.Series[Any]:
    """Return what each customer permits, by customer_id; empty where it is not told: it is known of the latest month alone."""
    facts = inquiry.facts
    frame = facts.tables["customers"].select("customer_id", "reference_permission").to_pyarrow().to_pandas()
    told = frame.set_index("customer_id").reference_permission.fillna("").astype(object)
    return told if is_latest(inquiry) else told.map(lambda _: "")


def is_latest(inquiry: Inquiry) -> bool:
    """Return whether the month is that of the reading, of which alone a column without dates tells."""
    return inquiry.as_of.number >= inquiry.facts.manifest.last_told.number


class _Known:
    """What is known of each customer under contract at the close."""

    def __init__(self, inquiry: Inquiry, journeys: Journeys) -> None:
        self._inquiry, self._journeys = inquiry, journeys
        self._close = inquiry.as_of.last_day

    @cached_property
    def candidates(self) -> pd.DataFrame:
        """Everybody that may be asked, and those that rest, in order."""
        known = self._states.join(self._asked).join(self._confirmed)
        refused = (known.permission == REFUSED) | (known.answer == REFUSED)
        fit = (
            known.outcome_on.ne("") & (known.nps >= _PROMOTER) & ~(known.grave_tickets > 0) & ~known.slipping & ~refused
        )
        return self._ordered(known[fit])

    def _ordered(self, fit: pd.DataFrame) -> pd.DataFrame:
        rest = self._inquiry.settings.policies.reference_rest_days
        last = pd.to_datetime(fit.last_asked.replace("", None))
        free = last + timedelta(days=rest)
        third = pd.to_datetime(fit.third_last.replace("", None)) + timedelta(days=_YEAR_DAYS)
        close = pd.Timestamp(self._close)
        lately, often = free > close, fit.asked_12m >= _TIRING
        until = pd.concat([free.where(lately), third.where(often)], axis=1).max(axis=1)
        why = [
            " ".join(
                word for word, holds in ((permission, bool(permission)), (CONFIRMED, sure), (LATELY, new), (OFTEN, many)) if holds
            )
            for permission, sure, new, many in zip(fit.permission, fit.confirmed, lately, often, strict=True)
        ]  # fmt: skip
        found = fit.assign(
            what=np.where(lately | often, REST, ASK),
            why=pd.Series(why, fit.index, dtype=object),
            rest_until=until.dt.strftime("%Y-%m-%d").fillna(""),
            place=fit.permission.map(_PLACES).fillna(_PLACES[""]),
            unsure=~fit.confirmed,
        ).reset_index()
        keys = {"what": True, "place": True, "unsure": True, "mrr": False, "months": False, "customer_id": True}
        return found.sort_values([*keys], ascending=[*keys.values()], ignore_index=True)

    @property
    def _states(self) -> pd.DataFrame:
        journeys, inquiry = self._journeys, self._inquiry
        rows, panel = journeys.now, journeys.panel
        who = panel.customers[rows]
        ids = pd.Index(panel.ids[who], name="customer_id")
        states = inquiry.facts["customer_states"].filter(_.month_no == inquiry.as_of.number)
        frame = states.select("customer_id", "recent_nps", "grave_tickets").to_pyarrow().to_pandas()
        known = frame.set_index("customer_id").reindex(ids)
        standing = inquiry.standing.reindex(ids)
        return pd.DataFrame(
            {
                "csm": standing.csm, "months": standing.months_under_contract, "mrr": panel.mrr[rows],
                "nps": known.recent_nps, "grave_tickets": known.grave_tickets, "slipping": journeys.slipping[rows],
                "outcome_on": day_texts(journeys.passed_on[VALUE][who]),
                "permission": permissions(inquiry).reindex(ids).fillna(""),
            },
            index=ids,
        )  # fmt: skip

    @property
    def _asked(self) -> pd.DataFrame:
        """By customer when it was asked last, what it said, and how often within a year, with the day of the third last."""
        asked = requests(self._inquiry).filter(_.asked_on <= self._close)
        rows = asked.order_by("customer_id", "asked_on", "answer").to_pyarrow().to_pandas()
        rows["asked_on"] = pd.to_datetime(rows.asked_on)
        within = rows[rows.asked_on > pd.Timestamp(self._close) - timedelta(days=_YEAR_DAYS)]
        latest = rows.groupby("customer_id").tail(1).set_index("customer_id")
        third = within.groupby("customer_id").asked_on.nth(-_TIRING)
        days = pd.DataFrame({"customer_id": within.customer_id.loc[third.index], "third_last": third})
        found = pd.DataFrame(
            {"last_asked": latest.asked_on.dt.strftime("%Y-%m-%d"), "answer": latest.answer.fillna("")}
        )
        found["asked_12m"] = within.groupby("customer_id").size()
        found["third_last"] = days.set_index("customer_id").third_last.dt.strftime("%Y-%m-%d")
        who = self._states.index
        empty = {"last_asked": "", "answer": "", "asked_12m": 0, "third_last": ""}
        return found.reindex(who).astype({"asked_12m": "float64"}).fillna(empty)

    @property
    def _confirmed(self) -> pd.DataFrame:
        """By customer whether an achieved goal is confirmed by the customer itself."""
        goals = self._inquiry.facts.tables["goals"]
        sure = goals.filter(_.achieved_on <= self._close, _.set_on <= self._close, _.confirmed_by_customer)
        who = set(sure.customer_id.to_pyarrow().to_pylist())
        index = self._states.index
        return pd.DataFrame({"confirmed": index.isin(who)}, index=index)


def requests(inquiry: Inquiry) -> Table:
    """Return who was asked to be a reference on which day, and what was said: customer_id, asked_on, answer."""
    facts = inquiry.facts
    if not facts.missing(("reference_requests",)):
        return facts.tables["reference_requests"].select("customer_id", "asked_on", "answer")
    heard = facts.tables["voices"].filter(_.channel.isin(STAND_INS))
    return heard.select("customer_id", asked_on="posted_on", answer=_.channel.nullif(_.channel))


def outcome_since(inquiry: Inquiry) -> pd.Series[bool]:
    """Return whether each customer under contract at the close has had an outcome, by customer_id."""
    journeys = inquiry.journeys
    assert journeys is not None  # noqa: S101 - asked only where the source tells who is lost
    who = journeys.panel.customers[journeys.now]
    return pd.Series(journeys.passed_on[VALUE][who] < NEVER, journeys.panel.ids[who])
