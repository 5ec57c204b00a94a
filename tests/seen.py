"""Exports as `cslib init` sees them, made of columns of values, so that matching is tried without reading files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cslib.scaffold.exports import Export, Look
from cslib.scaffold.match_tables import Matched, match_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}( .*)?$")
_MONTH = re.compile(r"\d{4}-\d{2}(-\d{2}.*)?$")
_NUMBER = re.compile(r"-?\d+(\.\d+)?$")
_TRUTHS = {"true", "false", "yes", "no", "0", "1"}

Columns = "Mapping[str, Sequence[str]]"


def look(name: str, values: Sequence[str]) -> Look:
    """Return a column as it is seen."""
    filled = tuple(value for value in values if value)

    def share(pattern: re.Pattern[str]) -> float:
        return sum(bool(pattern.match(value)) for value in filled) / max(1, len(filled))

    truths = sum(value.lower() in _TRUTHS for value in filled) / max(1, len(filled))
    return Look(name, filled, share(_DAY), share(_MONTH), share(_NUMBER), truths, {})


def export(file: str, columns: Mapping[str, Sequence[str]]) -> Export:
    """Return a file as it is seen."""
    return Export((Path("/exports") / file,), "utf-8", {name: look(name, values) for name, values in columns.items()})


def matched(files: Mapping[str, Mapping[str, Sequence[str]]], **said: str) -> Matched:
    """Return what files of these columns are taken for; `said` names the files of tables, as --from does."""
    named = {Path("/exports") / file: table for table, file in said.items()}
    return match_tables([export(file, columns) for file, columns in files.items()], said=named)


def table(text: str) -> dict[str, list[str]]:
    """Return the columns of a CSV text."""
    head, *rows = (line.split(",") for line in text.strip().splitlines())
    return {name: [row[place] for row in rows] for place, name in enumerate(head)}
