"""What a month comes to: the goal, MRR, what is missed and what to look at first, on tables of a few rows."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.figures.answer import Answer, Miss, goal_of, month_answer, standings
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.settings import Segment
from cslib.tables import answer_sentences, goal_tiles
from cslib.tables.index_tables import due_table, missed_table, standing_table
from tests import sample
from tests.test_scorecard import said

OCTOBER = Month.parse("2026-10")
EN, JA = Wording("en"), Wording("ja")
TARGETS = {"nrr": 1.0, "onboarding_on_time": 0.9, "customer_churn": 0.01, "cac_payback": 12.0, "adoption": 0.9}


def segment(id_: str = "total", *, goal: str = "nrr", **targets: object) -> Segment:
    """Return a segment with these targets; all but the total have a condition."""
    where = {} if id_ == "total" else {"employees": {"below": 50}}
    content = {"id": id_, "name": {"ja": id_, "en": id_}, "where": where, "targets": targets}
    return Segment.model_validate(content | ({"kgi": {"kpi": goal, "target": TARGETS[goal]}} if goal else {}))


def figure(kpi: str, value: float, status: str, at: str = "2026-10", **other: object) -> dict[str, object]:
    """Return a row of the long table; without an interval unless it is given one."""
    row = {"segment": "total", "month": at, "kpi": kpi, "value": value, "low": np.nan, "high": np.nan, "status": status, "reason": "",
           "target": np.nan if status == "no_target" else TARGETS.get(kpi, np.nan)}  # fmt: skip
    return row | other


def answered(*rows: dict[str, object], of: tuple[Segment, ...] = ()) -> Answer:
    """Return the answer of October."""
    return month_answer(pd.DataFrame(list(rows)), CATALOGUE, OCTOBER, of or (segment(),))


def told(answer: Answer, wording: Wording = EN, **segments: str) -> list[str]:
    """Return the answer's paragraphs, with plain blanks."""
    return [one.replace("\N{NO-BREAK SPACE}", " ") for one in answer_sentences(answer, CATALOGUE, wording, segments)]


NRR = figure("nrr", 1.08, "on_target", low=1.02, high=1.15)
LATE = figure(
    "onboarding_on_time", 0.5, "off_target", low=0.3, high=0.7
)  # 0.4 away, half an interval is 0.2: twice as far
CHURN = figure("customer_churn", 0.02, "off_target", low=0.016, high=0.03)  # 0.01 away, the lower half 0.004: 2.5 times
PAYBACK = figure("cac_payback", 18.0, "off_target")  # no interval; half as much again as the target
MRR = figure("mrr", 84_360_000.0, "no_target")


def test_all_met() -> None:
    answer = answered(NRR, MRR, figure("mrr", 82_780_000.0, "no_target", at="2026-09"))
    assert (answer.reached, answer.missed, answer.first, answer.count) == (1, (), None, 1)
    assert told(answer) == [
        "The key goal, Net revenue retention, is at 108.0 % and reaches its target of 100.0 %. MRR is ¥84.4M (+¥1.58M vs last month).",
        "1 of 1 targets are reached.",
    ]
    assert told(answer, JA) == [
        "KGIのNRR（売上維持率）は108.0%で、目標100.0%を達成しています。MRRは8,436万円です（前月差+158万円）。",
        "KPI目標1件のうち1件を達成。",
    ]


