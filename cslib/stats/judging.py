"""The rule by which an effect of a programme is judged, written once; it never says cause."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.stats.losses import Loss
    from cslib.stats.readings import Readings
    from cslib.stats.trials import Rules


class Effect(StrEnum):
    """What can be said of a programme and an outcome."""

    SUPPORTED = "supported"
    CONSISTENT = "consistent"
    SPEAKS_AGAINST = "speaks_against"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Judgement:
    """A verdict, and why it is no better one."""

    verdict: Effect
    reasons: tuple[
        str, ...
    ]  # codes: few_participants, few_starts, few_compared, unbalanced, few_clusters, apart, alike …
    p: float  # of the pair, before Holm; nan where a gate was not passed
    needed: int | None  # participants it would take; None where that is not to be said


def judge(
    found: Readings,
    rules: Rules,
    *,
    expected: float | None = None,
    clustered: bool = False,
    use: Readings | None = None,
) -> Judgement:
    """Return the verdict on use, adoption (`use` given: what is read of use), MRR of the kept, NPS."""
    raise NotImplementedError


def judge_loss(
    found: Loss, rules: Rules, *, expected: float | None = None, clustered: bool = False, assigned: bool = False
) -> Judgement:
    """Return the verdict on losses and retained MRR; `assigned`: customers were drawn, or came by wave."""
    raise NotImplementedError


def with_holm(judged: Sequence[Judgement]) -> list[Judgement]:
    """Return the judgements of a report's pairs of programme and outcome, those no longer significant among all capped."""
    raise NotImplementedError


def ripe_by(book_months: int, participants: int, starts_span: int, needed: int) -> int | None:
    """Return in how many months so many participants are there at the present pace; None where there is no pace."""
    raise NotImplementedError
