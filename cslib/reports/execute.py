"""One report: papermill executes the notebook in a process of its own, nbconvert makes the page."""

from __future__ import annotations

import ast
import json
import os
import tempfile
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import nbformat
import papermill
from nbconvert.filters.ansi import strip_ansi
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from cslib.errors import CslibError
from cslib.inquiries import FOLDER
from cslib.redaction import learn, redacted
from cslib.reports.cache import digest
from cslib.reports.capture import MOST_WRITTEN, TooMuchOutput
from cslib.reports.engine import ENGINE, KERNEL_ENGINE, InKernel, InProcess
from cslib.reports.kernel_messages import kernel_config
from cslib.reports.page import csv_files, render_failure, rendered
from cslib.reports.redacted_outputs import redact_outputs
from cslib.reports.single_file import Part
from cslib.reports.static_images import add_stills
from cslib.reports.subprocesses import Died, Limits, forks_safely, run_isolated
from cslib.reports.visibility import withhold
from cslib.scratch import sockets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode

    from cslib.reports.cache import NotebookCache
    from cslib.reports.page import PageContext
    from cslib.reports.plan import Job

    Tell = Callable[[int], None]

PARAMETERS = ("params", "segment", "as_of", "language", "snapshot")
_TRACEBACK = "Traceback (most recent call last)"
_MOST_SAID = 500  # letters of an error that a page and the logs repeat; the executed notebook has all of it


@dataclass(frozen=True, kw_only=True)
class ReportTask:
    """All that a worker needs to make one report."""

    job: Job
    parameters: dict[str, str]
    context: PageContext
    folder: Path  # the segment's folder in the run that is being built
    key: str
    executed: NotebookCache  # what earlier runs have executed
    limits: Limits
    kernel: bool = False  # each notebook in a kernel of its own, as plain papermill does it
    sockets: str = ""  # the folder in which such a kernel is spoken to
    force: bool = False  # executed again, although nothing has changed
    awaits: tuple[str, ...] = ()  # the analyses that its notebook names, without which it cannot begin

    def with_analyses(self) -> ReportTask:
        """Return the task with what it has waited for in its key: a table hangs on more than the segment's own rows."""
        folder = Path(self.parameters["snapshot"]) / FOLDER
        tables = [(folder / f"{name}.parquet").read_bytes() for name in self.awaits]
        return replace(self, key=digest([self.key.encode(), *tables]))

    @property
    def notebook(self) -> Path:
        """The file of the executed notebook."""
        return self.folder / "notebooks" / f"{self.job.name}.ipynb"

    @property
    def unfinished(self) -> Path:
        """Where its cells are written down until it is complete."""
        return self.folder / "notebooks" / f".{self.job.name}.cells"

    @property
    def page(self) -> Path:
        """The file of the page."""
        return self.folder / f"{self.job.slug}.html"


@dataclass(frozen=True)
class ReportResult:
    """The result of a report. `cell` and `error` say where and why it failed; `reused`: nothing it shows had changed.

    `kernel`: it was executed in a kernel of its own, as requested, or since processes cannot be forked here.
    """

    segment: str
    notebook: str
    page: str
    status: str
    seconds: float
    cell: str = ""
    error: str = ""
    reused: bool = False
    kernel: bool = False
    key: str = ""
    last_good: str = ""  # the page of the last run that could make it
    missed: tuple[str, ...] = ()  # what its page does not show as the notebook has it, and why
    edition: str = ""  # the folder of its language in the run, as its job has it

    @property
    def name(self) -> str:
        """The report as the command line names it."""
        return "/".join(part for part in (self.edition, self.segment, self.notebook) if part)


def report(order: ReportTask) -> ReportResult:
    """Return what became of a report, its page, data and executed notebook written; never raises."""
    began, kernel = time.monotonic(), order.kernel
    learn(Path(order.parameters["params"]), os.environ)  # on a cluster, this is the first that the process hears of it
    try:
        order = order.with_analyses()
        kernel = kernel or not forks_safely()
        # made here, since the process in which the kernel is started may be killed
        with tempfile.TemporaryDirectory(prefix="kernel-", dir=sockets()) as place:
            asked = replace(order, kernel=kernel, sockets=place)
            outcome = run_isolated(make_report, asked, order.limits, fork=not kernel)
    except Died as death:
        outcome = failed(order, _after_death(order, death.step), str(death))
    except Exception as failure:  # noqa: BLE001 - whatever breaks one report must not break its siblings
        outcome = failed(order, "", f"{type(failure).__name__}: {failure}")
    return replace(outcome, seconds=round(time.monotonic() - began, 3), kernel=kernel and not outcome.reused)


