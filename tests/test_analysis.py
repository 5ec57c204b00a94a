"""Comparisons, the people behind a number, cohorts and the reconciliation, on the small book."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib.analysis.figures import drilldown, reconcile
from cslib.analysis.figures.compare import Movements, compared, notable
from cslib.analysis.lifetimes.cohorts import cohorts
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.tables.scenario_tables import moved_text
from tests.books import small_book
from tests.ledger import inquiry_of

if TYPE_CHECKING:
    from cslib.facts import Facts
    from cslib.portfolio import Portfolio

JUNE = Month.parse("2026-06")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """Return the small book."""
    return small_book(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def facts(book: Portfolio) -> Facts:
    """Return the facts of its total."""
    return book.facts(JUNE, ["total"])


@pytest.fixture(scope="module")
def measured(book: Portfolio) -> pd.DataFrame:
    """Return the long table of 14 months."""
    return book.measure(JUNE, 14, kpis=["mrr", "nrr", "grr", "customer_churn", "revenue_churn", "onboarding_days"])


def test_changes_are_plain_differences(measured: pd.DataFrame) -> None:
    mine = compared(measured, CATALOGUE, JUNE, "enterprise", "total", {"mrr": "CSM"}).set_index("kpi")
    mrr = measured[measured.kpi == "mrr"].set_index(["segment", "month"]).value
    assert mine.change_month["mrr"] == mrr["enterprise", "2026-06"] - mrr["enterprise", "2026-05"]
    assert mine.change_year["mrr"] == mrr["enterprise", "2026-06"] - mrr["enterprise", "2025-06"]
    assert mine.total["mrr"] == mrr["total", "2026-06"]
    assert mine.owner["mrr"] == "CSM"
    assert mine.history["mrr"] == mrr["enterprise"].tolist()
    assert compared(measured, CATALOGUE, JUNE, "total", "total").total.isna().all()


def test_each_change_is_held_against_the_uncertainty_of_its_own_two_months() -> None:
    rows = [("nrr", "2025-06", 0.5), ("nrr", "2026-05", 0.7), ("nrr", "2026-06", 0.8)]
    rows += [("stickiness", month, value) for _, month, value in rows]
    frame = pd.DataFrame(rows, columns=["kpi", "month", "value"]).assign(segment="total", status="no_target")
    told = compared(
        frame.assign(low=frame.value - 0.1, high=frame.value + 0.1), CATALOGUE, JUNE, "total", "total"
    ).set_index("kpi")
    assert told.clarity_month["nrr"] == pytest.approx(0.1 / (0.1 * 2**0.5))
    assert told.clarity_year["nrr"] == pytest.approx(0.3 / (0.1 * 2**0.5))
    # June 2026 has a day less than May, and a working day more than June 2025
    assert told.loc["stickiness", ["clarity_month", "clarity_year"]].isna().all()


def test_a_change_is_notable_beyond_its_own_uncertainty() -> None:
    rows = [
        ("nrr", "2026-05", 0.50, 0.45, 0.55), ("nrr", "2026-06", 0.80, 0.75, 0.85),
        ("grr", "2026-05", 0.50, 0.30, 0.70), ("grr", "2026-06", 0.60, 0.40, 0.80),
        ("mrr", "2026-05", 0.50, None, None), ("mrr", "2026-06", 0.90, None, None),
        ("stickiness", "2026-05", 0.50, 0.49, 0.51), ("stickiness", "2026-06", 0.90, 0.89, 0.91),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["kpi", "month", "value", "low", "high"]).astype({"low": float, "high": float})
    moved = notable(frame.assign(segment="total", status="no_target"), CATALOGUE, JUNE)
    assert (moved.looked_at, moved.found) == (2, 1)  # no interval; and the days of May and June are not the same
    assert moved.rows.kpi.tolist() == ["nrr"]
    assert moved.rows.change[0] == pytest.approx(0.3)
    assert moved.rows.clarity[0] == pytest.approx(0.3 / (0.05**2 + 0.05**2) ** 0.5)


def test_the_clearest_change_is_listed_first() -> None:
    rows = [("nrr", "2026-05", 0.5), ("nrr", "2026-06", 0.8), ("grr", "2026-05", 0.2), ("grr", "2026-06", 0.9)]
    frame = pd.DataFrame(rows, columns=["kpi", "month", "value"]).assign(segment="total", status="no_target")
    moved = notable(frame.assign(low=frame.value - 0.1, high=frame.value + 0.1), CATALOGUE, JUNE, most=1)
    assert (moved.found, moved.rows.kpi.tolist()) == (2, ["grr"])


def test_of_many_figures_a_single_change_must_be_clearer_to_be_notable() -> None:
    """A change 1.2 times its uncertainty has p = 0.019: enough for one of 5 figures (0.02), not for one of 6 (0.0167)."""
    moving = [("nrr", "2026-05", 0.5, 0.4, 0.6), ("nrr", "2026-06", 0.5 + 0.12 * 2**0.5, 0.4 + 0.12 * 2**0.5, 1.0)]

    def found(segments: int) -> int:
        still = [("grr", month, 0.5, 0.4, 0.6) for month in ("2026-05", "2026-06")]
        frames = [pd.DataFrame(still).assign(segment=f"s{at}") for at in range(segments)]
        frame = pd.concat([pd.DataFrame(moving).assign(segment="s0"), *frames])
        frame.columns = ["kpi", "month", "value", "low", "high", "segment"]
        moved = notable(frame.assign(status="no_target"), CATALOGUE, JUNE)
        assert moved.looked_at == segments + 1
        return moved.found

    assert (found(4), found(5)) == (1, 0)


def test_the_page_says_how_many_figures_were_looked_at_and_how_many_are_shown() -> None:
    rows = pd.DataFrame({"kpi": ["nrr"], "before": [0.5], "value": [0.8], "change": [0.3]})
    told = moved_text(Movements(44, 3, rows), Wording("en"))
    assert "Of 44 figures" in told
    assert "The clearest 1 of 3." in told
    assert "44" in moved_text(Movements(44, 0, rows.head(0)), Wording("ja"))
    assert moved_text(Movements(0, 0, rows.head(0)), Wording("en")) == Wording("en").text("changes_incomparable")


def behind(facts: Facts, kpi: str) -> pd.DataFrame:
    """Return the customers behind a KPI in June."""
    return drilldown.customers_behind(facts, CATALOGUE.by_id[kpi], JUNE, drilldown.customers_at(facts, JUNE))


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
    table = cohorts(inquiry_of(facts, JUNE, "total"))
    assert len(table) > 1
    assert (table[table.age == 0][["retention", "mrr_retention"]] == 1).all(axis=None)
    last = [Month.parse(cohort) + 2 + int(age) for cohort, age in zip(table.cohort, table.age, strict=True)]
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
