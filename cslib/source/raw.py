"""The source as it lies there: every file as text, every table of a database as it is typed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import ibis

from cslib.errors import SourceError
from cslib.settings import Query

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

    from cslib.settings import Settings, TableSource

FILE = "_file"
ROW = "_row"
_ENDINGS = (".csv", ".tsv", ".txt", ".parquet")
_VARIABLE = re.compile(r"\$\{(\w+)\}")


class RawSource:
    """The tables of a source, unmapped, each row with the file (`_file`) and the place in it (`_row`) it came from."""

    def __init__(self, settings: Settings) -> None:
        self.folder = Path(settings.folder)
        self.tables = settings.source.tables
        self._scratch = tempfile.TemporaryDirectory(prefix="cslib-source-")
        self.engine = ibis.duckdb.connect()
        self.engine.raw_sql(f"SET file_search_path = '{_quoted(self.folder)}'")
        self.database = self._connect(expanded(settings.source.url))

    def close(self) -> None:
        """Remove what was transcoded. The engine lives as long as an expression on it does."""
        self._scratch.cleanup()

    def _connect(self, url: str) -> BaseBackend | None:
        if not url.startswith("duckdb://"):
            return _reached(url)
        path = url.removeprefix("duckdb://")
        if path not in ("", ":memory:"):
            file = self.folder / path
            if not file.is_file():
                raise SourceError([f"source.yaml: url: no DuckDB file at {file}"])
            self.engine.raw_sql(f"ATTACH '{_quoted(file)}' AS source (READ_ONLY)")
            self.engine.raw_sql("SET search_path = 'memory.main,source.main'")
        return None

    def files(self, name: str) -> list[Path]:
        """Return the files of a table, sorted; none for a table of a database. Raises `SourceError` where one is missing."""
        origin = self.tables[name].origin
        if isinstance(origin, Query) or not _is_file(origin):
            return []
        pattern = str(self.folder / expanded(origin))
        found = sorted(glob(pattern, recursive=True)) if has_magic(pattern) else [pattern]  # noqa: PTH207 - absolute
        missing = [path for path in found if not Path(path).is_file()]
        if missing or not found:
            raise SourceError([f"{name}: no file at {missing[0] if missing else pattern}"])
        return [Path(path) for path in found]

    def table(self, name: str) -> Table:
        """Return a raw table; raises `SourceError` where it cannot be read."""
        spec = self.tables[name]
        try:
            files = self.files(name)
            if files:
                return ibis.union(*(self._file(file, spec) for file in files)) if files[1:] else self._file(files[0], spec)
            return self._of_database(name, spec)
        except (duckdb.Error, ibis.common.exceptions.IbisError, UnicodeError) as error:
            raise SourceError([f"{name}: {_first_line(error)}"]) from error

    def _file(self, file: Path, spec: TableSource) -> Table:
        if file.suffix == ".parquet":
            table = self.engine.read_parquet(str(file))
            return table.mutate(**{FILE: ibis.literal(file.name), ROW: ibis.row_number() + 1})
        if not file.stat().st_size:
            raise SourceError([f"{file}: the file is empty, not even a header"])
        readable = file if _is_utf8(spec.encoding) else self._transcoded(file, spec.encoding)
        table = self.engine.read_csv(str(readable), all_varchar=True, header=True, strict_mode=True)
        # the header is row 1, as a spreadsheet counts
        return table.mutate(**{FILE: ibis.literal(file.name), ROW: ibis.row_number() + 2})

    def _transcoded(self, file: Path, encoding: str) -> Path:
        target = Path(self._scratch.name) / f"{len(list(Path(self._scratch.name).iterdir()))}-{file.name}"
        try:
            with file.open(encoding=encoding, newline="") as old, target.open("w", encoding="utf-8", newline="") as new:
                shutil.copyfileobj(old, new)
        except UnicodeDecodeError as error:
            raise SourceError([f"{file}: not {encoding}: {error.reason} at byte {error.start}"]) from error
        return target

    def _of_database(self, name: str, spec: TableSource) -> Table:
        if isinstance(spec.origin, Query):
            table = self._queried(name, expanded(spec.origin.sql))
            label = f"{name} (sql)"
        else:
            table = self._database_table(name, spec.origin)
            label = spec.origin
        return table.mutate(**{FILE: ibis.literal(label), ROW: ibis.row_number() + 1})

    def _queried(self, name: str, sql: str) -> Table:
        if self.database is not None:
            return self.engine.create_table(f"source_{name}", self.database.sql(sql).to_pyarrow(), temp=True)
        self._name_files()
        return self.engine.sql(sql)

    def _database_table(self, name: str, origin: str) -> Table:
        if self.database is not None:
            return self.engine.create_table(f"source_{name}", self.database.table(origin).to_pyarrow(), temp=True)
        found = self.engine.con.execute(
            "SELECT table_name FROM duckdb_tables() UNION SELECT view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
        known = sorted(row[0] for row in found)
        if origin not in known:
            raise SourceError([f"{name}: no table {origin!r} in the source, and no file ending ({', '.join(_ENDINGS)}); tables: {', '.join(known) or 'none'}"])
        return self.engine.sql(f'SELECT * FROM "{origin}"')

    def _name_files(self) -> None:
        # a query may name the other tables' files by their canonical names
        for name in self.tables:
            for file in self.files(name)[:1]:
                table = self._file(file, self.tables[name]).drop(FILE, ROW)
                self.engine.create_view(name, table, overwrite=True)


def expanded(text: str) -> str:
    """Return `text` with each `${VARIABLE}` from the environment; raises `SourceError` for one that is not set."""
    missing = [name for name in _VARIABLE.findall(text) if name not in os.environ]
    if missing:
        raise SourceError([f"source.yaml: the environment has no variable {name}" for name in missing])
    return _VARIABLE.sub(lambda found: os.environ[found[1]], text)


def _reached(url: str) -> BaseBackend:
    try:
        return ibis.connect(url)
    except Exception as error:  # noqa: BLE001 - every driver has errors of its own
        # drivers put the whole address into their message, the password too, so only its kind is repeated
        raise SourceError([f"source.yaml: url: no connection to a {url.partition(':')[0]} source ({type(error).__name__})"]) from None


def _is_file(origin: str) -> bool:
    return origin.lower().endswith(_ENDINGS) or has_magic(origin) or "/" in origin


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("_", "-") in {"utf-8", "utf8", "utf-8-sig"}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
