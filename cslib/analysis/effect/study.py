"""A programme held against each outcome in a segment: what is read of it, and how it is judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.effect.clusters import cluster_codes, clusters_lack, wave_codes
from cslib.analysis.effect.ground import ADOPTION, LOSSES, MRR_KEPT, MRR_RETAINED, NEEDS, NPS, USE, Ground
from cslib.analysis.effect.rivals import Rivals
from cslib.analysis.effect.starts import ANY, Starts, joined
from cslib.analysis.effect.terms import Terms
from cslib.analysis.effect.traits import DUE, Traits, varies
from cslib.kpis import reasons
from cslib.settings import CUSTOMER, OUTCOMES
from cslib.stats.judging import Judgement, judge, judge_loss, with_holm
from cslib.stats.losses import kept_curve, lost, retained
from cslib.stats.readings import answers, readings
from cslib.stats.trials import Book, Outcome, Relative, Rules, Trials, trials

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cslib.facts import Facts
    from cslib.periods import Month
    from cslib.settings import Programme
    from cslib.stats.losses import Kept, Loss
    from cslib.stats.readings import Readings
    from cslib.stats.rivals import Rival

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

ASSIGNED = frozenset({"drawn", "wave"})  # so chosen that nothing of the customer decided
_WAVE = "wave"
WHOLE_GROUPS = frozenset({_WAVE, "by_csm"})
MONTHLY = (USE, ADOPTION, MRR_KEPT)  # outcomes that are known month by month
NONE = "none"  # nobody has joined any programme
_UNSAID = "unknown"


@dataclass(frozen=True)
class Pair:
    """A programme and an outcome: what was read, and the judgement; neither where `lacks` says why."""

    outcome: str
    read: Readings | Loss | None = None
    judged: Judgement | None = None
    lacks: str = ""

    @property
    def why_empty(self) -> str:
        """Why there is nothing to show of it."""
        return self.lacks or ", ".join(self.judged.reasons if self.judged else ())


@dataclass(frozen=True, eq=False)
class Study:
    """All of a programme in a segment. `customers` are the places in the ground of those in the rows of `book`."""

    segment: str
    programme: str
    entry: Programme | None
    meant: str
    customers: Ints
    book: Book
    rules: Rules
    pairs: tuple[Pair, ...]
    outcomes: Mapping[str, Outcome]

    @property
    def assignment(self) -> str:
        """How its customers were chosen, as far as the settings say."""
        return self.entry.assignment if self.entry else _UNSAID

    @property
    def clustered_by(self) -> str:
        """The column of the customers whose groups joined as a whole; `customer` where each did by itself."""
        return self.entry.clustered_by if self.entry else CUSTOMER

    @property
    def trials(self) -> Trials:
        """The trials before any outcome is looked at."""
        return trials(self.book, self.rules)

    @cached_property
    def kept(self) -> tuple[Kept, ...]:
        """How many are still under contract so many months after the start."""
        return kept_curve(self.book, self.rules)

    def pair(self, outcome: str) -> Pair:
        """Return what is told of an outcome."""
        return next(pair for pair in self.pairs if pair.outcome == outcome)


class Studies:
    """The programmes by segment, made once for all tables that tell of them."""

    def __init__(self, facts: Facts, as_of: Month, entries: Sequence[Programme]) -> None:
        self._facts, self._as_of = facts, as_of
        self._entries = {entry.programme: entry for entry in entries}
        self._made: dict[str, tuple[Study, ...]] = {}

    @cached_property
    def lacks(self) -> str:
        """Why nothing can be told of any programme; an empty text where it may."""
        absent = self._facts.missing(["programmes", *NEEDS])
        if absent:
            return f"{reasons.NEEDS} {', '.join(absent)}"
        return "" if self._starts.programmes else NONE

    def of(self, segment: str) -> tuple[Study, ...]:
        """Return the studies of a segment, judged with regard to how many pairs there are; none where `lacks` says why."""
        if segment not in self._made:
            self._made[segment] = () if self.lacks else _with_holm(self._all_of(segment))
        return self._made[segment]

    @cached_property
    def ground(self) -> Ground:
        """What is known of all customers."""
        return Ground(self._facts, self._as_of, self._joined.customer_id)

    @cached_property
    def _joined(self) -> pd.DataFrame:
        return joined(self._facts, self._as_of)

    @cached_property
    def _starts(self) -> Starts:
        return Starts.of(self._joined, self.ground.ids, self.ground.first, self.ground.months)

    @cached_property
    def _terms(self) -> Terms:
        return Terms(self._facts, self._as_of, self.ground)

    @cached_property
    def _traits(self) -> Traits:
        return Traits(self._facts, self.ground, self._terms)

    @cached_property
    def _rivals(self) -> Rivals:
        return Rivals(self._facts, self.ground, self._terms, self._starts)

    @cached_property
    def _due(self) -> dict[str, Floats]:
        """Whether a term falls due within the months of each loss."""
        return {name: self._terms.due(months) for name, months in LOSSES.items()}

    @cached_property
    def _figures(self) -> dict[str, Floats]:
        ground = self.ground
        made = {USE: lambda: ground.use, ADOPTION: lambda: ground.adopted, NPS: ground.answers}
        return {name: make() for name, make in made.items() if not ground.lacks(name)}

    @cached_property
    def rules(self) -> Rules:
        """The rules of the policies."""
        said = self._facts.policies.effect
        return Rules(said.months, said.least, said.clusters)

    def _all_of(self, segment: str) -> list[Study]:
        traits, rivals = self._traits.of(segment), self._rivals.of(segment)
        inside = np.flatnonzero(self.ground.members[segment])
        outcomes = self._outcomes(inside)
        found = []
        for programme in self._starts.programmes:
            study = self._bare(segment, programme, inside, self._book(programme, inside, traits), outcomes)
            near = self._rivals.near_another(segment, programme)
            found.append(replace(study, pairs=self._pairs(study, [*rivals, *near])))
        return found

    def _bare(self, segment: str, programme: str, inside: Ints, book: Book, outcomes: Mapping[str, Outcome]) -> Study:
        entry = self._entries.get(programme)
        meant = self._meant(programme) or (ADOPTION if ADOPTION in outcomes else USE)
        return Study(segment, programme, entry, meant, inside, book, self.rules, (), outcomes)

    def _meant(self, programme: str) -> str:
        """Return the outcome that the settings name; of any programme that of most, the first in order where they are even."""
        asked = self._starts.programmes if programme == ANY else (programme,)
        named = Counter(self._entries[one].outcome for one in asked if one in self._entries)
        return max(OUTCOMES, key=lambda outcome: named[outcome]) if named else ""

    def _book(self, programme: str, inside: Ints, traits: Mapping[str, Floats]) -> Book:
        first, under = self._starts.first(programme), self.ground.under[inside]
        other = self._starts.in_another(programme)
        if other is not None and varies(other[inside], under):
            traits = {**traits, "other_programme": other[inside]}
        codes = self._clusters(self._entries.get(programme), first)
        past = {name: values[inside] for name, values in self._past.items()}
        return Book(first[inside], under, traits, past, None if codes is None else codes[inside])

    @cached_property
    def _past(self) -> dict[str, Floats]:
        """In what participants and comparison are to have been alike before: use, in its own unit, and adoption."""
        figures = {name: self._figures[name] for name in (USE, ADOPTION) if name in self._figures}
        if USE in figures and not self.ground.has_seats:
            figures[USE] = np.log1p(figures[USE])
        return figures

    def _clusters(self, entry: Programme | None, first: Ints) -> Ints | None:
        if entry and entry.assignment == _WAVE and entry.clustered_by == CUSTOMER:
            return wave_codes(first, self.ground.months)
        return cluster_codes(self._facts, self.ground, entry.clustered_by if entry else CUSTOMER)

    def _outcomes(self, inside: Ints) -> dict[str, Outcome]:
        relative = Relative.ITSELF if self.ground.has_seats else Relative.MEAN_BEFORE
        made = {name: Outcome(name, values[inside]) for name, values in self._figures.items()}
        if USE in made:
            made[USE] = replace(made[USE], relative=relative)
        return {**made, MRR_KEPT: Outcome(MRR_KEPT, self.ground.mrr[inside], Relative.LAST_BEFORE)}

    def _pairs(self, study: Study, rivals: Sequence[Rival]) -> tuple[Pair, ...]:
        if lacks := clusters_lack(self._facts, study.clustered_by):
            return tuple(Pair(outcome, lacks=lacks) for outcome in OUTCOMES)
        read: dict[str, Readings] = {}
        for name, outcome in study.outcomes.items():
            how = answers if name == NPS else readings
            read[name] = how(study.book, outcome, self.rules, rivals)
        losses = {name: self._lost(study, name) for name in LOSSES}
        losses[MRR_RETAINED] = retained(study.book, self.rules, np.nan_to_num(self.ground.mrr[study.customers]))
        return tuple(self._judged(study, name, read, losses) for name in OUTCOMES)

    def _lost(self, study: Study, name: str) -> Loss:
        """Return who is lost within so many months, among customers alike in whether a term falls due in them."""
        due = self._due[name][study.customers]
        traits = {**study.book.traits, DUE: due} if DUE in study.book.traits else study.book.traits
        return lost(replace(study.book, traits=traits), self.rules, LOSSES[name])

    def _judged(self, study: Study, outcome: str, read: Mapping[str, Readings], losses: Mapping[str, Loss]) -> Pair:
        if lacks := self.ground.lacks(outcome):
            return Pair(outcome, lacks=lacks)
        expected = study.entry.expected if study.entry and study.meant == outcome else None
        clustered = study.clustered_by != CUSTOMER or study.assignment in WHOLE_GROUPS
        if outcome in losses:
            loss, assigned = losses[outcome], study.assignment in ASSIGNED
            judged = judge_loss(loss, self.rules, expected=expected, clustered=clustered, assigned=assigned)
            return Pair(outcome, loss, judged)
        use = read.get(USE) if outcome == ADOPTION else None
        judged = judge(read[outcome], self.rules, expected=expected, clustered=clustered, use=use)
        return Pair(outcome, read[outcome], judged)


def _with_holm(studies: Sequence[Study]) -> tuple[Study, ...]:
    """Return the studies of a report, each pair judged with regard to how many are."""
    told = [(pair.judged, pair.outcome == study.meant) for study in studies for pair in study.pairs if pair.judged]
    adjusted = iter(with_holm([judged for judged, _ in told], [meant for _, meant in told]))
    return tuple(
        replace(
            study,
            pairs=tuple(replace(pair, judged=next(adjusted)) if pair.judged else pair for pair in study.pairs),
        )
        for study in studies
    )
