"""The demo's files as tables of databases, typed as its model says or all text; and figures compared across engines."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pandas as pd
import psycopg
import yaml

from cslib.model import BY_NAME, TABLES, Kind
from tests import mariadb

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Server

_TYPES = {
    Kind.DATE: "date", Kind.TIMESTAMP: "timestamp", Kind.INTEGER: "bigint", Kind.NUMBER: "double precision",
    Kind.AMOUNT: "numeric(18, 6)", Kind.BOOLEAN: "boolean",
}  # fmt: skip


def into_postgres(server: Server, database: str, data: Path, *, typed: bool = True) -> None:
    """Make a database of the demo's files; without `typed`, all but usage is text."""
    with psycopg.connect(**server.dsn(), autocommit=True) as connection:
        connection.execute(f'create database "{database}"'.encode())
    with psycopg.connect(**server.dsn(database)) as connection, connection.cursor() as cursor:
        for name, file in _exports(data).items():
            cursor.execute(f"create table {name} ({_columns(name, file, typed=typed or name == 'usage')})".encode())
            with cursor.copy(f"copy {name} from stdin (format csv, header)".encode()) as copy:
                copy.write(file.read_bytes())


def into_mariadb(server: Server, database: str, data: Path, *, typed: bool = True) -> None:
    """Make a database of the demo's files; without `typed`, all but usage is text."""
    with closing(mariadb.connected(server)) as connection, connection.cursor() as cursor:
        cursor.execute(f"create database `{database}` character set utf8mb4")
        cursor.execute(f"use `{database}`")
        for name, file in _exports(data).items():
            typed_too = typed or name == "usage"
            cursor.execute(f"create table `{name}` ({_columns(name, file, typed=typed_too)})")
            with file.open(encoding="utf-8", newline="") as lines:
                header, *rows = csv.reader(lines)
            truths = {c.name for c in BY_NAME[name].columns if typed_too and c.kind is Kind.BOOLEAN}
            marks = ", ".join("(%s = 'true')" if column in truths else "%s" for column in header)
            cursor.executemany(f"insert into `{name}` values ({marks})", [[v or None for v in row] for row in rows])


def into_sqlite(target: Path, data: Path) -> None:
    """Make a SQLite file of the demo's files."""
    with closing(sqlite3.connect(target)) as database, database:
        for name, file in _exports(data).items():
            database.execute(f"create table {name} ({_columns(name, file, typed=True)})")
            with file.open(encoding="utf-8", newline="") as lines:
                _header, *rows = csv.reader(lines)
            marks = ", ".join("?" * len(rows[0]))
            database.executemany(f"insert into {name} values ({marks})", [[v or None for v in row] for row in rows])


def into_duckdb(target: Path, data: Path) -> None:
    """Make a DuckDB file of the demo's files."""
    with duckdb.connect(str(target)) as database:
        for name, file in _exports(data).items():
            database.execute(f"create table {name} ({_columns(name, file, typed=True)})")
            database.execute(f"insert into {name} from read_csv('{file}', all_varchar = true)")


def _exports(data: Path) -> dict[str, Path]:
    usage = data / "usage.csv"
    duckdb.sql(f"copy (from '{data}/usage.parquet') to '{usage}' (format csv, header)")
    return {table.name: data / f"{table.name}.csv" for table in TABLES}


def _columns(name: str, file: Path, *, typed: bool) -> str:
    with file.open(encoding="utf-8", newline="") as lines:
        header = next(csv.reader(lines))
    kinds = {column.name: column.kind for column in BY_NAME[name].columns if typed}
    return ", ".join(f"{column} {_TYPES.get(kinds.get(column, Kind.TEXT), 'text')}" for column in header)


def pointed(params: Path, into: Path, url: str) -> Path:
    """Return a copy of a demo's params whose source is a database with a table for each file."""
    for file in (*params.glob("*.yaml"), *params.glob("segments/*.yaml")):
        target = into / file.relative_to(params)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    said = yaml.safe_load((params / "source.yaml").read_text("utf-8"))
    tables = {name: {"from": name} for name in said["tables"]}
    (into / "source.yaml").write_text(yaml.safe_dump({**said, "url": url, "tables": tables}), "utf-8")
    return into


def assert_same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Assert that two long tables agree: counts to the last digit, amounts to 1e-9, all else exactly."""
    numbers = ["value", "part", "whole", "low", "high", "target"]
    pd.testing.assert_frame_equal(found.drop(columns=numbers), wanted.drop(columns=numbers), check_exact=True)
    for name in numbers:
        mine, theirs = found[name].astype(float), wanted[name].astype(float)
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=0, err_msg=name)
        whole = theirs == theirs.round()
        np.testing.assert_array_equal(mine[whole], theirs[whole], err_msg=name)
