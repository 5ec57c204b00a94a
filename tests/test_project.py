"""A project of a team's own: what `cslib new` writes, what `cslib notebook copy` keeps, and how texts and notebooks are merged."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

import nbformat
import pytest
import yaml
from typer.testing import CliRunner

from cslib import __version__
from cslib.cli import app
from cslib.errors import CslibError
from cslib.kpis import CATALOGUE
from cslib.project.base import Base
from cslib.project.definitions import changed_kpis, changed_settings, definitions
from cslib.project.merge import merge_notebook, merge_text
from cslib.project.skeleton import DISTRIBUTION, skeleton
from cslib.project.upgrade import upgrade
from cslib.reports.execute import PARAMETERS
from tests.bare_venv import ROOT
from tests.exports import CONTRACTS, CUSTOMERS, write
from tests.notebooks import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILES = {
    ".github/workflows/customer-success.yml", ".gitignore", "Makefile", "README.md", "environment.yml", "notebooks/README.md",
    "pyproject.toml", "reports/README.md", "tests/test_project.py",
}  # fmt: skip


def _said(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == code, done.output
    return done.output


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a new project, in which one stands."""
    _said("new", str(tmp_path / "Team One"))
    monkeypatch.chdir(tmp_path / "Team One")
    return tmp_path / "Team One"


def _older(project: Path, **files: str) -> None:
    """Make of a project one that follows an older version, which brought these files otherwise, whoever has not changed them."""
    base = Base(project)
    base.write({**base.read(), "version": "0.0.9"})
    for place, text in files.items():
        same = (project / place).read_text("utf-8") == base.texts()[place]
        base.keep(place, text)
        if same:
            write(project / place, text)


# new


def test_a_project_holds_what_a_team_keeps(project: Path) -> None:
    assert set(skeleton("any")) == FILES
    assert all((project / place).is_file() for place in FILES)
    assert {file.name for file in (project / "notebooks").iterdir()} == {"README.md"}
    said = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert (said["name"], said["dependencies"]) == ("team-one", [f"{DISTRIBUTION}[lab]=={__version__}"])
    conda = yaml.safe_load((project / "environment.yml").read_text("utf-8"))
    assert f"{DISTRIBUTION}[lab]=={__version__}" in conda["dependencies"][-1]["pip"]


def test_the_package_that_a_project_wants_is_this_one() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["name"] == DISTRIBUTION


def test_the_workflow_tests_each_push_and_reports_each_month(project: Path) -> None:
    said = yaml.safe_load((project / ".github" / "workflows" / "customer-success.yml").read_text("utf-8"))
    when = said[True]  # YAML reads `on` as a truth
    assert "push" in when
    _minute, _hour, day, month, weekday = when["schedule"][0]["cron"].split()
    assert (day, month, weekday) == ("1", "*", "*")
    runs = {name: [step.get("run") for step in job["steps"]] for name, job in said["jobs"].items()}
    assert "make test" in runs["test"]
    assert "make report" in runs["report"]
    assert said["jobs"]["report"]["if"] == "github.event_name != 'push'"


def test_every_command_that_its_files_name_is_one(project: Path) -> None:
    known = {getattr(command.callback, "__name__", "") for command in app.registered_commands}
    for place in ("Makefile", "README.md"):
        text = (project / place).read_text("utf-8")
        asked = set(re.findall(r"[/`]cslib (\w+)", text))
        assert asked
        assert asked <= known | {"notebook"}, place


def test_settings_are_proposed_for_a_person_s_own_exports(tmp_path: Path) -> None:
    files = [write(tmp_path / "exports" / "顧客.csv", CUSTOMERS), write(tmp_path / "exports" / "契約.csv", CONTRACTS)]
    said = _said("new", str(tmp_path / "ours"), "--from", *map(str, files))
    assert "customers: 顧客.csv" in said
    tables = yaml.safe_load((tmp_path / "ours" / "params" / "source.yaml").read_text("utf-8"))["tables"]
    assert set(tables) == {"customers", "contracts"}
    _said("check", "--params", str(tmp_path / "ours" / "params"))


