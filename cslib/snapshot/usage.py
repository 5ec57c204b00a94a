"""Usage, summed up where it lies: of millions of events only totals per customer and month cross over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.periods import month_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr.types import Table

USAGE_SCHEMAS = {
    "usage_months": {
        "customer_id": "string", "month_no": "int64", "events": "int64", "users": "int64", "user_days": "int64",
        "core_features": "int64",
    },
    "usage_weeks": {"customer_id": "string", "week": "date"},
    "usage_starts": {"customer_id": "string", "first_core_use": "date"},
    "features": {"feature": "string", "first_used_on": "date"},
}  # fmt: skip


def usage_totals(usage: Table, core_features: Sequence[str]) -> dict[str, Table]:
    """Return the tables that stand for `usage` in a snapshot. Without `core_features` every feature is core.

    usage_months: customer_id, month_no, events, users, user_days, core_features (each a count).
    usage_weeks: customer_id, week (its Monday): weeks in which a core feature was used.
    usage_starts: customer_id, first_core_use.
    features: feature, first_used_on, by anyone (core features only).
    """
    core = usage.feature.isin(list(core_features)) if core_features else ibis.literal(value=True)
    used = usage.mutate(core=core).filter(_.events > 0)
    # two passes in the shape that keeps distinct counts cheap: first a row per customer, user and day
    days = (
        used.group_by("customer_id", "user_id", "used_on").aggregate(events=_.events.sum(), core=_.core.max()).cache()
    )
    features = (
        used.filter(_.core)
        .group_by("customer_id", "feature", month_no=month_number(_.used_on))
        .aggregate(first_used_on=_.used_on.min())
        .cache()
    )
    return {
        "usage_months": _months(days, features),
        "usage_weeks": days.filter(_.core)
        .select("customer_id", week=_.used_on.cast("timestamp").truncate("W").date())
        .distinct(),
        "usage_starts": features.group_by("customer_id").aggregate(first_core_use=_.first_used_on.min()),
        "features": features.group_by("feature").aggregate(first_used_on=_.first_used_on.min()),
    }


def _months(days: Table, features: Table) -> Table:
    months = days.group_by("customer_id", month_no=month_number(_.used_on)).aggregate(
        # the engine's sum is wider than Ibis believes, so that a plain cast would be left out
        events=_.events.sum().cast("float64").cast("int64"),
        users=_.user_id.nunique(),
        user_days=_.user_id.count(),
    )
    breadth = features.group_by("customer_id", "month_no").aggregate(core_features=_.count())
    joined = months.left_join(breadth, ["customer_id", "month_no"])
    return joined.select(*months.columns, core_features=joined.core_features.fill_null(0))
