"""CSMs as a picture: each beside the limits within which chance takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.charts.encodings import domain, layered, on, rows, tooltip, value_axis
from cslib.charts.figure import HEIGHT, Figure, FigureText, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import present, scale
from cslib.charts.theme import BLUE, GREY, MUTED, ORANGE
from cslib.kpis.kpi import Unit
from cslib.tables import csm_words
from cslib.tables.output import csv_text, records

if TYPE_CHECKING:
    import pandas as pd

    from cslib.charts.encodings import Spec
    from cslib.i18n import Wording

_HEADS = {
    "name": "customer_csm", "n": "csm_customers", "figure": "csm_adjusted", "limits": "csm_limits", "outer": "csm_outer",
}  # fmt: skip
_INSIDE, _BEYOND = "inside", "beyond"


def csm_funnel(frame: pd.DataFrame, outcome: str, wording: Wording) -> Figure:
    """Return a dot per CSM by how many customers it served, within the limits of chance; for outsiders the sentence alone."""
    outcome = outcome or csm_words.first_told(frame)
    title = wording.text("csm_title", outcome=csm_words.outcome_name(outcome, wording))
    text, each = csm_words.sentence(frame, outcome, wording), frame[(frame.outcome == outcome) & (frame.csm != "")]
    if each.empty:
        return Figure("csm-funnel", title, text, csv=csv_text(frame))
    unit, listed = csm_words.unit_of(outcome), records(each)
    worded = {
        "name": [csm_words.csm_name(row) for row in listed],
        "n": [wording.value(Unit.COUNT, row["customers"]) for row in listed],
        "figure": [wording.value(unit, row["adjusted"]) for row in listed],
        "limits": [wording.interval(unit, row["limit_low"], row["limit_high"]) for row in listed],
        "outer": [wording.interval(unit, row["outer_low"], row["outer_high"]) for row in listed],
    }
    told = FigureText(
        "csm-funnel", title, text, {wording.text(_HEADS[key]): column for key, column in worded.items()}, frame
    )
    overall = float(frame[(frame.outcome == outcome) & (frame.csm == "")].observed.iloc[0])
    return figure(told, _funnel(each, overall, worded, unit, wording), wording)


def _funnel(each: pd.DataFrame, overall: float, worded: dict[str, list[str]], unit: Unit, wording: Wording) -> Spec:
    """Return the dots over their limits, 95 % wide and 99.8 % thin, and a line at what is so of all."""
    limits = {name: each[name] for name in ("adjusted", "limit_low", "limit_high", "outer_low", "outer_high")}
    axis = scale([*present(*limits.values()), overall], unit)
    sizes = scale([*present(each.customers), 0.0], Unit.COUNT)
    data = rows({
        "customers": each.customers, **limits, **worded, "kind": [_BEYOND if one else _INSIDE for one in each.marked],
    })  # fmt: skip
    at = domain(axis)
    x_axis = value_axis(sizes, Unit.COUNT, wording, title=wording.text("csm_customers"))
    x = alt.X("customers:Q", scale=domain(sizes), axis=x_axis)
    base = on(data).encode(x=x, tooltip=tooltip(_HEADS, wording))
    colour = alt.Color("kind:N", scale=alt.Scale(domain=[_INSIDE, _BEYOND], range=[BLUE, ORANGE]), legend=None)
    y = alt.Y("adjusted:Q", scale=at, axis=value_axis(axis, unit, wording), title=None)
    layers = {
        "overall": on([{"at": overall}])
        .mark_rule(color=MUTED, strokeDash=[3, 3])
        .encode(y=alt.Y("at:Q", scale=at, title=None)),
        "whiskers": base.mark_rule(color=GREY, strokeWidth=1.5, opacity=0.6).encode(
            y=alt.Y("outer_low:Q", scale=at, title=None), y2=alt.Y2("outer_high:Q")
        ),
        "bands": base.mark_rule(color=GREY, strokeWidth=7, opacity=0.3, strokeCap="round").encode(
            y=alt.Y("limit_low:Q", scale=at, title=None), y2=alt.Y2("limit_high:Q")
        ),
        "marks": base.mark_point(filled=True, size=80, opacity=1).encode(y=y, color=colour),
    }
    return layered(layers, HEIGHT)
