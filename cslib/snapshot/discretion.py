"""What must not be told of few: which groups of a whole are hidden, so that none can be worked out from the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence

    Group = TypeVar("Group", bound=Hashable)


def withheld(sizes: Mapping[Group, int], least: int, unseen: Collection[Group] = ()) -> set[Group]:
    """Return the groups of a known whole that must be hidden: those under `least`, and as many more as they need.

    Who knows the whole takes the shown groups from it and is left with the hidden ones together, so these must come to
    `least` as well: the smallest of the others join them until they do. `unseen` are groups that are not shown anyway,
    such as those who belong to none. Empty groups have nobody to hide.
    """
    hidden = {group for group, size in sizes.items() if 0 < size < least or (group in unseen and size)}
    shown = sorted((group for group, size in sizes.items() if size and group not in hidden), key=lambda g: sizes[g])
    while shown and 0 < sum(sizes[group] for group in hidden) < least:
        hidden.add(shown.pop(0))
    return hidden


@dataclass(frozen=True)
class Line:
    """Segments that share no customer, and the segment in which all of them lie: its figures tell of the rest."""

    whole: str
    parts: tuple[str, ...]


def lines(members: Mapping[str, frozenset[str]]) -> list[Line]:
    """Return for each segment the largest families of segments inside it that share no customer."""
    found = []
    for whole, customers in members.items():
        inside = [name for name in members if members[name] < customers]
        found += [Line(whole, family) for family in _families(members, (), inside, []) if family]
    return found


def _families(
    members: Mapping[str, frozenset[str]], taken: tuple[str, ...], open_: Sequence[str], tried: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """Return `taken` with every choice of `open_` beside it that cannot be made larger (Bron and Kerbosch, 1973)."""
    if not open_ and not tried:
        yield taken
    for place, name in enumerate(open_):
        beside = [other for other in open_[place + 1 :] if members[name].isdisjoint(members[other])]
        before = [other for other in (*tried, *open_[:place]) if members[name].isdisjoint(members[other])]
        yield from _families(members, (*taken, name), beside, before)


def withheld_segments(
    sizes: Mapping[str, int], held: Sequence[Line], least: int, unseen: Collection[str] = ()
) -> set[str]:
    """Return the segments to hide by their sizes, since they, or what lies between them, are few.

    `unseen` are not shown anyway. Of segments that overlap, what they share is not worked out.
    """
    hidden = {name for name, size in sizes.items() if 0 < size < least or name in unseen}
    before = -1
    while before != (before := len(hidden)):
        for line in (line for line in held if line.whole not in hidden):
            parts = {name: sizes[name] for name in line.parts}
            others = max(0, sizes[line.whole] - sum(parts.values()))
            hidden |= withheld({**parts, "": others}, least, {"", *hidden}) - {""}
    return hidden
