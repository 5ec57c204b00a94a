"""The documentation as a site: it is built strictly, every link leads somewhere, and nothing comes from the network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from tests.offline_search import write_search
from tests.test_page import CHROMIUM, QUIET

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
ZENSICAL = Path(sys.executable).with_name("zensical")
REPORTS = "demo/"  # `make docs` puts the reports there
_NAV = re.compile(r"[\w/.-]+\.md$")


def built(folder: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of a folder as `make docs` does."""
    return subprocess.run(
        [ZENSICAL, "build", "--strict", "--clean"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the site."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "docs", folder / "docs")
    shutil.copy(ROOT / "mkdocs.yml", folder)
    for part in ("cslib", "CHANGELOG.md"):  # what pages are made from
        (folder / part).symlink_to(ROOT / part)
    done = built(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    write_search(folder / "site")
    return folder / "site"


class _Page(HTMLParser):
    """What a page links to, what it loads, and what can be linked to in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.ids |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if tag in {"script", "img", "iframe", "source"} and "src" in said:
            self.loads.append(said["src"])
        if tag == "link" and said.get("rel") in {"stylesheet", "icon", "preload"}:
            self.loads.append(said["href"])


def _astray(site: Path) -> Iterator[str]:
    pages = {file.resolve(): _Page(file.read_text("utf-8")) for file in site.rglob("*.html") if file.name != "404.html"}
    for file, page in pages.items():
        for link in {*page.links, *page.loads}:
            to = urlsplit(link)
            target = (file.parent / unquote(to.path)).resolve() if to.path else file
            inside = target.relative_to(site.resolve()).as_posix() if target.is_relative_to(site.resolve()) else ""
            if to.scheme or to.netloc or inside.startswith(REPORTS):
                continue
            target = target / "index.html" if target.is_dir() else target
            if not target.exists() or (
                to.fragment and target in pages and unquote(to.fragment) not in pages[target].ids
            ):
                yield f"{file.relative_to(site.resolve())}: {link}"


def test_every_link_leads_somewhere(site: Path) -> None:
    assert [*_astray(site)] == []


def test_nothing_is_loaded_from_the_network(site: Path) -> None:
    loads = {load for file in site.rglob("*.html") for load in _Page(file.read_text("utf-8")).loads}
    assert {load for load in loads if urlsplit(load).scheme or load.startswith("//")} == set()
    assert any(load.endswith(".css") for load in loads)
    assert any(load.endswith(".js") for load in loads)


@pytest.mark.parametrize(
    ("link", "is_there"), [("other.md#part", True), ("nowhere.md", False), ("other.md#nowhere", False)]
)
def test_a_link_that_leads_nowhere_ends_the_build(link: str, tmp_path: Path, *, is_there: bool) -> None:
    config = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    (tmp_path / "mkdocs.yml").write_text(
        yaml.safe_dump({**config, "nav": ["index.md", "other.md"], "plugins": ["search"]}), encoding="utf-8"
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text(f"# One\n\n[away]({link})\n", encoding="utf-8")
    (tmp_path / "docs" / "other.md").write_text("# Other\n\n## Part\n", encoding="utf-8")
    assert (built(tmp_path).returncode == 0) == is_there


@pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="wants Chromium: apt-get install chromium")
def test_it_opens_as_files_and_is_searched_there_in_both_languages(site: Path) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    said: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(urlsplit(request.url).scheme))
        for front in ("index.html", "ja/index.html"):
            page.goto((site / front).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        for word, found in (
            ("adoption_weeks", "settings.html"),
            ("減額", "kpis.html"),
        ):  # a word in the midst of others
            page.keyboard.press("Control+k")
            page.keyboard.type(word)
            page.locator(f"a[href*='{found}'][href*='h=']").first.wait_for(state="attached", timeout=20_000)
            page.reload()
        browser.close()
    assert said == []
    assert set(asked) <= {"file", "blob", "data"}


@pytest.mark.parametrize(
    "page", ["README.ja.md", *(f"docs/ja/{file.name}" for file in (ROOT / "docs" / "ja").iterdir())]
)
def test_a_japanese_sentence_has_no_blank_where_its_line_ends(page: str) -> None:
    """A browser shows the end of a line as a blank, which Japanese does not have."""
    prose = re.sub(r"^```.*?^```$", "", (ROOT / page).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"^(?!#).*[^\x00-\x7f]\n[^\x00-\x7f].*", prose, re.MULTILINE) == []


def test_every_page_is_in_the_menu() -> None:
    menu = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    named = {page for page in _pages(menu) if _NAV.match(page)}
    assert named == {file.relative_to(ROOT / "docs").as_posix() for file in (ROOT / "docs").rglob("*.md")}


def _pages(menu: object) -> Iterator[str]:
    if isinstance(menu, str):
        yield menu
    for part in menu.values() if isinstance(menu, dict) else menu if isinstance(menu, list) else ():
        yield from _pages(part)


def test_what_programs_may_count_on_is_told_from_the_docstrings(site: Path) -> None:
    page = _Page((site / "api.html").read_text("utf-8"))
    assert {"cslib.scenario.Scenario.headline", "cslib.portfolio.Portfolio.measure"} <= page.ids
