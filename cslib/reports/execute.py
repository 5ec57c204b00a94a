"""One report, in a process of its own: papermill executes the notebook, nbconvert makes the page."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from cslib.reports.page import csv_files, render_failure, render_notebook
from cslib.reports.single import Part

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.reports.page import PageContext
    from cslib.reports.plan import Job

_CELL_SECONDS = 600


@dataclass(frozen=True)
class Order:
    """All that a worker needs to make one report."""

    job: Job
    parameters: dict[str, str]
    context: PageContext
    folder: Path  # the segment's folder in the run that is being built


@dataclass(frozen=True)
class Outcome:
    """What became of a report. `cell` and `error` say where and why it failed."""

    segment: str
    notebook: str
    page: str
    status: str
    seconds: float
    cell: str = ""
    error: str = ""


def make_report(order: Order) -> Outcome:
    """Return the outcome of a report, its page, its data and its executed notebook written; never raises."""
    began = time.monotonic()
    try:
        executed = _execute(order)
        _publish(order, executed)
        status, cell, error = "ok", "", ""
    except PapermillExecutionError as failure:
        status, cell, error = "failed", f"[{failure.exec_count}]", f"{failure.ename}: {failure.evalue}"
    except Exception as failure:  # noqa: BLE001 - whatever breaks one report must not break its siblings
        status, cell, error = "failed", "", f"{type(failure).__name__}: {failure}"
    if status == "failed":
        page = render_failure(order.context, cell, error)
        (order.folder / f"{order.job.slug}.html").write_text(page, encoding="utf-8")
    seconds = round(time.monotonic() - began, 3)
    return Outcome(
        order.job.segment,
        order.job.name,
        f"{order.job.segment}/{order.job.slug}.html",
        status,
        seconds,
        cell,
        error,
    )


def part_of(order: Order, outcome: Outcome) -> Part:
    """Return a report that was made as a part of the segment's single file: what was executed, or why it failed."""
    if outcome.status != "ok":
        return Part(context=order.context, cell=outcome.cell, error=outcome.error)
    return Part(context=order.context, notebook=nbformat.read(_executed(order), as_version=4))


def _executed(order: Order) -> Path:
    return order.folder / "notebooks" / f"{order.job.name}.ipynb"


def _execute(order: Order) -> nbformat.NotebookNode:
    target = _executed(order)
    with tempfile.TemporaryDirectory(prefix="cslib-") as sockets:
        # kernels that start side by side take each other's TCP ports; sockets in a folder of their own cannot clash
        manager = Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}})
        papermill.execute_notebook(
            str(order.job.notebook),
            str(target),
            parameters=order.parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            execution_timeout=_CELL_SECONDS,
            shutdown_kernel="immediate",
            config=manager,
        )
    return nbformat.read(target, as_version=4)


def _publish(order: Order, executed: nbformat.NotebookNode) -> None:
    page = render_notebook(executed, order.context)
    (order.folder / f"{order.job.slug}.html").write_text(page, encoding="utf-8")
    for name, text in csv_files(executed).items():
        (order.folder / "data" / f"{order.context.slug}-{name}.csv").write_text(text, encoding="utf-8")
