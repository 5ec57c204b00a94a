"""Which early figures go before what a contract does: each with its interval, beside the toss of a coin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cslib.charts.encodings import domain, known, layered, on, rows, tooltip, value_axis
from cslib.charts.figure import Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import present, scale
from cslib.charts.theme import BLUE, GREY, MUTED, VERMILLION
from cslib.i18n.messages import TEXTS
from cslib.i18n.numbers import MISSING, number
from cslib.kpis.kpi import Unit

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import pandas as pd

    from cslib.charts.encodings import Rows, Spec
    from cslib.i18n import Wording

_ROW, _ABOVE = 36, -15
_COIN = 0.5
_ORDER = ("leads", "other_way", "does_not_lead", "cannot_tell")
_COLOURS = {"leads": BLUE, "other_way": VERMILLION, "does_not_lead": GREY, "cannot_tell": GREY}
_NAMED = 5  # of those that lead, in the sentence


def signals(frame: pd.DataFrame, wording: Wording, outcome: str, horizon: int) -> Figure:
    """Return a dot with its interval per indicator of the rows of one outcome, as `cslib analyse signals` gives them.

    What leads comes first, the clearest before; what has no figure stands in the table alone, with the reason.
    """
    name, title = f"signals-{outcome}-{horizon}", wording.text(f"signals_{outcome}", horizon=horizon)
    ordered = frame.assign(
        place=frame.verdict.map(_ORDER.index), far=-(frame.auc - _COIN).abs(), label=_names(frame, wording)
    ).sort_values(["place", "far"], kind="stable")
    drawn = known(ordered, "auc")
    if not len(drawn):
        why = wording.join(list(dict.fromkeys(map(wording.reason, frame.reason))))
        return empty(name, title, wording, frame, why)
    told_as = FigureText(name, title, _text(ordered, drawn, wording), _table(ordered, wording), frame)
    return figure(told_as, _dots(_rows(drawn, wording), drawn, wording), wording)


def _names(frame: pd.DataFrame, wording: Wording) -> list[str]:
    """Return the indicators in words; a column of the customers by the name that it has."""
    keys = [f"indicator_{name}" for name in frame.indicator]
    return [
        wording.text(key) if key in TEXTS else name.removeprefix("customers.")
        for key, name in zip(keys, frame.indicator, strict=True)
    ]


def _text(ordered: pd.DataFrame, drawn: pd.DataFrame, wording: Wording) -> str:
    counts = ordered.verdict.value_counts()
    leads, untold = int(counts.get("leads", 0)), int(counts.get("cannot_tell", 0))
    tried = {"tried": len(ordered), "leads": leads, "open": untold, "rest": len(ordered) - leads - untold}
    named = ordered[ordered.verdict == "leads"].label.head(_NAMED).to_list()
    first = wording.text("signals_first", names=wording.join(named)) if named else ""
    basis = wording.text("signals_basis", customers=int(drawn.customers.max()), events=int(drawn.events.max()))
    return wording.sentences(wording.text("signals_text", **tried), first, basis)


def _table(ordered: pd.DataFrame, wording: Wording) -> dict[str, list[str]]:
    records = ordered.to_dict("records")
    return {
        wording.text("indicator"): [*ordered.label],
        wording.text("verdict"): [wording.text(f"verdict_{one}") for one in ordered.verdict],
        wording.text("pairs_right"): [
            _with_interval(Unit.SHARE, wording, *one)
            for one in zip(ordered.auc, ordered.low, ordered.high, strict=True)
        ],
        wording.text("times_as_often"): [
            _with_interval(Unit.TIMES, wording, *one)
            for one in zip(ordered.risk_ratio, ordered.rr_low, ordered.rr_high, strict=True)
        ],
        wording.text("lead_months"): [wording.value(Unit.MONTHS, row["lead_months"]) for row in records],
        wording.text("with_outcome"): [wording.value(Unit.COUNT, row["events"]) for row in records],
        wording.text("what_is_missing"): [_missing(row, wording) for row in records],
    }


def _with_interval(unit: Unit, wording: Wording, value: float, low: float, high: float) -> str:
    shown = wording.value(unit, value)
    return MISSING if shown == MISSING else f"{shown} ({wording.interval(unit, low, high)})"


def _missing(row: Mapping[Hashable, Any], wording: Wording) -> str:
    needed = number(row["needed"])
    more = wording.text("events_needed", count=int(needed)) if row["verdict"] == "cannot_tell" and needed else ""
    return wording.text("list_comma").join(part for part in (wording.reason(row["reason"]), more) if part)


def _rows(drawn: pd.DataFrame, wording: Wording) -> Rows:
    intervals = zip(drawn.low, drawn.high, strict=True)
    return rows({
        "row": drawn.label, "value": drawn.auc, "low": drawn.low, "high": drawn.high, "verdict": drawn.verdict,
        "label": [wording.text(f"verdict_{one}") for one in drawn.verdict],
        "text": [wording.value(Unit.SHARE, value) for value in drawn.auc],
        "interval": [wording.interval(Unit.SHARE, low, high) for low, high in intervals],
    })  # fmt: skip


def _dots(data: Rows, drawn: pd.DataFrame, wording: Wording) -> Spec:
    """Return the dots with their names above them, so that a phone's whole width is left to the intervals."""
    order = [*drawn.label]
    axis = scale([*present(drawn.auc, drawn.low, drawn.high), _COIN], Unit.SHARE)
    at = domain(axis)
    title = wording.text("pairs_axis")
    # two thirds of a row are left above each dot for its label, hence the uneven padding
    y = alt.Y("row:N", sort=order, axis=None, scale=alt.Scale(domain=order, padding=0.5, align=0.9))
    base = on(data).encode(
        y=y,
        color=alt.Color("verdict:N", scale=alt.Scale(domain=[*_COLOURS], range=[*_COLOURS.values()]), legend=None),
        tooltip=tooltip(
            {"row": "indicator", "text": "pairs_right", "interval": "interval", "label": "verdict"}, wording
        ),
    )
    named = on(data).encode(y=y, x=alt.XValue(0), text=alt.Text("row:N"))
    judged = on(data).encode(y=y, x=alt.XValue("width"), text=alt.Text("label:N"))
    x_axis = value_axis(axis, Unit.SHARE, wording, grid=True, title=title)
    layers = {
        "coin": on([{"at": _COIN}])
        .mark_rule(color=MUTED, strokeDash=[3, 3])
        .encode(x=alt.X("at:Q", scale=at, title=title)),
        "bands": base.mark_rule(strokeWidth=6, opacity=0.3, strokeCap="round").encode(
            x=alt.X("low:Q", scale=at, title=title), x2=alt.X2("high:Q", title="")
        ),
        "verdicts": base.mark_point(filled=True, size=80, opacity=1).encode(x=alt.X("value:Q", axis=x_axis, scale=at)),
        "label_row": named.mark_text(align="left", dy=_ABOVE),
        "label_value": judged.mark_text(align="right", dy=_ABOVE),
    }
    return layered(layers, _ROW * len(order))
