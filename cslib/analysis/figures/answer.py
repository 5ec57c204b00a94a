"""What a month comes to: the goal, what is missed and by how much, and the one miss to look at first, since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from cslib.kpis.kpi import Better, Stage
from cslib.kpis.reasons import NEEDS, NO_DAYS, is_comparable

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from cslib.kpis import Catalogue
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month
    from cslib.settings import Segment

    _Row = Mapping[Hashable, Any]

_DECIDED = ("on_target", "off_target", "within_interval")
_ALIKE = 9  # decimals up to which distances tie
_WORST_FIRST = ("off_target", "within_interval", "on_target", "small")
_NO_DATA = (NEEDS, NO_DAYS)


class Goal(NamedTuple):
    """The key goal indicator of a segment: its figures as of the month; nan and a reason where there are none."""

    kpi: str
    value: float
    low: float
    high: float
    target: float
    status: str
    reason: str


class Revenue(NamedTuple):
    """MRR at the close, and its change since the close before; nan where it is not comparable."""

    value: float
    change: float


class Miss(NamedTuple):
    """A target that is missed: by how much, and when its value last reached it.

    `gap` is value less target, in the KPI's unit. `distance` is its size over the half of the 95 % interval that faces the
    target: over 1, since a target inside the interval is not missed; nan for a KPI without an interval. `reached` is the
    last month before this one whose value reached the target of today ("" where none did), `then` that value, and `months`
    how many months before this one have a value to look at.
    """

    segment: str
    kpi: str
    value: float
    target: float
    gap: float
    distance: float
    owner: str
    reached: str
    then: float
    months: int


class Standing(NamedTuple):
    """Of a stage of a segment the target whose value stands worst by its interval, and how many targets the stage has besides."""

    kpi: str
    value: float
    target: float
    gap: float
    status: str
    others: int


@dataclass(frozen=True)
class Answer:
    """What a month comes to, of one segment or of several.

    `untold` counts the targets on few cases, hidden, or without a value this month; `absent` are the KPIs with a target for
    which the source holds no data at all.
    """

    goal: Goal | None
    revenue: Revenue | None
    reached: int
    undecided: int
    untold: int
    absent: tuple[str, ...]
    missed: tuple[Miss, ...]  # the farthest first
    first: Miss | None  # the one to look at first

    @property
    def count(self) -> int:
        """How many targets there are, but for those without data."""
        return self.reached + len(self.missed) + self.undecided + self.untold


def month_answer(measured: pd.DataFrame, catalogue: Catalogue, as_of: Month, segments: Sequence[Segment]) -> Answer:
    """Return what the month comes to, from the long table of these segments; the goal and MRR are those of the whole.

    The whole is the segment of everyone or, without it, the first. A target is missed where its whole interval lies on the
    worse side (the status off_target), or its value does for a KPI without an interval. The misses are in the order of their
    `distance`, so that what chance explains least stands first, whatever its unit and however many cases; those without an
    interval follow, by their gap as a share of the target. Ties stand in the order of the catalogue, then of `segments`.

    First to be looked at is the farthest miss of a segment with conditions: it says where. A miss of everyone comes first
    where no such segment misses any.
    """
    whole = next((one for one in segments if not one.where), segments[0])
    now = measured[(measured.month == str(as_of)) & measured.segment.isin([one.id for one in segments])]
    goals = now[now.target.notna()]
    lacking = goals.reason.fillna("").str.startswith(_NO_DATA)
    status = goals.status[~lacking].value_counts()
    told = now[now.segment == whole.id]
    missed = _in_order(
        [
            _miss(measured, catalogue.by_id[row["kpi"]], as_of, one, row)
            for one in segments
            for row in now[(now.segment == one.id) & (now.status == "off_target")].to_dict("records")
        ],
        catalogue,
    )
    parts = {one.id for one in segments if one.where}
    return Answer(
        goal=_goal(told, whole),
        revenue=_revenue(measured[measured.segment == whole.id], as_of),
        reached=int(status.get("on_target", 0)),
        undecided=int(status.get("within_interval", 0)),
        untold=int(status.drop(list(_DECIDED), errors="ignore").sum()),
        absent=tuple(kpi.id for kpi in catalogue if kpi.id in set(goals.kpi[lacking])),
        missed=missed,
        first=next((one for one in missed if one.segment in parts), missed[0] if missed else None),
    )


def standings(
    measured: pd.DataFrame, catalogue: Catalogue, as_of: Month, segments: Sequence[Segment]
) -> dict[tuple[str, str], Standing]:
    """Return how far each stage of each segment is from its targets, by segment and stage; those without a target are absent.

    Of several targets of a stage it is the one that stands worst: one missed before one that cannot be told, then one reached,
    then one on few cases; of the like of these by its value less the target, towards the better side, over the half of its
    interval that faces the target, or without an interval as a share of the target.
    """
    now = measured[(measured.month == str(as_of)) & measured.target.notna() & measured.value.notna()]
    found: dict[tuple[str, str], Standing] = {}
    for one in segments:
        for stage in Stage:
            rows = [
                row
                for row in now[now.segment == one.id].to_dict("records")
                if catalogue.by_id[row["kpi"]].stage == stage
            ]
            if rows:
                row = min(rows, key=lambda row: _standing_key(row, catalogue.by_id[row["kpi"]]))
                gap = row["value"] - row["target"]
                found[one.id, stage] = Standing(
                    row["kpi"], row["value"], row["target"], gap, row["status"], len(rows) - 1
                )
    return found


def goal_of(measured: pd.DataFrame, as_of: Month, segment: Segment) -> Goal | None:
    """Return the key goal indicator of a segment as of a month; None where it has none."""
    return _goal(measured[(measured.month == str(as_of)) & (measured.segment == segment.id)], segment)


def _standing_key(row: _Row, kpi: Kpi) -> tuple[int, float]:
    gap = (row["value"] - row["target"]) * (1 if kpi.better is Better.HIGHER else -1)
    distance = _distance(row["value"], row["target"], row["low"], row["high"])
    share = gap / abs(row["target"]) if row["target"] else gap
    return _WORST_FIRST.index(row["status"]), share if np.isnan(distance) else float(np.copysign(distance, gap))


def _goal(told: pd.DataFrame, segment: Segment) -> Goal | None:
    if segment.kgi is None:
        return None
    rows = told[told.kpi == segment.kgi.kpi].to_dict("records")
    return Goal(**{name: rows[0][name] for name in Goal._fields}) if rows else None


def _revenue(mine: pd.DataFrame, as_of: Month) -> Revenue | None:
    mrr = mine[mine.kpi == "mrr"].set_index("month")
    values = mrr.value.where(np.array([is_comparable(reason) for reason in mrr.reason], dtype=bool))
    shown = mrr.value.get(str(as_of), np.nan)
    return None if pd.isna(shown) else Revenue(shown, values[str(as_of)] - values.get(str(as_of - 1), np.nan))


def _miss(measured: pd.DataFrame, kpi: Kpi, as_of: Month, segment: Segment, row: _Row) -> Miss:
    goal, value, target = segment.target_of(kpi.id), row["value"], row["target"]
    past = _past(measured, kpi.id, as_of, segment.id)
    reached = past[(past.value - target) * (1 if kpi.better is Better.HIGHER else -1) >= 0].tail(1)
    return Miss(
        segment=segment.id, kpi=kpi.id, value=value, target=target, gap=value - target,
        distance=_distance(value, target, row["low"], row["high"]), owner=goal.owner if goal else "", months=len(past),
        reached="".join(reached.month), then=float(reached.value.iloc[0]) if len(reached) else np.nan,
    )  # fmt: skip


def _past(measured: pd.DataFrame, kpi: str, as_of: Month, segment: str) -> pd.DataFrame:
    """Return the months before this one whose value says something: not of few cases, and comparable."""
    mine = measured[(measured.segment == segment) & (measured.kpi == kpi) & (measured.month < str(as_of))]
    alike = np.array([is_comparable(reason) for reason in mine.reason], dtype=bool)
    return mine[mine.value.notna() & (mine.status != "small") & alike].sort_values("month")


def _distance(value: float, target: float, low: float, high: float) -> float:
    half = high - value if target > value else value - low
    return abs(value - target) / half if half > 0 else np.nan


def _in_order(missed: Sequence[Miss], catalogue: Catalogue) -> tuple[Miss, ...]:
    place = {kpi.id: at for at, kpi in enumerate(catalogue)}

    def key(one: Miss) -> tuple[bool, float, int]:
        alone = np.isnan(one.distance)
        share = abs(one.gap / one.target) if one.target else np.inf
        return bool(alone), -round(share if alone else one.distance, _ALIKE), place[one.kpi]

    return tuple(sorted(missed, key=key))
