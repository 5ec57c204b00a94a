"""team.yaml: its defaults, and mistakes in it, each named with its line and the nearest known name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from cslib.periods import Month
from cslib.settings import TEAMS, Person, Team
from cslib.settings.templates import TEAM
from tests.settings import problems, settings_of, told

if TYPE_CHECKING:
    from pathlib import Path

MISTAKES = [
    ("persons: {}\n", "team.yaml:1: no key 'persons'; known: people"),
    ("people: [a, b]\n", "team.yaml:1: people: wanted keys with values"),
    ("people:\n  A: csm\n", "team.yaml:2: people.A: wanted keys with values; found 'csm'"),
    ("people:\n  A:\n", "team.yaml:2: people.A: wanted keys with values; found nothing"),
    ("people:\n  A: {fte: 1}\n", "team.yaml:2: the key 'team' is missing"),
    ("people:\n  A:\n    team: csm\n    ftes: 1\n", "team.yaml:4: no key 'ftes'; did you mean 'fte'?"),
    ("people:\n  A:\n    team: onbording\n", "team.yaml:3: people.A.team: no team 'onbording'; did you mean 'onboarding'?"),
    ("people:\n  A: {team: csm, fte: 0}\n", "team.yaml:2: people.A.fte: wanted greater than 0"),
    ("people:\n  A: {team: csm, fte: half}\n", "team.yaml:2: people.A.fte: wanted a number; found 'half'"),
    ("people:\n  A: {team: csm, from: 2025-4}\n", "team.yaml:2: people.A.from: a month is written YYYY-MM, like 2026-10; found '2025-4'"),
    ("people:\n  A: {team: csm, from: 2025-04-01}\n", "a month is written YYYY-MM, like 2026-10; found '2025-04-01'"),
    ("people:\n  B: {team: csm}\n  A: {team: csm, from: 2025-04, until: 2025-03}\n", "team.yaml:3: people.A: until: wanted a month not before 2025-04; found 2025-03"),
    ("people:\n  A: {team: csm}\n  B: {team: csm}\n  A: {team: sales}\n", "team.yaml:4: key 'A' is given twice"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"team.yaml": text})


def test_mistakes_are_told_with_those_of_other_files(tmp_path: Path) -> None:
    found = problems(tmp_path, {"team.yaml": "people:\n  A: {team: x}\n", "health.yaml": "bands: {green: x}\n"})
    assert sorted(problem.partition(": ")[0] for problem in found) == ["health.yaml:1", "team.yaml:2"]


@pytest.mark.parametrize("text", ["", "# nobody\n", "people:\n", "people: {}\n"])
def test_a_file_with_nothing_in_it_names_nobody(tmp_path: Path, text: str) -> None:
    assert settings_of(tmp_path, {"team.yaml": text}).team == Team()


def test_what_is_not_said_is_the_default(tmp_path: Path) -> None:
    team = settings_of(tmp_path, {"team.yaml": "people:\n  A: {team: sales}\n"}).team
    assert team.people == {"A": Person(team="sales", fte=1)}
    assert (team.team("A"), team.team("B")) == ("sales", None)


def test_somebody_is_there_from_the_first_month_to_the_last(tmp_path: Path) -> None:
    text = "people:\n  A: {team: csm, fte: 0.5, from: 2025-04, until: 2025-06}\n  B: {team: csm, from: 2025-04}\n"
    team = settings_of(tmp_path, {"team.yaml": text}).team
    months = [Month.parse(f"2025-{month:02d}") for month in (3, 4, 6, 7)]
    assert [team.fte("A", month) for month in months] == [None, 0.5, 0.5, None]
    assert [team.fte("B", month) for month in months] == [None, 1, 1, 1]
    assert team.fte("C", months[0]) is None


def test_the_template_names_nobody_and_shows_an_entry_that_is_read() -> None:
    assert yaml.safe_load(TEAM) is None
    shown = yaml.safe_load("\n".join(line.removeprefix("# ") for line in TEAM.splitlines()[2:]))
    (person,) = Team.model_validate(shown).people.values()
    assert person.since == Month.parse("2025-04")
    assert all(team in TEAM for team in TEAMS)


def test_another_working_time_is_another_setting(tmp_path: Path) -> None:
    half, whole = (
        settings_of(tmp_path / str(fte), {"team.yaml": f"people:\n  A: {{team: sales, fte: {fte}}}\n"})
        for fte in (0.5, 1)
    )
    assert half.fingerprint() != whole.fingerprint()


def test_outsiders_are_told_nobody(tmp_path: Path) -> None:
    said = {"team.yaml": "people:\n  A: {team: sales}\n", "report.yaml": "audience: external\n"}
    assert settings_of(tmp_path, said).published().team == Team()
