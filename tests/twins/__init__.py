"""The second opinion: every KPI as plain SQL, written by hand from its definition and from nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

_HERE = Path(__file__).parent


def ids() -> tuple[str, ...]:
    """Return the ids of the KPIs that have a twin, sorted."""
    return tuple(sorted(path.stem for path in _HERE.glob("[a-z]*.sql")))


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Leave the relations that the twins share in `con`, built from its canonical tables as they are now."""
    con.execute((_HERE / "_prelude.sql").read_text(encoding="utf-8"))


def opinion(con: duckdb.DuckDBPyConnection, kpi_id: str) -> pd.DataFrame:
    """Return `segment, month_no, part, whole, n, value`, a row per segment and month that the twin speaks of."""
    twin = (_HERE / f"{kpi_id}.sql").read_text(encoding="utf-8")
    typed = (
        "select segment, month_no, cast(part as double) as part, cast(whole as double) as whole,"
        " cast(n as bigint) as n, cast(value as double) as value from"
    )
    return con.execute(f"{typed} (\n{twin}\n) order by segment, month_no").df()  # our own text, no input
