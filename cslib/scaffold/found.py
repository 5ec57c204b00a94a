"""What exports were found to be, by the systems that are known and by their columns, and why the others are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cslib.scaffold.match_tables import match_tables
from cslib.scaffold.named_files import said_of
from cslib.scaffold.systems import propose_absent, propose_known, recognise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cslib.scaffold.exports import Export
    from cslib.scaffold.proposed import Proposed

_SHOWN = 6
_HALF = 0.5
_VALUE = re.compile(r"^[\d.,:/ -]*\d[\d.,:/ -]*$")  # a number or a date, which no column is called


@dataclass(frozen=True)
class Found:
    """The tables in exports, those of which something is missing, and a sentence for each export that is left out."""

    tables: tuple[Proposed, ...]
    near: tuple[Proposed, ...]
    left: tuple[str, ...]


def find_tables(
    exports: Sequence[Export], said: Mapping[Path, str], system: str | None, customers: Sequence[Proposed] = ()
) -> Found:
    """Return what exports are: `said` names the tables of some, `system` the one they are of, `customers` those there are already.

    Raises `CslibError` where none is an export of the system that they are said to be of.
    """
    recognised = recognise([one for one in exports if not said_of(one.files, said)], system)
    known, lacking = propose_known(recognised)
    known = [one for one in known if not customers or one.table != "customers"]
    unknown = [one for one in exports if all(one is not other.file for other in recognised)]
    matched = match_tables(unknown, [*customers, *known], propose_absent(recognised, "customers"), said)
    tables = tuple(one for one in matched.tables if one not in customers)
    used = [*(one.export.place for one in (*tables, *matched.near)), *(one.file.place for one in recognised)]
    left = (f"{one.name}: {_why_left(one)}" for one in exports if one.place not in used)
    return Found(tables, tuple(matched.near), (*lacking, *left))


def _why_left(export: Export) -> str:
    """Return why an export is left out, and how to say what it is."""
    listed = f"{', '.join(list(export.looks)[:_SHOWN])}{', …' if len(export.looks) > _SHOWN else ''}"
    if sum(bool(_VALUE.match(name)) for name in export.looks) > _HALF * len(export.looks):
        return f"its first row looks like values, not like the names of columns: {listed}; write the names above it"
    return (
        f"its columns do not tell which table it is ({listed}); say it, as in --from contracts={export.files[0].name}"
    )