def test_none_met_and_the_farthest_by_its_interval_is_first() -> None:
    missed = figure(
        "nrr", 0.9, "off_target", low=0.85, high=0.95
    )  # 0.1 away, half an interval is 0.05: twice as far as well
    answer = answered(
        PAYBACK, missed, LATE, CHURN, of=(segment(cac_payback=12, customer_churn={"target": 0.01, "owner": "CSM"}),)
    )
    assert [one.kpi for one in answer.missed] == ["customer_churn", "onboarding_on_time", "nrr", "cac_payback"]
    assert [one.distance for one in answer.missed[:3]] == pytest.approx([2.5, 2.0, 2.0])
    assert [one.gap for one in answer.missed] == pytest.approx([0.01, -0.4, -0.1, 6.0])
    goal, targets, first = told(answer)
    assert goal == "The key goal, Net revenue retention, is at 90.0 % and misses its target of 100.0 % by 10.0 pp."
    assert targets == (
        "0 of 4 targets are reached. Missed: Customer churn 2.0 % (target 1.0 %, 1.0 pp away), Milestones on time 50.0 % (target "
        "90.0 %, 40.0 pp away), Net revenue retention 90.0 % (target 100.0 %, 10.0 pp away), 1 more."
    )
    assert first == (
        "Look first at Customer churn (owner: CSM). It is at 2.0 %, its target is 1.0 %. Of the missed targets it is the farthest "
        "off, by the width of its 95 % interval."
    )


def test_targets_in_words_and_in_rank_are_those_of_the_segment_asked_for() -> None:
    other = figure("customer_churn", 0.5, "off_target", segment="smb", low=0.49, high=0.51)
    assert [one.kpi for one in answered(NRR, LATE, other).missed] == ["onboarding_on_time"]


def test_without_any_interval_the_gap_is_a_share_of_the_target() -> None:
    dear = figure(
        "cost_to_serve", 0.2, "off_target", target=0.1
    )  # twice its target; CAC payback is one and a half times its own
    answer = answered(PAYBACK, dear, of=(segment(goal=""),))
    assert [one.kpi for one in answer.missed] == ["cost_to_serve", "cac_payback"]
    assert told(answer)[-1].endswith("Of the missed targets it is the farthest off, as a share of its target.")


def test_an_interval_without_width_measures_nothing() -> None:
    sure = figure("adoption", 0.89, "off_target", low=0.89, high=0.89)
    answer = answered(LATE, sure)
    assert [one.kpi for one in answer.missed] == ["onboarding_on_time", "adoption"]
    assert np.isnan(answer.missed[1].distance)


def past(**values: float) -> list[dict[str, object]]:
    """Return on-time completion of past months, `june=1.0`, whatever their intervals say of the target."""
    months = {"march": "2026-03", "june": "2026-06", "july": "2026-07", "november": "2026-11"}
    return [figure("onboarding_on_time", value, "within_interval", at=months[name]) for name, value in values.items()]


def first(*rows: dict[str, object]) -> Miss:
    """Return the miss to look at first."""
    found = answered(LATE, *rows).first
    assert found is not None
    return found


def test_since_when_is_the_last_month_whose_value_reached_the_target() -> None:
    found = first(
        *past(march=0.95, june=0.9, july=0.89, november=1.0)
    )  # reached where it is met exactly; not in the future
    assert (found.reached, found.then, found.months) == ("2026-06", 0.9, 3)
    assert told(answered(LATE, *past(june=1.0)))[-1] == (
        "Look first at Milestones on time. It last reached its target of 90.0 % in Jun 2026 (100.0 %); now it is at 50.0 %."
    )
    assert told(answered(LATE, *past(june=1.0)), JA)[-1] == (
        "まず見るのは期限内完了率です。最後に目標90.0%に届いたのは2026年6月（100.0%）で、今は50.0%です。"
    )


def test_since_when_of_a_kpi_that_is_better_when_lower() -> None:
    months = [
        figure("customer_churn", value, "within_interval", at=at)
        for at, value in (("2026-05", 0.009), ("2026-06", 0.012))
    ]
    [miss] = answered(CHURN, *months).missed
    assert (miss.reached, miss.then) == ("2026-05", 0.009)


@pytest.mark.parametrize("other", [{"status": "small"}, {"value": np.nan}, {"reason": "cut usage 2026-06-12"},
                                   {"reason": "short: 3 of 12 months"}])  # fmt: skip
def test_months_whose_value_says_nothing_are_not_looked_at(other: dict[str, object]) -> None:
    [june] = past(june=1.0)
    found = first(june | other, *past(july=0.6))
    assert (found.reached, found.months) == ("", 1)
    assert "in none of the 1 months before" in told(answered(LATE, june | other, *past(july=0.6)))[-1]
    assert told(answered(LATE, june | other))[-1] == (
        "Look first at Milestones on time. It is at 50.0 %, its target is 90.0 %."
    )


