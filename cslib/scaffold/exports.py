"""A person's own exports: what their headers say, and what their values look like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cslib import model
from cslib.errors import SourceError
from cslib.model import Kind
from cslib.settings import Policies, Report, Settings, Source, TableSource
from cslib.source import FILE, ROW, SourceConnection, map_table
from cslib.source.column_mapping import ColumnMapping
from cslib.source.date_formats import rows_read
from cslib.source.width import to_halfwidth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ibis.expr.types import Table

_SAMPLE = 20_000  # rows: enough to infer a format from, and read in a moment
_HEAD = 1 << 20
_ENCODINGS = ("utf-8-sig", "cp932", "euc_jp")
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_KANA = range(0xFF61, 0xFFA0)  # half-width kana: what EUC looks like when it is taken for cp932
# what may be a date, and no id: a number, a word or a mark and a number; or one number as long as dates are
_DATED = re.compile(r"\d{1,4}[-/.年 ]|[A-Z][a-z]{2,8}[- ]\d|(\d{5,6}|\d{8}|\d{14})(\.\d+)?$")
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

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The different values."""
        return frozenset(self.values)

    @property
    def unique(self) -> bool:
        """Whether it could be a key: hardly a value occurs twice, and those that do may be faults."""
        return bool(self.values) and len(self.distinct) >= 0.98 * len(self.values)


@dataclass(frozen=True)
class Export:
    """Files with one header: one, or several that belong together."""

    files: tuple[Path, ...]
    encoding: str
    looks: Mapping[str, Look]

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self.files[0].name + (f" and {len(self.files) - 1} more" if self.files[1:] else "")


def read_exports(files: Sequence[Path]) -> list[Export]:
    """Return the exports; raises `SourceError` with every file that cannot be read."""
    problems: list[str] = []
    found: dict[tuple[str, ...], list[Export]] = {}
    for file in dict.fromkeys(files):
        try:
            export = _read(file)
        except SourceError as error:
            problems += [problem.partition(": export: ")[2] or problem for problem in error.problems]
        else:
            found.setdefault(tuple(export.looks), []).append(export)
    if problems:
        raise SourceError(
            [problem.removeprefix("source.yaml:1: ").removeprefix("export.from: ") for problem in problems]
        )
    return [_together(alike) for alike in found.values()]


def _together(alike: Sequence[Export]) -> Export:
    files = tuple(sorted(file for export in alike for file in export.files))
    return Export(files, alike[0].encoding, alike[0].looks)


def _read(file: Path) -> Export:
    encoding = _encoding(file)
    place = str(file.resolve())
    source = Source(tables={"export": (TableSource(origin=place, encoding=encoding),)})
    # a params folder that is not there yet: its place is needed to find files by, and is shown in no message
    settings = Settings(
        folder=str(file.resolve().parent), places={}, source=source, policies=Policies(), report=Report(), segments=()
    )
    raw = SourceConnection(settings)
    try:
        table = raw.table("export").limit(_SAMPLE)
        with raw.reading("export"):  # which is when its rows are met
            return Export((file.resolve(),), encoding, _looks(table.cache()))
    finally:
        raw.close()


def _encoding(file: Path) -> str:
    """Return the encoding of a text file; that of a table file is never needed."""
    if not file.is_file() or not file.name.lower().endswith((".csv", ".tsv", ".txt")):
        return "utf-8"
    with file.open("rb") as opened:
        head = opened.read(_HEAD)
    if head[:2] in _MARKS:
        return _MARKS[head[:2]]
    able = {name: text for name in _ENCODINGS if (text := _decoded(head, name)) is not None}
    if "utf-8-sig" in able or not able:
        return "utf-8"
    return min(able, key=lambda name: sum(ord(letter) in _KANA for letter in able[name]))


def _decoded(head: bytes, encoding: str) -> str | None:
    whole = head if len(head) < _HEAD else head[: head.rfind(b"\n") + 1]  # not cut within a letter
    try:
        return whole.decode(encoding)
    except UnicodeDecodeError:
        return None


def _looks(raw: Table) -> dict[str, Look]:
    names = [name for name in raw.columns if name not in (FILE, ROW)]
    held = raw.select(*(raw[name].cast("string").strip().nullif("").name(name) for name in names)).to_pyarrow()
    values = {name: tuple(held[name].drop_null().to_pylist()) for name in names}
    filled = [name for name in names if values[name]]
    read = _read_as(raw, {(name, kind): (kind, {"column": name}) for name in filled for kind in _KINDS})
    shares = {key: count / len(values[key[0]]) for key, count in read.items()}
    return {name: _look(raw, name, values[name], [shares.get((name, kind), 0.0) for kind in _KINDS]) for name in names}


def _look(raw: Table, name: str, values: tuple[str, ...], shares: Sequence[float]) -> Look:
    dates, months, numbers, truths = shares
    undated = dates < 1 and sum(bool(_DATED.match(value)) for value in values) * 2 > len(values)
    return Look(name, values, dates, months, numbers, truths, _formats(raw, name, len(values)) if undated else {})


def _formats(raw: Table, name: str, count: int) -> dict[str, float]:
    """Return which share of the values each date format reads, of those that read any."""
    texts = raw.group_by(text=to_halfwidth(raw[name].cast("string"))).aggregate(rows=raw.count()).cache()
    found = rows_read(texts, Kind.MONTH)  # which knows the formats of days, too
    return {form: rows / count for form, rows in found.items() if rows}


def _read_as(raw: Table, probes: Mapping[tuple[str, str], tuple[Kind, dict[str, str]]]) -> dict[tuple[str, str], int]:
    """Return how many values the source reads for each probe, which is a kind and a way to read a column as it."""
    if not probes:
        return {}
    columns = {f"probe{place}": probe for place, probe in enumerate(probes.values())}
    probed = (model.CanonicalColumn(name=name, meaning="", kind=kind) for name, (kind, _) in columns.items())
    table = model.CanonicalTable(name="probe", grain="", columns=tuple(probed))
    spec = TableSource.model_validate(
        {"from": "probe.csv", "columns": {name: way for name, (_, way) in columns.items()}}
    )
    mapped = map_table(raw, ColumnMapping.of(raw, table, spec), "UTC")
    found = mapped.aggregate(**{name: mapped[name].count() for name in columns}).to_pyarrow().to_pylist()[0]
    return {key: found[f"probe{place}"] for place, key in enumerate(probes)}
