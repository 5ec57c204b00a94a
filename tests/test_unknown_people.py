"""team.yaml against the data: CSMs whom no table names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cslib.check import check_params
from cslib.errors import SettingsError
from cslib.portfolio import Portfolio
from tests.books import TODAY
from tests.exports import export, write

if TYPE_CHECKING:
    from pathlib import Path

TOUCHES = "customer_id,csm,kind,occurred_on\n00001,Sakura Kobayashi,call,2026-03-01\n00002,,call,2026-03-01\n"
ASSIGNED = "customer_id,kind,value,started_on\n00001,csm,Makoto Yamaguchi,2026-01-01\n00001,team,Scale,2026-01-01\n"


def _refused(folder: Path, people: str, files: dict[str, str | bytes]) -> list[str]:
    params = export(folder, files)
    write(params / "team.yaml", f"people:\n{people}")
    with pytest.raises(SettingsError) as raised:
        Portfolio.open(params, TODAY)
    assert raised.value.exit_code == 2
    assert not check_params(params, TODAY).usable
    return [problem.removeprefix(f"{params}/") for problem in raised.value.problems]


def test_a_csm_whom_no_table_names_is_told_with_the_nearest(tmp_path: Path) -> None:
    people = "  Sakura Kobayasi: {team: csm}\n  Makoto Yamaguchi: {team: csm}\n  Scale: {team: csm}\n"
    files: dict[str, str | bytes] = {"touches.csv": TOUCHES, "assignments.csv": ASSIGNED}
    assert _refused(tmp_path, people, files) == [
        "team.yaml:2: no CSM 'Sakura Kobayasi'; did you mean 'Sakura Kobayashi'?",
        "team.yaml:4: no CSM 'Scale'; known: Makoto Yamaguchi, Sakura Kobayashi",
    ]


def test_a_csm_where_no_table_names_any_is_told_with_what_is_missing(tmp_path: Path) -> None:
    (said,) = _refused(tmp_path, "  A: {team: csm}\n", {})
    assert said.startswith("team.yaml:2: no CSM 'A', since no table names any; map 'csm'")


def test_other_teams_and_whoever_is_to_come_need_be_named_by_no_table(tmp_path: Path) -> None:
    params = export(tmp_path, {"touches.csv": TOUCHES})
    people = "  Sakura Kobayashi: {team: csm}\n  Desk: {team: support}\n  New: {team: csm, from: 2099-01}\n"
    write(params / "team.yaml", f"people:\n{people}")
    assert [*Portfolio.open(params, TODAY).settings.team.people] == ["Sakura Kobayashi", "Desk", "New"]
