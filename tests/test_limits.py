"""The page on limits: every verdict of the product stands on it, with the rate that its own page tells."""

from __future__ import annotations

import re
import sys
from itertools import chain

import pytest

from cslib.analysis.analyses import ANALYSES
from tests.documented import ROOT

PAGE = (ROOT / "docs" / "limits.md").read_text("utf-8")
ROWS = re.findall(r"^\| (?!verdict|--).*$", PAGE.partition("## What it cannot do")[0], re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def judges(name: str) -> bool:
    """Return whether the table of an analysis has a column `verdict`."""
    held = vars(sys.modules[ANALYSES[name].__module__]).values()
    return any("verdict" in columns for columns in held if isinstance(columns, tuple))


def test_every_verdict_has_its_row() -> None:
    told = set(chain.from_iterable(re.findall(r"`(\w+)`", row.split(" | ")[0]) for row in ROWS))
    judging = {name for name in ANALYSES if judges(name)}
    assert {"effect", "signals", "pdca"} <= judging
    assert judging - {"effect_compared", "effect_months", "effect_readings"} <= told
    assert told <= {*ANALYSES}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:30])
def test_its_figures_are_those_of_the_page_that_it_leads_to(row: str) -> None:
    pages = [(ROOT / "docs" / page).read_text("utf-8") for page in re.findall(r"\]\((\w+\.md)\)", row)]
    measured = {float(found) for page in pages for found in _NUMBER.findall(page.replace(",", ""))}
    assert pages
    _, wrong, right, measured_on = row.replace(",", "").strip("| ").split(" | ")
    if measured_on == "not measured":  # what the rule itself allows
        return
    for said in _NUMBER.findall(re.sub(r"\([^)]*\)", "", f"{wrong} {right}")):
        places = len(said.partition(".")[2])
        near = {round(each, places) for value in measured for each in (value, 100 - value)}
        assert float(said) in near, f"{said} of {row}"
