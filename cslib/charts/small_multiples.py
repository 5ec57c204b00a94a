"""The same KPI's course for each group, in small panels one below the other, all drawn to one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from cslib.charts.encodings import known, layered, month_axis, months_between, on, rows, tooltip
from cslib.charts.extremes import extremes
from cslib.charts.figure import Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import Scale, present, scale
from cslib.charts.theme import BLUE, GREY, INK
from cslib.i18n.direction import isolate_direction
from cslib.i18n.numbers import number

if TYPE_CHECKING:
    from cslib.charts.encodings import Rows, Spec
    from cslib.i18n import Wording
    from cslib.kpis.kpi import Kpi

MOST = 12
_PANEL, _FOOT, _HEAD = 104, 0.05, 0.74  # a panel's height, and where in it the course is drawn: the name is above
_TOP = 0.12  # where in a panel, from above, its name is
_HEADS = {"month_label": "month", "label": "value", "n": "n_long"}


class PanelGrid(NamedTuple):
    """What all panels share: the scale, the months, the KPI and the words."""

    axis: Scale
    months: list[str]
    kpi: Kpi
    wording: Wording


class Panel(NamedTuple):
    """The course of one group: a value per month, and the last one known."""

    group: str
    course: pd.DataFrame  # by month: value, low, high, n
    last: float


def small_multiples(
    frame: pd.DataFrame, kpi: Kpi, wording: Wording, by: str, whole: pd.DataFrame | None = None
) -> Figure:
    """Return a panel per `group` of `group`, `month`, `value`, `low`, `high`, `n`: the highest first, twelve at most.

    `by` says in words what the groups are; `whole` holds the same for all groups together, drawn grey behind each.
    """
    name = f"multiples-{kpi.id}"
    title = wording.text("multiples_title", kpi=kpi.name(wording.language), by=by)
    panels = _panels(frame)
    if not panels:
        return empty(name, title, wording, frame)
    shown = panels[:MOST]
    values = present(*(panel.course["value"] for panel in shown), [] if whole is None else whole["value"])
    sheet = PanelGrid(_shared(values, kpi), months_between(frame["month"]), kpi, wording)
    told = FigureText(name, title, _sentence(panels, kpi, wording), _latest(shown, kpi, wording), frame)
    return figure(told, _chart(shown, sheet, whole), wording)


def _panels(frame: pd.DataFrame) -> list[Panel]:
    """Return the groups that have a value, by the last one that each has, the highest first."""
    found = []
    for group, part in known(frame, "value").groupby("group"):
        course = part.sort_values("month").set_index("month")
        found.append(Panel(isolate_direction(str(group)), course, float(course["value"].iloc[-1])))
    return sorted(found, key=lambda panel: -panel.last)


def _shared(values: list[float], kpi: Kpi) -> Scale:
    """Return a scale as tight as the values, for panels this low, with the round numbers in it as ticks."""
    wide = scale(values, kpi.unit, count=2)
    room = (max(values) - min(values)) * 0.08
    low, high = max(min(values) - room, wide.low), min(max(values) + room, wide.high)
    within = [tick for tick in wide.ticks if low <= tick <= high]
    return Scale(low, high, within[:2], wide.step) if within and high > low else wide


def _height(at: int, axis: Scale, value: object) -> float | None:
    """Return where a value of the panel that is `at` from the top is in the picture, each panel one high."""
    plain = number(value)
    if plain is None:
        return None
    return -at - 1 + _FOOT + (_HEAD - _FOOT) * (plain - axis.low) / (axis.high - axis.low)


def _row(at: int, panel: Panel, sheet: PanelGrid) -> Rows:
    course, wording = panel.course.reindex(sheet.months), sheet.wording  # a month without a value leaves its gap
    return rows(
        {
            "at": [at] * len(course),
            "month": sheet.months,
            "height": [_height(at, sheet.axis, value) for value in course["value"]],
            "label": [wording.value(sheet.kpi.unit, value) for value in course["value"]],
            "n": [wording.value("count", n) for n in course["n"]],
        }
    )


def _latest(panels: list[Panel], kpi: Kpi, wording: Wording) -> dict[str, list[str]]:
    """Return the last figures of each group in words; those of all months are in the CSV."""
    ends = [(panel, panel.course.iloc[-1]) for panel in panels]
    return {
        wording.text("group"): [panel.group for panel, _ in ends],
        wording.text("month"): [wording.month(str(end.name)) for _, end in ends],
        wording.text("value"): wording.values(kpi.unit, [end["value"] for _, end in ends]),
        wording.text("interval"): [wording.interval(kpi.unit, end["low"], end["high"]) for _, end in ends],
        wording.text("n"): [wording.value("count", end["n"]) for _, end in ends],
    }


def _behind(whole: pd.DataFrame, axis: Scale, panels: int) -> Rows:
    """Return a row per month with the heights in all panels, which the chart unfolds: the page stays light."""
    data = known(whole, "value")
    return [
        {
            "month": str(month),
            "at": [*range(panels)],
            "height": [round(_height(at, axis, value) or 0.0, 4) for at in range(panels)],
        }
        for month, value in zip(data["month"], data["value"], strict=True)
    ]


def _chart(panels: list[Panel], sheet: PanelGrid, whole: pd.DataFrame | None) -> Spec:
    listed = [row for at, panel in enumerate(panels) for row in _row(at, panel, sheet)]
    heights = alt.Scale(domain=[-len(panels), 0], nice=False, zero=False)
    months = alt.Scale(type="point", domain=sheet.months, padding=0.3)
    x = alt.X("month:O", axis=month_axis(sheet.months, sheet.wording), scale=months)
    y, top = alt.Y("height:Q", scale=heights, axis=_levels(sheet, len(panels))), alt.Y("top:Q", scale=heights)
    base = on(listed).encode(x=x, y=y)
    ends = on(_ends(panels, sheet)).encode(x=x, y=y)
    worded = {month: sheet.wording.month(month) for month in sheet.months}
    spread = {"top": "-datum.at", "foot": f"-datum.at - {1 - _FOOT}", "month_label": f"{worded!r}[datum.month]"}
    hits = base.transform_calculate(**spread).mark_rule(strokeWidth=8, opacity=0, color=GREY)
    value = ends.mark_text(align="left", dx=8, fontWeight="bold", color=INK)
    layers = {
        **({} if whole is None else {"total": _everyone(whole, sheet.axis, len(panels)).encode(x=x, y=y)}),
        "series": base.mark_line(color=BLUE, strokeWidth=2, strokeJoin="round").encode(detail=alt.Detail("at:N")),
        "points": ends.mark_point(size=40, color=BLUE, filled=True, opacity=1),
        "label_row": ends.mark_text(align="left", fontSize=13, limit=230).encode(
            x=alt.XValue(0), y=top, text=alt.Text("group:N")
        ),
        "label_value": value.encode(x=alt.XValue("width"), text=alt.Text("label:N")),
        "hits": hits.encode(tooltip=tooltip(_HEADS, sheet.wording), y=top, y2=alt.Y2("foot:Q")),
    }
    return layered(layers, _PANEL * len(panels))


def _everyone(whole: pd.DataFrame, axis: Scale, panels: int) -> alt.Chart:
    unfolded = on(_behind(whole, axis, panels)).transform_flatten(["at", "height"])
    line: alt.Chart = unfolded.mark_line(color=GREY, strokeWidth=1.5).encode(detail=alt.Detail("at:N"))
    return line


def _ends(panels: list[Panel], sheet: PanelGrid) -> Rows:
    """Return the last point of each panel, and the place of its name."""
    return rows(
        {
            "group": [panel.group for panel in panels],
            "month": [str(panel.course.index[-1]) for panel in panels],
            "height": [_height(at, sheet.axis, panel.last) for at, panel in enumerate(panels)],
            "top": [-at - _TOP for at in range(len(panels))],
            "label": [sheet.wording.value(sheet.kpi.unit, panel.last) for panel in panels],
        }
    )


def _levels(sheet: PanelGrid, panels: int) -> alt.Axis:
    """Return the round numbers of the shared scale, again in each panel."""
    ticks = sheet.axis.ticks
    heights = [round(_height(at, sheet.axis, tick) or 0.0, 6) for at in range(panels) for tick in ticks]
    words = [sheet.wording.tick(sheet.kpi.unit, tick, sheet.axis.step) for tick in ticks] * panels
    expression = f"{words!r}[indexof({heights!r}, datum.value)]"
    # Vega thins out even ticks that were named one by one, unless it is given their count
    return alt.Axis(title=None, values=heights, tickCount=len(heights), labelExpr=expression, labelOverlap=False)


def _sentence(panels: list[Panel], kpi: Kpi, wording: Wording) -> str:
    ends = pd.DataFrame([panel.course.iloc[-1] for panel in panels]).assign(group=[panel.group for panel in panels])
    text = extremes(ends, kpi.unit, kpi.interval, wording)
    if len(panels) == 1:
        return text
    more = wording.text("multiples_more", shown=MOST, total=len(panels)) if len(panels) > MOST else ""
    return wording.sentences(text, wording.text("multiples_scale"), more)
