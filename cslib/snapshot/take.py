"""The taking of a snapshot: every table mapped, judged, written; then a slice of it for each segment."""

from __future__ import annotations

from glob import escape
from itertools import chain
from typing import TYPE_CHECKING

import duckdb
import ibis
from ibis import _

from cslib.errors import DataError, Problems, SettingsError, SourceError, no_such
from cslib.model import BY_NAME, TABLES, Kind
from cslib.periods import Month
from cslib.settings import TOTAL
from cslib.snapshot.judge import ORPHAN, Judged
from cslib.snapshot.manifest import Manifest, SetAside, TableState
from cslib.snapshot.usage import UsageSums
from cslib.source import ROW, RawSource, holds, map_table
from cslib.source.conditions import unknown_columns
from cslib.source.database import told
from cslib.source.mapping import can_be_mapped_anywhere, present_columns

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ibis.expr.types import Table as IbisTable

    from cslib.model import Table
    from cslib.settings import Segment, Settings, TableSource

_SAMPLE = 100  # bad rows that a database is asked for, for each reason


def take_snapshot(settings: Settings, folder: Path, read_on: date) -> Manifest:
    """Write the snapshot of a source into `folder` and return what it says of itself.

    Writes `tables/`, `segments/<id>/`, `quarantine/` and `manifest.json`. Raises `SourceError` and `DataError`
    with every problem of every table at once; `read_on` is the day that no past event may lie after.
    """
    source = RawSource(settings)
    try:
        return _Taking(settings, folder, read_on, source).run()
    except duckdb.Error as error:
        # each table has been read once by then, so this is a source that went away or a disk that is full
        said = source.variables.hidden(told(error))
        raise SourceError([f"the source could not be read to its end: {said}"]) from None
    finally:
        source.close()


