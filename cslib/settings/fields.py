"""What all settings files are made of: strict models, texts in two languages, numbers, conditions on columns."""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

_MOST = 1e15  # beyond it, a float does not hold every whole number


class Strict(BaseModel):
    """A model that takes no key it does not know, and no value of another kind."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_default(cls, content: object) -> object:
        """A key with nothing behind it says nothing."""
        return {k: v for k, v in content.items() if v is not None} if isinstance(content, dict) else content


class LocalisedText(Strict):
    """A text in both languages."""

    ja: str
    en: str


def plain_number(value: object) -> object:
    """Return a whole number as a float, and everything else as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(_bounded(value))
    return value


def _bounded(value: float) -> float:
    """Return a number that every engine holds; raises `ValueError` for any other, and for what is none."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"wanted a number; found {value}")
    if abs(value) > _MOST:
        raise ValueError(f"wanted a number between -{_MOST:.0e} and {_MOST:.0e}; found one beyond")
    return value


Number = Annotated[float, BeforeValidator(plain_number), Field(allow_inf_nan=False)]  # 1 and 1.0 alike


def _both(value: object) -> object:
    return {"ja": value, "en": value} if isinstance(value, str) else value


Name = Annotated[LocalisedText, BeforeValidator(_both)]


def _bound(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | date):
        raise ValueError(f"wanted a number or a date; found {value!r}")  # noqa: TRY004 - pydantic takes ValueError
    return value if isinstance(value, date) else _bounded(value)


Bound = Annotated[Any, BeforeValidator(_bound)]


class Condition(Strict):
    """What a column must hold. Each part that is given must hold."""

    one_of: tuple[Any, ...] | None = None
    at_least: Bound | None = None
    below: Bound | None = None
    none_of: tuple[Any, ...] | None = Field(default=None, alias="not")
    missing: bool | None = None

    @field_validator("one_of", "none_of", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        listed = tuple(value) if isinstance(value, list | tuple) else (value,)
        if not listed or any(isinstance(one, dict | list) or one is None for one in listed):
            raise ValueError(f"wanted a value or a list of values; found {value!r}; an empty one is {{missing: true}}")
        for one in listed:
            if isinstance(one, int | float):
                _bounded(one)
        return listed

    @model_validator(mode="after")
    def _says_something(self) -> Condition:
        if not self.model_fields_set:
            raise ValueError("wanted a value, a list of values, or at_least, below, not, missing; found nothing")
        return self


def _condition(value: object) -> object:
    return value if isinstance(value, dict) else {"one_of": value}


Where = dict[str, Annotated[Condition, BeforeValidator(_condition)]]
