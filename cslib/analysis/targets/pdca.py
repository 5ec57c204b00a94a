"""What the team decided to do, how far each action has come, and what has become of its expectation: plan, do, check, act."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cslib.analysis.effect.effect import effect
from cslib.analysis.figures.significance import alike_in_days
from cslib.analysis.targets.aims import YEAR, aims, aims_of_others
from cslib.kpis import reasons
from cslib.kpis.kpi import Better
from cslib.kpis.measure import version
from cslib.periods import Month
from cslib.settings import owns
from cslib.stats.expectation import Span, baseline, came

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.analysis.inquiry import Inquiry
    from cslib.kpis.kpi import Kpi
    from cslib.settings import Action

CHANGE, OUTSIDE, DIFFERENCE = (
    ("change", "low", "high"),
    ("outside", "outside_low", "outside_high"),
    ("difference", "difference_low", "difference_high"),
)
FIGURES = ("baseline", "value", *CHANGE, "expected", *OUTSIDE, *DIFFERENCE)
COLUMNS = (
    "segment", "month", "action", "name_ja", "name_en", "state", "kpi", "owner", "started_on", "expected_by", "review_on", "decided_on",
    "decision", *FIGURES, "bad_stretch", "lacks", "programme", "programme_verdict", "verdict", "reason",
)  # fmt: skip
TOO_EARLY, CANNOT_TELL = "too_early", "cannot_tell"
NO_TARGET, OWNER_LEFT = "no_target", "owner_left"
INTERNAL = "internal: for the team alone"
IDLE = "idle: no action is written down"
BARE = "bare: the figure has no interval"
CALENDAR = "calendar: no close before has as many days and working days"
# what the analysis of programmes calls the figure that a KPI is
_OUTCOMES = {
    "adoption": "adoption",
    "nps": "nps",
    "customer_churn": "lost_6",
    "customer_retention": "lost_12",
    "nrr": "mrr_retained",
}
_WORST = 0.2


class State(StrEnum):
    """How far an action has come, what asks for a decision first."""

    OVERDUE = "overdue"
    RUNNING = "running"
    PLANNED = "planned"
    DECIDED = "decided"


def state(action: Action, as_of: Month) -> State:
    """Return how far an action has come at the close of a month; what was decided later has not been decided."""
    if action.decision is not None and action.decision.on <= as_of.last_day:
        return State.DECIDED
    if action.started_on > as_of.last_day:
        return State.PLANNED
    return State.OVERDUE if action.review_on <= as_of.last_day else State.RUNNING


def pdca(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and action of actions.yaml: `COLUMNS`; figures are nan, and the verdict cannot_tell, where `reason` says why.

    `baseline` is the mean of the KPI at the closes before the start (`closes_before`), `value` the KPI at the close, `change` the difference with its
    95 % interval, `outside` the same of everyone outside the segment, `difference` what lies between the two. `expected` is the
    change that was expected by now: in proportion to the months since the start, until `expected_by`. `verdict` is too_early until
    the KPI's window has passed after the start, then how `change` lies to `expected` (`Came`): never a proof of effect.
    `bad_stretch`: the baseline lies in the worst fifth of the twelve closes before, so that part of a change would have come by
    itself. `programme_verdict` is that of `effect` where the action is a programme and its figure this KPI's. `lacks` are words for
    what else is amiss: no_target, owner_left. What is overdue comes first. A segment without an action has one row with the
    reason; outsiders are told nothing.
    """
    settings = inquiry.settings
    found: list[dict[str, Any]] = []
    for segment in sorted(inquiry.segments):
        mine = [] if inquiry.facts.discreet else [one for one in settings.actions if one.segment == segment]
        rows = [_Checked(one, inquiry).row for one in mine]
        nothing = {"reason": INTERNAL if inquiry.facts.discreet else IDLE}
        found += [{**row, "segment": segment} for row in rows or [nothing]]
    table = pd.DataFrame(found).reindex(columns=list(COLUMNS)).assign(month=str(inquiry.as_of))
    texts = [name for name in COLUMNS if name not in {*FIGURES, "bad_stretch"}]
    table[texts] = table[texts].astype(object).where(table[texts].notna(), "")
    typed = table.astype({**dict.fromkeys(FIGURES, "float64"), "bad_stretch": "boolean"})
    place = {str(one): at for at, one in enumerate(State)}
    by = typed.assign(place=typed.state.map(place)).sort_values(
        ["segment", "place", "review_on", "action"], kind="stable"
    )
    return by[list(COLUMNS)].reset_index(drop=True)


@dataclass(frozen=True)
class _Course:
    """A KPI of some customers by month: its figures, and why there are none."""

    rows: pd.DataFrame  # by month: value, low, high, n, status, reason

    @classmethod
    def of(cls, table: pd.DataFrame, segment: str, kpi: str) -> _Course:
        mine = table[(table.segment == segment) & (table.kpi == kpi)]
        return cls(mine.set_index("month"))

    def value(self, month: Month) -> float:
        return float(self.rows.value[str(month)]) if str(month) in self.rows.index else np.nan

    def span(self, month: Month) -> Span:
        """Return a figure; an end that was not reached bounds nothing."""
        if np.isnan(value := self.value(month)):
            return Span(np.nan, np.nan, np.nan)
        low, high = float(self.rows.low[str(month)]), float(self.rows.high[str(month)])
        return Span(value, low, np.inf if np.isnan(high) and not np.isnan(low) else high)

    def lacks(self, months: Sequence[Month]) -> str:
        """Return why these months cannot be judged together; an empty text where they can."""
        held = [str(month) for month in months if str(month) in self.rows.index]
        told = self.rows.loc[held]
        untold = told[told.value.isna()]
        if len(untold):
            return str(untold.reason.iloc[-1])
        if len(held) < len(months):
            return f"{reasons.SHORT}: {len(held)} of {len(months)} months"
        if (told.status == "small").any():
            return "small: few cases"
        return BARE if told.low.isna().all() else ""


