"""The taking of a snapshot: every table mapped, judged, written; then a slice of it for each segment."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import ibis

from cslib.errors import DataError, SettingsError, SourceError, no_such
from cslib.model import BY_NAME, TABLES, Kind
from cslib.periods import Month
from cslib.settings import TOTAL
from cslib.snapshot.judge import Judged
from cslib.snapshot.manifest import Manifest, TableState
from cslib.snapshot.usage import usage_totals
from cslib.source import RawSource, holds, map_table
from cslib.source.conditions import unknown_columns
from cslib.source.mapping import present_columns

if TYPE_CHECKING:
    from datetime import date

    from ibis.expr.types import Table as IbisTable

    from cslib.settings import Segment, Settings


def take_snapshot(settings: Settings, folder: Path, read_on: date) -> Manifest:
    """Write the snapshot of a source into `folder` and return what it says of itself.

    Writes `tables/`, `segments/<id>/`, `quarantine/` and `manifest.json`. Raises `SourceError` and `DataError`
    with every problem of every table at once; `read_on` is the day that no past event may lie after.
    """
    source = RawSource(settings)
    try:
        return _Taking(settings, folder, read_on, source).run()
    finally:
        source.close()


class _Taking:
    def __init__(self, settings: Settings, folder: Path, read_on: date, source: RawSource) -> None:
        self.settings, self.folder, self.read_on, self.source = settings, folder, read_on, source
        self.engine = source.engine
        self.states: dict[str, TableState] = {}
        self.good: dict[str, IbisTable] = {}
        for name in ("tables", "quarantine", "segments"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def run(self) -> Manifest:
        self._check_names()
        self._read_all()
        self._check_losses()
        members = self._members()
        written = self._write_tables()
        for segment in self.settings.segments:
            self._write_slice(segment, members[segment.id], written)
        first, last = self._reach()
        manifest = Manifest(
            read_on=self.read_on,
            first_month=str(first),
            last_month=str(last),
            tables=self.states,
            segments={name: int(table.count().to_pyarrow().as_py()) for name, table in members.items()},
        )
        (self.folder / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        return manifest

    def _check_names(self) -> None:
        named = self.settings.source.tables
        problems = [f"tables: {no_such('canonical table', name, BY_NAME)}" for name in named if name not in BY_NAME]
        if "customers" not in named:
            problems.append("tables: the required table 'customers' is missing")
        if problems:
            raise SourceError([f"source.yaml: {problem}" for problem in problems])

    def _read_all(self) -> None:
        problems: list[str] = []
        for table in TABLES:
            if table.name in self.settings.source.tables:
                try:
                    self._read(table.name)
                except SourceError as error:
                    problems.extend(error.problems)
        if problems:
            raise SourceError(problems)

    def _read(self, name: str) -> None:
        table, spec = BY_NAME[name], self.settings.source.tables[name]
        raw = self.source.table(name)
        mapped = map_table(raw, table, spec, self.settings.policies.timezone)
        # an earlier table that failed is named already, so only its own rows are judged here
        judged = Judged(mapped, table, self.read_on, self.good.get("customers"))
        try:
            rows = judged.rows if name == "usage" else judged.rows.cache()
            judged.rows = rows
            found, aside, counts = judged.counts(rows)
        except duckdb.Error as error:
            raise SourceError([f"{name}: {' '.join(str(error).split())[:300]}"]) from error
        claims = judged.samples(self._set_aside(judged, name), counts) if aside else ()
        self.states[name] = TableState(
            rows=found,
            set_aside=aside,
            claims=claims,
            columns=tuple(present_columns(raw, table, spec)),
            files=tuple(file.name for file in self.source.files(name)),
        )
        self.good[name] = judged.good()

    def _set_aside(self, judged: Judged, name: str) -> IbisTable:
        rows = judged.quarantine().order_by("file", "row")
        target = self.folder / "quarantine" / name
        rows.to_parquet(f"{target}.parquet")
        kept = self.engine.read_parquet(f"{target}.parquet")
        kept.to_csv(f"{target}.csv")
        return kept

    def _check_losses(self) -> None:
        allowed = self.settings.policies.allowed_quarantine
        problems = [f"{name}: no rows in {_place(state)}; leave the table out of source.yaml if there is nothing to read"
                    for name, state in self.states.items() if not state.rows]  # fmt: skip
        problems += chain.from_iterable(
            _losses(name, state, allowed) for name, state in self.states.items() if state.share > allowed
        )
        if problems:
            raise DataError(problems)

    def _members(self) -> dict[str, IbisTable]:
        customers = self.good["customers"]
        places = self.settings.places
        problems = list(
            chain.from_iterable(unknown_columns(s.where, customers, places.get(s.id, s.id)) for s in self.settings.segments)
        )
        if problems:
            raise SettingsError(problems)
        members = {s.id: customers.filter(holds(s.where, customers)).select("customer_id") for s in self.settings.segments}
        empty = [name for name, table in members.items() if not table.count().to_pyarrow().as_py()]
        if empty:
            everyone = customers.count().to_pyarrow().as_py()
            raise SettingsError(
                [f"{places.get(name, name)}: segment {name!r} matches none of the {everyone} customers" for name in empty]
            )
        return members

    def _write_tables(self) -> dict[str, IbisTable]:
        tables = {name: table for name, table in self.good.items() if name != "usage"}
        if "usage" in self.good:
            tables |= usage_totals(self.good["usage"], self.settings.policies.core_features)
        written = {}
        for name, table in tables.items():
            path = str(self.folder / "tables" / f"{name}.parquet")
            table.order_by(table.columns).to_parquet(path)
            written[name] = self.engine.read_parquet(path)
        return written

    def _write_slice(self, segment: Segment, members: IbisTable, written: dict[str, IbisTable]) -> None:
        folder = self.folder / "segments" / segment.id
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in written.items():
            rows = _slice(table, segment, members)
            rows.order_by(rows.columns).to_parquet(str(folder / f"{name}.parquet"))

    def _reach(self) -> tuple[Month, Month]:
        """Return the first month that the data hold and the last that they reach, as of the day they were read."""
        days = [self._days(name) for name in self.good]
        known = [day for day in chain.from_iterable(days) if day is not None and day <= self.read_on]
        if not known:
            raise DataError(["no table holds a date up to the day the source was read, so there is no month to report"])
        return Month.of(min(known)), Month.of(max(known))

    def _days(self, name: str) -> list[date | None]:
        table = self.good[name]
        # due dates and contract ends say nothing about how far the data reach
        columns = [c.name for c in BY_NAME[name].columns if c.happened or c.name == "starts_on"]
        dated = [table[c].cast("date") for c in columns if BY_NAME[name][c].kind in (Kind.DATE, Kind.TIMESTAMP)]
        if not dated:
            return []
        past = [ibis.ifelse(day <= ibis.literal(self.read_on), day, ibis.null("date")) for day in dated]
        ends = {f"low{i}": day.min() for i, day in enumerate(past)} | {f"high{i}": day.max() for i, day in enumerate(past)}
        return list(table.aggregate(**ends).to_pyarrow().to_pylist()[0].values())


def _slice(table: IbisTable, segment: Segment, members: IbisTable) -> IbisTable:
    if "customer_id" in table.columns:
        return table.semi_join(members, "customer_id")
    if "first_used_on" in table.columns or segment.id == TOTAL or not segment.where:
        return table
    # costs are nobody's in particular unless they say whose
    return table.filter(table.segment == segment.id) if "segment" in table.columns else table.limit(0)


def _losses(name: str, state: TableState, allowed: float) -> list[str]:
    said = [f"{name}: {state.set_aside} of {state.rows} rows ({state.share:.1%}) break a claim, allowed are {allowed:.1%} (policy allowed_quarantine)"]
    for claim in state.claims:
        places = ", ".join(f"{s.file} row {s.row}: {s.value!r}" for s in claim.samples)
        said.append(f"{name}: {claim.claim}: {claim.rows} rows: {places}")
    return said


def _place(state: TableState) -> str:
    return ", ".join(state.files) or "the source"
