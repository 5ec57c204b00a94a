"""The `${VARIABLES}` of a source: put in where an engine is asked, and taken out again of all that it answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from cslib.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SECRET = re.compile("pass|secret|token|key|credential", re.IGNORECASE)


@dataclass(frozen=True)
class Variables:
    """The variables that a source names, with their values."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, texts: Iterable[str], environment: Mapping[str, str]) -> Variables:
        """Return the variables that `texts` name; raises `SourceError` with every one that is not set."""
        names = list(dict.fromkeys(name for text in texts for name in _VARIABLE.findall(text)))
        unset = [name for name in names if name not in environment]
        if unset:
            raise SourceError([f"source.yaml: the environment has no variable {name}" for name in unset])
        return cls({name: environment[name] for name in names})

    def expanded(self, text: str) -> str:
        """Return `text` with each variable replaced by its value."""
        return _VARIABLE.sub(lambda found: self.values[found[1]], text)

    def address(self, url: str) -> str:
        """Return a URL with each variable replaced; in user, password and options, any character may stand in a value."""
        scheme, mark, rest = url.partition("://")
        user, at, place = rest.rpartition("@")
        place, ask, options = place.partition("?")
        return (
            self.expanded(scheme) + mark + self._quoted(user) + at + self.expanded(place) + ask + self._quoted(options)
        )

    def _quoted(self, text: str) -> str:
        return _VARIABLE.sub(lambda found: quote(self.values[found[1]], safe=""), text)

    def hidden(self, text: str, url: str = "") -> str:
        """Return `text` without the values of the variables and without the password of `url`, in any spelling."""
        for name, value in self.values.items():
            for spelled in {value, quote(value), quote(value, safe="")} - {""}:
                text = text.replace(spelled, f"${{{name}}}")
        for secret in _secrets(url):
            for spelled in {secret, unquote(secret), quote(unquote(secret), safe="")} - {""}:
                text = text.replace(spelled, "***")
        return text


def _secrets(url: str) -> list[str]:
    parts = urlsplit(url)
    said = parse_qsl(parts.query, keep_blank_values=True)
    return [parts.password or "", *(value for name, value in said if _SECRET.search(name))]
