"""Processes that a test has started, or that were started by one that it started."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def wait(until: Callable[[], bool]) -> None:
    """Wait until something is so, for two minutes at most; fails where it never is."""
    end = time.monotonic() + 120
    while not until() and time.monotonic() < end:
        time.sleep(0.02)
    assert until()


def ends(pid: int) -> bool:
    """Return whether a process ends, for which it is given ten seconds."""
    until = time.monotonic() + 10
    while _runs(pid) and time.monotonic() < until:
        time.sleep(0.05)
    return not _runs(pid)


def _runs(pid: int) -> bool:
    """Return whether a process runs; one that has ended and was not yet fetched does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
