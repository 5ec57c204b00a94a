"""The shipped notebooks: how they are written, and that they run as an analyst and a scheduler run them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import nbformat
import papermill
import pytest

from cslib.reports.engine import ENGINE
from cslib.reports.execute import make_report  # noqa: F401 - registers the engine, as a run does
from cslib.reports.page import PageContext, render_notebook
from cslib.reports.subprocesses import Limits, run_isolated
from tests.notebooks import SHIPPED

if TYPE_CHECKING:
    from pathlib import Path

PARAMETERS = ("params", "segment", "as_of", "language", "snapshot")


def _tags(cell: nbformat.NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", ()))


@pytest.fixture(params=SHIPPED, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    """Return each shipped notebook."""
    return nbformat.read(request.param, as_version=4)


def test_the_default_report_is_of_notebooks_that_are_there() -> None:
    assert len(SHIPPED) == 11
    assert all(path.is_file() for path in SHIPPED)


def test_the_title_is_a_question_in_both_languages(notebook: nbformat.NotebookNode) -> None:
    japanese, english = notebook.cells[:2]
    assert _tags(japanese) == {"lang-ja"}
    assert japanese.source.startswith("# ")
    assert japanese.source.splitlines()[0].endswith(("?", "？"))
    assert _tags(english) == {"lang-en"}
    assert english.source.splitlines()[0].endswith(("?", "？"))


def test_parameters_are_tagged_and_commented(notebook: nbformat.NotebookNode) -> None:
    tagged = [cell for cell in notebook.cells if "parameters" in _tags(cell)]
    assert len(tagged) == 1
    lines = tagged[0].source.splitlines()
    named = [line.split(" = ")[0] for line in lines if not line.startswith("#")]
    assert tuple(named) == PARAMETERS
    assert all("  # " in line for line in lines if not line.startswith("#"))


def test_prose_comes_in_pairs(notebook: nbformat.NotebookNode) -> None:
    prose = [_tags(cell) for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all(
        {"lang-ja"} <= first and {"lang-en"} <= second for first, second in zip(prose[::2], prose[1::2], strict=True)
    )


def test_code_is_a_line_or_a_few_without_plumbing(notebook: nbformat.NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and "parameters" not in _tags(cell)]
    for cell in code:
        assert len(cell.source.splitlines()) <= 3, cell.source
        assert not any(word in cell.source.split() for word in ("def", "for", "while", "class")), cell.source
    assert code[0].source == "from cslib.scenario import Scenario"


def test_the_last_section_explores_further(notebook: nbformat.NotebookNode) -> None:
    headings = [
        c.source.splitlines()[0] for c in notebook.cells if c.cell_type == "markdown" and c.source.startswith("## ")
    ]
    assert headings[-2:] == ["## さらに調べる", "## Explore further"]
    assert notebook.cells[-1].cell_type == "code"


def test_plain_papermill_executes_it(demo: Path, tmp_path: Path) -> None:
    """The command of the README, on the notebook that it names."""
    (financial,) = (path for path in SHIPPED if path.stem == "05_financial")
    done = subprocess.run(
        [
            sys.executable, "-m", "papermill", str(financial), str(tmp_path / "out.ipynb"), "--no-progress-bar",
            "-p", "params", str(demo / "params"), "-p", "segment", "enterprise", "-p", "as_of", "2026-10",
            "-p", "language", "en",
        ],
        capture_output=True, check=False, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    page = render_notebook(executed, PageContext(language="en", title="t", month="2026-10"))
    assert "Net revenue retention" in page
    assert "Explore further" not in page


def test_it_runs_as_it_stands_where_jupyterlab_opens_it(demo: Path, tmp_path: Path) -> None:
    """JupyterLab runs a notebook in its own folder; its parameters lead to the params beside that."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "00_summary.ipynb").write_bytes(SHIPPED[0].read_bytes())
    (tmp_path / "params").symlink_to(demo / "params")
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", "--output", "done.ipynb", "00_summary.ipynb"],
        capture_output=True, check=False, text=True, cwd=tmp_path / "notebooks",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _imported_late(asked: tuple[str, str, dict[str, str]], _tell: object) -> list[str]:
    """Return the modules that the notebook has imported in a process forked from the warm one."""
    source, target, parameters = asked
    before = set(sys.modules)
    papermill.execute_notebook(source, target, parameters=parameters, engine_name=ENGINE, progress_bar=False)
    return sorted(set(sys.modules) - before)


def test_the_warm_process_has_imported_what_reports_are_made_with(demo: Path, tmp_path: Path) -> None:
    parameters = {"params": str(demo / "params"), "segment": "enterprise", "as_of": "2026-10"}
    asked = (str(SHIPPED[-1]), str(tmp_path / "out.ipynb"), parameters)
    late = run_isolated(_imported_late, asked, Limits(whole=120, step=60))
    dear = {"altair", "babel", "cslib", "ibis", "nbconvert", "nbformat", "papermill", "sqlglot"}
    assert late  # IPython's own, with each shell
    assert not [name for name in late if name.split(".")[0] in dear]