UNDECIDED = figure("nrr", 1.01, "within_interval", low=0.9, high=1.1)
FEW = figure("nrr", 1.5, "small", low=0.9, high=1.1)
HIDDEN = figure("nrr", np.nan, "not_measurable", reason="hidden")
LACKING = figure("nrr", np.nan, "not_measurable", reason="needs contracts")
UNTOLD = "Targets: 1. All are on few cases or cannot be measured, so none can be called reached or missed."
NEITHER = "lies inside the 95 % interval (90.0 to 110.0 %), so it can be called neither reached nor missed."
STATES = {
    "cannot tell": (
        UNDECIDED,
        f"is at 101.0 %. Its target of 100.0 % {NEITHER}",
        "Of 1 targets: 0 reached, 0 missed, 1 that cannot be told (inside the 95 % interval of the value).",
    ),
    "one customer": (
        FEW,
        "is at 150.0 %, but on too few cases to call its target of 100.0 % reached or missed.",
        UNTOLD,
    ),
    "hidden from outsiders": (HIDDEN, "cannot be told (hidden: too few cases).", UNTOLD),
    "no contracts": (
        LACKING,
        "cannot be told (not measurable: needs contracts).",
        "Targets that the data cannot tell: Net revenue retention.",
    ),
}


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_a_goal_has_its_words(state: str) -> None:
    row, goal, targets = STATES[state]
    assert told(answered(row)) == [told(answered(row))[0], targets]
    assert re.fullmatch(rf"The key goal, Net revenue retention,? {re.escape(goal)}", told(answered(row))[0])
    assert len(told(answered(row), JA)) == 2


def test_no_targets() -> None:
    answer = answered(figure("nrr", 1.01, "no_target"), MRR, of=(segment(goal=""),))
    assert told(answer) == ["MRR is ¥84.4M.", "No targets are set."]
    assert told(answered(figure("nrr", np.nan, "no_target"), of=(segment(goal=""),))) == ["No targets are set."]


def test_targets_that_say_nothing_are_counted_beside_those_that_do() -> None:
    few = figure("adoption", 0.5, "small")
    assert told(answered(NRR, few))[1] == "1 of 1 targets are reached. 1 more are on few cases or cannot be measured."
    undecided = figure("cac_payback", 12.5, "within_interval", low=10.0, high=15.0)
    answer = answered(NRR, few, undecided, LATE, CHURN)
    assert (answer.reached, answer.untold, answer.undecided, len(answer.missed), answer.count) == (1, 1, 1, 2, 5)


@pytest.mark.parametrize("reason", ["short: 1 of 2 months", "cut contracts 2026-10-12"])
def test_mrr_is_compared_with_a_month_alike_alone(reason: str) -> None:
    before = figure("mrr", 1.0, "no_target", at="2026-09")
    assert answered(MRR | {"reason": reason}, before).revenue == pytest.approx((84_360_000.0, np.nan), nan_ok=True)
    assert answered(MRR, before | {"reason": reason}).revenue == pytest.approx((84_360_000.0, np.nan), nan_ok=True)
    assert told(answered(MRR, before | {"reason": reason}))[0].startswith("MRR is ¥84.4M.")
    assert answered(MRR | {"value": np.nan, "reason": "hidden"}, before).revenue is None


def test_of_several_segments_one_with_conditions_is_first_since_it_says_where() -> None:
    small = LATE | {"segment": "smb"}
    of = (segment(), segment("smb", goal="", onboarding_on_time={"target": 0.9, "owner": "Sales"}))
    answer = answered(NRR, CHURN, small, of=of)
    assert [(one.segment, one.kpi) for one in answer.missed] == [
        ("total", "customer_churn"),
        ("smb", "onboarding_on_time"),
    ]
    assert answer.first == answer.missed[1]
    assert answer.goal is not None
    assert answer.goal.value == 1.08  # of everyone
    _goal, targets, look = told(answer, total="All", smb="Small")
    assert "1 of 3 targets are reached. Missed: Customer churn (All) 2.0 %" in targets
    assert look.startswith("Look first at Milestones on time (Small) (owner: Sales).")
    assert look.endswith(
        "Of the targets that single segments miss it is the farthest off, by the width of its 95 % interval."
    )
    assert answered(NRR, CHURN, of=of).first == answered(NRR, CHURN, of=of).missed[0]  # where no single one misses any


