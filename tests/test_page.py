"""Pages: what stands in them, what must not, and how a browser takes them with the network off."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import nbformat
import pandas as pd
import pytest

from cslib import charts, tables
from cslib.errors import CslibError
from cslib.i18n import Wording
from cslib.kpis.kpi import Stage, Unit
from cslib.reports.blocks import json_text
from cslib.reports.index_matrix import Failure, Notable, Notables
from cslib.reports.page import (
    PageContext,
    csv_files,
    render_failure,
    render_index,
    render_notebook,
    running_foot,
    whole_templates,
    write_assets,
)
from tests import sample
from tests.axe import violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbformat import NotebookNode

    from cslib.i18n import Language

LANGUAGES: tuple[Language, ...] = ("ja", "en")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
NAMES = ("index.html", "many.html", "big/financial.html", "small/financial.html")


def context(language: Language = "ja", **changed: Any) -> PageContext:
    given: dict[str, Any] = {
        "language": language,
        "title": {"ja": "月次レポート", "en": "Monthly report"}[language],
        "month": "2026-10",
        "segment_id": "big",
        "segment_name": sample.HOSTILE[0],
        "slug": "financial",
        "stages": (("index", "A", "index.html"), ("financial", "B", "financial.html")),
        "segments": (("big", sample.HOSTILE[0], "../big/financial.html"), ("small", "S", "../small/financial.html")),
        "run_id": "2026-10_x",
        "data_as_of": "2026-10-31",
        "source": sample.HOSTILE[1],
    }
    return PageContext(**{**given, **changed})


def shown(*outputs: Any) -> NotebookNode:
    """Return an executed cell with these displayed."""
    displayed = [nbformat.v4.new_output("display_data", data=one._repr_mimebundle_()) for one in outputs]
    return nbformat.v4.new_code_cell("password = 'hunter2'", outputs=displayed)


def prose(text: str, *tags: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text, metadata={"tags": list(tags)})


def notebook(*cells: NotebookNode) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=list(cells))


def whole(language: Language) -> NotebookNode:
    """Return a notebook with everything in it, in both languages."""
    wording = Wording(language)
    return notebook(
        prose("# 問い\n\nはじめに。", "lang-ja"),
        prose("# The question\n\nFirst.", "lang-en"),
        prose("## 図 <em>", "lang-ja"),
        prose("## Charts", "lang-en"),
        shown(tables.tiles(sample.card(), sample.KPIS, wording)),
        shown(*sample.figures(wording)),
        prose("### 空", "lang-ja"),
        prose("### Empty", "lang-en"),
        shown(*sample.empty_figures(wording)),
        prose("## 表", "lang-ja"),
        prose("## Tables", "lang-en"),
        shown(tables.scorecard(sample.card(), sample.KPIS, wording), sample.customers(400, wording)),
        shown(tables.definition_table(sample.KPIS, wording), tables.note(sample.HOSTILE[1])),
    )


class Page(HTMLParser):
    """The elements of a page, and the texts of its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append((tag, dict(attrs)))

    def each(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of a name."""
        return [attributes for name, attributes in self.elements if name == tag]


ANSWER = ("The goal <is> met.", "One is missed.")


def front(language: Language) -> str:
    where = context(language, segment_id="", segment_name="", slug="", stages=(), root="")
    undecided = sample.card().assign(segment="small", status="within_interval")
    kpi_rows = pd.concat([sample.card().assign(segment="big"), undecided])
    notable = [Notable(sample.HOSTILE[0], "NRR", "80.0", sample.HOSTILE[2], "big/index.html", "worse")]
    failures = [Failure("S", "B", sample.HOSTILE[1], "small/financial.html")]
    return render_index(
        where, kpi_rows, sample.KPIS, answer=ANSWER, notable=Notables("…", tuple(notable)), failures=failures
    )


def many(language: Language) -> str:
    """Return a front page of forty segments, whose names try it."""
    names = [sample.HOSTILE[at % len(sample.HOSTILE)] for at in range(40)]
    segments = tuple((str(at), name, f"{at}/index.html") for at, name in enumerate(names))
    kpis = [sample.kpi(f"k{at}", Unit.AMOUNT, stage) for at, stage in enumerate([*Stage] * 2)]
    values = [-9.9e14, -1.0, 0.0, 1e-9, 9.9e14, None]
    rows = [
        {**sample.card().iloc[0].to_dict(), "segment": str(at), "kpi": kpi.id, "value": values[(at + place) % 6]}
        for at in range(40)
        for place, kpi in enumerate(kpis)
    ]
    where = context(language, segment_id="", segment_name="", slug="", segments=segments, stages=(), root="")
    return render_index(where, pd.DataFrame(rows), kpis)


@cache
def pages(language: Language) -> dict[str, str]:
    """Return one page of every kind, by the names in `NAMES`: made once, and by whoever asks first."""
    return {
        "index.html": front(language),
        "many.html": many(language),
        "big/financial.html": render_notebook(whole(language), context(language)),
        "small/financial.html": render_failure(context(language, segment_id="small"), "7", sample.HOSTILE[1]),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_front_page_leads_with_the_answer(language: Language) -> None:
    page = front(language)
    assert '<p class="lead">The goal &lt;is&gt; met.</p>' in page
    assert '<ul class="answer"><li>One is missed.</li></ul>' in page
    verdicts = re.findall(r'<span class="change (\w+)"', page)
    assert verdicts == ["worse"] * 2 + ["undecided"] * 2 + ["unchanged"] * 2  # two segments side by side


PAGES = pytest.mark.parametrize(
    "html",
    [pytest.param((language, name), id=f"{language}-{name}") for language in LANGUAGES for name in NAMES],
    indirect=True,
)


@pytest.fixture
def html(request: pytest.FixtureRequest) -> str:
    """Return a page by its language and name."""
    language, name = request.param
    return pages(language)[name]


def test_each_page_is_looked_at() -> None:
    assert {*NAMES} == {*pages("en")} == {*pages("ja")}


@PAGES
def test_nothing_runs_but_the_assets(html: str) -> None:
    page = Page(html)
    for script in page.each("script"):
        assert script.get("type") == "application/json" or (script["src"] or "").split("assets/")[-1] in {
            "vega.js",
            "report.js",
        }
    for _, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
    (style,) = re.findall(r"<style>([^<]*)</style>", html)
    policy = next(meta["content"] or "" for meta in page.each("meta") if "http-equiv" in meta)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() in policy


def test_a_printed_page_says_of_whom_and_of_which_month_it_is_whatever_the_names_hold() -> None:
    where = context("en", segment_name='a"; } </style>', title="T\\", month="2026-10")
    rule = running_foot(where)
    said = re.fullmatch(r'@page { @bottom-left { content: "((?:\\[0-9a-f]{6})*)"; } }', rule)
    assert said
    assert "".join(chr(int(code, 16)) for code in said[1].split("\\")[1:]) == 'a"; } </style> · Oct 2026 – T\\'


@PAGES
def test_no_request_leaves_the_page(html: str) -> None:
    for _, attributes in Page(html).elements:
        for name in ("src", "href"):
            assert not re.match(r"(https?:)?//", attributes.get(name) or "")


@PAGES
def test_a_page_has_its_landmarks_and_one_h1(html: str) -> None:
    page = Page(html)
    assert [len(page.each(tag)) for tag in ("h1", "main", "header", "footer")] == [1, 1, 1, 1]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.each("a"):
        anchor = (link["href"] or "").partition("#")[2]
        assert not anchor or anchor in ids


@PAGES
def test_a_page_is_light(html: str) -> None:
    assert len(html.encode()) < 300_000


def test_only_the_readers_language_is_left() -> None:
    html = render_notebook(whole("en"), context("en"))
    assert "First." in html
    text = re.sub(r"<[^>]*>", " ", html.replace(sample.HOSTILE[3], "").replace(sample.HOSTILE[4], ""))
    assert not JAPANESE.search(re.sub(r"株式会社\d+|佐藤", "", text))  # names in the data keep their letters


def test_code_prompts_and_tracebacks_stay_in_the_notebook() -> None:
    cell = nbformat.v4.new_code_cell("password = 'hunter2'", execution_count=3)
    cell.outputs = [
        nbformat.v4.new_output("stream", name="stderr", text="Warning: hunter2"),
        nbformat.v4.new_output("error", ename="E", evalue="hunter2", traceback=["hunter2"]),
        nbformat.v4.new_output("stream", name="stdout", text="said <b>"),
    ]
    html = render_notebook(notebook(cell, prose("hidden", "remove_cell")), context())
    assert "hunter2" not in html
    assert "hidden</p>" not in html
    assert "この部分は計算できませんでした。" in html
    assert "said &lt;b&gt;" in html


def test_the_first_heading_is_the_title_and_the_others_are_listed() -> None:
    html = render_notebook(whole("ja"), context())
    assert "<h1>問い</h1>" in html
    page = Page(html)
    assert re.findall(r'<li class="level-(\d)"><a href="#[^"]*">([^<]*)<', html) == [
        ("2", "図"),
        ("3", "空"),
        ("2", "表"),
    ]
    assert [heading["id"] for heading in page.each("h2")] == ["図", "表"]


def test_two_headings_of_one_name_get_two_anchors() -> None:
    html = render_notebook(notebook(prose("## Same"), prose("## Same")), context("en"))
    assert [heading["id"] for heading in Page(html).each("h2")] == ["same", "same-2"]


def test_specifications_survive_any_text_in_them() -> None:
    html = render_notebook(notebook(shown(charts.breakdown(sample.GROUPS, sample.NRR, Wording("ja")))), context())
    script = re.findall(r'<script type="application/json" class="spec">(.*?)</script>', html)
    assert len(script) == 1
    assert "<" not in script[0]
    assert sample.HOSTILE[0].replace("<", "\\u003c") in script[0]
    assert '"config"' not in script[0]
    assert html.count('id="chart-theme"') == 1


def test_json_in_a_page_cannot_end_its_script() -> None:
    assert json_text({"a": "</script><!--\u2028"}) == '{"a":"\\u003c/script>\\u003c!--\\u2028"}'


def test_csv_files_are_those_that_the_page_links_to() -> None:
    given = whole("ja")
    given.cells.append(shown(sample.customers(2, Wording("ja"))))
    files = csv_files(given)
    links = {link["href"] for link in Page(render_notebook(given, context())).each("a") if "download" in link}
    assert links <= {f"data/financial-{name}.csv" for name in files}
    assert {"trend-nrr", "customers", "customers-2", "scorecard"} <= set(files)
    assert files["trend-nrr"].startswith("\ufeffmonth,")


def test_figures_of_one_cell_stand_side_by_side() -> None:
    html = render_notebook(notebook(shown(*sample.figures(Wording("ja"))[:2]), shown(tables.note("x"))), context())
    assert html.count('class="outputs pair"') == 1
    assert html.count('class="outputs"') == 1


def test_what_other_libraries_display_is_shown_but_cannot_run() -> None:
    data = {"text/html": "<table><tr><td>1</td></tr></table>"}, {"image/png": "aGk="}, {"text/markdown": "**a** <b>"}
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", data=one) for one in data])
    html = render_notebook(notebook(cell), context())
    assert "<td>1</td>" in html
    assert 'src="data:image/png;base64,aGk="' in html
    assert "<strong>a</strong> &lt;b&gt;" in html


def test_the_way_to_the_others_and_where_it_came_from() -> None:
    html = render_notebook(notebook(), context())
    assert 'href="financial.html" aria-current="page"' in html
    assert "../small/financial.html" in html
    assert "2026年10月31日" in html
    assert sample.HOSTILE[1] not in html


def test_the_front_page_names_what_failed_and_what_moved() -> None:
    html = front("en")
    assert "Reports that could not be made" in html
    assert '<li class="tile worse">' in html
    assert html.count("Not measurable") >= 2


def test_forty_segments_scroll_under_a_standing_head() -> None:
    segments = tuple((str(at), f"Segment {at}", f"{at}/index.html") for at in range(40))
    kpis = [sample.kpi(f"k{at}", Unit.SHARE, stage) for stage in (Stage.SETUP, Stage.USAGE) for at in range(5)]
    html = render_index(context(segments=segments, stages=()), sample.card().assign(segment="0"), kpis)
    assert html.count('<tr><th scope="row">') == 40
    assert html.count('scope="colgroup" colspan="5"') == 2
    assert 'class="scroll tall"' in html


def test_with_more_kpis_than_segments_the_kpis_run_down_under_their_stages() -> None:
    html = front("en")
    assert re.findall(r'scope="colgroup"[^>]*>([^<]*)<', html) == ["Financial", "Satisfaction", "Financial"]
    assert html.count('<tr><th scope="row">') == len(sample.KPIS)


# In the browser: Debian's Chromium, without network. Where there is none the tests are left out, but never on CI.

CHROMIUM = shutil.which("chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM and os.environ.get("CI") != "true", reason="install Chromium: apt-get install chromium fonts-noto-cjk"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run's pages in both languages."""
    folder = tmp_path_factory.mktemp("site")
    for language in LANGUAGES:
        write_assets(folder / language / "assets")
        for name, html in pages(language).items():
            (folder / language / name).parent.mkdir(exist_ok=True)
            (folder / language / name).write_text(html, "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield opened
        opened.close()


def opened(browser: Any, file: Path, *, width: int = 1280, scheme: str = "light") -> tuple[Any, list[str]]:
    """Return the page after its charts are drawn, and whatever the console, dialogs and failed requests said."""
    page = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.extend([dialog.message, str(dialog.dismiss())]))
    page.on("requestfailed", lambda request: said.append(request.url))
    page.goto(file.as_uri())
    if page.query_selector("script.spec"):
        page.wait_for_function("document.documentElement.dataset.drawn")
    return page, said


@needs_chromium
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["index.html", "big/financial.html", "small/financial.html"])
def test_a_page_is_whole_and_accessible(  # noqa: PLR0913, PLR0917 - the corners of a cube
    browser: Any, site: Path, name: str, language: str, scheme: str, width: int
) -> None:
    page, said = opened(browser, site / language / name, width=width, scheme=scheme)
    bare = "plots => plots.filter(plot => plot.querySelectorAll('svg path, svg line, svg text').length < 5).length"
    assert page.eval_on_selector_all(".plot", bare) == 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert (said, violations(page)) == ([], [])
    page.context.close()


