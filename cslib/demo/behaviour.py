"""How customers behave from month to month: health and use, programmes, goals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo import causes
from cslib.demo.columns import NEVER, Dates, Flags, Floats, Ints, Rows, days

if TYPE_CHECKING:
    from cslib.demo.calendar import Calendar
    from cslib.demo.customers import Customers

INERTIA, HEALTH_SPREAD = 0.85, 0.45
PAUSE, PAUSE_PER_HEALTH, RESUME, PAUSED_USE = 0.03, -0.8, 0.45, 0.002
MEMORY = 0.6  # weight of the past in the use that decisions look back on
PROGRAMMES = {"ハンズオン研修": 0.45, "活用レビュー会": 0.35, "ユーザーコミュニティ": 0.2}
PROGRAMME_DAYS = 180
LEVELS = ("department", "individual")
GOAL_SET, GOAL_TERM_DAYS, GOAL_GIVEN_UP_DAYS = (0.2, 0.07), (180, 120), 60


class Health:
    """How well each customer does: it drifts around what is usual for the customer, and projects pause."""

    def __init__(self, rng: np.random.Generator, customers: Customers) -> None:
        """Begin at each customer's usual health."""
        self._onboarding = customers.onboarding_days
        self._usual = causes.usual_health(customers.fit, customers.onboarding_days)
        self.level: Floats = self._usual + rng.normal(0, HEALTH_SPREAD, customers.count)
        self.paused: Flags = np.zeros(customers.count, dtype=np.bool_)
        self.recent: Floats = np.full(customers.count, np.nan)

    def step(self, rng: np.random.Generator, since_start: Floats, joined: Flags, month_of_year: int) -> Floats:
        """Return the month's level of use."""
        luck = rng.normal(0, HEALTH_SPREAD * np.sqrt(1 - INERTIA**2), len(self.level))
        self.level = self._usual + INERTIA * (self.level - self._usual) + luck
        pauses = rng.random(len(self.level)) < PAUSE * np.exp(PAUSE_PER_HEALTH * np.minimum(self.level, 3))
        resumes = rng.random(len(self.level)) < RESUME
        self.paused = np.where(self.paused, ~resumes, pauses)
        use = causes.use(self.level, since_start, self._onboarding, joined, month_of_year)
        use = np.where(self.paused, PAUSED_USE, use)
        self.recent = np.where(np.isnan(self.recent), use, MEMORY * self.recent + (1 - MEMORY) * use)
        return use


class Programmes:
    """Who has joined a programme; each customer joins one at most."""

    def __init__(self, count: int) -> None:
        """Begin with nobody in a programme."""
        self.joined: Flags = np.zeros(count, dtype=np.bool_)
        self.rows = Rows()

    def step(self, rng: np.random.Generator, month: int, calendar: Calendar, able: Flags, health: Floats) -> None:
        """Let those who are able join, the healthy more often; it counts from the next month on."""
        joining = able & ~self.joined & (rng.random(len(able)) < causes.joins_programme(health))
        who = np.nonzero(joining)[0]
        started = calendar.within(rng, month, len(who))
        ended = started + days(PROGRAMME_DAYS * rng.uniform(0.7, 1.3, len(who)))
        kinds = rng.choice(len(PROGRAMMES), len(who), p=tuple(PROGRAMMES.values()))
        self.rows.add(customer=who, programme=np.array(tuple(PROGRAMMES))[kinds], started_on=started, ended_on=ended)
        self.joined = self.joined | joining


class Goals:
    """The goals that are open, one a level for each customer, and those that have been."""

    def __init__(self, count: int) -> None:
        """Begin without goals."""
        self.set_on: Dates = np.full((len(LEVELS), count), NEVER)
        self.has_outcome: Flags = np.zeros(count, dtype=np.bool_)
        self.rows = Rows()

    def step(self, rng: np.random.Generator, month: int, calendar: Calendar, able: Flags, use: Floats) -> None:
        """Let open goals be achieved or given up, and new ones be set; an outcome counts from the next month on."""
        for level in range(len(LEVELS)):
            running = ~np.isnat(self.set_on[level])
            achieved = running & able & (rng.random(len(able)) < causes.goal_achieved(use))
            who = np.nonzero(achieved)[0]
            self._write(level, who, calendar.within(rng, month, len(who)))
            patience = GOAL_TERM_DAYS[level] + GOAL_GIVEN_UP_DAYS
            given_up = causes.days_between(self.set_on[level], calendar.first[month]) > patience
            self._write(level, np.nonzero(given_up)[0], NEVER)
            sets = able & np.isnat(self.set_on[level]) & (rng.random(len(able)) < GOAL_SET[level])
            self.set_on[level, sets] = calendar.within(rng, month, int(sets.sum()))
            self.has_outcome = self.has_outcome | achieved

    def close(self) -> None:
        """Write the goals that are still open."""
        for level in range(len(LEVELS)):
            self._write(level, np.nonzero(~np.isnat(self.set_on[level]))[0], NEVER)

    def _write(self, level: int, who: Ints, achieved: Dates | np.datetime64) -> None:
        self.rows.add(customer=who, level=level, set_on=self.set_on[level, who], achieved_on=achieved)
        self.set_on[level, who] = NEVER
