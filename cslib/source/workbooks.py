"""Sheets of Excel workbooks, cell by cell as text: dates in ISO, whole numbers without a point, errors as they are shown."""

from __future__ import annotations

import csv
import warnings
import zipfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Any

from cslib.errors import SourceError, no_such
from cslib.source.csv_files import ROW, refuse_twice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openpyxl import Workbook

ENDINGS = (".xlsx", ".xlsm")
_MIDNIGHT = time()
_LOOKED_AT = 1000  # rows that tell how many columns there are, those without a name too


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, with its header: the first row in which anything is written."""

    path: Path
    name: str
    columns: tuple[str, ...]
    header_row: int

    @classmethod
    def of(cls, path: Path, chosen: str | None) -> Sheet:
        """Return the chosen sheet, or the only one that holds anything; raises `SourceError` where there is none."""
        with _opened(path) as book:
            name = _sheet(path, book, chosen)
            rows = list(islice(_rows(book, name), _LOOKED_AT))
        if not rows:
            raise SourceError([f"{path.name}: the sheet {name!r} is empty, not even a header"])
        row, header = rows[0]
        width = max(len(cells) for _, cells in rows)
        names = [cell.strip() for cell in _padded(header, width)]
        columns = tuple(name or f"column{place}" for place, name in enumerate(names, 1))
        refuse_twice(path, columns)
        return cls(path, name, columns, row)

    def rewrite(self, target: Path) -> None:
        """Write the sheet as plain UTF-8 CSV with commas, each row that holds anything with its number as a last column."""
        with target.open("w", encoding="utf-8", newline="") as new, _opened(self.path) as book:
            writer = csv.writer(new, lineterminator="\n")
            writer.writerow([*self.columns, ROW])
            for row, cells in _rows(book, self.name):
                if row > self.header_row:
                    self._refuse_longer(row, cells)
                    writer.writerow([*_padded(cells, len(self.columns)), row])

    def _refuse_longer(self, row: int, cells: list[str]) -> None:
        if len(cells) > len(self.columns):
            found = f"{cells[-1]!r} stands in column {len(cells)}, where the header names {len(self.columns)}"
            raise SourceError([f"{self.path.name} row {row}: {found}; give the column a name or clear the cell"])


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    from openpyxl import load_workbook  # noqa: PLC0415 - half a second that few sources need
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        with warnings.catch_warnings(action="ignore"):  # on colours and drop-down lists, which are no data
            book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
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


def _rows(book: Workbook, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Return each row in which anything is written, with its number; blanks behind its last cell are cut."""
    with warnings.catch_warnings(action="ignore"):
        for row, cells in enumerate(book[sheet].iter_rows(), 1):
            texts = [_text(cell) for cell in cells]
            while texts and not texts[-1].strip():
                texts.pop()
            if texts:
                yield row, texts


def _padded(cells: list[str], width: int) -> list[str]:
    return cells + [""] * (width - len(cells))


def _text(cell: Any) -> str:  # noqa: ANN401 - of several classes
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float():
            return _digits(value, cell.number_format)
    return _moment(value) if isinstance(value, datetime) else str(value)


def _moment(value: datetime) -> str:
    """Return a time in ISO; a day alone, which workbooks keep as its midnight, as that day."""
    return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(" ")


def _digits(value: float, form: str) -> str:
    """Return a number in plain digits; one that is shown with leading zeros, like 00017, keeps them."""
    whole = str(int(value)) if value % 1 == 0 else repr(value)
    return whole.zfill(len(form)) if form and set(form) == {"0"} else whole
