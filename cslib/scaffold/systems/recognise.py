"""Which export of which system each file is, told by its headers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cslib.errors import CslibError, UnknownName
from cslib.scaffold.systems.declaration import fits, known_systems, pattern_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cslib.scaffold.exports import Export, Look
    from cslib.scaffold.systems.declaration import ExportBlock, System

_HALF = 0.5


@dataclass(frozen=True)
class Recognised:
    """A file that is an export of a system: under which name it is declared there."""

    file: Export
    system: System
    name: str

    @property
    def block(self) -> ExportBlock:
        """What is declared of it."""
        return self.system.exports[self.name]

    @property
    def label(self) -> str:
        """What it is called in messages."""
        return f"{self.system.name}, {self.name}"


def found_header(system: System, looks: Mapping[str, Look], header: str) -> str | None:
    """Return the header of a file that stands for a declared one, or that a pattern fits; None where it has none."""
    if pattern := pattern_of(header):
        return next((name for name in looks if fits(pattern, name)), None)
    own: dict[str, str] = {}
    for name in looks:
        own.setdefault(system.key(name), name)
    return next((own[spelled] for spelled in system.spellings(header) if spelled in own), None)


def recognise(files: Sequence[Export], forced: str | None = None) -> list[Recognised]:
    """Return the files that are exports of a known system, of `forced` alone where it is named.

    Raises `CslibError` for a system that is not known, and where no file is an export of the one that is forced.
    """
    systems = known_systems()
    if forced is not None and forced not in systems:
        raise UnknownName("system", forced, systems, "; 'cslib init --help' lists those that --as takes")
    chosen = systems if forced is None else {forced: systems[forced]}
    found = [best for file in files if (best := _best(file, chosen.values(), loosely=forced is not None))]
    if forced is not None and not found:
        raise CslibError(_not_of_it(systems[forced], files))
    return found


def _best(file: Export, systems: Iterable[System], *, loosely: bool) -> Recognised | None:
    """Return the export that most headers of a file tell; all that are declared, or `loosely` half of them."""
    told = list(_told(file, systems))
    fitting = [one for one in told if one[0] == 1] or [one for one in told if loosely and one[0] > _HALF]
    return max(fitting, key=lambda one: one[:2])[2] if fitting else None


def _told(file: Export, systems: Iterable[System]) -> Iterator[tuple[float, int, Recognised]]:
    """Return for each export which share of its headers a file has, and how many."""
    for system in systems:
        for name, block in system.exports.items():
            held = [any(found_header(system, file.looks, one) for one in either) for either in block.told_by]
            own = [_has_ids(file, found_header(system, file.looks, name), form) for name, form in block.ids.items()]
            if not _has_a_row_for_each(file, system, block):
                continue
            yield sum([*held, *own]) / len([*held, *own]), sum(held), Recognised(file, system, name)


def _has_a_row_for_each(file: Export, system: System, block: ExportBlock) -> bool:
    """Return whether a file that would be of customers has a row for each: conversations name their companies as well."""
    own = next((table for table in block.tables if table.table == "customers" and not table.absent), None)
    ways = own.columns.get("customer_id", []) if own and not (own.total or own.fill_down) else []
    headers = (found_header(system, file.looks, one) for way in ways for one in way.column)
    key = next((file.looks[header] for header in headers if header), None)
    return key is None or key.unique or not key.values


def _has_ids(file: Export, header: str | None, form: str) -> bool:
    values = file.looks[header].distinct if header else frozenset()
    return bool(values) and all(re.match(form, value) for value in values)


def _not_of_it(system: System, files: Sequence[Export]) -> str:
    """Return which headers were wanted, and what each file has of those that are nearest."""
    wanted = "\n".join(f"  - {name}: {_in_words(block.told_by)}" for name, block in system.exports.items())
    found = "\n".join(f"  - {file.name}: {', '.join(file.looks)}" for file in files)
    return f"wanted an export of {system.name}, which is told by its headers:\n{wanted}\nfound none among\n{found}"


def _in_words(told_by: Sequence[Sequence[str]]) -> str:
    return ", ".join(" or ".join(either) for either in told_by)
