"""programmes.yaml: its defaults, and mistakes in it, each named with its line and the nearest known name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from cslib.check import check_params
from cslib.errors import SettingsError
from cslib.portfolio import Portfolio
from cslib.settings import OUTCOMES, Programme, Programmes
from cslib.settings.templates import PROGRAMMES
from tests.books import TODAY
from tests.exports import export, write
from tests.settings import problems, settings_of, told

if TYPE_CHECKING:
    from pathlib import Path

MISTAKES = [
    ("programme: training\n", "programmes.yaml: wanted a list; found"),
    ("- training\n", "programmes.yaml:1: an entry: wanted keys with values; found 'training'"),
    ("- programme: a\n- name: x\n", "programmes.yaml:2: the key 'programme' is missing"),
    ("- programme: a\n  outcom: use\n", "programmes.yaml:2: no key 'outcom'; did you mean 'outcome'?"),
    ("- programme: a\n  name: {jp: x, en: y}\n", "programmes.yaml:2: no key 'jp'; did you mean 'ja'?"),
    ("- programme: a\n\n  outcome: adopton\n", "programmes.yaml:3: outcome: no outcome 'adopton'; did you mean 'adoption'?"),
    ("- programme: a\n- programme: b\n  expected: 0\n", "programmes.yaml:3: expected: wanted greater than 0"),
    ("- programme: a\n  expected: much\n", "programmes.yaml:2: expected: wanted a number; found 'much'"),
    ("- programme: a\n  assignment: random\n", "programmes.yaml:2: assignment: wanted 'drawn', 'wave'"),
    ("- programme: a\n  hours_per_customer: -1\n", "programmes.yaml:2: hours_per_customer: wanted greater than or equal to 0"),
    ("- programme: a\n- programme: b\n- programme: a\n", "programmes.yaml:3: the programme 'a' has an entry already"),
    ("- programme: a\n  outcome: use\n  outcome: nps\n", "programmes.yaml:3: key 'outcome' is given twice"),
]  # fmt: skip
JOINED = "customer_id,programme,started_on\n00001,training,2026-03-01\n00002,community,2026-03-01\n"


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"programmes.yaml": text})


def test_mistakes_of_all_kinds_are_told_at_once(tmp_path: Path) -> None:
    text = "- programme: a\n  outcome: x\n- programme: b\n  expected: y\n- programme: b\n"
    found = problems(tmp_path, {"programmes.yaml": text, "health.yaml": "bands: {green: x}\n"})
    places = ["health.yaml:1", "programmes.yaml:2", "programmes.yaml:4", "programmes.yaml:5"]
    assert sorted(problem.partition(": ")[0] for problem in found) == places


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n"])
def test_a_file_with_nothing_in_it_names_no_programme(tmp_path: Path, text: str) -> None:
    assert settings_of(tmp_path, {"programmes.yaml": text}).programmes == ()


def test_what_is_not_said_is_the_default(tmp_path: Path) -> None:
    (entry,) = settings_of(tmp_path, {"programmes.yaml": "- programme: a\n"}).programmes
    assert entry.model_dump() == {
        "programme": "a", "name": None, "outcome": "adoption", "expected": None, "assignment": "unknown", "cluster": "customer",
        "hours_per_customer": None,
    }  # fmt: skip
    assert entry.clustered_by == "customer"


def test_customers_chosen_by_their_csm_were_chosen_as_portfolios() -> None:
    assert Programme(programme="a", assignment="by_csm").clustered_by == "csm"
    assert Programme(programme="a", assignment="by_csm", cluster="region").clustered_by == "region"


def test_the_template_names_none_and_shows_an_entry_that_is_read() -> None:
    assert yaml.safe_load(PROGRAMMES) is None
    shown = "\n".join(line.removeprefix("# ") for line in PROGRAMMES.splitlines()[2:])
    (entry,) = Programmes.model_validate(yaml.safe_load(shown)).root
    assert set(yaml.safe_load(shown)[0]) == set(Programme.model_fields)
    assert all(outcome in PROGRAMMES for outcome in OUTCOMES)
    assert (entry.assignment, entry.cluster) == ("unknown", "customer")


def test_another_entry_is_another_setting(tmp_path: Path) -> None:
    plain, other = (
        settings_of(tmp_path / name, {"programmes.yaml": text})
        for name, text in (("a", "- programme: a\n"), ("b", "- programme: a\n  outcome: use\n"))
    )
    assert plain.fingerprint() != other.fingerprint()


def test_outsiders_are_told_nothing_of_it(tmp_path: Path) -> None:
    said = {"programmes.yaml": "- programme: a\n", "report.yaml": "audience: external\n"}
    assert settings_of(tmp_path, said).published().programmes == ()


# what only the data can tell


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
