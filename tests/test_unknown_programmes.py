"""programmes.yaml against the data: programmes that nobody took part in, columns that customers do not have."""

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

JOINED = "customer_id,programme,started_on\n00001,training,2026-03-01\n00002,community,2026-03-01\n"


def _refused(folder: Path, text: str, files: dict[str, str | bytes]) -> list[str]:
    params = export(folder, files)
    write(params / "programmes.yaml", text)
    with pytest.raises(SettingsError) as raised:
        Portfolio.open(params, TODAY)
    assert raised.value.exit_code == 2
    assert not check_params(params, TODAY).usable
    return [problem.removeprefix(f"{params}/") for problem in raised.value.problems]


def test_a_programme_that_nobody_took_part_in_is_named_with_the_nearest(tmp_path: Path) -> None:
    text = "- programme: training\n- name: x\n  programme: comunity\n"
    assert _refused(tmp_path, text, {"programmes.csv": JOINED}) == [
        "programmes.yaml:3: no programme 'comunity'; did you mean 'community'?"
    ]


def test_a_programme_without_the_table_is_named_with_what_is_missing(tmp_path: Path) -> None:
    (said,) = _refused(tmp_path, "- programme: training\n", {})
    assert said.startswith("programmes.yaml:1: no programme 'training', since the source has no table of them")


def test_a_column_that_customers_do_not_have_is_named_with_the_nearest(tmp_path: Path) -> None:
    text = "- programme: trainin\n  cluster: regoin\n- programme: community\n  assignment: by_csm\n"
    rows = "".join(f"{number:05d},A{number},pro,5,east\n" for number in range(1, 13))
    customers = f"customer_id,name,plan,employees,region\n{rows}"
    assert _refused(tmp_path, text, {"programmes.csv": JOINED, "customers.csv": customers}) == [
        "programmes.yaml:1: no programme 'trainin'; did you mean 'training'?",
        "programmes.yaml:2: cluster: no column of the customers 'regoin'; did you mean 'region'?",
        "programmes.yaml:4: assignment: no column of the customers 'csm'; known: customer_id, employees, name, plan, region",
    ]


def test_a_column_of_the_team_tells_groups(tmp_path: Path) -> None:
    params = export(tmp_path, {"programmes.csv": JOINED})
    write(params / "programmes.yaml", "- programme: training\n  cluster: plan\n")
    assert Portfolio.open(params, TODAY).settings.programmes[0].clustered_by == "plan"


def test_an_action_names_a_programme_that_somebody_took_part_in(tmp_path: Path) -> None:
    params = export(tmp_path, {"programmes.csv": JOINED})
    action = "- id: a\n  name: x\n  kpi: nrr\n  owner: x\n  started_on: 2026-05-01\n  expected: {change: 0.1, by: 2026-10}\n  review_on: 2026-11-10\n"
    write(params / "actions.yaml", f"{action}  programme: trainin\n")
    with pytest.raises(SettingsError, match=r"actions\.yaml:8: no programme 'trainin'; did you mean 'training'\?"):
        Portfolio.open(params, TODAY)
    write(params / "actions.yaml", f"{action}  programme: training\n")
    assert Portfolio.open(params, TODAY).settings.actions[0].programme == "training"
