"""The files that a source names, found without any engine, and the places in `source.yaml` by which messages name them."""

from __future__ import annotations

import os
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

from cslib.errors import SourceError
from cslib.settings import Query
from cslib.source.files import ENDINGS, file_problems, names_files, wrong_endings
from cslib.source.remote_files import RemoteFiles, is_address
from cslib.source.variables import Variables
from cslib.yaml_files import Lines

if TYPE_CHECKING:
    from cslib.settings import Settings


class SourceFiles:
    """The files of each table that `source.yaml` names; raises `SourceError` for variables that are not set."""

    def __init__(self, settings: Settings) -> None:
        self.folder = Path(settings.folder)
        self.tables = settings.source.tables
        self.variables = _variables(settings)
        self._remote: dict[str, RemoteFiles] = {}

    def place(self, *path: str) -> str:
        """Return the place in `source.yaml` of this setting of a table, with which messages begin."""
        line = Lines(self.folder / "source.yaml").of(("tables", *path))
        return ": ".join(filter(None, [f"source.yaml:{line}", ".".join(path)]))

    def names(self, table: str) -> bool:
        """Return whether `source.yaml` names a table, even where its settings are wrong."""
        return ("tables", table) in Lines(self.folder / "source.yaml").lines

    def files(self, name: str) -> list[Path]:
        """Return the files of a table, sorted; none for a table of a database. Raises `SourceError` where one is missing."""
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

    def states(self) -> list[tuple[str, int, str]]:
        """Return the place, the size and what tells a change of each file of all tables; those that lie elsewhere are not fetched."""
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
    origins = [spec.origin for spec in settings.source.tables.values()]
    texts = [settings.source.url, *(origin.sql if isinstance(origin, Query) else origin for origin in origins)]
    return Variables.of(texts, os.environ)
