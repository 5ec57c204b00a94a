"""What has no before: who is lost after the start of a programme, and what is left of what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.stats.balancing import Balance
    from cslib.stats.contrast import Contrast
    from cslib.stats.trials import Book, Floats, LeftOut, Rules


@dataclass(frozen=True)
class Loss:
    """Shares lost, or of MRR kept, of participants and comparison, under D3's weights."""

    outcome: str  # lost_6, lost_12, mrr_retained
    starts: int
    clusters: int
    comparison: float  # effective number
    participants_share: float
    comparison_share: float
    contrast: Contrast  # of losses: difference of shares with Newcombe's hybrid interval
    balance: tuple[Balance, ...]
    left_out: Mapping[LeftOut, int]

    @property
    def seen_from(self) -> float:
        """The smallest difference that would be found in 8 of 10 cases: 2.8 standard errors."""
        raise NotImplementedError


class Kept(NamedTuple):
    """The share still under contract so many months after the start."""

    since: int
    participants: float
    comparison: float
    low: float  # of the difference
    high: float
    n: int  # participants at risk
    n_comparison: int  # customers at risk


def lost(book: Book, rules: Rules, months: int) -> Loss:
    """Return who is lost within so many months (6, 12) of the start month's close."""
    raise NotImplementedError


def retained(book: Book, rules: Rules, mrr: Floats) -> Loss:
    """Return MRR six months after the start over MRR of the month before it; who is lost keeps nothing. `mrr` is (n, T)."""
    raise NotImplementedError


def kept_curve(book: Book, rules: Rules, months: int = 12) -> tuple[Kept, ...]:
    """Return the shares still under contract 0 to so many months after the start."""
    raise NotImplementedError


def hybrid(lost: float, n: float, share: float, effective: float) -> tuple[float, float]:
    """Return Newcombe's interval of lost / n less share, from Wilson's limits."""
    raise NotImplementedError
