"""Names compared with names: how alike two of them are, whatever their case, their script's width and their spelling."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from rapidfuzz import fuzz

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")
_OWNED = re.compile(r"^(?:[^\W\d_]+ - (?=\S)(.+)|Custom field \((.+)\))$")
_ZONE = re.compile(r" (utc|gmt|jst)$")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")  # kana and kanji, which leave no blanks between words
_RUNS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[^\W_]+?(?=[\u3040-\u30ff\u3400-\u9fff]|\W|$)")
_NUMBERED = re.compile(r"(id|no|code|番号|コード|ナンバー)$")
# words that a letter or two make other words
_APART = tuple(frozenset(one.split()) for one in (
    "contact contract", "account amount count", "stage state usage", "start state star status", "date rate", "sent spent seat csat",
    "used user", "current currency", "score store scope", "item team term time tier", "price prize", "plan plane plant", "owned owner",
    "content intent", "assigned unassigned", "cost csat", "code mode", "phase purchase", "expected expired",
))  # fmt: skip
SAME, SURE, LIKELY = 99.0, 88.0, 74.0
_SPELLED, _QUALIFIED, _HEAD = 96.0, 90.0, 78.0


@cache
def plain(name: str) -> str:
    """Return a name in small letters of one width, its words apart: `CustomerId`, `customer_id` and `ＣＵＳＴＯＭＥＲ ID` alike."""
    return _BETWEEN.sub(" ", _HUMP.sub(" ", unicodedata.normalize("NFKC", name))).strip().lower()


@cache
def spellings(name: str) -> tuple[str, ...]:
    """Return a name as it may be meant: whole, and without what it is a column of, as in `Deal - Status` and `Custom field (Status)`."""
    inner = _OWNED.match(name)
    return (plain(name), plain(inner[1] or inner[2])) if inner else (plain(name),)


@cache
def similarity(one: str, other: str) -> float:
    """Return how alike two names are, 0 to 100; words in another order are alike, and the zone of a time says nothing."""
    return max(_alike(name, plain(other)) for name in spellings(one))


def _alike(one: str, other: str) -> float:
    first, second = (_ZONE.sub("", name) for name in (one, other))
    if _UNSPACED.search(first) or _UNSPACED.search(second):
        return _by_words(first, second)
    if _holds_another_word(first, second):
        return 0.0
    apart = max(fuzz.ratio(first, second), fuzz.token_sort_ratio(first, second))
    return max(apart, fuzz.ratio(first.replace(" ", ""), second.replace(" ", "")))


def _holds_another_word(one: str, other: str) -> bool:
    """Return whether a word of one name is another than that of the other which it is written like."""
    first, second = ({word.removesuffix("s") for word in name.split()} for name in (one, other))
    return any((first - second) & words and (second - first) & words for words in _APART)


def _by_words(name: str, known: str) -> float:
    """Return how alike names are that have no blanks between words: one letter more is another word, as in 契約ID and 契約者ID."""
    joined, wanted = name.replace(" ", ""), known.replace(" ", "")
    if joined == wanted or sorted(_RUNS.findall(name)) == sorted(_RUNS.findall(known)):
        return 100.0
    if _numbered(joined) == _numbered(wanted) or joined == f"{wanted}時":
        return _SPELLED  # 商談番号 and 商談ID; 受付日時 and 受付日
    if name.startswith(f"{known} "):
        return _QUALIFIED  # 金額(税込)
    # the last word says what a thing is: 初回契約日 is a 契約日, though perhaps not the one that is meant
    return _HEAD if joined.endswith(wanted) and len(wanted) > 1 and _UNSPACED.match(wanted) else 0.0


def _numbered(name: str) -> str:
    return _NUMBERED.sub("#", name)


def nearest(name: str, known: str) -> float:
    """Return how alike a name is to the nearest of several, which commas part."""
    return max(similarity(name, other) for other in known.split(","))
