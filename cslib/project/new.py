"""A new project: its files, its settings, and what it was brought, all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.demo.settings_files import PROGRAMMES, settings_files
from cslib.errors import CslibError
from cslib.periods import Month
from cslib.project.base import FOLDER, Base, write
from cslib.project.definitions import definitions
from cslib.project.skeleton import project_name, skeleton
from cslib.scaffold import named_files, propose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_LAST_MONTH = "2026-10"  # of the demo, as `cslib demo` writes it
_BEGIN = "next: make -C {folder} report"


def new_project(folder: Path, exports: Sequence[str]) -> str:
    """Write a project with settings proposed for these exports, or with those of the demo, and return what to say of it.

    The demo, since everything works with it at once and shows what there is to have; the three tables of `init --starter` have
    to be filled in first. Raises `CslibError` where a file is there already, and what `propose` raises; then nothing is written.
    """
    files = skeleton(project_name(folder))
    _refuse_present(folder, (*files, "params", FOLDER))
    if exports:
        named, said_of_them = named_files(exports)
        proposal = propose(folder, named, said=said_of_them)
        proposal.write()
        said = proposal.as_text()
    else:
        for place, text in _demo_params().items():
            write(folder / "params" / place, text)
        said = "the settings are those of the demo, whose data `make` writes; name your own in params/source.yaml"
    base = Base(folder)
    for place, text in files.items():
        write(folder / place, text)
        base.keep(place, text)
    base.write({"name": project_name(folder), **definitions()})
    return f"a project in {folder}\n{said}\n{_BEGIN.format(folder=folder)}"


def _demo_params() -> dict[str, str]:
    """Return the settings of the demo, whose data lie in a folder of their own, apart from the team's."""
    files = settings_files(Month.parse(_LAST_MONTH), PROGRAMMES, ())  # a demo of another size has other CSMs
    return {place: text.replace("../data/", "../demo/data/") for place, text in files.items()}


def _refuse_present(folder: Path, places: Iterable[str]) -> None:
    present = [place for place in places if (folder / place).exists()]
    if present:
        raise CslibError(
            f"{folder}: wanted a folder without {', '.join(present)}, which 'cslib new' never overwrites; name another DIR"
        )
