"""Programmes as pictures: before and after joining, other ways to compare, and the share still under contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.charts.encodings import domain, known, layered, on, rows, tooltip, value_axis
from cslib.charts.figure import HEIGHT, Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import present, scale
from cslib.charts.theme import BLUE, GREY, INK, MUTED, ORANGE
from cslib.charts.trend import Figures
from cslib.i18n.numbers import MISSING, number
from cslib.kpis.kpi import Unit
from cslib.tables import effect_words
from cslib.tables.effect import share_of_before
from cslib.tables.output import records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cslib.charts.encodings import Rows, Spec
    from cslib.charts.scale import Scale
    from cslib.i18n import Wording

_KEPT = "kept"
_ROW, _ABOVE = 36, -15
_HEAD, _LINE = 26, 17  # pixels above and of a line of numbers under a curve
_HALF, _QUARTER = 0.5, 3  # months
_HEADS = {
    "since_label": "effect_month", "joined": "effect_those_joined", "compared": "effect_those_compared",
    "between": "effect_difference", "n_label": "effect_n",
}  # fmt: skip
_ALIKE = {"estimate": BLUE, "placebo": GREY, "raw": GREY}


def event_studies(months: pd.DataFrame, verdicts: pd.DataFrame, wording: Wording) -> Figures:
    """Return for each programme how participants and compared went, six months before joining to six after."""
    return _of_each(verdicts, wording, lambda row: _course(months, row, str(row["outcome"]), wording))


def kept(months: pd.DataFrame, verdicts: pd.DataFrame, wording: Wording) -> Figures:
    """Return for each programme the share still under contract in the twelve months after joining."""
    return _of_each(verdicts, wording, lambda row: _course(months, row, _KEPT, wording))


def readings(frame: pd.DataFrame, verdicts: pd.DataFrame, wording: Wording) -> Figures:
    """Return for each programme the difference by every way to compare, with those that the verdict does not rest on."""
    return _of_each(verdicts, wording, lambda row: _dots(frame, row, wording))


def _of_each(verdicts: pd.DataFrame, wording: Wording, draw: Callable[[Mapping[str, Any]], Figure]) -> Figures:
    listed = records(effect_words.meant(verdicts))
    if not listed:
        title = wording.text("effect_title")
        return Figures([Figure("effect-none", title, effect_words.untold(verdicts, wording))])
    return Figures(draw(row) for row in listed)


def _mine(frame: pd.DataFrame, row: Mapping[str, Any], outcome: str) -> pd.DataFrame:
    return frame[(frame.programme == row["programme"]) & (frame.outcome == outcome)].reset_index(drop=True)


def _course(months: pd.DataFrame, row: Mapping[str, Any], outcome: str, wording: Wording) -> Figure:
    kind = _KEPT if outcome == _KEPT else "months"
    name, title, frame = f"effect-{kind}", _title(kind, row, outcome, wording), _mine(months, row, outcome)
    drawn = known(frame, "participants")
    if not len(drawn):
        return empty(name, title, wording, frame, wording.join(effect_words.reasons(row, wording)))
    is_change = outcome != _KEPT
    worded = _worded(drawn, effect_words.unit_of(outcome), wording, is_change=is_change)
    table = {wording.text(_HEADS[key]): listed for key, listed in worded.items()}
    said = _measured(row, wording) if is_change else _still(worded, wording)
    told = FigureText(name, title, said, table, frame)
    return figure(told, _two_lines(drawn, worded, _axis_unit(outcome, is_change=is_change), outcome, wording), wording)


def _title(kind: str, row: Mapping[str, Any], outcome: str, wording: Wording) -> str:
    """Return what a figure shows, of which programme, and in points where it is of a change of shares."""
    measured = effect_words.outcome_name(outcome, wording)
    if kind != _KEPT and effect_words.unit_of(outcome) is not Unit.SCORE:
        measured = wording.text("effect_points", outcome=measured)
    return wording.text(f"effect_{kind}_title", programme=effect_words.programme_name(row, wording), outcome=measured)


def _axis_unit(outcome: str, *, is_change: bool) -> Unit:
    unit = effect_words.unit_of(outcome)
    return Unit.POINTS if is_change and unit is Unit.SHARE else unit


def _measured(row: Mapping[str, Any], wording: Wording) -> str:
    """Return the difference with its interval, beside what it swayed by before and what so many participants could show."""
    unit = effect_words.unit_of(row["outcome"])
    between = effect_words.differences(unit, row["low"], row["high"], wording)
    if between == MISSING:
        return wording.text("no_values_because", reason=wording.join(effect_words.reasons(row, wording)))
    found = {"n": int(row["participants"]), "value": wording.change(unit, row["value"]), "interval": between}
    amounts = {"sway": ("effect_sway", "sway"), "trend_unseen": ("effect_trend", "change"), "seen_from": ("effect_seen_from", "change")}  # fmt: skip
    beside = [
        wording.text(key, **{name: wording.change(unit, row[column]).lstrip("+")})
        for column, (key, name) in amounts.items()
        if number(row[column]) is not None
    ]
    return wording.sentences(wording.text("effect_measured", **found), share_of_before(row, wording), *beside)


def _still(worded: Mapping[str, list[str]], wording: Wording) -> str:
    told = {"joined": worded["joined"][-1], "compared": worded["compared"][-1]}
    return wording.text("effect_kept_text", months=worded["since_label"][-1].lstrip("+±"), **told)


def _worded(frame: pd.DataFrame, unit: Unit, wording: Wording, *, is_change: bool) -> dict[str, list[str]]:
    shown = wording.change if is_change else wording.value
    return {
        "since_label": [wording.change(Unit.COUNT, since) for since in frame.since],
        "joined": [shown(unit, value) for value in frame.participants],
        "compared": [shown(unit, value) for value in frame.comparison],
        "between": [effect_words.difference(unit, one, wording) for one in records(frame)],
        "n_label": [wording.value(Unit.COUNT, n) for n in frame.n],
    }


def _two_lines(frame: pd.DataFrame, worded: dict[str, list[str]], unit: Unit, outcome: str, wording: Wording) -> Spec:
    """Return the participants' line with the interval of the difference around it, and the line of those compared.

    Where customers are counted as long as they are kept, it is printed below how many are at risk, a line for each of the two.
    """
    low, high = frame.comparison + frame.low, frame.comparison + frame.high
    axis = scale(present(frame.participants, frame.comparison, low, high), unit)
    data = rows({"since": frame.since, "participants": frame.participants, "comparison": frame.comparison, "low": low, "high": high, **worded})  # fmt: skip
    lines = _long(frame, wording)
    x = alt.X(
        "since:Q", scale=alt.Scale(domain=_span(frame), nice=False, zero=False), axis=_months_axis(frame, wording)
    )
    base = on(data).encode(x=x)
    names = [wording.text("effect_those_joined"), wording.text("effect_those_compared")]
    colour = alt.Color("who:N", scale=alt.Scale(domain=names, range=[BLUE, ORANGE]), legend=alt.Legend())
    counted = outcome == _KEPT and bool(frame.n.notna().any())
    foot = _foot(len(names)) if counted else 0.0
    heights = alt.Scale(domain=[axis.low - foot * (axis.high - axis.low), axis.high], nice=False, zero=False)
    y = alt.Y("value:Q", scale=heights, axis=value_axis(axis, unit, wording), title=None)
    course = on(lines).encode(x=x, y=y, color=colour)
    layers = {
        **_start_month(frame, x, axis, heights, wording),
        "bands": base.mark_area(color=BLUE, opacity=0.15).encode(
            y=alt.Y("low:Q", scale=heights, title=None), y2=alt.Y2("high:Q")
        ),
        "curves": course.mark_line(strokeWidth=2.2),
        "marks": course.mark_point(filled=True, size=42, opacity=1),
        "hits": base.mark_rule(strokeWidth=16, opacity=0, color=GREY).encode(tooltip=tooltip(_HEADS, wording)),
        **(_at_risk(frame, names, axis, heights, x, colour, wording) if counted else {}),
    }
    return layered(layers, round(HEIGHT * (1 + foot)))


def _span(frame: pd.DataFrame) -> list[float]:
    """Return the months that are drawn; a course that begins with the start shows half of that month."""
    return [float(frame.since.min()), float(frame.since.max())]


def _start_month(
    frame: pd.DataFrame, x: alt.X, axis: Scale, heights: alt.Scale, wording: Wording
) -> dict[str, alt.Chart]:
    """Return the month of the start as a band with its name: it belongs to neither side, and no figure rests on it."""
    first, last = _span(frame)
    edges = {"since": max(-_HALF, first), "until": min(_HALF, last), "top": axis.high, "bottom": axis.low}
    y = alt.Y("bottom:Q", scale=heights, title=None)
    shaded = on([{**edges}]).mark_rect(color=GREY, opacity=0.16)
    band = shaded.encode(x=x, x2=alt.X2("until:Q"), y=y, y2=alt.Y2("top:Q"))
    named = on([{**edges, "text": wording.text("effect_start_month")}])
    label = named.mark_text(align="left", baseline="top", dx=4, dy=2, fontSize=11, color=MUTED)
    return {"start": band, "label_start": label.encode(x=x, y=alt.YValue(0), text=alt.Text("text:N"))}


def _foot(lines: int) -> float:
    """Return the height of so many lines of numbers as a share of the chart's."""
    return (_HEAD + _LINE * lines) / HEIGHT


