"""Damaged files of every kind, through every command: a small part of what `make fuzz` tries, the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from bench.fuzz import trial
from bench.fuzz.seeds import project
from bench.fuzz.trial import KINDS, Mutant, Verdict, judged, other_cells, tried

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("fuzz")


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused_in_words(kind: str) -> None:
    found = tried(Mutant(kind, seed=16, number=1))
    assert found
    assert [one for one in found if one.verdict not in {Verdict.FINE, Verdict.REFUSED}] == []


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("source that cannot be read (1):\n  - customers.csv row 3: 1 fields where the header has 2", Verdict.REFUSED),
        ("Binder Error: no such column", Verdict.ENGINE),
        ("CSV Parser state machine reached an invalid state", Verdict.ENGINE),
        ("Traceback (most recent call last)", Verdict.ENGINE),
    ],
)
def test_the_judge_knows_the_words_of_an_engine(tmp_path: Path, said: str, verdict: Verdict) -> None:
    done = Result(CliRunner(), said.encode(), b"", said.encode(), None, 2, SystemExit(2))
    assert judged("check", done, tmp_path).verdict is verdict


def test_the_judge_knows_other_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = project(tmp_path)
    assert [other_cells(made, file) for file in made.files] == [""] * len(made.files)
    monkeypatch.setattr(trial, "as_python_reads", lambda *_: [("0", "another")])
    assert all("where Python reads ('0', 'another')" in other_cells(made, file) for file in made.files)
