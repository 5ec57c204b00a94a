"""The whole demo: its data and its settings, written into one folder."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.accounts import accounts, further_accounts, usage_cells
from cslib.demo.calendar import Calendar, demo_calendar
from cslib.demo.columns import apart, together
from cslib.demo.customers import customers as draw_customers
from cslib.demo.dirt_files import add_dirt, forget_dirt
from cslib.demo.settings_files import refuse_changed, settings_files, write_settings
from cslib.demo.simulation import live
from cslib.demo.state import World
from cslib.demo.tables import demo_tables, engine, write_csv
from cslib.demo.usage import rows_of, shared_out, write_usage
from cslib.errors import CslibError
from cslib.periods import Month

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.demo.columns import Columns, Floats

STREAM = 105
UNTIL = Month.parse("2026-10")


def write_demo(  # noqa: PLR0913 - the options of `cslib demo`
    out: Path,
    *,
    customers: int = 600,
    months: int = 30,
    until: Month = UNTIL,
    seed: int = 20261031,
    usage_rows: int | None = None,
    dirty: bool = False,
) -> None:
    """Write `out/data/` and `out/params/`: a business of so many customers, its logs over so many months.

    The same arguments give the same bytes. `usage_rows` asks for so many rows of usage, instead of what the
    customers come to; `dirty` adds rows that break the claims of the data model, and lists them in
    `data/dirt.json`. Raises `CslibError` where `out/params` holds settings that someone has changed.
    """
    _refuse_below(1, customers=customers, months=months)
    _refuse_below(0, usage_rows=usage_rows or 0, seed=seed)
    rng = np.random.default_rng(seed)
    lived = _lived(rng, customers, demo_calendar(until, months))
    served = np.unique(lived[0].customers.csm).tolist()
    settings = settings_files(until, set(lived[0].history.programmes["programme"]), served)
    refuse_changed(out / "params", settings)
    try:
        (out / "data").mkdir(parents=True, exist_ok=True)
        forget_dirt(out / "data")
        _write_data(out / "data", lived, seed, usage_rows)
        if dirty:
            add_dirt(out / "data", (until + 1).first_day)
        write_settings(out / "params", settings)
    except OSError as error:
        raise CslibError(f"{out}: wanted a folder that can be written to; found: {error}") from error


def _refuse_below(least: int, **numbers: int) -> None:
    for name, number in numbers.items():
        if number < least:
            raise CslibError(f"{name}: wanted at least {least}; found {number}")


def _lived(rng: np.random.Generator, count: int, months: Calendar) -> tuple[World, Columns, Floats]:
    """Return what becomes of so many customers, their accounts, and the share of each one's seats that has one."""
    who = draw_customers(rng, count, months)
    before = deepcopy(rng)
    world = World(rng, who, live(rng, who, months), months)
    issued, share = accounts(world)
    # the same life once more, with what is planted on top of it
    return replace(world, history=live(before, who, months, share)), issued, share


def _write_data(data: Path, lived: tuple[World, Columns, Floats], seed: int, usage_rows: int | None) -> None:
    world, issued, share = lived
    own = replace(world, rng=apart(world.rng, STREAM))
    further = further_accounts(own, share)
    cells = usage_cells(world, issued)
    more = usage_cells(own, further)
    more["user"] += np.int32(len(issued["customer"]))
    every = together(cells, more)
    with engine() as connection:
        for name, columns in demo_tables(world, together(issued, further)).items():
            write_csv(connection, data / f"{name}.csv", name, columns, world.customers.id)
        drawn = [rows_of(each.rng, each_cells) for each, each_cells in ((world, cells), (own, more))]
        rows = np.concatenate(drawn) if usage_rows is None else shared_out(every, usage_rows)
        write_usage(connection, data / "usage.parquet", every, rows, seed)