def _at_risk(  # noqa: PLR0913, PLR0917 - what is printed, and each scale on which it is placed
    frame: pd.DataFrame, names: list[str], axis: Scale, heights: alt.Scale, x: alt.X, colour: alt.Color, wording: Wording
) -> dict[str, alt.Chart]:  # fmt: skip
    """Return how many of each are still observed, under the ticks of the months."""
    listed, pixel = frame[frame.since % _QUARTER == 0], (axis.high - axis.low) / HEIGHT
    printed = pd.concat([
        pd.DataFrame({
            "since": listed.since, "at": axis.low - (_HEAD + _LINE * (line + 0.5)) * pixel, "who": who,
            "n": [wording.value(Unit.COUNT, n) for n in listed[column]],
        })
        for line, (who, column) in enumerate(zip(names, ("n", "n_comparison"), strict=True))
    ])  # fmt: skip
    y = alt.Y("at:Q", scale=heights)
    numbers = on(rows({name: printed[name] for name in ("since", "at", "who", "n")})).mark_text(fontSize=11)
    head = on([{"at": axis.low - _HEAD * 0.62 * pixel, "text": wording.text("lifetime_at_risk")}])
    said = head.mark_text(align="left", fontSize=11, color=MUTED).encode(x=alt.XValue(0), y=y, text=alt.Text("text:N"))
    return {"label_count": said, "numbers": numbers.encode(x=x, y=y, color=colour, text=alt.Text("n:N"))}


