"""What may lead: each leading figure of a customer, the direction in which it is better, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cslib.kpis.kpi import Better
from cslib.kpis.measure import version

if TYPE_CHECKING:
    from cslib.kpis import Catalogue
    from cslib.kpis.kpi import Kpi
    from cslib.settings import Policies, Settings
    from cslib.snapshot import Manifest

_CONTRACTS = "contracts.ends_on"
_RECENT = 3  # months that a count of what was recently done looks back
_BASELINE = 4  # the month, and the three that it is held against
_HALF, _ALL = 0.5, 1.0
_PASSIVE, _CONTENT = 7, 4  # of ten, and of five


@dataclass(frozen=True)
class Indicator:
    """A figure of a customer at a close: the id is that of the KPI that it is at the level of one customer, where there is one.

    `column` is one of `customer_states`, or of the customers where `own`; empty for a `kpi` of a team, which is measured of each
    customer. The direction is declared, never taken from the
    data. Customers are told in two at `limit`, the limit itself being good; without one at the median. `span` is how many
    months of data the figure stands on.
    """

    id: str
    column: str
    better: Better
    needs: tuple[str, ...]
    limit: float | None = None
    span: int = 1
    own: bool = False
    kpi: Kpi | None = None


def indicators(policies: Policies) -> tuple[Indicator, ...]:
    """Return the indicators in the order of the scenario, with the limits that the policies set, and a team's own last."""
    own = [
        Indicator(f"customers.{name}", name, Better(better), (_CONTRACTS, f"customers.{name}"), own=True)
        for name, better in policies.indicators.items()
    ]
    return (*_setup(policies), *_usage(policies), *_SATISFACTION, *_OUTCOME, *_SERVICE, *own)


def team_indicators(catalogue: Catalogue, manifest: Manifest, settings: Settings) -> tuple[Indicator, ...]:
    """Return the KPIs that a team has declared itself, those that have a value of a single customer.

    A ratio has the target of the whole portfolio for its limit; what a target asks of all customers together says nothing of one.
    """
    declared = [version(kpi, manifest) for kpi in catalogue if kpi.own]
    single = [kpi for kpi in declared if kpi.part is not None and not any(one.startswith("costs") for one in kpi.needs)]
    goals = {kpi.id: settings.total.target_of(kpi.id) for kpi in single if kpi.whole is not None}
    return tuple(
        Indicator(
            kpi.id, "", kpi.better, tuple(dict.fromkeys((_CONTRACTS, *kpi.needs))),
            limit=goal.target if (goal := goals.get(kpi.id)) else None, span=max(kpi.months, 1), kpi=kpi,
        )
        for kpi in single
    )  # fmt: skip


def _setup(policies: Policies) -> tuple[Indicator, ...]:
    done, due = "milestones.completed_on", "milestones.due_on"
    days = float(policies.onboarding_days)
    return (
        Indicator("onboarding_days", "days_to_onboard", Better.LOWER, (_CONTRACTS, done), days),
        Indicator("onboarding_on_time", "milestones_kept", Better.HIGHER, (_CONTRACTS, due, done), _ALL),
        Indicator("onboarding_overdue", "overdue_milestones", Better.LOWER, (_CONTRACTS, due, done), 0),
    )


def _usage(policies: Policies) -> tuple[Indicator, ...]:
    used, by_day, seats = (_CONTRACTS, "usage"), (_CONTRACTS, "usage.used_on"), "contracts.seats"
    weeks, kept = float(policies.adoption_weeks.active), 1 - policies.usage_decline
    return (
        Indicator("active_customers", "is_active", Better.HIGHER, used, _ALL),
        Indicator("adoption", "core_weeks", Better.HIGHER, by_day, weeks),
        Indicator("account_issuance", "accounts_per_seat", Better.HIGHER, (_CONTRACTS, seats, "users.closed_on"), _ALL),
        Indicator("seat_utilisation", "users_per_seat", Better.HIGHER, (_CONTRACTS, seats, "usage.user_id"), _HALF),
        Indicator("events_per_seat", "events_per_seat", Better.HIGHER, (*used, seats)),
        Indicator("stickiness", "daily_share_of_users", Better.HIGHER, (*by_day, "usage.user_id")),
        Indicator("feature_breadth", "share_of_features", Better.HIGHER, used, _HALF),
        Indicator("usage_decline", "events_to_before", Better.HIGHER, used, kept, _BASELINE),
        Indicator("time_to_first_value", "days_to_first_use", Better.LOWER, by_day),
    )


_ANSWERS = (_CONTRACTS, "surveys.score", "surveys.responded_on")
_TICKETS = (_CONTRACTS, "tickets.severity", "tickets.resolved_at")
_SATISFACTION = (
    Indicator("nps", "latest_nps", Better.HIGHER, _ANSWERS, _PASSIVE),
    Indicator("csat", "latest_csat", Better.HIGHER, _ANSWERS, _CONTENT),
    Indicator("complaint_free", "is_complaint_free", Better.HIGHER, (*_TICKETS, *_ANSWERS[1:], "touches"), _ALL),
    Indicator("severe_tickets", "grave_tickets", Better.LOWER, _TICKETS, 0),
    Indicator("advocates", "is_advocate", Better.HIGHER, (_CONTRACTS, "voices.rating"), _ALL),
)
_OUTCOME = (
    Indicator("goal_coverage", "has_goal", Better.HIGHER, (_CONTRACTS, "goals"), _ALL),
    Indicator("customers_with_outcome", "has_outcome", Better.HIGHER, (_CONTRACTS, "goals.achieved_on"), _ALL),
)
_SERVICE = (
    Indicator("touches", "touches_3m", Better.HIGHER, (_CONTRACTS, "touches"), span=_RECENT),
    Indicator("tickets", "tickets_3m", Better.LOWER, (_CONTRACTS, "tickets"), span=_RECENT),
    Indicator("programme", "has_joined", Better.HIGHER, (_CONTRACTS, "programmes"), _ALL),
)
