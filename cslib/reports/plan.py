"""Which notebook is executed for which segment, and where its page goes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cslib import __version__
from cslib.errors import CslibError, UnknownName
from cslib.settings.report import taken_folder
from cslib.shipped import notebooks_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cslib.i18n import Language
    from cslib.settings import LocalisedText, Segment

_ORDER = re.compile(r"^\d+_")


@dataclass(frozen=True)
class Job:
    """One report: a notebook for a segment, in a language."""

    segment: str
    notebook: Path
    title: LocalisedText | None = None  # what its tab says; without it, its stage or its own name
    edition: str = ""  # the folder of its language in the run; the first language has none of its own

    @property
    def name(self) -> str:
        """The notebook's name, as `report.yaml` lists it."""
        return self.notebook.stem

    @property
    def slug(self) -> str:
        """The page's name: `05_financial` becomes `financial`, the summary the segment's index."""
        plain = _ORDER.sub("", self.name)
        return "index" if plain == "summary" else plain

    @property
    def folder(self) -> Path:
        """The folder of the page in the run."""
        return Path(self.edition, self.segment)

    @property
    def place(self) -> str:
        """The page's place among those of its language."""
        return f"{self.segment}/{self.slug}.html"

    @property
    def page(self) -> str:
        """The page's place in the run."""
        return (Path(self.edition) / self.place).as_posix()

    @property
    def last_good(self) -> str:
        """The file name of the last page that could be made, next to the page that says why there is no newer one."""
        return f"{self.slug}.last-good.html"

    @property
    def stage(self) -> str:
        """The stage of the scenario that the report is about, or `summary`."""
        return _ORDER.sub("", self.name)


def find_notebooks(folders: Iterable[Path], names: Sequence[str]) -> list[Path]:
    """Return the notebooks of these names, each from the first folder that holds it; raises `UnknownName` for one that none holds."""
    tried = list(folders)
    known: dict[str, Path] = {}
    for folder in tried:
        for file in sorted(folder.glob("*.ipynb")):
            known.setdefault(file.stem, file)
    for name in names:
        if name not in known:
            raise UnknownName("notebook", name, known, hint=f"in {', '.join(map(str, tried))}")
    _refuse_shared_pages([Job("", known[name]) for name in dict.fromkeys(names)])
    return [known[name].resolve() for name in dict.fromkeys(names)]


def _refuse_shared_pages(jobs: Sequence[Job]) -> None:
    """Refuse notebooks of which one's page or data would be written over the other's; capitals are no difference everywhere."""
    taken: dict[str, str] = {}
    for job in jobs:
        other = taken.setdefault(job.slug.casefold(), job.name)
        if other != job.name:
            raise CslibError(
                f"report.yaml: notebooks: the pages of {other} and {job.name} would both be {job.slug}.html; rename one of them"
            )


def notebook_folders(params: Path) -> list[Path]:
    """Return where a notebook is looked for, in this order: next to the params, here, and among those that are shipped."""
    places = (params.resolve().parent / "notebooks", Path("notebooks").resolve(), notebooks_folder())
    return list(dict.fromkeys(places))


def place_of(notebook: Path, params: Path) -> str:
    """Return which file a notebook is, without the machine's folders: its place in the project, or the version it came with."""
    project = params.resolve().parent
    if not notebook.is_relative_to(project) and notebook.parent == notebooks_folder().resolve():
        return f"cslib {__version__}: {notebook.name}"
    return Path(os.path.relpath(notebook, project)).as_posix()


def edition(language: Language, languages: Sequence[Language]) -> str:
    """Return the folder of a language's pages in a run in several languages: none for the first, whose pages are the run's own."""
    return "" if language == languages[0] else language


def plan(
    segments: Sequence[Segment],
    notebooks: Sequence[Path],
    titles: Mapping[str, LocalisedText],
    languages: Sequence[Language],
) -> tuple[Job, ...]:
    """Return a job per language, segment and notebook; `titles` holds what the tabs of some of them say.

    Raises a `CslibError` where a language and a segment would share a folder.
    """
    ids = {segment.id for segment in segments}
    for taken in (language for language in languages[1:] if language in ids):
        raise CslibError(f"--language: {taken_folder(taken)}")
    return tuple(
        Job(segment.id, file, titles.get(file.stem), edition(language, languages))
        for language in languages
        for segment in segments
        for file in notebooks
    )
