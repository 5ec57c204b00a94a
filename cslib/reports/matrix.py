"""The front page's matrix: every segment against every KPI."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cslib.tables.marks import change_mark, direction
from cslib.tables.output import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cslib.kpis.kpi import Kpi
    from cslib.wording import Wording


@dataclass(frozen=True)
class Notable:
    """A movement worth a reader's attention, said in a sentence; `judged` is better, worse or unchanged."""

    segment_name: str
    kpi_name: str
    value: str
    text: str
    href: str
    judged: str = "unchanged"

    @classmethod
    def of(cls, row: Mapping[str, Any], kpi: Kpi, segment_name: str, href: str, wording: Wording) -> Notable:
        """Return a row of value, before and change in words."""
        worded = {
            "before": wording.value(kpi.unit, row["before"]),
            "change": wording.change(kpi.unit, row["change"]),
        }
        value, text = wording.value(kpi.unit, row["value"]), wording.text("notable_text", **worded)
        return cls(segment_name, kpi.name(wording.language), value, text, href, direction(kpi, row["change"]))


@dataclass(frozen=True)
class Failure:
    """A report that could not be made, or that is older than the others."""

    segment_name: str
    title: str
    reason: str
    href: str = ""


@dataclass(frozen=True)
class Entry:
    """A cell of the matrix, ready to be shown."""

    value: str
    status: str
    word: str
    change: str
    reason: str


@dataclass(frozen=True)
class Matrix:
    """The matrix: stages with how many KPIs each spans, the KPIs' names, and a line of entries per segment."""

    stages: list[tuple[str, int]]
    kpis: list[str]
    lines: list[tuple[str, str, list[Entry]]]
    reached: int
    judged: int


def matrix(
    frame: pd.DataFrame, kpis: tuple[Kpi, ...], segments: tuple[tuple[str, str, str], ...], wording: Wording
) -> Matrix:
    """Return the matrix in the order of `segments` (id, name, href) and of `kpis`."""
    rows = {(row["segment"], row["kpi"]): row for row in records(frame)}
    stages = [(wording.stage(stage), len(list(group))) for stage, group in groupby(kpis, key=lambda kpi: kpi.stage)]
    lines = [
        (name, href, [_entry(kpi, rows.get((segment, kpi.id), {}), wording) for kpi in kpis])
        for segment, name, href in segments
    ]
    reached, missed = (int((frame["status"] == status).sum()) for status in ("on_target", "off_target"))
    return Matrix(stages, [kpi.name(wording.language) for kpi in kpis], lines, reached, reached + missed)


def _entry(kpi: Kpi, row: dict[str, Any], wording: Wording) -> Entry:
    status = str(row.get("status", "not_measurable"))
    change = (
        change_mark(kpi, row.get("change_month"), wording, bare=True) if direction(kpi, row.get("change_month")) else ""
    )
    return Entry(
        wording.value(kpi.unit, row.get("value")),
        status,
        wording.status(status),
        change,
        wording.reason(row.get("reason")),
    )
