"""How recurring revenue moved: from opening to closing in one month, and month by month."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

import altair as alt

from cslib.charts.figure import HEIGHT, Figure, Shown, empty, figure, month_axis, months_between, on, rows
from cslib.charts.scale import Scale, present, scale, text_width, tick_labels
from cslib.charts.theme import BLUE, GREEN, GREY, INK, MUTED, ORANGE, SKY, VERMILLION
from cslib.kpis.kpi import Unit
from cslib.wording.numbers import number

if TYPE_CHECKING:
    import pandas as pd

    from cslib.wording import Wording

COLOURS = {
    "new": GREEN,
    "reactivation": "#7fc8b0",
    "expansion": BLUE,
    "upsell": BLUE,
    "cross_sell": SKY,
    "contraction": ORANGE,
    "churn": VERMILLION,
}
LOSSES = ("contraction", "churn")
_ROW = 30


class Step(NamedTuple):
    """A bar of the waterfall: what it is, where it begins and ends, and its amount with a sign."""

    label: str
    start: float
    end: float
    amount: str
    colour: str


def movement_bridge(frame: pd.DataFrame, wording: Wording, name: str = "bridge") -> Figure:
    """Return the waterfall of a month from `movement`, `amount`: opening, the movements, closing.

    Losses may be given with or without their minus sign; `closing` is computed where it is absent.
    """
    title = wording.text("bridge_title")
    amounts = {str(row["movement"]): number(row["amount"]) for row in frame.to_dict("records")}
    opening = amounts.pop("opening", None)
    if opening is None:
        return empty(name, title, wording, frame)
    closing = amounts.pop("closing", None)
    deltas = {movement: _signed(movement, amount) for movement, amount in amounts.items() if amount is not None}
    steps = _steps(opening, deltas, closing, wording)
    shown = Shown(
        {wording.text("movement"): [step.label for step in steps], wording.text("amount"): [step.amount for step in steps]}, frame
    )
    right = max(text_width(step.amount) for step in steps) + 12
    return figure(name, title, _bridge_text(opening, deltas, wording), _bridge(steps, wording), shown, wording, right)


def movements(frame: pd.DataFrame, wording: Wording, name: str = "movements") -> Figure:
    """Return the movements of `month`, `movement`, `amount` as bars a month: gains above zero, losses below."""
    title = wording.text("movements_title")
    kept = frame[frame["movement"].isin(list(COLOURS))].copy()
    if not len(kept):
        return empty(name, title, wording, frame)
    kept["amount"] = [_signed(movement, number(amount) or 0.0) for movement, amount in zip(kept["movement"], kept["amount"], strict=True)]
    months = months_between(kept["month"])
    table = kept.pivot_table(index="month", columns="movement", values="amount", aggfunc="sum").reindex(months).fillna(0.0)
    table = table[[movement for movement in COLOURS if movement in table]]
    text = _movements_text(table.sum(axis=1), months, wording)
    return figure(name, title, text, _stack(table, months, wording), _movements_shown(table, months, frame, wording), wording)


def _signed(movement: str, amount: float) -> float:
    return -abs(amount) if movement in LOSSES else amount


def _steps(opening: float, deltas: dict[str, float], closing: float | None, wording: Wording) -> list[Step]:
    levels = list(accumulate(deltas.values(), initial=opening))
    end = levels[-1] if closing is None else closing
    between = [
        Step(wording.text(f"movement_{movement}"), before, after, wording.change(Unit.AMOUNT, delta), COLOURS.get(movement, GREY))
        for (movement, delta), (before, after) in zip(deltas.items(), pairwise(levels), strict=True)
    ]
    first = Step(wording.text("movement_opening"), 0, opening, wording.value(Unit.AMOUNT, opening), GREY)
    last = Step(wording.text("movement_closing"), 0, end, wording.value(Unit.AMOUNT, end), MUTED)
    return [first, *between, last]


def _bridge(steps: list[Step], wording: Wording) -> alt.LayerChart:
    """Return the waterfall; where movements are small beside the level, the axis begins near it.

    Opening and closing are then marked by where they end, not by a bar whose length would mislead.
    """
    levels = present([step.end for step in steps])
    whole = (max(levels) - min(levels)) > 0.3 * max(map(abs, levels))  # noqa: PLR2004
    axis = scale(levels, Unit.AMOUNT, zero=whole, count=4)
    data = rows(
        {
            "label": [step.label for step in steps],
            "start": [max(step.start, axis.low) if step.start == 0 else step.start for step in steps],
            "end": [step.end for step in steps],
            "amount": [step.amount for step in steps],
            "colour": [step.colour for step in steps],
            "level": [at in (0, len(steps) - 1) for at in range(len(steps))],
        }
    )
    order = [step.label for step in steps]
    y = alt.Y("label:N", sort=order, axis=alt.Axis(title=None, labelColor=INK, labelLimit=160), scale=alt.Scale(domain=order, paddingInner=0.35))
    x = alt.X("start:Q", axis=_amount_axis(axis, wording, grid=True), scale=alt.Scale(domain=[axis.low, axis.high], nice=False))
    base = on(data).encode(y=y)
    colour = alt.Color("colour:N", scale=None)
    tooltip = [alt.Tooltip("label:N", title=wording.text("movement")), alt.Tooltip("amount:N", title=wording.text("amount"))]
    layers = [
        base.mark_bar(minBandSize=2).encode(x=x, x2="end:Q", color=colour, tooltip=tooltip, opacity=alt.condition("datum.level", alt.value(1 if whole else 0.28), alt.value(1))).properties(name="bars"),
        base.transform_filter("datum.level").mark_tick(thickness=3, size=22).encode(x=alt.X("end:Q"), color=colour).properties(name="ends"),
        base.mark_text(align="left", dx=8).encode(x=alt.value("width"), text="amount:N").properties(name="label_amount"),
    ]
    return alt.layer(*layers).properties(height=_ROW * len(steps))


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
    said = wording.text(
        "bridge_largest", movement=wording.text(f"movement_{largest}"), amount=wording.change(Unit.AMOUNT, deltas[largest])
    )
    return text + ("" if wording.language == "ja" else " ") + said


def _stack(table: pd.DataFrame, months: list[str], wording: Wording) -> alt.LayerChart:
    gains, losses = table.clip(lower=0).sum(axis=1), table.clip(upper=0).sum(axis=1)
    axis = scale([*gains, *losses, 0.0], Unit.AMOUNT, zero=True)
    names = {movement: wording.text(f"movement_{movement}") for movement in table}
    long = [(month, movement, table.at[month, movement]) for month in months for movement in table if table.at[month, movement]]
    data = rows(
        {
            "month": [month for month, _, _ in long],
            "amount": [amount for _, _, amount in long],
            "movement": [names[movement] for _, movement, _ in long],
            "order": [list(table).index(movement) for _, movement, _ in long],
            "month_label": [wording.month(month) for month, _, _ in long],
            "label": [wording.change(Unit.AMOUNT, amount) for _, _, amount in long],
        }
    )
    x = alt.X("month:O", axis=month_axis(months, wording), scale=alt.Scale(type="band", domain=months, paddingInner=0.25))
    y = alt.Y("amount:Q", axis=_amount_axis(axis, wording), scale=alt.Scale(domain=[axis.low, axis.high], nice=False))
    colour = alt.Color("movement:N", scale=alt.Scale(domain=list(names.values()), range=[COLOURS[movement] for movement in names]), legend=alt.Legend(columns=0))
    tooltip = [alt.Tooltip(f"{field}:N", title=wording.text(key)) for field, key in (("month_label", "month"), ("movement", "movement"), ("label", "amount"))]
    bars = on(data).mark_bar().encode(x=x, y=y, color=colour, order="order:Q", tooltip=tooltip).properties(name="bars")
    net = rows({"month": months, "net": table.sum(axis=1), "month_label": map(wording.month, months), "label": [wording.change(Unit.AMOUNT, value) for value in table.sum(axis=1)]})
    net_tooltip = [alt.Tooltip("month_label:N", title=wording.text("month")), alt.Tooltip("label:N", title=wording.text("movement_net"))]
    dots = on(net).mark_point(filled=True, size=34, color=INK, stroke="white", strokeWidth=1, opacity=1).encode(x=x, y="net:Q", tooltip=net_tooltip).properties(name="net")
    zero = on([{"zero": 0}]).mark_rule(color=GREY).encode(y="zero:Q").properties(name="zero")
    return alt.layer(bars, zero, dots).properties(height=HEIGHT)


def _amount_axis(axis: Scale, wording: Wording, *, grid: bool | None = None) -> alt.Axis:
    extra = {} if grid is None else {"grid": grid}
    return alt.Axis(title=None, values=axis.ticks, labelExpr=tick_labels(axis, Unit.AMOUNT, wording), **extra)  # type: ignore[arg-type]


def _movements_text(net: pd.Series, months: list[str], wording: Wording) -> str:
    last = months[-1]
    return wording.text(
        "movements_text",
        months=len(months),
        up=int((net > 0).sum()),
        month=wording.month(last),
        net=wording.change(Unit.AMOUNT, net[last]),
    )


def _movements_shown(table: pd.DataFrame, months: list[str], frame: pd.DataFrame, wording: Wording) -> Shown:
    columns = {wording.text("month"): [wording.month(month) for month in months]}
    for movement in table:
        columns[wording.text(f"movement_{movement}")] = [wording.change(Unit.AMOUNT, value) for value in table[movement]]
    columns[wording.text("movement_net")] = [wording.change(Unit.AMOUNT, value) for value in table.sum(axis=1)]
    return Shown(columns, frame)
