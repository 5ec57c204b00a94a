"""The customers behind the chain: who is stuck at which gate since when, and who came through it out of order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.chain.disclosure import lists_disclose
from cslib.analysis.chain.walk import TERMS
from cslib.kpis import reasons
from cslib.kpis.kpi import Stage
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.chain.walk import Walk
    from cslib.analysis.inquiry import Inquiry

    Ints = NDArray[np.int64]

STUCK, RENEWED, EARLY = "stuck", "renewed_without_use", "outcome_before_use"
COLUMNS = ("segment", "month", "kind", "customer_id", "gate", "since", "mrr", "reason")
NONE_SUCH = "none: there is no such customer"
_FIRST = {STUCK: 0, RENEWED: 1, EARLY: 2}


def chain_customers(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, kind and customer under contract: `COLUMNS`; one without a customer where `reason` says why.

    Kinds: `stuck`, at the first `gate` that the customer has not passed, and `since` which month without a break it has stood
    there (no earlier than the data tell); `renewed_without_use`, renewed in the month `since` without having passed the gate
    of usage by its close; `outcome_before_use`, an outcome since the month `since`, by which it was never in use. Within a
    kind in the order of the gates, those who pay most first. To outsiders what a customer pays is not told.
    """
    walk = inquiry.walk
    hidden = inquiry.facts.discreet and lists_disclose(walk)
    found = []
    for segment in sorted(inquiry.segments):
        for kind in _FIRST:
            reason = HIDDEN if hidden or segment in inquiry.facts.manifest.withheld else _lacking(walk, segment, kind)
            rows = pd.DataFrame() if reason else _rows(walk, segment, kind)
            if rows.empty:
                rows = pd.DataFrame([{"customer_id": None, "gate": "", "since": "", "mrr": np.nan}])
                reason = reason or NONE_SUCH
            found.append(rows.assign(segment=segment, kind=kind, reason=reason))
    table = pd.concat(found, ignore_index=True).assign(month=str(inquiry.as_of))
    if inquiry.facts.discreet:
        table["mrr"] = np.nan
    return table.astype({"customer_id": "str"})[list(COLUMNS)]


def _lacking(walk: Walk, segment: str, kind: str) -> str:
    """Return why customers of a kind cannot be told; an empty text where they can."""
    wanted = {STUCK: (), RENEWED: (Stage.USAGE,), EARLY: (Stage.USAGE, Stage.OUTCOME)}[kind]
    untold = [walk.reasons[stage] for stage in wanted if walk.reasons[stage]]
    if kind == STUCK and not walk.told:
        untold = [*walk.reasons.values()]
    absent = walk.facts.missing(TERMS) if kind == RENEWED else []
    if absent and not untold:
        return f"{reasons.NEEDS} {', '.join(absent)}"
    return untold[0] if untold else "" if len(walk.now(segment)) else reasons.EMPTY


def _rows(walk: Walk, segment: str, kind: str) -> pd.DataFrame:
    now = walk.now(segment)
    make = {STUCK: _stuck, RENEWED: _renewed_without_use, EARLY: _early}[kind]
    chosen, gates, since = make(walk, now)
    panel = walk.panel
    frame = pd.DataFrame(
        {
            "customer_id": panel.ids[panel.customers[chosen]],
            "place": gates,
            "gate": [str(walk.told[place].stage) for place in gates],
            "since": [str(Month(int(number))) for number in since],
            "mrr": panel.mrr[chosen],
        }
    )
    order = frame.sort_values(["place", "mrr", "customer_id"], ascending=[True, False, True], kind="stable")
    return order.drop(columns="place")


def _stuck(walk: Walk, now: Ints) -> tuple[Ints, Ints, Ints]:
    chosen = now[walk.standing[now] < len(walk.told)]
    return chosen, walk.standing[chosen], walk.since(chosen)


def _renewed_without_use(walk: Walk, now: Ints) -> tuple[Ints, Ints, Ints]:
    renewed = walk.renewals[walk.panel.customers[now]]
    without = (renewed >= 0) & walk.covered[Stage.USAGE][renewed] & ~walk.passed[Stage.USAGE][renewed]
    return now[without], _place(walk, Stage.USAGE, without), walk.panel.months[renewed[without]]


def _early(walk: Walk, now: Ints) -> tuple[Ints, Ints, Ints]:
    since = walk.early[walk.panel.customers[now]]
    chosen = since >= 0
    return now[chosen], _place(walk, Stage.OUTCOME, chosen), since[chosen]


def _place(walk: Walk, stage: Stage, chosen: NDArray[np.bool_]) -> Ints:
    places = {gate.stage: number for number, gate in enumerate(walk.told)}
    return np.full(int(chosen.sum()), places[stage], dtype=np.int64)
