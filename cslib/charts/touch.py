"""What each touch model takes against what its customers pay: two dots a model, joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.analysis.service.touch import ALL, NONE, SHOWN
from cslib.charts.encodings import domain, layered, on, rows, tooltip, value_axis
from cslib.charts.figure import Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import present, scale
from cslib.charts.theme import BLUE, GREY, ORANGE
from cslib.kpis.kpi import Unit
from cslib.tables.output import csv_text

if TYPE_CHECKING:
    import pandas as pd

    from cslib.charts.encodings import Rows, Spec
    from cslib.i18n import Wording

_ROW, _ABOVE, _NAME = 46, -14, "touch-shares"
_SHARES = {"mrr_share": BLUE, "hours_share": ORANGE}


def touch_shares(frame: pd.DataFrame, wording: Wording) -> Figure:
    """Return the share of hours and the share of MRR of each touch model, as `cslib analyse touch` gives them."""
    title = wording.text("touch_shares_title")
    told = frame[frame.measure.isin([*_SHARES]) & (frame.touch_model != ALL)]
    wide = told.pivot_table(index="touch_model", columns="measure", values="value", aggfunc="first")
    if set(_SHARES) - set(wide.columns):
        untold = frame[frame.measure.isin([*_SHARES, "wrong", "customers"]) & (frame.reason != "")]
        return empty(_NAME, title, wording, frame, wording.reason(untold.reason.iloc[0]) if len(untold) else "")
    wide = wide.reindex([model for model in (*SHOWN, NONE) if model in wide.index]).dropna()
    names = [wording.text(f"model_{model}") for model in wide.index]
    if len(names) == 1:
        return Figure(_NAME, title, wording.text("touch_shares_one", model=names[0]), csv=csv_text(frame))
    worded = {name: [wording.value(Unit.SHARE, value) for value in wide[name]] for name in _SHARES}
    text = wording.sentences(*(
        wording.text("touch_shares_text", model=model, mrr=mrr, hours=hours)
        for model, mrr, hours in zip(names, worded["mrr_share"], worded["hours_share"], strict=True)
    ))  # fmt: skip
    table = {
        wording.text("per_touch_model"): names,
        **{wording.text(f"touch_{name}"): shown for name, shown in worded.items()},
    }
    listed = rows(
        {
            "row": names,
            **{name: wide[name] for name in _SHARES},
            **{f"{name}_shown": shown for name, shown in worded.items()},
        }
    )
    return figure(FigureText(_NAME, title, text, table, told), _dumbbells(listed, wide, names, wording), wording)


def _dumbbells(data: Rows, wide: pd.DataFrame, names: list[str], wording: Wording) -> Spec:
    axis = scale(present(*(wide[name] for name in _SHARES)), Unit.SHARE, zero=True)
    at = domain(axis)
    y = alt.Y("row:N", sort=names, axis=None, scale=alt.Scale(domain=names, padding=0.5, align=0.9))
    base = on(data).encode(
        y=y,
        tooltip=tooltip({"row": "per_touch_model", **{f"{name}_shown": f"touch_{name}" for name in _SHARES}}, wording),
    )
    x_axis = value_axis(axis, Unit.SHARE, wording, grid=True)
    labels = {wording.text(f"touch_{name}"): colour for name, colour in _SHARES.items()}
    colours = alt.Scale(domain=[*labels], range=[*labels.values()])
    layers = {
        "bands": base.mark_rule(color=GREY, strokeWidth=3, opacity=0.5).encode(
            x=alt.X("mrr_share:Q", scale=at, title=None), x2=alt.X2("hours_share:Q", title="")
        )
    }
    for name, label in zip(_SHARES, labels, strict=True):
        layers[f"dots_{name}"] = base.mark_point(filled=True, size=110, opacity=1).encode(
            x=alt.X(f"{name}:Q", axis=x_axis, scale=at), color=alt.datum(label, scale=colours, type="nominal")
        )
    named = on(data).encode(y=y, x=alt.XValue(0), text=alt.Text("row:N"))
    return layered(
        {**layers, "label_row": named.mark_text(align="left", dy=_ABOVE, fontWeight="bold")}, _ROW * len(names)
    )
