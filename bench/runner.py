"""How long a run of many reports takes, beside what papermill's users do today, whole processes, start-up included.

`python -m bench.runner [REPORTS …]`, 24 and 100 without. The shell loop is linear by its making, so a few of its reports are
measured and the rest reckoned; the pool is measured with as many as `--peers` says.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from cslib.demo import write_demo
from cslib.portfolio import Portfolio
from cslib.reports.history import restated_since

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("0[0-5]*.ipynb"))
CORES = os.cpu_count() or 1
MONTH = "2026-10"
LOOP = 6  # reports of the shell loop that are measured: each notebook once


@dataclass
class Memory:
    """The memory of a process and all below it, shared pages counted once: the highest sum that was seen."""

    peak: int = 0
    processes: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def watched(self, pid: int) -> Iterator[None]:
        """Watch a process for as long as the block lasts."""
        watching = threading.Thread(target=self._watch, args=(pid,))
        watching.start()
        yield
        self._stop.set()
        watching.join()

    def _watch(self, pid: int) -> None:
        while not self._stop.wait(0.5):
            sizes = [_proportional(one) for one in _family(pid)]
            if sum(sizes) > self.peak:
                self.peak, self.processes = sum(sizes), len(sizes)


def _family(pid: int) -> list[int]:
    found, parents = [pid], {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text("utf-8").rpartition(")")[2].split()[1])
        except OSError:
            continue
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def params_with(folder: Path, reports: int) -> Path:
    """Return params of the demo with as many segments as make these reports: the total, and bands of customers by size."""
    write_demo(folder)
    wanted = -(-reports // len(NOTEBOOKS))
    segments = folder / "params" / "segments"
    if wanted > len(list(segments.glob("*.yaml"))):
        for file in (*segments.glob("[!t]*.yaml"), folder / "params" / "actions.yaml"):  # which names segments
            file.unlink()
        for number in range(wanted - 1):
            where = {"employees": {"at_least": 1 + number * 3, "below": 400 + number * 3}}
            said = {"id": f"band{number:03d}", "name": f"Band {number}", "where": where}
            (segments / f"band{number:03d}.yaml").write_text(yaml.safe_dump(said), "utf-8")
    return folder / "params"


def ours(params: Path, out: Path) -> tuple[float, dict[str, float]]:
    """Return how long `cslib run` takes, and what its time went into."""
    memory, began = Memory(), time.monotonic()
    command = [
        sys.executable,
        "-m",
        "cslib",
        "run",
        "--params",
        str(params),
        "--out",
        str(out),
        "--as-of",
        MONTH,
        "--force",
        *(word for one in NOTEBOOKS for word in ("--notebook", one.stem)),
    ]
    with (
        subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process,
        memory.watched(process.pid),
    ):
        process.wait()
    seconds = time.monotonic() - began
    log = json.loads((out / "latest" / "run.json").read_text("utf-8"))
    if any(report["status"] != "ok" for report in log["reports"]):
        sys.exit(f"a report failed: {log['reports']}")
    inside = sum(report["seconds"] for report in log["reports"]) / CORES
    cells = sum(cell_seconds(file) for file in out.glob("latest/*/notebooks/*.ipynb")) / CORES
    return seconds, {
        "reports": len(log["reports"]), "cells": cells, "around the cells": inside - cells, "before and after": seconds - inside,
        "MB": memory.peak / 1024, "processes": memory.processes,
    }  # fmt: skip


def cell_seconds(file: Path) -> float:
    """Return how long the cells of an executed notebook took."""
    cells = json.loads(file.read_text("utf-8"))["cells"]
    return sum(cell["metadata"].get("papermill", {}).get("duration") or 0 for cell in cells)


def slices(params: Path, folder: Path) -> tuple[list[tuple[str, Path]], float]:
    """Return each segment and the slice that its reports are handed out, the peers' as well as ours; and how long that takes."""
    began = time.monotonic()
    book = Portfolio.open(params, date(2026, 11, 21), into=folder / ".snapshot")
    month, ids = book.month(MONTH), book.segment_ids()
    measured = book.measure(month, book.settings.report.months)
    facts = book.write_facts(month, ids, folder / ".facts")
    made = [(name, book.export_slice(name, measured, folder / name, facts)) for name in ids]
    for _, place in made:
        restated_since([], month, measured, {})[1].drop(columns="segment").to_parquet(place / "restated.parquet")
    return made, time.monotonic() - began


