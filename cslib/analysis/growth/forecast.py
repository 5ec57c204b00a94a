"""What a segment's book may be worth in each of the next twelve months, held against what it would have said in the past."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cslib.analysis.few import few_segments
from cslib.analysis.panel import NEEDS
from cslib.kpis import reasons
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN
from cslib.stats import walk, widening
from cslib.stats.widening import Bands

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.paid import Paid

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

WINDOW = 12  # months of which the chances are taken
MEASURES = ("mrr", "mrr_held", "mrr_new", "nrr", "grr")
EDGES = ("low95", "low80", "median", "high80", "high95")
FIGURES = (*EDGES, "factor", "inside", "tried", "independent", "error", "same_error")
COLUMNS = ("segment", "month", "measure", "ahead", "target_month", *FIGURES, "reason")
UNTRIED = dict.fromkeys(MEASURES, 1.5) | {
    "grr": 1.0
}  # of a young book: losses drift least, as measured on demo businesses
_BACKTEST_PATHS = 300
_EACH_MONTH = 12  # origins up to here are taken month by month, of more every third
_MOST_ORIGINS = 24  # years of them tell of another company


def forecast(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, measure and month ahead: `COLUMNS`; figures are nan where `reason` says why.

    `mrr_held` is what today's customers will pay, `mrr_new` what those will who are not under contract today, `mrr` both; `nrr`
    and `grr` are of today's customers, by what they pay today. Bands are widened by `factor`, from the book's own past.
    `inside`: in how many of `tried` past months the 80 % band, before it was widened, held what came; these months
    overlap, and are worth `independent` ones. `error` is the mean distance of what came from the middle, as a share of what
    came; `same_error` that of saying that nothing changes.
    """
    paid = inquiry.paid
    if paid is None:
        lacks = f"{reasons.NEEDS} {', '.join(inquiry.facts.missing(NEEDS))}"
        return _table(inquiry, [row for name in sorted(inquiry.segments) for row in _untold(name, lacks)])
    table = _table(inquiry, [row for name in sorted(inquiry.segments) for row in _segment(name, paid)])
    hidden = table.segment.isin(few_segments(inquiry.facts, paid.cells, _groups(paid)))
    table.loc[hidden, list(FIGURES)] = pd.NA
    table.loc[hidden, "reason"] = HIDDEN
    return table


def _table(inquiry: Inquiry, rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows).assign(month=str(inquiry.as_of))
    table["target_month"] = [str(Month(inquiry.as_of.number + ahead)) for ahead in table.ahead]
    told = table.reindex(columns=list(COLUMNS)).astype(dict.fromkeys(FIGURES, "float64"))
    return told.astype(dict.fromkeys(("inside", "tried"), "Int64"))


def _untold(segment: str, reason: str) -> list[dict[str, Any]]:
    return [
        {"segment": segment, "measure": measure, "ahead": ahead, "reason": reason}
        for measure in MEASURES
        for ahead in range(1, walk.HORIZON + 1)
    ]


def _segment(segment: str, paid: Paid) -> list[dict[str, Any]]:
    mine = paid.amounts[paid.members[segment]]
    if not mine[:, -1].any():
        return _untold(segment, reasons.EMPTY)
    if paid.moves < WINDOW:
        return _untold(segment, f"{reasons.SHORT}: {paid.moves} of {WINDOW} months")
    last = paid.moves
    paths = walk.paths_for(len(mine))
    now, then = Forecast.made(mine, paid.amounts, last, paths), min(paths, _BACKTEST_PATHS)
    past = [Tried(Forecast.made(mine, paid.amounts, origin, then), mine, origin) for origin in origins(last)]
    factors = {measure: factor_of(past, measure) for measure in MEASURES}
    return [
        {
            "segment": segment,
            "measure": measure,
            "ahead": ahead,
            "reason": "",
            **_figures(now, past, measure, ahead, by),
        }
        for measure, by in factors.items()
        for ahead in range(1, walk.HORIZON + 1)
    ]


def origins(last: int) -> list[int]:
    """Return the past closes, by column, from which a year ahead is over, the latest first."""
    monthly = range(last - walk.HORIZON, WINDOW - 1, -1)
    return [*monthly] if len(monthly) <= _EACH_MONTH else [*monthly[:: widening.APART]][:_MOST_ORIGINS]


