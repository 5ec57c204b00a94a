"""Files that the engine would misread, rewritten as Parquet: text in every column, each row with its number."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from cslib.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

ROW = "_row"
_MOST_COLUMNS = 1000  # more are no table of customers, and take each step that many times as long
_BATCH = 20_000


def write_rows(rows: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str], target: Path) -> None:
    """Write rows, each with its number first and as wide as `columns`; an empty field is null."""
    kept = [place for place, name in enumerate(columns) if name.lower() != ROW]
    schema = pa.schema([*((columns[place], pa.string()) for place in kept), (ROW, pa.int64())])
    left = iter(rows)
    with pq.ParquetWriter(target, schema) as writer:
        while batch := list(islice(left, _BATCH)):
            texts = [pa.array([fields[place] or None for _, fields in batch], pa.string()) for place in kept]
            writer.write_table(pa.table([*texts, pa.array([row for row, _ in batch], pa.int64())], schema=schema))


def refuse_names(path: Path, columns: Sequence[str]) -> None:
    """Raise `SourceError` where a header names a column twice, or more columns than a table has."""
    if len(columns) > _MOST_COLUMNS:
        raise SourceError(
            [f"{path.name}: wanted at most {_MOST_COLUMNS:,} columns; found {len(columns):,}; take the empty ones away"]
        )
    # capitals make no difference to the engine
    counts = Counter(name.lower() for name in columns)
    twice = [name for name in dict.fromkeys(columns) if counts[name.lower()] > 1]
    if twice:
        raise SourceError([f"{path.name}: the header names the column {twice[0]!r} more than once; rename all but one"])
