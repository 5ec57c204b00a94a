"""What happens once, at a day: a row per event with the month it falls in, `event_no`.

Where an event may be told of only later, `known_no` is the month from which on it counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.month_spine import left_join_columns
from cslib.facts.states import in_order, with_first_touch
from cslib.periods import month_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibis.expr.types import Table

_LATER = 10**9  # a month number after all others


def _event(rows: Table, day: str) -> Table:
    return rows.filter(rows[day].notnull()).mutate(event_no=month_number(rows[day]))


def answers(tables: Mapping[str, Table]) -> Table:
    """Return a row per answer, by the month of the answer.

    `superseded_no` is the month in which the same respondent answers the same kind of question again, and
    `touched_on` the first touch of the customer on or after the answer.
    """
    given = _event(with_first_touch(tables["surveys"], tables["touches"]), "responded_on")
    # an answer without a respondent counts for itself
    alone = ibis.ifelse(given.respondent_id.isnull(), given.response_id, ibis.null("string"))
    order = ibis.window(
        group_by=[given.customer_id, given.kind, given.respondent_id, alone],
        order_by=in_order(given),
    )
    return given.mutate(superseded_no=given.event_no.lead().over(order).fill_null(_LATER))


def questions(tables: Mapping[str, Table]) -> Table:
    """Return a row per question, by the month it was sent; `answered_no` is the month of its answer."""
    surveys = tables["surveys"].mutate(asked_on=ibis.coalesce(_.sent_on, _.responded_on))
    answered = ibis.ifelse(surveys.score.notnull(), surveys.responded_on, ibis.null("date"))
    return _event(surveys.mutate(answered_no=month_number(answered).fill_null(_LATER)), "asked_on")


def milestones_due(tables: Mapping[str, Table]) -> Table:
    """Return a row per required milestone, by the month it is due."""
    return _event(tables["milestones"].filter(_.required), "due_on")


def goals_due(tables: Mapping[str, Table]) -> Table:
    """Return a row per goal, by the month it is due."""
    return _event(_known(tables["goals"]), "due_on")


def goals_achieved(tables: Mapping[str, Table]) -> Table:
    """Return a row per achieved goal, by the month of the achievement."""
    return _event(_known(tables["goals"]), "achieved_on")


def _known(goals: Table) -> Table:
    # some goals are recorded only when they are due or achieved already
    return goals.mutate(known_no=month_number(goals.set_on))


def proposals_closed(tables: Mapping[str, Table]) -> Table:
    """Return a row per proposal won or lost, by the month it was closed."""
    return _event(tables["proposals"].filter(_.status.isin(["won", "lost"])), "closed_on")


def starts(held: Table, once: list[tuple[str, Table]]) -> Table:
    """Return a row per customer, by the month of its first contract, with the days that come once in its life."""
    first = held.group_by("customer_id").aggregate(first_start=_.starts_on.min())
    for _origin, table in once:
        first = left_join_columns(first, table, "customer_id")
    return _event(first, "first_start")


def movements(spine: Table) -> Table:
    """Return the customer-months in which money moved, by their month."""
    return spine.filter(_.movement != "none").mutate(event_no=_.month_no).drop("month_no")
