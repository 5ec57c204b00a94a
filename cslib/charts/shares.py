"""Shares side by side: the scenario's funnel, NPS answers by score, and a KPI by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from cslib.charts.figure import HEIGHT, Figure, Shown, empty, figure, on, rows
from cslib.charts.scale import present, scale, text_width, tick_labels
from cslib.charts.theme import BLUE, GREY, GRID, INK, MUTED, VERMILLION
from cslib.kpis.kpi import Unit
from cslib.wording.numbers import number

if TYPE_CHECKING:
    import pandas as pd

    from cslib.kpis.kpi import Kpi
    from cslib.wording import Wording

_ROW = 34
_GROUPS = {"detractor": (0, 6, VERMILLION), "passive": (7, 8, GREY), "promoter": (9, 10, BLUE)}


def funnel(frame: pd.DataFrame, wording: Wording, name: str = "funnel", title: str = "") -> Figure:
    """Return a bar per stage of `stage`, `label`, `value` (a share), `n`: how far customers come."""
    title = title or wording.text("funnel_title")
    known = frame[[number(value) is not None for value in frame["value"]]]
    if not len(known):
        return empty(name, title, wording, frame)
    worded = [wording.value(Unit.SHARE, value) for value in frame["value"]]
    counts = [f"n={wording.value('count', n)}" if number(n) is not None else "" for n in frame["n"]]
    data = rows({"row": _row_labels(frame, wording), "value": frame["value"], "text": worded, "n": counts})
    order = [str(row["row"]) for row in data]
    y = alt.Y("row:N", sort=order, axis=alt.Axis(title=None, labels=False), scale=alt.Scale(domain=order, paddingInner=0.62, paddingOuter=0.6))
    x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, max(1.0, *known["value"])], nice=False))
    base = on(data).encode(y=y)
    tooltip = [alt.Tooltip(f"{field}:N", title=wording.text(key)) for field, key in (("row", "kpi"), ("text", "value"), ("n", "n_long"))]
    layers = [
        base.mark_bar(color=GRID, opacity=0.6).encode(x=alt.XDatum(1, type="quantitative", axis=None)).properties(name="track"),
        base.mark_bar(color=BLUE).encode(x=x, tooltip=tooltip).properties(name="bars"),
        base.mark_text(align="left", dy=-17, limit=0).encode(x=alt.value(0), text="row:N").properties(name="label_row"),
        base.mark_text(align="left", dx=8, fontWeight="bold", fontSize=14).encode(x=alt.value("width"), text="text:N").properties(name="label_value"),
        base.mark_text(align="right", dy=-17, color=MUTED, fontSize=11).encode(x=alt.value("width"), text="n:N").properties(name="label_n"),
    ]
    chart = alt.layer(*layers).properties(height=46 * len(data))
    shown = Shown({wording.text("kpi"): order, wording.text("value"): worded, wording.text("n"): [count.removeprefix("n=") for count in counts]}, frame)
    return figure(name, title, _funnel_text(known, wording), chart, shown, wording, right=68)


def _row_labels(frame: pd.DataFrame, wording: Wording) -> list[str]:
    return [f"{wording.stage(stage)} · {label}" for stage, label in zip(frame["stage"], frame["label"], strict=True)]


def _funnel_text(known: pd.DataFrame, wording: Wording) -> str:
    ordered = known.sort_values("value")
    low, high = ordered.iloc[0], ordered.iloc[-1]
    shown = {"value": wording.value(Unit.SHARE, low["value"]), "top_value": wording.value(Unit.SHARE, high["value"])}
    return wording.text("funnel_text", label=low["label"], top_label=high["label"], **shown)


def distribution(frame: pd.DataFrame, wording: Wording, name: str = "nps-distribution") -> Figure:
    """Return the answers of `score` (0 to 10), `answers`, grouped into detractors, passives and promoters."""
    title = wording.text("distribution_title")
    counted = {int(row["score"]): number(row["answers"]) or 0.0 for row in frame.to_dict("records")}
    answers = [counted.get(score, 0.0) for score in range(11)]
    if not sum(answers):
        return empty(name, title, wording, frame)
    names = {group: wording.text(f"group_{group}") for group in _GROUPS}
    group_of = [next(group for group, (low, high, _) in _GROUPS.items() if low <= score <= high) for score in range(11)]
    worded = [wording.value("count", count) for count in answers]
    data = rows({"score": [str(score) for score in range(11)], "answers": answers, "group": [names[group] for group in group_of], "colour": [_GROUPS[group][2] for group in group_of], "label": worded})
    x = alt.X("score:O", sort=None, axis=alt.Axis(title=wording.text("score"), labelAngle=0, labelColor=INK), scale=alt.Scale(paddingInner=0.18))
    y = alt.Y("answers:Q", axis=None, scale=alt.Scale(domain=[0, max(answers) * 1.28], nice=False))
    tooltip = [alt.Tooltip(f"{field}:N", title=wording.text(key)) for field, key in (("score", "score"), ("group", "group"), ("label", "answers"))]
    base = on(data).encode(x=x)
    layers = [
        base.mark_bar().encode(y=y, color=alt.Color("colour:N", scale=None), tooltip=tooltip).properties(name="bars"),
        base.transform_filter("datum.answers > 0").mark_text(dy=-8, color=MUTED).encode(y=y, text="label:N").properties(name="label_count"),
        *_group_labels(answers, names, wording),
    ]
    shown = Shown({wording.text("score"): [str(score) for score in range(11)], wording.text("group"): [names[group] for group in group_of], wording.text("answers"): worded}, frame)
    chart = alt.layer(*layers).properties(height=HEIGHT)
    return figure(name, title, _distribution_text(answers, wording), chart, shown, wording)


def _group_labels(answers: list[float], names: dict[str, str], wording: Wording) -> list[alt.Chart]:
    """Return each group's name and share over its scores: the key to the colours, where the eye is."""
    layers = []
    for group, (low, high, colour) in _GROUPS.items():
        part = wording.value(Unit.SHARE, sum(answers[low : high + 1]) / sum(answers))
        middle = {"detractor": "3", "passive": "8", "promoter": "10"}[group]
        align = "center" if group == "detractor" else "right"
        text = [names[group], part]
        mark = on([{"score": middle, "text": text}]).mark_text(align=align, baseline="top", dx=0 if group == "detractor" else 14, color=MUTED if colour == GREY else colour, fontWeight="bold", lineHeight=15)
        layers.append(mark.encode(x=alt.X("score:O", sort=None), y=alt.value(0), text="text:N").properties(name=f"label_{group}"))
    return layers


