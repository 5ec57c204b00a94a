"""Who is compared with whom: each month in which customers start a programme is a trial among those then under contract.

Sequential trials (Hernán et al. 2016, J Clin Epidemiol 79): arrays in, rows of a customer in a trial out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

NEVER = 1_000_000  # the month of a start that did not happen
YEAR = 12


class LeftOut(StrEnum):
    """Why a participant is in no trial."""

    NOT_YET = "not_yet"  # the months after the start are not over
    BEFORE_DATA = "before_data"  # it started before there was a record of the months before
    TOO_YOUNG = "too_young"  # it was not under contract in all of the months before
    LEFT_AT_ONCE = "left_at_once"  # it was not under contract at the close of the start month
    LOST_SINCE = (
        "lost_since"  # it was not under contract at the end of the months after, so that its use cannot be told
    )
    UNKNOWN = "unknown"  # the figure is not known of all months
    NOBODY_ELSE = "nobody_else"  # nobody is left to compare with in that month


@dataclass(frozen=True)
class Rules:
    """How long is looked before and after a start, and from how few participants and clusters nothing is told."""

    months: int = 6
    least: int = 20
    clusters: int = 8


@dataclass(frozen=True, eq=False)
class Book:
    """n customers over T months, counted from 0; the last is the month as of which is asked.

    A trial that starts in month g reads `traits` and `clusters` in column g - 1; a trait without a date may have one column. What is
    not known of a trait is nan, and counts as its mean. `history` are figures in which participants and others are to have been
    alike before, for the third reading: use and adoption.
    """

    first: Ints  # (n,) month of the first start; below 0 before the first month, NEVER without one
    under: Flags  # (n, T) under contract at the close
    traits: Mapping[str, Floats] = field(default_factory=dict)  # each (n, T) or (n, 1)
    history: Mapping[str, Floats] = field(
        default_factory=dict
    )  # each (n, T), nan where unknown; the first is read at g, too
    clusters: Ints | None = None  # (n, T) or (n, 1); None: each customer its own

    @property
    def months(self) -> int:
        """How many months there are."""
        return self.under.shape[1]


class Relative(StrEnum):
    """What a figure is divided by, customer by customer, before it is compared."""

    ITSELF = "itself"  # nothing
    LAST_BEFORE = "last_before"  # the figure of month g - 1, and clipped to 0.2 to 3
    MEAN_BEFORE = "mean_before"  # the mean of the months before


@dataclass(frozen=True, eq=False)
class Outcome:
    """A figure of each customer and month (n, T), nan where unknown or not under contract, of which more is better."""

    id: str
    figure: Floats
    relative: Relative = Relative.ITSELF


@dataclass(frozen=True, eq=False)
class Trials:
    """Rows, trial by trial: a customer in the trial of a start month, as one that starts or as one to compare with."""

    book: Book
    rules: Rules
    ripe: int  # months after the start that are over in every trial
    customer: Ints
    start: Ints
    treated: Flags
    left_out: Mapping[LeftOut, int]  # participants that are in no row, by reason

    @property
    def participants(self) -> int:
        """How many customers start in a trial."""
        return int(self.treated.sum())

    @cached_property
    def trial(self) -> Ints:
        """The place of each row's trial among them."""
        places: Ints = np.unique(self.start, return_inverse=True)[1].astype(np.int64)
        return places

    @cached_property
    def sizes(self) -> Floats:
        """How many start in each trial."""
        return np.bincount(self.trial, self.treated).astype(np.float64)

    @cached_property
    def cluster(self) -> Ints:
        """The cluster of each row, as it stood before the start."""
        found = self.book.clusters
        return self.customer if found is None else _read(found, self.customer, self.start - 1)

    def at(self, figure: Floats | Flags, since: int) -> Floats:
        """Return a figure of each row so many months since its start month; one column holds for all months."""
        return _read(figure, self.customer, self.start + since).astype(np.float64)

    def over(self, figure: Floats | Flags, begin: int, end: int) -> Floats:
        """Return a figure (n, T) of each row in the months from `begin` to `end` since the start; nan where there is no such month."""
        months = self.start[:, None] + np.arange(begin, end + 1)
        read = figure[self.customer[:, None], np.clip(months, 0, self.book.months - 1)]
        return np.where((months >= 0) & (months < self.book.months), read, np.nan)

    def with_both_sides(self, kept: Flags) -> Flags:
        """Return which rows are left of those kept: none of a trial in which nobody starts any more, or nobody else is left."""
        chosen = np.zeros(len(kept), np.bool_)
        chosen[kept] = _two_sided(self.start[kept], self.treated[kept])
        return chosen

    def those(self, kept: Flags, why: LeftOut) -> Trials:
        """Return some of the rows, of trials with both sides; who falls out is counted as left out, `why`, or for want of others."""
        rows = self.with_both_sides(kept)
        gone, alone = (int((self.treated & out).sum()) for out in (~kept, kept & ~rows))
        counted = dict(self.left_out)
        for reason, count in ((why, gone), (LeftOut.NOBODY_ELSE, alone)):
            counted[reason] = counted.get(reason, 0) + count
        return replace(
            self, customer=self.customer[rows], start=self.start[rows], treated=self.treated[rows], left_out=counted
        )

    @property
    def started(self) -> int:
        """In how many months somebody starts."""
        return len(self.sizes)

    @property
    def clusters(self) -> int:
        """How many clusters have participants."""
        return len(np.unique(self.cluster[self.treated]))

    @property
    def pace(self) -> float:
        """How many participants a month the last twelve start months that are over have brought; 0 without any."""
        end, begin = self.book.months - self.ripe, self.rules.months
        last = max(begin, end - YEAR)
        return float((self.treated & (self.start >= last)).sum()) / (end - last) if end > last else 0.0

    @property
    def traits(self) -> dict[str, Floats]:
        """The traits of each row as they stood before the start."""
        return {name: self.at(values, -1) for name, values in self.book.traits.items()}

    @property
    def past(self) -> dict[str, Floats]:
        """In what rows are to have been alike before: means of the halves of the months before, and the first figure at the start."""
        half, found = self.rules.months // 2, {}
        for place, (name, figure) in enumerate(self.book.history.items()):
            before = self.over(figure, -self.rules.months, 0)
            found[f"{name}_earlier"] = before[:, : -half - 1].mean(axis=1)
            found[f"{name}_just_before"] = before[:, -half - 1 : -1].mean(axis=1)
            if place == 0:
                found[f"{name}_at_start"] = before[:, -1]
        return found

    def still_under(self) -> Trials:
        """Return the rows whose customer is under contract at the close of the last month after the start."""
        return self.those(self.at(self.book.under, self.rules.months) > 0, LeftOut.LOST_SINCE)


