"""Where people wait, each wait as a ratio to what cannot be avoided, beside its goal: `python -m bench.waiting`, some eight minutes.

Whole processes, the wait and what it is held against in turn, `--rounds` times; of each the quickest counts. `--only` names the
rows that are wanted by words in them. The ratio of processor time, children included, hangs less on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.runner import MONTH, NOTEBOOKS, cell_seconds, ours, params_with, shell_loop, slices
from cslib.demo import write_demo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MARKED = """
import json, time
marks = []
def mark(): marks.append((time.perf_counter(), time.process_time()))
mark()
{steps}
print(json.dumps(marks))
"""
_OPEN = """
from cslib.scenario import Scenario
mark()
Scenario.open({params!r}, 'total', {month!r})
mark()
Scenario.open({params!r}, 'enterprise', {month!r})
mark()
"""
_READ = """
import duckdb
from pathlib import Path
mark()
for file in sorted(Path({data!r}).iterdir()):
    duckdb.execute(f"select count(*), max(columns(*)) from '{{file}}'").fetchall()
mark()
"""


class Spent(NamedTuple):
    """Seconds of the clock, and of the processors."""

    clock: float
    busy: float


@dataclass(frozen=True)
class Row:
    """A wait, what it is held against, and the ratio that is wanted: at most, or at least where `least`."""

    what: str
    goal: float
    wait: Callable[[], Spent]
    base: Callable[[], Spent]
    rounds: int = 1
    least: bool = False

    def line(self) -> str:
        """Return the row, measured."""
        pairs = [(self.wait(), self.base()) for _ in range(self.rounds)]
        wait, base = (Spent(*map(min, zip(*side, strict=True))) for side in zip(*pairs, strict=True))
        ratio, busy = wait.clock / base.clock, wait.busy / base.busy
        met = ratio >= self.goal if self.least else ratio <= self.goal
        goal = f"{'≥' if self.least else '≤'} {self.goal:g}"
        return f"{self.what:62}{wait.clock:>8.2f}{ratio:>8.2f}{busy:>11.2f}{goal:>8}  {'met' if met else 'not met'}"


def main() -> None:
    """Print a row per wait."""
    said = argparse.ArgumentParser(prog="python -m bench.waiting")
    said.add_argument("--rounds", type=int, default=2)
    said.add_argument("--only", default="", help="rows whose names hold this")
    asked = said.parse_args()
    print(f"{'wait ÷ what cannot be avoided':62}{'seconds':>8}{'ratio':>8}{'processors':>11}{'goal':>8}", flush=True)
    with tempfile.TemporaryDirectory(prefix="cslib-bench-") as place:
        for row in _rows(Path(place), asked.rounds):
            if asked.only in row.what:
                print(row.line(), flush=True)


def _rows(place: Path, rounds: int) -> Iterator[Row]:
    demo = cache(lambda: _demo(place / "demo", 600))
    large = cache(lambda: _demo(place / "large", 20_000))
    opened = partial(_opened, demo)
    pandas = partial(_process, "-c", "import pandas")
    yield Row(
        "import of cslib.scenario ÷ import of pandas",
        4,
        partial(_process, "-c", "import cslib.scenario"),
        pandas,
        rounds,
    )
    yield Row("first open of the demo ÷ DuckDB reading its files", 2, partial(opened, 1), partial(_read, demo), rounds)
    yield Row(
        "open of new rows ÷ DuckDB reading its files",
        2,
        partial(opened, 1, "snapshots/[!.]*"),
        partial(_read, demo),
        rounds,
    )
    yield Row("another segment in the same kernel ÷ import", 0.3, partial(opened, 2), partial(opened, 0), rounds)
    yield Row("05_financial under papermill ÷ import of pandas", 27, partial(_papermill, demo, place), pandas)
    yield Row(
        "a run without changes ÷ the runner's imports", 2, partial(_unchanged, demo, place),
        partial(_process, "-c", "import cslib.reports.run"), rounds,
    )  # fmt: skip
    for reports, loop, cells in ((24, 20, 1.9), (102, 30, 1.5)):
        made = cache(partial(_reports, place / f"reports{reports}", reports))
        looped = partial(_looped, place, made)
        yield Row(f"shell loop ÷ {reports} reports", loop, looped, partial(_of, made, 0), least=True)
        yield Row(f"{reports} reports ÷ their cells ÷ cores", cells, partial(_of, made, 0), partial(_of, made, 1))
    yield Row(
        "cells of 05_financial, 20,000 customers ÷ 600",
        3,
        partial(_financial, large, place),
        partial(_financial, demo, place),
    )
    yield Row("sums of 10 M usage rows ÷ the bare scan", 4, partial(_usage, 0), partial(_usage, 1))
    yield Row("cslib demo --customers 20000 ÷ import of pandas", 50, partial(_demo_written, place), pandas)


def _timed(work: Callable[[], object]) -> Spent:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Spent(time.perf_counter() - began, busy)


def _process(*arguments: str) -> Spent:
    return _timed(partial(_told, *arguments))


def _told(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}\n{done.stderr}")
    return done.stdout


def _demo(folder: Path, customers: int) -> Path:
    write_demo(folder, customers=customers)
    return folder


def _marks(steps: str) -> list[Spent]:
    """Return what each step of a process took, from mark to mark."""
    marks = json.loads(_told("-c", _MARKED.format(steps=steps)))
    return [Spent(*(then - now for now, then in zip(*pair, strict=True))) for pair in pairwise(marks)]


def _opened(demo: Callable[[], Path], step: int, without: str = "") -> Spent:
    """Return what a step of opening took, `without` what is kept beside the settings: all of it, or what the pattern says."""
    for kept in (demo() / ".cslib").glob(without) if without else [demo() / ".cslib"]:
        shutil.rmtree(kept, ignore_errors=True)
    return _marks(_OPEN.format(params=str(demo() / "params"), month=MONTH))[step]


def _read(demo: Callable[[], Path]) -> Spent:
    return _marks(_READ.format(data=str(demo() / "data")))[1]


def _papermill(demo: Callable[[], Path], place: Path) -> Spent:
    (notebook,) = (one for one in NOTEBOOKS if one.stem == "05_financial")
    given = [word for pair in (("params", str(demo() / "params")), ("as_of", MONTH)) for word in ("-r", *pair)]
    return _process("-m", "papermill", str(notebook), str(place / "made.ipynb"), "--no-progress-bar", *given)


def _unchanged(demo: Callable[[], Path], place: Path) -> Spent:
    command = ["-m", "cslib", "run", "--params", str(demo() / "params"), "--out", str(place / "same"), "--as-of", MONTH]
    if not (place / "same").is_dir():
        _told(*command)
    return _process(*command)


def _reports(folder: Path, reports: int) -> tuple[Spent, Spent, Path]:
    """Return what a run of so many reports took, what its cells took by the clock of all cores, and its params."""
    params = params_with(folder, reports)
    kept: list[float] = []

    def run() -> None:
        kept.append(ours(params, folder / "out")[1]["cells"])

    spent = _timed(run)
    return spent, Spent(kept[0], kept[0]), params


def _of(made: Callable[[], tuple[Spent, Spent, Path]], which: int) -> Spent:
    spent, cells, _ = made()
    return cells if which else spent


@cache
def _one_of_the_loop(params: Path, place: Path) -> tuple[float, Spent]:
    """Return what stands before the loop, and what one of its reports takes."""
    parts, prepared = slices(params, place / "slices")
    (place / "loop").mkdir()
    return prepared, _timed(partial(_keep, shell_loop, params, parts, place / "loop", {}))


def _looped(place: Path, made: Callable[[], tuple[Spent, Spent, Path]]) -> Spent:
    reports = json.loads((made()[2].parent / "out" / "latest" / "run.json").read_text("utf-8"))["reports"]
    prepared, loop = _one_of_the_loop(made()[2], place)
    return Spent(*(prepared + spent / len(NOTEBOOKS) * len(reports) for spent in loop))


def _keep(work: Callable[..., object], *arguments: object) -> None:
    work(*arguments)


def _financial(demo: Callable[[], Path], place: Path) -> Spent:
    out = place / f"financial-{demo().name}"
    chosen = ["--segment", "total", "--notebook", "05_financial", "--as-of", MONTH, "--force"]
    _told("-m", "cslib", "run", "--params", str(demo() / "params"), "--out", str(out), *chosen)
    seconds = cell_seconds(out / "latest" / "total" / "notebooks" / "05_financial.ipynb")
    return Spent(seconds, seconds)


@cache
def _scale() -> str:
    return _told("-m", "bench.scale", "--usage-rows", "10000000", "--customers", "4000", "--rounds", "1")


def _usage(which: int) -> Spent:
    """Return the ratio that `bench.scale` prints of all of its rows, and one beside it."""
    (*_, (clock, busy)) = re.findall(r"usage alone / bare scan (\S+) (\S+)", _scale())
    return Spent(1, 1) if which else Spent(float(clock), float(busy))


def _demo_written(place: Path) -> Spent:
    return _process("-m", "cslib", "demo", "--out", str(place / "written"), "--customers", "20000")


if __name__ == "__main__":
    main()
