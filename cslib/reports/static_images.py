"""Pictures of charts that only a script could draw, where the analyst has what makes them: kaleido, and a Chrome for it."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cslib.reports import visibility

if TYPE_CHECKING:
    from nbformat import NotebookNode

PLOTLY = "application/vnd.plotly.v1+json"
_CALL = re.compile(r"Plotly\.newPlot\(\s*\"[^\"]*\"\s*,\s*")
_SVG = "image/svg+xml"


def add_stills(notebook: NotebookNode) -> bool:
    """Give each Plotly chart of an executed notebook a picture next to it; returns whether any was given one.

    The picture's description is the chart's title. Without kaleido nothing is tried, and where it fails, the page says
    in words that a chart is missed.
    """
    if not (find_spec("kaleido") and find_spec("plotly")):
        return False
    found = [(one, chart) for cell in notebook.cells for one in visibility.outputs(cell) if (chart := _chart(one))]
    return sum(_drawn(output, chart) for output, chart in found) > 0


def _chart(output: NotebookNode) -> dict[str, Any] | None:
    """Return a Plotly chart that has no picture yet, from its own type or out of its HTML."""
    data = output.get("data", {})
    if any(mime.startswith("image/") for mime in data):
        return None
    if PLOTLY in data:
        return {name: data[PLOTLY].get(name) for name in ("data", "layout")}
    html = "".join(data.get("text/html", ""))
    call = _CALL.search(html)
    return _handed(html[call.end() :]) if call else None


def _handed(text: str) -> dict[str, Any] | None:
    """Return the two arguments with which a script would draw the chart."""
    decoder = json.JSONDecoder()
    try:
        traces, end = decoder.raw_decode(text)
        return {"data": traces, "layout": decoder.raw_decode(text[end:].lstrip(" ,\n"))[0]}
    except ValueError:
        return None


def _drawn(output: NotebookNode, chart: dict[str, Any]) -> bool:
    import plotly.io  # noqa: PLC0415 - few have it

    try:
        picture = plotly.io.to_image(chart, format="svg", validate=False)
    except Exception:  # noqa: BLE001 - no Chrome, no memory, a chart that cannot be drawn: the page says that one is missed
        return False
    title = (chart.get("layout") or {}).get("title") or {}
    output.data[_SVG] = picture.decode()
    output.metadata.setdefault(_SVG, {})["alt"] = str(title.get("text", "") if isinstance(title, dict) else title)
    return True
