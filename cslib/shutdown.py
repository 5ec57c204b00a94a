"""The end of this process on request: at any moment, in one line, with nothing left behind.

A thread of its own hears the signal, since the main one may be in the middle of a query or of an import. The main one goes no
further, what was begun is undone, and the process ends, with all that it has started, without passing through whatever stands
in its way.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Undo = Callable[[], str]  # returns what there is to say of the end; empty: nothing

_ASKING = (signal.SIGINT, signal.SIGTERM)
_PATIENCE = 1.5  # seconds that undoing may take; what is left then, the next run removes
_undoing: list[Undo] = []


def install_handlers() -> None:
    """Heed SIGINT and SIGTERM from now on; one that is ignored, as in the background of a shell, stays so."""
    hearing, telling = os.pipe()
    os.set_blocking(telling, False)
    signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
    threading.Thread(target=_hear, args=(hearing,), name="ending", daemon=True).start()
    for number in _ASKING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _park)


@contextmanager
def undo_at_end(undo: Undo) -> Iterator[None]:
    """Have `undo` called if the process is to end while the block runs; of several, the last first.

    It is called in another thread, while the block waits or is in the middle of a call of C.
    """
    _undoing.append(undo)
    try:
        yield
    finally:
        _undoing.remove(undo)


def _park(number: int, _frame: object, own: int = os.getpid()) -> None:  # the process that began to heed
    """Stand still: whatever came next would be done to files that are being removed."""
    if os.getpid() != own:
        os._exit(128 + number)  # a fork, in which nobody hears
    threading.Event().wait()


def _hear(hearing: int) -> None:
    number = 0
    while number not in _ASKING:
        number = os.read(hearing, 1)[0]
    said: list[str] = []
    undoing = threading.Thread(target=_undo, args=(said,), daemon=True)
    undoing.start()
    undoing.join(_PATIENCE)
    with suppress(OSError):
        if os.isatty(2):
            os.write(2, b"\r\x1b[K\x1b[?25h")  # over the progress, with the cursor that it hides
        os.write(2, f"cslib: {next(filter(None, said), 'interrupted')}\n".encode())
    os._exit(128 + number)


def _undo(said: list[str]) -> None:
    for undo in reversed(_undoing.copy()):
        with suppress(Exception):  # one that fails must not keep the others from being called
            said.append(undo())
    import psutil  # noqa: PLC0415 - of use in the end alone

    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            child.kill()
