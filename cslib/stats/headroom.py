"""What a book is worth over months to come, and what the same book would be worth if it lost less or grew faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from cslib.stats.rates import Z

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Number = Floats | np.float64 | float

_MANY, _GROUPS = 2048, 1024
_SEED = 20261129
_LARGEST = 1e8  # customer-months


class Course(NamedTuple):
    """What becomes of recurring revenue in a month, as shares of it: lost, reduced and added; each a number or an array."""

    churn: Number
    contraction: Number
    expansion: Number


def value(mrr: Number, margin: float, course: Course, horizon: int) -> Floats:
    """Return the margin of the months to come, margin x mrr x sum of (1 + e - k - c)^h for h = 1 .. horizon.

    A point of churn less and a point of expansion more are worth the same, since only their difference counts.
    """
    growth = 1 + np.asarray(course.expansion - course.contraction - course.churn, dtype=np.float64)
    months = np.arange(1, horizon + 1)
    worth: Floats = margin * np.asarray(mrr) * np.power(np.asarray(growth)[..., None], months).sum(axis=-1)
    return worth


def defence(mrr: Number, margin: float, course: Course, floor: Number, horizon: int) -> Floats:
    """Return what `value` would gain if churn fell to `floor`, and nothing was reduced any more."""
    held = Course(floor, np.zeros_like(course.contraction), course.expansion)
    return value(mrr, margin, held, horizon) - value(mrr, margin, course, horizon)


def offence(mrr: Number, margin: float, course: Course, more: Number, horizon: int) -> Floats:
    """Return what `value` would gain if expansion rose by `more`, a share of recurring revenue a month."""
    grown = course._replace(expansion=course.expansion + more)
    return value(mrr, margin, grown, horizon) - value(mrr, margin, course, horizon)


def needed(rate: float, wall: float) -> float:
    """Return how many customer-months it takes until the exact interval around `rate` does not hold the wall.

    nan where they are so near that no book would be large enough.
    """

    def beyond(months: float) -> float:
        low, high = clopper_pearson(rate * months, months)
        return float(wall - high if rate < wall else low - wall)

    return float(scipy.optimize.brentq(beyond, 1.0, _LARGEST)) if beyond(_LARGEST) > 0 else np.nan


def drawn_sums(columns: Floats, draws: int) -> Floats:
    """Return sums over customers, a row per draw: each customer weighs as an exponential variate (Rubin 1981, Ann Stat 9(1)).

    `columns` has a row per customer. Customers are put in order first, so that neither their order nor their names change
    the result; over 2,048 of them are put into 1,024 groups by chance, since ratios of sums of groups vary as those of customers do.
    """
    rng = np.random.default_rng([_SEED, len(columns), draws])
    rows = columns[np.lexsort(columns.T)]
    if len(rows) > _MANY:
        group = rng.permutation(len(rows)) % _GROUPS
        rows = np.column_stack([np.bincount(group, column, _GROUPS) for column in rows.T])
    sums: Floats = rng.exponential(size=(draws, len(rows))) @ rows
    return sums


def drawn_rare_rate(rate: float, variance: float, one: float, draws: int) -> Floats:
    """Return draws of a weighted rate of rare events, `one` the square of an event that may be added.

    Half of them from either gamma law whose quantiles are Fay and Feuer's bounds (the mid-p mixture of Fay & Kim 2017,
    Biom J 59(3)): without any event half of the draws are 0.
    """
    rng = np.random.default_rng([_SEED, draws])
    more, spread = rate + np.sqrt(one), variance + one
    high = rng.gamma(more**2 / spread, spread / more, draws)
    low = rng.gamma(rate**2 / variance, variance / rate, draws) if rate > 0 and variance > 0 else np.zeros(draws)
    return np.where(rng.random(draws) < 0.5, low, high)  # noqa: PLR2004 - one half


def drawn_share(share: float, n: float, draws: int) -> Floats:
    """Return draws of a share that was seen in `n` independent rows, under Jeffreys' prior."""
    rng = np.random.default_rng([_SEED, draws, 1])
    return rng.beta(share * n + 0.5, (1 - share) * n + 0.5, draws)


def clopper_pearson(part: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Return the exact interval of the share part / n (Clopper & Pearson 1934, Biometrika 26(4)); nan where n is 0."""
    tail = scipy.stats.norm.sf(Z)
    part, n = np.asarray(part, dtype=np.float64), np.asarray(n, dtype=np.float64)
    rest = n - part
    low = np.where(part > 0, scipy.special.betaincinv(np.where(part > 0, part, 1), rest + 1, tail), 0.0)
    high = np.where(rest > 0, scipy.special.betaincinv(part + 1, np.where(rest > 0, rest, 1), 1 - tail), 1.0)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)
