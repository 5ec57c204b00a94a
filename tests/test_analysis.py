"""Comparisons, the people behind a number, cohorts and the reconciliation, on the small book."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib.analysis import lives, people, reconcile
from cslib.analysis.compare import compared, notable
from cslib.kpis import BY_ID
from cslib.periods import Month
from tests.books import small_book

if TYPE_CHECKING:
    from cslib.book import Book
    from cslib.facts import Facts

JUNE = Month.parse("2026-06")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return the small book."""
    return small_book(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def facts(book: Book) -> Facts:
    """Return the facts of its total."""
    return book.facts(JUNE, ["total"])


@pytest.fixture(scope="module")
def measured(book: Book) -> pd.DataFrame:
    """Return the long table of 14 months."""
    return book.measure(JUNE, 14, kpis=["mrr", "nrr", "grr", "customer_churn", "revenue_churn", "onboarding_days"])


def test_changes_are_plain_differences(measured: pd.DataFrame) -> None:
    mine = compared(measured, JUNE, "enterprise", "total", {"mrr": "CSM"}).set_index("kpi")
    mrr = measured[measured.kpi == "mrr"].set_index(["segment", "month"]).value
    assert mine.change_month["mrr"] == mrr["enterprise", "2026-06"] - mrr["enterprise", "2026-05"]
    assert mine.change_year["mrr"] == mrr["enterprise", "2026-06"] - mrr["enterprise", "2025-06"]
    assert mine.total["mrr"] == mrr["total", "2026-06"]
    assert mine.owner["mrr"] == "CSM"
    assert mine.history["mrr"] == mrr["enterprise"].tolist()
    assert compared(measured, JUNE, "total", "total").total.isna().all()


def test_a_change_is_notable_beyond_its_own_uncertainty() -> None:
    rows = [
        ("a", "2026-05", 0.50, 0.45, 0.55), ("a", "2026-06", 0.80, 0.75, 0.85),
        ("b", "2026-05", 0.50, 0.30, 0.70), ("b", "2026-06", 0.60, 0.40, 0.80),
        ("c", "2026-05", 0.50, None, None), ("c", "2026-06", 0.90, None, None),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["kpi", "month", "value", "low", "high"]).astype({"low": float, "high": float})
    found = notable(frame.assign(segment="total", status="no_target"), JUNE)
    assert found.kpi.tolist() == ["a"]
    assert found.change[0] == pytest.approx(0.3)
    assert found.clarity[0] == pytest.approx(0.3 / (0.05**2 + 0.05**2) ** 0.5)


def behind(facts: Facts, kpi: str) -> pd.DataFrame:
    """Return the customers behind a KPI in June."""
    return people.customers_behind(facts, BY_ID[kpi], JUNE, people.customers_at(facts, JUNE))


def test_those_not_onboarded_are_named(facts: Facts) -> None:
    found = behind(facts, "onboarding_completion")
    assert (found.whole - found.part == found.counted).all()
    assert set(found.customer_id) == {"bessho", "enoki", "fuji"}


def test_those_lost_stand_by_what_they_paid_and_not_by_what_they_pay(facts: Facts) -> None:
    found = behind(facts, "customer_churn").set_index("customer_id")
    assert found.mrr.to_dict() == {"daiwa": 0}
    assert found.stake.to_dict() == {"daiwa": 40}


def test_detractors_are_counted_by_answers_and_not_by_what_they_lack(facts: Facts) -> None:
    # from January to June: bessho 3, daiwa 0, fuji 5, leaf 4; aoba's 6 was followed by a 9
    found = behind(facts, "nps")
    assert set(found.customer_id) == {"bessho", "daiwa", "fuji", "leaf"}
    assert (found.counted == 1).all()
    assert found.customer_id.tolist()[0] == "fuji"  # 60 a month, the most of them


def test_cohorts_begin_whole_and_hold_complete_ages_only(facts: Facts) -> None:
    cohorts = lives.cohort_retention(facts, JUNE)
    assert (cohorts[cohorts.age == 0].retention == 1).all()
    last = [Month.parse(cohort) + 2 + age for cohort, age in zip(cohorts.cohort, cohorts.age, strict=True)]
    assert all(month <= JUNE for month in last)


def test_the_books_figures_keep_their_laws(facts: Facts, measured: pd.DataFrame) -> None:
    laws = reconcile.laws(facts, measured[measured.segment == "total"])
    assert (laws.tried > 0).all()
    assert (laws.broken == 0).all()


def test_a_broken_law_is_found(facts: Facts, measured: pd.DataFrame) -> None:
    wrong = measured[measured.segment == "total"].copy()
    wrong.loc[(wrong.kpi == "grr") & (wrong.month == "2026-06"), "value"] = 1.5
    wrong.loc[(wrong.kpi == "customer_churn") & (wrong.month == "2026-05"), "part"] += 1
    laws = reconcile.laws(facts, wrong).set_index("law").broken
    assert laws.to_dict() == {"bridge": 0, "continuity": 0, "retention": 1, "churn": 1, "revenue": 0}


def test_two_readings_of_nrr_differ_by_those_who_came_later(facts: Facts, measured: pd.DataFrame) -> None:
    readings = reconcile.two_readings(facts, JUNE)
    nrr = measured[(measured.segment == "total") & (measured.kpi == "nrr") & (measured.month == "2026-06")].iloc[0]
    assert readings.then == nrr.whole
    assert readings.now == nrr.part
    assert readings.cohort == nrr.value
    spine = facts["customer_months"].filter(facts["customer_months"].month.between("2025-07", "2026-06"))
    names = ("reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr")
    sums = spine.aggregate(**{name: spine[name].sum().cast("float64") for name in names}).to_pyarrow().to_pylist()[0]
    net = sums["reactivation_mrr"] + sums["expansion_mrr"] - sums["contraction_mrr"] - sums["churned_mrr"]
    assert readings.bridge == pytest.approx((readings.then + net) / readings.then)
