"""The project's own files agree with each other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from cslib import __version__
from tests.conftest import QUICK
from tests.long import KEPT, left_out
from tests.notebooks import SHIPPED

ROOT = Path(__file__).parents[1]
# conda-forge knows two packages by other names
CONDA = {"duckdb": "python-duckdb", "ibis-framework[duckdb]": "ibis-duckdb"}
_NAME = re.compile(r"[A-Za-z0-9_.\-\[\]]+")


def _bounds(requirements: list[str]) -> dict[str, str]:
    return {match[0]: text[match.end() :] for text in requirements if (match := _NAME.match(text))}


def test_conda_and_pip_install_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    required = [*project["dependencies"], *project["optional-dependencies"]["lab"]]  # conda is for analysts
    wanted = {CONDA.get(name, name): bound for name, bound in _bounds(required).items()}
    conda = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    found = _bounds(conda)
    assert found.pop("python") == project["requires-python"]
    assert found.pop("pip") == ""
    assert found == wanted


def test_everything_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    analysts = project["project"]["optional-dependencies"]["lab"]  # `make lab` installs nothing else than `make report`
    required = [*project["project"]["dependencies"], *analysts, *project["dependency-groups"]["dev"]]
    wanted = [*_bounds(required)]
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    for name in wanted:
        plain = name.partition("[")[0].lower()
        assert re.search(rf"^{re.escape(plain)}(\[\w+\])?==", locked, re.MULTILINE), (
            f"{name} is not locked; run make lock"
        )


@pytest.mark.xdist_group("together")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="wants more than one worker")
def test_a_group_of_tests_goes_to_one_worker(request: pytest.FixtureRequest) -> None:
    """Without a word, some versions of pytest and pytest-xdist tear groups apart: then each worker makes every run anew."""
    assert request.node.nodeid.endswith("@together")


@pytest.mark.parametrize(
    ("command", "page"), [("kpis", "kpis.md"), ("tables", "data-model.md"), ("settings", "settings.md")]
)
def test_the_definitions_are_as_written(command: str, page: str) -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "cslib", command, "--format", "markdown"], capture_output=True, check=True, text=True
    )
    assert (ROOT / "docs" / page).read_text("utf-8") == printed.stdout, "run make pages"


def test_the_quick_tests_are_files_that_are_there() -> None:
    assert {name for name in QUICK if not (ROOT / "tests" / f"{name}.py").is_file()} == set()


def test_notebooks_are_committed_without_outputs() -> None:
    for file in SHIPPED:
        assert '"output_type"' not in file.read_text("utf-8"), file.name


def test_the_docs_install_this_package_and_no_strangers() -> None:
    """`cslib` on PyPI is another's."""
    name = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["name"]
    assert name != "cslib"
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("cslib/**/*.py")]
    asked = {one for file in texts for one in re.findall(r"pip install '?([\w.-]+)\[", file.read_text("utf-8"))}
    assert asked == {name}


def test_the_version_is_said_once_and_told() -> None:
    done = subprocess.run([sys.executable, "-m", "cslib", "--version"], capture_output=True, check=True, text=True)
    assert done.stdout == f"cslib {__version__}\n"
    assert f"## {__version__}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_where_it_cannot_run_it_says_so_in_one_line() -> None:
    code = "import sys; sys.platform = 'win32'; from cslib.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("cslib: wanted Linux or macOS; found Windows")
    assert done.stderr.count("\n") == 1


def test_each_python_that_is_promised_is_tried() -> None:
    said = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text("utf-8"))
    tried = said["jobs"]["test"]["strategy"]["matrix"]["python"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f">={tried[0]}" == project["requires-python"]
    assert [f"3.{minor}" for minor in range(11, 11 + len(tried))] == tried


@pytest.mark.parametrize("name", KEPT)
def test_what_make_test_runs_a_part_of_is_there(name: str) -> None:
    file, _, function = name.partition("::")
    assert f"def {function}(" in (ROOT / "tests" / f"{file}.py").read_text("utf-8")


def test_what_is_left_out_of_a_family_is_spread_over_it() -> None:
    names = [f"test_a_damaged_file_is_read_or_refused_in_words[{number}]" for number in range(24)]
    cases = [SimpleNamespace(path=Path("test_fuzz.py"), name=name) for name in [*names, "test_the_judge"]]
    left = {one.name for one in left_out(cases)}  # type: ignore[arg-type]
    assert [number for number, name in enumerate(names) if name not in left] == [0, 3, 6, 9, 12, 15, 18, 21]
    assert "test_the_judge" not in left
