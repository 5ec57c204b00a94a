"""A chart as a notebook displays it and as a page publishes it: the Vega-Lite specification with its data as text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from cslib.charts.theme import THEME
from cslib.tables.markup import HtmlCell, HtmlColumn, html_table
from cslib.tables.output import Output, csv_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cslib.charts.encodings import Spec
    from cslib.i18n import Wording

# JupyterLab 4 draws Vega-Lite 3 to 5 by itself and offline, but knows no type for 6; these charts use
# what 5 and 6 have in common, so that the same specification is drawn by the pages' newer bundle.
VEGA_MIME = "application/vnd.vegalite.v5+json"
NOTEBOOK_WIDTH, HEIGHT = 680, 230
_TABLE_ROWS = 24
_LINE = 104  # half-width letters in the width of a notebook
_WORDS = re.compile(r"[\x21-\u2fff]+[ \xa0]*|.[ \xa0]*", re.DOTALL)


@dataclass(frozen=True)
class Figure(Output):
    """A chart; without a `spec` there was nothing to draw, and its sentence says so."""

    kind: ClassVar[str] = "figure"

    spec: Spec | None = None

    def bundle(self) -> dict[str, Any]:
        """Return the output with the specification as JupyterLab shows it: of a fixed width, its title in the picture."""
        if not self.spec:
            return super().bundle()
        title = {"text": self.title, "subtitle": lines(self.text), "anchor": "start", "offset": 12}
        return {**super().bundle(), VEGA_MIME: {**self.spec, "width": NOTEBOOK_WIDTH, "title": title}}


@dataclass(frozen=True)
class FigureText:
    """What a figure says besides the drawing: its name, title and sentence, the data in words, and the data."""

    name: str
    title: str
    text: str
    table: Mapping[str, Sequence[str]]  # columns in words, by their headings
    frame: pd.DataFrame


def figure(told: FigureText, chart: Spec, wording: Wording) -> Figure:
    """Return the chart with its sentence and its data."""
    # without a "$schema": JupyterLab's older Vega-Lite would warn of a newer one
    spec = {
        **chart,
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 2, "top": 8, "right": 2, "bottom": 4},
        "config": THEME,
    }
    html = _table(told, wording)
    return Figure(told.name, told.title, told.text, html=html, csv=csv_text(told.frame), spec=spec)


def lines(text: str) -> list[str]:
    """Return a sentence in lines that fit above a chart in JupyterLab; Japanese, which has no blanks, breaks anywhere."""
    broken = [""]
    for word in _WORDS.findall(text):
        if broken[-1] and _width(broken[-1] + word.rstrip()) > _LINE:
            broken.append("")
        broken[-1] += word
    return [line.strip() for line in broken]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def empty(name: str, title: str, wording: Wording, frame: pd.DataFrame, reason: str = "") -> Figure:
    """Return a figure that says that there is nothing to show, and why where that is known."""
    text = wording.text("no_values_because", reason=reason) if reason else wording.text("no_values")
    return Figure(name, title, text, csv=csv_text(frame) if len(frame) else "")


def _table(told: FigureText, wording: Wording) -> str:
    """Return the last rows of the data as a table: a chart's text alternative in figures."""
    columns = [HtmlColumn(label, numeric=at > 0) for at, label in enumerate(told.table)]
    listed = [[HtmlCell(text) for text in row] for row in zip(*told.table.values(), strict=True)]
    caption = told.title
    if len(listed) > _TABLE_ROWS:
        caption += " – " + wording.text("rows_shown", shown=_TABLE_ROWS, total=len(listed))
    return html_table(columns, listed[-_TABLE_ROWS:], caption, css="data")
