"""The whole demo: its data and its settings, written into one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.accounts import accounts, usage_cells
from cslib.demo.calendar import Calendar, demo_calendar
from cslib.demo.customers import customers as draw_customers
from cslib.demo.dirt_files import add_dirt, forget_dirt
from cslib.demo.settings_files import refuse_changed, settings_files, write_settings
from cslib.demo.simulation import live
from cslib.demo.state import World
from cslib.demo.tables import demo_tables, engine, write_csv
from cslib.demo.usage import rows_of, write_usage
from cslib.errors import CslibError
from cslib.periods import Month

if TYPE_CHECKING:
    from pathlib import Path

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
    world = _lived(rng, customers, demo_calendar(until, months))
    settings = settings_files(until, set(world.history.programmes["programme"]))
    refuse_changed(out / "params", settings)
    try:
        (out / "data").mkdir(parents=True, exist_ok=True)
        forget_dirt(out / "data")
        _write_data(out / "data", world, seed, usage_rows)
        if dirty:
            add_dirt(out / "data", (until + 1).first_day)
        write_settings(out / "params", settings)
    except OSError as error:
        raise CslibError(f"{out}: wanted a folder that can be written to; found: {error}") from error


def _refuse_below(least: int, **numbers: int) -> None:
    for name, number in numbers.items():
        if number < least:
            raise CslibError(f"{name}: wanted at least {least}; found {number}")


def _lived(rng: np.random.Generator, count: int, months: Calendar) -> World:
    """Return what becomes of so many customers."""
    who = draw_customers(rng, count, months)
    return World(rng, who, live(rng, who, months), months)


def _write_data(data: Path, world: World, seed: int, usage_rows: int | None) -> None:
    issued = accounts(world)
    cells = usage_cells(world, issued)
    with engine() as connection:
        for name, columns in demo_tables(world, issued).items():
            write_csv(connection, data / f"{name}.csv", name, columns, world.customers.id)
        write_usage(connection, data / "usage.parquet", cells, rows_of(world.rng, cells, usage_rows), seed)
