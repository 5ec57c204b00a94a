"""The Parquet store of a snapshot: the tables of everyone, and for each segment a folder with its own rows of each."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ibis.expr.types import Table

from cslib import engine_paths
from cslib.engines import quoted_name

if TYPE_CHECKING:
    from collections.abc import Container, Iterable
    from pathlib import Path

    import pyarrow as pa
    from duckdb import DuckDBPyRelation
    from ibis import BaseBackend
    from ibis.backends.duckdb import Backend

    from cslib.settings import Segment


class StoredTables(Mapping[str, Table]):
    """The Parquet files of a folder as tables by name, each opened when it is first used."""

    def __init__(self, folder: Path, engine: BaseBackend, without: Container[str] = ()) -> None:
        self._files = {file.stem: file for file in sorted(folder.glob("*.parquet")) if file.stem not in without}
        self._engine = engine
        self._opened: dict[str, Table] = {}

    def __getitem__(self, name: str) -> Table:
        if name not in self._opened:
            # a folder `segment=…` above a file is part of its path, not a column
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


def link_or_copy(source: Path | str, target: Path | str) -> None:
    """Put a file at another place too, as a hard link where the disk allows it, else as a copy."""
    try:
        os.link(source, target)
    except OSError:  # another disk, or one that knows no links
        shutil.copy2(source, target)


def write_slices(
    engine: Backend, tables: Mapping[str, Path], segments: Iterable[tuple[Segment, pa.Table]], into: Path
) -> None:
    """Write `<segment>/<table>.parquet`, in order, for each segment and each of `tables`, the files of everyone.

    A segment comes with the `customer_id` of its customers. DuckDB is queried directly, not through Ibis: for every segment and
    table, compiling the query would take longer than running it.
    """
    for segment, customers in segments:
        folder = into / segment.id
        folder.mkdir(parents=True, exist_ok=True)
        members = engine.con.from_arrow(customers)
        for name, file in tables.items():
            target = folder / f"{name}.parquet"
            if not segment.where:
                link_or_copy(file, target)
                continue
            rows = _segment_rows(name, engine.con.read_parquet(engine_paths.found(file)), segment, members)
            # by name: DuckDB takes `a.b` for a column of a table `a`, and trips over a quote
            rows.order(", ".join(map(quoted_name, rows.columns))).write_parquet(str(target))


def _segment_rows(name: str, table: DuckDBPyRelation, segment: Segment, members: DuckDBPyRelation) -> DuckDBPyRelation:
    if name == "features":
        return table
    # costs belong to a segment only where they name it
    return table.filter(f"segment = '{segment.id}'") if name == "costs" else table.join(members, "customer_id", "semi")
