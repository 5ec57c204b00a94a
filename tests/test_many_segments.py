"""Of more segments than stand side by side, the front page shows those that miss the most targets and lists the others; menus lead to it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib.periods import Month
from cslib.reports import site as site_module
from cslib.reports.execute import ReportResult
from cslib.reports.page import Earlier
from cslib.reports.plan import Job
from cslib.reports.site import Site
from cslib.settings.segments import Target
from tests.books import small_book

if TYPE_CHECKING:
    from cslib.portfolio import Portfolio

AS_OF = Month.parse("2026-06")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """Return the small book, of three segments."""
    return small_book(tmp_path_factory.mktemp("many"))


@pytest.fixture
def many(book: Portfolio, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Return the site of a run of two notebooks, on which two segments stand side by side."""
    monkeypatch.setattr(site_module, "MOST_SHOWN", 2)
    monkeypatch.setattr(site_module, "write_assets", lambda _: None)
    jobs = [
        Job(name, Path(f"{notebook}.ipynb")) for name in book.segment_ids() for notebook in ("00_summary", "01_setup")
    ]
    return Site(
        portfolio=book, as_of=AS_OF, language="en", run_id="one", jobs=jobs, last_good=lambda _: None,
    )  # fmt: skip


def front(site: Site, missed: dict[str, int], folder: Path) -> str:
    """Return the front page where each segment misses so many targets."""
    kpis = [kpi.id for kpi in site.portfolio.catalogue.kpis][:3]
    rows = [
        {"segment": segment, "month": str(AS_OF), "kpi": kpi, "status": "off_target" if place < count else "on_target"}
        for segment, count in missed.items()
        for place, kpi in enumerate(kpis)
    ]
    numbers = dict.fromkeys(("value", "part", "whole", "n", "low", "high", "target"), 1.0)
    measured = pd.DataFrame(rows).assign(stage="setup", reason="", **numbers)
    made = [ReportResult(job.segment, job.name, "", "ok", 0.0) for job in site.jobs]
    site.write(folder, measured, made, lambda _: None)
    return (folder / "index.html").read_text("utf-8")


def test_those_that_miss_the_most_stand_beside_the_total(many: Site, book: Portfolio, tmp_path: Path) -> None:
    total = book.settings.total.id
    first, second = (name for name in book.segment_ids() if name != total)
    for most, least in ((first, second), (second, first)):
        page = front(many, {total: 0, most: 3, least: 1}, tmp_path)
        (table,) = re.findall(r'<table class="matrix.*?</table>', page, re.DOTALL)
        (listed,) = re.findall(r"<details>.*?</details>", page, re.DOTALL)
        assert f'href="{most}/index.html"' in table
        assert f'href="{least}/index.html"' not in table
        assert f'href="{least}/index.html"' in listed
        assert "Segments that are not in it: 1" in listed
        # all are counted, of nine targets three missed here and one there
        assert "5 of 9 targets are reached." in page


def test_a_page_leads_to_the_front_page_to_the_total_and_to_its_own_segment(many: Site, book: Portfolio) -> None:
    total = book.settings.total.id
    for job in many.jobs:
        links = [name for name, _, _ in many.context(job).segments]
        assert links == list(dict.fromkeys([total, job.segment]))
    assert {name for name, _, _ in many.context().segments} == {*book.segment_ids()}


@pytest.mark.parametrize("audience", ["internal", "external"])
def test_a_page_leads_to_the_month_before_where_its_readers_are_insiders(
    many: Site, book: Portfolio, audience: str
) -> None:
    read = book.manifest.model_copy(update={"audience": audience})
    site = replace(
        many,
        portfolio=replace(book, manifest=read),
        languages=("ja", "en"),
        month_before=lambda language, page: f"a/{language}/{page}",
    )
    inside = Earlier("2026-05", "a/en/index.html", "en/index.html")
    assert site.context().earlier == (inside if audience == "internal" else None)
    assert site.context().languages == (("ja", "日本語", "../index.html"),)


@pytest.mark.parametrize("audience", ["internal", "external"])
def test_the_front_page_names_owners_of_targets_to_insiders_alone(
    many: Site, book: Portfolio, tmp_path: Path, audience: str
) -> None:
    goals = {kpi.id: Target(target=1.0, owner="佐藤 花子") for kpi in book.catalogue.kpis[:3]}
    segments = tuple(one.model_copy(update={"targets": goals}) for one in book.settings.segments)
    report = book.settings.report.model_copy(update={"audience": audience})
    settings = book.settings.model_copy(update={"segments": segments, "report": report})
    read = book.manifest.model_copy(update={"audience": audience})
    site = replace(many, portfolio=replace(book, settings=settings, manifest=read))
    page = front(site, dict.fromkeys(book.segment_ids(), 3), tmp_path)
    assert ("佐藤 花子" in page) == (audience == "internal")
