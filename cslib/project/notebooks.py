"""Shipped notebooks that a team changes: copied into its own folder, where they take the place of the shipped ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cslib import __version__
from cslib.errors import CslibError, UnknownName
from cslib.project.base import Base, write
from cslib.project.blank import blank_notebook
from cslib.shipped import notebooks_folder

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOKS = "notebooks"
_NAME = re.compile(r"[\w-]+")


def shipped_notebooks() -> dict[str, Path]:
    """Return the shipped notebooks by name."""
    return {file.stem: file for file in sorted(notebooks_folder().glob("*.ipynb"))}


def new_notebook(project: Path, name: str) -> str:
    """Write a blank notebook into a project, ready to be run, and return what to do with it.

    Raises `CslibError` for a name that is none for a file, or is taken.
    """
    if not _NAME.fullmatch(name):
        raise CslibError(f"wanted a name like 20_partners, of letters, digits, - and _; found {name!r}")
    place = project / NOTEBOOKS / f"{name}.ipynb"
    if place.exists():
        raise CslibError(f"{place}: there already, and never overwritten; choose another name")
    if name in shipped_notebooks():
        raise CslibError(f"{name} is shipped; 'cslib notebook copy {name}' takes it over, else choose another name")
    write(place, blank_notebook())
    return f"{place}: open it in JupyterLab; with {name} under 'notebooks' in params/report.yaml it becomes a page"


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
