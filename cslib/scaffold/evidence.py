"""What speaks for a file's being a table: the words of its name, and columns that other tables have not."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cslib.model import TABLES
from cslib.scaffold.similarity import LIKELY, plain
from cslib.scaffold.table_synonyms import COMMON, FILLERS, OTHER_THINGS, TABLE_SYNONYMS, TOLD_BY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.scaffold.exports import Export
    from cslib.scaffold.mapped import Mapped

HEAD, BESIDE = 1.0, 0.4  # what a file's name says it is, and what it says besides
ENOUGH = 2  # columns by which a table is told whatever the file is called
_SHORT = 3  # letters, of which a plural is none: sns, ces


def named(export: Export) -> dict[str, float]:
    """Return how much a file's name says of each table that it is it: its last word says what the rows are, as in customer events."""
    return _named(export.files[0].name.split(".")[0])


@cache
def _named(stem: str) -> dict[str, float]:
    words = [word for word in plain(re.sub(r"\d+", " ", stem)).split() if word not in FILLERS]
    said = {table.name: _said(words, (table.name, *TABLE_SYNONYMS[table.name].split())) for table in TABLES}
    return {name: strength for name, strength in said.items() if strength}


def says_another_thing(export: Export) -> bool:
    """Return whether a file's name says that its rows are a thing that no table of ours holds, such as invoices."""
    words = [
        word for word in plain(re.sub(r"\d+", " ", export.files[0].name.split(".")[0])).split() if word not in FILLERS
    ]
    return _said(words, tuple(OTHER_THINGS.split())) == HEAD


def _said(words: list[str], known: tuple[str, ...]) -> float:
    names = {_singular(name.replace("_", " ")) for name in known}
    spans = [(end, " ".join(words[start:end])) for end in range(len(words), 0, -1) for start in range(end)]
    held = [HEAD if end == len(words) else BESIDE for end, span in spans if _singular(span) in names]
    whole = _without_fillers("".join(words))
    held += [HEAD if whole.endswith(name) else BESIDE for name in names if not name.isascii() and name in whole]
    return max(held, default=0.0)


def _without_fillers(stem: str) -> str:
    """Return a name that leaves no blanks without the words at its end that say nothing."""
    filler = next((word for word in FILLERS if not word.isascii() and stem.endswith(word) and stem != word), "")
    return _without_fillers(stem.removesuffix(filler)) if filler else stem


def _singular(words: str) -> str:
    if words.endswith("ies"):
        return f"{words[:-3]}y"
    for plural in ("sses", "ches"):
        if words.endswith(plural):
            return words[:-2]
    return words[:-1] if words.endswith("s") and not words.endswith("ss") and len(words) > _SHORT else words


def told_by(table: str, columns: Mapping[str, Mapped]) -> list[str]:
    """Return the source columns that tell a table: those that others have not, under names that are not everybody's."""
    own = ((name, columns[name]) for name in TOLD_BY[table].split() if name in columns)
    sources = ((name, one.called) for name, one in own if one.called and one.likeness >= LIKELY)
    # everything has a name, but for customers it is what they are known by
    return [source for name, source in sources if plain(source) not in COMMON or (table, name) == ("customers", "name")]
