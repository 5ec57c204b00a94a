"""Tables put into a `source.yaml` that somebody has edited: below those that are there, and not a byte of these is changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BELOW = re.compile(r"[^\S\r\n]*(\r?\n|$)|[^\S\r\n]+#[^\r\n]*(\r?\n|$)")  # a blank line, or a comment that is set in
_OURS = 2  # blanks before the name of a table, as `tables_text` writes it


def with_tables(text: str, tables: str) -> str | None:
    """Return the text of `source.yaml` with further tables, as `tables_text` writes them, at the end of its own.

    All that stands in it stays as it is. None where its tables are no block of lines, but are written in braces.
    """
    body = text.removeprefix("\ufeff")
    place = _end_of_tables(list(_below_tables(body)))
    if place is None:
        return None
    end, column = place
    end = _past_comments(body, end)
    newline = "\r\n" if "\r\n" in body else "\n"
    added = "".join(" " * column + line[_OURS:] + newline for line in tables.splitlines())
    start = "" if body[:end].endswith(("\n", "\r")) else newline
    return text.removesuffix(body) + body[:end] + start + added + body[end:]


def _below_tables(text: str) -> Iterator[yaml.Event]:
    """Yield the events of the value of the key `tables`."""
    depth, key, inside = 0, True, False  # `key`: what comes next at the first level is a key
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if inside and depth > 1:
            yield event
        if isinstance(event, CollectionEndEvent):
            depth -= 1
        elif isinstance(event, NodeEvent) and depth == 1 and key:
            inside = isinstance(event, ScalarEvent) and event.value == "tables"
            key = False
            continue
        elif isinstance(event, NodeEvent) and depth == 1 and inside:
            yield event
        depth += isinstance(event, CollectionStartEvent)
        key = depth == 1


def _end_of_tables(events: Sequence[yaml.Event]) -> tuple[int, int] | None:
    """Return where the last value of a block of tables ends, and the column in which their names begin."""
    first = events[0] if events else None
    if not isinstance(first, MappingStartEvent) or first.flow_style:
        return None
    braces: list[bool] = []
    end = 0
    for event in events:
        if isinstance(event, CollectionStartEvent):
            braces.append(bool(event.flow_style))
        # a block ends where the next thing begins, comments and all; what it holds ends where it ends
        elif isinstance(event, ScalarEvent | AliasEvent) or (isinstance(event, CollectionEndEvent) and braces.pop()):
            end = event.end_mark.index  # type: ignore[union-attr] # a parser marks all
    return end, events[1].start_mark.column  # type: ignore[union-attr] # as above


def _past_comments(text: str, end: int) -> int:
    """Return the start of the line below a value, and below the comments that are set in like it."""
    end = len(text[:end].rstrip())
    place = found = _next_line(text, end)
    while place < len(text) and (line := _BELOW.match(text, place)):
        place = line.end()
        found = place if line[0].strip() else found
    return found


def _next_line(text: str, place: int) -> int:
    line = re.compile(r"[^\n]*\n?").match(text, place)
    return line.end() if line else len(text)
