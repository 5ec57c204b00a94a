"""A KPI by month: the line, its interval, its target and the total next to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from IPython.display import display

from cslib.analysis.figures.significance import clarity, comparable
from cslib.charts.encodings import (
    domain,
    layered,
    month_axis,
    months_between,
    on,
    plain_rows,
    rows,
    tooltip,
    value_axis,
)
from cslib.charts.event_marks import event_layers, event_marks, names_by_month
from cslib.charts.figure import HEIGHT, Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import Scale, present, scale, spread
from cslib.charts.theme import BLUE, GREY, INK, MUTED
from cslib.i18n.numbers import MISSING, number
from cslib.kpis.reasons import is_comparable
from cslib.periods import Month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cslib.charts.encodings import Spec
    from cslib.charts.event_marks import EventMark
    from cslib.i18n import Wording
    from cslib.kpis.kpi import Kpi
    from cslib.settings import Event

_COLUMNS = ("value", "low", "high", "target", "status", "n", "reason")
_DRAWN = ("value", "low", "high", "target", "total")
_ENDS = ("low", "high")
_COURSE = "course"
_LABEL_HEIGHT = 16
_VERDICTS = {"on_target": "trend_reached", "off_target": "trend_missed", "within_interval": "trend_undecided"}
_HEADS = {
    "month_label": "month",
    "label": "value",
    "interval": "interval",
    "target_label": "target",
    "total_label": "total",
    "n_label": "n",
    "event_label": "event",
}


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


def trend(
    frame: pd.DataFrame, kpi: Kpi, wording: Wording, total: pd.DataFrame | None = None, events: Sequence[Event] = ()
) -> Figure:
    """Return the KPI of the long table by month, with its interval, its target and the total's line.

    Of `events`, those of the months that are drawn are marked.
    """
    name, title = f"trend-{kpi.id}", wording.text("trend_title", kpi=kpi.name(wording.language))
    data = _by_month(frame, kpi)
    if not present(data["value"]):
        reason = wording.reason(data["reason"].iloc[-1]) if len(data) else ""
        return empty(name, title, wording, data.reset_index(), reason)
    data["total"] = _by_month(total, kpi)["value"] if total is not None else None
    marks = event_marks(events, [str(month) for month in data.index], wording)
    worded = _worded(data, kpi, wording, marks)
    table = {wording.text(_HEADS[key]): words for key, words in worded.items()}
    plain_data = data.rename_axis("month").reset_index().dropna(axis="columns", how="all")
    told = FigureText(name, title, _sentence(data, kpi, wording, marks), table, plain_data)
    return figure(told, _chart(data, worded, kpi, wording, marks), wording)


def trends(
    frame: pd.DataFrame,
    kpis: Iterable[Kpi],
    wording: Wording,
    total: pd.DataFrame | None = None,
    events: Sequence[Event] = (),
) -> Figures:
    """Return one trend per KPI."""
    return Figures(trend(frame, kpi, wording, total, events) for kpi in kpis)


def _by_month(frame: pd.DataFrame, kpi: Kpi) -> pd.DataFrame:
    """Return the KPI's rows, indexed by every month from the first to the last."""
    of_kpi = frame[frame["kpi"] == kpi.id] if "kpi" in frame else frame
    indexed = of_kpi.set_index("month")
    months = indexed.reindex(months_between(indexed.index)).reindex(columns=list(_COLUMNS))
    return months.astype(dict.fromkeys(("value", "low", "high"), float))


def _chart(
    data: pd.DataFrame, worded: dict[str, list[str]], kpi: Kpi, wording: Wording, marks: list[EventMark]
) -> Spec:
    axis = _axis(data, kpi)
    y = _heights(axis, kpi, wording)
    months = [str(month) for month in data.index]
    x_scale = alt.Scale(type="point", domain=months, padding=0.3)
    drawn, alike = {name: data[name] for name in _DRAWN if present(data[name])}, _alike(data)
    drawn |= {end: data[end].clip(axis.low, axis.high) for end in _ENDS if end in drawn}
    course = "value" if alike.all() else _COURSE
    if course == _COURSE:
        drawn[_COURSE] = data["value"].where(alike)
        drawn |= {"total": data["total"].where(alike)} if "total" in drawn else {}
    x = alt.X("month:O", axis=month_axis(months, wording), scale=x_scale)
    base = on(rows({"month": months, **drawn, "mark": _marks(data), **worded})).encode(x=x)
    hits = _hits(base, worded, wording)
    texts = {f"label_{label.style}": _caption(label, y("at")) for label in _labels(data, kpi, wording, axis)}
    happened = event_layers(marks, x, wording)
    return layered({**_lines(base, y, course), **_points(base, y), **happened, "hits": hits, **texts}, HEIGHT)


