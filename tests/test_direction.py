"""Texts from right to left, and characters that turn the direction: shown, and without power over what stands beside them."""

from __future__ import annotations

import json
import unicodedata

import pandas as pd
import pytest

from cslib import charts
from cslib.i18n import Wording
from cslib.i18n.direction import isolate_direction
from tests.sample import NRR

TURNING = ("شركة النور", "שלום", "\u202eevil", "a\u202eb\u2069c", "\u2067x", "\u202dfixed\u202c", "٣٤")


def _open_at_the_end(text: str) -> list[str]:
    """Return which controls of direction are still open where a text ends; an isolate closes all that began within it."""
    stack: list[str] = []
    for kind in map(unicodedata.bidirectional, text):
        if kind in {"RLI", "LRI", "FSI", "RLE", "RLO", "LRE", "LRO"}:
            stack.append(kind)
        elif kind == "PDI" and any(one in {"RLI", "LRI", "FSI"} for one in stack):
            while stack.pop() not in {"RLI", "LRI", "FSI"}:
                pass
        elif kind == "PDF" and stack and stack[-1] not in {"RLI", "LRI", "FSI"}:
            stack.pop()
    return stack


@pytest.mark.parametrize("text", TURNING)
def test_what_turns_the_direction_is_closed_within_its_own_text(text: str) -> None:
    told = isolate_direction(text)
    assert _open_at_the_end(told) == []
    assert (told[0], told[-1]) == ("\u2068", "\u2069")
    assert not set(told[1:-1]) & set("\u2066\u2067\u2068\u2069")
    assert [letter for letter in told if letter.isalnum()] == [letter for letter in text if letter.isalnum()]


@pytest.mark.parametrize("text", ["", "株式会社", "Ａ社 ＝１", "plain (text) 12", "🚀"])
def test_all_other_text_stays_as_it_is(text: str) -> None:
    assert isolate_direction(text) == text


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_group_of_a_chart_is_isolated_in_its_rows_its_axis_and_its_sentence(language: str) -> None:
    frame = pd.DataFrame(
        {"group": ["a\u202eb", "plain"], "value": [0.9, 0.5], "low": [0.8, 0.4], "high": [0.95, 0.6], "n": [30, 40]}
    )
    shown = charts.breakdown(frame, NRR, Wording("ja" if language == "ja" else "en"))
    spec = json.dumps(shown.spec, ensure_ascii=False)
    for text in (spec, shown.text):
        for place in (at for at, letter in enumerate(text) if letter == "\u202e"):
            before = text[:place]
            assert before.rindex("\u2068") > before.rfind("\u2069")
    assert "\u202e" in spec
