"""What CS costs beside what was kept and added: by hand on small ledgers, what is not told and why, what outsiders read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.costs import COLUMNS, costs
from cslib.analysis.effect.effect import effect
from cslib.analysis.inquiry import Inquiry
from tests.ledger import FIRST, Ledger, inquiry_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cslib.periods import Month
    from tests.ledger import Row

LAST = FIRST + 13  # 2025-02: the year from March 2024 on, of the customers of February
MONTHS = [FIRST + at for at in range(2, 14)]
ONES = ("a", "b", "c", "d")


def term(who: str, mrr: int, start: date = date(2024, 1, 1), end: date | None = None) -> Row:
    """Return a contract."""
    return {
        "contract_id": f"{who}{start}",
        "customer_id": who,
        "product": "core",
        "starts_on": start,
        "ends_on": end,
        "mrr": mrr,
    }


def book(**tables: list[Row]) -> Ledger:
    """Return four customers of 1 each a month, and what is spent on them: 1 a month, 12 a year."""
    held: dict[str, list[Row]] = {
        "customers": [{"customer_id": who, "plan": "large"} for who in ONES],
        "contracts": [term(who, 1) for who in ONES],
        "costs": [{"month": month.first_day, "kind": "cs", "amount": 1} for month in MONTHS],
    }
    return Ledger({**held, **tables}).under(min_n=2)


def told(of: Ledger, as_of: Month = LAST, segment: str = "total") -> pd.DataFrame:
    """Return the rows of a segment, by touch model."""
    return costs(of.inquiry(as_of, segment)).set_index("touch_model")


def test_the_break_even_is_what_was_spent_over_a_years_margin() -> None:
    row = told(book()).loc[""]
    assert row.cost == 12
    assert row["mrr"] == 4
    assert row.break_even == pytest.approx(12 / (0.7 * 12 * 4))  # 35.7 points
    assert row.kept == pytest.approx(0.7 * 4 * 12)
    assert row.added == 0
    assert row.ratio == pytest.approx(12 / (0.7 * 48))
    assert row.grr == 1
    assert row.cost_basis == "costs"
    assert row.verdict == "cannot_tell"


def test_what_was_kept_goes_up_to_what_was_paid_and_what_was_added_lies_above() -> None:
    """A pays 1 throughout; b pays 3 from September on; c is lost at the end of August; d pays half from December on; e came later."""
    contracts = [
        term("a", 100), term("b", 100, end=date(2024, 8, 31)), term("b", 300, date(2024, 9, 1)), term("c", 100, end=date(2024, 8, 30)),
        term("d", 100, end=date(2024, 11, 30)), term("d", 50, date(2024, 12, 1)), term("e", 1000, date(2024, 3, 1)),
    ]  # fmt: skip
    customers = [{"customer_id": who, "plan": "large"} for who in "abcde"]
    row = told(book(contracts=contracts, customers=customers)).loc[""]
    assert row.customers == 4
    # c at the closes of March to July; d at nine closes of 100 and three of 50
    assert row.kept == pytest.approx(0.7 * (1200 + 1200 + 500 + 900 + 150))
    assert row.added == pytest.approx(0.7 * 200 * 6)
    assert row.grr == pytest.approx((100 + 100 + 50) / 400)


def test_costs_outside_the_year_and_of_winning_customers_are_none() -> None:
    spent = [
        {"month": FIRST.first_day, "kind": "cs", "amount": 100}, {"month": MONTHS[0].first_day, "kind": "acquisition", "amount": 100},
        {"month": MONTHS[0].first_day, "kind": "support", "amount": 5}, {"month": MONTHS[-1].first_day, "kind": "cs", "amount": 7},
    ]  # fmt: skip
    assert told(book(costs=spent)).loc[""].cost == 12


TOUCHES: list[Row] = [
    {"customer_id": who, "kind": kind, "minutes": minutes, "occurred_on": day}
    for who, kind, minutes, day in (
        ("a", "call", 90, date(2024, 5, 1)), ("b", "meeting", 30, date(2025, 2, 28)), ("a", "faq", 600, date(2024, 5, 1)),
        ("c", "call", 600, date(2024, 2, 29)), ("c", "call", None, date(2024, 5, 1)),
    )
]  # fmt: skip


def test_without_costs_it_is_hours_of_people_times_what_one_costs() -> None:
    row = told(book(touches=TOUCHES).without("costs").under(hourly_cost=6)).loc[""]
    assert row.hours == 2
    assert row.cost == 12
    assert row.cost_basis == "hours"
    assert row.break_even == pytest.approx(12 / (0.7 * 12 * 4))


def two_plans(**tables: list[Row]) -> Ledger:
    """Return the same book with a segment of two customers in it."""
    return book(customers=[{"customer_id": who, "plan": "large" if who in "ab" else "small"} for who in ONES], **tables)


def test_a_segment_has_what_is_named_for_it() -> None:
    spent = [{"month": MONTHS[0].first_day, "kind": "cs", "amount": amount, "segment": name} for name, amount in (("large", 8), ("small", 3), (None, 1))]  # fmt: skip
    named = two_plans(costs=spent)
    assert told(named, segment="large").loc[""].cost == 8
    assert told(named).loc[""].cost == 12  # all of it


def test_a_segment_that_no_cost_names_has_its_share_of_hours() -> None:
    touches: list[Row] = [
        *TOUCHES,
        {"customer_id": "c", "kind": "email", "minutes": 120, "occurred_on": date(2024, 6, 1)},
    ]
    rows = told(two_plans(touches=touches), segment="small").loc[""]
    assert rows.cost == pytest.approx(12 * 2 / 4)
    assert rows.cost_basis == "share_of_hours"
    alone = told(two_plans(), segment="small").loc[""]
    assert np.isnan(alone.cost)
    assert np.isnan(alone.break_even)
    assert alone.kept == pytest.approx(0.7 * 24)
    assert alone.reason == "needs costs.segment"


def test_a_touch_model_is_that_of_the_start_and_has_its_share_of_hours() -> None:
    changed = [
        ("a", "high", date(2024, 1, 1), date(2024, 3, 31)),
        ("a", "low", date(2024, 4, 1), None),
        ("b", "low", date(2024, 1, 1), None),
    ]
    models = [
        {"customer_id": who, "kind": "touch_model", "value": value, "started_on": start, "ended_on": end}
        for who, value, start, end in changed
    ]
    rows = told(book(assignments=models, touches=TOUCHES).under(min_n=1))
    assert [*rows.index] == ["", "high", "low"]
    assert rows.cost.tolist() == pytest.approx([12, 12 * 1.5 / 2, 12 * 0.5 / 2])
    assert rows.customers.tolist() == [4, 1, 1]
    few = told(book(assignments=models, touches=TOUCHES)).loc["high"]
    assert few.reason.startswith("few_customers")
    assert np.isnan(few.kept)


def test_what_cannot_be_told_says_why() -> None:
    assert told(book(), as_of=FIRST + 5).loc[""].reason == "short: 5 of 12 months"
    assert told(book().without("contracts")).loc[""].reason == "needs contracts"
    assert told(book().without("costs")).loc[""].reason == "needs costs"
    assert told(book().under(min_n=5)).loc[""].reason.startswith("few_customers")
    gone = book(contracts=[term("a", 1, end=date(2024, 1, 30)), term("b", 1, date(2024, 6, 1))])
    assert told(gone).loc[""].reason.startswith("empty")
    assert [*costs(book().inquiry(LAST)).columns] == [*COLUMNS]


# what the effect of a programme is worth


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Callable[..., pd.DataFrame]:
    """Return what makes the costs of a book of which `effect` says the given."""

    def made(*rows: dict[str, Any], **settings: object) -> pd.DataFrame:
        given = [
            {"segment": "total", "name_ja": "研修", "name_en": "training", "reason": "", "participants": 10, **row}
            for row in rows
        ]
        once = Inquiry.once
        monkeypatch.setattr(Inquiry, "once", lambda self, of: pd.DataFrame(given) if of is effect else once(self, of))
        return costs(book().inquiry(LAST, "total", **settings))

    return made


def said(outcome: str, verdict: str, value: float = 0.1, programme: str = "training") -> dict[str, Any]:
    """Return a verdict on a programme."""
    return {
        "programme": programme,
        "outcome": outcome,
        "verdict": verdict,
        "value": value,
        "low": value / 2,
        "high": value * 2,
    }


def test_an_effect_in_money_is_worth_its_margin_over_the_months(judged: Callable[..., pd.DataFrame]) -> None:
    entry = ({"programme": "training", "hours_per_customer": 2},)
    table = judged(said("mrr_kept", "supported"), said("use", "supported"), programmes=entry)
    row = table[table.programme == "training"].iloc[0]
    assert row.worth == pytest.approx(0.1 * 10 * 1 * 0.7 * 6)
    assert row.worth_low == pytest.approx(row.worth / 2)
    assert row.worth_high == pytest.approx(row.worth * 2)
    assert row.programme_cost == 2 * 10 * 5000
    assert table.verdict.tolist() == ["supported", "supported"]


def test_fewer_losses_are_a_gain_that_grows_up_to_the_end(judged: Callable[..., pd.DataFrame]) -> None:
    row = judged(said("lost_12", "consistent", -0.1)).iloc[-1]
    assert row.worth == pytest.approx(0.1 * 10 * 1 * 0.7 * 12 / 2)
    assert row.worth_low == pytest.approx(row.worth / 2)


def test_of_anything_less_than_consistent_and_of_use_alone_no_worth_is_told(
    judged: Callable[..., pd.DataFrame],
) -> None:
    for rows in (
        [said("use", "supported")],
        [said("mrr_kept", "cannot_tell")],
        [said("mrr_kept", "supported", programme="*")],
    ):
        table = judged(*rows)
        assert [*table.programme] == [""]
        assert [*table.verdict] == ["cannot_tell"]


def test_a_programme_is_worth_one_outcome_alone(judged: Callable[..., pd.DataFrame]) -> None:
    table = judged(
        said("lost_6", "consistent", -0.1), said("mrr_retained", "consistent"), said("mrr_kept", "supported")
    )
    assert [*table.outcome] == ["", "mrr_retained"]


def test_outsiders_read_nothing_of_few_and_no_touch_models() -> None:
    customers = [{"customer_id": f"{at}", "plan": "small" if at < 3 else "large"} for at in range(20)]
    models = [
        {"customer_id": f"{at}", "kind": "touch_model", "value": "high", "started_on": date(2024, 1, 1)}
        for at in range(20)
    ]
    of = book(
        customers=customers, contracts=[term(f"{at}", 1) for at in range(20)], assignments=models, touches=TOUCHES[:0]
    ).under(min_n=5)
    inside = costs(of.inquiry(LAST))
    facts = of.facts(LAST)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    outside = costs(inquiry_of(facts, LAST)).set_index("segment")
    assert "high" in set(inside.touch_model)
    assert set(outside.touch_model) == {""}
    assert outside.reason["small"].startswith("hidden")
    assert np.isnan(outside.kept["small"])
    assert outside.kept.notna().sum() <= 1  # the total less the large would be the small
