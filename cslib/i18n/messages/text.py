"""A text in the languages of the reports."""

from __future__ import annotations

from typing import NamedTuple


class Message(NamedTuple):
    """One text in Japanese and in English; `{name}` marks what is filled in."""

    ja: str
    en: str
