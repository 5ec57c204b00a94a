"""The taking of a snapshot: every table mapped, judged, written; then a slice of it for each segment."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from glob import escape
from itertools import chain
from typing import TYPE_CHECKING

import duckdb

from cslib.errors import DataError, Problems, SettingsError, SourceError, no_such
from cslib.model import BY_NAME, RESERVED, TABLES
from cslib.periods import Month
from cslib.snapshot.judge import Judged, copies_marked
from cslib.snapshot.manifest import Manifest, TableState
from cslib.snapshot.quarantine import write_csv
from cslib.snapshot.questions import questions
from cslib.snapshot.reach import Reach
from cslib.snapshot.reading import UsageReading
from cslib.snapshot.slices import write_slices
from cslib.snapshot.ties import tied_answers
from cslib.source import RawSource, holds, map_table
from cslib.source.conditions import unknown_columns
from cslib.source.database import told
from cslib.source.origins import present_columns
from cslib.source.strays import BLANK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    import pyarrow as pa
    from ibis.expr.types import BooleanValue
    from ibis.expr.types import Table as IbisTable

    from cslib.model import Table
    from cslib.settings import Settings
    from cslib.snapshot.judge import Counts
    from cslib.snapshot.usage import UsageSums


@dataclass(frozen=True)
class Inspection:
    """What the reading of a source found: each table that could be read, and what keeps a snapshot from being taken."""

    tables: dict[str, TableState]
    problems: dict[type[Problems], list[str]]
    manifest: Manifest | None


def take_snapshot(settings: Settings, folder: Path, read_on: date) -> Manifest:
    """Write the snapshot of a source into `folder` and return what it says of itself.

    Writes `tables/`, `segments/<id>/`, `quarantine/` and `manifest.json`. Raises `SourceError` and `DataError`
    with every problem of every table at once; `read_on` is the day that no past event may lie after.
    """
    with _taking(settings, folder, read_on) as taking:
        return taking.run()


def inspect_source(settings: Settings, folder: Path, read_on: date) -> Inspection:
    """Return what is wrong with a source, without taking a snapshot of it; writes `quarantine/` into `folder`."""
    with _taking(settings, folder, read_on) as taking:
        return taking.inspect()


@contextmanager
def _taking(settings: Settings, folder: Path, read_on: date) -> Iterator[_Taking]:
    source = RawSource(settings)
    try:
        yield _Taking(settings, folder, read_on, source)
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
        self.members: dict[str, pa.Table] = {}
        for name in ("tables", "quarantine", "segments"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def run(self) -> Manifest:
        found = self.inspect()
        _refuse({**found.problems, DataError: self._explained(found.problems[DataError])})
        manifest = found.manifest or self._manifest()
        segments = [(segment, self.members[segment.id]) for segment in self.settings.segments]
        write_slices(self.engine, self._write_tables(), segments, self.folder / "segments")
        (self.folder / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        return manifest

    def inspect(self) -> Inspection:
        """Return what is wrong with the source, and the manifest where that is nothing but rows in quarantine."""
        unread = [*self._wrong_names(), *self._read_all()]
        lost = self._losses()
        self.members, unheld = self._members()
        problems: dict[type[Problems], list[str]] = {SourceError: unread, DataError: lost, SettingsError: unheld}
        if any(problems.values()):
            return Inspection(self.states, problems, None)
        try:
            return Inspection(self.states, problems, self._manifest())
        except DataError as error:
            return Inspection(self.states, {**problems, DataError: [*error.problems]}, None)

    def _manifest(self) -> Manifest:
        reach = Reach(self.good, self.states, self.usage.months() if self.usage else {}, self.read_on)
        first, last = reach.months
        over = min(last, Month.of(self.read_on) - 1)
        return Manifest(
            read_on=self.read_on,
            first_month=str(first),
            last_month=str(last),
            tables=self.states,
            segments={name: held.num_rows for name, held in self.members.items()},
            cuts=reach.cuts(over),
            untold=reach.untold(first, over),
            newest=reach.newest,
            firsts=reach.firsts,
            ties=tied_answers(self.good["surveys"]) if "surveys" in self.good else 0,
        )

    def _wrong_names(self) -> list[str]:
        named = self.settings.source.tables
        problems = [
            f"{self.source.place(name)}: {no_such('canonical table', name, BY_NAME)}"
            for name in named
            if name not in BY_NAME
        ]
        if "customers" not in named and not self.source.names("customers"):
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
        usage = self._usage() if name == "usage" else None
        # usage where it lies, so that it can be summed up there, all others brought over
        raw = usage.raw() if usage else self.source.table(name)
        try:
            mapped = self._mapped(raw, name)
            state = self._summed(usage, raw, mapped) if usage else self._kept(mapped, BY_NAME[name])
        except duckdb.Error as error:
            raise SourceError(self.source.faults(name) or self.source.refusal(name, error).problems) from None
        said = (need.partition(".") for need in self.settings.policies.said)
        columns = {
            *present_columns(raw, BY_NAME[name], self.settings.source.tables[name]),
            *(column for table, _, column in said if table == name),
        }
        self.states[name] = state.model_copy(update={"columns": tuple(sorted(columns))})

    def _kept(self, mapped: IbisTable, table: Table) -> TableState:
        judged, counts = self._judged(mapped, table)
        self.good[table.name] = judged.good()
        return self._state(judged, counts).model_copy(update={"empty": _empty(self.good[table.name], table)})

    def _usage(self) -> UsageReading:
        mapped = partial(self._mapped, name="usage")
        return UsageReading(self.settings, self.source, self.read_on, mapped, self.good.get("customers"))

    def _summed(self, usage: UsageReading, raw: IbisTable, mapped: IbisTable) -> TableState:
        """Judge usage and sum it up in one pass, in the engine where it lies; of its rows, only odd ones are looked at."""
        judged = Judged(mapped, BY_NAME["usage"], self.read_on)
        self.usage = usage.sums(raw, judged)
        counts = self.usage.counts(usage.customers, judged.labels)
        odd = counts.aside or counts.strays or counts.mended
        state = self._state(usage.odd(judged, self.usage) if odd else judged, counts)
        self.usage = self.usage if usage.customers is None else self.usage.of_customers(usage.customers)
        told = {"brought": self.source.rows_brought("usage"), "by_month": self.usage.is_by_month()}
        return state.model_copy(update=told)

    def _judged(self, mapped: IbisTable, table: Table) -> tuple[Judged, Counts]:
        """Return the rows of a table with the claims that they break, copies left aside."""
        if table.key is None and not table.repeats:
            mapped = copies_marked(mapped, table)
        judged, counts = self._counted(mapped, table)
        # looked for where ids stand twice alone: it takes a sort by every column
        return self._counted(copies_marked(mapped, table), table) if counts.repeats else (judged, counts)

    def _counted(self, mapped: IbisTable, table: Table) -> tuple[Judged, Counts]:
        # an earlier table that failed is named already, so only its own rows are judged here
        judged = Judged(mapped, table, self.read_on).beside(self.good.get("customers"))
        judged.rows = judged.rows.cache()
        return judged, judged.counts()

    def _state(self, judged: Judged, counts: Counts) -> TableState:
        name, zone = judged.table.name, self.settings.policies.timezone
        set_aside = counts.aside or counts.strays.keys() - {BLANK}
        return TableState(
            rows=counts.rows,
            set_aside=counts.aside,
            claims=judged.broken(self._set_aside(judged), counts) if set_aside else (),
            columns=(),
            files=tuple(file.name for file in self.source.files(name)),
            left_out=judged.left_out(counts),
            mended=judged.mended(counts),
            questions=questions(judged, self.settings.source.tables[name], counts, zone),
        )

    def _mapped(self, raw: IbisTable, name: str, *, part: bool = False) -> IbisTable:
        policies, spec = self.settings.policies, self.settings.source.tables[name]
        try:
            return map_table(raw, BY_NAME[name], spec, policies.timezone, policies.currency, part=part)
        except SourceError as error:
            told_apart = (problem.partition(": ") for problem in error.problems)
            raise SourceError(
                [f"{self.source.place(*path.split('.'))}: {said}" for path, _, said in told_apart]
            ) from error

    def _set_aside(self, judged: Judged) -> IbisTable:
        target = self.folder / "quarantine" / f"{judged.table.name}.parquet"
        judged.quarantine().order_by("file", "row").to_parquet(str(target))
        kept = self.engine.read_parquet(escape(str(target)))
        write_csv(kept, target.with_suffix(".csv"))
        return kept

    def _losses(self) -> list[str]:
        """Return which tables are empty, or lost more rows than is allowed, and why."""
        allowed = self.settings.policies.allowed_quarantine
        problems = [f"{name}: no rows in {self._origin(name)}; leave the table out of source.yaml if there is nothing to read"
                    for name, state in self.states.items() if not state.own]  # fmt: skip
        everyone = self.states.get("customers")
        if everyone is not None and everyone.own and everyone.set_aside == everyone.own:
            problems.append("customers: every row breaks a claim, so nobody is left to report on")
        lost = {name: state for name, state in self.states.items() if state.share > allowed}
        return [*problems, *(_lost(name, state, allowed) for name, state in lost.items())]

    def _explained(self, problems: list[str]) -> list[str]:
        """Return the losses, each with the claims that its rows break, and the questions that are open."""
        told = []
        for problem in problems:
            name = problem.partition(":")[0]
            told += [problem, *(_reasons(name, self.states[name]) if name in self.states else ())]
        return list(dict.fromkeys(told))

    def _origin(self, name: str) -> str:
        kept = " that keep its 'where'" if self.settings.source.tables[name].where else ""
        return f"{', '.join(self.states[name].files) or 'the source'}{kept}"

    def _members(self) -> tuple[dict[str, pa.Table], list[str]]:
        """Return the `customer_id` of each segment's customers, and what is wrong with the conditions that choose them."""
        customers, places = self.good.get("customers"), self.settings.places
        if customers is None:
            return {}, []
        problems: list[str] = []
        chosen: dict[str, BooleanValue] = {}
        for segment in self.settings.segments:
            unknown = unknown_columns(segment.where, customers, places.get(segment.id, segment.id))
            problems += unknown
            if not unknown:
                chosen[f"in {segment.id}"] = holds(segment.where, customers)
        found = customers.select("customer_id", **chosen).to_pyarrow()
        members = {name.removeprefix("in "): found.filter(found[name]).select(["customer_id"]) for name in chosen}
        problems += [
            f"{places.get(name, name)}: segment {name!r} matches none of the {found.num_rows} customers"
            for name, held in members.items()
            if found.num_rows and not held.num_rows
        ]
        return members, problems

    def _write_tables(self) -> dict[str, Path]:
        tables = {
            **{name: _unreserved(rows, BY_NAME[name]) for name, rows in self.good.items()},
            **(self.usage.tables() if self.usage else {}),
        }
        written = {name: self.folder / "tables" / f"{name}.parquet" for name in tables}
        for name, table in tables.items():
            table.order_by(table.columns).to_parquet(str(written[name]))
        return written


