"""JSON as systems write it: a row per line or per element of a list, nested fields as `a.b`, every value as it was written."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from cslib.errors import SourceError
from cslib.source.file_errors import refuse_others
from cslib.source.parquet_copies import refuse_names, write_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

JSON_ENDINGS = (".jsonl", ".ndjson", ".json", ".jsonl.gz", ".ndjson.gz", ".json.gz")
_FAULTS = 3
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
Record = dict[str, str]


class _Number(str):
    """A number as its file writes it, so that no digit of it is lost."""

    __slots__ = ()


@dataclass(frozen=True)
class JsonFile:
    """A file of JSON: lines of an object each, or a list of objects, which an object may hold under any name."""

    path: Path
    encoding: str = "utf-8"

    def rewrite(self, target: Path) -> None:
        """Write the file as Parquet, all text, each row with its line, or its place in the list; raises `SourceError` where it is broken."""
        problems: list[str] = []
        columns: dict[str, None] = {}
        for _, record in self._records(problems):
            columns |= dict.fromkeys(record)
        if problems:
            raise SourceError(problems[:_FAULTS])
        if not columns:
            raise SourceError([f"{self.path.name}: the file is empty, not even one object"])
        refuse_names(self.path, tuple(columns))
        rows = ((row, [record.get(name, "") for name in columns]) for row, record in self._records([]))
        write_rows(rows, tuple(columns), target)

    def sample(self, most: int) -> tuple[list[Record], list[str]]:
        """Return the first records that can be read, at most so many, and a sentence for each line among them that cannot."""
        problems: list[str] = []
        return [record for _, record in islice(self._records(problems), most)], problems

    def faults(self) -> list[str]:
        """Return a sentence for each of the first few lines that are no object; none where all are."""
        problems: list[str] = []
        for _ in self._records(problems):
            if len(problems) >= _FAULTS:
                break
        return problems[:_FAULTS]

    def _records(self, problems: list[str]) -> Iterator[tuple[int, Record]]:
        """Return each object with its line, or its place in the list, flat; adds what cannot be read to `problems`."""
        refuse_others(self.path)
        try:
            yield from self._of_lines(problems) if self._is_lines() else self._of_list(problems)
        except UnicodeError:
            problems.append(
                f"{self.path.name}: not {self._code}; save it as UTF-8, or name its encoding in source.yaml, as in 'encoding: cp932'"
            )

    def _is_lines(self) -> bool:
        """Return whether each line is an object: by the file's name, or by its first line where the name does not say."""
        lines = (line.strip() for line in self._lines() if line.strip())
        first, second = next(lines, ""), next(lines, "")
        if first.startswith("[") or not second:
            return False
        if not self.path.name.lower().removesuffix(".gz").endswith(".json"):
            return True
        try:
            return isinstance(_loaded(first), dict)
        except (ValueError, RecursionError):
            return False  # an object over many lines

    def _of_lines(self, problems: list[str]) -> Iterator[tuple[int, Record]]:
        for number, line in enumerate(self._lines(), 1):
            if not line.strip():
                continue
            try:
                found = _loaded(line)
            except (ValueError, RecursionError) as error:
                problems.append(f"{self.path.name} line {number}: wanted an object of JSON; {_why(error)}")
                continue
            if isinstance(found, dict):
                yield number, _flat(found)
            else:
                problems.append(f"{self.path.name} line {number}: wanted an object of JSON; found {_kind(found)}")

    def _of_list(self, problems: list[str]) -> Iterator[tuple[int, Record]]:
        text = "".join(self._lines())
        try:
            found = _loaded(text) if text.strip() else []
        except (ValueError, RecursionError) as error:
            line = f" line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            problems.append(f"{self.path.name}{line}: wanted a list of objects of JSON; {_why(error)}")
            return
        lists = {"": found} if isinstance(found, list) else dict(_lists(found)) if isinstance(found, dict) else {}
        if len(lists) > 1:
            problems.append(
                f"{self.path.name}: {len(lists)} lists of objects in it: {', '.join(lists)}; save one as a file of its own"
            )
            return
        for place, each in enumerate(next(iter(lists.values()), [found]), 1):
            if isinstance(each, dict):
                yield place, _flat(each)
            else:
                problems.append(f"{self.path.name} element {place}: wanted an object of JSON; found {_kind(each)}")

    @property
    def _code(self) -> str:
        with self._opened("rb") as file:
            return _MARKS.get(file.read(2), self.encoding)

    def _lines(self) -> Iterator[str]:
        code = self._code
        known = "utf-8-sig" if code.lower().replace("_", "-") in {"utf-8", "utf8"} else code
        with self._opened("rt", encoding=known, newline="\n") as file:
            yield from file

    def _opened(self, mode: str, **how: str) -> Any:  # noqa: ANN401 - of text or of bytes
        reading: Any = gzip.open if self.path.name.lower().endswith(".gz") else open
        return reading(self.path, mode, **how)


_DECODER = json.JSONDecoder(parse_int=_Number, parse_float=_Number, parse_constant=_Number)


def _loaded(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    return _DECODER.decode(text)


def _lists(found: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Return the lists of objects that an object holds, by their names, and those of the objects in it."""
    for name, value in found.items():
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{inner}", held) for inner, held in _lists(value))


def _flat(record: Mapping[str, Any], before: str = "") -> Record:
    """Return the fields of an object as text, those of an object within it as `a.b`; what is null is left out."""
    found: Record = {}
    for key, value in record.items():
        name = f"{before}{key.strip() or 'column'}"
        if isinstance(value, dict):
            found |= _flat(value, f"{name}.")
        else:
            found[name] = "" if value is None else value if isinstance(value, str) else _written(value)
    return found


def _written(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    """Return a value as JSON writes it, numbers digit by digit."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{json.dumps(key, ensure_ascii=False)}: {_written(held)}' for key, held in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


def _kind(value: object) -> str:
    kinds = {list: "a list", str: "a text", _Number: "a number", bool: "a truth", type(None): "null", dict: "an object"}
    return kinds[type(value)]


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"found something else at sign {error.colno} ({error.msg[:1].lower()}{error.msg[1:]}); is it cut off? Export it anew"
    return "found objects within objects beyond any measure"
