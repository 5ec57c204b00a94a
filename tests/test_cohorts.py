"""Cohorts in a book small enough to count: only ages that the whole of a quarter's customers has reached."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cslib.analysis.figures.chart_data import between_closes, movement_amounts
from cslib.analysis.lifetimes.cohorts import YOUNG, cohorts
from cslib.periods import Month
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from tests.ledger import Row

NOVEMBER = Month.parse("2024-11")
# three of the first quarter, of which the second leaves in June, and one of the second
TERMS = (("a", date(2024, 1, 1), None), ("b", date(2024, 2, 1), date(2024, 6, 15)), ("c", date(2024, 3, 1), None),
         ("d", date(2024, 5, 1), None))  # fmt: skip


def book() -> Ledger:
    """Return the four customers and their contracts, of 10, 20, 30 and 40."""
    contracts: list[Row] = [
        {"contract_id": who, "customer_id": who, "product": "core", "starts_on": start, "ends_on": end, "mrr": mrr}
        for (who, start, end), mrr in zip(TERMS, (10, 20, 30, 40), strict=True)
    ]
    return Ledger({"customers": [{"customer_id": who, "name": who} for who, *_ in TERMS], "contracts": contracts})


def _told(ledger: Ledger, as_of: Month, last: Month | None = None) -> dict[tuple[str, int], tuple[float, int]]:
    frame = cohorts(inquiry_of(ledger.facts(last or as_of), as_of, "total"))
    return {(row["cohort"], row["age"]): (row["retention"], row["n"]) for row in frame.to_dict("records")}


def test_a_cohort_is_told_at_ages_that_all_of_it_has_reached() -> None:
    """In November those of January and February are nine months old, but not the one of March."""
    assert _told(book(), NOVEMBER) == {
        ("2024-01", 0): (1, 3),
        ("2024-01", 3): (1, 3),
        ("2024-01", 6): (2 / 3, 3),
        ("2024-04", 0): (1, 1),
        ("2024-04", 3): (1, 1),  # one of June would be six months old in December alone
    }


def test_a_month_later_the_whole_cohort_is_nine_months_old() -> None:
    told = _told(book(), NOVEMBER + 1)
    assert told["2024-01", 9] == (2 / 3, 3)
    assert ("2024-04", 6) in told  # one of June is six months old in December


def test_later_months_of_the_same_facts_change_no_cohort() -> None:
    assert _told(book(), NOVEMBER, NOVEMBER + 1) == _told(book(), NOVEMBER)


def test_what_is_paid_is_held_against_what_was_paid_at_first() -> None:
    """The second, which paid 20 of 60, is gone, and the first pays 15 more."""
    more: Row = {"contract_id": "m", "customer_id": "a", "product": "more", "starts_on": date(2024, 5, 1), "mrr": 15}
    ledger = book().with_rows(contracts=[*book().rows["contracts"], more])
    frame = cohorts(ledger.inquiry(NOVEMBER, "total")).set_index(["cohort", "age"])
    assert frame.mrr_retention["2024-01", 0] == 1
    assert frame.mrr_retention["2024-01", 6] == (10 + 15 + 30) / 60
    assert frame.retention["2024-01", 6] == 2 / 3


def test_one_that_returns_is_kept_again() -> None:
    back: Row = {"contract_id": "r", "customer_id": "b", "product": "core", "starts_on": date(2024, 10, 1), "mrr": 5}
    ledger = book().with_rows(contracts=[*book().rows["contracts"], back])
    told = _told(ledger, NOVEMBER + 1)
    assert (told["2024-01", 6], told["2024-01", 9]) == ((2 / 3, 3), (1, 3))


def test_who_was_there_before_the_data_begin_is_in_no_cohort() -> None:
    """Of those who began in 2020 the data hold the ones alone that have lasted."""
    old: Row = {"contract_id": "o", "customer_id": "d", "product": "core", "starts_on": date(2020, 2, 1), "mrr": 5}
    ledger = book().with_rows(contracts=[*book().rows["contracts"][:3], old])
    assert {cohort for cohort, _age in _told(ledger, NOVEMBER)} == {"2024-01"}


def test_without_a_whole_quarter_or_contracts_it_says_why() -> None:
    young = cohorts(book().inquiry(Month.parse("2024-02"), "total"))
    assert young.reason.tolist() == [YOUNG]
    assert young.n.isna().all()
    assert cohorts(book().without("contracts").inquiry(NOVEMBER, "total")).reason.tolist() == ["needs contracts"]


def test_what_moved_is_told_month_by_month() -> None:
    facts = book().facts(NOVEMBER)
    frame = movement_amounts(facts, (Month.parse("2024-05"), Month.parse("2024-06")))
    found = {(row.month, row.movement): row.amount for row in frame.itertuples() if row.amount}
    assert found == {
        ("2024-05", "opening"): 60, ("2024-05", "new"): 40, ("2024-05", "closing"): 100,
        ("2024-06", "opening"): 100, ("2024-06", "churn"): 20, ("2024-06", "closing"): 80,
    }  # fmt: skip


def test_contracts_between_two_closes_are_listed_the_latest_first() -> None:
    short: list[Row] = [
        {"contract_id": f"s{day}{month}", "customer_id": "a", "product": "spot", "starts_on": date(2024, month, day),
         "ends_on": date(2024, month, day + 5), "mrr": 5}
        for month, day in ((4, 2), (4, 9), (12, 3))
    ]  # fmt: skip
    ledger = book().with_rows(contracts=[*book().rows["contracts"], *short])
    frame = between_closes(ledger.facts(NOVEMBER + 1), NOVEMBER)
    assert frame.contract_id.tolist() == ["s94", "s24"]
    assert frame.iloc[0].to_dict() == {
        "customer_id": "a", "contract_id": "s94", "product": "spot", "mrr": 5.0, "starts_on": date(2024, 4, 9),
        "ends": date(2024, 4, 15),
    }  # fmt: skip
