"""What each command loads: imports are what people wait for first, so that a newcomer among them has to be let in by name."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.delivered import params, published
from tests.exports import export

if TYPE_CHECKING:
    from pathlib import Path

TERMINAL = {"annotated_doc", "click", "markdown_it", "mdurl", "pygments", "rich", "shellingham", "typer"}
SETTINGS = {
    "annotated_types", "mypy_extensions", "packaging", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection", "yaml",
}  # fmt: skip
ENGINE = {
    "cloudpickle", "cython_runtime", "dateutil", "duckdb", "ibis", "importlib_resources", "numpy", "pandas", "parsy", "public",
    "pyarrow", "pyarrow_hotfix", "pytz", "rapidfuzz", "scipy", "six", "sqlglot", "threadpoolctl", "toolz", "tzdata",
}  # fmt: skip
WORDS = {"babel", "charset_normalizer", "markupsafe"}
NOTEBOOK = {
    "IPython", "asttokens", "decorator", "executing", "ipython_pygments_lexers", "matplotlib_inline", "pexpect", "prompt_toolkit",
    "ptyprocess", "pure_eval", "stack_data", "traitlets", "wcwidth",
}  # fmt: skip
SLOW = {"altair", "jsonschema", "scipy.stats"}  # which only those load who draw, or ask for a test that few ask for

COMMANDS = {
    "--version": TERMINAL,
    "kpis": TERMINAL | SETTINGS | ENGINE,
    "tables": TERMINAL | SETTINGS | ENGINE,
    "settings": TERMINAL | SETTINGS | {"cython_runtime"},
    "demo --out {folder}/demo --customers 5 --months 2": TERMINAL | SETTINGS | ENGINE,
    "init {folder}/new --from {folder}/customers.csv": TERMINAL | SETTINGS | ENGINE,
    "check --params {folder}/params": TERMINAL | SETTINGS | ENGINE,
    "measure --params {folder}/params --as-of 2026-05": TERMINAL | SETTINGS | ENGINE | WORDS,
    "analyse chain --params {folder}/params --as-of 2026-05": TERMINAL | SETTINGS | ENGINE | WORDS | {"scipy.stats"},
}
LOADED = (
    "import sys\n{code}\n"
    "names = {{name.partition('.')[0] for name in sys.modules}} | set(sys.modules) & {slow}\n"
    "print(*sorted(names - sys.stdlib_module_names), file=sys.stderr)"
)


def _loaded(code: str) -> set[str]:
    """Return which packages a program loads that Python does not bring, and which of the slow ones."""
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(code=code, slow=SLOW)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {name for name in done.stderr.splitlines()[-1].split() if not name.startswith("_")} - {"cslib"}


def _run_in_tests(found: set[str]) -> set[str]:
    """Return what is loaded by a program itself: coverage and editable installs bring modules of their own."""
    return {name for name in found if "editable" not in name and name not in {"coverage", "distutils", "sitecustomize"}}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_loads_what_it_uses(command: str, tmp_path: Path) -> None:
    export(tmp_path)
    (tmp_path / "customers.csv").write_text("customer_id,name\nA,Alpha\nB,Beta\n", "utf-8")
    words = command.format(folder=tmp_path).split()
    code = f"from cslib.cli import app\ntry: app({words!r})\nexcept SystemExit as end: assert not end.code, end.code"
    assert _run_in_tests(_loaded(code)) - COMMANDS[command] == set()


def test_a_delivery_to_a_folder_loads_nothing_that_speaks_to_people(tmp_path: Path) -> None:
    params(tmp_path, {"publish": [{"to": "../handed"}]})
    words = ["deliver", "--out", str(published(tmp_path))]
    code = f"from cslib.cli import app\ntry: app({words!r})\nexcept SystemExit as end: assert not end.code, end.code"
    assert not _loaded(code) & {"altair", "apprise", "boto3", "nbconvert", "paramiko", "s3fs", "xlsxwriter"}


def test_a_notebook_that_draws_nothing_loads_no_altair() -> None:
    assert _run_in_tests(_loaded("from cslib import Scenario")) <= TERMINAL | SETTINGS | ENGINE | WORDS | NOTEBOOK


def test_no_chart_waits_for_a_grammar() -> None:
    """It comes with JupyterLab, which the tests are installed beside, and takes more than a second to build."""
    code = "from cslib.charts.lazy_altair import alt\nalt.Chart\nimport jsonschema\nassert 'rfc3987_syntax' not in sys.modules"
    assert {"altair", "jsonschema"} <= _loaded(code)
