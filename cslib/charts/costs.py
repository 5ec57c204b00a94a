"""What was kept and added beside what Customer Success cost, and by how much GRR would have to be lower for it to pay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.charts.encodings import domain, known, layered, on, rows, tooltip, value_axis
from cslib.charts.figure import Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import present, scale
from cslib.charts.theme import BLUE, GREY, INK, ORANGE, SKY
from cslib.charts.trend import Figures
from cslib.kpis.kpi import Unit
from cslib.tables import costs as told_costs
from cslib.tables.output import records

if TYPE_CHECKING:
    import pandas as pd

    from cslib.charts.encodings import Spec
    from cslib.i18n import Wording

_ROW, _ABOVE, _BAR = 52, -19, 18
_PARTS = {"kept": BLUE, "added": SKY, "cost": ORANGE}


def costs(frame: pd.DataFrame, wording: Wording) -> Figures:
    """Return the margin that was kept and added with a line at what was spent, and the break-even below GRR."""
    return Figures([_margin(frame, wording), _break_even(frame, wording)])


def _margin(frame: pd.DataFrame, wording: Wording) -> Figure:
    title, said = wording.text("costs_title"), told_costs.sentence(frame, wording)
    told = known(told_costs.groups(frame), "kept")
    if not len(told):
        return Figure("costs-margin", title, said)
    listed = records(told)
    names = [told_costs.group_name(row, wording) for row in listed]
    worded = {name: wording.values(Unit.AMOUNT, [row[name] for row in listed]) for name in _PARTS}
    table = {
        wording.text("costs_of"): names,
        **{wording.text(f"costs_{name}"): column for name, column in worded.items()},
    }
    shown = FigureText("costs-margin", title, said, table, frame)
    return figure(shown, _bars(told, names, worded, wording), wording)


def _bars(told: pd.DataFrame, names: list[str], worded: dict[str, list[str]], wording: Wording) -> Spec:
    axis = scale([*present(told.kept + told.added, told.cost), 0.0], Unit.AMOUNT, zero=True)
    at = domain(axis)
    heads = {"of": "costs_of", **{f"{name}_label": f"costs_{name}" for name in _PARTS}}
    ends = {"kept": (told.kept * 0, told.kept), "added": (told.kept, told.kept + told.added)}
    labels = {f"{name}_label": column for name, column in worded.items()}
    parts = {name: wording.text(f"costs_{name}") for name in _PARTS}
    bars = [
        row
        for name, (start, end) in ends.items()
        for row in rows({"of": names, "start": start, "end": end, "part": [parts[name]] * len(names), **labels})
    ]
    spent = rows({"of": names, "cost": told.cost, "part": [parts["cost"]] * len(names), **labels})
    # room is left above each bar for its label, hence the uneven padding
    y = alt.Y("of:N", sort=names, axis=None, scale=alt.Scale(domain=names, padding=0.45, align=0.8))
    colour = alt.Color(
        "part:N", scale=alt.Scale(domain=[*parts.values()], range=[*_PARTS.values()]), legend=alt.Legend()
    )
    x_axis = value_axis(axis, Unit.AMOUNT, wording, grid=True)
    base = on(bars).encode(y=y, tooltip=tooltip(heads, wording))
    named = on(spent).encode(y=y, x=alt.XValue(0), text=alt.Text("of:N"))
    layers = {
        "bars": base.mark_bar(size=_BAR).encode(
            x=alt.X("start:Q", scale=at, axis=x_axis, title=None), x2=alt.X2("end:Q"), color=colour
        ),
        "spent": on(spent)
        .mark_tick(thickness=3, size=_BAR + 8)
        .encode(y=y, x=alt.X("cost:Q", scale=at, title=None), color=colour, tooltip=tooltip(heads, wording)),
        "label_row": named.mark_text(align="left", dy=_ABOVE),
    }
    return layered(layers, _ROW * len(names))


def _break_even(frame: pd.DataFrame, wording: Wording) -> Figure:
    name, title = "costs-break-even", wording.text("costs_even_title")
    told = known(told_costs.groups(frame), "break_even")
    if not len(told):
        first = records(told_costs.groups(frame).head(1))[0]
        return empty(name, title, wording, frame, wording.reason(first["reason"]))
    listed = records(told)
    worded = {
        "of": [told_costs.group_name(row, wording) for row in listed],
        "grr_label": [wording.value(Unit.SHARE, row["grr"]) for row in listed],
        "points": [told_costs.points(row["break_even"], wording) for row in listed],
        "below": [wording.value(Unit.SHARE, row["grr"] - row["break_even"]) for row in listed],
    }
    heads = {"of": "costs_of", "grr_label": "costs_grr", "points": "costs_break_even", "below": "costs_below"}
    table = {wording.text(heads[key]): column for key, column in worded.items()}
    shown = FigureText(name, title, wording.text("costs_even_text"), table, frame)
    return figure(shown, _brackets(told, worded, heads, wording), wording)


def _brackets(told: pd.DataFrame, worded: dict[str, list[str]], heads: dict[str, str], wording: Wording) -> Spec:
    low, names = told.grr - told.break_even, worded["of"]
    axis = scale(present(told.grr, low), Unit.SHARE)
    at, title = domain(axis), wording.text("costs_grr")
    data = rows({"grr": told.grr, "low": low, **worded})
    y = alt.Y("of:N", sort=names, axis=None, scale=alt.Scale(domain=names, padding=0.5, align=0.9))
    base, named = on(data).encode(y=y, tooltip=tooltip(heads, wording)), on(data).encode(y=y)
    layers = {
        "bands": base.mark_rule(strokeWidth=6, opacity=0.4, color=GREY).encode(
            x=alt.X("low:Q", scale=at, title=title), x2=alt.X2("grr:Q", title="")
        ),
        "ends": base.mark_tick(thickness=2, size=16, color=INK).encode(x=alt.X("low:Q", scale=at, title=title)),
        "marks": base.mark_point(filled=True, size=80, opacity=1, color=BLUE).encode(
            x=alt.X("grr:Q", scale=at, axis=value_axis(axis, Unit.SHARE, wording, grid=True, title=title))
        ),
        "label_row": named.mark_text(align="left", dy=_ABOVE).encode(x=alt.XValue(0), text=alt.Text("of:N")),
        "label_value": named.mark_text(align="right", dy=_ABOVE).encode(
            x=alt.XValue("width"), text=alt.Text("points:N")
        ),
    }
    return layered(layers, _ROW * len(names))
