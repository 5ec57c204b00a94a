"""Differences between CSMs, in a reader's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cslib.i18n.direction import isolate_direction
from cslib.i18n.numbers import MISSING
from cslib.kpis.kpi import Unit
from cslib.tables.output import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cslib.i18n import Wording

_UNITS = {"onboarding_days": Unit.DAYS, "nps": Unit.POINTS}  # all else are shares
_NAMED = 5  # of those marked, in the sentence


def unit_of(outcome: str) -> Unit:
    """Return the unit of an outcome."""
    return _UNITS.get(outcome, Unit.SHARE)


def outcome_name(outcome: str, wording: Wording) -> str:
    """Return what became of customers."""
    return wording.text(f"csm_outcome_{outcome}")


def csm_name(row: Mapping[str, Any]) -> str:
    """Return the name of a CSM, whose direction does not run into the text around it."""
    return isolate_direction(str(row["csm"]))


def spread(row: Mapping[str, Any], name: str, wording: Wording, key: str = "csm_spread") -> str:
    """Return a spread with its interval as ±3.1 points (0.0 to 7.4), of days as a share of them; a dash for none."""
    unit, value, low, high = unit_of(row["outcome"]), row[name], row[f"{name}_low"], row[f"{name}_high"]
    if unit is Unit.DAYS:
        shown, between = wording.value(Unit.SHARE, value), wording.interval(Unit.SHARE, low, high)
    else:
        shown, first, last = wording.change(unit, value), wording.change_bare(unit, low), wording.change(unit, high)
        shown, first, last = (one.lstrip("+±") for one in (shown, first, last))
        between = MISSING if MISSING in {first, last} else wording.text("interval_from_to", low=first, high=last)
    return MISSING if MISSING in {shown, between} else wording.text(key, value=shown, interval=between)


def with_interval(row: Mapping[str, Any], name: str, low: str, high: str, wording: Wording) -> str:
    """Return a CSM's figure with an interval, or a dash."""
    unit = unit_of(row["outcome"])
    value, between = wording.value(unit, row[name]), wording.interval(unit, row[low], row[high])
    return value if between == MISSING else f"{value} ({between})"


def first_told(rows: pd.DataFrame) -> str:
    """Return the first outcome whose spread is told; the first of all where none is."""
    heads = rows[rows.csm == ""]
    told = heads[heads.spread.notna()]
    return str((told if len(told) else heads).outcome.iloc[0])


def sentence(rows: pd.DataFrame, outcome: str, wording: Wording) -> str:
    """Return what can be said of CSMs in an outcome: the spread, how it was a year ago, who is marked, and what is not known."""
    mine = rows[rows.outcome == outcome]
    head, each = records(mine[mine.csm == ""])[0], mine[mine.csm != ""]
    name = outcome_name(outcome, wording)
    if spread(head, "spread", wording) == MISSING:
        return wording.text("csm_untold", outcome=name, reason=wording.reason(head["reason"]))
    seen = "csm_differ" if head["verdict"] == "differ" else "csm_not_seen"
    said = [
        wording.text("csm_said", outcome=name, spread=spread(head, "spread", wording), csms=int(head["csms"])),
        wording.text(seen), _trend(head, wording),
    ]  # fmt: skip
    if len(each):
        said += [_marked(each, wording), wording.text("csm_unknown"), _left_out(head, wording)]
    return wording.sentences(*said)


def _trend(head: Mapping[str, Any], wording: Wording) -> str:
    before = spread(head, "before", wording)
    return "" if before == MISSING else wording.text(f"csm_{head['trend']}", before=before)


def _marked(each: pd.DataFrame, wording: Wording) -> str:
    names = [csm_name(row) for row in records(each[each.marked.astype(bool)])]
    more = [wording.text("why_more", count=len(names) - _NAMED)] if len(names) > _NAMED else []
    return (
        wording.text("csm_marked", names=wording.join([*names[:_NAMED], *more]))
        if names
        else wording.text("csm_none_marked")
    )


def _left_out(head: Mapping[str, Any], wording: Wording) -> str:
    """Return who is not told of, and from what it is known who served whom."""
    counts = {key: int(head[key]) for key in ("unjudged", "unserved")}
    left = [wording.text(f"csm_{key}", count=count) for key, count in counts.items() if count]
    return wording.sentences(wording.text(f"csm_by_{head['told_by']}"), *left)
