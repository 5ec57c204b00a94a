"""The scenario as a chain: every gate by hand on a small book, who is stuck since when, and back from the goal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.chain.back_from_goal import FEW_LOST, NO_GOAL, NO_TERMS, ONE_SIDED, UNPARTED, UNRIPE
from cslib.analysis.chain.chain import COLUMNS, chain
from cslib.analysis.chain.customers import NONE_SUCH, chain_customers
from cslib.analysis.chain.gates import FURTHER, gates
from cslib.analysis.indicators import indicators
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.settings import Policies
from cslib.settings.gates import FIGURES, WITHOUT_LIMIT
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from tests.ledger import Row, Rows

JUNE = Month.parse("2025-06")
STAGES = ["setup", "usage", "satisfaction", "outcome"]
OPENED = datetime(2025, 4, 20, 9, 0)  # noqa: DTZ001 - of the reporting time zone
START, USE_SINCE = date(2024, 1, 1), date(2024, 6, 3)


def weekly(who: str, until: date = date(2025, 6, 29)) -> list[Row]:
    """Return a use in each week from June 2024 on: adopted at the close of that month and of all up to `until`."""
    days = (USE_SINCE + timedelta(days=7 * week) for week in range((until - USE_SINCE).days // 7 + 1))
    return [{"customer_id": who, "used_on": day, "feature": "report", "user_id": "u"} for day in days]


def term(who: str, starts: date = START, ends: date | None = None) -> Row:
    """Return a term of a year, or what its end says; a customer pays the more the later its letter."""
    return {"contract_id": f"{who}{starts}", "customer_id": who, "product": "core", "starts_on": starts, "ends_on": ends,
            "mrr": 10 * (1 + ord(who) - ord("a")), "term_months": 12}  # fmt: skip


def answer(who: str, score: int, on: date) -> Row:
    """Return an answer to the question of NPS."""
    return {"response_id": f"{who}{on}", "customer_id": who, "kind": "nps", "score": score, "responded_on": on}


def goal(who: str, on: date | None = None) -> Row:
    """Return a goal set at the start."""
    return {"goal_id": who, "customer_id": who, "level": "department", "set_on": START, "achieved_on": on}


RENEWED = [term(who, START, date(2024, 12, 31)) for who in "cdh"] + [term(who, date(2025, 1, 1)) for who in "cdh"]
ROWS: Rows = {
    "customers": [{"customer_id": who, "plan": "large"} for who in "abcdefgh"],
    "contracts": [*(term(who) for who in "abefg"), *RENEWED],
    # setup: all but d, who has one step open, and h, of whom nothing is known
    "milestones": [
        *({"customer_id": who, "milestone": "golive", "completed_on": date(2024, 3, 10)} for who in "abcdefg"),
        {"customer_id": "d", "milestone": "training"},
        {"customer_id": "a", "milestone": "party", "required": False},
    ],
    # usage: all but c since May, and h; c came back for two weeks
    "usage": [
        *(row for who in "abdefg" for row in weekly(who)), *weekly("c", date(2025, 4, 27)), *weekly("c")[-2:],
    ],
    # satisfaction: e scores 6, f has an urgent ticket open; g's answer is over a year old and was followed up
    "surveys": [
        answer("a", 7, date(2025, 5, 1)), answer("e", 8, date(2024, 9, 1)), answer("e", 6, date(2025, 2, 10)),
        answer("g", 3, date(2024, 6, 30)),
    ],
    "tickets": [{"ticket_id": "t", "customer_id": "f", "opened_at": OPENED, "severity": "urgent"}],
    "touches": [{"customer_id": who, "kind": "call", "occurred_on": date(2025, 2, 12)} for who in "eg"],
    # outcome: a, c, and d before it was ever in use
    "goals": [goal("a", date(2024, 9, 9)), goal("b"), goal("c", date(2025, 1, 15)), goal("d", date(2024, 4, 10))],
}  # fmt: skip
BOOK = Ledger(ROWS)


def of_total(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of all customers together, by gate."""
    return table[table.segment == "total"].set_index("gate")


