"""Organisation models: hand-offs on touches made by hand, and what speaks against each model on a book made by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cslib.analysis.service.hand_offs import SINGLE_TEAM, hand_offs
from cslib.analysis.service.organisation import (
    CANNOT_TELL,
    COLUMNS,
    MODELS,
    NO_MODEL,
    NOTHING,
    QUESTION,
    ROLES,
    SPEAKS,
    Check,
    organisation,
)
from cslib.analysis.service.organisation_evidence import NO_TARGET
from cslib.analysis.service.service import CSM
from cslib.analysis.service.touch import Figure
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from tests.ledger import Row, Rows

LAST = Month.parse("2025-06")
START = date(2024, 1, 1)
DAY = timedelta(days=1)
TEAM = {"people": {"Ono": {"team": "onboarding"}, "Sato": {"team": "csm"}, "Ito": {"team": "csm"}}}


# hand-offs


def seen(*touches: tuple[str, str, str]) -> pd.DataFrame:
    """Return touches of a customer, on a day, by a team."""
    frame = pd.DataFrame(touches, columns=["customer_id", "occurred_on", "team"])
    return frame.assign(occurred_on=pd.to_datetime(frame.occurred_on))


def handed(onboarded: dict[str, str], touches: pd.DataFrame) -> dict[str, tuple[int, bool]]:
    """Return the days and whether the hand-off is done, by customer."""
    frame = pd.DataFrame({"customer_id": [*onboarded], "onboarded_on": pd.to_datetime([*onboarded.values()])})
    found = hand_offs(touches, frame, frame.customer_id, LAST)
    return {str(name): (int(row.days), bool(row.done)) for name, row in found.iterrows()}


def test_a_hand_off_is_done_with_the_first_touch_of_another_team() -> None:
    touches = seen(
        ("a", "2025-05-01", "onboarding"), ("a", "2025-05-12", "onboarding"), ("a", "2025-05-15", "csm"), ("a", "2025-05-20", "csm"),
        ("b", "2025-05-01", "onboarding"), ("b", "2025-06-20", "onboarding"),  # nobody else came: waiting until the close
        ("c", "2025-05-01", "csm"), ("c", "2025-05-11", "csm"),  # the same team serves on
        ("d", "2025-05-30", "csm"),  # whose hands it was in is not known
        ("e", "2024-06-01", "onboarding"), ("e", "2024-06-20", "csm"),  # onboarded longer ago than a year
        ("f", "2025-06-01", "onboarding"), ("f", "2025-07-02", "csm"),  # after the close
    )  # fmt: skip
    onboarded = dict.fromkeys("abcd", "2025-05-10") | {"e": "2024-06-10", "f": "2025-06-10"}
    assert handed(onboarded, touches) == {"a": (5, True), "b": (51, False), "c": (51, False), "f": (20, False)}


def test_a_touch_on_the_day_itself_is_no_wait() -> None:
    assert handed({"a": "2025-05-10"}, seen(("a", "2025-05-01", "onboarding"), ("a", "2025-05-10", "csm"))) == {
        "a": (0, True)
    }


# what a figure says


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        (Check("m", Figure(2.0), 1.0, 1), SPEAKS),
        (Check("m", Figure(1.0), 1.0, 1), NOTHING),
        (Check("m", Figure(0.4), 0.5, -1), SPEAKS),
        (Check("m", Figure(0.6), 0.5, -1), NOTHING),
        (Check("m", Figure(), 0.5, -1), CANNOT_TELL),
        (Check("m", Figure(low=20.0), 14.0, 1), SPEAKS),  # a median that was not reached by then
        (Check("m", Figure(low=10.0), 14.0, 1), CANNOT_TELL),
        (Check("m", Figure(2.0)), ""),
    ],
)
def test_a_figure_speaks_against_a_model_beyond_its_limit_alone(check: Check, verdict: str) -> None:
    assert check.verdict == verdict


# a book: a and b pay 1000 and are served by Sato, c pays 100 and is Ito's


def touch_of(customer: str, csm: str, day: date, minutes: float = 60.0, purpose: str | None = None) -> Row:
    """Return a meeting."""
    return {
        "customer_id": customer,
        CSM: csm,
        "kind": "meeting",
        "occurred_on": day,
        "minutes": minutes,
        "purpose": purpose,
    }


TOUCHES = [
    touch_of("a", "Ono", date(2025, 4, 1), 60, "defence"),
    touch_of("a", "Sato", date(2025, 5, 20), 120, "defence"),
    touch_of("b", "Sato", date(2025, 6, 2), 20, "offence"),
    touch_of("c", "Ito", date(2025, 6, 3), 200),  # without a purpose
]
OFFERS = [
    {"proposal_id": "p", "customer_id": "a", "kind": "upsell", "owner": "csm", "amount": Decimal(1), "opened_on": date(2025, 6, 10), "closed_on": date(2025, 6, 20), "status": "won"},
    {"proposal_id": "q", "customer_id": "b", "kind": "upsell", "owner": "csm", "amount": Decimal(1), "opened_on": date(2025, 6, 2), "closed_on": None, "status": "open"},
    {"proposal_id": "r", "customer_id": "c", "kind": "upsell", "owner": "sales", "amount": Decimal(1), "opened_on": date(2025, 7, 4), "closed_on": None, "status": "open"},
]  # fmt: skip
LATER = [touch_of("c", "Sato", date(2025, 7, day), 900, "offence") for day in (1, 2)]


def book(**rows: Any) -> Ledger:
    """Return the book, each onboarded on 10 May 2025."""
    customers = [{"customer_id": one, "plan": "other" if one == "c" else "large"} for one in "abc"]
    contracts = [
        {"customer_id": one, "contract_id": one, "product": "core", "mrr": Decimal(100 if one == "c" else 1000), "starts_on": START}
        for one in "abc"
    ]  # fmt: skip
    steps = [
        {"customer_id": one, "milestone": "m", "required": True, "completed_on": date(2025, 5, 10)} for one in "abc"
    ]
    served = [
        {"customer_id": one, "kind": kind, "value": value, "started_on": START}
        for one in "abc" for kind, value in ((CSM, "Ito" if one == "c" else "Sato"), ("touch_model", "low"))
    ]  # fmt: skip
    held: Rows = {
        "customers": customers, "contracts": contracts, "milestones": steps, "assignments": served, "touches": TOUCHES, "proposals": OFFERS,
    }  # fmt: skip
    return Ledger({**held, **rows})


def told(ledger: Ledger, model: str | None, *, audience: str = "internal", **total: Any) -> Any:
    """Return what is said of all customers under a model, by measure and subject."""
    segments = ({"id": "total", "name": "total", "org_model": model, **total},)
    facts = ledger.facts(LAST)
    if audience == "external":
        facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    table = organisation(inquiry_of(facts, LAST, "total", segments=segments, team=TEAM))
    assert tuple(table.columns) == COLUMNS
    return table.set_index(["measure", "subject"]).sort_index()


def test_an_all_rounder_has_too_much_to_do_or_no_time_to_grow() -> None:
    table = told(book(), "all_rounder", targets={"proposal_win_rate": {"target": 0.5}})
    load = table.loc[("load", "Sato")]
    assert (load.value, load.verdict) == (pytest.approx(2 / 96), NOTHING)  # two customers of one hour
    share = table.loc[("offence_share", "")]
    assert (share.value, share.threshold, share.verdict) == (pytest.approx(20 / 200), 0.05, NOTHING)
    # of Ono, Sato and Ito nobody did all three in three months
    assert table.loc[("all_kinds", "")].value == 0
    strained = told(book().under(touch_hours={"low": 50}), "all_rounder")
    assert strained.loc[("load", "Sato")].verdict == SPEAKS
    assert strained.loc[("offence_share", "")].reason == NO_TARGET
    assert strained.loc[("offence_share", "")].verdict == ""


def test_a_specialist_hands_customers_over() -> None:
    table = told(book(), "specialist")
    # a alone was touched before it was onboarded, by Ono; Sato came ten days after
    row = table.loc[("handoff_days", "")]
    assert (row.value, row.n, row.verdict) == (10, 1, NOTHING)
    assert table.loc[("waiting_days", "")].value == 0
    assert table.loc[("many_people", "")].value == 0
    waiting = [touch_of("b", "Ono", date(2025, 5, 9)), touch_of("a", "Ono", date(2025, 5, 9))]
    open_ones = told(book(touches=waiting), "specialist")
    assert open_ones.loc[("waiting_days", "")].reason == SINGLE_TEAM
    both = told(book(touches=[*waiting, touch_of("a", "Sato", date(2025, 5, 30))]), "specialist")
    assert (both.loc[("waiting_days", "")].value, both.loc[("waiting_days", "")].n) == (51, 1)  # b, since 10 May
    assert both.loc[("waiting_days", "")].verdict == SPEAKS
    assert both.loc[("handoff_days", "")].value == 20


def test_teams_may_be_those_that_were_assigned() -> None:
    teams = [
        {"customer_id": "a", "kind": "team", "value": value, "started_on": since, "ended_on": until}
        for value, since, until in (("Start", START, date(2025, 5, 9)), ("Scale", date(2025, 5, 10), None))
    ]
    touches = [touch_of("a", "Sato", date(2025, 5, 1)), touch_of("a", "Sato", date(2025, 5, 13))]
    table = told(book(touches=touches, assignments=[*book().rows["assignments"], *teams]), "specialist")
    assert table.loc[("handoff_days", "")].value == 3


def test_sales_and_csm_are_told_by_their_roles() -> None:
    table = told(book(), "sales_oriented")
    row = table.loc[("touched_before", "")]
    # a was touched 21 days before; b on the very day, which is not before; c's proposal is of July
    assert (row.value, row.n, row.verdict) == (1 / 2, 2, NOTHING)
    assert table.loc[("proposals_per_100", "csm")].value == pytest.approx(2 / 12 / 3 * 100)
    assert table.loc[("proposals_per_100", "sales")].value == 0
    assert (table.loc[("win_rate", "csm")].value, table.loc[("win_rate", "csm")].n) == (1, 1)
    assert table.loc[("days_open", "csm")].value == 10
    pairs = table.loc[("customers_per_pair", "")]
    assert (pairs.verdict, pairs.reason) == (CANNOT_TELL, ROLES)


def test_a_partnership_wants_few_and_large_customers() -> None:
    table = told(book(), "partnership")
    # 2,100 × 0.7 over 400 minutes in three months at 5,000 an hour
    margin = table.loc[("margin_to_cost", "")]
    assert margin.value == pytest.approx(2100 * 0.7 / (400 / 60 / 3 * 5000))
    assert margin.verdict == SPEAKS
    assert table.loc[("customers_per_csm", "")].value == 3 / 2
    assert table.loc[("large_share", "")].value == 2 / 3
    assert table.loc[("large_share", "")].verdict == NOTHING


def test_another_model_is_asked_about_where_it_fits_at_three_closes() -> None:
    early = [touch_of("a", "Sato", date(2025, month, 5), 100, "defence") for month in (2, 3, 4)]
    dear = told(book(touches=[*TOUCHES, *early]), "partnership")  # what it costs is beyond what it earns at each close
    assert dear.loc[("margin_to_cost", "")].verdict == SPEAKS
    question = dear.loc["maturity"]
    assert [*question.index] == ["all_rounder"]
    assert [*question.verdict] == [QUESTION]
    once = told(book(), "partnership")  # no touch at the first of the three closes, so that no cost is known there
    assert once.loc[("margin_to_cost", "")].verdict == SPEAKS
    assert "maturity" in once.index.get_level_values(0)


def test_nothing_is_asked_where_nothing_speaks_against_the_model() -> None:
    assert "maturity" not in told(book(), "all_rounder").index.get_level_values(0)
    late = told(book(touches=TOUCHES[2:]), "partnership")  # at the first two of the three closes nobody was touched
    assert late.loc[("margin_to_cost", "")].verdict == SPEAKS
    assert "maturity" not in late.index.get_level_values(0)


def test_a_model_that_did_not_fit_at_each_of_the_closes_is_not_asked_about() -> None:
    """Who sells takes growth for a target: until April all time went into defence, in June most of it into offence."""
    before = [touch_of("a", "Sato", date(2025, month, 5), 100, "defence") for month in (2, 3, 4)]
    grown = book(touches=[*TOUCHES, *before, touch_of("b", "Sato", date(2025, 6, 5), 900, "offence")])
    targets = {"proposal_win_rate": {"target": 0.5}}
    now = told(grown, "all_rounder", targets=targets)
    assert now.loc[("offence_share", "")].verdict == NOTHING
    assert "maturity" not in told(grown, "partnership", targets=targets).index.get_level_values(0)


@pytest.mark.parametrize("model", MODELS)
def test_what_comes_later_changes_nothing(model: str) -> None:
    later = book(touches=[*TOUCHES, *LATER])
    facts = later.facts(LAST + 2)
    segments = ({"id": "total", "name": "total", "org_model": model},)
    then = organisation(inquiry_of(book().facts(LAST), LAST, "total", segments=segments, team=TEAM))
    pd.testing.assert_frame_equal(then, organisation(inquiry_of(facts, LAST, "total", segments=segments, team=TEAM)))


@pytest.mark.parametrize(
    ("absent", "model", "measure", "reason"),
    [
        ("touches", "all_rounder", "offence_share", "needs touches"),
        ("touches", "specialist", "handoff_days", "needs touches"),
        ("milestones", "specialist", "handoff_days", "needs milestones"),
        ("touches", "partnership", "margin_to_cost", "needs touches"),
        ("proposals", "sales_oriented", "touched_before", "needs proposals"),
        ("assignments", "partnership", "customers_per_csm", "zero: the whole is 0"),
    ],
)
def test_what_the_source_lacks_is_said(absent: str, model: str, measure: str, reason: str) -> None:
    growth: dict[str, Any] = {"targets": {"proposal_win_rate": {"target": 0.5}}}
    row = told(book().without(absent), model, **growth).loc[(measure, "")]
    assert (row.reason, row.verdict) == (reason, CANNOT_TELL)


def test_a_segment_without_a_model_says_so() -> None:
    assert [*told(book(), None).reason] == [NO_MODEL]


def test_outsiders_are_told_nothing_of_few() -> None:
    assert [*told(book(), "all_rounder", audience="external").reason] == [HIDDEN]
    many = told(book().under(min_n=1), "all_rounder", audience="external")
    assert many.loc["load"].reason.item() == HIDDEN
    assert [*many.loc["load"].index] == [""]
    dear = told(book().under(min_n=1), "partnership", audience="external")
    assert dear.loc["margin_to_cost"].verdict.item() == SPEAKS
    assert dear.loc["customers_per_csm"].reason.item() == HIDDEN  # the team's working times are not told outside
    assert "maturity" not in dear.index.get_level_values(0)
