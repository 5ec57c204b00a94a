"""Folders for what is of use only while this process runs: gone when it ends, and when it was killed, with the next one."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import TYPE_CHECKING

from cslib.shutdown import undo_at_end

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "cslib-run-"
_LAST = -200  # multiprocessing removes its own sockets at -100, and complains where they are gone
_LONGEST = 60  # bytes of the path of a folder for sockets, whose whole address has 107 at most
_SHORT = Path("/tmp")  # noqa: S108 - a folder of our own is made in it


@contextmanager
def own_folder(base: Path, prefix: str) -> Iterator[Path]:
    """Yield a fresh folder below `base` that is removed in the end, unless it was moved; others of dead processes are, too."""
    _clear(base, prefix)
    folder, claim = _claimed(base, prefix)
    try:
        with undo_at_end(lambda: _remove(folder)):
            yield folder
    finally:
        _remove(folder)
        os.close(claim)


def scratch() -> Path:
    """Return the folder of this process below TMPDIR."""
    return _kept(_usual(), os.getpid())


def sockets() -> Path:
    """Return a folder of this process with an address so short that sockets can be made in it, wherever TMPDIR is."""
    usual = _usual()
    is_long = len(os.fsencode(usual)) > _LONGEST and os.access(_SHORT, os.W_OK)
    return _kept(_SHORT if is_long else usual, os.getpid())


def is_private(folder: Path) -> bool:
    """Return whether a folder is one, and our own, and closed to all others: what anybody else has put there is not trusted."""
    with suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
    return False


@cache
def _usual() -> Path:
    return Path(tempfile.gettempdir())


@cache
def _kept(base: Path, _own: int) -> Path:
    stack = ExitStack()
    folder = stack.enter_context(own_folder(base, _PREFIX))

    Finalize(None, stack.close, exitpriority=_LAST)  # not in a fork, which this belongs to no more
    return folder


def _claimed(base: Path, prefix: str) -> tuple[Path, int]:
    """Return a fresh folder and the lock that shows others that its process lives."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
        claim = os.open(folder, os.O_RDONLY)
        with suppress(OSError):
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if folder.is_dir():  # else another process took it for one of a dead process, before it was locked
            return folder, claim
        os.close(claim)


def _clear(base: Path, prefix: str) -> None:
    for folder in base.glob(f"{prefix}*"):
        if is_private(folder) and _is_dead(folder):
            _remove(folder)


def _is_dead(folder: Path) -> bool:
    with suppress(OSError):
        claim = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(claim)
        return True
    return False


def _remove(folder: Path) -> str:
    """Remove a folder, of which processes that are being ended may still write a file; says nothing."""
    end = time.monotonic() + 1
    shutil.rmtree(folder, ignore_errors=True)
    while folder.is_dir() and time.monotonic() < end:
        time.sleep(0.02)
        shutil.rmtree(folder, ignore_errors=True)
    return ""
