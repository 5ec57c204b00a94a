"""The sources of a table: each mapped for itself, the newest states told from older ones, amounts in one currency; then put together."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import ibis

from cslib.errors import SourceError
from cslib.model import BY_NAME
from cslib.source import FILE, ROW, map_table, whole_ids
from cslib.source.asked import asked_of
from cslib.source.column_mapping import ColumnMapping
from cslib.source.files import alike
from cslib.source.terms import as_terms
from cslib.validation.currencies import ConvertedAmounts
from cslib.validation.findings import Remark
from cslib.validation.overlapping_exports import flag_superseded, overlap_remarks
from cslib.validation.term_overlaps import month_end_question
from cslib.validation.validate import flag_exact_copies

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ibis.expr.types import Table as IbisTable

    from cslib.settings import Settings, TableSource
    from cslib.source import SourceConnection

_MADE = ("contract_id", "ends_on")  # columns that terms have, whatever their rows had


@dataclass(frozen=True)
class Part:
    """Mapped rows of a table: the columns that their source holds, what keeps them from being used, and remarks on them."""

    rows: IbisTable
    present: frozenset[str]
    problems: tuple[str, ...]
    notes: tuple[Remark, ...]


@dataclass(frozen=True)
class PartReader:
    """How the sources of a table are mapped."""

    settings: Settings
    source: SourceConnection

    def table(self, name: str) -> Part:
        """Return the rows of all sources of a table; raises `SourceError` with the problems of every source."""
        parts, problems = [], list[str]()
        for path in self.source.paths(name):
            try:
                raw = self.source.table(path)
                with self.source.reading(path):
                    parts.append(self.part(raw, self.look_up(raw, path), path))
            except SourceError as error:
                problems += error.problems
        if problems:
            raise SourceError(problems)
        return _together(parts)

    def part(self, raw: IbisTable, columns: ColumnMapping, path: str) -> Part:
        """Return the rows of one source."""
        mapped = self._newest(self.mapped(raw, columns), columns, path)
        priced = ConvertedAmounts(columns, mapped, self.settings.policies)
        spec = columns.spec
        if spec.terms:
            # before levels are added up, since the same export twice would double them
            whole = flag_exact_copies(priced.rows, replace(columns.table, key=None))
            terms = as_terms(whole.cache(), spec.terms, self.settings.policies.contract_end)
            # of what no term can be made stays its row, and is told for what cannot be read, not for want of an id
            place = terms[FILE] + ":" + terms[ROW].cast("string")
            rows = terms.mutate(contract_id=ibis.coalesce(terms.contract_id, place)).cache()
        else:
            rows = with_row_ids(priced.rows, columns, path)
        made = _MADE if spec.terms else ()
        notes = (*self._notes(raw, columns, path), *priced.notes, *self._folded(rows, spec, path))
        if spec.terms:
            notes = (*notes, *month_end_question(rows, self.settings.policies))
        return Part(rows, frozenset({*columns.present, *made}), priced.problems, notes)

    def _folded(self, rows: IbisTable, spec: TableSource, path: str) -> Iterator[Remark]:
        """Return the remark on a shape that makes other rows of those of the source."""
        shape = ", ".join(key for key in ("split", "unpivot", "total", "terms") if getattr(spec, key))
        if shape:
            read, made = self.source.rows_as_read(path), int(rows.count().to_pyarrow().as_py())
            yield Remark(kind="shaped", rows=read, samples=(), said={"made": f"{made:,}", "shape": shape})

    def look_up(self, raw: IbisTable, path: str) -> ColumnMapping:
        """Return where the columns of a source come from; raises `SourceError` with the line of each problem."""
        with self._placed(path):
            return ColumnMapping.of(raw, BY_NAME[path.partition(".")[0]], self._spec(path))

    def mapped(self, raw: IbisTable, columns: ColumnMapping, *, part: bool = False) -> IbisTable:
        """Return raw rows mapped; in a `part` of a table, ids like 17850.0 stay as they are."""
        zone, currency = self.settings.policies.timezone, self.settings.policies.currency
        asked = asked_of(raw, by=(columns.table, columns.spec, zone, currency))
        whole = () if part else whole_ids(raw, columns, asked)
        return asked.described(("mapped", whole), lambda: map_table(raw, columns, zone, currency, whole))

    def _spec(self, path: str) -> TableSource:
        return self.source.tables[path]

    def _newest(self, mapped: IbisTable, columns: ColumnMapping, path: str) -> IbisTable:
        with self._placed(path):
            return flag_superseded(mapped, columns.table, columns.spec, self.settings.policies.timezone)

    @contextmanager
    def _placed(self, path: str) -> Iterator[None]:
        """Let problems that name a path in `source.yaml` name its line, and which source of their table it is."""
        try:
            yield
        except SourceError as error:
            parts = (problem.partition(": ") for problem in error.problems)
            raise SourceError(
                [f"{self.source.place(path, *keys.split('.')[1:])}: {said}" for keys, _, said in parts]
            ) from error

    def _notes(self, raw: IbisTable, columns: ColumnMapping, path: str) -> tuple[Remark, ...]:
        """Return the remarks on rows that are taken as they are."""
        table = columns.table
        cannot_tell_copies = table.repeats or (table.row_key and table.row_key not in columns.origins)
        several = cannot_tell_copies and self.source.files(path)[1:]
        return overlap_remarks(raw, columns, whole=table.name != "usage") if several else ()


def with_row_ids(rows: IbisTable, columns: ColumnMapping, path: str) -> IbisTable:
    """Return rows whose source has no column of their ids with their places as these: contracts.csv:17.

    Of several rows that were shaped out of one, each further one has its number behind it, and so have further sources.
    """
    key, part = columns.table.row_key, path.partition(".")[2]
    if key is None or key in columns.origins:
        return rows
    place = rows[FILE] + ":" + rows[ROW].cast("string") + (f"-{part}" if part not in {"", "0"} else "")
    if columns.spec.is_shaped:
        own = [rows[name] for name in columns.table.names if name != key]
        number = ibis.row_number().over(group_by=[rows[FILE], rows[ROW]], order_by=own)
        place = ibis.ifelse(number == 0, place, place + "." + (number + 1).cast("string"))
    return rows.mutate(**{key: place})


def _together(parts: Sequence[Part]) -> Part:
    """Return the rows of several sources as one; a column that one of them lacks is null in its rows."""
    if not parts[1:]:
        return parts[0]
    return Part(
        ibis.union(*alike([part.rows for part in parts])),
        frozenset(chain.from_iterable(part.present for part in parts)),
        tuple(dict.fromkeys(chain.from_iterable(part.problems for part in parts))),
        tuple(chain.from_iterable(part.notes for part in parts)),
    )
