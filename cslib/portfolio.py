"""The whole customer portfolio: settings, one snapshot of the source, and every KPI of every segment from it."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import ibis

from cslib import engine_paths
from cslib.analysis.figures.disclosure import INSIDERS, Disclosure, disclosures
from cslib.code_version import code_digest
from cslib.computed import FOLDER, ComputedParts, libraries
from cslib.engines import connect
from cslib.errors import SourceError, UnknownName
from cslib.facts import Facts
from cslib.facts.stored import StoredFacts
from cslib.kept_queries import FOLDER as QUERIES
from cslib.kept_queries import KeptQueries
from cslib.kpis.measure import group_columns
from cslib.kpis.own import open_params
from cslib.kpis.stored import Question, measured_once
from cslib.kpis.targets import with_status
from cslib.periods import months_up_to
from cslib.phases import Phase, begin
from cslib.privacy.anonymise import anonymise
from cslib.privacy.pseudonyms import find_key
from cslib.scratch import is_private, own_folder, scratch
from cslib.settings import Query
from cslib.snapshot import Manifest, StoredTables, damaged_file, link_or_copy, seal, take_snapshot
from cslib.source import SourceFiles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pandas as pd
    from ibis.expr.types import Table

    from cslib.kpis import Catalogue
    from cslib.periods import Month
    from cslib.settings import Settings

_KEPT = 8  # snapshots next to a params folder: those of the last runs, and of whoever reads one while the next is taken
FIGURE_COLUMNS = (
    "kpi", "stage", "value", "part", "whole", "n", "low", "high", "target", "status", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Portfolio:
    """A snapshot that was taken, with the settings it was taken under."""

    settings: Settings
    catalogue: Catalogue
    manifest: Manifest
    folder: Path
    healed: str = ""  # what is to be said of a damaged snapshot in whose place this one was taken

    @classmethod
    def open(cls, params: Path, now: date, into: Path | None = None) -> Portfolio:
        """Return the portfolio of a params folder: checked, its snapshot in `into`, or reused while nothing has changed.

        `now` is a day, or a moment, of which the day in the policies' time zone counts.

        Raises `SettingsError`, `SourceError` or `DataError` with everything that is wrong.
        """
        begin(Phase.READING)
        settings, catalogue = open_params(params)
        read_on = settings.read_on(now)
        key = fingerprint(settings, read_on)
        if into is not None:
            if (into / "manifest.json").is_file():
                shutil.rmtree(into)
            return cls(settings, catalogue, _taken(settings, into, read_on, key), into)
        kept = _kept_in(Path(settings.folder))
        # what a database holds can change unseen: each reading of it has a folder of its own
        origins = [spec.origin for specs in settings.source.tables.values() for spec in specs]
        only_files = settings.source.is_in_files and not any(isinstance(one, Query) for one in origins)
        folder = kept / (key if only_files else f"{key}-{uuid4().hex[:8]}")
        healed = _set_aside(folder) if folder.exists() else ""
        if folder.exists():
            manifest = Manifest.model_validate_json((folder / "manifest.json").read_text("utf-8"))
            return cls(settings, catalogue, manifest, folder)
        KeptQueries(kept).learn()
        portfolio = cls(settings, catalogue, _taken(settings, folder, read_on, key), folder, healed)
        portfolio.keep_queries()
        _forget_all_but_newest(kept)
        return portfolio

    def month(self, as_of: str | None) -> Month:
        """Return the month to report; raises `MonthError` for one that the data do not hold."""
        return self.manifest.month(as_of)

    def tables(self) -> StoredTables:
        """Return the canonical tables of everyone."""
        return StoredTables(self.folder / "tables", self._engine)

    @cached_property
    def computed(self) -> ComputedParts:
        """What was computed of the snapshot before, under the same policies."""
        return ComputedParts(self.folder, self.settings.policies.model_dump_json())

    @property
    def repairs(self) -> tuple[str, ...]:
        """A sentence for all that was found damaged so far, and made anew: the snapshot, and what was computed of it."""
        return (*filter(None, [self.healed]), *self.computed.damaged)

    @cached_property
    def _engine(self) -> ibis.BaseBackend:
        self._queries.learn()
        return connect()

    @cached_property
    def _queries(self) -> KeptQueries:
        return KeptQueries(self.folder.parent)

    def keep_queries(self) -> None:
        """Keep the queries that were built so far, for whoever asks them again; not where outsiders read, whose rows were in the clear."""
        if self.manifest.audience == "internal" and self.folder.parent == _kept_in(Path(self.settings.folder)):
            self._queries.keep()

    def members(self, segments: Sequence[str]) -> Table:
        """Return who belongs to which segment: segment, everyone, customer_id."""
        parts = []
        for segment in self.settings.segments:
            if segment.id in segments:
                kept = self.folder / "members" / f"{segment.id}.parquet"
                file = kept if kept.is_file() else self.slice(segment.id) / "customers.parquet"
                customers = self._engine.read_parquet(engine_paths.found(file))
                everyone = ibis.literal(not segment.where)
                parts.append(customers.select("customer_id", segment=ibis.literal(segment.id), everyone=everyone))
        return ibis.union(*parts) if parts[1:] else parts[0]

    def slice(self, segment: str) -> Path:
        """Return the folder that holds a segment's own rows of every table."""
        return self.folder / "segments" / segment

    def export_slice(
        self,
        segment: str,
        measured: pd.DataFrame,
        into: Path,
        facts: Path | None = None,
        disclosure: Disclosure = INSIDERS,
    ) -> Path:
        """Write what a report of a segment may see into a folder and return it.

        Its own rows and figures, and what is not shown of them; in `everyone/` the total's figures, and what the snapshot says of itself; in `facts/`
        what `write_facts` has put into its folder, so that no report need compute it again.
        """
        if self.manifest.audience == "external" and disclosure is INSIDERS:
            raise TypeError(
                "what is handed out for outsiders wants the segment's disclosure, as `disclosures` tells it"
            )
        shutil.copytree(self.slice(segment), into, copy_function=link_or_copy)
        measured[measured.segment == segment].to_parquet(into / "kpis.parquet", index=False)
        (into / "disclosure.json").write_text(disclosure.model_dump_json(), encoding="utf-8")
        if facts:
            hand_out_facts(facts, segment, into)
        everyone = into / "everyone"
        everyone.mkdir()
        measured[measured.segment == self.settings.total.id].to_parquet(everyone / "kpis.parquet", index=False)
        (everyone / "manifest.json").write_text(
            self.manifest.published().for_reports().model_dump_json(), encoding="utf-8"
        )
        return into

    def facts(self, as_of: Month, segments: Sequence[str] = ()) -> Facts:
        """Return the facts of these segments, or of all; cached while the same ones are requested."""
        chosen = self.segment_ids(segments)
        if self._last_facts.get("key") != (as_of, chosen):
            members = self.members(chosen).cache()
            known = StoredFacts(self.computed, self._engine, as_of)
            made = Facts(self.tables(), self.manifest, self.settings.policies, members, as_of, known)
            self._last_facts.update(key=(as_of, chosen), facts=made)
        return self._last_facts["facts"]

    @cached_property
    def _last_facts(self) -> dict[str, Any]:
        return {}

    def write_facts(self, as_of: Month, segments: Sequence[str], into: Path) -> Path:
        """Write the fact tables that have been computed for these segments into a folder, each segment's apart; none of one that is withheld."""
        into.mkdir(parents=True)
        told = [name for name in self.segment_ids(segments) if name not in self.manifest.withheld]
        self.facts(as_of, told).write_computed(into)
        return into

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
        """Return the long table: segment, month, the columns of `by`, then `FIGURE_COLUMNS`; sorted, every combination present."""
        wanted = self.segment_ids(segments)
        # what is hidden in a segment depends on all others, whichever are wanted
        asked = self.segment_ids() if self.manifest.audience == "external" else wanted
        measured = self._measured(as_of, months, asked, tuple(kpis), tuple(by))
        measured = measured[measured.segment.isin(wanted)].reset_index(drop=True)
        goals = {(one.id, kpi): one.target_of(kpi) for one in self.settings.segments for kpi in self.catalogue.by_id}
        targets = {key: goal.target for key, goal in goals.items() if goal is not None}
        compared = with_status(measured, targets, self.catalogue.by_id, self.settings.policies.min_n)
        return compared[["segment", "month", *group_columns(by), *FIGURE_COLUMNS]].astype({"n": "Int64"})

    def disclosures(self, as_of: Month, months: int) -> dict[str, Disclosure]:
        """Return what each segment's pages may not show besides its figures; the months are those that are measured."""
        if self.manifest.audience == "internal":
            return dict.fromkeys(self.segment_ids(), INSIDERS)
        everywhere = self.segment_ids()
        return disclosures(self.facts(as_of, everywhere), self._measured(as_of, months, everywhere), as_of)

    def _measured(
        self, as_of: Month, months: int, segments: tuple[str, ...], kpis: tuple[str, ...] = (), by: tuple[str, ...] = ()
    ) -> pd.DataFrame:
        """Return the long table of these segments; cached while the same ones are requested."""
        asked = (as_of, months, segments, kpis, by)
        if self._last_measured.get("key") != asked:
            begin(Phase.MEASURING)
            first = max(as_of.number - months + 1, self.manifest.first.number)
            question = Question(
                self.catalogue,
                self.catalogue.find(dict.fromkeys(kpis)) if kpis else self.catalogue.kpis,
                segments,
                months_up_to(as_of, as_of.number - first + 1),
                group_columns(by),
                together=bool(by) or self.manifest.audience == "external",
            )
            found = measured_once(self.computed, question, partial(self.facts, as_of))
            self.keep_queries()
            self._last_measured.update(key=asked, measured=found)
        measured: pd.DataFrame = self._last_measured["measured"]
        return measured

    @cached_property
    def _last_measured(self) -> dict[str, Any]:
        return {}

    def undated(self, by: Sequence[str]) -> tuple[str, ...]:
        """Return a sentence for each column of `by` that is the customers' own, which says nothing of past months."""
        dated = () if self.manifest.audience == "external" else self.manifest.dated
        own = [name for name in by if name in self.tables()["customers"].columns and name not in dated]
        return tuple(
            f"{name} is as read on {self.manifest.read_on}, in past months too: it has no dates" for name in own
        )


