"""How often the change of an action's KPI is told rightly in books in which nothing changes: its 95 % interval should hold 0.

`python -m bench.pdca [CUSTOMERS …]`, customers a segment. Every close of every segment is taken for the month of a report, of an
action that began as long before as it takes to judge it (the KPI's window and a month), held against the three closes before
its start: the very reckoning of `cslib analyse pdca`. By window, since a baseline of overlapping windows is hardly more than one.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.steady import LAST, SEGMENTS, write_steady
from cslib.analysis.targets.pdca import closes_before
from cslib.kpis import CATALOGUE
from cslib.kpis.reasons import is_comparable
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.stats.expectation import Span, baseline

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

SIZES = {100: 6, 300: 4, 1000: 2}  # customers a segment: books
MONTHS = 48
WANTED = 0.92
BEFORE = 3  # closes of the baseline, as in actions.yaml


def judged(measured: pd.DataFrame) -> Iterator[tuple[int, str, bool, bool]]:
    """Yield of each KPI, segment and close that can be judged: the window, the KPI, whether 0 is held, and whether it is below the interval."""
    told = measured[measured.segment.isin(SEGMENTS) & measured.low.notna() & (measured.status != "small")]
    told = told[[is_comparable(reason) for reason in told.reason]]
    for (_, name), rows in told.groupby(["segment", "kpi"]):
        by_month = rows.set_index("month")
        spans = {month: Span(row.value, row.low, row.high) for month, row in by_month.iterrows()}
        months, kpi = sorted(measured.month.unique()), CATALOGUE.by_id[str(name)]
        for at in range(len(months)):
            now = Month.parse(months[at])
            closes = [*map(str, closes_before(kpi, now - kpi.window - 1, now, BEFORE))]
            if closes and all(month in spans for month in (*closes, months[at])):
                change = spans[months[at]].less(baseline([spans[month] for month in closes], kpi.window))
                if change.known and np.isfinite([change.low, change.high]).all():
                    yield kpi.window, str(name), change.holds(0), change.low > 0


def main() -> None:
    """Measure the sizes that are asked for, or all."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    print(
        "customers a segment | window | judged | 0 is held (wanted 92–99 %) | of the misses above 0 | KPIs below 92 %"
    )
    for size in sizes:
        found: Counter[tuple[int, str, bool, bool]] = Counter()
        for seed in range(SIZES.get(size, 4)):
            with tempfile.TemporaryDirectory() as folder:
                params = write_steady(Path(folder), size, seed)
                book = Portfolio.open(params, (LAST + 1).first_day, into=Path(folder) / "snapshot")
                found.update(judged(book.measure(LAST, MONTHS)))
        for window in sorted({key[0] for key in found}):
            mine = {key: count for key, count in found.items() if key[0] == window}
            print(_line(size, window, mine), flush=True)


def _line(size: int, window: int, found: dict[tuple[int, str, bool, bool], int]) -> str:
    every = sum(found.values())
    held = sum(count for (_, _, holds, _), count in found.items() if holds)
    above = sum(count for (_, _, holds, over), count in found.items() if not holds and over)
    by_kpi = {
        name: sum(n for key, n in found.items() if key[1] == name and key[2])
        / sum(n for key, n in found.items() if key[1] == name)
        for name in {key[1] for key in found}
    }
    low = ", ".join(f"{name} {share:.0%}" for name, share in sorted(by_kpi.items()) if share < WANTED)
    missed = every - held
    return (
        f"{size} | {window} | {every:,} | {held / every:.1%} | {above / missed if missed else 0:.0%} | {low or 'none'}"
    )


if __name__ == "__main__":
    main()
