"""The building of a snapshot: every table mapped, validated, written; then a slice of it for each segment."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

import duckdb

from cslib import engine_paths
from cslib.errors import DataError, Problems, SettingsError, SourceError, no_such
from cslib.model import BY_NAME, RESERVED, TABLES, with_credit_notes
from cslib.periods import Month
from cslib.phases import Phase, begin
from cslib.snapshot.coverage import Coverage
from cslib.snapshot.manifest import Manifest, TableState
from cslib.snapshot.membership import members
from cslib.snapshot.parts import PartReader
from cslib.snapshot.people import unknown_people
from cslib.snapshot.programmes import unknown_programmes
from cslib.snapshot.rejections import explained, rejections
from cslib.snapshot.store import write_slices
from cslib.source import SourceConnection
from cslib.source.asked import asked_of, said_by, say_day
from cslib.source.file_errors import plain_message
from cslib.source.non_data_rows import BLANK, OLDER
from cslib.usage.read import UsageReader
from cslib.validation.ambiguous_dates import ambiguous_dates
from cslib.validation.assignment_overlaps import assignment_remarks
from cslib.validation.findings import Remark, Sample
from cslib.validation.overlapping_exports import contradictions
from cslib.validation.quarantine import write_csv
from cslib.validation.remedies import with_remedies
from cslib.validation.term_overlaps import term_remarks
from cslib.validation.tied_answers import tied_answers
from cslib.validation.unmatched_ids import NearIds, near_ids
from cslib.validation.validate import ORPHAN, ValidatedTable, flag_exact_copies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    import pyarrow as pa
    from ibis.expr.types import Table as IbisTable

    from cslib.model import CanonicalTable
    from cslib.settings import Settings
    from cslib.usage.aggregate import UsageSums
    from cslib.validation.findings import SetAside
    from cslib.validation.validate import Counts


@dataclass(frozen=True)
class Inspection:
    """What the inspection of a source found: each table that could be read, and what keeps a snapshot from being taken."""

    tables: dict[str, TableState]
    problems: dict[type[Problems], list[str]]
    manifest: Manifest | None


def take_snapshot(settings: Settings, folder: Path, read_on: date) -> Manifest:
    """Write the snapshot of a source into `folder` and return what it says of itself.

    Writes `tables/`, `segments/<id>/` and `quarantine/`. Raises `SourceError` and `DataError`
    with every problem of every table at once; `read_on` is the day after which no past event may be dated.
    """
    with _building(settings, folder, read_on) as builder:
        return builder.run()


def inspect_source(settings: Settings, folder: Path, read_on: date) -> Inspection:
    """Return what is wrong with a source, without taking a snapshot of it; writes `quarantine/` into `folder`."""
    with _building(settings, folder, read_on) as builder:
        return builder.inspect()


@contextmanager
def _building(settings: Settings, folder: Path, read_on: date) -> Iterator[_SnapshotBuilder]:
    source = SourceConnection(settings)
    try:
        yield _SnapshotBuilder(settings, folder, read_on, source)
    except duckdb.Error as error:
        # each table has been read once by then, so this is a source that went away or a disk that is full
        raise SourceError([f"the source could not be read to its end: {plain_message(error)}"]) from None
    finally:
        source.close()


class _SnapshotBuilder:
    def __init__(self, settings: Settings, folder: Path, read_on: date, source: SourceConnection) -> None:
        self.settings, self.folder, self.read_on, self.source = settings, folder, read_on, source
        self.engine, self.parts = source.engine, PartReader(settings, source)
        say_day(self.engine, read_on)
        self.states: dict[str, TableState] = {}
        self.good: dict[str, IbisTable] = {}
        self.usage: UsageSums | None = None
        self.refusals: dict[str, list[str]] = {}
        self.members: dict[str, pa.Table] = {}
        for name in ("tables", "quarantine", "segments"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def run(self) -> Manifest:
        found = self.inspect()
        begin(Phase.SLICING)
        _refuse({**found.problems, DataError: explained(found.problems[DataError], self.states)})
        manifest = found.manifest or self._manifest()
        segments = [(segment, self.members[segment.id]) for segment in self.settings.segments]
        write_slices(self.engine, self._write_tables(), segments, self.folder / "segments")
        return manifest

    def inspect(self) -> Inspection:
        """Return what is wrong with the source, and the manifest where that is nothing but rows in quarantine."""
        unread = [*self._wrong_names(), *self._read_all()]
        lost = rejections(self.states, self.refusals, self.settings)
        self.members, unheld = members(self.good.get("customers"), self.settings)
        unheld += unknown_programmes(self.good, self.states, self.settings)
        unheld += unknown_people(self.good, self.states, self.settings, self.read_on)
        problems: dict[type[Problems], list[str]] = {SourceError: unread, DataError: lost, SettingsError: unheld}
        if any(problems.values()):
            return Inspection(self.states, problems, None)
        try:
            return Inspection(self.states, problems, self._manifest())
        except DataError as error:
            return Inspection(self.states, {**problems, DataError: [*error.problems]}, None)

    def _manifest(self) -> Manifest:
        coverage = Coverage(self.good, self.states, self.usage.months() if self.usage else {}, self.read_on)
        first, last = coverage.months
        over = min(last, Month.of(self.read_on) - 1)
        manifest = Manifest(
            read_on=self.read_on,
            first_month=str(first),
            last_month=str(last),
            tables=self.states,
            segments={name: held.num_rows for name, held in self.members.items()},
            untold=coverage.untold(first, over),
            newest=coverage.newest,
            firsts=coverage.firsts,
            ties=tied_answers(self.good["surveys"]) if "surveys" in self.good else 0,
            dated=_kinds(self.good["assignments"]) if "assignments" in self.good else (),
        )
        short = coverage.cuts(manifest.last_told)
        # a table without any row in the month is not cut: its KPIs cannot be measured, and say so
        cuts = tuple(one for one in short if one.month not in manifest.untold.get(one.table, {}))
        return manifest.model_copy(update={"cuts": cuts})

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
        absent = self.source.absent_folders()
        problems, unread = [*absent], {name for tables in absent.values() for name in tables}
        for table in TABLES:
            if table.name in self.settings.source.tables and table.name not in unread:
                begin(Phase.USAGE if table.name == "usage" else Phase.READING)
                try:
                    self._read(table.name)
                except SourceError as error:
                    problems.extend(error.problems)
        return list(dict.fromkeys(problems))

    def _read(self, name: str) -> None:
        usage = self._usage_reader() if name == "usage" else None
        # usage stays in its own engine, so that it can be summed up there; all other tables are fetched, and usage that is shaped
        raw = usage.raw() if usage else None
        with self.source.reading(name):
            found = self.parts.part(raw, usage.columns, name) if usage and raw is not None else self.parts.table(name)
            self.refusals[name] = [*found.problems]
            state = self._summed(usage, raw, found.rows) if usage else self._kept(found.rows, self._with_policies(name))
            edges = self._edges(name)
        said = (need.partition(".") for need in self.settings.policies.said)
        present = found.present | {column for table, _, column in said if table == name}
        self.states[name] = state.model_copy(
            update={"columns": tuple(sorted(present)), "notes": (*state.notes, *edges, *found.notes)}
        )

    def _with_policies(self, name: str) -> CanonicalTable:
        """Return a table of the model with the claims that its rows have to keep under the policies."""
        is_netted = name == "purchases" and self.settings.policies.credit_notes == "net"
        return with_credit_notes(BY_NAME[name]) if is_netted else BY_NAME[name]

    def _kept(self, mapped: IbisTable, table: CanonicalTable) -> TableState:
        validated, counts = self._validated(mapped, table)
        if table.identity and self.source.files(table.name)[1:] and (counts.repeats or not table.key):
            self.refusals[table.name] += contradictions(validated.rows, table)
        good = asked_of(validated.rows).described("valid", validated.valid_rows)
        self.good[table.name] = good
        said = {"empty": _empty(good, table), "notes": self._dated_remarks(validated)}
        return self._state(validated, counts).model_copy(update=said)

    def _dated_remarks(self, validated: ValidatedTable) -> tuple[Remark, ...]:
        """Return the remarks on rows that last from a day to another."""
        if validated.table.name == "contracts":
            return term_remarks(validated, self.settings.policies)
        return assignment_remarks(validated) if validated.table.name == "assignments" else ()

    def _usage_reader(self) -> UsageReader:
        look_up = partial(self.parts.look_up, path="usage")
        known = self.good.get("customers")
        return UsageReader(self.settings, self.source, self.read_on, look_up, self.parts.mapped, known)

    def _summed(self, usage: UsageReader, raw: IbisTable | None, mapped: IbisTable) -> TableState:
        """Validate usage and sum it up in one pass, in its own engine; only its rows to quarantine are read one by one."""
        validated = ValidatedTable(mapped, BY_NAME["usage"], self.read_on)
        asked = asked_of(mapped, by=(validated.table, said_by(mapped, self.read_on)))
        validated.rows = asked.described("validated", validated.flagged)
        self.usage = usage.sums(raw, validated)
        counts = self.usage.counts(usage.customers, validated.labels)
        has_findings = counts.aside or counts.strays or counts.mended
        state = self._state(usage.odd(validated, self.usage) if has_findings else validated, counts)
        self.usage = self.usage if usage.customers is None else self.usage.of_customers(usage.customers)
        fetched = {"brought": self.source.rows_fetched("usage"), "by_month": self.usage.is_by_month()}
        return state.model_copy(update=fetched)

    def _validated(self, mapped: IbisTable, table: CanonicalTable) -> tuple[ValidatedTable, Counts]:
        """Return the validated rows of a table and their counts; exact copies are flagged as non-data rows."""
        if table.key is None and not table.repeats:
            mapped = flag_exact_copies(mapped, table)
        validated, counts = self._counted(mapped, table)
        # copies are looked for only where ids occur twice: it takes a sort by every column
        return self._counted(flag_exact_copies(mapped, table), table) if counts.repeats else (validated, counts)

    def _counted(self, mapped: IbisTable, table: CanonicalTable) -> tuple[ValidatedTable, Counts]:
        # an earlier table that failed is reported already, so only its own rows are validated here
        customers = self.good.get("customers")
        validated = ValidatedTable(mapped, table, self.read_on).with_foreign_key_check(customers)
        asked = asked_of(
            *(one for one in (mapped, customers) if one is not None), by=(table, said_by(mapped, self.read_on))
        )
        validated.rows = asked.table("validated", validated.flagged)
        return validated, validated.counts()

    def _state(self, validated: ValidatedTable, counts: Counts) -> TableState:
        name, zone = validated.table.name, self.settings.policies.timezone
        spec = self.source.spec(name)
        set_aside = counts.aside or counts.strays.keys() - {BLANK, OLDER}
        return TableState(
            rows=counts.rows,
            set_aside=counts.aside,
            claims=self._claims(validated, counts) if set_aside else (),
            columns=(),
            files=tuple(file.name for file in self.source.files(name)),
            left_out=validated.left_out(counts),
            mended=validated.mended(counts),
            questions=ambiguous_dates(validated, spec, counts, zone),
        )

    def _claims(self, validated: ValidatedTable, counts: Counts) -> tuple[SetAside, ...]:
        """Write the quarantine, and return the broken claims, each with its remedy."""
        aside, spec = self._set_aside(validated), self.source.spec(validated.table.name)
        near = near_ids(aside, self.good.get("customers")) if ORPHAN in counts.claims else NearIds()
        return with_remedies(validated.violations(aside, counts), validated.table, spec, near)

    def _edges(self, name: str) -> tuple[Remark, ...]:
        """Return the remarks on rows around a table that were taken for the title or the footer of a report."""
        return tuple(
            Remark(kind=edge.kind, rows=edge.rows, samples=(Sample(file=edge.file, row=edge.row, value=edge.words),))
            for edge in self.source.edges(name)
        )

    def _set_aside(self, validated: ValidatedTable) -> IbisTable:
        target = self.folder / "quarantine" / f"{validated.table.name}.parquet"
        validated.quarantine().order_by("file", "row").to_parquet(engine_paths.target(target))
        kept = self.engine.read_parquet(engine_paths.found(target))
        write_csv(kept, target.with_suffix(".csv"))
        return kept

    def _write_tables(self) -> dict[str, Path]:
        tables = {
            **{name: _unreserved(rows, BY_NAME[name]) for name, rows in self.good.items()},
            **(self.usage.tables() if self.usage else {}),
        }
        written = {name: self.folder / "tables" / f"{name}.parquet" for name in tables}
        for name, table in tables.items():
            asked = asked_of(table)
            asked.store("ordered", partial(table.order_by, table.columns), engine_paths.target(written[name]))
        return written


def _unreserved(rows: IbisTable, table: CanonicalTable) -> IbisTable:
    """Return the rows without further columns of reserved names: computed columns, such as membership, never come from the source."""
    return rows.drop(*(name for name in rows.columns if name.lower() in RESERVED and name not in table.types))


def _kinds(assignments: IbisTable) -> tuple[str, ...]:
    """Return the kinds of which there are assignments."""
    return tuple(sorted(assignments.select("kind").distinct().to_pyarrow()["kind"].to_pylist()))


def _empty(rows: IbisTable, table: CanonicalTable) -> tuple[str, ...]:
    """Return the optional columns that are null in every row."""
    optional = [column.name for column in table.columns if not column.required and column.default is None]
    if not optional:
        return ()
    (has_values,) = asked_of(rows).answer(("filled", optional), partial(_filled, rows, optional)).to_pylist()
    return tuple(name for name in optional if not has_values[name])


def _filled(rows: IbisTable, columns: Iterable[str]) -> IbisTable:
    return rows.aggregate(**{name: rows[name].notnull().any() for name in columns})


def _refuse(problems: dict[type[Problems], list[str]]) -> None:
    """Raise all problems at once: as their own kind where there is one, as `DataError` where there are several."""
    found = {kind: listed for kind, listed in problems.items() if listed}
    if found:
        kind = next(iter(found)) if len(found) == 1 else DataError
        raise kind(chain.from_iterable(found.values()))
