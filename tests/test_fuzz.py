"""Damaged files of every kind, through every command: a small part of what `make fuzz` tries, the same each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from bench.fuzz import trial
from bench.fuzz.seeds import READ_ON, SHAPES, project, with_shapes
from bench.fuzz.trial import KINDS, Mutant, Verdict, judged, other_cells, tried
from cslib.check import check_params
from cslib.settings.source import ColumnMap, TableSource

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("fuzz")


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_read_or_refused_in_words(kind: str) -> None:
    found = tried(Mutant(kind, seed=16, number=1))
    assert found
    assert [one for one in found if one.verdict not in {Verdict.FINE, Verdict.REFUSED}] == []


def test_the_seed_says_every_shape_and_is_read(tmp_path: Path) -> None:
    said = [part for spec in SHAPES.values() for part in (spec if isinstance(spec, list) else [spec])]
    columns = [how for part in said for how in part.get("columns", {}).values() if isinstance(how, dict)]
    assert {key for part in said for key in part} >= set(TableSource.model_fields) - {"origin", "sheet"}
    assert {key for how in columns for key in how} >= set(ColumnMap.model_fields) - {"divide_by", "map", "null"}
    found = check_params(with_shapes(project(tmp_path)).params, READ_ON)
    assert found.verdict == "usable", found.as_text()
    assert {name: table.rows for name, table in found.tables.items()} == {
        "customers": 12, "contracts": 12, "usage": 12 + 18, "surveys": 12, "purchases": 4, "tickets": 3, "programmes": 6,
    }  # fmt: skip


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
