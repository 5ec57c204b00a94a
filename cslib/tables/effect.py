"""What can be said of programmes as tables: the verdicts, what else changed, and who was compared with whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.i18n.numbers import MISSING, number
from cslib.kpis.kpi import Unit
from cslib.tables import effect_words
from cslib.tables.lists import plain_table
from cslib.tables.output import Table, csv_text, note, records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.i18n import Wording
    from cslib.tables.lists import Shown
    from cslib.tables.output import Output

_SAID = 2  # of what a verdict lacks; the CSV says all
_VERDICTS = ("supported", "consistent", "speaks_against", "cannot_tell")


def effect_answer(rows: pd.DataFrame, wording: Wording) -> Output:
    """Return the verdict on each programme in the figure that it was meant for, from the rows of `effect`."""
    title, judged = wording.text("effect_answer"), effect_words.meant(rows[rows.verdict != ""])
    if judged.empty:
        return note(effect_words.untold(rows, wording), title)
    text = wording.sentences(*_named_by_verdict(judged, wording))
    return Table("effect-answer", title, text, html=_verdicts(judged, wording, title), csv=csv_text(rows))


def effect_table(rows: pd.DataFrame, wording: Wording) -> Output:
    """Return a line per programme and outcome that was judged: the verdict with its reasons, the difference, what it takes."""
    title, judged = wording.text("effect_title"), rows[rows.verdict != ""]
    if judged.empty:
        return note(effect_words.untold(rows, wording))
    counts = {name: int((judged.verdict == name).sum()) for name in _VERDICTS}
    text = wording.text(
        "effect_judged", count=len(judged), supported=counts["supported"], consistent=counts["consistent"],
        against=counts["speaks_against"], open=counts["cannot_tell"],
    )  # fmt: skip
    return Table("effect", title, text, html=_verdicts(judged, wording, title), csv=csv_text(rows))


def _verdicts(judged: pd.DataFrame, wording: Wording, title: str) -> str:
    """Return the table of verdicts, a line each."""
    lines = pd.DataFrame([_line(row, wording) for row in records(judged)])
    columns: dict[str, Shown] = {
        "programme": wording.text("effect_programme"), "outcome": wording.text("effect_outcome"),
        "verdict": (wording.text("verdict"), "lines"), "estimate": (wording.text("effect_estimate"), "figure"),
        "participants": (wording.text("effect_participants"), Unit.COUNT), "needed": (wording.text("effect_needed"), Unit.COUNT),
    }  # fmt: skip
    return plain_table(lines, wording, title, columns).html


def _line(row: Mapping[str, Any], wording: Wording) -> dict[str, Any]:
    why = effect_words.reasons(row, wording)[:_SAID]
    return {
        "programme": effect_words.programme_name(row, wording),
        "outcome": effect_words.outcome_name(row["outcome"], wording),
        "verdict": (wording.text(f"effect_verdict_{row['verdict']}"), *why),
        "estimate": effect_words.difference(effect_words.unit_of(row["outcome"]), row, wording),
        "participants": row["participants"],
        "needed": row["needed"],
    }


def _named_by_verdict(judged: pd.DataFrame, wording: Wording) -> list[str]:
    """Return which programmes have which verdict, each in its own figure, the clearest first."""
    said = []
    for verdict in _VERDICTS:
        named = [_said_of(row, wording) for row in records(judged[judged.verdict == verdict])]
        told = {"verdict": wording.text(f"effect_verdict_{verdict}"), "programmes": wording.join(named)}
        said += [wording.text("effect_said", **told)] if named else []
    return said


def _said_of(row: Mapping[str, Any], wording: Wording) -> str:
    outcome = effect_words.outcome_name(row["outcome"], wording)
    return wording.text("effect_said_of", programme=effect_words.programme_name(row, wording), outcome=outcome)


def rivals_table(readings: pd.DataFrame, verdicts: pd.DataFrame, wording: Wording) -> Output:
    """Return what else moved apart between participants and compared, beside each programme's own outcome."""
    title, rows = wording.text("effect_rivals"), _of_meant(readings[readings.kind == "rival"], verdicts)
    judged = rows[rows.low.notna()]
    if judged.empty:
        return note(effect_words.untold(verdicts, wording), title)
    apart = judged[(judged.low > 0) | (judged.high < 0)]
    text = wording.text("effect_rivals_text", count=len(judged), apart=len(apart))
    if apart.empty:
        return Table("effect-rivals", title, text, csv=csv_text(readings))
    called = effect_words.names(verdicts, wording)
    lines = pd.DataFrame([
        {
            "programme": called[row["programme"]], "rival": effect_words.named("effect_rival", row["reading"], wording),
            "found": _weighs(row, wording),
        }
        for row in records(apart)
    ])  # fmt: skip
    columns: dict[str, Shown] = {
        "programme": wording.text("effect_programme"), "rival": wording.text("effect_rival"),
        "found": wording.text("effect_rival_found"),
    }  # fmt: skip
    shown = plain_table(lines, wording, title, columns, name="effect-rivals")
    return Table(shown.name, title, text, html=shown.html, csv=csv_text(readings))


