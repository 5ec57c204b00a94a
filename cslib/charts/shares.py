"""Shares side by side: the scenario's funnel, and a KPI by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from cslib.charts.encodings import domain, known, layered, on, rows, tooltip, value_axis
from cslib.charts.extremes import extremes
from cslib.charts.figure import Figure, FigureText, empty, figure
from cslib.charts.scale import present, scale
from cslib.charts.theme import BLUE, GRID, INK, MUTED
from cslib.i18n.direction import isolate_direction
from cslib.kpis.kpi import Interval, Unit

if TYPE_CHECKING:
    import pandas as pd

    from cslib.charts.encodings import Rows, Spec
    from cslib.i18n import Wording
    from cslib.kpis.kpi import Kpi

_ROW, _STEP = 34, 54


def funnel(frame: pd.DataFrame, wording: Wording, name: str = "funnel", title: str = "") -> Figure:
    """Return a bar per stage of `stage`, `label`, `value` (a share), `low`, `high`, `n`: how far customers come."""
    title = title or wording.text("funnel_title")
    with_value = known(frame, "value")
    if not len(with_value):
        return empty(name, title, wording, frame)
    labels = [f"{wording.stage(stage)} · {label}" for stage, label in zip(frame["stage"], frame["label"], strict=True)]
    values = [wording.value(Unit.SHARE, value) for value in frame["value"]]
    counts = [wording.value("count", n) for n in frame["n"]]
    table = {wording.text("kpi"): labels, wording.text("value"): values, wording.text("n"): counts}
    data = rows({"row": labels, "value": frame["value"], "text": values, "n": [f"n={count}" for count in counts]})
    shown = frame[["stage", "label", "value", "n"]]
    return figure(
        FigureText(name, title, _funnel_text(with_value, wording), table, shown), _funnel(data, wording), wording
    )


def breakdown(frame: pd.DataFrame, kpi: Kpi, wording: Wording, name: str = "", title: str = "") -> Figure:
    """Return a dot with its interval per `group` of `group`, `value`, `low`, `high`, `n`, the highest first."""
    title = title or wording.text("breakdown_title", kpi=kpi.name(wording.language))
    name = name or f"breakdown-{kpi.id}"
    data = known(frame, "value").sort_values("value", ascending=False)
    if not len(data):
        return empty(name, title, wording, frame)
    data = data.assign(group=[isolate_direction(str(group)) for group in data["group"]])
    intervals = zip(data["low"], data["high"], strict=True)
    table = {
        wording.text("group"): [*data["group"]],
        wording.text("value"): [wording.value(kpi.unit, value) for value in data["value"]],
        wording.text("interval"): [wording.interval(kpi.unit, low, high) for low, high in intervals],
        wording.text("n"): [wording.value("count", n) for n in data["n"]],
    }
    told = FigureText(name, title, extremes(data, kpi.unit, kpi.interval, wording), table, frame)
    return figure(told, _dots(data, list(table.values()), kpi, wording), wording)


def _funnel(data: Rows, wording: Wording) -> Spec:
    order = [str(row["row"]) for row in data]
    highest = max(1.0, *present(row.get("value") for row in data))
    # A quarter of a row is left above each bar for its label, hence the uneven padding.
    y_scale = alt.Scale(domain=order, paddingInner=0.7, paddingOuter=0.2, align=0.85)
    y = alt.Y("row:N", sort=order, axis=alt.Axis(title=None, labels=False), scale=y_scale)
    x = alt.X("value:Q", axis=None, scale=alt.Scale(domain=[0, highest], nice=False))
    base = on(data).encode(y=y)
    value = base.mark_text(align="left", dx=8, fontWeight="bold", fontSize=14)
    shown = tooltip({"row": "kpi", "text": "value", "n": "n_long"}, wording)
    layers = {
        "track": base.mark_bar(color=GRID, opacity=0.6).encode(x=alt.XDatum(1, type="quantitative", axis=None)),
        "reach": base.mark_bar(color=BLUE).encode(x=x, tooltip=shown),
        "label_row": base.mark_text(align="left", dy=-19, fontSize=13).encode(x=alt.XValue(0), text=alt.Text("row:N")),
        "label_value": value.encode(x=alt.XValue("width"), text=alt.Text("text:N")),
        "label_n": base.mark_text(align="right", dy=-19, color=MUTED, fontSize=11).encode(
            x=alt.XValue("width"), text=alt.Text("n:N")
        ),
    }
    return layered(layers, _STEP * (len(data) - 0.3))


def _funnel_text(with_value: pd.DataFrame, wording: Wording) -> str:
    return extremes(with_value.assign(group=with_value["label"]), Unit.SHARE, Interval.WILSON, wording, "funnel_text")


def _dots(data: pd.DataFrame, worded: list[list[str]], kpi: Kpi, wording: Wording) -> Spec:
    names, values, intervals, counts = worded
    groups = [f"{name} (n={count})" for name, count in zip(names, counts, strict=True)]
    columns = {column: data[column] for column in ("value", "low", "high")}
    listed = rows({"group": groups, **columns, "label": values, "interval": intervals})
    axis = scale(present(*columns.values()), kpi.unit)
    y_axis = alt.Axis(title=None, labelColor=INK, labelLimit=150)
    base = on(listed).encode(
        y=alt.Y("group:N", sort=groups, axis=y_axis, scale=alt.Scale(domain=groups)),
        tooltip=tooltip({"group": "group", "label": "value", "interval": "interval"}, wording),
    )
    x_axis = value_axis(axis, kpi.unit, wording, grid=True)
    low = alt.X("low:Q", scale=domain(axis), title=None)
    layers = {
        "intervals": base.mark_rule(color=BLUE, strokeWidth=6, opacity=0.25, strokeCap="round").encode(
            x=low, x2=alt.X2("high:Q")
        ),
        "dots": base.mark_point(color=BLUE, filled=True, size=90, opacity=1).encode(
            x=alt.X("value:Q", axis=x_axis, scale=domain(axis))
        ),
        "label_value": base.mark_text(align="left", dx=8, fontWeight="bold").encode(
            x=alt.XValue("width"), text=alt.Text("label:N")
        ),
    }
    return layered(layers, _ROW * len(groups))
