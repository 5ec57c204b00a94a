"""Fact tables that were computed before of the same customers: beside the snapshot, or in what a report is handed out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

import duckdb

from cslib import engine_paths
from cslib.code_version import code_digest, is_as_first_seen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ibis import BaseBackend
    from ibis.expr.types import Table

    from cslib.computed import ComputedParts
    from cslib.periods import Month

_CODE = "cslib.facts"


class KnownFacts(Protocol):
    """Fact tables that need not be computed again."""

    def get(self, name: str) -> Table | None:
        """Return a fact table; None where it has to be computed."""

    def put(self, name: str, table: Table) -> Table:
        """Take a fact table that was computed, and return it as it is to be read from now on."""


@dataclass(frozen=True)
class HandedOutFacts:
    """Fact tables of a report's own customers, which a run has computed for it."""

    tables: Mapping[str, Table]

    def get(self, name: str) -> Table | None:
        """Return a fact table; None where the run has handed out none."""
        return self.tables.get(name)

    def put(self, name: str, table: Table) -> Table:  # noqa: ARG002 - as `KnownFacts` has it
        """Return the table: what is handed out stays as it is."""
        return table


@dataclass(frozen=True)
class StoredFacts:
    """Fact tables of all customers of a snapshot as of a month, stored beside it by the code that they are made of.

    Those that hang on segments are not among them. With `customers`, a table that holds some `customer_id`, they are the rows
    of these.
    """

    parts: ComputedParts
    engine: BaseBackend
    last: Month
    customers: Table | None = None
    _is_own: bool = field(default_factory=lambda: is_as_first_seen(_CODE, "cslib.model", "cslib.periods"))

    def get(self, name: str) -> Table | None:
        """Return a fact table; None where none is stored."""
        file = next(self.parts.find(*self._hangs_on(name)), None) if self._is_own else None
        if file is None:
            return None
        found = self._read(file)
        return found if self.customers is None else found.semi_join(self.customers, "customer_id").cache()

    def put(self, name: str, table: Table) -> Table:
        """Store a fact table of all customers, and return it as it is stored."""
        if not self._is_own or self.customers is not None or "segment" in table.columns:
            return table
        file = self.parts.put(partial(_write, table), *self._hangs_on(name))
        return table if file is None else self._read(file)

    def _read(self, file: Path) -> Table:
        return self.engine.read_parquet(engine_paths.found(file))

    def _hangs_on(self, name: str) -> tuple[str, ...]:
        return "fact", name, str(self.last), code_digest(_CODE)


def _write(table: Table, file: Path) -> None:
    try:
        table.to_parquet(engine_paths.target(file))
    except duckdb.Error as error:
        raise OSError(str(error)) from error
