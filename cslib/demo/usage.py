"""The usage log, written by DuckDB: events are spread over accounts and days by hashes, not drawn one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cslib.demo.columns import Columns, Ints, where
from cslib.demo.tables import literal

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

FEATURES = ("ダッシュボード", "案件管理", "レポート", "ワークフロー", "検索", "外部連携", "エクスポート", "モバイル")

# Weekend days move into the week for 85 of 100 events; the first features are used most; one row stands for 1-4 events.
_EVENTS = """
with events as (
    select customer, "user", begin, days, breadth, unnest(range(rows)) as event from cells
),
drawn as (
    select *, begin + (hash($seed, "user", begin, event, 1) % days)::int as day,
        (hash($seed, "user", begin, event, 2) % 1000000000)::int as luck
    from events
),
moved as (
    select *, case
        when isodow(day) < 6 or luck % 100 >= 85 then day
        else day - isodow(day)::int + 1 + luck % 5 end as moved
    from drawn
),
placed as (
    select *, case when moved >= begin then moved when moved + 7 < begin + days then moved + 7 else day end as used_on
    from moved
)
select printf('%05d', customer + 1) as customer_id, printf('U%07d', "user" + 1) as user_id, used_on,
    $features[1 + floor(least(breadth, len($features)) * pow((luck // 100 % 10000) / 10000, 1.6))::int] as feature,
    (1 + luck // 1000000 % 4)::int as events
from placed
"""


def write_usage(connection: duckdb.DuckDBPyConnection, path: Path, cells: Columns, rows: Ints, seed: int) -> None:
    """Write so many `rows` of each cell as Parquet."""
    kept = where({**{name: column for name, column in cells.items() if name != "expected"}, "rows": rows}, rows > 0)
    connection.register("cells", pa.table(kept))
    parameters = {"seed": seed, "features": list(FEATURES)}
    connection.execute(f"copy ({_EVENTS}) to {literal(str(path))} (format parquet)", parameters)
    connection.unregister("cells")


def rows_of(rng: np.random.Generator, cells: Columns) -> Ints:
    """Return the rows of each cell, drawn by what is expected."""
    return rng.poisson(cells["expected"])


def shared_out(cells: Columns, wanted: int) -> Ints:
    """Return the rows of each cell where so many are wanted of all together: by what is expected of each."""
    expected = cells["expected"]
    reached: Ints = np.floor(np.cumsum(expected) / max(expected.sum(), 1e-9) * wanted + 1e-6).astype(np.int64)
    return np.diff(reached, prepend=0)
