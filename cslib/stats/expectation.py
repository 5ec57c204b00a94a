"""What became of an expectation: a change with its interval, held against the change that was expected."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Came(StrEnum):
    """How a change lies to the one that was expected."""

    AS_EXPECTED = "as_expected"
    BETTER = "better"
    SHORT = "short"
    NO_CHANGE = "no_change"
    NOTHING_OF_THE_KIND = "nothing_of_the_kind"
    WORSE = "worse"


@dataclass(frozen=True)
class Span:
    """A figure with its interval; an end that is not bounded is infinite, and both are nan where there is no interval."""

    value: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is an interval."""
        return not math.isnan(self.low + self.value + self.high)

    def holds(self, value: float) -> bool:
        """Return whether a value lies in the interval, its ends included."""
        return self.low <= value <= self.high

    def less(self, other: Span) -> Span:
        """Return this less another: square and add, of each interval the half that faces the difference (Newcombe 1998, method 10)."""
        between = self.value - other.value
        below = math.hypot(self.value - self.low, other.high - other.value)
        above = math.hypot(self.high - self.value, other.value - other.low)
        return Span(between, between - below, between + above)


def mean_of(spans: Sequence[Span], independent: float) -> Span:
    """Return the mean of figures, its halves the mean halves over the root of how many of them are `independent` (1: all are one)."""
    value = sum(one.value for one in spans) / len(spans)
    shrunk = len(spans) * math.sqrt(independent)
    below = sum(one.value - one.low for one in spans) / shrunk
    return Span(value, value - below, value + sum(one.high - one.value for one in spans) / shrunk)


def baseline(before: Sequence[Span], window: int) -> Span:
    """Return what a change is held against: the mean of the closes before it, each of which stands on `window` months.

    Windows that overlap are hardly more than one: so many closes are as good as independent as windows fit into them. Without a
    close before there is nothing to hold it against: nan.
    """
    if not before:
        return Span(math.nan, math.nan, math.nan)
    return mean_of(before, max(1.0, len(before) / window))


def came(change: Span, expected: float, better: int) -> Came:
    """Return how a change lies to the `expected` one; `better` is 1 where more is better and -1 where less is.

    as_expected: its interval holds the expectation, not 0 · no_change: both · nothing_of_the_kind: 0, not the expectation. Of one
    that holds neither, better lies beyond the expectation, short between 0 and it, worse on the other side of 0.
    """
    if change.holds(0):
        return Came.NO_CHANGE if change.holds(expected) else Came.NOTHING_OF_THE_KIND
    if change.holds(expected):
        return Came.AS_EXPECTED
    moved, hoped = better * change.value, better * expected
    if moved < 0 and (hoped >= 0 or moved < hoped):
        return Came.WORSE
    return Came.BETTER if moved > hoped else Came.SHORT
