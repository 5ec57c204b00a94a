"""Differences between CSMs as tables: each outcome with its spread, and each CSM beside what its customers lead to expect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.i18n.numbers import MISSING
from cslib.kpis.kpi import Unit
from cslib.tables import csm_words
from cslib.tables.lists import plain_table
from cslib.tables.output import Table, csv_text, note, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.i18n import Wording
    from cslib.tables.lists import Shown
    from cslib.tables.output import Output


def csm_outcomes(rows: pd.DataFrame, wording: Wording) -> Output:
    """Return a line per outcome: by how much CSMs differ, how it was a year ago, and how many are marked, or why nothing is told."""
    title, heads = wording.text("csm_outcomes"), rows[rows.csm == ""]
    marked = rows[rows.marked.fillna(value=False).astype(bool)].outcome.value_counts()
    lines = pd.DataFrame([
        {
            "outcome": csm_words.outcome_name(row["outcome"], wording), "csms": row["csms"], "found": _found(row, wording),
            **{name: csm_words.spread(row, name, wording, "csm_spread_short") for name in ("spread", "before")},
            "marked": marked.get(row["outcome"], 0) if pd.notna(row["csms"]) else None,
        }
        for row in records(heads)
    ])  # fmt: skip
    columns: dict[str, Shown] = {
        "outcome": wording.text("csm_outcome"), "found": (wording.text("verdict"), "lines"),
        "spread": (wording.text("csm_spread_now"), "figure"), "before": (wording.text("csm_spread_before"), "figure"),
        "csms": (wording.text("csm_csms"), Unit.COUNT),
    }  # fmt: skip
    if (rows.csm != "").any():
        columns["marked"] = (wording.text("csm_marked_count"), Unit.COUNT)
    shown = plain_table(lines, wording, title, columns, name="csm-outcomes")
    text = wording.text("csm_outcomes_text", count=len(heads))
    return Table(shown.name, title, text, html=shown.html, csv=csv_text(rows))


def _found(row: Mapping[str, Any], wording: Wording) -> tuple[str, ...]:
    if pd.isna(row["spread"]):
        return (wording.reason(row["reason"]),)
    trend = (wording.text(f"csm_trend_{row['trend']}"),) if pd.notna(row["before"]) else ()
    return wording.text(f"csm_verdict_{row['verdict']}"), *trend


def csm_table(rows: pd.DataFrame, outcome: str, wording: Wording) -> Output:
    """Return the CSMs by name, each beside what its customers lead to expect, with what differs in the work; nobody is ranked."""
    outcome = outcome or csm_words.first_told(rows)
    title = wording.text("csm_table", outcome=csm_words.outcome_name(outcome, wording))
    each = rows[(rows.outcome == outcome) & (rows.csm != "")]
    if each.empty:
        return note(wording.text("csm_none_listed"), title)
    unit = csm_words.unit_of(outcome)
    lines = each.assign(
        csm=[csm_words.csm_name(row) for row in records(each)],
        shrunken=[csm_words.with_interval(row, "shrunken", "low", "high", wording) for row in records(each)],
        marked=[wording.text("csm_beyond") if row["marked"] else MISSING for row in records(each)],
    )
    columns: dict[str, Shown] = {
        "csm": wording.text("customer_csm"), "customers": (wording.text("csm_customers"), Unit.COUNT),
        "observed": (wording.text("csm_observed"), unit), "expected": (wording.text("csm_expected"), unit),
        "shrunken": (wording.text("csm_shrunken"), "figure"), "marked": wording.text("csm_mark"),
    }  # fmt: skip
    did = {"touches": Unit.SCORE, "onboarding_days": Unit.DAYS, "detractors_heard": Unit.SHARE}
    columns |= {name: (wording.text(f"csm_{name}"), shown) for name, shown in did.items() if each[name].notna().any()}
    shown = plain_table(lines, wording, title, columns, name="csms")
    return Table("csms", title, wording.text("csm_table_text"), html=shown.html, csv=csv_text(rows))
