"""Whom to ask to be a reference, who permits it, and who renewed without an outcome: on small books by hand, and the demo."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cslib.analysis.journey.reference_customers import ASK, LATELY, OFTEN, REST, reference_customers
from cslib.analysis.journey.references import PAST, references
from cslib.analysis.journey.renewed_without_outcome import renewed_without_outcome
from cslib.i18n import Wording
from cslib.inquiries import inquire
from cslib.kpis.reasons import EMPTY
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.tables import references as shown
from tests.ledger import Ledger, inquiry_of
from tests.test_journey import JUNE, weekly

if TYPE_CHECKING:
    from cslib.portfolio import Portfolio
    from tests.ledger import Row, Rows

JA, EN = Wording("ja"), Wording("en")
START = date(2025, 1, 1)
PAID = {"a": 100, "b": 300, "c": 500, "d": 900}
PERMITS = {**dict.fromkeys("adim", "named"), "b": "anonymous", "e": "refused"}
NAMES = pd.DataFrame({"customer_id": [*"abcdefghijklm"], "name": [f"Name {who}" for who in "abcdefghijklm"]})


def ask(who: str, on: date, answer: str | None = None) -> Row:
    """Return a request to a customer."""
    return {"customer_id": who, "asked_on": on, "kind": "call", "answer": answer}


# e refuses, f scores 8, g has no outcome, h a grave ticket; i was asked on 1 May, j three times within a year, k refused when it
# was asked last; l's 10 is over a year old, and m is no longer in use
ROWS: Rows = {
    "customers": [
        {"customer_id": who, "plan": "large", "csm": "Sato", "reference_permission": PERMITS.get(who, "not_asked"),
         "industry": "trade" if who < "g" else "health", "touch_model": "high" if who == "a" else "low"}
        for who in "abcdefghijklm"
    ],
    "contracts": [
        {"contract_id": who, "customer_id": who, "product": "core", "starts_on": START, "mrr": PAID.get(who, 10)}
        for who in "abcdefghijklm"
    ],
    "goals": [
        {"goal_id": who, "customer_id": who, "set_on": START, "achieved_on": None if who == "g" else date(2025, 3, 1),
         "confirmed_by_customer": who != "d"}
        for who in "abcdefghijklm"
    ],
    "surveys": [
        {"response_id": who, "customer_id": who, "kind": "nps", "score": 8 if who == "f" else 9,
         "responded_on": date(2024, 5, 31) if who == "l" else date(2025, 5, 1)}
        for who in "abcdefghijklm"
    ],
    "tickets": [{"ticket_id": "t", "customer_id": "h", "opened_at": datetime.fromisoformat("2025-06-01T09:00"), "severity": "urgent"}],
    "usage": weekly("m", date(2025, 1, 6), date(2025, 4, 20)),
    "reference_requests": [
        ask("i", date(2025, 5, 1), "agreed"), ask("k", date(2024, 10, 1), "refused"), ask("k", date(2024, 3, 1), "agreed"),
        *(ask("j", on, "agreed") for on in (date(2024, 8, 1), date(2024, 9, 1), date(2024, 12, 1))),
        ask("a", date(2024, 7, 1), "later"), ask("b", date(2025, 7, 1), "refused"),  # of July the close knows nothing
    ],
}  # fmt: skip
BOOK = Ledger(ROWS)


@pytest.fixture(scope="module")
def listed() -> pd.DataFrame:
    """Return the candidates of the book."""
    return reference_customers(BOOK.inquiry(JUNE, "total"))


@pytest.fixture(scope="module")
def groups() -> pd.DataFrame:
    """Return the groups of the book."""
    return references(BOOK.inquiry(JUNE, "total"))


def test_candidates_stand_in_the_order_in_which_to_ask(listed: pd.DataFrame) -> None:
    # named and confirmed, named, anonymous, not asked; whoever was asked too lately or too often comes last
    assert [*zip(listed.customer_id, listed.what, strict=True)] == [
        ("a", ASK), ("d", ASK), ("b", ASK), ("c", ASK), ("i", REST), ("j", REST),
    ]  # fmt: skip
    assert listed.why.to_list() == [
        "named confirmed_outcome", "named", "anonymous confirmed_outcome", "not_asked confirmed_outcome",
        f"named confirmed_outcome {LATELY}", f"not_asked confirmed_outcome {OFTEN}",
    ]  # fmt: skip


def test_rest_has_an_end(listed: pd.DataFrame) -> None:
    of = listed.set_index("customer_id")
    # 180 days after 1 May, and a year after the first of three requests; a was asked 364 days before the close
    assert of.rest_until.to_dict() == {**dict.fromkeys("abcd", ""), "i": "2025-10-28", "j": "2025-08-01"}
    assert of.asked_12m.to_dict() == {"a": 1, "b": 0, "c": 0, "d": 0, "i": 1, "j": 3}
    assert (of.last_asked["a"], of.answer["a"], of.months["a"]) == ("2024-07-01", "later", 6)


@pytest.mark.parametrize(("days", "what"), [(60, ASK), (61, REST)])
def test_the_policy_says_how_long_a_customer_rests(days: int, what: str) -> None:
    """I was asked 60 days before the close."""
    table = reference_customers(BOOK.under(reference_rest_days=days).inquiry(JUNE, "total"))
    assert table.set_index("customer_id").what["i"] == what


def test_without_requests_the_last_case_study_or_referral_stands_in() -> None:
    heard = [
        {"customer_id": who, "channel": channel, "posted_on": date(2025, 5, 1), "rating": 5.0}
        for who, channel in (("a", "case_study"), ("b", "referral"), ("d", "review"))
    ]
    ledger = BOOK.without("reference_requests").with_rows(voices=heard)
    inquiry = ledger.inquiry(JUNE, "total")
    table = reference_customers(inquiry).set_index("customer_id")
    assert set(table.index[table.what == REST]) == {"a", "b"}
    assert set(references(inquiry).query("part == 'rest'").reason) == {"needs reference_requests"}
    said = shown.candidate_table(table.reset_index(), NAMES, EN, stands_in=True).text
    assert EN.text("reference_stands_in") in said


def test_the_rate_is_of_those_that_have_said_so(groups: pd.DataFrame) -> None:
    rates: Any = groups[groups.part == "permission"].set_index(["by", "group"])
    every = rates.loc["all", ""]
    assert (every.customers, every.n, every["count"]) == (13, 6, 5)
    # Wilson's limits of 5 in 6
    assert (every.value, round(every.low, 4), round(every.high, 4)) == (5 / 6, 0.4365, 0.9699)
    assert (rates.loc["touch_model", "high"].n, rates.loc["touch_model", "low"].n) == (1, 5)
    assert rates.loc["touch_model", "high"].status == "small"
    assert rates.loc["outcome", "not_reached"].reason == EMPTY  # g alone, which was not asked
    (unasked,) = groups[groups.part == "not_asked"].value
    assert unasked == 7 / 13
    assert groups[groups.part == "rest"].set_index("by")["count"].to_dict() == {LATELY: 1, OFTEN: 1}


def test_the_pool_says_where_nobody_can_be_asked(groups: pd.DataFrame) -> None:
    """Nine pay 10, which is the lower two thirds: a to d are large; of e and f, small trade, nobody can be asked."""
    pool = groups[groups.part == "pool"].set_index(["group", "size"])
    assert pool["count"].to_dict() == {("trade", "large"): 4, ("trade", "small"): 0, ("health", "small"): 0}
    assert pool.customers.to_dict() == {("trade", "large"): 4, ("trade", "small"): 2, ("health", "small"): 7}
    page: Any = shown.pool_table(groups, EN)
    assert EN.text("pool_empty", customers=7) in page.html
    assert EN.text("pool_text", cells=3, empty=2) == page.text


def test_of_a_past_month_no_permission_is_known(demo_book: Portfolio) -> None:
    inquiry = inquire(demo_book, Month.parse("2026-03"), ["total"])
    table = references(inquiry)
    assert set(table.reason[table.part == "permission"]) == {PAST}
    candidates = reference_customers(inquiry)
    assert (candidates.permission == "").all()
    assert EN.text("reference_undated") in shown.candidate_table(candidates, NAMES, EN, stands_in=False).text
    assert EN.reason(PAST) in shown.permission_table(table, EN).text


@pytest.mark.parametrize(("table", "reason"), [("goals", "needs goals"), ("surveys", "needs surveys")])
def test_what_a_candidate_needs_is_said(table: str, reason: str) -> None:
    inquiry = BOOK.without(table).inquiry(JUNE, "total")
    assert reference_customers(inquiry).reason.to_list() == [reason]
    said = shown.candidate_table(reference_customers(inquiry), NAMES, EN, stands_in=False)
    assert table in said.text
    assert not said.html
    assert references(inquiry).query("part == 'pool'").reason.to_list() == [reason]


def test_outsiders_are_named_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = BOOK.facts(JUNE)
    monkeypatch.setattr(type(facts), "discreet", property(lambda _: True))
    inquiry = inquiry_of(facts, JUNE)
    for analysis in (reference_customers, renewed_without_outcome):
        assert set(analysis(inquiry).reason) == {HIDDEN}
    table = references(inquiry)
    assert (
        table[["customers", "n", "count", "value", "low", "high"]].isna().all(axis=None)
    )  # six have said so, one refused
    assert (table.group == "").all()


# renewed without an outcome


@pytest.fixture(scope="module")
def renewed() -> pd.DataFrame:
    """Return those who renewed without an outcome in a book of customers alike.

    Of twelve with an outcome nine hold x, of thirteen without one does. t, u and v renewed on 31 May; u has reached its goal
    since, v is not in use. w renewed long ago.
    """
    reached, others = [f"r{at:02d}" for at in range(12)], [f"o{at:02d}" for at in range(9)]
    holders = (*reached[:9], others[0])  # they pay as much as the others
    late = [("t", date(2025, 5, 31)), ("u", date(2025, 5, 31)), ("v", date(2025, 5, 31)), ("w", date(2024, 5, 31))]
    contracts = [
        {
            "contract_id": name,
            "customer_id": name,
            "product": "core",
            "starts_on": START,
            "mrr": 9 if name in holders else 10,
            "term_months": 12,
        }
        for name in (*reached, *others)
    ]
    contracts += [
        {
            "contract_id": f"{name}x",
            "customer_id": name,
            "product": "x",
            "starts_on": START,
            "mrr": 1,
            "term_months": 12,
        }
        for name in holders
    ]
    for who, ends in late:
        first: Row = {"customer_id": who, "product": "core", "mrr": 10, "term_months": 12}
        begun = ends.replace(year=ends.year - 1, month=6, day=1)
        contracts += [
            first | {"contract_id": f"{who}1", "starts_on": begun, "ends_on": ends},
            first | {"contract_id": f"{who}2", "starts_on": ends.replace(month=6, day=1), "ends_on": date(2027, 5, 31)},
        ]
    done = {**dict.fromkeys(reached, date(2025, 2, 1)), "u": date(2025, 6, 15)}
    names = [*reached, *others, *"tuvw"]
    rows: Rows = {
        "customers": [{"customer_id": name, "plan": "large", "industry": "trade"} for name in names],
        "contracts": contracts,
        "goals": [
            {"goal_id": f"g{name}", "customer_id": name, "set_on": START, "due_on": date(2025, 9, 1), "title": "Less waste",
             "achieved_on": done.get(name)}
            for name in (*reached, "t", "u")
        ],
        "usage": [*weekly("t", date(2025, 1, 6)), *weekly("u", date(2025, 1, 6))],
    }  # fmt: skip
    return renewed_without_outcome(Ledger(rows).inquiry(JUNE, "total")).set_index("customer_id")


def test_who_renewed_within_a_year_before_its_first_outcome_is_listed(renewed: pd.DataFrame) -> None:
    assert [*renewed.index] == ["t", "v", "u"]  # w renewed 13 months ago; u has had an outcome since
    assert set(renewed.renewed_on) == {"2025-05-31"}
    assert renewed.outcome_on.to_dict() == {"t": "", "v": "", "u": "2025-06-15"}
    assert (renewed.goal["t"], renewed.goal_due_on["t"], renewed.goal["v"]) == ("Less waste", "2025-09-01", "")
    assert renewed.due_on["t"] == "2027-05-31"


def test_who_is_not_in_use_is_helped_and_others_may_lack_what_goes_with_an_outcome(renewed: pd.DataFrame) -> None:
    assert (renewed.adopted["v"], renewed.what["v"]) == ("no", "help")
    row: Any = renewed.loc["t"]
    assert (row.adopted, row.what, row["product"], row.n) == ("yes", "product", "x", 13)
    # with an outcome 9 of 13 hold x, u among these; without one 1 of 12
    lift, error = (9 / 13) / (1 / 12), math.sqrt(1 / 9 - 1 / 13 + 1 / 1 - 1 / 12)
    assert row.lift == pytest.approx(lift)
    assert (row.low, row.high) == pytest.approx((lift * math.exp(-1.959964 * error), lift * math.exp(1.959964 * error)))


@pytest.mark.parametrize("wording", [JA, EN], ids=["ja", "en"])
def test_the_page_lists_those_without_an_outcome(renewed: pd.DataFrame, wording: Wording) -> None:
    people = pd.DataFrame({"customer_id": [*"tuv"], "name": ["Tea", "Ure", "Vee"]})
    page: Any = shown.renewed_table(renewed.reset_index(), people, wording)
    assert "Tea" in page.html
    assert "Ure" not in page.html  # has had an outcome since
    assert wording.text("renewed_help") in page.html
    assert wording.text("renewed_no_goal") in page.html
    assert page.text.startswith(("直近12か月", "3 customers"))


def test_without_goals_nobody_is_said_to_lack_an_outcome() -> None:
    table = renewed_without_outcome(BOOK.without("goals").inquiry(JUNE, "total"))
    assert table.reason.to_list() == ["needs goals"]


def test_the_list_and_the_groups_of_the_demo_agree(demo_book: Portfolio) -> None:
    inquiry = inquire(demo_book, Month.parse("2026-10"))
    groups, listed = inquiry.once(references), inquiry.once(reference_customers)
    for segment in inquiry.segments:
        mine, theirs = listed[listed.segment == segment], groups[groups.segment == segment]
        assert theirs[theirs.part == "pool"]["count"].sum() == (mine.what == ASK).sum()
        assert set(mine.permission) <= {"named", "anonymous", "not_asked"}
        assert (mine.nps >= 9).all()
