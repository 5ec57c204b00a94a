"""Files as the command line names them: alone, or with the table that they are: `contracts=subs.csv`."""

from __future__ import annotations

from filecmp import cmp
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from cslib.errors import UnknownName
from cslib.model import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NOTHING_SAID: Mapping[Path, str] = MappingProxyType({})


def named_files(texts: Iterable[str]) -> tuple[list[Path], dict[Path, str]]:
    """Return the files, and the table of each for which one is said; raises `UnknownName` for a table that there is not.

    A file whose own name holds `=` is taken for itself.
    """
    files: list[Path] = []
    said: dict[Path, str] = {}
    for text in texts:
        table, equals, rest = text.partition("=")
        if not equals or Path(text).exists() or "/" in table:
            files.append(Path(text))
            continue
        if table not in BY_NAME:
            raise UnknownName("table", table, BY_NAME, f"in --from {text}")
        files.append(Path(rest))
        said[Path(rest)] = table
    return files, said


def without_copies(files: Sequence[Path]) -> tuple[list[Path], list[str]]:
    """Return the files without those that are another one to the byte, and a sentence for each of these."""
    kept: list[Path] = []
    told: list[str] = []
    for file in dict.fromkeys(files):
        alike = (other for other in kept if file.is_file() and other.is_file() and cmp(file, other, shallow=False))
        original = next(alike, None)
        if original is None:
            kept.append(file)
        else:
            told.append(f"{file.name}: the same as {original.name}, byte for byte")
    return kept, told


def said_of(files: Sequence[Path], said: Mapping[Path, str]) -> str | None:
    """Return the table that the user says of these files; a folder or a pattern speaks for the files in it."""
    for named, table in said.items():
        place = named.resolve()
        if any(file == place or place in file.parents or file.match(str(place)) for file in files):
            return table
    return None
