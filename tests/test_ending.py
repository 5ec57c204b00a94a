"""A run that is asked to end: at any moment, in two seconds, in one line, with nothing left; what a kill leaves, the next one removes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

import pytest

from cslib.portfolio import Portfolio
from cslib.scratch import is_private, own_folder
from tests.books import NOW
from tests.exports import export
from tests.notebooks import export_with
from tests.processes import wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parents[1]
QUERY = "select count(*) as customer_id, 'a' as name from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 3"
pytestmark = pytest.mark.xdist_group("ending")


@pytest.fixture
def place() -> Iterator[Path]:
    """Yield a folder for temporary files, short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="place-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def start(place: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Yield a function that starts the command line, with its temporary files apart."""
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # which a test in the background of a shell ignores
    started = []

    def starts(*command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "cslib", *command], cwd=HERE, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
            env={**os.environ, "TMPDIR": str(place)},
        )  # fmt: skip
        started.append(process)
        return process

    yield starts
    signal.signal(signal.SIGINT, before)
    for process in started:
        process.kill()
        process.wait()
        cast("IO[str]", process.stderr).close()


def _ends(process: subprocess.Popen[str], number: int, place: Path) -> str:
    """Ask a process to end, and return its last line, the only one that is no progress."""
    began = time.monotonic()
    process.send_signal(number)
    _, told = process.communicate(timeout=60)
    took = time.monotonic() - began
    assert process.returncode == 128 + number, told
    (line,) = (line for line in told.splitlines() if not line[:1].isdigit())
    assert line.startswith("cslib: interrupted")
    assert took < 2
    assert [file.name for file in place.iterdir()] == []
    return line


BOTH = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@BOTH
def test_it_ends_while_it_still_imports(
    start: Callable[..., subprocess.Popen[str]], place: Path, tmp_path: Path, number: int
) -> None:
    process = start("run", "--params", str(tmp_path / "no_such"))
    wait(lambda: _caught(process))
    assert _ends(process, number, place) == "cslib: interrupted"


def _caught(process: subprocess.Popen[str]) -> bool:
    """Return whether a process has a handler of its own for SIGTERM by now."""
    said = Path(f"/proc/{process.pid}/status").read_text("utf-8")
    caught = int(said.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught >> (signal.SIGTERM - 1) & 1)


@BOTH
@pytest.mark.parametrize("command", ["run", "check", "measure"])
def test_it_ends_in_the_middle_of_a_query(
    start: Callable[..., subprocess.Popen[str]], place: Path, tmp_path: Path, number: int, command: str
) -> None:
    params = export(tmp_path, source={"customers": {"from": {"sql": QUERY}}})
    more = {"run": ["--out", str(tmp_path / "out")], "measure": ["--as-of", "2026-05"], "check": []}
    process = start(command, "--params", str(params), *more[command])
    wait(lambda: any(place.glob("cslib-run-*/cslib-source-*")))
    time.sleep(1)
    line = _ends(process, number, place)
    assert ("nothing was published" in line) == (command == "run")
    assert not [*tmp_path.glob(".cslib/snapshots/.*")]
    assert not [*tmp_path.glob("out/.building-*")]


@pytest.mark.parametrize("seed", range(2))
def test_it_ends_at_any_moment(
    start: Callable[..., subprocess.Popen[str]], place: Path, tmp_path: Path, seed: int
) -> None:
    """Moments are drawn from the whole run, whose end is seen by what it leaves."""
    rng = random.Random(seed)  # noqa: S311 - a moment, not a secret
    code = "import time\nprint(segment)\ntime.sleep(0.5)"
    params = export_with(tmp_path, dict.fromkeys("abcdef", code), months=2)
    process = start("run", "--params", str(params), "--out", str(tmp_path / "out"), "--jobs", "2")
    wait(lambda: _caught(process))
    time.sleep(rng.uniform(0, 8))
    if process.poll() is None:
        line = _ends(process, rng.choice([signal.SIGINT, signal.SIGTERM]), place)
        assert ("nothing was published" in line) != (
            tmp_path / "out" / "latest"
        ).exists() or line == "cslib: interrupted"
        assert {file.name for file in (tmp_path / "out").glob("*")} <= {".lock", ".executed", "latest", "runs"}


def test_what_a_kill_leaves_the_next_run_removes(
    start: Callable[..., subprocess.Popen[str]], place: Path, tmp_path: Path
) -> None:
    params = export_with(tmp_path, {"slow": "import time\ntime.sleep(300)", "quick": "1"}, months=2)
    command = ["run", "--params", str(params), "--out", str(tmp_path / "out")]
    killed = start(*command, "--notebook", "slow", "--kernel")
    wait(lambda: any(place.glob("cslib-run-*/kernel-*/*")))
    living = start("check", "--params", str(export(tmp_path / "other", source={"customers": {"from": {"sql": QUERY}}})))
    wait(lambda: len([*place.glob("cslib-run-*")]) == 2)
    killed.kill()
    killed.communicate()
    left = {*place.glob("cslib-run-*")}
    process = start(*command, "--notebook", "quick")
    _, told = process.communicate(timeout=240)
    assert process.returncode == 0, told
    stays = {*place.glob("cslib-run-*")}
    assert len(left) == 2
    assert len(stays) == 1
    assert stays < left
    assert living.poll() is None


def test_a_folder_of_a_living_process_stays_and_that_of_a_dead_one_goes(tmp_path: Path) -> None:
    dead = tmp_path / "x-dead"
    dead.mkdir(mode=0o700)
    (tmp_path / "y-other").mkdir(mode=0o700)
    with own_folder(tmp_path, "x-") as mine:
        assert not dead.exists()
        with own_folder(tmp_path, "x-") as second:
            assert mine.is_dir()
            assert second != mine
    assert [file.name for file in tmp_path.iterdir()] == ["y-other"]


# the folder that all users of a machine share


def test_only_a_folder_of_ones_own_that_is_closed_is_private(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir(mode=0o700)
    assert is_private(own)
    for mode in (0o750, 0o705, 0o770, 0o777, 0o1777):
        own.chmod(mode)
        assert not is_private(own), oct(mode)
    own.chmod(0o700)
    (tmp_path / "link").symlink_to(own)
    (tmp_path / "file").write_text("", "utf-8")
    for other in ("link", "file", "none"):
        assert not is_private(tmp_path / other), other
    if os.getuid() == 0:
        os.chown(own, 12345, 12345)
        assert not is_private(own)


@pytest.mark.parametrize("kind", ["link", "open", "file", "none"])
def test_snapshots_of_params_that_cannot_be_written_beside_go_to_a_folder_of_our_own_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    shared = tmp_path / "tmp"
    shared.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(shared))
    monkeypatch.setattr(os, "access", lambda *_: False)
    place, elsewhere = shared / f"cslib-{os.getuid()}", tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    made: dict[str, Callable[[], object]] = {
        "link": lambda: place.symlink_to(elsewhere), "open": lambda: place.mkdir(mode=0o777), "file": place.touch, "none": tuple,
    }  # fmt: skip
    made[kind]()
    if kind == "open":
        place.chmod(0o777)
    book = Portfolio.open(export(tmp_path / "book"), NOW)
    assert (book.folder.parent == place) == (kind == "none")
    assert is_private(book.folder.parent.parent if kind != "none" else place)
    assert not [*elsewhere.iterdir()]
