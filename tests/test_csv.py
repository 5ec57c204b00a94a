"""CSV as RFC 4180 and Python's `csv` read it, or refused: on generated files, in every encoding, dialect and disorder."""

from __future__ import annotations

import csv
import gzip
import io
from random import Random
from typing import TYPE_CHECKING, Literal

import duckdb
import ibis
import pytest

from bench.fuzz.trial import python_rows
from cslib.errors import SourceError
from cslib.settings import TableSource
from cslib.source import FILE, ROW
from cslib.source.csv_files import CsvFile
from cslib.source.files import FileReader
from tests.exports import write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp932", "euc_jp")
_CELLS = (
    "", "a", " ", "a b", "00017", "a,b", "a;b", "a\tb", "a|b", 'a"b', '"', '""', '"a"', ' "a"', '"a" ', "a\\", "\\", "\\,", '\\"', "a\nb", "a\rb", "a\r\nb", "\n", "\r",
    "日本", "①髙", "#1", "NULL", "null", "NaN", "'a'", "=1+1", "\u3000", '5" x', "x" * 3000, "-", "true",
)  # fmt: skip
_JUNK = (
    '"',
    '""',
    ",",
    "\n",
    "\r",
    "\r\n",
    "\\",
    '\\"',
    ' "',
    '" ',
    "\0",
    "x",
    "\n\n",
    "\ufeff",
    ",,",
    "\t",
    ";",
    "'",
    "\x1a",
    '"\r"',
    '",',
    ',"',
)
Rows = list[tuple[str | None, ...]]

_QUOTINGS: tuple[Literal[0, 1], ...] = (csv.QUOTE_MINIMAL, csv.QUOTE_ALL)


def _written(rng: Random) -> str:
    """Return a CSV file as a program would write it, or with marks, line ends and fields put where none should be."""
    width = rng.choice((1, 2, 2, 3, 4))
    rows = [[rng.choice(_CELLS) for _ in range(width)] for _ in range(rng.choice((0, 1, 3, 8)))]
    text = io.StringIO()
    ends, quoting = rng.choice(("\n", "\n", "\r\n", "\r")), rng.choice(_QUOTINGS)
    writer = csv.writer(text, delimiter=rng.choice((",", ",", "\t", ";")), lineterminator=ends, quoting=quoting)
    writer.writerows([[f"c{place}" for place in range(width)], *rows])
    written = text.getvalue()
    for _ in range(rng.choice((0, 0, 1, 1, 2, 4))):
        place = rng.randrange(len(written) + 1)
        written = written[:place] + rng.choice(_JUNK) + written[place:]
    return written[: rng.choice((len(written), len(written), rng.randrange(len(written) + 1)))]


def _read(reader: FileReader, file: Path, encoding: str) -> Rows | None:
    """Return the rows as the product reads them, the numbers of rows left out; None where it refuses them."""
    try:
        table = reader.table([file], TableSource.model_validate({"from": file.name, "encoding": encoding}), placed=True)
        found = table.order_by(ROW).drop(FILE, ROW).to_pyarrow()
    except SourceError:
        return None
    except duckdb.Error:  # a row that is met when the table is; what is said of it is what Python finds
        assert CsvFile.of(file, encoding).faults()
        return None
    columns = [column.to_pylist() for column in found.columns]
    return list(zip(*columns, strict=True))


@pytest.fixture
def reader() -> Iterator[FileReader]:
    found = FileReader(ibis.duckdb.connect())
    yield found
    found.close()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_odd_files_are_read_as_python_reads_them_or_refused(tmp_path: Path, reader: FileReader, encoding: str) -> None:
    read = 0
    for number in range(150):
        rng = Random(f"{encoding} {number}")  # noqa: S311 - no secret
        text = _written(rng)
        data = text.encode(encoding, "ignore")
        zipped = rng.random() < 0.1
        file = write(tmp_path / f"f{number}.csv{'.gz' if zipped else ''}", gzip.compress(data) if zipped else data)
        own = _read(reader, file, encoding)
        if own is not None:
            read += 1
            decoded = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
            assert own == python_rows(decoded, CsvFile.of(file, encoding)), (number, decoded)
    assert read > 40, "most of them are to be refused by nobody"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ('"a\rb",c', ("a\rb", "c")),
        ('"a\nb","c ""d"""', ("a\nb", 'c "d"')),
        ("a\\,b", ("a\\", "b")),
        ('"a\\","b"', ("a\\", "b")),
        ('5" x,b', ('5" x', "b")),
        ('"",""', (None, None)),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp932"])
def test_what_others_trip_over_is_read(
    tmp_path: Path, reader: FileReader, encoding: str, body: str, fields: tuple[str | None, ...]
) -> None:
    for ends in ("\n", "\r\n"):
        file = write(tmp_path / "a.csv", f"x,y{ends}{body}{ends}z,z{ends}".encode(encoding))
        assert _read(reader, file, encoding) == [fields, ("z", "z")]


def test_whole_files_are_left_to_the_engine_and_odd_ones_are_not(tmp_path: Path) -> None:
    """The engine reads many times as fast, so what most programs write must be told from what it would misread."""
    plain = ["a,b\n1,2\n", 'a,b\r\n"1","2"\r\n', 'a,b\n"1","2"\n"3",""\n', 'a,b\n1,"x,y\nz"\n']
    odd = [
        'a,b\n"1","x ""y"" z"\n',
        'a,b\n1, "x"\n',
        'a,b\n1,5" x\n',
        "a,b\n\n1,2\n",
        "a,b\n1,2\r\n",
        'a,b\n1,"x\ry"\n',
        "a,b\n1,\0\n",
        "a,b\n1," + "x" * 3_000_000,
    ]
    for texts, expected in ((plain, True), (odd, False)):
        found = [CsvFile.of(write(tmp_path / "a.csv", text), "utf-8").is_plain() for text in texts]
        assert found == [expected] * len(texts)
