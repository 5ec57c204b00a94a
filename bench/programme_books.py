"""Simulated books of customers of whom some join a programme, by laws that are known: how they join, and what it does.

300 customers over 30 months, of whom 60 % are there from the start; terms of 12, 6 and 1 months, and losses at a term's end. Health is
a customer's own level, what drifts about it, the season and the first months; use, adoption and losses follow from it.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cslib.stats.trials import NEVER, Book

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

LEVEL_SD, DRIFT_SD, INERTIA = 0.7, 0.45, 0.85
RAMP, RAMP_MONTHS = 0.5, 6
SEASON, OPPOSITE = 0.12, 0.4
USE, ADOPTED_FROM = 18.0, 6.5
HAZARD, HAZARD_PER_HEALTH = (0.003, 0.006, 0.014), -1.8  # a month, by size
SIZES, SEATS = (0.15, 0.35, 0.5), ((30, 150), (8, 40), (2, 10))
TERMS, TERM_SHARES = (12, 6, 1), ((0.8, 0.15, 0.05), (0.65, 0.2, 0.15), (0.35, 0.2, 0.45))
JOINING = 0.0165  # a month
TREND_SD, DIP, CSMS, CSMS_JOINING, CSM_SD = 0.02, 0.45, 20, 7, 0.3
_YEAR, _AGE = 12, 36


@dataclass(frozen=True)
class Law:
    """How customers join, by weights of what is known of them, and what becomes of those who do."""

    by: str = "chance"
    strength: float = 0.0
    effect: float = 0.0  # on health, from the month after the start
    hazard: float = 1.0  # times, of losses of participants
    trend: float = 0.0  # SD of own slopes of health, a month
    inertia: float = INERTIA
    fades: float = 0.0  # share of the effect that is lost each month
    early: int = 0  # months before the start in which it begins to work
    there_at_first: float = 0.6  # share of the customers


LAWS = {
    "none": Law(),
    "effect": Law(effect=0.5),
    "level": Law("level", 1.0),
    "trend": Law("trend", 1.0, trend=TREND_SD),
    "now": Law("now", 1.3),
    "shock": Law("drift", 1.2),
    "walk": Law("now", 1.3, inertia=0.99),
    "bad": Law("bad", 1.0),
    "trouble": Law("drift", -1.2),
    "dip": Law("dip"),
    "season": Law("season"),
    "young": Law("young", there_at_first=0.2),
    "renewed": Law("renewed"),
    "release": Law("release"),
    "csm": Law("csm"),
    "churn": Law(hazard=0.4),
    "half": Law(effect=0.25),
    "steep": Law("trend", 1.0, trend=2 * TREND_SD),
    "effect_now": Law("now", 1.3, effect=0.5),
    "effect_trend": Law("trend", 1.0, effect=0.5, trend=TREND_SD),
    "early": Law(effect=0.5, early=2),
    "fading": Law(effect=0.7, fades=0.25),
}  # the last six are no part of the wanted ones


class Chance:
    """All that is drawn of a book before anything happens, so that it can be lived again without the programme."""

    def __init__(self, rng: np.random.Generator, count: int, months: int, there_at_first: float) -> None:
        """Draw so many customers over so many months."""
        self.count, self.months = count, months
        self.size = rng.choice(3, count, p=SIZES)
        low, high = np.log(np.array(SEATS)[self.size]).T
        self.seats = np.rint(np.exp(rng.uniform(low, high)))
        shares = np.cumsum(np.array(TERM_SHARES)[self.size], axis=1)
        self.term = np.array(TERMS)[(rng.random((count, 1)) > shares[:, :2]).sum(axis=1)]
        there = rng.random(count) < there_at_first
        self.arrival = np.where(there, -rng.integers(1, _AGE, count), rng.integers(0, months, count))
        self.level = rng.normal(0, LEVEL_SD, count)
        self.slope = rng.normal(0, 1, count)
        self.industry = rng.integers(0, 2, count)
        self.plan = (rng.random(count) < np.array([0.7, 0.5, 0.3])[self.size]).astype(np.int64)
        self.csm = rng.integers(0, CSMS, count)
        self.luck = rng.normal(0, 1, (months, count))
        self.noise = rng.gamma(2 * self.seats, 1 / (2 * self.seats), (months, count))
        self.joins, self.leaves, self.changes = rng.random((3, months, count))
        self.ratio = rng.uniform(0.1, 0.45, (months, count))
        self.csm_luck = rng.normal(0, CSM_SD, (months, CSMS))
        self.csm_start = np.where(rng.permutation(CSMS) < CSMS_JOINING, rng.integers(6, months - 6, CSMS), NEVER)
        self.price = rng.uniform(4000, 8000, count)


@dataclass(frozen=True, eq=False)
class Lived:
    """What became of a book: a row per month and a column per customer."""

    chance: Chance
    first: Ints
    under: Flags
    use: Floats
    mrr: Floats

    @property
    def adopted(self) -> Floats:
        """Whether each month's use is enough, 0 or 1."""
        return (self.use >= ADOPTED_FROM).astype(np.float64)

    def figure(self, values: Floats) -> Floats:
        """Return a figure (n, T) where customers are under contract."""
        return np.where(self.under, values, np.nan).T

    def book(self, *, by_csm: bool = False) -> Book:
        """Return the book as it is compared."""
        history = {"use": self.figure(self.use), "adoption": self.figure(self.adopted)}
        clusters = self.chance.csm[:, None] if by_csm else None
        return Book(self.first, self.under.T, self._traits, history, clusters)

    @cached_property
    def _traits(self) -> dict[str, Floats]:
        had = self.chance
        age = np.arange(had.months)[None, :] - had.arrival[:, None]
        fixed = {
            "large": had.size == 0, "small": had.size == 2, "plan": had.plan == 1, "industry": had.industry == 1,  # noqa: PLR2004
            "monthly": had.term == 1,
        }  # fmt: skip
        dated = {
            "under_12": age < _YEAR, "under_24": age < 2 * _YEAR,
            "due": (had.term[:, None] - age % had.term[:, None] <= 6) & (had.term[:, None] > 6),  # noqa: PLR2004
        }  # fmt: skip
        traits = {name: values[:, None].astype(np.float64) for name, values in fixed.items()}
        traits |= {name: values.astype(np.float64) for name, values in dated.items()}
        return traits | {"log_mrr": np.log(np.maximum(self.mrr.T, 1))}


