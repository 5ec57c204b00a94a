"""The one place where the error of a reader, whatever it is, becomes a sentence for whoever has to repair the file."""

from __future__ import annotations

import csv
import re
import zlib
from contextlib import contextmanager
from gzip import BadGzipFile
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
from ibis.common.exceptions import IbisError

from cslib.errors import SourceError
from cslib.redaction import redacted_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# what an engine, or what hands its answers over, raises while rows are read; ours are none of these
REFUSALS = (
    duckdb.Error, IbisError, pa.ArrowException, OSError, EOFError, zlib.error, csv.Error, UnicodeError, OverflowError,
)  # fmt: skip
_KIND = re.compile(r"^(?:[A-Z][\w-]*(?: [A-Za-z]+)* (?:Error|Exception): ?)+")
_ADVICE = re.compile(r"\n(?:LINE \d|Possible |Candidate |\s*at |Original Line).*", re.DOTALL)
_UNDERLINED = re.compile(r"\x1b\[[0-9;]*m")  # by which a parser marks its place, in the midst of whatever stands there
_WHAT = {
    ".parquet": "a Parquet file",
    ".xlsx": "an Excel workbook",
    ".xlsm": "an Excel workbook",
    ".xls": "an Excel workbook",
    ".ods": "an OpenDocument spreadsheet",
    ".gz": "a file zipped by gzip",
}
# how files begin that are given another name, the endings under which they may, and what to do
_BEGINNINGS: tuple[tuple[tuple[bytes, ...], tuple[str, ...], str], ...] = (
    ((b"PK\x03\x04",), (".xlsx", ".xlsm", ".ods"), "a workbook or another archive; give it the ending .xlsx if it is a workbook, or unpack it"),
    ((b"\xd0\xcf\x11\xe0",), (".xls",), "an old workbook, or one behind a password; give it the ending .xls, or save it as .xlsx without a password"),
    ((b"PAR1",), (".parquet",), "a Parquet file; give it the ending .parquet"),
    ((b"\x1f\x8b",), (".gz",), "a file zipped by gzip; give it the ending .gz behind its own"),
    ((b"%PDF",), (), "a PDF; export the table itself"),
    ((b"SQLite format 3",), (), "a database of SQLite; name it as 'url: sqlite://…'"),
    ((b"<!doctype html", b"<html", b"<meta", b"<table", b"<?xml"), (), "a page of the web or XML; open it in a spreadsheet and save it as .xlsx, or export it as CSV"),
)  # fmt: skip
_LEAD = 512


class DamagedFile(SourceError):  # noqa: N818 - reads as what it says at the place where it is raised
    """A file that its reader gave up on."""


def refuse_others(file: Path) -> None:
    """Raise `SourceError` where a file begins as one of another kind than its name says."""
    with file.open("rb") as opened:
        lead = opened.read(_LEAD).removeprefix(b"\xef\xbb\xbf").lstrip(b" \r\n\t").lower()
    for beginnings, endings, what in _BEGINNINGS:
        if lead.startswith(tuple(each.lower() for each in beginnings)) and not file.name.lower().endswith(endings):
            raise SourceError([f"{file.name}: is not what its name says: it is {what}"])


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """Raise whatever breaks the reading of a file as `DamagedFile`, which names the file."""
    try:
        yield
    except SourceError:
        raise
    except Exception as error:
        # readers trip over damage each in its own way: by a KeyError, a RecursionError, an error of a library below them
        raise DamagedFile([_broken(file, error)]) from error


def _broken(file: Path, error: Exception) -> str:
    """Return the problem of a file that a reader gave up on."""
    if isinstance(error, OSError) and error.errno and not isinstance(error, BadGzipFile):
        return f"{file.name}: cannot be opened: {error.strerror}; see to its place and its permissions"
    wanted = _WHAT.get(file.suffix.lower(), "a text file of rows and columns")
    return (
        f"{file.name}: wanted {wanted}; found one that is damaged, cut off, or of another kind; open it in the program that wrote "
        "it and save it anew, or fetch it once more"
    )


def plain_message(error: Exception) -> str:
    """Return the error of an engine about a query or a value as one line, without the name of the error, the engine's own advice, and secrets."""
    said = _ADVICE.sub("", _KIND.sub("", redacted_words(_UNDERLINED.sub("", str(error))).strip()))
    return " ".join(said.split())[:300]
