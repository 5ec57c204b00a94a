"""An outside data set, mapped by hand: the figures that a correct reading gives."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from cslib.periods import Month
from cslib.portfolio import Portfolio
from tests.books import TODAY, altered

PARAMS = Path(__file__).parent / "ravenstack" / "params"
DATA = Path(os.environ.get("RAVENSTACK", Path(__file__).parents[2] / "shared" / "data" / "ravenstack"))
DECEMBER = Month.parse("2024-12")
DAY_AFTER: dict[str, object] = {"churn_month": "day_after"}

pytestmark = pytest.mark.skipif(
    not DATA.is_dir() and not os.environ.get("CI"), reason="the data set lies outside the project; RAVENSTACK names it"
)


def _book(folder: Path, monkeypatch: pytest.MonkeyPatch, policies: dict[str, object]) -> Portfolio:
    monkeypatch.setenv("RAVENSTACK", str(DATA))
    return Portfolio.open(altered(PARAMS, folder / "params", policies), TODAY, into=folder / "snapshot")


def _totals(book: Portfolio) -> dict[str, float]:
    spine = book.facts(DECEMBER, ["total"])["customer_months"]
    december = spine.filter(spine.month_no == DECEMBER.number)
    columns = [name for name in december.columns if name.endswith("_mrr")]
    return (
        december.aggregate(**{name: december[name].sum().cast("float64") for name in columns})
        .to_pyarrow()
        .to_pylist()[0]
    )


def test_movements_of_december_2024(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = _totals(_book(tmp_path, monkeypatch, DAY_AFTER))
    assert found["opening_mrr"] == 8_461_915
    assert found["new_mrr"] == 499_974
    assert found["expansion_mrr"] == 1_450_142
    assert found["contraction_mrr"] == 152_522
    assert found["churned_mrr"] == 0
    assert found["closing_mrr"] == 10_259_509


def test_a_first_day_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = _book(tmp_path, monkeypatch, {**DAY_AFTER, "contract_end": "first_day_without"})
    assert _totals(book)["closing_mrr"] == 10_159_608


def test_a_year_of_retention(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = _book(tmp_path, monkeypatch, DAY_AFTER).measure(
        DECEMBER, 1, ["total"], ["grr", "nrr", "customer_retention"]
    )
    values = table.set_index("kpi").value
    assert values["grr"] == pytest.approx(0.9959, abs=5e-5)
    assert values["nrr"] == pytest.approx(2.932085, abs=5e-7)
    assert values["customer_retention"] == 1.0


def test_csat_of_all_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = _book(tmp_path, monkeypatch, {})
    table = book.measure(DECEMBER, 24, ["total"], ["csat"])
    # the window is three months, so every third month's windows hold each answer once
    quarters = table[table.month.isin([str(DECEMBER - back) for back in range(0, 24, 3)])]
    assert quarters.whole.sum() == 1_175
    assert quarters.part.sum() / quarters.whole.sum() == pytest.approx(0.6630, abs=5e-5)
    facts = book.facts(DECEMBER, ["total"])
    assert facts["questions"].count().to_pyarrow().as_py() == 2_000
    assert facts["answers"].score.mean().to_pyarrow().as_py() == pytest.approx(3.981277, abs=5e-7)


def test_what_it_lacks_is_not_measurable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = _book(tmp_path, monkeypatch, {}).measure(DECEMBER, 1)
    lacking = table[table.kpi.isin(["onboarding_completion", "goal_attainment"])]
    assert set(lacking.status) == {"not_measurable"}
    assert set(lacking.reason) == {"needs milestones", "needs goals"}
    assert lacking.value.isna().all()
    assert lacking.n.isna().all()


def test_industries_add_up_to_the_total(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = _book(tmp_path, monkeypatch, {}).measure(DECEMBER, 3)
    by_kpi = table.groupby(["month", "kpi"])[["part", "whole", "n"]]
    industries = table[table.segment != "total"].groupby(["month", "kpi"])[["part", "whole", "n"]].sum(min_count=1)
    total = table[table.segment == "total"].set_index(["month", "kpi"])[["part", "whole", "n"]]
    # what everybody uses is a number of the whole product: breadth has the same features in every segment
    assert len(by_kpi) == len(total)
    pd.testing.assert_frame_equal(industries.astype(float), total.astype(float).loc[industries.index], rtol=1e-12)
