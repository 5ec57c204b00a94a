"""The HTML of a table, to the letter."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from cslib.tables.markup import HtmlCell, HtmlColumn, data_text, html_table


def test_a_table_to_the_letter() -> None:
    columns = [HtmlColumn("Name"), HtmlColumn("<MRR>", numeric=True), HtmlColumn("")]
    rows: list[list[HtmlCell] | str] = [
        [HtmlCell("a & b"), HtmlCell("1.50", 1.5, css="headline"), HtmlCell(Markup("<b>x</b>"))],
        "Group",
        [HtmlCell("c", 7), HtmlCell("–", None), HtmlCell("y", "sorted as text")],
    ]
    assert html_table(columns, rows, "Caption", css="listing") == (
        '<table class="listing"><caption>Caption</caption>'
        '<thead><tr><th scope="col">Name</th><th scope="col" class="num">&lt;MRR&gt;</th><th scope="col"></th></tr></thead>'
        '<tbody><tr><th scope="row">a &amp; b</th><td class="num headline" data-label="&lt;MRR&gt;" data-sort="1.5">1.50</td>'
        "<td><b>x</b></td></tr>"
        '<tr class="group"><th scope="colgroup" colspan="3">Group</th></tr>'
        '<tr><th scope="row" data-sort="7">c</th><td class="num" data-label="&lt;MRR&gt;">–</td>'
        '<td data-sort="sorted as text">y</td></tr></tbody></table>'
    )


def test_text_of_data_is_escaped_and_keeps_its_direction_to_itself() -> None:
    assert data_text("<a> שלום") == "<bdi>&lt;a&gt; שלום</bdi>"


@pytest.mark.parametrize(
    ("sort", "written"),
    [(1 / 3, "0.333333333333"), (float("nan"), ""), ("text", "text"), (123456789.25, "123456789.25"), (0, "0")],
)
def test_a_cell_sorts_by_its_plain_value(sort: object, written: str) -> None:
    table = html_table([HtmlColumn("A"), HtmlColumn("B")], [[HtmlCell("x"), HtmlCell("shown", sort)]], "c")
    assert f'data-sort="{written}">shown' in table
