"""`deliver:` in report.yaml: where the pages of a run are sent, and who is told what it came to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field

from cslib.errors import no_such
from cslib.settings.fields import Strict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cslib.yaml_files import Lines

Audience = Literal["internal", "external"]
_SERVICE = re.compile(r"[a-z][a-z0-9+.-]*://\S|\$\{\w+\}", re.IGNORECASE)
_MAIL = ("mailto", "mailtos")


def may_leave(run: str, destination: str) -> bool:
    """Return whether a run for one audience may be sent to another: what was made for outsiders to anybody, all else to insiders alone."""
    return run == "external" or destination == "internal"


def _one_line(value: str) -> str:
    if not value.strip() or len(value.splitlines()) > 1:  # not repeated, since it may hold a password
        raise ValueError("wanted an address or a folder, in one line")
    return value.strip()


def _service(value: str) -> str:
    if not _SERVICE.match(_one_line(value)):
        raise ValueError(
            "wanted an address like mailtos://… or slack://… or ${VARIABLE}; docs/delivery.md has examples"
        )
    return value.strip()


def _web(value: str) -> str:
    if not re.match(r"https?://\S+$", value):
        raise ValueError("wanted the address of the pages, https://…")
    return value.rstrip("/")


class Publish(Strict):
    """A place to which the pages are copied: a folder, or any URL that fsspec can write to."""

    to: Annotated[str, AfterValidator(_one_line)]
    audience: Audience = "internal"
    besides: list[Literal["excel", "pdf"]] = Field(default=[])  # of each segment


class Notify(Strict):
    """Somebody who is told what a run came to, at an address that apprise knows; a message for each segment."""

    to: Annotated[str, AfterValidator(_service)]
    audience: Audience = "internal"
    when: Literal["always", "on_change", "on_failure"] = "always"
    segments: list[str] = Field(default=[])  # none: everyone, or the first that was reported
    owner: str = ""  # only their targets and their customers
    attach: list[Literal["page", "excel", "pdf"]] | None = None  # where nothing is said: the page to a mail

    @property
    def attached(self) -> tuple[str, ...]:
        """What travels with the message."""
        if self.attach is None:
            return ("page",) if self.to.partition("://")[0].lower() in _MAIL else ()
        return tuple(self.attach)


class Deliver(Strict):
    """Where a run is sent once it has been published; nowhere where nothing is said."""

    link: Annotated[str, AfterValidator(_web)] | None = None  # where readers find the pages
    publish: list[Publish] = Field(default=[])
    notify: list[Notify] = Field(default=[])

    @property
    def destinations(self) -> dict[str, Sequence[Publish | Notify]]:
        """All destinations, by the key of the settings that names them."""
        return {"publish": self.publish, "notify": self.notify}

    @property
    def names_somebody(self) -> bool:
        """Whether there is any destination."""
        return bool(self.publish or self.notify)

    @property
    def wants_single_files(self) -> bool:
        """Whether each segment's pages are wanted as one file, which is also what a PDF is printed from."""
        wanted = {
            *(one for place in self.publish for one in place.besides),
            *(one for told in self.notify for one in told.attached),
        }
        return bool(wanted & {"page", "pdf"})


def delivery_problems(lines: Lines, deliver: Deliver, audience: str, segments: Collection[str]) -> Iterator[str]:
    """Yield, each with its line, which destinations are for other readers than the reports, and which segments are none."""
    for kind, destinations in deliver.destinations.items():
        for number, destination in enumerate(destinations):
            if not may_leave(audience, destination.audience):
                place = lines.of(("deliver", kind, number, "audience"))
                yield f"{place}: deliver.{kind}: the reports are internal (audience), so that none of them goes to an external one; set audience: external above, or leave it out here"
    for number, told in enumerate(deliver.notify):
        place = lines.of(("deliver", "notify", number, "segments"))
        yield from (
            f"{place}: deliver.notify: {no_such('segment', one, segments)}"
            for one in told.segments
            if one not in segments
        )
