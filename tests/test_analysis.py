"""Comparisons, the people behind a number, cohorts and the reconciliation, on the small book."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
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


def _figures(*rows: tuple[str, str, float], half: float = 0.1, segment: str = "total") -> pd.DataFrame:
    """Return figures of KPIs by month, each with an interval that reaches so far to both sides."""
    frame = pd.DataFrame(rows, columns=["kpi", "month", "value"]).assign(segment=segment, status="no_target")
    return frame.assign(low=frame.value - half, high=frame.value + half)


def test_each_change_is_held_against_the_uncertainty_of_its_own_two_months() -> None:
    months = [("2025-06", 0.5), ("2026-05", 0.7), ("2026-06", 0.8)]
    frame = _figures(*[(kpi, *told) for kpi in ("adoption", "nrr", "ltv", "stickiness") for told in months])
    told = compared(frame, CATALOGUE, JUNE, "total", "total").set_index("kpi")
    assert told.clarity_month["adoption"] == pytest.approx(0.1 / (0.1 * 2**0.5))
    assert told.clarity_year["adoption"] == pytest.approx(0.3 / (0.1 * 2**0.5))
    # eleven of the twelve months of two neighbouring figures of NRR are the same; those of a year ago are all others
    assert np.isnan(told.clarity_month["nrr"])
    assert told.clarity_year["nrr"] == pytest.approx(0.3 / (0.1 * 2**0.5))
    # LTV grows with the data; June 2026 has a day less than May, and a working day more than June 2025
    assert told.loc[["ltv", "stickiness"], ["clarity_month", "clarity_year"]].isna().all(axis=None)
    assert told.change_month.tolist() == pytest.approx([0.1] * 4)  # shown, though not judged


def test_a_change_is_called_clear_only_where_it_stands_out_among_all_of_the_segment() -> None:
    """A change 1.2 times its uncertainty has p = 0.019: enough for one of 5 figures (0.02), not for one of 6 (0.0167)."""

    def told(others: int) -> float:
        still = [kpi.id for kpi in CATALOGUE if kpi.months == 1 and not kpi.by_day and kpi.id != "adoption"][:others]
        rows = [(kpi, month, 0.5) for kpi in still for month in ("2026-05", "2026-06")]
        moving = [("adoption", "2026-05", 0.5), ("adoption", "2026-06", 0.5 + 0.12 * 2**0.5)]
        return (
            compared(_figures(*rows, *moving), CATALOGUE, JUNE, "total", "total")
            .set_index("kpi")
            .clarity_month["adoption"]
        )

    assert told(4) == pytest.approx(1.2)
    assert told(5) == 1


def test_changes_are_looked_for_over_1_3_6_and_12_months() -> None:
    fallen = [("csat", str(JUNE - back), 0.9 if back >= 5 else 0.5) for back in range(13)]
    moved = notable(_figures(*fallen), CATALOGUE, JUNE)
    # three months are too few for windows of three; over 6 and 12 it has fallen from the same value, and is told once
    assert (moved.looked_at, moved.found) == (3, 1)
    row = moved.rows.iloc[0]
    assert (row.kpi, row.span, row.compared_with, row.since) == ("csat", 6, "2025-12", "2026-03")
    assert (row.before, row.value) == (0.9, 0.5)
    assert row.clarity == pytest.approx(0.4 / (0.1 * 2**0.5))


def test_since_when_is_the_first_month_without_a_break() -> None:
    values = {12: 0.9, 9: 0.5, 8: 0.5, 7: 0.88, 6: 0.9, 4: 0.5, 3: 0.9, 2: 0.5, 1: 0.5, 0: 0.4}
    moved = notable(
        _figures(*[("adoption", str(JUNE - back), value) for back, value in values.items()]), CATALOGUE, JUNE
    )
    assert (moved.rows.compared_with[0], moved.rows.since[0]) == ("2026-03", "2026-04")


def test_each_kpi_has_one_place_in_the_segment_in_which_it_moved_most_clearly() -> None:
    whole = _figures(("adoption", "2026-05", 0.9), ("adoption", "2026-06", 0.5))
    part = _figures(("adoption", "2026-05", 0.9), ("adoption", "2026-06", 0.4), segment="enterprise")
    moved = notable(pd.concat([whole, part]), CATALOGUE, JUNE)
    assert (moved.looked_at, moved.found) == (2, 1)
    assert moved.rows[["segment", "value"]].to_numpy().tolist() == [["enterprise", 0.4]]


def test_figures_without_an_interval_of_few_cases_or_of_other_days_are_not_judged() -> None:
    rows = _figures(
        *[(kpi, f"2026-0{5 + at}", 0.5 + at / 2.5) for kpi in ("adoption", "mrr", "stickiness") for at in (0, 1)]
    )
    rows.loc[rows.kpi == "mrr", ["low", "high"]] = np.nan
    moved = notable(rows, CATALOGUE, JUNE)
    assert (moved.looked_at, moved.rows.kpi.tolist()) == (1, ["adoption"])
    assert notable(rows.assign(status="small"), CATALOGUE, JUNE)[:2] == (0, 0)


def test_the_clearest_change_is_listed_first() -> None:
    rows = [
        ("adoption", "2026-05", 0.5),
        ("adoption", "2026-06", 0.8),
        ("grr", "2025-06", 0.2),
        ("grr", "2026-06", 0.9),
    ]
    moved = notable(_figures(*rows), CATALOGUE, JUNE, most=1)
    assert (moved.found, moved.rows.kpi.tolist()) == (2, ["grr"])


def test_the_page_says_how_many_figures_were_looked_at_and_how_many_are_shown() -> None:
    rows = pd.DataFrame({"kpi": ["nrr"], "before": [0.5], "value": [0.8], "change": [0.3]})
    told = moved_text(Movements(44, 3, rows), Wording("en"))
    assert "Of 44 changes" in told
    assert "The clearest 1 of 3 KPIs." in told
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
