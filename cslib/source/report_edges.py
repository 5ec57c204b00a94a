"""What reports put around their rows: titles above the header, and below the last row who made it and who may see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ABOVE = 20  # rows in which the header is looked for
_BELOW = 50  # rows that a footer has at most
_NOTHING = ",\t;| \r\n\ufeff"
_PLAIN_VALUE = re.compile(r"[-+¥$€]?[\d.,:/%年月日 -]+$")  # a number or a date, which no header holds
FOOTER = re.compile(
    r"copyright\b|©|\(c\) ?\d{4}|all rights reserved|無断(転載|複製|転用)|^\W*(strictly )?confidential\b|機密情報|社外秘|取扱注意|極秘"
    r"|^\W*(report )?(generated|created|exported|printed|prepared) (by|on|at)\b|^\W*(生成|作成|出力|印刷)(者|日時?)\s*[::]|do not distribute|配布禁止",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Edge:
    """Rows of a file that are none of its table's: what they were taken for, the first of them, how many, and what it says."""

    kind: Literal["title", "footer"]
    file: str
    row: int
    rows: int
    words: str


def filled(fields: Sequence[str]) -> list[str]:
    """Return the fields of a row in which anything is written."""
    return [field for field in fields if field.strip(_NOTHING)]


def header_place(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the place of the header among the first rows of a file; None where all of them are blank.

    It is the first row with anything in it, unless that is a title: a row of one field (of two, where a blank row follows), and below all
    such rows stands one of several names, with a row of as many values under it.
    """
    places = [place for place, row in enumerate(rows) if filled(row)]
    if not places:
        return None
    first = places[0]
    place = next((place for place in places if not _is_title(rows, place)), first)
    widest = max((len(filled(row)) for row in rows[:place]), default=0)
    below = next((one for one in places if one > place), None)
    if below is None or len(filled(rows[place])) <= widest or not _is_header(rows[place], rows[below]):
        return first
    return place


def _is_title(rows: Sequence[Sequence[str]], place: int) -> bool:
    held = len(filled(rows[place]))
    following = next((end for end in range(place, len(rows)) if len(filled(rows[end])) != 2), len(rows))  # noqa: PLR2004 - a name and its value
    return held == 1 or (held == 2 and following < len(rows) and len(filled(rows[following])) == 0)  # noqa: PLR2004


def _is_header(names: Sequence[str], values: Sequence[str]) -> bool:
    """Return whether a row names the columns of the one below it."""
    held = [name.strip(_NOTHING) for name in filled(names)]
    is_named = len(set(held)) == len(held) > 1 and not any(_PLAIN_VALUE.match(name) for name in held)
    return is_named and len(filled(values)) > 1 and len(values) == len(names)


class WithoutFooter:
    """Rows, each with its number, without the footer; `cut` holds the numbers of its rows when all others have been taken.

    A footer is a run of rows with one field at the end of a file, one of which says what footers say. It begins with that row, or with
    one that is narrower than the header: a row of which the first column alone is filled may be data.
    """

    def __init__(self, rows: Iterator[tuple[int, list[str]]], width: int) -> None:
        self.rows, self.width = rows, width
        self.cut: tuple[int, ...] = ()
        self.words = ""

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Return the rows above the footer."""
        held: list[tuple[int, list[str]]] = []
        for row, fields in self.rows:
            if len(filled(fields)) <= 1 and (held or self._begins(fields)) and len(held) < _BELOW:
                held.append((row, fields))
                continue
            yield from held
            held = []
            if len(filled(fields)) <= 1 and self._begins(fields):
                held.append((row, fields))
            else:
                yield row, fields
        said = next((found[0] for _, fields in held if (found := footer_words(fields))), None)
        if said is None:
            yield from held
        else:
            self.cut, self.words = tuple(row for row, _ in held), said.strip()

    def edges(self, file: str) -> tuple[Edge, ...]:
        """Return the footer that was found, when all rows have been taken."""
        return (Edge("footer", file, self.cut[0], len(self.cut), self.words),) if self.cut else ()

    def _begins(self, fields: Sequence[str]) -> bool:
        return self.width > 1 and (len(fields) < self.width or footer_words(fields) is not None)


def footer_words(fields: Sequence[str]) -> re.Match[str] | None:
    """Return what a row says that footers say; None for a row of data."""
    held = filled(fields)
    return FOOTER.search(held[0].strip()) if len(held) == 1 else None


def titles(file: str, above: Sequence[tuple[int, Sequence[str]]]) -> tuple[Edge, ...]:
    """Return the title that rows above a header are; none where all of them are blank."""
    said = [(row, filled(fields)[0].strip()) for row, fields in above if filled(fields)]
    return (Edge("title", file, said[0][0], len(said), said[0][1]),) if said else ()
