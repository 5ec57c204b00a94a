"""The wheel carries all that the main job needs, and does it where no checkout is."""

from __future__ import annotations

import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.bare_venv import ROOT, Installed, build_wheel

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("wheel")
OWN = "customer_success_report-"  # what a wheel says of itself


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return a virtual environment that holds the wheel."""
    return Installed(tmp_path_factory.mktemp("bare") / "venv", wheel)


def test_the_wheel_holds_the_package_with_its_notebooks_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        found = {name for name in held.namelist() if not name.startswith(OWN)}
    written = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "cslib", "notebooks"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    wanted = {name for name in written if name.startswith("cslib/") and (ROOT / name).exists()}
    notebooks = {name for name in written if name.startswith("notebooks/")}
    assert {"cslib/py.typed", "cslib/reports/template/report.css", "cslib/reports/template/index.html.j2"} <= wanted
    assert len(notebooks) >= 6
    assert found == wanted | {f"cslib/{name}" for name in notebooks}


def test_the_main_job_is_done_without_the_checkout(installed: Installed, tmp_path: Path) -> None:
    (installed.site / "notebooks").mkdir()  # another distribution's
    (installed.site / "notebooks" / "00_summary.ipynb").write_text("not a notebook", "utf-8")
    where = [str(installed.python), "-c", "import cslib; print(cslib.__file__)"]
    place = subprocess.run(
        where, cwd=tmp_path, env=installed.environment, capture_output=True, text=True, check=True
    ).stdout
    assert place.startswith(str(installed.folder))
    made = installed.cslib("demo", "--out", "demo", "--customers", "60", "--months", "14", here=tmp_path)
    assert made.returncode == 0, made.stderr
    done = installed.cslib("run", "--params", "demo/params", "--segment", "total", here=tmp_path)
    assert done.returncode == 0, done.stderr
    stages = (
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
    latest = tmp_path / "reports" / "latest"
    assert sorted(page.stem for page in (latest / "total").glob("*.html")) == sorted(stages)
    assert (latest / "index.html").is_file()
