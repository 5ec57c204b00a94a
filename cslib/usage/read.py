"""The reading of usage: summed up in the engine where it is stored, or fetched where that engine might parse it otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.model import BY_NAME
from cslib.source import ROW
from cslib.source.table_mapping import count_float_ids, is_portable, map_unparsed, read_texts
from cslib.usage.aggregate import UsageSums
from cslib.usage.bitmask_duckdb import TypedUsage, sums_by_masks
from cslib.validation.validate import ValidatedTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from ibis.expr.types import Table as IbisTable

    from cslib.settings import Settings
    from cslib.source import SourceConnection
    from cslib.source.column_mapping import ColumnMapping

_USAGE = BY_NAME["usage"]
_LYING = "_lying_"  # prefix of a raw column next to those that are made of it
_SAMPLE = 100  # invalid rows that are fetched from a database, for each violation


@dataclass(frozen=True)
class UsageReader:
    """How the usage of a source is read: `look_up` finds the columns of raw rows, `mapped` maps them.

    `customers` are the known customers, None where these could not be read.
    """

    settings: Settings
    source: SourceConnection
    read_on: date
    look_up: Callable[[IbisTable], ColumnMapping]
    mapped: Callable[..., IbisTable]
    customers: IbisTable | None = None

    @cached_property
    def columns(self) -> ColumnMapping:
        """The columns of usage; raises `SourceError` for settings that do not fit them."""
        return self.look_up(self.source.table_in_place("usage"))

    @cached_property
    def is_shaped(self) -> bool:
        """Whether its rows are not those of one source as they lie there."""
        (first, *others) = self.source.paths("usage")
        return bool(others) or self.source.tables[first].is_shaped

    def raw(self) -> IbisTable | None:
        """Return raw usage in its own engine, so that it can be summed up there; fetched where it cannot be, None where it is shaped."""
        if self.is_shaped:
            return None
        raw = self.source.table_in_place("usage")
        return raw if self._is_own(raw) or self._is_for_any(raw) else self.source.table("usage")

    def sums(self, raw: IbisTable | None, validated: ValidatedTable) -> UsageSums:
        """Return the sums in this engine, in one pass over the rows; `validated` are the rows of `raw`, or those that are shaped."""
        sums = self._sums(raw, validated)
        return sums.brought(lambda name, rows: self.source.materialise(f"usage_{name}", rows))

    def _sums(self, raw: IbisTable | None, validated: ValidatedTable) -> UsageSums:
        core_features = self.settings.policies.core_features
        if raw is None:
            return sums_by_masks(validated, core_features)
        if not self._is_own(raw):
            return UsageSums.of(validated, core_features)
        packed = self._found(raw).sums(core_features) if self._is_for_any(raw) else None
        return packed or sums_by_masks(validated, core_features)

    def _found(self, raw: IbisTable, further: Sequence[str] = ()) -> TypedUsage:
        spec, zone = self.columns.spec, self.settings.policies.timezone
        validated = ValidatedTable(map_unparsed(raw, self.columns, zone, further), _USAGE, self.read_on)
        return TypedUsage(validated, partial(read_texts, table=_USAGE, spec=spec), self.customers)

    def _doubtful(self, placed: IbisTable) -> IbisTable:
        """Return the raw rows that may break a claim: few, and the only ones of which every text is parsed."""
        names = {f"{_LYING}{name}": name for name in placed.columns}
        further = placed.mutate(**{raw: placed[name] for raw, name in names.items()})
        return self._found(further, [*names]).doubtful().select(**{name: _[raw] for raw, name in names.items()})

    def odd(self, validated: ValidatedTable, sums: UsageSums) -> ValidatedTable:
        """Return the rows to quarantine, validated, with file and row: at least all that break a claim; of a database, a sample."""
        if self.is_shaped:
            return validated.with_foreign_key_check(self.customers)
        if self._is_own(validated.rows):
            placed = self.source.table("usage")
            read_alike = self._is_for_any(placed)
            rows = self._doubtful(placed) if read_alike else placed
            rows = self.mapped(rows, self.columns, part=read_alike)
            return ValidatedTable(rows, _USAGE, self.read_on).with_foreign_key_check(self.customers)
        unknown = sums.orphans(self.customers, _SAMPLE) if self.customers is not None else []
        rows = validated.rows.mutate(_violation=validated.violation_code())
        bad = rows.filter((rows["_violation"] > 0) | rows.customer_id.isin(unknown))
        first = bad.mutate(_place=ibis.row_number().over(group_by="_violation")).filter(_["_place"] < _SAMPLE)
        sample = self.source.materialise("usage_sample", first.drop("_violation", "_place"))
        return validated.with_foreign_key_check(self.customers, sample.mutate(**{ROW: ibis.row_number() + 1}))

    def _is_own(self, rows: IbisTable) -> bool:
        return rows.get_backend() is self.source.engine

    def _is_for_any(self, raw: IbisTable) -> bool:
        """Return whether its engine parses usage as ours would, and texts can be parsed apart from their rows."""
        has_float_ids = partial(self.source.scalar, "usage")
        return is_portable(raw, self.columns) and not has_float_ids(count_float_ids(raw, self.columns))
