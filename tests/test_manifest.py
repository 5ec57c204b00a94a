"""Which month is reported, and which can be."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from cslib.errors import DataError, MonthError
from cslib.portfolio import Portfolio
from cslib.snapshot import Manifest, TableState
from tests.exports import READ_ON, export, write

if TYPE_CHECKING:
    from pathlib import Path


def _manifest(first: str = "2025-01", last: str = "2026-06", read_on: date = READ_ON) -> Manifest:
    return Manifest(read_on=read_on, first_month=first, last_month=last, tables={}, segments={})


@pytest.mark.parametrize(
    ("last", "read_on", "month"),
    [
        ("2026-06", date(2026, 6, 30), "2026-05"),  # a month's last day is not over while the export is taken
        ("2026-06", date(2026, 7, 1), "2026-06"),
        ("2026-03", date(2026, 7, 1), "2026-03"),
        ("2026-06", date(2026, 6, 1), "2026-05"),
    ],
)
def test_without_a_word_it_is_the_last_month_that_is_over_and_that_the_data_reach(
    last: str, read_on: date, month: str
) -> None:
    assert str(_manifest(last=last, read_on=read_on).month(None)) == month


def test_a_month_that_the_data_hold_is_taken() -> None:
    assert [str(_manifest().month(text)) for text in ("2025-01", "2026-05")] == ["2025-01", "2026-05"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2024-12", "2024-12 lies before the data, which begin in 2025-01; choose 2025-01 to 2026-05"),
        ("2026-06", "2026-06 was not over (data until 2026-06, read on 2026-06-30); choose 2025-01 to 2026-05"),
        ("2027-01", "2027-01 was not over"),
        ("2026-13", "a month is written YYYY-MM, like 2026-10; found '2026-13'"),
        ("2026-5", "a month is written YYYY-MM"),
        ("２０２６-05", "a month is written YYYY-MM"),
        ("2026-05-01", "a month is written YYYY-MM"),
        ("May", "a month is written YYYY-MM"),
    ],
)
def test_a_month_that_the_data_do_not_hold(text: str, message: str) -> None:
    with pytest.raises(MonthError) as raised:
        _manifest().month(text)
    assert message in str(raised.value)


def test_a_month_after_the_last_of_the_data() -> None:
    with pytest.raises(MonthError, match="2026-05 lies after the last month the data hold"):
        _manifest(last="2026-03").month("2026-05")


def test_no_month_is_over_yet() -> None:
    with pytest.raises(MonthError, match="no month is over yet: the data begin in 2026-06 and were read on 2026-06-30"):
        _manifest(first="2026-06").month(None)


def test_the_data_reach_as_far_as_what_has_happened(tmp_path: Path) -> None:
    goals = "goal_id,customer_id,level,set_on,due_on\nG,00001,individual,2025-11-30,2026-12-31\n"
    manifest = Portfolio.open(export(tmp_path, {"goals.csv": goals}), READ_ON).manifest
    assert (manifest.first_month, manifest.last_month) == ("2025-11", "2026-05")


def test_data_without_a_date_have_no_month(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no table holds a date up to 2026-06-30"):
        Portfolio.open(export(tmp_path, {"contracts.csv": None, "surveys.csv": None}), READ_ON)


def test_today_is_the_day_of_reading_where_none_is_said(tmp_path: Path) -> None:
    params = export(tmp_path)
    said = (params / "source.yaml").read_text("utf-8")
    write(params / "source.yaml", said.replace("read_on: 2026-06-30\n", ""))
    assert Portfolio.open(params, date(2026, 8, 15)).manifest.read_on == date(2026, 8, 15)
    with pytest.raises(
        DataError, match=r"wanted no day after 2026-05-09, when the source was read; found '2026-05-10'"
    ):
        Portfolio.open(params, date(2026, 5, 9))


def test_what_is_missing_is_named_by_table_or_column() -> None:
    state = TableState(rows=1, set_aside=0, claims=(), columns=("customer_id", "name"), files=())
    manifest = _manifest().model_copy(update={"tables": {"customers": state}})
    assert manifest.missing(["customers", "customers.name"]) == []
    assert manifest.missing(["customers.csm", "goals.set_on", "goals.level"]) == ["goals", "customers.csm"]
