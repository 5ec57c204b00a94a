"""Every KPI against the SQL that was written by hand from its definition, for every month and segment of the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from cslib.kpis import CATALOGUE
from cslib.periods import Month, months_up_to
from tests import twins
from tests.second_opinion import assert_agreed, prepared

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cslib.portfolio import Portfolio

LAST = Month.parse("2026-10")
MONTHS = 30


@pytest.fixture(scope="module")
def measured(demo_book: Portfolio) -> pd.DataFrame:
    """Return the long table of all months."""
    return demo_book.measure(LAST, MONTHS)


@pytest.fixture(scope="module")
def second_opinion(demo_book: Portfolio, demo: Path) -> duckdb.DuckDBPyConnection:
    """Return the database in which the twins are asked."""
    con = duckdb.connect()
    prepared(con, demo_book, demo / "data" / "usage.parquet", months_up_to(LAST, MONTHS))
    return con


def test_every_kpi_has_a_twin() -> None:
    assert set(twins.ids()) == set(CATALOGUE.by_id)


@pytest.mark.parametrize("kpi", sorted(CATALOGUE.by_id))
def test_kpi_equals_its_twin(kpi: str, measured: pd.DataFrame, second_opinion: duckdb.DuckDBPyConnection) -> None:
    assert (measured.kpi == kpi).sum() == MONTHS * 4
    assert_agreed(second_opinion, kpi, measured)
