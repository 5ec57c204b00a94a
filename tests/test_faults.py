"""What goes wrong while a run is made: each fault told, the other reports published, `latest` whole at any moment."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.errors import NothingPublished
from cslib.reports import publish, site
from cslib.reports.run import Request, run
from tests.books import NOW
from tests.exports import export
from tests.notebooks import export_with, notebook, write_notebooks
from tests.processes import ends, wait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.reports.run import Result

HERE = Path(__file__).parents[1]
SLEEPER = "import subprocess\nprint('pid', subprocess.Popen(['sleep', '300']).pid)"

FAULTS: dict[str, tuple[Any, str, str]] = {  # the notebook, the cell where it ends, and what is said of it
    "raises": (notebook("1 + 1", "raise ValueError('no good')"), "[4]", "ValueError: no good"),
    "says_much": (notebook("raise ValueError('begins so: ' + 'y' * 5_000_000)"), "[3]", "ValueError: begins so: yyy"),
    "says_in_colours": (notebook("raise ValueError('\x1b[31mred\x1b[0m')"), "[3]", "ValueError: red"),
    "no_parameters": (nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), "", "a cell tagged 'parameters'"),
    "other_parameters": (notebook("1", parameters="segment = as_of = ''"), "", "does not set params, language, snapshot"),
    "wrong_parameters": (notebook("1", parameters="segment = = ''"), "", "is no Python: line 1"),
    "loops": (notebook("1", "while True:\n    pass"), "[4]", "the cell ran longer than 10 seconds and was ended"),
    "prints": (notebook("for _ in range(100):\n    print('x' * 1_000_000)"), "[3]", "more than 10 million characters"),
    "prints_from_afar": (notebook("!head -c 20000000 /dev/zero | tr '\\0' x"), "[3]", "more than 10 million characters"),
    "prints_a_traceback": (
        notebook("import sys, traceback\ntry:\n    1 / 0\nexcept ArithmeticError:\n    traceback.print_exc(file=sys.stdout)"),
        "", "the page would show code to its readers",
    ),
    "leaves": (notebook("exit()", "1"), "[3]", "the notebook called exit()"),
    "ends_the_interpreter": (notebook("import sys\nsys.exit(2)"), "[3]", "SystemExit: 2"),
    "dies": (notebook("print('before')", "import os\nos._exit(7)"), "[4]", "ended by itself with exit code 7"),
    "is_killed": (notebook("import os\nos.kill(os.getpid(), 9)"), "[3]", "ended by signal SIGKILL"),
    "crashes": (notebook("import ctypes\nctypes.string_at(0)"), "[3]", "ended by signal SIGSEGV"),
    "syntax": (notebook("this is no python"), "[3]", "SyntaxError: "),
}  # fmt: skip


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Return a run of notebooks that each do something that they should not, and of two that are well."""
    folder = tmp_path_factory.mktemp("faulty")
    names = ["good", "starts_others", "no_notebook", *FAULTS]
    params = export(folder, report={"notebooks": names, "cell_seconds": 10, "months": 2, "language": "en"})
    stays = "import threading, time\nthreading.Thread(target=time.sleep, args=(300,)).start()"
    good = {"good": "print(segment)", "starts_others": notebook(SLEEPER, stays)}
    write_notebooks(folder / "notebooks", **good, **{name: asked for name, (asked, _, _) in FAULTS.items()})
    (folder / "notebooks" / "no_notebook.ipynb").write_text("{'not': json", "utf-8")
    return run(Request(params, folder / "out"), NOW, lambda *_: None)


pytestmark = pytest.mark.xdist_group("faults")


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_told_where_and_why(faulty: Result, name: str) -> None:
    _, cell, reason = FAULTS[name]
    told = next(outcome for outcome in faulty.outcomes if outcome.notebook == name)
    assert (told.status, told.cell) == ("failed", cell)
    assert reason in told.error
    page = (faulty.folder / told.page).read_text("utf-8")
    assert "This report could not be made" in page
    assert told.page in (faulty.folder / "index.html").read_text("utf-8")
    assert any(
        json.loads(line)["notebook"] == name for line in (faulty.folder / "run.log").read_text("utf-8").splitlines()
    )


def test_what_an_error_says_is_cut_wherever_it_is_told(faulty: Result) -> None:
    told = next(outcome for outcome in faulty.outcomes if outcome.notebook == "says_much")
    assert told.error.startswith("ValueError: begins so: yyy")
    assert told.error.endswith("y…")
    assert len(told.error) <= 501
    published = [file for file in faulty.folder.rglob("*") if file.suffix in {".html", ".json", ".log"}]
    assert len(published) > len(FAULTS)
    assert [file.name for file in published if "y" * 502 in file.read_text("utf-8")] == []


def test_a_file_that_is_no_notebook_is_told(faulty: Result) -> None:
    told = next(outcome for outcome in faulty.outcomes if outcome.notebook == "no_notebook")
    assert told.error.startswith(
        "no_notebook.ipynb: wanted a notebook as JupyterLab saves it; found a file that is none"
    )


def test_the_other_reports_are_published(faulty: Result) -> None:
    assert [o.notebook for o in faulty.outcomes if o.status == "ok"] == ["good", "starts_others"]
    assert "total" in (faulty.folder / "total" / "good.html").read_text("utf-8")
    assert (faulty.folder.parents[1] / "latest").resolve() == faulty.folder.resolve()


def test_no_page_of_a_failure_shows_code(faulty: Result) -> None:
    for name in FAULTS:
        page = (faulty.folder / "total" / f"{name}.html").read_text("utf-8")
        assert "Traceback" not in page
        assert "os._exit" not in page


