"""Sheets of Excel workbooks, cell by cell as text: dates in ISO, whole numbers without a point, errors as they are shown."""

from __future__ import annotations

import warnings
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from cslib.errors import SourceError, no_such
from cslib.source.parquet_copies import refuse_names, write_rows

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.cell.read_only import ReadOnlyCell

WORKBOOK_ENDINGS = (".xlsx", ".xlsm")
# what formulas come to that have failed
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!")
_MIDNIGHT = time()
_LOOKED_AT = 1000  # rows by which the columns are counted, those without a name too
_LAST_ROW = 1 << 20
_LATER = 1462  # days from the epoch of most workbooks to that of those which count from 1904


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, with its header: the first row in which anything is written."""

    path: Path
    name: str
    columns: tuple[str, ...]
    header_row: int

    @classmethod
    def of(cls, path: Path, chosen: str | None) -> Sheet:
        """Return the chosen sheet, or the only one with any cell; raises `SourceError` where there is none."""
        with _opened(path) as book:
            name = _sheet(path, book, chosen)
            rows = list(islice(_rows(book, name), _LOOKED_AT))
        if not rows:
            raise SourceError([f"{path.name}: the sheet {name!r} is empty, not even a header"])
        row, header = rows[0]
        width = max(len(cells) for _, cells in rows)
        names = [cell.strip() for cell in _padded(header, width)]
        columns = tuple(name or f"column{place}" for place, name in enumerate(names, 1))
        refuse_names(path, columns)
        return cls(path, name, columns, row)

    def rewrite(self, target: Path, days: Container[str]) -> None:
        """Write the sheet as Parquet, all text, each row with any cell with its number.

        In the columns `days`, bare numbers are serial ones: those of a workbook that counts from 1904 become those of others.
        """
        with _opened(self.path) as book:
            places = {place for place, name in enumerate(self.columns) if name in days} if _counts_late(book) else set()
            write_rows(self._below_header(book, places), self.columns, target)

    def _below_header(self, book: Workbook, late: set[int]) -> Iterator[tuple[int, list[str]]]:
        for row, cells in _rows(book, self.name, late):
            if row > self.header_row:
                if len(cells) > len(self.columns):
                    found = f"{cells[-1]!r} stands in column {len(cells)}, where the header names {len(self.columns)}"
                    raise SourceError(
                        [f"{self.path.name} row {row}: {found}; give the column a name or clear the cell"]
                    )
                yield row, _padded(cells, len(self.columns))


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    from openpyxl import load_workbook  # noqa: PLC0415 - half a second that few sources need

    try:
        with warnings.catch_warnings(action="ignore"):  # on colours and drop-down lists, which are no data
            book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        # openpyxl has an error of its own for each kind of damage to an archive
        raise SourceError(
            [f"{path.name}: no Excel workbook, or one behind a password; save it as .xlsx without one"]
        ) from error
    with closing(book):
        yield book


def _sheet(path: Path, book: Workbook, chosen: str | None) -> str:
    names = [sheet.title for sheet in book.worksheets]
    if chosen is not None:
        if chosen not in names:
            raise SourceError([f"{path.name}: {no_such('sheet', chosen, names)}"])
        return chosen
    filled = [name for name in names if next(_rows(book, name), None)] if names[1:] else names
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise SourceError([f"{path.name}: no sheet holds anything"])
    listed = ", ".join(filled)
    raise SourceError(
        [f"{path.name}: {len(filled)} sheets hold data: {listed}; choose one, as 'sheet: {filled[0]}' in source.yaml"]
    )


def _rows(book: Workbook, sheet: str, late: Container[int] = ()) -> Iterator[tuple[int, list[str]]]:
    """Return each row in which anything is written, with its number; blanks behind its last cell are cut.

    Rows and cells are taken as they are stored: openpyxl's own walk fills every gap, up to the last cell that a sheet claims.
    Numbers in the columns `late`, counted from 0, are days from 1904 on.
    """
    with warnings.catch_warnings(action="ignore"):
        for row, cells in _stored(book[sheet]):
            texts = {cell.column: text for cell in cells if (text := _cell_text(cell, late)).strip()}
            if texts and not 0 < row <= _LAST_ROW:
                raise ValueError(f"no sheet has a row {row}")
            if texts:
                yield row, [texts.get(column, "") for column in range(1, max(texts) + 1)]


def _stored(sheet: Any) -> Iterator[tuple[int, list[ReadOnlyCell]]]:  # noqa: ANN401 - a sheet that is read only, which has no public name
    """Return the rows that a sheet stores, with those of their cells that are not empty."""
    from openpyxl.cell.read_only import ReadOnlyCell  # noqa: PLC0415
    from openpyxl.worksheet._reader import WorkSheetParser  # noqa: PLC0415

    book = sheet.parent
    with sheet._get_source() as stored:  # noqa: SLF001 - as openpyxl's own walk opens it
        parser = WorkSheetParser(
            stored, sheet._shared_strings, data_only=True, epoch=book.epoch,  # noqa: SLF001
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )  # fmt: skip
        for row, cells in parser.parse():
            yield row, [ReadOnlyCell(sheet, **cell) for cell in cells if cell["value"] is not None]


def _counts_late(book: Workbook) -> bool:
    from openpyxl.utils.datetime import MAC_EPOCH  # noqa: PLC0415

    return bool(book.epoch == MAC_EPOCH)


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _cell_text(cell: ReadOnlyCell, late: Container[int]) -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            later = _LATER if cell.column - 1 in late else 0
            return _digits(value + later, cell.number_format)
    if isinstance(value, datetime):  # workbooks keep a day alone as its midnight
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(" ")
    return str(value)


def _digits(value: float, form: str) -> str:
    """Return a number in plain digits; one that is shown with leading zeros, like 00017, keeps them."""
    whole = str(int(value)) if value % 1 == 0 else repr(value)
    return whole.zfill(len(form)) if form and set(form) == {"0"} else whole
