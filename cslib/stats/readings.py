"""Four readings of what goes with a programme, month by month, and what else may stand behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cslib.stats.balancing import balanced, known_past, with_past
from cslib.stats.contrast import NOBODY, SEEN, Contrast, comparison_mean, contrasts, of_known, of_sample
from cslib.stats.rivals import rival_readings
from cslib.stats.trials import LeftOut, Relative, trials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cslib.stats.balancing import Balance, Weights
    from cslib.stats.rivals import Rival, RivalReading
    from cslib.stats.trials import Book, Floats, Outcome, Rules, Trials

CLIPPED = (0.2, 3.0)  # an amount relative to itself: beyond that it is another contract
_NEAR = 2  # months on either side of the start that the second reading leaves out


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
    pace: float  # participants a month
    before: float  # participants' mean in the months before
    estimate: Contrast  # D1, symmetric
    apart: Contrast  # D2
    alike: Contrast  # D3
    own_trend: Contrast  # D4
    months: tuple[Month, ...]  # e(k)
    placebo: Contrast  # a start three months earlier, of the months before alone
    raw: Contrast  # participants' own change
    slope: Contrast  # of the months before, a month
    window: int  # months before, and after
    balance: tuple[Balance, ...]  # under D3's weights
    left_out: Mapping[LeftOut, int]
    rivals: tuple[RivalReading, ...]

    @property
    def three(self) -> tuple[Contrast, Contrast, Contrast]:
        """D1 to D3."""
        return self.estimate, self.apart, self.alike

    @property
    def participants(self) -> int:
        """How many the verdict rests on: of the reading with the fewest."""
        return min(one.n for one in self.three)

    @property
    def compared(self) -> int:
        """How many have somebody to be compared with, be their past known or not."""
        return self.estimate.n

    @property
    def lowest(self) -> float:
        """The least of D1 to D3."""
        return min(one.value for one in self.three)

    @property
    def highest(self) -> float:
        """The largest of D1 to D3."""
        return max(one.value for one in self.three)

    @property
    def sway(self) -> float:
        """The largest |e(k)| of the months before, when nothing can have worked yet; nan where there are none."""
        return max((abs(month.contrast.value) for month in self.months if month.since < 0), default=np.nan)

    @property
    def breakdown(self) -> float:
        """How many times the sway the near limit of the estimate is (Rambachan & Roth 2023); nan without either."""
        near = self.estimate.low if self.estimate.value > 0 else -self.estimate.high
        return near / self.sway if self.sway > 0 else np.nan

    @property
    def seen_from(self) -> float:
        """The smallest change that would be found in 8 of 10 cases."""
        return self.estimate.seen_from

    @property
    def trend_unseen(self) -> float:
        """What the trend before the start that would be found in 8 of 10 cases amounts to between both windows (Roth 2022)."""
        return SEEN * self.slope.se * (self.window + 1)


def readings(book: Book, outcome: Outcome, rules: Rules, rivals: Sequence[Rival] = ()) -> Readings:
    """Return what is read of an outcome with months before and after: use, adoption, MRR of the kept.

    Compared are those still under contract at the close g + 6 whose figure is known in all months from g - 6 to g + 6: no zeros
    after a loss, which is judged by itself.
    """
    there = trials(book, rules).still_under()
    known = np.logical_and.reduce(np.isfinite(_whole(there, outcome)), axis=1)
    rows = there.those(known, LeftOut.UNKNOWN)
    return _told(rows, _Monthly(_whole(rows, outcome), rules.months), outcome.id, rivals)


def answers(book: Book, outcome: Outcome, rules: Rules, rivals: Sequence[Rival] = ()) -> Readings:
    """Return what is read of answers (NPS contribution, nan where none was given), over twice the months before and after.

    Compared are those with an answer on either side. Answers are too few for months, for a trend, and for a past to be
    alike in: the third reading is the first.
    """
    span = 2 * rules.months
    there = trials(book, rules, ripe=span).still_under()
    known = np.isfinite(_Answers(there.over(outcome.figure, -span, span), span).change)
    rows = there.those(known, LeftOut.UNKNOWN)
    found = _Answers(rows.over(outcome.figure, -span, span), span)
    plain = balanced(rows, rows.traits)
    (change,) = contrasts(plain, found.change[:, None])
    return Readings(
        **_who(rows, plain, outcome.id),
        before=_mean(found.before[rows.treated]),
        estimate=change,
        apart=of_known(plain, found.apart),
        alike=change,
        own_trend=NOBODY,
        months=(),
        placebo=NOBODY,
        raw=of_sample(found.change[rows.treated]),
        slope=NOBODY,
        window=span,
        rivals=rival_readings(plain, found.change, rivals),
    )


def _told(rows: Trials, figures: _Monthly, outcome: str, rivals: Sequence[Rival]) -> Readings:
    plain = balanced(rows, rows.traits)
    d1, d2, d4, placebo, slope, *months = contrasts(plain, figures.columns)
    past = with_past(rows)
    (d3,) = contrasts(past, figures.change[known_past(rows), None])
    return Readings(
        **_who(rows, past, outcome),
        before=_mean(figures.before[rows.treated]),
        estimate=d1,
        apart=d2,
        alike=d3,
        own_trend=d4,
        months=_months(plain, figures, months),
        placebo=placebo,
        raw=of_sample(figures.change[rows.treated]),
        slope=slope,
        window=rows.rules.months,
        rivals=rival_readings(plain, figures.change, rivals),
    )


def _who(rows: Trials, weights: Weights, outcome: str) -> dict[str, Any]:
    return {
        "outcome": outcome, "starts": rows.started, "clusters": rows.clusters, "comparison": weights.effective,
        "pace": rows.pace, "balance": weights.balance, "left_out": rows.left_out,
    }  # fmt: skip


def _whole(rows: Trials, outcome: Outcome) -> Floats:
    """Return the outcome of each row in the months around the start, relative to what it is to be relative to."""
    months = rows.rules.months
    whole = rows.over(outcome.figure, -months, months)
    with np.errstate(divide="ignore", invalid="ignore"):
        if outcome.relative is Relative.LAST_BEFORE:
            return np.clip(whole / whole[:, [months - 1]], *CLIPPED)
        if outcome.relative is Relative.MEAN_BEFORE:
            return whole / whole[:, :months].mean(axis=1, keepdims=True)
    return whole


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else np.nan


class _Monthly:
    """What is read of the months around the start of each row, of which none is unknown."""

    def __init__(self, whole: Floats, months: int) -> None:
        self._early, self._late = whole[:, :months], whole[:, months + 1 :]
        self.before = self._early.mean(axis=1)
        self.change = self._late.mean(axis=1) - self.before
        self.since = range(-months, months + 1)
        self.by_month = whole - self.before[:, None]

    @property
    def columns(self) -> Floats:
        """D1, D2, D4, the placebo start, the slope before, and each month, as columns."""
        slope, months = self._slope, self._early.shape[1]
        own_trend = self.change - (months + 1) * slope
        return np.column_stack([self.change, self._apart, own_trend, self._placebo, slope, self.by_month])

    @property
    def _apart(self) -> Floats:
        return self._late[:, _NEAR:].mean(axis=1) - self._early[:, :-_NEAR].mean(axis=1)

    @property
    def _slope(self) -> Floats:
        months = self._early.shape[1]
        line = np.arange(months) - (months - 1) / 2
        return self._early @ (line / (line @ line))

    @property
    def _placebo(self) -> Floats:
        """As though they had started halfway through the months before: that month belongs to neither side."""
        half = self._early.shape[1] // 2
        return self._early[:, half + 1 :].mean(axis=1) - self._early[:, :half].mean(axis=1)


class _Answers:
    """What is read of the answers of each row; nan where none was given in a window."""

    def __init__(self, whole: Floats, span: int) -> None:
        early, late = whole[:, :span], whole[:, span + 1 :]
        self.before = _known_mean(early)
        self.change = _known_mean(late) - self.before
        self.apart = _known_mean(late[:, _NEAR:]) - _known_mean(early[:, :-_NEAR])


def _known_mean(answers: Floats) -> Floats:
    told = ~np.isnan(answers)
    with np.errstate(invalid="ignore"):
        mean: Floats = np.where(told, answers, 0.0).sum(axis=1) / told.sum(axis=1)
    return mean


def _months(weights: Weights, figures: _Monthly, found: Sequence[Contrast]) -> tuple[Month, ...]:
    rows = weights.trials
    if not rows.participants:
        return ()
    others = len(np.unique(rows.customer[~rows.treated]))
    mine, theirs = figures.by_month[rows.treated].mean(axis=0), comparison_mean(weights, figures.by_month)
    return tuple(
        Month(since, float(one), float(other), contrast, others)
        for since, one, other, contrast in zip(figures.since, mine, theirs, found, strict=True)
    )
