"""This program's own code, as a hash: so that nothing is used again that other code has made."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from functools import cache, cached_property
from operator import is_
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

READING = (
    "cslib.model", "cslib.periods", "cslib.settings", "cslib.snapshot", "cslib.source", "cslib.usage", "cslib.validation",
)  # fmt: skip
"""The code that decides what is asked while a source is read."""
_HOME = Path(__file__).parent
_CODE = (".py", ".j2", ".css", ".js", ".yaml")
# To have Python parse the whole library takes half a second, and each opening of a portfolio would wait for it.
_loaded: dict[tuple[str, ...], list[list[object]]] = {}  # what each generation of some packages' code was made of
_first_seen: dict[tuple[str, str], list[object]] = {}  # what each name of each module was made of
_PROCESS = uuid4().hex  # numbers of processes are given again
_IMPORT = re.compile(r"^[ \t]*(?:from ([\w.]+) import (\([^)]*\)|.*)|import ([\w.]+))", re.MULTILINE)


@cache
def code_digest(*roots: str, without: str = "") -> str:
    """Return a hash of the code of these modules and of all that they import, or of the whole library.

    `without` is a module that is not followed, nor what it alone imports.
    """
    return digest_of(_HOME, *roots, without=without)


def digest_of(home: Path, *roots: str, without: str = "") -> str:
    """Return a hash of the library in a folder as `code_digest` does; it changes with a file's place as with its text."""
    all_files = (file for file in home.rglob("*") if file.suffix in _CODE)
    files = followed(home, *roots, without=without).values() if roots else all_files
    found = hashlib.sha256()
    for file in sorted(files):
        text = file.read_bytes()
        found.update(f"{file.relative_to(home).as_posix()} {len(text)}\n".encode())
        found.update(text)
    return found.hexdigest()[:32]


def followed(home: Path, *roots: str, without: str = "") -> dict[str, Path]:
    """Return the files of these modules and of all that they import of the library in a folder, by the modules' names.

    The module `without` is passed over, and what it alone imports.
    """
    known = {_name(home, file): file for file in home.rglob("*.py")}
    if unknown := sorted({*roots} - known.keys()):
        raise ModuleNotFoundError(f"no module {', '.join(unknown)} in {home}")
    found: dict[str, Path] = {}
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in known and name not in found and name != without:
            found[name] = known[name]
            waiting += [name.rpartition(".")[0], *_imported(known[name])]
    return found


def _name(home: Path, file: Path) -> str:
    parts = (home.name, *file.relative_to(home).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def _imported(file: Path) -> tuple[str, ...]:
    """Return what a module imports, wherever in it: names of modules, and some that are none."""
    return _imported_by(file.read_text("utf-8"))


@cache
def _imported_by(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for origin, names, module in _IMPORT.findall(text):
        found += [origin or module, *(f"{origin}.{name}" for name in re.findall(r"\w+", names))]
    return tuple(found)


def generation(*packages: str) -> int:
    """Return a number for the code of these packages as it is loaded now, another one once any of it is replaced.

    An analyst's kernel loads again what is edited, and a test puts other functions in the place of ours.
    """
    modules = [vars(module) for name, module in sorted(sys.modules.items()) if name.startswith(packages)]
    now = [part for module in modules for part in _parts(module.values())]
    known = _loaded.setdefault(packages, [])
    for number, then in enumerate(known):
        if len(then) == len(now) and all(map(is_, then, now)):
            return number
    known.append(now)
    return len(known) - 1


def loaded_code(*packages: str) -> str:
    """Return what tells the loaded code of these packages from any other.

    It is the same in each process that runs them as their files say; of code that was replaced in a process it is that process's own.
    """
    if is_as_first_seen(*packages):
        return code_digest(*packages)
    return f"replaced in {os.getpid()} of {_PROCESS}: {generation(*packages)}"


def is_as_first_seen(*packages: str) -> bool:
    """Return whether the loaded code of these packages is still what it was when this was first asked, as its files say it.

    What code that was replaced in a process computes is nobody else's.
    """
    replaced = False
    made_of: dict[int, list[object]] = {}  # most are named by several modules
    for module, held in sorted(sys.modules.items()):
        for name, value in _named(vars(held)) if module.startswith(packages) else ():
            now = made_of.get(id(value))
            if now is None:
                now = made_of[id(value)] = [value] if isinstance(value, type) else [*_parts([value])]
            then = _first_seen.setdefault((module, name), now)
            replaced |= len(then) != len(now) or not all(map(is_, then, now))
    return not replaced


def _named(held: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield what a module holds by its names, and what each of our classes holds: to either, something may be added later."""
    for name, value in [*held.items()]:
        yield name, value
        if isinstance(value, type) and value.__module__.startswith("cslib"):
            yield from ((f"{name}.{inner}", part) for inner, part in [*vars(value).items()])


def _parts(values: Iterable[object]) -> Iterator[object]:
    """Yield what code is made of: of functions that which runs, since they may stay the same and yet run other code."""
    for value in values:
        held = _function(value)
        if isinstance(held, FunctionType):
            yield held.__code__
            yield held.__defaults__
            yield held.__kwdefaults__
        elif isinstance(held, type) and held.__module__.startswith("cslib"):
            yield held
            yield from _parts(vars(held).values())
        else:
            yield held


def _function(value: object) -> object:
    if isinstance(value, property):
        return value.fget
    if isinstance(value, cached_property):
        return value.func
    return value.__func__ if isinstance(value, classmethod | staticmethod) else value
