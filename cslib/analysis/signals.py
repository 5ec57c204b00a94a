"""Whether early figures of a customer go with what its contract does later: a verdict for each, never a cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.held_against import NOBODY, HeldAgainst
from cslib.analysis.panel import Outcome
from cslib.kpis import reasons
from cslib.privacy.suppression import HIDDEN, suppressed_segments
from cslib.stats import LEAST_EVENTS, RARE_SHARE, Evidence, Verdict, auc_of_ranks, holm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.analysis.indicators import Indicator
    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.panel import Panel, Rows
    from cslib.facts import Facts
    from cslib.privacy.suppression import Cell

OUTCOMES = (
    Outcome("lost", "churn", 6),
    Outcome("lost", "churn", 12),
    Outcome("expanded", "expansion", 12, is_good=True),
)
AHEAD = (1, 2, 3, 4, 6, 9, 12)  # months of lead that are tried
FIGURES = (
    "months", "customers", "events", "auc", "low", "high", "risk_ratio", "rr_low", "rr_high", "lead_months", "p_holm", "needed",
)  # fmt: skip
COLUMNS = ("segment", "month", "indicator", "outcome", "horizon", *FIGURES, "verdict", "reason")
_COUNTS = ("months", "customers", "events", "lead_months", "needed")
_HALF = 0.5


def signals(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, indicator and outcome: `COLUMNS`; figures are nan where `reason` says why.

    `auc` is how often, of two customers of one month who lie in the same segments, the one to whom the outcome comes within
    `horizon` months had the figure that is worse in its declared direction; of an expansion, the better. `months`, `customers`
    and `events` count what it rests on: months, customers, and customers with the outcome. `risk_ratio` is how many times as
    often the outcome comes on the side of the indicator's limit on which it is expected. `lead_months`, of what leads: the
    largest number of months ahead up to which it tells the very month. `p_holm` is adjusted for all indicators of an outcome
    and segment. `needed`: about how many more customers with the outcome it takes to tell.

    Months whose `horizon` is not over by `as_of` are left out. A loss counts though the customer returns.
    """
    facts, panel = inquiry.facts, inquiry.panel
    judged = [inquiry.once(losses_ahead), *(_of_outcome(inquiry, outcome) for outcome in OUTCOMES[1:])]
    found = [table[table.segment == segment] for segment in sorted(inquiry.segments) for table in judged]
    table = pd.concat(found, ignore_index=True).assign(month=str(inquiry.as_of))
    table["lead_months"] = _leads(table, inquiry)
    if facts.discreet and panel is not None:
        table = _discreet(table, panel, facts, inquiry.known)
    return table.astype(dict.fromkeys(_COUNTS, "Int64"))[list(COLUMNS)]


def losses_ahead(inquiry: Inquiry) -> pd.DataFrame:
    """Return the verdicts on what goes before a loss within six months, as `signals` tells them, but not how long ahead.

    That is what Monday's list goes by; it is a sixth of the work, since other outcomes and months of lead are not tried.
    """
    return _of_outcome(inquiry, OUTCOMES[0])


def _of_outcome(inquiry: Inquiry, outcome: Outcome) -> pd.DataFrame:
    """Return the rows of an outcome, each segment's a family of tests of its own."""
    panel, margin, found = inquiry.panel, inquiry.facts.policies.lead_margin, []
    for segment in sorted(inquiry.segments):
        tried = [(one, _tried(panel, one, inquiry.absent[one.id], outcome, segment)) for one in inquiry.indicators]
        found.append(_judged(tried, outcome, segment, margin))
    return pd.concat(found, ignore_index=True)


def _tried(panel: Panel | None, indicator: Indicator, absent: list[str], outcome: Outcome, segment: str) -> HeldAgainst:
    if absent or panel is None:
        return HeldAgainst.untold(f"{reasons.NEEDS} {', '.join(absent)}")
    rows = panel.rows(indicator, outcome, segment)
    return HeldAgainst.by(rows) if panel.knows(indicator, segment) else HeldAgainst.untold(reasons.EMPTY, rows)


def _judged(
    tried: Sequence[tuple[Indicator, HeldAgainst]], outcome: Outcome, segment: str, margin: float
) -> pd.DataFrame:
    """Return the rows of a family: every indicator of an outcome and segment, told with regard to how many there are."""
    adjusted = holm(np.array([one.separation.p for _indicator, one in tried]))
    tests = int(np.isfinite(adjusted).sum())
    found = []
    for (indicator, one), p_holm in zip(tried, adjusted, strict=True):
        is_rare = bool(one.rows and len(one.rows.figures) and _share_of_middle(one.rows) > RARE_SHARE)
        evidence = one.evidence(float(p_holm), margin, tests, is_rare=is_rare)
        found.append({
            "segment": segment, "indicator": indicator.id, "outcome": outcome.id, "horizon": outcome.horizon,
            **_figures(one, evidence),
            "verdict": str(evidence.verdict), "reason": one.reason(evidence), "telling": one.separation.events,
        })  # fmt: skip
    return pd.DataFrame(found)