def _axis(data: pd.DataFrame, kpi: Kpi) -> Scale:
    """Return an axis by the values: an interval widens it on either side by no more than the values span.

    Few cases have intervals many times as wide as all that the value ever does; the line would lie flat in them.
    """
    values = present(data["value"], data["target"], data["total"])
    core = scale(values, kpi.unit)
    span = core.high - core.low
    ends = [min(max(end, core.low - span), core.high + span) for end in present(*(data[name] for name in _ENDS))]
    return scale([*values, *ends], kpi.unit)


def _alike(data: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which months' values can be compared with one another."""
    return np.array([is_comparable(reason) for reason in data["reason"]], dtype=bool)


def _heights(axis: Scale, kpi: Kpi, wording: Wording) -> Callable[[str], alt.Y]:
    """Return the vertical channel of a column; the axis is stated once, the scale on every layer."""
    y_axis = value_axis(axis, kpi.unit, wording)

    def height(column: str) -> alt.Y:
        y = alt.Y(f"{column}:Q", scale=domain(axis), title=None)
        return y.axis(y_axis) if column == "value" else y

    return height


def _lines(base: alt.Chart, y: Callable[[str], alt.Y], course: str) -> dict[str, alt.Chart]:
    target = base.mark_line(color=INK, strokeDash=[5, 4], strokeWidth=1.2, interpolate="step")
    return {
        "band": base.transform_filter(f"isValid(datum.{course})")
        .mark_area(color=BLUE, opacity=0.16)
        .encode(y=y("low"), y2=alt.Y2("high:Q")),
        "total": base.mark_line(color=GREY, strokeWidth=1.5).encode(y=y("total")),
        "target": target.encode(y=y("target")),
        "series": base.mark_line(color=BLUE, strokeWidth=2.5, strokeJoin="round").encode(y=y(course)),
    }


def _points(base: alt.Chart, y: Callable[[str], alt.Y]) -> dict[str, alt.Chart]:
    marked = base.transform_filter("isValid(datum.mark)")
    point = marked.mark_point(size=48, color=BLUE, filled=True, opacity=1, stroke=BLUE, strokeWidth=2)
    fill = alt.FillValue(BLUE, condition={"test": "datum.mark == 'small'", "value": "white"})
    return {
        "whiskers": marked.mark_rule(color=BLUE, opacity=0.4, strokeWidth=2).encode(y=y("low"), y2=alt.Y2("high:Q")),
        "points": point.encode(y=y("value"), fill=fill),
    }


def _hits(base: alt.Chart, worded: dict[str, list[str]], wording: Wording) -> alt.Chart:
    """Return unseen wide rules, one a month, that carry the tooltips: easy to hit on a phone."""
    shown = tooltip({key: _HEADS[key] for key in worded}, wording)
    hits: alt.Chart = base.mark_rule(strokeWidth=16, opacity=0, color=GREY).encode(tooltip=shown)
    return hits


def _caption(label: Label, y: alt.Y) -> alt.Chart:
    colours = {"series": BLUE, "target": INK, "total": MUTED}
    weight: Literal["bold", "normal"] = "bold" if label.style == "series" else "normal"
    mark = on([{"at": plain_rows(label.at), "text": label.text}]).mark_text(
        align="left", dx=8, color=colours[label.style], fontWeight=weight
    )
    return mark.encode(x=alt.XValue("width"), y=y, text=alt.Text("text:N"))


def _labels(data: pd.DataFrame, kpi: Kpi, wording: Wording, axis: Scale) -> list[Label]:
    """Return the words at the line ends, moved apart where they would cover one another."""
    columns = {"series": "value", "total": "total", "target": "target"}
    ends = {style: present(data[column]) for style, column in columns.items()}
    texts = {
        style: (wording.text(style) + " " if style != "series" else "") + wording.value(kpi.unit, values[-1])
        for style, values in ends.items()
        if values
    }
    least = (axis.high - axis.low) * _LABEL_HEIGHT / HEIGHT
    placed = spread([ends[style][-1] for style in texts], least, axis.low, axis.high)
    return [Label(text, at, style) for (style, text), at in zip(texts.items(), placed, strict=True)]


def _worded(data: pd.DataFrame, kpi: Kpi, wording: Wording, marks: list[EventMark]) -> dict[str, list[str]]:
    """Return the columns in words, without those that no month fills."""

    def shown(name: str) -> list[str]:
        return wording.values(kpi.unit, data[name])

    intervals = zip(data["low"], data["high"], strict=True)
    columns = {
        "month_label": [wording.month(month) for month in data.index],
        "label": shown("value"),
        "interval": [wording.interval(kpi.unit, low, high) for low, high in intervals],
        "target_label": shown("target"),
        "total_label": shown("total"),
        "n_label": [wording.value("count", n) for n in data["n"]],
        "event_label": names_by_month(marks, [str(month) for month in data.index], wording),
    }
    return {key: words for key, words in columns.items() if any(word != MISSING for word in words)}


def _marks(data: pd.DataFrame) -> list[str | None]:
    """Return which months get a point: few cases, fewer months of data than the span of the value, a value between two gaps, and the last value."""
    there = [number(value) is not None for value in data["value"]]
    last = max(at for at, is_there in enumerate(there) if is_there)
    around = [False, *there, False]
    short = [not is_comparable(reason) for reason in data["reason"]]
    marks: list[str | None] = []
    for at, status in enumerate(data["status"]):
        alone = not around[at] and not around[at + 2]
        point = "small" if status == "small" or short[at] else "point" if alone or at == last else None
        marks.append(point if there[at] else None)
    return marks


def _sentence(data: pd.DataFrame, kpi: Kpi, wording: Wording, marks: list[EventMark]) -> str:
    values = [number(value) for value in data["value"]]
    at = max(position for position, value in enumerate(values) if value is not None)
    parts = []
    if at < len(values) - 1:
        parts.append(wording.text("trend_no_last", month=wording.month(data.index[-1])))
    shown = {"month": wording.month(data.index[at]), "value": wording.value(kpi.unit, values[at])}
    parts += [wording.text("trend_value", **shown), *_interval(data.iloc[at], kpi, wording)]
    if not is_comparable(data["reason"].iloc[at]):
        parts.append(wording.text("trend_why", reason=wording.reason(data["reason"].iloc[at])))
    parts += [*_changes(data, at, kpi, wording), *_held_against(data.iloc[at], kpi, wording)]
    axis, ends = _axis(data, kpi), present(*(data[name] for name in _ENDS))
    if ends and (min(ends) < axis.low or max(ends) > axis.high):
        parts.append(wording.text("trend_clipped"))
    if "small" in set(data["status"]):
        parts.append(wording.text("trend_small"))
    if any(value is not None for value in values[:at]) and not all(map(is_comparable, data["reason"])):
        parts.append(wording.text("trend_short"))
    if marks:
        parts.append(wording.text("trend_events", events=wording.join([mark.text for mark in marks])))
    return "".join([*parts, wording.text("stop")])


def _interval(row: pd.Series, kpi: Kpi, wording: Wording) -> Iterator[str]:
    if number(row["low"]) is not None:
        yield wording.text("trend_interval", interval=wording.interval(kpi.unit, row["low"], row["high"]))


def _changes(data: pd.DataFrame, at: int, kpi: Kpi, wording: Wording) -> Iterator[str]:
    alike = data["value"].where(_alike(data))
    for key, back in (("trend_month", 1), ("trend_year", 12)):
        change = number(alike.iloc[at] - alike.iloc[at - back]) if at >= back else None
        if change is not None:
            yield wording.text(key, change=wording.change(kpi.unit, change))
            if _by_chance(data, at, at - back, kpi):
                yield wording.text("trend_chance")


def _by_chance(data: pd.DataFrame, at: int, other: int, kpi: Kpi) -> bool:
    """Return whether a change is comparable, and within what chance alone would do."""
    now, before = (data.iloc[[row]].reset_index(drop=True) for row in (at, other))
    months = (Month.parse(str(data.index[row])) for row in (at, other))
    return comparable(kpi, *months) and bool((clarity(now, before) <= 1).all())


def _held_against(row: pd.Series, kpi: Kpi, wording: Wording) -> Iterator[str]:
    key = _VERDICTS.get(str(row["status"]))
    if key and number(row["target"]) is not None:
        yield wording.text(key, target=wording.value(kpi.unit, row["target"]))
    if number(row["total"]) is not None:
        yield wording.text("trend_total", total=wording.value(kpi.unit, row["total"]))
