"""Notebooks that tests write beside a params folder, and exports that come with some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import nbformat

from cslib.reports.execute import PARAMETERS
from cslib.settings import Report
from cslib.shipped import notebooks_folder
from tests.exports import export

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

# by name, since a team's own may lie beside them
SHIPPED = [notebooks_folder() / f"{tab.name}.ipynb" for tab in Report().notebooks]


def notebook(*sources: str, parameters: str | None = None) -> NotebookNode:
    """Return a notebook with a cell for parameters and a cell per source."""
    said = "\n".join(f'{name} = ""' for name in PARAMETERS) if parameters is None else parameters
    first = nbformat.v4.new_code_cell(said, metadata={"tags": ["parameters"]})
    cells = [first, *(nbformat.v4.new_code_cell(source) for source in sources)]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def write_notebooks(folder: Path, **sources: str | NotebookNode) -> None:
    """Write a notebook per source, by its name: one cell of code, or a whole notebook."""
    folder.mkdir(exist_ok=True)
    for name, source in sources.items():
        nbformat.write(notebook(source) if isinstance(source, str) else source, folder / f"{name}.ipynb")


def export_with(
    folder: Path, notebooks: Mapping[str, str | NotebookNode], segments: Mapping[str, Any] | None = None, **report: Any
) -> Path:
    """Return the params of a clean export with these notebooks beside it, of which a run makes reports in this order."""
    params = export(folder, segments=segments, report={"notebooks": [*notebooks], **report})
    write_notebooks(folder / "notebooks", **notebooks)
    return params
