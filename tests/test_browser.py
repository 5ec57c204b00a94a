"""The published pages in a real browser, with the network off."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.axe import faint, violations
from tests.hostile import data_words
from tests.sample import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Iterator

ARTEFACTS = Path(__file__).parents[1] / "artefacts"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]+")
ENGLISH = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}")  # three words on end; KPIs and units have fewer
MARKS = ".mark-line, .mark-rect, .mark-area, .mark-symbol, .mark-rule"
# What a reader reads: text outside code, and what is said of charts, tables and cells to those who do not see them.
READ = """() => {
  const said = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode())
    if (!walk.currentNode.parentElement.closest("script, style, code, .foot dd")) said.push(walk.currentNode.data);
  for (const one of document.querySelectorAll("[aria-label], [title], [data-label], [data-failed]"))
    for (const name of ["aria-label", "title", "data-label", "data-failed"]) said.push(one.getAttribute(name) || "");
  return said.filter(text => text.trim());
}"""

pytestmark = [
    pytest.mark.xdist_group("published"),
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="wants Chromium: apt-get install chromium"
    ),
]


@dataclass
class Visit:
    """What became of opening a page, so that each page is opened once for all tests."""

    file: Path
    language: str
    drawn: int = 0  # milliseconds from the beginning of loading to the last chart
    charts: int = 0
    bare: int = 0
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    axe: list[Any] = field(default_factory=list)
    wider: int = 0  # pixels by which the page is wider than a phone
    texts: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The page as a failure names it."""
        return f"{self.language} {self.file.parent.name}/{self.file.name}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="module")
def visits(browser: Browser, published: Path, english: Path, one_customer: Path) -> list[Visit]:
    """Return what became of opening every page of the three runs."""
    runs = (("ja", published), ("en", english), ("en", one_customer))
    return [
        _visited(browser, Visit(file, language))
        for language, out in runs
        for file in sorted((out / "latest").rglob("*.html"))
    ]


def _visited(browser: Browser, visit: Visit) -> Visit:
    context = browser.new_context(offline=True, viewport=WIDE)
    page = context.new_page()
    page.on("console", lambda message: visit.said.append(message.text))
    page.on("pageerror", lambda error: visit.said.append(str(error)))
    page.on("dialog", lambda dialog: visit.said.extend([dialog.message, str(dialog.dismiss())]))
    page.on("request", lambda request: visit.asked.append(request.url))
    _open(page, visit.file)
    visit.drawn = int(page.evaluate("document.documentElement.dataset.drawn") or 0)
    visit.charts = page.locator(".plot").count()
    visit.bare = page.eval_on_selector_all(
        ".plot", f"all => all.filter(plot => !plot.querySelector('svg :is({MARKS}) > *')).length"
    )
    visit.texts = page.evaluate(READ)
    page.set_viewport_size(PHONE)
    visit.wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    page.set_viewport_size(WIDE)
    if visit.file.parent.name == "enterprise" and not os.environ.get("CI"):
        context.close()
        return visit  # pages of the total's kinds; CI holds all of them against axe
    # what stands in a segment's single file is axe's already, page by page; there, only what holds it is new
    inside = ".stage .flow" if page.locator("section.stage").count() > 2 else ""
    visit.axe += violations(page, inside, contrast=False)
    for scheme in ("light", "dark"):  # all else is the same in the dark
        page.emulate_media(color_scheme=scheme)
        visit.axe += faint(page, inside, each=bool(os.environ.get("CI")))
    context.close()
    return visit


