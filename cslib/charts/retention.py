"""What becomes of customers in time: cohorts as a heat map, and the curve of what is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.charts.at_risk import foot_of, line_at, numbers_at_risk
from cslib.charts.encodings import domain, known, layered, on, plain_rows, rows, tooltip, value_axis
from cslib.charts.figure import HEIGHT, Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import scale
from cslib.charts.theme import BLUE, GREEN, GREY, INK, MUTED
from cslib.kpis.kpi import Unit
from cslib.periods import Month

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from cslib.charts.encodings import Rows, Spec
    from cslib.i18n import Wording

_CELL = 22
_NUMBERED, _FINE = 13, 26  # columns in which figures fit, on a phone too, and on a wide screen and paper
_LABELLED = 16
_QUARTER = 3
_HALF = 0.5
_DARK_FROM = 0.7  # of the full ink, from where on figures in it are white
_FAINTEST_LOSS, _PALE = 0.2, 0.05  # the loss that at least has all the ink, and the ink of a cell that lost nothing
_NAMES = {"retention": "cohorts", "mrr_retention": "cohorts-mrr"}
_CURVE = {"days_label": "days", "label": "open_share", "interval": "interval", "n": "at_risk"}


def cohorts(frame: pd.DataFrame, wording: Wording, of: str = "retention") -> Figure:
    """Return the heat map of `cohort` (the first month, YYYY-MM), `age` (months), `n`, and the share named by `of`.

    That is `retention`, of customers, or `mrr_retention`, which may exceed 1.
    """
    name, title = _NAMES[of], wording.text(f"{_NAMES[of].replace('-', '_')}_title")
    data = known(frame, of).sort_values(["cohort", "age"])
    if not len(data):
        return empty(name, title, wording, frame)
    started = _started([str(cohort) for cohort in data["cohort"]], wording)
    ages = [str(int(age)) for age in data["age"]]
    shares = [wording.value(Unit.SHARE, value) for value in data[of]]
    counts = [wording.value("count", n) for n in data["n"]]
    keys = ("cohort", "age", of, "n")
    table = {wording.text(key): words for key, words in zip(keys, (started, ages, shares, counts), strict=True)}
    short = [f"{value * 100:.0f}" for value in data[of]]
    moved = (1 - data[of]).abs()
    values: dict[str, Iterable[object]] = {
        "retention": data[of],
        "moved": moved,
        "label": shares,
        "n": counts,
        "short": short,
    }
    text = (_cohorts_text if of == "retention" else _paid_text)(data, wording)
    told = FigureText(name, title, text, table, frame)
    return figure(told, _heat(rows({"cohort": started, "age": ages, **values}), of, wording), wording)


def survival(frame: pd.DataFrame, wording: Wording, title: str, name: str = "survival") -> Figure:
    """Return the Kaplan-Meier curve of `days`, `open_share`, `low`, `high`, `at_risk`, `ended` as steps."""
    data = known(frame, "open_share").sort_values("days")
    if not len(data):
        return empty(name, title, wording, frame)
    intervals = zip(data["low"], data["high"], strict=True)
    worded = {
        "days_label": [wording.value(Unit.DAYS, days) for days in data["days"]],
        "label": [wording.value(Unit.SHARE, share) for share in data["open_share"]],
        "interval": [wording.interval(Unit.SHARE, low, high) for low, high in intervals],
        "n": [wording.value("count", n) for n in data["at_risk"]],
    }
    drawn = rows({**{column: data[column] for column in ("days", "open_share", "low", "high", "at_risk")}, **worded})
    median = _half_done(data, "open_share")
    table = {wording.text(_CURVE[key]): words for key, words in worded.items()}
    told = FigureText(name, title, _survival_text(data, median, wording), table, frame)
    return figure(told, _curve(drawn, float(data["days"].max()), median, wording), wording)


def _half_done(data: pd.DataFrame, curve: str) -> float | None:
    """Return the day on which a curve reaches one half, or None where it never does."""
    reached = data[data[curve] <= _HALF]
    return float(reached["days"].iloc[0]) if len(reached) else None


def _started(cohorts_: list[str], wording: Wording) -> list[str]:
    """Return the cohorts in words: as quarters where every one begins three months from the next."""
    numbers = sorted({Month.parse(cohort).number for cohort in cohorts_})
    quarterly = len(numbers) > 1 and all(number % _QUARTER == 0 for number in numbers)
    return [(wording.quarter if quarterly else wording.month)(cohort) for cohort in cohorts_]


def _heat(data: Rows, of: str, wording: Wording) -> Spec:
    names = list(dict.fromkeys(str(row["cohort"]) for row in data))
    ages = sorted({str(row["age"]) for row in data}, key=int)
    shares = [float(str(row["retention"])) for row in data]
    farthest = max(_FAINTEST_LOSS, 1 - min(shares))
    numbered = len(ages) <= _NUMBERED
    x_axis = alt.Axis(
        title=wording.text("age"), orient="top", labelAngle=0, values=ages[:: 1 if len(ages) <= _LABELLED else 3]
    )
    x = alt.X("age:O", sort=ages, axis=x_axis, scale=alt.Scale(domain=ages, paddingInner=0.04))
    y_scale = alt.Scale(domain=names, paddingInner=0.06)
    base = on(data).encode(x=x, y=alt.Y("cohort:N", sort=names, axis=alt.Axis(title=None), scale=y_scale))
    shown = tooltip({"cohort": "cohort", "age": "age", "label": of, "n": "n"}, wording)
    layers = {
        name: base.transform_filter(f"datum.retention {side} 1").mark_rect(cornerRadius=2, color=colour)
        .encode(opacity=_ink(farthest, None if numbered else wording), tooltip=shown)
        for name, side, colour in (("lost", "<=", BLUE), ("gained", ">", GREEN)) if name == "lost" or max(shares) > 1
    }  # fmt: skip
    if len(ages) <= _FINE:
        layers["cell_text" if numbered else "fine_text"] = _figures_in(base, farthest)
    return layered(layers, _CELL * len(names))


def _ink(farthest: float, wording: Wording | None) -> alt.Opacity:
    """Return the ink of a cell: none where nothing was lost or gained, on white paper and on black; `wording` adds the key to it."""
    legend = None
    if wording is not None:
        ends = [0.0, farthest]
        labels = [wording.value(Unit.SHARE, 1 - end) for end in ends]
        legend = alt.Legend(
            title=None, values=ends, labelExpr=f"{labels!r}[datum.value > 0 ? 1 : 0]", symbolFillColor=BLUE
        )
    scale_ = alt.Scale(domain=[0, farthest], range=[_PALE, 1], clamp=True)
    return alt.Opacity("moved:Q", scale=scale_, legend=legend)


def _figures_in(base: alt.Chart, farthest: float) -> alt.Chart:
    ink = alt.ColorValue(INK, condition={"test": f"datum.moved > {farthest * _DARK_FROM:.4g}", "value": "white"})
    figures: alt.Chart = base.mark_text(fontSize=11).encode(text=alt.Text("short:N"), color=ink)
    return figures


def _usual_age(data: pd.DataFrame) -> int:
    """Return the greatest age that at least half the cohorts reached."""
    reached = data.groupby("age")["cohort"].nunique()
    return int(reached[reached >= data["cohort"].nunique() * _HALF].index.max())


def _cohorts_text(data: pd.DataFrame, wording: Wording) -> str:
    """Return the mean retention, weighted by size, at the greatest age that at least half the cohorts reached."""
    age = _usual_age(data)
    at_age = data[data["age"] == age]
    mean = (at_age["retention"] * at_age["n"]).sum() / at_age["n"].sum() if at_age["n"].sum() else None
    return wording.text(
        "cohorts_text", cohorts=data["cohort"].nunique(), age=age, value=wording.value(Unit.SHARE, mean)
    )


def _paid_text(data: pd.DataFrame, wording: Wording) -> str:
    """Return between which shares the MRR of the cohorts lies at that age."""
    age = _usual_age(data)
    paid = data["mrr_retention"][data["age"] == age]
    low, high = (wording.value(Unit.SHARE, share) for share in (paid.min(), paid.max()))
    return wording.text("cohorts_mrr_text", cohorts=data["cohort"].nunique(), age=age, low=low, high=high)


def _curve(data: Rows, longest: float, median: float | None, wording: Wording) -> Spec:
    shares, foot = scale([0.0, 1.0], Unit.SHARE), foot_of(1)
    days = scale([longest], Unit.COUNT, zero=True, count=5)
    x_axis = value_axis(days, Unit.COUNT, wording, title=wording.text("survival_axis"))
    y_axis = value_axis(shares, Unit.SHARE, wording, title=wording.text("open_share"))
    heights = domain(shares._replace(low=-foot))
    y = alt.Y("open_share:Q", axis=y_axis, scale=heights)
    x = alt.X("days:Q", axis=x_axis, scale=domain(days))
    base = on(data).encode(x=x)
    hits = base.mark_rule(strokeWidth=10, opacity=0, color=GREY)
    layers = {
        "band": base.mark_area(color=BLUE, opacity=0.16, interpolate="step-after").encode(
            y=alt.Y("low:Q"), y2=alt.Y2("high:Q")
        ),
        "series": base.mark_line(color=BLUE, strokeWidth=2.5, interpolate="step-after").encode(y=y),
        "hits": hits.encode(tooltip=tooltip(_CURVE, wording)),
        **({} if median is None else _median(median, wording)),
        **numbers_at_risk(_waiting(data, days.ticks, wording), x, heights, wording.text("at_risk")),
    }
    return layered(layers, HEIGHT * (1 + foot))


def _waiting(data: Rows, ticks: list[float], wording: Wording) -> Rows:
    """Return how many cases were still observed on the day of each tick."""
    observed = [
        next((float(str(row["at_risk"])) for row in data if float(str(row["days"])) >= tick), 0.0) for tick in ticks
    ]
    return rows({"days": ticks, "at": [line_at(0)] * len(ticks), "n": [wording.value("count", n) for n in observed]})


def _median(median: float, wording: Wording) -> dict[str, alt.Chart]:
    text = wording.text("median", value=wording.value(Unit.DAYS, median))
    at = on([{"days": plain_rows(median), "half": _HALF, "text": text}]).encode(x=alt.X("days:Q"), y=alt.Y("half:Q"))
    return {
        "median": at.mark_rule(strokeDash=[4, 3], color=MUTED).encode(y2=alt.Y2Datum(0)),
        "points": at.mark_point(size=60, filled=True, color=BLUE, opacity=1),
        "label_median": at.mark_text(align="left", dx=10, dy=-10, fontWeight="bold").encode(text=alt.Text("text:N")),
    }


def _survival_text(data: pd.DataFrame, median: float | None, wording: Wording) -> str:
    """Return the estimate as an estimate, and how many cases are still open, which it would be wrong to count as done."""
    n, ended = int(data["at_risk"].max()), int(data["ended"].sum())
    cases = wording.text("survival_cases", n=n, open=n - ended)
    if median is not None:
        interval = wording.interval(Unit.DAYS, _half_done(data, "low"), _half_done(data, "high"))
        shown = {"median": wording.value(Unit.DAYS, median), "interval": interval}
        return wording.sentences(wording.text("survival_text", **shown), cases)
    last = data.iloc[-1]
    worded = {
        "share": wording.value(Unit.SHARE, last["open_share"]),
        "days": wording.value(Unit.DAYS, last["days"]),
    }
    return wording.sentences(wording.text("survival_open", **worded), cases)
