"""Spreadsheets of LibreOffice and of Google (`.ods`) as rows of texts, read from the file's own XML."""

from __future__ import annotations

import zipfile
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from cslib.source.cells import LAST_COLUMN, LAST_ROW

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

_OFFICE, _TABLE, _TEXT, _ERROR = (
    "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}",
    "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}",
    "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}",
    "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type",
)
_SPACES = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_MOST_CELLS = 20_000_000  # that repeated rows may come to: more are a bomb


class OpenDocumentBook:
    """A spreadsheet in the format of LibreOffice: its sheets. Its dates are written as such, so that no epoch matters."""

    counts_late = False

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.sheets = [sheet for sheet, _ in self._walked(only=None)]

    @classmethod
    @contextmanager
    def opened(cls, path: Path) -> Iterator[OpenDocumentBook]:
        """Open a spreadsheet; raises whatever its archive and its XML do, and one behind a password has none that can be read."""
        with zipfile.ZipFile(path) as archive:
            yield cls(archive)

    def rows(self, sheet: str, late: Container[int] = ()) -> Iterator[tuple[int, dict[int, str]]]:  # noqa: ARG002 - as other books have it
        """Return the rows of a sheet, each with its number and its texts by their columns, counted from 0."""
        number, cells = 0, 0
        for _, row in self._walked(only=sheet):
            times = int(row.get(f"{_TABLE}number-rows-repeated", 1))
            texts = _row_texts(row)
            cells += len(texts) * times
            if texts and (number + times > LAST_ROW or cells > _MOST_CELLS):
                raise ValueError(f"no sheet has a row {number + times} of {len(texts)} cells")
            if texts:
                yield from ((number + place, texts) for place in range(1, times + 1))
            number += times

    def _walked(self, only: str | None) -> Iterator[tuple[str, ET.Element]]:
        """Return the rows of a sheet; or, where none is named, each sheet with its element."""
        with self._archive.open("content.xml") as content:
            name = ""
            sheet: ET.Element | None = None
            for event, element in ET.iterparse(content, ("start", "end")):  # noqa: S314 - expat refuses what blows up
                if event == "start" and element.tag == f"{_TABLE}table" and sheet is None:
                    sheet, name = element, element.get(f"{_TABLE}name", "")
                    if only is None:
                        yield name, element
                elif event == "end" and sheet is not None and element is sheet:
                    element.clear()
                    sheet = None
                elif event == "end" and element.tag == f"{_TABLE}table-row":
                    if name == only:
                        yield name, element
                    element.clear()


def _row_texts(row: ET.Element) -> dict[int, str]:
    texts: dict[int, str] = {}
    place = 0
    for cell in row:
        if cell.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            times = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
            if text := _cell_text(cell):
                if place + times > LAST_COLUMN:
                    raise ValueError(f"no sheet has a column {place + times}")
                texts |= dict.fromkeys(range(place, place + times), text)
            place += times
    return texts


def _cell_text(cell: ET.Element) -> str:
    kind, shown = cell.get(f"{_OFFICE}value-type", ""), _shown(cell)
    if cell.get(_ERROR) == "error":
        return shown if shown.startswith("#") else "#VALUE!"  # 'Err:502' and its like
    match kind:
        case "float" | "currency" | "percentage":
            return _number_text(cell.get(f"{_OFFICE}value", ""), shown)
        case "date":
            return cell.get(f"{_OFFICE}date-value", "").removesuffix("T00:00:00").replace("T", " ")
        case "boolean":
            return cell.get(f"{_OFFICE}boolean-value", "")
    return shown or cell.get(f"{_OFFICE}string-value", "")


def _number_text(value: str, shown: str) -> str:
    """Return a number in plain digits; one that is shown with leading zeros, like 00017, keeps them; errors that Excel keeps as numbers stay."""
    if shown.startswith("#") and shown.strip("#"):
        return shown
    number = Decimal(value)
    whole = f"{number:.0f}" if number == number.to_integral_value() else f"{number:f}"
    return shown if shown.isdecimal() and len(shown) > len(whole) and shown.lstrip("0") == whole.lstrip("0") else whole


def _shown(cell: ET.Element) -> str:
    return "\n".join(_paragraph(child) for child in cell if child.tag == f"{_TEXT}p")


def _paragraph(element: ET.Element) -> str:
    """Return the text of a paragraph, in which blanks beyond the first are elements of their own; remarks are none of it."""
    parts = [element.text or ""]
    for child in element:
        if child.tag in _SPACES:
            parts.append(_SPACES[child.tag] * min(int(child.get(f"{_TEXT}c", 1)), LAST_COLUMN))
        elif not child.tag.startswith(_OFFICE):
            parts.append(_paragraph(child))
        parts.append(child.tail or "")
    return "".join(parts)
