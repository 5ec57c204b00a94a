"""The published pages in a real browser, with the network off."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

pytestmark = [
    pytest.mark.xdist_group("published"),
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="wants Chromium: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield started
        started.close()


def test_every_chart_draws_with_the_network_off(browser: Browser, published: Path) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    charts = 0
    for file in sorted((published / "latest").rglob("*.html")):
        page.goto(file.as_uri())
        plots = page.locator(".plot").count()
        if plots:
            page.wait_for_function("n => document.querySelectorAll('.plot svg').length === n", arg=plots, timeout=10_000)
            empty = page.locator(".plot svg").evaluate_all("all => all.filter(svg => !svg.querySelector('.mark-line, .mark-rect, .mark-area, .mark-symbol, .mark-rule')).length")
            assert empty == 0, file.name
        charts += plots
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), file.name
    assert charts > 40
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    context.close()
