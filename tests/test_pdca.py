"""What became of actions: every figure and word on a ledger made by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.effect.effect import effect
from cslib.analysis.targets.aims import aims, aims_of_others
from cslib.analysis.targets.pdca import BARE, CALENDAR, IDLE, INTERNAL, State, closes_before, pdca, state
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.settings import Action
from cslib.stats import wilson
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.analysis.inquiry import Inquiry
    from tests.ledger import Row

START, NOW = Month.parse("2025-01"), Month.parse("2025-06")
OF = 40  # customers
ONE = Ledger({"customers": [{"customer_id": "a", "plan": "large"}]})


def entry(**changed: Any) -> dict[str, Any]:
    """Return an action that expects 30 points more of all customers to use the product, half a year after it began in January."""
    plain = {
        "id": "a", "name": "x", "kpi": "active_customers", "owner": "CSM", "started_on": date(2025, 1, 10),
        "expected": {"change": 0.3, "by": "2025-05"}, "review_on": date(2025, 12, 1),
    }  # fmt: skip
    return {**plain, **changed}


def course(now: int, before: int = 20) -> dict[Month, int]:
    """Return how many of 40 use it: so many before the start, and so many from it on."""
    return {NOW - back: now if NOW - back >= START else before for back in range(18)}


def figures(counts: Mapping[Month, int], segment: str = "total", **said: Any) -> pd.DataFrame:
    """Return the long table of the share of customers who use the product, as `measure` makes it of such a book."""
    months = sorted(counts)
    part = np.array([counts[month] for month in months], dtype=float)
    low, high = wilson(part, np.full(len(part), float(OF)))
    plain = {
        "kpi": "active_customers",
        "value": part / OF,
        "low": low,
        "high": high,
        "n": OF,
        "status": "no_target",
        "reason": "",
    }
    return pd.DataFrame({"segment": segment, "month": [*map(str, months)], **plain, **said})


FACTS = ONE.facts(NOW)


def asked(table: pd.DataFrame, as_of: Month = NOW, *segments: str, **settings: Any) -> Inquiry:
    """Return the question of the actions, as of a month, of a book with these figures up to then."""
    inquiry = inquiry_of(FACTS, as_of, *(segments or ("total",)), **settings)
    inquiry._made[aims] = table[table.month <= str(as_of)]
    inquiry._made[aims_of_others] = table[:0]
    return inquiry


def checked(table: pd.DataFrame, as_of: Month = NOW, **changed: Any) -> pd.Series[Any]:
    """Return the row of an action of everyone."""
    (_, row), *_ = pdca(asked(table, as_of, actions=(entry(**changed),))).iterrows()
    return row


@pytest.fixture(scope="module")
def better() -> pd.DataFrame:
    """Return the figures of a book in which 20 of 40 use it before, and 32 since."""
    return figures(course(32))


def test_the_figures_are_those_of_the_book_and_everyone_outside_stands_beside() -> None:
    names = [f"{number:02d}" for number in range(OF)]
    used: list[Row] = []
    for month in (START - 3, START - 2, START - 1, NOW):  # of 20 large ones 10, then 18; of 20 small ones 10, then 10
        those = [*names[0::2][: 18 if month == NOW else 10], *names[1::2][:10]]
        used += [{"customer_id": name, "used_on": month.first_day, "feature": "f", "user_id": name} for name in those]
    ledger = Ledger({
        "customers": [{"customer_id": name, "plan": ("large", "small")[int(name) % 2]} for name in names],
        "contracts": [{"customer_id": name, "product": "core", "starts_on": date(2024, 1, 1), "mrr": 10} for name in names],
        "usage": used,
    })  # fmt: skip
    inquiry = ledger.inquiry(NOW, actions=(entry(segment="large"), entry(id="b")))
    table = pdca(inquiry)
    # a year before the start and the months since are all that the book holds
    assert sorted({*aims(inquiry).month}) == [str(NOW - back) for back in reversed(range(18))]
    rows = table.set_index("segment")
    assert (rows.change.large, rows.outside.large, rows.difference.large) == pytest.approx((8 / 20, 0, 8 / 20))
    assert rows.difference_low.large == pytest.approx(
        0.4 - np.hypot(rows.change.large - rows.low.large, rows.outside_high.large)
    )
    assert (rows.baseline.total, rows.value.total) == pytest.approx((20 / 40, 28 / 40))
    assert pd.isna(rows.outside.total)  # nobody is outside the total
    assert rows.reason.small == IDLE


def test_the_change_is_what_the_figure_is_less_the_mean_of_three_closes_before(better: pd.DataFrame) -> None:
    row = checked(better)
    assert (row.baseline, row.value, row.change) == pytest.approx((20 / 40, 32 / 40, 12 / 40))
    lows, highs = wilson(np.array([20.0, 32.0]), np.array([40.0, 40.0]))
    (before_low, low), (before_high, high) = lows, highs
    assert row.low == pytest.approx(0.3 - np.hypot(0.8 - low, (before_high - 0.5) / np.sqrt(3)))
    assert row.high == pytest.approx(0.3 + np.hypot(high - 0.8, (0.5 - before_low) / np.sqrt(3)))


def test_a_baseline_of_one_close_is_not_as_sure(better: pd.DataFrame) -> None:
    one, three = checked(better, baseline={"months": 1}), checked(better)
    assert one.baseline == three.baseline
    assert one.high - one.low > three.high - three.low


@pytest.mark.parametrize(
    ("now", "expected", "word"),
    [
        (32, 0.3, "as_expected"),
        (40, 0.1, "better"),
        (32, 0.9, "short"),
        (22, 0.1, "no_change"),
        (20, 0.5, "nothing_of_the_kind"),
        (6, 0.3, "worse"),
    ],
)
def test_each_word(now: int, expected: float, word: str) -> None:
    assert checked(figures(course(now)), expected={"change": expected, "by": "2025-05"}).verdict == word


@pytest.mark.parametrize(("as_of", "is_early"), [("2025-01", True), ("2025-02", True), ("2025-03", False)])
def test_it_is_too_early_until_the_window_lies_after_the_start(
    better: pd.DataFrame, as_of: str, *, is_early: bool
) -> None:
    assert (checked(better, Month.parse(as_of)).verdict == "too_early") == is_early


@pytest.mark.parametrize(("as_of", "by", "share"), [("2025-04", "2025-07", 3 / 6), ("2025-06", "2025-03", 1.0)])
def test_what_is_expected_grows_until_its_month(better: pd.DataFrame, as_of: str, by: str, share: float) -> None:
    assert checked(better, Month.parse(as_of), expected={"change": 0.3, "by": by}).expected == pytest.approx(
        0.3 * share
    )


def test_a_value_that_is_expected_is_a_change_from_the_baseline(better: pd.DataFrame) -> None:
    assert checked(better, expected={"value": 0.9, "by": "2025-05"}).expected == pytest.approx(0.9 - 0.5)


@pytest.mark.parametrize(("dip", "is_bad"), [(12, True), (20, False)])
def test_a_start_in_a_bad_stretch_is_told(dip: int, *, is_bad: bool) -> None:
    counts = {month: count + (month.number % 3) for month, count in course(32).items()}
    counts |= {START - back: dip for back in (1, 2, 3)} if is_bad else {}
    assert bool(checked(figures(counts)).bad_stretch) == is_bad


def test_of_less_than_a_year_before_the_start_nothing_is_said_of_it() -> None:
    assert pd.isna(checked(figures(course(32)), NOW, started_on=date(2024, 9, 2)).bad_stretch)


def test_states_by_the_day_of_their_review_and_of_their_decision() -> None:
    decided = {"decision": {"on": date(2025, 6, 20), "what": "keep", "why": "x"}, "review_on": date(2025, 5, 31)}
    action = Action.model_validate(entry(**decided))
    stages = {month: state(action, Month.parse(f"2025-{month:02d}")) for month in (4, 5, 6)}
    assert stages == {4: State.RUNNING, 5: State.OVERDUE, 6: State.DECIDED}
    assert state(action, Month.parse("2024-12")) is State.PLANNED


def test_what_is_decided_later_has_not_been_decided(better: pd.DataFrame) -> None:
    decision = {"on": date(2025, 7, 1), "what": "stop", "why": "x"}
    before, after = checked(better, decision=decision), checked(better)
    pd.testing.assert_series_equal(before, after)
    told = checked(better, NOW, decision={**decision, "on": date(2025, 6, 30)})
    assert (told.state, told.decided_on, told.decision) == ("decided", "2025-06-30", "stop")


def test_what_is_overdue_comes_first(better: pd.DataFrame) -> None:
    days = {"later": date(2025, 12, 1), "late": date(2025, 6, 30), "latest": date(2025, 5, 1)}
    actions = tuple(entry(id=name, review_on=day) for name, day in days.items())
    assert pdca(asked(better, actions=actions)).action.to_list() == ["latest", "late", "later"]


def test_a_planned_action_has_nothing_to_be_held_against(better: pd.DataFrame) -> None:
    row = checked(better, NOW, started_on=date(2025, 7, 1), expected={"change": 0.1, "by": "2025-12"})
    assert (row.state, row.verdict) == ("planned", "too_early")
    assert row.value == pytest.approx(0.8)
    assert row[["baseline", "change", "expected"]].isna().all()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"value": np.nan, "reason": "needs usage"}, "needs usage"),
        ({"low": np.nan, "high": np.nan}, BARE),
        ({"status": "small"}, "small: few cases"),
    ],
)
def test_what_cannot_be_told_says_why(said: dict[str, Any], reason: str) -> None:
    row = checked(figures(course(32), **said))
    assert (row.verdict, row.reason) == ("cannot_tell", reason)


def test_a_start_before_the_data_has_nothing_before_it(better: pd.DataFrame) -> None:
    assert checked(better, started_on=date(2024, 3, 1)).reason == "short: 3 of 4 months"


def test_what_else_is_amiss_is_told(better: pd.DataFrame) -> None:
    total = {"id": "total", "name": "x", "targets": {"active_customers": 0.9}}
    team = {"people": {"Sato": {"team": "csm", "until": "2025-05"}}}
    settings: dict[str, Any] = {"actions": (entry(owner="Sato"),), "segments": (total,), "team": team}
    assert pdca(asked(better, **settings)).lacks.to_list() == ["owner_left"]
    assert pdca(asked(better, NOW - 1, **settings)).lacks.to_list() == [""]
    assert checked(better).lacks == "no_target"


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        ("2025-06", ["2024-09", "2024-11"]),  # 30 days, 21 of them from Monday to Friday
        ("2025-03", ["2024-03"]),  # 31 days, 21 working days
        ("2025-02", []),  # 28 days: the February before had 29
    ],
)
def test_what_hangs_on_the_days_of_a_month_is_held_against_months_of_as_many(now: str, closes: list[str]) -> None:
    stickiness, nps = CATALOGUE.by_id["stickiness"], CATALOGUE.by_id["nps"]
    month = Month.parse(now)
    found = closes_before(stickiness, START, month, 3)
    assert [*map(str, found)] == closes
    assert [*map(str, closes_before(nps, START, month, 3))] == ["2024-10", "2024-11", "2024-12"]


def test_a_month_like_none_before_cannot_be_told(better: pd.DataFrame) -> None:
    said: dict[str, Any] = {
        "kpi": "usage_decline",
        "started_on": date(2024, 12, 2),
        "expected": {"change": -0.1, "by": "2025-12"},
    }
    row = checked(better.assign(kpi="usage_decline"), Month.parse("2025-02"), **said)
    assert (row.verdict, row.reason) == ("cannot_tell", CALENDAR)


def test_the_verdict_on_a_programme_is_that_on_the_same_figure(better: pd.DataFrame) -> None:
    for kpi, verdict in (("adoption", "supported"), ("active_customers", "")):
        inquiry = asked(better, actions=(entry(kpi=kpi, programme="p"),))
        rows = {"segment": "total", "programme": ["p", "p", "q"], "outcome": ["use", "adoption", "adoption"], "verdict": ["x", "supported", "y"]}  # fmt: skip
        inquiry._made[effect] = pd.DataFrame(rows)
        assert pdca(inquiry).programme_verdict.to_list() == [verdict]


def test_a_segment_without_an_action_says_so(better: pd.DataFrame) -> None:
    assert pdca(asked(better)).reason.to_list() == [IDLE]


def test_outsiders_are_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(FACTS), "discreet", property(lambda _: True))
    table = pdca(inquiry_of(FACTS, NOW, "total", actions=(entry(),)))
    assert table.reason.to_list() == [INTERNAL]
    assert (table.action == "").all()