@needs_chromium
@pytest.mark.parametrize("width", [1280, 375])
def test_forty_segments_stay_readable(browser: Any, site: Path, width: int) -> None:
    page, said = opened(browser, site / "en" / "many.html", width=width)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.locator("table.matrix tbody th[scope=row]").count() == 40
    heights = page.eval_on_selector_all("table.matrix tbody tr", "rows => rows.map(row => row.offsetHeight)")
    assert max(heights) < 600  # a name of 300 letters is not a column of its own
    assert said == []
    page.context.close()


@needs_chromium
def test_a_table_sorts_by_a_click_and_keeps_what_is_missing_last(browser: Any, site: Path) -> None:
    page, _ = opened(browser, site / "en" / "big/financial.html")
    column = "table.sortable tbody tr td:nth-child(3)"
    button = page.locator("table.sortable thead th:nth-child(3) button")
    for wanted in ("descending", "ascending"):
        button.click()
        shares = page.eval_on_selector_all(column, "cells => cells.map(cell => cell.dataset.sort)")
        numbers = [float(share) for share in shares[:-1]]
        assert shares[-1] == ""
        assert numbers == sorted(numbers, reverse=wanted == "descending")
        assert page.locator("table.sortable th[aria-sort]").get_attribute("aria-sort") == wanted
    page.context.close()


@needs_chromium
def test_a_chart_tells_its_figures_where_it_is_touched(browser: Any, site: Path) -> None:
    page, _ = opened(browser, site / "ja" / "big/financial.html")
    page.locator(".plot .hits_marks line").nth(10).hover(force=True)
    assert "95%区間" in page.locator("#vg-tooltip-element").inner_text()
    page.context.close()


def test_a_template_that_is_no_text_is_told() -> None:
    with (
        pytest.raises(CslibError, match=r"the template of the pages cannot be filled: .*mend it in"),
        whole_templates(),
    ):
        b"\xff".decode("utf-8")
