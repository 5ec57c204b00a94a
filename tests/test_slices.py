"""The tables of a snapshot: each segment gets its own rows and no others, and usage is summed up."""

from __future__ import annotations

import random
from contextlib import closing
from typing import TYPE_CHECKING

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cslib.engines import connect
from cslib.model import TABLES, USAGE_SCHEMAS
from cslib.portfolio import Portfolio
from cslib.settings import Segment
from cslib.snapshot.store import write_slices
from tests.exports import CONTRACTS, IDS, READ_ON, export

if TYPE_CHECKING:
    from pathlib import Path


SEGMENTS = {
    "total": {"id": "total", "name": "全社"},
    "pro": {"id": "pro", "name": "Pro", "where": {"plan": "pro"}},
    "few": {"id": "few", "name": "Few", "where": {"employees": {"below": 3}}},
}
MEMBERS = {"total": set(IDS), "pro": set(IDS[:8]), "few": set(IDS[:2])}
USAGE = "customer_id,user_id,used_on,feature,events\n" + "\n".join(
    f"{name},U{name}{day % 3},2026-{month:02d}-{day:02d},{feature},{day % 4}"
    for name in IDS
    for month in (4, 5)
    for day, feature in ((1, "search"), (2, "report"), (2, "search"), (30, "export"), (30, "search"))
)


