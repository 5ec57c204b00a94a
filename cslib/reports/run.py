"""The main job: one snapshot, every report executed, the whole published at once."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.analyses import named_in
from cslib.check import write_quarantine
from cslib.check_hints import column_hints
from cslib.code_version import code_digest
from cslib.errors import NothingPublished
from cslib.inquiries import FOLDER
from cslib.phases import Phase, begin
from cslib.portfolio import Portfolio, hand_out_facts
from cslib.reports.analysing import Analysing, Wanted, analysing
from cslib.reports.cache import NotebookCache, digest, file_digests, versions_digest
from cslib.reports.execute import ReportResult, ReportTask, code_cells, part_of
from cslib.reports.history import restated_since
from cslib.reports.log import fingerprints, log_line, run_json
from cslib.reports.plan import Job, edition, find_notebooks, notebook_folders, place_of, plan
from cslib.reports.publish import RunFolder, locked
from cslib.reports.single_file import render_single
from cslib.reports.site import Site, write_shared
from cslib.reports.subprocesses import Limits, warm_up
from cslib.reports.vega_bundle import begin_bundle
from cslib.reports.workers import execute_all
from cslib.shutdown import undo_at_end
from cslib.tables import long_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from cslib.i18n import Language

    Progress = Callable[[ReportResult, int, int], None]


UNPUBLISHED = "interrupted; nothing was published, and what is finished is kept for the next run"


@dataclass(frozen=True)
class Request:
    """The options of the command line."""

    params: Path
    out: Path
    as_of: str | None = None
    segments: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()  # none: those that report.yaml names
    jobs: int = 0  # processes at once; 0: one per core
    single_file: bool = False  # one file per segment besides, to be sent by mail
    dask: str = ""  # address of a Dask cluster that makes the reports
    kernel: bool = False  # each notebook in a kernel of its own
    force: bool = False  # every notebook executed, although nothing has changed


@dataclass(frozen=True)
class Result:
    """What a run came to: its folder, what became of each report, which rows were set aside, and the files of these."""

    folder: Path
    outcomes: tuple[ReportResult, ...]
    losses: tuple[str, ...]
    late: str  # why the month is not the one before the reading, where none was named
    quarantine: Path | None

    @property
    def failed(self) -> tuple[ReportResult, ...]:
        """The reports that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.status != "ok")


def run(request: Request, now: datetime, progress: Progress) -> Result:
    """Execute every report and publish the run; `progress` hears of each report as it ends.

    Raises a `CslibError` where settings or data cannot be used, `RunLocked` where another run is writing, and
    `NothingPublished` where every report failed or the run could not be written; then `latest` stays what it was.
    """
    with locked(request.out), undo_at_end(lambda: UNPUBLISHED):
        warm_up()  # while the source is read
        portfolio = Portfolio.open(request.params, now)
        making = _RunJob(request, portfolio, now)
        try:
            with undo_at_end(making.undo):
                return making.publish(progress)
        except OSError as error:
            said = f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}"
            raise NothingPublished(f"the run could not be written, so nothing was published; {said}") from error
        finally:
            making.building.clear()


