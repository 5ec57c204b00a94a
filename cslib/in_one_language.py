"""In JupyterLab a notebook reads in one language: headings that are tagged with another are out of sight, and stay where they are.

JupyterLab renders every Markdown cell and tells a style nothing of its tags, but names each heading. So whoever opens a scenario in
a notebook is shown, as the output of that cell, a style that hides the cells under the headings of the other languages.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from cslib.waiting import front_end_asks

_OPENED = "JPY_SESSION_NAME"  # the notebook of a kernel, as Jupyter's server names it
_TAG = "lang-"
_HEADING = re.compile(r"#{1,6}\s+(.*?)\s*#*\s*(?:\n|$)")
# Other notebooks are open beside it, and one of them may be read in another language. A cell that is being edited is seen all the
# same; of the table of contents, which is that of the notebook in front, an entry that holds others stays.
_MARK = "reads-in-{language}"
_RULE = (
    '.jp-Notebook:has(.{mark}) .jp-MarkdownCell.jp-mod-rendered:has([data-jupyter-id="{anchor}"]),'
    'body:has(.jp-NotebookPanel:not(.lm-mod-hidden) .{mark}) .jp-tocItem:not(:has(.jp-tocItem)):has([title="{title}"])'
    "{{display:none}}"
)


def read_in(language: str) -> None:
    """Hide the other languages of the notebook whose cell is run; nothing happens where no front end shows one."""
    file = Path(os.environ.get(_OPENED, ""))
    if not front_end_asks() or not file.is_file():
        return
    from IPython.display import HTML, display  # noqa: PLC0415 - a front end asks: it is loaded

    if style := style_of(json.loads(file.read_text("utf-8")), language):
        display(HTML(f'<style class="{_MARK.format(language=language)}">{style}</style>'))


def style_of(notebook: dict[str, Any], language: str) -> str:
    """Return the style that hides the Markdown cells of other languages; those without a heading cannot be told, and stay."""
    headed: dict[bool, dict[str, None]] = {True: {}, False: {}}
    for cell in notebook["cells"]:
        found = _HEADING.match("".join(cell["source"])) if cell["cell_type"] == "markdown" else None
        if found:
            headed[_is_of_another(cell, language)][found[1]] = None
    hidden = (heading for heading in headed[True] if heading not in headed[False])
    mark = _MARK.format(language=language)
    return "\n".join(
        _RULE.format(mark=mark, anchor=_quoted(heading.replace(" ", "-")), title=_quoted(heading)) for heading in hidden
    )


def _is_of_another(cell: dict[str, Any], language: str) -> bool:
    spoken = [tag for tag in cell["metadata"].get("tags", ()) if tag.startswith(_TAG)]
    return bool(spoken) and f"{_TAG}{language}" not in spoken


def _quoted(text: str) -> str:
    """Return text as it stands within quotes of a style, which it neither ends nor leaves."""
    return re.sub(r'[\\"<\n]', lambda found: f"\\{ord(found[0]):x} ", text)
