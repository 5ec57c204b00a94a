"""What all settings are made of: texts in two languages, and the conditions of a `where`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from cslib.settings import LocalisedText, Report
from tests.settings import PRO, settings_of, told

if TYPE_CHECKING:
    from pathlib import Path

MISTAKES = [
    ("id: pro\nname: x\nwhere:\n  plan:\n", "pro.yaml:4: where.plan: wanted a value, a list of values"),
    ("id: pro\nname: x\nwhere: {plan: []}\n", "pro.yaml:3: where.plan: wanted a value or a list of values; found []"),
    ("id: pro\nname: x\nwhere: {plan: [a, null]}\n", "an empty one is {missing: true}"),
    (
        "id: pro\nname: x\nwhere: {employees: {at_least: many}}\n",
        "pro.yaml:3: where.employees.at_least: wanted a number or a date; found 'many'",
    ),
    ("id: pro\nname: x\nwhere: pro\n", "pro.yaml:3: where: wanted keys with values; found 'pro'"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"segments/pro.yaml": text})


def test_a_blank_key_says_nothing(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, {"policies.yaml": "grace_days:\nmin_n: 7\n", "report.yaml": "# nothing\n"})
    assert (settings.policies.grace_days, settings.policies.min_n) == (0, 7)
    assert settings.report == Report()


def test_words_come_in_one_language_or_in_both(tmp_path: Path) -> None:
    segments = {"segments/pro.yaml": PRO, "segments/total.yaml": "id: total\nname: 全社\n"}
    settings = settings_of(tmp_path, {"report.yaml": "title: 月報\n", **segments})
    assert settings.report.title == LocalisedText(ja="月報", en="月報")
    assert [segment.name for segment in settings.segments] == [
        LocalisedText(ja="全社", en="全社"),
        LocalisedText(ja="上位", en="Pro"),
    ]


def test_conditions_in_all_their_words(tmp_path: Path) -> None:
    where = """\
where:
  plan: pro
  region: [kanto, kansai]
  employees: {at_least: 50, below: 300}
  lifecycle: {not: churned}
  csm: {missing: false}
  since: {at_least: 2026-04-01}
"""
    found = settings_of(tmp_path, {"segments/pro.yaml": f"id: pro\nname: x\n{where}"}).segments[1].where
    assert found["plan"].one_of == ("pro",)
    assert found["region"].one_of == ("kanto", "kansai")
    assert (found["employees"].at_least, found["employees"].below) == (50, 300)
    assert found["lifecycle"].none_of == ("churned",)
    assert found["csm"].missing is False
    assert found["since"].at_least == date(2026, 4, 1)
