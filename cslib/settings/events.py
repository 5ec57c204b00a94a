"""events.yaml: what happened that readers of a trend should know of: a release, a change of price, a campaign."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - pydantic reads the annotations at run time
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict, Field, RootModel, model_validator

from cslib.errors import no_such
from cslib.periods import Month
from cslib.settings.fields import Name, Strict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cslib.yaml_files import Lines


class Event(Strict):
    """Something that happened on a day, to all customers or to those of some segments."""

    on: date
    kind: Literal["release", "price", "campaign", "other"]
    name: Name
    segments: list[str] = Field(default=[])

    @property
    def month(self) -> Month:
        """The month in which it happened."""
        return Month.of(self.on)

    def concerns(self, segment: str) -> bool:
        """Return whether it is marked on the trends of a segment; one without segments on all."""
        return not self.segments or segment in self.segments


class Events(RootModel[list[Event]]):
    """The entries of the file, one an event."""

    model_config = ConfigDict(frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_none(cls, content: object) -> object:
        """A file with nothing in it names no event."""
        return [] if content == {} else content


def event_problems(lines: Lines, segments: Collection[str]) -> Iterator[str]:
    """Return a line and a sentence for each segment of an event that is not there."""
    for path, listed in lines.listed.items():
        for name in listed:
            if path[1:] == ("segments",) and name not in segments:
                yield f"{lines.of(path)}: {no_such('segment', name, segments)}"
