"""A run's folder: built aside, and made the latest in one step when it is complete."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from datetime import UTC
from functools import cached_property
from itertools import chain, count
from typing import TYPE_CHECKING

from cslib.errors import CslibError, RunLocked
from cslib.reports.history import damaged_runs, forget_old_runs, past_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from cslib.periods import Month
    from cslib.reports.execute import ReportResult
    from cslib.reports.history import Run
    from cslib.reports.plan import Job

_BUILDING, _SLICES, _LATEST = ".building-", ".slices-", ".latest-"


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the lock of a reports folder; raises `RunLocked` where another run holds it. A crash releases it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = (out / ".lock").open("a")
    except OSError as error:
        raise CslibError(f"--out: wanted a folder that can be written to; {out}: {error.strerror}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunLocked(f"another run is writing to {out}; wait for it, or give --out another folder") from error
        _refuse_what_stands_in_the_way(out)
        _clear_after_a_crash(out)
        yield


def _refuse_what_stands_in_the_way(out: Path) -> None:
    """Refuse to work for what could not be published in the end."""
    latest = out / "latest"
    if latest.exists() and not latest.is_symlink():
        kind = "a folder" if latest.is_dir() else "a file"
        raise CslibError(f"{latest}: wanted a link, which a run moves to the newest pages; found {kind}; move it away")
    for folder in (out / "runs", out / ".executed"):
        if folder.exists() and not folder.is_dir():
            raise CslibError(f"{folder}: wanted a folder, in which runs are kept; found a file; move it away")


def _clear_after_a_crash(out: Path) -> None:
    """Remove what a run that was killed has left; with the lock, no other run can be building."""
    for left in out.glob(".*-*"):
        if left.name.startswith((_BUILDING, _SLICES)):
            shutil.rmtree(left, ignore_errors=True)
        elif left.name.startswith(_LATEST):
            left.unlink(missing_ok=True)


class RunFolder:
    """The folder of a run while it is being built, among the runs before it.

    Raises a `CslibError` where the reports folder holds runs for other readers: who is handed it would be handed those.
    """

    def __init__(self, out: Path, as_of: Month, now: datetime, audience: str, languages: Sequence[str]) -> None:
        self.out, self._as_of = out, as_of
        self._languages, self._runs = languages, past_runs(out)
        runs = self._runs
        _refuse_other_readers(out, runs, audience)
        # what the readers of its front page have seen before
        self.past: list[Run] = self._seen_in(languages[0])
        self.damaged = damaged_runs(out)
        self.number = max((run.number for run in runs), default=0) + 1
        self.run_id = _free(out / "runs", f"{as_of}_{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
        self.folder = out / f"{_BUILDING}{self.run_id}"
        self.slices = out / f"{_SLICES}{self.run_id}"
        self.link = out / f"{_LATEST}{self.run_id}"
        self.final: Path | None = None  # its folder from the moment of its publication on

    def last_good(self, job: Job) -> Path | None:
        """Return the page of the last run that could make a report, where the run before this one still has it."""
        latest, failed = self._latest_and_failures[job.edition or self._languages[0]]
        if latest is None:
            return None
        file = latest.folder / job.folder / (job.last_good if job.page in failed else f"{job.slug}.html")
        return file if file.is_file() else None

    @cached_property
    def _latest_and_failures(self) -> dict[str, tuple[Run | None, set[str]]]:
        """The newest run in each language, where the links of its pages lead somewhere here too, and the pages that it could not make."""
        found: dict[str, tuple[Run | None, set[str]]] = {}
        for language in self._languages:
            latest = next((run for run in reversed(self._seen_in(language)) if run.published), None)
            fits = latest and {*latest.languages} <= {*self._languages}
            same = latest and (latest.language == language) == (self._languages[0] == language)
            reports = latest.log["reports"] if latest else []
            failed = {report["page"] for report in reports if report["status"] != "ok"}
            found[language] = (latest if fits and same else None), failed
        return found

    def _seen_in(self, language: str) -> list[Run]:
        return [run for run in self._runs if language in run.languages]

    def month_before(self, language: str, page: str) -> str:
        """Return where below `runs/` the newest run of the month before has a page of a language; empty where it has none."""
        runs = [run for run in self._seen_in(language) if run.published and run.as_of == self._as_of - 1]
        file = runs[-1].edition(language) / page if runs else None
        return file.relative_to(self.out / "runs").as_posix() if file and file.is_file() else ""

    def keep_last_good(self, jobs: Iterable[Job], outcomes: Iterable[ReportResult]) -> None:
        """Put the last good page of each report that failed next to the page that says so, with its data."""
        for job, outcome in zip(jobs, outcomes, strict=True):
            file = self.last_good(job) if outcome.status != "ok" else None
            if file:
                target = self.folder / job.folder
                shutil.copy2(file, target / job.last_good)
                for data in (file.parent / "data").glob(f"{job.stage}-*"):
                    if data.is_file():
                        shutil.copy2(data, target / "data" / data.name)

    def check(self, outcomes: Iterable[ReportResult]) -> None:
        """Raise a `CslibError` where a page is not there: then nothing must be published."""
        pages = chain(["index.html", "run.json", "kpis.parquet"], (outcome.page for outcome in outcomes))
        absent = [
            page for page in pages if not (self.folder / page).is_file() or not (self.folder / page).stat().st_size
        ]
        if absent:
            raise CslibError(f"the run is not complete and was not published; not written: {', '.join(absent)}")

    def finish(self) -> Path:
        """Make the run the latest, in one step, and return its folder."""
        os.sync()  # a power cut must not leave a link to pages that never reached the disk
        self.final = final = self.out / "runs" / self.run_id
        self._move()
        try:
            self.link.symlink_to(final.relative_to(self.out), target_is_directory=True)
            os.replace(self.link, self.out / "latest")  # noqa: PTH105 - the one call that replaces a link atomically
        except OSError:
            final.rename(self.folder)  # what is not the latest was not published
            raise
        return final

    def finish_failed(self) -> Path:
        """Keep the run for the analyst without making it the latest, and return its folder."""
        return self._move()

    def _move(self) -> Path:
        final = self.out / "runs" / self.run_id
        final.parent.mkdir(exist_ok=True)
        self.folder.rename(final)
        return final

    def undo(self) -> bool:
        """Remove all of the run, at whatever moment of its making, unless it is the latest; returns whether it is."""
        is_latest = self.final is not None and (self.out / "latest").resolve() == self.final.resolve()
        for _ in range(3):  # reports that are being ended may still write a page
            self.clear()
        if self.final is not None and not is_latest:
            shutil.rmtree(self.final, ignore_errors=True)
        return is_latest

    def clear(self) -> None:
        """Remove what is left of the building."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.slices, ignore_errors=True)
        self.link.unlink(missing_ok=True)

    def forget_old(self, keep: int) -> set[str]:
        """Remove runs beyond the last `keep`, and return the keys of the reports in those that stay."""
        return set().union(*(run.keys for run in forget_old_runs(self.out, keep)))


def _refuse_other_readers(out: Path, runs: Iterable[Run], audience: str) -> None:
    others = [run.folder.name for run in runs if run.audience != audience]
    if others:
        raise CslibError(
            f"--out: wanted a folder of its own for readers of an {audience} audience; {out} holds {len(others)} runs for "
            f"others ({', '.join(others[:3])}); name another folder, such as --out {out.name}-{audience}"
        )


def _free(runs: Path, name: str) -> str:
    """Return a name that no run has; two may have begun in one second, or the clock may have been moved back."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(one for one in names if not (runs / one).exists())
