"""What an export is proposed to be: a canonical table, or one of which something is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from cslib.model import BY_NAME
from cslib.scaffold.similarity import SURE, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.scaffold.exports import Export, Look
    from cslib.scaffold.mapped import Mapped


@dataclass(frozen=True)
class Proposed:
    """A canonical table: the export it is read from, its columns, and how it comes by its customers."""

    table: str
    export: Export
    columns: Mapping[str, Mapped]
    score: float = 0.0
    sql: str = ""
    shape: Mapping[str, object] = field(default_factory=dict)  # what else `source.yaml` says of the table's rows
    doubts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # required columns that no column of the export is known to be
    policies: Mapping[str, str] = field(default_factory=dict)  # those that hold for such data
    joined: Mapping[str, Look] = field(default_factory=dict)  # columns looked up in other exports, beside its own

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns of the export that are mapped to none of ours."""
        taken = {mapped.source for mapped in self.columns.values()}
        taken |= {text for mapped in self.columns.values() for text in _texts_in(mapped.how)}
        taken |= set(_texts_in(self.shape.get("unpivot")))
        return tuple(name for name in self.export.looks if name not in taken)

    def look(self, column: str) -> Look | None:
        """Return what the values of one of our columns look like; None where no single column holds it."""
        source = self.columns[column].source if column in self.columns else None
        return {**self.joined, **self.export.looks}.get(source) if source else None

    def called(self, known: str) -> Iterator[Look]:
        """Return the columns with values that are mapped to nothing and called like one of these names, which commas part."""
        looks = (self.export.looks[name] for name in self.unmapped)
        return (look for look in looks if look.values and nearest(look.name, known) >= SURE)

    def where(self, column: str, condition: object) -> Proposed:
        """Return the same with the rows alone of which a condition on a column of the export holds."""
        held = self.shape.get("where", {})
        assert isinstance(held, dict)  # noqa: S101 - written here alone
        return replace(self, shape={**self.shape, "where": {**held, column: condition}})

    def but(self, *doubts: str) -> Proposed:
        """Return the same with further doubts about the table."""
        return replace(self, doubts=(*self.doubts, *doubts))

    def with_column(self, mapped: Mapped) -> Proposed:
        """Return the same with a column mapped so, in the table's order."""
        columns = {**self.columns, mapped.name: mapped}
        return replace(self, columns={name: columns[name] for name in BY_NAME[self.table].names if name in columns})


def _texts_in(value: object) -> Iterator[str]:
    """Return every text in keys of a column, some of which are columns."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from chain.from_iterable(map(_texts_in, value.values()))
    elif isinstance(value, list):
        yield from chain.from_iterable(map(_texts_in, value))
