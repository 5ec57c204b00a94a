"""The analyses beside the catalogue's measuring: 20,000 customers, 30 months, 4 segments, all from one snapshot in one run.

`python -m bench.analyses [--customers 20000] [--months 30] [--rounds 1] [--params DIR]`. Wanted: the analyses of what leads
(`LEADING`, with the panel that they stand on) take no more than twice what the measuring of the catalogue takes, its facts
included; what all analyses take together is told beside it. What several analyses stand on (states, panel) is made once for
all, as in a run, and stands on a line of its own; of several that share work, the first by name takes it.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cslib.analysis.analyses import ANALYSES, analyse
from cslib.demo import write_demo
from cslib.inquiries import inquire
from cslib.periods import Month
from cslib.portfolio import Portfolio

if TYPE_CHECKING:
    from collections.abc import Callable

LAST = Month.parse("2026-10")
MOST = 2.0  # times the catalogue's measuring
CATALOGUE, SHARED = "catalogue", "panel"
LEADING = frozenset(
    {SHARED, "chain", "chain_customers", "cohorts", "health", "health_audit", "health_misses", "signals", "survival"}
)


class Taken(NamedTuple):
    """Seconds by the clock, and of processors, which other work on the machine disturbs less."""

    clock: float
    busy: float


def taken(work: Callable[[], object]) -> Taken:
    """Return what a piece of work takes."""
    clock, busy = time.perf_counter(), time.process_time()
    work()
    return Taken(time.perf_counter() - clock, time.process_time() - busy)


def round_of(params: Path, snapshot: Path, months: int) -> dict[str, Taken]:
    """Return what the measuring takes, what the analyses share, and each of them."""
    portfolio = Portfolio.open(params, (LAST + 1).first_day, into=snapshot)
    told = {CATALOGUE: taken(lambda: portfolio.measure(LAST, months))}
    inquiry = inquire(portfolio, LAST)
    told[SHARED] = taken(lambda: inquiry.panel)
    return told | {name: taken(lambda name=name: analyse(name, inquiry)) for name in ANALYSES}  # type: ignore[misc]


def main() -> None:
    """Print what each takes, and the ratio that is asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=20_000)
    options.add_argument("--months", type=int, default=30)
    options.add_argument("--usage-rows", type=int, default=5_000_000)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--params", type=Path, help="a demo that has been written, in place of a new one")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="cslib-bench-") as folder:
        if not chosen.params:
            write_demo(Path(folder), customers=chosen.customers, months=chosen.months, usage_rows=chosen.usage_rows)
        params = chosen.params or Path(folder) / "params"
        rounds = [round_of(params, Path(folder) / "snapshot", chosen.months) for _ in range(chosen.rounds)]
    for name in rounds[0]:
        clock, busy = (statistics.median(each[name][place] for each in rounds) for place in (0, 1))
        print(f"{name:12} {clock:7.2f} s, {busy:7.2f} s of processors")
    leading, everything = (
        statistics.median(sum(each[name].busy for name in names) / each[CATALOGUE].busy for each in rounds)
        for names in (LEADING, rounds[0].keys() - {CATALOGUE})
    )
    print(f"{'kept' if leading <= MOST else 'MISSED'}: what leads / catalogue {leading:.2f}; wanted {MOST} at most")
    print(f"all analyses / catalogue {everything:.2f}")


if __name__ == "__main__":
    main()
