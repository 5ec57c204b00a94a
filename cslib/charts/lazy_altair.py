"""Altair, imported when the first chart is drawn: it takes as long as all the rest, and not every notebook draws one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import altair as alt
else:

    class _Altair:
        def __getattr__(self, name: str) -> object:
            import_module("cslib.jsonschema_without_grammar")
            return getattr(import_module("altair"), name)

    alt = _Altair()

__all__ = ["alt"]
