"""What charts are put together from: rows, axes and tooltips, all worded before Vega sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cslib.charts.lazy_altair import alt
from cslib.charts.scale import tick_labels
from cslib.i18n.numbers import number
from cslib.periods import Month

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from cslib.charts.scale import Scale
    from cslib.i18n import Wording
    from cslib.kpis.kpi import Unit

Rows = list[dict[str, object]]
Spec = dict[str, Any]  # in Vega-Lite's own words


def rows(columns: Mapping[str, Iterable[object]]) -> Rows:
    """Return columns as a chart's rows: numbers to six digits, and nothing where a number is missing."""
    listed = {name: [plain_rows(value) for value in values] for name, values in columns.items()}
    return [
        {name: value for name, value in zip(listed, row, strict=True) if value is not None}
        for row in zip(*listed.values(), strict=True)
    ]


def plain_rows(value: object) -> object:
    """Return a number to six significant digits, text as it is, and None for what is missing."""
    if isinstance(value, str | bool):
        return value
    found = number(value)
    return None if found is None else float(f"{found:.6g}")


def known(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the rows that hold a number in a column."""
    return frame[np.array([number(value) is not None for value in frame[column]], dtype=bool)]


def on(data: Rows) -> alt.Chart:
    """Return an empty chart over rows."""
    return alt.Chart(alt.InlineData(values=tuple(data)))  # Altair copies a list, row by row, with every step of a chart


def layered(layers: Mapping[str, alt.Chart], height: float) -> Spec:
    """Return the specification of layers one over the other; the page's style finds each by its name.

    Put together here: Altair would copy each layer, and everything in it, four times over.
    """
    places = {id(layer.data): f"rows_{at}" for at, layer in enumerate(layers.values())}
    datasets = {places[id(layer.data)]: list(layer.data.values) for layer in layers.values()}
    return {
        "datasets": datasets,
        "height": round(height),
        "layer": [
            {**_without_rows(layer), "name": name, "data": {"name": places[id(layer.data)]}}
            for name, layer in layers.items()
        ],
    }


def _without_rows(layer: alt.Chart) -> Spec:
    said: Spec = layer.properties(data=alt.Undefined).to_dict(validate=False, context={"top_level": False})
    return said


def tooltip(titles: Mapping[str, str], wording: Wording) -> list[alt.Tooltip]:
    """Return a tooltip of worded columns, each with the catalogue's text for it."""
    return [alt.Tooltip(f"{field}:N", title=wording.text(key)) for field, key in titles.items()]


def domain(axis: Scale) -> alt.Scale:
    """Return the axis as a scale; every layer must state it, or Vega adds a zero for bars, areas and rules."""
    return alt.Scale(domain=[axis.low, axis.high], nice=False, zero=False)


def value_axis(axis: Scale, unit: Unit | str, wording: Wording, **options: Any) -> alt.Axis:  # noqa: ANN401 - Altair's own
    """Return the axis with its ticks worded, the unit on each."""
    return alt.Axis(**{"title": None, "values": axis.ticks, "labelExpr": tick_labels(axis, unit, wording), **options})


def months_between(months: Iterable[object]) -> list[str]:
    """Return every month from the first to the last, so that a month without a value leaves its gap."""
    found = sorted(Month.parse(str(month)) for month in months)
    return [str(Month(at)) for at in range(found[0].number, found[-1].number + 1)] if found else []


def month_axis(months: Sequence[str], wording: Wording) -> alt.Axis:
    """Return an axis with the last month, steps back from it, and the year where it begins."""
    every = next(step for step in (1, 3, 6, 12, 24) if len(months) <= step * 9 or step == 24)  # noqa: PLR2004
    ticks = months[::-1][::every][::-1]
    labels = {tick: _month_label(tick, before, wording) for before, tick in zip(["", *ticks], ticks, strict=False)}
    return alt.Axis(title=None, values=ticks, labelExpr=f"{labels!r}[datum.value]", labelAngle=0)


def _month_label(month: str, before: str, wording: Wording) -> list[str]:
    return [wording.month_alone(month), wording.year(month) if month[:4] != before[:4] else ""]
