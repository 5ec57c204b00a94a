"""segments/*.yaml: groups of customers, each with its own goals."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from cslib.settings.fields import Name, Number, Strict, Where
from cslib.settings.touch import TouchRule  # noqa: TC001 - pydantic reads the annotations at run time

SEGMENT_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
TOTAL = "total"
_TAKEN = ("assets", "index")  # what all segments share: a folder, and the front page


class Target(Strict):
    """The target of a KPI in a segment, and who owns it."""

    target: Number
    owner: str = ""


def _target(value: object) -> object:
    return value if isinstance(value, dict) else {"target": value}


class Kgi(Strict):
    """The key goal indicator of a segment."""

    kpi: str
    target: Number
    owner: str = ""


class Segment(Strict):
    """A group of customers with goals of its own; without `where` it holds everyone."""

    id: str
    name: Name
    goal: Name | None = None  # why there is this segment, and what counts as achieved
    where: Where = Field(default={})
    touch_rule: TouchRule | None = None  # what of the policies' rule is otherwise here
    touch_model: Literal["high", "low", "tech"] | None = None
    org_model: Literal["all_rounder", "specialist", "sales_oriented", "partnership"] | None = None
    kgi: Kgi | None = None
    targets: dict[str, Annotated[Target, BeforeValidator(_target)]] = Field(default={})

    @field_validator("id")
    @classmethod
    def _safe_folder(cls, value: str) -> str:
        if not SEGMENT_ID.fullmatch(value) or value in _TAKEN:
            raise ValueError(
                "an id becomes a folder and an address: small letters, digits, - and _ only, at most 64 and not 'assets' "
                f"or 'index'; found {value!r}"
            )
        return value

    def target_of(self, kpi: str) -> Target | None:
        """Return the target of a KPI here, the KGI's included; None where there is none."""
        if kpi in self.targets:
            return self.targets[kpi]
        return Target(target=self.kgi.target, owner=self.kgi.owner) if self.kgi and self.kgi.kpi == kpi else None
