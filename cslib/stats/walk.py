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

    @property
    def has_changes(self) -> bool:
        """Whether some grew and some were reduced, so that what happens to others need not be known."""
        return any(map(len, self.lower)) and any(map(len, self.higher))


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
    changes = _Changes.of(habit.lower, fallback.lower), _Changes.of(habit.higher, fallback.higher)
    there = np.sort(now[now > 0]).astype(np.float32)
    begins, first = _arrivals(rng, habit, paths)
    theirs = _Walk(rng, chances, changes, there[None, :], np.zeros((1, len(there)), dtype=np.int64), habit.edges)
    others = _Walk(rng, chances, changes, first, begins, habit.edges)
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


class _Changes(NamedTuple):
    """Changes to draw from, of one size after the other: where those of each size begin, and how many they are."""

    pool: Singles
    begins: Ints
    counts: Ints

    @classmethod
    def of(cls, mine: tuple[Floats, ...], theirs: tuple[Floats, ...]) -> _Changes:
        """Return of each size its own changes, where few those of all sizes, else those of all customers, else none."""
        together = np.concatenate(mine) if any(map(len, mine)) else np.concatenate(theirs)
        known = together if len(together) else np.ones(1)
        pools = [own if len(own) >= _LEAST_SIZES else known for own in mine]
        counts = np.array([len(pool) for pool in pools])
        return cls(np.concatenate(pools).astype(np.float32), np.cumsum(counts) - counts, counts)

    def drawn(self, rng: np.random.Generator, sizes: Ints) -> Singles:
        """Return a change for each of some customers, whose sizes are given."""
        return self.pool[self.begins[sizes] + rng.integers(0, self.counts[sizes])]


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
    """Customers on their paths: `first` is what each pays when it begins, in month 0 those who are there, a row per path or one for all.

    State is held flat, path after path, and what all pay is kept as a sum per path to which moves are added: few move in a month.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - what moves, and by which chances
        self, rng: np.random.Generator, chances: _Chances, changes: tuple[_Changes, _Changes],
        first: Singles, begins: Ints, edges: Floats,
    ) -> None:  # fmt: skip
        self._rng, self._changes = rng, changes
        paths, self._sizes = chances.churn.shape
        self._first, self._many, self._is_one_for_all = first.ravel(), first.shape[1], len(first) < paths
        self._size = np.searchsorted(edges, self._first, side="right")
        self._now = np.tile(np.where(begins == 0, first, np.float32(0)), (paths // len(first), 1)).ravel()
        self._last = self._now.copy()  # what one pays that returns; nothing of one that has yet to come
        self._comes = [np.flatnonzero(begins == ahead) for ahead in range(1, HORIZON + 1)]
        self._pays = self._now.reshape(paths, -1).sum(axis=1, dtype=np.float64)
        self._keeps = self._pays.copy()
        until = np.cumsum([chances.churn, chances.contraction, chances.expansion], axis=0)
        self._until, self._back = until.reshape(3, -1), chances.back[:, 0]
        self._most = np.minimum(np.maximum(until[2].max(axis=1), self._back), 1.0)

    def month(self, ahead: int) -> tuple[Floats, Floats]:
        """Go on by a month; return what all pay, and what they pay of what they began with."""
        self._move()
        come = self._comes[ahead - 1]
        self._set(come // max(self._many, 1), come, self._now[come], self._first[come], self._first[come])
        return np.maximum(self._pays, 0.0), np.maximum(self._keeps, 0.0)

    def _move(self) -> None:
        path, who = _chosen(self._rng, self._most, self._many)
        at = path * self._many + who
        place = who if self._is_one_for_all else at
        paid, size = self._now[at], self._size[place]
        # whoever may move, given that something as likely as the likeliest has come
        u, under, cell = self._rng.random(len(path)) * self._most[path], paid > 0, path * self._sizes + size
        lost, less, more = (u < until[cell] for until in self._until)
        moves = np.where(under, more, u < self._back[path]).nonzero()[0]
        path, at, place, paid, under, size = (each[moves] for each in (path, at, place, paid, under, size))
        after = np.where(under, paid, self._last[at])
        after[under & lost[moves]] = 0
        shrinks = under & (less & ~lost)[moves]
        grows = under & ~less[moves]
        for moved, changes in zip((shrinks, grows), self._changes, strict=True):
            after[moved] *= changes.drawn(self._rng, size[moved])
        self._set(path, at, paid, after, self._first[place])

    def _set(self, path: Ints, at: Ints, before: Singles, after: Singles, first: Singles) -> None:
        """Let some pay another amount, and add what that changes to the sums."""
        paths = len(self._pays)
        self._pays += np.bincount(path, after.astype(np.float64) - before, paths)
        kept = np.minimum(after, first).astype(np.float64) - np.minimum(before, first)
        self._keeps += np.bincount(path, kept, paths)
        self._now[at] = after
        pays = after > 0
        self._last[at[pays]] = after[pays]


def _chosen(rng: np.random.Generator, chances: Floats, customers: int) -> tuple[Ints, Ints]:
    """Return path and place of those whom something may happen to: of so many customers each with the chance of its path.

    From one chosen to the next it is a geometric number of places, an exponential one rounded up: as many numbers are drawn as
    there are chosen, and not as there are customers.
    """
    mean = customers * float(chances.max(initial=0))
    shape = len(chances), int(mean + 3 * np.sqrt(mean)) + 1
    with np.errstate(divide="ignore"):
        rate = -np.log1p(-chances)[:, None]  # infinite where all are chosen
        ends = np.full((len(chances), 1), -1.0)
        blocks = []
        while ends.min(initial=customers) < customers:
            gaps = np.floor(rng.standard_exponential(shape) / rate)
            gaps += 1
            gaps[:, :1] += ends
            blocks.append(np.cumsum(gaps, axis=1, out=gaps))
            ends = gaps[:, -1:]
    places = np.hstack(blocks) if len(blocks) > 1 else blocks[0]
    inside = places < customers
    path = np.repeat(np.arange(len(chances)), np.count_nonzero(inside, axis=1))
    return path, places[inside].astype(np.int64)