def test_how_many_pass_each_gate_and_all_before_it() -> None:
    """Setup a b c e f g; usage a b d e f g; satisfaction a b c d g h; outcome a c d: through all of them a alone."""
    table = chain(BOOK.inquiry(JUNE))
    assert tuple(table.columns) == COLUMNS
    told = of_total(table)
    assert [*told.index] == STAGES
    assert [*told.whole] == [8] * 4
    assert [*told.passed] == [6, 6, 6, 3]
    assert [*told.passed_all_before] == [6, 5, 3, 1]  # abcefg, abefg, abg, a
    assert [*told.came] == [8, 6, 5, 3]
    assert [*told.value] == [6 / 8, 6 / 8, 6 / 8, 3 / 8]
    # Wilson's interval of 6 of 8, and of 1 of 8
    assert (told.low["setup"], told.high["setup"]) == pytest.approx((0.4093, 0.9285), abs=5e-5)
    assert (told.all_low["outcome"], told.all_high["outcome"]) == pytest.approx((0.0224, 0.4709), abs=5e-5)
    assert not told.breaks.any()


def test_out_of_order_by_gate() -> None:
    """Renewed at the end of 2024: c, d, h. Then d and h were not set up, h not in use, c and h without an outcome."""
    told = of_total(chain(BOOK.inquiry(JUNE)))
    assert [*told.renewed] == [3] * 4
    assert [*told.renewed_without] == [2, 1, 0, 2]
    assert told.early["outcome"] == 1  # d in April, in use since June
    assert told.early[:3].isna().all()
    assert of_total(chain(BOOK.inquiry(Month.parse("2025-12")))).renewed["usage"] == 0  # over twelve months ago


def test_who_is_stuck_where_and_since_when() -> None:
    table = chain_customers(BOOK.inquiry(JUNE, "total"))
    rows = [tuple(row) for row in table[["kind", "customer_id", "gate", "since", "mrr"]].itertuples(index=False)]
    assert rows == [
        ("stuck", "h", "setup", "2024-01", 80.0),
        ("stuck", "d", "setup", "2024-01", 40.0),
        ("stuck", "c", "usage", "2025-05", 30.0),
        ("stuck", "f", "satisfaction", "2025-04", 60.0),
        ("stuck", "e", "satisfaction", "2025-02", 50.0),
        ("stuck", "g", "outcome", "2025-06", 70.0),  # its answer of June 2024 counted until May
        ("stuck", "b", "outcome", "2024-06", 20.0),
        ("renewed_without_use", "h", "usage", "2024-12", 80.0),
        ("outcome_before_use", "d", "outcome", "2024-04", 40.0),
    ]
    assert set(table.reason) == {""}


def test_stuck_since_begins_anew_after_a_gap_in_the_contract() -> None:
    contracts = [one for one in ROWS["contracts"] if one["customer_id"] != "b"]
    gap = [term("b", START, date(2024, 10, 31)), term("b", date(2025, 2, 1))]
    table = chain_customers(BOOK.with_rows(contracts=[*contracts, *gap]).inquiry(JUNE, "total"))
    assert [*table.since[table.customer_id == "b"]] == ["2025-02"]


@pytest.mark.parametrize(
    ("gates_set", "passed"),
    [
        ({"usage": {"indicator": "adoption", "limit": 5}}, [6, 0, 6, 3]),  # of four weeks
        ({"usage": "complaint_free"}, [6, 7, 6, 3]),  # all but f; e was heard
        ({"setup": {"indicator": "onboarding_days", "limit": 68}}, [0, 6, 6, 3]),  # 69 days until 10 March
        ({"setup": {"indicator": "onboarding_days", "limit": 69}}, [6, 6, 6, 3]),
        ({"satisfaction": "recent_nps"}, [6, 6, 1, 3]),  # a alone; who has not answered has not passed
        (
            {"satisfaction": {"indicator": "recent_nps", "limit": 6, "otherwise": "adoption"}},
            [6, 6, 6, 3],
        ),  # all but c, h
        ({"outcome": {"indicator": "customers.size", "limit": 4}}, [6, 6, 6, 2]),
    ],
)
def test_a_gate_goes_by_what_the_settings_say(gates_set: dict[str, Any], passed: list[int]) -> None:
    sized = [{**row, "size": str(place)} for place, row in enumerate(ROWS["customers"], -2)]
    book = BOOK.with_rows(customers=sized).under(gates=gates_set, indicators={"size": "higher"})
    assert [*of_total(chain(book.inquiry(JUNE))).passed] == passed


