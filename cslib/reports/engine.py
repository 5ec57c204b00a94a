"""A papermill engine that runs cells in this very process: a kernel's shell, without the kernel.

The shell is ipykernel's own and outputs are assembled by nbclient's own code; only the sockets between are left out. It
belongs into a process that runs one notebook and then ends: what cells change, stays changed.
`papermill --engine cslib` runs a notebook this way as well.
"""

from __future__ import annotations

import asyncio
import builtins
import getpass
import os
import sys
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd
from ipykernel.compiler import XCachingCompiler
from ipykernel.eventloops import enable_gui
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError, UsageError
from papermill.engines import NBClientEngine
from traitlets.config import Config

from cslib.reports.capture import TooMuchOutput, captured
from cslib.reports.kernel_messages import PARENT, Messages, ValidOutputs, connect_widgets, front_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode
    from papermill.engines import NotebookExecutionManager

ENGINE = "cslib"
KERNEL_ENGINE = "cslib-kernel"


class InProcess(NBClientEngine):
    """papermill's engine of the name `cslib`."""

    @classmethod
    def execute_managed_notebook(  # papermill passes options that only kernels know
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,  # noqa: ARG003
        on_cell_start: Callable[..., None] | None = None,
        on_cell_executed: Callable[..., None] | None = None,
        **_: Any,  # noqa: ANN401
    ) -> None:
        """Run the cells of a notebook until one fails; the hooks are nbclient's."""
        InProcessClient(nb_man, on_cell_start=on_cell_start, on_cell_executed=on_cell_executed).execute()


class InKernel(NBClientEngine):
    """papermill's own way, a kernel for the notebook; what is displayed is kept as `InProcess` keeps it."""

    @classmethod
    def execute_managed_notebook(  # the same arguments as papermill's own
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        input_path: str = "",  # noqa: ARG003 - no client knows it
        **options: Any,  # noqa: ANN401
    ) -> None:
        """Run the cells of a notebook until one fails."""
        client = ValidOutputs(
            nb_man, timeout=execution_timeout, startup_timeout=start_timeout, kernel_name=kernel_name, **options
        )
        client.execute()


class InProcessClient(ValidOutputs):
    """nbclient's handling of messages, fed by a shell in this process."""

    def execute(self, **_: Any) -> NotebookNode:  # noqa: ANN401
        """Run the cells in order, outputs written into the notebook, until one fails; returns the notebook."""
        self.reset_execution_trackers()
        self.kc = front_end()
        with captured(self._hear_stream) as self.capture, _no_input():
            self.shell = _shell(Messages(self.capture, self._hear))
            asyncio.run(self._run_cells())
        self.nb.metadata["language_info"] = dict(IPythonKernel.language_info)
        self.set_widgets_metadata()
        return self.nb

    async def _run_cells(self) -> None:
        for index, cell in enumerate(self.nb.cells):
            self.nb_man.cell_start(cell, index)
            self._cell, self._index = cell, index
            try:
                if cell.cell_type == "code" and cell.source.strip():
                    await self._run_cell(cell, index)
            except _CellFailed:
                self.nb_man.cell_exception(cell, cell_index=index)
                break
            finally:
                self.nb_man.cell_complete(cell, cell_index=index)

    async def _run_cell(self, cell: NotebookNode, index: int) -> None:
        if self.on_cell_start:
            self.on_cell_start(cell=cell, cell_index=index)
        cell.outputs, cell["execution_count"] = [], self.shell.execution_count
        self.clear_before_next_output = False
        succeeded = await _run(self.shell, cell.source)
        await asyncio.sleep(0)  # as between two cells of a kernel, what was scheduled gets its turn
        if self._too_much():
            succeeded = False
        if self.shell.exit_now:
            succeeded = self._failed(_Left())
        if self.on_cell_executed:
            self.on_cell_executed(cell=cell, cell_index=index)
        if not succeeded and "raises-exception" not in cell.metadata.get("tags", ()):
            raise _CellFailed

    def _too_much(self) -> bool:
        """Return whether the cell's last words were too many, as an error of the cell."""
        try:
            self.capture.hand_on()
        except TooMuchOutput as error:
            return not self._failed(error)
        return False

    def _failed(self, error: Exception) -> bool:
        """Add an error to the cell's outputs that no code of the cell has raised; returns that it did not succeed."""
        name, said = type(error).__name__.lstrip("_"), str(error)
        content = {"ename": name, "evalue": said, "traceback": [f"{name}: {said}"]}
        self._hear(_message("error", content))
        return False

    def _hear_stream(self, name: str, text: str) -> None:
        self._hear(_message("stream", {"name": name, "text": text}))

    def _hear(self, message: dict[str, Any]) -> None:
        self.process_message(message, self._cell, self._index)


