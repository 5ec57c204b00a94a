"""The files that a source names, found without any engine, and the places in `source.yaml` by which messages name them."""

from __future__ import annotations

import os
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from cslib.errors import SourceError
from cslib.settings import Query, TableSource
from cslib.source.files import ENDINGS, file_problems, names_files, wrong_endings
from cslib.source.remote_files import RemoteFiles, is_address
from cslib.source.variables import Variables
from cslib.yaml_files import Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.settings import Settings


class SourceFiles:
    """The files of each table that `source.yaml` names; raises `SourceError` for variables that are not set.

    `tables` holds each source under its path there: `surveys`, or `surveys.0` and `surveys.1` where a table has several;
    and what is joined to it, such as `surveys.join.0`.
    """

    def __init__(self, settings: Settings) -> None:
        self.folder = Path(settings.folder)
        self.tables = _by_path(settings)
        self._paths = {table: _paths(table, specs) for table, specs in settings.source.tables.items()}
        self.variables = _variables(settings)
        self._remote: dict[str, RemoteFiles] = {}

    def place(self, *path: str) -> str:
        """Return the place in `source.yaml` of this setting of a table, with which messages begin."""
        keys = ".".join(path)
        line = Lines(self.folder / "source.yaml").of(("tables", *keys.split(".")))
        return ": ".join(filter(None, [f"source.yaml:{line}", keys]))

    def names(self, table: str) -> bool:
        """Return whether `source.yaml` names a table, even where its settings are wrong."""
        return ("tables", table) in Lines(self.folder / "source.yaml").lines

    def paths(self, table: str) -> tuple[str, ...]:
        """Return the paths of the sources of a table."""
        return self._paths[table]

    def spec(self, table: str) -> TableSource:
        """Return what is said of a table: of several sources the first, with the columns that others map beside it."""
        first, *others = (self.tables[path] for path in self.paths(table))
        columns = {name: origin for spec in reversed([first, *others]) for name, origin in spec.columns.items()}
        return first.model_copy(update={"columns": columns})

    def files(self, name: str) -> list[Path]:
        """Return the files of a source or of a table, sorted; none for a table of a database. Raises `SourceError` where one is missing."""
        if name not in self.tables:
            return [file for path in self.paths(name) for file in self.files(path)]
        origin = self.tables[name].origin
        if isinstance(origin, Query) or not names_files(origin):
            return []
        pattern = self.variables.expanded(origin)
        try:
            files = self._copies(name) if is_address(origin) else self._matching(pattern)
            problems = file_problems(files) if files else [f"no file matches {origin}"]
        except SourceError as error:
            problems = [f"{origin}: {problem}" for problem in error.problems]
        except OSError as error:  # a name that no file can have
            problems = [f"no file {pattern}: {error.strerror}"]
        if problems:
            raise SourceError([f"{self.place(name, 'from')}: {problem}" for problem in problems])
        return files

    def absent_folders(self) -> dict[str, tuple[str, ...]]:
        """Return a sentence for each folder that is not there though several tables have their files in it, with these tables."""
        found: dict[Path, list[str]] = {}
        for path, spec in self.tables.items():
            if isinstance(spec.origin, str) and names_files(spec.origin) and not self._address(path):
                (folder, table) = (self.folder / self.variables.expanded(spec.origin)).parent, path.partition(".")[0]
                if not os.path.isdir(folder) and not has_magic(str(folder)):  # noqa: PTH112 - a name may be too long to be asked for
                    found.setdefault(Path(os.path.normpath(folder)), []).append(table)
        several = {folder: tuple(dict.fromkeys(tables)) for folder, tables in found.items() if tables[1:]}
        return {self._no_folder(folder, tables): tables for folder, tables in several.items()}

    def _no_folder(self, folder: Path, tables: Sequence[str]) -> str:
        told = f"{self.place(tables[0], 'from')}: no folder {folder}, in which the files of {len(tables)} tables are wanted"
        if folder == Path(os.path.normpath(self.folder.parent / "demo" / "data")):
            return f"{told}: the demo data are not written yet; write them with: cslib demo --out {folder.parent}"
        return f"{told}: put them there, or correct the paths"

    def states(self) -> list[tuple[str, int, str]]:
        """Return the place, the size and what tells a change of each file of all tables, and of those joined to them.

        Files that lie elsewhere are not fetched for it. Raises `SourceError` where one is missing.
        """
        remote = {name for name in self.tables if self._address(name)}
        files = [file for name in self.tables if name not in remote for file in self.files(name)]
        elsewhere = [file for name in sorted(remote) for file in self._elsewhere(name).listed]
        return [
            *((str(file), file.stat().st_size, str(file.stat().st_mtime_ns)) for file in files),
            *((file.path, file.size, file.mark) for file in elsewhere),
        ]

    def _address(self, name: str) -> str:
        """Return where the files of a source lie, if that is elsewhere; empty else."""
        origin = self.tables[name].origin
        return origin if isinstance(origin, str) and is_address(origin) else ""

    def _elsewhere(self, name: str) -> RemoteFiles:
        if name not in self._remote:
            self._remote[name] = RemoteFiles(self.variables.address(self._address(name)))
        return self._remote[name]

    def _copies(self, name: str) -> list[Path]:
        found = self._elsewhere(name)
        strange = [file for file in found.names if not file.lower().endswith(ENDINGS)]
        if strange:
            raise SourceError(wrong_endings(strange))
        return found.copies()

    def _matching(self, pattern: str) -> list[Path]:
        # a file that bears the very name, signs of patterns and all, is meant; not pathlib's glob, which refuses absolute ones
        is_pattern = has_magic(pattern) and not (self.folder / pattern).is_file()
        found = sorted(glob(pattern, root_dir=self.folder, recursive=True)) if is_pattern else [pattern]  # noqa: PTH207
        return [Path(os.path.normpath(self.folder / path)) for path in found]


def _variables(settings: Settings) -> Variables:
    """Return the variables that a source names; raises `SourceError` with every one that is not set."""
    origins = [spec.origin for spec in _by_path(settings).values()]
    texts = [settings.source.url, *(origin.sql if isinstance(origin, Query) else origin for origin in origins)]
    return Variables.of(texts, os.environ)


def _paths(table: str, specs: Sequence[TableSource]) -> tuple[str, ...]:
    return tuple(f"{table}.{place}" for place, _ in enumerate(specs)) if specs[1:] else (table,)


def _by_path(settings: Settings) -> dict[str, TableSource]:
    """Return all sources by their paths; a file that is joined is read as the one that it is joined to."""
    found: dict[str, TableSource] = {}
    for table, specs in settings.source.tables.items():
        for path, spec in zip(_paths(table, specs), specs, strict=True):
            found[path] = spec
            for place, join in enumerate(spec.join):
                found[f"{path}.join.{place}"] = TableSource(origin=join.origin, encoding=spec.encoding)
    return found