@pytest.mark.parametrize(
    ("absent", "stage", "reason"),
    [
        ("milestones", "setup", "needs milestones"),
        ("usage", "usage", "needs usage"),
        ("surveys", "satisfaction", "needs surveys"),
        ("tickets", "satisfaction", "needs tickets"),
        ("goals", "outcome", "needs goals"),
    ],
)
def test_the_chain_goes_on_without_a_gate_that_the_source_lacks(absent: str, stage: str, reason: str) -> None:
    told, whole = (of_total(chain(book.inquiry(JUNE))) for book in (BOOK.without(absent), BOOK))
    assert (told.verdict[stage], told.reason[stage]) == ("cannot_tell", reason)
    assert told.loc[stage, ["passed", "passed_all_before", "came", "value", "breaks"]].isna().all()
    others = [one for one in STAGES if one != stage]
    assert [*told.passed[others]] == [*whole.passed[others]]
    assert told.came[others[0]] == 8
    listed = chain_customers(BOOK.without(absent).inquiry(JUNE, "total"))
    assert stage not in set(listed.gate)


def test_without_contracts_nobody_stands_anywhere() -> None:
    table, listed = (make(BOOK.without("contracts").inquiry(JUNE)) for make in (chain, chain_customers))
    assert table.reason.str.startswith("needs contracts").all()
    assert listed.reason.str.startswith("needs contracts").all()
    assert listed.customer_id.isna().all()
    assert table.passed.isna().all()


def test_who_is_not_under_contract_is_in_no_chain() -> None:
    ended = BOOK.with_rows(contracts=[term("a", START, date(2024, 12, 31))]).inquiry(JUNE)
    told = of_total(chain(ended))
    assert set(told.whole) == {0}
    assert set(told.reason) == {"empty: nobody and nothing to measure"}
    assert told.value.isna().all()
    assert set(chain_customers(ended).reason) == {"empty: nobody and nothing to measure"}


def test_without_terms_no_renewal_is_known_and_none_such_is_said() -> None:
    facts = BOOK.facts(JUNE)
    state = facts.manifest.tables["contracts"]
    columns = tuple(name for name in state.columns if name != "term_months")
    held = {**facts.manifest.tables, "contracts": state.model_copy(update={"columns": columns})}
    facts.manifest = facts.manifest.model_copy(update={"tables": held})
    listed = chain_customers(inquiry_of(facts, JUNE, "total"))
    assert [*listed.reason[listed.kind == "renewed_without_use"]] == ["needs contracts.term_months"]
    assert of_total(chain(inquiry_of(facts, JUNE))).renewed.isna().all()
    unused = chain_customers(BOOK.with_rows(goals=[goal("a", date(2025, 1, 9))]).inquiry(JUNE, "total"))
    assert [*unused.reason[unused.kind == "outcome_before_use"]] == [NONE_SUCH]


def test_a_month_that_usage_does_not_tell_is_no_gate() -> None:
    facts = BOOK.facts(JUNE)
    untold = {"usage": {"2025-06": date(2025, 5, 31)}}
    facts.manifest = facts.manifest.model_copy(update={"untold": untold})
    told = of_total(chain(inquiry_of(facts, JUNE)))
    assert told.reason["usage"] == "ends usage 2025-05-31"
    assert [*told.came.dropna()] == [8, 6, 4]  # setup a b c e f g, satisfaction a b c g, outcome a c


# where it breaks


def many(*kept: tuple[int, int], grown: float = 0.0, **rows: list[Row]) -> Ledger:
    """Return customers that were set up and that were not, ((kept, of), (kept, of)); the others are lost in July 2024.

    Those kept of the first pay `grown` more than 10 from 2025 on.
    """
    customers, contracts, milestones = [], [], []
    for side, (stay, of) in enumerate(kept):
        for place in range(of):
            name = f"{side}-{place:03}"
            ends = None if place < stay else date(2024, 7, 31)
            base = {"customer_id": name, "product": "core", "starts_on": START}
            customers.append({"customer_id": name, "plan": "large"})
            contracts.append({**base, "ends_on": ends, "mrr": 10})
            if grown and ends is None and side == 0:
                contracts.append({**base, "product": "more", "starts_on": date(2025, 1, 1), "mrr": grown})
            if side == 0:
                milestones.append({"customer_id": name, "milestone": "golive", "completed_on": date(2024, 1, 10)})
    return Ledger({"customers": customers, "contracts": contracts, "milestones": milestones, **rows})


