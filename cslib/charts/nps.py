"""How often each NPS score was given, and what that makes of the answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from cslib.charts.encodings import layered, on, rows, tooltip
from cslib.charts.figure import HEIGHT, Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.theme import GREY, INK, MUTED, PLUM, TEAL
from cslib.i18n.numbers import number
from cslib.kpis.kpi import Unit
from cslib.tables.output import records

if TYPE_CHECKING:
    import pandas as pd

    from cslib.charts.encodings import Spec
    from cslib.i18n import Wording


class ScoreGroup(NamedTuple):
    """Scores that are read as one, their colour, and where the group's name is above them."""

    low: int
    high: int
    colour: str
    at: str
    align: Literal["center", "right"]


GROUPS = {
    "detractor": ScoreGroup(0, 6, PLUM, "3", "center"),
    "passive": ScoreGroup(7, 8, GREY, "8", "right"),
    "promoter": ScoreGroup(9, 10, TEAL, "10", "right"),
}
_SCORES = [str(score) for score in range(11)]


def distribution(frame: pd.DataFrame, wording: Wording, name: str = "nps-distribution") -> Figure:
    """Return the answers of `score` (0 to 10), `answers`, grouped into detractors, passives and promoters."""
    title = wording.text("distribution_title")
    counted = {int(row["score"]): number(row["answers"]) or 0.0 for row in records(frame)}
    answers = [counted.get(score, 0.0) for score in range(11)]
    if not sum(answers):
        return empty(name, title, wording, frame)
    table = {
        wording.text("score"): _SCORES,
        wording.text("group"): [wording.text(f"group_{_group(score)}") for score in range(11)],
        wording.text("answers"): [wording.value("count", count) for count in answers],
    }
    told = FigureText(name, title, _sentence(answers, wording), table, frame)
    return figure(told, _columns(answers, list(table.values()), wording), wording)


def _group(score: int) -> str:
    return next(name for name, group in GROUPS.items() if group.low <= score <= group.high)


def _columns(answers: list[float], worded: list[list[str]], wording: Wording) -> Spec:
    scores, groups, counts = worded
    colours = [GROUPS[_group(score)].colour for score in range(11)]
    data = rows({"score": scores, "answers": answers, "group": groups, "colour": colours, "label": counts})
    x_axis = alt.Axis(title=wording.text("score"), labelAngle=0, labelColor=INK)
    headroom = alt.Scale(domain=[0, max(answers) * 1.28], nice=False)
    x = alt.X("score:O", sort=None, axis=x_axis, scale=alt.Scale(domain=_SCORES, paddingInner=0.18))
    y = alt.Y("answers:Q", axis=None, scale=headroom)
    shown = tooltip({"score": "score", "group": "group", "label": "answers"}, wording)
    base = on(data).encode(x=x, y=y)
    given = base.transform_filter("datum.answers > 0")
    layers = {
        "bars": base.mark_bar().encode(color=alt.Color("colour:N", scale=None), tooltip=shown),
        "label_count": given.mark_text(dy=-8, color=MUTED).encode(text=alt.Text("label:N")),
        **{f"label_{name}": _name(name, answers, wording).encode(x=x) for name in GROUPS},
    }
    return layered(layers, HEIGHT)


def _name(name: str, answers: list[float], wording: Wording) -> alt.Chart:
    """Return a group's name and share over its scores: the key to the colours, where the eye is."""
    group = GROUPS[name]
    share = sum(answers[group.low : group.high + 1]) / sum(answers)
    text = [wording.text(f"group_{name}"), wording.value(Unit.SHARE, share)]
    colour = MUTED if group.colour == GREY else group.colour
    texts = on([{"score": group.at, "text": text}]).encode(y=alt.YValue(0), text=alt.Text("text:N"))
    mark: alt.Chart = texts.mark_text(
        align=group.align,
        baseline="top",
        dx=0 if group.align == "center" else 14,
        color=colour,
        fontWeight="bold",
        lineHeight=15,
    )
    return mark


def _sentence(answers: list[float], wording: Wording) -> str:
    detractors, passives, promoters = (sum(answers[group.low : group.high + 1]) for group in GROUPS.values())
    counts = {"n": sum(answers), "detractors": detractors, "passives": passives, "promoters": promoters}
    worded = {key: wording.value("count", count) for key, count in counts.items()}
    nps = wording.value(Unit.POINTS, (promoters - detractors) / sum(answers))
    return wording.text("distribution_text", nps=nps, **worded)
