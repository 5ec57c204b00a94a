"""A person's own exports: what their headers say, and what their values look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from glob import escape, glob, has_magic
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cslib.engines import connect
from cslib.errors import SourceError
from cslib.model import Kind
from cslib.source.csv_files import CSV_ENDINGS, CsvFile
from cslib.source.date_formats import rows_read_by
from cslib.source.file_errors import reading, refuse_others
from cslib.source.files import ENDINGS, file_problems
from cslib.source.json_files import JSON_ENDINGS, JsonFile
from cslib.source.parquet_copies import refuse_names
from cslib.source.parse import normalise, parse
from cslib.source.width import stripped, to_halfwidth
from cslib.source.workbooks import WORKBOOK_ENDINGS, Sheet, filled_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ibis.expr.types import Table

Tell = Callable[[str], None]
_SAMPLE = 20_000  # rows: enough to infer a format from, and read in a moment
_CELLS = 2_000_000  # of a sample, so that a wide table has fewer rows
_FILES = 7  # of one table that are looked into: the first, the last, and some between
_DISTINCT = 1_000  # different values of a column by which it is told what they are
_TEXTS, _DATED_TEXTS, _FEWEST = 50_000, 8_000, 50  # in all columns; but so many of each
_DATES = 200  # by which it is told how dates are written, for which each is tried in a hundred ways
_TOLD = 3  # rows that cannot be read which are told of a table
_BLOCK = 1 << 20
_ENCODINGS = ("utf-8-sig", "cp932", "euc_jp")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_KANA = range(0xFF61, 0xFFA0)  # half-width kana: what EUC looks like when it is taken for cp932
# what may be a date, and no id: a number, a word or a mark and a number; or one number as long as dates are
_DATED = re.compile(r"\d{1,4}[-/.年 ]|[A-Z][a-z]{2,8}[- ]\d|(\d{5,6}|\d{8}|\d{14})(\.\d+)?$")
_DIGITS = re.compile(r"\d+")
_KINDS = (Kind.DATE, Kind.MONTH, Kind.AMOUNT, Kind.BOOLEAN)


@dataclass(frozen=True)
class Look:
    """What the values of a column look like, in a sample: how many are filled, and which share of these reads as what."""

    name: str
    values: tuple[str, ...]  # as found, blanks left out
    dates: float
    months: float
    numbers: float
    truths: float
    formats: Mapping[str, float]
    by_file: tuple[
        int, ...
    ] = ()  # how many of the values each file holds, one after another; those of one where it is empty

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The different values."""
        return frozenset(self.values)

    @property
    def unique(self) -> bool:
        """Whether it could be a key: in no file hardly a value occurs twice, and those that do may be faults."""
        ends = [0, *accumulate(self.by_file or (len(self.values),))]
        parts = (self.values[start:end] for start, end in pairwise(ends))
        return bool(self.values) and all(len(set(part)) >= 0.98 * len(part) for part in parts)


@dataclass(frozen=True)
class Export:
    """Files with one header: one, or several that belong together; of workbooks, one `sheet` where several are filled."""

    files: tuple[Path, ...]
    encoding: str
    looks: Mapping[str, Look]
    encodings: Mapping[str, str] = field(default_factory=dict)  # by patterns of names, where files differ in it
    sheet: str | None = None
    doubts: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[object, ...]:
        """Where it lies, which distinguishes it from all others."""
        return (self.files, self.sheet)

    @property
    def name(self) -> str:
        """What it is called in messages."""
        sheet = f" ({self.sheet})" if self.sheet else ""
        return self.files[0].name + sheet + (f" and {len(self.files) - 1} more" if self.files[1:] else "")


@dataclass(frozen=True)
class _File:
    """A file, or a sheet of one, as far as its header says what it is; of JSON, whose fields all its rows name, none is read."""

    path: Path
    columns: tuple[str, ...] = ()
    encoding: str = "utf-8"
    sheet: str | None = None

    @property
    def group(self) -> tuple[object, ...]:
        """What the files of one table have in common."""
        if self.path.name.lower().endswith(JSON_ENDINGS):
            return (self.path.parent, _DIGITS.sub("", self.path.name))
        return (self.columns, self.sheet)


