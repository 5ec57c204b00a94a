"""What the analyses are asked of a portfolio, and how their answers reach a segment's reports."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cslib.analysis.analyses import ANALYSES, analyse
from cslib.analysis.inquiry import Inquiry
from cslib.code_version import code_digest, is_as_first_seen
from cslib.errors import CslibError, UnknownName
from cslib.kpis.definition import definition
from cslib.query_texts import Untold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cslib.periods import Month
    from cslib.portfolio import Portfolio


FOLDER = "analyses"  # of a slice
_OBJECTS = b"objects"
_PACKAGES = (
    "cslib.analysis",
    "cslib.kpis",
    "cslib.facts",
    "cslib.model",
    "cslib.periods",
    "cslib.privacy",
    "cslib.stats",
)


def inquire(portfolio: Portfolio, as_of: Month, segments: Sequence[str] = ()) -> Inquiry:
    """Return the question of these segments, or of all, as of a month; raises `UnknownName` for a segment that is not there."""
    wanted = portfolio.segment_ids(segments)
    facts = portfolio.facts(as_of, portfolio.segment_ids())
    return Inquiry(facts, as_of, portfolio.settings, portfolio.catalogue, wanted, partial(portfolio.measure, as_of))


@dataclass(frozen=True)
class Analyses:
    """The analyses of some segments as of a month, each computed when it is first asked for, and stored beside the snapshot."""

    portfolio: Portfolio
    as_of: Month
    segments: tuple[str, ...]
    measured: Callable[[int], pd.DataFrame] | None = (
        None  # the long table of so many months, where somebody else measures it
    )

    def table(self, name: str) -> pd.DataFrame:
        """Return the table of an analysis; raises `UnknownName` for no analysis."""
        hangs_on = self._hangs_on(name) if name in ANALYSES else None
        if hangs_on is None:
            return analyse(name, self._inquiry)
        parts = self.portfolio.computed
        for file in parts.find(*hangs_on):
            return _restored(pq.read_table(file, partitioning=None))
        found = analyse(name, self._inquiry)
        stored = _storable(found)
        if _restored(stored).equals(found):  # else it is computed each time, rather than to be almost the same
            parts.put(partial(pq.write_table, stored), *hangs_on)
        self.portfolio.keep_queries()
        return found

    @cached_property
    def _inquiry(self) -> Inquiry:
        asked = inquire(self.portfolio, self.as_of, self.segments)
        return replace(asked, measured=self.measured) if self.measured else asked

    def _hangs_on(self, name: str) -> tuple[object, ...] | None:
        """Return what an analysis hangs on besides the snapshot; None where that cannot be told."""
        catalogue = self.portfolio.catalogue
        try:
            kpis = [definition(kpi) for kpi in catalogue]
        except Untold:
            return None
        settings = self.portfolio.settings
        # the lines of findings, too: a comment above moves them
        said = settings.fingerprint(), settings.report.model_dump_json(), sorted(settings.places.items())
        code = code_digest("cslib.analysis.analyses")
        told = ("analysis", name, str(self.as_of), self.segments, said, kpis, catalogue.digest, code)
        return told if is_as_first_seen(*_PACKAGES) else None


def _storable(frame: pd.DataFrame) -> pa.Table:
    """Return a frame as Arrow has it, with what stands for nothing in its columns of any objects, which Arrow knows no such."""
    nothing = {
        name: [None if one is None else "nan" for one in column if pd.isna(one)][:1]
        for name, column in frame.items()
        if column.dtype == object
    }
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return table.replace_schema_metadata({**table.schema.metadata, _OBJECTS: json.dumps(nothing).encode()})


def _restored(table: pa.Table) -> pd.DataFrame:
    """Return the frame of which `_storable` has made a table."""
    frame = table.to_pandas()
    for name, nothing in json.loads(table.schema.metadata[_OBJECTS]).items():
        held = frame[name].astype(object)
        frame[name] = held.where(held.notna(), float("nan") if nothing == ["nan"] else None)
    return frame


def write_analysis(name: str, table: pd.DataFrame, segments: Sequence[str], into: Path) -> None:
    """Write an analysis as `<segment>/<name>.parquet`, a file for each of these segments, without rows where it has none."""
    rows = dict(tuple(table.groupby("segment", sort=False, observed=True)))
    for segment in segments:
        folder = into / segment
        folder.mkdir(parents=True, exist_ok=True)
        mine = rows.get(segment, table.head(0)).reset_index(drop=True)
        mine.to_parquet(folder / f"{name}.parquet", index=False)


def read_analysis(name: str, folder: Path) -> pd.DataFrame:
    """Return the rows of an analysis from the folder of a slice; raises `CslibError` for one that was not prepared."""
    file = folder / FOLDER / f"{name}.parquet"
    if name not in ANALYSES:
        raise UnknownName("analysis", name, ANALYSES)
    if not file.is_file():
        raise CslibError(
            f"the analysis {name} was not prepared, since no code cell names it; write s.analysis({name!r}) in one"
        )
    return pd.read_parquet(file)
