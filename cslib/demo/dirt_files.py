"""Dirty rows added to the files of a demo, behind the good ones."""

from __future__ import annotations

import csv
from itertools import islice
from typing import TYPE_CHECKING

from cslib.demo.dirt import Row, dirt_report, dirty_rows, flaws
from cslib.demo.tables import engine, literal
from cslib.model import BY_NAME, TABLES

if TYPE_CHECKING:
    from collections import Counter
    from datetime import date
    from pathlib import Path

    import duckdb

LISTED = "dirt.json"
TEMPLATES = 400  # good rows that dirty ones are copied from


def add_dirt(data: Path, read_on: date) -> None:
    """Add rows that break the claims to every table, and list their number by table and claim in `dirt.json`."""
    counts = {table.name: _dirty_csv(data, table.name, read_on) for table in TABLES if table.name != "usage"}
    counts["usage"] = _dirty_usage(data / "usage.parquet", read_on)
    (data / LISTED).write_bytes(dirt_report(counts).encode())


def forget_dirt(data: Path) -> None:
    """Remove the list of an earlier demo, whose rows are about to be overwritten."""
    (data / LISTED).unlink(missing_ok=True)


def _dirty_csv(data: Path, name: str, read_on: date) -> Counter[str]:
    file = data / f"{name}.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        good = list(islice(reader, TEMPLATES))
        total = len(good) + sum(1 for _ in reader)
    table = BY_NAME[name]
    rows, counts = dirty_rows(table, good, total, flaws(table, read_on))
    with file.open("a", encoding="utf-8", newline="") as lines:
        csv.DictWriter(lines, reader.fieldnames or (), lineterminator="\n").writerows(rows)
    return counts


def _dirty_usage(file: Path, read_on: date) -> Counter[str]:
    """Write the log anew with dirty rows at its end; its columns are typed, so none of them is unreadable."""
    table = BY_NAME["usage"]
    chosen = [flaw for flaw in flaws(table, read_on) if flaw.claim != "type"]
    with engine() as connection:
        log = connection.read_parquet(str(file))
        texts = log.limit(TEMPLATES).project("columns(*)::varchar").fetchall()
        good = [dict(zip(log.columns, text, strict=True)) for text in texts]
        rows, counts = dirty_rows(table, good, len(log), chosen)
        if rows:
            _append(connection, file, log, rows)
    return counts


def _append(connection: duckdb.DuckDBPyConnection, file: Path, log: duckdb.DuckDBPyRelation, rows: list[Row]) -> None:
    types = dict(zip(log.columns, log.types, strict=True))
    values = ", ".join(f"({', '.join(_value(row[name], types[name]) for name in types)})" for row in rows)
    both = file.with_suffix(".both")
    connection.execute(f"copy (from log union all values {values}) to {literal(str(both))} (format parquet)")
    both.replace(file)


def _value(text: str, kind: object) -> str:
    return f"{literal(text) if text else 'null'}::{kind}"
