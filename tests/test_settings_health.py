"""health.yaml: its defaults, and mistakes in it, each named with its line and the nearest known name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from cslib.analysis.indicators import indicators
from cslib.settings import COMPONENTS, OWN, Health, Policies
from cslib.settings.templates import HEALTH
from tests.settings import problems, settings_of, told

if TYPE_CHECKING:
    from pathlib import Path

NPS = "nps: {bad: 4, good: 9, weight: 15}"
MISTAKES = [
    # an unknown key, at every depth
    ("component: {}\n", "health.yaml:1: no key 'component'; did you mean 'components'?"),
    ("bands: {yelow: 50}\n", "health.yaml:1: no key 'yelow'; did you mean 'yellow'?"),
    ("components:\n  nps: {bad: 4, goood: 9, weight: 15}\n", "health.yaml:2: no key 'goood'; did you mean 'good'?"),
    # a component that is no figure of a customer
    (f"components:\n  {NPS}\n  npss: {{bad: 1, good: 2, weight: 1}}\n", "health.yaml:3: no indicator 'npss'; did you mean 'nps'?"),
    ("components:\n  nrr: {bad: 1, good: 2, weight: 1}\n", "health.yaml:2: no indicator 'nrr'"),
    ("components:\n  customers.size: {bad: 1, good: 2, weight: 1}\n", "health.yaml:2: no indicator 'customers.size'"),
    # what cannot be scored
    ("components:\n  nps: {bad: 4, good: 4, weight: 15}\n", "health.yaml:2: components.nps: wanted bad and good to differ; found 4"),
    ("components:\n  nps: {bad: 4, good: 9, weight: -1}\n", "health.yaml:2: components.nps.weight: wanted greater than or equal to 0"),
    ("components:\n  nps: {bad: 4, good: 9, weight: 0}\n", "health.yaml:1: components: wanted weights that add up to more than 0"),
    ("components: {}\n", "health.yaml:1: components: wanted weights that add up to more than 0"),
    ("components:\n  nps: {bad: 4, good: 9}\n", "health.yaml:2: the key 'weight' is missing"),
    ("components:\n  nps: {bad: low, good: 9, weight: 1}\n", "health.yaml:2: components.nps.bad: wanted a number; found 'low'"),
    ("bands: {yellow: 70, green: 50}\n", "health.yaml:1: bands: wanted yellow below green; found yellow 70 and green 50"),
    ("bands: {green: 500}\n", "health.yaml:1: bands.green: wanted less than or equal to 100; found 500"),
    ("least_known: {score: 0.8}\n", "health.yaml:1: least_known: wanted green to ask for as much as score"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"health.yaml": text})


def test_mistakes_of_all_kinds_are_told_at_once(tmp_path: Path) -> None:
    text = "components:\n  nsp: {bad: 1, good: 2, weight: 1}\n  csat: {bad: 2, good: 2, weight: 1}\nbands: {green: x}\n"
    found = problems(tmp_path, {"health.yaml": text})
    assert sorted(problem.partition(": ")[0] for problem in found) == [
        "health.yaml:2",
        "health.yaml:3",
        "health.yaml:4",
    ]


def test_what_is_not_said_is_the_default(tmp_path: Path) -> None:
    assert settings_of(tmp_path, {}).health == Health()
    assert Health().model_dump() == {
        "components": {
            name: {"bad": bad, "good": good, "weight": weight}
            for name, bad, good, weight in (
                ("onboarding_days", 180, 30, 15), ("adoption", 0, 4, 15), ("seat_utilisation", 0.2, 0.8, 15),
                ("feature_breadth", 1 / 8, 6 / 8, 10), ("usage_decline", 0.5, 1, 5), ("nps", 4, 9, 15), ("csat", 2, 5, 5),
                ("customers_with_outcome", 0, 1, 15), ("severe_tickets", 1, 0, 5),
            )
        },
        "bands": {"yellow": 50, "green": 70},
        "least_known": {"score": 0.5, "green": 0.7},
    }  # fmt: skip


def test_the_template_says_the_defaults() -> None:
    said = yaml.safe_load(HEALTH)
    assert Health.model_validate(said) == Health()
    assert list(said["components"]) == list(Health().components)


def test_what_is_said_takes_the_place_of_all_components(tmp_path: Path) -> None:
    """A line that a team deletes is a component that it does not want."""
    settings = settings_of(
        tmp_path, {"health.yaml": f"components:\n  {NPS}\n  customers.size: {{bad: 1, good: 2, weight: 1}}\n",
                   "policies.yaml": "indicators: {size: higher}\n"},
    )  # fmt: skip
    assert list(settings.health.components) == ["nps", "customers.size"]
    assert settings.health.bands == Health().bands


def test_every_figure_of_a_customer_may_be_a_component() -> None:
    own = Policies(indicators={"size": "higher"})
    assert {one.id for one in indicators(own)} == {*COMPONENTS, f"{OWN}size"}


def test_other_components_are_other_settings(tmp_path: Path) -> None:
    plain, other = (
        settings_of(tmp_path / "a", {}),
        settings_of(tmp_path / "b", {"health.yaml": f"components:\n  {NPS}\n"}),
    )
    assert plain.fingerprint() != other.fingerprint()