def _long(frame: pd.DataFrame, wording: Wording) -> Rows:
    each = [
        pd.DataFrame({"since": frame.since, "value": frame[name], "who": wording.text(key)})
        for name, key in (("participants", "effect_those_joined"), ("comparison", "effect_those_compared"))
    ]
    whole = pd.concat(each, ignore_index=True)
    return rows({name: whole[name] for name in ("since", "value", "who")})


def _months_axis(frame: pd.DataFrame, wording: Wording) -> alt.Axis:
    ticks = [int(since) for since in frame.since if int(since) % _QUARTER == 0]
    return alt.Axis(title=wording.text("effect_axis"), values=ticks, format="d")


def _dots(frame: pd.DataFrame, row: Mapping[str, Any], wording: Wording) -> Figure:
    outcome = str(row["outcome"])
    mine = _mine(frame, row, outcome)
    mine = mine[mine.kind.isin([*_ALIKE])].reset_index(drop=True)
    name, title = "effect-readings", _title("readings", row, outcome, wording)
    drawn, unit = known(mine, "value"), _axis_unit(outcome, is_change=True)
    if not len(drawn):
        return empty(name, title, wording, mine, wording.join(effect_words.reasons(row, wording)))
    labels = [effect_words.named("effect_reading", one, wording) for one in drawn.reading]
    values = [effect_words.difference(unit, one, wording) for one in records(drawn)]
    table = {wording.text("effect_reading"): labels, wording.text("effect_difference"): values}
    told = FigureText(name, title, _read(drawn, unit, wording), table, mine)
    axis = scale([*present(drawn.value, drawn.low, drawn.high), 0.0], unit)
    data = rows({"row": labels, "text": values, "value": drawn.value, "low": drawn.low, "high": drawn.high, "kind": drawn.kind})  # fmt: skip
    return figure(told, _forest(data, labels, axis, unit, wording), wording)


def _read(drawn: pd.DataFrame, unit: Unit, wording: Wording) -> str:
    """Return how far the comparisons lie apart, and what a plain before and after would have claimed."""
    rested, raw = drawn[drawn.kind == "estimate"].value, drawn[drawn.kind == "raw"].value
    between = [wording.change(unit, one) for one in (rested.min(), rested.max())]
    said = [] if MISSING in between else [wording.text("effect_readings_text", low=between[0], high=between[1])]
    said += [wording.text("effect_raw_text", value=wording.change(unit, one)) for one in raw]
    return wording.sentences(*said)


def _forest(data: Rows, order: list[str], axis: Scale, unit: Unit, wording: Wording) -> Spec:
    """Return the dots with their names above them, so that a phone's whole width is left to the intervals."""
    at, title = domain(axis), wording.text("effect_difference")
    # two thirds of a row are left above each dot for its label, hence the uneven padding
    y = alt.Y("row:N", sort=order, axis=None, scale=alt.Scale(domain=order, padding=0.5, align=0.9))
    colour = alt.Color("kind:N", scale=alt.Scale(domain=[*_ALIKE], range=[*_ALIKE.values()]), legend=None)
    base = on(data).encode(y=y, color=colour, tooltip=tooltip({"row": "effect_reading", "text": "effect_difference"}, wording))  # fmt: skip
    named = on(data).encode(y=y)
    x_axis = value_axis(axis, unit, wording, grid=True, title=title)
    layers = {
        "target": on([{"at": 0}]).mark_rule(color=INK).encode(x=alt.X("at:Q", scale=at, title=title)),
        "bands": base.mark_rule(strokeWidth=6, opacity=0.3, strokeCap="round").encode(
            x=alt.X("low:Q", scale=at, title=title), x2=alt.X2("high:Q", title="")
        ),
        "marks": base.mark_point(filled=True, size=80, opacity=1).encode(x=alt.X("value:Q", axis=x_axis, scale=at)),
        "label_row": named.mark_text(align="left", dy=_ABOVE).encode(x=alt.XValue(0), text=alt.Text("row:N")),
        "label_value": named.mark_text(align="right", dy=_ABOVE).encode(x=alt.XValue("width"), text=alt.Text("text:N")),
    }
    return layered(layers, _ROW * len(order))
