"""How long `cslib init` takes on exports as large as people have them: `python -m bench.front_door --gigabytes 1`.

Three shapes: many files of one table, a table of a hundred columns, and one file of a gigabyte. All values are made up.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import TYPE_CHECKING

from cslib.scaffold import propose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CUSTOMERS = 500
_FIRST = date(2026, 1, 1)
_BLOCK = 100_000  # rows made at a time
_GIGABYTE = 1 << 30


def main() -> None:
    """Print a row per shape: its files and bytes, and the seconds that a proposal for it takes."""
    asked = _asked()
    print(f"{'shape':24}{'files':>7}{'MB':>8}{'seconds':>9}{'processor':>11}")
    shapes: dict[str, Callable[[Path], list[Path]]] = {
        f"{asked.files} daily files": lambda folder: _daily(folder, asked.files),
        f"{asked.columns} columns": lambda folder: _wide(folder, asked.columns),
        f"{asked.gigabytes} GB of events": lambda folder: _long(folder, int(asked.gigabytes * _GIGABYTE)),
    }
    for name, write in shapes.items():
        with tempfile.TemporaryDirectory(prefix="front-door-") as place:
            folder = Path(place)
            files = [_customers(folder), *write(folder)]
            size = sum(file.stat().st_size for file in files) / (1 << 20)
            clock, busy = perf_counter(), process_time()
            propose(folder, files)
            taken, used = perf_counter() - clock, process_time() - busy
        print(f"{name:24}{len(files):>7}{size:>8.0f}{taken:>9.1f}{used:>11.1f}", flush=True)
    print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB of memory")


def _customers(folder: Path) -> Path:
    rows = "".join(f"{number:05d},Company {number},plan{number % 3}\n" for number in range(_CUSTOMERS))
    return _written(folder / "customers.csv", f"customer_id,name,plan\n{rows}")


def _daily(folder: Path, count: int) -> list[Path]:
    rng = Random(1)  # noqa: S311 - no secret
    return [
        _written(
            folder / f"usage_{_FIRST + timedelta(days=day)}.csv",
            "customer_id,user_id,used_on,feature\n" + "".join(_events(rng, 1000, day)),
        )
        for day in range(count)
    ]


def _events(rng: Random, count: int, day: int) -> Iterator[str]:
    for _ in range(count):
        customer = rng.randrange(_CUSTOMERS)
        yield f"{customer:05d},U{customer}-{rng.randrange(9)},{_FIRST + timedelta(days=day)},feature{rng.randrange(20)}\n"


def _wide(folder: Path, columns: int) -> list[Path]:
    """Write a survey: half of its columns numbers, a quarter dates, a quarter texts, hardly a value twice."""
    rng = Random(2)  # noqa: S311 - no secret
    makers = (
        lambda: f"{rng.random() * 1000:.2f}",
        lambda: str(rng.randrange(100_000)),
        lambda: f"{rng.randrange(1, 13):02d}/{rng.randrange(1, 29):02d}/{rng.randrange(1990, 2027)}",
        lambda: f"answer {rng.randrange(1_000_000)}",
    )
    head = ",".join(["response_id", "customer_id", *(f"question {place}" for place in range(columns - 2))])
    rows = (
        ",".join([f"R{row}", f"{row % _CUSTOMERS:05d}", *(makers[place % 4]() for place in range(columns - 2))])
        for row in range(10_000)
    )
    return [_written(folder / "survey.csv", "\n".join([head, *rows]) + "\n")]


def _long(folder: Path, size: int) -> list[Path]:
    file, block = folder / "events.csv", "".join(_events(Random(3), _BLOCK, 40)).encode()  # noqa: S311 - no secret
    with file.open("wb") as opened:
        opened.write(b"customer_id,user_id,used_on,feature\n")
        while opened.tell() < size:
            opened.write(block)
    return [file]


def _written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file


def _asked() -> argparse.Namespace:
    said = argparse.ArgumentParser(prog="python -m bench.front_door")
    said.add_argument("--files", type=int, default=300)
    said.add_argument("--columns", type=int, default=100)
    said.add_argument("--gigabytes", type=float, default=1)
    return said.parse_args()


if __name__ == "__main__":
    main()
