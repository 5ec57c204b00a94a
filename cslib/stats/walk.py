"""Books carried on by chance: each customer is lost, reduced, grown or returns with the monthly chances of the past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Singles = NDArray[np.float32]
    Ints = NDArray[np.int64]

HORIZON = 12  # months ahead
_SEED = 20261130
_CELLS = 4_000_000  # customers times paths that are carried on at once
_LEAST_PATHS, _MOST_PATHS = 200, 1000
_SIZES, _EACH_SIZE = 4, 25  # groups by what customers pay, and how many customers each wants
_LEAST_SIZES = 5  # changes of a size that are drawn from alone
_PRIOR = 2.0  # movements of a size that all together are worth


@dataclass(frozen=True)
class Habits:
    """What a book did in some months: how often each movement came, over how many customer-months, and to which size.

    The small and the large are lost at different rates, and a total that is the sum of both would be told wrong by the mean of
    its customers: openings, churns, contractions and expansions are counted by group of size, split at `edges`.
    """

    edges: Floats  # amounts that split customers by size; none of a small book
    openings: Floats  # customer-months that opened under contract
    churns: Floats
    contractions: Floats
    expansions: Floats
    lower: tuple[Floats, ...]  # closing over opening of contractions, by size
    higher: tuple[Floats, ...]  # and of expansions
    gone: float  # customer-months that opened without a contract, of those who had one before
    returns: int
    arrivals: Floats  # what those pay who came, or came back, in `months` months
    months: int


def habits(amounts: Floats) -> Habits:
    """Return what customers, a row each, did between the closes of their amounts, a column each.

    One that was lost within the columns returns; whoever else was not under contract comes new.
    """
    before, after = amounts[:, :-1], amounts[:, 1:]
    under = before > 0
    known = np.logical_or.accumulate(under, axis=1)
    comes, opening, closing = ~under & (after > 0), before[under], after[under]
    edges = _edges(opening, len(amounts))
    size = np.searchsorted(edges, opening, side="right")
    moves = (closing == 0, (closing > 0) & (closing < opening), closing > opening)
    openings, churns, contractions, expansions = (
        np.bincount(size[one], minlength=len(edges) + 1).astype(np.float64) for one in (opening > 0, *moves)
    )
    lower, higher = (
        tuple(np.sort((closing / opening)[one & (size == group)]) for group in range(len(edges) + 1))
        for one in moves[1:]
    )
    return Habits(
        edges, openings, churns, contractions, expansions, lower, higher, float((~under & known).sum()),
        int((comes & known).sum()), np.sort(after[comes]), before.shape[1],
    )  # fmt: skip


def _edges(opening: Floats, customers: int) -> Floats:
    """Return the amounts that split openings into groups of equal size, as many as the book can tell apart."""
    groups = int(np.clip(customers // _EACH_SIZE, 1, _SIZES))
    return np.quantile(opening, np.arange(1, groups) / groups) if len(opening) else np.zeros(0)


class Course(NamedTuple):
    """What became of a book on each path, a row, by each of the months ahead, a column."""

    held: Floats  # what those who were there pay
    kept: Floats  # of it what they paid at the start, and no more
    new: Floats  # what those pay who were not


def paths_for(customers: int) -> int:
    """Return on how many paths a book is carried on: 1,000, and fewer of a large one, whose chance is small."""
    return int(np.clip(_CELLS // max(customers, 1), _LEAST_PATHS, _MOST_PATHS))


def carried_on(now: Floats, habit: Habits, fallback: Habits, paths: int) -> Course:
    """Return the course of a book over the months ahead, `now` being what each customer pays.

    On each path the monthly chances are drawn anew, Gamma(k + 1/2) over the exposure, those of a size around those of all, and
    so is each change from those seen, or from those of `fallback` where none was. New customers come as a Poisson count at a drawn rate.
    Neither order nor names of the customers change the result.
    """
    rng = np.random.default_rng([_SEED, len(now), *habit.churns.astype(np.int64)])
    chances = _chances(rng, habit, paths)
    sizes = _sizes(habit.lower, fallback.lower), _sizes(habit.higher, fallback.higher)
    there = np.sort(now[now > 0]).astype(np.float32)
    start = np.broadcast_to(there, (paths, len(there)))
    begins, first = _arrivals(rng, habit, paths)
    theirs = _Walk(rng, chances, sizes, start, np.zeros(start.shape, dtype=np.int64), habit.edges)
    others = _Walk(rng, chances, sizes, first, begins, habit.edges)
    months = [(*theirs.month(ahead), others.month(ahead)[0]) for ahead in range(1, HORIZON + 1)]
    return Course(*(np.column_stack([month[part] for month in months]) for part in range(3)))


class _Chances(NamedTuple):
    """The monthly chances of each path, a row, and size, a column."""

    churn: Floats
    contraction: Floats
    expansion: Floats
    back: Floats  # of any size


def _chances(rng: np.random.Generator, habit: Habits, paths: int) -> _Chances:
    churn, contraction, expansion = (
        _by_size(rng, counts, habit.openings, paths) for counts in (habit.churns, habit.contractions, habit.expansions)
    )
    back = rng.gamma(habit.returns + 0.5, 1 / habit.gone, (paths, 1)) if habit.gone else np.zeros((paths, 1))
    return _Chances(churn, contraction, expansion, np.minimum(back, 1.0))


def _by_size(rng: np.random.Generator, counts: Floats, openings: Floats, paths: int) -> Floats:
    """Return chances by size: those of all together, from which each size is drawn with the weight of its own count."""
    together = rng.gamma(counts.sum() + 0.5, 1 / openings.sum(), (paths, 1))
    if len(counts) == 1:
        return np.minimum(together, 1.0)
    return np.minimum(rng.gamma(counts + _PRIOR, size=(paths, len(counts))) / (openings + _PRIOR / together), 1.0)


def _sizes(mine: tuple[Floats, ...], theirs: tuple[Floats, ...]) -> tuple[Singles, ...]:
    """Return changes to draw from by size: its own, where few those of all sizes, else those of all customers, else none."""
    together = np.concatenate(mine) if any(map(len, mine)) else np.concatenate(theirs)
    known = together if len(together) else np.ones(1)
    return tuple((own if len(own) >= _LEAST_SIZES else known).astype(np.float32) for own in mine)


def _arrivals(rng: np.random.Generator, habit: Habits, paths: int) -> tuple[Ints, Singles]:
    """Return in which month each new customer of a path comes, and with what; 0 and nothing for those that do not."""
    first = habit.arrivals.astype(np.float32)
    if not len(first):
        return np.zeros((paths, 0), dtype=np.int64), np.zeros((paths, 0), dtype=np.float32)
    rate = rng.gamma(len(habit.arrivals) + 0.5, 1 / habit.months, paths)
    count = rng.poisson(rate * HORIZON)
    shape = (paths, int(count.max(initial=0)))
    there = np.arange(shape[1]) < count[:, None]
    begins = np.where(there, rng.integers(1, HORIZON + 1, shape), 0)
    return begins, np.where(there, rng.choice(first, shape), np.float32(0))


class _Walk:
    """Customers on their paths, a row per path: `first` is what each pays when it begins, in month 0 those who are there."""

    def __init__(  # noqa: PLR0913, PLR0917 - what moves, and by which chances
        self, rng: np.random.Generator, chances: _Chances, sizes: tuple[tuple[Singles, ...], ...],
        first: Singles, begins: Ints, edges: Floats,
    ) -> None:  # fmt: skip
        self._rng, self._chances, self._sizes = rng, chances, sizes
        self._first, self._begins = first, begins
        self._now = np.where(begins == 0, first, np.float32(0))
        self._last = self._now.copy()  # what one pays that returns; nothing of one that has yet to come
        self._size = np.searchsorted(edges, first, side="right")
        largest = (chances.churn + chances.contraction + chances.expansion).max(axis=1, keepdims=True)
        self._most = np.maximum(largest, chances.back).astype(np.float32)

    def month(self, ahead: int) -> tuple[Floats, Floats]:
        """Go on by a month; return what all pay, and what they pay of what they began with."""
        self._move()
        comes = self._begins == ahead
        self._now[comes] = self._last[comes] = self._first[comes]
        kept = np.minimum(self._now, self._first)
        return self._now.sum(axis=1, dtype=np.float64), kept.sum(axis=1, dtype=np.float64)

    def _move(self) -> None:
        path, who = np.nonzero(self._rng.random(self._now.shape, dtype=np.float32) < self._most)
        # whoever may move, given that something as likely as the likeliest has come
        u, size = self._rng.random(len(path)) * self._most[path, 0], self._size[path, who]
        churn, contraction, expansion = (each[path, size] for each in self._chances[:3])
        paid, last = self._now[path, who], self._last[path, who]
        under, lost = paid > 0, u < churn
        less = ~lost & (u < churn + contraction)
        more = ~lost & ~less & (u < churn + contraction + expansion)
        after = np.where(under & lost, np.float32(0), paid)
        for kind, pools in ((under & less, self._sizes[0]), (under & more, self._sizes[1])):
            for group, pool in enumerate(pools):
                moved = kind & (size == group)
                after[moved] = paid[moved] * self._rng.choice(pool, int(moved.sum()))
        after = np.where(~under & (u < self._chances.back[path, 0]), last, after)
        self._now[path, who] = after
        self._last[path, who] = np.where(after > 0, after, last)