def shell_loop(params: Path, parts: list[tuple[str, Path]], out: Path, environment: dict[str, str]) -> float:
    """Return how long papermill and nbconvert take for one report from the command line."""
    name, place = parts[0]
    bin_ = Path(sys.executable).parent
    began = time.monotonic()
    for notebook in NOTEBOOKS[:LOOP]:
        target = str(out / notebook.name)
        given = {"params": str(params), "segment": name, "as_of": MONTH, "language": "ja", "snapshot": str(place)}
        said = [word for key, value in given.items() for word in ("-r", key, value)]
        _quietly([str(bin_ / "papermill"), str(notebook), target, "--no-progress-bar", *said], environment)
        _quietly([str(bin_ / "jupyter"), "nbconvert", "--to", "html", target], environment)
    return (time.monotonic() - began) / LOOP


def pool(params: Path, parts: list[tuple[str, Path]], out: Path, environment: dict[str, str], reports: int) -> float:
    """Return how long a pool of processes takes for these reports, each with papermill's and nbconvert's API."""
    jobs = [
        (str(notebook), str(out / f"{name}-{notebook.name}"),
         {"params": str(params), "segment": name, "as_of": MONTH, "language": "ja", "snapshot": str(place)})
        for name, place in parts for notebook in NOTEBOOKS
    ]  # fmt: skip
    (out / "jobs.json").write_text(json.dumps(jobs[:reports]), "utf-8")
    began = time.monotonic()
    _quietly([sys.executable, "-m", "bench.plain_pool", str(out / "jobs.json"), str(CORES)], environment)
    return time.monotonic() - began


def _quietly(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")


def without_accident(folder: Path) -> dict[str, str]:
    """Return an environment in which `rfc3987_syntax`, which comes with JupyterLab, is not found by jsonschema."""
    folder.mkdir()
    (folder / "rfc3987_syntax.py").write_text("raise ImportError\n", "utf-8")
    return {"PYTHONPATH": str(folder)}


def measured(reports: int, peers: int) -> None:
    """Print a table for so many reports."""
    with tempfile.TemporaryDirectory(prefix="cslib-bench-") as place:
        folder = Path(place)
        params = params_with(folder, reports)
        (folder / "peers").mkdir()
        mine, spent = ours(params, folder / "out")
        parts, prepared = slices(params, folder / "slices")
        count = int(spent["reports"])
        print(f"\n{count} reports on {CORES} cores: {mine:.1f} s, {mine / count:.2f} s each")
        for name in ("cells", "around the cells", "before and after"):
            print(f"  {name:<20} {spent[name]:6.1f} s" + (" (÷ cores)" if name != "before and after" else ""))
        print(f"  {mine / spent['cells']:.2f} x the bare cell time ÷ cores")
        print(f"  memory {spent['MB']:.0f} MB at most, {spent['processes']:.0f} processes together")
        print(f"  peers, each after the same snapshot, measuring and slices ({prepared:.1f} s):")
        for label, environment in (
            ("as installed", {}),
            ("without the import accident", without_accident(folder / "stub")),
        ):
            if peers:
                loop = shell_loop(params, parts, folder / "peers", environment)
                few = min(peers, count)
                pooled = pool(params, parts, folder / "peers", environment, few)
                print(f"  {label}:")
                _print("(a) shell loop", prepared + loop * count, mine, f"{LOOP} measured, {loop:.2f} s each")
                _print("(b) pool", prepared + pooled / few * count, mine, f"{few} measured")


def _print(name: str, theirs: float, mine: float, how: str) -> None:
    print(f"    {name:<15} {theirs:8.1f} s = {theirs / mine:5.1f} x  ({how})")


def main() -> None:
    """Run the benchmark."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("reports", nargs="*", type=int, default=[24, 100])
    asked.add_argument("--peers", type=int, default=24, help="reports that the pool makes; 0 leaves the peers out")
    said = asked.parse_args()
    for reports in said.reports:
        measured(reports, said.peers)


if __name__ == "__main__":
    main()