def test_nothing_is_written_where_anything_is_there(tmp_path: Path) -> None:
    for place in ("Makefile", "params/source.yaml", "notebooks/mine.ipynb"):
        write(tmp_path / place, "mine")
    said = _said("new", str(tmp_path), code=2)
    assert "without Makefile, params, which" in said
    assert {file.name for file in tmp_path.iterdir()} == {"Makefile", "params", "notebooks"}
    assert (tmp_path / "Makefile").read_text("utf-8") == "mine"


def test_nothing_is_written_where_the_exports_cannot_be_read(tmp_path: Path) -> None:
    _said("new", str(tmp_path / "ours"), "--from", str(write(tmp_path / "a.pdf", "x\n1\n")), code=2)
    assert not (tmp_path / "ours").exists()


# notebook copy


def test_a_copied_notebook_is_the_shipped_one_and_is_never_overwritten(project: Path) -> None:
    _said("notebook", "copy", "02_usage")
    copy = project / "notebooks" / "02_usage.ipynb"
    shipped = next(file for file in SHIPPED if file.stem == "02_usage")
    assert copy.read_bytes() == shipped.read_bytes()
    assert Base(project).texts()["notebooks/02_usage.ipynb"] == shipped.read_text("utf-8")
    copy.write_text("{}", "utf-8")
    assert "never overwritten" in _said("notebook", "copy", "02_usage", code=2)
    assert copy.read_text("utf-8") == "{}"
    assert "no shipped notebook '02_usag'; did you mean '02_usage'?" in _said("notebook", "copy", "02_usag", code=2)


def test_outside_of_a_project_there_is_nowhere_to_copy_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "'cslib new DIR' makes one" in _said("notebook", "copy", "02_usage", code=2)
    assert not list(tmp_path.iterdir())


# notebook new


def test_a_blank_notebook_is_ready_to_be_run(project: Path) -> None:
    assert "report.yaml" in _said("notebook", "new", "20_partners")
    made = nbformat.read(project / "notebooks" / "20_partners.ipynb", as_version=4)
    nbformat.validate(made)
    (filled_in,) = (cell.source for cell in made.cells if "parameters" in cell.metadata.get("tags", ()))
    assert all(f"{name} = " in filled_in for name in PARAMETERS)
    assert not any(cell.get("outputs") for cell in made.cells)
    assert "never overwritten" in _said("notebook", "new", "20_partners", code=2)
    assert "'cslib notebook copy 02_usage'" in _said("notebook", "new", "02_usage", code=2)
    for name in ("../a", "a b", "a.ipynb", ""):
        assert "wanted a name like 20_partners" in _said("notebook", "new", name, code=2)


def test_outputs_of_notebooks_are_kept_out_of_git(project: Path) -> None:
    """What `make lab` sets up: the file keeps its outputs, what git is handed has none, and ids and tags stay."""

    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=project, check=True, capture_output=True, text=True).stdout

    git("init", "-q")
    for _ in range(2):
        subprocess.run(["make", "-s", "guard", f"VENV={sys.prefix}"], cwd=project, check=True, capture_output=True)
    assert (project / ".git/info/attributes").read_text("utf-8").count("nbstripout") == 1
    _said("notebook", "new", "20_partners")
    file = project / "notebooks" / "20_partners.ipynb"
    held = nbformat.read(file, as_version=4)
    for cell in held.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="霜森運輸株式会社")]
    nbformat.write(held, file)
    git("add", "notebooks/20_partners.ipynb")
    kept = git("show", ":notebooks/20_partners.ipynb")
    assert not any(cell.get("outputs") for cell in json.loads(kept)["cells"])
    assert '"own-02"' in kept
    assert '"parameters"' in kept
    assert "霜森" in file.read_text("utf-8")


# merges


def test_lines_of_both_sides_come_together() -> None:
    assert merge_text("a\nb\nc\n", "a\nb\nc\nours\n", "theirs\na\nb\nc\n") == ("theirs\na\nb\nc\nours\n", 0)


def test_where_both_change_a_line_both_stand() -> None:
    merged = merge_text("a\nb\n", "ours\nb\n", "theirs\nb\n")
    assert merged == ("<<<<<<< local\nours\n=======\ntheirs\n>>>>>>> remote\nb\n", 1)


