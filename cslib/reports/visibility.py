"""Which cells and outputs of a notebook its readers may see: what was hidden by a tag is not published anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nbformat import NotebookNode

# As nbconvert's documentation and Jupyter Book spell them, without their underscores, hyphens and capitals. A reader of
# Jupyter Book could unfold what is called `hide-…`; a page sent to others has no fold that keeps anything from them.
_CELL = {"removecell", "hidecell"}
_OUTPUTS = _CELL | {
    "removeoutput", "removeoutputs", "removealloutput", "removealloutputs", "removesingleoutput", "hideoutput", "hideoutputs",
}  # fmt: skip
_STREAMS = {"removestdout": "stdout", "removestderr": "stderr", "hidestdout": "stdout", "hidestderr": "stderr"}
_SPELLING = re.compile(r"[\W_]+")
_OPTION = re.compile(r"#\|\s*([\w-]+)\s*:\s*(.*\S)")
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
_CHILD = "IPY_MODEL_"


def is_hidden(cell: NotebookNode) -> bool:
    """Return whether a whole cell is hidden."""
    return bool(_tags(cell) & _CELL)


def outputs(cell: NotebookNode) -> list[NotebookNode]:
    """Return the outputs of a cell that are not hidden; none of a cell of text."""
    tags = _tags(cell)
    if tags & _OUTPUTS:
        return []
    streams = {_STREAMS[tag] for tag in tags & _STREAMS.keys()}
    return [one for one in cell.get("outputs", ()) if not (_spelled(_of(one)) & _OUTPUTS or one.get("name") in streams)]


def options(cell: NotebookNode) -> dict[str, str]:
    """Return what the first comments of a cell set, as Quarto and MyST read them: `#| fig-alt: …`."""
    lines = (_OPTION.match(line) for line in cell.source.splitlines() if line.startswith("#|"))
    return {found[1]: found[2].strip("\"'") for found in lines if found} if cell.cell_type == "code" else {}


def withhold(notebook: NotebookNode) -> bool:
    """Take hidden outputs out of an executed notebook, with the widgets that only they show; returns whether there were any."""
    found = False
    for cell in notebook.cells:
        left = outputs(cell)
        if len(left) < len(cell.get("outputs", ())):
            cell.outputs, found = left, True
    states = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    for name in set(states) - _reached(notebook, states) if found else ():
        del states[name]
    return found


def _reached(notebook: NotebookNode, states: dict[str, Any]) -> set[str]:
    """Return the widgets that an output shows, and those within them."""
    waiting = [
        view["model_id"]
        for cell in notebook.cells
        for one in cell.get("outputs", ())
        if (view := one.get("data", {}).get(WIDGET_VIEW))
    ]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in states and name not in reached:
            reached.add(name)
            waiting += _children(states[name].get("state", {}))
    return reached


def _children(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str) and value.startswith(_CHILD):
        yield value.removeprefix(_CHILD)
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _children(part)


def _tags(cell: NotebookNode) -> set[str]:
    by_comment = re.split(r"[\[\],\"'\s]+", options(cell).get("tags", ""))
    return _spelled([*_of(cell), *by_comment])


def _of(one: NotebookNode) -> Iterable[object]:
    tags = one.get("metadata", {}).get("tags", ())
    return [tags] if isinstance(tags, str) else tags


def _spelled(tags: Iterable[object]) -> set[str]:
    return {_SPELLING.sub("", str(tag)).lower() for tag in tags}
