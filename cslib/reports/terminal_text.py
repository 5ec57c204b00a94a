"""What a program has written for a terminal, as a page shows it: the last state of each line, colours as classes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import Markup
from nbconvert.filters.ansi import ansi2html

if TYPE_CHECKING:
    from cslib.reports.output_styles import Styles

_COMMANDS = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][A-Z0-9]|\x1b[=>]")  # titles, links, sets of letters
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]")
_OVER = re.compile(r"[^\n]\x08")
_STYLE = re.compile(r' style="([^"]*)"')


def last_state(text: str) -> str:
    """Return text as it is shown in the end where lines are written over, as a progress bar writes them."""
    return "\n".join(_last(line) for line in text.replace("\r\n", "\n").split("\n")) if "\r" in text else text


def terminal_html(text: str, styles: Styles) -> Markup:
    """Return what was written, its colours as classes of the page's own style, without any other code of terminals."""
    plain = _COMMANDS.sub("", last_state(text))
    while _OVER.search(plain):
        plain = _OVER.sub("", plain)
    made = _CONTROL.sub("", ansi2html(plain)).replace("\x1b", "")
    return Markup(_STYLE.sub(lambda found: _as_class(found[1], styles), made))  # noqa: S704 - escaped by nbconvert


def _as_class(style: str, styles: Styles) -> str:
    name = styles.class_of(style)
    return f' class="{name}"' if name else ""


def _last(line: str) -> str:
    """Return a line whose later states are written over the earlier ones; what is coloured is not measured, but replaced."""
    shown = ""
    for state in line.split("\r"):
        if state:
            shown = state if "\x1b" in line else state + shown[len(state) :]
    return shown