def _cells(**sources: str) -> str:
    """Return a notebook of these cells, by their ids, which stay with a cell as long as it lives."""
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in sources.items()]
    return str(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))


def _sources(text: str) -> list[str]:
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    return [cell.source for cell in notebook.cells]


def test_cells_of_both_sides_come_together() -> None:
    base = {"a": "s.headline('nrr')", "b": "s.scorecard('usage')", "c": "s.customers('nrr')"}
    ours = {"a": base["a"], "mine": "my_own(frame)", "b": base["b"], "c": base["c"]}
    theirs = {**base, "c": "s.customers('grr')"}
    merged = merge_notebook(_cells(**base), _cells(**ours), _cells(**theirs))
    assert _sources(merged.text) == [base["a"], "my_own(frame)", base["b"], "s.customers('grr')"]
    assert merged.conflicts == 0


def test_where_both_change_a_cell_the_notebook_still_opens() -> None:
    merged = merge_notebook(_cells(a="x = 0", b="y"), _cells(a="x = 1", b="y"), _cells(a="x = 2", b="y"))
    assert _sources(merged.text) == ["<<<<<<< local\nx = 1\n=======\nx = 2\n>>>>>>> remote", "y"]
    assert merged.conflicts == 1


def test_a_cell_that_one_side_changes_and_the_other_removes_is_a_conflict() -> None:
    base = {"a": "first()", "b": "x = 0", "c": "last()"}
    merged = merge_notebook(_cells(**base), _cells(**{**base, "b": "x = 1"}), _cells(a="first()", c="last()"))
    assert merged.conflicts
    assert any("x = 1" in source and "<<<<<<<" in source for source in _sources(merged.text))


def test_what_is_no_notebook_is_said() -> None:
    with pytest.raises(CslibError, match="wanted a notebook"):
        merge_notebook(_cells(a="a"), "not JSON", _cells(a="b"))


# upgrade


def test_the_same_version_has_nothing_to_say(project: Path) -> None:
    before = {file: file.read_bytes() for file in project.rglob("*") if file.is_file()}
    assert "nothing to do" in _said("upgrade")
    assert {file: file.read_bytes() for file in project.rglob("*") if file.is_file()} == before


def test_an_older_version_than_the_project_follows_is_refused(project: Path) -> None:
    base = Base(project)
    base.write({**base.read(), "version": "99.0.0"})
    assert "wanted 99.0.0 or newer" in _said("upgrade", code=2)


def test_what_nobody_has_changed_is_replaced_and_what_was_removed_stays_away(project: Path) -> None:
    now = (project / "Makefile").read_text("utf-8")
    _older(project, Makefile="old\n", **{"environment.yml": "old\n"})
    (project / "environment.yml").unlink()
    said = "\n".join(upgrade(project).lines)
    assert (project / "Makefile").read_text("utf-8") == now
    assert "Makefile: changed; you had not" in said
    assert not (project / "environment.yml").exists()
    assert "environment.yml: changed, but you have removed it" in said
    assert "nothing to do" in "\n".join(upgrade(project).lines)


def test_what_both_have_changed_is_merged(project: Path) -> None:
    now = (project / "Makefile").read_text("utf-8")
    write(project / "Makefile", now + "mine:\n\techo mine\n")
    _older(project, Makefile=now.replace("SHELL", "X").replace("# `make` lists what there is.", "# old"))
    # the team's file follows the old one
    write(project / "Makefile", now.replace("# `make` lists what there is.", "# old") + "mine:\n\techo mine\n")
    result = upgrade(project)
    assert (project / "Makefile").read_text("utf-8") == now + "mine:\n\techo mine\n"
    assert result.conflicts == 0
    assert any("Makefile: changed, and so had you; merged" in line for line in result.lines)


