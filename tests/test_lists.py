"""Whom a list behind a number names: what it counts adds up to the number's own halves, in the unit that it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ibis import _

from cslib.analysis.people import customers_at, customers_behind, half_listed
from cslib.book import Book
from cslib.demo import write_demo
from cslib.kpis import BY_ID, CATALOGUE
from cslib.kpis.kpi import Half, Listed, Total, Unit, Unlisted
from cslib.kpis.rows import segment_rows
from cslib.periods import Month
from tests.books import TODAY, small_book

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi

JUNE, OCTOBER = Month.parse("2026-06"), Month.parse("2026-10")
VERSIONS = [version for kpi in CATALOGUE for version in (kpi, kpi.otherwise) if version is not None]
LISTED = [kpi for kpi in VERSIONS if isinstance(kpi.listed, Listed)]
SUMMED = [kpi for kpi in LISTED if kpi.part is not None]
# From the definitions: of whom a reader wants to know. What is lost or open of a share; what was gained of growth.
OF: dict[str, set[str]] = {
    "part": {
        "onboarding_overdue", "usage_decline", "advocates", "reference_candidates", "customer_churn", "revenue_churn",
        "renewed_without_outcome", "expansion_rate", "upsell_rate", "cross_sell_rate", "mrr", "cac_payback", "cost_to_serve",
    },
    "whole": {"quick_ratio"},  # what was lost stands below the line
    "own": {"nps", "ces"},
    "waited": {"onboarding_days", "time_to_first_value", "time_to_first_outcome"},
    "nobody": {"arpa", "ltv", "ltv_survival", "ltv_to_cac"},
}  # fmt: skip


@pytest.fixture(scope="module", params=["worked", "demo"])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Book, Month]:
    """Return the worked book and a small demo, each with the month to look at."""
    folder: Path = tmp_path_factory.mktemp("book")
    if request.param == "worked":
        return small_book(folder), JUNE
    write_demo(folder, customers=40)
    return Book.open(folder / "params", TODAY), OCTOBER


@pytest.fixture(scope="module")
def facts(book: tuple[Book, Month]) -> Facts:
    """Return the facts of everyone."""
    return book[0].facts(book[1], ["total"])


def _of(kpi: Kpi) -> str:
    if kpi.id == "cost_to_serve" and isinstance(kpi.listed, Unlisted):
        return "nobody"  # costs name no customer; minutes do
    return next((of for of, ids in OF.items() if kpi.id in ids), "missing")


@pytest.mark.parametrize("kpi", VERSIONS, ids=lambda kpi: f"{kpi.id}-{kpi.fact}")
def test_each_kpi_lists_what_its_definition_asks_for(kpi: Kpi) -> None:
    wanted = _of(kpi)
    assert isinstance(kpi.listed, Unlisted) == (wanted == "nobody")
    if isinstance(kpi.listed, Listed):
        of = half_listed(kpi, kpi.listed)
        found = "waited" if kpi.part is None else of.value if isinstance(of, Half) else "own"
        assert found == wanted


@pytest.mark.parametrize("kpi", SUMMED, ids=lambda kpi: f"{kpi.id}-{kpi.fact}")
def test_a_list_adds_up_to_the_halves_of_its_kpi(kpi: Kpi, facts: Facts, book: tuple[Book, Month]) -> None:
    opened, month = book
    found = customers_behind(facts, kpi, month, customers_at(facts, month))
    assert found.counted.sum() == pytest.approx(_wanted(kpi, facts, opened, month))
    assert (found.counted != 0).all()
    assert found.customer_id.is_unique
    assert found.counted.is_monotonic_decreasing
    assert isinstance(kpi.listed, Listed)
    assert set(found.columns) == {"customer_id", "name", "csm", "plan", "mrr", "part", "whole", "counted"} | (
        {"stake"} if kpi.listed.stake else set()
    )


def _wanted(kpi: Kpi, facts: Facts, book: Book, month: Month) -> float:
    """Return what the list must add up to: the halves as they are measured, or the answers counted one by one."""
    if kpi is not BY_ID[kpi.id]:  # minutes at their price: the book is not measured by them, having costs
        minutes = facts.tables["touches"].filter(_.minutes.notnull(), _.occurred_on.between(
            (month - 2).first_day, month.last_day))  # fmt: skip
        return float(minutes.minutes.sum().to_pyarrow().as_py()) / 60 * book.settings.policies.hourly_cost
    row = book.measure(month, 1, ["total"], [kpi.id]).iloc[0]
    if kpi.id == "nps":
        return float(_promoters(book, month) - row.part)
    if kpi.id == "ces":
        return float(7 * row.whole - row.part)
    return float({"part": row.part, "whole": row.whole, "missing": row.whole - row.part}[_of(kpi)])


def _promoters(book: Book, month: Month) -> int:
    """Return how many latest answers of the six months are 9 or 10."""
    answers = book.tables()["surveys"].filter(_.kind == "nps", _.score.notnull()).to_pyarrow().to_pandas()
    days = answers.responded_on.astype(str)
    answers = answers[(days >= str((month - 5).first_day)) & (days <= str(month.last_day))]
    answers = answers.sort_values(["responded_on", "response_id"])
    whose = answers.respondent_id.fillna(answers.response_id)
    latest = answers.groupby([answers.customer_id, whose]).score.last()
    return int((latest >= 9).sum())


@pytest.mark.parametrize("kpi", LISTED, ids=lambda kpi: f"{kpi.id}-{kpi.fact}")
def test_what_is_counted_has_its_unit_and_a_heading(kpi: Kpi, facts: Facts, book: tuple[Book, Month]) -> None:
    """Money is kept as decimals and nothing else is, so the fact tables themselves tell which lists are of money."""
    listed = kpi.listed
    assert isinstance(listed, Listed)
    if kpi.part is not None:
        of = half_listed(kpi, listed)
        counted = of if isinstance(of, Total) else kpi.whole if of is Half.WHOLE else kpi.part
        assert counted is not None
        rows = segment_rows(facts, [kpi], (book[1],))
        assert counted.per_row(rows).type().is_decimal() == (listed.unit is Unit.AMOUNT)
    found = customers_behind(facts, kpi, book[1], customers_at(facts, book[1]))
    once = kpi.curve is None and bool((found.counted == 1).all()) and not listed.ja
    assert once or kpi.curve is not None or (listed.ja and listed.en)
    assert bool(listed.ja) == bool(listed.en)


def test_nobody_who_waited_is_left_out(facts: Facts, book: tuple[Book, Month]) -> None:
    month = book[1]
    starts = facts["starts"].to_pyarrow().to_pandas()
    inside = starts[(starts.event_no <= month.number) & (starts.event_no > month.number - 12)]
    done = inside.onboarded_on.notna() & (inside.onboarded_on.astype(str) <= str(month.last_day))
    found = customers_behind(facts, BY_ID["onboarding_days"], month, customers_at(facts, month))
    assert set(found.customer_id) == set(inside.customer_id[~done])