def test_ties_stand_in_the_order_of_the_catalogue_then_of_the_segments() -> None:
    rows = [CHURN | {"segment": name} for name in ("b", "a")] + [
        figure(
            "adoption", 0.4, "off_target", low=0.2, high=0.6, segment="a"
        )  # 0.5 away, half an interval is 0.2: 2.5 times
    ]
    answer = answered(*rows, of=(segment("b", goal=""), segment("a", goal="")))
    assert [(one.segment, one.kpi) for one in answer.missed] == [
        ("a", "adoption"), ("b", "customer_churn"), ("a", "customer_churn"),
    ]  # fmt: skip


def test_a_reader_s_words_hold_no_gap_and_no_dash() -> None:
    rows = (NRR, MRR, LATE, CHURN, PAYBACK, *past(june=1.0))
    for wording in (EN, JA):
        assert not re.search(r"[{}]|–|nan", " ".join(told(answered(*rows), wording)))


SEGMENTS = (("total", "All", "total/summary.html"), ("smb", "<Small>", "smb/summary.html"))


def test_a_stage_stands_by_its_worst_target_what_is_missed_before_what_cannot_be_told() -> None:
    near = figure(
        "customer_churn", 0.012, "within_interval", low=0.008, high=0.02
    )  # half the lower half of its interval
    rows = pd.DataFrame([NRR, near, PAYBACK, figure("adoption", 0.95, "on_target", low=0.93, high=0.97)])
    found = standings(rows, CATALOGUE, OCTOBER, [segment()])
    assert {stage: (one.kpi, one.others) for (_, stage), one in found.items()} == {
        "usage": ("adoption", 0), "financial": ("cac_payback", 2),
    }  # fmt: skip
    assert found["total", "usage"].gap == pytest.approx(0.05)
    without = rows[rows.kpi != "cac_payback"]
    assert standings(without, CATALOGUE, OCTOBER, [segment()])["total", "financial"].kpi == "customer_churn"


def test_of_several_missed_targets_of_a_stage_the_farthest_by_its_interval_stands() -> None:
    net = figure("nrr", 0.9, "off_target", low=0.85, high=0.95)  # 0.1 away, half an interval is 0.05: twice as far
    gross = figure("grr", 0.6, "off_target", target=0.9, low=0.4, high=0.8)  # 0.3 away, half an interval is 0.2
    for rows in ([net, gross], [gross, net]):
        assert standings(pd.DataFrame(rows), CATALOGUE, OCTOBER, [segment()])["total", "financial"].kpi == "nrr"


def test_few_cases_stand_for_a_stage_only_where_there_are_no_others() -> None:
    few = figure("customer_churn", 0.9, "small", low=0.5, high=1.0)
    for rows, kpi in (([NRR, few], "nrr"), ([few], "customer_churn")):
        assert standings(pd.DataFrame(rows), CATALOGUE, OCTOBER, [segment()])["total", "financial"].kpi == kpi


def cells(html: str) -> list[list[str]]:
    """Return the rows of a table, cell by cell."""
    rows = re.findall(r'<tr><th scope="row".*?</tr>', html)
    return [[said(cell) for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row)] for row in rows]


