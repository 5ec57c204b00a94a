"""policies.yaml: the choices that definitions leave to a company."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from cslib.errors import no_such
from cslib.settings.fields import Number, Strict
from cslib.settings.gates import Gates
from cslib.settings.touch import Capacity, OrganisationLimits, TouchHours, TouchRule


class AdoptionWeeks(Strict):
    """A customer has adopted when a core feature was used in `active` of the last `of` whole weeks."""

    active: int = Field(default=3, ge=1)
    of: int = Field(default=4, ge=1, le=520)

    @model_validator(mode="after")
    def _possible(self) -> AdoptionWeeks:
        if self.active > self.of:
            raise ValueError(f"active ({self.active}) cannot exceed of ({self.of})")
        return self


class Effect(Strict):
    """When the effect of a programme is told: `months` before and after its start, and from how many on there are enough.

    `least` is of participants, `clusters` of groups that took part as a whole.
    """

    months: int = Field(default=6, ge=4, le=24)
    least: int = Field(default=20, ge=2, le=1_000_000)
    clusters: int = Field(default=8, ge=2, le=1_000_000)


Days = Annotated[int, Field(ge=1, le=3660)]

READING = (
    "contract_end", "all_contracts_open", "churn_month", "overlapping_terms", "core_features", "credit_notes", "min_n", "allowed_quarantine", "currency",
    "rates", "timezone",
)  # fmt: skip
"""The policies that the reading of the source looks at; all others decide what is made of it."""


class PhaseDays(Strict):
    """The days after which a customer is stuck in a phase of its journey; without one, what most of a book's own customers need."""

    onboarding: Days | None = None
    adoption: Days | None = None
    value: Days | None = None

    @staticmethod
    def default(phase: str) -> float:
        """Return the days of a phase where neither a policy nor the book's own customers tell."""
        return {"onboarding": 90.0, "adoption": 60.0, "value": 180.0}[phase]


class Policies(Strict):
    """The choices that definitions leave to a company. They are printed next to the figures they decide."""

    contract_end: Literal["last_day", "first_day_without"] = "last_day"
    all_contracts_open: bool = False
    churn_month: Literal["last_day", "day_after"] = "last_day"
    grace_days: int = Field(default=0, ge=0, le=3660)  # days beyond ten years are a slip, and lead out of the calendar
    overlapping_terms: Literal["add", "later_replaces"] = "add"
    onboarding_days: int = Field(default=90, ge=1, le=3660)
    adoption_weeks: AdoptionWeeks = AdoptionWeeks()
    core_features: list[str] = Field(default=[])
    usage_decline: Number = Field(default=0.3, gt=0, le=1)
    gross_margin: Number = Field(default=0.7, gt=0, le=1)
    hourly_cost: Number = Field(default=5000, ge=0, le=1e9)
    nps_repeat: Literal["latest", "all"] = "latest"
    credit_notes: Literal["set_aside", "net"] = "set_aside"
    lead_margin: Number = Field(default=0.6, gt=0.5, lt=1)
    indicators: dict[str, Literal["higher", "lower"]] = Field(
        default={}
    )  # the customers' own columns that were known when the contract began, each with the direction that is better
    wall: Number = Field(default=0.01, gt=0, lt=1)  # of churn a month
    gates: Gates = Gates()
    effect: Effect = Effect()
    touch_rule: TouchRule = TouchRule()
    touch_hours: TouchHours = TouchHours()
    capacity: Capacity = Capacity()
    organisation: OrganisationLimits = OrganisationLimits()
    phase_days: PhaseDays = PhaseDays()
    reference_rest_days: int = Field(default=180, ge=0, le=3660)
    min_n: int = Field(default=5, ge=1, le=1_000_000)
    allowed_quarantine: Number = Field(default=0.05, ge=0, le=1)
    currency: str = "JPY"
    rates: dict[str, Annotated[Number, Field(ge=1e-9, le=1e9)]] = Field(
        default={}
    )  # of the currency for one of each other
    timezone: str = "Asia/Tokyo"
    fiscal_year_start: int = Field(default=4, ge=1, le=12)

    @property
    def said(self) -> tuple[str, ...]:
        """The columns (`table.column`) that a source may lack, since a policy says what they would."""
        return ("contracts.ends_on",) if self.all_contracts_open else ()

    @field_validator("currency")
    @classmethod
    def _three_letters(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Z]{3}", value):
            raise ValueError(f"wanted three capital letters like JPY; found {value!r}")
        return value

    @field_validator("rates")
    @classmethod
    def _of_currencies(cls, value: dict[str, float]) -> dict[str, float]:
        wrong = [code for code in value if not re.fullmatch(r"[A-Z]{3}", code)]
        if wrong:
            raise ValueError(f"wanted currencies in three capital letters, as in {{USD: 150}}; found {wrong[0]!r}")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError(no_such("time zone", value, _zones()))
        return value


@cache
def _zones() -> frozenset[str]:
    """Return the time zones that the machine knows: to look for them takes as long as to read a small table."""
    return frozenset(available_timezones())
