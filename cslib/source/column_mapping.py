"""Where the columns of a table come from: which column of the source each canonical one is, and which further ones there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from cslib.errors import SourceError, no_such
from cslib.model import Kind
from cslib.settings import ColumnMap
from cslib.source.files import FILE, NON_DATA
from cslib.source.filters import unknown_columns
from cslib.source.parquet_copies import ROW
from cslib.source.parse import DATE_KINDS, NUMBER_KINDS
from cslib.source.width import stripped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ibis.expr.types import StringValue, Value
    from ibis.expr.types import Table as IbisTable

    from cslib.model import CanonicalColumn, CanonicalTable
    from cslib.settings import TableSource

# flags of a row's columns are stored under these prefixes; a source's own column of such a name is left out
BESIDE = (
    "_raw_",
    "_unread_",
    "_mended_",
    "_text_",
    "_spelled_",
    "_read_",
    "_broken_",
    "_lying_",
    "_earliest_",
    "_latest_",
)
_MAP_IT = "(say under 'columns' which one holds it{constant})"


@dataclass(frozen=True)
class ColumnMapping:
    """Which column of a raw table each canonical column of `table` comes from (`origins`), and which further ones there are.

    Where it comes from several, that is the one into which `with_combined` puts them together.
    """

    table: CanonicalTable
    spec: TableSource
    origins: dict[str, ColumnMap]
    further: tuple[str, ...]

    @classmethod
    def of(cls, raw: IbisTable, table: CanonicalTable, spec: TableSource) -> ColumnMapping:
        """Look the columns of a raw table up; raises `SourceError` with every unknown and every missing one."""
        origins = _find_origins(raw, table, spec)
        return cls(table, spec, origins, tuple(_further_columns(raw, table, origins)))

    @property
    def present(self) -> set[str]:
        """The canonical columns that the source holds, and its further ones."""
        return {*self.origins, *self.further}

    @property
    def ids(self) -> dict[str, str]:
        """The source columns of ids, by their canonical names."""
        return {
            name: origin.label
            for name, origin in self.origins.items()
            if name.endswith("_id") and origin.label and not origin.map
        }


def _find_origins(raw: IbisTable, table: CanonicalTable, spec: TableSource) -> dict[str, ColumnMap]:
    """Return where each canonical column that there is comes from; raises `SourceError` with every unknown and missing one."""
    own = {name.lower(): name for name in visible_columns(raw)}
    origins = {**{name: ColumnMap(column=own[name]) for name in table.names if name in own}, **spec.columns}
    problems = [*_mapping_problems(raw, table, spec), *unknown_columns(spec.where, raw, f"{table.name}.where")]
    problems += [
        f"{table.name}: {no_such('required column', name, visible_columns(raw), _way(table, name))}"
        for name in table.required
        if name not in origins and not (spec.terms and name == table.key)
    ]
    if problems:
        raise SourceError(problems)
    return origins


def _way(table: CanonicalTable, name: str) -> str:
    """Return how a required column can be named, or be said for all rows where it is no id and no amount."""
    may_be_said = not name.endswith("_id") and table[name].kind not in NUMBER_KINDS
    return _MAP_IT.format(
        constant=f", or '{name}: {{value: {table[name].example}}}' where it is so for all rows" if may_be_said else ""
    )


def _mapping_problems(raw: IbisTable, table: CanonicalTable, spec: TableSource) -> Iterator[str]:
    if spec.terms and table.name != "contracts":
        yield f"{table.name}.terms: only contracts have terms; leave it out"
    if spec.terms and spec.latest:
        yield f"{table.name}.latest: rows that become terms are no states of one thing; leave it out"
    if spec.terms and "ends_on" in spec.columns:
        yield f"{table.name}.columns.ends_on: terms say when they end; leave it out"
    for name, origin in spec.columns.items():
        place = f"{table.name}.columns.{name}"
        if name not in table.names:
            yield f"{place}: {no_such('canonical column', name, table.names)}"
            continue
        for part in dict.fromkeys(origin.sources):
            if part not in raw.columns:
                yield f"{place}: {no_such('source column', part, visible_columns(raw))}"
        yield from (f"{place}: {said}, and {name} holds {table[name].kind}" for said in _misfits(origin, table[name]))


def _misfits(origin: ColumnMap, column: CanonicalColumn) -> Iterator[str]:
    """Return for which columns the settings are that a column cannot have."""
    for key in ("divide_by", "times", "per"):
        if getattr(origin, key) is not None and column.kind not in NUMBER_KINDS:
            yield f"{key} is for numbers"
    for key in ("format", "plus", "not_after"):
        if getattr(origin, key) is not None and column.kind not in DATE_KINDS:
            yield f"{key} is for dates"
    for key in ("concat", "prefix"):
        if getattr(origin, key) is not None and column.kind is not Kind.TEXT:
            yield f"{key} is for texts"


def _further_columns(raw: IbisTable, table: CanonicalTable, origins: dict[str, ColumnMap]) -> list[str]:
    """Return the columns of the source that are mapped to no canonical one."""
    taken = {part for origin in origins.values() for part in (origin.label, *origin.parts)}
    # capitals make no difference to the engine
    own = [name for name in visible_columns(raw) if not name.lower().startswith(BESIDE)]
    return [name for name in own if name not in taken and name.lower() not in table.types]


def with_combined(raw: IbisTable, spec: TableSource) -> IbisTable:
    """Return a raw table with a column more for each that comes from several: the first that is filled, or all put together."""
    several = {str(origin.label): origin for origin in spec.columns.values() if origin.parts[1:]}
    return raw.mutate(**{label: _combined(raw, origin) for label, origin in several.items()}) if several else raw


def _combined(raw: IbisTable, origin: ColumnMap) -> Value:
    values = [raw[part] for part in origin.parts]
    if origin.concat:
        return _joined([stripped(value.cast("string")) for value in values])
    if any(value.type() != values[0].type() for value in values):
        values = [value.cast("string") for value in values]
    return ibis.coalesce(*(stripped(value) if value.type().is_string() else value for value in values))


def _joined(texts: Sequence[StringValue]) -> StringValue:
    """Return the texts that are there with a blank between them; null where none is."""
    after_blanks = [ibis.coalesce(" " + text, "") for text in texts]
    # in one step: an expression within an expression for each of many texts is more than can be taken apart
    return after_blanks[0].concat(*after_blanks[1:]).substr(1).nullif("")


def without_inner(raw: IbisTable, spec: TableSource) -> IbisTable:
    """Return a raw table without columns whose names are reserved for flags, in upper or lower case."""
    taken = {part for origin in spec.columns.values() for part in origin.sources}
    return raw.drop(*(name for name in raw.columns if name.lower().startswith(BESIDE) and name not in taken))


def visible_columns(raw: IbisTable) -> list[str]:
    """Return the columns that are the source's own, without flags."""
    return [name for name in raw.columns if name not in (FILE, ROW, NON_DATA)]
