"""The parts of a notebook that a reader sees: prose in one language, charts, tables, notes and pictures."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import mistune
from markupsafe import Markup

from cslib.charts import VEGA_MIME
from cslib.tables import OUTPUT_MIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from cslib.wording import Wording

Block = dict[str, Any]
LANGUAGES = ("ja", "en")
HIDDEN = {"remove_cell", "remove-cell"}
_H1 = re.compile(r"^#[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)


class Headings(mistune.HTMLRenderer):
    """Markdown with an anchor on every heading, which are kept for the table of contents."""

    def __init__(self, taken: Counter[str], *, escape: bool, below: int = 1) -> None:
        super().__init__(escape=escape)
        self.found: list[tuple[int, str, str]] = []
        self._taken, self._below = taken, below

    def heading(self, text: str, level: int, **_: Any) -> str:  # noqa: ANN401
        """Return a heading below the one that titles the notebook."""
        plain = str(Markup(text).striptags())  # noqa: S704 - only to take the tags away
        level, anchor = max(level, 2), unique(slug(plain) or "section", self._taken)
        self.found.append((level, anchor, plain))
        level = min(level - 1 + self._below, 6)
        return f'<h{level} id="{anchor}">{text}</h{level}>\n'

    def table(self, text: str) -> str:
        """Return a table that scrolls by itself on a narrow screen."""
        return f'<div class="scroll" role="group" tabindex="0" aria-label="table">{super().table(text)}</div>'


def blocks(notebook: NotebookNode, wording: Wording, taken: Counter[str] | None = None, below: int = 1) -> list[Block]:
    """Return what the page shows, in order; the outputs of one cell are one block, and can stand side by side.

    `taken` counts the anchors that the page has already, and grows; `below` is the level of the notebook's title.
    """
    taken = Counter(["main"]) if taken is None else taken
    files = iter(displayed(notebook))
    listed = []
    for cell in notebook.cells:
        block = _prose(cell, taken, below) if cell.cell_type == "markdown" else _outputs(cell, files, wording)
        if block and spoken(cell, wording.language):
            listed.append(block)
    return listed


def contents(listed: list[Block]) -> list[tuple[int, str, str]]:
    """Return (level, anchor, text) of the second and third level headings."""
    return [found for block in listed for found in block.get("headings", ()) if found[0] <= 3]  # noqa: PLR2004


def heading(notebook: NotebookNode, language: str) -> str:
    """Return the notebook's own title in a language, which is the question it answers."""
    sources = (cell.source for cell in notebook.cells if cell.cell_type == "markdown" and spoken(cell, language))
    found = next((match for match in map(_H1.search, sources) if match), None)
    return found[1] if found else ""


def spoken(cell: NotebookNode, language: str) -> bool:
    """Return whether a cell belongs on a page in this language."""
    tags = set(cell.metadata.get("tags", ()))
    others = {f"lang-{other}" for other in LANGUAGES if other != language}
    return not tags & (others | HIDDEN)


def displayed(notebook: NotebookNode) -> list[Block]:
    """Return this project's own outputs of a notebook in order, each with a `file` name of its own."""
    taken: Counter[str] = Counter()
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            described = output.get("data", {}).get(OUTPUT_MIME)
            if described:
                found.append({**described, "file": unique(slug(described["name"]) or described["kind"], taken)})
    return found


def json_text(value: object) -> Markup:
    """Return a value as JSON that may stand inside a script element, whatever text it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704 - escaped here


def slug(text: str) -> str:
    """Return text as a name for an anchor or a file, in whatever letters it is written."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")


def unique(name: str, taken: Counter[str]) -> str:
    """Return the name, numbered from its second use on."""
    taken[name] += 1
    return name if taken[name] == 1 else f"{name}-{taken[name]}"


def _prose(cell: NotebookNode, taken: Counter[str], below: int) -> Block | None:
    html, headings = _markdown(_H1.sub("", cell.source, count=1), taken, escape=False, below=below)
    return {"kind": "prose", "html": html, "headings": headings} if html.strip() else None


def _markdown(
    source: str, taken: Counter[str], *, escape: bool, below: int = 1
) -> tuple[Markup, list[tuple[int, str, str]]]:
    renderer = Headings(taken, escape=escape, below=below)
    html = mistune.create_markdown(renderer=renderer, plugins=["table", "strikethrough"])(source)
    return Markup(html), renderer.found  # noqa: S704 - a notebook's own prose, or escaped by mistune


def _outputs(cell: NotebookNode, files: Iterator[Block], wording: Wording) -> Block | None:
    shown = [part for output in cell.get("outputs", ()) if (part := _output(output, files, wording))]
    charts = sum(part["kind"] == "figure" for part in shown)
    return {"kind": "outputs", "parts": shown, "side_by_side": charts > 1} if shown else None


def _output(output: NotebookNode, files: Iterator[Block], wording: Wording) -> Block | None:
    if output.output_type == "error":
        return {"kind": "failed", "text": wording.text("cell_failed")}
    if output.output_type == "stream":
        return {"kind": "text", "text": output.text} if output.name == "stdout" and output.text.strip() else None
    data = output.get("data", {})
    if OUTPUT_MIME in data:
        own = next(files)
        return {**own, "html": Markup(own["html"]), "spec": _spec(data)}  # noqa: S704 - built escaped by cslib.tables
    if VEGA_MIME in data:
        return {
            "kind": "figure",
            "title": "",
            "text": "",
            "html": "",
            "csv": "",
            "file": "chart",
            "spec": _spec(data),
        }
    return _foreign(data)


def _foreign(data: dict[str, Any]) -> Block | None:
    """Return what another library displayed; the page's policy keeps any script in it from running."""
    picture = next((mime for mime in ("image/png", "image/jpeg") if mime in data), None)
    if picture:
        return {"kind": "picture", "source": f"data:{picture};base64,{data[picture].strip()}"}
    if "text/html" in data:
        return {"kind": "html", "html": Markup(data["text/html"])}  # noqa: S704
    if "text/markdown" in data:
        return {"kind": "prose", "html": _markdown(data["text/markdown"], Counter(), escape=True)[0]}
    text = str(data.get("text/plain", ""))
    return {"kind": "text", "text": text} if text.strip() else None


def _spec(data: dict[str, Any]) -> dict[str, Any] | None:
    """Return a chart's specification as a page draws it: as wide as its place, the theme carried once by the page."""
    if VEGA_MIME not in data:
        return None
    spec = {key: value for key, value in data[VEGA_MIME].items() if key not in ("config", "title", "$schema")}
    return {**spec, "width": "container"}
