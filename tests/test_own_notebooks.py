"""Notebooks of a team's own stand beside the shipped ones: each is looked up by its name, the team's folder first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import nbformat
import pytest
from typer.testing import CliRunner

from cslib import __version__
from cslib.cli import app
from cslib.errors import UnknownName
from cslib.reports.plan import find_notebooks, notebook_folders
from cslib.shipped import notebooks_folder
from tests.exports import export
from tests.notebooks import notebook, write_notebooks

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = 'print("own", segment)'


def _run(params: Path, out: Path) -> Path:
    done = CliRunner().invoke(app, ["run", "--params", str(params), "--out", str(out), "--jobs", "1"])
    assert done.exit_code == 0, done.stderr
    return out / "latest"


def _report(notebooks: str) -> str:
    return f"notebooks: {notebooks}\nmonths: 2\nlanguage: en\n"


def test_one_own_notebook_hides_none_of_the_shipped(tmp_path: Path) -> None:
    params = export(tmp_path, report=_report("[00_summary, 06_ours]"))
    write_notebooks(tmp_path / "notebooks", **{"06_ours": PLAIN})
    latest = _run(params, tmp_path / "out")
    assert sorted(page.name for page in (latest / "total").glob("*.html")) == ["index.html", "ours.html"]
    files = {"00_summary": f"cslib {__version__}: 00_summary.ipynb", "06_ours": "notebooks/06_ours.ipynb"}
    assert json.loads((latest / "run.json").read_text("utf-8"))["notebooks"] == files
    lines = map(json.loads, (latest / "run.log").read_text("utf-8").splitlines())
    assert {line["notebook"]: line["file"] for line in lines} == files


def test_an_own_notebook_takes_the_place_of_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    params = export(tmp_path, report=_report("[02_usage]"))
    write_notebooks(tmp_path / "notebooks", **{"02_usage": PLAIN})
    latest = _run(params, tmp_path / "out")
    assert "own total" in (latest / "total" / "usage.html").read_text("utf-8")
    assert json.loads((latest / "run.json").read_text("utf-8"))["notebooks"] == {"02_usage": "notebooks/02_usage.ipynb"}


def test_order_and_names_of_the_tabs_are_those_of_the_settings(tmp_path: Path) -> None:
    named = "[{name: 06_ours, title: {ja: 自社, en: Our <own>}}, {name: 07_plain, title: 手順}, 02_usage, 08_bare]"
    params = export(tmp_path, report=_report(named))
    write_notebooks(tmp_path / "notebooks", **dict.fromkeys(("06_ours", "07_plain", "02_usage", "08_bare"), PLAIN))
    page = (_run(params, tmp_path / "out") / "total" / "usage.html").read_text("utf-8")
    places = [page.index(f">{title}<") for title in ("Our &lt;own&gt;", "手順", "Usage", "bare")]
    assert places == sorted(places)


def test_a_name_that_is_nowhere_is_told_with_every_folder_that_was_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    write_notebooks(tmp_path / "notebooks", **{"06_ours": PLAIN})
    with pytest.raises(UnknownName) as raised:
        find_notebooks(notebook_folders(tmp_path / "params"), ["06_our"])
    folders = (tmp_path / "notebooks", here / "notebooks", notebooks_folder())
    assert str(raised.value) == (
        f"no notebook '06_our'; did you mean '06_ours'? in {', '.join(str(folder) for folder in folders)}"
    )


def test_what_lies_beside_an_installed_package_is_a_strangers(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "cslib"
    for folder in (package / "notebooks", tmp_path / "site-packages" / "notebooks"):
        folder.mkdir(parents=True)
        nbformat.write(notebook("1"), folder / "00_summary.ipynb")
    assert notebooks_folder(package) == package / "notebooks"


def test_a_checkout_finds_those_that_are_edited_in_it(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").touch()
    assert notebooks_folder(tmp_path / "cslib") == tmp_path / "notebooks"
