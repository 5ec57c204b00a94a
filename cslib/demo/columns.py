"""Columns as numpy arrays, gathered in batches; null is -1, NaN, NaT or an empty text."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Column: TypeAlias = npt.NDArray[Any]
Columns: TypeAlias = dict[str, Column]
Dates: TypeAlias = npt.NDArray[Any]  # of datetime64: numpy's annotations lose it in date arithmetic
Flags: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Texts: TypeAlias = npt.NDArray[np.str_]

NEVER = np.datetime64("NaT", "D")
DAY = np.timedelta64(1, "D")
NO_NUMBER = -1


class Rows:
    """The rows of one table, gathered batch by batch."""

    def __init__(self) -> None:
        """Begin without rows."""
        self._batches: list[Columns] = []

    def add(self, **columns: object) -> None:
        """Take one batch; a single value stands in every row of it."""
        arrays = np.broadcast_arrays(*(np.atleast_1d(np.asarray(column)) for column in columns.values()))
        self._batches.append(dict(zip(columns, arrays, strict=True)))

    def columns(self) -> Columns:
        """Return all batches as one, in the order in which they came."""
        return {name: np.concatenate([batch[name] for batch in self._batches]) for name in self._batches[0]}


def apart(rng: np.random.Generator, stream: int) -> np.random.Generator:
    """Return a generator of its own for what is drawn beside all else: it moves nothing that `rng` draws."""
    seeds = rng.bit_generator.seed_seq
    assert isinstance(seeds, np.random.SeedSequence)  # noqa: S101 - every generator here is seeded by a number
    return np.random.default_rng(np.random.SeedSequence(seeds.entropy, spawn_key=(stream,)))


def where(columns: Columns, kept: Flags) -> Columns:
    """Return the rows for which `kept` is true."""
    return {name: column[kept] for name, column in columns.items()}


def together(*parts: Columns) -> Columns:
    """Return the rows of several tables of the same columns, one after another."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def ordered(columns: Columns, *by: str) -> Columns:
    """Return the rows in the order of the named columns, the first weighing most."""
    order = np.lexsort([columns[name] for name in reversed(by)])
    return {name: column[order] for name, column in columns.items()}


def ids(prefix: str, count: int, digits: int) -> Texts:
    """Return `count` ids such as `P0001`, numbered from 1 with leading zeros."""
    return np.array([f"{prefix}{number:0{digits}d}" for number in range(1, count + 1)], dtype=np.str_)


def days(count: Ints | Floats) -> npt.NDArray[np.timedelta64]:
    """Return whole days, rounded down."""
    return np.floor(count).astype("timedelta64[D]")


def weekday(dates: Dates) -> Dates:
    """Return the dates with Saturdays and Sundays moved back to Wednesday and Thursday."""
    since_thursday = dates.astype("datetime64[D]").astype(np.int64) % 7  # 1970-01-01 was a Thursday
    weekend = (since_thursday == 2) | (since_thursday == 3)  # noqa: PLR2004
    return np.where(weekend, dates - 3 * DAY, dates)


def pick(rng: np.random.Generator, weights: dict[str, float], count: int) -> Texts:
    """Return `count` texts drawn by their weights."""
    chances = np.array(list(weights.values()))
    return np.array(list(weights))[rng.choice(len(weights), count, p=chances / chances.sum())]


def known_by(dates: Dates, day: np.datetime64) -> Dates:
    """Return the dates, with those on or after `day` unknown."""
    return np.where(dates < day, dates, NEVER)
