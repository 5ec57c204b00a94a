"""What is known of a customer at each month's close, besides its contracts: each state a small table to join."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.month_spine import expand_to_months, left_join_columns, plus_days
from cslib.periods import month_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibis.expr.types import Table, Value

    from cslib.settings import Policies

_GOOD_RATING = 4
_WINDOW_OF_VOICES = 12
FOLLOW_UP_DAYS = 14
DETRACTOR = 6


def one_time_dates(tables: Mapping[str, Table]) -> list[tuple[str, Table]]:
    """Return the tables of days that come once in a customer's life, each with its customer_id, paired with the name of its table.

    first_milestone_on, onboarded_on (all required milestones done; null while one is open or none is required),
    first_core_use, first_goal_on, first_outcome_on (the first day on which a goal was both set and achieved).
    """
    needed = tables["milestones"].filter(_.required)
    open_ones = needed.completed_on.isnull().sum()
    done_on = ibis.ifelse(open_ones == 0, needed.completed_on.max(), ibis.null("date"))
    reached = tables["goals"].mutate(reached_on=ibis.ifelse(_.achieved_on < _.set_on, _.set_on, _.achieved_on))
    first_goal = reached.group_by("customer_id").aggregate(
        first_goal_on=_.set_on.min(), first_outcome_on=_.reached_on.min()
    )
    return [
        ("milestones", tables["milestones"].group_by("customer_id").aggregate(first_milestone_on=_.completed_on.min())),
        ("milestones", needed.group_by("customer_id").aggregate(onboarded_on=done_on)),
        ("usage_starts", tables["usage_starts"].select("customer_id", "first_core_use")),
        ("goals", first_goal),
        ("customers", tables["customers"].select("customer_id", "reference_permission", "acquisition_cost")),
    ]


def monthly_states(tables: Mapping[str, Table], months: Table, policies: Policies) -> list[tuple[str, Table]]:
    """Return the tables of counts per customer and month, each paired with the name of its table."""
    overdue = tables["milestones"].filter(_.required, _.due_on.notnull())
    severe = tables["tickets"].filter(_.severity.isin(["high", "urgent"]))
    without_follow_up = _detractors_without_follow_up(tables)
    return [
        ("usage_months", _usage(tables["usage_months"])),
        ("usage_weeks", _core_weeks(tables["usage_weeks"], months, policies.adoption_weeks.of)),
        ("users", _open_at_close(tables["users"], months, "accounts", "issued_on", "closed_on")),
        ("milestones", _open_at_close(overdue, months, "overdue_milestones", "due_on", "completed_on")),
        ("tickets", _open_at_close(severe, months, "grave_tickets", "opened_at", "resolved_at")),
        ("surveys", _open_at_close(without_follow_up, months, "unheard_detractors", "since", "touched_on")),
        ("voices", _advocacy(tables["voices"], months)),
        ("surveys", latest_score(tables["surveys"], months, "nps")),
    ]


def _usage(usage: Table) -> Table:
    """Return the month's usage and the mean events of the three months before."""
    months = usage.select("customer_id", "month_no", "events", "users", "user_days", "core_features")
    shifted = [usage.select("customer_id", month_no=usage.month_no + back, before=usage.events) for back in (1, 2, 3)]
    past = ibis.union(*shifted).group_by(["customer_id", "month_no"]).aggregate(events_3m_before=_.before.sum())
    joined = months.outer_join(past, ["customer_id", "month_no"])
    return joined.select(
        customer_id=ibis.coalesce(joined.customer_id, joined.customer_id_right),
        month_no=ibis.coalesce(joined.month_no, joined.month_no_right),
        **{name: joined[name] for name in ("events", "users", "user_days", "core_features", "events_3m_before")},
    )


def _core_weeks(weeks: Table, months: Table, of: int) -> Table:
    within = (weeks.week <= months.last_week) & (weeks.week > plus_days(months.last_week, -7 * of))
    return weeks.join(months, within).group_by(["customer_id", "month_no"]).aggregate(core_weeks=_.count())


def _open_at_close(rows: Table, months: Table, name: str, since: str, until: str) -> Table:
    """Return how many rows are open at each close: begun by the month's last day and not yet ended by it."""
    begun = rows.filter(rows[since].notnull())
    spans = begun.select("customer_id", since=month_number(begun[since]), until=month_number(begun[until]))
    return (
        expand_to_months(spans, months, "since", "until")
        .group_by(["customer_id", "month_no"])
        .aggregate(**{name: _.count()})
    )


def _detractors_without_follow_up(tables: Mapping[str, Table]) -> Table:
    """Return the detractor answers from the day they have waited 14 days, until the first touch since the answer."""
    answers = with_first_touch(tables["surveys"], tables["touches"]).filter(_.kind == "nps", _.score <= DETRACTOR)
    return answers.select("customer_id", "touched_on", since=plus_days(answers.responded_on, FOLLOW_UP_DAYS))


def with_first_touch(surveys: Table, touches: Table) -> Table:
    """Return the answers, each with the day of the customer's first touch on or after it (`touched_on`)."""
    answers = surveys.filter(_.responded_on.notnull(), _.score.notnull())
    contacts = touches.select(touched="customer_id", occurred_on=_.occurred_on)
    after = answers.join(
        contacts, [answers.customer_id == contacts.touched, contacts.occurred_on >= answers.responded_on]
    )
    first = after.group_by("response_id").aggregate(touched_on=_.occurred_on.min())
    return left_join_columns(answers, first, "response_id")


def _advocacy(voices: Table, months: Table) -> Table:
    speaks = (voices.channel != "review") | (voices.rating >= _GOOD_RATING)
    heard = voice_months(voices.filter(speaks), months)
    return heard.group_by(["customer_id", "month_no"]).aggregate(advocacy=_.count())


def voice_months(voices: Table, months: Table) -> Table:
    """Return a row per voice and month in which it still counts, the twelve months from its own on."""
    spoken = voices.mutate(since=month_number(voices.posted_on))
    return expand_to_months(spoken.mutate(until=spoken.since + _WINDOW_OF_VOICES), months, "since", "until")


def in_order(answers: Table) -> list[Value]:
    """Return the order of answers: by their time, and where that is equal, by ids, as numbers if they are such."""
    moment = ibis.coalesce(answers.responded_moment, answers.responded_on.cast("timestamp"))
    return [moment, answers.response_id.try_cast("int64"), answers.response_id]


def latest_score(surveys: Table, months: Table, kind: str, within: int | None = None) -> Table:
    """Return the latest answer of one kind that each customer had given by each close, as `latest_<kind>`.

    With `within` an answer counts for so many closes, that of its own month included, and then there is none.
    """
    answers = surveys.filter(_.kind == kind, _.responded_on.notnull(), _.score.notnull())
    order = ibis.window(group_by="customer_id", order_by=in_order(answers))
    name = f"latest_{kind}"
    since, until = month_number(answers.responded_on), month_number(answers.responded_on.lead().over(order))
    if within is not None:
        until = ibis.least(ibis.coalesce(until, since + within), since + within)
    spans = answers.select("customer_id", since=since, until=until, **{name: answers.score})
    return expand_to_months(spans, months, "since", "until").select("customer_id", "month_no", name)