def _message(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    return {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": PARENT, "content": content}


class _CellFailed(Exception):  # noqa: N818 - never seen outside
    pass


class _Left(Exception):  # noqa: N818
    def __str__(self) -> str:
        return "the notebook called exit(); the cells after it did not run"


def _shell(messages: Messages) -> ZMQInteractiveShell:
    """Return a fresh shell, set up as ipykernel sets up its own."""
    # no history file: it would be shared by all reports, and is of no use to any
    config = Config({"HistoryManager": {"enabled": False}})
    shell = ZMQInteractiveShell.instance(config=config, compiler_class=XCachingCompiler)
    shell.displayhook.session = shell.display_pub.session = messages
    shell.displayhook.pub_socket = shell.display_pub.pub_socket = messages
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    if "" not in sys.path:  # modules where the run was started can be imported, as in a kernel: after Python's own
        installed = (place for place, path in enumerate(sys.path) if Path(path).name == "site-packages")
        sys.path.insert(next(installed, len(sys.path)), "")
    pd.set_option("display.max_columns", 20)  # as pandas decides when it is imported in a kernel
    # read when a cell calls exit(), turns to a GUI, or shows something within a widget
    shell.kernel = SimpleNamespace(eventloop=None, get_parent=lambda: {"header": PARENT})
    shell.enable_gui = partial(_enable_gui, shell)
    connect_widgets(messages)
    return shell


def _enable_gui(shell: ZMQInteractiveShell, gui: str | None = None) -> None:
    """Turn to a GUI (`%matplotlib inline` turns to none) as the shell of a kernel does, without asking for the kernel."""
    try:
        enable_gui(gui, kernel=shell.kernel)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise UsageError(str(error)) from error
    shell.active_eventloop = gui


async def _run(shell: ZMQInteractiveShell, source: str) -> bool:
    """Return whether a cell ran without an error, run the way ipykernel runs it."""
    shell._last_traceback_during_displayhook = False  # noqa: SLF001 - what a kernel's run_cell does first
    problem = None
    try:
        transformed = shell.transform_cell(source)
    except Exception:  # noqa: BLE001 - whatever it is, the shell shows it as the cell's error
        transformed, problem = source, sys.exc_info()
    result = await shell.run_cell_async(
        source, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=problem
    )
    shell.events.trigger("post_execute")
    shell.events.trigger("post_run_cell", result)
    return bool(result.success) and not shell._last_traceback_during_displayhook  # noqa: SLF001


@contextmanager
def _no_input() -> Iterator[None]:
    """Refuse to read input, as a kernel without a front end does."""

    def refusing(asked: str) -> Callable[..., NoReturn]:
        def refuse(*_: object, **__: object) -> NoReturn:
            raise StdinNotImplementedError(f"{asked} was called, but this frontend does not support input requests.")

        return refuse

    before = builtins.input, getpass.getpass
    builtins.input, getpass.getpass = refusing("raw_input"), refusing("getpass")
    try:
        yield
    finally:
        builtins.input, getpass.getpass = before
