"""What causes what in the demo data: every known effect, once, with its coefficients.

An analysis of the data can be held against these functions. Use is a level around 0.5 that multiplies the
events of each account; health is its logit before anything is done about it.

One figure causes nothing and is caused by nothing: `lead_score`, which sales gave each customer before its first contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import DAY

if TYPE_CHECKING:
    from cslib.demo.columns import Dates, Flags, Floats, Ints

TYPICAL_USE = 0.5
EVENTS = 9.0  # rows a month for an account at use 1
EAGERNESS = 0.9  # shape: some people use the product all the time, many hardly
TYPICAL_ONBOARDING_DAYS = 60

LEAST_ONBOARDING_DAYS = 3.0

TOUCH_SPEED = 0.08  # each touch in the first 60 days shortens onboarding by 8 %
FIT_SPEED = 0.1  # a customer that the product fits (standard normal) is faster, too
ONBOARDING_SPREAD = 0.48

SLOWNESS_ON_HEALTH = -0.9  # for e times the typical 60 days of onboarding
FIT_ON_HEALTH = 0.65
USE_BEFORE_ONBOARDING = 0.4  # share of the later use on the first day; grows to 1 until onboarding is complete

PROGRAMME_LIFT = 1.25  # from the month after joining, a customer uses a quarter more than it would have
PROGRAMME_JOINING = 0.012  # chance per month at health 0
PROGRAMME_SELECTION = 1.3  # e-folds of that chance per unit of health: the healthy join more often

CHURN_PER_USE = -4.0  # e-folds of the churn hazard per unit of use
CONTRACTION_PER_USE = -3.0

GOAL_ACHIEVED = 0.09  # chance per month at typical use
GOAL_PER_USE = 2.2  # e-folds of that chance per unit of use

OUTCOME_ON_EXPANSION = 2.4  # upsell and cross-sell are so many times as likely once a goal was achieved

PAIR = (1, 3)  # who holds the first of these products (its place among `PRODUCTS`) buys the second more often
PAIR_ON_CROSS_SELL = 40.0  # so many times as often as it is bought without the first

HEAVY_USE = 0.8  # share of the seats in use from which on seats are short
PRESSURE_ON_UPSELL = 2.5  # while they are, a customer buys more seats so many times as often

LEAD_SCORE = (55.0, 16.0)  # mean and spread

SEASON = {1: 0.97, 4: 1.03, 5: 0.97, 6: 1.02, 8: 0.94, 10: 1.02, 11: 1.02, 12: 0.95}  # use by month; 1 otherwise


def onboarding_days(rng: np.random.Generator, untouched: Floats, touches: Ints, fit: Floats) -> Floats:
    """Return the days from first contract to complete onboarding: CS touches speed it."""
    luck = rng.normal(0, ONBOARDING_SPREAD, len(fit))
    taken: Floats = untouched * (1 - TOUCH_SPEED) ** touches * np.exp(luck - FIT_SPEED * fit)
    return np.maximum(LEAST_ONBOARDING_DAYS, taken)


def usual_health(fit: Floats, onboarding: Floats) -> Floats:
    """Return the health that a customer tends to: slow onboarding lowers it, and so its use."""
    return FIT_ON_HEALTH * fit + SLOWNESS_ON_HEALTH * np.log(onboarding / TYPICAL_ONBOARDING_DAYS)


def use(health: Floats, days_since_start: Floats, onboarding: Floats, joined: Flags, month_of_year: int) -> Floats:
    """Return the level of use: health, less while being onboarded, more with a programme, mild seasons."""
    progress = np.clip(days_since_start / onboarding, 0, 1)
    ramp = USE_BEFORE_ONBOARDING + (1 - USE_BEFORE_ONBOARDING) * progress
    lift = np.where(joined, PROGRAMME_LIFT, 1.0)
    level: Floats = ramp * lift * SEASON.get(month_of_year, 1.0) / (1 + np.exp(-health))
    return level


def joins_programme(health: Floats) -> Floats:
    """Return the chance to join a programme this month: healthier customers join more often."""
    return PROGRAMME_JOINING * np.exp(PROGRAMME_SELECTION * np.minimum(health, 2))


def churn(typical: Floats, use: Floats) -> Floats:
    """Return the monthly hazard of leaving: low use raises it."""
    return typical * np.exp(CHURN_PER_USE * (use - TYPICAL_USE))


def churn_at_term(hazard: Floats, term: Ints) -> Floats:
    """Return the chance not to renew after `term` months, which is the monthly hazard saved up until then."""
    kept: Floats = np.power(1 - np.minimum(hazard, 0.3), term)
    return 1 - kept


def contraction(typical: Floats, use: Floats) -> Floats:
    """Return the monthly chance to shrink: low use raises it."""
    return typical * np.exp(CONTRACTION_PER_USE * (use - TYPICAL_USE))


def goal_achieved(use: Floats) -> Floats:
    """Return the monthly chance to achieve an open goal: use raises it."""
    return np.minimum(0.5, GOAL_ACHIEVED * np.exp(GOAL_PER_USE * (use - TYPICAL_USE)))


def expansion(typical: Floats, has_outcome: Flags) -> Floats:
    """Return the monthly chance to buy more: an achieved goal raises it."""
    return typical * np.where(has_outcome, OUTCOME_ON_EXPANSION, 1.0)


def further_of_pair(typical: Floats, has_outcome: Flags, others: int) -> Floats:
    """Return the monthly chance to buy the second product of the pair because of the first, beyond that of any product.

    `typical` is the chance to buy one of so many `others`, each as likely.
    """
    return expansion(typical, has_outcome) / others * (PAIR_ON_CROSS_SELL - 1)


def seats_in_use(issued: Floats, use: Floats) -> Floats:
    """Return the share of its seats that people of a customer use in a month, by the share with accounts and the level of use.

    An account is used unless none of its events falls in the month: they are Poisson around 9 times the use times how eager its
    person is, which is gamma with shape 0.9 (`cslib.demo.accounts`).
    """
    return issued * (1 - (1 + EVENTS / EAGERNESS * use) ** -EAGERNESS)


def further_seats(typical: Floats, has_outcome: Flags, in_use: Floats) -> Floats:
    """Return the monthly chance to buy seats because they are short, beyond that of any customer."""
    return expansion(typical, has_outcome) * (PRESSURE_ON_UPSELL - 1) * (in_use >= HEAVY_USE)


def lead_score(rng: np.random.Generator, count: int) -> Ints:
    """Return the score, 0 to 100, that sales gave each customer at the start: a dud, fixed for good, on which nothing depends."""
    score: Ints = np.clip(np.rint(rng.normal(*LEAD_SCORE, count)), 0, 100).astype(np.int64)
    return score


def days_between(start: Dates, day: np.datetime64) -> Floats:
    """Return the days from `start` to `day`, NaN where there is no start."""
    between: Floats = (start - day) / -DAY
    return between
