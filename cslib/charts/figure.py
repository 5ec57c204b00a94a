"""A chart as a notebook displays it and as a page publishes it: the Vega-Lite specification with its data as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import altair as alt

from cslib.charts.theme import THEME
from cslib.periods import Month
from cslib.tables.markup import Cell, Column, html_table
from cslib.tables.output import Output, csv_text
from cslib.wording.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from cslib.wording import Wording

# JupyterLab 4 draws Vega-Lite 3 to 5 by itself and offline, but knows no type for 6; these charts use
# what 5 and 6 have in common, so that the same specification is drawn by the pages' newer bundle.
VEGA_MIME = "application/vnd.vegalite.v5+json"
NOTEBOOK_WIDTH, HEIGHT = 680, 230
_TABLE_ROWS = 24


@dataclass(frozen=True)
class Figure(Output):
    """A chart; without a `spec` there was nothing to draw, and its sentence says so."""

    kind: ClassVar[str] = "figure"

    spec: dict[str, Any] | None = None

    def bundle(self) -> dict[str, Any]:
        """Return the output with the specification, at a width that JupyterLab can show."""
        spec = {VEGA_MIME: {**self.spec, "width": NOTEBOOK_WIDTH}} if self.spec else {}
        return {**super().bundle(), **spec}


@dataclass(frozen=True)
class Shown:
    """What stands under a chart: the data as a table of worded columns, and as CSV."""

    table: Mapping[str, Sequence[str]]
    frame: pd.DataFrame


def figure(  # noqa: PLR0913 - the parts of a figure
    name: str, title: str, text: str, chart: alt.LayerChart | alt.Chart, shown: Shown, wording: Wording, right: float = 4
) -> Figure:
    """Return the chart with its sentence and its data; `right` is the room for labels at the right edge."""
    spec = chart.to_dict(validate=False)
    del spec["$schema"]  # JupyterLab's older Vega-Lite would warn of a newer schema
    spec |= {
        "width": "container",
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": 4, "top": 8, "right": round(right), "bottom": 4},
        "config": THEME,
    }
    return Figure(name=name, title=title, text=text, html=_table(title, shown, wording), csv=csv_text(shown.frame), spec=spec)


def empty(name: str, title: str, wording: Wording, frame: pd.DataFrame, reason: str = "") -> Figure:
    """Return a figure that says that there is nothing to show, and why where that is known."""
    why = f"({reason})" if reason and wording.language == "ja" else f" ({reason})" if reason else ""
    said = wording.text("no_values")
    return Figure(name=name, title=title, text=f"{said.removesuffix(wording.text('stop'))}{why}{wording.text('stop')}", csv=csv_text(frame))


def rows(columns: Mapping[str, Iterable[object]]) -> list[dict[str, object]]:
    """Return columns as a chart's rows: numbers to six digits, and nothing where a number is missing."""
    listed = {name: [plain(value) for value in values] for name, values in columns.items()}
    return [
        {name: value for name, value in zip(listed, row, strict=True) if value is not None}
        for row in zip(*listed.values(), strict=True)
    ]


def plain(value: object) -> object:
    """Return a number to six significant digits, text as it is, and None for what is missing."""
    if isinstance(value, str | bool):
        return value
    found = number(value)
    return None if found is None else float(f"{found:.6g}")


def on(data: list[dict[str, object]]) -> alt.Chart:
    """Return an empty chart over rows."""
    return alt.Chart(alt.InlineData(values=data))


def months_between(months: Iterable[object]) -> list[str]:
    """Return every month from the first to the last, so that a month without a value leaves its gap."""
    known = sorted(Month.parse(str(month)) for month in months)
    return [str(Month(at)) for at in range(known[0].number, known[-1].number + 1)] if known else []


def month_axis(months: Sequence[str], wording: Wording) -> alt.Axis:
    """Return an axis with the last month, steps back from it, and the year where it begins."""
    every = next(step for step in (1, 3, 6, 12, 24) if len(months) <= step * 9 or step == 24)  # noqa: PLR2004
    ticks = months[::-1][::every][::-1]
    labels = {month: _month_label(month, before, wording) for before, month in zip(["", *ticks], ticks, strict=False)}
    return alt.Axis(title=None, values=ticks, labelExpr=f"{labels!r}[datum.value]", labelAngle=0)


def _month_label(month: str, before: str, wording: Wording) -> list[str]:
    new_year = month[:4] != before[:4]
    return [wording.month_alone(month), wording.year(month) if new_year else ""]


def _table(title: str, shown: Shown, wording: Wording) -> str:
    """Return the last rows of the data as a table: a chart's text alternative in figures."""
    columns = [Column(label, numeric=at > 0) for at, label in enumerate(shown.table)]
    listed = [[Cell(text) for text in row] for row in zip(*shown.table.values(), strict=True)]
    caption = title
    if len(listed) > _TABLE_ROWS:
        caption += " – " + wording.text("rows_shown", shown=_TABLE_ROWS, total=len(listed))
    return html_table(columns, listed[-_TABLE_ROWS:], caption, css="data")