def _open(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    if page.query_selector("script.spec"):
        page.wait_for_function("document.documentElement.dataset.drawn", timeout=20_000)


def test_every_chart_draws_with_the_network_off(visits: list[Visit]) -> None:
    assert [visit.name for visit in visits if visit.bare] == []
    assert sum(visit.charts for visit in visits) > 100
    for visit in visits:
        if visit.charts:
            size = visit.file.stat().st_size / 1000
            print(f"{visit.name}: {visit.charts} charts in {visit.drawn} ms, {size:.0f} kB")  # noqa: T201 - for whoever looks


def test_nothing_runs_that_should_not_and_nothing_is_asked_for(visits: list[Visit]) -> None:
    assert [(visit.name, visit.said) for visit in visits if visit.said] == []
    asked = [url for visit in visits for url in visit.asked]
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert [url for url in asked if url.endswith("/x")] == []  # the picture that a hostile name names


def test_axe_finds_no_violation(visits: list[Visit]) -> None:
    assert [(visit.name, visit.axe) for visit in visits if visit.axe] == []


def test_faint_words_are_found_wherever_they_stand(browser: Browser) -> None:
    """Many of one look, one of another colour, one on another ground, and one that is faint in the dark alone."""
    page = browser.new_page()
    page.set_content("""<title>x</title><style>
        body { background: white; color: black } .pale { color: #ccc } .ground { background: #222 } .turns { color: #333 }
        @media (prefers-color-scheme: dark) { body { background: black; color: white } .ground { background: #eee; color: black } }
        </style>""" + "<p>words</p>" * 9 + """<p class="pale">of a pale colour</p><div class="ground"><p id="below">on a ground</p></div>
        <p class="turns">dark on dark</p><p>words</p>""")  # fmt: skip
    assert [place for _, place in faint(page)] == [[".pale"], ["#below"]]
    page.emulate_media(color_scheme="dark")
    assert [place for _, place in faint(page)] == [[".turns"]]
    assert faint(page, each=True) == faint(page)
    page.close()


def test_no_page_scrolls_sideways_on_a_phone(visits: list[Visit]) -> None:
    assert [(visit.name, visit.wider) for visit in visits if visit.wider > 0] == []


def test_no_text_is_left_in_the_other_language(visits: list[Visit], demo: Path, hostile: Path) -> None:
    """Names in the data keep their letters; code and the footer's origin of the page are not prose."""
    known = {"ja": data_words(demo), "en": data_words(hostile)}
    wrong = {"ja": ENGLISH, "en": JAPANESE}
    left = set()
    for visit in visits:
        for text in visit.texts:
            bare = _without(text, known[visit.language])
            left |= {(visit.name, found[0]) for found in wrong[visit.language].finditer(bare)}
    assert sorted(left) == []


def _without(text: str, words: list[str]) -> str:
    for word in words:
        text = text.replace(word, "|")
    return text


def test_hostile_names_are_shown_as_they_are(visits: list[Visit]) -> None:
    texts = " ".join(text for visit in visits if visit.language == "en" for text in visit.texts)
    assert [name for name in HOSTILE if name not in texts] == []


def test_tables_sort_by_a_click(browser: Browser, english: Path) -> None:
    page = browser.new_context(offline=True).new_page()
    _open(page, english / "latest" / "total" / "financial.html")
    table = page.locator("table.sortable").last
    table.locator("thead th.num button").last.click()
    keys = table.locator("tbody tr td:last-child").evaluate_all("cells => cells.map(cell => Number(cell.dataset.sort))")
    assert len(keys) > 5
    assert keys == sorted(keys, reverse=True)
    page.context.close()


def test_the_data_behind_a_table_download(browser: Browser, english: Path) -> None:
    page = browser.new_context(offline=True, accept_downloads=True).new_page()
    _open(page, english / "latest" / "total" / "usage.html")
    link = page.locator("figure.table .csv").first
    with page.expect_download() as download:
        link.click()
    file = english / "latest" / "total" / str(link.get_attribute("href"))
    assert Path(download.value.path()).read_bytes() == file.read_bytes()
    page.context.close()


def test_a_file_sent_by_mail_needs_nothing_beside_it(browser: Browser, english: Path, tmp_path: Path) -> None:
    sent = tmp_path / "attachment.html"
    shutil.copy(english / "latest" / "total.html", sent)
    page = browser.new_context(offline=True, accept_downloads=True).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _open(page, sent)
    assert page.locator("section.stage").count() == 11
    assert {url for url in asked if not url.startswith("data:")} == {sent.as_uri()}
    button = page.locator("figure.table button.csv").first
    with page.expect_download() as download:
        button.click()
    name = str(button.get_attribute("data-file"))
    assert download.value.suggested_filename == name
    beside = english / "latest" / "total" / "data" / name
    assert Path(download.value.path()).read_text("utf-8") == beside.read_text("utf-8")
    page.context.close()


def test_the_long_scorecard_folds_on_a_phone(browser: Browser, english: Path) -> None:
    page = browser.new_context(offline=True, viewport=PHONE).new_page()
    _open(page, english / "latest" / "total" / "index.html")
    rows = page.locator("table.scorecard tbody tr:not(.group)")
    shown = "rows => rows.filter(row => row.offsetParent).length"
    assert rows.evaluate_all(shown) == 0
    page.locator("h2 button", has_text="Scorecard").click()  # its section, in which each stage folds
    page.locator(".scorecard tr.group button").first.click()
    assert rows.evaluate_all(shown) > 3
    page.emulate_media(media="print")
    assert rows.evaluate_all(shown) == rows.count()
    page.context.close()


@pytest.mark.parametrize(("label", "viewport"), [("wide", WIDE), ("phone", PHONE)])
def test_pictures_of_the_pages_are_kept(
    browser: Browser, published: Path, english: Path, label: str, viewport: Any
) -> None:
    ARTEFACTS.mkdir(exist_ok=True)
    page = browser.new_context(offline=True, viewport=viewport).new_page()
    for language, out in (("ja", published), ("en", english)):
        for name, file in {"index": "index.html", "summary": "total/index.html", "usage": "total/usage.html"}.items():
            _open(page, out / "latest" / file)
            picture = ARTEFACTS / f"{name}-{language}-{label}.png"
            page.screenshot(path=picture, full_page=True)
            assert picture.stat().st_size > 10_000
    page.context.close()
