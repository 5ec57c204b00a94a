"""The main job: one snapshot, every report executed, the whole published at once."""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cslib.book import Book
from cslib.errors import CslibError, NothingPublished
from cslib.reports.execute import Order, Outcome, make_report, part_of
from cslib.reports.plan import Job, find_notebooks, notebook_folders, plan
from cslib.reports.publish import Building, locked
from cslib.reports.single import render_single

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    import pandas as pd

    from cslib.wording import Language

    Progress = Callable[[Outcome, int, int], None]


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line."""

    params: Path
    out: Path
    as_of: str | None = None
    segments: tuple[str, ...] = ()
    notebooks: tuple[str, ...] = ()
    language: Language | None = None
    jobs: int = 0  # processes at once; 0: one per core
    single_file: bool = False  # one file per segment besides, to be sent by mail


@dataclass(frozen=True)
class Result:
    """What a run came to: its folder, what became of each report, and which rows were set aside, and where they lie."""

    folder: Path
    outcomes: tuple[Outcome, ...]
    losses: tuple[str, ...]
    quarantine: Path

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The reports that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.status != "ok")


def run(request: Request, now: datetime, progress: Progress) -> Result:
    """Execute every report and publish the run; `progress` hears of each report as it ends.

    Raises a `CslibError` where settings or data cannot be used, `RunLocked` where another run is writing, and
    `NothingPublished` where every report failed; then `latest` stays what it was.
    """
    with locked(request.out):
        began = time.monotonic()
        book = Book.open(request.params, now.date())
        as_of = book.month(request.as_of)
        chosen = book.segment_ids(request.segments)
        if request.single_file and "index" in chosen:
            raise CslibError(
                "the single file of a segment 'index' would take the front page's place; name it otherwise"
            )
        notebooks = find_notebooks(
            notebook_folders(request.params), request.notebooks or tuple(book.settings.report.notebooks)
        )
        jobs = plan([segment for segment in book.settings.segments if segment.id in chosen], notebooks)
        measured = book.measure(as_of, book.settings.report.months, tuple({*chosen, book.settings.total.id}))
        language = request.language or book.settings.report.language
        run_id = f"{as_of}_{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        building = Building(book, as_of, language, request.out, run_id)
        try:
            orders = _orders(building, jobs, measured)
            outcomes = _all_made(orders, request.jobs or os.cpu_count() or 1, progress)
            if all(outcome.status != "ok" for outcome in outcomes):
                raise NothingPublished(_all_failed(outcomes))
            building.write_front(measured, jobs, outcomes)
            if request.single_file:
                _write_singles(building, orders, outcomes)
            building.write_log(measured, outcomes, notebooks, time.monotonic() - began)
            return Result(building.finish(), tuple(outcomes), book.manifest.losses, book.folder / "quarantine")
        finally:
            building.clear()


def _orders(building: Building, jobs: Sequence[Job], measured: pd.DataFrame) -> list[Order]:
    slices = {
        segment: building.book.hand_out(segment, measured, building.slices / segment)
        for segment in dict.fromkeys(job.segment for job in jobs)
    }
    for segment in slices:
        (building.folder / segment / "data").mkdir(parents=True)
        (building.folder / segment / "notebooks").mkdir()
    return [
        Order(
            job=job,
            parameters={
                "params": building.book.settings.folder,
                "segment": job.segment,
                "as_of": str(building.as_of),
                "language": building.language,
                "snapshot": str(slices[job.segment].resolve()),
            },
            context=building.context(job, jobs),
            folder=(building.folder / job.segment).resolve(),
        )
        for job in jobs
    ]


def _write_singles(building: Building, orders: Sequence[Order], outcomes: Sequence[Outcome]) -> None:
    """Write all reports of each segment as one file, beside the segment's folder."""
    made = list(zip(orders, outcomes, strict=True))
    for segment in dict.fromkeys(order.job.segment for order in orders):
        parts = [part_of(order, outcome) for order, outcome in made if order.job.segment == segment]
        (building.folder / f"{segment}.html").write_text(render_single(parts), encoding="utf-8")


def _all_made(orders: list[Order], processes: int, progress: Progress) -> list[Outcome]:
    """Return what became of each report, in the order of `orders`."""
    # spawned, not forked: this process holds DuckDB's threads, which a fork would leave behind
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=min(processes, len(orders)), mp_context=context) as pool:
        waiting = {pool.submit(make_report, order): place for place, order in enumerate(orders)}
        outcomes: dict[int, Outcome] = {}
        for future in as_completed(waiting):
            order = orders[waiting[future]]
            outcomes[waiting[future]] = _outcome(order, future)
            progress(outcomes[waiting[future]], len(outcomes), len(orders))
    return [outcomes[place] for place in range(len(orders))]


def _outcome(order: Order, future: Future[Outcome]) -> Outcome:
    """Return what a worker reported, or that it died."""
    try:
        return future.result()
    except BrokenProcessPool as error:
        page = f"{order.job.segment}/{order.job.slug}.html"
        return Outcome(order.job.segment, order.job.name, page, "failed", 0.0, "", f"the process died: {error}")


def _all_failed(outcomes: Sequence[Outcome]) -> str:
    first = outcomes[0]
    return (
        f"none of the {len(outcomes)} reports could be made, so nothing was published; the first, "
        f"{first.segment}/{first.notebook}, failed with {first.error}"
    )
