"""Which notebook is executed for which segment, and where its page goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cslib.errors import CslibError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cslib.settings import Segment

_ORDER = re.compile(r"^\d+_")


@dataclass(frozen=True)
class Job:
    """One report: a notebook for a segment."""

    segment: str
    notebook: Path

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
    def last_good(self) -> str:
        """What the last page that could be made is called beside the page that says why there is no newer one."""
        return f"{self.slug}.last-good.html"

    @property
    def stage(self) -> str:
        """The stage of the scenario that the report is about, or `summary`."""
        return _ORDER.sub("", self.name)


def find_notebooks(folders: Iterable[Path], names: Sequence[str]) -> list[Path]:
    """Return the notebooks of these names; raises `UnknownName` or `CslibError` for one that is not there."""
    tried = list(folders)
    home = next((folder for folder in tried if folder.is_dir()), None)
    if home is None:
        raise CslibError(f"no folder of notebooks; looked for {', '.join(map(str, tried))}")
    known = {file.stem: file for file in sorted(home.glob("*.ipynb"))}
    for name in names:
        if name not in known:
            raise UnknownName("notebook", name, known, hint=f"in {home}")
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
    """Return where notebooks are looked for: beside the params, where one stands, and beside the library."""
    return [
        params.resolve().parent / "notebooks",
        Path("notebooks").resolve(),
        Path(__file__).parents[2] / "notebooks",
    ]


def plan(segments: Iterable[Segment], notebooks: Sequence[Path]) -> tuple[Job, ...]:
    """Return a job per segment and notebook."""
    return tuple(Job(segment.id, notebook) for segment in segments for notebook in notebooks)
