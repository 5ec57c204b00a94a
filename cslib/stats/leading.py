"""The rule by which a figure is said to lead: written once, in words of a fixed list, and never of cause."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import scipy

from cslib.stats.rates import Z

if TYPE_CHECKING:
    from cslib.stats.separation import RiskRatio, Separation

LEAST_EVENTS = 10  # distinct customers with the event
LEVEL = 0.05
RARE_SHARE = 0.8  # where one value holds more of the rows, pairs tie and the area is near 1/2 whatever the figure does
RATIO_MARGIN = 1.5
POWER = 0.8416212335729143  # the 80 % quantile of the normal distribution
_PLANNED = 1 + POWER / Z  # half widths of an interval for which the margin is to have room
SPREAD = 0.37  # se times the root of the events, of what never changes of a customer, as measured on simulated books
CLEAR = 0.65  # the area that is planned for while too few events are known to estimate any
_HALF = 0.5


class Verdict(StrEnum):
    """What can be said of a figure and what comes after it."""

    LEADS = "leads"
    DOES_NOT_LEAD = "does_not_lead"
    OTHER_WAY = "other_way"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Evidence:
    """What the verdict on one figure rests on: its separation, also late in time, its risk ratio, and p among all tests."""

    separation: Separation
    late_auc: float  # of the last third of the months
    ratio: RiskRatio
    p_holm: float
    is_rare: bool  # one value holds nearly all rows, so that the ratio judges
    margin: float  # an area up to here separates at most weakly
    tests: int  # how many figures were tested beside it, itself included

    @property
    def verdict(self) -> Verdict:
        """What the rule says.

        Leads: p adjusted < 0.05, the area over 1/2, and over 1/2 late in time as well. Other way: p adjusted < 0.05, the area
        under 1/2. Does not lead: the plain 95 % interval of the area lies inside 1 - margin to margin; of a rare flag, that of
        the risk ratio inside 1/1.5 to 1.5; and it is so narrow that it would lie there of three in five figures that do not
        separate at all. Else it cannot be told, nor from fewer than ten customers with the event.
        """
        if self.separation.events < LEAST_EVENTS or math.isnan(self.p_holm):
            return Verdict.CANNOT_TELL
        if self.would_lead and self.late_auc > _HALF:
            return Verdict.LEADS
        if self.p_holm < LEVEL and self.separation.auc < _HALF:
            return Verdict.OTHER_WAY
        return Verdict.DOES_NOT_LEAD if self._is_weak else Verdict.CANNOT_TELL

    @property
    def would_lead(self) -> bool:
        """Whether it leads over all months together, however it was late in time."""
        return self.p_holm < LEVEL and self.separation.auc > _HALF

    @property
    def _is_weak(self) -> bool:
        low, high = self.separation.low, self.separation.high
        inside = 1 - self.margin < low and high < self.margin
        if self.is_rare:
            inside = self.ratio.low > 1 / RATIO_MARGIN and self.ratio.high < RATIO_MARGIN
        # a wider one lies inside only where the estimate happens to fall beside 1/2, as that of most duds would not
        half, room = self._widths
        return inside and half * _PLANNED <= room

    @property
    def _widths(self) -> tuple[float, float]:
        """Half of the interval, and of the margin: of areas, or of a rare flag of logarithms of risk ratios; nan without one."""
        if not self.is_rare:
            return Z * self.separation.se, self.margin - _HALF
        low, high = self.ratio.low, self.ratio.high
        return (math.log(high / low) / 2 if 0 < low < high < math.inf else math.nan), math.log(RATIO_MARGIN)

    @property
    def needed(self) -> float:
        """About how many more customers with the event it takes to decide, with a power of 80 %; nan where it is decided.

        The error falls with the root of the events: as many as make the area at hand differ from 1/2 among so many tests, or
        make its interval fit inside the margin, whichever is fewer. While there are fewer than ten, an area of 0.65 is planned
        for, and the error of a figure that never changes of a customer. Rounded up to two digits.
        """
        if self.verdict is not Verdict.CANNOT_TELL:
            return math.nan
        known = self.separation.events
        wanted = min(self._to_differ, self._to_fit)
        return _two_digits(max(wanted - known, LEAST_EVENTS - known, 1.0))

    @property
    def _to_differ(self) -> float:
        distance, spread = abs(self.separation.auc - _HALF), self.separation.se * math.sqrt(self.separation.events)
        if self.separation.events < LEAST_EVENTS or not spread > 0:
            distance, spread = CLEAR - _HALF, SPREAD
        within = scipy.stats.norm.ppf(1 - LEVEL / 2 / max(self.tests, 1)) + POWER
        return float((within * spread / distance) ** 2) if distance > 0 else math.inf

    @property
    def _to_fit(self) -> float:
        """How many it takes until the interval is as narrow as the margin; infinite where the estimate lies outside of it."""
        if self.separation.events < LEAST_EVENTS:
            return math.inf
        half, room = self._widths
        if math.isnan(half):
            return math.inf
        room -= abs(math.log(self.ratio.ratio) if self.is_rare else self.separation.auc - _HALF)
        return float(self.separation.events * (half * _PLANNED / room) ** 2) if room > 0 else math.inf


def _two_digits(number: float) -> float:
    """Return a number rounded up to two digits; infinity, of which nothing can be said, as nan."""
    if math.isinf(number):
        return math.nan
    unit = 10 ** max(math.floor(math.log10(number)) - 1, 0)
    return float(math.ceil(number / unit) * unit)