def lived(kind: str, seed: int, customers: int = 300, months: int = 30) -> tuple[Lived, Lived]:
    """Return a book of a kind, and the same without what the programme does."""
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode())])
    law = LAWS[kind]
    chance = Chance(rng, customers, months, law.there_at_first)
    with_it = _live(chance, law, None)
    without = replace(law, effect=0.0, hazard=1.0)
    return with_it, _live(chance, without, with_it.first) if law != without else with_it


def _live(chance: Chance, law: Law, first: Ints | None) -> Lived:
    """Live a book month by month; with `first` given customers start then."""
    world = _World(chance, law, first)
    rows = [world.step(month) for month in range(chance.months)]
    under, use, mrr = (np.stack(side) for side in zip(*rows, strict=True))
    return Lived(chance, world.first, under, use, mrr)


class _World:
    def __init__(self, chance: Chance, law: Law, first: Ints | None) -> None:
        self._had, self._law = chance, law
        self._decided = first
        self.first = np.full(chance.count, NEVER) if first is None else first.copy()
        self._gone = np.zeros(chance.count, np.bool_)
        self._drift = DRIFT_SD * chance.luck[0]
        self._csm = chance.csm_luck[0]
        self._mrr = chance.seats * chance.price
        self._last = np.full(chance.count, np.nan)
        self._plans = np.full(chance.count, NEVER)  # who will join is decided two months before, where it shows

    def step(self, month: int) -> tuple[Flags, Floats, Floats]:
        had, law = self._had, self._law
        if month:
            self._drift = law.inertia * self._drift + np.sqrt(1 - law.inertia**2) * DRIFT_SD * had.luck[month]
            self._csm = INERTIA * self._csm + np.sqrt(1 - INERTIA**2) * had.csm_luck[month]
        age = month - had.arrival
        there = (age >= 0) & ~self._gone
        if self._decided is None:
            self._join(month, there, age)
        health = self._health(month, age) + self._lift(month)
        use = USE / (1 + np.exp(-health)) * had.noise[month]
        self._lose(month, there, age, health)
        self._pay(month, health)
        self._last = use
        return (age >= 0) & ~self._gone, use, self._mrr.copy()

    def _health(self, month: int, age: Ints) -> Floats:
        had, law = self._had, self._law
        ramp = -RAMP * np.clip(1 - age / RAMP_MONTHS, 0, 1)
        turn = np.sin(2 * np.pi * month / _YEAR)
        season = OPPOSITE * turn * np.where(had.industry == 1, 1, -1) if law.by == "season" else SEASON * turn
        health = had.level + law.trend * had.slope * (month - had.months / 2) + self._drift + ramp + season
        if law.by == "csm":
            health = health + self._csm[had.csm]
        if law.by == "release":
            health = health + np.where((had.plan == 1) & (month >= had.months // 2), 0.4, 0.0)
        if law.by == "dip":
            health = health - DIP * ((self.first - month <= 2) & (self.first >= month))  # noqa: PLR2004 - months
        return health

    def _lift(self, month: int) -> Floats:
        since = month - self.first + self._law.early
        return np.where(since > 0, self._law.effect * (1 - self._law.fades) ** np.maximum(since - 1, 0), 0.0)

    def _join(self, month: int, there: Flags, age: Ints) -> None:
        """Let those join who do this month; what shows before the start is decided two months ahead."""
        had, law = self._had, self._law
        ahead = 2 if law.by == "dip" else law.early
        weight = self._weight(month, age)
        free = there & (self.first == NEVER) & (month + ahead < had.months)
        if law.by == "csm":
            joining = free & (had.csm_start[had.csm] == month)
        else:
            joining = free & (had.joins[month] < JOINING * weight)
        self.first = np.where(joining, month + ahead, self.first)

    def _weight(self, month: int, age: Ints) -> Floats:
        """Return how many times as often as usual each joins this month."""
        had, law = self._had, self._law
        drift = self._drift / DRIFT_SD
        standing = {
            "level": had.level / LEVEL_SD, "trend": had.slope, "now": had.level + self._drift, "drift": drift,
            "bad": -(self._last - USE / 2) / (USE / 5) if month else np.zeros(had.count),
        }  # fmt: skip
        if law.by in standing:
            weight = np.exp(law.strength * np.clip(standing[law.by], -2.5, 2.5))
            return weight / np.exp(law.strength**2 / 2 * (0.7 if law.by == "now" else 1.0))
        turn = np.sin(2 * np.pi * month / _YEAR)
        odd = {
            "season": np.where((had.industry == 1) & (turn < -0.5), 6.0, 0.0),  # noqa: PLR2004 - the trough
            "young": np.where((age >= 6) & (age <= 9), 6.0, 0.0),  # noqa: PLR2004 - months
            "renewed": np.where(age % had.term == 0, 5.0, 0.3) * (had.term > 1) + (had.term == 1),
            "release": np.where((had.plan == 1) & (abs(month - had.months // 2) <= 3), 5.0, 0.5),  # noqa: PLR2004 - months
        }  # fmt: skip
        return odd.get(law.by, np.ones(had.count))

    def _lose(self, month: int, there: Flags, age: Ints, health: Floats) -> None:
        had, law = self._had, self._law
        hazard = np.array(HAZARD)[had.size] * np.exp(HAZARD_PER_HEALTH * health)
        hazard = np.where(month > self.first, law.hazard, 1.0) * hazard
        due = there & ((age + 1) % had.term == 0)
        self._gone = self._gone | (due & (had.leaves[month] < 1 - (1 - np.minimum(hazard, 0.3)) ** had.term))

    def _pay(self, month: int, health: Floats) -> None:
        had = self._had
        up, down = had.changes[month] < 0.015, had.changes[month] > 1 - 0.012 * np.exp(-np.clip(health, -2, 2))  # noqa: PLR2004 - a month
        self._mrr = self._mrr * np.where(up, 1 + had.ratio[month], np.where(down, 1 - had.ratio[month], 1.0))
