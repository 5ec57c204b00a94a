"""What is damaged heals: any file of a snapshot, of an earlier run or of an executed notebook, in any way that it can be lost."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.reports.history import damaged_runs, past_runs, restated_since
from cslib.reports.publish import RunFolder
from cslib.reports.run import Request, run
from cslib.snapshot import damaged_file
from tests.books import NOW
from tests.exports import export
from tests.notebooks import export_with

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("damage")


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _gone(file: Path) -> None:
    file.unlink()


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _flip(file: Path) -> None:
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 0xFF
    file.write_bytes(held)


WAYS: dict[str, Callable[[Path], None]] = {"emptied": _empty, "cut": _cut, "gone": _gone, "folder": _folder}


def _files(folder: Path) -> list[Path]:
    return sorted(file.relative_to(folder) for file in folder.rglob("*") if file.is_file())


def _harm(file: Path, way: Callable[[Path], None]) -> None:
    """Damage a file alone, not the others that share its bytes with it."""
    whole = file.read_bytes()
    file.unlink()
    file.write_bytes(whole)
    way(file)


# snapshots


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the params of an export of which a snapshot is kept."""
    params = export(tmp_path_factory.mktemp("kept"))
    Portfolio.open(params, NOW)
    return params


@pytest.mark.parametrize("way", [*WAYS, "flipped"])
def test_any_damaged_file_of_a_snapshot_is_found(kept: Path, tmp_path: Path, way: str) -> None:
    snapshot = Portfolio.open(kept, NOW).folder
    assert damaged_file(snapshot) == ""
    files = _files(snapshot)
    assert len(files) == 8
    for file in files:
        copy = shutil.copytree(snapshot, tmp_path / "copy")
        _harm(copy / file, {**WAYS, "flipped": _flip}[way])
        assert damaged_file(copy) in {str(file), "seal.json"}, file
        shutil.rmtree(copy)


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_snapshot_is_set_aside_and_taken_anew(kept: Path, way: str) -> None:
    book = Portfolio.open(kept, NOW)
    figures = book.measure(Month.parse("2026-05"), 1)
    _harm(book.folder / "tables" / "contracts.parquet", WAYS[way])
    again = Portfolio.open(kept, NOW)
    assert again.measure(Month.parse("2026-05"), 1).equals(figures)
    aside = again.folder.with_name(f"damaged-{again.folder.name}")
    assert again.healed == (
        "the snapshot of the last reading was damaged (tables/contracts.parquet); it was set aside as "
        f"{aside}, and the source read anew"
    )
    assert aside.is_dir()
    assert Portfolio.open(kept, NOW).healed == ""


def test_a_healed_snapshot_is_told(kept: Path) -> None:
    (Portfolio.open(kept, NOW).folder / "manifest.json").unlink()
    command = ["measure", "--params", str(kept), "--as-of", "2026-05", "--kpi", "mrr"]
    told = [CliRunner().invoke(app, command) for _ in range(2)]
    assert [done.exit_code for done in told] == [0, 0]
    assert ["was damaged (manifest.json)" in done.stderr for done in told] == [True, False]


def test_a_snapshot_that_became_a_file_is_taken_anew(kept: Path) -> None:
    folder = Portfolio.open(kept, NOW).folder
    shutil.rmtree(folder)
    folder.write_text("in the way", "utf-8")
    assert "was damaged" in Portfolio.open(kept, NOW).healed


# earlier runs


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small book and two notebooks, one of which has failed, of which a run has been published."""
    folder = tmp_path_factory.mktemp("once")
    params = export_with(folder, {"good": "print(segment)", "bad": "raise ValueError"}, months=2, language="en")
    run(Request(params, folder / "out"), NOW, lambda *_: None)
    return folder


@pytest.mark.parametrize("way", WAYS)
def test_an_earlier_run_with_any_file_damaged_is_passed_over_and_named(once: Path, tmp_path: Path, way: str) -> None:
    as_of = Month.parse("2026-05")
    files = _files((once / "out" / "latest").resolve())
    assert {"run.json", "kpis.parquet", "index.html"} <= {file.name for file in files}
    for file in files:
        out = shutil.copytree(once / "out", tmp_path / "out", symlinks=True)
        name = (out / "latest").resolve().name
        _harm(out / "latest" / file, WAYS[way])
        assert damaged_runs(out) == ((name,) if file.name in {"run.json", "kpis.parquet"} else ()), file
        building = RunFolder(out, as_of, NOW, "internal", past_runs(once / "out")[0].languages)
        prints = {"definitions": "", "policies": {}, "segments": {}, "slices": {}}
        compared, changes = restated_since(building.past, as_of, _measured(once), prints)
        assert (compared, len(changes)) == ("" if building.damaged else name, 0)
        shutil.rmtree(out)


def test_a_run_whose_log_is_another_kind_of_json_is_passed_over(once: Path, tmp_path: Path) -> None:
    out = shutil.copytree(once / "out", tmp_path / "out", symlinks=True)
    log = json.loads((out / "latest" / "run.json").read_text("utf-8"))
    for said in ([], "text", 3, {}, *({**log, key: value} for key in log for value in (None, [1], "x", {"a": 1}))):
        (out / "latest" / "run.json").write_text(json.dumps(said), "utf-8")
        assert {run.folder.name for run in past_runs(out)} | {*damaged_runs(out)} == {(out / "latest").resolve().name}
        restated = restated_since(past_runs(out), Month.parse("2026-05"), _measured(once), log["fingerprints"])
        assert len(restated[1]) == 0


def _measured(once: Path) -> pd.DataFrame:
    """Return what the run has published."""
    return pd.read_parquet(once / "out" / "latest" / "kpis.parquet")


@pytest.mark.parametrize("way", WAYS)
def test_a_run_goes_through_with_all_that_an_earlier_one_has_left_damaged(params: Path, way: str) -> None:
    out = params.parent / "out"
    name = (out / "latest").resolve().name
    for folder in (out / "latest", out / ".executed"):
        for file in _files(folder.resolve()):
            _harm(folder / file, WAYS[way])
    for number in range(2):
        result = run(Request(params, out), NOW, lambda *_: None)
        assert [(outcome.notebook, outcome.status) for outcome in result.outcomes] == [
            ("good", "ok"),
            ("bad", "failed"),
        ]
        assert result.outcomes[0].reused == (number == 1)
    said = f"The earlier run {name} cannot be read any more, so its figures could not be compared with."
    assert said in (out / "latest" / "total" / "good.html").read_text("utf-8")
    assert said in (out / "latest" / "index.html").read_text("utf-8")
