"""Questions of a proposal where a wrong figure would follow in silence, each on the line that it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.seen import matched, table

if TYPE_CHECKING:
    from cslib.scaffold.proposed import Proposed

IDS = [f"C{number:02d}" for number in range(1, 13)]
CUSTOMERS = {"customer_id": IDS, "name": IDS}
TERMS = {
    "contract_id": [f"K{n}" for n in range(12)], "customer_id": IDS, "product": ["core"] * 12,
    "starts_on": ["2025-01-05"] * 12, "ends_on": ["2025-06-30"] * 12, "mrr": ["100"] * 12,
}  # fmt: skip
# the dashboard export of a billing system, in the layout of its documentation; the rows are invented
BILLED = """id,Customer ID,Plan,Quantity,Currency,Interval,Amount,Status,Start (UTC),Trial End (UTC),Canceled At (UTC),Ended At (UTC)
sub_1,cus_A1,basic,1,usd,month,30,active,2025-01-05,,,
sub_2,cus_B2,pro,5,usd,month,20,active,2025-02-10,,,
sub_3,cus_C3,yearly,1,usd,year,1200,canceled,2025-03-01,,2025-05-20,2025-05-20
sub_4,cus_D4,basic,1,usd,month,30,trialing,2025-05-10,2025-06-10,,
"""
OWNERS = "id,Name\ncus_A1,A\ncus_B2,B\ncus_C3,C\ncus_D4,D\n"


def _terms(**columns: list[str]) -> Proposed:
    """Return what contracts are proposed with these columns; an empty one is taken away."""
    held = {name: values for name, values in {**TERMS, **columns}.items() if values}
    return _found("contracts", held)


def _found(name: str, columns: dict[str, list[str]]) -> Proposed:
    found = matched({"customers.csv": CUSTOMERS, f"{name}.csv": columns}).tables
    return next(one for one in found if one.table == name)


def test_plain_contracts_raise_no_question() -> None:
    one = _terms()
    assert not one.doubts
    assert not any(mapped.doubts for mapped in one.columns.values())


def test_a_billing_export_is_read_per_unit_and_per_month_without_its_trials() -> None:
    found = matched({"customers.csv": table(OWNERS), "subscriptions.csv": table(BILLED)}).tables[1]
    mrr, ends, trial = (found.columns[name] for name in ("mrr", "ends_on", "trial"))
    assert (mrr.source, mrr.how) == ("Amount", {"per": "Interval", "times": "Quantity"})
    assert "the span that Interval says (month, year)" in mrr.doubts[1]
    assert "Quantity how many" in mrr.doubts[2]
    assert ends.source == "Ended At (UTC)"
    assert "Canceled At (UTC)" in ends.doubts[0]
    assert (trial.source, trial.map) == ("Status", {"active": False, "canceled": False, "trialing": True})
    assert "canceled: has each such contract an end" in found.doubts[0]
    assert found.columns["currency"].source == "Currency"


@pytest.mark.parametrize("name", ["current_period_end", "next_renewal_date", "解約予定日", "更新日"])
def test_contracts_without_an_end_are_asked_for_it_with_the_columns_that_may_be_it(name: str) -> None:
    one = _terms(ends_on=[], **{name: ["2025-06-30"] * 12})
    assert "ends_on" not in one.columns
    assert f"is it {name}?" in one.doubts[0]


@pytest.mark.parametrize("name", ["Ended At", "expires_at", "term_end_date", "解約日", "契約満了日"])
def test_ends_go_by_many_names(name: str) -> None:
    assert _terms(ends_on=[], **{name: ["2025-06-30"] * 12}).columns["ends_on"].source == name


@pytest.mark.parametrize("name", ["canceled_at", "Cancelled At (UTC)", "churn_date"])
def test_a_cancellation_may_be_the_end(name: str) -> None:
    mapped = _terms(ends_on=[], **{name: ["2025-06-30"] * 12}).columns["ends_on"]
    assert mapped.source == name
    assert mapped.doubts


@pytest.mark.parametrize(
    ("words", "per"),
    [
        (["month", "year"], "billing_cycle"),
        (["monthly", "annual"], {"column": "billing_cycle", "map": {"annual": 12, "monthly": 1}}),
        (["月払い", "年払い"], {"column": "billing_cycle", "map": {"年払い": 12, "月払い": 1}}),
        (["quarter", "week"], "billing_cycle"),
    ],
)
def test_an_interval_beside_an_amount_divides_it(words: list[str], per: object) -> None:
    mrr = _terms(mrr=[], amount=["100"] * 12, billing_cycle=words * 6).columns["mrr"]
    assert mrr.how == {"per": per}
    assert any("billing_cycle" in doubt for doubt in mrr.doubts)


def test_an_interval_that_nobody_knows_is_asked_about_and_never_taken_for_a_month() -> None:
    mrr = _terms(mrr=[], amount=["100"] * 12, billing_cycle=["blue", "month"] * 6).columns["mrr"]
    assert not mrr.how
    assert "for how many months is amount?" in mrr.doubts[-1]


def test_an_amount_that_says_its_span_is_left_as_it_is() -> None:
    one = _terms(billing_frequency=["annual", "monthly"] * 6, seats=["3"] * 12)
    assert not one.columns["mrr"].how
    assert not one.columns["mrr"].doubts


def test_rows_that_were_never_paid_for_are_left_out() -> None:
    one = _terms(status=["active", "incomplete_expired"] * 6)
    assert one.shape == {"where": {"status": {"not": ["incomplete_expired"]}}}
    assert "never paid for" in one.doubts[0]


@pytest.mark.parametrize(
    ("name", "values", "where"),
    [
        ("_fivetran_deleted", ["true", "false"], {"not": ["true"]}),
        ("is_deleted", ["1", "0"], {"not": ["1"]}),
        ("削除フラグ", ["済", ""], {"not": ["済"]}),
        ("deleted_at", ["2025-01-01", ""], {"missing": True}),
    ],
)
def test_rows_that_are_deleted_are_left_out(name: str, values: list[str], where: object) -> None:
    one = _terms(**{name: values * 6})
    assert one.shape == {"where": {name: where}}
    assert f"{name} says are deleted" in one.doubts[0]


def test_a_flag_that_no_row_bears_is_no_question() -> None:
    assert not _terms(is_deleted=["false"] * 12).shape


ORDERS = {
    "受注番号": ["J1", "J1", "J2", "J3", "J3", "J4"] * 2, "顧客ID": IDS, "商品": ["A"] * 12, "受注金額": ["100"] * 12,
    "受注日": ["2025-01-05"] * 12,
}  # fmt: skip


def test_lines_of_one_order_are_summed_and_asked_about() -> None:
    one = _found("purchases", ORDERS)
    assert one.shape == {"total": {"by": "受注番号", "of": ["受注金額"]}}
    assert one.columns["purchase_id"].source == "受注番号"
    assert "lines of one order" in one.doubts[0]


def test_orders_of_one_line_are_left_as_they_are() -> None:
    one = _found("purchases", ORDERS | {"受注番号": [f"J{n}" for n in range(12)]})
    assert not one.shape
    assert not one.doubts


def test_amounts_below_nothing_are_asked_about() -> None:
    amounts = ["100"] * 10 + ["-30", "-20"]
    mapped = _found("purchases", ORDERS | {"受注番号": [f"J{n}" for n in range(12)], "受注金額": amounts}).columns[
        "amount"
    ]
    assert "2 amounts are below 0" in mapped.doubts[0]
    assert "credit_notes: net" in mapped.doubts[0]


@pytest.mark.parametrize("name", ["net_amount", "discount_amount", "消費税", "税抜金額"])
def test_gross_beside_net_is_asked_about(name: str) -> None:
    unique = ORDERS | {"受注番号": [f"J{n}" for n in range(12)]}
    mapped = _found("purchases", unique | {name: ["90"] * 12}).columns["amount"]
    assert f"there are {name} as well" in mapped.doubts[0]


@pytest.mark.parametrize(
    ("days", "which"),
    [
        (["2025-01-01", "2025-02-01"], "first"),
        (["2025/1/31", "2025/2/28"], "last"),
        (["20250101", "20250201"], "first"),
        (["2025-01-01", "2025-01-15"], ""),
        (["2025-01-11", "2025-02-21"], ""),
    ],
)
def test_months_of_usage_are_told_from_days(days: list[str], which: str) -> None:
    rows = {"customer_id": IDS, "feature": ["search"] * 12, "used_on": days * 6, "events": ["9"] * 12}
    doubts = _found("usage", rows).columns["used_on"].doubts
    assert any(f"every day is the {which} of a month" in doubt for doubt in doubts) is bool(which)
