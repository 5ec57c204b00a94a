"""The three sizes of customer, which are the segments, and how the business with each of them runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from cslib.demo.columns import Floats, Ints

OPEN_END = 0  # the term of a contract that runs until it is cancelled


@dataclass(frozen=True, kw_only=True)
class Size:
    """How customers of one size buy and are served. Ranges are log-uniform; chances are per month."""

    id: str
    touch_model: str
    share: float
    employees: tuple[int, int]
    plans: dict[str, float]
    seats: tuple[int, int]
    seat_price: tuple[int, int]
    terms: dict[int, float]  # months: weight
    churn: float  # at typical use
    upsell: float  # without an outcome
    cross_sell: float  # without an outcome
    contraction: float  # at typical use
    onboarding_days: float  # without a single touch
    onboarding_touches: float
    touches: float
    tickets: float
    respondents: int
    customers_per_csm: int


SIZES = (
    Size(
        id="enterprise", touch_model="high", share=0.15, employees=(300, 12_000),
        plans={"enterprise": 0.6, "premium": 0.4}, seats=(30, 150), seat_price=(5_500, 8_500),
        terms={12: 0.62, 24: 0.2, 6: 0.06, 1: 0.04, OPEN_END: 0.08},
        churn=0.0028, upsell=0.018, cross_sell=0.008, contraction=0.009,
        onboarding_days=98, onboarding_touches=7, touches=2.6, tickets=1.0, respondents=3, customers_per_csm=25,
    ),
    Size(
        id="midmarket", touch_model="low", share=0.35, employees=(50, 299),
        plans={"premium": 0.35, "standard": 0.65}, seats=(8, 40), seat_price=(4_000, 6_500),
        terms={12: 0.55, 24: 0.06, 6: 0.18, 1: 0.1, OPEN_END: 0.11},
        churn=0.0078, upsell=0.016, cross_sell=0.007, contraction=0.012,
        onboarding_days=75, onboarding_touches=3.5, touches=0.9, tickets=0.5, respondents=2, customers_per_csm=60,
    ),
    Size(
        id="smb", touch_model="tech", share=0.5, employees=(5, 49),
        plans={"standard": 0.3, "starter": 0.7}, seats=(2, 10), seat_price=(3_500, 6_000),
        terms={1: 0.38, 6: 0.15, 12: 0.32, OPEN_END: 0.15},
        churn=0.021, upsell=0.018, cross_sell=0.006, contraction=0.012,
        onboarding_days=55, onboarding_touches=1.2, touches=0.45, tickets=0.22, respondents=1, customers_per_csm=250,
    ),
)  # fmt: skip


def by_size(size: Ints, figure: Callable[[Size], float]) -> Floats:
    """Return a figure of each customer's size."""
    return np.array([figure(each) for each in SIZES], dtype=np.float64)[size]


def log_uniform(rng: np.random.Generator, size: Ints, limits: Callable[[Size], tuple[int, int]]) -> Floats:
    """Return a draw for each customer between its size's limits, small ones as likely as large ones."""
    low = by_size(size, lambda each: np.log(limits(each)[0]))
    high = by_size(size, lambda each: np.log(limits(each)[1]))
    return np.exp(rng.uniform(low, high))
