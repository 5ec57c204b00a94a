"""The tables of a snapshot as they lie on the disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ibis.expr.types import Table

from cslib import engine_paths

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from ibis import BaseBackend


class StoredTables(Mapping[str, Table]):
    """The Parquet files of a folder as tables by name, each opened when it is first asked for."""

    def __init__(self, folder: Path, engine: BaseBackend, without: Container[str] = ()) -> None:
        self._files = {file.stem: file for file in sorted(folder.glob("*.parquet")) if file.stem not in without}
        self._engine = engine
        self._opened: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._opened:
            # a folder `segment=…` above a file is a way to it, not a column
            self._opened[name] = self._engine.read_parquet(
                engine_paths.found(self._files[name]), hive_partitioning=False
            )
        return self._opened[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __contains__(self, name: object) -> bool:
        return name in self._files


def link(source: Path | str, target: Path | str) -> None:
    """Put a file at another place too, without copying it where that can be had."""
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no links
        shutil.copy2(source, target)
