"""Whom a list behind a number names: what it counts adds up to the number's own halves, in the unit that it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from ibis import _

from cslib.analysis.figures.drilldown import customers_at, customers_behind, half_listed
from cslib.demo import write_demo
from cslib.facts.customer_months import PAID
from cslib.i18n import Language, Wording
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Better, Half, Listed, Total, Unit, Unlisted
from cslib.kpis.report_rows import segment_rows
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.tables.customer_tables import customer_table
from tests.books import TODAY, small_book
from tests.ledger import Ledger

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
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Portfolio, Month]:
    """Return the worked book and a small demo, each with the month to look at."""
    folder: Path = tmp_path_factory.mktemp("book")
    if request.param == "worked":
        return small_book(folder), JUNE
    write_demo(folder, customers=40)
    return Portfolio.open(folder / "params", TODAY), OCTOBER


@pytest.fixture(scope="module")
def facts(book: tuple[Portfolio, Month]) -> Facts:
    """Return the facts of everyone."""
    return book[0].facts(book[1], ["total"])


@pytest.fixture(scope="module")
def measured(book: tuple[Portfolio, Month]) -> pd.DataFrame:
    """Return the figures of everyone by KPI, all from one measuring."""
    opened, month = book
    return opened.measure(month, 1, ["total"], [kpi.id for kpi in SUMMED])


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
def test_a_list_adds_up_to_the_halves_of_its_kpi(
    kpi: Kpi, facts: Facts, book: tuple[Portfolio, Month], measured: pd.DataFrame
) -> None:
    opened, month = book
    found = customers_behind(facts, kpi, month, customers_at(facts, month))
    assert found.counted.sum() == pytest.approx(_wanted(kpi, facts, opened, month, measured))
    assert (found.counted != 0).all()
    assert found.customer_id.is_unique
    assert found.counted.is_monotonic_decreasing
    assert isinstance(kpi.listed, Listed)
    assert set(found.columns) == {"customer_id", "name", "csm", "plan", "mrr", "part", "whole", "counted"} | (
        {"stake"} if kpi.listed.stake else set()
    )


def _wanted(kpi: Kpi, facts: Facts, book: Portfolio, month: Month, measured: pd.DataFrame) -> float:
    """Return what the list must add up to: the halves as they are measured, or the answers counted one by one."""
    if kpi is not CATALOGUE.by_id[kpi.id]:  # minutes at their price: the book is not measured by them, having costs
        minutes = facts.tables["touches"].filter(_.minutes.notnull(), _.occurred_on.between(
            (month - 2).first_day, month.last_day))  # fmt: skip
        return float(minutes.minutes.sum().to_pyarrow().as_py()) / 60 * book.settings.policies.hourly_cost
    row = measured[measured.kpi == kpi.id].iloc[0]
    if kpi.id == "nps":
        return float(_promoters(book, month) - row.part)
    if kpi.id == "ces":
        return float(7 * row.whole - row.part)
    return float({"part": row.part, "whole": row.whole, "missing": row.whole - row.part}[_of(kpi)])


def _promoters(book: Portfolio, month: Month) -> int:
    """Return how many latest answers of the six months are 9 or 10."""
    answers = book.tables()["surveys"].filter(_.kind == "nps", _.score.notnull()).to_pyarrow().to_pandas()
    days = answers.responded_on.astype(str)
    answers = answers[(days >= str((month - 5).first_day)) & (days <= str(month.last_day))]
    answers = answers.sort_values(["responded_on", "response_id"])
    whose = answers.respondent_id.fillna(answers.response_id)
    latest = answers.groupby([answers.customer_id, whose]).score.last()
    return int((latest >= 9).sum())


@pytest.mark.parametrize("kpi", LISTED, ids=lambda kpi: f"{kpi.id}-{kpi.fact}")
def test_what_is_counted_has_its_unit_and_a_heading(kpi: Kpi, facts: Facts, book: tuple[Portfolio, Month]) -> None:
    """Money is kept as decimals and nothing else is, so the fact tables themselves tell which lists are of money."""
    listed = kpi.listed
    assert isinstance(listed, Listed)
    assert _counts_money(kpi, listed, facts) == (listed.unit is Unit.AMOUNT)
    found = customers_behind(facts, kpi, book[1], customers_at(facts, book[1]))
    once = kpi.curve is None and bool((found.counted == 1).all()) and not listed.ja
    assert once or kpi.curve is not None or (listed.ja and listed.en)
    assert bool(listed.ja) == bool(listed.en)


def test_nobody_who_waited_is_left_out(facts: Facts, book: tuple[Portfolio, Month]) -> None:
    month = book[1]
    starts = facts["starts"].to_pyarrow().to_pandas()
    inside = starts[(starts.event_no <= month.number) & (starts.event_no > month.number - 12)]
    done = inside.onboarded_on.notna() & (inside.onboarded_on.astype(str) <= str(month.last_day))
    found = customers_behind(facts, CATALOGUE.by_id["onboarding_days"], month, customers_at(facts, month))
    assert set(found.customer_id) == set(inside.customer_id[~done])


# How so much reads as money and as a count of things; answers and users are averaged, to one place.
MUCH = 1234567.0
AS_MONEY: dict[Language, str] = {"en": "¥1.23M", "ja": "123万円"}
AS_COUNT = {Unit.COUNT: "1,234,567", Unit.SCORE: "1,234,567.0"}
LACKS: dict[Language, set[str]] = {
    "en": {"not", "without", "lost", "missing", "below", "short", "shorter", "away"},
    "ja": {"ない", "できなかった", "未", "失", "減", "不足", "されなかった", "守れなかった"},
}


def _shown(kpi: Kpi, language: Language) -> tuple[list[str], list[str], str]:
    """Return heads, cells and sentence of a list of one customer, of whom so much is counted."""
    row = {"customer_id": "c", "name": "C", "csm": None, "plan": None, "mrr": 5.0, "counted": MUCH, "stake": 5.0}
    frame = pd.DataFrame([row]).drop(columns=[] if isinstance(kpi.listed, Listed) and kpi.listed.stake else ["stake"])
    table = customer_table(frame, kpi, Wording(language, "JPY"), 50)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", table.html)
    return re.findall(r'data-label="([^"]*)"', table.html), cells, table.text


def _counts_money(kpi: Kpi, listed: Listed, facts: Facts) -> bool:
    """Return whether what is counted is money: the fact tables keep that as decimals, and nothing else."""
    of = half_listed(kpi, listed)
    counted = of if isinstance(of, Total) else kpi.whole if of is Half.WHOLE else kpi.part
    return bool(counted and counted.per_row(segment_rows(facts, [kpi], (facts.last,))).type().is_decimal())


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kpi", LISTED, ids=lambda kpi: f"{kpi.id}-{kpi.fact}")
def test_the_page_writes_money_as_money_and_nothing_else(kpi: Kpi, language: Language, facts: Facts) -> None:
    assert isinstance(kpi.listed, Listed)
    money = _counts_money(kpi, kpi.listed, facts)
    heads, cells, text = _shown(kpi, language)
    if kpi.curve is not None:
        assert cells[-1] == {"en": "1,234,567\N{NO-BREAK SPACE}days", "ja": "1,234,567日"}[language]
    elif not kpi.listed.ja:  # each counts once: how many of them says the sentence
        assert heads == [Wording(language).text(f"stake_{kpi.id}") if kpi.listed.stake else "MRR"]
    else:
        wanted = AS_MONEY[language] if money else AS_COUNT[kpi.listed.unit]
        assert (heads[-1], cells[-1]) == (kpi.listed.name(language), wanted)
        assert wanted in text


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("kpi", LISTED, ids=lambda kpi: f"{kpi.id}-{kpi.fact}")
def test_a_list_speaks_of_a_lack_where_it_names_one_and_of_no_lack_in_what_is_good(
    kpi: Kpi, language: Language
) -> None:
    assert isinstance(kpi.listed, Listed)
    text, of = _shown(kpi, language)[2], _of(kpi)
    if not kpi.listed.ja and kpi.listed.stake and of != "waited":  # what is lost or gained in all
        stake = Wording(language).text(f"stake_{kpi.id}")
        assert text == {"en": f"Customers: 1. {stake}, in all: ¥5.", "ja": f"1件の顧客。{stake}の合計は5円。"}[language]
    elif of == "waited" or not kpi.listed.ja:
        assert text == {"en": "Customers: 1.", "ja": "顧客1件。"}[language]  # the title says whom it holds
    else:
        heading = kpi.listed.name(language)
        lacks = any(re.search(rf"\b{word}\b" if language == "en" else word, heading) for word in LACKS[language])
        good = of == "part" and kpi.better is Better.HIGHER
        assert lacks or of != "missing"
        assert not (lacks and good)


def test_every_amount_of_contracts_is_hidden_along_with_what_is_paid() -> None:
    """What is told of few is worked out from amounts that add up; a KPI that adds up another amount has to say which it is."""
    alone = {
        "first_mrr": "of a month of its own for each customer",
        "acquisition_cost": "is spent", "cost": "is spent", "minutes_cost": "is spent",
        "revenue_to_date": "is of orders",
        "gross_margin": "is a policy",
    }  # fmt: skip
    facts = Ledger({"customers": []}).facts(Month.parse("2024-02"))
    for kpi in VERSIONS:
        rows = facts[kpi.fact]
        amounts = {name for name in kpi.amounts(rows) if rows[name].type().is_decimal()}
        assert amounts <= PAID | alone.keys(), kpi.id
