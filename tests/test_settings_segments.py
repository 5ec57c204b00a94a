"""Segments and their goals, and mistakes in their files: each is named with its line and the nearest known name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import cslib
from cslib.kpis import CATALOGUE
from cslib.settings import (
    AdoptionWeeks,
    ColumnMap,
    Condition,
    Policies,
    Report,
    Segment,
    Source,
    TableSource,
)
from cslib.settings.segments import Kgi, Target
from tests.settings import PRO, settings_of, told

if TYPE_CHECKING:
    from pydantic import BaseModel

MODELS: list[type[BaseModel]] = [
    AdoptionWeeks, ColumnMap, Condition, Kgi, Policies, Report, Segment, Source, TableSource, Target,
]  # fmt: skip

MISTAKES = [
    # an unknown key, at every depth
    (f"{PRO}tragets: {{nrr: 1}}\n", "pro.yaml:4: no key 'tragets'; did you mean 'targets'?"),
    (f"{PRO}targets:\n  nrr: {{targt: 1}}\n", "pro.yaml:5: no key 'targt'; did you mean 'target'?"),
    # a key that is missing
    ("name: x\n", "pro.yaml:1: the key 'id' is missing"),
    # a value of another kind
    (f"{PRO}targets: {{nrr: 110%}}\n", "pro.yaml:4: targets.nrr: wanted a number; found '110%'"),
    (f"{PRO}targets: {{nrr: .inf}}\n", "pro.yaml:4: targets.nrr: wanted a number; found inf"),
    (f"{PRO}targets: {{nrr: }}\n", "pro.yaml:4: the key 'target' is missing"),
    (f"{PRO}touch_rule: {{new_month: 3}}\n", "pro.yaml:4: no key 'new_month'; did you mean 'new_months'?"),
    (
        f"{PRO}touch_rule: {{large: {{at_least: 0}}}}\n",
        "pro.yaml:4: touch_rule.large.at_least: wanted greater than 0; found 0",
    ),
    (f"{PRO}touch_model: mid\n", "pro.yaml:4: touch_model: wanted 'high', 'low' or 'tech'; found 'mid'"),
    # an id that is no place
    *(
        (f"id: {name}\nname: x\n", "an id becomes a folder and an address")
        for name in (
            "../etc",
            "a/b",
            "A",
            "日本",
            "'a b'",
            ".",
            "..",
            "-a",
            "assets",
            "index",
            "''",
            "'a\n\n'",
            '"a\\n"',
            "a" * 65,
        )
    ),
    ("id: 5\nname: x\n", "pro.yaml:1: id: wanted a text; found 5"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"segments/pro.yaml": text})


def test_targets_and_goals(tmp_path: Path) -> None:
    text = f"{PRO}kgi: {{kpi: nrr, target: 1.1}}\ntargets:\n  nps: 0\n  grr: {{target: 0.9, owner: 営業}}\n"
    pro = settings_of(tmp_path, {"segments/pro.yaml": text}).segments[1]
    found = {kpi: (goal.target, goal.owner) for kpi in CATALOGUE.by_id if (goal := pro.target_of(kpi))}
    assert found == {"nrr": (1.1, ""), "nps": (0, ""), "grr": (0.9, "営業")}


def test_whatever_can_be_set_is_read() -> None:
    home = Path(cslib.__file__).parent
    code = "\n".join(file.read_text("utf-8") for file in home.rglob("*.py") if "demo" not in file.parts)
    read = r"(?<!customers)\.{}\b"  # a column of the customers is none of the settings
    unread = [name for model in MODELS for name in model.model_fields if not re.search(read.format(name), code)]
    assert unread == []
