"""How often pages call a change notable in books in which nothing changes; wanted: in one month of ten at most.

`python -m bench.alarms [CUSTOMERS …]`, customers a segment. From raw tables through snapshot, facts and intervals to what the
index (all segments) and one segment's page list. Beside it what they would list without regard to how many figures are
looked at: every change beyond its own uncertainty.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.steady import LAST, SEGMENTS, write_steady
from cslib.analysis.figures.compare import changes, notable
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.portfolio import Portfolio

if TYPE_CHECKING:
    import pandas as pd

SIZES = {30: 6, 100: 5, 300: 4, 1000: 2, 3000: 1}  # customers a segment: books
MONTHS = 48


class Alarms(NamedTuple):
    """In how many months a page lists a change, and would without correction."""

    months: int
    listed: int
    uncorrected: int

    def __add__(self, other: tuple[object, ...]) -> Alarms:
        return Alarms(*(mine + int(theirs) for mine, theirs in zip(self, other, strict=True)))  # type: ignore[call-overload]


def alarms(measured: pd.DataFrame) -> Alarms:
    """Return how often a page on the segments of a long table lists anything."""
    found = Alarms(0, 0, 0)
    for month in sorted(measured.month.unique())[1:]:
        as_of = Month.parse(month)
        found += (
            1,
            notable(measured, CATALOGUE, as_of).found > 0,
            bool((changes(measured, CATALOGUE, as_of).clarity > 1).any()),
        )
    return found


def of_book(customers: int, seed: int) -> dict[str, Alarms]:
    """Return the alarms of a steady book: on the index, and on the page of one segment."""
    with tempfile.TemporaryDirectory() as folder:
        params = write_steady(Path(folder), customers, seed)
        measured = Portfolio.open(params, (LAST + 1).first_day, into=Path(folder) / "snapshot").measure(LAST, MONTHS)
    return {"index": alarms(measured), "segment": alarms(measured[measured.segment == SEGMENTS[0]])}


def main() -> None:
    """Measure the sizes that are asked for, or all."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    print("customers a segment | page | months | a change is listed | uncorrected")
    for size in sizes:
        books = [of_book(size, seed) for seed in range(SIZES.get(size, 4))]
        for page in ("index", "segment"):
            total = sum((book[page] for book in books), Alarms(0, 0, 0))
            print(
                f"{size} | {page} | {total.months} | {total.listed / total.months:.1%} | {total.uncorrected / total.months:.1%}"
            )


if __name__ == "__main__":
    main()