def closes_before(kpi: Kpi, start: Month, now: Month, most: int) -> list[Month]:
    """Return the closes before a start that a figure of `now` is held against, oldest first: the `most` last ones.

    Of a KPI that hangs on the days of a month, those of the year before the start with as many days and working days as `now`,
    of which there may be none.
    """
    back = YEAR if kpi.by_day else most
    closes = [start - each for each in range(back, 0, -1)]
    return [each for each in closes if alike_in_days(kpi, now, each)][-most:]


class _Checked:
    """An action at the close of a month."""

    def __init__(self, action: Action, inquiry: Inquiry) -> None:
        self._action, self._inquiry, self._now = action, inquiry, inquiry.as_of
        self._start = Month.of(action.started_on)
        self._kpi: Kpi = version(inquiry.catalogue.by_id[action.kpi], inquiry.facts.manifest)
        self._before = closes_before(self._kpi, self._start, self._now, action.baseline.months)
        self._own = _Course.of(inquiry.once(aims), action.segment, action.kpi)

    @property
    def row(self) -> dict[str, Any]:
        action, now = self._action, self._now
        stage, decided = state(action, now), action.decision
        told = (
            {}
            if decided is None or stage is not State.DECIDED
            else {"decided_on": str(decided.on), "decision": decided.what}
        )
        return {
            "action": action.id, "name_ja": action.name.ja, "name_en": action.name.en, "state": str(stage), "kpi": action.kpi,
            "owner": action.owner, "started_on": str(action.started_on), "expected_by": action.expected.by,
            "review_on": str(action.review_on), "programme": action.programme, "value": self._own.value(now),
            "lacks": " ".join(self._lacks()), **told, **({} if self._start > now else self._since_start()), **self._verdict(),
        }  # fmt: skip

    def _since_start(self) -> dict[str, Any]:
        changed = self._changed(self._own)
        others = self._changed(_Course.of(self._inquiry.once(aims_of_others), self._action.segment, self._action.kpi))
        return {
            "baseline": self._baseline(self._own).value, "expected": self._expected, "bad_stretch": self._bad_stretch,
            "programme_verdict": self._programme_verdict(), **_told(CHANGE, changed), **_told(OUTSIDE, others),
            **_told(DIFFERENCE, changed.less(others)),
        }  # fmt: skip

    def _verdict(self) -> dict[str, str]:
        """Return how the change lies to the expectation, or why that cannot be told."""
        if self._now < self._start + self._kpi.window + 1:
            return {"verdict": TOO_EARLY}
        lacks = self._own.lacks([*self._before, self._now]) if self._before else CALENDAR
        if lacks:
            return {"verdict": CANNOT_TELL, "reason": lacks}
        better = 1 if self._kpi.better is Better.HIGHER else -1
        return {"verdict": str(came(self._changed(self._own), self._expected, better))}

    def _baseline(self, course: _Course) -> Span:
        return baseline([course.span(month) for month in self._before], self._kpi.window)

    def _changed(self, course: _Course) -> Span:
        return course.span(self._now).less(self._baseline(course))

    @property
    def _expected(self) -> float:
        """The change expected by now: all of it from the month on by which it was expected, in proportion before."""
        wanted, since = self._action.expected, self._now.number - self._start.number
        whole = wanted.change if wanted.value is None else wanted.value - self._baseline(self._own).value
        return float(whole or 0) * min(1.0, since / (Month.parse(wanted.by).number - self._start.number))

    @property
    def _bad_stretch(self) -> bool | None:
        """Whether it began in a bad stretch; None where a close of the year before is not known."""
        turn = 1 if self._kpi.better is Better.HIGHER else -1
        year = turn * np.array([self._own.value(self._start - back) for back in range(1, YEAR + 1)])
        base = turn * self._baseline(self._own).value
        return None if np.isnan(year).any() or np.isnan(base) else bool(base <= np.quantile(year, _WORST))

    def _programme_verdict(self) -> str:
        action, outcome = self._action, _OUTCOMES.get(self._action.kpi)
        if not action.programme or outcome is None:
            return ""
        table = self._inquiry.once(effect)
        mine = (table.segment == action.segment) & (table.programme == action.programme) & (table.outcome == outcome)
        return next(iter(table.verdict[mine]), "")

    def _lacks(self) -> list[str]:
        settings, action = self._inquiry.settings, self._action
        segment = next(one for one in settings.segments if one.id == action.segment)
        no_target = [] if segment.target_of(action.kpi) else [NO_TARGET]
        left = settings.team.people and not owns(settings.team, action.owner, self._now)
        return [*no_target, *([OWNER_LEFT] if left else [])]


def _told(names: Sequence[str], span: Span) -> dict[str, float]:
    """Return a figure under its names; an end without bound is no number."""
    return {
        name: value if np.isfinite(value) else np.nan
        for name, value in zip(names, (span.value, span.low, span.high), strict=True)
    }
