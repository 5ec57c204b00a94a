"""What was computed of a snapshot, stored beside it: nothing is computed twice, and nothing is found that hangs on anything else.

A part is a Parquet file in a folder that is named by all that it hangs on, the policies among it, the snapshot aside, in which it lies. Its own name
is the hash of its bytes: it is there whole or not at all, whichever processes write at once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from importlib import metadata
from platform import python_version
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FOLDER = "computed"  # of a snapshot, which its seal does not hold
_MOST = 200  # parts of a snapshot, the last that were used
_ASIDE = "damaged"
# what numbers come from; what only shows them is in the key of each report
_LIBRARIES = ("duckdb", "ibis-framework", "numpy", "pandas", "pyarrow", "scipy", "sqlglot")


class ComputedParts:
    """The parts of a snapshot, under some policies. `damaged` tells of those that were found damaged, a sentence each."""

    def __init__(self, snapshot: Path, policies: str = "", most: int | None = None) -> None:
        self.folder, self._policies = snapshot / FOLDER, policies
        self._most = most or _MOST
        self.damaged: list[str] = []

    def find(self, *hangs_on: object) -> Iterator[Path]:
        """Yield the files that hang on this, the last that was written first; damaged ones are set aside."""
        folder = self.folder / _address(self._policies, hangs_on)
        for file in sorted(folder.glob("*.parquet"), key=_age, reverse=True):
            if self._is_whole(file):
                yield file

    def put(self, write: Callable[[Path], None], *hangs_on: object) -> Path | None:
        """Store the file that `write` writes; None where the disk takes none, since all can be computed without it."""
        folder = self.folder / _address(self._policies, hangs_on)
        aside = folder / f".{uuid4().hex}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write(aside)
            place = folder / f"{_digest(aside)}.parquet"
            aside.replace(place)
        except OSError:
            with suppress(OSError):
                _remove(aside)
            return None
        self._forget_all_but_newest()
        return place

    def _is_whole(self, file: Path) -> bool:
        try:
            is_whole = _digest(file) == file.stem
        except FileNotFoundError:  # another process was quicker
            return False
        except OSError:
            is_whole = False
        if is_whole:
            with suppress(OSError):
                os.utime(file)  # used last, forgotten last
        else:
            self._set_aside(file)
        return is_whole

    def _set_aside(self, file: Path) -> None:
        aside = self.folder / _ASIDE / file.name
        with suppress(OSError):
            _remove(aside)
            aside.parent.mkdir(exist_ok=True)
            file.replace(aside)
        self.damaged.append(
            f"what was computed of the snapshot before was damaged; it was set aside as {aside}, and computed anew"
        )

    def _forget_all_but_newest(self) -> None:
        newest_first = sorted(self.folder.glob("*/*"), key=_age, reverse=True)
        for file in newest_first[self._most :]:
            _remove(file)
            with suppress(OSError):  # others lie there still
                file.parent.rmdir()


def libraries() -> str:
    """Return the versions of Python and of the libraries that figures come from."""
    return " ".join([python_version(), *(f"{name} {metadata.version(name)}" for name in _LIBRARIES)])


def _remove(file: Path) -> None:
    if file.is_dir():
        shutil.rmtree(file, ignore_errors=True)
    else:
        file.unlink(missing_ok=True)


def _address(*hangs_on: object) -> str:
    return hashlib.sha256(repr(hangs_on).encode()).hexdigest()[:32]


def _digest(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()[:32]


def _age(file: Path) -> int:
    with suppress(OSError):
        return file.stat().st_mtime_ns
    return 0
