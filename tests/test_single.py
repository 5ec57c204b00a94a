"""All reports of a segment in one file: what it holds, and what its policy lets run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from cslib.reports.page import inline_assets
from cslib.reports.single_file import Part, render_single
from tests import sample
from tests.test_page import JAPANESE, LANGUAGES, Page, context, notebook, prose, whole

if TYPE_CHECKING:
    from cslib.i18n import Language

PAGES = pytest.mark.parametrize("html", LANGUAGES, indirect=True)
RUNS = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


@cache
def single(language: Language) -> str:
    """Return a file of three reports, made once."""
    return render_single(
        [
            Part(context=context(language, slug="index"), notebook=whole(language)),
            Part(context=context(language), notebook=whole(language)),
            Part(context=context(language, slug="usage"), cell="[7]", error=sample.HOSTILE[1]),
        ]
    )


@pytest.fixture
def html(request: pytest.FixtureRequest) -> str:
    """Return the file in a language."""
    return single(request.param)


@PAGES
def test_the_policy_names_what_runs_and_nothing_else(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    inline_assets = RUNS.findall(html)
    assert [kind for kind, _ in inline_assets] == ["style", "script", "script"]
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for _, text in inline_assets]
    assert re.findall(r"'sha256-([^']*)'", policy[1]) == [*hashes[1:], hashes[0]]


@PAGES
def test_it_has_one_h1_a_section_per_report_and_ids_of_its_own(html: str) -> None:
    page = Page(html)
    assert len(page.each("h1")) == 1
    sections = [section["id"] for section in page.each("section")]
    assert sections == ["stage-index", "stage-financial", "stage-usage"]
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [link["href"] or "" for link in page.each("a")]
    assert {f"#{name}" for name in sections} <= set(links)
    assert [link for link in links if not link.startswith("#") or link[1:] not in ids] == []
    described = [one["aria-describedby"] for one in page.each("div") if one.get("aria-describedby")]
    assert described
    assert set(described) <= set(ids)


@PAGES
def test_it_asks_for_nothing(html: str) -> None:
    for _, attributes in Page(html).elements:
        assert (attributes.get("src") or "data:").startswith("data:")
        assert (attributes.get("href") or "#").startswith(("#", "data:"))


def test_the_data_travel_in_it() -> None:
    held = re.search(
        r'data-file="financial-customers.csv" hidden>.*?</button><script[^>]*>(.*?)</script>', single("ja")
    )
    assert held
    lines = json.loads(held[1]).splitlines()
    assert len(lines) >= 400  # the whole, where the table shows fifty rows
    assert sample.HOSTILE[0] in lines[1]


def test_headings_stand_below_their_section() -> None:
    html = render_single([Part(context=context(), notebook=notebook(prose("# Why?\n\n## What\n\n### How")))])
    assert re.findall(r"<(h[2-6])[^>]*>(\w+\??)</h\d>", html) == [("h2", "Why?"), ("h3", "What"), ("h4", "How")]


def test_a_report_that_failed_says_so_in_its_place() -> None:
    assert "[7]" in single("en")
    assert "This report could not be made" in single("en")
    assert sample.HOSTILE[1] not in single("en")


def test_the_readers_language_alone_is_left() -> None:
    text = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", single("en"), flags=re.DOTALL)
    for name in (*sample.HOSTILE, "佐藤"):
        text = text.replace(name, "")
    assert not JAPANESE.search(re.sub(r"株式会社\d+", "", text))


def test_code_that_would_end_its_own_element_is_refused() -> None:
    with pytest.raises(ValueError, match="</script"):
        inline_assets("'</SCRIPT>'")
