"""This program's own code, as a hash: so that nothing is used again that other code has made."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOME = Path(__file__).parent
_CODE = (".py", ".j2", ".css", ".js")
# To have Python parse the whole library takes half a second, and each opening of a portfolio would wait for it.
_IMPORT = re.compile(r"^[ \t]*(?:from ([\w.]+) import (\([^)]*\)|.*)|import ([\w.]+))", re.MULTILINE)


@cache
def code_digest(*roots: str) -> str:
    """Return a hash of the code of these modules and of all that they import, or of the whole library."""
    return digest_of(_HOME, *roots)


def digest_of(home: Path, *roots: str) -> str:
    """Return a hash of the library in a folder as `code_digest` does; it changes with a file's place as with its text."""
    files = followed(home, *roots).values() if roots else (file for file in home.rglob("*") if file.suffix in _CODE)
    found = hashlib.sha256()
    for file in sorted(files):
        text = file.read_bytes()
        found.update(f"{file.relative_to(home).as_posix()} {len(text)}\n".encode())
        found.update(text)
    return found.hexdigest()[:32]


def followed(home: Path, *roots: str) -> dict[str, Path]:
    """Return the files of these modules and of all that they import of the library in a folder, by the modules' names."""
    known = {_name(home, file): file for file in home.rglob("*.py")}
    if unknown := sorted({*roots} - known.keys()):
        raise ModuleNotFoundError(f"no module {', '.join(unknown)} in {home}")
    found: dict[str, Path] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = known[name]
            waiting += [name.rpartition(".")[0], *_imported(known[name])]
    return found


def _name(home: Path, file: Path) -> str:
    parts = (home.name, *file.relative_to(home).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def _imported(file: Path) -> Iterator[str]:
    """Yield what a module imports, wherever in it: names of modules, and some that are none."""
    for origin, names, module in _IMPORT.findall(file.read_text("utf-8")):
        yield origin or module
        yield from (f"{origin}.{name}" for name in re.findall(r"\w+", names))