def make_report(order: ReportTask, tell: Tell) -> ReportResult:
    """Return what became of a report, executed here and now, or taken from an earlier run; `tell` is called with the number of each cell."""
    learn(Path(order.parameters["params"]), os.environ)
    try:
        found = not order.force and order.executed.get(order.key, order.notebook)
        missed = publish(order, _read(order.notebook) if found else _execute(order, tell))
        if not found:
            order.executed.put(order.key, order.notebook)
    except PapermillExecutionError as failure:
        return failed(order, f"[{failure.exec_count}]", f"{failure.ename}: {failure.evalue}")
    except CslibError as failure:
        return failed(order, "", str(failure))
    except Exception as failure:  # noqa: BLE001
        return failed(order, "", f"{type(failure).__name__}: {failure}")
    return replace(_outcome(order, "ok", reused=found), missed=missed)


def publish(order: ReportTask, notebook: NotebookNode) -> tuple[str, ...]:
    """Write the page of an executed notebook and the data behind it; returns what the page does not show, and why."""
    context = order.context
    made = rendered(notebook, context)
    if _TRACEBACK in made.html:
        raise CslibError("the page would show code to its readers, since a cell has printed where an error arose")
    order.page.write_text(made.html, encoding="utf-8")
    for name, held in made.files.items():
        (order.folder / "data" / name).write_bytes(held)
    for name, text in csv_files(notebook).items():
        (order.folder / "data" / f"{context.slug}-{name}.csv").write_text(text, encoding="utf-8")
    return made.missed


def part_of(order: ReportTask, outcome: ReportResult) -> Part:
    """Return a report that was made as a part of the segment's single file: what was executed, or why it failed."""
    if outcome.status != "ok":
        return Part(context=order.context, cell=outcome.cell, error=outcome.error)
    return Part(context=order.context, notebook=_read(order.notebook))


def failed(order: ReportTask, cell: str, error: str) -> ReportResult:
    """Return that a report failed, where and why; its page says so."""
    error = redacted(strip_ansi(error))
    error = error if len(error) <= _MOST_SAID else f"{error[:_MOST_SAID]}…"
    with suppress(OSError):  # a page that cannot be written is missed when the run is checked
        order.page.write_text(render_failure(order.context, cell, error), encoding="utf-8")
    return _outcome(order, "failed", cell=cell, error=error)


def _outcome(order: ReportTask, status: str, *, cell: str = "", error: str = "", reused: bool = False) -> ReportResult:
    last_good = order.context.last_good if status == "failed" else ""
    return ReportResult(
        order.job.segment, order.job.name, order.job.page, status, 0.0, cell, error, reused, key=order.key,
        last_good=last_good, edition=order.job.edition,
    )  # fmt: skip


def _after_death(order: ReportTask, step: int) -> str:
    """Leave the analyst the notebook with what had been executed, and return the cell that was at work."""
    with suppress(Exception):  # whatever else is wrong with it, what must be reported is that it died
        notebook = parameterize_notebook(load_notebook_node(str(order.job.notebook)), order.parameters)
        for line in order.unfinished.read_text("utf-8").splitlines() if order.unfinished.is_file() else ():
            index, count, outputs = json.loads(line)
            notebook.cells[index].update(execution_count=count, outputs=[nbformat.from_dict(one) for one in outputs])
        withhold(notebook)
        redact_outputs(notebook)
        nbformat.write(notebook, order.notebook)
        order.unfinished.unlink(missing_ok=True)
        code = [cell.cell_type for cell in notebook.cells[: step + 1]].count("code")
        return f"[{code}]" if code else ""
    return ""


def _read(file: Path) -> NotebookNode:
    try:
        notebook = nbformat.read(file, as_version=4)
        whole = all(map(_is_cell, notebook.cells)) and isinstance(notebook.metadata, dict)
    except OSError as error:
        raise CslibError(f"{file.name}: cannot be opened: {error.strerror}; see to its place") from error
    except Exception:  # noqa: BLE001 - a damaged file may hold anything where the reader looks for something else
        whole = False
    if not whole:
        raise CslibError(
            f"{file.name}: wanted a notebook as JupyterLab saves it; found a file that is none, or is damaged; open it there "
            "and save it anew, or take it from where it came"
        )
    return notebook