def test_the_sheet_has_a_line_per_segment_with_its_goal_and_its_stages() -> None:
    rows, of = pd.DataFrame([NRR, CHURN | {"segment": "smb"}]), [segment(), segment("smb", goal="")]
    goals = {one.id: goal for one in of if (goal := goal_of(rows, OCTOBER, one))}
    shown = standing_table(goals, standings(rows, CATALOGUE, OCTOBER, of), SEGMENTS, CATALOGUE, EN)
    assert cells(shown.html) == [
        ["All", "108.0 % ● On target Net revenue retention (target 100.0 %)", "–", "–", "–", "–",
         "+8.0 pp ● On target Net revenue retention"],
        ["<Small>", "–", "–", "–", "–", "–", "+1.0 pp ◆ Off target Customer churn"],
    ]  # fmt: skip
    assert "<Small>" not in shown.html


def test_missed_targets_are_listed_with_their_owner_and_when_they_were_reached() -> None:
    of = (segment(), segment("smb", goal="", onboarding_on_time={"target": 0.9, "owner": "<b>Sales"}))
    rows = [one | {"segment": "smb"} for one in (LATE, *past(june=1.0))]
    shown = missed_table(answered(NRR, CHURN, *rows, of=of).missed, SEGMENTS, CATALOGUE, EN)
    assert cells(shown.html) == [
        ["All", "Customer churn", "2.0 %", "1.0 %", "+1.0 pp", "–", "–"],
        ["<Small>", "Milestones on time", "50.0 %", "90.0 %", "−40.0 pp", "<b>Sales", "Jun 2026 (100.0 %)"],
    ]
    assert "<b>Sales" not in shown.html
    assert re.findall(r'<th scope="col" class="num">([^<]+)</th>', shown.html) == ["Value", "Target", "Gap"]
    # sorted by the gap, the farthest by its interval comes first: 2.5 and 2 times the half that faces the target
    assert re.findall(r'data-sort="([^"]+)">[+−]', shown.html) == ["-2.5", "-2"]
    assert missed_table([], SEGMENTS, CATALOGUE, EN).text == "No target is clearly missed."


def due(**columns: float) -> pd.DataFrame:
    """Return what falls due in the four months after October, of all and of the red."""
    months = ["2026-11", "2026-12", "2027-01", "2027-02"]
    every = pd.DataFrame({"due_month": months, "band": "", "terms": [1, 2, 3, 4], "mrr": [100.0, 200.0, 300.0, 400.0]})
    red = pd.DataFrame({"due_month": months, "band": "red", "terms": [0, 1, 0, 0], "mrr": [0.0, 50.0, 0.0, 0.0]})
    return pd.concat([every, red], ignore_index=True).assign(**columns)


def test_what_falls_due_is_added_up_over_30_60_and_90_days() -> None:
    shown = due_table(due(), OCTOBER, EN)
    assert shown is not None
    assert cells(shown.html) == [
        ["about 30 days (by 30 Nov 2026)", "1", "¥100", "¥0"],
        ["about 60 days (by 31 Dec 2026)", "3", "¥300", "¥50"],
        ["about 90 days (by 31 Jan 2027)", "6", "¥600", "¥50"],
    ]
    alone = due_table(due().query("band == ''"), OCTOBER, EN)
    assert alone is not None
    assert "red" not in alone.html
    assert due_table(due(mrr=np.nan), OCTOBER, EN) is None  # hidden from outsiders, or without contracts


def test_five_tiles_are_in_sight_and_the_rest_is_folded() -> None:
    kpis = [sample.kpi(f"k{at}", sample.NRR.unit) for at in range(7)]
    card = pd.DataFrame([{"kpi": one.id, "value": 0.5, "status": "on_target", "target": 0.4} for one in kpis])
    shown = goal_tiles(card, kpis, EN, ["First.", "<Second>.", "Third."])
    seen, _, folded = shown.html.partition("<details")
    assert (seen.count('class="tile '), folded.count('class="tile ')) == (5, 2)
    assert shown.text == "First."
    assert "<li>&lt;Second&gt;.</li><li>Third.</li>" in seen
    assert "<summary>The other targets (2)</summary>" in folded
    assert "<details" not in goal_tiles(card.head(5), kpis, EN, ["First."]).html
    assert '<ul class="answer">' not in goal_tiles(card, kpis, EN, ["First."]).html
