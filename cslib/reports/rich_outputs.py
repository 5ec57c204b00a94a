"""What a notebook displayed that the library has not made: shown as far as a page without scripts can, else said in words."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from cslib.reports.attachments import MOST_SHOWN, picture_address
from cslib.reports.markdown import formula, prose_html
from cslib.reports.sanitised_html import cleaned
from cslib.reports.static_images import PLOTLY
from cslib.reports.terminal_text import last_state, terminal_html
from cslib.reports.vega_specs import chart, found_spec
from cslib.reports.visibility import WIDGET_VIEW
from cslib.reports.widgets import last_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from nbformat import NotebookNode

    from cslib.reports.attachments import Block, PageFiles

    Shown = Callable[[NotebookNode, PageFiles], list[Block]]

_PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")  # sharpest first
_MATH = re.compile(r"(\$\$?|\\\[|\\\()?\s*(.*?)\s*(\$\$?|\\\]|\\\))?", re.DOTALL)
_NO_CONTENT = re.compile(r"<(IPython\.core\.display\.|Figure size |\w+(\.\w+)+ object at 0x)[^>]*>")
_MEDIA = ("application/pdf", "video/", "audio/", "application/javascript")

_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
# A file of its own has a policy of its own, and none of the elements that would lead elsewhere in spite of it.
_MARKUP = """<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
"""
_ACTIVE = re.compile(r"<(?=/?(?:meta|base|link|script|i?frame|object|embed|form|svg)\b)", re.IGNORECASE)


def stream(text: str, beside: PageFiles) -> list[Block]:
    """Return the printed text as a terminal would show it in the end."""
    last = last_state(text)
    if not last.strip():
        return []
    if len(last) > MOST_SHOWN["text"]:
        return [beside.aside(last.encode(), "txt", "text")]
    return [{"kind": "text", "html": terminal_html(last, beside.styles)}]


def displayed(output: NotebookNode, beside: PageFiles, alt: str, within: Shown) -> list[Block]:
    """Return the blocks of what was displayed, in the richest of its forms that a page can show.

    `alt` is what its cell says of pictures; `within` shows the outputs that a widget holds.
    """
    data: dict[str, Any] = {
        mime: "".join(held) if isinstance(held, list) else held for mime, held in output.get("data", {}).items()
    }
    spec = found_spec(data)
    if spec:
        return [chart(*spec, beside)]
    if WIDGET_VIEW in data:
        return _widget(data, beside, within)
    mime = next((one for one in _PICTURES if one in data), "")
    if "text/latex" in data and "text/html" not in data:
        return [_latex(data["text/latex"], beside)]
    if mime:
        return [_picture(mime, data[mime], output, beside, alt)]
    return _written(data, beside)


def _written(data: Mapping[str, Any], beside: PageFiles) -> list[Block]:
    if PLOTLY in data or "Plotly.newPlot(" in data.get("text/html", ""):
        return [
            beside.instead("missed_script", "plotly: drawn by a script; with kaleido and a Chrome it becomes a picture")
        ]
    if "text/html" in data:
        return _html(data["text/html"], beside)
    if "text/markdown" in data:
        return [{"kind": "prose", "html": prose_html(data["text/markdown"], Counter(), beside, escape=True)[0]}]
    held = next((one for name, one in data.items() if name.endswith("json") and "vnd." not in name), None)
    if held is not None:
        return stream(json.dumps(held, ensure_ascii=False, indent=1), beside)
    return [*_unknown(data, beside), *stream(_content(data), beside)]


def _content(data: Mapping[str, Any]) -> str:
    """Return the plain text of an output; empty where it only names what a page cannot show."""
    text = str(data.get("text/plain", ""))
    return "" if _NO_CONTENT.fullmatch(text.strip()) else text


def _unknown(data: Mapping[str, Any], beside: PageFiles) -> Iterator[Block]:
    """Yield a sentence where an output has no form that a page can show, but for its name."""
    others = [mime for mime in data if mime != "text/plain"]
    media = next((mime for mime in others if mime.startswith(_MEDIA)), "")
    if others or (data.get("text/plain", "").strip() and not _content(data)):
        named = media or ", ".join(others) or str(data["text/plain"])[:80]
        yield beside.instead("missed_output", f"output of the kind {named}: no form of it can be shown on a page")


def _picture(mime: str, held: str, output: NotebookNode, beside: PageFiles, alt: str) -> Block:
    said = output.get("metadata", {})
    known = str(said.get(mime, {}).get("alt") or said.get("alt") or alt)
    if not known:
        beside.miss("picture without a description: `#| fig-alt: what it shows` as the first line of its cell says it")
    if len(held) > MOST_SHOWN["picture"]:
        raw = held.encode() if "<" in held else base64.b64decode(held)
        return beside.aside(raw, mime.partition("/")[2].partition("+")[0], "picture")
    size = {**said, **said.get(mime, {})}
    return {
        "kind": "picture",
        "width": size.get("width"),  # of a picture that is sharper than it is large
        "source": picture_address(mime, held),
        "alt": known or beside.wording.text("picture_unnamed"),
    }


def _latex(text: str, beside: PageFiles) -> Block:
    bare = _MATH.fullmatch(text.strip())
    tex = bare[2] if bare else text
    block = not (bare and bare[1] in {"$", "\\("}) or "\\displaystyle" in tex
    return {"kind": "prose", "html": Markup("<p>{}</p>").format(formula(tex, beside, block=block))}


def _html(html: str, beside: PageFiles) -> list[Block]:
    if len(_SCRIPT.sub("", html)) > MOST_SHOWN["html"]:
        return [beside.aside((_MARKUP + _ACTIVE.sub("&lt;", html)).encode(), "html", "html")]
    shown = cleaned(html, beside)
    blocks: list[Block] = []
    if not shown.empty:
        blocks.append({"kind": "html", "html": shown.html, "paper": shown.coloured})
    if shown.scripted:
        blocks.append(beside.instead("missed_script", "html: parts of it need a script, a frame or a player"))
    return blocks


def _widget(data: Mapping[str, Any], beside: PageFiles, within: Shown) -> list[Block]:
    """Return the last state of a widget; what it cannot say in words is a sentence."""
    try:
        parts = list(last_shown(data[WIDGET_VIEW]["model_id"], beside))
    except KeyError:
        known = str(data.get("text/plain", ""))[:80]
        return [beside.instead("missed_script", f"widget {known}: only its own script can show it")]
    blocks: list[Block] = []
    for part in parts:
        if not isinstance(part, Markup):
            blocks += within(part, beside)
        elif blocks and blocks[-1]["kind"] == "widget":
            blocks[-1]["html"] += Markup(" ") + part
        else:
            blocks.append({"kind": "widget", "html": part})
    return blocks