def hand_out_facts(facts: Path, segment: str, into: Path) -> None:
    """Put a segment's fact tables, out of the folder that `write_facts` has filled, into its slice."""
    for folder in facts.glob(f"*/segment={escape(segment)}"):
        (file,) = folder.iterdir()
        (into / "facts").mkdir(exist_ok=True)
        link_or_copy(file, into / "facts" / f"{folder.parent.name}.parquet")


def fingerprint(settings: Settings, read_on: date) -> str:
    """Return a hash of what settings say of the reading, of the state of the source's files, and of what makes a snapshot of them."""
    # who adds a claim or a column to the model must not be handed what was taken before; a KPI is not in a snapshot
    code = code_digest("cslib.snapshot") + code_digest("cslib.privacy.anonymise")
    by_what = f"{read_on} {settings.report.audience} {code} {libraries()}"
    digest = hashlib.sha256(f"{settings.for_reading().fingerprint()} {by_what}".encode())
    if settings.report.audience == "external":
        digest.update(hashlib.sha256(find_key(Path(settings.folder))).digest())
    for name, size, changed in _files(settings):
        digest.update(f"{name} {size} {changed}\n".encode())
    return digest.hexdigest()[:16]


def _files(settings: Settings) -> list[tuple[str, int, str]]:
    try:
        return SourceFiles(settings).states()
    except SourceError:
        return []  # the reading of it says what is wrong, together with everything else


