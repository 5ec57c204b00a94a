"""actions.yaml: what the team has decided to do, what it expects of it, and what it decided when it looked again."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations at run time
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    ValidationInfo,
    field_validator,
    model_validator,
)

from cslib.errors import MonthError, no_such
from cslib.periods import Month
from cslib.settings.fields import Name, Number, Strict
from cslib.settings.owners import is_known_owner, known_owners
from cslib.settings.segments import TOTAL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cslib.settings.team import Team
    from cslib.yaml_files import Lines

EXTENDED = "extend"
_KPI_HINT = "'cslib kpis' lists them"
_OWNER_HINT = "team.yaml says who there is"


def _month(text: str) -> str:
    try:
        return str(Month.parse(text))
    except MonthError as error:
        raise ValueError(str(error)) from error


class Expected(Strict):
    """What an action is expected to bring by a month: a `change` of its KPI, or a `value`, in the KPI's unit (0.05: five points of a share)."""

    change: Number | None = None
    value: Number | None = None
    by: Annotated[str, AfterValidator(_month)]

    @model_validator(mode="after")
    def _one_of_two(self) -> Expected:
        if (self.change is None) == (self.value is None):
            raise ValueError(
                "wanted either a change or a value; found " + ("neither" if self.change is None else "both")
            )
        if self.change == 0:
            raise ValueError("wanted a change other than 0; to hold a KPI where it is, name the value")
        return self


class Baseline(Strict):
    """How many closes before the start a KPI is compared with."""

    months: int = Field(default=3, ge=1, le=24)


class Done(Strict):
    """A step that was taken on a day."""

    on: date
    note: Name


def _single(value: object) -> object:
    if isinstance(value, list):
        raise ValueError(  # noqa: TRY004 - pydantic takes ValueError
            f"wanted one decision; found a list of {len(value)}; what follows from it is an action of its own, named under next"
        )
    return value


class Decision(Strict):
    """What was decided when the action was looked at, and the action that follows from it, if one does."""

    on: date
    what: Literal["keep", "change", "stop", "extend"]
    why: Name
    next: str = ""


class Action(Strict):
    """Something the team does so that a KPI of a segment changes: what is expected, by when, and who looks at it again."""

    id: str = Field(min_length=1)
    name: Name
    kpi: str
    segment: str = TOTAL
    owner: str = Field(min_length=1)
    started_on: date
    expected: Expected
    baseline: Baseline = Baseline()
    review_on: date
    programme: str = ""
    plan: Name | None = None
    done: list[Done] = Field(default=[])
    decision: Annotated[Decision | None, BeforeValidator(_single)] = None

    @field_validator("expected")
    @classmethod
    def _expected_later(cls, value: Expected, info: ValidationInfo) -> Expected:
        start = info.data.get("started_on")
        if start is not None and Month.parse(value.by) <= Month.of(start):
            raise ValueError(f"wanted a month after {Month.of(start)}, in which it starts; found {value.by}")
        return value

    @field_validator("review_on")
    @classmethod
    def _looked_at_later(cls, value: date, info: ValidationInfo) -> date:
        start = info.data.get("started_on")
        if start is not None and value <= start:
            raise ValueError(f"wanted a day after {start}, on which it starts; found {value}")
        return value


class Actions(RootModel[list[Action]]):
    """The entries of the file, one an action."""

    model_config = ConfigDict(frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_none(cls, content: object) -> object:
        """A file with nothing in it names no action."""
        return [] if content == {} else content


def action_problems(lines: Lines, kpis: Collection[str], segments: Collection[str], team: Team) -> Iterator[str]:
    """Return a line and a sentence for whatever an entry names that is not there, and for each id that is there already.

    An owner may be anyone where nobody says who is in the team.
    """
    ids = named(lines, "id")
    known = {
        "kpi": ("KPI", kpis, _KPI_HINT),
        "segment": ("segment", segments, ""),
        "next": ("action", {*ids.values()}, ""),
    }
    seen = set[str]()
    for path, text in lines.texts.items():
        match path:
            case (_, "id") if text in seen:
                yield f"{lines.of(path)}: the id {text!r} is taken by an action above; give this one another"
            case (_, "id"):
                seen.add(text)
            case (_, "owner") if team.people and not is_known_owner(team, text):
                yield f"{lines.of(path)}: {no_such('owner', text, known_owners(team), _OWNER_HINT)}"
            case (_, ("kpi" | "segment") as key) | (_, "decision", "next" as key) if text not in known[key][1]:
                kind, names, hint = known[key]
                yield f"{lines.of(path)}: {no_such(kind, text, names, hint)}"


def named(lines: Lines, key: str) -> dict[str, str]:
    """Return what each entry of the file says under a key, by the number of the entry."""
    return {path[0]: text for path, text in lines.texts.items() if path[1:] == (key,)}
