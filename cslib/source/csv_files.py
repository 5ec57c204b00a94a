"""CSV files as people save them: the dialect inferred from the header, faults reported by row, rows counted as a spreadsheet does."""

from __future__ import annotations

import csv
import gzip
from codecs import BOM_UTF8
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, TextIO

from cslib.errors import SourceError
from cslib.source.file_errors import refuse_others
from cslib.source.parquet_copies import refuse_names, write_rows
from cslib.source.report_edges import ABOVE, Edge, WithoutFooter, footer_words, header_place, titles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CSV_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
_DELIMITERS = ",\t;|"
_NOTHING = f"{_DELIMITERS} \r\n"
_FAULTS = 3
_TAIL = 1 << 13  # bytes in which a footer is looked for
_LONGEST_FIELD = 1 << 24
_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 19  # beyond a block: the engine gives up on lines of 2 MB


@dataclass(frozen=True)
class CsvFile:
    """A CSV file: its encoding, and what its header says: delimiter, names, and its row number; `titles` are the rows above it."""

    path: Path
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    header_row: int
    titles: tuple[Edge, ...] = ()

    @classmethod
    def of(cls, path: Path, encoding: str) -> CsvFile:
        """Return a file with its header read; raises `SourceError` where it has none, or names a column twice."""
        refuse_others(path)
        try:
            file = cls._parted_most(path, encoding)
        except UnicodeError as error:
            raise SourceError([_undecodable(path, encoding)]) from error
        except csv.Error as error:
            raise SourceError([f"{path.name} {error}"]) from error
        if not file.columns:
            raise SourceError([f"{path.name}: the file is empty, not even a header"])
        refuse_names(path, file.columns)
        return file

    @classmethod
    def _parted_most(cls, path: Path, encoding: str) -> CsvFile:
        """Return the file by the delimiter that parts its header into the most names."""
        found = []
        for delimiter in _DELIMITERS:
            with suppress(csv.Error):  # quotation marks are in their places with the right delimiter alone
                found.append(cls._headed(path, encoding, delimiter))
        return max(found, key=lambda file: len(file.columns)) if found else cls._headed(path, encoding, ",")

    @classmethod
    def _headed(cls, path: Path, encoding: str, delimiter: str) -> CsvFile:
        first = _first(_records(path, encoding, delimiter))
        place = header_place([fields for _, fields in first])
        if place is None:
            return cls(path, encoding, delimiter, (), 0)
        row, header = first[place]
        # 'utf-16-le' keeps the mark that 'utf-16' takes away
        stripped = (field.strip("\ufeff \t\r\n") for field in header)
        names = tuple(name or f"column{at}" for at, name in enumerate(stripped, 1))
        return cls(path, encoding, delimiter, names, row, titles(path.name, first[:place]))

    def is_plain(self) -> bool:
        """Return whether the engine, which is many times as fast, reads the same cells as Python's `csv`, and counts alike."""
        utf8 = self.encoding.lower().replace("_", "-") in {"utf-8", "utf8", "utf-8-sig"}
        is_table = self.header_row == 1 and not _is_zipped(self.path) and not _has_footer(self.path)
        return utf8 and is_table and _is_regular(self.path, self.delimiter)

    def rewrite(self, target: Path) -> tuple[Edge, ...]:
        """Write the file as Parquet, all text, each row with its number; raises `SourceError` where it is broken.

        Returns the rows around the table: titles and a footer.
        """
        rows = self._rows()
        try:
            write_rows(self._even(rows), self.columns, target)
        except (UnicodeError, csv.Error) as error:
            raise SourceError(self.faults()) from error
        return (*self.titles, *rows.edges(self.path.name))

    def _even(self, rows: WithoutFooter) -> Iterator[tuple[int, list[str]]]:
        for row, fields in rows:
            if len(fields) != len(self.columns):
                raise SourceError(self.faults())
            yield row, fields

    def sample(self, most: int) -> tuple[list[list[str]], list[str]]:
        """Return the first rows that can be read, at most so many, and a sentence for each row among them that cannot."""
        kept: list[list[str]] = []
        found: list[str] = []
        try:
            for row, fields in self._rows():
                if len(fields) == len(self.columns):
                    kept.append(fields)
                else:
                    found.append(self._uneven(row, len(fields)))
                if len(kept) >= most:
                    break
        except UnicodeError:
            found.append(_undecodable(self.path, self.encoding))
        except csv.Error as error:  # whatever lies behind a mark that is not closed cannot be told apart
            found.append(f"{self.path.name} {error}")
        return kept, found

    def faults(self) -> list[str]:
        """Return a sentence for each of the first few rows that do not fit the header; none where all do."""
        found: list[str] = []
        try:
            for row, fields in self._rows():
                if len(fields) != len(self.columns):
                    found.append(self._uneven(row, len(fields)))
                if len(found) == _FAULTS:
                    return found
        except UnicodeError:
            found.append(_undecodable(self.path, self.encoding))
        except csv.Error as error:
            found.append(f"{self.path.name} {error}")
        return found

    def _uneven(self, row: int, fields: int) -> str:
        return (
            f"{self.path.name} row {row}: {fields} fields where the header has {len(self.columns)}; "
            f"put a field that holds {self.delimiter!r} between quotation marks, or take the row away where it is none of the table's"
        )

    def _rows(self) -> WithoutFooter:
        """Return each row below the header that is not blank, with its number; empty fields beyond the header are cut."""
        return WithoutFooter(self._below_header(), len(self.columns))

    def _below_header(self) -> Iterator[tuple[int, list[str]]]:
        width = len(self.columns)
        for row, fields in _records(self.path, self.encoding, self.delimiter):
            if fields and row > self.header_row:
                yield row, fields if any(fields[width:]) else fields[:width]


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let Python read fields of any length; the limit is one for the whole process, and others go by it."""
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    row = 0
    with _opened(path, encoding) as lines, _long_fields():
        try:
            for row, fields in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
                if odd := next(filter(None, map(_odd, fields)), None):
                    raise _OddField(f"row {row}: {odd}")  # noqa: TRY301 - told apart from what Python itself refuses
                yield row, fields
        except _OddField:
            raise
        except csv.Error as error:
            raise csv.Error(
                f"row {row + 1}: a quotation mark is not closed, or stands inside a field ({error})"
            ) from error


class _OddField(csv.Error):
    pass


def _odd(field: str) -> str | None:
    """Return why a field is ambiguous; None for all but a few."""
    if "\0" in field:
        return "a field holds NUL, which is no text; is the file UTF-16, or cut off on the way? Export it anew"
    if field[:1] == " " and field[-1:] == '"' and field.lstrip(" ")[:1] == '"':
        return f"blanks stand before the quotation mark of {field!r}; take them away, or the marks"
    return None


def _opened(path: Path, encoding: str) -> TextIO:
    reading: Any = gzip.open if _is_zipped(path) else open
    file: TextIO = reading(path, "rt", encoding=_without_mark(encoding), newline="")
    return file


def _first(records: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return the records among which the header is, as far as they can be read; raises `csv.Error` where the first cannot."""
    found: list[tuple[int, list[str]]] = []
    try:
        for record in islice(records, ABOVE):
            found.append(record)  # noqa: PERF402 - those before a fault are wanted
    except csv.Error:
        if not found:
            raise
    return found