def _share_of_middle(rows: Rows) -> float:
    """Return which share of the rows has the figure in the middle: that of any value that more than half of them have."""
    middle = len(rows.figures) // 2
    return float(np.mean(rows.figures == np.partition(rows.figures, middle)[middle]))


def _figures(one: HeldAgainst, evidence: Evidence) -> dict[str, float]:
    separation, ratio, rows = one.separation, one.ratio, one.rows
    counts = dict.fromkeys(("months", "customers", "events"), np.nan)
    if rows is not None:
        counted = {"months": rows.months, "customers": rows.customers, "events": rows.customers[rows.events]}
        counts = {name: float(np.count_nonzero(np.bincount(codes))) for name, codes in counted.items()}
    return {
        **counts, "auc": separation.auc, "low": separation.low, "high": separation.high,
        "risk_ratio": ratio.ratio, "rr_low": ratio.low, "rr_high": ratio.high, "p_holm": evidence.p_holm,
        "needed": evidence.needed if one.lacks in {"", NOBODY} and rows is not None else np.nan,
    }  # fmt: skip


def _leads(table: pd.DataFrame, inquiry: Inquiry) -> list[float]:
    """Return of each row that leads how long ahead it does; nan of the others."""
    panel, by_id = inquiry.panel, {one.id: one for one in inquiry.indicators}
    outcomes = {(one.id, one.horizon): one for one in OUTCOMES}
    rows = zip(table.segment, table.indicator, table.outcome, table.horizon, table.verdict, strict=True)
    return [
        _lead(panel, by_id[indicator], outcomes[outcome, horizon], segment)
        if panel is not None and verdict == str(Verdict.LEADS)
        else np.nan
        for segment, indicator, outcome, horizon, verdict in rows
    ]


def _lead(panel: Panel, indicator: Indicator, outcome: Outcome, segment: str) -> float:
    """Return the largest number of months ahead up to which each area's lower bound lies over 1/2; 0 where the first does not."""
    lead = 0
    for ahead in AHEAD:
        rows = panel.rows_at(indicator, outcome, segment, ahead)
        told = auc_of_ranks(rows.ranks, rows.events, rows.strata, rows.customers)
        if told.events < LEAST_EVENTS or not told.low > _HALF:
            break
        lead = ahead
    return float(lead)


def _discreet(table: pd.DataFrame, panel: Panel, facts: Facts, chosen: Sequence[Indicator]) -> pd.DataFrame:
    """Return the table without what tells of few: customers behind a row, or those among them with the outcome.

    Both are counts that add up over segments, so what is hidden in one may be told by the others.
    """
    least, withheld, told = facts.policies.min_n, facts.manifest.withheld, table.copy()
    for outcome in OUTCOMES:
        for indicator in chosen:
            hidden = set(withheld)
            for sizes in _sizes(panel, indicator, outcome, facts.segments):
                hidden |= suppressed_segments(sizes, least, hidden) if sizes else set()
            mine = (told.indicator == indicator.id) & (told.outcome == outcome.id) & (told.horizon == outcome.horizon)
            # of those with the event some may have nobody to be held against: the others, too, are not told where few
            few = mine & (told.segment.isin(hidden) | told.telling.between(1, least - 1))
            told.loc[few, list(FIGURES)] = np.nan
            told.loc[few, "verdict"], told.loc[few, "reason"] = str(Verdict.CANNOT_TELL), HIDDEN
    return told


def _sizes(
    panel: Panel, indicator: Indicator, outcome: Outcome, segments: Sequence[str]
) -> tuple[dict[Cell, int], dict[Cell, int]]:
    """Return how many customers of the same segments stand behind a row, and how many of them had the outcome."""
    behind: dict[int, bool] = {}
    for segment in segments:
        rows = panel.rows(indicator, outcome, segment)
        behind |= {int(who): False for who in np.unique(rows.customers) if int(who) not in behind}
        behind |= {int(who): True for who in np.unique(rows.customers[rows.events])}
    sizes: tuple[dict[Cell, int], dict[Cell, int]] = ({}, {})
    for who, had in behind.items():
        for place in (0, 1) if had else (0,):
            sizes[place][panel.cells[who]] = sizes[place].get(panel.cells[who], 0) + 1
    return sizes
