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
    ".gz": "a file zipped by gzip",
}


class DamagedFile(SourceError):  # noqa: N818 - reads as what it says at the place where it is raised
    """A file that its reader gave up on."""


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
