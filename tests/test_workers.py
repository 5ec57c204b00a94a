"""Reports begin when what they show is there, and no sooner; what is not there concerns those that show it."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from cslib.errors import CslibError
from cslib.inquiries import FOLDER, write_analysis
from cslib.reports import workers
from cslib.reports.cache import NotebookCache
from cslib.reports.execute import ReportResult, ReportTask
from cslib.reports.page import PageContext
from cslib.reports.plan import Job
from cslib.reports.subprocesses import Limits, run_isolated

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def task(folder: Path, name: str, *awaits: str) -> ReportTask:
    """Return the task of a report that awaits some analyses."""
    return ReportTask(
        job=Job("total", Path(f"{name}.ipynb")), parameters={"snapshot": str(folder)}, folder=folder, key="k",
        context=PageContext(language="en", title="", month="2026-05"), executed=NotebookCache(folder / ".executed"),
        limits=Limits(60, 60), awaits=awaits,
    )  # fmt: skip


def test_a_report_begins_when_its_analyses_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    awaited = {name: Future[None]() for name in ("early", "late", "broken")}

    def report(order: ReportTask) -> ReportResult:
        begun.append(order.job.name)
        return ReportResult("total", order.job.name, "", "ok", 0.0)

    monkeypatch.setattr(workers, "report", report)
    orders = [
        task(tmp_path, "both", "early", "late"),
        task(tmp_path, "plain"),
        task(tmp_path, "bad", "broken", "early"),
    ]
    made = workers.execute_all(orders, awaited, jobs=1, dask="")
    assert next(made)[0] == 1
    assert begun == ["plain"]
    awaited["early"].set_result(None)
    awaited["broken"].set_exception(CslibError("no panel"))
    place, failure = next(made)
    assert (place, failure.status, failure.error) == (2, "failed", "the analysis broken: no panel")
    assert begun == ["plain"]
    awaited["late"].set_result(None)
    assert [place for place, _ in made] == [0]
    assert begun == ["plain", "both"]


def test_what_a_report_has_waited_for_is_part_of_what_it_is_found_again_by(tmp_path: Path) -> None:
    def key(value: int, *awaits: str) -> str:
        table = pd.DataFrame({"segment": ["total"], "value": [value]})
        write_analysis("signals", table, ("total",), tmp_path)
        (tmp_path / FOLDER).unlink(missing_ok=True)
        (tmp_path / FOLDER).symlink_to(tmp_path / "total")
        return task(tmp_path, "one", *awaits).with_analyses().key

    assert key(1, "signals") == key(1, "signals") != key(2, "signals")
    assert key(1) == key(2)


def _tells(count: int, tell: Callable[[int], None]) -> str:
    for place in range(count):
        tell(place)
    return "done"


def test_each_step_of_a_process_apart_is_heard() -> None:
    heard: list[int] = []
    assert run_isolated(_tells, 3, Limits(60, 60), hear=heard.append) == "done"
    assert heard == [0, 1, 2]
