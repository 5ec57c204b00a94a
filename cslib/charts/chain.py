"""The scenario as a chain of gates: how many pass each, how many are past all so far, and where it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.charts.encodings import layered, on, rows, tooltip
from cslib.charts.figure import Figure, FigureText, empty, figure
from cslib.charts.lazy_altair import alt
from cslib.charts.theme import BLUE, GRID, INK, MUTED, VERMILLION
from cslib.kpis.kpi import Unit
from cslib.tables.output import csv_text, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cslib.charts.encodings import Rows, Spec
    from cslib.i18n import Wording

_STEP, _NAME = 64, "chain"
_VALUE = 122  # what a share with its count takes at most


def chain(frame: pd.DataFrame, conditions: Mapping[str, str], wording: Wording, *, small: bool = False) -> Figure:
    """Return a bar per gate of a segment's rows of the analysis `chain`; `conditions` says what each asks, by its stage.

    The dark bar are customers past all gates so far, the light one those past this gate whatever came before.
    """
    title, told = wording.text("chain_title"), frame[frame.passed.notna()]
    if told.empty or told.whole.iloc[0] == 0:
        return empty(_NAME, title, wording, frame, _untold(frame, wording))
    listed = records(frame)
    labels = [f"{wording.stage(row['gate'])} · {conditions[row['gate']]}" for row in listed]
    text = wording.sentences(
        *_sentences(records(told), wording), *_passed_over(listed, wording), _few(wording, small=small)
    )
    shown = figure(
        FigureText(_NAME, title, text, _table(listed, labels, wording), frame),
        _bars(listed, [conditions[row["gate"]] for row in listed], wording),
        wording,
    )
    return Figure(shown.name, shown.title, shown.text, html=shown.html, csv=csv_text(frame), spec=shown.spec)


def _few(wording: Wording, *, small: bool) -> str:
    return wording.text("chain_few") if small else ""


def _untold(frame: pd.DataFrame, wording: Wording) -> str:
    """Return why no gate is told: the reason of the first."""
    return wording.reason(frame.reason.iloc[0]) if len(frame) else ""


def _sentences(told: Sequence[Mapping[str, Any]], wording: Wording) -> list[str]:
    """Return how many are past every gate, and where the chain breaks."""
    last, whole = told[-1], int(told[-1]["whole"])
    through = int(last["passed_all_before"])
    said = [wording.text("chain_text", whole=whole, count=through, share=wording.value(Unit.SHARE, through / whole))]
    breaking = [row for row in told if row["breaks"]]
    for row in breaking:
        came, stopped = int(row["came"]), _stopped(row) or 0
        share = wording.value(Unit.SHARE, stopped / came)
        said.append(
            wording.text("chain_breaks", stage=wording.stage(row["gate"]), came=came, stopped=stopped, share=share)
        )
    return said if breaking or len(told) == 1 else [*said, wording.text("chain_unbroken")]


def _passed_over(listed: Sequence[Mapping[str, Any]], wording: Wording) -> list[str]:
    return [
        wording.text("chain_untold", gate=wording.stage(row["gate"]), reason=wording.reason(row["reason"]))
        for row in listed
        if pd.isna(row["passed"])
    ]


def _counted(row: Mapping[str, Any], count: str, wording: Wording) -> str:
    """Return a count of a row as a share of all with the count behind it."""
    if pd.isna(row[count]):
        return wording.value(Unit.COUNT, None)
    share = wording.value(Unit.SHARE, row[count] / row["whole"])
    return wording.text("chain_count", share=share, count=int(row[count]))


def _stopped(row: Mapping[str, Any]) -> int | None:
    """Return how many came to a gate and did not pass it; None where it is not told."""
    return None if pd.isna(row["came"]) else int(row["came"]) - int(row["passed_all_before"])


def _table(listed: Sequence[Mapping[str, Any]], labels: Sequence[str], wording: Wording) -> dict[str, list[str]]:
    interval = wording.text("interval")
    between = [("passed", "low", "high"), ("passed_all_before", "all_low", "all_high")]
    alone, so_far = ([_counted(row, count, wording) for row in listed] for count, *_ in between)
    alone_between, so_far_between = (
        [wording.interval(Unit.SHARE, row[low], row[high]) for row in listed] for _, low, high in between
    )
    stopped = [wording.value(Unit.COUNT, _stopped(row)) for row in listed]
    return {
        wording.text("gate"): [*labels],
        wording.text("chain_passed"): alone,
        f"{interval} ": alone_between,
        wording.text("chain_so_far"): so_far,
        interval: so_far_between,
        wording.text("chain_stopped"): stopped,
    }


def _bars(listed: Sequence[Mapping[str, Any]], asked: Sequence[str], wording: Wording) -> Spec:
    shares = {
        name: [row[name] / row["whole"] if pd.notna(row[name]) else None for row in listed]
        for name in ("passed", "passed_all_before")
    }
    alone = [wording.value(Unit.SHARE, share) for share in shares["passed"]]
    data = rows({
        "row": [wording.stage(row["gate"]) for row in listed], **shares, "asked": asked,
        "low": [row["all_low"] for row in listed], "high": [row["all_high"] for row in listed],
        "so_far": [_counted(row, "passed_all_before", wording) for row in listed],
        "between": [wording.interval(Unit.SHARE, row["all_low"], row["all_high"]) for row in listed],
        "alone": [wording.text("chain_alone", share=share) for share in alone],
        "here": [wording.text("chain_here") if pd.notna(row["breaks"]) and row["breaks"] else "" for row in listed],
    })  # fmt: skip
    return layered(_layers(data, wording), _STEP * (len(data) - 0.2))


def _layers(data: Rows, wording: Wording) -> dict[str, alt.Chart]:
    order = [str(row["row"]) for row in data]
    # over each bar is left a third of a row for its figures, and under it for what the gate asks
    y_scale = alt.Scale(domain=order, paddingInner=0.72, paddingOuter=0.36, align=0.5)
    base = on(data).encode(y=alt.Y("row:N", sort=order, axis=alt.Axis(title=None, labels=False), scale=y_scale))
    across = alt.Scale(domain=[0, 1], nice=False)
    shown = tooltip({"row": "gate", "so_far": "chain_so_far", "between": "interval", "alone": "chain_passed"}, wording)
    low, alone = alt.X("low:Q", axis=None, scale=across), alt.X("passed:Q", axis=None, scale=across)
    so_far = alt.X("passed_all_before:Q", axis=None, scale=across)
    return {
        "track": base.mark_bar(color=GRID, opacity=0.6).encode(x=alt.XDatum(1, type="quantitative", axis=None)),
        "band": base.mark_bar(color=BLUE, opacity=0.3).encode(x=alone),
        "reach": base.mark_bar(color=BLUE).encode(x=so_far, tooltip=shown),
        "target": base.mark_rule(color=INK, strokeWidth=1.5).encode(x=low, x2=alt.X2("high:Q")),
        **_labels(base),
    }


def _labels(base: alt.Chart) -> dict[str, alt.Chart]:
    """Return what stands over each bar (stage, the gate alone, all so far) and under it (what it asks, whether it breaks)."""
    left, right, over, under = alt.XValue(0), alt.XValue("width"), -17, 18
    bold: dict[str, Any] = {"fontWeight": "bold", "fontSize": 14}
    marks = {
        "label_row": (base.mark_text(align="left", dy=over, **bold), left, "row"),
        "label_value": (base.mark_text(align="right", dy=over, **bold), right, "so_far"),
        "label_n": (base.mark_text(align="right", dx=-_VALUE, dy=over, color=MUTED, fontSize=11), right, "alone"),
        "label_count": (base.mark_text(align="left", dy=under, color=MUTED, fontSize=11), left, "asked"),
        "label_detractor": (base.mark_text(align="right", dy=under, color=VERMILLION, fontSize=12), right, "here"),
    }
    return {name: mark.encode(x=x, text=alt.Text(f"{field}:N")) for name, (mark, x, field) in marks.items()}
