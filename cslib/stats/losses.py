"""What has no before: who is lost after the start of a programme, and what is left of what was paid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cslib.stats.balancing import with_past
from cslib.stats.contrast import Contrast, comparison_mean, contrasts
from cslib.stats.shares import hybrid, of_shares
from cslib.stats.trials import YEAR, LeftOut, trials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.stats.balancing import Balance, Weights
    from cslib.stats.trials import Book, Floats, Rules, Trials

RETAINED = "mrr_retained"


@dataclass(frozen=True)
class Loss:
    """Shares lost, or of MRR kept, of participants and comparison, under weights of traits and past."""

    outcome: str  # lost_6, lost_12, mrr_retained
    starts: int
    clusters: int
    comparison: float  # effective number
    pace: float  # participants a month
    participants_share: float
    comparison_share: float
    contrast: Contrast  # of losses: difference of shares with Newcombe's hybrid interval
    balance: tuple[Balance, ...]
    left_out: Mapping[LeftOut, int]

    @property
    def participants(self) -> int:
        """How many the verdict rests on."""
        return self.contrast.n

    @property
    def compared(self) -> int:
        """How many have somebody to be compared with."""
        return self.contrast.n

    @property
    def seen_from(self) -> float:
        """The smallest difference that would be found in 8 of 10 cases."""
        return self.contrast.seen_from

    @property
    def less_is_better(self) -> bool:
        """Whether the outcome is a loss."""
        return self.outcome != RETAINED


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
    """Return who is lost within so many months (6, 12) of the start month's close, though it may have come back since.

    All who were under contract at that close are compared, under weights of traits and past. Few are lost, so that the
    interval is Newcombe's hybrid of Wilson's, the comparison with as many customers as its error is worth.
    """
    weights = with_past(trials(book, rules, ripe=months))
    gone = _gone(weights.trials, months)[:, -1]
    return replace(_loss(weights, gone[:, None], f"lost_{months}"), contrast=of_shares(weights, gone))


def retained(book: Book, rules: Rules, mrr: Floats) -> Loss:
    """Return MRR six months after the start over MRR of the month before it; who is lost keeps nothing. `mrr` is (n, T)."""
    rows = trials(book, rules)
    weights = with_past(rows.those(np.isfinite(_mrr_left(rows, mrr)), LeftOut.UNKNOWN))
    return _loss(weights, _mrr_left(weights.trials, mrr)[:, None], RETAINED)


def kept_curve(book: Book, rules: Rules, months: int = YEAR) -> tuple[Kept, ...]:
    """Return the shares still under contract 0 to so many months after the start, by Kaplan and Meier.

    The later months of trials that are not yet so old are censored. The interval of the difference is that of `hybrid`, from
    those at risk.
    """
    weights = with_past(trials(book, rules))
    rows = weights.trials
    if not rows.participants:
        return ()
    gone = np.column_stack([np.zeros(len(rows.customer)), _gone(rows, months)])
    mine, theirs, found = 1.0, 1.0, []
    for since in range(months + 1):
        risk = (gone[:, max(since - 1, 0)] == 0) & (rows.start + since < book.months)
        if not (risk & rows.treated).any() or not (risk & ~rows.treated).any():
            break
        dies = weights.weight * risk * (gone[:, since] > 0)
        weighed = weights.weight * risk
        mine *= 1 - float(dies[rows.treated].sum() / weighed[rows.treated].sum())
        theirs *= 1 - float(dies[~rows.treated].sum() / weighed[~rows.treated].sum())
        found.append(_kept(rows, weighed, since, mine, theirs))
    return tuple(found)


def _loss(weights: Weights, figure: Floats, outcome: str) -> Loss:
    rows = weights.trials
    mine = float(figure[rows.treated].mean()) if rows.participants else np.nan
    theirs = float(comparison_mean(weights, figure)[0]) if rows.participants else np.nan
    return Loss(
        outcome=outcome,
        starts=rows.started,
        clusters=rows.clusters,
        comparison=weights.effective,
        pace=rows.pace,
        participants_share=mine,
        comparison_share=theirs,
        contrast=contrasts(weights, figure)[0],
        balance=weights.balance,
        left_out=rows.left_out,
    )


def _gone(rows: Trials, months: int) -> Floats:
    """Return of each row whether it is lost within 1, 2, … months after the start month's close: 0 or 1."""
    away = rows.over(rows.book.under, 1, months) == 0
    return np.maximum.accumulate(away, axis=1).astype(np.float64)


def _mrr_left(rows: Trials, mrr: Floats) -> Floats:
    now = np.where(rows.at(rows.book.under, rows.rules.months) > 0, rows.at(mrr, rows.rules.months), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        left: Floats = now / rows.at(mrr, -1)
    return left


def _kept(rows: Trials, weighed: Floats, since: int, mine: float, theirs: float) -> Kept:
    """Return a point of the curve, from the rows at risk and what they weigh."""
    at_risk, others = int((weighed[rows.treated] > 0).sum()), ~rows.treated
    each = np.bincount(rows.customer[others], weighed[others])
    low, high = hybrid((1 - mine) * at_risk, at_risk, 1 - theirs, float(each.sum() ** 2 / (each**2).sum()))
    return Kept(since, mine, theirs, -high, -low, at_risk, int((each > 0).sum()))