@dataclass(frozen=True)
class Forecast:
    """What was said of a book at a close: its amount then, and the paths of each measure by month ahead."""

    start: float
    paths: dict[str, Floats]

    @classmethod
    def made(cls, mine: Floats, everyone: Floats, at: int, paths: int) -> Forecast:
        """Return the forecast from the close in column `at`, by nothing later."""
        window = slice(at - WINDOW, at + 1)
        habit = walk.habits(mine[:, window])
        fallback = habit if habit.has_changes else walk.habits(everyone[:, window])
        course, start = walk.carried_on(mine[:, at], habit, fallback, paths), float(mine[:, at].sum())
        whole = start or np.nan
        found = (course.held + course.new, course.held, course.new, course.held / whole, course.kept / whole)
        return cls(start, dict(zip(MEASURES, found, strict=True)))

    def bands(self, measure: str, ahead: int) -> Bands:
        """Return the bands of a measure so many months ahead."""
        return Bands(*self._edges[measure][:, ahead - 1])

    @cached_property
    def _edges(self) -> dict[str, Floats]:
        """The bands of each measure, a row each, by month ahead."""
        return {measure: np.array(widening.bands(paths)) for measure, paths in self.paths.items()}


@dataclass(frozen=True)
class Tried:
    """A forecast of the past beside what came."""

    said: Forecast
    amounts: Floats
    origin: int

    def actual(self, measure: str, ahead: int) -> float:
        """Return what came."""
        return float(self._came[measure][ahead - 1])

    @cached_property
    def _came(self) -> dict[str, Floats]:
        """What came of each measure, by month ahead."""
        then, came = self.amounts[:, self.origin], self.amounts[:, self.origin + 1 : self.origin + 1 + walk.HORIZON]
        whole, there = self.said.start or np.nan, then > 0
        held, all_pay = came[there].sum(axis=0), came.sum(axis=0)
        kept = np.minimum(then[:, None], came).sum(axis=0)
        found = (all_pay, held, all_pay - held, held / whole, kept / whole)
        return dict(zip(MEASURES, found, strict=True))

    def same(self, measure: str) -> float:
        """Return what would come if nothing changed."""
        return float(dict(zip(MEASURES, (self.said.start, self.said.start, 0.0, 1.0, 1.0), strict=True))[measure])


def _figures(now: Forecast, past: Sequence[Tried], measure: str, ahead: int, by: float) -> dict[str, float]:
    most = 1.0 if measure == "grr" else np.inf
    edges = widening.widened(now.bands(measure, ahead), by, most)
    return {**dict(zip(EDGES, map(float, edges), strict=True)), "factor": by, **_record(past, measure, ahead)}


def factor_of(past: Sequence[Tried], measure: str) -> float:
    """Return by how much the bands of a measure are widened: by how far it strayed over a year."""
    ahead = walk.HORIZON
    apart = [one for one in past if (past[0].origin - one.origin) % widening.APART == 0]
    strayed = [widening.strayed(one.actual(measure, ahead), one.said.bands(measure, ahead)) for one in apart]
    return widening.factor(np.array(strayed, dtype=np.float64), UNTRIED[measure])


def _record(past: Sequence[Tried], measure: str, ahead: int) -> dict[str, float]:
    """Return how often the band held in the past, and how far the middle, and no change, lay from what came."""
    if not past:
        return {"inside": 0, "tried": 0, "independent": 0.0}
    tried = [(one.actual(measure, ahead), one.said.bands(measure, ahead), one.same(measure)) for one in past]
    inside = sum(float(found.low80) <= actual <= float(found.high80) for actual, found, _ in tried)
    span = past[0].origin - past[-1].origin + 1
    return {
        "inside": inside, "tried": len(past), "independent": span / walk.HORIZON,
        "error": _mean(abs(float(found.middle) - actual) / actual for actual, found, _ in tried if actual > 0),
        "same_error": _mean(abs(same - actual) / actual for actual, _, same in tried if actual > 0 and same > 0),
    }  # fmt: skip


def _mean(values: Iterator[float]) -> float:
    found = [*values]
    return float(np.mean(found)) if found else np.nan


def _groups(paid: Paid) -> list[Flags]:
    """Return the groups of customers whose number, or whose amounts, a forecast tells."""
    amounts = paid.amounts[:, -WINDOW - 1 :]
    before, after = amounts[:, :-1], amounts[:, 1:]
    stays = (before > 0) & (after > 0)
    moved: tuple[Flags, ...] = (
        (before > 0) & (after == 0),
        (before == 0) & (after > 0),
        stays & (after < before),
        stays & (after > before),
    )
    return [amounts[:, -1] > 0, *(np.any(each, axis=1) for each in moved)]
