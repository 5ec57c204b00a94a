"""What the page says of actions and of what does not agree: every state, word and rule, in both languages, escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cslib.analysis.targets.consistency import AGREES, COLUMNS
from cslib.analysis.targets.consistency import CONTRADICTION as WRONG
from cslib.analysis.targets.pdca import COLUMNS as CHECKED
from cslib.analysis.targets.pdca import IDLE, INTERNAL, State
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.settings import Action, LocalisedText, Segment
from cslib.stats.expectation import Came
from cslib.tables.consistency import consistency_findings, consistency_tree
from cslib.tables.course import Course, course_svg
from cslib.tables.pdca import Told, pdca_cards, pdca_findings, pdca_recent
from tests.sample import HOSTILE

if TYPE_CHECKING:
    from cslib.tables import Output

JA, EN = Wording("ja"), Wording("en")
BOTH = pytest.mark.parametrize("wording", [JA, EN], ids=["ja", "en"])
NOW = Month.parse("2026-10")
ENTRY: dict[str, Any] = {
    "id": "a", "name": {"ja": HOSTILE[0], "en": HOSTILE[0]}, "kpi": "adoption", "segment": "total", "owner": HOSTILE[1], "started_on": "2026-03-01",
    "expected": {"change": 0.05, "by": "2026-09"}, "review_on": "2026-10-10", "plan": {"ja": "計画", "en": "the plan"},
    "done": [{"on": "2026-04-01", "note": "first"}, {"on": "2026-11-01", "note": "much later"}],
    "decision": {"on": "2026-10-20", "what": "change", "why": "so it is", "next": "b"},
}  # fmt: skip
ENTRIES = tuple(Action.model_validate(one, strict=False) for one in (ENTRY, {**ENTRY, "id": "b", "name": {"ja": "次", "en": "The next"}, "segment": "smb"}))  # fmt: skip
SEGMENTS = [Segment(id=name, name=LocalisedText(ja=name, en=name)) for name in ("total", "smb")]
FIGURES = pd.DataFrame({"kpi": "adoption", "month": ["2026-08", "2026-09", "2026-10"], "value": [0.8, None, 0.85], "low": 0.7, "high": 0.9})  # fmt: skip
TOLD = Told(ENTRIES, CATALOGUE, FIGURES, NOW)
ROW: dict[str, Any] = {
    **dict.fromkeys(CHECKED, ""), "segment": "total", "month": str(NOW), "action": "a", "name_ja": HOSTILE[0], "name_en": HOSTILE[0], "state": "running",
    "kpi": "adoption", "owner": HOSTILE[1], "started_on": "2026-03-01", "expected_by": "2026-09", "review_on": "2026-10-10", "baseline": 0.8,
    "value": 0.85, "change": 0.05, "low": 0.01, "high": 0.09, "expected": 0.05, "outside": 0.01, "outside_low": -0.02, "outside_high": 0.04,
    "difference": 0.04, "difference_low": -0.01, "difference_high": 0.09, "bad_stretch": False, "verdict": "as_expected",
}  # fmt: skip


def rows(**changed: Any) -> pd.DataFrame:
    """Return an action as the analysis has it, changed so."""
    return pd.DataFrame([{**ROW, **changed}])


def shown(output: Output) -> str:
    """Return all that an output says."""
    return f"{output.title} {output.text} {output.html}"


def card(wording: Wording = EN, **changed: Any) -> str:
    """Return what the card of an action says."""
    return shown(pdca_cards(rows(**changed), TOLD, SEGMENTS, wording))


@BOTH
@pytest.mark.parametrize("verdict", [*Came, "too_early", "cannot_tell"])
def test_each_verdict_is_said_in_words(verdict: str, wording: Wording) -> None:
    assert wording.text(f"pdca_verdict_{verdict}") in card(
        wording, verdict=verdict, reason="bare" if verdict == "cannot_tell" else ""
    )


@BOTH
@pytest.mark.parametrize("stage", State)
def test_each_state_is_said_in_words_and_by_a_class(stage: str, wording: Wording) -> None:
    said = card(wording, state=stage, decided_on="2026-10-20", decision="change")
    assert wording.text(f"pdca_state_{stage}") in said
    assert f'<li class="card {stage}">' in said


def test_the_check_tells_both_changes_with_their_intervals() -> None:
    said = card()
    for part in ("80.0", "85.0", "+5.0", "+1.0 to +9.0", "+4.0", "−1.0 to +9.0", "Not a proof of effect"):
        assert part in said.replace("\N{NO-BREAK SPACE}", " ")
    assert "bad stretch" not in said
    assert "bad stretch" in card(bad_stretch=True)


@pytest.mark.parametrize(
    ("verdict", "is_told"), [("supported", True), ("consistent", True), ("cannot_tell", False), ("", False)]
)
def test_the_verdict_of_the_programme_stands_in_place_of_the_caution(verdict: str, *, is_told: bool) -> None:
    said = card(programme_verdict=verdict)
    assert ("The analysis of programmes says" in said) == is_told
    assert ("Not a proof of effect" in said) != is_told


def test_nothing_that_was_done_later_is_told() -> None:
    said = card()
    assert "first" in said
    assert "much later" not in said


def test_what_was_decided_is_told_with_what_follows() -> None:
    said = card(state="decided", decided_on="2026-10-20", decision="change")
    assert "change it. so it is" in said
    assert "Then: The next" in said
    assert "change it" not in card(state="overdue")


def test_an_expected_value_is_told_as_one() -> None:
    entry = Action.model_validate({**ENTRY, "expected": {"value": 0.9, "by": "2026-09"}}, strict=False)
    said = shown(pdca_cards(rows(), Told((entry, ENTRIES[1]), CATALOGUE, FIGURES, NOW), SEGMENTS, EN))
    assert "90.0\N{NO-BREAK SPACE}% expected by Sep 2026" in said


@BOTH
def test_what_people_wrote_is_escaped(wording: Wording) -> None:
    said = card(wording, lacks="no_target") + shown(pdca_findings(rows(lacks="no_target"), found(), TOLD, wording))
    assert HOSTILE[0] not in pdca_cards(rows(), TOLD, SEGMENTS, wording).html
    assert "<script" not in said.replace(pdca_findings(rows(lacks="no_target"), found(), TOLD, wording).text, "")


def test_a_page_names_how_many_stand_on_others() -> None:
    assert "Actions on other pages: smb 1." in card()
    open_one = Action.model_validate({**ENTRY, "id": "b", "segment": "smb", "decision": None}, strict=False)
    told = Told((ENTRIES[0], open_one), CATALOGUE, FIGURES, NOW)
    assert "smb 1 (1 overdue)" in pdca_cards(rows(), told, SEGMENTS, EN).text


def test_without_a_file_the_page_says_how_to_begin() -> None:
    nothing = pd.DataFrame([{**dict.fromkeys(CHECKED, ""), "segment": "total", "reason": IDLE}])
    assert (
        "Begin with one in params/actions.yaml"
        in pdca_cards(nothing, Told((), CATALOGUE, FIGURES, NOW), SEGMENTS, EN).text
    )
    elsewhere = pdca_cards(nothing, Told(ENTRIES[1:], CATALOGUE, FIGURES, NOW), SEGMENTS, EN).text
    assert "no action is written down" in elsewhere
    assert "smb 1" in elsewhere


def test_outsiders_read_that_it_is_for_the_team() -> None:
    hidden = pd.DataFrame([{**dict.fromkeys(CHECKED, ""), "segment": "total", "reason": INTERNAL}])
    told = Told((), CATALOGUE, FIGURES, NOW)
    for output in (
        pdca_cards(hidden, told, SEGMENTS, EN),
        pdca_recent(hidden, told, EN),
        pdca_findings(hidden, found(), told, EN),
    ):
        assert "for the team alone" in output.text
    kept = pd.DataFrame([{**dict.fromkeys(COLUMNS, ""), "segment": "total", "reason": INTERNAL}])
    assert "for the team alone" in consistency_findings(kept, SEGMENTS, CATALOGUE, EN).text
    assert "Neither" not in consistency_findings(kept, SEGMENTS, CATALOGUE, EN).text
    assert "for the team alone" in consistency_tree(kept, SEGMENTS[0], None, {}, CATALOGUE, EN).text


def test_what_was_decided_since_the_last_close() -> None:
    assert (
        "change it (20 Oct 2026)"
        in pdca_recent(rows(state="decided", decided_on="2026-10-20", decision="change"), TOLD, EN).text
    )
    assert (
        "Nothing was decided in Oct 2026"
        in pdca_recent(rows(state="decided", decided_on="2026-09-30", decision="stop"), TOLD, EN).text
    )


def test_what_is_to_be_seen_to() -> None:
    said = pdca_findings(
        rows(lacks="no_target owner_left"), found(rule="o", kpi="nps", found=0.2, wanted=0.3), TOLD, EN
    ).text
    assert "Off target for three closes without an action under way: Net Promoter Score." in said
    assert "whose figure has no target" in said
    assert "whose owner is not in the team now" in said
    assert "No figure misses its target" in pdca_findings(rows(), found(), TOLD, EN).text


@pytest.mark.parametrize("values", [[0.5, 0.5, 0.5], [0.1, None, 0.4], [1e9, 0.0]])
def test_a_course_is_drawn_within_its_frame(values: list[float | None]) -> None:
    drawn = course_svg(Course(values, 1, 0.2, 0.1, (0.0, None)), '"<x>')
    assert 'aria-label="&#34;&lt;x&gt;"' in drawn
    assert "nan" not in drawn
    assert drawn.count("<circle") == 1


def found(**said: Any) -> pd.DataFrame:
    """Return a finding as the analysis has it, or that there is none."""
    plain = {**dict.fromkeys(COLUMNS, ""), "segment": "total", "where": "segments/total.yaml:3", "found": None, "wanted": None, "severity": "gap"}  # fmt: skip
    return pd.DataFrame([{**plain, "reason": "" if said else AGREES, **said}]).astype({"found": float, "wanted": float})


FINDINGS = [
    ({"rule": "a", "kpi": "customer_churn", "about": "customer_retention", "found": 0.975**12, "wanted": 0.85}, ("2.5%", "73.8%", "85.0%", "1.35%")),
    ({"rule": "b", "kpi": "revenue_churn", "about": "grr", "found": 0.98**12, "wanted": 0.9}, ("2%", "78.5%", "90.0%", "0.87%")),
    ({"rule": "c", "kpi": "nrr", "about": "grr", "found": 0.8, "wanted": 0.9}, ("NRR", "80.0%", "90.0%")),
    ({"rule": "c", "kpi": "grr", "found": 1.1, "wanted": 1.0}, ("110.0%",)),
    ({"rule": "d", "kpi": "nps", "about": "smb", "found": 0.25, "wanted": 0.3}, ("+25.0", "+30.0")),
    ({"rule": "e", "kpi": "nps", "about": "surveys"}, ("NPS", "アンケート")),
    ({"rule": "f", "about": "high", "found": 0.3, "wanted": 0.5}, ("ハイタッチ", "30.0%")),
    ({"rule": "g"}, ("ねらい",)),
    ({"rule": "g", "about": "report"}, ("この活動のねらい",)),
    ({"rule": "h", "about": "kgi"}, ("KGIがありません",)),
    ({"rule": "h", "kpi": "nrr", "about": "owner"}, ("NRR",)),
    ({"rule": "i", "kpi": "nps"}, ("NPS",)),
    ({"rule": "j", "about": "outcome"}, ("成果",)),
    ({"rule": "j", "about": "none"}, ("ひとつもありません",)),
    ({"rule": "k", "about": "defence"}, ("守る目標だけ",)),
    ({"rule": "k", "about": "offence"}, ("伸ばす目標だけ",)),
    ({"rule": "k", "about": "offence", "found": 0.02, "wanted": 0.01}, ("2.0%", "1.0%")),
    ({"rule": "l", "about": "nps csat", "found": 2.0}, ("NPS、顧客満足度",)),
    ({"rule": "m", "found": 13.0, "wanted": 12.0}, ("13個", "12個")),
    ({"rule": "m", "about": "CSM", "found": 8.0, "wanted": 7.0}, ("CSM", "8個", "7個")),
    ({"rule": "n", "kpi": "nps", "about": "reached", "found": 6.0, "wanted": 0.3}, ("6か月", "+30.0")),
    ({"rule": "n", "kpi": "nps", "about": "never", "found": 12.0, "wanted": 0.3}, ("12か月", "+30.0")),
    ({"rule": "o", "kpi": "nps", "found": 0.2, "wanted": 0.3}, ("+20.0", "+30.0")),
    ({"rule": "p", "about": "none", "found": 3.0}, ("3社",)),
    ({"rule": "p", "about": "total smb", "found": 2.0}, ("total、smb", "2社")),
    ({"rule": "q", "kpi": "nps", "about": "経営企画", "found": 2.0}, ("経営企画", "2個")),
]  # fmt: skip


@pytest.mark.parametrize(("said", "parts"), FINDINGS, ids=lambda one: one["rule"] if isinstance(one, dict) else "")
def test_each_finding_is_said_with_its_figures(said: dict[str, Any], parts: tuple[str, ...]) -> None:
    html = consistency_findings(found(**said), SEGMENTS, CATALOGUE, JA).html
    for part in (*parts, "segments/total.yaml:3"):
        assert part in html
    english = consistency_findings(found(**said), SEGMENTS, CATALOGUE, EN).html
    assert english.count("<dd>") == 3
    assert "{" not in html + english


def test_contradictions_come_first() -> None:
    both = pd.concat([found(rule="g"), found(rule="m", found=13.0, wanted=12.0), found(rule="c", kpi="nrr", about="grr", found=0.8, wanted=0.9, severity=WRONG)])  # fmt: skip
    output = consistency_findings(both, SEGMENTS, CATALOGUE, EN)
    assert "Contradictions: 1, gaps: 2" in output.text
    assert output.html.index("Net revenue retention") < output.html.index("There is no goal")


def test_the_tree_leads_from_the_goal_to_owners_and_carries_the_marks() -> None:
    segment = Segment.model_validate({"id": "total", "name": "x", "goal": HOSTILE[0], "kgi": {"kpi": "nrr", "target": 1.1, "owner": "Ito"},
                                      "targets": {"nps": {"target": 0.3, "owner": HOSTILE[1]}, "adoption": 0.9}})  # fmt: skip
    rows = pd.concat(
        [
            found(rule="i", kpi="adoption"),
            found(rule="j", about="setup"),
            found(rule="o", kpi="nps", found=0.2, wanted=0.3),
        ]
    )
    output = consistency_tree(rows, segment, LocalisedText(ja="全体", en="The whole"), {"nps": 0.2}, CATALOGUE, EN)
    order = [
        "The whole",
        "Net revenue retention",
        "Ito",
        "Setup",
        "no target",
        "Adoption",
        "no owner",
        "Net Promoter Score",
        "(now +20.0)",
    ]
    places = [output.html.index(word) for word in order]
    assert places == sorted(places)
    assert output.html.count('class="mark gap"') == 3
    assert HOSTILE[0] not in output.html
    assert "Targets: 2, owners: 1, targets with a mark: 2" in output.text


def test_a_segment_that_agrees_says_so() -> None:
    assert "Neither a contradiction nor a gap" in consistency_findings(found(), SEGMENTS, CATALOGUE, EN).text
