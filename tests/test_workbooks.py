"""Excel workbooks: cells read as they are shown, sheets chosen, rows counted as Excel counts them."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

from cslib.portfolio import Portfolio
from cslib.source import NORMALISED, UNREAD
from tests.exports import READ_ON, export
from tests.sources import customers, mapped, places, problem
from tests.workbooks import saved, workbook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEAD = ["contract_id", "customer_id", "product", "starts_on", "mrr"]


def _contracts(folder: Path, *rows: Sequence[Any], **spec: Any) -> list[dict[str, Any]]:
    content = workbook(契約=[HEAD, *rows])
    source = {"contracts": {"from": "../data/contracts.xlsx", **spec}}
    params = export(folder, {"contracts.csv": None, "contracts.xlsx": content}, source)
    return mapped(params, "contracts")


def _of(folder: Path, content: bytes, **spec: Any) -> Path:
    return customers(folder, content, "customers.xlsx", **spec)


def test_cells_are_read_as_what_they_are(tmp_path: Path) -> None:
    first, second = _contracts(
        tmp_path,
        ["00017", 17850.0, "core", date(2026, 4, 1), 1200],
        ["K-1", "00001", True, datetime(2026, 4, 1, 9, 30), 0.1],  # noqa: DTZ001 - a clock on the wall
    )
    assert (first["contract_id"], first["customer_id"], first["starts_on"]) == ("00017", "17850", date(2026, 4, 1))
    assert first["mrr"] == Decimal(1200)
    assert (second["product"], second["starts_on"], second["mrr"]) == ("true", date(2026, 4, 1), Decimal("0.1"))


@pytest.mark.parametrize(
    ("found", "day"),
    [
        (46113, date(2026, 4, 1)),  # 46,113 days after 1899-12-30
        (46113.75, date(2026, 4, 1)),
        ("46113", date(2026, 4, 1)),
        (25569, date(1970, 1, 1)),
        ("令和8年4月1日", date(2026, 4, 1)),
        (20260401, None),
        (3, None),
        (time(10, 0), None),
    ],
)
def test_a_number_in_a_column_of_dates_is_a_serial_one(tmp_path: Path, found: Any, day: date | None) -> None:
    (row,) = _contracts(tmp_path, ["K", "00001", "core", found, 5])
    assert row["starts_on"] == day
    assert (row[UNREAD + "starts_on"], row[NORMALISED + "starts_on"]) == (day is None, day is not None)


def test_dates_and_texts_of_a_format_may_stand_in_one_column(tmp_path: Path) -> None:
    columns = {"starts_on": {"column": "starts_on", "format": "%d/%m/%Y"}}
    rows = [["K", "00001", "core", found, 5] for found in (date(2026, 9, 1), "02/09/2026", 46268)]
    found = _contracts(tmp_path, *rows, columns=columns)
    assert [row["starts_on"] for row in found] == [date(2026, 9, day) for day in (1, 2, 3)]


def test_an_error_in_a_cell_is_no_blank(tmp_path: Path) -> None:
    (row,) = _contracts(tmp_path, ["K", "00001", "core", date(2026, 4, 1), "#N/A"])
    assert (row["mrr"], row[UNREAD + "mrr"]) == (None, True)


def test_zeros_that_only_the_form_of_a_cell_shows_are_kept(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["customer_id", "name"])
    sheet.append([17, "甲"])
    sheet["A2"].number_format = "00000"
    (row,) = mapped(_of(tmp_path, saved(book)))
    assert row["customer_id"] == "00017"


def test_rows_are_counted_as_excel_counts(tmp_path: Path) -> None:
    rows: list[list[Any]] = [[], ["customer_id", "name"], ["1", "a"], [None, " "], ["2", "b"], []]
    assert places(_of(tmp_path, workbook(顧客=rows))) == [("customers.xlsx", 3), ("customers.xlsx", 5)]


def test_columns_without_a_name_are_further_ones(tmp_path: Path) -> None:
    (row,) = mapped(_of(tmp_path, workbook(顧客=[["customer_id", "name"], ["1", "a", None, "memo"]])))
    assert (row["column3"], row["column4"]) == (None, "memo")


def test_the_only_sheet_with_data_is_taken_and_one_of_several_is_chosen(tmp_path: Path) -> None:
    rows = [["customer_id", "name"], ["1", "a"]]
    assert [row["name"] for row in mapped(_of(tmp_path, workbook(空=[], 顧客=rows)))] == ["a"]
    two = workbook(顧客=rows, 旧=[*rows, ["2", "b"]])
    assert problem(_of(tmp_path, two)) == (
        "customers.xlsx: 2 sheets hold data: 顧客, 旧; choose one, as 'sheet: 顧客' in source.yaml"
    )
    assert [row["name"] for row in mapped(_of(tmp_path, two, sheet="旧"))] == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "spec", "message"),
    [
        (b"PK", {}, "customers.xlsx: no Excel workbook, or one behind a password"),
        (workbook(a=[]), {}, "customers.xlsx: the sheet 'a' is empty, not even a header"),
        (workbook(a=[], b=[]), {}, "customers.xlsx: no sheet holds anything"),
        (workbook(a=[["x"]]), {"sheet": "b"}, "customers.xlsx: no sheet 'b'; known: a"),
        (workbook(a=[["x", "X"]]), {}, "customers.xlsx: the header names the column 'x' more than once"),
        (
            workbook(a=[["customer_id", "name"], *([["1", "a"]] * 1000), ["2", "b", "memo"]]),
            {},
            "customers.xlsx row 1002: 'memo' stands in column 3, where the header names 2",
        ),
    ],
    # not the files themselves, which hold the second in which they were written
    ids=["none", "empty", "nothing", "no_sheet", "twice", "too_wide"],
)
def test_a_workbook_that_cannot_be_read_says_why(
    tmp_path: Path, content: bytes, spec: dict[str, str], message: str
) -> None:
    assert message in problem(_of(tmp_path, content, **spec))


def test_a_sheet_of_a_csv_file_is_a_mistake(tmp_path: Path) -> None:
    found = problem(customers(tmp_path, "customer_id,name\n1,a\n", sheet="a"))
    assert found == "customers.csv: 'sheet: a' is for workbooks; this file has no sheets"


def test_a_whole_book_may_come_from_workbooks_of_a_glob(tmp_path: Path) -> None:
    files = {
        f"k{month}.xlsx": workbook(a=[HEAD, [f"K{month}", "00001", "core", date(2026, month, 1), 5]])
        for month in (1, 2)
    }
    source = {"contracts": {"from": "../data/k*.xlsx"}}
    book = Portfolio.open(export(tmp_path, {"contracts.csv": None, **files}, source), READ_ON)
    assert book.manifest.tables["contracts"].rows == 2
    assert book.manifest.tables["contracts"].files == ("k1.xlsx", "k2.xlsx")
