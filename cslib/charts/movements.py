"""How recurring revenue moved: from opening to closing in one month, and month by month."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from cslib.charts.encodings import domain, layered, month_axis, months_between, on, rows, tooltip, value_axis
from cslib.charts.figure import HEIGHT, Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import present, scale
from cslib.charts.theme import BLUE, GREEN, GREY, INK, MINT, MUTED, ORANGE, SKY, VERMILLION
from cslib.i18n.numbers import number
from cslib.kpis.kpi import Unit
from cslib.tables.output import records

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from cslib.charts.encodings import Rows, Spec
    from cslib.charts.scale import Scale
    from cslib.i18n import Wording

COLOURS = {
    "new": GREEN,
    "reactivation": MINT,
    "expansion": BLUE,
    "upsell": BLUE,
    "cross_sell": SKY,
    "contraction": ORANGE,
    "churn": VERMILLION,
}
LOSSES = ("contraction", "churn")
_ROW = 30
_SMALL = 0.3  # movements under this share of the level are drawn on an axis that begins near it


class BridgeStep(NamedTuple):
    """A bar of the waterfall: what it is, where it begins and ends, and its amount with a sign."""

    label: str
    start: float
    end: float
    amount: str
    colour: str
    level: bool = False


def movement_bridge(frame: pd.DataFrame, wording: Wording, name: str = "bridge") -> Figure:
    """Return the waterfall of a month from `movement`, `amount`: opening, the movements, closing.

    Losses may be given with or without their minus sign; `closing` is computed where it is absent.
    """
    title = wording.text("bridge_title")
    amounts = {str(row["movement"]): number(row["amount"]) for row in records(frame)}
    opening, closing = amounts.pop("opening", None), amounts.pop("closing", None)
    deltas = {movement: _signed(movement, amount) for movement, amount in amounts.items() if amount is not None}
    if opening is None or not (opening or any(deltas.values())):
        return empty(name, title, wording, frame)
    steps = _steps(opening, deltas, closing, wording)
    table = {
        wording.text("movement"): [step.label for step in steps],
        wording.text("amount"): [step.amount for step in steps],
    }
    told = FigureText(name, title, _bridge_text(opening, deltas, wording), table, frame)
    return figure(told, _bridge(steps, wording), wording)


def movements(frame: pd.DataFrame, wording: Wording, name: str = "movements") -> Figure:
    """Return the movements of `month`, `movement`, `amount` as bars a month: gains above zero, losses below."""
    title = wording.text("movements_title")
    kept = frame[frame["movement"].isin(list(COLOURS))]
    if not any(present(kept["amount"])):
        return empty(name, title, wording, frame)
    table = _by_month(kept)
    told = FigureText(name, title, _movements_text(table.sum(axis=1), wording), _in_words(table, wording), frame)
    return figure(told, _stack(table, wording), wording)


def _signed(movement: str, amount: float) -> float:
    return -abs(amount) if movement in LOSSES else amount


def _steps(opening: float, deltas: dict[str, float], closing: float | None, wording: Wording) -> list[BridgeStep]:
    levels = list(accumulate(deltas.values(), initial=opening))
    end = levels[-1] if closing is None else closing
    between = [
        BridgeStep(
            wording.text(f"movement_{movement}"),
            before,
            after,
            wording.change(Unit.AMOUNT, delta),
            COLOURS.get(movement, GREY),
        )
        for (movement, delta), (before, after) in zip(deltas.items(), pairwise(levels), strict=True)
    ]
    return [_level("opening", opening, GREY, wording), *between, _level("closing", end, MUTED, wording)]


def _level(key: str, amount: float, colour: str, wording: Wording) -> BridgeStep:
    shown = wording.value(Unit.AMOUNT, amount)
    return BridgeStep(wording.text(f"movement_{key}"), 0, amount, shown, colour, level=True)


def _bridge(steps: list[BridgeStep], wording: Wording) -> Spec:
    """Return the waterfall; where movements are small compared with the level, the axis begins near it.

    Opening and closing are then marked by where they end, not by a bar whose length would mislead.
    """
    levels = [step.end for step in steps]
    whole = max(levels) - min(levels) > _SMALL * max(map(abs, levels))
    below = min(levels) - 0.2 * (max(levels) - min(levels))
    axis = scale([*levels, below], Unit.AMOUNT, zero=whole)
    order = [step.label for step in steps]
    y_axis = alt.Axis(title=None, labelColor=INK, labelLimit=160)
    y = alt.Y("label:N", sort=order, axis=y_axis, scale=alt.Scale(domain=order, paddingInner=0.35))
    base = on(_bridge_rows(steps, axis)).encode(y=y)
    return layered(_bridge_layers(base, axis, wording, whole=whole), _ROW * len(steps))


def _bridge_rows(steps: list[BridgeStep], axis: Scale) -> Rows:
    return rows(
        {
            "label": [step.label for step in steps],
            "start": [max(step.start, axis.low) if step.level else step.start for step in steps],
            "end": [step.end for step in steps],
            "edge": [max(step.start, step.end) for step in steps],
            "amount": [step.amount for step in steps],
            "colour": [step.colour for step in steps],
            "level": [step.level for step in steps],
        }
    )


def _bridge_layers(base: alt.Chart, axis: Scale, wording: Wording, *, whole: bool) -> dict[str, alt.Chart]:
    def x(column: str) -> alt.X:
        return alt.X(f"{column}:Q", scale=domain(axis), title=None)

    start = x("start").axis(value_axis(axis, Unit.AMOUNT, wording, grid=True))
    colour = alt.Color("colour:N", scale=None)
    shown = tooltip({"label": "movement", "amount": "amount"}, wording)
    faint = alt.OpacityValue(1, condition={"test": "datum.level", "value": 1 if whole else 0.28})
    ends = base.transform_filter("datum.level").mark_tick(thickness=3, size=22)
    return {
        "bars": base.mark_bar().encode(x=start, x2=alt.X2("end:Q"), color=colour, tooltip=shown, opacity=faint),
        "ends": ends.encode(x=x("end"), color=colour),
        "label_amount": base.mark_text(align="left", dx=8).encode(x=x("edge"), text=alt.Text("amount:N")),
    }


def _bridge_text(opening: float, deltas: dict[str, float], wording: Wording) -> str:
    closing = opening + sum(deltas.values())
    gains = sum(delta for delta in deltas.values() if delta > 0)
    losses = -sum(delta for delta in deltas.values() if delta < 0)
    amounts = {"opening": opening, "closing": closing, "gains": gains, "losses": losses}
    worded = {key: wording.value(Unit.AMOUNT, amount) for key, amount in amounts.items()}
    text = wording.text("bridge_text", change=wording.change(Unit.AMOUNT, closing - opening), **worded)
    largest = max(deltas, key=lambda movement: abs(deltas[movement]), default="")
    if not largest or not deltas[largest]:
        return text
    amount = wording.change(Unit.AMOUNT, deltas[largest])
    said = wording.text("bridge_largest", movement=wording.text(f"movement_{largest}"), amount=amount)
    return wording.sentences(text, said)


def _by_month(kept: pd.DataFrame) -> pd.DataFrame:
    """Return signed amounts, a row per month and a column per movement, in the order in which they are stacked."""
    amounts = zip(kept["movement"], kept["amount"], strict=True)
    signed = kept.assign(amount=[_signed(movement, number(amount) or 0.0) for movement, amount in amounts])
    table = signed.pivot_table(index="month", columns="movement", values="amount", aggfunc="sum")
    ordered = [movement for movement in COLOURS if movement in table]
    return table.reindex(months_between(kept["month"])).fillna(0.0)[ordered]


def _stack(table: pd.DataFrame, wording: Wording) -> Spec:
    gains, losses = table.clip(lower=0).sum(axis=1), table.clip(upper=0).sum(axis=1)
    axis = scale([*gains, *losses], Unit.AMOUNT, zero=True)
    months = [str(month) for month in table.index]
    x_scale = alt.Scale(type="band", domain=months, paddingInner=0.25)
    x = alt.X("month:O", axis=month_axis(months, wording), scale=x_scale)
    y = alt.Y("amount:Q", axis=value_axis(axis, Unit.AMOUNT, wording), scale=domain(axis))
    layers = {
        "bars": _bars(table, wording).encode(x=x, y=y),
        "zero": on([{"zero": 0}]).mark_rule(color=GREY).encode(y=alt.Y("zero:Q")),
        "net": _net(table, wording).encode(x=x, y=alt.Y("net:Q")),
    }
    return layered(layers, HEIGHT)


def _bars(table: pd.DataFrame, wording: Wording) -> alt.Chart:
    order = [str(movement) for movement in table]
    names = [wording.text(f"movement_{movement}") for movement in order]
    listed = [
        {
            "month": month,
            "amount": amount,
            "movement": names[at],
            "order": at,
            "month_label": wording.month(month),
            "label": wording.change(Unit.AMOUNT, amount),
        }
        for month, amounts in zip(table.index, table.to_numpy(), strict=True)
        for at, amount in enumerate(amounts)
        if amount
    ]
    data = rows({key: [row[key] for row in listed] for key in listed[0]})
    colours = alt.Scale(domain=names, range=[COLOURS[movement] for movement in order])
    colour = alt.Color("movement:N", scale=colours, legend=alt.Legend(columns=3))
    shown = tooltip({"month_label": "month", "movement": "movement", "label": "amount"}, wording)
    bars: alt.Chart = on(data).mark_bar().encode(color=colour, order=alt.Order("order:Q"), tooltip=shown)
    return bars


def _net(table: pd.DataFrame, wording: Wording) -> alt.Chart:
    net = table.sum(axis=1)
    columns: dict[str, Iterable[object]] = {
        "month": table.index,
        "net": net,
        "month_label": [wording.month(month) for month in table.index],
        "label": [wording.change(Unit.AMOUNT, value) for value in net],
    }
    shown = tooltip({"month_label": "month", "label": "movement_net"}, wording)
    data = on(rows(columns)).encode(tooltip=shown)
    dots: alt.Chart = data.mark_point(filled=True, size=34, color=INK, stroke="white", strokeWidth=1, opacity=1)
    return dots


def _movements_text(net: pd.Series, wording: Wording) -> str:
    up, last = int((net > 0).sum()), str(net.index[-1])
    shown = {"month": wording.month(last), "net": wording.change(Unit.AMOUNT, net[last])}
    return wording.text("movements_text", months=len(net), up=up, **shown)


def _in_words(table: pd.DataFrame, wording: Wording) -> dict[str, list[str]]:
    columns = {wording.text("month"): [wording.month(month) for month in table.index]}
    for movement in table:
        shown = [wording.change(Unit.AMOUNT, value) for value in table[movement]]
        columns[wording.text(f"movement_{movement}")] = shown
    columns[wording.text("movement_net")] = [wording.change(Unit.AMOUNT, value) for value in table.sum(axis=1)]
    return columns