@pytest.fixture(scope="module")
def sliced(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """Return a book with segments, usage and costs."""
    costs = "month,kind,amount,segment\n2026-05,cs,10,pro\n2026-05,cs,20,few\n2026-05,cs,30,\n"
    files = {"usage.csv": USAGE, "costs.csv": costs}
    policies = {"core_features": ["search", "report"]}
    return Portfolio.open(
        export(tmp_path_factory.mktemp("sliced"), files, segments=SEGMENTS, policies=policies), READ_ON
    )


@pytest.mark.parametrize("segment", SEGMENTS)
def test_a_slice_holds_the_rows_of_its_customers_and_of_nobody_else(sliced: Portfolio, segment: str) -> None:
    files = sorted(sliced.slice(segment).glob("*.parquet"))
    assert [file.stem for file in files] == sorted(sliced.tables())
    for file in files:
        own, everyone = (pd.read_parquet(place) for place in (file, sliced.folder / "tables" / file.name))
        if "customer_id" in everyone:
            expected = everyone[everyone.customer_id.isin(MEMBERS[segment])].reset_index(drop=True)
            assert len(expected) > 0
            pd.testing.assert_frame_equal(own, expected)
    assert sliced.manifest.segments[segment] == len(MEMBERS[segment])


def test_the_columns_are_of_the_types_that_are_promised(sliced: Portfolio) -> None:
    schemas = {table.name: table.types for table in TABLES} | USAGE_SCHEMAS
    for file in sorted((sliced.folder / "tables").glob("*.parquet")):
        # asked of the file itself, since Ibis casts what it reads to what it believes
        found = ibis.duckdb.connect().read_parquet(str(file)).schema()
        promised = ibis.schema(schemas[file.stem])
        # a file counts moments in microseconds, which Ibis tells as a scale
        told = {name: str(found[name]).replace("timestamp(6)", "timestamp") for name in promised}
        assert told == {name: str(kind) for name, kind in promised.items()}, file.name


def test_costs_go_to_the_segment_that_they_name(sliced: Portfolio) -> None:
    amounts = {
        name: sorted(pd.read_parquet(sliced.slice(name) / "costs.parquet").amount.astype(int)) for name in SEGMENTS
    }
    assert amounts == {"total": [10, 20, 30], "pro": [10], "few": [20]}


def test_costs_that_name_no_segment_are_the_total_s_alone(tmp_path: Path) -> None:
    files = {"costs.csv": "month,kind,amount\n2026-05,cs,10\n"}
    book = Portfolio.open(export(tmp_path, files, segments=SEGMENTS), READ_ON)
    assert {name: len(pd.read_parquet(book.slice(name) / "costs.parquet")) for name in SEGMENTS} == {
        "total": 1,
        "pro": 0,
        "few": 0,
    }


def test_a_report_is_handed_its_own_rows_and_the_total_s_figures(sliced: Portfolio, tmp_path: Path) -> None:
    measured = pd.DataFrame({"segment": ["total", "pro", "few"], "value": [1.0, 2.0, 3.0]})
    folder = sliced.export_slice("few", measured, tmp_path / "few")
    assert set(pd.read_parquet(folder / "kpis.parquet").segment) == {"few"}
    assert set(pd.read_parquet(folder / "everyone" / "kpis.parquet").segment) == {"total"}
    named = {name for file in folder.glob("*.parquet") for name in pd.read_parquet(file).get("customer_id", [])}
    assert named == MEMBERS["few"]


# usage, summed up


@pytest.mark.parametrize(
    ("table", "sql"),
    [
        (
            "usage_months",
            """
            select customer_id, year(used_on) * 12 + month(used_on) - 1 as month_no, sum(events)::bigint as events,
                count(distinct user_id) as users, count(distinct (user_id, used_on)) as user_days,
                count(distinct feature) filter (feature in ('search', 'report')) as core_features
            from used group by all order by all
            """,
        ),
        (
            "usage_weeks",
            """
            select distinct customer_id, date_trunc('week', used_on)::date as week from used
            where feature in ('search', 'report') order by all
            """,
        ),
        (
            "usage_starts",
            "select customer_id, min(used_on) as first_core_use from used where feature in ('search', 'report') group by 1 order by 1",
        ),
        (
            "features",
            "select feature, min(used_on) as first_used_on from used where feature in ('search', 'report') group by 1 order by 1",
        ),
    ],
)
def test_usage_is_summed_up_as_plain_sql_would(sliced: Portfolio, table: str, sql: str) -> None:
    with closing(duckdb.connect()) as database:
        data = sliced.folder.parents[2] / "data/usage.csv"
        types = "{'customer_id': 'varchar', 'used_on': 'date'}"
        database.execute(f"create view used as from read_csv('{data}', types = {types}) where events > 0")
        wanted = database.execute(sql).fetchall()
    found = sliced.tables()[table]
    assert [tuple(row.values()) for row in found.order_by(found.columns).to_pyarrow().to_pylist()] == wanted
    assert wanted


def test_shuffled_rows_make_the_same_snapshot(tmp_path: Path) -> None:
    head, *rows = USAGE.splitlines()
    random.Random(1).shuffle(rows)  # noqa: S311 - an order, not a secret
    shuffled = {
        "usage.csv": "\n".join([head, *rows]),
        "contracts.csv": "\n".join(CONTRACTS.splitlines()[:1] + CONTRACTS.splitlines()[:0:-1]),
    }
    one, other = (
        Portfolio.open(export(tmp_path / name, files), READ_ON)
        for name, files in (("one", {"usage.csv": USAGE}), ("other", shuffled))
    )
    for name, table in one.tables().items():
        assert table.to_pyarrow().equals(other.tables()[name].to_pyarrow()), name


@pytest.mark.parametrize("named", ["a.b", 'a"b', "*", "#1", "customers.plan", " ", "select", "顧客.名"])
def test_a_column_of_any_name_reaches_the_slices(named: str, tmp_path: Path) -> None:
    """`Account.Name` is what a CRM calls it: no table of that name is looked for, and no quote is tripped over."""
    file, engine = tmp_path / "customers.parquet", connect()
    held = pa.table({"customer_id": ["b", "a", "c"], named: ["2", "1", "3"]})
    pq.write_table(held, file)
    pro = Segment.model_validate({"id": "pro", "name": "Pro", "where": {"plan": "pro"}})
    write_slices(engine, {"customers": file}, [(pro, held.select(["customer_id"]).slice(0, 2))], tmp_path / "into")
    found = pq.read_table(tmp_path / "into" / "pro" / "customers.parquet")
    assert found.to_pydict() == {"customer_id": ["a", "b"], named: ["1", "2"]}
