"""The customers' journey: each gate and phase by hand on a small book, and what a page says of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.journey.customers import journey_customers
from cslib.analysis.journey.journey import COLUMNS, COUNTS, SMALL, journey
from cslib.i18n import Wording
from cslib.inquiries import inquire
from cslib.kpis.reasons import EMPTY
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.stats import km_quantile
from cslib.tables import journey as shown
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from cslib.portfolio import Portfolio
    from tests.ledger import Row, Rows

JUNE = Month.parse("2025-06")
JA, EN = Wording("ja"), Wording("en")
PHASE_DAYS = {"onboarding": 90, "adoption": 60, "value": 180}
TYPED = ["onboarding", "adoption", "value", "renewal", "growth"]


def term(who: str, starts: date, ends: date | None = None, **more: object) -> Row:
    """Return a term of a year; a customer pays the more the later its letter."""
    return {"contract_id": f"{who}{starts}", "customer_id": who, "product": "core", "starts_on": starts, "ends_on": ends,
            "mrr": 10 * (1 + ord(who[0]) - ord("a")), "term_months": 12, **more}  # fmt: skip


def weekly(who: str, since: date, until: date = date(2025, 6, 29)) -> list[Row]:
    """Return a use in each week between two days."""
    days = (since + timedelta(days=7 * week) for week in range((until - since).days // 7 + 1))
    return [{"customer_id": who, "used_on": day, "feature": "report", "user_id": "u"} for day in days]


def done(who: str, on: date | None) -> Row:
    """Return the one required step of a customer."""
    return {"customer_id": who, "milestone": "golive", "completed_on": on}


def goal(who: str, on: date | None) -> Row:
    """Return a goal set at the beginning of 2024."""
    return {"goal_id": who, "customer_id": who, "level": "department", "set_on": date(2024, 1, 1), "achieved_on": on}


# a and b are in onboarding, c in adoption, d and l in value, e in renewal, f and g in growth; h was lost in adoption, i and j
# consider to buy, and k did so too long ago
ROWS: Rows = {
    "customers": [{"customer_id": who, "plan": "large" if who < "e" else "small", "csm": "Sato"} for who in "abcdefghijkl"],
    "contracts": [
        term("a", date(2025, 6, 1)), term("b", date(2025, 3, 1)), term("c", date(2025, 5, 1)),
        term("d", date(2024, 6, 1), date(2025, 5, 31)), term("d", date(2025, 6, 1)),
        term("e", date(2025, 1, 1)),
        term("f", date(2024, 1, 1), date(2024, 12, 31)), term("f", date(2025, 1, 1), date(2025, 9, 28)),
        term("g", date(2024, 2, 1), term_months=None), term("h", date(2024, 2, 1), date(2024, 9, 30)),
        term("i", date(2025, 6, 10), date(2025, 7, 9), trial=True), term("l", date(2025, 1, 1)),
    ],
    "milestones": [
        done("a", None), done("b", None), done("c", date(2025, 5, 20)), done("d", date(2024, 7, 1)), done("e", date(2025, 1, 10)),
        done("f", date(2024, 2, 1)), done("g", date(2024, 2, 15)), done("h", date(2024, 3, 1)), done("l", None),
    ],
    "usage": [
        *weekly("d", date(2024, 6, 3)), *weekly("e", date(2025, 1, 6)), *weekly("f", date(2024, 1, 1)),
        *weekly("g", date(2025, 1, 6), date(2025, 4, 27)), *weekly("l", date(2025, 1, 6)),
    ],
    "goals": [
        goal("d", None), goal("e", date(2025, 3, 15)), goal("f", date(2024, 5, 1)), goal("g", date(2024, 3, 1)), goal("h", None),
    ],
    "proposals": [
        {"proposal_id": who, "customer_id": who, "kind": "upsell", "opened_on": on, "status": "open"}
        for who, on in (("j", date(2025, 5, 1)), ("k", date(2025, 4, 1)), ("a", date(2025, 6, 2)))
    ],
    "surveys": [
        {"response_id": who, "customer_id": who, "kind": kind, "score": score, "responded_on": date(2025, 5, 5)}
        for who, kind, score in (("d", "nps", 3), ("f", "nps", 9), ("g", "csat", 5))
    ],
    "tickets": [{"ticket_id": "t", "customer_id": "d", "opened_at": datetime.fromisoformat("2025-05-10T09:00"), "severity": "high"}],
    "touches": [
        {"customer_id": "d", "kind": kind, "occurred_on": date(2025, 5, day), "minutes": minutes}
        for kind, day, minutes in (("meeting", 8, 90.0), ("faq", 9, None), ("faq", 20, None))
    ],
}  # fmt: skip
BOOK = Ledger(ROWS).under(phase_days=PHASE_DAYS)


def phases(ledger: Ledger, *segments: str) -> pd.DataFrame:
    """Return the rows of all customers, or of a segment, by phase."""
    return journey(ledger.inquiry(JUNE, *(segments or ("total",)))).set_index("phase")


@pytest.fixture(scope="module")
def told() -> pd.DataFrame:
    """Return the journey of the book."""
    return phases(BOOK)


@pytest.fixture(scope="module")
def each() -> pd.DataFrame:
    """Return the customers of the book by their id."""
    return journey_customers(BOOK.inquiry(JUNE, "total")).set_index("customer_id")


def test_everybody_is_in_the_phase_before_the_first_gate_that_it_has_not_passed(each: pd.DataFrame) -> None:
    assert each.phase.to_dict() == {
        "a": "onboarding", "b": "onboarding", "c": "adoption", "d": "value", "l": "value", "e": "renewal", "f": "growth",
        "g": "growth", "i": "consideration", "j": "consideration",
    }  # fmt: skip


def test_each_gate_has_its_day(each: pd.DataFrame) -> None:
    gates = each.loc[[*"bcdefgl"], ["start", "onboarded", "adopted", "value", "renewed"]]
    assert gates.to_numpy().tolist() == [
        ["2025-03-01", "", "", "", ""],
        ["2025-05-01", "2025-05-20", "", "", ""],
        ["2024-06-01", "2024-07-01", "2024-07-31", "", ""],  # the second close: four weeks of use at that of June, too
        ["2025-01-01", "2025-01-10", "2025-02-28", "2025-03-15", ""],
        ["2024-01-01", "2024-02-01", "2024-02-29", "2024-05-01", "2024-12-31"],
        ["2024-02-01", "2024-02-15", "2025-02-28", "2024-03-01", "2025-01-31"],  # open: renewed at its twelfth close
        ["2025-01-01", "2025-02-28", "2025-02-28", "", ""],  # never completed its steps: use proves it
    ]


def test_the_days_in_a_phase_are_counted_from_the_last_gate_before_it(each: pd.DataFrame) -> None:
    # 30 + 30 + 31 + 30 from the first of March; the last day of July to that of June; from 20 May and 10 June
    assert each.days[[*"bdci"]].to_list() == [121, 334, 41, 20]
    assert each.since[[*"bdcij"]].to_list() == ["2025-03-01", "2024-07-31", "2025-05-20", "2025-06-10", "2025-05-01"]
    assert each.gate[[*"bcdefi"]].to_list() == ["onboarded", "adopted", "value", "renewed", "", "start"]


def test_what_holds_of_a_customer_is_told_in_words(each: pd.DataFrame) -> None:
    # f's term ends 90 days after the close; g was last in use in April; d renewed in May without an outcome
    held = {who: why for who, why in each.why.items() if why}
    assert held == {"b": "stuck", "d": "stuck renewed_without_outcome", "f": "due", "g": "slipping"}
    assert each.out_of_order[each.out_of_order != ""].to_dict() == {"g": "value renewed"}
    assert [*each.index[:2]] == ["d", "b"]  # who is stuck and pays most comes first


def test_customers_are_counted_by_phase_with_what_they_pay(told: pd.DataFrame) -> None:
    assert told.customers.to_dict() == {"consideration": 2, **dict(zip(TYPED, (2, 1, 2, 1, 2), strict=True))}
    assert told.mrr[TYPED].to_list() == [10 + 20, 30, 40 + 120, 50, 60 + 70]
    assert told.stuck[TYPED[:3]].to_list() == [1, 0, 1]
    assert told.stuck_mrr[TYPED[:3]].to_list() == [20, 0, 40]
    assert told.limit_days[TYPED[:3]].to_list() == [90, 60, 180]
    assert (told.limit_from[TYPED[:3]] == "policy").all()
    assert told.slipping[TYPED].to_list() == [0, 0, 0, 0, 1]
    assert told.due[TYPED].to_list() == [0, 0, 0, 0, 1]
    assert told.renewed_without_outcome["value"] == 1
    assert (told.out_of_order["value"], told.ever_passed["value"]) == (1, 3)
    assert told.status[TYPED].to_list() == [SMALL] * 5


def test_who_came_and_went_is_of_the_year(told: pd.DataFrame) -> None:
    # a, b, c, e and l began; c, d (on 1 July), e and l were onboarded; h was lost in adoption at the end of September
    assert [*told.loc["onboarding", ["entered", "passed", "lost"]]] == [5, 4, 0]
    assert [*told.loc["adoption", ["entered", "passed", "lost"]]] == [4, 4, 1]
    assert pd.isna(told.passed["growth"])


def test_the_days_of_a_phase_are_estimated_with_the_open_and_the_lost(told: pd.DataFrame) -> None:
    # 9, 14, 19, 29, 30, 31 and 58 days, and open for 29 and 121: after 29 days 5/9 are there, after 30 5/9 * 3/4
    assert [*told.loc["onboarding", ["stays", "median_days"]]] == [9, 30]
    # and 5/9 * 2/4 after 31, 5/9 * 1/4 after 58
    assert told.p75_days["onboarding"] == 58
    assert told.median_days.isna()[["consideration", "growth"]].all()


def test_how_content_they_are_is_of_those_in_the_phase_now(told: pd.DataFrame) -> None:
    assert told.loc[["value", "growth"], "nps"].to_list() == [-1, 1]
    assert told.loc[["value", "growth"], "nps_n"].to_list() == [1, 1]
    assert (told.csat["growth"], told.csat_n["growth"]) == (1, 1)
    assert told.nps.isna()[["onboarding", "adoption", "renewal"]].all()


def test_tickets_and_touches_are_by_the_phase_at_each_close(told: pd.DataFrame) -> None:
    # in value were d at twelve closes, l at five, and e at that of February
    assert [*told.loc["value", ["ticket_months", "touch_months"]]] == [18, 18]
    assert told.grave_tickets["value"] == pytest.approx(1 / 18)
    assert told.hours_meeting["value"] == pytest.approx(1.5 / 18)
    assert told.self_service["value"] == pytest.approx(2 / 18)
    assert told.grave_tickets["growth"] == 0


def test_segments_share_the_limits_and_hold_their_own_customers() -> None:
    small = phases(BOOK, "small")
    assert small.customers[TYPED].to_list() == [0, 0, 1, 1, 2]
    assert small.reason["onboarding"] == EMPTY
    assert small.limit_days["onboarding"] == 90


def test_without_a_policy_the_limit_is_what_three_in_four_need() -> None:
    """Twenty were onboarded after 1 to 20 days; x is not after 17: by day 16, 5 of 21 are left, which is under a quarter."""
    names = [f"a{at:02d}" for at in range(20)]
    starts = date(2025, 1, 1)
    contracts = [term(name, starts) for name in names] + [term("x", date(2025, 6, 13))]
    steps = [done(name, starts + timedelta(days=at + 1)) for at, name in enumerate(names)] + [done("x", None)]
    customers = [{"customer_id": name, "plan": "large"} for name in (*names, "x")]
    rows = {
        "customers": customers,
        "contracts": contracts,
        "milestones": steps,
        "usage": weekly("x", date(2025, 6, 28)),
    }
    row = phases(Ledger(rows)).loc["onboarding"]
    assert (row.limit_days, row.limit_from, row.stuck) == (16, "own", 1)
    fewer = {**rows, "contracts": contracts[1:]}
    row = phases(Ledger(fewer).with_rows(contracts=[*contracts[:9], contracts[-1]])).loc["onboarding"]
    assert (row.limit_days, row.limit_from, row.stuck) == (90, "default", 0)


def test_who_returns_begins_the_phase_anew() -> None:
    """B left at the end of February and came back in June: its days count from there, and its stay is no new entry for a median."""
    gone = [term("b", date(2024, 12, 1), date(2025, 2, 28), term_months=3), term("b", date(2025, 6, 11))]
    rows = {"customers": [{"customer_id": "b", "plan": "large"}], "contracts": gone, "milestones": [done("b", None)]}
    ledger = Ledger(rows)
    found = journey_customers(ledger.inquiry(JUNE, "total")).iloc[0]
    assert (found.phase, found.since, found.days) == ("onboarding", "2025-06-11", 19)
    row = phases(ledger).loc["onboarding"]
    assert (row.entered, row.lost, row.stays) == (2, 1, 1)


def test_a_quarter_that_never_ends_has_no_day() -> None:
    assert np.isnan(km_quantile(np.array([1.0, 2.0, 9.0]), np.array([True, True, False]), 0.75))
    assert km_quantile(np.array([1.0, 2.0, 3.0, 9.0]), np.array([True, True, True, False]), 0.75) == 3


@pytest.mark.parametrize(
    ("tables", "missing", "left"),
    [
        (("goals",), {}, {"onboarding": 2, "adoption": 1, "after_adoption": 5}),
        # without use g stands before its outcome's renewal, and l and a, b before their steps
        (("usage",), {"adoption": "needs usage"}, {"onboarding": 3, "value": 2, "renewal": 1, "growth": 2}),
        (("milestones",), {}, {"onboarding": 3, "value": 2, "renewal": 1, "growth": 2}),
        (("milestones", "usage"), {"onboarding": "needs milestones, usage", "adoption": "needs usage"}, {"value": 5, "renewal": 1, "growth": 2}),
    ],
    ids=["goals", "usage", "milestones", "neither"],
)  # fmt: skip
def test_what_the_source_lacks_is_no_gate(
    tables: tuple[str, ...], missing: dict[str, str], left: dict[str, int]
) -> None:
    found = phases(BOOK.without(*tables))
    assert {phase: reason for phase, reason in found.reason.items() if phase in missing} == missing
    counted = found.customers.drop("consideration").dropna()
    assert counted[counted > 0].to_dict() == left
    assert counted.sum() == 8
    if "goals" in tables:
        assert found.reason["after_adoption"] == "needs goals"


def test_no_tickets_no_touches_and_no_answers_are_said_and_not_counted_as_0() -> None:
    found = phases(BOOK.without("tickets", "touches", "surveys"))
    assert found[["grave_tickets", "hours_meeting", "nps", "ticket_months"]].isna().all(axis=None)
    assert set(found.lacks) == {"surveys, tickets, touches"}
    said = shown.journey_map(found.reset_index(), EN, 5).text
    assert "it needs" in said
    assert "tickets" in said


def test_trials_and_proposals_are_what_tells_of_consideration() -> None:
    without = BOOK.without("proposals")
    assert phases(without).customers["consideration"] == 1


def test_the_columns_are_those_that_are_named(told: pd.DataFrame) -> None:
    table = told.reset_index()[[*COLUMNS]]
    assert set(told.reset_index().columns) == set(COLUMNS)
    assert {name for name in COLUMNS if str(table[name].dtype) == "Int64"} == set(COUNTS)


def test_outsiders_are_told_of_no_customer_and_no_few(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = BOOK.facts(JUNE)
    monkeypatch.setattr(type(facts), "discreet", property(lambda _: True))
    found = journey(inquiry_of(facts, JUNE))
    assert not found.customers.fillna(0).any()
    assert found[["mrr", "median_days", "nps", "grave_tickets"]].fillna(0).eq(0).all(axis=None)
    assert set(found.reason) <= {HIDDEN, EMPTY}
    table = journey_customers(inquiry_of(facts, JUNE))
    assert set(table.reason) == {HIDDEN}
    assert (table.customer_id == "").all()


def test_of_many_outsiders_see_the_phases_and_no_small_count_within_them(demo_book: Portfolio) -> None:
    """Whatever is shown of the demo to outsiders, no count of customers lies between 1 and 4."""
    inquiry = inquire(demo_book, Month.parse("2026-10"))
    plain = journey(inquiry)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(inquiry.facts), "discreet", property(lambda _: True))
        told = journey(inquiry)
    assert told.customers.notna().sum() > 5
    hidden = set(told.phase[told.reason == HIDDEN])
    left = plain[plain.phase.isin(hidden)].groupby("segment").customers.sum()
    assert len(hidden) > 1
    assert (left >= 5).all()  # 3 of 15 in onboarding: not to be told by what is left of a segment's customers
    within = ["customers", "slipping", "due", "stuck", "renewed_without_outcome", "entered", "passed", "lost"]
    counts = told[within].to_numpy(dtype=np.float64, na_value=np.nan)
    assert not ((counts > 0) & (counts < 5)).any()
    assert ((plain[within].fillna(0) > 0) & (plain[within].fillna(0) < 5)).any(axis=None)
    # what is told is as it is
    same = told.customers.notna()
    assert (told.customers[same] == plain.customers[same]).all()


def test_phases_of_the_demo_add_up_to_its_customers(demo_book: Portfolio) -> None:
    inquiry = inquire(demo_book, Month.parse("2026-10"))
    table, listed = inquiry.once(journey), inquiry.once(journey_customers)
    for segment in inquiry.segments:
        mine, theirs = table[table.segment == segment], listed[listed.segment == segment]
        assert mine.set_index("phase").customers.to_dict() == {
            phase: int((theirs.phase == phase).sum()) for phase in mine.phase
        }
        assert int(theirs.why.str.split().map(lambda words: "stuck" in words).sum()) == mine.stuck.sum()
        assert mine.mrr.sum() == pytest.approx(theirs.mrr.sum())


# the page


@pytest.mark.parametrize("wording", [JA, EN], ids=["ja", "en"])
def test_the_map_begins_with_where_the_way_is_longest(told: pd.DataFrame, wording: Wording) -> None:
    output: Any = shown.journey_map(told.reset_index(), wording, 5)
    slow = told.loc[TYPED].median_days.idxmax()
    assert wording.text(f"phase_{slow}") in output.text[:60]
    assert output.html.count('<li class="phase') == 6
    assert output.html.count("<polygon") == 6
    assert wording.text("journey_stuck", count=1) in output.html
    assert wording.text("journey_hint", told=wording.text("journey_nps", nps="−100.0", n=1)) in output.html


def test_width_grows_with_the_days_and_height_with_the_customers(told: pd.DataFrame) -> None:
    rows = told.reset_index().assign(median_days=np.nan)
    rows.loc[rows.phase == "onboarding", ["customers", "median_days"]] = [100, 90.0]
    rows.loc[rows.phase == "adoption", ["customers", "median_days"]] = [1, 1.0]
    html: Any = shown.journey_map(rows, EN, 5).html
    items = html.split("<li")
    assert "wide-9" in items[2]
    assert "wide-1" in items[3]
    assert 'points="1,2 ' in items[2]  # from top to bottom
    assert 'points="1,2 ' not in items[3]


def test_the_border_says_where_the_interval_of_nps_lies(told: pd.DataFrame) -> None:
    row = told.reset_index().iloc[[3]]
    for low, high, css in (
        (0.1, 0.4, "better"),
        (-0.4, -0.1, "worse"),
        (-0.2, 0.2, "between"),
        (None, None, "untold"),
    ):
        assert (
            f'class="chevron {css}"' in shown.journey_map(row.assign(nps_low=low, nps_high=high, nps=0.0), EN, 5).html
        )


def test_the_figures_say_what_they_rest_on(told: pd.DataFrame) -> None:
    html = shown.journey_phases(told.reset_index(), EN, 5).html
    assert "30\N{NO-BREAK SPACE}days" in html
    assert EN.text("journey_grave_of", tickets="0.06", n=18) in html
    assert EN.text("journey_stuck_of", count=1, days=EN.value("days", 180)) in html


def test_who_is_stuck_is_listed_and_the_largest_has_its_path_shown(each: pd.DataFrame) -> None:
    rows = each.reset_index()
    customers = pd.DataFrame({"customer_id": [*"abcdefghijkl"], "name": [f"Name {who}" for who in "abcdefghijkl"]})
    listed = shown.stuck_customers(rows, customers, EN)
    assert listed.html.count("<tr") == 3
    assert listed.html.index("Name d") < listed.html.index("Name b")
    path = shown.journey_path(rows, customers, EN)
    assert path.title == EN.text("journey_path_title", name="Name d")
    assert path.html.count('<li class="passed"') == 3
    assert path.html.count('<li class="open"') == 2
    assert EN.text("journey_path_after", days=EN.value("days", 30)) in path.html  # from 1 June to 1 July
    early = shown.journey_path(rows, customers, EN, "g")
    assert early.html.index(EN.text("journey_gate_value")) < early.html.index(EN.text("journey_gate_adopted"))
    assert EN.text("journey_gate_value") in early.text


def test_where_nobody_is_stuck_or_nothing_is_known_a_sentence_says_so(each: pd.DataFrame) -> None:
    rows = each.reset_index()
    none = shown.stuck_customers(rows[rows.customer_id == "g"], pd.DataFrame({"customer_id": ["x"], "name": ["X"]}), EN)
    assert none.text.startswith(EN.text("journey_none_listed"))
    assert not none.html
    lacking = Ledger({"customers": ROWS["customers"]}).inquiry(JUNE, "total")
    table, listed = journey(lacking), journey_customers(lacking)
    people = pd.DataFrame({"customer_id": ["x"], "name": ["X"]})
    for output in (
        shown.journey_map(table, EN, 5), shown.journey_phases(table, EN, 5), shown.stuck_customers(listed, people, EN),
        shown.journey_path(listed, people, EN),
    ):  # fmt: skip
        assert "contracts" in output.text
        assert not output.html
