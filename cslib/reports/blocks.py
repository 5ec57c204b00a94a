"""The parts of a notebook that a reader sees: prose in one language, charts, tables, notes and pictures."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import nbformat
from markupsafe import Markup

from cslib.charts import VEGA_MIME
from cslib.reports import rich_outputs, visibility
from cslib.reports.markdown import bound, prose_html, slug, unique
from cslib.tables import OUTPUT_MIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from cslib.reports.attachments import Block, PageFiles

LANGUAGES = ("ja", "en")
_H1 = re.compile(r"^#[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)


def blocks(notebook: NotebookNode, beside: PageFiles, taken: Counter[str] | None = None, below: int = 1) -> list[Block]:
    """Return what the page shows, in order; the outputs of one cell are one block, and can be shown side by side.

    `taken` counts the anchors that the page has already, and grows; `below` is the level of the notebook's title.
    """
    taken = Counter(["main"]) if taken is None else taken
    beside.widgets = notebook.metadata.get("widgets", {}).get(visibility.WIDGET_STATE, {}).get("state", {})
    files, anchors = iter(displayed_data(notebook)), {}
    listed = []
    for number, cell in enumerate(notebook.cells, start=1):
        mine = [next(files) for output in visibility.outputs(cell) if OUTPUT_MIME in output.get("data", {})]
        if not spoken(cell, beside.wording.language):
            continue
        count = cell.get("execution_count")
        beside.cell, beside.attached = f"cell [{count}]" if count else f"cell {number}", cell.get("attachments", {})
        block = _prose(cell, taken, beside, below) if cell.cell_type == "markdown" else _outputs(cell, mine, beside)
        if block:
            anchors.update({name: anchor for name, anchor in block.get("anchors", {}).items() if name not in anchors})
            listed.append(block)
    beside.cell = ""
    bound(listed, anchors, beside)
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
    return not tags & {f"lang-{other}" for other in LANGUAGES if other != language} and not visibility.is_hidden(cell)


def displayed_data(notebook: NotebookNode) -> list[Block]:
    """Return this project's own outputs of a notebook in order, without hidden ones, each with a `file` name of its own."""
    taken: Counter[str] = Counter()
    found = []
    for cell in notebook.cells:
        for output in visibility.outputs(cell):
            described = output.get("data", {}).get(OUTPUT_MIME)
            if described:
                found.append({**described, "file": unique(slug(described["name"]) or described["kind"], taken)})
    return found


def json_text(value: object) -> Markup:
    """Return a value as JSON that is safe inside a script element, whatever text it holds."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704 - escaped here


def _prose(cell: NotebookNode, taken: Counter[str], beside: PageFiles, below: int) -> Block | None:
    html, found = prose_html(_H1.sub("", cell.source, count=1), taken, beside, escape=False, below=below)
    block = {"kind": "prose", "html": html, "headings": found.found, "anchors": found.anchors}
    return block if html.strip() else None


def _outputs(cell: NotebookNode, mine: list[Block], beside: PageFiles) -> Block | None:
    alt = visibility.options(cell).get("fig-alt", "")
    own = iter(mine)
    shown: list[Block] = []
    for output in _merged_outputs(visibility.outputs(cell)):
        shown += [part for part in _output(output, own, beside, alt) if part["kind"] != "missed" or part not in shown]
    charts = sum(part["kind"] == "figure" for part in shown)
    return {"kind": "outputs", "parts": shown, "side_by_side": charts > 1} if shown else None


def _merged_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return what a page shows of a cell's outputs: not its warnings, and what was printed in pieces as one text."""
    joined: list[NotebookNode] = []
    for output in outputs:
        if output.output_type != "stream":
            joined.append(output)
        elif output.name == "stdout" and joined and joined[-1].output_type == "stream":
            joined[-1] = nbformat.from_dict({**joined[-1], "text": "".join(joined[-1].text) + "".join(output.text)})
        elif output.name == "stdout":
            joined.append(output)
    return joined


def _output(output: NotebookNode, own: Iterator[Block], beside: PageFiles, alt: str) -> list[Block]:
    if output.output_type == "error":
        return [{"kind": "failed", "text": beside.wording.text("cell_failed")}]
    if output.output_type == "stream":
        return rich_outputs.stream("".join(output.text), beside) if output.name == "stdout" else []
    data = output.get("data", {})
    if OUTPUT_MIME in data:
        described = next(own)
        if described["kind"] == "markdown":
            prose = prose_html(described["text"], Counter([described["title"]]), beside, escape=True, below=2)[0]
            return [{**described, "html": prose}]
        return [{**described, "html": Markup(described["html"]), "spec": _spec(data)}]  # noqa: S704 - escaped by cslib.tables
    return rich_outputs.displayed(output, beside, alt, _within)


def _within(output: Any, beside: PageFiles) -> list[Block]:  # noqa: ANN401 - JSON
    """Return the blocks of an output within a widget; one of the library's own is shown as JupyterLab shows it."""
    made = nbformat.from_dict({**output, "data": {**output.get("data", {})}})
    made.data.pop(OUTPUT_MIME, None)
    return _output(made, iter(()), beside, "")


def _spec(data: dict[str, Any]) -> dict[str, Any] | None:
    """Return a chart's specification as a page draws it: as wide as its place, the theme carried once by the page."""
    if VEGA_MIME not in data:
        return None
    spec = {key: value for key, value in data[VEGA_MIME].items() if key not in ("config", "title", "$schema")}
    return {**spec, "width": "container"}
