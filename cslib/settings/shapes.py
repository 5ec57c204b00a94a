"""Shapes that exports come in, as source.yaml says them: of a source's rows, and of what a column is made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from cslib.settings.fields import Number, Strict


def listed(value: object) -> object:
    """Return a list as a tuple, and a single text as a list of one."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


def own_names(value: object) -> object:
    """Return names as pairs of a new one and the one that it had: a list keeps its names."""
    names = listed(value)
    return {name: name for name in names} if isinstance(names, tuple) else names


def _length(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"wanted a whole number, or the name of a column; found {value!r}")  # noqa: TRY004 - pydantic takes ValueError
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(listed), Field(min_length=1)]
Renamed = Annotated[dict[str, str], BeforeValidator(own_names), Field(min_length=1)]
Length = Annotated[Any, BeforeValidator(_length)]
Positive = Annotated[Number, Field(gt=0)]


class Join(Strict):
    """Columns of another file or table, looked up by a key: `on` names the own column and theirs, `take` the new one and theirs."""

    origin: str = Field(alias="from")
    on: Renamed
    take: Renamed


class Split(Strict):
    """A list in a cell, of which each element becomes a row."""

    column: str
    by: str = Field(min_length=1)


class Unpivot(Strict):
    """Columns, by their names or by patterns of them, that become rows: `name` holds what the column was called, `value` its cell."""

    columns: Names
    name: str
    value: str


class Total(Strict):
    """Lines that are put together to one row per key: the first of them, with the sums of some columns."""

    by: Names
    of: Names = ()


class Per(Strict):
    """How many months an amount covers: a word or a number in `column`, `times` that of another column; `map` knows further words."""

    column: str
    times: str | None = None
    map: dict[Any, Positive] = Field(default={})


class Plus(Strict):
    """How much later a day is; each part is a number, or the column that holds it."""

    years: Length | None = None
    months: Length | None = None
    weeks: Length | None = None
    days: Length | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Plus:
        if not self.model_fields_set:
            raise ValueError("wanted years, months, weeks or days; found nothing")
        return self

    @property
    def parts(self) -> dict[str, int | str]:
        """The parts that are given, by their unit."""
        return {
            unit: part for unit in ("years", "months", "weeks", "days") if (part := getattr(self, unit)) is not None
        }
