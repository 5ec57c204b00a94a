"""The same jobs on a Dask cluster: a real scheduler and two workers on loopback, started and stopped here."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.reports.run import Request, run
from tests.books import NOW
from tests.notebooks import export_with

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parents[1]
pytestmark = pytest.mark.xdist_group("dask")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a scheduler with two workers."""
    folder = tmp_path_factory.mktemp("cluster")
    said = folder / "scheduler.json"
    common = ["--scheduler-file", str(said), "--local-directory", str(folder)]
    commands = [
        [*_dask("scheduler"), "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(said)],
        [*_dask("worker"), *common, "--nworkers", "2", "--nthreads", "1", "--no-dashboard"],
    ]
    with (folder / "log").open("w") as log:
        running = [subprocess.Popen(command, cwd=HERE, stdout=log, stderr=log) for command in commands]
        until = time.monotonic() + 60
        while not said.is_file() and time.monotonic() < until:
            time.sleep(0.1)
        yield json.loads(said.read_text("utf-8"))["address"]
        for process in reversed(running):
            process.terminate()
            process.wait(30)


def _dask(what: str) -> list[str]:
    return [sys.executable, "-m", "distributed.cli.dask_" + what]


def test_a_cluster_makes_the_same_reports(cluster: str, tmp_path: Path) -> None:
    opened = "from cslib.scenario import Scenario\ns = Scenario.open(params, segment, as_of, language, snapshot)\n"
    notebooks = {
        "one": opened + "s.scorecard()",
        "two": opened + "s.trends('mrr', 'grr')",
        "bad": "raise ValueError('on the cluster')",
    }
    params = export_with(tmp_path, notebooks, months=2)
    here = run(Request(params, tmp_path / "here"), NOW, lambda *_: None)
    there = run(Request(params, tmp_path / "there", dask=cluster), NOW, lambda *_: None)
    told = [[(o.notebook, o.status, o.error, o.key) for o in result.outcomes] for result in (here, there)]
    assert told[0] == told[1]
    assert [status for _, status, _, _ in told[0]] == ["ok", "ok", "failed"]
    for page in ("one.html", "two.html", "bad.html", "../index.html"):
        assert (here.folder / "total" / page).read_text("utf-8") == (there.folder / "total" / page).read_text("utf-8")


def test_a_worker_that_is_killed_costs_no_report(cluster: str, tmp_path: Path) -> None:
    """The first who makes the report kills the worker it runs under; the job is given to the other."""
    mark = tmp_path / "mark"
    deadly = (
        "import os, signal, time\nfrom pathlib import Path\n"
        f"mark = Path({str(mark)!r})\n"
        "if not mark.exists():\n    mark.write_text('killed')\n"
        "    stem = Path(f'/proc/{os.getppid()}/stat').read_text().rpartition(')')[2].split()[1]\n"
        "    os.kill(int(stem), signal.SIGKILL)\n    time.sleep(60)\n"
        "print('made by another')"
    )
    params = export_with(tmp_path, {"deadly": deadly, "good": "print('good')"}, months=2)
    result = run(Request(params, tmp_path / "out", dask=cluster), NOW, lambda *_: None)
    assert [(o.notebook, o.status) for o in result.outcomes] == [("deadly", "ok"), ("good", "ok")]
    assert mark.read_text("utf-8") == "killed"
    assert "made by another" in (result.folder / "total" / "deadly.html").read_text("utf-8")


def test_a_scheduler_that_does_not_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cslib.reports.workers._PATIENCE", 1)
    params = export_with(tmp_path, {"one": "1"})
    command = ["run", "--params", str(params), "--out", str(tmp_path / "out"), "--dask", "tcp://127.0.0.1:9"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2
    assert "--dask: no scheduler answers at tcp://127.0.0.1:9" in done.output
