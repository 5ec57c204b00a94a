"""Things that happen to customers at random over the months, at a rate for each customer and month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import Dates, Floats, Ints, days, weekday

if TYPE_CHECKING:
    from cslib.demo.columns import Flags
    from cslib.demo.state import World


@dataclass(frozen=True)
class Events:
    """Events by month, customer and day."""

    month: Ints
    who: Ints
    day: Dates

    def __len__(self) -> int:
        return len(self.who)

    def at(self, state: Floats | Flags) -> Floats:
        """Return the value that a matrix of months and customers has at each event."""
        return state[self.month, self.who].astype(np.float64)

    def those(self, kept: Flags) -> Events:
        """Return the events for which `kept` is true."""
        return Events(self.month[kept], self.who[kept], self.day[kept])


def occurrences(world: World, rate: Floats, *, logged: bool = True) -> Events:
    """Return events at `rate` (of a customer, or of month and customer) among those under contract, on weekdays.

    `logged` keeps to the months of the logs; otherwise they reach back to the first simulated month.
    """
    rates = np.where(world.history.active, rate, 0.0)
    rates[: world.calendar.logged if logged else 0] = 0
    counts = world.rng.poisson(rates)
    month, who = (np.repeat(index, counts[counts > 0]) for index in np.nonzero(counts))
    begin = np.maximum(world.calendar.first[month], world.history.stint_start[month, who])
    length = (world.calendar.first[month + 1] - begin).astype(np.int64)
    day = begin + days(world.rng.random(len(who)) * length)
    return Events(month, who, np.maximum(weekday(day), begin))