def _weighs(row: Mapping[str, Any], wording: Wording) -> str:
    """Return whether a rival that differs keeps a verdict from being supported."""
    if row["moves"]:
        return wording.text("effect_rival_moves")
    return wording.text("effect_rival_yes" if row["in_the_way"] else "effect_rival_one_of_many")


def _of_meant(rows: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each programme's own outcome, in the order in which programmes are shown."""
    own = effect_words.meant(verdicts)[["programme", "outcome"]].drop_duplicates()
    return own.merge(rows, on=["programme", "outcome"], how="inner")


def compared_table(rows: pd.DataFrame, verdicts: pd.DataFrame, wording: Wording) -> Output:
    """Return the traits of participants and compared of the largest programme, and of all how alike they are and who is left out."""
    title, called = wording.text("effect_compared"), effect_words.names(verdicts, wording)
    mine = effect_words.meant(verdicts)[["programme"]].drop_duplicates().merge(rows, on="programme")
    traits, left = mine[mine.kind == "trait"], mine[(mine.kind == "left_out") & (mine.n > 0)]
    if traits.empty:
        return note(effect_words.untold(verdicts, wording), title)
    first = traits.programme.iloc[0]
    listed = traits[traits.programme == first]
    lines = listed.assign(trait=[effect_words.named("effect_trait", item, wording) for item in listed["item"]])
    columns: dict[str, Shown] = {
        "trait": wording.text("effect_trait"),
        "participants": (wording.text("effect_those_joined"), Unit.SCORE),
        "before_weights": (wording.text("effect_before_weights"), Unit.SCORE),
        "comparison": (wording.text("effect_those_compared"), Unit.SCORE),
    }
    shown = plain_table(lines, wording, title, columns, name="effect-compared")
    said = wording.text("effect_compared_text", programme=called[str(first)])
    text = wording.sentences(said, *_balance(traits, called, wording), *_left_out(left, called, wording))
    return Table(shown.name, title, text, html=shown.html, csv=csv_text(rows))


def _balance(traits: pd.DataFrame, called: Mapping[str, str], wording: Wording) -> list[str]:
    """Return by how much the least alike trait of each programme differs after weighting."""
    most = traits.assign(away=traits.difference.abs()).groupby("programme", sort=False).away.max()
    told = [
        wording.text("effect_worst", programme=called[str(name)], difference=f"{away:.2f}")
        for name, away in most.items()
        if number(away) is not None
    ]
    return [wording.text("effect_balance", listed=wording.join(told))] if told else []


def _left_out(left: pd.DataFrame, called: Mapping[str, str], wording: Wording) -> list[str]:
    listed = []
    for programme, rows in left.groupby("programme", sort=False):
        counted = [
            wording.text("effect_left", why=effect_words.lacking(row["item"], wording), count=int(row["n"]))
            for row in records(rows)
        ]
        listed.append(wording.text("effect_left_of", programme=called[str(programme)], listed=wording.join(counted)))
    return [wording.text("effect_left_out", listed=wording.text("effect_left_between").join(listed))] if listed else []


def share_of_before(row: Mapping[str, Any], wording: Wording) -> str:
    """Return the difference in use as a share of what it was before, since use per seat has no unit that a reader knows."""
    before = number(row["before"])
    if row["outcome"] != "use" or not before:
        return ""
    told = {"before": wording.value(Unit.SCORE, before), "share": wording.value(Unit.SHARE, row["value"] / before)}
    return MISSING if MISSING in told.values() else wording.text("effect_relative", **told)