class _RunJob:
    """A run in the making."""

    def __init__(self, request: Request, portfolio: Portfolio, now: datetime) -> None:
        self.began = time.monotonic()
        self.request, self.portfolio, self.now = request, portfolio, now
        self.report = portfolio.settings.report
        self.as_of = portfolio.month(request.as_of)
        chosen = portfolio.segment_ids(request.segments)
        names = request.notebooks or tuple(tab.name for tab in self.report.notebooks)
        self.notebooks = find_notebooks(notebook_folders(request.params), names)
        segments = [segment for segment in portfolio.settings.segments if segment.id in chosen]
        titles = {tab.name: tab.title for tab in self.report.notebooks if tab.title}
        self.languages = tuple(dict.fromkeys(request.languages)) or self.report.spoken
        self.jobs = plan(segments, self.notebooks, titles, self.languages)
        self.building = RunFolder(request.out, self.as_of, now, portfolio.manifest.audience, self.languages)
        self.sites = {edition(one, self.languages): self._site(one) for one in self.languages}
        self.executed = NotebookCache((request.out / ".executed").resolve())
        self._asked = ""

    def _site(self, language: Language) -> Site:
        jobs = [job for job in self.jobs if job.edition == edition(language, self.languages)]
        return Site(
            portfolio=self.portfolio, as_of=self.as_of, language=language, languages=self.languages, jobs=jobs,
            run_id=self.building.run_id, last_good=self.building.last_good, damaged=self.building.damaged,
            month_before=self.building.month_before,
        )  # fmt: skip

    def publish(self, progress: Progress) -> Result:
        """Make every report, check the set, and make it the latest."""
        building = self.building
        begin_bundle()  # while there is one core without work
        with analysing(self._wanted) as analyses:
            self._hand_over(analyses)
            orders = [self._order(job) for job in self.jobs]
            self._hand_out_facts(orders)
            outcomes = self._made(orders, analyses, progress)
        if all(outcome.status != "ok" for outcome in outcomes):
            self._write_log(outcomes, published=False)
            raise NothingPublished(_all_failed(outcomes, building.finish_failed()))
        begin(Phase.INDEX)
        building.keep_last_good(self.jobs, outcomes)
        write_shared(building.folder, self.measured)
        for name, site in self.sites.items():
            of_site = [outcome for outcome in outcomes if outcome.edition == name]
            site.write(building.folder, self.measured, of_site, self._of_everyone)
        if self.request.single_file or self.report.deliver.wants_single_files:
            self._write_singles(orders, outcomes)
        (building.folder / "restatements.csv").write_text(long_csv(self.restated), "utf-8", newline="")
        self._write_log(outcomes, published=True)
        building.check(outcomes)
        folder = building.finish()
        self.executed.forget_all_but(building.forget_old(self.report.keep_runs))
        losses = (
            *self.portfolio.repairs,
            *self.portfolio.manifest.losses,
            *column_hints(self.portfolio.catalogue, self.portfolio.manifest, self.portfolio.settings.policies),
        )
        late = "" if self.request.as_of else self.portfolio.manifest.late
        return Result(folder, tuple(outcomes), losses, late, self._quarantine())

    def undo(self) -> str:
        """Remove what is not published, and return what became of the run."""
        return "interrupted, but the run was published before" if self.building.undo() else UNPUBLISHED

    def _quarantine(self) -> Path | None:
        """Write the rows that were set aside next to the runs; not where outsiders read, who must not see any name."""
        place = self.request.out / "quarantine"
        shutil.rmtree(place, ignore_errors=True)
        if self.portfolio.manifest.audience == "external":
            return None
        return place if write_quarantine(self.portfolio, place) else None

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The segments that are reported."""
        return tuple(dict.fromkeys(job.segment for job in self.jobs))

    @cached_property
    def measured(self) -> pd.DataFrame:
        """The long table of these segments and of the total."""
        return self.portfolio.measure(self.as_of, self.report.months, self._and_total)

    @property
    def _and_total(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*self.segments, self.portfolio.settings.total.id]))

    @cached_property
    def slices(self) -> dict[str, Path]:
        """What the reports of each segment are handed out; the analyses come into it one by one."""
        measured, place = self.measured, self.building.slices
        told = self.portfolio.disclosures(self.as_of, self.report.months)
        # parted once: to look for each segment's rows among those of all would take the square of their number
        figures = {str(name): rows for name, rows in measured.groupby("segment", sort=False)}
        total = self.portfolio.settings.total.id
        found = {}
        for name in self.segments:
            own = pd.concat([figures[one] for one in dict.fromkeys([name, total])])
            found[name] = self.portfolio.export_slice(name, own, place / name, disclosure=told[name]).resolve()
        for name, folder in found.items():
            (folder / FOLDER).symlink_to(self._wanted.into / name, target_is_directory=True)
        return found

    @cached_property
    def _wanted(self) -> Wanted:
        """The analyses that the notebooks name, those of the first notebook first."""
        names = tuple(dict.fromkeys(name for named in self._named.values() for name in named))
        into = (self.building.slices / ".analyses").resolve()
        into.mkdir(parents=True)
        return Wanted(
            self.request.params, self.portfolio.folder.resolve(), self.as_of, self.segments, names, into,
        )  # fmt: skip

    @cached_property
    def _named(self) -> dict[Path, tuple[str, ...]]:
        return {notebook: named_in(code_cells(notebook)) for notebook in self.notebooks}

    @cached_property
    def _sources(self) -> dict[Path, bytes]:
        return {notebook: notebook.read_bytes() for notebook in self.notebooks}

    def _hand_over(self, analyses: Analysing) -> None:
        """Give the analyses what was measured, where that is of all segments."""
        if self._and_total == self.portfolio.segment_ids():
            analyses.take_measured(self.measured, self.report.months, self._wanted.into / "measured.pickle")
        else:
            analyses.measure_yourself()

    def _hand_out_facts(self, orders: Sequence[ReportTask]) -> None:
        """Give the reports of each segment its fact tables; none where all were made of the very same before, which execute nothing."""
        self._asked = digest(order.key.encode() for order in orders)
        if not self.request.force and any(run.asked == self._asked for run in self.building.past):
            return
        facts = self.portfolio.write_facts(self.as_of, self._and_total, self.building.slices / ".facts")
        for name, folder in self.slices.items():
            hand_out_facts(facts, name, folder)

    def _of_everyone(self, name: str) -> pd.DataFrame | None:
        """Return the rows of an analysis of all customers; None where no report has wanted it, or it could not be made."""
        file = self._wanted.into / self.portfolio.settings.total.id / f"{name}.parquet"
        return pd.read_parquet(file) if file.is_file() else None

    @cached_property
    def prints(self) -> dict[str, Any]:
        """What went into the run."""
        return fingerprints(self.portfolio, self.slices, self.notebooks)

    @cached_property
    def _since(self) -> tuple[str, pd.DataFrame]:
        return restated_since(self.building.past, self.as_of, self.measured, self.prints)

    @property
    def restated(self) -> pd.DataFrame:
        """The figures of past months that are not what an earlier run has said."""
        return self._since[1]

    @cached_property
    def keys(self) -> dict[str, str]:
        """What goes into the reports of each segment, whatever the notebook."""
        return {name: self._key(name, folder) for name, folder in self.slices.items()}

    @cached_property
    def _settings(self) -> dict[str, Any]:
        """What decides a report besides its data and its language, the segments by their ids."""
        said = self.portfolio.settings.model_dump(
            mode="json",
            by_alias=True,
            exclude={"folder": True, "places": True, "source": True, "report": {"language", "languages"}},
        )
        return {**said, "segments": {one["id"]: one for one in said["segments"]}}

    def _key(self, segment: str, folder: Path) -> str:
        mine = self.restated[self.restated.segment == segment]
        mine.drop(columns="segment").to_parquet(folder / "restated.parquet", index=False)
        settings = {**self._settings, "segments": self._settings["segments"][segment]}
        parts = (
            repr(settings), repr(file_digests(folder)), str(self.as_of), code_digest(), self.portfolio.catalogue.digest,
            versions_digest(), repr(file_digests(folder / "everyone")),
        )  # fmt: skip
        return digest(part.encode() for part in parts)

    def _order(self, job: Job) -> ReportTask:
        folder, site = self.building.folder / job.folder, self.sites[job.edition]
        for name in ("data", "notebooks"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        return ReportTask(
            job=job,
            parameters={
                "params": self.portfolio.settings.folder,
                "segment": job.segment,
                "as_of": str(self.as_of),
                "language": site.language,
                "snapshot": str(self.slices[job.segment]),
            },
            context=site.context(job),
            folder=folder.resolve(),
            key=digest([self.keys[job.segment].encode(), site.language.encode(), self._sources[job.notebook]]),
            executed=self.executed,
            limits=Limits(whole=self.report.report_seconds, step=self.report.cell_seconds),
            kernel=self.request.kernel,
            force=self.request.force,
            awaits=self._named[job.notebook],
        )

    def _made(self, orders: list[ReportTask], analyses: Analysing, progress: Progress) -> list[ReportResult]:
        """Return what became of each report, in the order of `orders`."""
        outcomes: dict[int, ReportResult] = {}
        begin(Phase.ANALYSES if analyses.made else Phase.REPORTS)
        with (self.building.folder / "run.log").open("a", encoding="utf-8") as log:
            for place, outcome in execute_all(orders, analyses.made, jobs=self.request.jobs, dask=self.request.dask):
                outcomes[place] = outcome
                if all(one.done() for one in analyses.made.values()):
                    begin(Phase.REPORTS)
                log.write(log_line(outcome, self._files[outcome.notebook]))
                log.flush()
                progress(outcome, len(outcomes), len(orders))
        return [outcomes[place] for place in range(len(orders))]

    @cached_property
    def _files(self) -> dict[str, str]:
        """Which file was executed by each name, the team's own or a shipped one."""
        return {file.stem: place_of(file, self.request.params) for file in self.notebooks}

    def _write_singles(self, orders: list[ReportTask], outcomes: list[ReportResult]) -> None:
        """Write all reports of each segment and language as one file, next to the segment's folder."""
        made = zip(orders, outcomes, strict=True)
        for folder, of_segment in groupby(made, key=lambda pair: pair[0].job.folder):  # as they are planned
            parts = [part_of(order, outcome) for order, outcome in of_segment]
            (self.building.folder / folder.parent / f"{folder.name}.html").write_text(
                render_single(parts), encoding="utf-8"
            )

    def _write_log(self, outcomes: list[ReportResult], *, published: bool) -> None:
        said: Mapping[str, Any] = {
            "run_id": self.building.run_id,
            "number": self.building.number,
            "as_of": str(self.as_of),
            "language": self.languages[0],
            "languages": self.languages,
            "published": published,
            "seconds": round(time.monotonic() - self.began, 3),
            "kpis": len(self.measured),
            "notebooks": self._files,
            "asked": self._asked,
            "restated": {"compared_with": self._since[0], "figures": len(self.restated)},
        }
        text = run_json(self.portfolio, said, outcomes, self.prints)
        (self.building.folder / "run.json").write_text(text, encoding="utf-8")


def _all_failed(outcomes: list[ReportResult], folder: Path) -> str:
    first = outcomes[0]
    return (
        f"none of the {len(outcomes):,} reports could be made, so nothing was published; the first, "
        f"{first.name}, failed with {first.error}; what was executed: {folder}"
    )
