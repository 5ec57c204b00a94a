"""How a customer stands at each close, each figure by hand from a few rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cslib.periods import Month
from tests.ledger import Ledger

if TYPE_CHECKING:
    from tests.ledger import Row, Rows

JANUARY, MARCH, MAY = (Month.parse(text) for text in ("2024-01", "2024-03", "2024-05"))
ROWS: Rows = {
    "customers": [{"customer_id": "a"}],
    "contracts": [{"customer_id": "a", "product": "core", "starts_on": date(2024, 1, 10), "mrr": 100, "seats": 4}],
}

_TOLD: dict[str, dict[int, Row]] = {}  # what was told of the same rows before


def day(month: int, number: int) -> date:
    """Return a day of 2024."""
    return date(2024, month, number)


def state(figure: str, month: Month = MARCH, **rows: list[Row]) -> Any:
    """Return a figure of the one customer at a close, of what the rows tell beside its contract."""
    key = repr(rows)
    if key not in _TOLD:
        theirs = {name: [{"customer_id": "a", **row} for row in found] for name, found in rows.items()}
        told = Ledger({**ROWS, **theirs}).facts(MAY)["customer_states"].to_pyarrow().to_pylist()
        assert len({row["month_no"] for row in told}) == len(told) == MAY.number - JANUARY.number + 1
        _TOLD[key] = {row["month_no"]: row for row in told}
    return _TOLD[key][month.number][figure]


def step(name: str, **said: date | bool) -> Row:
    """Return a milestone."""
    return {"milestone": name, **said}


def use(month: int, *, user: str = "u1", feature: str = "report", events: int = 1, number: int = 15) -> Row:
    """Return an event in a month."""
    return {"used_on": day(month, number), "user_id": user, "feature": feature, "events": events}


# days

DONE_IN_MARCH = [step("kickoff", completed_on=day(1, 20)), step("golive", completed_on=day(3, 10))]
OPEN = [step("kickoff", completed_on=day(1, 20)), step("golive")]


@pytest.mark.parametrize(
    ("milestones", "month", "days"),
    [
        (DONE_IN_MARCH, MARCH, 60),  # 21 of January, 29 of February, 10 of March
        (DONE_IN_MARCH, JANUARY, None),  # open for 21 days: neither quick nor slow
        (OPEN, MARCH, None),  # open for 81
        (OPEN, MARCH + 1, 111),  # the limit of 90 has passed
        ([step("survey", completed_on=day(1, 20), required=False)], MAY, None),  # waits for nothing
        ([step("kickoff", completed_on=day(1, 2))], MARCH, 0),  # done before the contract
    ],
)
def test_days_to_onboard(milestones: list[Row], month: Month, days: float | None) -> None:
    assert state("days_to_onboard", month, milestones=milestones) == days


def test_days_to_first_use() -> None:
    assert state("days_to_first_use", usage=[use(2), use(3)]) == 36
    assert state("days_to_first_use", JANUARY, usage=[use(2)]) is None
    assert state("days_to_first_use", MARCH + 1, usage=[use(5)]) == 111


# counts and shares


def test_milestones_kept() -> None:
    milestones = [
        step("kickoff", due_on=day(1, 31), completed_on=day(1, 31)),
        step("training", due_on=day(2, 10), completed_on=day(2, 11)),
        step("golive", due_on=day(3, 31)),
        step("review", due_on=day(4, 1), completed_on=day(2, 1)),  # not due yet
        step("extra", due_on=day(2, 1), completed_on=day(2, 1), required=False),
    ]
    assert state("milestones_kept", milestones=milestones) == pytest.approx(1 / 3)
    assert state("milestones_kept", JANUARY, milestones=milestones) == 1
    assert state("milestones_kept", milestones=[step("kickoff", completed_on=day(1, 31))]) is None


def test_usage_is_set_beside_seats_and_features() -> None:
    usage = [use(3, events=5), use(3, user="u2", number=16), use(3, user="u2", feature="api"), use(2, feature="board")]
    assert state("events_per_seat", usage=usage) == 7 / 4
    assert state("users_per_seat", usage=usage) == 2 / 4
    assert state("share_of_features", usage=usage) == pytest.approx(2 / 3)  # report and api, of the three known by then
    assert state("daily_share_of_users", usage=usage) == pytest.approx(3 / 31 / 2)
    assert state("is_active", usage=usage) is True
    assert state("is_active", MARCH + 1, usage=usage) is False


def test_use_is_held_against_the_three_months_before() -> None:
    usage = [use(2, events=4), use(3, events=5), use(4, events=6), use(5, events=10)]
    assert state("events_to_before", MAY, usage=usage) == 2
    assert state("events_to_before", MARCH, usage=usage) is None  # its contract was not yet three closes old


def test_weeks_of_use_want_a_contract_of_as_many() -> None:
    usage = [use(1, number=30), use(2, number=20), use(2, number=1)]
    assert state("core_weeks", JANUARY, usage=usage) is None
    assert state("core_weeks", JANUARY + 1, usage=usage) == 2  # the last four whole weeks are those of January 29 on


def test_accounts_beside_seats() -> None:
    users = [
        {"user_id": "u1", "issued_on": day(2, 1)},
        {"user_id": "u2", "issued_on": day(2, 1), "closed_on": day(3, 1)},
    ]
    assert state("accounts_per_seat", users=users) == 1 / 4


def test_what_was_recently_done() -> None:
    touches = [{"occurred_on": on, "kind": "call"} for on in (day(1, 1), day(1, 31), day(3, 31), day(4, 1))]
    assert state("touches_3m", touches=touches) == 3
    assert state("touches_3m", MARCH + 1, touches=touches) == 2
    tickets = [{"ticket_id": "t", "opened_at": datetime(2024, 3, 31, 23), "severity": "urgent"}]  # noqa: DTZ001
    assert state("tickets_3m", tickets=tickets) == 1
    assert state("tickets_3m", MARCH - 1, tickets=tickets) == 0
    assert state("grave_tickets", tickets=tickets) == 1
    assert state("is_complaint_free", tickets=tickets) is False


def test_the_latest_answer_of_each_kind() -> None:
    surveys = [
        {"response_id": str(number), "kind": kind, "score": score, "responded_on": on}
        for number, (kind, score, on) in enumerate(
            [("csat", 5, day(2, 1)), ("csat", 2, day(3, 31)), ("csat", 4, day(4, 1)), ("nps", 9, day(3, 1))]
        )
    ]
    assert state("latest_csat", surveys=surveys) == 2
    assert state("latest_csat", MAY, surveys=surveys) == 4
    assert state("latest_csat", JANUARY, surveys=surveys) is None
    assert state("latest_nps", surveys=surveys) == 9


def test_an_answer_is_recent_for_twelve_closes() -> None:
    given = [{"response_id": "r", "kind": "nps", "score": 9, "responded_on": date(2023, 5, 31)}]
    assert state("recent_nps", MAY - 1, surveys=given) == 9
    assert state("recent_nps", MAY, surveys=given) is None
    assert state("latest_nps", MAY, surveys=given) == 9
    later = [*given, {"response_id": "s", "kind": "nps", "score": 3, "responded_on": day(2, 1)}]
    assert (state("recent_nps", JANUARY, surveys=later), state("recent_nps", MAY, surveys=later)) == (9, 3)


def test_onboarded_is_who_has_no_required_milestone_open() -> None:
    assert [state("is_onboarded", month, milestones=DONE_IN_MARCH) for month in (MARCH - 1, MARCH)] == [False, True]
    assert state("is_onboarded", MAY, milestones=OPEN) is False
    assert state("is_onboarded", MAY) is False  # nothing was required, nothing is known to be done


def test_what_was_set_reached_and_joined() -> None:
    goals = [{"goal_id": "g", "level": "department", "set_on": day(2, 1), "achieved_on": day(4, 1)}]
    assert state("has_goal", goals=goals) is True
    assert state("has_goal", JANUARY, goals=goals) is False
    assert state("has_outcome", goals=goals) is False
    assert state("has_outcome", MARCH + 1, goals=goals) is True
    programmes = [{"programme": "seminar", "started_on": day(3, 31)}]
    assert state("has_joined", programmes=programmes) is True
    assert state("has_joined", MARCH - 1, programmes=programmes) is False


def test_only_customers_under_contract_have_a_state() -> None:
    ended = [{"product": "core", "starts_on": day(1, 10), "ends_on": day(3, 30), "mrr": 100}]
    rows = {**ROWS, "contracts": [{"customer_id": "a", **row} for row in ended]}
    facts = Ledger(rows).facts(MAY)
    assert facts["customer_states"].order_by("month_no").month.to_pyarrow().to_pylist() == ["2024-01", "2024-02"]
    assert facts["customer_states"].events_per_seat.to_pyarrow().to_pylist() == [None, None]