def read_exports(files: Sequence[Path], tell: Tell | None = None) -> list[Export]:
    """Return the exports in files, in folders and under patterns of names; raises `SourceError` with every one that cannot be read.

    Of each file the header is read, of those that share one the values of a few. `tell` is told what is being done.
    """
    said = tell or (lambda _sentence: None)
    problems: list[str] = []
    groups: dict[tuple[object, ...], list[_File]] = {}
    found = list(dict.fromkeys(path for given in files for path in _named(given, problems)))
    for place, path in enumerate(found, 1):
        said(f"reading the header of {path.name} ({place:,} of {len(found):,})")
        for one in _caught(partial(_headers, path), problems):
            groups.setdefault(one.group, []).append(one)
    samples = [one for group in groups.values() for one in _caught(partial(_looked_into, group, said), problems)]
    if problems:
        raise SourceError(problems)
    said(f"telling what the {sum(len(one.columns) for one in samples):,} columns hold")
    looks = iter(_looks([(name, parts) for one in samples for name, parts in one.columns.items()]))
    return [_export(one, dict(zip(one.columns, looks, strict=False))) for one in samples]


def _caught(read: Callable[[], list[Any]], problems: list[str]) -> list[Any]:
    try:
        return read()
    except SourceError as error:
        problems += error.problems
        return []


def _named(given: Path, problems: list[str]) -> list[Path]:
    """Return the files that a name stands for: itself, those of a folder that can be read, or those of a pattern."""
    try:
        if given.is_dir():
            held = [file for file in sorted(given.iterdir()) if _is_export(file)]
            problems += [] if held else [f"{given}: a folder without a file that ends in {', '.join(ENDINGS)}"]
        elif has_magic(str(given)) and not given.is_file():
            held = [file for file in map(Path, sorted(glob(str(given), recursive=True))) if _is_export(file)]  # noqa: PTH207 - a pattern may be absolute
            problems += [] if held else [f"no file matches {given}"]
        else:
            held = [given]
            problems += file_problems(held)
    except OSError as error:  # a name that no file can have
        problems.append(f"no file {given}: {error.strerror}")
        return []
    return [file.resolve() for file in held if file.is_file() and file.name.lower().endswith(ENDINGS)]


def _is_export(file: Path) -> bool:
    # `~$book.xlsx` lies beside a workbook while it is open
    return file.is_file() and file.name.lower().endswith(ENDINGS) and not file.name.startswith((".", "~$"))


def _headers(path: Path) -> list[_File]:
    """Return a file, or its sheets with anything in them, with their headers."""
    name = path.name.lower()
    with reading(path):
        if name.endswith(JSON_ENDINGS):
            return [_File(path, encoding=_encoding(path))]
        if name.endswith(CSV_ENDINGS):
            encoding = _encoding(path)
            return [_File(path, CsvFile.of(path, encoding).columns, encoding)]
        if name.endswith(WORKBOOK_ENDINGS):
            sheets = filled_sheets(path)
            return [_File(path, Sheet.of(path, sheet).columns, sheet=sheet if sheets[1:] else None) for sheet in sheets]
        return [_File(path, _parquet_columns(path))]


def _parquet_columns(path: Path) -> tuple[str, ...]:
    import pyarrow.parquet as pq  # noqa: PLC0415

    refuse_others(path)
    columns = tuple(pq.read_schema(path).names)
    refuse_names(path, columns)
    return columns


@dataclass(frozen=True)
class _Sample:
    """The files of a group, the values of each column in those of them that were looked into, and what could not be read there."""

    files: Sequence[_File]
    columns: Mapping[str, Sequence[Sequence[str]]]
    problems: Sequence[str]


