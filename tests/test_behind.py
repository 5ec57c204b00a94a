"""The customers behind a number, in a book of four: what weighs, in which order, and who is left out."""

from __future__ import annotations

from datetime import date, timedelta

from cslib.analysis.figures.drilldown import customers_at, customers_behind
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from tests.ledger import Ledger

JUNE = Month.parse("2024-06")
LATE = date(2024, 4, 1)


def _book() -> Ledger:
    customers = [{"customer_id": who, "name": who.upper(), "csm": "sato"} for who in "abcde"]
    contracts = [
        {"contract_id": who, "customer_id": who, "product": "core", "starts_on": date(2024, 1, 1), "mrr": mrr,
         "ends_on": date(2024, 5, 31) if who == "d" else None}
        for who, mrr in (("a", 10), ("b", 30), ("c", 30), ("d", 40))
    ]  # fmt: skip
    milestones = [
        {"customer_id": who, "milestone": step, "due_on": LATE + timedelta(days=days), "completed_on": done, "required": True}
        for who, step, days, done in (
            ("a", "go", 0, None), ("a", "live", 5, None), ("a", "teach", 40, None), ("b", "go", 0, LATE), ("b", "live", 9, None),
            ("c", "go", 0, LATE + timedelta(days=1)), ("c", "live", 0, LATE), ("d", "go", -1, None),
        )
    ]  # fmt: skip
    usage = [{"customer_id": "b", "user_id": "u", "used_on": date(2024, 1, 21), "feature": "x", "events": 1}]
    return Ledger({"customers": customers, "contracts": contracts, "milestones": milestones, "usage": usage})


def _behind(kpi: str) -> list[tuple[str, float, float]]:
    facts = _book().facts(JUNE)
    found = customers_behind(facts, CATALOGUE.by_id[kpi], JUNE, customers_at(facts, JUNE))
    return list(zip(found.customer_id, found.counted, found.mrr, strict=True))


def test_what_is_missing_counts_where_higher_is_better() -> None:
    # due from April to June: a three of three open, b one of two, c one of two a day late; what d owes fell due in March
    assert _behind("onboarding_on_time") == [("a", 3, 10), ("b", 1, 30), ("c", 1, 30)]


def test_the_part_itself_counts_where_lower_is_better() -> None:
    assert _behind("customer_churn") == []
    facts = _book().facts(JUNE)
    may = customers_behind(facts, CATALOGUE.by_id["revenue_churn"], JUNE - 1, customers_at(facts, JUNE - 1))
    assert may[["customer_id", "name", "csm", "mrr", "part", "whole", "counted"]].to_numpy().tolist() == [
        ["d", "D", "sato", 0.0, 40.0, 40.0, 40.0]
    ]


def test_those_who_wait_are_listed_by_how_long() -> None:
    waited = (JUNE.last_day - date(2024, 1, 1)).days
    assert _behind("time_to_first_value") == [("c", waited, 30), ("a", waited, 10), ("d", waited, 0)]


def test_what_customers_pay_at_a_close_is_nothing_without_a_contract() -> None:
    paid = customers_at(_book().facts(JUNE), JUNE).set_index("customer_id").mrr
    assert paid.to_dict() == {"a": 10, "b": 30, "c": 30, "d": 0, "e": 0}  # d had one, e never


def test_what_customers_pay_is_unknown_where_the_source_holds_no_contracts() -> None:
    facts = Ledger({"customers": [{"customer_id": "a"}]}).facts(JUNE)
    assert customers_at(facts, JUNE).mrr.isna().to_list() == [True]
    assert customers_behind(facts, CATALOGUE.by_id["mrr"], JUNE, customers_at(facts, JUNE)).empty
