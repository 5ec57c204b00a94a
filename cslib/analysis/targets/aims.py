"""The figures of the KPIs that something is wanted of, a target or a change by an action, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.kpis.measure import measure
from cslib.kpis.reasons import is_comparable
from cslib.kpis.targets import with_status
from cslib.periods import Month, months_up_to

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cslib.analysis.inquiry import Inquiry
    from cslib.settings import Action

YEAR = 12


def aims(inquiry: Inquiry) -> pd.DataFrame:
    """Return the long table of the KPIs with a target or an action, in every segment, as far back as either is looked at.

    A figure of fewer months of data than it stands on, or one that grows with the data, has no value here: it is compared
    with none.
    """
    kpis, months = _wanted(inquiry), _months(inquiry, inquiry.settings.actions)
    if inquiry.measured is not None:
        table = inquiry.measured(max(months, inquiry.settings.report.months))
        return _comparable(table[table.kpi.isin(kpis)].reset_index(drop=True))
    targets = {
        (one.id, kpi): goal.target for one in inquiry.settings.segments for kpi in kpis if (goal := one.target_of(kpi))
    }
    found = measure(inquiry.facts, inquiry.catalogue.find(kpis), _span(inquiry, months))
    return _comparable(with_status(found, targets, inquiry.catalogue.by_id, inquiry.facts.policies.min_n))


def aims_of_others(inquiry: Inquiry) -> pd.DataFrame:
    """Return what `aims` does of the KPIs with an action, of everyone outside the segment of the action.

    Costs name no customer, so that they cannot be told of everyone outside.
    """
    mine = [one for one in _of_segments(inquiry) if _told_outside(one, inquiry)]
    if not mine:
        return pd.DataFrame(columns=["segment", "month", "kpi"])
    kpis = inquiry.catalogue.find(dict.fromkeys(one.kpi for one in mine))
    others = inquiry.facts.of_others([*dict.fromkeys(one.segment for one in mine)])
    found = measure(others, kpis, _span(inquiry, _months(inquiry, mine)))
    return _comparable(with_status(found, {}, inquiry.catalogue.by_id, inquiry.facts.policies.min_n))


def _of_segments(inquiry: Inquiry) -> list[Action]:
    total = inquiry.settings.total.id
    return [one for one in inquiry.settings.actions if one.segment in inquiry.segments and one.segment != total]


def _told_outside(action: Action, inquiry: Inquiry) -> bool:
    return not any(need.startswith("costs") for need in inquiry.catalogue.by_id[action.kpi].needs)


def _wanted(inquiry: Inquiry) -> list[str]:
    settings = inquiry.settings
    named = {one.kpi for one in settings.actions}
    return [
        name
        for name in inquiry.catalogue.by_id
        if name in named or any(one.target_of(name) for one in settings.segments)
    ]


def _months(inquiry: Inquiry, actions: Iterable[Action]) -> int:
    """Return how many months are looked at: a year, or from a year before the earliest start on."""
    back = [inquiry.as_of.number - Month.of(one.started_on).number + max(YEAR, one.baseline.months) for one in actions]
    return max([YEAR, *(months + 1 for months in back)])


def _span(inquiry: Inquiry, months: int) -> tuple[Month, ...]:
    held = inquiry.as_of.number - inquiry.facts.manifest.first.number + 1
    return months_up_to(inquiry.as_of, min(months, max(held, 1)))


def _comparable(table: pd.DataFrame) -> pd.DataFrame:
    alike = np.array([is_comparable(reason) for reason in table.reason], dtype=bool)
    return table.assign(value=table.value.where(alike))
