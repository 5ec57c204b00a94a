"""From a page to the same one a month earlier: among the runs of a folder, from latest as well, and never out of a copy."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from cslib.periods import Month
from cslib.reports.page import TEMPLATE, Earlier, PageContext, render_failure
from cslib.reports.plan import Job
from cslib.reports.publish import RunFolder
from tests.books import NOW
from tests.exports import write
from tests.test_browser import CHROMIUM, QUIET

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.i18n import Language

AS_OF = Month.parse("2026-04")
_PAGES = ("index.html", "total/setup.html", "en/index.html", "en/total/setup.html")


def _run(out: Path, name: str, as_of: str, *, published: bool = True, languages: str = "ja en") -> None:
    said = {"as_of": as_of, "language": languages[:2], "languages": languages.split(), "published": published}
    kept = {"number": ord(name), "seconds": 1, "reports": [], "fingerprints": {}}
    write(out / "runs" / name / "run.json", json.dumps({**said, **kept}))
    for page in _PAGES:
        write(out / "runs" / name / page, "x")


def _place(out: Path, language: Language, page: str) -> str:
    return RunFolder(out, AS_OF, NOW, "internal", ("ja", "en")).month_before(language, page)


def test_it_is_the_newest_run_of_the_month_before_in_the_reader_s_language(tmp_path: Path) -> None:
    _run(tmp_path, "a", "2026-02")
    assert not _place(tmp_path, "ja", "index.html")
    _run(tmp_path, "b", "2026-03")
    _run(tmp_path, "c", "2026-03", languages="ja")
    _run(tmp_path, "d", "2026-03", published=False)
    _run(tmp_path, "e", "2026-04")
    assert _place(tmp_path, "ja", "total/setup.html") == "c/total/setup.html"
    assert _place(tmp_path, "en", "total/setup.html") == "b/en/total/setup.html"
    assert not _place(tmp_path, "ja", "total/growth.html")  # which it did not have


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a reports folder with a page of March, and what April has beside it."""
    out = tmp_path_factory.mktemp("months")
    for run in ("a", "b"):
        for page in _PAGES:
            job = Job("total", out / "01_setup.ipynb")
            earlier = Earlier("2026-03", f"a/{page}", page) if run == "b" else None
            up = "../" * page.count("/")
            context = PageContext(
                language="en", title="t", month="2026-04", segment_id=job.segment, run_id=run, root=up, earlier=earlier
            )
            write(out / "runs" / run / page, render_failure(context, "", "x"))
        (out / "runs" / run / "assets").mkdir()
        shutil.copy(TEMPLATE / "report.js", out / "runs" / run / "assets")
    (out / "latest").symlink_to("runs/b")
    shutil.copytree(out / "runs" / "b", out / "copy" / "b")
    return out


@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="wants Chromium: apt-get install chromium")
def test_the_way_leads_there_from_wherever_a_run_is_read(out: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        view = browser.new_page()
        for place in ("latest", "runs/b"):
            for page in _PAGES:
                view.goto((out / place / page).as_uri())
                view.get_by_text("The month before: Mar 2026").click(timeout=5000)
                assert view.url == (out / "runs" / "a" / page).as_uri()
                assert view.locator("h1").count() == 1
        view.goto((out / "copy" / "b" / "index.html").as_uri())
        assert view.locator("a[data-earlier]").is_hidden()
        browser.close()
