"""Shipped notebooks that a team changes: copied into its own folder, where they take the place of the shipped ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib import __version__
from cslib.errors import CslibError, UnknownName
from cslib.project.base import Base, write
from cslib.shipped import notebooks_folder

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOKS = "notebooks"


def shipped_notebooks() -> dict[str, Path]:
    """Return the shipped notebooks by name."""
    return {file.stem: file for file in sorted(notebooks_folder().glob("*.ipynb"))}


def copy_notebook(project: Path, name: str) -> str:
    """Copy a shipped notebook into a project, keep it as the base of later merges, and return what to say of it.

    Raises `UnknownName` for one that is not shipped, and `CslibError` where the project has one of that name.
    """
    shipped = shipped_notebooks()
    if name not in shipped:
        raise UnknownName("shipped notebook", name, shipped)
    place = f"{NOTEBOOKS}/{name}.ipynb"
    if (project / place).exists():
        raise CslibError(f"{project / place}: there already, and never overwritten; 'cslib upgrade' merges it")
    text = shipped[name].read_text("utf-8")
    write(project / place, text)
    Base(project).keep(place, text)
    return f"{project / place}: as in {__version__}; from now on it is executed in place of the shipped one"
