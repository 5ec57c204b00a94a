"""Figures that were measured before of the same data and by the same definitions: what is missing is measured, and nothing else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cslib.code_version import code_digest, is_as_first_seen
from cslib.kpis.definition import definition
from cslib.kpis.measure import measure
from cslib.query_texts import Untold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from cslib.computed import ComputedParts
    from cslib.facts import Facts
    from cslib.kpis.catalogue import Catalogue
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month

_HOLDS = b"holds"  # in the metadata of a part: its segments, and its KPIs with their definitions
_PACKAGES = ("cslib.kpis", "cslib.facts", "cslib.model", "cslib.periods", "cslib.privacy", "cslib.stats")


@dataclass(frozen=True)
class Question:
    """What is measured: these KPIs of a catalogue in these segments and months, as of the last of them, by further columns.

    `together` says that the figures of a KPI hang on which others there are, and on all of the segments: where small ones
    are hidden, and where groups are those that any KPI has.
    """

    catalogue: Catalogue
    kpis: tuple[Kpi, ...]
    segments: tuple[str, ...]
    months: tuple[Month, ...]
    by: tuple[str, ...] = ()
    together: bool = False

    @cached_property
    def definitions(self) -> dict[str, str]:
        """The hash of the definition of each KPI; of a team's own, with the file that it stands in."""
        return {kpi.id: definition(kpi) + (self.catalogue.digest if kpi.own else "") for kpi in self.kpis}

    @property
    def hangs_on(self) -> tuple[object, ...]:
        """What the figures hang on besides the snapshot, the KPIs' definitions aside where each is measured for itself."""
        # how KPIs are measured, and not which ones there are
        code = code_digest("cslib.kpis.measure", without="cslib.kpis.catalogue")
        all_of_them = (self.definitions, self.segments) if self.together else ()
        return "figures", code, str(self.months[0]), str(self.months[-1]), self.by, all_of_them


def measured_once(
    parts: ComputedParts, question: Question, facts_of: Callable[[tuple[str, ...]], Facts]
) -> pd.DataFrame:
    """Return what `measure` does of a question; `facts_of` gives the facts of the segments of which anything is to be measured."""
    try:
        question.definitions  # noqa: B018 - where one cannot be told, none is stored
    except Untold:
        return _measure(question, facts_of, question.segments, question.kpis)
    if not is_as_first_seen(*_PACKAGES):
        return _measure(question, facts_of, question.segments, question.kpis)
    wanted = {(segment, kpi.id) for segment in question.segments for kpi in question.kpis}
    found = []
    for file in parts.find(*question.hangs_on):
        cells = wanted & _cells(file, question.definitions)
        if cells:
            found.append(_rows_of(_read(file), cells))
            wanted -= cells
    for segments, kpis in _to_measure(question, wanted):
        frame = _measure(question, facts_of, segments, kpis)
        parts.put(partial(_write, frame, _holds(segments, kpis, question.definitions)), *question.hangs_on)
        found.append(frame)
    if not found[1:]:
        return found[0].reset_index(drop=True)
    return pd.concat(found).sort_values(["segment", "month", *question.by, "kpi"], ignore_index=True)


def _measure(
    question: Question, facts_of: Callable[[tuple[str, ...]], Facts], segments: tuple[str, ...], kpis: Sequence[Kpi]
) -> pd.DataFrame:
    return measure(facts_of(segments), kpis, question.months, question.by)


def _to_measure(question: Question, cells: set[tuple[str, str]]) -> Iterable[tuple[tuple[str, ...], list[Kpi]]]:
    """Return the KPIs to measure by the segments in which each of them is missing."""
    asked: dict[tuple[str, ...], list[Kpi]] = {}
    for kpi in question.kpis:
        missing = tuple(segment for segment in question.segments if (segment, kpi.id) in cells)
        if missing:
            asked.setdefault(missing, []).append(kpi)
    return asked.items()


def _holds(segments: Sequence[str], kpis: Sequence[Kpi], definitions: dict[str, str]) -> bytes:
    said = {"segments": segments, "kpis": {kpi.id: definitions[kpi.id] for kpi in kpis}}
    return json.dumps(said).encode()


def _cells(file: Path, definitions: dict[str, str]) -> set[tuple[str, str]]:
    """Return the segments and KPIs of a part, those aside that were defined otherwise."""
    said = json.loads(pq.read_schema(file).metadata[_HOLDS])
    kpis = [name for name, defined in said["kpis"].items() if definitions.get(name) == defined]
    return {(segment, kpi) for segment in said["segments"] for kpi in kpis}


def _rows_of(frame: pd.DataFrame, cells: set[tuple[str, str]]) -> pd.DataFrame:
    return frame[[cell in cells for cell in zip(frame.segment, frame.kpi, strict=True)]]


def _read(file: Path) -> pd.DataFrame:
    return pq.read_table(file, partitioning=None).to_pandas()


def _write(frame: pd.DataFrame, holds: bytes, file: Path) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), _HOLDS: holds}), file)
