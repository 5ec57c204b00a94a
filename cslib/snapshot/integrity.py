"""Whether a stored snapshot is still as it was written: a full disk or a crash can leave half a file without any error."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from cslib.computed import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

_SEAL = "seal.json"


def seal(folder: Path) -> None:
    """Write the digest of every file of a snapshot; the seal is the last file that is written into it."""
    (folder / _SEAL).write_text(json.dumps(_digests(folder)), encoding="utf-8")


def damaged_file(folder: Path) -> str:
    """Return which file of a snapshot is not as it was sealed; empty where all are."""
    try:
        sealed = json.loads((folder / _SEAL).read_text("utf-8"))
        found = _digests(folder)
        names = sorted({*sealed, *found})
        return next((name for name in names if sealed.get(name) != found.get(name)), "")
    except (OSError, ValueError, TypeError, AttributeError):
        return _SEAL


def _digests(folder: Path) -> dict[str, str]:
    # what is computed of a snapshot comes after the seal, and each part of it has its own
    of_snapshot = (one for one in sorted(folder.iterdir()) if one.name not in {_SEAL, FOLDER})
    files = (file for one in of_snapshot for file in (one, *sorted(one.rglob("*"))) if file.is_file())
    return {str(file.relative_to(folder)): _digest(file) for file in files}


def _digest(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()
