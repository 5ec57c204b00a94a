"""Files as a source names them: distinguished by their endings, read by an engine, and joined to one table."""

from __future__ import annotations

import os
import tempfile
from glob import has_magic
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import ibis
import ibis.expr.datatypes as dt

from cslib import engine_paths
from cslib.errors import SourceError, no_such
from cslib.redaction import redacted
from cslib.scratch import scratch
from cslib.source.csv_files import CSV_ENDINGS, CsvFile
from cslib.source.file_errors import reading
from cslib.source.json_files import JSON_ENDINGS, JsonFile
from cslib.source.parquet_copies import ROW, refuse_names
from cslib.source.workbooks import WORKBOOK_ENDINGS, Sheet

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from ibis.backends.duckdb import Backend
    from ibis.expr.types import IntegerValue, Table

    from cslib.settings import TableSource
    from cslib.source.report_edges import Edge

FILE = "_file"
NON_DATA = "_stray"  # why a row is a non-data row: one of `STRAYS`; null for all others
ENDINGS = (*CSV_ENDINGS, *JSON_ENDINGS, *WORKBOOK_ENDINGS, ".parquet")


class FileReader:
    """An engine's reading of files; those that it would misread are written anew, into a folder that `close` removes."""

    def __init__(self, engine: Backend) -> None:
        self.engine = engine
        self.scratch = tempfile.TemporaryDirectory(prefix="cslib-source-", dir=scratch())
        self.edges: dict[Path, tuple[Edge, ...]] = {}  # by file, the rows that were taken for its title or footer

    def close(self) -> None:
        """Remove what was rewritten."""
        self.scratch.cleanup()

    def table(
        self,
        files: Sequence[Path],
        spec: TableSource,
        *,
        placed: bool,
        days: Container[str] = (),
        needed: Container[str] = (),
    ) -> Table:
        """Return the rows of a table's files, each with its file (`_file`) and its place in it (`_row`).

        Rows are not counted unless `placed`, which may take them one after another: `_row` is null then. `days` are the
        columns that hold days, `needed` those that every file has to have, both in small letters.
        """
        common, tables = Path(os.path.commonpath([file.parent for file in files])), []
        labels = {file: str(file.relative_to(common)) for file in files}
        for file, label in labels.items():
            with reading(file):
                read = self._file(file, spec, placed=placed, days=days)
            tables.append(read.mutate(**{FILE: ibis.literal(redacted(label))}))
        return ibis.union(*_alike(tables, list(labels.values()), needed)) if files[1:] else tables[0]

    def _file(self, file: Path, spec: TableSource, *, placed: bool, days: Container[str]) -> Table:
        if file.suffix.lower() == ".parquet":
            return self._parquet(file, placed=placed)
        is_workbook = file.name.lower().endswith(WORKBOOK_ENDINGS)
        if spec.sheet and not is_workbook:
            raise SourceError([f"{file.name}: 'sheet: {spec.sheet}' is for workbooks; this file has no sheets"])
        rewritten = Path(self.scratch.name) / f"{uuid4().hex}.parquet"
        if is_workbook:
            sheet = Sheet.of(file, spec.sheet)
            self.edges[file] = sheet.rewrite(rewritten, {name for name in sheet.columns if name.lower() in days})
            return self._rewritten(rewritten)
        if file.name.lower().endswith(JSON_ENDINGS):
            JsonFile(file, spec.encoding_of(file.name)).rewrite(rewritten)
            return self._rewritten(rewritten)
        found = CsvFile.of(file, spec.encoding_of(file.name))
        if found.is_plain():
            # the header is row 1, as a spreadsheet counts
            return self._csv(file, found).mutate(**{ROW: row_numbers(placed=placed) + 2})
        self.edges[file] = found.rewrite(rewritten)
        return self._rewritten(rewritten)

    def _rewritten(self, file: Path) -> Table:
        return _own(self.engine.read_parquet(engine_paths.found(file), hive_partitioning=False), ROW)

    def _parquet(self, file: Path, *, placed: bool) -> Table:
        path, own = engine_paths.found(file), "file_row_number"
        table = self.engine.read_parquet(path)
        refuse_names(file, table.columns)
        if not placed or own in {name.lower() for name in table.columns}:
            return _own(table).mutate(**{ROW: row_numbers(placed=placed) + 1})
        # which is known of each block of the file, so that blocks can still be read side by side
        table = _own(self.engine.read_parquet(path, file_row_number=True))
        return table.mutate(**{ROW: table[own] + 1}).drop(own)

    def _csv(self, file: Path, found: CsvFile) -> Table:
        # everything is said, so that nothing is sniffed from the first rows, nor from the names of folders
        table = self.engine.read_csv(
            engine_paths.found(file), columns=dict.fromkeys(found.columns, "VARCHAR"), header=True, delim=found.delimiter,
            quote='"', escape='"', strict_mode=True, auto_detect=False, hive_partitioning=False,
        )  # fmt: skip
        return _own(table)


