"""Books at the edge: nothing to measure, everybody gone, one customer, every answer the same. None raises or misleads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cslib.errors import UnknownName
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Unit
from tests.ledger import FIRST, Ledger, assert_plain
from tests.strategies import LAST, PLANS, books, examples

if TYPE_CHECKING:
    from tests.ledger import Row

EVERY_TABLE = (
    "contracts", "milestones", "users", "usage", "surveys", "voices", "goals", "proposals", "touches", "tickets",
    "purchases", "costs",
)  # fmt: skip
AMOUNTS = {kpi.id for kpi in CATALOGUE if kpi.part is not None and kpi.whole is None}
SUMS = ["part", "whole", "n"]


def customers(count: int, **columns: object) -> list[Row]:
    """Return so many customers, by turns of the one and of the other segment."""
    return [
        {"customer_id": f"c{number}", "name": f"C{number}", "plan": PLANS[number % 2], **columns}
        for number in range(count)
    ]


def contracts(count: int, starts_on: date, ends_on: date | None = None) -> list[Row]:
    """Return a contract for each of so many customers, 10 for the first, 20 for the second and so on."""
    term: Row = {"product": "core", "starts_on": starts_on, "ends_on": ends_on, "seats": 2}
    return [
        {**term, "contract_id": f"k{number}", "customer_id": f"c{number}", "mrr": 10 * (number + 1)}
        for number in range(count)
    ]


def with_every_table(**rows: list[Row]) -> Ledger:
    """Return a book whose source holds every table, those not given without rows."""
    return Ledger({**{name: [] for name in EVERY_TABLE}, **rows})


def row(table: pd.DataFrame, kpi: str, month: object = LAST, segment: str = "total") -> pd.Series:
    """Return the one row of a KPI."""
    found = table[(table.kpi == kpi) & (table.month == str(month)) & (table.segment == segment)]
    assert len(found) == 1
    return found.iloc[0]


def value(table: pd.DataFrame, kpi: str, month: object = LAST) -> float:
    """Return the value of a KPI of the total."""
    return float(row(table, kpi, month).value)


def test_nothing_has_happened() -> None:
    table = with_every_table(customers=customers(3)).measure(LAST, 2)
    assert_plain(table)
    told = table[table.value.notna()]
    assert set(told.kpi) == AMOUNTS  # nobody is overdue, and no money comes in: these zeros are true
    assert (told.value == 0).all()
    assert (told.n == 0).all()
    assert table[table.value.isna()].reason.str.startswith("empty").all()
    assert len(table) == 3 * 2 * len(CATALOGUE)


def test_a_source_of_customers_alone_says_what_each_kpi_needs() -> None:
    table = Ledger({"customers": customers(3)}).measure(LAST)
    assert_plain(table)
    assert (table.status == "not_measurable").all()
    assert table[["value", "part", "whole", "n", "low", "high"]].isna().all(axis=None)
    for kpi in CATALOGUE:
        tables = dict.fromkeys(need.split(".")[0] for need in kpi.needs)
        reasons = {f"needs {', '.join(name for name in tables if name != 'customers')}"}
        assert set(table[table.kpi == kpi.id].reason) <= reasons | {f"needs {', '.join(tables)}"}


def test_answers_alone_are_measured() -> None:
    asked = [answer("nps", score, f"c{place}") for place, score in enumerate([9, 9, 3])]
    table = Ledger({"customers": customers(3), "surveys": asked}).measure(LAST)
    assert_plain(table)
    assert value(table, "nps") == 1 / 3
    assert row(table, "customer_churn").reason == "needs contracts"
    assert row(table, "detractor_follow_up").reason == "needs touches"
    measurable = {kpi.id for kpi in CATALOGUE if {need.split(".")[0] for need in kpi.needs} == {"surveys"}}
    assert set(table[~table.reason.str.startswith("needs")].kpi) == measurable == {"nps", "nps_response", "csat", "ces"}


def answer(kind: str, score: int, customer: str, day: date = LAST.first_day) -> Row:
    """Return an answer of a customer."""
    return {
        "response_id": f"{customer}-{kind}-{day}", "customer_id": customer, "kind": kind, "score": score,
        "responded_on": day,
    }  # fmt: skip


def test_everybody_leaves_in_one_month() -> None:
    gone = FIRST + 4
    book = with_every_table(customers=customers(6), contracts=contracts(6, FIRST.first_day, gone.last_day))
    table = book.measure(gone + 12, 17)
    assert_plain(table)
    assert value(table, "customer_churn", gone) == 6 / 6
    assert value(table, "revenue_churn", gone) == 210 / 210
    assert row(table, "revenue_churn", gone).high != 0
    assert value(table, "mrr", gone) == 0
    for kpi in ("arpa", "ltv", "customer_retention", "active_customers", "complaint_free"):
        assert row(table, kpi, gone).reason.split(":")[0] in {"empty", "zero"}
    assert row(table, "customer_churn", gone + 1).reason.startswith("empty")
    # a year after the last close under contract, those of then have all gone: this zero is true
    assert value(table, "nrr", gone + 11) == 0 / 210
    assert row(table, "nrr", gone + 11).n == 6
    assert row(table, "nrr", gone + 12).reason.startswith("empty")


def test_one_customer() -> None:
    book = with_every_table(
        customers=customers(1, acquisition_cost=30),
        contracts=contracts(1, FIRST.first_day),
        usage=[{"customer_id": "c0", "user_id": "u", "used_on": FIRST.first_day, "feature": "report"}],
        surveys=[answer("nps", 10, "c0"), answer("ces", 7, "c0"), answer("csat", 5, "c0")],
    )
    table = book.measure(LAST, 18)
    assert_plain(table)
    assert value(table, "nps") == value(table, "csat") == value(table, "customer_retention") == value(table, "nrr") == 1
    assert value(table, "ltv") == pytest.approx(10 * 0.7 * 18)
    assert value(table, "time_to_first_value", FIRST) == 0
    assert set(table[table.value.notna()].status) == {"small"}


def test_a_month_without_surveys_and_answers_that_are_all_the_same() -> None:
    month = LAST - 8
    same = [answer(kind, score, f"c{place}", month.last_day) for place in range(5)
            for kind, score in (("nps", 9), ("csat", 5), ("ces", 6))]  # fmt: skip
    book = with_every_table(customers=customers(5), contracts=contracts(5, FIRST.first_day), surveys=same)
    table = book.measure(LAST, 10)
    assert_plain(table)
    assert [value(table, kpi, month) for kpi in ("nps", "csat", "ces")] == [1, 1, 6]
    assert row(table, "nps", month).low < 1
    assert row(table, "csat", month).low < 1
    assert pd.isna(row(table, "ces", month).low)  # nothing varies, so nothing tells how sure it is
    for kpi, window in (("nps", 6), ("csat", 3), ("ces", 3)):
        assert row(table, kpi, month - 1).reason.startswith("empty")
        assert row(table, kpi, month + window - 1).n == 5
        assert row(table, kpi, month + window).reason.startswith("empty")


def test_the_first_month_has_no_opening() -> None:
    table = with_every_table(customers=customers(5), contracts=contracts(5, FIRST.first_day)).measure(FIRST)
    assert_plain(table)
    assert value(table, "mrr", FIRST) == 150
    for kpi in ("customer_churn", "revenue_churn", "expansion_rate", "upsell_rate", "cross_sell_rate", "grr", "nrr"):
        assert row(table, kpi, FIRST).reason.startswith("empty")
    assert row(table, "quick_ratio", FIRST).reason.startswith("zero")  # five are new, and nothing is lost


def test_a_customer_that_returns_three_times() -> None:
    starts = [(FIRST + after).first_day for after in (0, 4, 8, 12)]
    terms: list[Row] = [
        {"contract_id": str(start), "customer_id": "c0", "product": "core", "starts_on": start,
         "ends_on": start + timedelta(days=45), "mrr": 20}
        for start in starts
    ]  # fmt: skip
    book = with_every_table(customers=customers(1), contracts=terms)
    assert_plain(book.measure(LAST, 18))
    rows = book.facts(LAST)["customer_months"].order_by("month_no").to_pyarrow().to_pandas()
    assert list(rows[rows.movement != "none"].movement) == ["new", "churn"] + ["reactivation", "churn"] * 3
    assert list(rows.first_start.unique()) == [starts[0]]
    assert rows.months_under_contract.max() == 4
    at_returns = rows[rows.movement == "reactivation"]
    assert list(at_returns.stint_start) == starts[1:]
    assert (at_returns.gained_no == FIRST.number).all()


def test_few_cases_are_marked() -> None:
    book = with_every_table(customers=customers(9), contracts=contracts(9, FIRST.first_day))
    table = book.measure(LAST, kpis=["customer_churn", "mrr"])
    assert row(table, "customer_churn").status == "no_target"
    assert row(table, "customer_churn", segment="large").n == 5
    assert row(table, "customer_churn", segment="large").status == "no_target"
    assert row(table, "customer_churn", segment="small").n == 4
    assert row(table, "customer_churn", segment="small").status == "small"
    assert row(table, "mrr", segment="small").status == "small"


# any column to group by

EVERY_GROUP = ("csm", "industry", "region", "touch_model", "plan", "size")


@examples(4)
@given(books(), st.sampled_from([EVERY_GROUP, ("csm",), ("size",)]))
def test_groups_add_up_to_their_segment(ledger: Ledger, by: tuple[str, ...]) -> None:
    book = ledger.without("costs")
    _same_sums(book.measure(LAST, 2, by=by), book.measure(LAST, 2))


def _same_sums(grouped: pd.DataFrame, whole: pd.DataFrame) -> None:
    assert_plain(grouped)
    keys = ["segment", "month", "kpi"]
    sums = grouped.groupby(keys)[SUMS].sum().sort_index()
    wanted = whole.set_index(keys)[SUMS].fillna(0).sort_index()
    pd.testing.assert_frame_equal(sums, wanted)


def test_customers_without_a_group_are_a_group() -> None:
    named = [{**one, "csm": "sato" if place else None} for place, one in enumerate(customers(6))]
    lost = contracts(6, FIRST.first_day)
    lost[1]["ends_on"] = LAST.last_day - timedelta(days=9)
    table = with_every_table(customers=named, contracts=lost).measure(LAST, by=["csm"], kpis=["mrr", "revenue_churn"])
    total = table[table.segment == "total"]
    assert list(total[total.csm.isna()].kpi) == ["mrr", "revenue_churn"]
    assert list(total[total.kpi == "mrr"].n) == [4, 1]
    churn = total[(total.kpi == "revenue_churn") & (total.csm == "sato")].iloc[0]
    assert (churn.part, churn.whole, churn.n) == (20, 20 + 30 + 40 + 50 + 60, 5)
    assert 0 <= churn.low < churn.value < churn.high < 1


def test_segment_and_month_are_always_there() -> None:
    book = with_every_table(customers=customers(2), contracts=contracts(2, FIRST.first_day))
    wanted = book.measure(LAST, kpis=["mrr"])
    pd.testing.assert_frame_equal(book.measure(LAST, kpis=["mrr"], by=["month", "segment"]), wanted)


def test_what_was_spent_cannot_be_told_by_customers() -> None:
    spent: list[Row] = [{"month": LAST.first_day, "kind": "cs", "amount": 5, "segment": "large"}]
    book = with_every_table(customers=customers(2, csm="sato"), contracts=contracts(2, FIRST.first_day), costs=spent)
    table = book.measure(LAST, kpis=["cost_to_serve", "mrr"], by=["csm"])
    assert row(table, "cost_to_serve").reason.startswith("apart")
    assert pd.isna(value(table, "cost_to_serve"))
    assert value(book.measure(LAST), "cost_to_serve") == 5 / (3 * 30)
    # minutes can, and they are what counts where no costs are known
    minutes: list[Row] = [{"customer_id": "c1", "kind": "call", "occurred_on": LAST.first_day, "minutes": 30}]
    table = book.without("costs").with_rows(touches=minutes).measure(LAST, kpis=["cost_to_serve"], by=["csm"])
    assert value(table, "cost_to_serve") == 0.5 * 5000 / (3 * 30)


def test_a_group_that_a_fact_does_not_know() -> None:
    met = [{"customer_id": "c0", "milestone": name, "completed_on": FIRST.first_day} for name in ("kickoff", "golive")]
    book = with_every_table(customers=customers(2), contracts=contracts(2, FIRST.first_day), milestones=met)
    table = book.measure(LAST, kpis=["milestone_reach", "mrr"], by=["milestone"])
    reach = table[(table.kpi == "milestone_reach") & (table.segment == "total")]
    assert list(reach.milestone) == ["golive", "kickoff"]
    assert list(reach.value) == [1, 1]
    assert (table[table.kpi == "mrr"].reason == "apart: it cannot be told by milestone").all()


def test_an_unknown_group_is_named_with_the_nearest() -> None:
    book = with_every_table(customers=customers(2), contracts=contracts(2, FIRST.first_day))
    with pytest.raises(UnknownName, match="no column to group by 'regon'; did you mean 'region'"):
        book.measure(LAST, kpis=["mrr"], by=["regon"])
    with pytest.raises(UnknownName, match="did you mean 'month'"):
        book.measure(LAST, kpis=["mrr"], by=["month_no"])


def test_groups_of_a_source_without_what_is_asked_for_say_why() -> None:
    table = Ledger({"customers": customers(2, csm="sato")}).measure(LAST, kpis=["nrr"], by=["csm"])
    assert list(table.reason) == ["needs contracts"] * 3


def test_only_counts_and_amounts_stand_without_a_whole() -> None:
    assert {CATALOGUE.by_id[kpi].unit for kpi in AMOUNTS} == {Unit.COUNT, Unit.AMOUNT}