class _Taking:
    def __init__(self, settings: Settings, folder: Path, read_on: date, source: RawSource) -> None:
        self.settings, self.folder, self.read_on, self.source = settings, folder, read_on, source
        self.engine = source.engine
        self.states: dict[str, TableState] = {}
        self.good: dict[str, IbisTable] = {}
        self.usage: UsageSums | None = None
        for name in ("tables", "quarantine", "segments"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def run(self) -> Manifest:
        unread = [*self._wrong_names(), *self._read_all()]
        lost = self._losses()
        members, unheld = self._members()
        _refuse({SourceError: unread, DataError: lost, SettingsError: unheld})
        first, last = self._reach()
        written = self._write_tables()
        for segment in self.settings.segments:
            self._write_slice(segment, members[segment.id], written)
        manifest = Manifest(
            read_on=self.read_on,
            first_month=str(first),
            last_month=str(last),
            tables=self.states,
            segments={name: _count(table) for name, table in members.items()},
        )
        (self.folder / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        return manifest

    def _wrong_names(self) -> list[str]:
        named = self.settings.source.tables
        problems = [
            f"{self.source.place(name)}: {no_such('canonical table', name, BY_NAME)}"
            for name in named
            if name not in BY_NAME
        ]
        if "customers" not in named:
            problems.append(f"{self.source.place()}: the required table 'customers' is missing")
        return problems

    def _read_all(self) -> list[str]:
        """Return what keeps tables from being read; read those that can be."""
        problems: list[str] = []
        for table in TABLES:
            if table.name in self.settings.source.tables:
                try:
                    self._read(table.name)
                except SourceError as error:
                    problems.extend(error.problems)
        return list(dict.fromkeys(problems))

    def _read(self, name: str) -> None:
        table, spec = BY_NAME[name], self.settings.source.tables[name]
        raw = self._raw(name)
        judged = Judged(self._mapped(raw, table, spec), table, self.read_on)
        try:
            state = self._summed(judged) if name == "usage" else self._judged(judged)
        except duckdb.Error as error:
            raise SourceError(self.source.faults(name) or self.source.refusal(name, error).problems) from None
        files = tuple(file.name for file in self.source.files(name))
        columns = tuple(present_columns(raw, table, spec))
        self.states[name] = state.model_copy(update={"columns": columns, "files": files})

    def _raw(self, name: str) -> IbisTable:
        """Return a raw table: usage where it lies, so that it can be summed up there, all others brought over."""
        if name != "usage":
            return self.source.table(name)
        lying = self.source.lying(name)
        table, spec = BY_NAME[name], self.settings.source.tables[name]
        self._mapped(lying, table, spec)  # says what is missing
        there = self._is_own(lying) or can_be_mapped_anywhere(lying, table, spec)
        return lying if there else self.source.table(name)

    def _is_own(self, rows: IbisTable) -> bool:
        return rows.get_backend() is self.engine

    def _judged(self, judged: Judged) -> TableState:
        # an earlier table that failed is named already, so only its own rows are judged here
        whole = judged.beside(self.good.get("customers"))
        whole.rows = whole.rows.cache()
        found, aside, counts = whole.counts(whole.rows)
        self.good[whole.table.name] = whole.good()
        return TableState(rows=found, set_aside=aside, claims=self._claims(whole, counts))

    def _summed(self, judged: Judged) -> TableState:
        """Judge usage and sum it up in one pass, in the engine where it lies; of its rows, only bad ones are looked at."""
        own, core = self._is_own(judged.rows), self.settings.policies.core_features
        sums = (UsageSums.by_masks if own else UsageSums.of)(judged, core)
        self.usage = sums.brought(lambda name, rows: self.source.brought(f"usage_{name}", rows))
        customers = self.good.get("customers")
        found, each, orphans, aside = self.usage.counts(customers, len(judged.labels))
        counts = {label: count for label, count in zip(judged.labels, each, strict=True) if count}
        counts |= {ORPHAN: orphans} if orphans else {}
        claims = self._claims(self._bad(judged, customers), counts) if aside else ()
        self.usage = self.usage if customers is None else self.usage.of_customers(customers)
        return TableState(rows=found, set_aside=aside, claims=claims, brought=self.source.rows_brought("usage"))

    def _mapped(self, raw: IbisTable, table: Table, spec: TableSource) -> IbisTable:
        try:
            return map_table(raw, table, spec, self.settings.policies.timezone)
        except SourceError as error:
            told_apart = (problem.partition(": ") for problem in error.problems)
            raise SourceError(
                [f"{self.source.place(*path.split('.'))}: {said}" for path, _, said in told_apart]
            ) from error

    def _bad(self, judged: Judged, customers: IbisTable | None) -> Judged:
        """Return the judgement of the bad rows: of all of them, or of a sample for each reason from a database."""
        if self._is_own(judged.rows):
            table = judged.table
            placed = self._mapped(self.source.table(table.name), table, self.settings.source.tables[table.name])
            return Judged(placed, table, self.read_on).beside(customers)
        strangers = self.usage.orphans(customers, _SAMPLE) if self.usage and customers is not None else []
        rows = judged.rows.mutate(_reason=judged.reason())
        bad = rows.filter((rows["_reason"] > 0) | rows.customer_id.isin(strangers))
        first = bad.mutate(_place=ibis.row_number().over(group_by="_reason")).filter(_["_place"] < _SAMPLE)
        sample = self.source.brought("usage_sample", first.drop("_reason", "_place"))
        return judged.beside(customers, sample.mutate(**{ROW: ibis.row_number() + 1}))

    def _claims(self, judged: Judged, counts: dict[str, int]) -> tuple[SetAside, ...]:
        return judged.samples(self._set_aside(judged), counts) if counts else ()

    def _set_aside(self, judged: Judged) -> IbisTable:
        rows = judged.quarantine().order_by("file", "row")
        target = self.folder / "quarantine" / judged.table.name
        rows.to_parquet(f"{target}.parquet")
        kept = self.engine.read_parquet(escape(f"{target}.parquet"))
        kept.to_csv(f"{target}.csv")
        return kept

    def _losses(self) -> list[str]:
        """Return which tables are empty, or lost more rows than is allowed, and why."""
        allowed = self.settings.policies.allowed_quarantine
        problems = [f"{name}: no rows in {self._origin(name)}; leave the table out of source.yaml if there is nothing to read"
                    for name, state in self.states.items() if not state.rows]  # fmt: skip
        lost = {name: state for name, state in self.states.items() if state.share > allowed}
        everyone = self.states.get("customers")
        if everyone is not None and everyone.rows and everyone.set_aside == everyone.rows:
            problems.append("customers: every row breaks a claim, so nobody is left to report on")
            lost["customers"] = everyone
        return [*problems, *chain.from_iterable(_sentences(name, state, allowed) for name, state in lost.items())]

    def _origin(self, name: str) -> str:
        kept = " that keep its 'where'" if self.settings.source.tables[name].where else ""
        return f"{', '.join(self.states[name].files) or 'the source'}{kept}"

    def _members(self) -> tuple[dict[str, IbisTable], list[str]]:
        """Return the customers of each segment, and what is wrong with the conditions that choose them."""
        customers, places = self.good.get("customers"), self.settings.places
        everyone = _count(customers) if customers is not None else 0
        if customers is None or not everyone:
            return {}, []
        members: dict[str, IbisTable] = {}
        problems: list[str] = []
        for segment in self.settings.segments:
            place = places.get(segment.id, segment.id)
            unknown = unknown_columns(segment.where, customers, place)
            problems += unknown
            if not unknown:
                members[segment.id] = customers.filter(holds(segment.where, customers)).select("customer_id")
                if not _count(members[segment.id]):
                    problems.append(f"{place}: segment {segment.id!r} matches none of the {everyone} customers")
        return members, problems

    def _write_tables(self) -> dict[str, IbisTable]:
        tables = {**self.good, **(self.usage.tables() if self.usage else {})}
        written = {}
        for name, table in tables.items():
            path = str(self.folder / "tables" / f"{name}.parquet")
            table.order_by(table.columns).to_parquet(path)
            written[name] = self.engine.read_parquet(escape(path))
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
        known += [month.first_day for month in (self.usage.reach() if self.usage else None) or ()]
        if not known:
            raise DataError(
                [
                    f"no table holds a date up to {self.read_on}, when the source was read, so there is no month to report"
                ]
            )
        return Month.of(min(known)), Month.of(max(known))

    def _days(self, name: str) -> list[date | None]:
        table = self.good[name]
        # due dates and contract ends say nothing about how far the data reach
        columns = [c.name for c in BY_NAME[name].columns if c.happened or c.name == "starts_on"]
        dated = [table[c].cast("date") for c in columns if BY_NAME[name][c].kind in (Kind.DATE, Kind.TIMESTAMP)]
        if not dated:
            return []
        past = [ibis.ifelse(day <= ibis.literal(self.read_on), day, ibis.null("date")) for day in dated]
        ends = {f"low{i}": day.min() for i, day in enumerate(past)} | {
            f"high{i}": day.max() for i, day in enumerate(past)
        }
        return list(table.aggregate(**ends).to_pyarrow().to_pylist()[0].values())


def _slice(table: IbisTable, segment: Segment, members: IbisTable) -> IbisTable:
    if "customer_id" in table.columns:
        return table.semi_join(members, "customer_id")
    if "first_used_on" in table.columns or segment.id == TOTAL or not segment.where:
        return table
    # costs are nobody's in particular unless they say whose
    return table.filter(table.segment == segment.id) if "segment" in table.columns else table.limit(0)


def _sentences(name: str, state: TableState, allowed: float) -> list[str]:
    lost = (
        f"{name}: {state.set_aside} of {state.rows} rows ({state.share:.1%}) break a claim, allowed are {allowed:.1%}"
    )
    return [f"{lost} (policy allowed_quarantine)", *(f"{name}: {claim.sentence}" for claim in state.claims)]


def _count(table: IbisTable) -> int:
    return int(table.count().to_pyarrow().as_py())


def _refuse(problems: dict[type[Problems], list[str]]) -> None:
    """Raise all problems at once: as their own kind where there is one, as `DataError` where there are several."""
    found = {kind: listed for kind, listed in problems.items() if listed}
    if found:
        kind = next(iter(found)) if len(found) == 1 else DataError
        raise kind(chain.from_iterable(found.values()))
