"""Laws by which customers are drawn, for every KPI with an interval: how rare what is counted, how alike a customer's rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
    Draw = Callable[[Generator, tuple[int, int]], dict[str, Floats]]

_FIRST_YEAR = 365


@dataclass(frozen=True, eq=False)
class World:
    """A law by which customers are drawn: what it is called, the true figure, and the columns of (books, customers).

    Columns: part and whole (1 for each where absent), or duration and observed; `rows`, where a customer has several, with
    `part` (books, customers, most rows). Below `short` customers the interval is known to fall short.
    """

    name: str
    truth: float
    draw: Draw
    short: int = 0


# counts


def yes(rate: float, short: int = 0) -> World:
    """Return customers of whom a share does something, one row each."""
    return World(f"{rate:.1%} do", rate, lambda rng, shape: {"part": (rng.random(shape) < rate) * 1.0}, short)


def several(rate: float, rows: int, alike: float) -> World:
    """Return customers with 1 to 2 x `rows` - 1 rows each, of correlation `alike`, of which a share is so."""

    def draw(rng: Generator, shape: tuple[int, int]) -> dict[str, Floats]:
        own = rng.random(shape) < rate if alike == 1 else _moods(rng, shape, rate, alike)
        part = rng.random((*shape, 2 * rows - 1)) < own[:, :, None]
        return {"part": part * 1.0, "rows": rng.integers(1, 2 * rows, shape) * 1.0}

    return World(f"{rate:.0%} of {rows} rows each, alike {alike:.1f}", rate, draw)


def _moods(rng: Generator, shape: tuple[int, int], rate: float, alike: float) -> Floats:
    spread = (1 - alike) / alike if alike else np.inf
    return rng.beta(rate * spread, (1 - rate) * spread, shape) if alike else np.full(shape, rate)


def steps(many: int) -> World:
    """Return customers who reach one of `many` steps after the other, each as far as any."""

    def draw(rng: Generator, shape: tuple[int, int]) -> dict[str, Floats]:
        reached = rng.integers(0, many + 1, shape)
        return {"part": (np.arange(many) < reached[:, :, None]) * 1.0, "rows": np.full(shape, float(many))}

    return World(f"{many} steps in order", 0.5, draw)


def answers(values: Sequence[float], chances: Sequence[float], rows: int, alike: float) -> World:
    """Return customers with 1 to 2 x `rows` - 1 answers each, of correlation `alike`."""

    def draw(rng: Generator, shape: tuple[int, int]) -> dict[str, Floats]:
        most = 2 * rows - 1
        own = rng.choice(values, shape, p=chances)[:, :, None]
        fresh = rng.choice(values, (*shape, most), p=chances)
        part = np.where(rng.random((*shape, most)) < np.sqrt(alike), own, fresh)
        return {"part": part, "rows": rng.integers(1, 2 * rows, shape) * 1.0}

    return World(f"{rows} answers each, alike {alike:.1f}", float(np.dot(values, chances)), draw)


# amounts: customers pay log-normal amounts of sigma 1.25, so that the largest tenth pays half


def _sizes(rng: Generator, shape: tuple[int, int], sigma: float = 1.25) -> Floats:
    return np.round(rng.lognormal(10, sigma, shape))


def moved(name: str, factors: Sequence[float], chances: Sequence[float]) -> World:
    """Return customers whose amount is multiplied by one of `factors`, whatever its size."""

    def draw(rng: Generator, shape: tuple[int, int]) -> dict[str, Floats]:
        whole = _sizes(rng, shape)
        return {"part": whole * rng.choice(factors, shape, p=chances), "whole": whole}

    return World(name, float(np.dot(factors, chances)), draw)


def lost_in_a_month(churn: float) -> World:
    """Return a month in which a share leaves, and one in a hundred pays three tenths less."""
    return moved(f"{churn:.1%} leave", (1, 0.3, 0), (churn, 0.01, 0.99 - churn))


def gained_in_a_month(expanding: float) -> World:
    """Return a month in which a share pays more, by a fifth or by half as much again."""
    return moved(f"{expanding:.1%} pay more", (0.2, 0.5, 0), (expanding / 2, expanding / 2, 1 - expanding))


def after_a_year(churn: float, expanding: float) -> World:
    """Return customers of a year ago, of whom a share left in each month; a tenth of the rest pays less."""
    left = 1 - (1 - churn) ** 12
    chances = np.array([left, *((1 - left) * np.array([0.1, expanding, 0.9 - expanding]))])
    return moved(f"{churn:.1%} leave a month", (0, 0.7, 1.3, 1), chances / chances.sum())


def gains_over_losses(gaining: float, losing: float) -> World:
    """Return customers of whom some gain, by all that they pay or a third, and some lose likewise."""

    def draw(rng: Generator, shape: tuple[int, int]) -> dict[str, Floats]:
        size, chance, much = _sizes(rng, shape), rng.random(shape), rng.choice((1.0, 0.3), shape)
        gain, loss = chance < gaining, chance > 1 - losing
        return {"part": size * much * gain, "whole": size * much * loss}

    return World(f"{gaining:.0%} gain, {losing:.0%} lose", gaining / losing, draw)


def paying(sigma: float) -> World:
    """Return customers that pay log-normal amounts."""
    truth = float(np.exp(10 + sigma**2 / 2))
    return World(f"amounts of sigma {sigma}", truth, lambda rng, shape: {"part": _sizes(rng, shape, sigma)})


def seats(used: float) -> World:
    """Return customers with some or very many seats, of which each uses a share of its own."""

    def draw(rng: Generator, shape: tuple[int, int]) -> dict[str, Floats]:
        whole = np.ceil(rng.lognormal(3, 1, shape))
        share = rng.beta(used * 3, (1 - used) * 3, shape)
        return {"part": rng.binomial(whole.astype(int), share) * 1.0, "whole": whole}

    return World(f"{used:.0%} of the seats", used, draw)


def features(used: float) -> World:
    """Return customers that use some of six features."""

    def draw(rng: Generator, shape: tuple[int, int]) -> dict[str, Floats]:
        part = rng.binomial(6, rng.beta(used * 2, (1 - used) * 2, shape))
        return {"part": part * 1.0, "whole": np.full(shape, 6.0)}

    return World(f"{used:.0%} of six features", used, draw)


def costs(sigma: float) -> World:
    """Return customers that cost one log-normal amount to gain and pay another."""

    def draw(rng: Generator, shape: tuple[int, int]) -> dict[str, Floats]:
        return {"part": _sizes(rng, shape, sigma), "whole": _sizes(rng, shape, 1.0)}

    return World(f"costs of sigma {sigma}", float(np.exp((sigma**2 - 1) / 2)), draw)


# lives


def waiting(days: int, sigma: float) -> World:
    """Return customers that began within a year and wait a log-normal time, of which half are over after `days`."""

    def draw(rng: Generator, shape: tuple[int, int]) -> dict[str, Floats]:
        until, seen = np.floor((days + 0.5) * rng.lognormal(0, sigma, shape)), rng.integers(1, _FIRST_YEAR, shape)
        return {"duration": np.minimum(until, seen), "observed": (until <= seen) * 1.0}

    return World(f"half by day {days}, sigma {sigma}", days, draw)


_SHARES = (yes(0.05), yes(0.6), yes(0.95))
_RARE = (yes(0.005, short=100), yes(0.01), yes(0.03), yes(0.1))
_ROWS = (several(0.9, 1, 0), several(0.8, 3, 0), several(0.8, 3, 0.3), several(0.8, 3, 0.6), several(0.95, 2, 0.6))
_BOUGHT_TOGETHER = (several(0.9, 1, 0), several(0.9, 2, 1), several(0.9, 4, 1))
_NPS = ((-1, 0, 1), (0.2, 0.3, 0.5))
_CES = (tuple(range(1, 8)), (0.05, 0.05, 0.1, 0.1, 0.2, 0.3, 0.2))
_ALIKE = ((1, 0), (3, 0), (3, 0.3), (3, 0.6), (5, 0.6))
_LONG_TERM = tuple(moved(f"{share:.0%} of them", (1, 0), (share, 1 - share)) for share in (0.05, 0.3, 0.5, 0.95))
_KEPT = tuple(after_a_year(churn, 0) for churn in (0.001, 0.005, 0.01, 0.03, 0.1))
_KEPT_AND_GROWN = tuple(after_a_year(churn, 0.15) for churn in (0.001, 0.005, 0.01, 0.03, 0.1))
_WAITS = (waiting(60, 1), waiting(200, 0.7))

WORLDS: dict[str, tuple[World, ...]] = {
    **dict.fromkeys(
        (
            "onboarding_coverage", "onboarding_completion", "onboarding_cohort_completion", "active_customers", "adoption",
            "usage_decline", "advocates", "complaint_free", "goal_coverage", "customers_with_outcome", "customer_retention",
            "repeat_purchase",
        ),
        _SHARES,
    ),
    **dict.fromkeys(("customer_churn", "upsell_rate", "cross_sell_rate"), _RARE),
    **dict.fromkeys(
        (
            "onboarding_on_time", "nps_response", "csat", "good_reviews", "detractor_follow_up", "goal_attainment",
            "department_attainment", "individual_attainment", "confirmed_outcomes", "proposal_win_rate",
        ),
        _ROWS,
    ),
    **dict.fromkeys(("renewal_rate", "renewed_without_outcome"), _BOUGHT_TOGETHER),
    **dict.fromkeys(("onboarding_days", "time_to_first_value", "time_to_first_outcome"), _WAITS),
    "milestone_reach": (steps(5), several(0.8, 3, 0.3)),
    "nps": tuple(answers(*_NPS, rows, alike) for rows, alike in _ALIKE),
    "ces": tuple(answers(*_CES, rows, alike) for rows, alike in _ALIKE),
    "revenue_churn": tuple(lost_in_a_month(churn) for churn in (0.005, 0.01, 0.03, 0.1)),
    "expansion_rate": tuple(gained_in_a_month(expanding) for expanding in (0.015, 0.05, 0.2)),
    "grr": _KEPT,
    "nrr": _KEPT_AND_GROWN,
    "long_term_share": _LONG_TERM,
    "quick_ratio": (gains_over_losses(0.05, 0.02), gains_over_losses(0.15, 0.1), gains_over_losses(0.3, 0.03)),
    "arpa": (paying(0.8), paying(1.25)),
    "account_issuance": (seats(0.6), seats(0.9)),
    "seat_utilisation": (seats(0.1), seats(0.6), seats(0.95)),
    "stickiness": (seats(0.1), seats(0.3)),
    "feature_breadth": (features(0.1), features(0.6)),
    "cac_payback": (costs(0.5), costs(1.25)),
}  # fmt: skip
