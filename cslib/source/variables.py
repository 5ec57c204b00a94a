"""The `${VARIABLES}` of a source: put in where an engine is queried, and redacted from then on in all messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from cslib.errors import SourceError
from cslib.redaction import VARIABLE, keep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Variables:
    """The variables that a source names, with their values."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, texts: Iterable[str], environment: Mapping[str, str]) -> Variables:
        """Return the variables that `texts` name; raises `SourceError` with every one that is not set."""
        names = list(dict.fromkeys(name for text in texts for name in VARIABLE.findall(text)))
        unset = [name for name in names if name not in environment]
        if unset:
            raise SourceError([f"source.yaml: the environment has no variable {name}" for name in unset])
        for name in names:
            keep(environment[name], f"${{{name}}}")
        return cls({name: environment[name] for name in names})

    def expanded(self, text: str) -> str:
        """Return `text` with each variable replaced by its value."""
        return VARIABLE.sub(lambda found: self.values[found[1]], text)

    def address(self, url: str) -> str:
        """Return a URL with each variable replaced; in user, password and options, a value may have any character."""
        scheme, mark, rest = url.partition("://")
        user, at, place = rest.rpartition("@")
        place, ask, options = place.partition("?")
        return (
            self.expanded(scheme) + mark + self._quoted(user) + at + self.expanded(place) + ask + self._quoted(options)
        )

    def _quoted(self, text: str) -> str:
        return VARIABLE.sub(lambda found: quote(self.values[found[1]], safe=""), text)
