"""A KPI by group, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.charts.encodings import domain, known, layered, on, rows, tooltip, value_axis
from cslib.charts.extremes import extremes
from cslib.charts.figure import Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import present, scale
from cslib.charts.theme import BLUE, INK
from cslib.i18n.direction import isolate_direction

if TYPE_CHECKING:
    import pandas as pd

    from cslib.charts.encodings import Spec
    from cslib.i18n import Wording
    from cslib.kpis.kpi import Kpi

_ROW = 34


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
