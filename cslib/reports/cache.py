"""Executed notebooks of earlier runs, found again by what went into them."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from cslib.snapshot import link_or_copy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_INSTALLED = ("*.dist-info", "*.egg-info")


@dataclass(frozen=True)
class NotebookCache:
    """A folder of executed notebooks, each with the digest it had when it was complete."""

    folder: Path

    def get(self, key: str, target: Path) -> bool:
        """Put the notebook of a key at `target` and return whether there is one; a damaged one counts as none.

        A key is a hash of all that a report shows, of the total's figures besides the segment's too.
        """
        try:
            said = json.loads((self.folder / f"{key}.json").read_text("utf-8"))
            file = self.folder / f"{key}.ipynb"
            if digest([file.read_bytes()]) != said["digest"]:
                return False
            target.unlink(missing_ok=True)
            link_or_copy(file, target)
        except (OSError, ValueError, KeyError, TypeError):
            return False
        return True

    def put(self, key: str, notebook: Path) -> None:
        """Store an executed notebook. Its record is written last, so that half a notebook is never found."""
        self.folder.mkdir(parents=True, exist_ok=True)
        aside = self.folder / f".{uuid4().hex}"
        link_or_copy(notebook, aside)
        _put(aside, self.folder / f"{key}.ipynb")
        aside.write_text(json.dumps({"digest": digest([notebook.read_bytes()])}), encoding="utf-8")
        _put(aside, self.folder / f"{key}.json")

    def forget_all_but(self, keys: Collection[str]) -> None:
        """Remove the notebooks of all other keys, and what a crash has left."""
        for file in self.folder.iterdir() if self.folder.is_dir() else ():
            if file.stem not in keys:
                _remove(file)


def _put(file: Path, place: Path) -> None:
    if place.is_dir():  # whoever made it: it is none of ours, and in the way
        _remove(place)
    file.replace(place)


def _remove(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
    else:
        place.unlink(missing_ok=True)


def digest(parts: Iterable[bytes]) -> str:
    """Return a hash of some bytes, each part apart from the next."""
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8, "little"))
        found.update(part)
    return found.hexdigest()[:32]


def file_digests(folder: Path) -> dict[str, str]:
    """Return a hash of each file of a folder, by its name without the ending."""
    return {file.stem: digest([file.read_bytes()]) for file in sorted(folder.iterdir()) if file.is_file()}


@cache
def versions_digest() -> str:
    """Return a hash of every version that is installed."""
    # their folders are named by both: to read what each says of itself takes a quarter of a second
    found = (folder.name for place in sys.path for ending in _INSTALLED for folder in Path(place).glob(ending))
    return digest(sorted(name.encode() for name in found))
