"""A forecast by month: the course so far is not drawn anew; the middle and its two bands are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cslib.charts.encodings import domain, layered, month_axis, on, rows, tooltip, value_axis
from cslib.charts.figure import HEIGHT, Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import present, scale
from cslib.charts.theme import BLUE, GREY
from cslib.charts.trend import Figures
from cslib.kpis.kpi import Unit

if TYPE_CHECKING:
    from typing import Any

    from cslib.charts.encodings import Spec
    from cslib.i18n import Wording

_UNITS = {"nrr": Unit.SHARE, "grr": Unit.SHARE}
_EDGES = ("low95", "low80", "median", "high80", "high95")
_HEADS = {"month_label": "month", "label": "forecast_middle", "inner": "forecast_80", "outer": "forecast_95"}


def forecasts(frame: pd.DataFrame, wording: Wording) -> Figures:
    """Return a figure for each measure of a forecast, in its order."""
    return Figures(_forecast(frame[frame.measure == measure], measure, wording) for measure in frame.measure.unique())


def _forecast(frame: pd.DataFrame, measure: str, wording: Wording) -> Figure:
    name, title = f"forecast-{measure.replace('_', '-')}", wording.text(f"forecast_{measure}")
    if not present(frame["median"]):
        return empty(name, title, wording, frame, wording.reason(frame.reason.iloc[-1]))
    unit = _UNITS.get(measure, Unit.AMOUNT)
    worded = _worded(frame, unit, wording)
    table = {wording.text(_HEADS[key]): words for key, words in worded.items()}
    told = FigureText(name, title, _sentence(frame.iloc[-1].to_dict(), unit, wording), table, frame)
    return figure(told, _chart(frame, worded, unit, wording), wording)


def _worded(frame: pd.DataFrame, unit: Unit, wording: Wording) -> dict[str, list[str]]:
    def interval(level: int) -> list[str]:
        edges = zip(frame[f"low{level}"], frame[f"high{level}"], strict=True)
        return [wording.interval(unit, low, high) for low, high in edges]

    return {
        "month_label": [wording.month(month) for month in frame.target_month],
        "label": wording.values(unit, frame["median"]),
        "inner": interval(80),
        "outer": interval(95),
    }


def _chart(frame: pd.DataFrame, worded: dict[str, list[str]], unit: Unit, wording: Wording) -> Spec:
    axis, months = scale(present(*(frame[edge] for edge in _EDGES)), unit), [*frame.target_month]
    data = rows({"month": months, **{edge: frame[edge] for edge in _EDGES}, **worded})
    x_scale = alt.Scale(type="point", domain=months, padding=0.3)
    base = on(data).encode(x=alt.X("month:O", axis=month_axis(months, wording), scale=x_scale))
    y_axis = value_axis(axis, unit, wording)

    def y(column: str) -> alt.Y:
        height = alt.Y(f"{column}:Q", scale=domain(axis), title=None)
        return height.axis(y_axis) if column == "median" else height

    def band(level: int, opacity: float) -> alt.Chart:
        area: alt.Chart = base.mark_area(color=BLUE, opacity=opacity)
        return area.encode(y=y(f"low{level}"), y2=alt.Y2(f"high{level}:Q"))

    shown = tooltip({key: _HEADS[key] for key in worded}, wording)
    return layered(
        {
            "outer": band(95, 0.12),
            "inner": band(80, 0.2),
            "series": base.mark_line(color=BLUE, strokeWidth=2.5).encode(y=y("median")),
            "hits": base.mark_rule(strokeWidth=16, opacity=0, color=GREY).encode(tooltip=shown),
        },
        HEIGHT,
    )


def _sentence(last: dict[Any, Any], unit: Unit, wording: Wording) -> str:
    """Return what is said of the last month ahead, and how such forecasts have held in the past."""
    said = wording.text(
        "forecast_text", month=wording.month(last["target_month"]), value=wording.value(unit, last["median"]),
        band=wording.interval(unit, last["low80"], last["high80"]),
    )  # fmt: skip
    times = wording.value(Unit.TIMES, last["factor"])
    if not last["tried"]:
        return wording.sentences(said, wording.text("forecast_untried", factor=times))
    independent = wording.value(Unit.SCORE, last["independent"])
    record = wording.text(
        "forecast_record", inside=int(last["inside"]), tried=int(last["tried"]), independent=independent, factor=times
    )
    return wording.sentences(said, record, _errors(last, wording))


def _errors(last: dict[Any, Any], wording: Wording) -> str:
    if pd.isna(last["error"]):
        return ""
    error = wording.value(Unit.SHARE, last["error"])
    if pd.isna(last["same_error"]):
        return wording.text("forecast_error", error=error)
    return wording.text("forecast_errors", error=error, same=wording.value(Unit.SHARE, last["same_error"]))
