"""What the version that a project follows has brought: the base of every three-way merge, kept in the project and committed.

The package of that version is gone once the next one is installed, and the network may be out of reach where a project is
upgraded; so the project keeps the texts themselves. They are small: its own files, and the notebooks that it has copied.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cslib.errors import CslibError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = ".cslib-base"


@dataclass(frozen=True)
class Base:
    """The folder in which a project keeps what it was brought."""

    project: Path

    @property
    def folder(self) -> Path:
        """Where the texts lie, each at its place in the project."""
        return self.project / FOLDER / "files"

    @property
    def _said(self) -> Path:
        return self.project / FOLDER / "version.json"

    def read(self) -> dict[str, Any]:
        """Return what was written of the version; raises `CslibError` where that cannot be read."""
        try:
            said = json.loads(self._said.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise CslibError(f"{self._said}: wanted what 'cslib new' wrote; restore it from git ({error})") from error
        return dict(said)

    def write(self, said: dict[str, Any]) -> None:
        """Write what is known of a version."""
        self._said.parent.mkdir(parents=True, exist_ok=True)
        self._said.write_text(json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")

    def texts(self) -> dict[str, str]:
        """Return the texts that are kept, by their places in the project."""
        files = sorted(file for file in self.folder.rglob("*") if file.is_file())
        return {file.relative_to(self.folder).as_posix(): file.read_text("utf-8") for file in files}

    def keep(self, place: str, text: str) -> None:
        """Keep the text of a file as it was brought."""
        write(self.folder / place, text)

    def forget(self, place: str) -> None:
        """Forget a file that is merged no more."""
        (self.folder / place).unlink(missing_ok=True)


def find_project(here: Path) -> Path:
    """Return the project that a folder belongs to: itself, or the nearest above it; raises `CslibError` where there is none."""
    for folder in (here.resolve(), *here.resolve().parents):
        if (folder / FOLDER).is_dir():
            return folder
    raise CslibError(
        f"{here.resolve()}: wanted a project, with a folder {FOLDER}; found none here or above; 'cslib new DIR' makes one"
    )


def write(file: Path, text: str) -> None:
    """Write a text, and the folders above it, its line ends as they are."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
