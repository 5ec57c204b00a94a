"""Steady books: what a page lists as changed where nothing changes, and which KPIs the calendar alone moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from bench.alarms import alarms
from bench.steady import LAST, SEGMENTS, write_steady
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.portfolio import Portfolio
from tests.exports import IDS, READ_ON, export

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return the long table of a book of 200 customers in each of three segments in which nothing changes."""
    folder = tmp_path_factory.mktemp("steady")
    book = Portfolio.open(write_steady(folder, 200, 2), (LAST + 1).first_day, into=folder / "snapshot")
    return book.measure(LAST, 25)


def test_a_steady_book_keeps_its_size_and_fills_the_catalogue(steady: pd.DataFrame) -> None:
    customers = steady[(steady.kpi == "arpa") & (steady.segment == "total")].n
    # each place is filled again in the month after: in a month 12 of 600 stand empty, and hardly ever 30
    assert customers.between(570, 600).all()
    judged = steady[(steady.month == str(LAST)) & steady.low.notna() & (steady.segment == SEGMENTS[0])]
    assert len(judged) >= 25


def test_pages_of_a_steady_book_list_a_change_in_one_month_of_ten_at_most(steady: pd.DataFrame) -> None:
    index, segment = alarms(steady), alarms(steady[steady.segment == SEGMENTS[0]])
    assert index.listed / index.months <= 0.10
    assert segment.listed / segment.months <= 0.10
    # without regard to how many figures are looked at they would in many more, so that this book can tell the two apart
    assert index.uncorrected / index.months > 0.25
    assert segment.uncorrected > segment.listed


def test_what_steady_daily_use_moves_says_that_it_hangs_on_days(tmp_path: Path) -> None:
    """Everyone uses the product on every working day, and nothing else happens: what moves is the calendar."""
    days = [str(day.date()) for day in pd.bdate_range("2025-01-01", "2026-06-29")]
    files = {
        "contracts.csv": "contract_id,customer_id,product,starts_on,ends_on,mrr,seats\n"
        + "".join(f"K{one},{one},core,2025-01-01,,1000,2\n" for one in IDS),
        "users.csv": "user_id,customer_id,issued_on,closed_on\n"
        + "".join(f"{one}-{user},{one},2025-01-01,\n" for one in IDS for user in "ab"),
        "usage.csv": "customer_id,user_id,used_on,feature,events\n"
        + "".join(f"{one},{one}-{user},{day},core,1\n" for one in IDS for user in "ab" for day in days),
    }
    # a fall by a twentieth counts: February has 20 working days, the three months before have 20, 23 and 22
    params = export(tmp_path, files, policies={"usage_decline": 0.05})
    measured = Portfolio.open(params, READ_ON, into=tmp_path / "snapshot").measure(Month.parse("2026-05"), 12)
    of_usage = [kpi for kpi in CATALOGUE if any(need.startswith("usage") for need in kpi.needs)]
    spread = measured.groupby("kpi").value.agg(lambda values: values.max() - values.min())
    moved = {kpi.id for kpi in of_usage if spread[kpi.id] > 1e-9}
    assert moved == {kpi.id for kpi in CATALOGUE if kpi.by_day}
    assert moved == {"stickiness", "usage_decline"}
