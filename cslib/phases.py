"""What is being done now, for whoever shows it to people who wait."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Hear = Callable[["Phase"], None]


class Phase(StrEnum):
    """What takes its time, in the order in which it is done."""

    READING = "reading"
    USAGE = "usage"
    SLICING = "slicing"  # the rows of each segment are written apart
    MEASURING = "measuring"
    ANALYSES = "analyses"
    REPORTS = "reports"
    INDEX = "index"


_hearing: ContextVar[Hear | None] = ContextVar("hearing", default=None)


def begin(phase: Phase) -> None:
    """Tell that a phase begins; the one before it is over."""
    hear = _hearing.get()
    if hear:
        hear(phase)


@contextmanager
def heard_by(hear: Hear) -> Iterator[None]:
    """Have `hear` told of each phase that begins while the block lasts; in this thread alone."""
    token = _hearing.set(hear)
    try:
        yield
    finally:
        _hearing.reset(token)
