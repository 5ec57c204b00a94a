"""Which contract terms fell due: changes in mid-term and cancelled open ends are no renewals, whatever way rows are written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from cslib.demo.calendar import demo_calendar
from cslib.demo.customers import customers as draw_customers
from cslib.demo.simulation import live
from cslib.engines import connect
from cslib.facts.renewals import due_terms, is_anniversary, whole_months
from cslib.kpis import CATALOGUE
from cslib.periods import Month, months_up_to
from tests.ledger import Ledger
from tests.second_opinion import assert_agreed
from tests.strategies import LAST, MONTHS, contract_books, examples

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.ledger import Row

END = Month.parse("2027-12")
ALL = months_up_to(END, 48)
MONTH_BY_MONTH = months_up_to(LAST, MONTHS)
DUE = ("renewal_rate", "renewed_without_outcome")
ON_TERMS = (*DUE, "long_term_share")


def term(starts_on: str, ends_on: str | None, months: int | None = 12, product: str = "core", mrr: int = 100) -> Row:
    """Return a contract of a customer: its last day of service, and the length that was agreed."""
    return {
        "contract_id": f"{product} {starts_on}",
        "product": product,
        "starts_on": date.fromisoformat(starts_on),
        "ends_on": date.fromisoformat(ends_on) if ends_on else None,
        "term_months": months,
        "mrr": mrr,
    }


def books(named: Mapping[str, Iterable[Row]], **policies: object) -> Ledger:
    """Return a book of one customer for each name, with these contracts, and each a segment of its own."""
    customers = [{"customer_id": name, "name": name, "plan": name} for name in named]
    contracts = [
        {**row, "customer_id": name, "contract_id": f"{name}/{row['contract_id']}"}
        for name, rows in named.items()
        for row in rows
    ]
    return Ledger({"customers": customers, "contracts": contracts, "goals": []}).under(**policies)


def book(*contracts: Row, **policies: object) -> Ledger:
    """Return a book of one customer with these contracts."""
    return books({"c": contracts}, **policies)


def due(ledger: Ledger) -> dict[str, dict[str, bool]]:
    """Return the contracts of each customer that fell due, and whether each was renewed; the twins have to agree."""
    con, measured = ledger.second_opinion(ALL), ledger.measure(END, len(ALL), DUE)
    for kpi in DUE:
        assert_agreed(con, kpi, measured)
    found: dict[str, dict[str, bool]] = {str(row["customer_id"]): {} for row in ledger.rows["customers"]}
    for row in ledger.facts(END)["renewals"].to_pyarrow().to_pylist():
        found[row["customer_id"]][row["contract_id"].partition("/")[2]] = row["replaced"]
    return found


Y1, Y2, Y3 = (
    term("2024-01-01", "2024-12-31"), term("2025-01-01", "2025-12-31"), term("2026-01-01", "2026-12-31"),
)  # fmt: skip
RENEWED = {"core 2024-01-01": True, "core 2025-01-01": True, "core 2026-01-01": False}

BOOKS: dict[str, tuple[tuple[Row, ...], dict[str, bool]]] = {
    "renewed year by year, at another price each time": (
        (Y1, {**Y2, "mrr": 110}, {**Y3, "mrr": 90}), RENEWED,
    ),
    "seats change in mid-term, the new row keeps the end": (
        (Y1, term("2025-01-01", "2025-05-31"), term("2025-06-01", "2025-12-31"), Y3),
        {"core 2024-01-01": True, "core 2025-06-01": True, "core 2026-01-01": False},
    ),
    "seats change in mid-term, the new row starts a full term": (
        (term("2024-01-01", "2024-05-31"), term("2024-06-01", "2025-05-31"), term("2025-06-01", "2026-05-31")),
        {"core 2024-06-01": True, "core 2025-06-01": False},
    ),
    "three changes in one term that keep the end": (
        (term("2024-01-01", "2024-02-29"), term("2024-03-01", "2024-08-14"), term("2024-08-15", "2024-10-31"),
         term("2024-11-01", "2024-12-31"), Y2),
        {"core 2024-11-01": True, "core 2025-01-01": False},
    ),
    "changes in each of two terms that keep the end": (
        (term("2024-01-01", "2024-02-29"), term("2024-03-01", "2024-12-31"), term("2025-01-01", "2025-08-31"),
         term("2025-09-01", "2025-12-31"), Y3),
        {"core 2024-03-01": True, "core 2025-09-01": True, "core 2026-01-01": False},
    ),
    "the full term after a change is changed again where the first one would have ended in another convention": (
        (term("2024-01-01", "2024-05-31"), term("2024-06-01", "2025-05-31"), term("2025-06-01", "2025-12-31"),
         term("2026-01-01", "2026-12-31")),
        {"core 2024-06-01": True, "core 2026-01-01": False},
    ),
    "a longer term from the renewal on, changed in its second year": (
        (term("2024-01-01", "2024-05-31"), term("2024-06-01", "2024-12-31"), term("2025-01-01", "2026-02-28", 24),
         term("2026-03-01", "2026-12-31", 24), term("2027-01-01", None, 24)),
        {"core 2024-06-01": True, "core 2026-03-01": True},
    ),
    "cancelled in mid-term": (
        (Y1, term("2025-01-01", "2025-05-31")), {"core 2024-01-01": True, "core 2025-01-01": False},
    ),
    "open-ended, cancelled later": ((term("2024-01-01", "2025-03-31", None),), {}),
    "open-ended, changed and cancelled": (
        (term("2024-01-01", "2024-05-31", None), term("2024-06-01", "2025-03-31", None)), {},
    ),
    "an end that nobody means": ((term("2024-01-01", "9999-12-31"),), {}),
    "a length that nobody means": ((term("2024-01-01", "2024-12-31", 0), Y2), {"core 2025-01-01": False}),
    "month by month": (
        (term("2024-01-31", "2024-02-28", 1), term("2024-02-29", "2024-03-28", 1), term("2024-03-29", "2024-04-28", 1)),
        {"core 2024-01-31": True, "core 2024-02-29": True, "core 2024-03-29": False},
    ),
    "a year from the leap day, to the 27th": (
        (term("2024-02-29", "2025-02-27"), term("2025-02-28", "2026-02-27")),
        {"core 2024-02-29": True, "core 2025-02-28": False},
    ),
    "a year from the leap day, to the 28th": (
        (term("2024-02-29", "2025-02-28"), term("2025-03-01", "2026-02-28")),
        {"core 2024-02-29": True, "core 2025-03-01": False},
    ),
    "a change in the year from the leap day": (
        (term("2024-02-29", "2024-06-30"), term("2024-07-01", "2025-02-28"), term("2025-03-01", "2026-02-28")),
        {"core 2024-07-01": True, "core 2025-03-01": False},
    ),
    "the plan is swapped in mid-term, and the new one keeps the end": (
        (term("2024-01-01", "2024-05-31", product="basic"), term("2024-06-01", "2024-12-31", product="pro"),
         term("2025-01-01", "2025-12-31", product="pro")),
        {"pro 2024-06-01": True, "pro 2025-01-01": False},
    ),
    "the plan is swapped in mid-term for a full term": (
        (term("2024-01-01", "2024-05-31", product="basic"), term("2024-06-01", "2025-05-31", product="pro"),
         term("2025-06-01", "2026-05-31", product="pro")),
        {"pro 2024-06-01": True, "pro 2025-06-01": False},
    ),
    "the plan is swapped at the end of the term": (
        (term("2024-01-01", "2024-12-31", product="basic"), term("2025-01-01", "2025-12-31", product="pro")),
        {"basic 2024-01-01": True, "pro 2025-01-01": False},
    ),
    "a product is added to end with the other": (
        (Y1, term("2024-06-01", "2024-12-31", product="board"), Y2, term("2025-01-01", "2025-12-31", product="board")),
        {"core 2024-01-01": True, "board 2024-06-01": True, "core 2025-01-01": False, "board 2025-01-01": False},
    ),
    "a product with a year of its own changes in mid-term": (
        (Y1, Y2, term("2024-06-01", "2025-02-28", product="board"), term("2025-03-01", "2025-05-31", product="board"),
         term("2025-06-01", "2026-05-31", product="board")),
        {"core 2024-01-01": True, "core 2025-01-01": False, "board 2025-03-01": True, "board 2025-06-01": False},
    ),
    "one of two products is dropped at the end of the term": (
        (Y1, term("2024-01-01", "2024-12-31", product="board"), Y2),
        {"core 2024-01-01": True, "board 2024-01-01": True, "core 2025-01-01": False},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, bool]]:
    """Return what fell due in each of the books."""
    return due(books({name: contracts for name, (contracts, _) in BOOKS.items()}))


@pytest.mark.parametrize("name", BOOKS)
def test_terms_that_fell_due_and_whether_they_were_renewed(name: str, found: dict[str, dict[str, bool]]) -> None:
    assert found[name] == BOOKS[name][1]


def test_an_early_renewal_is_not_the_day_after_and_a_late_one_needs_grace() -> None:
    early, late = (Y1, term("2024-12-20", "2025-12-19")), (Y1, term("2025-01-11", "2026-01-10"))
    assert due(books({"early": early, "late": late})) == {
        "early": {"core 2024-01-01": False, "core 2024-12-20": False},
        "late": {"core 2024-01-01": False, "core 2025-01-11": False},
    }
    assert due(book(*late, grace_days=10)) == {"c": {"core 2024-01-01": True, "core 2025-01-11": False}}


def test_a_billing_export_s_ends_are_first_days_without_service() -> None:
    contracts = (term("2024-01-01", "2024-06-01"), term("2024-06-01", "2025-01-01"), term("2025-01-01", "2026-01-01"))
    wanted = {"c": {"core 2024-06-01": True, "core 2025-01-01": False}}
    assert due(book(*contracts, contract_end="first_day_without")) == wanted


def test_renewals_without_an_outcome_are_counted_among_renewals_alone() -> None:
    changed = book(term("2024-01-01", "2024-05-31"), term("2024-06-01", "2024-12-31"), Y2)
    row = changed.measure(Month.parse("2024-12"), 1, ["renewed_without_outcome"]).iloc[0]
    assert (row.part, row.whole) == (1, 1)


def test_the_demo_s_contracts_fall_due_when_its_customers_decide() -> None:
    """Of terms of a known length; the generator keeps its own list of what it has decided, by customer and last day."""
    rng, months = np.random.default_rng(7), demo_calendar(Month.parse("2026-10"), 30)
    history = live(rng, draw_customers(rng, 300, months), months)
    decided = set(zip(history.due["customer"].tolist(), history.due["ends_on"].tolist(), strict=True))
    frame = pd.DataFrame(history.contracts).query("term_months > 0").reset_index()
    written = [
        {
            "customer_id": str(row["customer"]),
            "contract_id": str(row["index"]),
            "product": str(row["product"]),
            "starts_on": row["starts_on"].date(),
            "ends_on": row["ends_on"].date(),
            "term_months": row["term_months"],
            "mrr": 1,
        }
        for row in frame.to_dict("records")
    ]
    rows = {
        "customers": [{"customer_id": who} for who in {row["customer_id"] for row in written}],
        "contracts": written,
    }
    fell = set(due_terms(Ledger(rows).facts(Month.parse("2026-10")).terms).contract_id.to_pyarrow().to_pylist())
    over = [row for row in written if row["ends_on"] <= date(2026, 10, 31)]
    changed = [row for row in over if (int(row["customer_id"]), row["ends_on"]) not in decided]
    assert len(changed) > 100
    wrong = [
        row for row in over if (row["contract_id"] in fell) != ((int(row["customer_id"]), row["ends_on"]) in decided)
    ]
    # terms that begin after the 28th, for late renewals, end a few days short of their length there
    assert len(wrong) <= len(over) / 200


@examples(20)
@given(contract_books(12))
def test_the_twins_agree_on_any_contracts(ledger: Ledger) -> None:
    ledger = ledger.with_rows(goals=[])
    con, measured = ledger.second_opinion(MONTH_BY_MONTH), ledger.measure(LAST, MONTHS, ON_TERMS)
    for kpi in ON_TERMS:
        assert_agreed(con, kpi, measured)


# the length of terms


def _share(ledger: Ledger, month: str) -> tuple[float, float, float]:
    table = ledger.measure(Month.parse(month), 1, ["long_term_share"])
    row = table[table.segment == "total"].iloc[0]
    return row.part, row.whole, row.n


def test_an_open_end_that_is_cancelled_later_was_never_long() -> None:
    """Rows dated later change nothing: what ended in March 2026 was open in June 2025."""
    long, cancelled = term("2024-01-01", None, None, mrr=300), term("2024-01-01", "2026-03-31", None, "board", mrr=100)
    assert _share(book(long, cancelled), "2025-06") == (0, 0, 0)
    told = term("2024-01-01", None, 12, "report", mrr=50)
    monthly = term("2024-01-01", None, 1, "api", mrr=30)
    assert _share(book(long, cancelled, told, monthly), "2025-06") == (50, 80, 1)


def test_the_share_of_long_terms_needs_their_length() -> None:
    assert {"contracts.ends_on", "contracts.term_months"} <= set(CATALOGUE.by_id["long_term_share"].needs)
    for kpi in DUE:
        assert {"contracts.ends_on", "contracts.term_months"} <= set(CATALOGUE.by_id[kpi].needs)


@pytest.mark.parametrize("ends_on", ["2900-01-01", "9999-12-31"])
def test_an_end_that_nobody_means_is_an_open_end(ends_on: str) -> None:
    facts = book(term("2024-01-01", ends_on), term("2024-01-01", "2899-12-31", product="board")).facts(END)
    ends = {row["product"]: row["service_end"] for row in facts.terms.to_pyarrow().to_pylist()}
    assert ends == {"core": None, "board": date(2900, 1, 1)}


# months between days


def _asked(expression: ibis.Value) -> object:
    return connect().to_pyarrow(expression).as_py()


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2024-01-01", "2025-01-01", 12),
        ("2024-01-02", "2025-01-01", 11),
        ("2024-02-29", "2025-02-28", 12),
        ("2024-02-29", "2025-02-27", 11),
        ("2024-02-29", "2025-03-01", 12),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-01-31", "2024-02-28", 0),
        ("2023-12-15", "2024-01-14", 0),
        ("2023-12-15", "2024-01-15", 1),
    ],
)
def test_whole_months_between_days(start: str, end: str, months: int) -> None:
    assert _asked(whole_months(ibis.literal(start).cast("date"), ibis.literal(end).cast("date"))) == months


@pytest.mark.parametrize(
    ("start", "day", "months", "is_one"),
    [
        ("2024-01-01", "2025-01-01", 12, True),
        ("2024-01-01", "2026-01-01", 12, True),
        ("2024-01-01", "2025-01-02", 12, False),
        ("2024-01-01", "2025-07-01", 12, False),
        ("2024-01-01", "2024-01-01", 12, False),
        ("2024-02-29", "2025-02-28", 12, True),
        ("2024-02-29", "2025-03-01", 12, True),
        ("2024-02-29", "2025-03-02", 12, False),
        ("2024-02-29", "2028-02-28", 12, False),
        ("2024-02-29", "2028-02-29", 12, True),
        ("2024-01-31", "2024-03-01", 1, True),
        ("2024-03-28", "2024-05-01", 1, False),
        ("2024-01-29", "2024-03-01", 1, False),
    ],
)
def test_anniversaries(start: str, day: str, months: int, *, is_one: bool) -> None:
    first, found = ibis.literal(start).cast("date"), ibis.literal(day).cast("date")
    assert _asked(is_anniversary(found, first, ibis.literal(months))) is is_one