def _has_footer(path: Path) -> bool:
    """Return whether the end of a file says what footers say; rows that do not are the engine's."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        lines = file.read().decode("utf-8", "replace").splitlines()
    return any(footer_words([line.strip(' "')]) for line in lines)


def _is_zipped(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _without_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding


def _is_regular(path: Path, delimiter: str) -> bool:
    """Return whether a file is UTF-8 with one kind of line end, no blank lines, and quotation marks around whole fields alone."""
    kinds: Counter[str] = Counter()
    with path.open("rb") as lines:
        if lines.read(len(BOM_UTF8)) != BOM_UTF8:
            lines.seek(0)
        while block := b"".join(lines.readlines(_BLOCK)):
            windows, newlines, returns = (block.count(end) for end in (b"\r\n", b"\n", b"\r"))
            kinds.update(windows=windows, plain=newlines - windows)
            blank = block.startswith((b"\n", b"\r\n")) or b"\n\n" in block or b"\n\r\n" in block
            if blank or returns > windows or not _is_even(block, delimiter.encode()):
                return False
    return min(kinds["windows"], kinds["plain"]) == 0


def _is_even(block: bytes, delimiter: bytes) -> bool:
    """Return whether whole lines are text without NUL and overlong lines, each quotation mark at the edge of a field."""
    if len(block) > _BLOCK + _LONGEST_LINE or b"\0" in block or not _decodes(block, "utf-8"):
        return False
    marks = block.count(b'"')
    if not marks:
        return True
    whole = b"\n" + block.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n"
    opening = whole.count(delimiter + b'"') + whole.count(b'\n"')
    closing = whole.count(b'"' + delimiter) + whole.count(b'"\n')
    both = sum(whole.count(first + b'"' + last) for first in (delimiter, b"\n") for last in (delimiter, b"\n"))
    return not both and opening == closing and opening + closing == marks


def _undecodable(path: Path, encoding: str) -> str:
    """Return where a file stops being what its encoding says, and what may help."""
    reading: Any = gzip.open if _is_zipped(path) else open
    with reading(path, "rb") as file:
        first = file.read(2)
        if first in (b"\xff\xfe", b"\xfe\xff") and not _is_wide(encoding):
            return f"{path.name}: the file is UTF-16; add 'encoding: utf-16' to its table in source.yaml"
        file.seek(0)
        # lines of a wide encoding do not end at a line-feed byte
        lines = () if _is_wide(encoding) else enumerate(file, 1)
        line = next((number for number, text in lines if not _decodes(text, encoding)), None)
    place = f" line {line}" if line else ""
    other = (
        "'encoding: cp932', which Excel writes in Japan"
        if _without_mark(encoding) == "utf-8-sig"
        else "'encoding: utf-8'"
    )
    return f"{path.name}{place}: not {encoding}; name the file's encoding in source.yaml, such as {other}"


def _is_wide(encoding: str) -> bool:
    return encoding.lower().replace("_", "-").startswith(("utf-16", "utf16", "utf-32", "utf32"))


def _decodes(text: bytes, encoding: str) -> bool:
    if text.isascii() and not _is_wide(encoding):
        return True
    try:
        text.decode(encoding)
    except UnicodeError:
        return False
    return True
