"""What speaks against a segment's organisation model, as a table with what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.service.organisation import CANNOT_TELL, MATURITY, NOTHING, SPEAKS
from cslib.i18n import numbers
from cslib.i18n.messages import TEXTS
from cslib.kpis.kpi import Unit
from cslib.tables.lists import plain_table
from cslib.tables.output import Table, csv_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from cslib.i18n import Wording
    from cslib.tables.lists import Shown

    Row = Mapping[Hashable, Any]

_UNITS = {
    "offence_share": Unit.SHARE, "all_kinds": Unit.SHARE, "handoff_days": Unit.DAYS, "waiting_days": Unit.DAYS,
    "many_people": Unit.SHARE, "touched_before": Unit.SHARE, "win_rate": Unit.SHARE, "days_open": Unit.DAYS,
    "large_share": Unit.SHARE,
}  # fmt: skip
_PLAIN = 2  # decimals of a ratio or a rate


def organisation_table(frame: pd.DataFrame, wording: Wording) -> Table:
    """Return a row per figure of the segment's model, with its limit and what to do beyond it, below what speaks against it."""
    model = frame.org_model.iloc[0]
    title = (
        wording.text("organisation_title", model=wording.text(f"org_{model}"))
        if model
        else wording.text("organisation_untitled")
    )
    figures = frame[(frame.measure != "") & (frame.measure != MATURITY)]
    if figures.empty:
        said = wording.text("organisation_untold", reason=wording.reason(frame.reason.iloc[0]))
        return Table("organisation", title, said, csv=csv_text(frame))
    rows = [
        {
            "measure": _name(row, wording), "value": _value(row, wording), "limit": _limit(row, wording),
            "verdict": _verdict(row, wording), "doing": _doing(row, wording),
        }
        for row in figures.to_dict("records")
    ]  # fmt: skip
    columns: dict[str, Shown] = {
        "measure": wording.text("organisation_measure"), "value": (wording.text("value"), "figure"),
        "limit": (wording.text("organisation_limit"), "figure"), "verdict": wording.text("organisation_verdict"),
        "doing": wording.text("organisation_doing"),
    }  # fmt: skip
    shown = plain_table(pd.DataFrame(rows), wording, title, columns, name="organisation")
    return Table("organisation", title, _text(frame, figures, wording), html=shown.html, csv=csv_text(frame))


def _text(frame: pd.DataFrame, figures: pd.DataFrame, wording: Wording) -> str:
    against = figures[figures.verdict == SPEAKS].to_dict("records")
    what = [
        wording.text("organisation_what", measure=_name(row, wording), value=_value(row, wording), limit=_limit(row, wording))
        for row in against
    ]  # fmt: skip
    blind = [_name(row, wording) for row in figures[figures.verdict == CANNOT_TELL].to_dict("records")]
    said = figures.verdict.isin([SPEAKS, NOTHING]).any()  # else all that can be said is that nothing can
    calm = wording.text("organisation_none") if said else ""
    first = wording.text("organisation_warns", count=len(what), what=wording.join(what)) if what else calm
    others = [wording.text(f"org_{one}") for one in frame.subject[frame.measure == MATURITY]]
    return wording.sentences(
        first,
        wording.text("organisation_blind", what=wording.join(blind)) if blind else "",
        wording.text("organisation_question", models=wording.join(others)) if others else "",
    )


def _name(row: Row, wording: Wording) -> str:
    who = wording.text(f"org_by_{row['subject']}") if f"org_by_{row['subject']}" in TEXTS else ""
    return wording.text(f"org_{row['measure']}", who=who)


def _value(row: Row, wording: Wording) -> str:
    if pd.isna(row["value"]) and pd.isna(row["low"]):
        return numbers.MISSING
    shown = _shown(row["value"], row["measure"], wording)
    unit = _UNITS.get(row["measure"])
    between = wording.interval(unit, row["low"], row["high"]) if unit else numbers.MISSING
    shown = shown if between == numbers.MISSING else f"{shown} ({between})"
    whose = row["subject"] if row["measure"] == "load" else ""
    return wording.text("organisation_whose", value=shown, whose=whose) if whose else shown


def _shown(value: object, measure: str, wording: Wording) -> str:
    unit, plain = _UNITS.get(measure), numbers.number(value)
    if plain is None:
        return numbers.MISSING
    return wording.value(unit, plain) if unit else numbers.decimal(plain, wording.language, _PLAIN)


def _limit(row: Row, wording: Wording) -> str:
    limit = numbers.number(row["threshold"])
    unit = _UNITS.get(row["measure"])
    return numbers.MISSING if limit is None else wording.value(unit, limit) if unit else f"{limit:g}"


def _verdict(row: Row, wording: Wording) -> str:
    reason = wording.reason(row["reason"])
    said = wording.text(f"org_verdict_{row['verdict']}") if row["verdict"] else ""
    return wording.text("list_comma").join(part for part in (said, reason) if part)


def _doing(row: Row, wording: Wording) -> str:
    if row["verdict"] != SPEAKS:
        return ""
    count: int = int(row["n"]) if pd.notna(row["n"]) else 0
    return wording.text(f"org_do_{row['measure']}", n=count)
