"""The rows of an audit of the health score: each measure of how well it has told the lost from the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.health.scores import BANDS, GREEN, RED
from cslib.kpis import reasons
from cslib.stats import (
    LEAST_EVENTS,
    Clusters,
    Z,
    auc_gain,
    bootstrap_ratio,
    design_effect,
    few_customers,
    stratified_auc,
    wilson,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cslib.analysis.health.backtest import Backtest
    from cslib.analysis.health.scores import Scores
    from cslib.analysis.panel import Panel

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

YOUNG = "young: no close has its months of the outcome behind it"
UNAUDITED = (
    f"unaudited: fewer than {LEAST_EVENTS} customers were lost in the months held back, so that nothing can be told yet"
)
UNFITTED = "unfitted: the earlier months hold no loss to learn from"
ALIKE = "alike: nothing tells the customers apart"
LATE = "_late"  # of the months held back from the model
FIFTHS = tuple(map(str, range(1, 6)))
GROUPS: Mapping[str, tuple[str, ...]] = {
    "customers": BANDS, "auc": ("",), "auc_late": ("",), "lift": ("",), "lift_late": ("",), "loss_share": BANDS[:3],
    "loss_share_late": BANDS[:3], "green_but_lost": ("",), "red_but_stayed": ("",), "refit_auc_late": ("",), "refit_gain": ("",),
    "predicted": FIFTHS, "observed": FIFTHS,
}  # fmt: skip
_HALF, _TENTH = 0.5, 0.1


class Finding(StrEnum):
    """What can be said of a measure of the audit, by its interval."""

    SEPARATES = "separates"
    OTHER_WAY = "other_way"
    CANNOT_TELL = "cannot_tell"
    ORDERED = "ordered"
    NOT_ORDERED = "not_ordered"
    HELPS = "helps"
    HURTS = "hurts"
    NOISE = "noise"
    AS_PREDICTED = "as_predicted"
    NOT_AS_PREDICTED = "not_as_predicted"


@dataclass(frozen=True)
class Row:
    """A row of the table, with the codes of the customers that it rests on and of those counted among them."""

    measure: str
    group: str
    value: float
    who: Ints
    counted: Ints
    low: float = np.nan
    high: float = np.nan
    verdict: str = ""
    reason: str = ""

    def figures(self) -> dict[str, object]:
        """Return the row as the table has it."""
        said = {"measure": self.measure, "group": self.group, "value": self.value, "low": self.low, "high": self.high}
        return {**said, "n": len(self.who), "events": len(self.counted), "verdict": self.verdict, "reason": self.reason}

    def without(self, reason: str) -> Row:
        """Return the row without what it cannot tell."""
        return replace(self, value=np.nan, low=np.nan, high=np.nan, verdict="", reason=reason)


def audit_rows(panel: Panel, scores: Scores, past: Backtest, segment: str, month: int) -> Iterator[Row]:
    """Yield the rows of a segment in the order of `GROUPS`; `month` is the number of the month of the present close."""
    now = np.flatnonzero(panel.inside(segment) & (panel.months == month))
    yield from _distribution(panel.customers[now], scores.band[now])
    mine = past.where(panel.inside(segment)[past.rows])
    rows = [
        *_separation(panel, scores, mine), *_by_band(panel, scores, mine), *_surprises(panel, scores, mine),
        *_refit(panel, scores, mine), *_fifths(panel, mine),
    ]  # fmt: skip
    why = YOUNG if not len(mine.rows) else "" if _are_enough(panel, mine.where(mine.late)) else UNAUDITED
    order = {name: place for place, name in enumerate(GROUPS)}
    yield from sorted((row.without(why) if why else row for row in rows), key=lambda row: order[row.measure])


def nothing(why: str) -> list[Row]:
    """Return the rows of a segment of which nothing can be told."""
    nobody = np.empty(0, dtype=np.int64)
    return [Row(one, group, np.nan, nobody, nobody, reason=why) for one, groups in GROUPS.items() for group in groups]


def _are_enough(panel: Panel, late: Backtest) -> bool:
    return len(np.unique(panel.customers[late.rows[late.lost]])) >= LEAST_EVENTS


def _distribution(customers: Ints, bands: NDArray[np.str_]) -> Iterator[Row]:
    """Return how the customers under contract lie in the bands now."""
    for band in BANDS:
        counted = customers[bands == band]
        share = len(counted) / len(customers) if len(customers) else np.nan
        yield Row("customers", band, share, customers, counted, reason="" if len(customers) else reasons.EMPTY)


def _counts(panel: Panel, past: Backtest) -> tuple[Ints, Ints]:
    who = panel.customers[past.rows]
    return np.unique(who), np.unique(who[past.lost])


def _separation(panel: Panel, scores: Scores, mine: Backtest) -> Iterator[Row]:
    for late, past in (("", mine), (LATE, mine.where(mine.late))):
        who, counts = panel.customers[past.rows], _counts(panel, past)
        told = stratified_auc(scores.score[past.rows], past.lost, panel.strata[past.rows], who)
        yield _judged(Row(f"auc{late}", "", told.auc, *counts, low=told.low, high=told.high), _HALF)
        worst = _worst_tenth(scores.score[past.rows], panel.months[past.rows])
        held, all_lost = (np.bincount(who, past.lost * weight).astype(np.float64) for weight in (worst, 1.0))
        having = all_lost > 0
        low, high = bootstrap_ratio(held[having], all_lost[having])
        captured = held.sum() / all_lost.sum() if having.any() else np.nan
        value, low, high = (one / _TENTH for one in (captured, low, high))
        yield _judged(Row(f"lift{late}", "", value, *counts, low=low, high=high), 1.0)


def _worst_tenth(score: Floats, months: Ints) -> Floats:
    """Return by how much each row belongs to the tenth with the lowest scores of its month: those who tie at the end in part."""
    share, score = np.zeros(len(score)), np.round(score, 9)
    for month in np.unique(months):
        here = np.flatnonzero(months == month)
        size = len(here) * _TENTH
        last = np.sort(score[here])[max(int(np.ceil(size)) - 1, 0)]
        below, tied = score[here] < last, score[here] == last
        share[here] = below + tied * (size - below.sum()) / tied.sum()
    return share


def _judged(row: Row, neutral: float) -> Row:
    """Return the row with what its interval says of it, against the value of a score that tells nothing."""
    if np.isnan(row.value):
        return replace(row, reason=ALIKE)
    verdict = (
        Finding.SEPARATES if row.low > neutral else Finding.OTHER_WAY if row.high < neutral else Finding.CANNOT_TELL
    )
    return replace(row, verdict=str(verdict))


def _by_band(panel: Panel, scores: Scores, mine: Backtest) -> Iterator[Row]:
    for measure, past in (("loss_share", mine), (f"loss_share{LATE}", mine.where(mine.late))):
        bands = scores.band[past.rows]
        rows = [_share(measure, band, panel, past.where(bands == band)) for band in BANDS[:3]]
        seen = [row.value for row in rows if not row.reason]
        falls = all(one > other for one, other in pairwise(seen))
        verdict = Finding.CANNOT_TELL if len(seen) < 2 else Finding.ORDERED if falls else Finding.NOT_ORDERED  # noqa: PLR2004
        yield from (row if row.reason else replace(row, verdict=str(verdict)) for row in rows)


def _share(measure: str, group: str, panel: Panel, past: Backtest) -> Row:
    """Return the share of closes followed by a loss, and its interval with all closes of a customer for one witness."""
    counts = _counts(panel, past)
    if not len(past.rows):
        return Row(measure, group, np.nan, *counts, reason=reasons.EMPTY)
    low, high = _clustered(past.lost, panel.customers[past.rows])
    return Row(measure, group, float(past.lost.mean()), *counts, low=low, high=high)


def _clustered(lost: Flags, customers: Ints) -> tuple[float, float]:
    """Return Wilson's interval of a share of rows, of as many as tell as much together as independent ones would."""
    parts, rows = np.bincount(customers, lost), np.bincount(customers)
    parts, rows = parts[rows > 0], rows[rows > 0].astype(np.float64)
    n, part = np.array([rows.sum()]), np.array([parts.sum()])
    held = Clusters(*(np.array([float(one)]) for one in (len(rows), parts @ parts, parts @ rows, rows @ rows)))
    effect = design_effect(part, n, part / n * (1 - part / n), held) * few_customers(n, held.customers)
    low, high = wilson(part / effect, n / effect)
    return float(low[0]), float(high[0])


