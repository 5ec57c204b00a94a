"""programmes.yaml: its defaults, and mistakes in it, each named with its line and the nearest known name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from cslib.settings import OUTCOMES, Programme, Programmes
from cslib.settings.templates import PROGRAMMES
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
