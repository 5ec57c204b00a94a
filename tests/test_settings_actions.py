"""actions.yaml: its defaults, and mistakes in it, each named with its line and the nearest known name; what check warns of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import yaml

from cslib.check_hints import action_hints
from cslib.kpis import CATALOGUE
from cslib.settings import Action, Actions
from cslib.settings.templates import ACTIONS
from cslib.yaml_files import read
from tests.settings import problems, settings_of, told

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """\
- id: a
  name: x
  kpi: adoption
  owner: CSM
  started_on: 2026-05-01
  expected: {change: 0.05, by: 2026-10}
  review_on: 2026-11-10
"""
TEAM = "people: {Sato: {team: csm}, Support: {team: support}}\n"


def changed(line: int, text: str) -> str:
    """Return a whole entry with another line."""
    lines = WHOLE.splitlines()
    lines[line - 1] = text
    return "\n".join(lines) + "\n"


MISTAKES = [
    ("id: a\n", "actions.yaml: wanted a list; found"),
    (changed(4, "  ownr: CSM"), "actions.yaml:4: no key 'ownr'; did you mean 'owner'?"),
    (changed(6, ""), "actions.yaml:1: the key 'expected' is missing"),
    (changed(3, "  kpi: adopton"), "actions.yaml:3: no KPI 'adopton'; did you mean 'adoption'? 'cslib kpis' lists them"),
    (changed(4, "  owner: CSM\n  segment: totl"), "actions.yaml:5: no segment 'totl'; did you mean 'total'?"),
    (changed(6, "  expected: {by: 2026-10}"), "actions.yaml:6: expected: wanted either a change or a value; found neither"),
    (changed(6, "  expected: {change: 1, value: 2, by: 2026-10}"), "actions.yaml:6: expected: wanted either a change or a value; found both"),
    (changed(6, "  expected: {change: 0, by: 2026-10}"), "actions.yaml:6: expected: wanted a change other than 0"),
    (changed(6, "  expected: {change: 1, by: October}"), "actions.yaml:6: expected.by: a month is written YYYY-MM"),
    (changed(6, "  expected: {change: 1, by: 2026-05}"), "actions.yaml:6: expected: wanted a month after 2026-05, in which it starts"),
    (changed(6, "  expected: {chang: 1, by: 2026-10}"), "actions.yaml:6: no key 'chang'; did you mean 'change'?"),
    (changed(7, "  review_on: 2026-05-01"), "actions.yaml:7: review_on: wanted a day after 2026-05-01, on which it starts"),
    (changed(7, "  review_on: soon"), "actions.yaml:7: review_on: wanted a date like 2026-10-31"),
    (f"{WHOLE}  baseline: {{months: 0}}\n", "actions.yaml:8: baseline.months: wanted greater than or equal to 1"),
    (f"{WHOLE}{WHOLE}", "actions.yaml:8: the id 'a' is taken by an action above"),
    (f"{WHOLE}  decision: {{on: 2026-11-12, what: go, why: x}}\n", "actions.yaml:8: decision.what: wanted 'keep', 'change', 'stop' or 'extend'"),
    (f"{WHOLE}  decision: [{{on: 2026-11-12}}, {{on: 2026-11-13}}]\n", "actions.yaml:8: decision: wanted one decision; found a list of 2"),
    (f"{WHOLE}  decision: {{on: 2026-11-12, what: keep, why: x}}\n  decision: {{}}\n", "actions.yaml:9: key 'decision' is given twice"),
    (f"{WHOLE}  decision: {{on: 2026-11-12, what: stop, why: x, next: b}}\n", "actions.yaml:8: no action 'b'; known: a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"actions.yaml": text})


def test_mistakes_of_all_kinds_are_told_at_once(tmp_path: Path) -> None:
    text = changed(3, "  kpi: x") + changed(7, "  review_on: 2025-01-01").replace("id: a", "id: b")
    found = problems(tmp_path, {"actions.yaml": text, "team.yaml": "people: {A: {team: x}}\n"})
    places = ["actions.yaml:14", "actions.yaml:3", "team.yaml:1"]
    assert sorted(problem.partition(": ")[0] for problem in found) == places


@pytest.mark.parametrize("owner", ["Sato", "CSM", "support", "Support"])
def test_an_owner_is_a_person_or_a_team(tmp_path: Path, owner: str) -> None:
    files = {"actions.yaml": changed(4, f"  owner: {owner}"), "team.yaml": TEAM}
    assert settings_of(tmp_path, files).actions[0].owner == owner


def test_an_owner_of_whom_the_team_knows_nothing_is_refused(tmp_path: Path) -> None:
    said = told(tmp_path, {"actions.yaml": changed(4, "  owner: Satou"), "team.yaml": TEAM})
    assert "actions.yaml:4: no owner 'Satou'; did you mean 'Sato'? team.yaml says who there is" in said


def test_without_a_team_anybody_may_own(tmp_path: Path) -> None:
    assert settings_of(tmp_path, {"actions.yaml": changed(4, "  owner: Satou")}).actions[0].owner == "Satou"


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n"])
def test_a_file_with_nothing_in_it_names_no_action(tmp_path: Path, text: str) -> None:
    assert settings_of(tmp_path, {"actions.yaml": text}).actions == ()


def test_what_is_not_said_is_the_default(tmp_path: Path) -> None:
    (action,) = settings_of(tmp_path, {"actions.yaml": WHOLE}).actions
    assert (action.segment, action.baseline.months, action.programme, action.plan, action.done, action.decision) == ("total", 3, "", None, [], None)  # fmt: skip
    assert (action.started_on, action.expected.by) == (date(2026, 5, 1), "2026-10")


def test_the_template_names_none_and_shows_an_entry_that_is_read(tmp_path: Path) -> None:
    assert yaml.safe_load(ACTIONS) is None
    file, wrong = tmp_path / "actions.yaml", list[str]()
    file.write_text("\n".join(line.removeprefix("# ") for line in ACTIONS.splitlines()[2:]), "utf-8")
    read_one = read(file, Actions, wrong)
    assert wrong == []
    assert read_one
    (action,) = read_one.root
    assert action.model_fields_set == set(Action.model_fields)


@pytest.mark.parametrize(
    ("kpi", "change", "said"),
    [("adoption", 0.05, ""), ("adoption", -0.05, "fall, though higher"), ("onboarding_days", -10, ""), ("onboarding_days", 10, "rise, though lower")],
)  # fmt: skip
def test_an_expectation_of_worse_is_a_warning(tmp_path: Path, kpi: str, change: float, said: str) -> None:
    text = changed(3, f"  kpi: {kpi}").replace("change: 0.05", f"change: {change}")
    hints = action_hints(CATALOGUE, settings_of(tmp_path, {"actions.yaml": text}))
    assert [said in hint and "actions.yaml:6: 'a' expects" in hint for hint in hints] == ([True] if said else [])


def test_outsiders_are_told_nothing_of_it(tmp_path: Path) -> None:
    goals = "title: x\ngoal: y\naudience: external\n"
    kgi = "id: total\nname: x\ngoal: z\nkgi: {kpi: nrr, target: 1, owner: Sato}\n"
    shown = settings_of(tmp_path, {"actions.yaml": WHOLE, "report.yaml": goals, "segments/total.yaml": kgi}).published()
    assert shown.actions == ()
    assert (shown.report.goal, shown.total.goal) == (None, None)
    assert shown.total.kgi
    assert shown.total.kgi.owner == ""
