"""What must never be shown: the values of the `${VARIABLES}` that settings name, and the passwords in settings.

One place knows them all, and every text that leaves the process passes it: who writes a message cannot know which secret an
engine, a driver or a notebook has repeated in it. A text passes before it is shortened, split or its blanks are joined, since
nobody would know half a secret again.
"""

from __future__ import annotations

import html
import io
import json
import re
import sys
from contextlib import contextmanager, suppress
from glob import escape
from os.path import exists, normpath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import TextIO

VARIABLE = re.compile(r"\$\{(\w+)\}")
KEY = "CSLIB_PSEUDONYM_KEY"  # whoever has it can resolve every pseudonym
_LEAST = 4  # characters: what is shorter, such as a number, occurs everywhere, and is no secret
# bounded, so that no file of whatever a mistake has put into the settings' folder takes longer than it has letters
_ADDRESS = re.compile(r"(?<![\w+.-])[\w+.-]{1,40}://([^\n]{0,2000})")
_OPTION = re.compile(
    r"[?&][\w.-]{0,40}(?:pass|pwd|secret|token|key|credential)[\w.-]{0,40}=([^&#\s\"']+)", re.IGNORECASE
)
_AT_MOST = 20  # signs @ in an address
_CLOSING = re.compile(r"[\]},]")  # what may end a value in YAML
_BETWEEN = re.compile(r"[\s'\"`;,()]+")  # where a language takes a text apart
_WITHIN = re.compile(r"[\s'\"`;,()/:@?#&=]+")  # and where an address is taken apart
_BLANKS = r"(?:\s|&nbsp;|&#160;|\\n|\\t)+"  # as blanks are written where a text is shown
_WRITTEN: tuple[Callable[[str], str], ...] = (
    str,
    quote,
    lambda text: quote(text, safe=""),
    quote_plus,
    lambda text: re.sub("%..", lambda found: found[0].lower(), quote(text, safe="")),
    lambda text: repr(text)[1:-1],
    lambda text: repr(text.encode())[2:-1],
    lambda text: text.encode("unicode_escape").decode(),
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: html.escape(text, quote=False),
    html.escape,
    lambda text: html.escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;"),
    lambda text: text.replace("'", "''"),
    lambda text: text.replace('"', '""'),
    lambda text: text.replace("\\", "\\\\"),
    escape,
)  # how texts are written into addresses, code, JSON, pages, SQL and patterns of files
_known: dict[str, str] = {}  # each spelling of each secret, and what is shown in its place
_parts: dict[str, str] = {}  # what is left of them when a language has taken them apart


def learn(params: Path, environment: Mapping[str, str]) -> None:
    """Know from now on every secret that the settings of a folder name or hold, whether or not they can be read as YAML."""
    texts = [_read(file) for file in (*params.glob("*.y*ml"), *params.glob("segments/*.y*ml"))]
    for name in {KEY, *(name for text in texts for name in VARIABLE.findall(text))}:
        keep(environment.get(name, ""), f"${{{name}}}")
    for text in texts:
        keep_address(VARIABLE.sub("", text))


def keep(secret: str, instead: str) -> None:
    """Register a secret, and what is shown instead of it."""
    if not secret or instead == _known.get(secret):
        return
    _know(secret, instead)
    # the words of a folder that is there are those of every message
    between = _BETWEEN if exists(secret) else _WITHIN  # noqa: PTH110 - pathlib refuses what no name can be
    _parts.update({part: instead for part in between.split(secret) if len(part) >= _LEAST})
    keep_address(secret)


def keep_address(text: str) -> None:
    """Know the passwords and tokens in the addresses that a text holds."""
    for rest in _ADDRESS.findall(text):
        pieces = rest.split("@")[:_AT_MOST]
        for end in range(1, len(pieces)):  # which @ ends a password, its writer alone knows
            _keep_spelled("@".join(pieces[:end]).partition(":")[2])
    for option in _OPTION.findall(text):
        _keep_spelled(option)
        _keep_spelled(_CLOSING.split(option)[0])


def _keep_spelled(secret: str) -> None:
    for text in {secret, unquote(secret)} - {""}:
        _know(text, "***")


def _know(secret: str, instead: str) -> None:
    for spelled in _spellings(secret):
        if len(spelled) >= _LEAST:
            _known.setdefault(spelled, instead)


def _spellings(secret: str) -> set[str]:
    plain = {secret, secret.strip(), " ".join(secret.split()), normpath(secret)}
    once = {write(text) for text in plain for write in _WRITTEN}
    return {write(text) for text in once for write in _WRITTEN}


def _read(file: Path) -> str:
    with suppress(OSError):
        return file.read_text("utf-8", errors="replace")
    return ""


def redacted(text: str) -> str:
    """Return a text without any secret: the name of its variable, or asterisks, in its place."""
    return _without(text, _known)


def without_secrets(url: str) -> str:
    """Return a source's address without what may be secret: user and password, and the options after a question mark."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2].partition('?')[0]}"


def redacted_words(text: str) -> str:
    """Return what an engine says of a text that it has taken apart, as one does that parses it: without any part of a secret."""
    return _without(text, {**_parts, **_known})


def _without(text: str, told: Mapping[str, str]) -> str:
    # the longest first, or of two secrets that begin alike an end would stay
    for spelled in sorted(told, key=len, reverse=True):
        words = spelled.split() or [spelled]
        if all(word in text for word in words):
            text = re.sub(_BLANKS.join(map(re.escape, words)), lambda _, spelled=spelled: told[spelled], text)  # type: ignore[misc]
    return text


def redacted_values(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return a value of JSON with every text in it without secrets; names of keys stay."""
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, dict):
        return {key: redacted_values(inner) for key, inner in value.items()}
    return [redacted_values(inner) for inner in value] if isinstance(value, list | tuple) else value


class _Guarded(io.TextIOBase):
    """A stream for people, which no secret passes; what cannot be written since nobody reads is dropped."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Tell a text without secrets."""
        with suppress(OSError):
            self._stream.write(redacted(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Tell several texts as one."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Tell what has come together."""
        with suppress(OSError, ValueError):
            self._stream.flush()

    def isatty(self) -> bool:
        """Return whether a person watches."""
        return self._stream.isatty()

    def fileno(self) -> int:
        """Return the descriptor below."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """How texts become bytes."""
        return self._stream.encoding


@contextmanager
def redacting_streams() -> Iterator[None]:
    """Redact secrets in everything that is printed while the block runs, warnings and logs as well."""
    before = sys.stderr
    sys.stderr = _Guarded(before)
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.stderr = before
