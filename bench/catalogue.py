"""The whole catalogue against the same figures as hand-written SQL: 20,000 customers, 24 months, 4 segments.

Both sides start from the same checked tables on the same engine, with raw usage: what the library does includes the
summing up of usage, the facts, and every interval; the SQL computes the figures alone.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from cslib.demo import write_demo
from cslib.facts import Facts
from cslib.kpis import CATALOGUE, measure
from cslib.periods import Month, months_up_to
from cslib.portfolio import Portfolio
from tests import twins
from tests.books import TODAY
from tests.ledger import usage_totals
from tests.second_opinion import prepared

if TYPE_CHECKING:
    from collections.abc import Callable

LAST = Month.parse("2026-10")
MONTHS = 24


def main() -> None:
    """Print both times, their ratio and the peak memory."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=20_000)
    options.add_argument("--usage-rows", type=int, default=5_000_000)
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="cslib-bench-") as folder:
        write_demo(Path(folder), customers=chosen.customers, months=MONTHS, usage_rows=chosen.usage_rows)
        book = Portfolio.open(Path(folder) / "params", TODAY)
        usage = Path(folder) / "data" / "usage.parquet"
        rounds = [
            (_timed(lambda: _library(book, usage)), _timed(lambda: _by_hand(book, usage))) for _ in range(chosen.rounds)
        ]
    ours, theirs = (statistics.median(side) for side in zip(*rounds, strict=True))
    ratio = statistics.median(mine / other for mine, other in rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = len(CATALOGUE) * MONTHS * len(book.settings.segments)
    print(
        f"{chosen.customers} customers, {chosen.usage_rows} usage rows, {rows} figures, {chosen.rounds} rounds in turn"
    )
    print(
        f"library {ours:.2f} s (intervals included), SQL by hand {theirs:.2f} s, ratio {ratio:.2f}, peak {peak:.0f} MB"
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _library(book: Portfolio, usage: Path) -> object:
    tables, policies = book.tables(), book.settings.policies
    raw = tables["customers"].get_backend().read_parquet(str(usage))
    everyone = book.members(book.segment_ids()).cache()
    facts = Facts({**tables, **usage_totals(raw, policies.core_features)}, book.manifest, policies, everyone, LAST)
    return measure(facts, CATALOGUE.kpis, months_up_to(LAST, MONTHS))


def _by_hand(book: Portfolio, usage: Path) -> object:
    con = duckdb.connect()
    prepared(con, book, usage, months_up_to(LAST, MONTHS))
    return [twins.opinion(con, kpi.id) for kpi in CATALOGUE]


if __name__ == "__main__":
    main()
