"""Folders and files of any name: quotes, backslashes, signs of patterns and of addresses, from the source to the page."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import duckdb
import pytest

from cslib.periods import Month
from cslib.portfolio import Portfolio
from tests.exports import CUSTOMERS, IDS, READ_ON, export, write
from tests.sources import column

if TYPE_CHECKING:
    from pathlib import Path

NAMES = (
    "it's \"b\"", "a\\b", "a#b?c%20", "[a]*", "{x},b", " a ", "month=2026-01", "a\nb", "\u202e", "a'b\"c\\d#e?f%g[h]*{i},j",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_may_be_called_anything(tmp_path: Path, name: str) -> None:
    """Its params, its data as CSV, as odd CSV and as Parquet, and its snapshots lie below it."""
    folder = tmp_path / name
    odd = CUSTOMERS.encode("cp932")
    source = {
        "customers": {"from": "../data/customers.csv", "encoding": "cp932"},
        "contracts": {"from": "../data/c*.parquet"},
    }
    params = export(folder, {"customers.csv": odd, "c1.parquet": b""}, source)
    plain = tmp_path / "plain.parquet"
    duckdb.sql(
        f"copy (from read_csv('{_unmagic(folder, tmp_path)}', all_varchar = true)) to '{plain}' (format parquet)"
    )
    plain.replace(folder / "data" / "c1.parquet")
    (folder / "data" / "contracts.csv").unlink()
    book = Portfolio.open(params, READ_ON)
    assert {name: state.rows for name, state in book.manifest.tables.items()} == {
        "customers": 12,
        "contracts": 12,
        "surveys": 12,
    }
    assert book.measure(Month.parse("2026-05"), 1, kpis=["nps"]).value.tolist() == [1.0]
    assert "month" not in book.tables()["customers"].columns


def _unmagic(folder: Path, outside: Path) -> Path:
    """Return a copy of the contracts at a place that any program can name."""
    copy = outside / "contracts_of_a_plain_name.csv"
    copy.write_bytes((folder / "data" / "contracts.csv").read_bytes())
    return copy


@pytest.mark.parametrize("name", NAMES)
def test_a_file_may_be_called_anything(tmp_path: Path, name: str) -> None:
    params = export(
        tmp_path, {"customers.csv": None, f"{name}.csv": CUSTOMERS}, {"customers": {"from": f"../data/{name}.csv"}}
    )
    assert column(params, "customer_id") == [*IDS]


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
@pytest.mark.parametrize("name", NAMES)
def test_a_database_may_lie_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    with closing(sqlite3.connect(folder / "crm.sqlite")) as database, database:
        database.execute("create table accounts (customer_id text, name text)")
        database.execute("insert into accounts values ('00017', 'x')")
    duckdb_file = tmp_path / "plain.duckdb"
    with duckdb.connect(str(duckdb_file)) as engine:
        engine.execute("create table accounts as select '00017' as customer_id, 'x' as name")
    duckdb_file.replace(folder / "crm.duckdb")
    params = export(folder, source={"customers": {"from": "accounts"}})
    text = (params / "source.yaml").read_text("utf-8")
    for url in ("duckdb://../crm.duckdb", "sqlite://../crm.sqlite"):
        write(params / "source.yaml", f"url: {url}\n{text}")
        assert column(params, "customer_id") == ["00017"]


@pytest.mark.parametrize("name", NAMES)
def test_a_query_finds_files_in_a_folder_of_any_name(tmp_path: Path, name: str) -> None:
    sql = "select * from read_csv('../data/customers.csv', all_varchar = true)"
    params = export(tmp_path / name, source={"customers": {"from": {"sql": sql}}})
    assert column(params, "customer_id") == [*IDS]
