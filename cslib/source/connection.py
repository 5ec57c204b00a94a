"""The connection to a source: every file as text, every table of a database as it is typed."""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import ibis

from cslib import engine_paths
from cslib.engines import connect, quoted_name
from cslib.errors import SourceError, no_such
from cslib.model import BY_NAME
from cslib.settings import ColumnMap, Query
from cslib.source.asked import asked_of
from cslib.source.csv_files import CSV_ENDINGS, CsvFile
from cslib.source.database import Database, plain_columns
from cslib.source.file_errors import REFUSALS, DamagedFile, plain_message, reading
from cslib.source.files import ENDINGS, FILE, FileReader, alike, no_file, row_numbers
from cslib.source.json_files import JSON_ENDINGS, JsonFile
from cslib.source.parquet_copies import ROW
from cslib.source.parse import DATE_KINDS
from cslib.source.shapes import shaped
from cslib.source.source_files import SourceFiles
from cslib.yaml_files import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from ibis.expr.types import Table

    from cslib.model import CanonicalColumn
    from cslib.settings import Settings, TableSource
    from cslib.source.report_edges import Edge

_PLAIN = re.compile(r"[\w./ -]*")


class SourceConnection(SourceFiles):
    """The tables of a source, unmapped, each row with the file (`_file`) and the place in it (`_row`) it came from."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.engine = connect()
        # a list, in which a comma parts one folder from the next
        home = engine_paths.link_with_plain_name(self.folder) if "," in str(self.folder) else self.folder
        self.engine.raw_sql(f"SET file_search_path = '{_quoted(home)}'")
        # without it, moments would be shown and cast in the zone of the machine
        self.zone, self.currency = settings.policies.timezone, settings.policies.currency
        self.engine.raw_sql(f"SET TimeZone = '{self.zone}'")
        self.url = settings.source.url
        self._fetched_rows: dict[str, int] = {}
        self._as_read: dict[str, Table] = {}
        self._attach_file()
        self._reader = FileReader(self.engine)

    def close(self) -> None:
        """Remove what was rewritten, and leave the database. The engine lives as long as an expression on it does."""
        self._reader.close()
        if "database" in self.__dict__ and self.database is not None:
            self.database.close()

    @cached_property
    def database(self) -> Database | None:
        """The database that the URL names, connected to when first used; None for files and for a DuckDB file."""
        url = self.variables.address(self.url)
        if url.startswith("duckdb://"):
            return None
        line = Lines(self.folder / "source.yaml").of(("url",))
        try:
            return Database(self._located(url), self.variables, self.zone)
        except SourceError as error:
            raise SourceError([f"source.yaml:{line}: url: {problem}" for problem in error.problems]) from None

    def _located(self, url: str) -> str:
        if not url.startswith("sqlite://"):
            return url
        file = Path(os.path.normpath(self.folder / url.removeprefix("sqlite://")))
        _refuse_absent(file)  # or it would be made
        # an address, in which a path ends at ?, # and the like
        return f"sqlite://{file if _PLAIN.fullmatch(str(file)) else engine_paths.link_with_plain_name(file)}"

    def _attach_file(self) -> None:
        url = self.variables.address(self.url)
        path = url.removeprefix("duckdb://")
        if url.startswith("duckdb://") and path not in ("", ":memory:"):
            self._attach(Path(os.path.normpath(self.folder / path)))

    def _attach(self, file: Path) -> None:
        try:
            _refuse_absent(file)
        except SourceError as error:
            raise SourceError([f"source.yaml: url: {problem}" for problem in error.problems]) from None
        try:
            self.engine.raw_sql(f"ATTACH '{_quoted(file)}' AS source (READ_ONLY, TYPE duckdb)")
        except duckdb.Error as error:
            raise SourceError(
                [f"source.yaml: url: {file} cannot be opened as a DuckDB file: {plain_message(error)}"]
            ) from error
        schemas = self._answer(
            "SELECT schema_name FROM duckdb_schemas() WHERE database_name = 'source' AND NOT internal"
        )
        path = ",".join(["memory.main", "source.main", *(f"source.{quoted_name(schema)}" for (schema,) in schemas)])
        self.engine.raw_sql(f"SET search_path = '{_quoted(path)}'")

    def _answer(self, sql: str) -> list[tuple[str, ...]]:
        return self.engine.con.execute(sql).fetchall()

    def table(self, name: str) -> Table:
        """Return a raw table; raises `SourceError` where it cannot be read."""
        return self._read(name, self.files(name), placed=True)

    def _read(self, name: str, files: list[Path], *, placed: bool) -> Table:
        is_shaped = self.tables[name].is_shaped
        placed = placed or is_shaped  # shapes tell rows by their places
        with self.reading(name):
            rows = self._of_files(name, files, placed=placed) if files else self._of_database(name, placed=placed)
            return self._shaped(name, rows, is_file=bool(files)) if is_shaped else rows

    def rows_as_read(self, path: str) -> int:
        """Return how many rows a source has that was shaped."""
        return int(self._as_read[path].count().to_pyarrow().as_py())

    def _shaped(self, name: str, rows: Table, *, is_file: bool) -> Table:
        spec, self._as_read[name] = self.tables[name], rows
        if spec.fill_down and not is_file:
            said = (
                "rows of a database have no order, by which a cell has one above; fill it by a query, 'from: {sql: …}'"
            )
            raise SourceError([f"{self.place(name, 'fill_down')}: {said}"])
        paths = [f"{name}.join.{place}" for place, _ in enumerate(spec.join)]
        others = [self._read(path, self.files(path), placed=False) for path in paths]
        try:
            return shaped(rows, spec, others, self.currency)
        except SourceError as error:
            parts = (problem.partition(": ") for problem in error.problems)
            raise SourceError([f"{self.place(name, key)}: {said}" for key, _, said in parts]) from None

    def _of_files(self, name: str, files: list[Path], *, placed: bool) -> Table:
        spec, days, needed = self.tables[name], set[str](), {column.lower() for column in self.tables[name].where}
        for column in self._columns(name):
            origin = spec.columns.get(column.name) or ColumnMap(column=column.name)
            found = {part.lower() for part in origin.parts}
            # of several columns the first that is filled counts, whichever of them a file has
            needed |= {
                *(found if isinstance(origin.column, str) or origin.concat else ()),
                *(name.lower() for name in origin.sources if name not in origin.parts),
            }
            days |= found if column.kind in DATE_KINDS else set()
        needed |= {column.lower() for column in (*spec.looked_at, str(spec.latest))}
        needed -= {*map(str.lower, spec.made)}
        return self._reader.table(files, spec, placed=placed, days=days, needed=needed)

    def _columns(self, path: str) -> tuple[CanonicalColumn, ...]:
        """Return the columns of the table that a source is of; none for one that is joined to it."""
        table = path.partition(".")[0]
        return BY_NAME[table].columns if table in BY_NAME and ".join." not in path else ()

    def edges(self, name: str) -> tuple[Edge, ...]:
        """Return the rows around a table that was read which were taken for titles and footers, file by file."""
        return tuple(edge for file in self.files(name) for edge in self._reader.edges.get(file, ()))

    @contextmanager
    def reading(self, name: str) -> Iterator[None]:
        """Raise errors of the engine while the rows of a table are read, here or later, as errors of that table."""
        try:
            yield
        except DamagedFile as error:
            raise SourceError([f"{self.place(name, 'from')}: {problem}" for problem in error.problems]) from None
        except REFUSALS as error:
            raise SourceError(self.faults(name) or [self._refusal(name, error)]) from None

    def _refusal(self, name: str, error: Exception) -> str:
        """Return the problem of a table whose files are whole, but whose rows the engine refuses."""
        said = plain_message(error)
        is_query = isinstance(self.spec(name.partition(".")[0]).origin, Query)
        lead = "the query was refused" if is_query else "a value in it was refused"
        return f"{self.place(name, 'from')}: {lead}: {said}"

    def table_in_place(self, name: str) -> Table:
        """Return a raw table in place, in the engine of its source, so that it can be summed up there.

        Its rows are not counted (`_row` is null), which would take them one after another. Raises `SourceError` where
        it cannot be read.
        """
        files = self.files(name)
        if self.database is None or files:
            return self._read(name, files, placed=False)
        table = self._in_database(self.database, name)
        return table.mutate(**{FILE: ibis.literal(self._label(name)), ROW: row_numbers(placed=False)})

    def materialise(self, name: str, rows: Table) -> Table:
        """Return rows in this engine: computed once where they are its own, else fetched from the database.

        `name` is what they are called here; it begins with their table, as in `usage_sample`.
        """
        if self.database is None or rows.get_backend() is self.engine:
            return asked_of(rows).table("computed", lambda: rows)
        found = self._fetched(self.database, name.partition("_")[0], rows)
        self._fetched_rows[name] = found.num_rows
        return self.engine.create_table(name, found, temp=True, overwrite=True)

    def scalar(self, name: str, row: Table) -> int:
        """Return the one number that a query on a raw table gives; 0 for null."""
        there = None if row.get_backend() is self.engine else self.database
        found = row.to_pyarrow() if there is None else self._fetched(there, name, row)
        return int(found.column(0)[0].as_py() or 0)

    def _fetched(self, database: Database, name: str, rows: Table) -> pa.Table:
        try:
            return database.read(rows)
        except SourceError as error:
            raise SourceError([f"{self.place(name, 'from')}: {problem}" for problem in error.problems]) from None

    def rows_fetched(self, table: str) -> int | None:
        """Return how many rows were fetched for a table; None where it is stored in this engine."""
        counts = [rows for name, rows in self._fetched_rows.items() if name.startswith((f"{table}_", f"{table}."))]
        return sum(counts) if counts else None

    def faults(self, name: str) -> list[str]:
        """Return what is wrong with the files of a table, as far as the reading of them has to stop: each read to its end alone."""
        own = [path for path in self.tables if path == name or path.startswith(f"{name}.")]
        return [fault for path in own for file in self.files(path) for fault in self._placed_faults(file, path)]

    def _placed_faults(self, file: Path, path: str) -> list[str]:
        try:
            with reading(file):
                return self._faults(file, self.tables[path])
        except DamagedFile as error:
            return [f"{self.place(path, 'from')}: {problem}" for problem in error.problems]

    def _faults(self, file: Path, spec: TableSource) -> list[str]:
        if file.name.lower().endswith(CSV_ENDINGS):
            return CsvFile.of(file, spec.encoding_of(file.name)).faults()
        if file.name.lower().endswith(JSON_ENDINGS):
            return JsonFile(file, spec.encoding_of(file.name)).faults()
        for _ in self._reader.table([file], spec, placed=False).to_pyarrow_batches():
            pass
        return []

    def _of_database(self, name: str, *, placed: bool) -> Table:
        spec = self.tables[name]
        if self.database is not None:
            table = self.materialise(f"{name}_fetched_rows", plain_columns(self._in_database(self.database, name)))
        elif isinstance(spec.origin, Query):
            table = self._queried(name, self.variables.expanded(spec.origin.sql))
        else:
            table = self._attached_table(name, spec.origin)
        return table.mutate(**{FILE: ibis.literal(self._label(name)), ROW: row_numbers(placed=placed) + 1})

    def _label(self, name: str) -> str:
        origin = self.tables[name].origin
        return f"{name} (sql)" if isinstance(origin, Query) else origin

    def _in_database(self, database: Database, name: str) -> Table:
        origin = self.tables[name].origin
        try:
            if isinstance(origin, Query):
                return database.query(self.variables.expanded(origin.sql))
            return database.table(origin)
        except SourceError as error:
            raise SourceError([f"{self.place(name, 'from')}: {problem}" for problem in error.problems]) from None

    def _queried(self, name: str, sql: str) -> Table:
        self._name_files()
        statements = self.engine.con.extract_statements(sql)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise SourceError([f"{self.place(name, 'from')}: wanted one select, and nothing else"])
        query = statements[0].query
        names = Counter(column.lower() for column, *_ in self._answer(f"DESCRIBE {query}"))
        twice = [column for column, count in names.items() if count > 1]
        if twice:
            raise SourceError([f"{self.place(name, 'from')}: the query names the column {twice[0]!r} more than once"])
        # as a view, since the engine alone knows all of its SQL
        view = f"query_of_{name.replace('.', '_')}"
        self.engine.con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {query}")
        return self.engine.table(view)

    def _attached_table(self, name: str, origin: str) -> Table:
        known = self._attached_tables()
        if origin not in known:
            hint = "" if known else f"(a file ends in {', '.join(ENDINGS)}; a table needs a database, which url names)"
            raise SourceError([f"{self.place(name, 'from')}: {no_such('table', origin, known, hint)}"])
        schema, _, table = origin.rpartition(".")
        return self.engine.sql(f"SELECT * FROM source.{quoted_name(schema or 'main')}.{quoted_name(table)}")

    def _attached_tables(self) -> list[str]:
        found = self._answer(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'source' "
            "UNION SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'source' AND NOT internal"
        )
        return [table if schema == "main" else f"{schema}.{table}" for schema, table in found]

    def _name_files(self) -> None:
        # a query may name the other tables' files by their canonical names
        for table in self._paths:
            parts = [
                self._of_files(path, self.files(path), placed=False) for path in self.paths(table) if self.files(path)
            ]
            if parts:
                rows = ibis.union(*alike(parts)) if parts[1:] else parts[0]
                self.engine.create_view(table, rows.drop(FILE, ROW), overwrite=True)


def _refuse_absent(file: Path) -> None:
    try:
        problem = "" if file.is_file() else no_file(file)
    except OSError as error:  # a name that no file can have
        problem = f"no file {file}: {error.strerror}"
    if problem:
        raise SourceError([problem])


def _quoted(path: Path | str) -> str:
    return str(path).replace("'", "''")
