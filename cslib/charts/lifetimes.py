"""How long customers stay: Kaplan-Meier curves of groups, with how many could be lost printed under them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cslib.analysis.lifetimes.survival import YOUNG
from cslib.charts.at_risk import foot_of, line_at, numbers_at_risk
from cslib.charts.encodings import known, layered, on, rows, tooltip, value_axis
from cslib.charts.figure import HEIGHT, Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.scale import scale
from cslib.charts.theme import BLUE, GREEN, GREY, ORANGE, SKY, VERMILLION
from cslib.i18n.direction import isolate_direction
from cslib.i18n.numbers import number
from cslib.kpis.kpi import Unit

if TYPE_CHECKING:
    import pandas as pd

    from cslib.charts.encodings import Rows, Spec
    from cslib.i18n import Wording

_COLOURS = (BLUE, ORANGE, GREEN, VERMILLION, SKY, GREY)
_BANDED = 2  # groups whose intervals can be told apart when they lie over one another
_YEAR = 12
_HALF = 0.5
_STEPS = (1, 3, 6, 12, 24)
_TICKS = 9
_HEADS = {
    "group": "group",
    "month_label": "lifetime_age",
    "label": "lifetime_share",
    "interval": "interval",
    "n": "lifetime_at_risk",
}


@dataclass(frozen=True)
class _Curves:
    """What is drawn: the rows that have a share, of the groups with the most customers, each named as readers see it."""

    data: pd.DataFrame
    names: dict[str, str]
    wording: Wording

    @property
    def step(self) -> int:
        """How many months lie between two ticks."""
        last = int(self.data["months"].max())
        return next((step for step in _STEPS if last / step < _TICKS), _STEPS[-1])

    @property
    def ticks(self) -> list[int]:
        """The ages at which numbers are printed."""
        return [*range(0, int(self.data["months"].max()) + 1, self.step)]


def lifetimes(table: pd.DataFrame, grouping: str, wording: Wording) -> Figure:
    """Return the curves of a grouping of the table that the analysis `survival` makes of a segment.

    The six groups with the most customers are drawn, a small one named as such; the CSV holds all.
    """
    frame = table[table.grouping == grouping].reset_index(drop=True)
    by = "" if grouping == "all" else wording.text(f"lifetime_by_{grouping}")
    title = wording.text("lifetime_title_by", by=by) if by else wording.text("lifetime_title")
    name = f"survival-{grouping}" if by else "survival"
    data = known(frame, "share")
    if not len(data):
        return empty(name, title, wording, frame, _why(frame, wording))
    chosen = data.groupby("group").customers.max().sort_values(ascending=False, kind="stable").index[: len(_COLOURS)]
    small = set(data.group[data.status != ""])
    names = {str(one): _named(str(one), wording, is_small=one in small) for one in sorted(chosen)}
    curves = _Curves(data[data.group.isin(chosen)].sort_values(["group", "months"]), names, wording)
    groups = data["group"].nunique()
    more = wording.text("multiples_more", shown=len(chosen), total=groups) if groups > len(chosen) else ""
    text = wording.sentences((_of_groups if by else _of_all)(curves), _since(frame, wording), more)
    return figure(FigureText(name, title, text, _table(curves), frame), _chart(curves), wording)


def _named(group: str, wording: Wording, *, is_small: bool) -> str:
    plain = isolate_direction(group)
    return wording.text("lifetime_small", group=plain) if is_small else plain


def _why(frame: pd.DataFrame, wording: Wording) -> str:
    """Return in words why nothing can be shown."""
    reason = str(frame.reason.iloc[0])
    return wording.text("lifetime_young") if reason == YOUNG else wording.reason(reason)


def _of_all(curves: _Curves) -> str:
    """Return the estimate after a year, or at the last month before it, when half are lost, and where the curve begins."""
    data, wording = curves.data, curves.wording
    at = data[data["months"] <= _YEAR].iloc[-1] if data["months"].iloc[0] <= _YEAR else data.iloc[0]
    said = {"months": wording.value(Unit.MONTHS, at["months"]), "share": wording.value(Unit.SHARE, at["share"])}
    interval = wording.interval(Unit.SHARE, at["low"], at["high"])
    is_sure = number(at["low"]) is not None
    text = (
        wording.text("lifetime_text", **said, interval=interval)
        if is_sure
        else wording.text("lifetime_text_alone", **said)
    )
    first, gone = data["months"].iloc[0], data["months"][data["share"] <= _HALF]
    begins = wording.text("lifetime_from", months=wording.value(Unit.MONTHS, first)) if first > 0 else ""
    half = wording.text("lifetime_half", months=wording.value(Unit.MONTHS, gone.iloc[0])) if len(gone) else ""
    return wording.sentences(text, half, begins)


def _of_groups(curves: _Curves) -> str:
    """Return where each group stands at the latest month up to a year that all have reached, and what the test says."""
    data, wording = curves.data, curves.wording
    within = data[data["months"] <= min(_YEAR, data.groupby("group")["months"].max().min())]
    at = int(within["months"].max()) if len(within) else 0
    listed = within[within["months"] == at]
    told = [
        wording.text("lifetime_group", group=curves.names[str(group)], share=wording.value(Unit.SHARE, share))
        for group, share in zip(listed["group"], listed["share"], strict=True)
    ]
    months = wording.value(Unit.MONTHS, at)
    groups = wording.text("lifetime_groups", months=months, groups=wording.join(told)) if told else ""
    verdict, reason = (str(data[name].iloc[0]) for name in ("verdict", "reason"))
    return wording.sentences(groups, wording.text(f"lifetime_{reason.partition(':')[0] or verdict}"))


def _since(frame: pd.DataFrame, wording: Wording) -> str:
    """Return from when on losses are on record, where that is later than the first month of the data."""
    late = str(frame.since.iloc[0])
    return wording.text("lifetime_since", month=wording.month(late)) if late else ""


def _worded(curves: _Curves, data: pd.DataFrame) -> dict[str, list[str]]:
    wording = curves.wording
    intervals = zip(data["low"], data["high"], strict=True)
    return {
        "group": [curves.names[str(group)] for group in data["group"]],
        "month_label": [wording.value(Unit.MONTHS, months) for months in data["months"]],
        "label": [wording.value(Unit.SHARE, share) for share in data["share"]],
        "interval": [wording.interval(Unit.SHARE, low, high) for low, high in intervals],
        "n": [wording.value("count", n) for n in data["at_risk"]],
    }


def _table(curves: _Curves) -> dict[str, list[str]]:
    """Return the figures at the ticks in words."""
    listed = curves.data[curves.data["months"].isin(curves.ticks)]
    heads = [key for key in _HEADS if key != "group" or len(curves.names) > 1]
    worded = _worded(curves, listed)
    return {curves.wording.text(_HEADS[key]): worded[key] for key in heads}


def _chart(curves: _Curves) -> Spec:
    data, wording, names = curves.data, curves.wording, list(curves.names.values())
    plain = {column: data[column] for column in ("months", "share", "low", "high")}
    foot = foot_of(len(names))
    shares = scale([0.0, 1.0], Unit.SHARE)
    longest = float(data["months"].max())
    axis = alt.Axis(title=wording.text("lifetime_axis"), values=curves.ticks, format="d")
    x = alt.X("months:Q", axis=axis, scale=alt.Scale(domain=[0, max(longest, 1.0)], nice=False))
    y_axis = value_axis(shares, Unit.SHARE, wording, title=wording.text("lifetime_share"))
    heights = alt.Scale(domain=[-foot, 1.0], nice=False, zero=False)
    y = alt.Y("share:Q", axis=y_axis, scale=heights)
    colours = alt.Scale(domain=names, range=list(_COLOURS[: len(names)]))
    colour = alt.Color("group:N", scale=colours, legend=alt.Legend() if len(names) > 1 else None)
    base = on(rows({**plain, **_worded(curves, data)})).encode(x=x, color=colour)
    band = base.mark_area(opacity=0.14, interpolate="step-after", clip=True)
    steps = base.mark_line(strokeWidth=2.2, interpolate="step-after")
    heads = {key: head for key, head in _HEADS.items() if key != "group" or len(names) > 1}
    hits = base.mark_point(size=90, filled=True, opacity=0)
    layers = {
        **(
            {"bands": band.encode(y=alt.Y("low:Q", scale=heights), y2=alt.Y2("high:Q"))}
            if len(names) <= _BANDED
            else {}
        ),
        "curves": steps.encode(y=y),
        "points_to": hits.encode(y=y, tooltip=tooltip(heads, wording)),
        **_numbers(curves, x, heights, colour),
    }
    return layered(layers, round(HEIGHT * (1 + foot)))


def _numbers(curves: _Curves, x: alt.X, heights: alt.Scale, colour: alt.Color) -> dict[str, alt.Chart]:
    """Return the numbers at risk under the curves, a line for each group, and what they are."""
    listed = curves.data[curves.data["months"].isin(curves.ticks)]
    place = {group: line_at(at) for at, group in enumerate(curves.names)}
    printed: Rows = rows({
        "months": listed["months"], "at": [place[str(group)] for group in listed["group"]],
        "group": [curves.names[str(group)] for group in listed["group"]],
        "n": [curves.wording.value("count", n) for n in listed["at_risk"]],
    })  # fmt: skip
    return numbers_at_risk(printed, x, heights, curves.wording.text("lifetime_at_risk"), color=colour)
