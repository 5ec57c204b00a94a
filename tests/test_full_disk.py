"""Where nothing can be written any more: each command, each folder that it writes to, and whoever reads what it prints."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cslib.cli import app
from cslib.project.base import Base
from cslib.project.definitions import definitions
from cslib.reports.run import Request, run
from tests.books import NOW
from tests.exports import write
from tests.notebooks import export_with

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).parents[1]

COMMANDS = {  # each as somebody would type it in a folder that holds data, params, notebooks and the reports of a run
    "demo": "demo --out demo --customers 20 --months 6",
    "init": "init new --from data/customers.csv",
    "check": "check --params params --quarantine aside",
    "measure": "measure --params params --as-of 2026-05 --out kpis.csv",
    "measure as parquet": "measure --params params --as-of 2026-05 --out kpis.parquet --format parquet",
    "analyse": "analyse signals --params params --as-of 2026-05 --out signals.csv",
    "run": "run --params params --out reports --as-of 2026-05 --single-file",
    "new": "new ours",
    "history": "history --out reports",
    "kpis": "kpis --format markdown",
    "tables": "tables --format markdown",
    "settings": "settings --format markdown",
    "upgrade": "upgrade",
}
READING = {
    "history",
    "kpis",
    "tables",
    "settings",
    "upgrade",
}  # write no file: the project follows the version that is there


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with params, data and the reports of a run, whose snapshot is gone."""
    folder = tmp_path_factory.mktemp("place")
    params = export_with(folder, {"one": "print(segment)"}, months=2)
    Base(folder).write({"name": "place", **definitions()})
    run(Request(params, folder / "reports"), NOW, lambda *_: None)
    shutil.rmtree(folder / ".cslib")
    return folder


def _typed(line: str, folder: Path, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Type a line of bash in a folder."""
    env = {**os.environ, "PYTHONPATH": str(HERE), **(environment or {})}
    return subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False, env=env)


def _is_told(done: subprocess.CompletedProcess[str]) -> bool:
    """Return whether a command has ended in order and told why."""
    told = [line for line in done.stderr.splitlines() if line.startswith("cslib: ")]
    return done.returncode in {1, 2} and len(told) == 1 and "Traceback" not in done.stderr + done.stdout


def test_each_command_is_tried() -> None:
    known = {one.name or one.callback.__name__ for one in app.registered_commands if one.callback}
    assert {line.partition(" ")[0] for line in COMMANDS.values()} == known


@pytest.mark.parametrize("name", COMMANDS)
def test_who_prints_to_a_full_disk_is_told(place: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(place, tmp_path / "copy", symlinks=True)
    done = _typed(f"{sys.executable} -m cslib {COMMANDS[name]} > /dev/full", folder)
    if name.startswith(("measure", "analyse")):  # which prints nothing where it writes a file
        assert done.returncode == 0, done.stderr
    else:
        assert _is_told(done), done.stderr
        assert "No space left on device" in done.stderr


@pytest.mark.parametrize("name", ["check", "run", *sorted(READING)])
def test_who_stops_listening_hears_no_traceback(place: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(place, tmp_path / "copy", symlinks=True)
    done = _typed(f"{sys.executable} -m cslib {COMMANDS[name]} | true; exit ${{PIPESTATUS[0]}}", folder)
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize(
    ("name", "most"),  # how many kB a file may have: none, what the settings need, and less than Vega
    [*((name, most) for name in sorted({*COMMANDS} - READING) for most in (0, 60)), ("run", 200)],
)
def test_files_that_cannot_grow_are_told(place: Path, tmp_path: Path, name: str, most: int) -> None:
    folder = shutil.copytree(place, tmp_path / "copy", symlinks=True)
    before = _told_of(folder / "reports" / "latest")
    done = _typed(
        f"ulimit -f {most}; {sys.executable} -m cslib {COMMANDS[name]} | cat; exit ${{PIPESTATUS[0]}}", folder
    )
    assert done.returncode == 0 or _is_told(done), (done.returncode, done.stderr)
    assert most or done.returncode, "nothing can have been written"
    assert most != 200 or (done.returncode == 1 and "File too large" in done.stderr)
    assert done.returncode == 0 or _told_of(folder / "reports" / "latest") == before
    assert not [*folder.glob("**/.taking-*"), *folder.glob("**/.building-*"), *folder.glob("**/.slices-*")]


def _told_of(latest: Path) -> dict[str, bytes]:
    return {str(file.resolve()): file.read_bytes() for file in latest.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("name", "where", "free"),  # how many kB
    [*((name, "all", 0) for name in COMMANDS if name not in {*READING, "measure as parquet"}),
     ("run", "all", 100), ("run", "all", 1500), ("run", "TMPDIR", 0), ("check", "TMPDIR", 0), ("measure", "TMPDIR", 0)],
)  # fmt: skip
def test_a_full_disk_is_told(place: Path, tmp_path: Path, name: str, where: str, free: int) -> None:
    """A disk of its own, in a namespace of its own, is filled but for what is free."""
    disk = tmp_path / "disk"
    disk.mkdir()
    write(tmp_path / "typed.sh", f"""
        mount -t tmpfs -o size=40m none {disk} || exit 77
        cp -a {place} {disk}/place && mkdir {disk}/scratch || exit 77
        cd {disk}/place && [ "{where}" = all ] || cd {place}
        head -c 60M /dev/zero > {disk}/filling 2> /dev/null
        truncate -s -{free}K {disk}/filling
        TMPDIR={disk}/scratch {sys.executable} -m cslib {COMMANDS[name]}
        code=$?
        rm -rf {place}/.cslib {place}/new {place}/demo
        find {disk}/scratch {disk}/place -name 'cslib-*' -o -name '.taking-*' -o -name '.building-*' -o -name 'pymp-*'
        exit $code
        """)  # fmt: skip
    done = _typed(f"unshare -rm bash {tmp_path}/typed.sh", tmp_path)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"this machine lets nobody mount a disk of their own: {done.stderr.strip()}")
    assert done.returncode == 0 or _is_told(done), (done.returncode, done.stderr)
    # a check writes nothing down while no row is set aside
    assert where != "all" or free or name == "check" or done.returncode in {1, 2}
    assert str(disk) not in "".join(line for line in done.stdout.splitlines() if line.startswith(str(disk)))


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_a_latest_that_is_no_link_is_named_before_the_work(place: Path, tmp_path: Path, kind: str) -> None:
    latest = tmp_path / "out" / "latest"
    latest.parent.mkdir()
    latest.mkdir() if kind == "folder" else latest.write_text("", "utf-8")
    done = _typed(f"{sys.executable} -m cslib run --params {place}/params --out {latest.parent}", tmp_path)
    assert _is_told(done)
    assert f"cslib: {latest}: wanted a link, which a run moves to the newest pages; found a {kind}" in done.stderr
    assert not (place / ".cslib").exists()
