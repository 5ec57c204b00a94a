"""Every error a user can cause, each saying what was wanted, what was found and what to do."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from cslib.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable


class CslibError(Exception):
    """A mistake that its reader can correct; the command line prints it without a traceback, and it contains no secret."""

    exit_code = 2

    def __init__(self, said: str) -> None:
        super().__init__(redacted(said))


class Problems(CslibError):  # noqa: N818 - reads as what it says at the place where it is raised
    """All the problems that one check found, a line each, so that nobody mends them one run at a time."""

    subject = "problems"

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(map(redacted, problems))
        listed = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"{self.subject} ({len(self.problems)}):\n{listed}")


class SettingsError(Problems):
    """The settings in `params/` cannot be used as they are."""

    subject = "settings that cannot be used"


class SourceError(Problems):
    """The source cannot be read, or cannot be mapped onto the canonical tables."""

    subject = "source that cannot be read"


class DataError(Problems):
    """The data break the claims of the data model beyond what the policies allow."""

    subject = "data that cannot be used"


class UnknownName(CslibError):  # noqa: N818 - reads as what it says at the place where it is raised
    """A name that is not there, with the nearest one that is."""

    def __init__(self, kind: str, name: object, known: Iterable[str], hint: str = "") -> None:
        super().__init__(no_such(kind, name, known, hint))


class MonthError(CslibError):
    """A month that is not one, or that the data do not hold."""


class RunLocked(CslibError):  # noqa: N818
    """Another run is writing to the same place."""

    exit_code = 4


class NothingPublished(CslibError):  # noqa: N818
    """No report of the run could be made, so the last good run stays in place."""

    exit_code = 1


class NotDelivered(Problems):
    """The run is published as it was, but some of those who were to have it, or to hear of it, have not."""

    exit_code = 5
    subject = "published, but not delivered"


def no_such(kind: str, name: object, known: Iterable[str], hint: str = "") -> str:
    """Return `no <kind> '<name>'`, with the nearest known name, or all of them where there are few."""
    names = sorted(str(name) for name in known)
    near = get_close_matches(str(name), names, n=1, cutoff=0.5)
    if near:
        found = f"; did you mean {near[0]!r}?"
    elif len(names) <= 12:  # noqa: PLR2004 - as many as can be read at a glance
        found = f"; known: {', '.join(names)}" if names else ""
    else:
        found = ""
    return f"no {kind} {str(name)!r}{found}{' ' + hint if hint else ''}"
