"""What becomes of a delivery."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cslib.redaction import redacted

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")
PAUSES = (1.0, 4.0)  # seconds before the second attempt and the third


class Undelivered(Exception):  # noqa: N818 - reads as what it says at the place where it is raised
    """A destination that could not be reached; the others are tried all the same."""


class Refused(Undelivered):
    """A destination of which no second attempt would make another."""


@dataclass(frozen=True)
class Delivered:
    """What became of a destination: where report.yaml names it and what it is, what was done, and whether it was lost."""

    place: str
    said: str
    lost: bool = False

    def __str__(self) -> str:
        return f"{self.place}: {self.said}"


def became(place: str, work: Callable[[], str]) -> Delivered:
    """Return what became of a destination: what `work` says that it did, or why it could not."""
    try:
        return Delivered(redacted(place), work())
    except (Undelivered, OSError) as error:
        return Delivered(redacted(place), redacted(str(error)), lost=True)


def tried(work: Callable[[], _T]) -> _T:
    """Return what `work` does, at the third attempt where the first two fail; raises `Undelivered` as the last one did."""
    for pause in PAUSES:
        try:
            return work()
        except Refused:
            raise
        except Undelivered:
            time.sleep(pause)
    return work()
