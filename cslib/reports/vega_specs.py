"""Charts of Vega and Vega-Lite that the library has not drawn itself, for the page's own bundle to draw."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from cslib.charts.theme import BLUE, BLUES, GREEN, GREY, ORANGE, SKY, VERMILLION
from cslib.reports.attachments import MOST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cslib.reports.attachments import Block, PageFiles

_MIME = re.compile(
    r"application/vnd\.(vega|vegalite)\.v\d+(?:\.\d+)*[.+]json"
)  # Altair's own type for 6 is no valid one
_CALL = re.compile(r"(?:\}\)\(|var spec =)\s*(?=\{)")  # how Altair hands a chart to the script in its HTML
_PARTS = ("mark", "layer")
# What the library's own charts say of each mark is said here for a chart that leaves it open; all else is in the page's theme.
_LOOK = {
    "mark": {"color": BLUE},
    "range": {
        "category": [BLUE, ORANGE, GREEN, VERMILLION, SKY, GREY],
        "heatmap": BLUES,
        "ramp": BLUES,
        "ordinal": BLUES,
    },
    "axisX": {"labelAngle": 0},
}
_OF_NOTEBOOKS = ("$schema", "usermeta", "title")


def found_spec(data: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Return the language (`vega`, `vega-lite`) and the specification of a chart that was displayed in any way."""
    for mime, held in data.items():
        known = _MIME.fullmatch(mime)
        if known and (isinstance(held, dict) or _decoded(held)):
            return ("vega" if known[1] == "vega" else "vega-lite"), held if isinstance(held, dict) else _decoded(held)
        if mime == "application/json" and isinstance(held, dict) and "/schema/vega" in str(held.get("$schema")):
            return _language(held), held
    html = str(data.get("text/html", ""))
    if "vegaEmbed" in html:
        handed = next((spec for call in _CALL.finditer(html) if (spec := _decoded(html[call.end() :]))), None)
        if handed:
            return _language(handed), handed
    return None


def _language(spec: Mapping[str, Any]) -> str:
    return "vega" if "/schema/vega/" in str(spec.get("$schema")) else "vega-lite"


def chart(mode: str, spec: Mapping[str, Any], beside: PageFiles) -> Block:
    """Return a figure as the library's own look: its title and subtitle in words above it, and as wide as its place."""
    away = next(_asked_for(spec), None)
    if away:
        return beside.instead(
            "missed_data",
            f"chart: its data lie at {away[:200]}, and a page asks for nothing; hand them over as a frame",
        )
    if len(json.dumps(spec)) > MOST_SHOWN["chart"]:
        return beside.aside(json.dumps(spec, ensure_ascii=False).encode(), "json", "chart")
    title, text = _titled(spec)
    if not title:
        beside.miss(
            "chart without a title: alt.Chart(…, title='what it shows') says it to those who cannot see it, too"
        )
    kept = {name: value for name, value in spec.items() if name not in _OF_NOTEBOOKS}
    kept["config"] = {**_LOOK, **kept.get("config", {})}
    drawn = kept if mode == "vega" else _as_wide_as_its_place(kept)
    told = {"title": title, "text": text, "html": "", "csv": "", "file": f"chart-{beside.styles.scope()}"}
    return {
        **told,
        "kind": "figure",
        "foreign": True,
        "mode": mode,
        "spec": drawn,
        "turned": '"input":' in json.dumps(spec),
    }


def _as_wide_as_its_place(spec: dict[str, Any]) -> dict[str, Any]:
    """Return a chart that takes the width it is given; one of several panels, or with a width of its own, stays."""
    panels = {"row", "column", "facet"} & spec.get("encoding", {}).keys()
    if panels or "width" in spec or not any(part in spec for part in _PARTS):
        return spec
    return {**spec, "width": "container", "autosize": {"type": "fit-x", "contains": "padding"}}


def _titled(spec: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a chart says of itself in a line, and in a sentence."""
    said = spec.get("title")
    title, text = (said.get("text", ""), said.get("subtitle", "")) if isinstance(said, dict) else (said or "", "")
    words = [" ".join(map(str, one)) if isinstance(one, list) else str(one) for one in (title, text)]
    return words[0], words[1] or str(spec.get("description", ""))


def _asked_for(part: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the addresses from which a chart would take data."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "data" and isinstance(value, dict) and isinstance(value.get("url"), str):
                yield value["url"]
            elif name not in {"datasets", "values"}:
                yield from _asked_for(value)
    elif isinstance(part, list):
        for one in part:
            yield from _asked_for(one)


def _decoded(text: object) -> dict[str, Any]:
    try:
        found = json.JSONDecoder().raw_decode(str(text).lstrip())[0]
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