def _distribution_text(answers: list[float], wording: Wording) -> str:
    n = sum(answers)
    detractors, passives, promoters = (sum(answers[low : high + 1]) for low, high, _ in _GROUPS.values())
    counts = {"n": n, "detractors": detractors, "passives": passives, "promoters": promoters}
    worded = {key: wording.value("count", count) for key, count in counts.items()}
    return wording.text("distribution_text", nps=wording.value(Unit.POINTS, (promoters - detractors) / n), **worded)


def breakdown(frame: pd.DataFrame, kpi: Kpi, wording: Wording, name: str = "", title: str = "") -> Figure:
    """Return a dot with its interval per `group` of `group`, `value`, `low`, `high`, `n`, the highest first."""
    title = title or wording.text("breakdown_title", kpi=kpi.name(wording.language))
    name = name or f"breakdown-{kpi.id}"
    known = frame[[number(value) is not None for value in frame["value"]]].sort_values("value", ascending=False)
    if not len(known):
        return empty(name, title, wording, frame)
    worded = [wording.value(kpi.unit, value) for value in known["value"]]
    intervals = [wording.interval(kpi.unit, low, high) for low, high in zip(known["low"], known["high"], strict=True)]
    counts = [wording.value("count", n) for n in known["n"]]
    groups = [f"{group} (n={count})" for group, count in zip(known["group"], counts, strict=True)]
    data = rows({"group": groups, "value": known["value"], "low": known["low"], "high": known["high"], "label": worded, "interval": intervals})
    axis = scale(present(known["value"], known["low"], known["high"]), kpi.unit)
    y = alt.Y("group:N", sort=groups, axis=alt.Axis(title=None, labelColor=INK, labelLimit=150), scale=alt.Scale(domain=groups))
    x = alt.X("value:Q", axis=alt.Axis(title=None, grid=True, values=axis.ticks, labelExpr=tick_labels(axis, kpi.unit, wording)), scale=alt.Scale(domain=[axis.low, axis.high], nice=False))
    tooltip = [alt.Tooltip(f"{field}:N", title=wording.text(key)) for field, key in (("group", "group"), ("label", "value"), ("interval", "interval"))]
    base = on(data).encode(y=y, tooltip=tooltip)
    layers = [
        base.mark_rule(color=BLUE, strokeWidth=6, opacity=0.25, strokeCap="round").encode(x=alt.X("low:Q"), x2="high:Q").properties(name="intervals"),
        base.mark_point(color=BLUE, filled=True, size=90, opacity=1).encode(x=x).properties(name="dots"),
        base.mark_text(align="left", dx=8, fontWeight="bold").encode(x=alt.value("width"), text="label:N").properties(name="label_value"),
    ]
    chart = alt.layer(*layers).properties(height=_ROW * len(groups))
    shown = Shown({wording.text("group"): [str(group) for group in known["group"]], wording.text("value"): worded, wording.text("interval"): intervals, wording.text("n"): counts}, frame)
    right = max(map(text_width, worded)) + 16
    return figure(name, title, _breakdown_text(known, kpi, wording), chart, shown, wording, right)


def _breakdown_text(known: pd.DataFrame, kpi: Kpi, wording: Wording) -> str:
    top, bottom = known.iloc[0], known.iloc[-1]
    values = {"top_value": wording.value(kpi.unit, top["value"]), "bottom_value": wording.value(kpi.unit, bottom["value"])}
    text = wording.text("breakdown_text", top=top["group"], bottom=bottom["group"], **values)
    low, high = number(top["low"]), number(bottom["high"])
    if len(known) > 1 and low is not None and high is not None and low <= high:
        text += ("" if wording.language == "ja" else " ") + wording.text("breakdown_overlap")
    return text
