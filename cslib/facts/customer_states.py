"""How each customer under contract stands at each close, in figures that can be set beside what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.month_spine import expand_to_months
from cslib.facts.states import latest_score
from cslib.periods import month_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from ibis.expr.types import BooleanValue, DateValue, NumericValue, Table

RECENT_MONTHS = 3
_COUNTS = ("required_milestones", "due_milestones", "kept_milestones", "touches_3m", "tickets_3m", "programmes_joined")
_QUARTER = 3  # months that a month's events are held against
_YEAR = 12


def further_states(tables: Mapping[str, Table], months: Table) -> list[tuple[str, Table]]:
    """Return what `customer_months` does not hold of a customer in a month, each table behind the name of what it is made of."""
    needed = tables["milestones"].filter(_.required)
    kept = (needed.completed_on <= needed.due_on).fill_null(False).cast("int64")  # noqa: FBT003
    due = needed.mutate(kept=kept).filter(_.due_on.notnull())
    return [
        ("milestones", _to_date(due, months, "due_on", due_milestones=_.count(), kept_milestones=_.kept.sum())),
        ("surveys", latest_score(tables["surveys"], months, "csat")),
        ("surveys", latest_score(tables["surveys"], months, "nps", within=_YEAR).rename(recent_nps="latest_nps")),
        ("touches", _recent(tables["touches"], months, "occurred_on", "touches_3m")),
        ("tickets", _recent(tables["tickets"], months, "opened_at", "tickets_3m")),
        ("programmes", _to_date(tables["programmes"], months, "started_on", programmes_joined=_.count())),
    ]


def required_milestones(milestones: Table) -> Table:
    """Return how many milestones onboarding waits for, of the customers that have any."""
    return milestones.filter(_.required).group_by("customer_id").aggregate(required_milestones=_.count())


def _to_date(rows: Table, months: Table, day: str, **sums: ibis.Deferred) -> Table:
    """Return sums per customer and month over the rows whose `day` lies by the month's end."""
    dated = rows.mutate(since=month_number(rows[day]), until=ibis.null("int64"))
    return expand_to_months(dated, months, "since", "until").group_by(["customer_id", "month_no"]).aggregate(**sums)


def _recent(rows: Table, months: Table, day: str, name: str) -> Table:
    """Return how many rows fall in each month and the two before."""
    since = month_number(rows[day])
    dated = rows.select("customer_id", since=since, until=since + RECENT_MONTHS)
    counted = expand_to_months(dated, months, "since", "until").group_by(["customer_id", "month_no"])
    return counted.aggregate(**{name: _.count()})


def customer_states(rows: Table, keys: Sequence[str], usage_begins: date) -> Table:
    """Return a row per customer and month under contract: each figure as it was known at the close, null where it was not.

    `rows` are those of `customer_months` under contract, with the further states. Shares and ratios are plain numbers, flags
    are truths. Days until something are those it took; while it is open they are the days so far, and unknown until the
    limit `onboarding_days` has passed, since before it an open case is neither quick nor slow. When a customer first used
    something is not known of one whose contract is older than the record of usage, which begins on `usage_begins`.
    """
    known = rows.mutate(**{name: rows[name].fill_null(0) for name in _COUNTS})
    seats = known.seats.nullif(0)
    waits = known.required_milestones > 0
    steady = (known.closes_3m_before == _QUARTER) & (known.events_3m_before > 0)
    recorded = known.first_start >= usage_begins
    whole_weeks = known.last_day.delta(known.stint_start, unit="day") + 1 >= 7 * known.adoption_of
    figures = {
        "days_to_onboard": ibis.ifelse(waits, _days_until(known, known.onboarded_on), ibis.null("int64")),
        "milestones_kept": known.kept_milestones / known.due_milestones.nullif(0),
        "days_to_first_use": ibis.ifelse(recorded, _days_until(known, known.first_core_use), ibis.null("int64")),
        "core_weeks": ibis.ifelse(whole_weeks, known.core_weeks, ibis.null("int64")),
        "accounts_per_seat": known.accounts / seats,
        "users_per_seat": known.users / seats,
        "events_per_seat": known.events / seats,
        "daily_share_of_users": known.user_days / known.days / known.users.nullif(0),
        "share_of_features": known.core_features / known.core_feature_count.nullif(0),
        "events_to_before": ibis.ifelse(steady, known.events * _QUARTER / known.events_3m_before, ibis.null("float64")),
    }
    counts = (
        "latest_nps",
        "recent_nps",
        "latest_csat",
        "overdue_milestones",
        "grave_tickets",
        "touches_3m",
        "tickets_3m",
    )
    flags = {
        "is_onboarded": _by_the_close(known, known.onboarded_on),
        "is_active": known.events > 0,
        "is_complaint_free": (known.grave_tickets == 0) & (known.unheard_detractors == 0),
        "is_advocate": known.advocacy > 0,
        "has_goal": _by_the_close(known, known.first_goal_on),
        "has_outcome": _by_the_close(known, known.first_outcome_on),
        "has_joined": known.programmes_joined > 0,
    }
    return known.select(
        *keys,
        "month_no",
        "month",
        "last_day",
        "closing_mrr",
        "months_under_contract",
        **{name: figure.cast("float64") for name, figure in figures.items()},
        **{name: known[name].cast("float64") for name in counts},
        **flags,
    )


def _by_the_close(known: Table, day: DateValue) -> BooleanValue:
    return (day <= known.last_day).fill_null(False)  # noqa: FBT003


def _days_until(known: Table, day: DateValue) -> NumericValue:
    so_far = known.last_day.delta(known.first_start, unit="day")
    taken = ibis.greatest(day.delta(known.first_start, unit="day"), 0)
    late = ibis.ifelse(so_far >= known.onboarding_days, so_far, ibis.null("int64"))
    return ibis.ifelse(_by_the_close(known, day), taken, late)
