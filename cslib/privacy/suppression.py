"""Statistical disclosure control: which groups of a whole are hidden, so that no small one can be derived from the others."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence

    Group = TypeVar("Group", bound=Hashable)

HIDDEN = "hidden: too few to be told"  # the reason of a figure that outsiders are not shown

Cell = frozenset[str]
"""The segments of some customers who are all in the same ones: no segment distinguishes them."""

_PRIME = 2**31 - 1  # the arithmetic is exact modulo a prime: a product of two residues fits into 64 bits


def until_stable(step: Callable[[], int]) -> None:
    """Repeat a step, which returns how many are hidden after it, until it hides no more."""
    hidden = step()
    while (more := step()) != hidden:
        hidden = more


def suppressed(sizes: Mapping[Group, int], least: int, unseen: Collection[Group] = ()) -> set[Group]:
    """Return the groups of a known whole that must be hidden: those under `least`, and as many more as they need.

    Whoever knows the whole can subtract the shown groups and is left with the hidden ones together, so these must come
    to `least` as well: the smallest of the others join them until they do. `unseen` are groups that are not shown anyway,
    such as those who belong to none. Empty groups have nobody to hide.
    """
    hidden = {group for group, size in sizes.items() if 0 < size < least or (group in unseen and size)}
    shown = sorted((group for group, size in sizes.items() if size and group not in hidden), key=lambda g: sizes[g])
    while shown and 0 < sum(sizes[group] for group in hidden) < least:
        hidden.add(shown.pop(0))
    return hidden


def cells(members: Mapping[str, Collection[str]]) -> dict[Cell, int]:
    """Return the number of customers in the same segments, by these segments; those in none are left out."""
    segments_of: dict[str, set[str]] = {}
    for segment, customers in members.items():
        for customer in customers:
            segments_of.setdefault(customer, set()).add(segment)
    found: dict[Cell, int] = {}
    for segments in map(frozenset, segments_of.values()):
        found[segments] = found.get(segments, 0) + 1
    return found


def suppressed_segments(
    sizes: Mapping[Cell, int], least: int, unseen: Collection[str] = (), seen: Collection[str] = ()
) -> set[str]:
    """Return the segments to hide: those with few customers, and those from which few can be derived.

    `sizes` is the number of customers in the same segments. Figures add up: whoever adds and subtracts those that are shown, in any
    way and as often as they like (total less segments, a segment less one inside it, two that overlap less the whole),
    is never left with between one and `least` - 1. `unseen` are not shown anyway, and `seen` are shown in any case.
    Of the others that would disclose few, the smallest is hidden, until none does.
    """
    counts: dict[str, int] = {}
    for cell, size in sizes.items():
        counts |= {name: counts.get(name, 0) + size for name in cell}
    hidden = {name for name, size in counts.items() if 0 < size < least or name in unseen}
    held = tuple(sorted(((tuple(sorted(cell)), min(size, least)) for cell, size in sizes.items() if size)))
    while disclosing := _disclosing(held, frozenset(hidden), least) - frozenset(seen):
        hidden.add(min(disclosing, key=lambda name: (counts[name], name)))
    return hidden


@lru_cache(maxsize=4096)
def _disclosing(held: Sequence[tuple[tuple[str, ...], int]], hidden: frozenset[str], least: int) -> frozenset[str]:
    """Return segments whose figures, added and subtracted, disclose few; none where no such sum does."""
    shown = sorted({name for cell, _ in held for name in cell} - hidden)
    few = sorted(range(len(held)), key=lambda place: held[place][1] < least)
    pivots = sum(size >= least for _, size in held)
    sums = np.array([[name in held[place][0] for place in few] for name in shown], dtype=np.int64).reshape(-1, len(few))
    small = np.array([held[place][1] for place in few[pivots:]])
    for row, made_of in _within(sums, pivots, least - 1) if pivots < len(held) else ():
        if set(np.unique(row)) <= {0, 1} and 0 < small[row == 1].sum() < least:
            return frozenset(name for name, part in zip(shown, made_of, strict=True) if part)
    return frozenset()


def _within(sums: np.ndarray, pivots: int, most: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Return the sums of rows that are 0 in the first `pivots` columns: the later columns, and the factor of each row in it.

    Every such sum of 0 and 1 alone, of which no more than `most` are 1, is among them: it takes each row of the reduced
    echelon form once or not at all, as its entry in that row's pivot says.
    """
    reduced = _reduced(np.hstack([sums, np.eye(len(sums), dtype=np.int64)]), sums.shape[1])
    inside = [row for row in reduced if not row[:pivots].any() and row[: sums.shape[1]].any()]
    for count in range(1, min(len(inside), most) + 1):
        for chosen in combinations(inside, count):
            added = np.sum(chosen, axis=0) % _PRIME
            yield added[pivots : sums.shape[1]], added[sums.shape[1] :]


def _reduced(rows: np.ndarray, columns: int) -> np.ndarray:
    """Return the reduced row echelon form over the first columns, modulo a prime."""
    done = 0
    for column in range(columns):
        found = np.flatnonzero(rows[done:, column])
        if not len(found):
            continue
        rows[[done, done + found[0]]] = rows[[done + found[0], done]]
        rows[done] = rows[done] * pow(int(rows[done, column]), -1, _PRIME) % _PRIME
        others = np.arange(len(rows)) != done
        rows[others] = (rows[others] - rows[others, column, None] * rows[done]) % _PRIME
        done += 1
        if done == len(rows):
            break
    return rows
