"""Whether the rules by which something is proposed have proved themselves: each replayed over past closes, never a cause."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.growth.pairs import CANNOT_TELL, NOT_SUPPORTED, SUPPORTED
from cslib.analysis.growth.past_proposals import NEEDS as PROPOSAL_NEEDS
from cslib.analysis.growth.past_proposals import PastProposals
from cslib.analysis.growth.rules import LONGER_TERM, RULES, PastRules
from cslib.analysis.held_against import FEW, LATE, NOBODY, WIDE, HeldAgainst
from cslib.analysis.panel import NEEDS, Outcome
from cslib.kpis import reasons
from cslib.privacy.suppression import HIDDEN, suppressed_segments
from cslib.stats import Verdict, holm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cslib.analysis.growth.rules import Rule
    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.panel import Panel, Rows
    from cslib.facts import Facts
    from cslib.privacy.suppression import Cell
    from cslib.stats import Evidence

WON, EXPANDED = "won", "expanded"
READINGS = (WON, EXPANDED)
EXPANSION = Outcome(EXPANDED, "expansion", 6, is_good=True)
FIGURES = (
    "customers", "events", "held", "held_rate", "others", "other_rate", "risk_ratio", "low", "high", "p_holm", "needed",
)  # fmt: skip
COLUMNS = ("segment", "month", "rule", "reading", *FIGURES, "verdict", "reason")
_COUNTS = ("customers", "events", "held", "others", "needed")
SPEAKS_AGAINST = "speaks_against"
LEAST_CUSTOMERS, LEAST_CLOSED = 10, 20
UNMADE = "unmade: no such proposal has been closed"
SIDED = (
    f"sided: fewer than {LEAST_CUSTOMERS} customers, or {LEAST_CLOSED} closed proposals, with the rule or without it"
)
_SAID = {
    Verdict.LEADS: SUPPORTED, Verdict.DOES_NOT_LEAD: NOT_SUPPORTED, Verdict.OTHER_WAY: SPEAKS_AGAINST,
    Verdict.CANNOT_TELL: CANNOT_TELL,
}  # fmt: skip
_COUNTABLE = (NOBODY, SIDED, FEW, WIDE, LATE)  # what more customers would help against


def replay(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, rule and reading: `COLUMNS`; figures are nan where `reason` says why.

    `won`: of proposals that were opened within three months after a close at which the rule held, the share won (`held_rate`,
    of `held` closed ones), beside that of the other proposals of those kinds; of the same segments, kind and half-year. Only
    who was asked is seen. `expanded`: of customer-months in which the rule held, in how many the customer bought more within
    six months, beside the others of the same month and segments; whoever was asked. A longer term is no expansion.

    `risk_ratio` is Mantel's and Haenszel's with its 95 % interval from drawing customers anew. `p_holm` is adjusted for all
    rules and readings of the segment. `supported`: p_holm under 0.05, the interval above 1, and it holds in the last third of
    the months as well. `speaks_against`: p_holm under 0.05 and the interval below 1. `not_supported`: the interval holds 1 and
    lies between 1/1.5 and 1.5. Else `cannot_tell`, and always of fewer than ten customers or, of proposals, twenty on either side; `needed`
    is about how many more customers that won or expanded it takes.
    """
    return replayed(inquiry, RULES)


def replayed(inquiry: Inquiry, rules: Sequence[Rule]) -> pd.DataFrame:
    """Return what `replay` does, of these rules."""
    facts, panel = inquiry.facts, inquiry.panel
    past = None if panel is None else _Past(inquiry, panel, rules)
    found = []
    for segment in sorted(inquiry.segments):
        rows = past.rows(segment) if past else {}
        tried = {key: _tried(facts, *key, rows.get(key)) for key in _asked(rules)}
        found.append(_judged(tried, facts.policies.lead_margin).assign(segment=segment))
    table = pd.concat(found, ignore_index=True).assign(month=str(inquiry.as_of))
    if facts.discreet and past is not None:
        table = _discreet(table, past, facts)
    return table.astype(dict.fromkeys(_COUNTS, "Int64"))[list(COLUMNS)]


def verdict_by_rule(table: pd.DataFrame) -> dict[str, str]:
    """Return what stands behind each rule, of the rows of a segment.

    That is the reading in which nobody chose whom to ask; where it cannot tell, that of the proposals that were made.
    """
    found: dict[str, str] = {}
    for reading in READINGS:
        mine = table[table.reading == reading]
        told = {rule: verdict for rule, verdict in zip(mine.rule, mine.verdict, strict=True) if verdict != CANNOT_TELL}
        found |= told
    return {rule: found.get(rule, CANNOT_TELL) for rule in table.rule.unique()}


def _asked(rules: Sequence[Rule]) -> Iterator[tuple[Rule, str]]:
    for rule, reading in product(rules, READINGS):
        if reading == WON or rule.kinds != (LONGER_TERM,):
            yield rule, reading


def _needs(rule: Rule, reading: str) -> tuple[str, ...]:
    return (*NEEDS, *rule.needs, *(PROPOSAL_NEEDS if reading == WON else ()))


