"""What the cells of a notebook have said, without the secrets in it: a driver repeats its address, a cell prints what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.redaction import redacted_values
from cslib.tables import OUTPUT_MIME

if TYPE_CHECKING:
    from nbformat import NotebookNode


def redact_outputs(notebook: NotebookNode) -> bool:
    """Take every secret out of the outputs of a notebook, and return whether there was one.

    Our own charts and tables stay as they are: they hold data alone, in which a word may be that of a variable.
    """
    said = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    found = False
    for output in said:
        if OUTPUT_MIME in output.get("data", ()):
            continue
        kept = redacted_values({name: value for name, value in output.items() if name != "output_type"})
        if kept != {name: output[name] for name in kept}:
            output.update(kept)
            found = True
    return found
