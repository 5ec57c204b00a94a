"""What is being done, told to whoever waits for it in a notebook or at a terminal, and to nobody else.

A notebook that is executed by a program shows nothing of it: what stands in its outputs is published.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import copy_context
from functools import wraps
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from cslib.phases import Phase, heard_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Show = Callable[[str], None]  # shows a line in place of the one before; an empty one removes it

_PATIENCE = 1.0  # seconds in which nothing is said
_PACE = 0.5

Given = ParamSpec("Given")
Made = TypeVar("Made")


def front_end_asks() -> bool:
    """Return whether somebody runs a cell where it is shown: JupyterLab, Notebook and VS Code name it; papermill, nbconvert and a run of ours do not."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    parent: dict[str, Any] = getattr(getattr(shell, "kernel", None), "get_parent", dict)()
    return bool(parent.get("metadata", {}).get("cellId"))


def tells_who_waits(work: Callable[Given, Made]) -> Callable[Given, Made]:
    """Return `work` such that it shows its phases once it takes longer than a second, and removes them when it is done."""

    @wraps(work)
    def told(*arguments: Given.args, **named: Given.kwargs) -> Made:
        show = _in_notebook() or _at_terminal()
        if show is None:
            return work(*arguments, **named)
        with _shown(show):
            return work(*arguments, **named)

    return told


@contextmanager
def _shown(show: Show) -> Iterator[None]:
    begun: list[Phase] = [Phase.READING]
    done = Event()
    # the context tells a kernel to which cell an output belongs
    showing = Thread(target=copy_context().run, args=(_keep_showing, show, begun, done), daemon=True)
    showing.start()
    try:
        with heard_by(begun.append):
            yield
    finally:
        done.set()
        showing.join()


def _keep_showing(show: Show, begun: list[Phase], done: Event) -> None:
    began = monotonic()
    if done.wait(_PATIENCE):
        return
    while not done.wait(_PACE):
        show(f"{begun[-1]} … {monotonic() - began:.0f} s")
    show("")


def _at_terminal() -> Show | None:
    if "ipykernel" in sys.modules or not sys.stderr.isatty():
        return None
    return _over_the_last_line


def _over_the_last_line(line: str) -> None:
    sys.stderr.write(f"\r\x1b[K{line}")
    sys.stderr.flush()


def _in_notebook() -> Show | None:
    """Return how a line is shown below the cell that somebody runs; None where nobody does."""
    if not front_end_asks():
        return None
    from IPython.display import DisplayHandle  # noqa: PLC0415 - only where it is loaded already

    handle = DisplayHandle()
    shown: list[str] = []

    def show(line: str) -> None:
        if line or shown:
            (handle.update if shown else handle.display)({"text/plain": line}, raw=True)
            shown.append(line)

    return show
