"""Figures of Kaplan-Meier curves: medians with their intervals, means, the curve itself, and whether groups differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cslib.stats.distributions import chi2_tail, f_tail, kaplan_meier
from cslib.stats.rates import Z

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Flags = NDArray[np.bool_]
    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Estimate(NamedTuple):
    """A figure with its 95 % interval; nan where it is undefined."""

    value: float
    low: float
    high: float


def km_median(durations: Floats, observed: NDArray[np.bool_]) -> Estimate:
    """Return the Kaplan-Meier median with its log-log interval (Brookmeyer & Crowley 1982).

    nan where half of the rows never ended: the median, or the bound, was not reached.
    """
    if not observed.any():
        return Estimate(np.nan, np.nan, np.nan)
    curve = kaplan_meier(durations, observed)
    return Estimate(*(_first_below(curve.durations, share) for share in (curve.open, curve.low, curve.high)))


def km_quantile(durations: Floats, observed: NDArray[np.bool_], share: float) -> float:
    """Return the day by which a share of the rows have ended, by Kaplan-Meier; nan where so many never did."""
    if not observed.any():
        return np.nan
    curve = kaplan_meier(durations, observed)
    return _first_below(curve.durations, curve.open, 1 - share)


def km_curve(durations: Floats, observed: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the Kaplan-Meier curve: days, open_share, low, high, at_risk, ended, a row per day on which a row ended or was cut.

    Begins with day 0, when all is open; empty where nothing ended.
    """
    if not observed.any():
        return pd.DataFrame(columns=["days", "open_share", "low", "high", "at_risk", "ended"])
    curve = kaplan_meier(durations, observed)
    steps = curve.durations
    at_risk = [int((durations >= day).sum()) for day in steps]
    found = pd.DataFrame(
        {
            "days": steps,
            "open_share": curve.open,
            "low": curve.low,
            "high": curve.high,
            "at_risk": at_risk,
            "ended": [int(((durations == day) & observed).sum()) for day in steps],
        }
    )
    whole = {"days": [0.0], "open_share": [1.0], "low": [1.0], "high": [1.0], "at_risk": [len(durations)], "ended": [0]}
    start = pd.DataFrame(whole)
    return found if steps[0] == 0 else pd.concat([start, found], ignore_index=True)


def _first_below(steps: Floats, survival: Floats, left: float = 0.5) -> float:
    below = np.flatnonzero(survival <= left + 1e-12)
    return float(steps[below[0]]) if len(below) else np.nan


def km_mean(durations: Floats, observed: NDArray[np.bool_], limit: int) -> float:
    """Return the area under the Kaplan-Meier curve up to `limit`, or to the longest duration where that is shorter.

    nan for no rows.
    """
    if not len(durations):
        return np.nan
    end = min(float(limit), float(durations.max()))
    curve = kaplan_meier(durations, observed)
    inside = curve.durations < end
    edges = np.concatenate([[0.0], curve.durations[inside], [end]])
    heights = np.concatenate([[1.0], curve.open[inside]])
    return float(np.sum(np.diff(edges) * heights))


@dataclass(frozen=True)
class Lives:
    """Spells counted in whole units of age: seen after `entered` up to `left`, and `lost` at that age or still there.

    Who is seen from an age over 0 on came in late: it tells of later ages alone, since it would not be there had it been lost
    before (left truncation; Klein & Moeschberger, Survival Analysis, ch. 4.6).
    """

    entered: Ints
    left: Ints
    lost: Flags

    @property
    def at_risk(self) -> Ints:
        """How many could be lost at each age from 0 to the greatest: none at 0, where those are counted that begin there."""
        length = int(self.left.max(initial=0)) + 1
        came, went = (np.bincount(ages + 1, minlength=length + 1)[:length] for ages in (self.entered, self.left))
        found: Ints = np.cumsum(came - went)
        found[0] = int((self.entered == 0).sum())
        return found

    @property
    def losses(self) -> Ints:
        """How many were lost at each age."""
        return np.bincount(self.left[self.lost], minlength=int(self.left.max(initial=0)) + 1)

    def where(self, chosen: Flags) -> Lives:
        """Return some of the spells."""
        return Lives(self.entered[chosen], self.left[chosen], self.lost[chosen])


