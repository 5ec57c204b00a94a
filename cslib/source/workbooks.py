"""Sheets of workbooks, cell by cell as text: dates in ISO, whole numbers without a point, errors as they are shown."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

from cslib.errors import SourceError, no_such
from cslib.source.cells import LAST_ROW
from cslib.source.excel_books import ExcelBook, OldExcelBook
from cslib.source.file_errors import refuse_others
from cslib.source.open_document_books import OpenDocumentBook
from cslib.source.parquet_copies import refuse_names, write_rows
from cslib.source.report_edges import ABOVE, Edge, WithoutFooter, header_place, titles

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence
    from pathlib import Path

_KINDS: dict[str, Any] = {".xlsx": ExcelBook, ".xlsm": ExcelBook, ".xls": OldExcelBook, ".ods": OpenDocumentBook}
WORKBOOK_ENDINGS = (*_KINDS,)
# what formulas come to that have failed
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
_LOOKED_AT = 1000  # rows by which the columns are counted, those without a name too


class Book(Protocol):
    """A workbook of any format that is read."""

    sheets: Sequence[str]
    counts_late: bool  # bare numbers in it are days from 1904 on

    def rows(self, sheet: str, late: Container[int] = ()) -> Iterator[tuple[int, dict[int, str]]]:
        """Return the rows of a sheet, each with its number and its texts by their columns, counted from 0."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, with its header: the first row in which anything is written, below the `titles` of a report."""

    path: Path
    name: str
    columns: tuple[str, ...]
    header_row: int
    titles: tuple[Edge, ...] = ()

    @classmethod
    def of(cls, path: Path, chosen: str | None) -> Sheet:
        """Return the chosen sheet, or the only one with any cell; raises `SourceError` where there is none."""
        with _opened(path) as book:
            name = _sheet(path, book, chosen)
            rows = list(islice(_rows(book, name), _LOOKED_AT))
        if not rows:
            raise SourceError([f"{path.name}: the sheet {name!r} is empty, not even a header"])
        place = _header(rows)
        row, header = rows[place]
        width = max(len(cells) for _, cells in rows[place:])
        names = [cell.strip() for cell in _padded(header, width)]
        columns = tuple(name or f"column{place}" for place, name in enumerate(names, 1))
        refuse_names(path, columns)
        return cls(path, name, columns, row, titles(path.name, rows[:place]))

    def rewrite(self, target: Path, days: Container[str]) -> tuple[Edge, ...]:
        """Write the sheet as Parquet, all text, each row with any cell with its number; return the rows around its table.

        In the columns `days`, bare numbers are serial ones: those of a workbook that counts from 1904 become those of others.
        """
        with _opened(self.path) as book:
            places = {place for place, name in enumerate(self.columns) if name in days} if book.counts_late else set()
            rows = self._below_header(book, places)
            write_rows(rows, self.columns, target)
        return (*self.titles, *rows.edges(self.path.name))

    def sample(self, most: int) -> list[list[str]]:
        """Return the first rows, at most so many."""
        with _opened(self.path) as book:
            return [cells for _, cells in islice(self._below_header(book, set()), most)]

    def _below_header(self, book: Book, late: set[int]) -> WithoutFooter:
        return WithoutFooter(self._padded_rows(book, late), len(self.columns))

    def _padded_rows(self, book: Book, late: set[int]) -> Iterator[tuple[int, list[str]]]:
        for row, cells in _rows(book, self.name, late):
            if row > self.header_row:
                if len(cells) > len(self.columns):
                    found = f"{cells[-1]!r} stands in column {len(cells)}, where the header names {len(self.columns)}"
                    raise SourceError(
                        [f"{self.path.name} row {row}: {found}; give the column a name or clear the cell"]
                    )
                yield row, _padded(cells, len(self.columns))


def filled_sheets(path: Path) -> list[str]:
    """Return the sheets of a workbook in which anything is written; raises `SourceError` where there is none."""
    with _opened(path) as book:
        return _filled(path, book)


@contextmanager
def _opened(path: Path) -> Iterator[Book]:
    refuse_others(path)
    ending = path.suffix.lower()
    opening = _KINDS[ending].opened(path)
    try:
        book = opening.__enter__()
    except Exception as error:
        # each reader has an error of its own for each kind of damage to an archive
        kind = "OpenDocument spreadsheet" if ending == ".ods" else "Excel workbook"
        raise SourceError(
            [f"{path.name}: no {kind}, or one behind a password; save it as .xlsx without one"]
        ) from error
    try:
        yield book
    finally:
        opening.__exit__(None, None, None)


def _sheet(path: Path, book: Book, chosen: str | None) -> str:
    if chosen is not None:
        if chosen not in book.sheets:
            raise SourceError([f"{path.name}: {no_such('sheet', chosen, book.sheets)}"])
        return chosen
    filled = _filled(path, book) if book.sheets[1:] else book.sheets
    if len(filled) == 1:
        return filled[0]
    listed = ", ".join(filled)
    raise SourceError(
        [f"{path.name}: {len(filled)} sheets hold data: {listed}; choose one, as 'sheet: {filled[0]}' in source.yaml"]
    )


def _filled(path: Path, book: Book) -> list[str]:
    filled = [name for name in book.sheets if next(_rows(book, name), None)]
    if not filled:
        raise SourceError([f"{path.name}: no sheet holds anything"])
    return filled


def _header(rows: Sequence[tuple[int, list[str]]]) -> int:
    """Return the place of the header among rows, of which the blank ones are left out."""
    first = rows[:ABOVE]
    width = max(len(cells) for _, cells in first)
    places: list[int | None] = []
    for place, (row, _) in enumerate(first):
        # one blank row says as much as many
        places += [None, place] if place and row > first[place - 1][0] + 1 else [place]
    found = header_place([[] if place is None else _padded(first[place][1], width) for place in places])
    return places[found or 0] or 0


def _rows(book: Book, sheet: str, late: Container[int] = ()) -> Iterator[tuple[int, list[str]]]:
    """Return each row in which anything is written, with its number; blanks behind its last cell are cut."""
    for row, cells in book.rows(sheet, late):
        texts = {column: text for column, text in cells.items() if text.strip()}
        if texts and not 0 < row <= LAST_ROW:
            raise ValueError(f"no sheet has a row {row}")
        if texts:
            yield row, [texts.get(column, "") for column in range(max(texts) + 1)]


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))