def _surprises(panel: Panel, scores: Scores, mine: Backtest) -> Iterator[Row]:
    """Return how many of the lost had been green, and how many of the red stayed: the two lists that everyone asks for."""
    bands, who = scores.band[mine.rows], panel.customers[mine.rows]
    lost, green = np.unique(who[mine.lost]), np.unique(who[mine.lost & (bands == GREEN)])
    low, high = (float(one[0]) for one in wilson(np.array([float(len(green))]), np.array([float(len(lost))])))
    value = len(green) / len(lost) if len(lost) else np.nan
    yield Row("green_but_lost", "", value, lost, green, low, high, reason="" if len(lost) else reasons.EMPTY)
    red = _share("red_but_stayed", "", panel, mine.where(bands == RED))
    stayed = np.unique(who[~mine.lost & (bands == RED)])
    yield replace(red, value=1 - red.value, low=1 - red.high, high=1 - red.low, counted=stayed)


def _refit(panel: Panel, scores: Scores, mine: Backtest) -> Iterator[Row]:
    past = mine.where(mine.late)
    counts, held = _counts(panel, past), (past.lost, panel.strata[past.rows], panel.customers[past.rows])
    if np.isnan(past.chance).any() or not len(past.rows):
        yield from (Row(name, "", np.nan, *counts, reason=UNFITTED) for name in (f"refit_auc{LATE}", "refit_gain"))
        return
    told = stratified_auc(-past.chance, *held)
    yield _judged(Row(f"refit_auc{LATE}", "", told.auc, *counts, low=told.low, high=told.high), _HALF)
    gain = auc_gain(-past.chance, scores.score[past.rows], *held)
    verdict = Finding.HELPS if gain.z > Z else Finding.HURTS if gain.z < -Z else Finding.NOISE
    row = Row("refit_gain", "", gain.difference, *counts, low=gain.low, high=gain.high, verdict=str(verdict))
    yield row if not np.isnan(gain.difference) else row.without(ALIKE)


def _fifths(panel: Panel, mine: Backtest) -> Iterator[Row]:
    """Return what the model predicts of each fifth of the months that it has not seen, and what came."""
    past = mine.where(mine.late)
    if np.isnan(past.chance).any() or not len(past.rows):
        counts = _counts(panel, past)
        yield from (
            Row(one, group, np.nan, *counts, reason=UNFITTED) for one in ("predicted", "observed") for group in FIFTHS
        )
        return
    fifth = np.searchsorted(np.quantile(past.chance, (0.2, 0.4, 0.6, 0.8)), past.chance, side="left")
    for place, group in enumerate(FIFTHS):
        here = past.where(fifth == place)
        row = _share("observed", group, panel, here)
        if row.reason:
            yield from (row, replace(row, measure="predicted"))
            continue
        predicted = float(here.chance.mean())
        fits = Finding.AS_PREDICTED if row.low <= predicted <= row.high else Finding.NOT_AS_PREDICTED
        yield replace(row, verdict=str(fits))
        yield replace(row, measure="predicted", value=predicted, low=np.nan, high=np.nan)
