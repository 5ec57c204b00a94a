"""The contract terms in force at each close, as matrices: which products are held, what falls due, what binds for a month only."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.terms_at_close import known_ends, terms_so_far

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cslib.analysis.effect.ground import Ground
    from cslib.facts import Facts
    from cslib.periods import Month

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

_YEAR = 12
_COMMON, _MOST = 0.1, 5  # a value is told of where a tenth of the closes has it, and so many of a column at most


class Terms:
    """The terms of all customers of a ground; a matrix has a row per customer and a column per close, nan without a contract."""

    def __init__(self, facts: Facts, as_of: Month, ground: Ground) -> None:
        self._ground = ground
        self._rows = _rows(facts, as_of, ground)

    def due(self, months: int) -> Floats:
        """Return whether a term in force ends within so many months after the close."""
        return self._marked(self._rows.last - self._rows.month <= months)

    @cached_property
    def next_due(self) -> Floats:
        """The column of the month in which the first of the terms in force ends, as was known at the close; infinite without one."""
        matrix, told = np.full(self._ground.under.shape, np.inf), self._rows[self._rows["last"].notna()]
        np.minimum.at(matrix, (told.customer.to_numpy(), told.month.to_numpy()), told["last"].to_numpy(np.float64))
        return matrix

    @cached_property
    def is_short(self) -> Floats:
        """Whether a term in force binds for a month alone, or runs until further notice."""
        return self._marked(self._rows.is_short)

    @cached_property
    def products(self) -> Floats:
        """How many products each holds."""
        matrix = np.zeros(self._ground.under.shape)
        np.add.at(matrix, (self._once.customer.to_numpy(), self._once.month.to_numpy()), 1.0)
        return np.where(self._ground.under, matrix, np.nan)

    def shares(self, inside: Flags) -> Iterator[tuple[str, Floats]]:
        """Yield who holds each product, of those that a tenth of the closes `inside` hold or more, the most common first."""
        held = self._once[inside[self._once.customer, self._once.month]]["product"].value_counts()
        for name in largest(held / max(int(inside.sum()), 1)):
            yield name, self._marked(self._rows["product"] == name)

    @cached_property
    def _once(self) -> pd.DataFrame:
        return self._rows.drop_duplicates(["customer", "month", "product"])

    def _marked(self, chosen: pd.Series[bool]) -> Floats:
        matrix = np.zeros(self._ground.under.shape)
        matrix[self._rows.customer[chosen], self._rows.month[chosen]] = 1.0
        return np.where(self._ground.under, matrix, np.nan)


def largest(shares: pd.Series[float]) -> list[str]:
    """Return the names of a tenth or more, the largest first; of equal ones by name, so that nothing hangs on the order of rows."""
    named = shares[shares >= _COMMON].rename(index=str).sort_index()
    return list(named.sort_values(ascending=False, kind="stable").index[:_MOST])


def _rows(facts: Facts, as_of: Month, ground: Ground) -> pd.DataFrame:
    """Return a row per term and close at which it is in force: customer, month (places), product, last, is_short.

    `last` is the month of the last day that was known at the close (`known_ends`). A term of no known length may run until
    further notice, whatever its end on record says: that was written when it came.
    """
    frame = terms_so_far(facts, as_of)
    since = np.maximum(frame.since.to_numpy(np.int64) - ground.first, 0)
    until = frame.until.fillna(as_of.number + 1).clip(upper=as_of.number + 1).to_numpy(np.int64) - ground.first
    held = np.maximum(until - since, 0)
    rows = frame[["recorded", "agreed", "head", "term_months"]].loc[frame.index.repeat(held)].reset_index(drop=True)
    month = _counting_from(since, held)
    ends = known_ends(rows, month.astype(np.float64) + ground.first)
    return pd.DataFrame({
        "customer": np.repeat(ground.ids.get_indexer(frame.customer_id), held),
        "month": month,
        "product": pd.Categorical(frame["product"].astype(str)).repeat(held),
        "last": ends.dt.year * _YEAR + ends.dt.month - 1 - ground.first,
        "is_short": ~(rows.term_months > 1).to_numpy(np.bool_),
    })  # fmt: skip


def _counting_from(since: Ints, held: Ints) -> Ints:
    """Return since, since + 1 … of each, so many as it holds, in a row."""
    begins = np.cumsum(held) - held
    return np.arange(held.sum()) - np.repeat(begins - since, held)
