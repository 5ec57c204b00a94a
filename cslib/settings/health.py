"""health.yaml: what the health score of a customer is made of."""

from __future__ import annotations

from types import MappingProxyType

from pydantic import Field, field_validator, model_validator

from cslib.settings.fields import Number, Strict

OWN = "customers."  # before the name of a column of the customers that `indicators` of policies.yaml names
COMPONENTS = (
    "onboarding_days", "onboarding_on_time", "onboarding_overdue", "active_customers", "adoption", "account_issuance",
    "seat_utilisation", "events_per_seat", "stickiness", "feature_breadth", "usage_decline", "time_to_first_value", "nps", "csat",
    "complaint_free", "severe_tickets", "advocates", "goal_coverage", "customers_with_outcome", "touches", "tickets", "programme",
)  # fmt: skip
"""The figures of a customer that a score may be made of: the ids of the indicators, which are declared further up."""


class Component(Strict):
    """A figure of a customer as a part of the score: worth 0 at `bad` and beyond, 100 at `good` and beyond, in between by a line.

    Both are in the unit of the figure. What counts is set, not taken from the data: a percentile would move with the others.
    """

    bad: Number
    good: Number
    weight: Number = Field(ge=0, le=1e6)

    @model_validator(mode="after")
    def _apart(self) -> Component:
        if self.bad == self.good:
            raise ValueError(f"wanted bad and good to differ; found {self.bad:g} for both")
        return self


class Bands(Strict):
    """The scores from which on a customer is yellow, and green; below yellow it is red."""

    yellow: Number = Field(default=50, gt=0, lt=100)
    green: Number = Field(default=70, gt=0, le=100)

    @model_validator(mode="after")
    def _in_order(self) -> Bands:
        if self.yellow >= self.green:
            raise ValueError(f"wanted yellow below green; found yellow {self.yellow:g} and green {self.green:g}")
        return self


class Known(Strict):
    """The share of the weight that must be known, or there is no score, or it is not green.

    Without it, a table that stops coming would raise the score of whoever was bad in it.
    """

    score: Number = Field(default=0.5, gt=0, le=1)
    green: Number = Field(default=0.7, gt=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> Known:
        if self.green < self.score:
            raise ValueError(
                f"wanted green to ask for as much as score; found score {self.score:g}, green {self.green:g}"
            )
        return self


DEFAULTS = MappingProxyType({
    "onboarding_days": Component(bad=180, good=30, weight=15),
    "adoption": Component(bad=0, good=4, weight=15),
    "seat_utilisation": Component(bad=0.2, good=0.8, weight=15),
    "feature_breadth": Component(bad=0.125, good=0.75, weight=10),
    "usage_decline": Component(bad=0.5, good=1, weight=5),
    "nps": Component(bad=4, good=9, weight=15),
    "csat": Component(bad=2, good=5, weight=5),
    "customers_with_outcome": Component(bad=0, good=1, weight=15),
    "severe_tickets": Component(bad=1, good=0, weight=5),
})  # fmt: skip


class Health(Strict):
    """What the health score is made of, from which score on a customer is well, and how much of it must be known."""

    components: dict[str, Component] = Field(default=dict(DEFAULTS))
    bands: Bands = Bands()
    least_known: Known = Known()

    @field_validator("components")
    @classmethod
    def _weighs(cls, value: dict[str, Component]) -> dict[str, Component]:
        if not sum(one.weight for one in value.values()) > 0:
            raise ValueError("wanted weights that add up to more than 0; found none")
        return value
