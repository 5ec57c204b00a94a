"""The workbook of a segment, read again by another library: figures as figures, texts as texts, and the limits of Excel."""

from __future__ import annotations

import time
import warnings
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import openpyxl
import pytest

from cslib.delivery.message import Reported
from cslib.delivery.workbook import write_workbook
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.settings import load
from tests.delivered import params, published

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl import Workbook

LONG = "長" * 40_000
ROWS = 30_000


@pytest.fixture
def told(tmp_path: Path) -> Reported:
    """Return a segment as a run reports it."""
    settings = load(params(tmp_path, {}), CATALOGUE.by_id)
    segment = next(one for one in settings.segments if one.id == "pro")
    run = (published(tmp_path) / "latest").resolve()
    return Reported(run, segment, Month.parse("2026-05"), CATALOGUE, Wording("en"), "Report", ())


def _written(told: Reported, file: Path, **options: Any) -> Workbook:
    write_workbook(told, {"adoption": "小林 蓮"}, file)
    with warnings.catch_warnings(action="ignore"):  # it says that it does not keep sparklines
        return openpyxl.load_workbook(file, **options)


def test_figures_are_figures_in_the_format_of_their_unit(told: Reported, tmp_path: Path) -> None:
    book = _written(told, tmp_path / "a.xlsx")
    assert book.sheetnames == ["KPIs", "Trend", "Actions actions"]
    sheet = book["KPIs"]
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    adoption = dict(zip(head, next(row for row in rows if row[0] == "Adoption"), strict=True))
    assert (adoption["Value"], adoption["Last month"], adoption["Change"], adoption["Target"]) == (0.5, 0.5, 0, 0.9)
    assert (adoption["Owner"], adoption["n"]) == ("小林 蓮", 10)
    assert [row[0] for row in rows] == ["Adoption", "Customer satisfaction (CSAT)"]  # as the pages have them
    assert sheet["C2"].number_format == "0.0%"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:L3")
    assert [cell.value for cell in book["Trend"][1]][2:] == ["2026-04", "2026-05"]
    with ZipFile(tmp_path / "a.xlsx") as parts:
        assert parts.read("xl/worksheets/sheet2.xml").count(b"<x14:sparkline>") == 2


def test_a_list_is_in_words_names_first_ids_as_they_are(told: Reported, tmp_path: Path) -> None:
    sheet = _written(told, tmp_path / "a.xlsx")["Actions actions"]
    first = {head.value: cell for head, cell in zip(sheet[1], sheet[2], strict=True)}
    assert next(iter(first)) == "Customer"
    assert first["Customer ID"].value == "00020"
    assert (first["What to do"].value, first["Why"].value) == (
        "Help", "latest NPS of 6 or less, health score is red, contract ends within 90 days",
    )  # fmt: skip
    assert first["MRR"].value == 1_152_000
    assert first[Wording("en").text("proposal_due")].value == datetime(2026, 6, 30)  # noqa: DTZ001 - a day
    assert sheet.freeze_panes == "B2"


def test_lists_of_customers_come_first_in_words_without_what_is_blank(told: Reported, tmp_path: Path) -> None:
    """What is to be done, then who is behind figures, then what charts are drawn from."""
    data = told.folder / "pro" / "data"
    (data / "summary-chain.csv").write_text("gate,low\nsetup,0.5\n", "utf-8")
    (data / "usage-customers-adoption.csv").write_text(
        "customer_id,name,asked,score,signals,ends_on\n00020,青葉,nps,6,nps feature_breadth,\n", "utf-8"
    )
    book = _written(told, tmp_path / "a.xlsx")
    assert book.sheetnames[2:] == ["Actions actions", "Usage customers-adoption", "Summary chain"]
    heads, cells = ([cell.value for cell in row] for row in book["Usage customers-adoption"].iter_rows())
    assert heads == ["Customer", "Customer ID", "Last asked", "Score", "Leading figures on the worse side"]
    say = Wording("en").text
    assert cells == [
        "青葉",
        "00020",
        say("asked_nps"),
        6,
        f"{say('indicator_nps')}, {say('indicator_feature_breadth')}",
    ]


def test_texts_are_texts_whatever_they_begin_with_and_are_cut_where_excel_does(told: Reported, tmp_path: Path) -> None:
    data = told.folder / "pro" / "data"
    texts = ["=1+1", "+81 3", "-5 %", "@SUM(A1)", "'=2+2", "\t=3", "https://example.com", "007", LONG, "\x01\x0bsteers"]
    quoted = "\n".join('"' + text + '"' for text in texts)
    (data / "usage-notes.csv").write_text(f"note\n{quoted}\n", "utf-8")
    (data / "usage-notes[1]:*?.csv").write_text("note\n1\n", "utf-8")
    (data / f"usage-{'x' * 60}.csv").write_text("note\n1\n", "utf-8")
    (data / f"usage-{'x' * 61}.csv").write_text("note\n1\n", "utf-8")
    (data / "usage-empty.csv").write_text("note\n", "utf-8")
    book = _written(told, tmp_path / "a.xlsx")
    cells = [row[0] for row in book["Usage notes"].iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * len(texts)
    assert [cell.value for cell in cells[:4]] == texts[:4]
    assert cells[4].value == "=2+2"  # a CSV's own mark against formulas is not wanted here
    assert all(cell.quotePrefix for cell in cells)  # so that none becomes a formula when it is edited
    assert cells[6].hyperlink is None
    assert len(str(cells[8].value)) == 32_767
    assert str(cells[8].value).endswith("長… (cut: 40,000 characters, more than a cell holds)")
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames) == 7
    assert max(map(len, book.sheetnames)) <= 31


def test_an_id_stays_as_it_is_written(told: Reported, tmp_path: Path) -> None:
    """Excel keeps fifteen digits of a figure, and would part those of an id by thousands."""
    data = told.folder / "pro" / "data"
    (data / "usage-ids.csv").write_text(
        "customer_id,id,number,count\n12345,7,1234567890123456789,123456789012345\n", "utf-8"
    )
    (data / "history.csv").write_text("note\nx\n", "utf-8")
    book = _written(told, tmp_path / "a.xlsx")
    cells = next(book["Usage ids"].iter_rows(min_row=2))
    assert [cell.value for cell in cells] == ["12345", "7", "1234567890123456789", 123456789012345]
    assert "history" not in {name.casefold() for name in book.sheetnames}


def test_many_rows_are_written_in_seconds(told: Reported, tmp_path: Path) -> None:
    rows = "\n".join(f"{number:06d},会社{number},{number}.5,2026-05-01" for number in range(ROWS))
    (told.folder / "pro" / "data" / "usage-many.csv").write_text(f"customer_id,name,mrr,due_on\n{rows}\n", "utf-8")
    began = time.process_time()
    write_workbook(told, {}, tmp_path / "a.xlsx")
    assert time.process_time() - began < 15  # 200,000 in 16 s, on a slow machine
    with ZipFile(tmp_path / "a.xlsx") as parts:
        sheet = next(name for name in parts.namelist() if name.endswith("sheet4.xml"))
        assert parts.read(sheet).count(b"<row ") == ROWS + 1
