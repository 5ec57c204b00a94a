"""What a column of ours is read out of, and what is known of the customers while columns are matched."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_HALF = 0.5
_COUNTER = 6  # digits: ids that are no longer are in every file, whatever they count


@dataclass(frozen=True)
class Customers:
    """What is known of the customers while other tables are matched: their ids, and how other files call these."""

    ids: frozenset[str] = frozenset()
    names: str = ""  # with commas between
    file: str = ""

    @property
    def are_told_by_ids(self) -> bool:
        """Whether values show that they are these ids; short whole numbers do not, since every counter gives them."""
        counted = sum(one.isdecimal() and len(one) <= _COUNTER and not one.startswith("0") for one in self.ids)
        return bool(self.ids) and counted < _HALF * len(self.ids)


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A canonical column: its source, how it is read, and what is unsure of it. `formats` are those it may have."""

    name: str
    source: str | None = None
    value: str | None = None
    formats: tuple[str, ...] = ()
    divide_by: int | None = None
    map: Mapping[str, str | bool] = field(default_factory=dict)
    null: tuple[str, ...] = ()
    how: Mapping[str, Any] = field(default_factory=dict)  # what else `source.yaml` says of how it is read
    doubts: tuple[str, ...] = ()
    likeness: float = 100.0

    @property
    def called(self) -> str | None:
        """The source column, or the first of those that are put together; None for a constant."""
        return self.source or next(iter(self.how.get("concat", ())), None)

    def but(self, doubt: str) -> Mapped:
        """Return the same with one more doubt."""
        return replace(self, doubts=(*self.doubts, doubt))
