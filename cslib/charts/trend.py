"""A KPI by month: the line, its interval, its target and the total beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import altair as alt
from IPython.display import display

from cslib.charts.figure import HEIGHT, Figure, Shown, empty, figure, month_axis, months_between, on, plain, rows
from cslib.charts.scale import Scale, present, scale, spread, text_width, tick_labels
from cslib.charts.theme import BLUE, GREY, INK, MUTED
from cslib.wording.numbers import MISSING, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from cslib.kpis.kpi import Kpi
    from cslib.wording import Wording

_LABEL_HEIGHT = 16


class Figures(tuple[Figure, ...]):
    """Several figures that a notebook displays one after the other and a page sets side by side."""

    __slots__ = ()

    def _ipython_display_(self) -> None:
        display(*self)


class Label(NamedTuple):
    """A text at the right end of a line."""

    text: str
    at: float
    style: str


def trend(frame: pd.DataFrame, kpi: Kpi, wording: Wording, total: pd.DataFrame | None = None) -> Figure:
    """Return the KPI of the long table by month, with its interval, its target and the total's line."""
    title = wording.text("trend_title", kpi=kpi.name(wording.language))
    data = _by_month(frame, kpi)
    if not present(data["value"]):
        reason = wording.reason(data["reason"].iloc[-1]) if len(data) and "reason" in data else ""
        return empty(f"trend-{kpi.id}", title, wording, data.reset_index(), reason)
    data["total"] = _by_month(total, kpi)["value"] if total is not None else None
    axis = scale(present(*(data[name] for name in ("value", "low", "high", "target", "total"))), kpi.unit)
    labels = _labels(data, kpi, wording, axis)
    chart = _chart(data, kpi, wording, axis, labels)
    right = max(text_width(label.text) for label in labels) + 14
    text = _sentence(data, kpi, wording)
    return figure(f"trend-{kpi.id}", title, text, chart, _shown(data, kpi, wording), wording, right)


def trends(
    frame: pd.DataFrame, kpis: Iterable[Kpi], wording: Wording, total: pd.DataFrame | None = None
) -> Figures:
    """Return one trend per KPI."""
    return Figures(trend(frame, kpi, wording, total) for kpi in kpis)


def _by_month(frame: pd.DataFrame, kpi: Kpi) -> pd.DataFrame:
    """Return the KPI's rows, indexed by every month from the first to the last."""
    of_kpi = frame[frame["kpi"] == kpi.id] if "kpi" in frame else frame
    wanted = ["value", "low", "high", "target", "status", "n", "reason"]
    indexed = of_kpi.set_index("month")[[name for name in wanted if name in of_kpi]]
    return indexed.reindex(months_between(indexed.index)).reindex(columns=wanted)


def _chart(data: pd.DataFrame, kpi: Kpi, wording: Wording, axis: Scale, labels: list[Label]) -> alt.LayerChart:
    months = [str(month) for month in data.index]
    x = alt.X("month:O", axis=month_axis(months, wording), scale=alt.Scale(type="point", domain=months, padding=0.3))
    y_axis = alt.Axis(title=None, values=axis.ticks, labelExpr=tick_labels(axis, kpi.unit, wording))
    y = alt.Y("value:Q", scale=alt.Scale(domain=[axis.low, axis.high], nice=False), axis=y_axis)
    base = on(_rows(data, kpi, wording)).encode(x=x)
    layers = [
        base.mark_area(color=BLUE, opacity=0.16).encode(y=alt.Y("low:Q"), y2="high:Q").properties(name="band"),
        base.mark_line(color=GREY, strokeWidth=1.5).encode(y=alt.Y("total:Q")).properties(name="total"),
        base.mark_line(color=INK, strokeDash=[5, 4], strokeWidth=1.2, interpolate="step").encode(y=alt.Y("target:Q")).properties(name="target"),
        base.mark_line(color=BLUE, strokeWidth=2.5, strokeJoin="round").encode(y=y).properties(name="series"),
        _points(base, y),
        _hits(base, kpi, wording, total=bool(present(data["total"]))),
        *_texts(labels, axis),
    ]
    return alt.layer(*layers).properties(height=HEIGHT)


def _points(base: alt.Chart, y: alt.Y) -> alt.Chart:
    return (
        base.transform_filter("isValid(datum.mark)")
        .mark_point(size=48, color=BLUE, filled=True, opacity=1, stroke=BLUE, strokeWidth=2)
        .encode(y=y, fill=alt.condition("datum.mark == 'small'", alt.value("white"), alt.value(BLUE)))
        .properties(name="points")
    )


def _hits(base: alt.Chart, kpi: Kpi, wording: Wording, *, total: bool) -> alt.Chart:
    """Return unseen wide rules, one a month, that carry the tooltips: easy to hit on a phone."""
    fields = {"label": kpi.name(wording.language), "interval": wording.text("interval"), "target_label": wording.text("target")}
    if total:
        fields["total_label"] = wording.text("total")
    fields["n_label"] = wording.text("n")
    tooltip = [alt.Tooltip("month_label:N", title=wording.text("month"))]
    tooltip += [alt.Tooltip(f"{field}:N", title=title) for field, title in fields.items()]
    return base.mark_rule(strokeWidth=16, opacity=0, color=GREY).encode(tooltip=tooltip).properties(name="hits")


