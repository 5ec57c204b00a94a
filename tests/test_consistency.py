"""Whether what is wanted agrees with itself: every rule by hand, and what the shipped settings hold on purpose."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cslib.analysis.growth.wall import wall
from cslib.analysis.targets.aims import aims
from cslib.analysis.targets.consistency import consistency
from cslib.analysis.targets.consistency_of_settings import of_settings
from cslib.analysis.targets.pdca import INTERNAL
from cslib.inquiries import inquire
from cslib.periods import Month
from tests.ledger import Ledger, inquiry_of

if TYPE_CHECKING:
    from cslib.portfolio import Portfolio

NOW = Month.parse("2025-06")
BOOK = Ledger({
    "customers": [
        {"customer_id": name, "plan": plan, "touch_model": model}
        for name, plan, model in [("a", "large", "high"), ("b", "large", "low"), ("c", "large", "low"), ("d", "small", "tech"), ("e", None, None)]
    ],
    "contracts": [
        {"customer_id": name, "product": "core", "starts_on": date(2024, 1, 1), "mrr": mrr}
        for name, mrr in {"a": 600, "b": 100, "c": 100, "d": 200, "e": 50}.items()
    ],
})  # fmt: skip
FACTS = BOOK.facts(NOW)
# of every stage, of both sides, each with an owner
WHOLE = {
    "onboarding_completion": {"target": 0.9, "owner": "CSM"}, "adoption": {"target": 0.9, "owner": "CSM"}, "nps": {"target": 0.3, "owner": "CSM"},
    "goal_attainment": {"target": 0.5, "owner": "CSM"}, "grr": {"target": 0.9, "owner": "CSM"}, "expansion_rate": {"target": 0.02, "owner": "CSM"},
}  # fmt: skip
UNTOLD = pd.DataFrame(columns=["segment", "month", "kpi", "value", "target", "status"])


def segment(name: str = "total", targets: dict[str, Any] | None = None, **said: Any) -> dict[str, Any]:
    """Return a segment that says all there is to say, with further targets."""
    plain = {"id": name, "name": name, "goal": "x", "kgi": {"kpi": "grr", "target": 0.9, "owner": "CSM"}}
    where = {} if name == "total" else {"where": {"plan": name}}
    return {**plain, **where, "targets": {**WHOLE, **(targets or {})}, **said}


def found(
    *segments: dict[str, Any], courses: pd.DataFrame = UNTOLD, of: str = "total", **settings: Any
) -> list[tuple[Any, ...]]:
    """Return the findings of a segment but for what this small book cannot tell: rule, kpi, about."""
    inquiry = inquiry_of(FACTS, NOW, of, **{"segments": segments or (segment(),), "report": {"goal": "x"}, **settings})
    inquiry._made[aims] = courses
    table = consistency(inquiry)
    severity = ["" if rule == "" else "contradiction" if rule < "g" else "gap" for rule in table.rule]
    assert list(table.severity) == severity
    return [(row.rule, row.kpi, row.about) for row in table.itertuples() if row.rule not in {"", "e", "p"}]


def figures(table: pd.DataFrame, rule: str) -> tuple[float, float]:
    """Return what a rule found, and what it held it against."""
    ((found, wanted),) = table.loc[table.rule == rule, ["found", "wanted"]].itertuples(index=False, name=None)
    return found, wanted


def owned(target: float, owner: str = "CSM") -> dict[str, Any]:
    """Return a target with its owner."""
    return {"target": target, "owner": owner}


def test_settings_that_say_all_and_agree_have_no_finding() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("loss", "kept", "is_found"),
    [(0.025, 0.85, True), (0.0135, 0.85, False), (0.025, 0.75, False), (0.025, 0.76, True)],  # 0.975¹² = 0.738
)
def test_a_loss_a_month_leaves_its_twelfth_power(loss: float, kept: float, *, is_found: bool) -> None:
    told = found(segment(targets={"customer_churn": owned(loss, "Ito"), "customer_retention": owned(kept, "Ito")}))
    assert told == ([("a", "customer_churn", "customer_retention")] if is_found else [])
    money = found(
        segment(
            targets={"revenue_churn": owned(loss, "Ito"), "grr": owned(kept)},
            kgi={"kpi": "nrr", "target": 1, "owner": "CSM"},
        )
    )
    assert money == ([("b", "revenue_churn", "grr")] if is_found else [])


def test_the_kgi_is_a_target_too() -> None:
    retention = {"kpi": "customer_retention", "target": 0.85, "owner": "CSM"}
    inquiry = inquiry_of(
        FACTS, NOW, "total", segments=(segment(targets={"customer_churn": owned(0.025)}, kgi=retention),)
    )
    inquiry._made[aims] = UNTOLD
    assert figures(consistency(inquiry), "a") == pytest.approx((0.975**12, 0.85))


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ({"nrr": owned(0.89)}, [("c", "nrr", "grr")]),
        ({"nrr": owned(0.9)}, []),
        ({"grr": owned(1.01)}, [("c", "grr", "")]),
        ({"nrr": owned(1.0), "grr": owned(1.1)}, [("c", "nrr", "grr"), ("c", "grr", "")]),
    ],
)
def test_net_retention_never_lies_below_gross(targets: dict[str, Any], expected: list[tuple[str, ...]]) -> None:
    assert found(segment(targets=targets)) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"goal": None}, [("g", "", "")]),
        ({"kgi": None}, [("h", "", "kgi")]),
        ({"kgi": {"kpi": "grr", "target": 0.9}}, [("h", "grr", "owner")]),
    ],
)
def test_what_is_not_said_is_a_gap(said: dict[str, Any], expected: list[tuple[str, ...]]) -> None:
    assert found(segment(**said)) == expected


def test_the_report_has_a_goal_of_its_own() -> None:
    assert found(report={}) == [("g", "", "report")]


def test_a_target_without_owner_is_nobodys() -> None:
    assert found(segment(targets={"nps": 0.3})) == [("i", "nps", "")]


def test_a_stage_without_target_is_a_gap() -> None:
    without = {name: goal for name, goal in WHOLE.items() if name != "goal_attainment"}
    assert found({**segment(), "targets": without}) == [("j", "", "outcome")]


def test_a_segment_without_any_target_has_one_gap_for_it() -> None:
    assert found({**segment(kgi=None), "targets": {}}) == [("h", "", "kgi"), ("j", "", "none")]


def test_one_side_without_the_other() -> None:
    def only(*kept: str, kgi: dict[str, Any]) -> dict[str, Any]:
        targets = {
            name: goal
            for name, goal in WHOLE.items()
            if name in {"onboarding_completion", "adoption", "nps", "goal_attainment", *kept}
        }
        return {**segment(kgi=kgi), "targets": targets}

    grr, mrr = ({"kpi": name, "target": 0.9, "owner": "CSM"} for name in ("grr", "mrr"))
    assert found(only("grr", kgi=grr)) == [("k", "", "defence")]
    for verdict, told in (("defence_first", (0.02, 0.01)), ("below_wall", (None, None))):
        inquiry = inquiry_of(FACTS, NOW, "total", segments=(only("expansion_rate", kgi=mrr),), report={"goal": "x"})
        inquiry._made.update(
            {
                aims: UNTOLD,
                wall: pd.DataFrame({"segment": ["total"], "churn": [0.02], "wall": [0.01], "verdict": [verdict]}),
            }
        )
        ((about, *numbers),) = (
            consistency(inquiry).query("rule == 'k'")[["about", "found", "wanted"]].itertuples(index=False, name=None)
        )
        assert (about, *numbers) == ("offence", *told) or all(pd.isna(numbers))


def test_what_all_other_segments_look_at() -> None:
    csat = {"csat": owned(0.8)}
    large, small, third, total = segment("large", csat), segment("small", csat), segment("third"), segment()

    def lacking(of: int, *segments: dict[str, Any]) -> list[str]:
        inquiry = inquiry_of(FACTS, NOW, segments=segments, report={"goal": "x"})
        return [one.about for one in of_settings(inquiry.settings.segments[of], inquiry) if one.rule == "l"]

    assert lacking(2, large, small, third, total) == ["csat"]
    assert lacking(2, large, segment("small"), third, total) == []  # not in all others
    assert lacking(0, large, small, third, total) == []
    assert lacking(3, large, small, third, total) == []  # everyone is no other segment
    assert lacking(1, large, segment("small"), total) == []  # one other is no custom


def test_more_than_anybody_looks_after() -> None:
    csm = {name: owned(0.5) for name in ("csat", "seat_utilisation")}
    assert found(segment(targets=csm)) == [("m", "", "CSM")]  # eight of one owner
    others = {
        name: owned(0.5, "Ito")
        for name in ("csat", "seat_utilisation", "advocates", "active_customers", "feature_breadth", "complaint_free")
    }
    assert found(segment(targets=others)) == []  # twelve
    assert found(segment(targets={**others, "onboarding_on_time": owned(0.5, "Abe")})) == [("m", "", "")]


def course(values: list[float], status: str, target: float = 0.3) -> pd.DataFrame:
    """Return the figures of NPS at the last closes."""
    months = [str(NOW - back) for back in reversed(range(len(values)))]
    return pd.DataFrame(
        {"segment": "total", "month": months, "kpi": "nps", "value": values, "target": target, "status": status}
    )


@pytest.mark.parametrize(
    ("values", "status", "rules"),
    [
        ([0.5] * 6, "on_target", ["n"]),
        ([0.5] * 5, "on_target", []),
        ([0.5] * 6, "within_interval", []),
        ([0.2] * 12, "within_interval", ["n"]),
        ([0.2] * 11, "within_interval", []),
        ([0.2] * 11 + [0.4], "within_interval", []),
        ([0.2] * 12, "small", []),
        ([0.2] * 3, "off_target", ["o"]),
        ([0.2] * 2, "off_target", []),
        ([0.2] * 12, "off_target", ["n", "o"]),
    ],
)
def test_targets_against_their_course(values: list[float], status: str, rules: list[str]) -> None:
    assert [rule for rule, *_ in found(courses=course(values, status))] == rules


@pytest.mark.parametrize(
    ("changed", "is_tended"),
    [
        ({}, True),
        ({"started_on": date(2025, 7, 1), "expected": {"change": 0.1, "by": "2025-12"}}, False),
        ({"kpi": "csat"}, False),
        ({"decision": {"on": date(2025, 6, 1), "what": "keep", "why": "x"}}, False),
        ({"decision": {"on": date(2025, 6, 1), "what": "extend", "why": "x"}}, True),
        ({"decision": {"on": date(2025, 7, 1), "what": "stop", "why": "x"}}, True),
    ],
)
def test_an_action_under_way_tends_a_target(changed: dict[str, Any], *, is_tended: bool) -> None:
    action = {"id": "a", "name": "x", "kpi": "nps", "owner": "CSM", "started_on": date(2025, 4, 1), "expected": {"change": 0.1, "by": "2025-12"}, "review_on": date(2026, 1, 1)}  # fmt: skip
    told = found(courses=course([0.2] * 3, "off_target"), actions=({**action, **changed},))
    assert told == ([] if is_tended else [("o", "nps", "")])


def test_an_owner_is_in_the_team_by_name_or_by_team_in_that_month() -> None:
    people = {"Sato": {"team": "sales", "until": "2025-05"}, "Ito": {"team": "csm"}}
    told = found(segment(targets={"nps": owned(0.3, "Sato"), "csat": owned(0.8, "Sales"), "grr": owned(0.9, "Ito"), "advocates": owned(0.1, "Abe")}), team={"people": people})  # fmt: skip
    assert told == [("q", "nps", "Sato"), ("q", "csat", "Sales"), ("q", "advocates", "Abe")]
    assert found() == []  # nobody says who is in the team


def of_book(*segments: dict[str, Any], of: str = "total") -> pd.DataFrame:
    """Return all findings of a segment of the small book."""
    inquiry = inquiry_of(FACTS, NOW, of, segments=segments, report={"goal": "x"})
    inquiry._made[aims] = UNTOLD
    return consistency(inquiry)


@pytest.mark.parametrize(("large", "is_found"), [(0.96, True), (0.91, False)])
def test_segments_targets_are_weighed_by_what_is_paid(large: float, *, is_found: bool) -> None:
    table = of_book(segment("large", {"grr": owned(large)}), segment("small", {"grr": owned(0.8)}), segment())
    # 800 of 1,050 are paid by the large, 200 by the small: 1,000 of 1,050 are over 80 %
    assert ("d" in set(table.rule)) == is_found
    if is_found:
        assert figures(table, "d") == pytest.approx(((800 * 0.96 + 200 * 0.8) / 1000, 0.9))


def test_customers_weigh_alike_in_what_counts_customers() -> None:
    table = of_book(segment("large", {"adoption": owned(0.8)}), segment("small", {"adoption": owned(0.9)}), segment())
    mine = table[(table.rule == "d") & (table.kpi == "adoption")]  # four of five customers
    assert mine[["found", "wanted"]].to_numpy().tolist() == [pytest.approx([(3 * 0.8 + 0.9) / 4, 0.9])]


def test_a_target_on_what_cannot_be_measured_is_named() -> None:
    table = of_book(segment())
    assert table.loc[table.rule == "e", ["kpi", "about"]].to_numpy().tolist() == [
        ["onboarding_completion", "milestones"], ["adoption", "usage"], ["nps", "surveys"], ["goal_attainment", "goals"],
    ]  # fmt: skip


def test_a_touch_model_that_few_have_is_a_contradiction() -> None:
    high, low = (of_book(segment("large", touch_model=model), segment(), of="large") for model in ("high", "low"))
    assert figures(high, "f") == pytest.approx((1 / 3, 0.5))
    assert "f" not in set(low.rule)  # two of three


def test_customers_of_no_segment_and_of_several() -> None:
    table = of_book(segment("large"), segment("small"), segment())
    assert table.loc[table.rule == "p", ["about", "found"]].to_numpy().tolist() == [["none", 1.0]]
    assert "p" not in set(of_book(segment()).rule)


def test_outsiders_are_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(FACTS), "discreet", property(lambda _: True))
    assert of_book(segment(targets={"nrr": 0.1})).reason.to_list() == [INTERNAL]


@pytest.fixture(scope="module")
def shipped(demo_book: Portfolio) -> pd.DataFrame:
    """Return the findings of the shipped settings over the demo."""
    return consistency(inquire(demo_book, Month.parse("2026-10")))


def test_the_shipped_settings_hold_one_of_each_kind_on_purpose(shipped: pd.DataFrame) -> None:
    told = shipped[["rule", "segment", "kpi", "about"]].itertuples(index=False, name=None)
    # but for e, since the demo has every table, and p, since its segments leave out nobody
    assert sorted(told) == [
        ("a", "smb", "customer_churn", "customer_retention"),
        ("b", "smb", "revenue_churn", "grr"),
        ("c", "smb", "nrr", "grr"),
        ("d", "total", "nrr", "enterprise midmarket smb"),
        ("f", "total", "", "low"),
        ("g", "midmarket", "", ""),
        ("h", "enterprise", "nrr", "owner"),
        ("i", "total", "cac_payback", ""),
        ("j", "midmarket", "", "outcome"),
        ("k", "smb", "", "defence"),
        ("l", "smb", "", "onboarding_days nps proposal_win_rate"),
        ("m", "enterprise", "", "CSM"),
        ("n", "total", "nps", "never"),
        ("o", "total", "nps", ""),
        ("q", "total", "cost_to_serve", "経営企画"),
    ]


def test_each_finding_names_its_file_and_line(shipped: pd.DataFrame, demo_book: Portfolio) -> None:
    for row in shipped.itertuples():
        name, _, line = str(row.where).partition(":")
        said = (Path(demo_book.settings.folder) / name).read_text("utf-8").splitlines()[int(line) - 1]
        if row.kpi and row.rule != "d":
            assert str(row.kpi) in said
    assert set(shipped.severity[shipped.rule < "g"]) == {"contradiction"}
    assert set(shipped.severity[shipped.rule >= "g"]) == {"gap"}
