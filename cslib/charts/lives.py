"""What becomes of customers in time: cohorts as a heat map, and the curve of what is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt

from cslib.charts.figure import HEIGHT, Figure, Shown, empty, figure, on, plain, rows
from cslib.charts.scale import scale, tick_labels
from cslib.charts.theme import BLUE, BLUES, GREY, MUTED
from cslib.kpis.kpi import Unit
from cslib.wording.numbers import number

if TYPE_CHECKING:
    import pandas as pd

    from cslib.wording import Wording

_CELL = 22
_NUMBERED = 13  # columns in which figures fit, on a phone too


def cohorts(frame: pd.DataFrame, wording: Wording, name: str = "cohorts") -> Figure:
    """Return the heat map of `cohort` (YYYY-MM), `age` (months), `retention` (a share), `n`."""
    title = wording.text("cohorts_title")
    known = frame[[number(value) is not None for value in frame["retention"]]].sort_values(["cohort", "age"])
    if not len(known):
        return empty(name, title, wording, frame)
    started = [wording.month(cohort) for cohort in known["cohort"]]
    worded = [wording.value(Unit.SHARE, value) for value in known["retention"]]
    ages = [str(int(age)) for age in known["age"]]
    counts = [wording.value("count", n) for n in known["n"]]
    data = rows({"cohort": started, "age": ages, "retention": known["retention"], "label": worded, "n": counts, "short": [f"{value * 100:.0f}" for value in known["retention"]]})
    shown = Shown({wording.text("cohort"): started, wording.text("age"): ages, wording.text("retention"): worded, wording.text("n"): counts}, frame)
    chart = _heat(data, list(dict.fromkeys(started)), sorted(set(map(int, ages))), float(known["retention"].min()), wording)
    return figure(name, title, _cohorts_text(known, wording), chart, shown, wording)


def _heat(data: list[dict[str, object]], cohort_names: list[str], ages: list[int], least: float, wording: Wording) -> alt.LayerChart:
    low = min(0.8, int(least * 10) / 10)
    every = 1 if len(ages) <= _NUMBERED else 3
    columns = [str(age) for age in ages]
    x = alt.X("age:O", sort=columns, axis=alt.Axis(title=wording.text("age"), orient="top", labelAngle=0, values=columns[::every]), scale=alt.Scale(domain=columns, paddingInner=0.04))
    y = alt.Y("cohort:N", sort=cohort_names, axis=alt.Axis(title=None), scale=alt.Scale(domain=cohort_names, paddingInner=0.06))
    colour = alt.Color("retention:Q", scale=alt.Scale(domain=[low, 1], range=BLUES, clamp=True, interpolate="lab"), legend=None)
    tooltip = [alt.Tooltip(f"{field}:N", title=wording.text(key)) for field, key in (("cohort", "cohort"), ("age", "age"), ("label", "retention"), ("n", "n"))]
    base = on(data).encode(x=x, y=y)
    layers = [base.mark_rect(cornerRadius=2).encode(color=colour, tooltip=tooltip).properties(name="cells")]
    if len(ages) <= _NUMBERED:
        ink = alt.condition(f"datum.retention > {low + (1 - low) * 0.5}", alt.value("white"), alt.value("#0a2a44"))
        layers.append(base.mark_text(fontSize=11).encode(text="short:N", color=ink).properties(name="cell_text"))
    return alt.layer(*layers).properties(height=_CELL * len(cohort_names))


def _cohorts_text(known: pd.DataFrame, wording: Wording) -> str:
    """Return the mean retention, weighted by size, at the greatest age that at least half the cohorts reached."""
    count = known["cohort"].nunique()
    reached = known.groupby("age")["cohort"].nunique()
    age = int(max(reached[reached >= count / 2].index))
    at_age = known[known["age"] == age]
    mean = (at_age["retention"] * at_age["n"]).sum() / at_age["n"].sum() if at_age["n"].sum() else None
    return wording.text("cohorts_text", cohorts=count, age=age, value=wording.value(Unit.SHARE, mean))


def survival(frame: pd.DataFrame, wording: Wording, title: str, name: str = "survival") -> Figure:
    """Return the Kaplan-Meier curve of `days`, `open_share`, `low`, `high`, `at_risk` as steps."""
    known = frame[[number(value) is not None for value in frame["open_share"]]].sort_values("days")
    if not len(known):
        return empty(name, title, wording, frame)
    worded = {
        "days_label": [wording.value(Unit.DAYS, days) for days in known["days"]],
        "label": [wording.value(Unit.SHARE, share) for share in known["open_share"]],
        "interval": [wording.interval(Unit.SHARE, low, high) for low, high in zip(known["low"], known["high"], strict=True)],
        "n": [wording.value("count", n) for n in known["at_risk"]],
    }
    data = rows({**{column: known[column] for column in ("days", "open_share", "low", "high")}, **worded})
    median = next((float(row["days"]) for row in known.to_dict("records") if row["open_share"] <= 0.5), None)  # noqa: PLR2004
    heads = {"days_label": "days", "label": "open_share", "interval": "interval", "n": "at_risk"}
    shown = Shown({wording.text(heads[key]): values for key, values in worded.items()}, frame)
    return figure(name, title, _survival_text(known, median, wording), _curve(data, median, wording), shown, wording, right=16)


def _curve(data: list[dict[str, object]], median: float | None, wording: Wording) -> alt.LayerChart:
    shares = scale([0.0, 1.0], Unit.SHARE)
    days = scale([float(str(row["days"])) for row in data], Unit.COUNT, zero=True, count=5)
    x = alt.X("days:Q", axis=alt.Axis(title=wording.text("survival_axis"), values=days.ticks, labelExpr=tick_labels(days, Unit.COUNT, wording)), scale=alt.Scale(domain=[0, days.high], nice=False))
    y = alt.Y("open_share:Q", axis=alt.Axis(title=None, values=shares.ticks, labelExpr=tick_labels(shares, Unit.SHARE, wording)), scale=alt.Scale(domain=[0, 1], nice=False))
    keys = (("days_label", "days"), ("label", "open_share"), ("interval", "interval"), ("n", "at_risk"))
    tooltip = [alt.Tooltip(f"{field}:N", title=wording.text(key)) for field, key in keys]
    base = on(data).encode(x=x)
    layers = [
        base.mark_area(color=BLUE, opacity=0.16, interpolate="step-after").encode(y=alt.Y("low:Q"), y2="high:Q").properties(name="band"),
        base.mark_line(color=BLUE, strokeWidth=2.5, interpolate="step-after").encode(y=y).properties(name="series"),
        base.mark_rule(strokeWidth=10, opacity=0, color=GREY).encode(tooltip=tooltip).properties(name="hits"),
        *_median(median, wording),
    ]
    return alt.layer(*layers).properties(height=HEIGHT)


def _median(median: float | None, wording: Wording) -> list[alt.Chart]:
    if median is None:
        return []
    at = on([{"days": plain(median), "half": 0.5, "text": wording.text("median", value=wording.value(Unit.DAYS, median))}])
    return [
        at.mark_rule(strokeDash=[4, 3], color=MUTED).encode(x="days:Q", y="half:Q", y2=alt.datum(0)).properties(name="median"),
        at.mark_point(size=60, filled=True, color=BLUE, opacity=1).encode(x="days:Q", y="half:Q").properties(name="points"),
        at.mark_text(align="left", dx=10, dy=-10, fontWeight="bold").encode(x="days:Q", y="half:Q", text="text:N").properties(name="label_median"),
    ]


def _survival_text(known: pd.DataFrame, median: float | None, wording: Wording) -> str:
    n = wording.value("count", known["at_risk"].max())
    if median is not None:
        return wording.text("survival_text", n=n, median=wording.value(Unit.DAYS, median))
    last = known.iloc[-1]
    worded = {"share": wording.value(Unit.SHARE, last["open_share"]), "days": wording.value(Unit.DAYS, last["days"])}
    return wording.text("survival_open", n=n, **worded)
