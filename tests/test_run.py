"""The main job: what a run leaves behind, when all goes well and when it does not."""

from __future__ import annotations

import fcntl
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cslib import __version__
from cslib.cli import app
from cslib.demo import write_demo
from cslib.errors import NothingPublished, RunLocked
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.reports.run import Request, run
from tests.books import NOW, TODAY
from tests.exports import TOTAL, export
from tests.notebooks import export_with

pytestmark = pytest.mark.xdist_group("published")  # one worker makes the run that all of these look at

SMB = {"id": "smb", "name": "Small", "where": {"plan": ["free"]}}
STAGES = (
    "index",
    "setup",
    "usage",
    "satisfaction",
    "outcome",
    "financial",
    "health",
    "growth",
    "effect",
    "operations",
    "actions",
)


def _quiet(*_: object) -> None:
    """Hear of each report, and say nothing."""


def test_every_file_is_where_others_expect_it(published: Path) -> None:
    latest = published / "latest"
    assert latest.is_symlink()
    assert latest.resolve().parent == (published / "runs").resolve()
    assert latest.resolve().name == "2026-10_20261121T020000Z"
    assert {file.name for file in latest.iterdir()} == {
        "index.html", "run.json", "run.log", "kpis.parquet", "kpis.csv", "restatements.csv", "assets", "total", "enterprise",
    }  # fmt: skip
    for segment in ("total", "enterprise"):
        pages = {file.name for file in (latest / segment).glob("*.html")}
        assert pages == {f"{stage}.html" for stage in STAGES}
        assert len(list((latest / segment / "notebooks").glob("*.ipynb"))) == len(STAGES)
        assert list((latest / segment / "data").glob("financial-*.csv"))


def test_nothing_is_left_beside_the_runs(published: Path) -> None:
    assert {file.name for file in published.iterdir()} == {".lock", ".executed", "latest", "runs"}


def test_links_of_every_page_resolve(published: Path) -> None:
    latest = published / "latest"
    for page in latest.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"#:]+)(?:#[^"]*)?"', page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.relative_to(latest)} leads to {link}"


def test_the_published_table_is_the_measured_one(published: Path, demo: Path) -> None:
    measured = Portfolio.open(demo / "params", TODAY).measure(Month.parse("2026-10"), 24, ("total", "enterprise"))
    written = pd.read_parquet(published / "latest" / "kpis.parquet")
    pd.testing.assert_frame_equal(written, measured)
    text = pd.read_csv(published / "latest" / "kpis.csv", dtype={"n": "Int64"}, keep_default_na=True)
    assert text.value.equals(written.value)  # to the last digit


def test_the_log_says_what_was_done(published: Path) -> None:
    log = json.loads((published / "latest" / "run.json").read_text("utf-8"))
    assert log["as_of"] == "2026-10"
    assert {report["status"] for report in log["reports"]} == {"ok"}
    assert len(log["reports"]) == 2 * len(STAGES)
    assert log["settings"]["policies"]["churn_month"] == "last_day"
    assert log["versions"].keys() >= {"duckdb", "papermill"}
    assert log["versions"]["cslib"] == __version__
    assert log["data"]["tables"]["contracts"]["set_aside"] == 0
    assert len(log["fingerprints"]["notebooks"]) == len(STAGES)


def test_no_page_holds_code_or_a_traceback(published: Path) -> None:
    for page in (published / "latest").rglob("*.html"):
        text = page.read_text("utf-8")
        assert "Scenario.open" not in text
        assert "Traceback" not in text
        assert not re.search(r">\s*(nan|inf|None)\s*<", text), page


def test_the_foot_of_each_page_says_in_words_where_the_data_come_from(published: Path) -> None:
    pages = [file for file in (published / "latest").rglob("*.html") if "data" not in file.parts]
    assert len(pages) > 20
    for page in pages:
        text = page.read_text("utf-8")
        assert "<dt>データソース</dt><dd><bdi>ファイル</bdi></dd>" in text, page
        assert "duckdb://" not in text, page


def test_a_segment_shows_its_own_customers_only(published: Path, demo: Path) -> None:
    customers = pd.read_csv(demo / "data" / "customers.csv", dtype=str)
    others = customers[customers.employees.astype(int) < 300]
    ours = customers[customers.employees.astype(int) >= 300]
    files = [file for file in (published / "latest" / "enterprise").rglob("*") if file.is_file()]
    text = "\n".join(file.read_text("utf-8") for file in files)
    assert any(name in text for name in ours.name)
    assert [name for name in others.name if name in text] == []
    assert set(others.customer_id) & set(re.findall(r"(?<![\d.])\d{5}(?![\d.])", text)) == set()


def test_one_failure_does_not_stop_the_others(tmp_path: Path) -> None:
    said = {"good": "print(segment)", "bad": "raise ValueError('secret <b>' + segment)"}
    params = export_with(tmp_path, said, {**TOTAL, "smb": SMB}, months=2)
    done = CliRunner().invoke(
        app, ["run", "--params", str(params), "--out", str(tmp_path / "out"), "--segment", "smb", "--segment", "total",
              "--notebook", "good", "--notebook", "bad", "--single-file"],
    )  # fmt: skip
    assert done.exit_code == 3, done.output
    latest = tmp_path / "out" / "latest"
    reports = {
        (r["segment"], r["notebook"]): r for r in json.loads((latest / "run.json").read_text("utf-8"))["reports"]
    }
    assert {key: report["status"] for key, report in reports.items()} == {
        ("smb", "good"): "ok", ("smb", "bad"): "failed", ("total", "good"): "ok", ("total", "bad"): "failed",
    }  # fmt: skip
    assert "ValueError: secret <b>smb" in reports["smb", "bad"]["error"]
    page = (latest / "smb" / "bad.html").read_text("utf-8")
    assert "<b>smb" not in page
    assert 'href="smb/bad.html"' in (latest / "index.html").read_text("utf-8")
    assert (latest / "smb" / "notebooks" / "bad.ipynb").is_file()
    alone = (latest / "smb.html").read_text("utf-8")
    assert "<b>smb" not in alone
    assert re.findall(r'<section class="stage" id="([^"]*)"', alone) == ["stage-good", "stage-bad"]


