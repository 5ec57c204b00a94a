"""CSV files as people save them: the dialect told from the header, faults named by row, rows counted as a spreadsheet does."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

from cslib.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

ROW = "_row"
ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
_DELIMITERS = ",\t;|"
_NOTHING = f"{_DELIMITERS} \r\n"
_FAULTS = 3
_LONGEST_FIELD = 1 << 24
_BLOCK = 1 << 20


@dataclass(frozen=True)
class CsvFile:
    """A CSV file: its encoding, and what its header says: delimiter, names, and the row in which it stands."""

    path: Path
    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    header_row: int

    @classmethod
    def of(cls, path: Path, encoding: str) -> CsvFile:
        """Return a file with its header read; raises `SourceError` where it has none, or names a column twice."""
        try:
            file = cls._parted_most(path, encoding)
        except UnicodeError as error:
            raise SourceError([_undecodable(path, encoding)]) from error
        except csv.Error as error:
            raise SourceError([f"{path.name} {error}"]) from error
        if not file.columns:
            raise SourceError([f"{path}: the file is empty, not even a header"])
        refuse_twice(path, file.columns)
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
        for row, fields in _records(path, encoding, delimiter):
            if any(field.strip(_NOTHING) for field in fields):
                # 'utf-16-le' keeps the mark that 'utf-16' takes away
                names = (field.strip("\ufeff \t\r\n") or f"column{place}" for place, field in enumerate(fields, 1))
                return cls(path, encoding, delimiter, tuple(names), row)
        return cls(path, encoding, delimiter, (), 0)

    def is_plain(self) -> bool:
        """Return whether an engine that reads UTF-8 only, and skips blank lines, counts the rows of the file rightly."""
        utf8 = self.encoding.lower().replace("_", "-") in {"utf-8", "utf8", "utf-8-sig"}
        return utf8 and self.header_row == 1 and not _is_zipped(self.path) and not _has_odd_lines(self.path)

    def rewrite(self, target: Path) -> None:
        """Write the file as plain UTF-8 CSV with commas, each row with its number as a last column.

        Raises `SourceError` where it is broken.
        """
        with target.open("w", encoding="utf-8", newline="") as new:
            writer = csv.writer(new, lineterminator="\n")
            writer.writerow([*self.columns, ROW])
            try:
                for row, fields in self._rows():
                    if len(fields) != len(self.columns):
                        raise SourceError(self.faults())
                    writer.writerow([*fields, row])
            except (UnicodeError, csv.Error) as error:
                raise SourceError(self.faults()) from error

    def faults(self) -> list[str]:
        """Return a sentence for each of the first few rows that are not as the header says; none where all are."""
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
            f"put a field that holds {self.delimiter!r} between quotation marks"
        )

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Return each row below the header that is not blank, with its number; empty fields beyond the header are cut."""
        width = len(self.columns)
        for row, fields in _records(self.path, self.encoding, self.delimiter):
            if fields and row > self.header_row:
                yield row, fields if any(fields[width:]) else fields[:width]


def refuse_twice(path: Path, columns: Sequence[str]) -> None:
    """Raise `SourceError` where a header names a column twice."""
    # capitals make no difference to the engine
    counts = Counter(name.lower() for name in columns)
    twice = [name for name in dict.fromkeys(columns) if counts[name.lower()] > 1]
    if twice:
        raise SourceError([f"{path.name}: the header names the column {twice[0]!r} more than once; rename all but one"])


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_FIELD)
    row = 0
    with _opened(path, encoding) as lines:
        try:
            for row, fields in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
                yield row, fields
        except csv.Error as error:
            raise csv.Error(
                f"row {row + 1}: a quotation mark is not closed, or stands inside a field ({error})"
            ) from error


def _opened(path: Path, encoding: str) -> TextIO:
    reading: Any = gzip.open if _is_zipped(path) else open
    file: TextIO = reading(path, "rt", encoding=_without_mark(encoding), newline="")
    return file


def _is_zipped(path: Path) -> bool:
    return path.suffix.lower() == ".gz"


def _without_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding


def _has_odd_lines(path: Path) -> bool:
    """Return whether a file holds blank lines or several kinds of line end; quoted ones count too, to be safe."""
    kinds: Counter[str] = Counter()
    with path.open("rb") as lines:
        while block := b"".join(lines.readlines(_BLOCK)):
            windows, newlines, returns = (block.count(end) for end in (b"\r\n", b"\n", b"\r"))
            kinds.update(windows=windows, plain=newlines - windows, returns=returns - windows)
            if block.startswith((b"\n", b"\r\n")) or b"\n\n" in block or b"\n\r\n" in block or kinds["returns"]:
                return True
    return min(kinds["windows"], kinds["plain"]) > 0


def _undecodable(path: Path, encoding: str) -> str:
    """Return where a file stops being what its encoding says, and what may help."""
    with path.open("rb") as file:
        first = file.read(2)
        if first in (b"\xff\xfe", b"\xfe\xff"):
            return f"{path.name}: the file is UTF-16; add 'encoding: utf-16' to its table in source.yaml"
        file.seek(0)
        line = next((number for number, text in enumerate(file, 1) if not _decodes(text, encoding)), None)
    place = f" line {line}" if line else ""
    other = (
        "'encoding: cp932', which Excel writes in Japan"
        if _without_mark(encoding) == "utf-8-sig"
        else "'encoding: utf-8'"
    )
    return f"{path.name}{place}: not {encoding}; name the file's encoding in source.yaml, such as {other}"


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeError:
        return False
    return True