def test_what_was_executed_before_a_death_is_kept(faulty: Result) -> None:
    kept = nbformat.read(faulty.folder / "total" / "notebooks" / "dies.ipynb", as_version=4)
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert [output.text for output in code[2].outputs] == ["before\n"]
    assert code[3].outputs == []
    errors = nbformat.read(faulty.folder / "total" / "notebooks" / "raises.ipynb", as_version=4)
    assert [o.ename for cell in errors.cells for o in cell.get("outputs", ()) if o.output_type == "error"] == [
        "ValueError"
    ]
    assert not list(faulty.folder.rglob(".*.cells"))


def test_what_a_notebook_has_started_is_ended(faulty: Result) -> None:
    kept = nbformat.read(faulty.folder / "total" / "notebooks" / "starts_others.ipynb", as_version=4)
    said = next(o.text for cell in kept.cells for o in cell.get("outputs", ()) if o.output_type == "stream")
    assert ends(int(said.split()[1]))


# the run itself


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small book and one good notebook, of which a run has been published."""
    folder = tmp_path_factory.mktemp("once")
    params = export_with(folder, {"good": "print(segment)"}, months=2)
    run(Request(params, folder / "out"), NOW, lambda *_: None)
    return folder


def _unchanged(out: Path) -> dict[str, bytes]:
    latest = out / "latest"
    return {str(latest.resolve()): b"", **{str(f): f.read_bytes() for f in sorted(latest.rglob("*")) if f.is_file()}}


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "somewhere")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (site, "write_assets"),
        (site, "render_index"),
        (publish.RunFolder, "keep_last_good"),
        (publish.RunFolder, "check"),
        (publish.RunFolder, "_move"),
        (os, "sync"),
        (os, "replace"),
    ],
)
def test_a_full_disk_leaves_the_latest_run_alone(
    params: Path, monkeypatch: pytest.MonkeyPatch, place: Any, name: str
) -> None:
    out = params.parent / "out"
    before = _unchanged(out)
    monkeypatch.setattr(place, name, _full)
    with pytest.raises(NothingPublished, match=r"could not be written.*No space left on device: somewhere"):
        run(Request(params, out), NOW, lambda *_: None)
    assert _unchanged(out) == before
    assert not [file.name for file in out.iterdir() if file.name.startswith((".building", ".slices", ".latest"))]


def test_a_folder_that_cannot_be_written_to_is_refused(params: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    done = CliRunner().invoke(app, ["run", "--params", str(params), "--out", str(tmp_path / "file" / "out")])
    assert done.exit_code == 2
    assert "--out: wanted a folder that can be written to" in done.output


@pytest.fixture
def halfway(params: Path) -> Iterator[tuple[subprocess.Popen[str], Path, int]]:
    """Yield a run that has made one report and is at work on another, its reports folder, and the pid of a grandchild."""
    said = params.parent / "pid"
    slow = f"import subprocess, time\nopen({str(said)!r}, 'w').write(str(subprocess.Popen(['sleep', '300']).pid))\ntime.sleep(300)"
    write_notebooks(params.parent / "notebooks", first="print('first')", slow=slow)
    out = params.parent / "out"
    command = [sys.executable, "-m", "cslib", "run", "--params", str(params), "--out", str(out), "--jobs", "2"]
    # tests in the background of a shell ignore it, and so would what they start
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [*command, "--notebook", "first", "--notebook", "slow"], cwd=HERE, stderr=subprocess.PIPE, text=True
    ) as process:
        signal.signal(signal.SIGINT, before)
        assert process.stderr
        line = next(line for line in process.stderr if "total/" in line)
        assert "total/first ok" in line
        wait(lambda: said.is_file() and bool(said.read_text("utf-8")))
        yield process, out, int(said.read_text("utf-8"))
        process.kill()


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_a_run_that_is_ended_leaves_nothing_and_goes_on_where_it_was(
    halfway: tuple[subprocess.Popen[str], Path, int], number: int, code: int
) -> None:
    process, out, started = halfway
    latest = (out / "latest").resolve()
    os.kill(process.pid, number)
    assert process.wait(30) == code
    assert ends(started)
    assert (out / "latest").resolve() == latest
    params = out.parent / "params"
    write_notebooks(params.parent / "notebooks", slow="print('quick now')")
    result = run(Request(params, out, notebooks=("first", "slow")), NOW, lambda *_: None)
    assert [(o.notebook, o.status, o.reused) for o in result.outcomes] == [("first", "ok", True), ("slow", "ok", False)]
    assert {file.name for file in out.iterdir()} == {".lock", ".executed", "latest", "runs"}


def test_a_failing_report_leads_to_its_last_good_version(params: Path) -> None:
    out, notebooks = params.parent / "out", params.parent / "notebooks"
    write_notebooks(notebooks, bad="print('it was well')")
    request = Request(params, out, notebooks=("good", "bad"), languages=("en",))
    run(request, NOW, lambda *_: None)
    write_notebooks(notebooks, bad="raise ValueError('now it is not')")
    for _ in range(2):  # and again, when the last run has none of it either
        result = run(request, NOW, lambda *_: None)
        assert [outcome.last_good for outcome in result.failed] == ["bad.last-good.html"]
        assert "it was well" in (out / "latest" / "total" / "bad.last-good.html").read_text("utf-8")
        assert 'href="bad.last-good.html"' in (out / "latest" / "total" / "bad.html").read_text("utf-8")
        assert 'href="total/bad.last-good.html"' in (out / "latest" / "index.html").read_text("utf-8")
