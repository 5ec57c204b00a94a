"""A notebook's own text on its page: formulas, pictures, links and anchors as JupyterLab has them."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import nbformat
import pytest

from cslib.reports.page import rendered
from cslib.reports.single_file import Part, render_single
from tests.test_page import Page, context, notebook, prose

if TYPE_CHECKING:
    from pathlib import Path

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PAGES = (("05_financial.ipynb", "financial.html"), ("02_usage.ipynb", "usage.html"))


def shown(text: str, folder: Path | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the page of a text, and what it misses."""
    where = context("en", folder=str(folder or ""), notebooks=PAGES, generated_from="05_financial.ipynb")
    made = rendered(notebook(prose(text)), where)
    return made.html.partition("</noscript>")[2].partition('<script type="application/json" id="chart-theme">')[
        0
    ], made.missed


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (r"$$\frac{\text{MRR}_{now}}{\text{MRR}_{then}}$$", ["<mfrac>", "<mtext>MRR</mtext>", "<msub>"]),
        (r"in a line $a_1 * b_1 * c$ of words", ["<msub><mi>a</mi><mn>1</mn></msub>", "of words"]),
        (r"$ x $", ["<mi>x</mi>"]),
        ("$$\na\n+ b\n$$", ["<mi>a</mi>", "<mi>b</mi>"]),
        (r"\begin{align} a &= b \\ c &= d \end{align}", ["<mtable", "<mi>c</mi>"]),
        (r"$a < b$", ["<mo>&lt;</mo>"]),
        ("| a |\n|---|\n| $x_1$ |", ["<table>", "<msub>"]),
        (r"$\nosuchcommand{x}$", [r'<code class="tex">\nosuchcommand{x}</code>']),
        (r"$\frac{1$", [r'<code class="tex">\frac{1</code>']),
        ("from $5 and later $6 to 7", ["from $5 and later $6 to 7"]),
        (r"only \$5", ["only $5"]),
        ("`$x$`", ["<code>$x$</code>"]),
        ("```\n$$x$$\n```", ["$$x$$"]),
        ("- [x] done\n- [ ] open", ["<li>☑ done</li>", "<li>☐ open</li>"]),
    ],
)
def test_formulas_are_drawn_or_stand_as_they_are_written(text: str, holds: list[str]) -> None:
    html, missed = shown(text)
    assert [part for part in holds if part not in html] == []
    assert bool(missed) == ('class="tex"' in html)


@pytest.mark.parametrize(
    "tex", [r"\text{<img src=x>}", r"\href{javascript:alert(1)}{x}", "<script>", r"\mbox{</math><b>}"]
)
def test_a_formula_holds_no_markup_but_its_own(tex: str) -> None:
    html, _ = shown(f"$${tex}$$")
    elements = {name for name, _ in Page(html).elements}
    assert not elements & {"img", "script", "b", "a"}
    assert "href" not in html


def test_a_picture_beside_the_notebook_travels_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "a b.png").write_bytes(DOT)
    for text in (
        "![A dot](img/a%20b.png)",
        '<img src="img/a b.png" alt="A dot" onerror="x()">',
        "![A dot](./img/a%20b.png)",
    ):
        html, missed = shown(text, tmp_path)
        source = f"data:image/png;base64,{base64.b64encode(DOT).decode()}"
        assert [(one["src"], one["alt"]) for one in Page(html).each("img")] == [(source, "A dot")], text
        assert "onerror" not in html
        assert missed == ()


def test_an_attachment_travels_in_the_page() -> None:
    for text in ("![A dot](attachment:dot.png)", '<img src="attachment:dot.png" alt="A dot"/>'):
        cell = nbformat.v4.new_markdown_cell(
            text, attachments={"dot.png": {"image/png": base64.b64encode(DOT).decode()}}
        )
        images = Page(rendered(notebook(cell), context("en")).html).each("img")
        assert [one["src"] for one in images] == [f"data:image/png;base64,{base64.b64encode(DOT).decode()}"], text


