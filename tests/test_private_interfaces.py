"""What the engine in this process rests on and nobody has promised: each name is there, and versions have an upper bound."""

from __future__ import annotations

import inspect
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ipykernel.compiler import XCachingCompiler
from ipykernel.displayhook import ZMQShellDisplayHook
from ipykernel.eventloops import enable_gui
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQDisplayPublisher, ZMQInteractiveShell
from jupyter_client.session import Session
from nbclient import NotebookClient
from packaging.requirements import Requirement
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

ROOT = Path(__file__).parents[1]
PRIVATE = [
    # the shell, set up and run as a kernel does
    (ZMQInteractiveShell, "displayhook_class"), (ZMQInteractiveShell, "display_pub_class"),
    (ZMQInteractiveShell, "kernel"), (ZMQInteractiveShell, "exit_now"), (ZMQInteractiveShell, "enable_gui"),
    (ZMQInteractiveShell, "transform_cell"), (ZMQInteractiveShell, "run_cell_async"),
    (ZMQShellDisplayHook, "session"), (ZMQShellDisplayHook, "pub_socket"),
    (ZMQDisplayPublisher, "session"), (ZMQDisplayPublisher, "pub_socket"), (IPythonKernel, "language_info"),
    (Session, "msg"), (Session, "pack"), (Session, "unpack"), (Session, "send"),
    # the client, which puts messages into the notebook
    (NotebookClient, "process_message"), (NotebookClient, "reset_execution_trackers"),
    (NotebookClient, "set_widgets_metadata"), (NotebookClient, "on_cell_start"), (NotebookClient, "on_cell_executed"),
    (PapermillNotebookClient, "execute"), (NBClientEngine, "execute_managed_notebook"),
    (NotebookExecutionManager, "cell_start"), (NotebookExecutionManager, "cell_exception"),
    (NotebookExecutionManager, "cell_complete"), (type(papermill_engines), "register"),
]  # fmt: skip
ARGUMENTS = [
    (enable_gui, {"gui", "kernel"}),
    (Session.send, {"stream", "msg_or_type", "content", "parent", "buffers"}),
    (NotebookClient.process_message, {"msg", "cell", "cell_index"}),
    (ZMQInteractiveShell.run_cell_async, {"store_history", "transformed_cell", "preprocessing_exc_tuple"}),
    (NotebookExecutionManager.cell_start, {"cell", "cell_index"}),
    (NotebookExecutionManager.cell_exception, {"cell", "cell_index"}),
    (NotebookExecutionManager.cell_complete, {"cell", "cell_index"}),
    (NBClientEngine.execute_managed_notebook, {"nb_man", "kernel_name", "start_timeout", "execution_timeout"}),
]
READ = [  # names that are set on the way: without a reader over there, they would do nothing
    (ZMQInteractiveShell, "_last_traceback_during_displayhook"),
    (NotebookClient, "clear_before_next_output"),
    (PapermillNotebookClient, "nb_man"),
]


@pytest.mark.parametrize(("owner", "name"), PRIVATE, ids=lambda one: getattr(one, "__name__", one))
def test_a_private_interface_is_there(owner: Any, name: str) -> None:
    assert hasattr(owner, name) or name in getattr(owner, "__annotations__", {})


@pytest.mark.parametrize(("function", "wanted"), ARGUMENTS, ids=lambda one: getattr(one, "__qualname__", ""))
def test_it_takes_what_it_is_handed(function: Any, wanted: set[str]) -> None:
    assert wanted <= set(inspect.signature(function).parameters)


@pytest.mark.parametrize(("owner", "name"), READ, ids=lambda one: getattr(one, "__name__", one))
def test_what_is_set_there_is_read_there(owner: Any, name: str) -> None:
    assert re.search(rf"\.{name}\b", inspect.getsource(sys.modules[owner.__module__]))


def test_the_compiler_is_a_class_of_compilers() -> None:
    assert isinstance(XCachingCompiler, type)


@pytest.mark.parametrize("name", ["ipykernel", "nbclient", "papermill"])
def test_what_is_private_has_an_upper_bound_that_the_lock_keeps(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    (wanted,) = (one for one in map(Requirement, project["dependencies"]) if one.name == name)
    assert [bound for bound in wanted.specifier if bound.operator == "<"]
    locked = re.findall(rf"^{name}==(\S+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    assert locked
    assert all(wanted.specifier.contains(version) for version in locked)
