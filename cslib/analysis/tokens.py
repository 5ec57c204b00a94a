"""The words of a text that carry meaning, Japanese and English, each in its dictionary form."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEANING = {"名詞", "動詞", "形容詞", "形状詞"}  # nouns, verbs and adjectives
_EMPTY = {"数詞", "代名詞", "非自立可能", "助動詞語幹"}  # numbers, pronouns, and verbs like する that say nothing alone
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
_LATIN = re.compile(r"[a-z][a-z'\-]+")
_STOP = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "he",
        "her",
        "his",
        "i",
        "if",
        "in",
        "is",
        "it",
        "its",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "she",
        "so",
        "than",
        "that",
        "the",
        "their",
        "them",
        "there",
        "they",
        "this",
        "to",
        "too",
        "us",
        "very",
        "was",
        "we",
        "were",
        "what",
        "when",
        "which",
        "who",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)
_PIECE = 10_000  # characters at once: the tokenizer takes 49,149 bytes at most


@cache
def tokenizer() -> Any | None:  # noqa: ANN401 - the library is an extra, and may be absent
    """Return the tokenizer, or None where the extra `words` is not installed."""
    try:
        from sudachipy import Dictionary, SplitMode  # noqa: PLC0415
    except ImportError:
        return None
    return Dictionary(dict="small").tokenizer(mode=SplitMode.C)


@cache
def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, each once; none of a language that is neither Japanese nor written in Latin letters."""
    plain = _ADDRESS.sub(" ", unicodedata.normalize("NFKC", text))
    return frozenset(
        word for at in range(0, len(plain), _PIECE) for word in _words(plain[at : at + _PIECE]) if word not in _STOP
    )


def _words(piece: str) -> Iterator[str]:
    splitter = tokenizer()
    assert splitter is not None  # noqa: S101 - whoever asks for words has looked
    for part in splitter.tokenize(piece):
        kind, finer, *_ = part.part_of_speech()
        surface = part.surface().lower()
        if _LATIN.fullmatch(surface):
            yield surface  # the dictionary would turn `and` into アンド
        elif kind in _MEANING and finer not in _EMPTY and not surface.isascii():
            yield part.dictionary_form()
