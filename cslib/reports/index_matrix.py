"""The front page's matrix: every segment against every KPI."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cslib.tables.marks import change_mark, direction
from cslib.tables.output import records

if TYPE_CHECKING:
    import pandas as pd

    from cslib.i18n import Wording
    from cslib.kpis.kpi import Kpi


@dataclass(frozen=True)
class Notable:
    """A movement worth a reader's attention, said in a sentence; `judged` is better, worse or unchanged."""

    segment_name: str
    kpi_name: str
    value: str
    text: str
    href: str
    judged: str = "unchanged"


@dataclass(frozen=True)
class Notables:
    """The movements worth a reader's attention, below what is said of how they were found."""

    text: str = ""
    tiles: tuple[Notable, ...] = ()


@dataclass(frozen=True)
class Failure:
    """A report that could not be made; `last_good` leads to the last one that could."""

    segment_name: str
    title: str
    reason: str
    href: str = ""
    last_good: str = ""


@dataclass(frozen=True)
class Entry:
    """A cell of the matrix, ready to be shown."""

    value: str
    status: str
    word: str
    change: str
    reason: str


@dataclass(frozen=True)
class Line:
    """A row of the matrix: what heads it, where that leads, the stage that begins with it, and its cells."""

    name: str
    href: str
    stage: str
    entries: list[Entry]


@dataclass(frozen=True)
class Matrix:
    """The matrix: its columns' heads (name, href), over them the stages with their spans, and its lines."""

    corner: str
    stages: list[tuple[str, int]]
    heads: list[tuple[str, str]]
    lines: list[Line]


def matrix(
    frame: pd.DataFrame, kpis: tuple[Kpi, ...], segments: tuple[tuple[str, str, str], ...], wording: Wording
) -> Matrix:
    """Return the matrix in the order of `segments` (id, name, href) and of `kpis`; its longer side runs down."""
    rows = {(row["segment"], row["kpi"]): row for row in records(frame)}
    cells = [[_entry(kpi, rows.get((id_, kpi.id), {}), wording) for kpi in kpis] for id_, _, _ in segments]
    names = [(kpi.name(wording.language), "") for kpi in kpis]
    links = [(name, href) for _, name, href in segments]
    if len(kpis) > len(segments):
        lines = [
            Line(name, href, stage, [row[at] for row in cells])
            for at, ((name, href), stage) in enumerate(zip(names, _beginnings(kpis, wording), strict=True))
        ]
        return Matrix(wording.text("kpi"), [], links, lines)
    lines = [Line(name, href, "", row) for (name, href), row in zip(links, cells, strict=True)]
    spans = [(wording.stage(stage), len(list(group))) for stage, group in groupby(kpis, key=lambda kpi: kpi.stage)]
    return Matrix(wording.text("segment"), spans, names, lines)


def _beginnings(kpis: tuple[Kpi, ...], wording: Wording) -> list[str]:
    """Return for each KPI the stage that begins with it, or nothing."""
    before = [None, *(kpi.stage for kpi in kpis)]
    return [wording.stage(kpi.stage) if kpi.stage != last else "" for kpi, last in zip(kpis, before, strict=False)]


def _entry(kpi: Kpi, row: dict[str, Any], wording: Wording) -> Entry:
    status = str(row.get("status", "not_measurable"))
    delta, clarity = row.get("change_month"), row.get("clarity_month")
    change = change_mark(kpi, delta, clarity, wording, bare=True) if direction(kpi, delta) else ""
    return Entry(
        wording.value(kpi.unit, row.get("value")),
        status,
        wording.status(status),
        change,
        wording.reason(row.get("reason")),
    )
