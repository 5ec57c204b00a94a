"""team.yaml: who works in Customer Success and beside it, in which team, how much, and from when to when."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator, model_validator

from cslib.errors import MonthError, no_such
from cslib.periods import Month
from cslib.settings.fields import Number, Strict

CSM_TEAM = "csm"
TEAMS = ("onboarding", CSM_TEAM, "sales", "support", "tech")


def _month(value: object) -> Month:
    try:
        return Month.parse(str(value))
    except MonthError as error:
        raise ValueError(str(error)) from None


_Month = Annotated[Month, BeforeValidator(_month)]


class Person(Strict):
    """Somebody, or a desk of several, with their team and their share of a full working time.

    `since` (in the file: `from`) and `until` are the first and the last month of it; without them it is so in every month.
    """

    team: str
    fte: Number = Field(default=1, gt=0, le=1000)
    since: _Month | None = Field(default=None, alias="from")
    until: _Month | None = None

    @field_validator("team")
    @classmethod
    def _known_team(cls, value: str) -> str:
        if value not in TEAMS:
            raise ValueError(no_such("team", value, TEAMS))
        return value

    @model_validator(mode="after")
    def _in_order(self) -> Person:
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until: wanted a month not before {self.since}; found {self.until}")
        return self

    def works_in(self, month: Month) -> bool:
        """Return whether it is so in a month."""
        return not (self.since and month < self.since) and not (self.until and self.until < month)


class Team(Strict):
    """Everyone by name, as the data name them; nobody where nothing is said."""

    people: dict[str, Person] = Field(default={})

    def fte(self, name: str, month: Month) -> float | None:
        """Return which share of a full working time somebody works in a month; None for whom nothing is said of that month."""
        person = self.people.get(name)
        return person.fte if person and person.works_in(month) else None

    def team(self, name: str) -> str | None:
        """Return somebody's team; None for whom nothing is said."""
        person = self.people.get(name)
        return person.team if person else None
