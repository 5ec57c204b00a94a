"""The examples of docs/scheduling: each is read by whoever reads it in the end, where that can be had, and its command is run."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cslib.reports.history import past_runs
from tests.delivered import hook
from tests.notebooks import export_with
from tests.served import typed

HERE = Path(__file__).parents[1] / "docs" / "scheduling"
HOME = "/srv/customer-success"
COMMAND = ".venv/bin/cslib run --params params"
pytestmark = pytest.mark.xdist_group("scheduling")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a folder as the examples expect it: params and a notebook; cslib is put where it is installed when a line is typed."""
    export_with(tmp_path, {"00_summary": "print(as_of)"}, months=2)
    (tmp_path / "reports").mkdir()
    return tmp_path


def _run(command: str, home: Path) -> subprocess.CompletedProcess[str]:
    return typed(command.replace(HOME, str(home)), home)


def test_the_line_for_cron_is_a_line_for_cron_and_works(home: Path) -> None:
    line = (HERE / "crontab").read_text("utf-8").splitlines()[-1]
    *when, command = line.split(maxsplit=5)
    assert all(re.fullmatch(r"\*|\d+", field) for field in when)
    assert "%" not in command  # which cron would take for the end of the line
    (home / "reports").rmdir()  # as the first time
    done = _run(command, home)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")  # of which cron mails nothing
    assert "1 of 1 reports: reports/latest/index.html" in (home / "reports" / "cron.log").read_text("utf-8")
    # a month that fails is told, with the code
    (home / "data" / "customers.csv").unlink()
    done = _run(command, home)
    assert done.returncode == 2
    assert done.stdout.startswith("cslib run: exit code 2; reports/latest is the last good one\n")
    assert "customers.csv" in done.stdout


def test_the_units_are_units_of_systemd(home: Path) -> None:
    units = {}
    for name in ("cslib.service", "cslib-failed.service", "cslib.timer"):
        units[name] = configparser.ConfigParser(interpolation=None)
        units[name].optionxform = str  # type: ignore[assignment,method-assign]  # systemd knows capitals
        units[name].read(HERE / name, "utf-8")
    service = units["cslib.service"]["Service"]
    assert service["ExecStart"] == f"{service['WorkingDirectory']}/{COMMAND}"
    assert _run(f"cd {service['WorkingDirectory']} && {service['ExecStart']}", home).returncode == 0
    # whatever it comes to but 0 is told, through the address in the file of secrets
    assert "SuccessExitStatus" not in service
    assert units["cslib.service"]["Unit"]["OnFailure"] == "cslib-failed.service"
    (home / ".venv" / "bin" / "apprise").symlink_to(Path(sys.executable).with_name("apprise"))
    taken: list[dict[str, Any]] = []
    with hook(taken) as url:
        (home / "secrets.env").write_text(f"APPRISE_URLS={url}\n", "utf-8")
        tells = units["cslib-failed.service"]["Service"]
        done = _run(f"set -a; . {tells['EnvironmentFile']}; {tells['ExecStart']}", home)
    assert done.returncode == 0, done.stderr
    assert taken[0]["title"] == "Customer Success reports failed"
    assert re.fullmatch(r"\*-\*-02 06:00:00", units["cslib.timer"]["Timer"]["OnCalendar"])
    judge = shutil.which("systemd-analyze")
    if judge:
        for name in units:
            text = (HERE / name).read_text("utf-8").replace(HOME, str(home))
            (home / name).write_text(text, "utf-8")
        done = subprocess.run(
            [judge, "verify", "--man=no", *(str(home / name) for name in units)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert not [line for line in done.stderr.splitlines() if "cslib" in line], done.stderr


def test_the_workflow_is_one_and_its_command_works(home: Path) -> None:
    workflow = yaml.safe_load((HERE / "github-actions.yml").read_text("utf-8"))
    assert set(workflow[True]) == {"schedule", "workflow_dispatch"}  # `on` is a truth to YAML
    job = workflow["jobs"]["reports"]
    assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    command = next(step["run"] for step in job["steps"] if COMMAND in step.get("run", ""))
    assert _run(f"AS_OF= ; {command}", home).returncode == 0
    assert _run(f"AS_OF=2026-03 ; {command}", home).returncode == 0
    assert [str(run.as_of) for run in past_runs(home / "reports")] == ["2026-05", "2026-03"]
    kept = [
        step
        for step in job["steps"]
        if "upload-artifact" in step.get("uses", "") or "cache/save" in step.get("uses", "")
    ]
    assert [step["if"] for step in kept] == ["${{ !cancelled() }}"] * 2  # also of a run in which some reports failed
    made = [step["run"] for step in job["steps"] if step.get("run", "").startswith("make ")]
    assert made == ["make .venv/.installed"]


def test_the_dag_is_python_and_its_command_works(home: Path) -> None:
    text = (HERE / "airflow_dag.py").read_text("utf-8")
    tree = ast.parse(text)
    given = {
        keyword.arg: ast.unparse(keyword.value).strip("f'")
        for call in ast.walk(tree) if isinstance(call, ast.Call)
        for keyword in call.keywords
    }  # fmt: skip
    assert _run(given["bash_command"].replace("{HOME}", HOME), home).returncode == 0
    assert (given["skip_on_exit_code"], given["trigger_rule"]) == ("[]", "all_done")  # a partial failure is no skip
    assert (HERE.parents[1] / "notebooks" / Path(given["input_nb"]).name).is_file()


def test_the_loop_over_past_months_works(home: Path) -> None:
    text = (HERE / "README.md").read_text("utf-8")
    loop = next(line for line in text.splitlines() if line.startswith("for month in"))
    assert "2025-{11,12} 2026-{01..10}" in loop
    done = _run(loop.replace("2025-{11,12} 2026-{01..10}", "2026-{02..05}"), home)
    assert done.returncode == 0, done.stderr
    assert [str(run.as_of) for run in past_runs(home / "reports")] == [f"2026-0{number}" for number in range(2, 6)]
    assert "2026-05" in (home / "reports" / "latest" / "total" / "index.html").read_text("utf-8")


def test_every_exit_code_is_told() -> None:
    told = re.findall(r"^\| ([\d, ]+) \|", (HERE / "README.md").read_text("utf-8"), re.MULTILINE)
    assert [code.strip() for row in told for code in row.split(",")] == ["0", "1", "2", "3", "4", "5", "130", "143"]
