"""How often the 95 % intervals of the catalogue hold a truth that is known: books are drawn from a law, and measured.

The drawn rows go through the very query and the very formula that a report takes. Coverage is told among the intervals that
are shown, since an interval that is not there misleads nobody.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import ibis
import numpy as np
import pyarrow as pa
from ibis import _

from bench.worlds import WORLDS
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Interval, total
from cslib.kpis.measure import figures
from cslib.kpis.report_rows import ONCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bench.worlds import World
    from cslib.kpis import Kpi

    Floats = NDArray[np.floating[Any]]

CUSTOMERS = (30, 100, 300, 1000)
_SEED = 20261031


class Coverage(NamedTuple):
    """How often an interval held the truth, how often there was one, and its median width."""

    held: float
    shown: float
    width: float


def coverage(kpi: Kpi, world: World, customers: int, books: int) -> Coverage:
    """Return the coverage of a KPI's interval over as many `books` of so many customers each, always the same ones."""
    rng = np.random.default_rng([_SEED, customers])
    rows = ibis.memtable(_table(world.draw(rng, (books, customers)))).mutate(age=ibis.literal(0))
    found = figures(rows, [_stand_in(kpi)], ["book"])
    low, high = found.low.to_numpy(dtype=float), found.high.to_numpy(dtype=float)
    shown = ~(np.isnan(low) & np.isnan(high))
    held = (np.nan_to_num(low, nan=-np.inf) <= world.truth) & (world.truth <= np.nan_to_num(high, nan=np.inf))
    closed = ~(np.isnan(low) | np.isnan(high))
    width = float(np.median((high - low)[closed])) if closed.any() else np.inf
    return Coverage(float(held[shown].mean()), float(shown.sum() / books), width)


def _table(drawn: dict[str, Floats]) -> pa.Table:
    """Return what was drawn as rows: book, customer_id, and the columns; a customer's several rows one by one."""
    several = drawn.pop("rows", None)
    books, customers = next(iter(drawn.values())).shape[:2]
    names = {"book": np.repeat(np.arange(books), customers), "customer_id": np.tile(np.arange(customers), books)}
    if several is None:
        columns = names | {name: values.ravel() for name, values in drawn.items()}
    else:
        most = drawn["part"].shape[2]
        there = (np.arange(most) < several[:, :, None]).ravel()
        columns = {name: np.repeat(values, most)[there] for name, values in names.items()}
        columns["part"] = drawn["part"].ravel()[there]
    one = np.ones(len(columns["book"]))
    return pa.table({"whole": one, **columns, "n": one.astype(int)})


def _stand_in(kpi: Kpi) -> Kpi:
    """Return a KPI with the interval and the fact table of `kpi` over columns that are drawn."""
    if kpi.curve is not None:
        return replace(
            kpi, n=total(_.n), curve=replace(kpi.curve, duration=_.duration, observed=_.observed > 0, where=None)
        )
    return replace(kpi, part=total(_.part), whole=total(_.whole), n=total(_.n))


def cases() -> dict[tuple[Interval, bool, World], list[Kpi]]:
    """Return the KPIs by what decides the coverage: the interval, whether a customer has one row, and the world."""
    found: dict[tuple[Interval, bool, World], list[Kpi]] = {}
    for kpi in CATALOGUE:
        if kpi.interval is not Interval.NONE:
            for world in WORLDS[kpi.id]:
                found.setdefault((kpi.interval, kpi.fact in ONCE, world), []).append(kpi)
    return found


def named(kpis: Sequence[Kpi]) -> str:
    """Return what stands for the KPIs of a case in the table."""
    return kpis[0].id if len(kpis) == 1 else f"{kpis[0].id} and {len(kpis) - 1} more"


def main() -> None:
    """Print a line for each interval and world: its coverage at each number of customers, and how often it was shown."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--books", type=int, default=1000)
    options.add_argument("--customers", type=int, nargs="+", default=list(CUSTOMERS))
    chosen = options.parse_args()
    print(f"coverage in %, {chosen.books} books each; in brackets how often there is an interval, where not always")
    print("| interval | KPIs | world |", " | ".join(f"{many:,}" for many in chosen.customers), "|")
    print("|---" * (3 + len(chosen.customers)) + "|")
    for (interval, _once, world), kpis in cases().items():
        told = [_said(coverage(kpis[0], world, many, chosen.books)) for many in chosen.customers]
        print(f"| {interval} | {named(kpis)} | {world.name} |", " | ".join(told), "|", flush=True)


def _said(found: Coverage) -> str:
    shown = "" if found.shown > 0.995 else f" ({found.shown:.0%})"  # noqa: PLR2004 - as good as always
    return f"{found.held * 100:.1f}{shown}"


if __name__ == "__main__":
    main()
