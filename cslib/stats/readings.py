"""Four readings of what goes with a programme, month by month, and what else may stand behind it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cslib.stats.balancing import Balance
    from cslib.stats.contrast import Contrast
    from cslib.stats.trials import Book, Floats, LeftOut, Outcome, Rules


class Reads(StrEnum):
    """How a rival is read of a trial."""

    CHANGE = "change"  # mean of the months after less mean of the months before
    AT_START = "at_start"  # the column of the start month: a flag of what happened around it


class Rival(NamedTuple):
    """Another explanation: a figure (n, T) that may have changed at the same time; nan where unknown."""

    id: str
    figure: Floats
    reads: Reads = Reads.CHANGE


class RivalReading(NamedTuple):
    """How a rival differs between participants and comparison, and what becomes of the estimate if it is made alike."""

    id: str
    contrast: Contrast
    moved: float  # the estimate with the rival among the traits; nan where the rival does not differ beyond chance
    moves: bool  # by more than a third


class Month(NamedTuple):
    """One month of the event study, `since` the start: change from the mean of the months before."""

    since: int
    participants: float
    comparison: float
    contrast: Contrast
    n_comparison: int  # customers


@dataclass(frozen=True)
class Readings:
    """All that is read of one outcome; every contrast is nan where nobody is to be compared."""

    outcome: str
    starts: int  # start months with somebody to compare
    clusters: int  # with participants
    comparison: float  # effective number of comparison customers, of D3's weights
    before: float  # participants' mean in the months before
    estimate: Contrast  # D1, symmetric
    apart: Contrast  # D2
    alike: Contrast  # D3
    own_trend: Contrast  # D4
    months: tuple[Month, ...]  # e(k)
    placebo: Contrast  # a start three months earlier
    raw: Contrast  # participants' own change
    slope_se: float
    balance: tuple[Balance, ...]  # under D3's weights
    left_out: Mapping[LeftOut, int]
    rivals: tuple[RivalReading, ...]

    @property
    def participants(self) -> int:
        """How many the verdict rests on."""
        raise NotImplementedError

    @property
    def lowest(self) -> float:
        """The least of D1 to D3."""
        raise NotImplementedError

    @property
    def highest(self) -> float:
        """The largest of D1 to D3."""
        raise NotImplementedError

    @property
    def sway(self) -> float:
        """The largest |e(k)| of the months before; nan without any."""
        raise NotImplementedError

    @property
    def breakdown(self) -> float:
        """The near limit of the estimate over the sway."""
        raise NotImplementedError

    @property
    def seen_from(self) -> float:
        """The smallest change that would be found in 8 of 10 cases: 2.8 standard errors."""
        raise NotImplementedError

    @property
    def trend_unseen(self) -> float:
        """What the trend that would be found before the start in 8 of 10 cases amounts to."""
        raise NotImplementedError


def readings(book: Book, outcome: Outcome, rules: Rules, rivals: Sequence[Rival] = ()) -> Readings:
    """Return what is read of an outcome with months before and after: use, adoption, MRR of the kept."""
    raise NotImplementedError


def answers(book: Book, outcome: Outcome, rules: Rules, rivals: Sequence[Rival] = ()) -> Readings:
    """Return what is read of answers (NPS contribution, nan where none was given), over twice the months before and after."""
    raise NotImplementedError
