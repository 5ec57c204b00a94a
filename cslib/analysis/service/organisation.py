"""What in the data speaks against the organisation model of a segment, and whether another one fits better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from cslib.analysis.few import few_segments
from cslib.analysis.panel import NEEDS, memberships
from cslib.analysis.service.organisation_evidence import NO_TARGET, Evidence, Touched, closes_back
from cslib.analysis.service.service import CLOSES
from cslib.analysis.service.touch import Figure
from cslib.analysis.service.touch_rule import members_of
from cslib.kpis import reasons
from cslib.privacy.suppression import HIDDEN

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry
    from cslib.settings.touch import OrganisationLimits

COLUMNS = (
    "segment", "month", "org_model", "measure", "subject", "value", "low", "high", "threshold", "n", "verdict", "reason",
)  # fmt: skip
SPEAKS, NOTHING, CANNOT_TELL, QUESTION = "speaks_against", "nothing_against", "cannot_tell", "question"
MODELS = ("all_rounder", "specialist", "sales_oriented", "partnership")
MATURITY = "maturity"
NO_MODEL = "no_model: the segment names no org_model"
ROLES = "roles: a proposal names the role of who made it, and no person"
# of single CSMs or customers, or by working times that are not told outside
_OF_ONE = {"load", "all_kinds", "waiting_days", "customers_per_csm"}


class Check(NamedTuple):
    """A figure beside the limit beyond which it speaks against the model: 1 above it, -1 below it, 0 for one that has none."""

    measure: str
    figure: Figure
    limit: float = np.nan
    side: int = 0
    subject: str = ""

    @property
    def verdict(self) -> str:
        """What it says of the model; empty where it is told for its own sake."""
        if not self.side:
            return ""
        if np.isnan(self.figure.value):
            # a median that was not reached is beyond every limit that its lower bound is beyond
            return SPEAKS if self.side * (self.figure.low - self.limit) > 0 else CANNOT_TELL
        return SPEAKS if self.side * (self.figure.value - self.limit) > 0 else NOTHING


def organisation(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and figure that its `org_model` is judged by: `COLUMNS`.

    `threshold` is the limit of the settings, nan for figures that are told for their own sake; `subject` whose figure it is: a
    CSM, or the role of who made a proposal. `verdict`: `speaks_against` beyond the limit, `nothing_against` within it,
    `cannot_tell` where the source does not tell. A row `maturity` asks a `question`, with another model as its `subject`: at
    three closes something spoke against this model and, with all its figures told, nothing against that one.
    """
    facts, absent = inquiry.facts, inquiry.facts.missing(NEEDS)
    models = {one.id: one.org_model for one in inquiry.settings.segments}
    rows, members = [], members_of(inquiry)
    hidden = _few(inquiry, members)
    touched = None if absent else Touched(inquiry)
    for segment, inside in members.items():
        why = f"{reasons.NEEDS} {', '.join(absent)}" if absent else HIDDEN if segment in hidden else ""
        model = models.get(segment) or ""
        said = [] if why or not model or touched is None else _said(touched, segment, inside, model)
        if not said:
            why = why or (reasons.EMPTY if model else NO_MODEL)
            said = [{"measure": "", "subject": "", "verdict": CANNOT_TELL, "reason": why}]
        rows += [{"segment": segment, "org_model": model, **one} for one in said]
    table = pd.DataFrame(rows).assign(month=str(inquiry.as_of)).reindex(columns=[*COLUMNS])
    if facts.discreet:
        table = _for_outsiders(table, facts.policies.min_n)
    return table.astype(dict.fromkeys(("value", "low", "high", "threshold", "n"), "float64"))


def _for_outsiders(table: pd.DataFrame, least: int) -> pd.DataFrame:
    told = table[table.measure != MATURITY].reset_index(drop=True)
    few = told.measure.isin(_OF_ONE) | (told.n < least)
    told.loc[few, ["value", "low", "high", "n"]], told.loc[few, "subject"] = np.nan, ""
    told.loc[few, ["verdict", "reason"]] = [CANNOT_TELL, HIDDEN]
    return told


