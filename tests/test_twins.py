"""Every KPI against the SQL that was written by hand from its definition, for every month and segment of the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pytest

from cslib.kpis import BY_ID
from cslib.periods import Month, months_up_to
from tests import twins
from tests.second_opinion import prepared

if TYPE_CHECKING:
    from pathlib import Path

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
def second_opinion(demo_book: Book, demo: Path) -> duckdb.DuckDBPyConnection:
    """Return the database in which the twins are asked."""
    con = duckdb.connect()
    prepared(con, demo_book, demo / "data" / "usage.parquet", months_up_to(LAST, MONTHS))
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