def code_cells(file: Path) -> list[str]:
    """Return the code of a notebook, cell by cell; nothing where it cannot be read, of which its report tells."""
    try:
        return [cell.source for cell in _read(file).cells if cell.cell_type == "code"]
    except CslibError:
        return []


def _is_cell(cell: NotebookNode) -> bool:
    """Return whether a cell is valid enough to be shown and executed: nothing else here would check it before it fails."""
    tags = cell.metadata.get("tags", [])
    known = cell.cell_type in {"code", "markdown", "raw"} and isinstance(cell.source, str)
    return known and isinstance(tags, list) and all(isinstance(tag, str) for tag in tags)


def _execute(order: ReportTask, tell: Tell) -> NotebookNode:
    _refuse_wrong_parameters(_read(order.job.notebook))
    try:
        notebook = _run_cells(order, tell)
    except Exception:
        if order.notebook.is_file():  # with what was executed until then
            _keep_back(order, _read(order.notebook))
        raise
    _keep_back(order, notebook, changed=add_stills(notebook))
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    if sum(len(output.text) for output in outputs if output.output_type == "stream") > MOST_WRITTEN:
        raise TooMuchOutput
    return notebook


def _run_cells(order: ReportTask, tell: Tell) -> NotebookNode:
    # when one is run and not on import, since the registry is one for the whole process; known without an entry point, too
    papermill_engines.register(ENGINE, InProcess)
    papermill_engines.register(KERNEL_ENGINE, InKernel)
    with _engine(order) as options:
        return papermill.execute_notebook(
            _as_it_is(order.job.notebook),
            _as_it_is(order.notebook),
            parameters=order.parameters,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            on_cell_start=lambda cell, cell_index: tell(cell_index),  # noqa: ARG005 - nbclient passes both by name
            **options,
        )


def _keep_back(order: ReportTask, notebook: NotebookNode, *, changed: bool = False) -> None:
    """Write the executed notebook anew, without what was hidden and without secrets: its folder is handed out with the pages."""
    if any([withhold(notebook), redact_outputs(notebook), changed]):
        nbformat.write(notebook, order.notebook)


def _as_it_is(path: Path) -> str:
    """Return a path that papermill, which fills parameters in between braces, takes for itself."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _keep_in(cells: TextIO) -> Callable[..., None]:
    """Return what writes down each cell as it ends: the whole notebook each time would take longer than its cells."""

    def keep(cell: NotebookNode, cell_index: int, **_: object) -> None:
        cells.write(json.dumps([cell_index, cell.execution_count, cell.outputs]) + "\n")
        cells.flush()

    return keep


@contextmanager
def _engine(order: ReportTask) -> Iterator[dict[str, object]]:
    """Give papermill's options: for this process, or for a kernel."""
    if not order.kernel:
        try:
            with order.unfinished.open("w", encoding="utf-8") as cells:
                yield {
                    "engine_name": ENGINE,
                    "request_save_on_cell_execute": False,
                    "on_cell_executed": _keep_in(cells),
                }
        finally:
            order.unfinished.unlink(missing_ok=True)
        return
    yield {
        "engine_name": KERNEL_ENGINE,
        "config": kernel_config(order.sockets),
        "execution_timeout": int(order.limits.step),
        "shutdown_kernel": "immediate",
    }


def _refuse_wrong_parameters(notebook: NotebookNode) -> None:
    """Refuse a notebook that would ignore which report it is to be; papermill only warns."""
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    if not cells:
        raise CslibError(f"wanted a cell tagged 'parameters' that sets {', '.join(PARAMETERS)}; found none")
    absent = [name for name in PARAMETERS if name not in _assigned(cells[0].source)]
    if absent:
        raise CslibError(
            f"the cell tagged 'parameters' does not set {', '.join(absent)}: without, it is not this report"
        )


def _assigned(source: str) -> set[str]:
    """Return the names that code assigns."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError as error:
        raise CslibError(f"the cell tagged 'parameters' is no Python: line {error.lineno}: {error.msg}") from error
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
