"""Text that came from data, kept from turning the direction of what stands beside it where no markup can do so."""

from __future__ import annotations

import unicodedata

_TURNING = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI", "PDF", "PDI"})
_FIRST_STRONG_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


def isolate_direction(text: str) -> str:
    """Return text whose letters or control characters run from right to left as an isolate; all other text as it is.

    Overrides and embeddings end with the isolate in which they stand (Unicode Standard Annex 9, X6a); isolates of its own
    could end it early, and are left out.
    """
    if _TURNING.isdisjoint(map(unicodedata.bidirectional, text)):
        return text
    return f"{_FIRST_STRONG_ISOLATE}{text.translate(_ISOLATES)}{_END_OF_ISOLATE}"
