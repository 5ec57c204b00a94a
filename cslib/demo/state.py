"""What the tables are drawn from, in one value that is passed down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cslib.demo.calendar import Calendar
    from cslib.demo.columns import Dates
    from cslib.demo.customers import Customers
    from cslib.demo.simulation import History


@dataclass(frozen=True)
class World:
    """The customers, what has happened to them, and the one source of chance."""

    rng: np.random.Generator
    customers: Customers
    history: History
    calendar: Calendar

    def first_left(self) -> Dates:
        """Return the day after each customer's first stint; far off where it lasts."""
        left = np.full(self.customers.count, np.datetime64("9999-12-31"))
        who = np.nonzero(~self.customers.never_buys)[0]
        after = self.history.stint_after(who, self.customers.start[who])
        left[who] = np.where(np.isnat(after), left[who], after)
        return left
