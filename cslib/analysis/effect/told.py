"""Which studies of programmes a reader may see: outsiders none from which few customers could be told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.effect.ground import ADOPTION, LOSSES, MRR_KEPT, MRR_RETAINED, NPS, USE
from cslib.analysis.effect.starts import ANY
from cslib.privacy.suppression import HIDDEN, suppressed_segments
from cslib.stats.balancing import known_past
from cslib.stats.trials import LeftOut, Relative, trials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cslib.analysis.effect.study import Study
    from cslib.analysis.inquiry import Inquiry
    from cslib.privacy.suppression import Cell
    from cslib.stats.trials import Trials

    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]
    Hidden = dict[tuple[str, str], set[str]]  # of a programme and an outcome the segments

# of two that differ by few customers the later one is hidden: use first, losses last, since they are what tells of few
_ORDER = (USE, ADOPTION, MRR_KEPT, NPS, *LOSSES, MRR_RETAINED)
_TWICE = 2


def told(inquiry: Inquiry) -> tuple[Study, ...]:
    """Return the studies of the segments that are asked of, in their order; for outsiders with `HIDDEN` in place of what tells of few."""
    asked, facts = sorted(inquiry.segments), inquiry.facts
    over = sorted(facts.segments) if facts.discreet else asked
    found = [study for name in over for study in inquiry.studies.of(name)]
    if facts.discreet:
        found = _discreet(found, inquiry)
    return tuple(study for study in found if study.segment in asked)


def _discreet(found: Sequence[Study], inquiry: Inquiry) -> list[Study]:
    """Return the studies without pairs that tell of few, directly or by subtraction: of outcomes, segments and programmes."""
    if not found:
        return []
    least, withheld = inquiry.facts.policies.min_n, set(inquiry.facts.manifest.withheld)
    counted = [Counted(study, inquiry.studies.ground.cells) for study in found]
    hidden: Hidden = {}
    for programme in dict.fromkeys(study.programme for study in found):
        mine = [one for one in counted if one.study.programme == programme]
        for outcome in _ORDER:
            few = {one.study.segment for one in mine if one.is_few(outcome, least, hidden)} | withheld
            hidden[programme, outcome] = _across(mine, outcome, least, few)
    for outcome in _ORDER:
        hidden.get((ANY, outcome), set()).update(_of_any(counted, outcome, least, hidden))
    return [
        replace(
            study,
            pairs=tuple(
                replace(pair, read=None, judged=None, lacks=pair.lacks or HIDDEN)
                if study.segment in hidden[study.programme, pair.outcome]
                else pair
                for pair in study.pairs
            ),
        )
        for study in found
    ]


@dataclass(frozen=True, eq=False)
class Counted:
    """The customers that the figures of a study count, by their places in the ground."""

    study: Study
    cells: Sequence[Cell]

    @cached_property
    def sets(self) -> Mapping[str, tuple[Ints, ...]]:
        """Of each outcome that is told: participants, comparison, and of losses the participants lost, and those who stayed."""
        return {pair.outcome: self._sets(pair.outcome) for pair in self.study.pairs if pair.read is not None}

    def participants(self, outcome: str) -> Ints:
        """Return the participants that an outcome counts."""
        return self.sets[outcome][0] if outcome in self.sets else np.empty(0, np.int64)

    def is_few(self, outcome: str, least: int, hidden: Hidden) -> bool:
        """Return whether an outcome tells of few: those who joined, those counted, or those by whom it differs from one that is shown."""
        if outcome not in self.sets:
            return False
        mine, shown = self.participants(outcome), self._shown(outcome, hidden)
        others = (self.participants(name) for name in shown)
        apart = chain.from_iterable((np.setdiff1d(mine, one), np.setdiff1d(one, mine)) for one in others)
        joined = np.flatnonzero(self.study.book.first < self.study.book.months)
        return any(0 < len(one) < least for one in (joined, *self.sets[outcome], *apart))

    def _shown(self, outcome: str, hidden: Hidden) -> Iterator[str]:
        for name in _ORDER[: _ORDER.index(outcome)]:
            if name in self.sets and self.study.segment not in hidden[self.study.programme, name]:
                yield name

    def _sets(self, outcome: str) -> tuple[Ints, ...]:
        study = self.study
        rows = _lost_rows(study, outcome) if outcome in LOSSES or outcome == MRR_RETAINED else _rows(study, outcome)
        mine = study.customers[rows.customer[rows.treated]]
        others = study.customers[np.unique(rows.customer[~rows.treated])]
        months = LOSSES.get(outcome, study.rules.months)
        if outcome not in LOSSES and outcome != MRR_RETAINED:
            return np.sort(mine), others
        gone = (rows.over(study.book.under, 1, months) == 0).any(axis=1)[rows.treated]
        return np.sort(mine), others, mine[gone], mine[~gone]


def _rows(study: Study, outcome: str) -> Trials:
    """Return who is compared in an outcome that has a before."""
    figure, relative = study.outcomes[outcome].figure, study.outcomes[outcome].relative
    span = _TWICE * study.rules.months if outcome == NPS else study.rules.months
    there = trials(study.book, study.rules, ripe=span).still_under()
    known = np.isfinite(there.over(figure, -span, span))
    before, after = known[:, :span], known[:, span + 1 :]
    if outcome == NPS:
        answered: Flags = np.logical_and(before.any(axis=1), after.any(axis=1))
        return there.those(answered, LeftOut.UNKNOWN)
    is_used = there.over(figure, -span, -1).sum(axis=1) > 0  # of nothing there is no share
    whole: Flags = np.logical_and(known.all(axis=1), is_used | (relative is not Relative.MEAN_BEFORE))
    return there.those(whole, LeftOut.UNKNOWN)


def _lost_rows(study: Study, outcome: str) -> Trials:
    rows = trials(study.book, study.rules, ripe=LOSSES.get(outcome, study.rules.months))
    return rows.those(known_past(rows), LeftOut.UNKNOWN)


def _across(counted: Sequence[Counted], outcome: str, least: int, hidden: set[str]) -> set[str]:
    """Return the segments in which an outcome is hidden, so that no few are left when segments are subtracted."""
    listed = [one for one in counted if outcome in one.sets]
    before = -1
    while before != (before := len(hidden)):
        for sets in zip(*(one.sets[outcome] for one in listed), strict=True):
            sizes: dict[Cell, int] = {}
            for who in np.unique(np.concatenate(sets)):
                cell = counted[0].cells[who]
                sizes[cell] = sizes.get(cell, 0) + 1
            hidden |= suppressed_segments(sizes, least, hidden) if sizes else set()
    return hidden


def _of_any(counted: Sequence[Counted], outcome: str, least: int, hidden: Hidden) -> set[str]:
    """Return the segments in which any programme less those that are shown would tell of one that is not, or of few."""
    found = set()
    for one in (one for one in counted if one.study.programme == ANY):
        segment = one.study.segment
        others = [each for each in counted if each.study.segment == segment and each is not one]
        unseen = [each for each in others if segment in hidden[each.study.programme, outcome]]
        together = np.unique(np.concatenate([each.participants(outcome) for each in others]))
        mine = one.participants(outcome)
        apart = (np.setdiff1d(mine, together), np.setdiff1d(together, mine))
        if any(len(each.participants(outcome)) for each in unseen) or any(0 < len(few) < least for few in apart):
            found.add(segment)
    return found
