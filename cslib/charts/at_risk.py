"""The numbers at risk printed under a curve of survival: how many cases each stretch of it still rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.charts.encodings import on
from cslib.charts.figure import HEIGHT
from cslib.charts.lazy_altair import alt
from cslib.charts.theme import MUTED

if TYPE_CHECKING:
    from cslib.charts.encodings import Rows

_LINE = 17  # the height of a line of numbers
_HEAD = 26  # above the first of them


def foot_of(lines: int) -> float:
    """Return how much room so many lines take under a curve that is 1 high."""
    return (_HEAD + _LINE * lines) / HEIGHT


def line_at(line: int) -> float:
    """Return where a line stands, counted from 0."""
    return -(_HEAD + _LINE * (line + 0.5)) / HEIGHT


def numbers_at_risk(printed: Rows, x: alt.X, heights: alt.Scale, head: str, **more: alt.Color) -> dict[str, alt.Chart]:
    """Return the layers of the numbers `n` at `at` (of `line_at`), and of what they are."""
    y = alt.Y("at:Q", scale=heights)
    numbers = on(printed).mark_text(fontSize=11, color=MUTED).encode(x=x, y=y, text=alt.Text("n:N"), **more)
    said = on([{"at": -_HEAD * 0.62 / HEIGHT, "text": head}]).mark_text(align="left", fontSize=11, color=MUTED)
    return {
        "label_count": said.encode(x=alt.XValue(0), y=y, text=alt.Text("text:N")),
        "numbers" if more else "label_n": numbers,
    }
