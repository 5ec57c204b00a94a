"""What axe finds wrong with a page, WCAG 2.2 included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

# target-size is WCAG 2.2's own rule; preloading would ask for files again, which the page's policy forbids
_WANTED = {"rules": {"target-size": {"enabled": True}}, "preload": False, "resultTypes": ["violations"]}


def violations(page: Page, without: str = "", **options: Any) -> list[tuple[str, Any]]:
    """Return the rules that a page breaks and up to three places of each; `without` leaves out what a selector finds."""
    among = {"include": [["html"]], "exclude": [[without]]} if without else None
    found = Axe().run(page, among, {**_WANTED, **options}).response["violations"]
    return [(one["id"], node["target"]) for one in found for node in one["nodes"][:3]]
