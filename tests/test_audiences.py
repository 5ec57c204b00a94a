"""What was made for one kind of readers never reaches another: insiders and outsiders, Japanese and English."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

import pandas as pd
import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.errors import CslibError
from cslib.reports.run import Request, run
from tests.books import NOW
from tests.exports import CLEAN, write, write_yaml
from tests.notebooks import export_with, write_notebooks

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.reports.run import Result

pytestmark = pytest.mark.xdist_group("audiences")
OPENED = "from cslib.scenario import Scenario\ns = Scenario.open(params, segment, as_of, language, snapshot)\n"
REAL = "会社00001"
AUDIENCES = ("internal", "external")


@pytest.fixture
def params(tmp_path: Path) -> Path:
    """Return the params of a book whose one report lists its customers."""
    return export_with(tmp_path, {"list": f"{OPENED}s.customers('nps')"}, months=3, min_n=5)


def _made(
    params: Path, audience: str, out: str = "out", language: Literal["ja", "en"] = "en", month: str = "2026-04"
) -> Result:
    report = {"notebooks": ["list"], "months": 3, "audience": audience}
    write_yaml(params / "report.yaml", report)
    return run(Request(params, params.parent / out, month, languages=(language,)), NOW, lambda *_: None)


@pytest.mark.parametrize("first", AUDIENCES)
def test_readers_of_another_audience_want_a_folder_of_their_own(params: Path, first: str) -> None:
    (second,) = set(AUDIENCES) - {first}
    before = _made(params, first).folder
    files = sorted(before.rglob("*"))
    with pytest.raises(
        CslibError, match=rf"--out: wanted a folder of its own for readers of an {second} audience"
    ) as said:
        _made(params, second)
    assert before.name in str(said.value)
    assert f"--out out-{second}" in str(said.value)
    assert [run.name for run in (params.parent / "out" / "runs").iterdir()] == [before.name]
    assert sorted(before.rglob("*")) == files
    assert _made(params, second, f"out-{second}").failed == ()


def test_the_command_says_so_without_a_traceback(params: Path) -> None:
    _made(params, "internal")
    write_yaml(params / "report.yaml", {"notebooks": ["list"], "audience": "external"})
    told = CliRunner().invoke(app, ["run", "--params", str(params), "--out", str(params.parent / "out")])
    assert told.exit_code == 2
    assert "holds 1 runs for others" in told.stderr
    assert "Traceback" not in told.output


def test_a_folder_for_outsiders_holds_no_real_name_in_any_file(params: Path) -> None:
    _made(params, "internal")  # the snapshot of insiders is kept where both could find it
    _made(params, "external", "outside")
    files = [file for file in (params.parent / "outside").rglob("*") if file.is_file()]
    assert len(files) > 10
    assert not [file.name for file in files if REAL in file.read_bytes().decode("utf-8", "replace")]


def test_the_last_good_page_is_one_in_the_reader_s_language(params: Path) -> None:
    _made(params, "internal", language="ja")
    write_notebooks(params.parent / "notebooks", list="raise ValueError('now it fails')", good="print('well')")
    report = {"notebooks": ["list", "good"], "months": 3}
    write_yaml(params / "report.yaml", report)
    english = run(Request(params, params.parent / "out", "2026-04", languages=("en",)), NOW, lambda *_: None)
    assert [one.last_good for one in english.failed] == [""]
    assert not list(english.folder.rglob("*last-good*"))
    japanese = run(Request(params, params.parent / "out", "2026-04", languages=("ja",)), NOW, lambda *_: None)
    assert [one.last_good for one in japanese.failed] == ["list.last-good.html"]


def test_restatements_are_of_figures_that_the_same_readers_have_seen(params: Path) -> None:
    _made(params, "internal", language="ja", month="2026-03")
    write(params.parent / "data" / "contracts.csv", CLEAN["contracts.csv"].replace(",1000", ",2000"))
    assert len(pd.read_csv(_made(params, "internal", language="en").folder / "restatements.csv")) == 0
    told = pd.read_csv(_made(params, "internal", language="ja").folder / "restatements.csv")
    assert set(told[told.kpi == "mrr"].month) == {
        "2026-02",
        "2026-03",
    }  # of three months up to April, those that were told


def test_what_is_hidden_now_is_not_told_as_it_was_before(params: Path) -> None:
    _made(params, "external", month="2026-03")
    kept = CLEAN["contracts.csv"].splitlines(keepends=True)[:4]  # three customers are left, too few to be told
    write(params.parent / "data" / "contracts.csv", "".join(kept))
    result = _made(params, "external")
    assert not result.failed
    told = pd.read_csv(result.folder / "restatements.csv")
    kpis = pd.read_parquet(result.folder / "kpis.parquet")
    hidden = kpis[kpis.reason == "hidden: too few to be told"]
    assert "mrr" in set(hidden.kpi)
    assert "mrr" not in set(told.kpi)
    assert json.loads((result.folder / "run.json").read_text("utf-8"))["restated"]["figures"] == len(told)
