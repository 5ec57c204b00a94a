"""Every file that people have: JSON, spreadsheets of other programs, reports with titles and footers, files that are not what they say."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import xlwt

from bench.fuzz.seeds import as_open_document
from cslib.check import check_params
from cslib.source import UNREAD
from tests.exports import CUSTOMERS, READ_ON, export
from tests.sources import HEAD, column, customers, mapped, places, problem, problems
from tests.workbooks import workbook

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = "contract_id,customer_id,product,starts_on,mrr"


# JSON


def _lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


@pytest.mark.parametrize("ending", [".jsonl", ".ndjson", ".json", ".jsonl.gz"])
def test_lines_of_json_are_rows(tmp_path: Path, ending: str) -> None:
    text = _lines({"customer_id": "00017", "name": "髙橋"}, {"customer_id": 18, "name": None, "plan": True})
    content = gzip.compress(text.encode()) if ending.endswith(".gz") else text
    first, second = mapped(customers(tmp_path, content, f"customers{ending}"))
    assert (first["customer_id"], first["name"], first["plan"]) == ("00017", "髙橋", None)
    assert (second["customer_id"], second["name"], second["plan"]) == ("18", None, "true")


@pytest.mark.parametrize(
    "text",
    [
        '[{"customer_id": "1", "name": "a"},\n {"customer_id": "2", "name": "b"}]',
        '{"has_more": false, "data": [{"customer_id": "1", "name": "a"}, {"customer_id": "2", "name": "b"}]}',
        '{\n "result": {\n  "rows": [\n   {"customer_id": "1", "name": "a"},\n   {"customer_id": "2", "name": "b"}]}}',
    ],
)
def test_a_list_of_objects_is_rows_wherever_it_lies(tmp_path: Path, text: str) -> None:
    params = customers(tmp_path, "\ufeff" + text, "customers.json")
    assert column(params, "name") == ["a", "b"]
    assert places(params) == [("customers.json", 1), ("customers.json", 2)]


def test_values_of_json_stay_what_is_written(tmp_path: Path) -> None:
    """A number of 23 digits, a price with its zero, a day and a list are what the file says, and fields within fields are columns."""
    text = (
        '{"customer_id": 12345678901234567890123, "name": "a", "org": {"plan": "pro", "at": {"day": "2026-04-01"}},'
        ' "fee": 1.10, "tags": [1.10, "é", {"x": null}], "none": {}}\n\n{"customer_id": "2", "name": "b"}\n'
    )
    params = customers(tmp_path, text, "customers.jsonl", columns={"plan": "org.plan"})
    first, second = mapped(params)
    assert (first["customer_id"], first["plan"], first["org.at.day"]) == (
        "12345678901234567890123",
        "pro",
        "2026-04-01",
    )
    assert (first["fee"], first["tags"]) == ("1.10", '[1.10, "é", {"x": null}]')
    assert (second["plan"], second["fee"]) == (None, None)
    assert places(params) == [("customers.jsonl", 1), ("customers.jsonl", 3)]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("a.jsonl", '{"customer_id": "1"}\n{"customer_id": \n{"x": 1}\n', "a.jsonl line 2: wanted an object of JSON"),
        ("a.jsonl", '{"customer_id": "1"}\n\n7\n', "a.jsonl line 3: wanted an object of JSON; found a number"),
        ("a.json", '\n[{"customer_id": "1"},\n{"customer_id": ?}]', "a.json line 3: wanted a list of objects of JSON"),
        ("a.json", '[{"customer_id": "1"}, "x"]', "a.json element 2: wanted an object of JSON; found a text"),
        ("a.json", '{"a": [{"x": 1}], "b": [{"y": 1}]}', "a.json: 2 lists of objects in it: a, b; save one as a file"),
        ("a.json", "", "a.json: the file is empty, not even one object"),
        ("a.json", "[]", "a.json: the file is empty, not even one object"),
        ("a.jsonl", '{"customer_id": "甲"}\n{"customer_id": "1"}\n'.encode("cp932"), "a.jsonl: not utf-8; save it as UTF-8"),
        ("a.json", "[" * 100_000, "a.json: wanted a list of objects of JSON; found objects within objects"),
        ("a.jsonl", '{"id": 1, "ID": 2}\n{}\n', "the header names the column 'id' more than once"),
    ],
)  # fmt: skip
def test_a_fault_of_json_is_told_with_its_line(tmp_path: Path, file: str, text: str | bytes, message: str) -> None:
    assert message in problem(customers(tmp_path, text, file))


# spreadsheets of other programs


def _old(*rows: list[Any], dates_from_1904: bool = False) -> bytes:
    book, target = xlwt.Workbook(encoding="utf-8"), io.BytesIO()
    book.dates_1904 = dates_from_1904
    sheet = book.add_sheet("契約")
    day, padded = xlwt.easyxf(num_format_str="yyyy-mm-dd"), xlwt.easyxf(num_format_str="00000")
    for place, row in enumerate(rows):
        for at, value in enumerate(row):
            if value == "#N/A":
                sheet.row(place).set_cell_error(at, 0x2A)
            elif value is not None:
                sheet.write(place, at, value, *([day] if isinstance(value, date) else [padded] if value == 17 else []))
    book.save(target)
    return target.getvalue()


def _open(*rows: list[str], head: str = CONTRACT) -> bytes:
    """Return an `.ods` whose rows are given as the cells of its XML."""
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    calc = ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    lines = [[_said(name) for name in head.split(",")], *rows]
    body = "".join(f"<table:table-row>{''.join(cells)}</table:table-row>" for cells in lines)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(
            "content.xml",
            f"<office:document-content{names}{calc}><office:body><office:spreadsheet>"
            f'<table:table table:name="契約">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return target.getvalue()


def _said(text: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def _number(value: str, shown: str = "") -> str:
    return _said(shown or value, f'office:value-type="float" office:value="{value}"')


def _contracts(folder: Path, file: str, content: bytes) -> list[dict[str, Any]]:
    files = {"contracts.csv": None, file: content}
    return mapped(export(folder, files, {"contracts": {"from": f"../data/{file}"}}), "contracts")


def test_an_old_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    content = _old(
        CONTRACT.split(","), ["K1", 17, True, date(2026, 4, 1), 1200.5], [None], ["K2", "00001", "a", 46113, "#N/A"]
    )
    first, second = _contracts(tmp_path, "contracts.xls", content)
    assert (first["customer_id"], first["product"], first["starts_on"]) == ("00017", "true", date(2026, 4, 1))
    assert first["mrr"] == Decimal("1200.5")
    assert second["starts_on"] == date(2026, 4, 1), "46,113 days after 1899-12-30"
    assert (second["mrr"], second[UNREAD + "mrr"]) == (None, True), "#N/A is no blank"


def test_an_old_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    content = _old(CONTRACT.split(","), ["K1", "1", "a", 44651, 3], dates_from_1904=True)
    (row,) = _contracts(tmp_path, "contracts.xls", content)
    assert row["starts_on"] == date(2026, 4, 1), "44,651 days after 1904-01-01"


def test_an_open_document_is_read_as_it_is_shown(tmp_path: Path) -> None:
    first = [
        _said("K&amp;1<office:annotation><text:p>a remark</text:p></office:annotation>"), _number("17", "00017"), _said("a<text:s text:c='2'/>b"),
        _said("01.04.26", 'office:value-type="date" office:date-value="2026-04-01T00:00:00"'), _number("1200.50", "1.200,50 €"),
    ]  # fmt: skip
    blank = ['<table:table-cell table:number-columns-repeated="16384"/>']
    error = _said("#N/A", 'office:value-type="string" calcext:value-type="error"')
    second = [
        _said("K2"),
        _said("2"),
        "<table:covered-table-cell/>",
        _said("x", 'office:value-type="date" office:date-value="2026-05-01"'),
        error,
    ]
    one, two = _contracts(tmp_path, "contracts.ods", _open(first, blank, second))
    assert (one["contract_id"], one["customer_id"], one["product"]) == ("K&1", "00017", "a  b")
    assert (one["starts_on"], one["mrr"], one["_row"]) == (date(2026, 4, 1), Decimal("1200.50"), 2)
    assert (two["product"], two["mrr"], two[UNREAD + "mrr"], two["_row"]) == (None, None, True, 4), "#N/A is no blank"


def test_rows_that_an_open_document_repeats_are_rows(tmp_path: Path) -> None:
    content = as_open_document([["customer_id", "name"], ["1", "a"]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("content.xml").decode()
    head, row = text.split("</table:table-row>", 1)
    for times, found in (("3", [("a.ods", 2), ("a.ods", 3), ("a.ods", 4)]), ("99999999", None)):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            repeated = row.replace("<table:table-row>", f'<table:table-row table:number-rows-repeated="{times}">')
            archive.writestr("content.xml", f"{head}</table:table-row>{repeated}")
        params = customers(tmp_path, target.getvalue(), "a.ods")
        if found:
            assert places(params) == found
        else:
            assert "a.ods: wanted an OpenDocument spreadsheet; found one that is damaged" in problem(params)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("a.csv", workbook(a=[["customer_id"]]), "a.csv: is not what its name says: it is a workbook"),
        (
            "a.xlsx",
            _old(["customer_id"]),
            "a.xlsx: is not what its name says: it is an old workbook, or one behind a password",
        ),
        ("a.xls", b"<html><table><tr><td>customer_id", "a.xls: is not what its name says: it is a page of the web"),
        ("a.csv", b"%PDF-1.7", "a.csv: is not what its name says: it is a PDF; export the table itself"),
        ("a.csv", gzip.compress(CUSTOMERS.encode()), "a.csv: is not what its name says: it is a file zipped by gzip"),
        ("a.json", b"PAR1x", "a.json: is not what its name says: it is a Parquet file"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 2000, "a.xls: no Excel workbook, or one behind a password"),
        ("a.ods", b"PK\x03\x04x", "a.ods: no OpenDocument spreadsheet, or one behind a password"),
    ],
    ids=["zip", "ole", "html", "pdf", "gzip", "parquet", "xls", "ods"],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, file: str, content: bytes, message: str) -> None:
    assert message in problem(customers(tmp_path, content, file))


# titles and footers

FOOTERS = (
    ["Copyright (c) 2000-2026 Example, inc. All rights reserved.", "Confidential Information - Do Not Distribute"],
    ["All accounts", "Generated By:  Jo Doe 2026/10/01 9:00", "Example Inc"],
    ["機密情報 - 配布禁止", "生成者: 山田"],
    ["© 2026 例"],
)


def _told(params: Path) -> list[str]:
    return [note.sentence for note in check_params(params, READ_ON).tables["customers"].notes]


@pytest.mark.parametrize("footer", FOOTERS)
@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_footer_is_left_out_and_told(tmp_path: Path, footer: list[str], encoding: str) -> None:
    lines = "".join(f'"{line}"\n' for line in footer)
    text = f"{HEAD}1,a\n2,b\n\n{lines}".replace("©", "©" if encoding == "utf-8" else "(c)")
    params = customers(tmp_path, text.encode(encoding), encoding=encoding)
    assert column(params, "name") == ["a", "b"]
    assert places(params) == [("customers.csv", 2), ("customers.csv", 3)]
    (told,) = _told(params)
    assert told.startswith(
        f"{len(footer)} rows at the end of a file were taken for the footer of a report and left out"
    )
    assert told.endswith("in customers.csv row 5" + (", …" if footer[1:] else ""))


def test_rows_of_data_are_no_footer(tmp_path: Path) -> None:
    """A customer without a name, one of a telling name, and a short row that says nothing of the kind."""
    assert column(customers(tmp_path / "a", f"{HEAD}1,a\n2,\nCopyright 2026\n"), "customer_id") == ["1", "2"]
    assert column(customers(tmp_path / "b", f"{HEAD}1,Copyright Inc\n2,Confidential\n"), "customer_id") == ["1", "2"]
    assert column(customers(tmp_path / "c", f"{HEAD}Copyright,x\n2,b\n"), "customer_id") == ["Copyright", "2"]
    (found,) = problems(customers(tmp_path / "d", f"{HEAD}1,a\n\n3\n"))
    assert "row 4: 1 fields where the header has 2" in found
    assert "or take the row away where it is none of the table's" in found


@pytest.mark.parametrize(
    ("above", "row"),
    [
        ("顧客一覧\n", 3),
        ("顧客一覧\n\n出力日 2026-10-01\n\n", 6),
        ("Report,Accounts\nExported,2026-10-01\n\n", 5),
        ("顧客一覧,,\n,,\n", 4),
    ],
)
def test_a_title_above_the_header_is_left_out_and_told(tmp_path: Path, above: str, row: int) -> None:
    params = customers(tmp_path, f"{above}customer_id,name,plan\n00017,a,pro\n")
    assert [(one["customer_id"], one["plan"], one["_row"]) for one in mapped(params)] == [("00017", "pro", row)]
    (told,) = _told(params)
    assert "above the header were taken for the title of a report and left out" in told
    assert "in customers.csv row 1" in told


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (f"{HEAD}1,a\n", ["1"]),
        (f"{HEAD}\nC1,Alpha\nC2,Beta\n", ["C1", "C2"]),  # a blank row below the header
        ("customer_id,name,,\n1,a,,\n", ["1"]),
        ("customer_id,name\nC1,\nC2,Beta\n", ["C1", "C2"]),
    ],
)
def test_a_header_is_no_title(tmp_path: Path, text: str, ids: list[str]) -> None:
    assert column(customers(tmp_path, text), "customer_id") == ids


def test_title_and_footer_of_a_workbook(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["顧客一覧"], [], ["customer_id", "name"], ["1", "a"], ["2"], [], ["機密情報 - 配布禁止"]]
    params = customers(tmp_path, workbook(顧客=rows), "customers.xlsx")
    assert [(row["customer_id"], row["_row"]) for row in mapped(params)] == [("1", 4), ("2", 5)]
    assert [note.split(" ")[0] for note in _told(params)] == ["1", "1"]