def kept_text(params: Path) -> str:
    """Return how much is kept beside a params folder: its snapshots, and what was computed of them."""
    kept = _kept_in(params.absolute())
    snapshots = [folder for folder in kept.glob("*") if (folder / "manifest.json").is_file()]
    of_source, computed = (sum(_size(folder) for folder in snapshots), sum(_size(one / FOLDER) for one in snapshots))
    return (
        f"{kept}: {len(snapshots)} of at most {_KEPT} snapshots, {of_source / 1e6:,.1f} MB, of which what was computed of "
        f"them {computed / 1e6:,.1f} MB, and queries as they were written, {_size(kept / QUERIES) / 1e6:,.1f} MB; "
        "the oldest goes when another comes"
    )


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _kept_in(params: Path) -> Path:
    place = params.parent / ".cslib" / "snapshots"
    if not os.access(params.parent, os.W_OK):
        # customers' data, in a place that all users of the machine share
        place = Path(tempfile.gettempdir()) / f"cslib-{os.getuid()}"
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)
        if not is_private(place):
            return scratch() / "snapshots"
    return place


def _set_aside(folder: Path) -> str:
    """Move a snapshot away if it is damaged, and return what is to be said of it; empty where it is whole."""
    file = damaged_file(folder)
    if not file:
        return ""
    aside = folder.with_name(f"damaged-{folder.name}")
    shutil.rmtree(aside, ignore_errors=True)
    with suppress(FileNotFoundError):  # another process was quicker
        folder.rename(aside)
    return (
        f"the snapshot of the last reading was damaged ({file}); it was set aside as {aside}, and the source read anew"
    )


