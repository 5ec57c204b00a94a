"""Programmes and what is measured of them, in a reader's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cslib.analysis.effect.starts import ANY
from cslib.i18n.direction import isolate_direction
from cslib.i18n.messages import TEXTS
from cslib.i18n.numbers import MISSING
from cslib.kpis.kpi import Unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cslib.i18n import Wording

MOST = 3  # programmes that a page draws; the CSVs hold all
UNITS = {"use": Unit.SCORE, "nps": Unit.POINTS}  # all else are shares


def unit_of(outcome: str) -> Unit:
    """Return the unit of an outcome."""
    return UNITS.get(outcome, Unit.SHARE)


def programme_name(row: Mapping[Any, Any], wording: Wording) -> str:
    """Return what a programme is called in the language of the report."""
    return (
        wording.text("effect_any")
        if row["programme"] == ANY
        else isolate_direction(str(row[f"name_{wording.language}"]))
    )


def outcome_name(outcome: str, wording: Wording) -> str:
    """Return what is measured."""
    return wording.text(f"effect_outcome_{outcome}")


def difference(unit: Unit, row: Mapping[Any, Any], wording: Wording) -> str:
    """Return a difference with its interval, or a dash."""
    shown, between = wording.change(unit, row["value"]), differences(unit, row["low"], row["high"], wording)
    return shown if MISSING in {shown, between} else f"{shown} ({between})"


def differences(unit: Unit, low: object, high: object, wording: Wording) -> str:
    """Return an interval of differences, each with its sign; a dash for none."""
    first, last = wording.change_bare(unit, low), wording.change(unit, high)
    return MISSING if MISSING in {first, last} else wording.text("interval_from_to", low=first, high=last)


def named(key: str, item: str, wording: Wording) -> str:
    """Return the words for an item of the analysis, `plan:basic` as Plan: basic; what has no words reads as it is."""
    of, _, value = item.partition(":")
    kind = wording.text(f"{key}_{of}") if f"{key}_{of}" in TEXTS else of
    return wording.text("effect_item", kind=kind, value=isolate_direction(value)) if value else kind


def meant(rows: pd.DataFrame) -> pd.DataFrame:
    """Return of each programme the outcome that it was meant for, those of the page alone: the largest first.

    Any programme at all says nothing more where there is but one.
    """
    chosen = rows[rows.meant.fillna(value=False).astype(bool) & rows.programme.astype(bool)]
    single = chosen.programme.nunique() <= 2  # noqa: PLR2004 - one, and any
    listed = chosen[chosen.programme != ANY] if single else chosen
    return listed.sort_values("participants", ascending=False, kind="stable").head(MOST + (not single))


def reasons(row: Mapping[Any, Any], wording: Wording) -> list[str]:
    """Return in words what a verdict lacks, code by code, or why there is none."""
    said = str(row["reason"])
    codes = [said] if re.search(r"[ :]", said.partition(",")[0]) else said.split(", ")  # `needs a, b` is one reason
    return [lacking(code, wording) for code in codes if code]


def lacking(code: str, wording: Wording) -> str:
    """Return what a code of a verdict says, or why a participant is left out; other reasons as everywhere."""
    if code.startswith("rival_"):
        return f"{wording.text('effect_rivals')}: {named('effect_rival', code.removeprefix('rival_'), wording)}"
    return wording.text(f"effect_lacks_{code}") if f"effect_lacks_{code}" in TEXTS else wording.reason(code)


def names(verdicts: pd.DataFrame, wording: Wording) -> dict[str, str]:
    """Return what each programme is called."""
    return {str(row["programme"]): programme_name(row, wording) for row in verdicts.to_dict("records")}


def untold(rows: pd.DataFrame, wording: Wording) -> str:
    """Return why nothing can be said, from the rows of the analysis."""
    listed = dict.fromkeys(one for row in rows.to_dict("records") for one in reasons(row, wording))
    return wording.text("effect_none", reason=wording.join(list(listed)))
