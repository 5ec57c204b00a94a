"""Excel workbooks of today, and those of before 2007, as rows of texts."""

from __future__ import annotations

import io
import warnings
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cslib.source.cells import moment_text, number_text

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

    import xlrd
    from openpyxl import Workbook
    from openpyxl.cell.read_only import ReadOnlyCell

_LATER = 1462  # days from the epoch of most workbooks to that of those which count from 1904
_LATE_EPOCH = 1


class ExcelBook:
    """A workbook of Excel 2007 and later: its sheets, and whether it counts days from 1904."""

    def __init__(self, book: Workbook) -> None:
        from openpyxl.utils.datetime import MAC_EPOCH  # noqa: PLC0415

        self._book = book
        self.sheets = [sheet.title for sheet in book.worksheets]
        self.counts_late = bool(book.epoch == MAC_EPOCH)

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[ExcelBook]:
        """Open a workbook; raises whatever openpyxl does, which has an error of its own for each kind of damage."""
        from openpyxl import load_workbook  # noqa: PLC0415 - half a second that few sources need

        with warnings.catch_warnings(action="ignore"):  # on colours and drop-down lists, which are no data
            book = load_workbook(path, read_only=True, data_only=True)
        with closing(book):
            yield cls(book)

    def rows(self, sheet: str, late: Container[int] = ()) -> Iterator[tuple[int, dict[int, str]]]:
        """Return the rows that a sheet stores, each with its number and its texts by their columns, counted from 0.

        Rows and cells are taken as they are stored: openpyxl's own walk fills every gap, up to the last cell that a sheet claims.
        Numbers in the columns `late` are days from 1904 on.
        """
        with warnings.catch_warnings(action="ignore"):
            for row, cells in _stored(self._book[sheet]):
                yield row, {cell.column - 1: _cell_text(cell, late) for cell in cells}


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


def _cell_text(cell: ReadOnlyCell, late: Container[int]) -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            later = _LATER if cell.column - 1 in late else 0
            return number_text(value + later, cell.number_format)
    return moment_text(value) if isinstance(value, datetime) else str(value)


class OldExcelBook:
    """A workbook of Excel 97 to 2003: its sheets, and whether it counts days from 1904.

    Read by xlrd, which tells `#N/A` from a blank; calamine does not.
    """

    def __init__(self, book: xlrd.Book) -> None:
        self._book = book
        self.sheets = book.sheet_names()
        self.counts_late = book.datemode == _LATE_EPOCH

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[OldExcelBook]:
        """Open a workbook; raises whatever xlrd does."""
        import xlrd  # noqa: PLC0415 - few sources need it

        heard = io.StringIO()  # what it has to say of a file is for nobody
        with xlrd.open_workbook(
            str(path), logfile=heard, on_demand=True, formatting_info=True, ragged_rows=True
        ) as book:
            yield cls(book)

    def rows(self, sheet: str, late: Container[int] = ()) -> Iterator[tuple[int, dict[int, str]]]:
        """Return the rows of a sheet, each with its number and its texts by their columns, counted from 0."""
        held = self._book.sheet_by_name(sheet)
        for row in range(held.nrows):
            cells = enumerate(held.row(row))
            yield row + 1, {place: self._text(cell, late=place in late) for place, cell in cells}

    def _text(self, cell: Any, *, late: bool) -> str:  # noqa: ANN401 - a cell of xlrd's
        import xlrd  # noqa: PLC0415

        match cell.ctype:
            case xlrd.XL_CELL_NUMBER:
                form = self._book.format_map[self._book.xf_list[cell.xf_index].format_key].format_str
                return number_text(cell.value + (_LATER if late else 0), form)
            case xlrd.XL_CELL_DATE:
                return _date_text(cell.value, xlrd.xldate.xldate_as_datetime(cell.value, self._book.datemode))
            case xlrd.XL_CELL_BOOLEAN:
                return "true" if cell.value else "false"
            case xlrd.XL_CELL_ERROR:
                return xlrd.error_text_from_code.get(cell.value, "#VALUE!")
        return str(cell.value)


def _date_text(value: float, moment: datetime) -> str:
    """Return a date, or the time of a cell that holds no day."""
    rounded = (moment + timedelta(milliseconds=500)).replace(microsecond=0)  # a fraction of a day is none of a second
    return rounded.time().isoformat() if 0 <= value < 1 else moment_text(rounded)
