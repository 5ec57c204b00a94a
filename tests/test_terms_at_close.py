"""The end of a term that was known at a close, whatever came of the term and whenever it is read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from cslib.analysis.growth.renewals_ahead import ALL, renewals_ahead
from cslib.analysis.terms_at_close import terms_in_force, terms_so_far
from cslib.periods import Month
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    import pandas as pd

    from cslib.analysis.inquiry import Inquiry
    from tests.ledger import Row

LAST, CLOSE = Month.parse("2025-12"), Month.parse("2025-03")
YEAR = {"starts_on": date(2024, 7, 1), "ends_on": date(2025, 6, 30)}


def term(product: str = "core", months: int | None = 12, **more: object) -> Row:
    """Return a term of the one customer, of a year to the end of June 2025 if nothing else is said."""
    row = {**YEAR, "customer_id": "a", "product": product, "term_months": months, "mrr": Decimal(100), **more}
    return {**row, "contract_id": f"{product}-{row['starts_on']}"}


def book(*terms: Row) -> Ledger:
    return Ledger({"customers": [{"customer_id": "a"}], "contracts": list(terms)})


def known(*terms: Row, close: Month = CLOSE, as_read: bool = False) -> dict[str, str]:
    """Return the last day that was known at the close of each product held."""
    held = terms_in_force(terms_so_far(book(*terms).facts(LAST), LAST), close, as_read=as_read)
    days = held.ends_on.dt.strftime("%Y-%m-%d")
    return dict(zip(held["product"], days.where(days.notna(), ""), strict=True))


@pytest.mark.parametrize(
    "ends",
    [date(2025, 6, 30), date(2025, 5, 10), None, date(2026, 6, 30), date(2025, 12, 10)],
    ids=["as agreed", "left early", "open", "two years", "left in the second year"],
)
def test_what_came_of_a_term_is_not_known_before(ends: date | None) -> None:
    assert known(term(ends_on=ends)) == {"core": "2025-06-30"}


def test_a_term_that_runs_on_begins_another_length() -> None:
    assert known(term(ends_on=date(2026, 3, 31)), close=Month.parse("2025-08")) == {"core": "2026-06-30"}


def test_what_lies_behind_is_known() -> None:
    """It ended on 20 March, and is in force at the close since another followed within the days of grace."""
    ended = book(term(ends_on=date(2025, 3, 20)), term(starts_on=date(2025, 4, 2), ends_on=None)).under(grace_days=14)
    held = terms_in_force(terms_so_far(ended.facts(LAST), LAST), CLOSE)
    assert held.ends_on.dt.strftime("%Y-%m-%d").to_list() == ["2025-03-20"]


def test_a_change_of_price_is_foreseen_by_nobody() -> None:
    dearer = term(starts_on=date(2025, 4, 16), mrr=Decimal(150))
    cut = term(ends_on=date(2025, 4, 15))
    assert known(cut, dearer) == {"core": "2025-06-30"}
    assert known(cut, dearer, as_read=True) == {"core": "2025-06-30"}
    assert known(cut, dearer, close=Month.parse("2025-04")) == {"core": "2025-06-30"}


def test_a_notice_is_known_where_it_was_read_alone() -> None:
    leaves = term(ends_on=date(2025, 5, 10))
    assert known(leaves, as_read=True) == {"core": "2025-05-10"}
    assert known(term(ends_on=None), as_read=True) == {"core": ""}


def test_of_a_term_of_no_known_length_no_end_is_told_ahead() -> None:
    for ends in (date(2025, 6, 30), None):
        assert known(term(months=None, ends_on=ends)) == {"core": ""}
    assert known(term(months=None), as_read=True) == {"core": "2025-06-30"}


@pytest.mark.parametrize("ends", [date(2025, 6, 30), date(2025, 4, 20)])
def test_a_product_is_sold_to_end_with_the_contract(ends: date) -> None:
    assert known(term(), term("board", starts_on=date(2024, 11, 5), ends_on=ends))["board"] == "2025-06-30"


def test_a_product_that_is_agreed_for_its_own_length_keeps_it() -> None:
    own = term("board", starts_on=date(2024, 11, 5), ends_on=date(2025, 11, 4))
    assert known(term(), own)["board"] == "2025-11-04"


@pytest.mark.parametrize("ends", [date(2026, 1, 24), date(2025, 5, 1)])
def test_an_early_renewal_runs_for_its_own_length(ends: date) -> None:
    """The year to 31 January is followed a week before it is over."""
    before = term(starts_on=date(2024, 2, 1), ends_on=date(2025, 1, 31))
    assert known(before, term(starts_on=date(2025, 1, 25), ends_on=ends)) == {"core": "2026-01-24"}


def test_a_month_without_the_day_ends_with_its_last() -> None:
    half = term(months=6, starts_on=date(2024, 8, 31), ends_on=date(2025, 4, 10))
    assert known(half, close=Month.parse("2024-12")) == {"core": "2025-02-27"}  # 28 February is the day after


def asked(ledger: Ledger, *absent: str) -> Inquiry:
    """Return the question as of a close of which later data tell, without columns of the contracts."""
    facts = ledger.facts(CLOSE)
    manifest = facts.manifest
    contracts = manifest.tables["contracts"]
    kept = contracts.model_copy(update={"columns": tuple(one for one in contracts.columns if one not in absent)})
    tables = {**manifest.tables, "contracts": kept}
    facts.manifest = manifest.model_copy(update={"tables": tables, "last_month": str(LAST), "read_on": LAST.last_day})
    return inquiry_of(facts, CLOSE, "total")


def due(inquiry: Inquiry) -> pd.DataFrame:
    table = renewals_ahead(inquiry)
    return table[table.band == ALL].set_index("due_month")


def test_what_falls_due_in_a_past_year_is_what_was_agreed() -> None:
    table = due(asked(book(term(ends_on=date(2025, 5, 10)), term("board", months=None))))
    assert table.terms[table.terms > 0].to_dict() == {"2025-06": 1}


def test_without_lengths_nothing_is_known_to_fall_due() -> None:
    table = due(asked(book(term()), "term_months"))
    assert set(table.reason) == {"needs contracts.term_months"}
    assert table.terms.isna().all()
