"""The pages in Firefox: they load without an error, every chart is drawn, and nothing scrolls sideways."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.firefox import FIREFOX, firefox

if TYPE_CHECKING:
    from pathlib import Path

PAGES = ("index.html", "enterprise/index.html", "enterprise/financial.html", "enterprise/satisfaction.html")
_PHONE, _DESK = (390, 844), (1280, 900)
_DRAWN = """new Promise((done) => {
  const look = () => {
    const plots = [...document.querySelectorAll(".plot")];
    const drawn = plots.filter((plot) => plot.querySelector("svg.marks"));
    if (drawn.length === plots.length || performance.now() > 20000) done([drawn.length, plots.length]);
    else { plots.find((plot) => !plot.querySelector("svg.marks")).scrollIntoView(); setTimeout(look, 100); }
  };
  look();
})"""
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
pytestmark = [
    pytest.mark.skipif(
        FIREFOX is None and not os.environ.get("CI"), reason="wants Firefox: apt-get install firefox-esr"
    ),
    pytest.mark.xdist_group("browser"),
]


def test_the_pages_are_whole_in_firefox(published: Path) -> None:
    with firefox() as shown:
        for page in PAGES:
            shown.resize(*_DESK)
            shown.open(published / "latest" / page)
            drawn, plots = shown.evaluate(_DRAWN)
            assert drawn == plots, page
            for size in (_DESK, _PHONE):
                shown.resize(*size)
                assert shown.evaluate(_TOO_WIDE) <= 0, (page, size)
        assert shown.errors == []
