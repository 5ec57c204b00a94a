"""Every KPI against the SQL that was written by hand from its definition, for every month and segment of the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

from cslib.kpis import BY_ID
from cslib.model import TABLES
from cslib.periods import Month
from tests import twins

if TYPE_CHECKING:
    import pandas as pd

    from cslib.book import Book

FIGURES = ("part", "whole", "n", "value")
LAST = Month.parse("2026-10")
MONTHS = 30


@pytest.fixture(scope="module")
def measured(demo_book: Book) -> pd.DataFrame:
    """Return the long table of all months."""
    return demo_book.measure(LAST, MONTHS)


@pytest.fixture(scope="module")
def second_opinion(demo_book: Book) -> duckdb.DuckDBPyConnection:
    """Return a database with the demo's tables and the relations that the twins are promised."""
    con = duckdb.connect()
    data = demo_book.folder.parent.parent.parent / "data"
    for table in TABLES:
        if table.name == "usage":
            con.execute(f"CREATE VIEW usage AS SELECT * FROM read_parquet('{data}/usage.parquet')")
        else:
            con.execute(f"CREATE VIEW {table.name} AS SELECT * FROM '{demo_book.folder}/tables/{table.name}.parquet'")
    span = [(m.number, str(m), m.first_day, m.last_day) for m in (LAST - back for back in range(MONTHS))]
    con.execute("CREATE TABLE report_months(month_no BIGINT, month VARCHAR, first_day DATE, last_day DATE)")
    con.executemany("INSERT INTO report_months VALUES (?, ?, ?, ?)", span)
    con.execute("CREATE TABLE members(segment VARCHAR, customer_id VARCHAR)")
    for segment in demo_book.settings.segments:
        slice_ = demo_book.folder / "segments" / segment.id / "customers.parquet"
        con.execute(f"INSERT INTO members SELECT '{segment.id}', customer_id FROM '{slice_}'")
    con.execute(
        "CREATE TABLE policy AS SELECT 'last_day' AS contract_end, 'last_day' AS churn_month, 0 AS grace_days,"
        " 90 AS onboarding_days, 3 AS adoption_active, 4 AS adoption_of, []::VARCHAR[] AS core_features,"
        " 0.3 AS usage_decline, 0.7 AS gross_margin, 5000 AS hourly_cost, 'latest' AS nps_repeat"
    )
    twins.prepare(con)
    return con


def test_every_kpi_has_a_twin() -> None:
    assert set(twins.ids()) == set(BY_ID)


@pytest.mark.parametrize("kpi", sorted(BY_ID))
def test_kpi_equals_its_twin(kpi: str, measured: pd.DataFrame, second_opinion: duckdb.DuckDBPyConnection) -> None:
    first = measured[measured.kpi == kpi].set_index(["segment", "month"])[list(FIGURES)]
    second = twins.opinion(second_opinion, kpi)
    second["month"] = second.month_no.map(lambda number: str(Month(int(number))))
    second = second.set_index(["segment", "month"])[list(FIGURES)].astype(float).reindex(first.index)
    second["n"] = second["n"].fillna(0)
    for name in ("part", "whole"):  # a group of which the twin says nothing has nothing in it
        if second[name].notna().any():
            second[name] = second[name].fillna(0)
    assert len(first) == MONTHS * 4
    for name in FIGURES:
        np.testing.assert_allclose(
            first[name].to_numpy(dtype=float), second[name].to_numpy(dtype=float), rtol=1e-9, atol=1e-9, err_msg=name
        )
