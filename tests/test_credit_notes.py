"""Credit notes: amounts of orders below 0 are set aside, or taken off their orders where the policy says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from cslib.periods import Month, months_up_to
from cslib.portfolio import Portfolio
from tests.exports import READ_ON, export
from tests.second_opinion import assert_agreed
from tests.strategies import LAST, MONTHS, examples, order_books

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ledger import Ledger

HEAD = "purchase_id,customer_id,amount,purchased_on\n"
ORDERS = (
    "Q1,00001,100,2025-10-05\nQ2,00001,200,2026-01-10\n"  # the second is taken back whole in March
    "Q3,00002,300,2025-11-03\nQ4,00002,400,2026-02-02\n"  # of the second a quarter is taken back in April
    "Q5,00003,50,2025-12-01\n"  # one order alone; a note without its number in April
    "Q6,00003,50,2026-03-01\n"  # placed and taken back in one month
    + "".join(f"R{at},0000{4 + at % 5},10,2026-0{1 + at % 5}-15\n" for at in range(80))
)
NOTES = "Q2,00001,-200,2026-03-20\nQ4,00002,-100,2026-04-15\n,00003,-20,2026-04-16\nQ6,00003,-50,2026-03-09\n"
APRIL = Month.parse("2026-04")


def _book(folder: Path, orders: str, **policies: Any) -> Portfolio:
    files = {"purchases.csv": HEAD + orders, "contracts.csv": None, "surveys.csv": None}
    mine = {"id": "mine", "name": "mine", "where": {"customer_id": ["00001", "00002", "00003"]}}
    segments = {"total": {"id": "total", "name": "all"}, "mine": mine}
    return Portfolio.open(export(folder, files, segments=segments, policies={**policies, "gross_margin": 1.0}), READ_ON)


def _figures(book: Portfolio, kpi: str, months: int = 3) -> list[tuple[str, float, float]]:
    rows = book.measure(APRIL, months, ("mine",), (kpi,))
    return list(zip(rows.month, rows.part, rows.whole, strict=True))


def test_a_note_is_set_aside_by_itself_and_leaves_its_order(tmp_path: Path) -> None:
    book = _book(tmp_path, ORDERS + NOTES)
    state = book.manifest.tables["purchases"]
    assert {claim.claim: claim.rows for claim in state.claims} == {"negative(amount)": 4}
    assert "credit_notes: net" in state.claims[0].sentence
    assert _figures(book, "repeat_purchase", 1) == [("2026-04", 3, 3)]


def test_an_order_counts_until_it_is_taken_back_whole(tmp_path: Path) -> None:
    book = _book(tmp_path, ORDERS + NOTES, credit_notes="net")
    assert book.manifest.tables["purchases"].set_aside == 0
    # 00001 has two orders until February; 00002 keeps both of its own; 00003's second is none at all
    assert _figures(book, "repeat_purchase") == [("2026-02", 2, 3), ("2026-03", 1, 3), ("2026-04", 1, 3)]


def test_revenue_falls_in_the_month_of_the_note(tmp_path: Path) -> None:
    rows = _book(tmp_path, ORDERS + NOTES, credit_notes="net").measure(APRIL, 3, ("mine",), ("ltv",))
    february = (100 + 200 + 300 + 400 + 50) / 3
    march = (100 + 300 + 400 + 50) / 3
    april = (100 + 300 + 300 + 50 - 20) / 3
    assert list(rows.value) == pytest.approx([february, march, april])


def test_lines_of_one_order_are_one_order(tmp_path: Path) -> None:
    lines = "Q1,00001,60,2026-03-05\nQ1,00001,40,2026-03-05\n" + ORDERS.partition("\n")[2]
    book = _book(tmp_path, lines, credit_notes="net")
    assert _figures(book, "repeat_purchase", 1) == [("2026-04", 3, 3)]
    alone = _book(tmp_path / "alone", lines.replace("Q2,00001,200,2026-01-10\n", ""), credit_notes="net")
    assert _figures(alone, "repeat_purchase", 1) == [("2026-04", 2, 3)]


def test_a_note_that_comes_in_later_changes_no_month_before(tmp_path: Path) -> None:
    then = _book(tmp_path / "then", ORDERS, credit_notes="net")
    now = _book(tmp_path / "now", ORDERS + NOTES, credit_notes="net")
    february = APRIL - 2
    for kpi in ("repeat_purchase", "ltv"):
        before, after = (book.measure(february, 2, ("total",), (kpi,)) for book in (then, now))
        assert before.equals(after)


def test_a_note_before_its_order_takes_back_what_it_says_once_the_order_is_placed(tmp_path: Path) -> None:
    """00001 pays 300 - 100 for an order of March, 00002 nothing for one of 100, 00003 10 less than it orders."""
    rows = (
        "Q1,00001,-100,2026-02-10\nQ1,00001,300,2026-03-05\nQ2,00001,50,2026-04-01\n"
        "Q3,00002,-100,2026-02-10\nQ3,00002,100,2026-03-05\nQ4,00002,50,2026-04-01\n"
        ",00003,-10,2026-01-31\nQ5,00003,50,2026-03-05\nQ6,00003,50,2026-04-01\n"
    )
    others = "".join(f"R{at},00004,10,2026-0{1 + at % 5}-15\n" for at in range(80))
    book = _book(tmp_path, rows + others, credit_notes="net")
    assert _figures(book, "repeat_purchase") == [("2026-02", 0, 0), ("2026-03", 0, 2), ("2026-04", 2, 3)]
    value = book.measure(APRIL, 2, ("mine",), ("ltv",)).value
    # what 00002 paid for its void order is nothing, so that in March two buyers stand for 200 + 0 + 40
    assert list(value) == pytest.approx([(200 + 0 + 40) / 2, (250 + 50 + 90) / 3])


@examples(20)
@given(order_books())
def test_the_twins_agree_on_any_orders_and_credit_notes(ledger: Ledger) -> None:
    of_orders = ("repeat_purchase", "ltv")
    measured = ledger.measure(LAST, MONTHS, of_orders)
    con = ledger.second_opinion(months_up_to(LAST, MONTHS))
    for kpi in of_orders:
        assert_agreed(con, kpi, measured)