def _forget_all_but_newest(kept: Path) -> None:
    oldest_first = sorted(
        (folder for folder in kept.iterdir() if folder.name != QUERIES), key=lambda folder: folder.stat().st_mtime
    )
    for folder in oldest_first[:-_KEPT]:
        shutil.rmtree(folder, ignore_errors=True)


def _taken(settings: Settings, folder: Path, read_on: date, key: str) -> Manifest:
    # built aside and moved in one step, so that nobody reads half a snapshot
    folder.parent.mkdir(parents=True, exist_ok=True)
    with own_folder(folder.parent, ".taking-") as aside:
        is_external = settings.report.audience == "external"
        # handed no more than what is in its name, it can look at nothing else
        manifest = (_take_anonymised if is_external else take_snapshot)(settings.for_reading(), aside, read_on)
        manifest = manifest.model_copy(update={"fingerprint": key})
        if fingerprint(settings, read_on) != key:
            raise SourceError(["a file of the source changed while it was read; run again when it is complete"])
        (aside / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        seal(aside)
        _move(aside, folder)
    return manifest


def _take_anonymised(settings: Settings, folder: Path, read_on: date) -> Manifest:
    """Take a snapshot for outsiders: until it is anonymised, it is stored in a folder of this process alone.

    The quarantine is for whoever mends the source, is never handed out, and stays in the clear.
    """
    with own_folder(scratch(), "clear-") as clear:
        manifest = take_snapshot(settings, clear, read_on)
        shutil.move(clear / "quarantine", folder / "quarantine")
        key, least = find_key(Path(settings.folder)), settings.policies.min_n
        withheld = anonymise(clear, folder, [*manifest.segments], settings.total.id, key, least)
        return manifest.for_outsiders(withheld)


def _move(aside: Path, folder: Path) -> None:
    try:
        aside.rename(folder)
    except OSError:
        if damaged_file(folder):
            raise  # else another process was quicker, and has put the same there
