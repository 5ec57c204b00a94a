"""programmes.yaml: what each CS programme was meant to do, and how its customers were chosen."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, RootModel, field_validator, model_validator

from cslib.errors import no_such
from cslib.settings.fields import Name, Number, Strict

OUTCOMES = ("use", "adoption", "mrr_kept", "nps", "lost_6", "lost_12", "mrr_retained")
"""What a programme may be held against, by the ids of the analysis."""
ADOPTION, USE = "adoption", "use"
CUSTOMER, CSM = "customer", "csm"
_BY_CSM = "by_csm"


class Programme(Strict):
    """A programme as the table names it.

    `outcome` is the one that it was meant for, `expected` the change for the better that was hoped for, in the unit of that
    outcome. `assignment` says how customers were chosen; where whole groups of them were, `cluster` is the column that tells
    these: csm, region or any other of the customers.
    """

    programme: str = Field(min_length=1)
    name: Name | None = None
    outcome: str = ADOPTION
    expected: Number | None = Field(default=None, gt=0, le=1e6)
    assignment: Literal["drawn", "wave", "chosen_by_us", "chosen_by_customer", "by_csm", "unknown"] = "unknown"
    cluster: str = Field(default=CUSTOMER, min_length=1)
    hours_per_customer: Number | None = Field(default=None, ge=0, le=1e4)

    @field_validator("outcome")
    @classmethod
    def _known_outcome(cls, value: str) -> str:
        if value not in OUTCOMES:
            raise ValueError(no_such("outcome", value, OUTCOMES))
        return value

    @property
    def clustered_by(self) -> str:
        """The column of the customers whose groups were chosen as a whole; `customer` where each was by itself."""
        return CSM if self.assignment == _BY_CSM and self.cluster == CUSTOMER else self.cluster


class Programmes(RootModel[list[Programme]]):
    """The entries of the file, one a programme."""

    model_config = ConfigDict(frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_none(cls, content: object) -> object:
        """A file with nothing in it names no programme."""
        return [] if content == {} else content
