"""A piece of work in a fresh process of its own, which ends with it, whatever it does and whatever it starts."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import wait
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from cslib.scratch import sockets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

    Tell = Callable[[int], None]  # which step begins

Asked = TypeVar("Asked")
Made = TypeVar("Made")

# libraries that find these start no threads when they are imported, and a thread does not survive a fork
_SINGLE_THREADED = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
_THREADS = Path("/proc/self/task")  # only Linux lists the threads that run, and forks safely where there is one
_starting = threading.Lock()  # what a process inherits is the same for all threads
_alive: set[int] = set()  # the processes that this one has started and that have not ended
_over = threading.Event()  # no other is started any more


@dataclass(frozen=True)
class Limits:
    """How many seconds the whole work may take, and each of its steps."""

    whole: float
    step: float


class Died(Exception):  # noqa: N818 - says what became of the process
    """The process ended, or was ended, before its work was done; `step` is the last that it reported, -1 without any."""

    def __init__(self, reason: str, step: int) -> None:
        super().__init__(reason)
        self.step = step


def run_isolated(
    work: Callable[[Asked, Tell], Made], asked: Asked, limits: Limits, *, fork: bool = True, hear: Tell | None = None
) -> Made:
    """Return what `work` makes of `asked`, in a fresh process; raises `Died` where the process does not get so far.

    When a limit is passed it is killed, and with it all that it has started; `work` reports each step as it begins, and `hear`
    is told of it here.
    `fork` takes it from a process that is warm already; without, a new interpreter is started.
    """
    me = multiprocessing.current_process()
    if me.daemon:  # a worker of a cluster, which multiprocessing forbids to start processes
        me.daemon = False
    context = _forks() if fork else multiprocessing.get_context("spawn")
    hearing, telling = context.Pipe(duplex=False)
    with _as_clean_process():
        # the warm process keeps the environment in which it was started, which may be long ago
        process = context.Process(target=_child_main, args=(work, asked, telling, dict(os.environ)))
        process.start()
    telling.close()
    pid = process.pid or 0
    _alive.add(pid)
    try:
        if _over.is_set():
            raise Died("the run was ended", -1)
        return _wait_for_result(hearing, process, limits, hear)
    finally:
        _kill(pid)
        process.join()
        _alive.discard(pid)
        hearing.close()


def warm_up() -> None:
    """Begin to warm up the process that others are forked from; returns at once."""
    if _THREADS.is_dir():
        _forks()
        with _as_clean_process():
            forkserver.ensure_running()


@cache
def forks_safely() -> bool:
    """Return whether processes can be forked here: the warm one must not run any other thread."""
    return _THREADS.is_dir() and run_isolated(_threads_of_parent, None, Limits(60, 60)) == 1


def end_all() -> str:
    """End every process that is at work, and let none begin; says nothing."""
    _over.set()
    kill_all()
    return ""


def kill_all() -> None:
    """End every process that is at work."""
    for pid in tuple(_alive):
        _kill(pid)


def _forks() -> ForkServerContext:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["cslib.reports.preload"])
    return forks


def _threads_of_parent(_nothing: None, _tell: Tell) -> int:
    return len(list(Path(f"/proc/{os.getppid()}/task").iterdir()))


@contextmanager
def _as_clean_process() -> Iterator[None]:
    """Let processes that are started in this block import without starting threads, and put their sockets into the folder of ours.

    They are told of no main program, which multiprocessing would have them run anew: it may lie on standard input or in a
    console, and a script without a guard would begin all over. What they work with lies in modules.
    """
    place = str(sockets())
    with _starting:
        usual, tempfile.tempdir = tempfile.tempdir, place
        main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
        before = {name: os.environ.get(name) for name in _SINGLE_THREADED}
        os.environ.update(_SINGLE_THREADED)
        try:
            yield
        finally:
            tempfile.tempdir, sys.modules["__main__"] = usual, main
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def _wait_for_result(hearing: Connection, process: BaseProcess, limits: Limits, hear: Tell | None) -> Any:  # noqa: ANN401
    """Return the result, listening to the steps as they begin."""
    step, end = -1, time.monotonic() + limits.whole
    step_end = end
    while True:
        left = min(end, step_end) - time.monotonic()
        ready = wait([hearing, process.sentinel], max(left, 0))
        if hearing in ready:
            try:
                kind, told = hearing.recv()
            except EOFError:
                ready = [process.sentinel]
            else:
                if kind == "made":
                    return told
                step, step_end = told, time.monotonic() + limits.step
                if hear:
                    hear(step)
                continue
        if ready:
            process.join()
            raise Died(_why(process.exitcode), step)
        what, limit = ("report", limits.whole) if end <= step_end else ("cell", limits.step)
        raise Died(f"the {what} ran longer than {limit:g} seconds and was ended", step)


def _why(code: int | None) -> str:
    """Return how a process ended, in words."""
    if code is None or code >= 0:
        return f"its process ended by itself with exit code {code}"
    name = signal.Signals(-code).name if -code in {one.value for one in signal.Signals} else str(-code)
    hint = "; often the memory of the machine was used up" if -code == signal.SIGKILL else ""
    return f"its process was ended by signal {name}{hint}"


def _kill(pid: int) -> None:
    """End a process and all of its group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _child_main(
    work: Callable[[Asked, Tell], Made], asked: Asked, telling: Connection, environment: dict[str, str]
) -> None:
    """Do the work and send its result; runs in the fresh process."""
    os.environ.clear()
    os.environ.update(environment)
    os.setsid()  # the leader of a group of its own, so that whatever it starts can be ended with it
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    seed = int.from_bytes(os.urandom(4), "little")
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - a fork would hand the same state to every report
    telling.send(("made", work(asked, lambda step: telling.send(("step", step)))))
    signal.pause()  # until it is ended together with all that the work has started


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os.killpg(0, signal.SIGKILL)