def _texts(labels: list[Label], axis: Scale) -> Iterator[alt.Chart]:
    colours = {"series": BLUE, "target": INK, "total": MUTED}
    for label in labels:
        yield (
            on([{"at": plain(label.at), "text": label.text}])
            .mark_text(align="left", dx=8, color=colours[label.style], fontWeight="bold" if label.style == "series" else "normal")
            .encode(x=alt.value("width"), y=alt.Y("at:Q"), text="text:N")
            .properties(name=f"label_{label.style}")
        )


def _labels(data: pd.DataFrame, kpi: Kpi, wording: Wording, axis: Scale) -> list[Label]:
    """Return the words at the line ends, moved apart where they would cover one another."""
    ends = {style: present(data[column]) for style, column in (("series", "value"), ("total", "total"), ("target", "target"))}
    texts = {
        style: (wording.text(style) + " " if style != "series" else "") + wording.value(kpi.unit, values[-1])
        for style, values in ends.items()
        if values
    }
    least = (axis.high - axis.low) * _LABEL_HEIGHT / HEIGHT
    placed = spread([ends[style][-1] for style in texts], least, axis.low, axis.high)
    return [Label(text, at, style) for (style, text), at in zip(texts.items(), placed, strict=True)]


def _rows(data: pd.DataFrame, kpi: Kpi, wording: Wording) -> list[dict[str, object]]:
    worded = _worded(data, kpi, wording)
    numbers = {name: data[name] for name in ("value", "low", "high", "target", "total") if present(data[name])}
    return rows({"month": data.index, **numbers, "mark": _marks(data), **worded})


def _worded(data: pd.DataFrame, kpi: Kpi, wording: Wording) -> dict[str, list[str]]:
    def shown(name: str) -> list[str]:
        return [wording.value(kpi.unit, value) for value in data[name]]

    return {
        "month_label": [wording.month(month) for month in data.index],
        "label": shown("value"),
        "interval": [wording.interval(kpi.unit, low, high) for low, high in zip(data["low"], data["high"], strict=True)],
        "target_label": shown("target"),
        "total_label": shown("total"),
        "n_label": [wording.value("count", n) for n in data["n"]],
    }


def _marks(data: pd.DataFrame) -> list[str | None]:
    """Return which months get a point: few cases, a value between two gaps, and the last value."""
    known = [number(value) is not None for value in data["value"]]
    last = max(at for at, is_known in enumerate(known) if is_known)
    around = [False, *known, False]
    marks: list[str | None] = []
    for at, status in enumerate(data["status"]):
        alone = known[at] and not around[at] and not around[at + 2]
        point = "small" if status == "small" else "point" if alone or at == last else None
        marks.append(point if known[at] else None)
    return marks


def _shown(data: pd.DataFrame, kpi: Kpi, wording: Wording) -> Shown:
    worded = _worded(data, kpi, wording)
    heads = {"month_label": "month", "label": "value", "interval": "interval", "target_label": "target", "total_label": "total", "n_label": "n"}
    filled = {key: values for key, values in worded.items() if key == "label" or any(value != MISSING for value in values)}
    frame = data.rename_axis("month").reset_index().dropna(axis="columns", how="all")
    return Shown({wording.text(heads[key]): values for key, values in filled.items()}, frame)


def _sentence(data: pd.DataFrame, kpi: Kpi, wording: Wording) -> str:
    values = [number(value) for value in data["value"]]
    at = max(position for position, value in enumerate(values) if value is not None)
    row, value = data.iloc[at], values[at]
    shown = {"month": wording.month(data.index[at]), "value": wording.value(kpi.unit, value)}
    missing = wording.text("trend_no_last", month=wording.month(data.index[-1])) if at < len(values) - 1 else ""
    parts = [missing, wording.text("trend_value", **shown)]
    if number(row["low"]) is not None:
        parts.append(wording.text("trend_interval", interval=wording.interval(kpi.unit, row["low"], row["high"])))
    for key, back in (("trend_month", 1), ("trend_year", 12)):
        before = values[at - back] if at >= back else None
        if before is not None and value is not None:
            parts.append(wording.text(key, change=wording.change(kpi.unit, value - before)))
    parts += _judged(row, kpi, wording)
    if "small" in set(data["status"]):
        parts.append(wording.text("trend_small"))
    return "".join([*parts, wording.text("stop")])


def _judged(row: pd.Series, kpi: Kpi, wording: Wording) -> Iterator[str]:
    key = {"on_target": "trend_reached", "off_target": "trend_missed"}.get(str(row["status"]))
    if key and number(row["target"]) is not None:
        yield wording.text(key, target=wording.value(kpi.unit, row["target"]))
    if number(row["total"]) is not None:
        yield wording.text("trend_total", total=wording.value(kpi.unit, row["total"]))
