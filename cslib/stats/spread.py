"""How far groups lie apart beyond chance: one number with its interval, and each group's own figure drawn to the middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy

from cslib.stats.rates import Z

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

DRAWS = 999
_SEED = 20261031
_STEPS, _CLOSE = 100, 1e-9
_TAILS = (0.025, 0.975)
OUTER = 3.090232306167813  # the 99.9 % quantile of the normal distribution: limits that one group in 500 lies beyond by chance


class Spread(NamedTuple):
    """The standard deviation between groups and its 95 % interval, in the unit of their figures."""

    value: float
    low: float
    high: float


def spread(differences: Floats, variances: Floats) -> Spread:
    """Return by how much the true figures of groups differ: tau by Paule and Mandel, its interval by the Q-profile.

    Tau² is that at which Q = sum (d - mu)² / (s² + tau²) is what is expected of it, J - 1 for J groups (Paule & Mandel 1982); the
    interval holds those at which Q lies between the 2.5 and 97.5 % points of chi-square (Viechtbauer 2007, Stat Med 26:37).
    Where Q is smaller than that without any spread, it is 0. At least two groups, of `variances` above 0.
    """
    free = len(differences) - 1
    levels = (float(free), *scipy.stats.chi2.ppf(_TAILS[::-1], free))
    value, low, high = (float(np.sqrt(between(differences, variances, level))) for level in levels)
    return Spread(value, low, high)


def between(differences: Floats, variances: Floats, level: float) -> Floats:
    """Return tau² at which Q comes to `level`, 0 where it is below it without any; of each row of differences, (…, J).

    Q falls and is convex, so that Newton's steps from 0 never go too far (DerSimonian & Kacker 2007, Contemp Clin Trials 28:105).
    """
    tau2 = np.zeros(differences.shape[:-1])
    for _ in range(_STEPS):
        weights = 1 / (variances + tau2[..., None])
        middle = np.sum(weights * differences, axis=-1, keepdims=True) / np.sum(weights, axis=-1, keepdims=True)
        squares = weights * (differences - middle) ** 2
        beyond, slope = np.sum(squares, axis=-1) - level, np.sum(weights * squares, axis=-1)
        step = np.where(beyond > 0, beyond / np.where(slope > 0, slope, 1.0), 0.0)
        tau2 += step
        if np.all(step <= _CLOSE * tau2):
            break
    return tau2


class Shrunken(NamedTuple):
    """What is to be expected of each group, with its 95 % interval."""

    value: Floats
    low: Floats
    high: Floats


def shrunken(differences: Floats, variances: Floats, tau: float) -> Shrunken:
    """Return the difference of each group drawn to the middle, the more the less it tells; all the middle where tau is 0.

    mu + B (d - mu), with B = tau² / (tau² + s²), and 1.96 times the root of B s² + the variance of mu + 2 / (J - 3) ((1 - B) (d - mu))²,
    the last since tau is not known but found (empirical Bayes; Morris 1983, JASA 78:47).
    """
    weights = 1 / (variances + tau**2)
    middle, kept = float(weights @ differences / weights.sum()), tau**2 * weights
    untold = 2 / max(len(differences) - 3, 1) * ((1 - kept) * (differences - middle)) ** 2
    half = Z * np.sqrt(kept * variances + 1 / weights.sum() + untold)
    value = middle + kept * (differences - middle)
    return Shrunken(value, value - half, value + half)


class Funnel(NamedTuple):
    """How far from the middle chance alone takes each group, and who is further off than chance and the usual spread."""

    inner: Floats  # 95 %, on either side
    outer_low: Floats  # 99.8 %, the usual spread with it
    outer_high: Floats
    marked: Flags


def funnel(differences: Floats, variances: Floats, skewness: Floats, kurtosis: Floats) -> Funnel:
    """Return the limits of each group around no difference, and which lie beyond the outer ones.

    The usual spread is what the groups but for the outermost at either end scatter beyond chance: with z winsorised by one at
    each end, J phi = sum z², it is (J phi - J + 1) / (W - sum w² / W) for w = 1 / s² that add up to W (Spiegelhalter 2005,
    Stat Med 24:1185, additive). Few losses are not normal: the outer limits are 3.09 standard deviations, or further out where
    `skewness` and excess `kurtosis` of a group's chance say so (Cornish & Fisher 1938), never nearer.
    """
    z, weights = np.sort(differences / np.sqrt(variances)), 1 / variances
    squares = np.sum(np.clip(z, z[1], z[-2]) ** 2)
    whole = weights.sum()
    usual = max(0.0, (squares - len(z) + 1) / (whole - np.sum(weights**2) / whole))
    wide = np.sqrt(variances + usual)
    by_chance = np.sqrt(variances) / wide
    third, fourth = skewness * by_chance**3, kurtosis * by_chance**4
    low = wide * np.minimum(-OUTER, _bent(-OUTER, third, fourth))
    high = wide * np.maximum(OUTER, _bent(OUTER, third, fourth))
    return Funnel(Z * np.sqrt(variances), low, high, (differences < low) | (differences > high))


def _bent(z: float, skewness: Floats, kurtosis: Floats) -> Floats:
    """Return the quantile of a standardised law that belongs to the normal one's."""
    return z + skewness * (z**2 - 1) / 6 - skewness**2 * (2 * z**3 - 5 * z) / 36 + kurtosis * (z**3 - 3 * z) / 24


class Change(NamedTuple):
    """By how much the spread of one time differs from that of another, with its 95 % interval."""

    value: float
    low: float
    high: float


def spread_change(now: Floats, now_variances: Floats, before: Floats, before_variances: Floats) -> Change:
    """Return the spread now less that before, of groups that need not be the same; the interval from draws of both.

    Each time is drawn 999 times with its own tau and s, and tau is found anew in each draw. Neither the names nor the order of
    groups change the result where they come in an order of their own (`compared`).
    """
    both = ((now, now_variances), (before, before_variances))
    found, drawn = zip(*(_drawn(*one, place) for place, one in enumerate(both)), strict=True)
    low, high = np.quantile(drawn[0] - drawn[1], _TAILS)
    return Change(found[0] - found[1], float(low), float(high))


def _drawn(differences: Floats, variances: Floats, place: int) -> tuple[float, Floats]:
    """Return tau, and tau of each draw of groups that differ by as much."""
    free = len(differences) - 1
    tau2 = float(between(differences, variances, free))
    rng = np.random.default_rng([_SEED, place, free])
    drawn = rng.standard_normal((DRAWS, free + 1)) * np.sqrt(variances + tau2)
    return float(np.sqrt(tau2)), np.sqrt(between(drawn, variances, free))
