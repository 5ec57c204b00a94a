"""Tables of rows: which are shown, each kind of cell, and settings in words."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from cslib import tables
from cslib.i18n import Wording
from cslib.kpis.kpi import Better, Unit
from tests import sample
from tests.test_scorecard import said

EN, JA = Wording("en"), Wording("ja")
THREE = pd.DataFrame({"name": ["a", "b", "c"], "mrr": [3.0, None, 1.0]})
COLUMNS: dict[str, str | tuple[str, Unit | str]] = {"name": "Name", "mrr": ("MRR", Unit.AMOUNT)}


def names(html: str) -> list[str]:
    """Return what heads each row."""
    return [said(f"<th>{head}</th>") for head in re.findall(r'<th scope="row"[^>]*>(.*?)</th>', html)]


def test_the_first_rows_are_shown_and_all_are_kept() -> None:
    table = tables.customer_list(THREE, EN, "Title", COLUMNS, 2, name="mine", text="Said.")
    assert names(table.html) == ["a", "b"]
    assert table.text == "Said. 2 of 3 rows shown; all are in the CSV."
    assert table.csv == "name,mrr\r\na,3.0\r\nb,\r\nc,1.0\r\n"
    assert (table.name, table.title) == ("mine", "Title")
    assert table.html.startswith('<table class="sortable listing"><caption>Title</caption>')


def test_by_itself_a_list_shows_fifty_and_a_plain_table_all() -> None:
    many = pd.DataFrame({"name": [f"c{at}" for at in range(51)]})
    assert len(names(tables.customer_list(many, EN, "t", {"name": "Name"}).html)) == 50
    assert len(names(tables.plain_table(many, EN, "t", {"name": "Name"}).html)) == 51
    assert tables.plain_table(many, EN, "t", {"name": "Name"}).text == ""
    assert tables.customer_list(many, EN, "t", {"name": "Name"}).name == "customers"
    assert tables.plain_table(many, EN, "t", {"name": "Name"}).name == "table"


def cell(value: object, how: Unit | str) -> str:
    """Return the HTML of the one cell of a column of this kind."""
    frame = pd.DataFrame({"name": ["a"], "x": pd.Series([value], dtype=object)})
    html = tables.plain_table(frame, EN, "t", {"name": "Name", "x": ("X", how)}).html
    return re.findall(r"<td.*</td>", html)[0]


def test_a_line_that_is_cut_has_no_empty_line_behind_it() -> None:
    long = "why " * 60
    assert "</span><bdi>stuck</bdi><br><bdi>on</bdi></td>" in cell((long, "stuck", "on"), "lines")
    assert cell(("stuck", long), "lines").count("<br>") == 1
    assert "clamp" not in cell(("why " * 40, "stuck"), "lines")


@pytest.mark.parametrize(
    ("value", "how", "html"),
    [
        ("2026-10-31", "date", '<td class="day" data-label="X" data-sort="2026-10-31">31\N{NO-BREAK SPACE}Oct 2026</td>'),
        (pd.Timestamp("2026-10-31 23:30"), "date", '<td class="day" data-label="X" data-sort="2026-10-31">31\N{NO-BREAK SPACE}Oct 2026</td>'),
        ("2026-10", "month", '<td class="day" data-label="X" data-sort="2026-10">Oct 2026</td>'),
        (0.25, "change", '<td class="num" data-label="X" data-sort="0.25">+25.0\N{NO-BREAK SPACE}pp</td>'),
        (1234.5, Unit.AMOUNT, '<td class="num" data-label="X" data-sort="1234.5">¥1.23K</td>'),
        (None, Unit.SHARE, '<td class="num" data-label="X" data-sort="">–</td>'),
        ("↑ 3", "figure", '<td class="num short" data-label="X"><bdi>↑ 3</bdi></td>'),
        (None, "text", '<td data-label="X" data-sort="">–</td>'),
        (float("nan"), "text", '<td data-label="X" data-sort="">–</td>'),
        (float("inf"), "text", '<td data-label="X" data-sort="">–</td>'),
        (pd.NaT, "date", '<td data-label="X" data-sort="">–</td>'),
        (pd.NA, "text", '<td data-label="X" data-sort="">–</td>'),
        ("", "text", '<td data-label="X" data-sort="">–</td>'),
        ("x" * 16, "text", f'<td class="short" data-label="X"><bdi>{"x" * 16}</bdi></td>'),
        ("x" * 17, "text", f'<td data-label="X"><bdi>{"x" * 17}</bdi></td>'),
        ("x" * 60, "text", f'<td data-label="X"><bdi>{"x" * 60}</bdi></td>'),
        ("x" * 61, "text", f'<td data-label="X"><span class="clamp" title="{"x" * 61}"><bdi>{"x" * 61}</bdi></span></td>'),
    ],
)  # fmt: skip
def test_a_cell_of_each_kind(value: object, how: Unit | str, html: str) -> None:
    assert cell(value, how) == html


def test_a_column_described_by_its_label_alone_holds_text() -> None:
    html = tables.plain_table(pd.DataFrame({"a": ["x"], "b": ["1234"]}), EN, "t", {"a": "A", "b": "B"}).html
    assert "<bdi>1234</bdi>" in html


def test_a_history_is_drawn_of_a_list_and_of_nothing_else() -> None:
    assert cell([1.0, 2.0], "history").count("<svg") == 1
    assert cell((1.0, 2.0), "history").count("<svg") == 1
    assert "<svg" not in cell("12", "history")


@pytest.mark.parametrize(
    ("policy", "value", "en"),
    [
        ("all_contracts_open", True, "yes"),
        ("all_contracts_open", False, "no"),
        ("rates", {}, EN.text("no_rates")),
        ("rates", {"USD": 150.5, "EUR": 160}, "USD = 150.5, EUR = 160"),
        ("core_features", [], EN.text("choice_all")),
        ("core_features", ["report", "api"], "report, api"),
        ("gross_margin", 0.7, "70.0 %"),
        ("gross_margin", 1.0, "100.0 %"),
        ("allowed_quarantine", 0.0, "0.0 %"),
        ("grace_days", 14, "14"),
        ("hourly_cost", 5000, "¥5,000"),
        ("hourly_cost", 1.0, "¥1"),
        ("adoption_weeks", {"active": 3, "of": 4}, "3 of the last 4 weeks"),
        ("weights", {"a": 0.5, "b": "last_day"}, f"a 50.0 %, b {EN.text('choice_last_day')}"),
        ("contract_end", "last_day", EN.text("choice_last_day")),
        ("credit_notes", "net", EN.text("choice_net")),
        ("unheard_of", "as it is", "as it is"),
    ],
)
def test_a_setting_in_words(policy: str, value: object, en: str) -> None:
    table = tables.policy_table({policy: value}, EN)
    (shown,) = re.findall(r"<td[^>]*>(.*?)</td>", table.html)
    assert said(f"<td>{shown}</td>") == en
    assert (table.name, table.title) == ("policies", EN.text("policies"))
    assert table.html.startswith('<table class="prose-table">')


def test_a_policy_without_words_reads_as_it_is() -> None:
    assert names(tables.policy_table({"gross_margin": 1, "unheard_of": 1}, EN).html) == [
        EN.text("policy_gross_margin"),
        "unheard_of",
    ]


@pytest.mark.parametrize(("wording", "better"), [(EN, Better.LOWER), (JA, Better.HIGHER)])
def test_a_definition_says_formula_unit_direction_and_needs(wording: Any, better: Better) -> None:
    kpi = replace(sample.CHURN, better=better, unit=Unit.DAYS)
    table = tables.definition_table([kpi], wording)
    cells = re.findall(r"<td[^>]*>.*?</td>", table.html)
    assert [said(one) for one in cells] == [
        kpi.formula(wording.language), wording.text("unit_days"), wording.text(f"direction_{better}"), "contracts contracts.seats",
    ]  # fmt: skip
    assert "<code>contracts</code> <code>contracts.seats</code>" in table.html
    assert [' class="short"' in one for one in cells] == [False, True, True, False]
    assert (table.name, table.title) == ("definitions", wording.text("definitions"))


def test_the_page_on_own_tables_can_be_followed() -> None:
    page = (Path(__file__).parent.parent / "docs" / "own-outputs.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(from cslib import plain_table\n.*?)```", page, re.DOTALL)
    frame = pd.DataFrame({"partner": ["A"], "mrr": [1_200_000.0], "share": [0.5], "since": ["2026-01"]})
    pasted = re.sub(r"^plain_table\(", "found = plain_table(", block, flags=re.MULTILINE)
    found_in: dict[str, Any] = {"partners": frame, "s": SimpleNamespace(wording=EN)}
    exec(pasted, found_in)  # noqa: S102 - what a reader would paste
    shown = found_in["found"]
    assert shown.name == "partners"
    assert all(word in shown.html for word in ("Partners", "Share of MRR", "¥1.20M", "50.0", "Jan 2026"))
