"""Files as a source names them: told apart by their endings, read by an engine, and joined to one table."""

from __future__ import annotations

import os
import tempfile
from glob import escape, has_magic
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import ibis
import ibis.expr.datatypes as dt

from cslib.errors import SourceError, no_such
from cslib.scratch import scratch
from cslib.secrecy import hidden
from cslib.source.csv_files import ENDINGS as CSV_ENDINGS
from cslib.source.csv_files import ROW, CsvFile
from cslib.source.workbooks import ENDINGS as WORKBOOK_ENDINGS
from cslib.source.workbooks import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.backends.duckdb import Backend
    from ibis.expr.types import IntegerValue, Table

    from cslib.settings import TableSource

FILE = "_file"
ENDINGS = (*CSV_ENDINGS, *WORKBOOK_ENDINGS, ".parquet")


class FileReader:
    """An engine's reading of files; those that it would misread are written anew, into a folder that `close` removes."""

    def __init__(self, engine: Backend) -> None:
        self.engine = engine
        self.scratch = tempfile.TemporaryDirectory(prefix="cslib-source-", dir=scratch())

    def close(self) -> None:
        """Remove what was rewritten."""
        self.scratch.cleanup()

    def table(self, files: Sequence[Path], spec: TableSource, *, placed: bool) -> Table:
        """Return the rows of a table's files, each with its file (`_file`) and its place in it (`_row`).

        Rows are not counted unless `placed`, which may take them one after another: `_row` is null then.
        """
        labels = _labels(files)
        tables = [
            self._file(file, spec, placed=placed).mutate(**{FILE: ibis.literal(hidden(label))})
            for file, label in labels.items()
        ]
        return ibis.union(*_alike(tables, list(labels.values()))) if files[1:] else tables[0]

    def _file(self, file: Path, spec: TableSource, *, placed: bool) -> Table:
        if _is_parquet(file):
            return self._parquet(file, placed=placed)
        is_workbook = file.name.lower().endswith(WORKBOOK_ENDINGS)
        if spec.sheet and not is_workbook:
            raise SourceError([f"{file.name}: 'sheet: {spec.sheet}' is for workbooks; this file has no sheets"])
        found = Sheet.of(file, spec.sheet) if is_workbook else CsvFile.of(file, spec.encoding)
        if isinstance(found, CsvFile) and found.is_plain():
            table = self._csv(file, found.columns, found.delimiter)
            # the header is row 1, as a spreadsheet counts
            return table.mutate(**{ROW: numbers(placed=placed) + 2})
        rewritten = Path(self.scratch.name) / f"{uuid4().hex}.csv"
        found.rewrite(rewritten)
        table = self._csv(rewritten, (*found.columns, ROW), ",")
        return table.mutate(**{ROW: table[ROW].cast("int64")})

    def _parquet(self, file: Path, *, placed: bool) -> Table:
        path, own = escape(str(file)), "file_row_number"
        table = self.engine.read_parquet(path)
        if not placed or own in {name.lower() for name in table.columns}:
            return table.mutate(**{ROW: numbers(placed=placed) + 1})
        # which is known of each block of the file, so that blocks can still be read side by side
        table = self.engine.read_parquet(path, file_row_number=True)
        return table.mutate(**{ROW: table[own] + 1}).drop(own)

    def _csv(self, file: Path, columns: Sequence[str], delimiter: str) -> Table:
        # everything is said, so that nothing is sniffed from the first rows
        return self.engine.read_csv(
            escape(str(file)), columns=dict.fromkeys(columns, "VARCHAR"), header=True, delim=delimiter,
            quote='"', escape='"', strict_mode=True,
        )  # fmt: skip


def numbers(*, placed: bool) -> IntegerValue:
    """Return the number of each row, from 0; null where rows are not to be counted."""
    return ibis.row_number() if placed else ibis.null("int64")


def names_files(origin: str) -> bool:
    """Return whether an origin names files, not a table of a database."""
    return origin.lower().endswith(ENDINGS) or has_magic(origin) or "/" in origin


def _is_parquet(file: Path) -> bool:
    return file.suffix.lower() == ".parquet"


def no_file(file: Path) -> str:
    """Return that there is no such file, with the nearest one that is there."""
    if file.is_dir():
        return f"{file} is a folder; name the files in it, such as {file.name}/*.csv"
    if not file.parent.is_dir():
        return f"no file {file}: there is no such folder"
    # a secret that goes on into the name is told as a whole
    if not hidden(str(file)).startswith(hidden(f"{file.parent}/")):
        return f"no file {file}"
    return f"in {file.parent} there is {no_such('file', file.name, (each.name for each in file.parent.iterdir()))}"


def misfits(files: Sequence[Path]) -> list[str]:
    """Return a sentence for each file that is not there, or that nothing here reads."""
    problems = [no_file(file) for file in files if not file.is_file()]
    return problems + [_no_reader(file) for file in files if file.is_file() and not file.name.lower().endswith(ENDINGS)]


def _no_reader(file: Path) -> str:
    return f"{file.name}: wanted a file that ends in {', '.join(ENDINGS)}; save other spreadsheets as .xlsx"


def _labels(files: Sequence[Path]) -> dict[Path, str]:
    """Return what each file of a table is called: its name, or its path below the folder that holds them all."""
    common = Path(os.path.commonpath([file.parent for file in files]))
    return {file: str(file.relative_to(common)) for file in files}


def _alike(tables: Sequence[Table], labels: Sequence[str]) -> list[Table]:
    """Return tables that one union can take: the same columns in the same order, of the same types."""
    names = dict.fromkeys(name for table in tables for name in table.columns)
    problems = [
        f"{label}: {no_such('column', name, {*table.columns} - {FILE, ROW})}, which other files of the table have; they need the same columns"
        for table, label in zip(tables, labels, strict=True)
        for name in names
        if name not in table.columns
    ]
    if problems:
        raise SourceError(problems)
    types = {name: _common_type([table[name].type() for table in tables]) for name in names}
    return [table.select(**{name: table[name].cast(kind) for name, kind in types.items()}) for table in tables]


def _common_type(types: Sequence[dt.DataType]) -> dt.DataType:
    known = [each for each in types if not each.is_null()]
    if all(each.is_numeric() for each in known) or len(set(known)) <= 1:
        return dt.highest_precedence(known or types)
    return dt.string
