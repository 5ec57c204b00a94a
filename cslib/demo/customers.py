"""Who the customers are: what is settled before anything happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.demo import causes
from cslib.demo.columns import Dates, Flags, Floats, Ints, Texts, days, ids, pick
from cslib.demo.names import companies, people
from cslib.demo.sizes import SIZES, by_size, log_uniform

if TYPE_CHECKING:
    from cslib.demo.calendar import Calendar

LARGE = 300  # employees
REGIONS = {
    "関東": 0.42, "関西": 0.2, "中部": 0.14, "九州・沖縄": 0.09,
    "東北": 0.06, "北海道": 0.04, "中国": 0.03, "四国": 0.02,
}  # fmt: skip
PERMISSIONS = {"not_asked": 0.5, "named": 0.22, "anonymous": 0.18, "refused": 0.1}
ON_BOARD_AT_FIRST = 0.52  # share of the customers that arrive in the warm-up months
SPRING, AUTUMN = 4, 10  # budgets begin: half as many arrivals again
FIRST_OF_MONTH = 0.6  # share of the contracts that start on the 1st
LAST_ORDINARY_DAY = 28  # no term begins on a day that some months do not have
TRIES_FIRST, NEVER_BUYS = 0.25, 0.03
UNRECORDED_ONBOARDING, NEVER_ONBOARDED = 0.04, 0.08


@dataclass(frozen=True)
class Customers:
    """What is settled of each customer from the start; every column has one value per customer.

    `arrival` is the month, counted from 0, of the first contract, `start` its first day. A customer that
    `never_buys` has a trial and nothing else. `onboarding_days` is what complete onboarding takes; one that is
    `never_onboarded` leaves the last steps undone.
    """

    id: Texts
    name: Texts
    industry: Texts
    region: Texts
    size: Ints
    employees: Ints
    plan: Texts
    csm: Texts
    fit: Floats
    arrival: Ints
    start: Dates
    trial_days: Ints
    never_buys: Flags
    seats: Ints
    seat_price: Floats
    term: Ints
    billed_yearly: Flags
    permission: Texts
    onboarding_touches: Ints
    onboarding_days: Floats
    unrecorded: Flags
    never_onboarded: Flags

    @property
    def count(self) -> int:
        """How many customers there are."""
        return len(self.size)


def customers(rng: np.random.Generator, count: int, calendar: Calendar) -> Customers:
    """Return `count` customers, numbered in the order in which they first bought."""
    size = rng.choice(len(SIZES), count, p=[each.share for each in SIZES])
    arrival = _arrivals(rng, count, calendar)
    employees = np.rint(log_uniform(rng, size, lambda each: each.employees)).astype(np.int64)
    name, industry = companies(rng, employees >= LARGE)
    fit = rng.normal(0, 1, count)
    touches = rng.poisson(by_size(size, lambda each: each.onboarding_touches))
    untouched = by_size(size, lambda each: each.onboarding_days)
    term = _terms(rng, size)
    return Customers(
        id=ids("", count, 5),
        name=name,
        industry=industry,
        region=pick(rng, REGIONS, count),
        size=size,
        employees=employees,
        plan=_plans(rng, size),
        csm=_csms(rng, size),
        fit=fit,
        arrival=arrival,
        start=calendar.first[arrival] + days(_day_of_month(rng, count) - 1),
        trial_days=np.where(rng.random(count) < TRIES_FIRST, rng.choice([14, 30], count), 0),
        never_buys=rng.random(count) < NEVER_BUYS,
        seats=np.rint(log_uniform(rng, size, lambda each: each.seats)).astype(np.int64),
        seat_price=log_uniform(rng, size, lambda each: each.seat_price),
        term=term,
        billed_yearly=(term >= 12) & (rng.random(count) < 0.35),  # noqa: PLR2004 - a year
        permission=pick(rng, PERMISSIONS, count),
        onboarding_touches=touches,
        onboarding_days=causes.onboarding_days(rng, untouched, touches, fit),
        unrecorded=rng.random(count) < UNRECORDED_ONBOARDING,
        never_onboarded=rng.random(count) < NEVER_ONBOARDED,
    )


def _arrivals(rng: np.random.Generator, count: int, calendar: Calendar) -> Ints:
    busy = np.where(np.isin(calendar.of_year(), [SPRING, AUTUMN]), 1.5, 1.0)
    early = np.arange(calendar.months) < calendar.logged
    share = np.where(early, ON_BOARD_AT_FIRST, 1 - ON_BOARD_AT_FIRST)
    chances = share * busy / np.where(early, busy[early].sum(), busy[~early].sum())
    return np.sort(rng.choice(calendar.months, count, p=chances / chances.sum()))


def _day_of_month(rng: np.random.Generator, count: int) -> Ints:
    return np.where(rng.random(count) < FIRST_OF_MONTH, 1, rng.integers(2, LAST_ORDINARY_DAY + 1, count))


def _plans(rng: np.random.Generator, size: Ints) -> Texts:
    return np.choose(size, [pick(rng, each.plans, len(size)) for each in SIZES])


def _terms(rng: np.random.Generator, size: Ints) -> Ints:
    drawn = [rng.choice(tuple(each.terms), len(size), p=tuple(each.terms.values())) for each in SIZES]
    return np.choose(size, drawn)


def _csms(rng: np.random.Generator, size: Ints) -> Texts:
    """Return who looks after each customer: a team for each size."""
    teams = [-(-int((size == place).sum()) // each.customers_per_csm) or 1 for place, each in enumerate(SIZES)]
    staff = people(rng, sum(teams))
    before = np.concatenate([[0], np.cumsum(teams)[:-1]])
    place_in_team: Ints = np.floor(rng.random(len(size)) * np.array(teams)[size]).astype(np.int64)
    return staff[before[size] + place_in_team]
