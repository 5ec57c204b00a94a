"""What there is to know of a customer before it is called: contract end, last use and touch, last answer, what is overdue."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import ibis
import pandas as pd
from ibis import _

from cslib.analysis.terms_at_close import terms_in_force, terms_so_far
from cslib.facts.states import in_order
from cslib.kpis.kpi import Stage

if TYPE_CHECKING:
    from ibis.expr.types import Table

    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month

COLUMNS = ("ends_on", "last_use", "last_touch", "asked", "score", "answered_on", "comment", "step_due", "goal_due")
_DUE = {Stage.SETUP: "step_due", Stage.OUTCOME: "goal_due"}


def contacts(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return how each customer stood at the close of a month, by customer_id: `COLUMNS`, missing where nothing is known.

    ends_on: the day on which the first of its terms ends, as known then; of a customer without contract the day on which the
    last one ended. last_use: the last month with use, YYYY-MM. last_touch: a day. asked (nps, csat, ces), score, answered_on and
    comment of the last answer. step_due and goal_due: when the first required milestone, or goal, that is still open was or
    is to be done. Days are YYYY-MM-DD. Nothing later than the month is looked at.
    """
    seen = [_last_use(facts, as_of), _last_touch(facts, as_of), _last_answer(facts, as_of), *_open(facts, as_of)]
    frames = [_ends(facts, as_of), *(one.to_pyarrow().to_pandas().set_index("customer_id") for one in seen)]
    return reduce(lambda one, other: one.join(other, how="outer"), frames)[list(COLUMNS)]


def with_due(known: pd.DataFrame, kpi: Kpi, as_of: Month) -> pd.DataFrame:
    """Return `contacts` with due_on and days_late (nan before the day) of what a KPI's stage waits for; without, in other stages."""
    told = known.drop(columns=[*_DUE.values()])
    if kpi.stage not in _DUE:
        return told
    due = known[_DUE[kpi.stage]]
    late = (pd.Timestamp(as_of.last_day) - pd.to_datetime(due)).dt.days
    return told.assign(due_on=due, days_late=late.where(late > 0))


def _ends(facts: Facts, as_of: Month) -> pd.DataFrame:
    so_far = terms_so_far(facts, as_of)
    is_latest = as_of.number >= facts.manifest.last_told.number
    held = terms_in_force(so_far, as_of, as_read=is_latest)
    first = held.groupby("customer_id").ends_on.min()
    gone = so_far[~so_far.customer_id.isin(held.customer_id)].groupby("customer_id").recorded.max()
    return pd.concat([first, gone]).dt.strftime("%Y-%m-%d").rename_axis("customer_id").to_frame("ends_on")


def _last_use(facts: Facts, as_of: Month) -> Table:
    used = facts.tables["usage_months"].filter(_.month_no <= as_of.number, _.events > 0)
    last = used.group_by("customer_id").aggregate(month_no=_.month_no.max())
    return last.join(facts.months, "month_no").select("customer_id", last_use=_.month)


def _last_touch(facts: Facts, as_of: Month) -> Table:
    seen = facts.tables["touches"].filter(_.occurred_on <= as_of.last_day)
    return seen.group_by("customer_id").aggregate(last_touch=_.occurred_on.max().cast("string"))


def _last_answer(facts: Facts, as_of: Month) -> Table:
    given = facts.tables["surveys"].filter(_.score.notnull(), _.responded_on <= as_of.last_day)
    latest = ibis.window(group_by="customer_id", order_by=[ibis.desc(part) for part in in_order(given)])
    last = given.mutate(place=ibis.row_number().over(latest)).filter(_.place == 0)
    return last.select(
        "customer_id", "score", "comment", asked=_.kind, answered_on=_.responded_on.cast("string")
    )  # fmt: skip


def _open(facts: Facts, as_of: Month) -> tuple[Table, Table]:
    steps, goals, close = facts.tables["milestones"], facts.tables["goals"], as_of.last_day
    steps = steps.filter(_.required, _.completed_on.isnull() | (_.completed_on > close))
    goals = goals.filter(_.set_on <= close, _.achieved_on.isnull() | (_.achieved_on > close))
    due = _.due_on.min().cast("string")
    return (
        steps.group_by("customer_id").aggregate(step_due=due),
        goals.group_by("customer_id").aggregate(goal_due=due),
    )
