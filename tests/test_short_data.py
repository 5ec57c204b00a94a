"""Windows longer than the data: a value of too few months says so, and is held against no other month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib.analysis.figures.compare import compared, notable
from cslib.charts import trends
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import TO_DATE
from cslib.periods import Month
from cslib.portfolio import Portfolio
from tests.exports import export
from tests.ledger import FIRST, Ledger

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.kpis.kpi import Kpi
    from tests.ledger import Row

BUYERS = 40
# How many months each value stands on, from the definitions; all others stand on their month alone.
MONTHS = {
    "onboarding_cohort_completion": 12, "onboarding_on_time": 3, "onboarding_days": 12, "usage_decline": 1 + 3,
    "time_to_first_value": 12, "nps": 6, "nps_response": 6, "csat": 3, "ces": 3, "good_reviews": 12, "advocates": 12,
    "detractor_follow_up": 6, "goal_attainment": 3, "department_attainment": 3, "individual_attainment": 3,
    "confirmed_outcomes": 12, "time_to_first_outcome": 24, "renewed_without_outcome": 12, "proposal_win_rate": 3,
    "repeat_purchase": 12, "quick_ratio": 3, "ltv": TO_DATE, "ltv_survival": 60, "cac_payback": 12, "ltv_to_cac": TO_DATE,
    "cost_to_serve": 3, "customer_retention": 12, "grr": 12, "nrr": 12,
}  # fmt: skip


def steady(months: int) -> Ledger:
    """Return a book of customers who buy the same on the 10th of every month, and of nothing else."""
    customers = [{"customer_id": f"c{number}", "name": f"C{number}"} for number in range(BUYERS)]
    orders: list[Row] = [
        {"purchase_id": f"{number}-{back}", "customer_id": f"c{number}", "amount": 100,
         "purchased_on": (FIRST + back).first_day.replace(day=10)}
        for number in range(BUYERS) for back in range(months)
    ]  # fmt: skip
    return Ledger({"customers": customers, "purchases": orders})


def measured(months: int) -> pd.DataFrame:
    """Return the long table of a steady book, of all its months."""
    table = steady(months).measure(FIRST + (months - 1), months, ["repeat_purchase", "ltv"])
    return table[table.segment == "total"]


@pytest.mark.parametrize("kpi", CATALOGUE, ids=lambda kpi: kpi.id)
def test_each_kpi_says_how_many_months_it_stands_on(kpi: Kpi) -> None:
    assert kpi.months == MONTHS.get(kpi.id, 1)
    if kpi.otherwise is not None:
        assert kpi.otherwise.months == kpi.months


def test_a_value_of_too_few_months_is_kept_and_marked() -> None:
    table = measured(14).pivot_table(index="month", columns="kpi", values=["value", "reason"], aggfunc="first")
    repeat = table.value.repeat_purchase
    assert repeat.iloc[0] == 0  # of the first month alone nobody bought twice
    assert (repeat.iloc[1:] == 1).all()
    reasons = table.reason.repeat_purchase.tolist()
    assert reasons == [f"short: {held} of 12 months" for held in range(1, 12)] + ["", "", ""]
    assert table.reason.ltv.tolist() == [f"grows: {held} months so far" for held in range(1, 15)]


@pytest.mark.parametrize("months", [2, 3, 12, 13, 14])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_steady_buyers_read_steady(months: int, language: str) -> None:
    table, as_of = measured(months), FIRST + (months - 1)
    row = compared(table, CATALOGUE, as_of, "total", "total").set_index("kpi")
    changed = row.loc[["repeat_purchase", "ltv"], ["change_month", "change_year"]].fillna(0)
    assert (changed == 0).all(axis=None)
    assert pd.isna(row.change_month["ltv"])  # that it grows says nothing of the buyers
    known = [value for value in row.history["repeat_purchase"] if not pd.isna(value)]
    assert set(known) <= {1.0}
    assert notable(table, CATALOGUE, as_of).rows.empty
    wording = Wording(language)  # type: ignore[arg-type]
    for figure in trends(table, [CATALOGUE.by_id["repeat_purchase"], CATALOGUE.by_id["ltv"].otherwise], wording):  # type: ignore[list-item]
        assert "+" not in figure.text


def test_the_change_between_two_full_windows_is_told() -> None:
    row = compared(measured(13), CATALOGUE, FIRST + 12, "total", "total").set_index("kpi")
    assert row.change_month["repeat_purchase"] == 0
    short = compared(measured(12), CATALOGUE, FIRST + 11, "total", "total").set_index("kpi")
    assert pd.isna(short.change_month["repeat_purchase"])


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "データは12か月のうち3か月分のみ"), ("en", "only 3 of 12 months of data")]
)
def test_the_words_stand_beside_the_value(language: str, said: str) -> None:
    wording = Wording(language)  # type: ignore[arg-type]
    assert wording.reason("short: 3 of 12 months") == said
    (figure,) = trends(measured(3), [CATALOGUE.by_id["repeat_purchase"]], wording)
    assert said in figure.text


def test_each_table_begins_on_its_own(tmp_path: Path) -> None:
    """Contracts since January, answers from March on: in May the NPS stands on three months of six."""
    answers = "response_id,customer_id,kind,score,responded_on\n" + "".join(
        f"r{month}{i},{i:05d},nps,9,2026-0{month}-10\n" for month in (3, 4, 5) for i in range(1, 9)
    )
    book = Portfolio.open(export(tmp_path, {"surveys.csv": answers}), date(2026, 6, 5))
    assert book.manifest.firsts == {"contracts": "2026-01", "surveys": "2026-03"}
    table = book.measure(Month.parse("2026-05"), 1, ["total"]).set_index("kpi")
    assert table.reason["nps"] == "short: 3 of 6 months"
    assert table.value["nps"] == 1
    assert table.reason["csat"].startswith("empty")
    assert table.reason["customer_churn"] == ""


def test_no_line_leads_through_months_that_cannot_be_compared() -> None:
    (figure,) = trends(measured(14), [CATALOGUE.by_id["repeat_purchase"]], Wording("en"))
    assert figure.spec is not None
    (rows,) = (rows for rows in figure.spec["datasets"].values() if "month" in rows[0])
    assert ["course" in row for row in rows] == [False] * 11 + [True] * 3  # eleven months short of twelve
    line = next(layer for layer in figure.spec["layer"] if layer["name"] == "series")
    assert line["encoding"]["y"]["field"] == "course"
    marked = [row.get("mark") for row in rows]
    assert marked[:11] == ["small"] * 11  # hollow, and still there