def test_the_gate_that_stands_out_is_named() -> None:
    """Of 60 all but 5 are set up; of these 55 only 15 have an outcome: 40 of 55 stop there, against 5 of 60."""
    goals = [goal(f"0-{place:03}", date(2024, 2, 1)) for place in range(15)]
    book = many((55, 55), (5, 5), goals=goals)
    told = of_total(chain(book.inquiry(JUNE)))
    assert [*told.came.dropna()] == [60, 55]
    assert [*told.breaks.dropna()] == [False, True]
    # 7 of 60 against 9 of 53: chance
    goals = [goal(f"0-{place:03}", date(2024, 2, 1)) for place in range(44)]
    assert not of_total(chain(many((53, 53), (7, 7), goals=goals).inquiry(JUNE))).breaks.any()


# back from the goal

KGI: Row = {"id": "total", "name": "All"}


def back(book: Ledger, kgi: str = "customer_retention", target: float = 0.72, as_of: Month = JUNE) -> pd.Series[Any]:
    """Return the row of the gate of setup, of all customers together under a goal."""
    total = {**KGI, "kgi": {"kpi": kgi, "target": target}, "targets": {"onboarding_completion": {"target": 0.9}}}
    large = {"id": "large", "name": "Large", "where": {"plan": "large"}}
    table = chain(book.inquiry(as_of, segments=(total, large)))
    (row,) = (row for _place, row in of_total(table).loc[["setup"]].iterrows())
    return row


@pytest.mark.parametrize(
    ("kgi", "target", "goal_kept", "kept", "share"),
    [
        # 32 of 40 kept past the gate, 16 of 40 of the others: 0.8 g + 0.4 (1 - g) = 0.72
        ("customer_retention", 0.72, 0.72, (0.8, 0.4), 0.8),
        ("customer_churn", 1 - 0.72 ** (1 / 12), 0.72, (0.8, 0.4), 0.8),
        ("grr", 0.72, 0.72, (0.8, 0.4), 0.8),  # what they pay more does not count
        ("nrr", 1.04, 1.04, (1.2, 0.4), 0.8),  # 32 x 15 of 400
    ],
)
def test_the_share_that_goes_with_the_goal(
    kgi: str, target: float, goal_kept: float, kept: tuple[float, float], share: float
) -> None:
    row = back(many((32, 40), (16, 40), grown=5), kgi, target)
    assert (row.kgi, row.goal) == (kgi, pytest.approx(goal_kept))
    assert (row.months, row.customers, row.lost) == (
        6,
        80,
        8 + 24,
    )  # January to June 2024, whose twelve months are over
    assert (row.kept_with, row.kept_without) == pytest.approx(kept)
    assert row.needed == pytest.approx(share)
    assert 0 <= row.needed_low < share < row.needed_high <= 1
    assert (row.verdict, row.reason) == ("needed", "")
    assert row.value == 32 / 48  # today, of those still there
    assert (row.target_kpi, row.target) == ("onboarding_completion", 0.9)


@pytest.mark.parametrize(
    ("book", "target", "verdict", "reason"),
    [
        (many((32, 40), (16, 40)), 0.9, "out_of_reach", ""),
        (many((32, 40), (16, 40)), 0.3, "met", ""),
        (many((16, 40), (32, 40)), 0.7, "other_way", ""),
        (many((32, 40), (30, 40)), 0.78, "cannot_tell", UNPARTED),
        (many((38, 40), (33, 40)), 0.9, "cannot_tell", FEW_LOST),  # nine
        (many((20, 40), (0, 0)), 0.7, "cannot_tell", ONE_SIDED),
        (many((40, 40), (40, 40)), 0.7, "cannot_tell", FEW_LOST),  # a year without a loss
        (many((1, 1), (1, 1)), 0.7, "cannot_tell", FEW_LOST),
    ],
)
def test_where_no_share_can_be_named_it_is_said(book: Ledger, target: float, verdict: str, reason: str) -> None:
    row = back(book, target=target)
    assert (row.verdict, row.reason) == (verdict, reason)
    assert np.isnan([row.needed, row.needed_low, row.needed_high]).all()