def _few(inquiry: Inquiry, members: dict[str, pd.Series[str]]) -> set[str]:
    ids = pd.Index(sorted({one for inside in members.values() for one in inside}))
    cells = [frozenset(cell.split("\n")) for cell in memberships(inquiry.facts, ids)[1]]
    return few_segments(inquiry.facts, cells, [ids.isin(inside) for inside in members.values()])


def _said(touched: Touched, segment: str, inside: pd.Series[str], model: str) -> list[dict[str, Any]]:
    closes = closes_back(touched.inquiry.as_of, CLOSES)
    found = [Evidence(touched, segment, inside, close) for close in closes]
    if found[0].rows.empty:
        return []
    limits = touched.inquiry.settings.policies.organisation
    checks = _checks(model, found[0], limits)
    lines = [
        {
            "measure": one.measure, "subject": one.subject, **one.figure._asdict(), "threshold": one.limit,
            "verdict": one.verdict,
        }
        for one in checks
    ]  # fmt: skip
    fitting = _fitting(model, checks, found, limits)
    return lines + [
        {"measure": MATURITY, "subject": other, "verdict": QUESTION, "n": len(closes), "reason": ""}
        for other in fitting
    ]


def _fitting(model: str, checks: list[Check], found: list[Evidence], limits: OrganisationLimits) -> list[str]:
    """Return the other models that nothing speaks against at any of the closes, where something does against this one at each."""
    if not _speaks(checks) or not all(_speaks(_checks(model, one, limits)) for one in found[1:]):
        return []
    others = [other for other in MODELS if other != model]
    return [other for other in others if all(_is_met(_checks(other, one, limits)) for one in found)]


def _speaks(checks: list[Check]) -> bool:
    return any(one.verdict == SPEAKS for one in checks)


def _is_met(checks: list[Check]) -> bool:
    return all(one.verdict == NOTHING for one in checks if one.side)


def _checks(model: str, told: Evidence, limits: OrganisationLimits) -> list[Check]:
    make = {
        "all_rounder": _all_rounder, "specialist": _specialist, "sales_oriented": _sales_oriented, "partnership": _partnership,
    }  # fmt: skip
    return make[model](told, limits)


def _all_rounder(told: Evidence, limits: OrganisationLimits) -> list[Check]:
    load, whose = told.load()
    share = told.offence_share()
    grows = told.wants_growth
    growth = share if grows else share._replace(reason=share.reason or NO_TARGET)
    return [
        Check("load", load, limits.load, 1, whose),
        Check("offence_share", growth, limits.offence_share if grows else np.nan, -1 if grows else 0),
        Check("all_kinds", told.all_kinds()),
    ]


def _specialist(told: Evidence, limits: OrganisationLimits) -> list[Check]:
    return [
        Check("handoff_days", told.handoff_days(), limits.handoff_days, 1),
        Check("waiting_days", told.waiting_days(), limits.waiting_days, 1),
        Check("many_people", told.many_people()),
    ]


def _sales_oriented(told: Evidence, limits: OrganisationLimits) -> list[Check]:
    by_role = [Check(measure, figure, subject=role) for (measure, role), figure in told.by_role().items()]
    return [
        Check("touched_before", told.touched_before(), limits.touched_before, -1),
        Check("customers_per_pair", Figure(reason=ROLES), side=1),
        *by_role,
    ]


def _partnership(told: Evidence, limits: OrganisationLimits) -> list[Check]:
    return [
        Check("margin_to_cost", told.margin_to_cost(), limits.margin_to_cost, -1),
        Check("customers_per_csm", told.customers_per_csm(), limits.customers_per_csm, 1),
        Check("large_share", told.large_share(), limits.large_share, -1),
    ]
