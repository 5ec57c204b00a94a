"""Whatever an analyst puts into a notebook is seen on its page, or said: in both engines, in a browser without network."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from cslib.reports.run import Request, run
from tests.axe import violations
from tests.books import NOW
from tests.kinds import KINDS, Kind, cells
from tests.notebooks import export_with, notebook
from tests.test_page import CHROMIUM, QUIET, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.xdist_group("outputs"),
    pytest.mark.skipif(not CHROMIUM and not os.environ.get("CI"), reason="wants Chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture(scope="module", params=[False, True], ids=["in process", "kernel"])
def visit(request: pytest.FixtureRequest, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return the page of a notebook with every kind in it, what the browser said of it, and the run's folder."""
    made = notebook()
    made.cells += cells([kind for kind in KINDS if not kind.missing])
    params = export_with(tmp_path_factory.mktemp("kinds"), {"kinds": made}, months=2)
    asked = Request(params, params.parent / "out", kernel=request.param, single_file=True)
    result = run(asked, NOW, lambda *_: None)
    assert not result.failed, result.failed
    page, said = opened(browser, result.folder / "total" / "kinds.html")
    yield page, said, result
    page.context.close()


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_kind_of_output_is_seen_or_said(visit: Any, kind: Kind) -> None:
    if kind.missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"wants {', '.join(kind.missing)}, which is not installed"
        )
    page, _, _ = visit
    heading = page.locator("h2", has_text=kind.name).filter(has_text=kind.name)
    box = next(one for one in heading.all() if one.inner_text() == kind.name)
    held = box.evaluate_handle("heading => heading.closest('.prose').nextElementSibling")
    assert held.evaluate("box => box.className.startsWith('outputs')"), "nothing is shown, and nothing said"
    assert held.evaluate(f"box => Boolean(({kind.seen})(box))"), held.evaluate("box => box.outerHTML")[:3000]


def test_a_single_file_shows_what_the_pages_show(visit: Any, browser: Any) -> None:
    page, _, result = visit
    whole, said = opened(browser, result.folder / "total.html")
    count = "selector => document.querySelectorAll(selector).length"
    for shown in (".plot.drawn", ".picture img", ".foreign table", "math", "progress", ".missed", "main pre"):
        assert page.evaluate(count, shown) == whole.evaluate(count, shown) > 0, shown
    coloured = "() => [...document.querySelectorAll('.foreign td')].map(one => getComputedStyle(one).backgroundColor)"
    assert page.evaluate(coloured) == whole.evaluate(coloured)
    assert said == []
    whole.context.close()


def test_the_browser_complains_of_nothing_and_nothing_has_run(visit: Any) -> None:
    page, said, _ = visit
    assert said == []
    assert page.evaluate("window.ran") is None


def test_axe_finds_no_violation_but_for_colours_that_an_analyst_chose(visit: Any) -> None:
    page, _, _ = visit
    assert violations(page, ".foreign, [class^=look]") == []


def test_what_is_not_shown_has_a_line_in_the_log(visit: Any) -> None:
    page, _, result = visit
    logged = json.loads((result.folder / "run.log").read_text("utf-8").splitlines()[0])["missed"]
    assert logged == json.loads((result.folder / "run.json").read_text("utf-8"))["reports"][0]["missed"]
    sentences = page.evaluate("() => document.querySelectorAll('.missed').length")
    told = {line.partition(":")[0] for line in logged if "without a" not in line and "formula" not in line}
    assert len(told) == sentences > 5  # each in a cell of its own
    assert any(line.endswith("says it") and "fig-alt" in line for line in logged) or not find_spec("PIL")


def test_what_is_too_large_lies_beside_the_page_and_runs_nothing(visit: Any, browser: Any) -> None:
    page, _, result = visit
    links = page.eval_on_selector_all(".missed a", "all => all.map(one => one.getAttribute('href'))")
    assert len(links) == 2
    held = [(result.folder / "total" / link) for link in links]
    assert held[0].read_text("utf-8").count("x") == 5_000_000
    table, _ = opened(browser, held[1])
    assert table.locator("tbody tr").count() == 60_000
    table.context.close()