class _Past:
    """What was known of all customers at past closes, what was proposed since, and what came."""

    def __init__(self, inquiry: Inquiry, panel: Panel, rules: Sequence[Rule]) -> None:
        self.panel = panel
        self.asked = [*_asked(rules)]
        self._facts = inquiry.facts
        self._rules = PastRules(inquiry, panel, rules)
        self._proposals = PastProposals(inquiry.facts, inquiry.as_of, panel)

    def rows(self, segment: str) -> dict[tuple[Rule, str], Rows]:
        """Return the rows of each rule and reading of which the source tells."""
        panel = self._rules.panel_of(segment)
        able = [key for key in self.asked if not self._facts.missing(_needs(*key))]
        return {
            (rule, reading): panel.rows(rule.indicator, EXPANSION, segment)
            if reading == EXPANDED
            else self._proposals.rows(rule, self._rules, panel, segment)
            for rule, reading in able
        }


def _tried(facts: Facts, rule: Rule, reading: str, rows: Rows | None) -> HeldAgainst:
    if rows is None:
        absent = facts.missing(tuple(dict.fromkeys(_needs(rule, reading))))
        return HeldAgainst.untold(f"{reasons.NEEDS} {', '.join(absent)}")
    if reading == WON and not len(rows.events):
        return HeldAgainst.untold(UNMADE, rows)
    found = HeldAgainst.by(rows)
    return HeldAgainst.untold(SIDED, rows) if not found.lacks and _is_sided(rows, reading) else found


def _is_sided(rows: Rows, reading: str) -> bool:
    """Return whether too few stand on one side of the rule to be held against the other."""
    sides = [rows.customers[rows.exposed == held] for held in (True, False)]
    few = any(len(np.unique(side)) < LEAST_CUSTOMERS for side in sides)
    return few or (reading == WON and any(len(side) < LEAST_CLOSED for side in sides))


def _judged(tried: Mapping[tuple[Rule, str], HeldAgainst], margin: float) -> pd.DataFrame:
    """Return the rows of a segment, each judged with regard to how many were tried."""
    adjusted = holm(np.array([one.separation.p for one in tried.values()]))
    tests = int(np.isfinite(adjusted).sum())
    found = []
    for ((rule, reading), one), p_holm in zip(tried.items(), adjusted, strict=True):
        evidence = one.evidence(float(p_holm), margin, tests, is_rare=True)
        verdict = verdict_of(evidence)
        overruled = verdict == CANNOT_TELL and evidence.verdict is not Verdict.CANNOT_TELL
        reason = WIDE if overruled else one.reason(evidence)
        found.append({
            "rule": rule.id, "reading": reading, **_figures(one), "p_holm": evidence.p_holm,
            "needed": evidence.needed if reason in _COUNTABLE else np.nan, "verdict": verdict, "reason": reason,
        })  # fmt: skip
    return pd.DataFrame(found)


def verdict_of(evidence: Evidence) -> str:
    """Return what the rule says; the interval that is shown must say the same: above 1, below it, or around it."""
    said, ratio = _SAID[evidence.verdict], evidence.ratio
    shown = {SUPPORTED: ratio.low > 1, SPEAKS_AGAINST: ratio.high < 1, NOT_SUPPORTED: ratio.low <= 1 <= ratio.high}
    return said if shown.get(said, True) else CANNOT_TELL


def _figures(one: HeldAgainst) -> dict[str, float]:
    found = dict.fromkeys(FIGURES, np.nan)
    if one.rows is None:
        return found
    customers, events, exposed = one.rows.customers, one.rows.events, one.rows.exposed
    found |= {"customers": len(np.unique(customers)), "events": len(np.unique(customers[events]))}
    for side, rate, chosen in (("held", "held_rate", exposed), ("others", "other_rate", ~exposed)):
        found |= {side: int(chosen.sum()), rate: float(events[chosen].mean()) if chosen.any() else np.nan}
    ratio = one.ratio
    return found | {"risk_ratio": ratio.ratio, "low": ratio.low, "high": ratio.high}


def _discreet(table: pd.DataFrame, past: _Past, facts: Facts) -> pd.DataFrame:
    """Return the table without the rows of which any group of customers is few, or can be had by subtracting segments."""
    told, rows = table.copy(), {segment: past.rows(segment) for segment in facts.segments}
    for rule, reading in past.asked:
        groups = {segment: _groups(mine[rule, reading]) for segment, mine in rows.items() if (rule, reading) in mine}
        hidden = _hidden(groups, past.panel.cells, facts)
        few = (told.rule == rule.id) & (told.reading == reading) & told.segment.isin(hidden)
        told.loc[few, list(FIGURES)] = np.nan
        told.loc[few, "verdict"], told.loc[few, "reason"] = CANNOT_TELL, HIDDEN
    return told


def _groups(rows: Rows) -> list[set[int]]:
    """Return the groups of customers whose number a row tells: with the rule, without it or either, by what came or all."""
    everyone = np.ones(len(rows.events), dtype=np.bool_)
    sides, ends = (everyone, rows.exposed, ~rows.exposed), (everyone, rows.events, ~rows.events)
    return [set(np.unique(rows.customers[side & end]).tolist()) for side, end in product(sides, ends)]


def _hidden(groups: Mapping[str, Sequence[set[int]]], cells: Sequence[Cell], facts: Facts) -> set[str]:
    """Return the segments to hide: those with a group of few, and those from which one can be derived."""
    least, hidden = facts.policies.min_n, set(facts.manifest.withheld)
    hidden |= {segment for segment, mine in groups.items() if any(0 < len(group) < least for group in mine)}
    for same in zip(*groups.values(), strict=True):
        sizes: dict[Cell, int] = {}
        for who in set().union(*same):
            sizes[cells[who]] = sizes.get(cells[who], 0) + 1
        hidden |= suppressed_segments(sizes, least, hidden) if sizes else set()
    return hidden
