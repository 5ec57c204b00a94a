"""Names compared with names: how alike two of them are, whatever their case, their script's width and their spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rapidfuzz import fuzz

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")
SAME, SURE, LIKELY = 99.0, 88.0, 74.0


@cache
def plain(name: str) -> str:
    """Return a name in small letters of one width, its words apart: `CustomerId`, `customer_id` and `ＣＵＳＴＯＭＥＲ ID` alike."""
    return _BETWEEN.sub(" ", _HUMP.sub(" ", unicodedata.normalize("NFKC", name))).strip().lower()


@cache
def similarity(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 100; words in another order are alike."""
    first, second = plain(one), plain(other)
    apart = max(fuzz.ratio(first, second), fuzz.token_sort_ratio(first, second))
    return max(apart, fuzz.ratio(first.replace(" ", ""), second.replace(" ", "")))


def nearest(name: str, known: str) -> float:
    """Return how alike a name is to the nearest of several, which commas part."""
    return max(similarity(name, other) for other in known.split(","))