def trials(book: Book, rules: Rules, ripe: int | None = None) -> Trials:
    """Return the trials of a programme: participants against all who had not started by the close of the start month.

    Eligible are those under contract at the closes g - 6 to g: who leaves within the start month could not have started later in
    it, so that the month belongs to nobody (an "immortal" month). Who starts or leaves later stays to compare with. Only trials
    that are `ripe`, so many months (6) after the start, are there.
    """
    months, after = rules.months, rules.months if ripe is None else ripe
    whole = np.concatenate([np.zeros((len(book.first), 1), np.int64), np.cumsum(book.under, axis=1)], axis=1)
    starts = np.arange(months, book.months - after)
    if not len(starts):
        return _none(book, rules, after)
    # of each customer and start month: under contract at all closes from g - months to g
    eligible = whole[:, starts + 1] - whole[:, starts - months] == months + 1
    treated = eligible & (book.first[:, None] == starts)
    compared = eligible & (book.first[:, None] > starts)
    inside = (treated | compared) & treated.any(axis=0)
    place, customer = np.nonzero(inside.T)
    rows = Trials(book, rules, after, customer, starts[place], treated[customer, place], _left_out(book, rules, after))
    return rows.those(np.ones(len(customer), np.bool_), LeftOut.NOBODY_ELSE)


def _none(book: Book, rules: Rules, after: int) -> Trials:
    nothing = np.zeros(0, np.int64)
    return Trials(book, rules, after, nothing, nothing, nothing.astype(np.bool_), _left_out(book, rules, after))


def _left_out(book: Book, rules: Rules, after: int) -> dict[LeftOut, int]:
    """Return how many participants come into no trial, each by the first reason that holds."""
    who = np.flatnonzero(book.first < book.months)
    first = book.first[who]
    ripe, recorded = first + after < book.months, first >= rules.months
    columns = np.maximum(first[:, None] + np.arange(-rules.months, 1), 0)
    under = book.under[who[:, None], columns]
    young, gone = ~under[:, :-1].all(axis=1), ~under[:, -1]
    return {
        LeftOut.NOT_YET: int((~ripe).sum()),
        LeftOut.BEFORE_DATA: int((ripe & ~recorded).sum()),
        LeftOut.TOO_YOUNG: int((ripe & recorded & young).sum()),
        LeftOut.LEFT_AT_ONCE: int((ripe & recorded & ~young & gone).sum()),
    }


def _two_sided(start: Ints, treated: Flags) -> Flags:
    """Return of each row whether somebody starts in its trial and somebody does not."""
    if not len(start):
        return treated
    with_it, rows = np.bincount(start, treated), np.bincount(start)
    both: Flags = (with_it > 0) & (with_it < rows)
    return both[start]


def _read(figure: Any, customer: Ints, month: Ints) -> Any:  # noqa: ANN401 - of whatever kind the figure is
    return figure[customer, month if figure.shape[1] > 1 else np.zeros_like(month)]
