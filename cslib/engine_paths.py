"""Files as they are named to the engine, whatever the folders above them are called: quotes, backslashes, signs of patterns."""

from __future__ import annotations

import tempfile
from functools import cache
from glob import escape, has_magic
from pathlib import Path
from uuid import uuid4

from cslib.scratch import scratch


class WritePath(str):
    """A path to write to, which shows itself as SQL quotes it: Ibis writes out what Python shows, and that escapes otherwise."""

    __slots__ = ()

    def __str__(self) -> str:
        return self

    def __repr__(self) -> str:
        quoted = "".join(self).replace("'", "''")
        return f"'{quoted}'"


def target(path: Path) -> WritePath:
    """Return a path as `to_parquet` and `to_csv` of a table take it."""
    return WritePath(path.__fspath__())


def found(path: Path) -> str:
    """Return a path as the engine finds the very file: what it reads is a pattern, in which a backslash has no spelling."""
    named = str(path)
    if not has_magic(named):
        return named
    return escape(named if "\\" not in named else link_with_plain_name(path))


def link_with_plain_name(path: Path) -> str:
    """Return a path to a file or folder in which nothing but letters and digits follows the folder for temporary files."""
    way = Path(_ways().name) / f"{uuid4().hex}{path.suffix.lower()}"
    way.symlink_to(path.absolute())
    return str(way)


@cache
def _ways() -> tempfile.TemporaryDirectory[str]:
    """Return a folder of links to files whose own paths the engine cannot take; it goes with the process."""
    return tempfile.TemporaryDirectory(prefix="cslib-source-", dir=scratch())
