"""The months that are simulated, and those that the logs cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import days

if TYPE_CHECKING:
    from cslib.demo.columns import Dates, Ints
    from cslib.periods import Month

WARM_UP = 12  # months of business before the logs begin, so that their first month is not everybody's first


@dataclass(frozen=True)
class Calendar:
    """The simulated months, counted from 0.

    `first` holds each month's first day, and last the day after it all. The state of the business (contracts,
    accounts, onboarding, goals) is known from month 0; logs (usage, touches, tickets, surveys, costs) are
    kept from month `logged`.
    """

    first: Dates
    logged: int

    @property
    def months(self) -> int:
        """How many months are simulated."""
        return len(self.first) - 1

    @property
    def begin(self) -> np.datetime64:
        """The first day of the logs."""
        day: np.datetime64 = self.first[self.logged]
        return day

    @property
    def end(self) -> np.datetime64:
        """The day after the last day: nothing that has happened is dated on it or later."""
        day: np.datetime64 = self.first[-1]
        return day

    def length(self, month: int) -> int:
        """Return how many days a month has."""
        return int((self.first[month + 1] - self.first[month]).astype(np.int64))

    def of_year(self) -> Ints:
        """Return for each month which of the year it is, 1 to 12."""
        months: Ints = self.first[:-1].astype("datetime64[M]").astype(np.int64)
        return months % 12 + 1

    def month_of(self, dates: Dates) -> Ints:
        """Return the simulated month of each date; later ones count as the last."""
        months: Ints = (dates.astype("datetime64[M]") - self.first[0].astype("datetime64[M]")).astype(np.int64)
        return np.minimum(months, self.months - 1)

    def within(self, rng: np.random.Generator, month: int, count: int) -> Dates:
        """Return `count` random days of a month."""
        day: Dates = self.first[month] + days(rng.random(count) * self.length(month))
        return day

    def logged_months(self) -> range:
        """Return the months that the logs cover."""
        return range(self.logged, self.months)


def demo_calendar(until: Month, months: int) -> Calendar:
    """Return the calendar whose logs cover `months` months up to and including `until`."""
    after = int(np.datetime64(str(until + 1), "M").astype(np.int64))
    first = np.arange(after - (months + WARM_UP), after + 1).astype("datetime64[M]").astype("datetime64[D]")
    return Calendar(first, WARM_UP)
