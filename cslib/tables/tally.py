"""How many targets are reached, missed, and unknown: counted once, for every answer that a page gives."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cslib.i18n import Wording


class Tally(NamedTuple):
    """The targets of some KPIs, by what the data say of them."""

    reached: int
    missed: int
    undecided: int

    @classmethod
    def of(cls, statuses: Iterable[object]) -> Tally:
        """Return the tally of these statuses; those without a target, of few cases or without a value do not count."""
        counted = Counter(statuses)
        return cls(counted["on_target"], counted["off_target"], counted["within_interval"])

    def answer(self, wording: Wording) -> str:
        """Return in a sentence how many targets are reached; nothing where there are none."""
        if not sum(self):
            return ""
        said = "answer_undecided" if self.undecided else "answer_on_target"
        return wording.text(said, count=sum(self), **self._asdict())

    def short(self, kpis: int, wording: Wording) -> str:
        """Return the same for the head of a stage of so many KPIs."""
        said = "stage_undecided" if self.undecided else "stage_tally" if sum(self) else "stage_count"
        return wording.text(said, kpis=kpis, count=sum(self), **self._asdict())
