"""The scenario as a chain: how many customers pass each gate, where it breaks, and what share would go with the goal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cslib.analysis.chain.back_from_goal import back_from_goal, kept_goal
from cslib.analysis.chain.disclosure import BACK, ORDER, discreet
from cslib.analysis.chain.gates import KPI_OF
from cslib.analysis.chain.walk import TERMS
from cslib.kpis.kpi import Stage
from cslib.stats import Reach, breaking_place, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.chain.back_from_goal import BackFromGoal
    from cslib.analysis.chain.gates import StageGate
    from cslib.analysis.chain.walk import Walk
    from cslib.analysis.inquiry import Inquiry
    from cslib.settings import Segment

    Row = dict[str, Any]
    Ints = NDArray[np.int64]

COLUMNS = (
    "segment", "month", "gate", "indicator", "passed", "passed_all_before", "whole", "value", "low", "high", "all_low", "all_high",
    "came", "breaks", *ORDER, "kgi", "goal", *BACK, "target_kpi", "target", "verdict", "reason",
)  # fmt: skip
_COUNTS = ("passed", "passed_all_before", "whole", "came", *ORDER, "months", "customers", "lost")


def chain(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and gate, in the order of the stages: `COLUMNS`; nan where `reason` says why.

    Of the `whole` customers under contract at the close `passed` have passed the gate, which is `value` [`low`, `high`] of
    them, and `passed_all_before` this one and all before it [`all_low`, `all_high`]; `came` passed all before it, whatever of
    this one. `breaks` marks the gate at which the chain breaks beyond chance. A gate that the source does not tell of is
    passed over. `renewed` are customers whose term was renewed within 12 months, `renewed_without` those who at that close
    had not passed the gate; `early`, of an outcome, those who had it before they were ever in use.

    What customers that had passed the gate kept a year later, in the terms of the segment's KGI, is `kept_with`, and what the
    others kept `kept_without`, within month and segments, from `months` whose twelve are over, of `customers` of whom `lost`
    were not under contract then. With `needed` [..] of the customers past it, the two would add up to `goal`, the target in
    the same terms: it goes with it, and does not bring it about. `target` is that of the stage's own KPI, `target_kpi`.
    """
    walk, segments = inquiry.walk, {one.id: one for one in inquiry.settings.segments}
    found: list[Row] = []
    for name in sorted(inquiry.segments):
        told = _with_the_break(_counts(walk, name))
        for gate in walk.gates:
            back = back_from_goal(walk, gate, segments[name])
            found.append({**told[gate.stage], **_goal(segments[name], gate), **_back(back)})
    table = pd.DataFrame(found).assign(month=str(inquiry.as_of)).reindex(columns=COLUMNS)
    table = table.astype({**dict.fromkeys(_COUNTS, "Int64"), "breaks": "boolean"})
    return discreet(table, walk, inquiry.settings) if inquiry.facts.discreet else table


def _counts(walk: Walk, segment: str) -> dict[Stage, Row]:
    """Return by gate how many of a segment's customers have passed it, and how many came to it."""
    now, found = walk.now(segment), {}
    for gate in walk.gates:
        row: Row = {"segment": segment, "gate": str(gate.stage), "indicator": gate.indicator.id, "whole": len(now)}
        if not walk.reasons[gate.stage]:
            place, standing = walk.told.index(gate), walk.standing[now]
            passed, so_far = int(walk.passed[gate.stage][now].sum()), int((standing > place).sum())
            low, high, all_low, all_high = _intervals(passed, so_far, len(now))
            row |= {
                "passed": passed, "passed_all_before": so_far, "came": int((standing >= place).sum()),
                "value": passed / len(now) if len(now) else np.nan, "low": low, "high": high, "all_low": all_low,
                "all_high": all_high, **_out_of_order(walk, gate, now),
            }  # fmt: skip
        found[gate.stage] = row
    return found


def _intervals(passed: int, so_far: int, whole: int) -> tuple[float, float, float, float]:
    (low, all_low), (high, all_high) = wilson(np.array([passed, so_far], dtype=float), np.full(2, float(whole)))
    return float(low), float(high), float(all_low), float(all_high)


def _out_of_order(walk: Walk, gate: StageGate, now: Ints) -> Row:
    """Return how many of these customers renewed, and how many without the gate; of an outcome, how many had it too early."""
    panel, row = walk.panel, dict.fromkeys(ORDER, np.nan)
    if not walk.facts.missing(TERMS):
        renewed = walk.renewals[panel.customers[now]]
        renewed = renewed[renewed >= 0]
        renewed = renewed[walk.covered[gate.stage][renewed]]
        row |= {"renewed": len(renewed), "renewed_without": int((~walk.passed[gate.stage][renewed]).sum())}
    if gate.stage is Stage.OUTCOME and not walk.reasons[Stage.USAGE]:
        row["early"] = int((walk.early[panel.customers[now]] >= 0).sum())
    return row


def _with_the_break(told: dict[Stage, Row]) -> dict[Stage, Row]:
    rows = [row for row in told.values() if "passed" in row]
    place = breaking_place([row["came"] for row in rows], [row["came"] - row["passed_all_before"] for row in rows])
    for number, row in enumerate(rows):
        row["breaks"] = number == place
    return told


def _goal(segment: Segment, gate: StageGate) -> Row:
    """Return the segment's goal in the terms of what is kept, and the target of the gate's own KPI."""
    kpis = [KPI_OF.get(one.id, one.id) for one in gate.figures]
    kpi = next((name for name in kpis if segment.target_of(name) is not None), "")
    target = segment.target_of(kpi)
    return {
        "kgi": segment.kgi.kpi if segment.kgi else "", "goal": kept_goal(segment), "target_kpi": kpi,
        "target": target.target if target else np.nan,
    }  # fmt: skip


def _back(back: BackFromGoal) -> Row:
    groups, kept = back.rows.groups, back.kept
    row: Row = {
        **dict.fromkeys(BACK, np.nan), "months": len(np.unique(back.rows.months)), "customers": len(groups["customers"]),
        "lost": len(groups["customers lost"]), "kept_with": kept.with_it, "kept_without": kept.without_it,
        "difference_low": kept.low, "difference_high": kept.high,
    }  # fmt: skip
    if back.reach is Reach.NEEDED:
        row["needed"] = kept.share
        row["needed_low"], row["needed_high"] = np.clip([kept.share_low, kept.share_high], 0, 1)
    return {**row, "verdict": str(back.reach), "reason": back.reason}
