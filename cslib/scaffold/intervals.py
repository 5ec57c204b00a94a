"""For how long an amount of a contract is: which column beside it says so, in words or in days."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cslib.scaffold.question_words import COUNTS, INTERVAL, INTERVALS, SPANS
from cslib.scaffold.similarity import SURE, nearest, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.scaffold.exports import Export, Look

_NUMBER_OF = re.compile(r"^(every |per |each )?p?\d*( |(?=[^\d]))")
_KNOWN_DAYS = {28: 1, 30: 1, 31: 1, 90: 3, 180: 6, 365: 12, 366: 12}


def interval(export: Export) -> Look | None:
    """Return the column that says for which span an amount is: by its words, whatever it is called, or by its name."""
    looks = [*_filled(export)]
    named = [look for look in looks if nearest(look.name, INTERVAL) >= SURE]
    spans = [look for look in looks if all(map(is_span, look.distinct))]
    return next(iter([*(look for look in named if look in spans), *spans, *named]), None)


def interval_count(export: Export, unit: Look) -> Look | None:
    """Return the column that says how many of those spans: whole numbers."""
    able = (look for look in _filled(export) if look is not unit and all(one.isdecimal() for one in look.distinct))
    return next((look for look in able if nearest(look.name, COUNTS) >= SURE), None)


def days(export: Export) -> Look | None:
    """Return the column that says for how many days an amount is."""
    named = (look for look in _filled(export) if plain(look.name).split()[-1:] == ["days"])
    return next((look for look in named if all(one.isdecimal() and int(one) for one in look.distinct)), None)


def months_in(count: int) -> float:
    """Return how many months so many days are, as prices are made for them."""
    return _KNOWN_DAYS.get(count, round(count * 12 / 365, 3))


def is_span(value: str) -> bool:
    """Return whether a text is a span of time, as in yearly, 3 months and P1M; a bare letter may stand for anything."""
    whole = plain(value).replace(" ", "_")
    bare = whole if whole in INTERVALS else _NUMBER_OF.sub("", plain(value)).replace(" ", "_")
    return (bare in INTERVALS or bare in SPANS) and (len(plain(value)) > 1 or not bare.isascii())


def _filled(export: Export) -> Iterator[Look]:
    return (look for look in export.looks.values() if look.values)
