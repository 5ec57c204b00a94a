"""Whom to propose what: each rule, each veto and each window on a ledger made by hand."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cslib.analysis.analyses import ANALYSES
from cslib.analysis.growth.proposals import COLUMNS, HELP, proposals
from cslib.analysis.standing import RENEWAL, RISING
from cslib.inquiries import inquire
from cslib.kpis.reasons import EMPTY
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.scenario import Scenario
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cslib.portfolio import Portfolio
    from tests.ledger import Row, Rows

LAST = Month.parse("2025-06")
START = date(2025, 1, 1)


def term(customer: str, product: str = "core", mrr: int = 100, ends: date | None = None, **more: object) -> Row:
    """Return a term from January 2025 on."""
    return {"customer_id": customer, "contract_id": f"{customer}-{product}", "product": product, "mrr": Decimal(mrr),
            "starts_on": START, "ends_on": ends, "seats": 10, **more}  # fmt: skip


def use(customer: str, users: int, months: tuple[int, ...] = (6,)) -> list[Row]:
    """Return so many users of a customer, each on four days a week apart in each of these months of 2025."""
    return [
        {"customer_id": customer, "user_id": f"{customer}-{at}", "feature": "core", "used_on": date(2025, month, day), "events": 1}
        for month in months
        for at in range(users)
        for day in (2, 9, 16, 23)
    ]  # fmt: skip


def book(*terms: Row, achieved: tuple[str, ...] = (), **rows: list[Row]) -> Ledger:
    """Return a book of these terms, in which some customers have achieved a goal."""
    names = sorted({row["customer_id"] for row in terms})
    customers = [{"customer_id": name, "plan": "large", "lifecycle": "grow"} for name in names]
    goals = [
        {"goal_id": f"g-{name}", "customer_id": name, "set_on": START, "achieved_on": date(2025, 3, 1)}
        for name in achieved
    ]
    filled: Rows = {"customers": customers, "contracts": list(terms), "goals": goals, **rows}
    return Ledger(filled)


def told(ledger: Ledger, kind: str = "") -> pd.DataFrame:
    """Return the rows of a kind, or all, of all customers together."""
    table = proposals(ledger.inquiry(LAST, "total"))
    assert tuple(table.columns) == COLUMNS
    return table[table.kind == kind] if kind else table


def only(ledger: Ledger, kind: str) -> pd.Series[Any]:
    """Return the one row of a kind."""
    ((_, row),) = told(ledger, kind).iterrows()
    return row


def test_who_uses_most_seats_is_proposed_the_usual_rise() -> None:
    """B rose from 100 to 130 in May; a uses 8 of 10 seats, c 7 of them."""
    rise = [
        term("b", ends=date(2025, 4, 30)),
        term("b", "core", 130) | {"contract_id": "b2", "starts_on": date(2025, 5, 1)},
    ]
    used = [*use("a", 8), *use("c", 7)]
    row = only(book(term("a", mrr=200), term("c"), *rise, achieved=("a", "b", "c"), usage=used), "upsell")
    assert (row.customer_id, row.rule, row["product"], row.mrr) == ("a", "seats_in_heavy_use", "", 200)
    assert row.amount == pytest.approx(200 * 0.3)
    assert row.verdict == "cannot_tell"  # of fewer than ten customers nothing stands behind a rule


def test_who_lacks_what_others_hold_is_proposed_it_at_its_median() -> None:
    """Five hold x at 10 to 50, four hold y: y is held by too few to be tried, and core is held by all."""
    others = [f"h{at}" for at in range(5)]
    terms = [term(name) for name in ("a", *others)]
    terms += [term(name, "x", 10 * (at + 1)) for at, name in enumerate(others)]
    terms += [term(name, "y", 10) for name in others[:4]]
    row = only(book(*terms, achieved=("a", *others)), "cross_sell")
    assert (row.customer_id, row["product"], row.amount, row.products) == ("a", "x", 30, 1)


def test_a_short_term_that_ends_soon_is_to_become_longer_where_the_product_is_used() -> None:
    """The close is 30 June: 90 days later is 28 September."""
    terms = [
        term("a", ends=date(2025, 9, 28), term_months=12),
        term("b", ends=date(2025, 9, 29), term_months=12),
        term("c", ends=date(2025, 8, 31), term_months=24),
        term("d", ends=date(2025, 8, 31), term_months=12),
    ]
    used = [row for name in ("a", "b", "c") for row in use(name, 2)]
    row = only(book(*terms, achieved=("a", "b", "c", "d"), usage=used), "longer_term")
    assert (row.customer_id, row.window, row.amount) == ("a", RENEWAL, 100)
    assert row.due_on == "2025-09-28"


def test_help_comes_first_and_then_what_falls_due_first() -> None:
    ends = {"a": None, "b": date(2025, 9, 1), "c": date(2025, 7, 31), "d": date(2025, 8, 15)}
    terms = [term(name, ends=end) for name, end in ends.items()]
    table = told(book(*terms, achieved=("a", "b", "c"), usage=[row for name in ends for row in use(name, 9)]))
    assert [*zip(table.customer_id, table.kind, table.due_on, strict=True)] == [
        ("d", HELP, "2025-08-15"), ("c", "upsell", "2025-07-31"), ("b", "upsell", "2025-09-01"), ("a", "upsell", ""),
    ]  # fmt: skip


def test_rising_use_is_a_window_too() -> None:
    """Twelve events in June against four in each of the three months before."""
    used = [*use("a", 3, (6,)), *use("a", 1, (3, 4, 5))]
    ledger = book(term("a", seats=3), achieved=("a",), usage=used)
    assert only(ledger, "upsell").window == RISING


VETOES = {
    "open_ticket": {
        "tickets": [{"ticket_id": "t", "customer_id": "a", "opened_at": datetime.fromisoformat("2025-06-01T09:00"), "severity": "urgent"}]
    },
    "detractor": {
        "surveys": [
            {"response_id": "r", "customer_id": "a", "kind": "nps", "score": 6.0, "sent_on": START, "responded_on": date(2025, 5, 1)}
        ]
    },
    "no_outcome": {"goals": [{"goal_id": "g", "customer_id": "a", "set_on": START, "achieved_on": None}]},
}  # fmt: skip


@pytest.mark.parametrize("veto", VETOES)
def test_who_has_a_veto_is_helped_and_nothing_is_proposed(veto: str) -> None:
    ledger = book(term("a", ends=date(2025, 8, 31), term_months=12), achieved=("a",), usage=use("a", 9))
    assert set(told(ledger).kind) == {"longer_term", "upsell"}
    row = only(ledger.with_rows(**VETOES[veto]), HELP)
    assert (row.customer_id, row.veto, row.rule, row.window) == ("a", veto, "", RENEWAL)
    assert len(told(ledger.with_rows(**VETOES[veto]))) == 1


def test_a_veto_that_the_source_does_not_tell_of_is_none() -> None:
    ledger = book(term("a"), usage=use("a", 9)).without("goals")
    assert only(ledger, "upsell").veto == ""


def test_who_needs_nothing_and_has_no_renewal_is_not_listed() -> None:
    """B has no outcome, but nothing would be proposed to it, and nothing falls due."""
    assert told(book(term("b"), usage=use("b", 1))).reason.to_list() == [EMPTY]


def test_nobody_stands_under_help_and_under_what_is_sold(demo_book: Portfolio) -> None:
    table = ANALYSES["proposals"](inquire(demo_book, Month.parse("2026-10"), ["total"]))
    helped = set(table[table.kind == HELP].customer_id)
    assert helped
    assert not helped & set(table[table.kind != HELP].customer_id)
    assert (table[table.kind != HELP].veto == "").all()
    assert not table.duplicated(["segment", "customer_id", "kind"]).any()


def test_the_page_lists_who_is_helped_apart_from_who_is_asked(demo: Path, demo_book: Portfolio) -> None:
    s = Scenario.open(demo / "params", "smb", "2026-10", "en")
    table = ANALYSES["proposals"](inquire(demo_book, Month.parse("2026-10"), ["smb"]))
    helped, asked = s.proposals(to_help=True), s.proposals()
    for shown, count in ((helped, (table.kind == HELP).sum()), (asked, (table.kind != HELP).sum())):
        assert shown.csv.count("\n") == count + 1
    assert helped.text.startswith(f"{(table.kind == HELP).sum()} customers")
    assert "no goal reached yet" in helped.html
    assert "Upsell" in asked.html
    assert "Upsell" not in helped.html


def test_outsiders_are_told_of_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = book(term("a"), achieved=("a",), usage=use("a", 9)).facts(LAST)
    monkeypatch.setattr(type(facts), "discreet", property(lambda _: True))
    table = proposals(inquiry_of(facts, LAST))
    assert set(table.reason) == {HIDDEN}
    assert (table.customer_id == "").all()


def test_without_contracts_it_says_what_it_needs() -> None:
    facts = book(term("a")).without("contracts").facts(LAST)
    assert proposals(inquiry_of(facts, LAST, "total")).reason.to_list() == ["needs contracts"]
