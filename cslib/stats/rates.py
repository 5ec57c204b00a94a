"""Intervals of shares, scores and means, from sums: rows that are independent, and rows of which a customer has several."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cslib.stats.distributions import t_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Z = 1.959963984540054  # the 97.5 % quantile of the normal distribution; to ask SciPy takes half a second at import
TINY = 1e-6  # relative: what is left of an exact 0 once squares were summed


def wilson(part: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's score interval of the share part / n (Wilson 1927, JASA 22(158)); nan where n is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = part / n
        centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
        half = Z / (1 + Z**2 / n) * np.sqrt(np.maximum(share * (1 - share), 0) / n + Z**2 / (4 * n**2))
    # rounding must not push an exact 0 or 1 out of its own interval
    return np.minimum(np.maximum(centre - half, 0), share), np.maximum(np.minimum(centre + half, 1), share)


def adjusted_wald(difference: Floats, squares: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Return the adjusted Wald interval of an NPS, on the scale of -1 to 1 (Rocks 2016).

    `difference` = promoters - detractors, `squares` = promoters + detractors. Adds three quarters of a detractor,
    one and a half passives and three quarters of a promoter, and clamps; nan where n is 0.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        wider = np.where(n > 0, n + 3, np.nan)
        centre = difference / wider
        half = Z * np.sqrt(np.maximum((squares + 1.5) / wider - centre**2, 0) / wider)
        score = difference / n
    # a single answer would lie just outside of its own interval
    return np.maximum(np.minimum(centre - half, score), -1), np.minimum(np.maximum(centre + half, score), 1)


def t_interval(
    total: Floats, squares: Floats, n: Floats, effect: Floats | float = 1.0, customers: Floats | None = None
) -> tuple[Floats, Floats]:
    """Return Student's interval of the mean total / n; nan where there are fewer than 2 `customers`, and where all agree.

    Where customers have several rows each, the variance is `effect` times as large as of independent rows, and there are as
    many degrees of freedom as customers, less one. Without `customers` each row is one.
    """
    heads = n if customers is None else customers
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = np.maximum(squares - n * mean**2, 0) / (n - 1)
        half = t_quantile(0.975, np.maximum(heads - 1, 1)) * np.sqrt(variance / n * effect)
        known = (heads > 1) & (half > TINY * np.abs(mean))
    return np.where(known, mean - half, np.nan), np.where(known, mean + half, np.nan)


class Clusters(NamedTuple):
    """What is summed over the customers of a group, each with `part` of its `n` rows; all arrays of one length."""

    customers: Floats  # those with a row
    parts: Floats  # the sum of part squared
    products: Floats  # of part times n
    rows: Floats  # of n squared


def design_effect(part: Floats, n: Floats, variance: Floats, over: Clusters) -> Floats:
    """Return how many rows tell as much as one independent row would: 1 or more, and 1 where each customer has one row.

    The variance of part / n between customers, by linearisation, over `variance` / n, that of independent rows
    (Rao & Scott 1992, Biometrics 48(2)). Where nothing varies, and where there is one customer, nothing tells how alike
    the rows of a customer are: they are taken for one, and the effect is the mean number of rows.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = part / n
        scatter = over.parts - 2 * share * over.products + share**2 * over.rows
        between = over.customers / (over.customers - 1) * scatter / n**2
        known = (variance > TINY**2 * (1 + share**2)) & (over.customers > 1)
        found = np.where(known, between / (variance / n), n / over.customers)
    return np.where(over.customers == n, 1.0, np.maximum(found, 1.0))


def few_customers(n: Floats, customers: Floats) -> Floats:
    """Return by how much fewer rows tell because their spread is known from `customers`, not n: 1 or more.

    The square of t of customers - 1 over t of n - 1 degrees of freedom (Korn & Graubard 1998, Survey Methodology 24(2)); 1
    where each customer has one row, and for a single customer, of which no spread is known.
    """
    several = (customers > 1) & (customers < n)
    wide = t_quantile(0.975, np.where(several, customers - 1, 1))
    return np.where(several, (wide / t_quantile(0.975, np.where(several, n - 1, 1))) ** 2, 1.0)
