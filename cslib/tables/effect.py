"""What can be said of programmes as tables: the verdicts, what else changed, and who was compared with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.i18n.numbers import MISSING, number
from cslib.kpis.kpi import Unit
from cslib.tables import effect_words as words
from cslib.tables.lists import plain_table
from cslib.tables.output import Table, csv_text, note, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.i18n import Wording
    from cslib.tables.lists import Shown
    from cslib.tables.output import Output

_VERDICTS = ("supported", "consistent", "speaks_against", "cannot_tell")


def effect_answer(rows: pd.DataFrame, wording: Wording) -> Output:
    """Return the verdict on each programme in the figure that it was meant for, from the rows of `effect`."""
    title, judged = wording.text("effect_answer"), words.meant(rows[rows.verdict != ""])
    said = [_answer(row, wording) for row in records(judged)]
    return note(wording.sentences(*said) if said else words.untold(rows, wording), title)


def _answer(row: Mapping[str, Any], wording: Wording) -> str:
    """Return the verdict on a programme in a sentence: with the difference, or with the reasons where there is none."""
    unit = words.unit_of(row["outcome"])
    found = words.differences(unit, row["low"], row["high"], wording)
    told = {"value": wording.change(unit, row["value"]), "interval": found, "n": int(row["participants"] or 0)}
    said = words.reasons(row, wording) if found == MISSING else wording.text("effect_measured", **told)
    return wording.text(
        "effect_said", programme=words.programme_name(row, wording),
        outcome=words.outcome_name(row["outcome"], wording),
        verdict=wording.text(f"effect_verdict_{row['verdict']}"), said=said,
    )  # fmt: skip


def _beside(row: Mapping[str, Any], unit: Unit, wording: Wording) -> list[str]:
    """Return the difference as a share of what was before, where a figure has no unit that a reader knows."""
    before = number(row["before"])
    if row["outcome"] != "use" or not before:
        return []
    share = wording.value(Unit.SHARE, row["value"] / before)
    return [wording.text("effect_relative", before=wording.value(unit, before), share=share)]


def _swayed(row: Mapping[str, Any], unit: Unit, wording: Wording) -> list[str]:
    three = [wording.change(unit, row[name]) for name in ("lowest", "highest")]
    told = [] if MISSING in three else [wording.text("effect_three", lowest=three[0], highest=three[1])]
    sway = wording.value(unit, row["sway"])
    return told if sway == MISSING else [*told, wording.text("effect_sway", sway=sway)]


def _needed(row: Mapping[str, Any], unit: Unit, wording: Wording) -> list[str]:
    """Return what so many participants could have told, and how many it takes, where the verdict is left open."""
    if row["verdict"] != "cannot_tell":
        return []
    seen = wording.change(unit, row["seen_from"]).lstrip("+")
    told = [] if seen == MISSING else [wording.text("effect_seen_from", change=seen)]
    if number(row["needed"]) is None:
        return told
    wanted = wording.change(unit, row["expected"]) if number(row["expected"]) is not None else seen
    told += [wording.text("effect_needed", change=wanted, needed=int(row["needed"]))]
    return (
        [*told, wording.text("effect_needed_by", month=wording.month(row["needed_by"]))] if row["needed_by"] else told
    )


def effect_table(rows: pd.DataFrame, wording: Wording) -> Output:
    """Return a line per programme and outcome that was judged: the verdict in words, the difference, what it rests on."""
    title, judged = wording.text("effect_title"), rows[rows.verdict != ""]
    if judged.empty:
        return Table(name="effect", title=title, text=words.untold(rows, wording), csv=csv_text(rows))
    lines = pd.DataFrame([_line(row, wording) for row in records(judged)])
    columns: dict[str, Shown] = {
        "programme": wording.text("effect_programme"), "outcome": wording.text("effect_outcome"),
        "verdict": wording.text("verdict"), "estimate": (wording.text("effect_estimate"), "figure"),
        "participants": (wording.text("effect_participants"), Unit.COUNT), "why": (wording.text("effect_rests_on"), "lines"),
    }  # fmt: skip
    shown = plain_table(lines, wording, title, columns, name="effect")
    counts = {name: int((judged.verdict == name).sum()) for name in _VERDICTS}
    text = wording.text(
        "effect_judged", count=len(judged), supported=counts["supported"], consistent=counts["consistent"],
        against=counts["speaks_against"], open=counts["cannot_tell"],
    )  # fmt: skip
    return Table(name="effect", title=title, text=text, html=shown.html, csv=csv_text(rows))


def _line(row: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    unit = words.unit_of(row["outcome"])
    why = [
        words.reasons(row, wording), *_beside(row, unit, wording), *_swayed(row, unit, wording), *_needed(row, unit, wording)
    ]  # fmt: skip
    return {
        "programme": words.programme_name(row, wording),
        "outcome": words.outcome_name(row["outcome"], wording),
        "verdict": wording.text(f"effect_verdict_{row['verdict']}"),
        "estimate": words.difference(unit, row, wording),
        "participants": row["participants"],
        "why": tuple(filter(None, why)) or (MISSING,),
    }


def rivals_table(readings: pd.DataFrame, verdicts: pd.DataFrame, wording: Wording) -> Output:
    """Return what else moved apart between participants and compared, for each programme's own outcome."""
    title, rows = wording.text("effect_rivals"), _of_meant(readings[readings.kind == "rival"], verdicts)
    if rows.empty:
        return note(words.untold(verdicts, wording))
    called = words.names(verdicts, wording)
    lines = pd.DataFrame([
        {
            "programme": called[row["programme"]], "rival": words.named("effect_rival", row["reading"], wording),
            "value": words.difference(Unit.SCORE, row, wording), "found": _rival(row, wording),
        }
        for row in records(rows)
    ])  # fmt: skip
    columns: dict[str, Shown] = {
        "programme": wording.text("effect_programme"), "rival": wording.text("effect_rival"),
        "value": (wording.text("effect_difference"), "figure"), "found": wording.text("effect_rival_found"),
    }  # fmt: skip
    shown = plain_table(lines, wording, title, columns, name="effect-rivals")
    return Table(shown.name, title, wording.text("effect_rivals_text"), html=shown.html, csv=csv_text(readings))