def test_a_conflict_is_marked_said_and_an_exit_code_and_the_tests_of_the_project_find_it(project: Path) -> None:
    _said("notebook", "copy", "02_usage")
    copy = project / "notebooks" / "02_usage.ipynb"
    shipped = copy.read_text("utf-8")
    assert "## Scorecard" in shipped
    write(copy, shipped.replace("## Scorecard", "## Ours"))
    _older(project, **{"notebooks/02_usage.ipynb": shipped.replace("## Scorecard", "## Old")})
    said = _said("upgrade", code=3)
    assert "notebooks/02_usage.ipynb: changed, and so had you, 1 times the same lines" in said
    nbformat.validate(nbformat.read(copy, as_version=4))
    assert "<<<<<<< local" in copy.read_text("utf-8")
    assert "## Ours" in copy.read_text("utf-8")
    held: dict[str, object] = {"__file__": str(project / "tests" / "test_project.py"), "__name__": "theirs"}
    exec((project / "tests" / "test_project.py").read_text("utf-8"), held)  # noqa: S102 - the file that we wrote
    with pytest.raises(AssertionError, match="an upgrade has left a conflict"):
        held["test_own_notebooks_hold_no_outputs_and_no_conflicts"]()  # type: ignore[operator]


def test_a_copy_that_was_removed_again_is_merged_no_more(project: Path) -> None:
    _said("notebook", "copy", "02_usage")
    _older(project, **{"notebooks/02_usage.ipynb": "{}"})
    (project / "notebooks" / "02_usage.ipynb").unlink()
    assert not any("02_usage" in line for line in upgrade(project).lines)
    assert "notebooks/02_usage.ipynb" not in Base(project).texts()
    _said("notebook", "copy", "02_usage")


def test_settings_of_the_team_stay_and_new_ones_are_told(project: Path) -> None:
    policies = project / "params" / "policies.yaml"
    write(policies, "grace_days: 14\nretired: 5\n")
    base = Base(project)
    before = base.read()
    held = before["settings"]["policies.yaml"]
    del held["credit_notes"]
    held |= {
        "retired": {"default": 1, "words": ""},
        "min_n": {"default": 3, "words": ""},
        "grace_days": {"default": 7, "words": ""},
    }
    base.write({**before, "version": "0.0.9"})
    said = "\n".join(upgrade(project).lines)
    assert policies.read_text("utf-8") == "grace_days: 14\nretired: 5\n"
    assert "policies.yaml: new: credit_notes: set_aside  # net: amounts below 0 are taken off the order" in said
    assert "policies.yaml: gone: retired; take it out, or the next run refuses it" in said
    assert "another default: min_n: 5, before 3; yours says nothing, so that this changes figures or pages" in said
    assert "another default: grace_days: 0, before 7; yours says what it says" in said


# what changes in figures


def _changed(before: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]) -> list[str]:
    return list(changed_kpis({"kpis": before}, {"kpis": now}))


def test_kpis_that_are_new_gone_or_defined_otherwise_are_told_with_both_texts() -> None:
    same = {"name": "A", "formula": "a ÷ b"}
    assert _changed({"a": same}, {"a": same}) == []
    assert _changed({"a": same}, {}) == ["gone: a: A: a ÷ b"]
    assert _changed({}, {"a": same}) == ["new: a: A: a ÷ b"]
    assert _changed({"a": same}, {"a": {**same, "formula": "a ÷ c", "whole": "total(_.c)"}}) == [
        "defined otherwise: a: A",
        "  formula, before: a ÷ b",
        "  formula, now:    a ÷ c",
        "  whole, before: nothing",
        "  whole, now:    total(_.c)",
    ]


def test_every_kpi_and_every_setting_is_kept_with_what_decides_it() -> None:
    said = definitions()
    assert set(said["kpis"]) == {kpi.id for kpi in CATALOGUE.kpis}
    assert json.loads(json.dumps(said)) == said
    for kpi in CATALOGUE.kpis:
        texts = said["kpis"][kpi.id]
        assert kpi.en_formula in texts["formula"]
        assert kpi.ja_formula in texts["formula"]
        assert {"part", "up0", "curve"} & set(texts), kpi.id
        assert ("otherwise, formula" in texts) == (kpi.otherwise is not None)
    assert said["settings"]["policies.yaml"]["grace_days"]["default"] == 0
    assert list(changed_settings(said, said, {})) == []


def test_definitions_are_the_same_in_any_process() -> None:
    """An address or an order by hash in a text would make every upgrade tell of changes that are none."""
    code = "import json; from cslib.project.definitions import definitions; print(json.dumps(definitions(), sort_keys=True))"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert told == {json.dumps(definitions(), sort_keys=True) + "\n"}
