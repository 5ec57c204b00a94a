"""The slices of a snapshot: for each segment a folder with its own rows of every table."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from cslib import engine_paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pyarrow as pa
    from duckdb import DuckDBPyRelation
    from ibis.backends.duckdb import Backend

    from cslib.settings import Segment


def write_slices(
    engine: Backend, tables: Mapping[str, Path], segments: Iterable[tuple[Segment, pa.Table]], into: Path
) -> None:
    """Write `<segment>/<table>.parquet`, in order, for each segment and each of `tables`, the files of everyone.

    A segment comes with the `customer_id` of its customers. DuckDB is asked without a detour: for every segment and table,
    the compiling of a query would take longer than its answer.
    """
    for segment, customers in segments:
        folder = into / segment.id
        folder.mkdir(parents=True, exist_ok=True)
        members = engine.con.from_arrow(customers)
        for name, file in tables.items():
            target = folder / f"{name}.parquet"
            if not segment.where:
                shutil.copyfile(file, target)  # no link, since a anonymise is written over either
                continue
            rows = _slice(name, engine.con.read_parquet(engine_paths.found(file)), segment, members)
            rows.sort(*rows.columns).write_parquet(str(target))


def _slice(name: str, table: DuckDBPyRelation, segment: Segment, members: DuckDBPyRelation) -> DuckDBPyRelation:
    if name == "features":
        return table
    # costs are nobody's in particular unless they say whose
    return table.filter(f"segment = '{segment.id}'") if name == "costs" else table.join(members, "customer_id", "semi")