def life_curve(lives: Lives) -> pd.DataFrame:
    """Return the Kaplan-Meier curve of spells that may come in late: age, at_risk, lost, share, low, high, a row per age.

    Begins at the age 0, or at the first age whose next somebody is seen at; ends where nobody is any more. `share` is of those
    who have lasted to where it begins. The interval is the log-log one with Greenwood's variance (Kalbfleisch & Prentice 1980);
    nan where nobody has been lost yet, and where all have. Empty for no spells.
    """
    at_risk, lost = lives.at_risk, lives.losses
    seen = np.flatnonzero(at_risk[1:]) + 1
    if not len(seen):
        return pd.DataFrame(columns=["age", "at_risk", "lost", "share", "low", "high"])
    first = int(seen[0]) - 1
    gaps = np.flatnonzero(at_risk[first + 1 :] == 0)
    ages = np.arange(first, first + 1 + (int(gaps[0]) if len(gaps) else len(at_risk) - first - 1))
    n, d = at_risk[ages].astype(np.float64), lost[ages].astype(np.float64)
    n[0], d[0] = at_risk[first] if first == 0 else at_risk[first + 1], 0
    share = np.cumprod(1 - d / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(np.cumsum(d / (n * (n - d)))) / np.log(share)
        low, high = (np.where((share > 0) & (share < 1), share ** np.exp(side * Z * error), np.nan) for side in (-1, 1))
    figures = {"share": share, "low": low, "high": high}
    return pd.DataFrame({"age": ages, "at_risk": n.astype(int), "lost": d.astype(int), **figures})


def log_rank(lives: Lives, groups: Ints, customers: Ints) -> float:
    """Return p of the log-rank test that all groups are lost alike; nan for one group, and where nothing is lost or varies.

    `groups` and `customers` are codes from 0 on without gaps. Chi-square of observed less expected losses, with one degree of freedom less than
    groups, by the hypergeometric variance (Mantel 1966; Peto & Peto 1972) and by the robust one, which takes all spells of a
    customer for one witness (Lin & Wei 1989, JASA 84:1074), told with as many degrees of freedom as customers were lost, less one,
    as Hotelling's: the larger p of the two, since the first takes spells of one customer for independent, and the second
    promises too much of few. Late entry as in `Lives`.
    """
    count = int(groups.max(initial=-1)) + 1
    if count < 2 or not lives.lost.any():  # noqa: PLR2004 - nothing to compare
        return np.nan
    each = [lives.where(groups == one) for one in range(count)]
    ages = int(lives.left.max()) + 1
    at_risk = np.array([np.pad(one.at_risk, (0, ages - len(one.at_risk))) for one in each]).astype(np.float64)
    lost = np.array([np.pad(one.losses, (0, ages - len(one.losses))) for one in each]).astype(np.float64)
    at_risk[:, 0] = 0  # nobody is lost at the age at which it begins
    n, d = at_risk.sum(axis=0), lost.sum(axis=0)
    share = np.divide(at_risk, n, out=np.zeros_like(at_risk), where=n > 0)
    over = (lost.sum(axis=1) - (share * d).sum(axis=1))[1:]
    hazard = np.divide(d, n, out=np.zeros_like(d), where=n > 0)
    spread = hazard * np.divide(n - d, n - 1, out=np.zeros_like(n), where=n > 1)
    plain = -(share * at_risk.sum(axis=0) * spread) @ share.T + np.diag((at_risk * spread).sum(axis=1))
    told = np.eye(count)[groups]
    by_age, so_far = np.cumsum(share * hazard, axis=1).T, np.cumsum(hazard)
    since = so_far[lives.left] - so_far[lives.entered]
    mine = lives.lost[:, None] * (told - share.T[lives.left])
    mine = mine - since[:, None] * told + by_age[lives.left] - by_age[lives.entered]
    summed = np.array([np.bincount(customers, column) for column in mine.T])
    found = len(np.unique(customers[lives.lost]))
    return max(_chi_square(over, plain[1:, 1:]), _hotelling(over, (summed @ summed.T)[1:, 1:], found))


def _squared(over: Floats, variance: Floats) -> tuple[float, int]:
    """Return the square of differences in units of their variance, and its rank."""
    return float(over @ np.linalg.pinv(variance, hermitian=True) @ over), int(
        np.linalg.matrix_rank(variance, hermitian=True)
    )


def _chi_square(over: Floats, variance: Floats) -> float:
    """Return p of differences under a variance; 1 where the variance is none."""
    square, rank = _squared(over, variance)
    return chi2_tail(square, rank) if rank else 1.0


def _hotelling(over: Floats, variance: Floats, witnesses: int) -> float:
    """Return p of differences under a variance that so many witnesses tell; 1 where there are too few of them."""
    square, rank = _squared(over, variance)
    left = witnesses - rank
    return f_tail(square * left / (rank * (witnesses - 1)), rank, left) if rank and left > 0 else 1.0
