"""policies.yaml, touch_rule and its like: which touch a customer is to have, what that takes, and when an organisation is strained."""

from __future__ import annotations

from typing import TypeVar

from pydantic import Field, model_validator

from cslib.settings.fields import Number, Strict

_Size = TypeVar("_Size", bound=Strict)


class Large(Strict):
    """Which customers are large: those that together hold the upper `mrr_share` of all MRR, or each that pays `at_least` so much."""

    mrr_share: Number | None = Field(default=None, gt=0, lt=1)
    at_least: Number | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_of_both(self) -> Large:
        return _one(self, "mrr_share", "at_least")


class Small(Strict):
    """Which customers are small: those that hold the lowest `mrr_share` of all MRR, or each that pays `below` so much."""

    mrr_share: Number | None = Field(default=None, gt=0, lt=1)
    below: Number | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_of_both(self) -> Small:
        return _one(self, "mrr_share", "below")


def _one(size: _Size, *names: str) -> _Size:
    said = [name for name in names if getattr(size, name) is not None]
    if len(said) != 1:
        raise ValueError(f"wanted one of {' and '.join(names)}; found {' and '.join(said) or 'neither'}")
    return size


class TouchRule(Strict):
    """Which touch model a customer is to have: by its size, one step up where it needs help, one down where it is settled."""

    large: Large = Large(mrr_share=0.5)
    small: Small = Small(mrr_share=0.1)
    new_months: int = Field(default=6, ge=0, le=120)
    settled_months: int = Field(default=12, ge=1, le=120)
    steady_closes: int = Field(default=3, ge=1, le=12)

    def with_own(self, own: TouchRule | None) -> TouchRule:
        """Return the rule with what a segment says otherwise."""
        return self.model_copy(update={name: getattr(own, name) for name in own.model_fields_set}) if own else self


class TouchHours(Strict):
    """The hours a month that a customer takes in each touch model, and how many more while it is onboarded and before a renewal."""

    high: Number = Field(default=4, ge=0, le=1000)
    low: Number = Field(default=1, ge=0, le=1000)
    tech: Number = Field(default=0.1, ge=0, le=1000)
    onboarding: Number = Field(default=3, ge=0, le=1000)
    renewal_within_90_days: Number = Field(default=1, ge=0, le=1000)


class Capacity(Strict):
    """The hours of a full working time in a month, and the share of them that is left for customers."""

    hours: Number = Field(default=160, gt=0, le=744)
    share: Number = Field(default=0.6, gt=0, le=1)

    @property
    def per_fte(self) -> float:
        """The hours a month that one full working time has for customers."""
        return self.hours * self.share


class OrganisationLimits(Strict):
    """From where on a figure speaks against the organisation model of a segment."""

    load: Number = Field(default=1, gt=0)
    offence_share: Number = Field(default=0.05, ge=0, le=1)
    handoff_days: Number = Field(default=14, ge=0)
    waiting_days: Number = Field(default=30, ge=0)
    touched_before: Number = Field(default=0.5, ge=0, le=1)
    margin_to_cost: Number = Field(default=4, ge=0)
    customers_per_csm: Number = Field(default=15, gt=0)
    large_share: Number = Field(default=0.3, ge=0, le=1)