def _unreserved(rows: IbisTable, table: Table) -> IbisTable:
    """Return the rows without further columns that bear a name of what is computed of them: membership is never found."""
    return rows.drop(*(name for name in rows.columns if name.lower() in RESERVED and name not in table.names))


def _empty(rows: IbisTable, table: Table) -> tuple[str, ...]:
    """Return the optional columns of which no row says anything."""
    optional = [column.name for column in table.columns if not column.required and column.default is None]
    if not optional:
        return ()
    (told,) = rows.aggregate(**{name: rows[name].notnull().any() for name in optional}).to_pyarrow().to_pylist()
    return tuple(name for name in optional if not told[name])


def _lost(name: str, state: TableState, allowed: float) -> str:
    lost = f"{state.set_aside} of {state.own} rows ({state.share:.1%}) break a claim"
    return f"{name}: {lost}, allowed are {allowed:.1%} (policy allowed_quarantine)"


def _reasons(name: str, state: TableState) -> list[str]:
    claims, asked = (claim.sentence for claim in state.claims), (question.sentence for question in state.questions)
    return [f"{name}: {sentence}" for sentence in (*claims, *asked)]


def _refuse(problems: dict[type[Problems], list[str]]) -> None:
    """Raise all problems at once: as their own kind where there is one, as `DataError` where there are several."""
    found = {kind: listed for kind, listed in problems.items() if listed}
    if found:
        kind = next(iter(found)) if len(found) == 1 else DataError
        raise kind(chain.from_iterable(found.values()))
