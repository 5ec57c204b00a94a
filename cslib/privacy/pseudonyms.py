"""Stable names for customers and people that nobody can guess: keyed, with a key that stays outside of what is published."""

from __future__ import annotations

import base64
import hmac
import os
import re
import secrets
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa

from cslib.errors import SettingsError
from cslib.model import Privacy
from cslib.redaction import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FILE = "pseudonym.key"
_LEAST = 16  # characters: a shorter key can be tried out
_BYTES, _LENGTH = 10, 12

_LETTERS = {Privacy.CUSTOMER: "C", Privacy.PERSON: "P", Privacy.RECORD: "R"}

_FORMS = re.compile(
    r"\b(?:inc|ltd|llc|corp|co|gmbh|plc|kk|k\.k)\b\.?|株式会社|有限会社|合同会社|合資会社|\((?:株|有|同)\)",
    re.IGNORECASE,
)
_WORD = 4  # letters from which on a text is found inside of words, and not only as one


class KnownNames:
    """Names and ids that may occur in other texts: in another width, in capitals, without the form of the company."""

    def __init__(self, values: Iterable[str]) -> None:
        plain = {_plain(value) for value in values}
        every = {form for value in plain for form in (value, _FORMS.sub("", value).strip(" ,.、・"))}
        self._long = {value for value in every if len(value) >= _WORD or (len(value) > 1 and not value.isascii())}
        self._short = every - self._long - {""}

    def within(self, text: str) -> bool:
        """Return whether one of them occurs in a text."""
        said = _plain(text)
        return any(value in said for value in self._long) or not self._short.isdisjoint(re.findall(r"\w+", said))


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def find_key(params: Path) -> bytes:
    """Return the key of a params folder: of the environment, or of a file in `.cslib/` next to it, made on first use."""
    said = os.environ.get(KEY)
    if said is None:
        return _kept(params.parent / ".cslib" / _FILE)
    if len(said) < _LEAST:
        raise SettingsError([f"{KEY}: wanted at least {_LEAST} characters; found {len(said)}"])
    return said.encode()


def _kept(file: Path) -> bytes:
    try:
        if not file.exists():
            _make(file)
        key = file.read_bytes().strip()
    except OSError as error:
        raise SettingsError(
            [f"{file}: the key of the pseudonyms cannot be kept here ({error.strerror}); set {KEY} instead"]
        ) from error
    if len(key) < _LEAST:
        raise SettingsError([f"{file}: wanted a key of at least {_LEAST} characters; remove the file to have one made"])
    return key


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
        new.write(secrets.token_hex(32))
    with suppress(FileExistsError):
        os.link(aside, file)  # never over a key that another process has just made
    aside.unlink()


class Pseudonyms:
    """The pseudonyms under a key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, privacy: Privacy, column: str, value: str) -> str:
        """Return the pseudonym of a value: a letter (else a word) for what it is, and 60 bits that only the key can derive.

        Customers and people bear theirs in whatever column they stand, all else has one in each.
        """
        domain = privacy.value if privacy.identifies else column
        digest = hmac.digest(self._key, f"{domain}\0{value}".encode(), "sha256")
        return f"{_LETTERS.get(privacy, 'W')}-{base64.b32encode(digest[:_BYTES]).decode()[:_LENGTH]}"

    def column(self, privacy: Privacy, column: str, values: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return a column with each value replaced, nulls as they are."""
        coded = values.cast(pa.string()).combine_chunks().dictionary_encode()
        names = pa.array([self.of(privacy, column, value) for value in coded.dictionary.to_pylist()], pa.string())
        return pa.chunked_array([names.take(coded.indices)])