def _of_meant(rows: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each programme's own outcome, in the order in which programmes are shown."""
    own = words.meant(verdicts)[["programme", "outcome"]].drop_duplicates()
    return own.merge(rows, on=["programme", "outcome"], how="inner")


def _rival(row: Mapping[str, Any], wording: Wording) -> str:
    low, high = number(row["low"]), number(row["high"])
    if low is None or high is None:
        return wording.reason(row["reason"]) or MISSING
    if low <= 0 <= high:
        return wording.text("effect_rival_no")
    return wording.text("effect_rival_moves" if row["moves"] else "effect_rival_yes")


def compared_table(rows: pd.DataFrame, verdicts: pd.DataFrame, wording: Wording) -> Output:
    """Return the traits of participants and compared before and after weighting, and which participants are left out."""
    title = wording.text("effect_compared")
    shown_of = words.meant(verdicts)[["programme"]].drop_duplicates()
    mine = shown_of.merge(rows, on="programme")
    traits, left = mine[mine.kind == "trait"], mine[(mine.kind == "left_out") & (mine.n > 0)]
    if traits.empty:
        return note(words.untold(verdicts, wording))
    called = words.names(verdicts, wording)
    lines = traits.assign(
        programme=traits.programme.map(called),
        trait=[words.named("effect_trait", item, wording) for item in traits.item],
    )
    columns: dict[str, Shown] = {
        "programme": wording.text("effect_programme"), "trait": wording.text("effect_trait"),
        "participants": (wording.text("effect_those_joined"), Unit.SCORE),
        "before_weights": (wording.text("effect_before_weights"), Unit.SCORE),
        "comparison": (wording.text("effect_those_compared"), Unit.SCORE),
        "difference": (wording.text("effect_standardised"), Unit.SCORE),
    }  # fmt: skip
    shown = plain_table(lines, wording, title, columns, name="effect-compared")
    text = wording.sentences(wording.text("effect_compared_text"), _left_out(left, called, wording))
    return Table(shown.name, title, text, html=shown.html, csv=csv_text(rows))


def _left_out(left: pd.DataFrame, called: Mapping[str, str], wording: Wording) -> str:
    listed = []
    for programme, rows in left.groupby("programme", sort=False):
        counted = [
            wording.text("effect_left", why=wording.reason(row["item"]), count=int(row["n"])) for row in records(rows)
        ]
        listed.append(f"{called[str(programme)]}: {wording.join(counted)}")
    return wording.text("effect_left_out", listed="; ".join(listed)) if listed else ""
