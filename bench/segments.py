"""What a segment more costs a run: `python -m bench.segments 100 200 400`, tiny segments with one notebook that shows nothing.

A row per number of segments: the processor seconds of the whole run, children included, and of each segment, the most memory
that the run and all below it held, and the bytes that it published. In linear time and flat memory, seconds and bytes per
segment stay what they are.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from bench.runner import MONTH, Memory
from cslib.demo import write_demo

_CELLS = ("params = segment = as_of = language = snapshot = ''", "print(segment)")


def main() -> None:
    """Print the rows."""
    said = argparse.ArgumentParser(prog="python -m bench.segments")
    said.add_argument("segments", nargs="*", type=int, default=[100, 200])
    print(f"{'segments':>9}{'seconds':>9}{'each':>8}{'MB':>7}{'published KB each':>20}")
    for count in said.parse_args().segments:
        with tempfile.TemporaryDirectory(prefix="cslib-bench-") as place:
            seconds, memory, published = _measured(_params(Path(place), count), Path(place) / "out")
        each = f"{seconds / count:>8.3f}{memory:>7.0f}{published / count / 1024:>20.1f}"
        print(f"{count:>9}{seconds:>9.1f}{each}", flush=True)


def _measured(params: Path, out: Path) -> tuple[float, float, int]:
    """Return the processor seconds of a run, its peak in MB, and the bytes that it published."""
    before, memory = _busy(), Memory()
    command = [sys.executable, "-m", "cslib", "run", "--params", str(params), "--out", str(out), "--as-of", MONTH]
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen([*command, "--notebook", "90_nothing"], stdout=said, stderr=said)
        with memory.watched(process.pid):
            process.wait()
        said.seek(0)
        if process.returncode:
            sys.exit(said.read())
    published = sum(file.stat().st_size for file in (out / "latest").resolve().rglob("*") if file.is_file())
    return _busy() - before, memory.peak / 1024, published


def _busy() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _params(folder: Path, count: int) -> Path:
    """Return params of a small demo with so many segments of a customer or two, and the notebook."""
    write_demo(folder, customers=200, months=12)
    segments = folder / "params" / "segments"
    for file in (*segments.glob("[!t]*.yaml"), folder / "params" / "actions.yaml"):  # which names segments
        file.unlink()
    for number in range(count - 1):
        where = {"employees": {"at_least": number, "below": number + 20}}
        said = {"id": f"band{number:04d}", "name": f"Band {number}", "where": where}
        (segments / f"band{number:04d}.yaml").write_text(yaml.safe_dump(said), "utf-8")
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "90_nothing.ipynb").write_text(json.dumps(_notebook()), "utf-8")
    return folder / "params"


def _notebook() -> dict[str, object]:
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code", "id": f"c{place}", "metadata": {"tags": ["parameters"]} if place == 0 else {},
            "source": source, "outputs": [], "execution_count": None,
        }
        for place, source in enumerate(_CELLS)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


if __name__ == "__main__":
    os.nice(5)
    main()
