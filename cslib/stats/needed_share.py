"""Back from a goal: the share of customers that would have to be past a gate, by what is kept on either side of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cslib.stats.draws import REPLICATES, cluster_weights, one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

_TAILS = (0.025, 0.975)
_ALIKE = 1e-9  # a difference that is what is left of an exact 0 once amounts were summed


class Sides(NamedTuple):
    """What was kept of customers that had passed a gate and of those that had not; a value per row, a customer in a month."""

    now: Floats  # what it weighs: 1, or what it pays; over 0
    then: Floats  # what was left of it later
    passed: Flags
    strata: Ints
    customers: Ints

    def where(self, chosen: Flags) -> Sides:
        """Return some of the rows."""
        now, then, passed = self.now[chosen], self.then[chosen], self.passed[chosen]
        return Sides(now, then, passed, self.strata[chosen], self.customers[chosen])


class Reach(StrEnum):
    """What can be said of the share that would go with a goal."""

    NEEDED = "needed"
    OUT_OF_REACH = "out_of_reach"
    MET = "met"
    OTHER_WAY = "other_way"
    CANNOT_TELL = "cannot_tell"


class Kept(NamedTuple):
    """What was kept with and without a gate passed, and the share that goes with a goal; nan where that is undefined."""

    with_it: float
    without_it: float
    low: float  # of the difference between the two
    high: float
    share: float  # (goal - without) / (with - without): below 0 and over 1 too
    share_low: float
    share_high: float

    @property
    def reach(self) -> Reach:
        """What the rule says: a difference whose interval holds 0 tells nothing, nor does one that cannot be drawn."""
        if not (self.low > 0 or self.high < 0):
            return Reach.CANNOT_TELL
        if self.high < 0:
            return Reach.OTHER_WAY
        if self.share > 1:
            return Reach.OUT_OF_REACH
        return Reach.MET if self.share < 0 else Reach.NEEDED


UNTOLD = Kept(*[np.nan] * 7)


def on_both_sides(passed: Flags, strata: Ints) -> Flags:
    """Return the rows of strata in which some have passed and some have not: elsewhere nothing can be held against anything."""
    if not len(strata):
        return np.zeros(0, dtype=np.bool_)
    with_it, rows = np.bincount(strata, passed), np.bincount(strata)
    both: Flags = ((with_it > 0) & (with_it < rows))[strata]
    return both


def needed_share(sides: Sides, goal: float) -> Kept:
    """Return what was kept on either side of a gate, and the share g that would have to be past it for a goal to be kept.

    Within each stratum both sides have a rate, the sum of then over the sum of now. Each side is standardised to the same
    strata, those that have both, weighed by all of now in them (direct standardisation; Rothman, Modern Epidemiology,
    ch. 3): r1 of those past the gate, r0 of the others. From g r1 + (1 - g) r0 = goal follows g = (goal - r0) / (r1 - r0).
    Intervals by drawing customers, each with all its rows, 1,000 times with a fixed seed (percentiles); a draw in which the
    difference turns puts g at infinity, on the side on which the goal lies. nan where no stratum has both sides.
    """
    told = on_both_sides(sides.passed, sides.strata)
    if not told.any():
        return UNTOLD
    both = sides.where(told)
    by_customer, groups, drawn = _sums(both._replace(strata=_coded(both.strata), customers=_coded(both.customers)))
    ((with_it, without_it),) = _rates(by_customer.sum(axis=0)[None, :])
    difference = with_it - without_it
    share = (goal - without_it) / difference if abs(difference) > _ALIKE else np.nan
    if groups < 2:  # noqa: PLR2004 - nothing to draw from
        return Kept(float(with_it), float(without_it), np.nan, np.nan, float(share), np.nan, np.nan)
    with one_thread():
        rates = _rates(drawn @ by_customer)
    bounds = _bounds(rates[~np.isnan(rates).any(axis=1)], goal)
    return Kept(float(with_it), float(without_it), *bounds[:2], float(share), *bounds[2:])


def _coded(codes: Ints) -> Ints:
    return np.unique(codes, return_inverse=True)[1].astype(np.int64)


def _sums(sides: Sides) -> tuple[Floats, int, Floats]:
    """Return the sums by group of customers, by stratum now and then of either side; how many customers, and draws of groups."""
    now, then, passed, strata, who = sides
    unit = float(np.mean(now))
    cells = strata * 4 + 2 * (~passed).astype(np.int64)
    width = int(strata.max()) * 4 + 4
    # in an order that hangs on neither names nor rows: by what each customer adds
    marks = np.sqrt(np.arange(2, width + 2, dtype=np.float64))
    added = np.round(np.bincount(who, (now * marks[cells] + then * marks[cells + 1]) / unit), 6)
    places = np.argsort(np.argsort(added, kind="stable")).astype(np.int64)
    groups, drawn = cluster_weights(places)
    count = int(groups.max()) + 1
    at = groups[who] * width + cells
    sums = [np.bincount(cell, amounts / unit, minlength=count * width) for cell, amounts in ((at, now), (at + 1, then))]
    flat = np.add(*sums).astype(np.float64)
    return flat.reshape(count, width), len(np.unique(who)), drawn[:, :count]


def _rates(sums: Floats) -> Floats:
    """Return of each row of sums the standardised rate with and without; nan where no stratum has both sides."""
    now_with, then_with, now_without, then_without = (sums[:, kind::4] for kind in range(4))
    both = (now_with > 0) & (now_without > 0)
    weights = np.where(both, now_with + now_without, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        with_it, without_it = (
            np.sum(weights * np.where(both, then / now, 0.0), axis=1) / np.sum(weights, axis=1)
            for then, now in ((then_with, now_with), (then_without, now_without))
        )
    return np.column_stack([with_it, without_it])


def _bounds(rates: Floats, goal: float) -> tuple[float, float, float, float]:
    """Return the intervals of the difference and of the share from the draws; nan where too few of them tell."""
    if len(rates) < REPLICATES / 2:
        return np.nan, np.nan, np.nan, np.nan
    with_it, without_it = rates.T
    difference, lacking = with_it - without_it, goal - without_it
    turned = np.where(lacking > 0, np.inf, -np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(difference > _ALIKE, lacking / difference, turned)
    low, high = np.quantile(difference, _TAILS)
    # of an infinite one no mean is taken
    share_low, share_high = np.quantile(share, _TAILS, method="inverted_cdf")
    return float(low), float(high), float(share_low), float(share_high)
