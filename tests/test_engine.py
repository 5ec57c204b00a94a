"""Cells run in-process give what a kernel gives, cell by cell; and streams in a better order."""

from __future__ import annotations

import json
import os
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError
from typer.testing import CliRunner

from cslib.cli import app
from cslib.reports import execute
from cslib.reports.engine import ENGINE
from cslib.reports.execute import make_report  # noqa: F401 - registers the engine, as a run does
from cslib.reports.run import Request, run
from cslib.reports.subprocesses import Limits, forks_safely, run_isolated
from tests.books import NOW
from tests.notebooks import export_with, notebook, write_notebooks

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = Limits(whole=120, step=60)
# each kernel takes seconds to start: CI holds every notebook against one, whoever works those with the most kinds of output
COMPARED = () if os.environ.get("CI") else ("00_summary", "06_health", "09_operations")
CELLS = (
    "1 + 1",
    "'quiet';",
    "import sys\nprint('out')\nprint('err', file=sys.stderr)",
    (
        "from IPython.display import HTML, clear_output, display, update_display\n"
        "handle = display(HTML('<b>1</b>'), display_id='shown')\nprint('after')"
    ),
    "update_display(HTML('<b>2</b>'), display_id='shown')",
    "handle.update(HTML('<b>3</b>'))\ndisplay({'text/plain': 'raw'}, raw=True, metadata={'of': 'me'})",
    "print('gone')\nclear_output()\nprint('kept')",
    "for step in range(3):\n    print(step)\n    clear_output(wait=True)",
    # a kernel hears by a thread what was not written by Python: on a busy machine too late, unless the cell waits for it
    "import subprocess, time\ndone = subprocess.run(['sh', '-c', 'echo child'], check=True)\ntime.sleep(0.5)\ndone",
    "done = subprocess.run(['sh', '-c', 'echo child error >&2'], check=True)\ntime.sleep(0.5)\ndone.returncode",
    "!echo shell",
    "%%bash\necho magic",
    "import os\ndone = os.system('echo system')\ntime.sleep(0.5)\ndone",
    "done = os.write(1, b'by descriptor\\n')\ntime.sleep(0.5)\ndone",
    "import asyncio\nawait asyncio.sleep(0.001, result=5)",
    "asyncio.get_running_loop().is_running()",
    "task = asyncio.ensure_future(asyncio.sleep(0, result='scheduled'))",
    "await task",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "try:\n    input('?')\nexcept Exception as error:\n    print(type(error).__name__, error)",
    "import getpass\ntry:\n    getpass.getpass()\nexcept Exception as error:\n    print(type(error).__name__, error)",
    "print('no line end', end='')\nprint(' yet')",
    "import warnings\nwarnings.warn('careful')",
    "__name__, In[2], Out[3], _",
    "import threading\nthread = threading.Thread(target=lambda: print('from a thread'))\nthread.start()\nthread.join()",
    "sys.stdout.write('written\\n')",
    "sys.stdout.isatty(), sys.stdout.encoding, sys.stdin.read()",
    "import logging\nlogging.warning('logged')",
    "len?",
    "sys.path.index('') < [path.endswith('site-packages') for path in sys.path].index(True)",
    "get_ipython().__class__.__name__, os.environ['MPLBACKEND']",
    "%gui\nget_ipython().active_eventloop",
    "%gui nosuch",
    "display({'image/png': b'no picture', 'text/plain': 'said'}, raw=True)",
    *(
        [
            "%matplotlib inline\nget_ipython().active_eventloop",
            "try:\n    %matplotlib tk\nexcept ImportError as error:\n    print(error)",
        ]
        if find_spec("matplotlib")
        else []
    ),
    "class Broken:\n    def _repr_html_(self):\n        raise ValueError('html')\n    def __repr__(self):\n        return 'Broken()'",
    "def deeper():\n    raise KeyError('lost')\ndeeper()",
    "'never reached'",
)
PATH_OF_A_CELL = re.compile(r"ipykernel_\d+/\d+")  # the number of a process, and a hash


def _comparable(cell: nbformat.NotebookNode) -> tuple[Any, ...]:
    """Return what a cell shows: each stream as a whole, since a kernel does not keep their order."""
    if cell.cell_type != "code":
        return (cell.source,)
    outputs = [output for output in cell.outputs if output.output_type != "stream"]
    said = {
        name: PATH_OF_A_CELL.sub("cell", "".join(o.text for o in cell.outputs if o.get("name") == name))
        for name in ("stdout", "stderr")
    }
    for output in outputs:
        output.get("metadata", {}).pop("papermill", None)
    return cell.execution_count, said, outputs


def _execute(asked: tuple[str, str, str | None], _tell: object) -> str:
    source, target, engine = asked
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # a kernel that finds it does not listen to its child processes
    try:
        papermill.execute_notebook(
            source, target, parameters={"segment": "of papermill"}, engine_name=engine, kernel_name="python3",
            progress_bar=False, request_save_on_cell_execute=False,
        )  # fmt: skip
    except PapermillExecutionError as error:
        return f"{error.exec_count} {error.ename}: {error.evalue}"
    return ""


