"""A team's project from one version to the next, as a team lives it: written by the older package, upgraded by this one, and run."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import nbformat
import pytest

from cslib import __version__
from tests.bare_venv import ROOT, Installed, build_wheel

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("wheel")
OLD = "0.0.9"
# how the version before differs from this one: in each file this text, there that one
DIFFERENCES = {
    "cslib/__init__.py": (f'__version__ = "{__version__}"', f'__version__ = "{OLD}"'),
    "notebooks/02_usage.ipynb": ("## Scorecard", "## The card"),
    "cslib/settings/policies.py": ("grace_days: int = Field(default=0", "grace_days: int = Field(default=3"),
    "cslib/kpis/usage.py": ("with any usage in the month ÷ customers under contract", "with a login ÷ customers"),
    "cslib/project/template/Makefile.j2": ("# `make` lists what there is.", "# The targets of old."),
}
OWN_CELL = 'print("ours:", segment)'
OWN_TARGET = "\nmail: report\n\techo sent\n"


def _version_before(into: Path) -> Path:
    """Return a wheel of the version before: this tree with the differences."""
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in files:
        if name.startswith(("cslib/", "notebooks/")) or "/" not in name:
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).exists():
                shutil.copyfile(ROOT / name, into / name)
    for name, (now, before) in DIFFERENCES.items():
        text = (into / name).read_text("utf-8")
        assert text.count(now) == 1, name
        (into / name).write_text(text.replace(now, before), "utf-8")
    return build_wheel(into / "dist", into)


def _make(target: str, project: Path, installed: Installed) -> None:
    """Make a target of the project, with what is installed: PyPI is not asked."""
    (project / ".venv" / ".installed").touch()
    done = subprocess.run(
        ["make", target], cwd=project, env=installed.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_project_lives_from_one_version_to_the_next(tmp_path: Path) -> None:
    project = tmp_path / "ours"
    installed = Installed(project / ".venv", _version_before(tmp_path / "before"))

    def cslib(*words: str) -> str:
        done = installed.cslib(*words, here=project)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    # with the version before: a new project, a notebook copied and changed, a policy, a target and a list of notebooks of their own
    cslib("new", ".")
    cslib("demo", "--out", "demo", "--customers", "60", "--months", "14")
    assert f"as in {OLD}" in cslib("notebook", "copy", "02_usage")
    copy = project / "notebooks" / "02_usage.ipynb"
    notebook = nbformat.read(copy, as_version=4)
    notebook.cells.insert(len(notebook.cells) - 4, nbformat.v4.new_code_cell(OWN_CELL, id="ours"))
    nbformat.write(notebook, copy)
    policies, report, makefile = project / "params/policies.yaml", project / "params/report.yaml", project / "Makefile"
    for file, theirs, ours in [
        (policies, "min_n: 5", "min_n: 4"),
        (policies, "grace_days: 0", "# grace_days: 0"),
        (report, "[00_summary, 01_setup, 02_usage,", "[02_usage, 00_summary,"),
        (
            report,
            " 03_satisfaction, 04_outcome, 05_financial, 06_health, 07_growth, 08_effect, 09_operations, 10_actions",
            "",
        ),
    ]:
        text = file.read_text("utf-8")
        assert theirs in text
        file.write_text(text.replace(theirs, ours).replace(",]", "]"), "utf-8")
    makefile.write_text(makefile.read_text("utf-8") + OWN_TARGET, "utf-8")
    settings = {file: file.read_bytes() for file in (project / "params").rglob("*.yaml")}

    installed.install(build_wheel(tmp_path / "now"))
    said = cslib("upgrade")

    assert said.startswith(f"from {OLD} to {__version__}\n")
    assert {file: file.read_bytes() for file in (project / "params").rglob("*.yaml")} == settings
    sources = [cell.source for cell in nbformat.read(copy, as_version=4).cells]
    assert OWN_CELL in sources
    assert any(source.startswith("## Scorecard") for source in sources)
    assert not any(source.startswith("## The card") for source in sources)
    assert makefile.read_text("utf-8").startswith("# `make` lists what there is.\n")
    assert makefile.read_text("utf-8").endswith(OWN_TARGET)
    assert f"[lab]=={__version__}" in (project / "pyproject.toml").read_text("utf-8")
    for line in (
        "Makefile: changed, and so had you; merged",
        "notebooks/02_usage.ipynb: changed, and so had you; merged",
        "pyproject.toml: changed; you had not",
        "policies.yaml: another default: grace_days: 0, before 3; yours says nothing, so that this changes figures or pages",
        "defined otherwise: active_customers: Active customers · 利用顧客率",
        "formula, before: Customers under contract with a login ÷ customers · ",
        "formula, now:    Customers under contract with any usage in the month ÷ customers under contract · ",
    ):
        assert line in said
    assert "nothing to do" in cslib("upgrade")

    _make("report", project, installed)
    pages = sorted(page.name for page in (project / "reports" / "latest" / "enterprise").glob("*.html"))
    assert pages == ["index.html", "usage.html"]
    assert "ours: enterprise" in (project / "reports/latest/enterprise/usage.html").read_text("utf-8")
    _make("test", project, installed)
