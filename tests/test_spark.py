"""Spark: the same expressions as on DuckDB give the same tables, past one machine. One session, started and stopped here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pandas as pd
import pytest
import yaml

from cslib.demo import write_demo
from cslib.portfolio import Portfolio
from tests.books import TODAY
from tests.databases import assert_same, pointed
from tests.documented import PYTHON, run_page

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.xdist_group("spark"),
    pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning"),  # Ibis takes Spark's rows through pandas
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),  # py4j leaves its sockets to the garbage collector
]
_SETTINGS = {
    "spark.master": "local[2]", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "2", "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
}  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """Return the book of a small demo, from its files."""
    folder = tmp_path_factory.mktemp("small")
    write_demo(folder, customers=60, months=8)
    return Portfolio.open(folder / "params", TODAY)


@pytest.fixture(scope="module")
def session(book: Portfolio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a Spark session in which the demo's files are tables; it wants Java."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        told = "the Spark tests want Java: sudo apt-get install openjdk-17-jre-headless"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(told)
    from pyspark.sql import SparkSession  # noqa: PLC0415 - a second that only these tests have to wait for

    builder = SparkSession.builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    data = _home(book) / "data"
    for file in data.glob("*.csv"):
        session.read.csv(str(file), header=True).createOrReplaceTempView(file.stem)
    session.read.parquet(str(data / "usage.parquet")).createOrReplaceTempView("usage")
    yield session
    session.stop()


@pytest.mark.usefixtures("session")
def test_spark_sums_up_usage_and_gives_the_figures_of_the_files(book: Portfolio, tmp_path: Path) -> None:
    there = Portfolio.open(pointed(_home(book) / "params", tmp_path / "params", "pyspark://"), TODAY)
    assert_same(there.measure(there.month("2026-10"), 1), book.measure(book.month("2026-10"), 1))
    usage = there.manifest.tables["usage"]
    assert usage.brought is not None
    assert usage.rows == book.manifest.tables["usage"].rows > 8 * usage.brought


@pytest.mark.usefixtures("session")
def test_the_customer_months_of_spark_are_those_of_duckdb(book: Portfolio, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the lines of docs/engines.md, as they stand there."""
    monkeypatch.chdir(_home(book))
    there = run_page([block for block in PYTHON if block.page == "docs/engines.md"])["months"]
    here = book.facts(book.month("2026-10"), ["total"]).customer_months
    assert set(there.columns) == set(here.columns)
    found, wanted = (_in_order(months, here.columns) for months in (there, here))
    assert len(wanted) > 400
    pd.testing.assert_frame_equal(found, wanted, check_exact=True)


def _home(book: Portfolio) -> Path:
    """Return the folder of the demo: its data, and its params."""
    return Path(book.settings.folder).parent


def _in_order(months: Any, columns: list[str]) -> pd.DataFrame:
    """Return the months as numbers and text: engines differ in the types they keep them in."""
    rows = months.select(*columns).to_pyarrow()
    kept = duckdb.from_arrow(rows).project(", ".join(_as_plain(name, rows) for name in columns))
    return kept.order("customer_id, month_no").df()


def _as_plain(name: str, rows: Any) -> str:
    kind = str(rows.schema.field(name).type)
    return f'"{name}"::double as "{name}"' if kind.startswith(("decimal", "int", "double")) else f'"{name}"'


def test_moments_in_spark_are_days_of_the_zone(session: Any, book: Portfolio, tmp_path: Path) -> None:
    # half an hour after midnight in Tokyo is the day before in UTC
    session.sql(
        "select customer_id, user_id, feature, events, to_utc_timestamp(used_on, 'Asia/Tokyo') + interval 30 minutes as used_on from usage"
    ).createOrReplaceTempView("moments")
    params = pointed(_home(book) / "params", tmp_path / "params", "pyspark://")
    said = yaml.safe_load((params / "source.yaml").read_text("utf-8"))
    said["tables"]["usage"] = {"from": "moments"}
    (params / "source.yaml").write_text(yaml.safe_dump(said), "utf-8")
    found, wanted = (each.tables()["usage_months"].to_pyarrow() for each in (Portfolio.open(params, TODAY), book))
    assert found.equals(wanted)