def _both_ways(folder: Path, *sources: str) -> tuple[nbformat.NotebookNode, nbformat.NotebookNode]:
    write_notebooks(folder, asked=notebook(*sources))
    made = []
    for way in (ENGINE, None):
        target = str(folder / f"{way}.ipynb")
        failure = run_isolated(_execute, (str(folder / "asked.ipynb"), target, way), LIMITS)
        made.append((failure, nbformat.read(target, as_version=4)))
    assert made[0][0] == made[1][0]
    return made[0][1], made[1][1]


def test_a_process_can_be_forked_without_threads() -> None:
    assert forks_safely()  # else everything below would be compared with itself


def test_every_cell_gives_what_a_kernel_gives(tmp_path: Path) -> None:
    ours, kernels = _both_ways(tmp_path, *CELLS)
    assert len(ours.cells) == len(kernels.cells) == len(CELLS) + 4  # parameters twice, and papermill's two marks
    for mine, its in zip(ours.cells, kernels.cells, strict=True):
        assert _comparable(mine) == _comparable(its), mine.source
    assert ours.metadata.language_info == kernels.metadata.language_info


def test_an_error_while_a_value_is_shown_fails_the_cell_as_in_a_kernel(tmp_path: Path) -> None:
    broken = "class Broken:\n    def _repr_html_(self):\n        raise ValueError('html')\nBroken()"
    ours, kernels = _both_ways(tmp_path, broken)
    errors = [
        [o for cell in nb.cells for o in cell.get("outputs", ()) if o.output_type == "error"] for nb in (ours, kernels)
    ]
    assert [(error[0].ename, error[0].evalue) for error in errors] == [("ValueError", "html")] * 2


def test_streams_of_a_child_process_come_in_order(tmp_path: Path) -> None:
    source = (
        "import subprocess, sys\nprint('first')\nsubprocess.run(['sh', '-c', 'echo second'])\n"
        "print('third', file=sys.stderr)\nsubprocess.run(['sh', '-c', 'echo fourth >&2'])\nprint('fifth')"
    )
    write_notebooks(tmp_path, asked=notebook(source))
    run_isolated(_execute, (str(tmp_path / "asked.ipynb"), str(tmp_path / "made.ipynb"), ENGINE), LIMITS)
    outputs = nbformat.read(tmp_path / "made.ipynb", as_version=4).cells[-1].outputs
    assert [(output.name, output.text) for output in outputs if output.output_type == "stream"] == [
        ("stdout", "first\nsecond\n"), ("stderr", "third\nfourth\n"), ("stdout", "fifth\n"),
    ]  # fmt: skip


def test_a_cell_may_be_expected_to_raise(tmp_path: Path) -> None:
    asked = notebook("1 / 0", "'reached'")
    asked.cells[1].metadata["tags"] = ["raises-exception"]
    write_notebooks(tmp_path, asked=asked)
    for way in (ENGINE, None):
        run_isolated(_execute, (str(tmp_path / "asked.ipynb"), str(tmp_path / "made.ipynb"), way), LIMITS)
        cells = nbformat.read(tmp_path / "made.ipynb", as_version=4).cells
        assert cells[-1].outputs[0].data["text/plain"] == "'reached'", way


@pytest.mark.xdist_group("published")
def test_every_notebook_gives_what_a_kernel_gives(published: Path, demo: Path, tmp_path: Path) -> None:
    request = Request(demo / "params", tmp_path, "2026-10", ("enterprise",), COMPARED, kernel=True)
    result = run(request, NOW, lambda *_: None)
    assert not result.failed, result.failed
    published_as, compared = published / "latest" / "enterprise" / "notebooks", 0
    files = sorted((result.folder / "enterprise" / "notebooks").glob("*.ipynb"))
    assert len(files) == len(COMPARED or [*published_as.glob("*.ipynb")])
    for file in files:
        ours = nbformat.read(published_as / file.name, as_version=4)
        kernels = nbformat.read(file, as_version=4)
        for mine, its in zip(ours.cells, kernels.cells, strict=True):
            if "injected-parameters" not in mine.metadata.get("tags", ()):  # which name the folder of the slice
                assert _comparable(mine) == _comparable(its), f"{file.name}: {mine.source}"
                compared += mine.cell_type == "code"
    assert compared > 8 * len(files)


def test_where_processes_cannot_be_forked_a_kernel_of_its_own_makes_each_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = export_with(tmp_path, {"good": "import os\nprint(os.environ.get('JPY_PARENT_PID'))"}, months=2)
    command = ["run", "--params", str(params), "--out", str(tmp_path / "out")]
    monkeypatch.setattr(execute, "forks_safely", lambda: False)
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "cannot be forked here" in done.stderr
    log = json.loads((tmp_path / "out" / "latest" / "run.json").read_text("utf-8"))
    assert [report["kernel"] for report in log["reports"]] == [True]
    executed = nbformat.read(tmp_path / "out" / "latest" / "total" / "notebooks" / "good.ipynb", as_version=4)
    assert executed.cells[-1].outputs[0].text.strip().isdigit()  # a kernel is told whose child it is
    monkeypatch.undo()
    again = CliRunner().invoke(app, [*command, "--force"])
    assert "cannot be forked" not in again.stderr