def _looked_into(files: Sequence[_File], said: Tell) -> list[_Sample]:
    """Return the sample of a group, alone in a list: the values of a few of its files."""
    ordered = sorted(files, key=lambda one: one.path)
    chosen = _spread(ordered, _FILES)
    found: list[dict[str, list[str]]] = []
    problems: list[str] = []
    for one in chosen:
        said(f"looking into {one.path.name}, one of {len(ordered):,} alike")
        with reading(one.path):
            rows, unread = _sample(one, max(1, min(_SAMPLE, _CELLS // max(1, len(one.columns))) // len(chosen)))
        found.append(rows)
        problems += unread
    names = tuple(dict.fromkeys(name for rows in found for name in rows))
    if not names:
        raise SourceError([f"{ordered[0].path.name}: the file is empty, not even one object"])
    refuse_names(ordered[0].path, names)
    return [_Sample(ordered, {name: [_filled(rows.get(name, ())) for rows in found] for name in names}, problems)]


def _filled(values: Sequence[str]) -> list[str]:
    return [text for value in values if (text := value.strip())]


def _export(sample: _Sample, looks: Mapping[str, Look]) -> Export:
    files, codes = sample.files, {one.encoding for one in sample.files}
    differing = {escape(one.path.name): one.encoding for one in files if one.encoding != "utf-8"}
    return Export(
        files=tuple(one.path for one in files),
        encoding="utf-8" if len(codes) > 1 else files[0].encoding,
        looks=looks,
        encodings=differing if len(codes) > 1 else {},
        sheet=files[0].sheet,
        doubts=tuple(sample.problems[:_TOLD]),
    )


def _spread(held: Sequence[Any], most: int) -> list[Any]:
    """Return at most so many of a list: the first, the last, and some between."""
    if len(held) <= most:
        return list(held)
    return [held[round(place * (len(held) - 1) / (most - 1))] for place in range(most)]


def _sample(one: _File, most: int) -> tuple[dict[str, list[str]], list[str]]:
    """Return the values of the first rows of a file, at most so many, by column, and what could not be read among them."""
    name = one.path.name.lower()
    if name.endswith(JSON_ENDINGS):
        records, problems = JsonFile(one.path, one.encoding).sample(most)
        if problems and not records:
            raise SourceError(problems[:1])
        names = dict.fromkeys(name for record in records for name in record)
        return {name: [record[name] for record in records if name in record] for name in names}, problems
    if name.endswith(CSV_ENDINGS):
        rows, problems = CsvFile.of(one.path, one.encoding).sample(most)
    elif name.endswith(WORKBOOK_ENDINGS):
        rows, problems = Sheet.of(one.path, one.sheet).sample(most), []
    else:
        return _parquet_sample(one.path, most), []
    return {name: [row[place] for row in rows] for place, name in enumerate(one.columns)}, problems


def _parquet_sample(path: Path, most: int) -> dict[str, list[str]]:
    file = connect().read_parquet(str(path), hive_partitioning=False)
    held = (
        file.select(*(file[name].cast("string").fill_null("").name(name) for name in file.columns))
        .limit(most)
        .to_pyarrow()
    )
    return {name: held[name].to_pylist() for name in held.column_names}


def _looks(columns: Sequence[tuple[str, Sequence[Sequence[str]]]]) -> list[Look]:
    """Return what columns look like, each given with its name and its values file by file: all of them in two passes."""
    values = [tuple(value for part in parts for value in part) for _, parts in columns]
    engine = connect()
    looks = [
        Look(
            name=name,
            values=held,
            dates=shares[Kind.DATE],
            months=shares[Kind.MONTH],
            numbers=shares[Kind.AMOUNT],
            truths=shares[Kind.BOOLEAN],
            formats={},
            by_file=tuple(map(len, parts)),
        )
        for (name, parts), held, shares in zip(columns, values, _shares(engine, values), strict=True)
    ]
    undated = [place for place, look in enumerate(looks) if look.dates < 1 and _seem_dated(look.values)]
    for place, formats in zip(undated, _formats(engine, [values[place] for place in undated]), strict=True):
        looks[place] = replace(looks[place], formats=formats)
    return looks


def _seem_dated(values: Sequence[str]) -> bool:
    return sum(bool(_DATED.match(value)) for value in values) * 2 > len(values)


def _shares(engine: Any, columns: Sequence[Sequence[str]]) -> list[dict[Kind, float]]:  # noqa: ANN401 - an engine of Ibis'
    """Return for each column which share of its values reads as what, all columns in one pass."""
    texts = _counted(engine, columns, max(_FEWEST, min(_DISTINCT, _TEXTS // max(1, len(columns)))))
    # step by step: in a single expression every text would be written out many times
    texts = texts.mutate(text=stripped(texts.text))
    day = normalise(texts.text, Kind.DATE, "JPY")  # months are spelled alike
    texts = texts.mutate(day=day, amount=normalise(texts.text, Kind.AMOUNT, "JPY"))
    spelled = {Kind.DATE: texts.day, Kind.MONTH: texts.day, Kind.AMOUNT: texts.amount, Kind.BOOLEAN: texts.text}
    texts = texts.mutate(**{kind: parse(spelled[kind], kind, None, "UTC").notnull() for kind in _KINDS})
    sums = {kind: texts[kind].ifelse(texts.rows, 0).sum() for kind in _KINDS}
    found = texts.group_by("column").aggregate(whole=texts.rows.sum(), **sums).to_pyarrow().to_pylist()
    known = {row["column"]: {kind: row[kind] / row["whole"] for kind in _KINDS} for row in found}
    return [known.get(place, dict.fromkeys(_KINDS, 0.0)) for place in range(len(columns))]


def _formats(engine: Any, columns: Sequence[Sequence[str]]) -> list[dict[str, float]]:  # noqa: ANN401
    """Return for each column which share of its values each date format reads, of those that read any."""
    if not columns:
        return []
    texts = _counted(engine, columns, max(_FEWEST, min(_DATES, _DATED_TEXTS // len(columns))))
    texts = texts.mutate(text=to_halfwidth(texts.text)).cache()
    found = rows_read_by(texts, Kind.MONTH)  # which knows the formats of days, too
    whole = {
        row["column"]: row["rows"]
        for row in texts.group_by("column").aggregate(rows=texts.rows.sum()).to_pyarrow().to_pylist()
    }
    return [{form: rows / whole[place] for form, rows in found[place].items() if rows} for place in range(len(columns))]


def _counted(engine: Any, columns: Sequence[Sequence[str]], most: int) -> Table:  # noqa: ANN401
    """Return the different values of columns, at most so many of each: column (its place), text, and rows with it."""
    kept = [
        (place, text, rows)
        for place, values in enumerate(columns)
        for text, rows in _spread([*Counter(values).items()], most)
    ]
    schema = pa.schema([("column", pa.int64()), ("text", pa.string()), ("rows", pa.int64())])
    arrays = [pa.array([row[at] for row in kept], schema.field(at).type) for at in range(len(schema))]
    made: Table = engine.create_table(f"texts_{most}", pa.table(arrays, schema=schema), temp=True, overwrite=True)
    return made


def _encoding(file: Path) -> str:
    """Return the encoding of a text file by its first megabyte in which anything but ASCII stands; a zipped one is UTF-8."""
    if file.suffix.lower() == ".gz":
        return "utf-8"
    head = next(_telling_blocks(file), b"")
    if head[:2] in _MARKS:
        return _MARKS[head[:2]]
    able = {name: text for name in _ENCODINGS if (text := _decoded(head, name)) is not None}
    if "utf-8-sig" in able or not able:
        return "utf-8"
    return min(able, key=lambda name: sum(ord(letter) in _KANA for letter in able[name]))


def _telling_blocks(file: Path) -> Iterator[bytes]:
    """Return the parts of a file, each of whole lines, that tell its encoding: those with more than ASCII in them."""
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            block += opened.readline(_BLOCK)  # not cut within a letter
            if not block.isascii():
                yield block


def _decoded(head: bytes, encoding: str) -> str | None:
    try:
        return head.decode(encoding)
    except UnicodeDecodeError:
        return None
