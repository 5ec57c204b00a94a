"""Lists and sections of a page in a real browser: searched, narrowed to a CSM, as wide as the window, folded on a phone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from cslib.i18n import Wording
from cslib.kpis.kpi import Unit
from cslib.reports.page import write_assets
from cslib.tables import customer_list

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ROWS = 30


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a browser for the module."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a page with a menu and a list of thirty customers of three CSMs, one of them nobody."""
    folder = tmp_path_factory.mktemp("page")
    write_assets(folder / "assets")
    return _page(folder / "page.html", ["sato", "ito", None] * (ROWS // 3))


def _page(found: Path, csms: list[str | None]) -> Path:
    frame = pd.DataFrame({"name": [f"Customer {at}" for at in range(ROWS)], "csm": csms, "note": "x" * 40})
    table = customer_list(frame, Wording("en"), "Lost", {str(name): str(name) for name in frame})
    found.write_text(
        '<!doctype html><html lang="en"><link rel="stylesheet" href="assets/report.css"><script defer src="assets/report.js"></script>'
        '<details class="menu"><summary>All</summary><nav><a href="#">one</a></nav></details><div class="wide">'
        '<div class="scroll" tabindex="0" data-search="Search rows" data-all="All" data-more="Show {count} more" data-found="{shown} of {total}">'
        f"{table.html}</div></div></html>",
        "utf-8",
    )
    return found


def _open(browser: Browser, file: Path, viewport: dict[str, int], *, script: bool = True) -> Page:
    page = browser.new_context(viewport=viewport, offline=True, java_script_enabled=script).new_page()
    page.goto(file.as_uri())
    return page


def _shown(page: Page) -> int:
    return sum(row.is_visible() for row in page.query_selector_all("tbody tr"))


def test_rows_are_found_by_words_and_by_csm(browser: Browser, file: Path) -> None:
    page = _open(browser, file, WIDE)
    assert _shown(page) == 20
    page.get_by_label("Search rows: Lost").fill("CUSTOMER 2")  # 2, 12 and 20 to 29
    assert _shown(page) == 12
    assert page.locator("output").inner_text() == "12 of 30"
    page.get_by_label("csm", exact=True).select_option("ito")  # 22, 25, 28 are the second of three
    assert [row.inner_text() for row in page.locator("tbody tr:visible th").all()] == [
        "Customer 22",
        "Customer 25",
        "Customer 28",
    ]
    page.get_by_label("Search rows: Lost").fill("")
    page.get_by_label("csm", exact=True).select_option("")
    assert (_shown(page), page.locator("output").inner_text()) == (ROWS, "")


def test_a_folded_list_that_is_sorted_begins_with_the_first_of_the_new_order(browser: Browser, file: Path) -> None:
    page = _open(browser, file, PHONE)
    for _ in range(2):  # first upwards
        page.get_by_role("button", name="name").click()
    assert [row.inner_text() for row in page.locator("tbody tr:visible th").all()][:2] == ["Customer 29", "Customer 28"]
    assert _shown(page) == 10
    page.get_by_role("button", name="Show 20 more").click()
    assert _shown(page) == ROWS


def test_where_each_row_is_of_another_csm_there_is_nothing_to_choose(browser: Browser, file: Path) -> None:
    each = _page(file.with_name("each.html"), [f"csm {at}" for at in range(ROWS)])
    page = _open(browser, each, WIDE)
    assert page.locator(".narrow input").count() == 1
    assert page.locator(".narrow select").count() == 0


def test_on_paper_a_head_holds_no_control_without_which_chromium_repeats_it(browser: Browser, file: Path) -> None:
    page = _open(browser, file, WIDE)
    page.emulate_media(media="print")
    look = "[getComputedStyle(document.querySelector('th button')).display, getComputedStyle(document.querySelector('thead')).breakInside]"
    assert page.evaluate(look) == ["contents", "avoid"]


def test_a_table_is_a_stop_for_the_tab_key_only_where_it_scrolls(browser: Browser, file: Path) -> None:
    page = _open(browser, file, WIDE)
    assert page.locator(".scroll[tabindex]").count() == 0
    page.evaluate("document.querySelector('table').style.width = '3000px'; window.dispatchEvent(new Event('resize'))")
    assert page.locator(".scroll[tabindex='0']").count() == 1


def test_escape_closes_the_menu_and_returns_to_what_opened_it(browser: Browser, file: Path) -> None:
    page = _open(browser, file, WIDE)
    page.locator("summary").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert page.evaluate("[document.querySelector('.menu').open, document.activeElement.tagName]") == [False, "SUMMARY"]


def test_on_a_phone_a_row_is_a_card_with_named_cells_and_a_long_list_folds(browser: Browser, file: Path) -> None:
    page = _open(browser, file, PHONE)
    assert _shown(page) == 10
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    label = "getComputedStyle(document.querySelector('tbody td'), '::before').content"
    assert page.evaluate(label) == '"csm"'
    page.get_by_role("button", name="Show 20 more").click()
    assert _shown(page) == ROWS
    again = _open(browser, file, PHONE)
    again.get_by_label("Search rows: Lost").fill("Customer 29")  # among those that are folded away
    assert _shown(again) == 1


def test_without_script_the_list_is_whole(browser: Browser, file: Path) -> None:
    assert _shown(_open(browser, file, PHONE, script=False)) == ROWS


def _sections(found: Path) -> Path:
    sections = "".join(
        f'<div class="prose"><h2 id="s{at}">Section {at}</h2><p>why</p></div><div class="outputs"><p id="p{at}">{at} {"told " * 400}</p></div>'
        for at in range(3)
    )
    found.write_text(
        '<!doctype html><html lang="en"><link rel="stylesheet" href="assets/report.css"><script defer src="assets/report.js"></script>'
        f'<div class="with-contents"><div class="flow">{sections}</div></div></html>',
        "utf-8",
    )
    return found


def _seen(page: Page) -> list[bool]:
    return [page.locator(f"#p{at}").is_visible() for at in range(3)]


def test_on_a_phone_a_page_is_its_first_section_and_the_headings_of_the_others(browser: Browser, file: Path) -> None:
    page = _open(browser, _sections(file.with_name("sections.html")), PHONE)
    assert _seen(page) == [True, False, False]
    tall, button = "document.documentElement.scrollHeight", page.get_by_role("button", name="Section 2")
    folded, width = page.evaluate(tall), "document.getElementById('p2').offsetWidth"
    assert page.evaluate(width) == PHONE["width"]  # else a chart would be drawn in none
    button.click()
    assert (_seen(page), button.get_attribute("aria-expanded")) == ([True, False, True], "true")
    assert page.evaluate(tall) > folded
    button.press("Enter")
    assert (_seen(page), page.evaluate(tall)) == ([True, False, False], folded)
    page.evaluate("location.hash = 's1'")  # as a link to a section does
    page.wait_for_function("document.getElementById('p1').checkVisibility({ visibilityProperty: true })")
    page.emulate_media(media="print")
    assert _seen(page) == [True] * 3


def test_sections_are_open_at_a_desk_and_without_script(browser: Browser, file: Path) -> None:
    sections = _sections(file.with_name("desk.html"))
    assert _seen(_open(browser, sections, WIDE)) == [True] * 3
    assert _seen(_open(browser, sections, PHONE, script=False)) == [True] * 3


def test_a_list_of_many_columns_fits_the_window_of_a_laptop(browser: Browser, file: Path) -> None:
    """As the list of all lists in Japanese: a name, a CSM, money, three columns of lines, three of days."""
    wording = Wording("ja")
    row = {
        "name": "株式会社茜浜メディカルサービス",
        "csm": "佐々木 陽菜",
        "mrr": 1_152_000.0,
        "due_on": "2026-10-31",
        "use": "2026-10",
    }
    texts = ("オンボーディング未完了の顧客", "悪い側にある先行指標：コア機能を使った週の数、ほか5件")
    frame = pd.DataFrame([row | {"touch": "2026-10-28"} | dict.fromkeys(("lists", "what", "answer"), texts)] * 3)
    shown = {
        **dict.fromkeys(frame, "text"),
        **dict.fromkeys(("due_on", "touch"), "date"),
        "use": "month",
        "mrr": Unit.AMOUNT,
    }
    shown |= dict.fromkeys(("lists", "what", "answer"), "lines")
    names = dict(
        zip(
            frame,
            ["顧客", "担当", "MRR", "契約終了", "最後の利用", "最後の対応", "載っている一覧", "すること", "最後の回答"],
            strict=True,
        )
    )
    table = customer_list(frame, wording, "一覧", {name: (names[name], shown[name]) for name in map(str, frame)})
    made = file.with_name("broad.html")
    made.write_text(
        '<!doctype html><html lang="ja"><link rel="stylesheet" href="assets/report.css"><script defer src="assets/report.js"></script>'
        '<div class="wide"><div class="with-contents"><nav class="contents"></nav><div class="flow">'
        f'<div class="scroll">{table.html}</div></div></div></div></html>',
        "utf-8",
    )
    page = _open(browser, made, {"width": 1200, "height": 800})
    assert page.evaluate("(one => one.scrollWidth <= one.clientWidth)(document.querySelector('.scroll'))")
