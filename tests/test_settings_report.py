"""Mistakes in report.yaml: each is named with its line and the nearest known name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.settings import told

if TYPE_CHECKING:
    from pathlib import Path

MISTAKES = [
    # an unknown key, at every depth
    ("titel: x\n", "report.yaml:1: no key 'titel'; did you mean 'title'?"),
    ("title: {ja: 月報, en: x, fr: y}\n", "report.yaml:1: no key 'fr'; known: en, ja"),
    ("notebooks: [{name: a, titel: x}]\n", "report.yaml:1: no key 'titel'; did you mean 'title'?"),
    # a key that is missing
    ("notebooks: [{title: x}]\n", "report.yaml:1: the key 'name' is missing"),
    ("title: {ja: 月報}\n", "report.yaml:1: the key 'en' is missing"),
    # a value of another kind
    ("language: jp\n", "report.yaml:1: language: wanted 'ja' or 'en'; found 'jp'"),
    ("notebooks: 00_summary\n", "report.yaml:1: notebooks: wanted a list; found '00_summary'"),
    ("notebooks: []\n", "report.yaml:1: notebooks: wanted at least one; found []"),
    ("notebooks: [5]\n", "report.yaml:1: notebooks: wanted keys with values; found 5"),
    ("months: 0\n", "report.yaml:1: months: wanted greater than or equal to 1; found 0"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in told(tmp_path, {"report.yaml": text})