def test_nothing_published_leaves_latest_alone(tmp_path: Path) -> None:
    said = {"good": "print(segment)", "bad": "raise ValueError('no')"}
    params = export_with(tmp_path, said, {**TOTAL, "smb": SMB}, months=2)
    run(Request(params, tmp_path, "2026-05", ("smb",), ("good",)), NOW, _quiet)
    before = (tmp_path / "latest").resolve()
    with pytest.raises(NothingPublished, match=r"none of the 1 reports.*smb/bad.*ValueError: no"):
        run(Request(params, tmp_path, "2026-05", ("smb",), ("bad",)), NOW, _quiet)
    assert (tmp_path / "latest").resolve() == before
    kept = {file.name for file in (tmp_path / "runs").iterdir()}
    assert kept == {before.name, f"{before.name}-2"}  # what failed is kept for the analyst
    assert (tmp_path / "runs" / f"{before.name}-2" / "smb" / "notebooks" / "bad.ipynb").is_file()


def test_two_runs_keep_apart(tmp_path: Path) -> None:
    params, out = export(tmp_path), tmp_path / "out"
    out.mkdir()
    with (out / ".lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(RunLocked, match="another run is writing"):
            run(Request(params, out), NOW, _quiet)
        done = CliRunner().invoke(app, ["run", "--params", str(params), "--out", str(out)])
    assert done.exit_code == 4


def test_answers_alone_make_a_report(tmp_path: Path) -> None:
    """Without contracts and purchases the run works, and every page says what cannot be told."""
    demo = tmp_path / "demo"
    write_demo(demo, customers=60, months=8)
    (tmp_path / "params" / "segments").mkdir(parents=True)
    (tmp_path / "params" / "source.yaml").write_text(
        "read_on: 2026-11-01\ntables:\n"
        f"  customers: {{from: '{demo}/data/customers.csv'}}\n  surveys: {{from: '{demo}/data/surveys.csv'}}\n",
        "utf-8",
    )
    (tmp_path / "params" / "segments" / "total.yaml").write_text("id: total\nname: Everyone\n", "utf-8")
    result = run(Request(tmp_path / "params", tmp_path / "out", languages=("en",)), NOW, _quiet)
    assert not result.failed, result.failed
    for page in (tmp_path / "out" / "latest").rglob("*.html"):
        assert "churn and customer value cannot be told" in page.read_text("utf-8"), page
    assert "cannot be told, the data lack contracts" in (
        tmp_path / "out" / "latest" / "total" / "financial.html"
    ).read_text("utf-8")


@pytest.mark.parametrize("names", [("01_usage", "02_usage"), ("01_Usage", "2_usage"), ("00_summary", "index")])
def test_notebooks_whose_pages_would_bear_one_name_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    first, second = names
    params = export_with(tmp_path, {first: "1", second: "2"}, months=2)
    done = CliRunner().invoke(app, ["run", "--params", str(params), "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert f"report.yaml: notebooks: the pages of {first} and {second} would both be " in done.stderr
    assert not (tmp_path / "out" / "latest").exists()


@pytest.mark.parametrize("kernel", [False, True])
def test_temporary_files_may_lie_deep(tmp_path: Path, *, kernel: bool) -> None:
    """Sockets have an address of 107 bytes at most, and folders for temporary files are longer on some machines."""
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    params = export_with(tmp_path, {"one": "print(segment)"}, months=2)
    command = [sys.executable, "-m", "cslib", "run", "--params", str(params), "--out", str(tmp_path / "out")]
    environment = {**os.environ, "TMPDIR": str(deep)}
    done = subprocess.run(
        [*command, *["--kernel"] * kernel], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [*deep.iterdir()] == []


CALLS = {
    "standard input": "{call}",
    "a script without a guard": "{call}",
    "a worker of a pool": (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "with ProcessPoolExecutor(1, get_context('fork')) as pool:\n"
        "    print(pool.submit(exec, {call!r}).result())"
    ),
}


@pytest.mark.parametrize("way", CALLS)
def test_called_from_anywhere(way: str, tmp_path: Path) -> None:
    """Processes that make reports never run the main program anew, which may have no file, or no guard."""
    params, out = export_with(tmp_path, {"one": "print(segment)"}, months=2), tmp_path / "out"
    call = (
        "from datetime import UTC, datetime\nfrom pathlib import Path\nfrom cslib.reports.run import Request, run\n"
        f"run(Request(Path({str(params)!r}), Path({str(out)!r})), datetime.now(UTC), print)\n"
    )
    said, script = CALLS[way].format(call=call), tmp_path / "call.py"
    script.write_text(said, "utf-8")
    command = [sys.executable, *(["-"] if way == "standard input" else [str(script)])]
    done = subprocess.run(
        command, input=said, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    reports = json.loads((out / "latest" / "run.json").read_text("utf-8"))["reports"]
    assert [report["status"] for report in reports] == ["ok"], reports