@pytest.mark.parametrize(
    "address",
    [
        "none.png",
        "https://example.org/x.png",
        "attachment:none.png",
        "words.txt",
        "/etc/hostname",
        "//example.org/x.png",
        "file:///etc/hostname",
    ],
)
def test_a_picture_that_cannot_be_shown_is_said_and_logged(tmp_path: Path, address: str) -> None:
    (tmp_path / "words.txt").write_text("no picture")
    for text in (f"![A dot]({address})", f'<img src="{address}" alt="A dot">'):
        html, missed = shown(text, tmp_path)
        assert Page(html).each("img") == []
        assert "a picture that this page cannot show: A dot" in html
        assert len(missed) == 1


def test_a_picture_without_words_is_asked_for_them(tmp_path: Path) -> None:
    (tmp_path / "dot.png").write_bytes(DOT)
    html, missed = shown("![](dot.png)", tmp_path)
    assert Page(html).each("img")[0]["alt"] == "Picture without a description"
    assert ["![what it shows](…)" in line for line in missed] == [True]


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("02_usage.ipynb", "usage.html"),
        ("./02_usage.ipynb", "usage.html"),
        ("02_usage.ipynb#Who-uses-it?", "usage.html#Who-uses-it?"),
        ("https://example.org/?a=1&b=2", "https://example.org/?a=1&amp;b=2"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        ("#Who-pays?", "#who-pays"),
        ("#Who-pays%3F", "#who-pays"),
        ("#who-pays", "#who-pays"),
        ("#mark", "#mark"),
        ("usage.html", "usage.html"),
    ],
)
def test_links_lead_where_the_notebooks_lead(address: str, leads: str) -> None:
    for link in (f"[words]({address})", f'<a href="{address}">words</a>'):
        html, missed = shown(f'## Who pays?\n\n<a id="mark"></a>\n\n{link}')
        assert f'<a href="{leads}">words</a>' in html
        assert missed == ()


@pytest.mark.parametrize(
    "address",
    ["notes.ipynb", "data.csv", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "/etc/passwd"],
)
def test_words_stand_without_a_link_that_would_lead_nowhere(tmp_path: Path, address: str) -> None:
    (tmp_path / "data.csv").write_text("a")
    for link in (f"[words]({address})", f'<a href="{address}">words</a>'):
        html, missed = shown(link, tmp_path)
        assert "words" in html
        assert address not in html
        assert len(missed) == 1


def test_a_link_to_no_heading_is_logged() -> None:
    assert ["no heading of this page" in line for line in shown("## A\n\n[words](#b)")[1]] == [True]


def test_headings_bear_the_anchors_that_jupyterlab_gives_them() -> None:
    html, _ = shown("## Who pays?\n\n## Who pays?")
    page = Page(html)
    assert [one["id"] for one in page.each("h2")] == ["who-pays", "who-pays-2"]
    assert [one["id"] for one in page.each("span") if "id" in one] == ["Who-pays?"]


def test_links_between_the_notebooks_of_a_single_file_lead_within_it() -> None:
    where = [context("en", slug=name.partition(".")[0], generated_from=file, notebooks=PAGES) for file, name in PAGES]
    texts = ("## Pay\n\n[over](02_usage.ipynb#Use)", "## Pay\n\n[back](05_financial.ipynb) [here](#Pay)")
    html = render_single(
        [Part(context=one, notebook=notebook(prose(text))) for one, text in zip(where, texts, strict=True)]
    )
    assert re.findall(r'<a href="(#[^"]*)">(over|back|here)</a>', html) == [
        ("#stage-usage", "over"), ("#stage-financial", "back"), ("#pay-2", "here"),
    ]  # fmt: skip


def test_a_notebooks_own_html_keeps_its_looks_and_loses_its_scripts() -> None:
    html, _ = shown('<p style="color: red" onclick="x()">words</p><script>x()</script>\n\n## Heading')
    assert "onclick" not in html
    assert "<script" not in html
    assert re.search(r'<p class="look-1">words</p>', html)
    assert '<h2 id="heading">' in html
