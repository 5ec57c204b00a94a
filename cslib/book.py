"""The whole book of customers: settings, one snapshot of the source, and every KPI of every segment from it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import ibis

from cslib.errors import SourceError, UnknownName
from cslib.facts import Facts
from cslib.kpis import BY_ID, CATALOGUE, find
from cslib.kpis.measure import measure
from cslib.kpis.targets import judged
from cslib.periods import months_up_to
from cslib.settings import Query, load
from cslib.snapshot import Manifest, take_snapshot
from cslib.source import RawSource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd
    from ibis.expr.types import Table

    from cslib.periods import Month
    from cslib.settings import Settings

COLUMNS = (
    "kpi", "stage", "value", "part", "whole", "n", "low", "high", "target", "status", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Book:
    """A snapshot that was taken, with the settings it was taken under."""

    settings: Settings
    manifest: Manifest
    folder: Path

    @classmethod
    def open(cls, params: Path, today: date, into: Path | None = None) -> Book:
        """Return the book of a params folder: checked, its snapshot in `into`, or reused while nothing has changed.

        Raises `SettingsError`, `SourceError` or `DataError` with everything that is wrong.
        """
        settings = load(params, BY_ID)
        read_on = settings.source.read_on or today
        key = fingerprint(settings, read_on)
        folder = into or _kept_in(Path(settings.folder)) / key
        if into is None and (folder / "manifest.json").is_file() and _only_files(settings):
            return cls(settings, Manifest.model_validate_json((folder / "manifest.json").read_text("utf-8")), folder)
        return cls(settings, _taken(settings, folder, read_on, key), folder)

    def month(self, as_of: str | None) -> Month:
        """Return the month to report; raises `MonthError` for one that the data do not hold."""
        return self.manifest.month(as_of)

    def tables(self) -> dict[str, Table]:
        """Return the canonical tables of everyone."""
        return {file.stem: self._engine.read_parquet(str(file)) for file in sorted((self.folder / "tables").glob("*.parquet"))}

    @cached_property
    def _engine(self) -> ibis.BaseBackend:
        return ibis.duckdb.connect()

    def members(self, segments: Sequence[str]) -> Table:
        """Return who belongs to which segment: segment, everyone, customer_id."""
        parts = []
        for segment in self.settings.segments:
            if segment.id in segments:
                customers = self._engine.read_parquet(str(self.slice(segment.id) / "customers.parquet"))
                everyone = ibis.literal(not segment.where)
                parts.append(customers.select("customer_id", segment=ibis.literal(segment.id), everyone=everyone))
        return ibis.union(*parts) if parts[1:] else parts[0]

    def slice(self, segment: str) -> Path:
        """Return the folder that holds a segment's own rows of every table."""
        return self.folder / "segments" / segment

    def hand_out(self, segment: str, measured: pd.DataFrame, into: Path) -> Path:
        """Write what a report of a segment may see into a folder and return it.

        Its own rows, its own and the total's figures, and what the snapshot says of itself without samples of rows.
        """
        shutil.copytree(self.slice(segment), into, copy_function=os.link)
        seen = measured[measured.segment.isin([segment, self.settings.total.id])]
        seen.to_parquet(into / "kpis.parquet", index=False)
        (into / "manifest.json").write_text(self.manifest.without_samples().model_dump_json(), encoding="utf-8")
        return into

    def facts(self, as_of: Month, segments: Sequence[str] = ()) -> Facts:
        """Return the facts of these segments, or of all."""
        chosen = self.segment_ids(segments)
        return Facts(self.tables(), self.manifest, self.settings.policies, self.members(chosen).cache(), as_of)

    def segment_ids(self, segments: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the ids of these segments, or of all; raises `UnknownName` for one that is not there."""
        known = [segment.id for segment in self.settings.segments]
        for name in segments:
            if name not in known:
                raise UnknownName("segment", name, known)
        return tuple(segments) or tuple(known)

    def measure(
        self,
        as_of: Month,
        months: int,
        segments: Sequence[str] = (),
        kpis: Sequence[str] = (),
        by: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Return the long table: segment, month, the columns of `by`, then `COLUMNS`; sorted, every combination present."""
        chosen = find(kpis) if kpis else CATALOGUE
        first = max(as_of.number - months + 1, self.manifest.first.number)
        span = months_up_to(as_of, as_of.number - first + 1)
        measured = measure(self.facts(as_of, segments), chosen, span, by)
        told = judged(measured, self._targets(), BY_ID, self.settings.policies.min_n)
        return told[["segment", "month", *by, *COLUMNS]].astype({"n": "Int64"})

    def _targets(self) -> dict[tuple[str, str], float]:
        goals = {(s.id, kpi): s.goal(kpi) for s in self.settings.segments for kpi in BY_ID}
        return {key: goal.target for key, goal in goals.items() if goal is not None}


def fingerprint(settings: Settings, read_on: date) -> str:
    """Return a hash of the settings and of the state of the source's files."""
    digest = hashlib.sha256(f"{settings.fingerprint()} {read_on}".encode())
    for name, size, changed in _files(settings):
        digest.update(f"{name} {size} {changed}\n".encode())
    return digest.hexdigest()[:16]


def _files(settings: Settings) -> list[tuple[str, int, int]]:
    source = RawSource(settings)
    try:
        files = [file for name in settings.source.tables for file in source.files(name)]
    except SourceError:
        return []  # the reading of it says what is wrong, together with everything else
    finally:
        source.close()
    return [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files]


def _only_files(settings: Settings) -> bool:
    origins = [spec.origin for spec in settings.source.tables.values()]
    return settings.source.url == "duckdb://" and not any(isinstance(origin, Query) for origin in origins)


def _kept_in(params: Path) -> Path:
    place = params.parent / ".cslib" / "snapshots"
    return place if os.access(params.parent, os.W_OK) else Path(tempfile.gettempdir()) / f"cslib-{os.getuid()}"


def _taken(settings: Settings, folder: Path, read_on: date, key: str) -> Manifest:
    # built aside and moved in one step, so that nobody reads half a snapshot
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    try:
        manifest = take_snapshot(settings, aside, read_on).model_copy(update={"fingerprint": key})
        (aside / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        if folder.exists():
            shutil.rmtree(folder)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return manifest
