"""Which terms fall due in the months to come, as it was known at the close."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.few import few_segments
from cslib.analysis.health.audit import health_audit
from cslib.analysis.health.scores import BANDS, NO_BAND
from cslib.analysis.panel import NEEDS, memberships
from cslib.kpis import reasons
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cslib.analysis.inquiry import Inquiry
    from cslib.facts import Facts
    from cslib.privacy.suppression import Cell

HORIZON = 12
FIGURES = ("customers", "terms", "mrr")
COLUMNS = ("segment", "month", "due_month", "band", *FIGURES, "loss_share", "low", "high", "reason")
_LENGTH = "contracts.term_months"  # without which no end of a past close is known
ALL = ""  # the band that stands for all customers


def renewals_ahead(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, month ahead and band of the health score: `COLUMNS`; band "" holds all.

    They are the terms in force at the close that end in the month, and what they pay. A term without an end falls due in no
    month. One that was signed to follow it, and begins later, is not known yet. Beside a band stands the share of past closes in
    it that were followed by a loss within six months, of the segment and with its interval, as `health_audit` has it: no
    chance of any one customer. Without a score there are no rows of bands.
    """
    facts, segments = inquiry.facts, sorted(inquiry.segments)
    lacking = facts.missing(NEEDS if inquiry.is_latest else (*NEEDS, _LENGTH))
    if lacking:
        said = {"reason": f"{reasons.NEEDS} {', '.join(lacking)}"}
        return _table([{**row, **said} for name in segments for row in _months(name, inquiry.as_of, (ALL,))])
    due = _with_bands(_due(inquiry), inquiry)
    ids = pd.Index(due.customer_id.unique())
    members, cells = memberships(facts, ids)
    theirs = {name: due[due.customer_id.isin(ids[members[name]])] for name in segments}
    bands = (ALL, *BANDS) if inquiry.scores is not None else (ALL,)
    table = _table([
        {**row, **_summed(theirs[name], row)} for name in segments for row in _months(name, inquiry.as_of, bands)
    ])  # fmt: skip
    told = _with_losses(table, inquiry) if inquiry.scores is not None else table
    return _discreet(told, due, ids, [frozenset(cell.split()) for cell in cells], facts)


def _discreet(
    table: pd.DataFrame, due: pd.DataFrame, ids: pd.Index[Any], cells: list[Cell], facts: Facts
) -> pd.DataFrame:
    """Return the table without what tells outsiders of few: all of a segment, or what its bands hold."""
    months, bands = (
        few_segments(facts, cells, [ids.isin(those.customer_id) for _key, those in due.groupby(by)])
        for by in (["due_month"], ["due_month", "band"])
    )
    hidden = table.segment.isin(months) | (table.segment.isin(months | bands) & (table.band != ALL))
    told = table.copy()
    told.loc[hidden, [*FIGURES]] = pd.NA
    told.loc[hidden, "reason"] = HIDDEN
    return told


def _with_bands(due: pd.DataFrame, inquiry: Inquiry) -> pd.DataFrame:
    """Return the terms with the band of their customers at the close; `none` without a score."""
    panel, scores = inquiry.panel, inquiry.scores
    if panel is None or scores is None:
        return due.assign(band=NO_BAND)
    now = panel.months == inquiry.as_of.number
    bands = pd.Series(scores.band[now], index=panel.ids[panel.customers[now]])
    return due.assign(band=due.customer_id.map(bands).fillna(NO_BAND))


def _with_losses(table: pd.DataFrame, inquiry: Inquiry) -> pd.DataFrame:
    audit = inquiry.once(health_audit)
    past = audit[audit.measure == "loss_share"].rename(columns={"group": "band", "value": "loss_share"})
    shares = past[["segment", "band", "loss_share", "low", "high"]]
    return table.drop(columns=["loss_share", "low", "high"]).merge(shares, "left", ["segment", "band"])[list(COLUMNS)]


def _months(segment: str, as_of: Month, bands: Sequence[str]) -> list[dict[str, Any]]:
    ahead = [str(Month(as_of.number + months)) for months in range(1, HORIZON + 1)]
    return [
        {"segment": segment, "month": str(as_of), "due_month": month, "band": band, "reason": ""}
        for month in ahead
        for band in bands
    ]


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    figures = dict.fromkeys(("mrr", "loss_share", "low", "high"), "float64")
    return table.astype({**figures, "customers": "Int64", "terms": "Int64"})


def _due(inquiry: Inquiry) -> pd.DataFrame:
    """Return customer_id, due_month and mrr of the terms that end in the months ahead."""
    terms, as_of = inquiry.terms, inquiry.as_of
    day_after = timedelta(days=1 if inquiry.facts.policies.churn_month == "day_after" else 0)
    days = terms.ends_on + day_after
    numbers = days.dt.year * 12 + days.dt.month - 1
    ahead = (numbers > as_of.number) & (numbers <= as_of.number + HORIZON)
    return terms[ahead].assign(due_month=[str(Month(int(number))) for number in numbers[ahead]])


def _summed(due: pd.DataFrame, row: Mapping[str, Any]) -> dict[str, float]:
    mine = due[(due.due_month == row["due_month"]) & ((row["band"] == ALL) | (due.band == row["band"]))]
    return {"customers": mine.customer_id.nunique(), "terms": len(mine), "mrr": float(mine.mrr.sum())}