def row_numbers(*, placed: bool) -> IntegerValue:
    """Return the number of each row, from 0; null where rows are not to be counted."""
    return ibis.row_number() if placed else ibis.null("int64")


def names_files(origin: str) -> bool:
    """Return whether an origin names files, not a table of a database."""
    return origin.lower().endswith(ENDINGS) or has_magic(origin) or "/" in origin


def no_file(file: Path) -> str:
    """Return that there is no such file, with the nearest one that is there."""
    if file.is_dir():
        return f"{file} is a folder; name the files in it, such as {file.name}/*.csv"
    if not file.parent.is_dir():
        return f"no file {file}: there is no such folder"
    # a secret that goes on into the name is told as a whole
    if not redacted(str(file)).startswith(redacted(f"{file.parent}/")):
        return f"no file {file}"
    return f"in {file.parent} there is {no_such('file', file.name, (each.name for each in file.parent.iterdir()))}"


def file_problems(files: Sequence[Path]) -> list[str]:
    """Return a sentence for each file that is not there, or that nothing here reads."""
    problems = [no_file(file) for file in files if not file.is_file()]
    return problems + wrong_endings(
        file.name for file in files if file.is_file() and not file.name.lower().endswith(ENDINGS)
    )


def wrong_endings(names: Iterable[str]) -> list[str]:
    """Return a sentence for each file that nothing here reads."""
    wanted = f"wanted a file that ends in {', '.join(ENDINGS)}; save anything else as one of these"
    return [f"{name}: {wanted}" for name in names]


def _own(table: Table, kept: str | None = None) -> Table:
    """Return a table without the columns whose names are reserved for flags, in upper or lower case."""
    return table.drop(*(name for name in table.columns if name.lower() in (FILE, ROW, NON_DATA) and name != kept))


def _alike(tables: Sequence[Table], labels: Sequence[str], needed: Container[str]) -> list[Table]:
    """Return the tables of files that one union can take; raises `SourceError` where one lacks a column that is `needed`."""
    names = dict.fromkeys(name for table in tables for name in table.columns)
    problems = [
        f"{label}: {no_such('column', name, {*table.columns} - {FILE, ROW})}, which the table is read by and other files of it have"
        for table, label in zip(tables, labels, strict=True)
        for name in names
        if name not in table.columns and name.lower() in needed
    ]
    if problems:
        raise SourceError(problems)
    return alike(tables)


def alike(tables: Sequence[Table]) -> list[Table]:
    """Return tables that one union can take: the same columns in the same order, of the same types; null where one has none."""
    names = dict.fromkeys(name for table in tables for name in table.columns)
    types = {name: common_type([table[name].type() for table in tables if name in table.columns]) for name in names}
    return [
        table.select(
            **{
                name: table[name].cast(kind) if name in table.columns else ibis.null(kind)
                for name, kind in types.items()
            }
        )
        for table in tables
    ]


def common_type(types: Sequence[dt.DataType]) -> dt.DataType:
    """Return the type that holds values of all types: text where they are not alike."""
    known = [each for each in types if not each.is_null()]
    if all(each.is_numeric() for each in known) or len(set(known)) <= 1:
        return dt.highest_precedence(known or types)
    return dt.string