def test_without_a_goal_of_its_kind_or_a_year_behind_it_nothing_is_reckoned_back() -> None:
    book = many((32, 40), (16, 40))
    assert back(book, "csat", 0.9).reason == NO_TERMS
    assert of_total(chain(book.inquiry(JUNE))).reason["setup"] == NO_GOAL
    young = back(book, as_of=Month.parse("2024-12"))
    assert (young.reason, young.passed) == (UNRIPE, 32)


def test_the_two_sides_add_up_to_the_figure_of_the_kpi() -> None:
    """Of one matured month: share past it x kept + the others x kept = the retention of a year; who returned was kept."""
    book = many((9, 14), (11, 26))
    returned = {"customer_id": "1-020", "product": "core", "starts_on": date(2024, 12, 1), "mrr": 10}
    book = book.with_rows(contracts=[*book.rows["contracts"], returned])
    month = Month.parse("2025-01")
    row = back(book, as_of=month)
    measured = book.measure(month, kpis=["customer_retention"]).set_index("segment").value["total"]
    assert row.kept_with * 14 / 40 + row.kept_without * 26 / 40 == pytest.approx(measured) == 21 / 40
    assert row.lost == 5 + 14


def test_what_comes_after_the_month_changes_nothing() -> None:
    for month in (Month.parse("2025-02"), Month.parse("2024-07")):
        for make in (chain, chain_customers):
            then = make(inquiry_of(BOOK.facts(month, known=month), month))
            pd.testing.assert_frame_equal(then, make(BOOK.inquiry(month)))


# outsiders


def for_outsiders(book: Ledger) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the chain and its customers as outsiders are told of them."""
    facts = book.facts(JUNE)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    return chain(inquiry_of(facts, JUNE)), chain_customers(inquiry_of(facts, JUNE))


def test_outsiders_are_told_of_nobody_where_few_stand() -> None:
    table, listed = for_outsiders(BOOK)
    assert table.select_dtypes("number").drop(columns=["goal", "target"]).isna().all().all()
    assert set(table.reason) == {HIDDEN}
    assert set(listed.reason) == {HIDDEN}
    assert listed.customer_id.isna().all()


def test_outsiders_are_told_of_many_but_not_what_each_pays() -> None:
    table, listed = for_outsiders(many((30, 30), (20, 20)))
    assert [*of_total(table).loc["setup", ["passed", "whole"]]] == [30, 50]
    assert listed.customer_id.notna().sum() == 2 * 20  # of the total, and of the one segment that is all of it
    assert listed.mrr.isna().all()


def test_few_can_not_be_derived_from_other_segments() -> None:
    """Fifty in all, three of another plan: what is told of the total and of the large would tell of the three."""
    book = many((30, 30), (20, 20))
    plans = [{**row, "plan": "small" if row["customer_id"] in {"0-001", "1-001", "1-002"} else "large"}
             for row in book.rows["customers"]]  # fmt: skip
    table, listed = for_outsiders(book.with_rows(customers=plans))
    shown = set(table.segment[table.passed.notna()])
    assert "small" not in shown
    assert len(shown & {"total", "large"}) == 1
    assert listed.customer_id.isna().all()


# settings


def test_a_gate_may_go_by_every_indicator_and_by_what_says_where_a_customer_stands() -> None:
    known = {one.id: one for one in (*indicators(Policies()), *FURTHER)}
    assert set(FIGURES) == set(known)
    assert set(WITHOUT_LIMIT) == {name for name, one in known.items() if one.limit is None}


def test_the_default_gates_are_those_of_the_scenario() -> None:
    told = [(gate.indicator.id, gate.limit, gate.otherwise and gate.otherwise.id) for gate in gates(Policies())]
    assert told == [
        ("onboarding_completion", 1, None), ("adoption", 3, None), ("recent_nps", 7, "complaint_free"),
        ("customers_with_outcome", 1, None),
    ]  # fmt: skip
    strict = Policies.model_validate({"adoption_weeks": {"active": 4, "of": 4}})
    assert gates(strict)[1].limit == 4
