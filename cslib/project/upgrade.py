"""The next version of the package, taken by a project: its files and copied notebooks merged, its settings left as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cslib import __version__
from cslib.errors import CslibError
from cslib.project.base import Base, write
from cslib.project.definitions import SETTINGS, changed_kpis, changed_settings, definitions
from cslib.project.merge import Merged, merge_notebook, merge_text
from cslib.project.notebooks import NOTEBOOKS, shipped_notebooks
from cslib.project.skeleton import skeleton
from cslib.yaml_files import Lines

if TYPE_CHECKING:
    from pathlib import Path

_SAME_CODE = "nothing: the code that decides figures is the same"
_OTHER_CODE = (
    "the code that decides figures has changed: the summary of the next run says which past figures it restates, "
    "each with its value before"
)


@dataclass(frozen=True)
class Upgrade:
    """What an upgrade came to: the lines to say, and in how many places both sides had changed the same."""

    lines: tuple[str, ...]
    conflicts: int


@dataclass(frozen=True)
class _Change:
    """What becomes of one file: its text, where there is something to write, and what is said of it."""

    text: str | None
    said: str = ""
    conflicts: int = 0


def upgrade(project: Path) -> Upgrade:
    """Merge a project with the version of the package that is installed, and return what there is to say.

    Everything is merged before anything is written. Raises `CslibError` where an older version is installed than the
    project follows, or a notebook cannot be read.
    """
    base = Base(project)
    before, now = base.read(), definitions()
    if _number(before["version"]) > _number(now["version"]):
        raise CslibError(
            f"wanted {before['version']} or newer, which this project follows; found {now['version']} installed: "
            "install the newer one first, with `make upgrade`"
        )
    if before["version"] == now["version"]:
        return Upgrade((f"nothing to do: this project follows {__version__}, which is installed",), 0)
    old, new = base.texts(), _brought(before["name"], project)
    changes = {place: _change(project, place, old.get(place), new.get(place)) for place in sorted({*old, *new})}
    for place, change in changes.items():
        if change.text is not None:
            write(project / place, change.text)
    for place in old.keys() - new.keys():
        base.forget(place)
    for place, text in new.items():
        base.keep(place, text)
    base.write({"name": before["name"], **now})
    lines = (
        f"from {before['version']} to {now['version']}",
        *_part("files", [f"{place}: {change.said}" for place, change in changes.items() if change.said]),
        *_part("settings, yours as they were", list(changed_settings(before, now, _own_settings(project)))),
        *_part("what changes in figures", _figures(before, now)),
        "",
        "next: make test, and git diff",
    )
    return Upgrade(lines, sum(change.conflicts for change in changes.values()))


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _brought(name: str, project: Path) -> dict[str, str]:
    """Return what this version brings: the files of a project, and the notebooks that it has copied and still has."""
    kept = Base(project).texts()
    places = {f"{NOTEBOOKS}/{name}.ipynb": file for name, file in shipped_notebooks().items()}
    copied = {place: file for place, file in places.items() if place in kept and (project / place).is_file()}
    return {**skeleton(name), **{place: file.read_text("utf-8") for place, file in copied.items()}}


def _change(project: Path, place: str, old: str | None, new: str | None) -> _Change:
    """Return what becomes of a file that was brought as `old` and is now as `new`."""
    file = project / place
    ours = file.read_text("utf-8") if file.is_file() else None
    if new is None:
        return _Change(None, "no longer brought; it is yours alone now" if ours is not None else "")
    if new in {old, ours}:
        return _Change(None)
    if ours is None:
        return _Change(new, "new") if old is None else _Change(None, "changed, but you have removed it; left so")
    if old is None:
        return _Change(None, "brought now, but you have one of your own; left as it is")
    if ours == old:
        return _Change(new, "changed; you had not")
    try:
        merged = _merged(place, old, ours, new)
    except CslibError as error:
        raise CslibError(f"{file}: {error}") from error
    return _Change(merged.text, _told(merged), merged.conflicts)


def _merged(place: str, old: str, ours: str, new: str) -> Merged:
    merge = merge_notebook if place.endswith(".ipynb") else merge_text
    return merge(old, ours, new)


def _told(merged: Merged) -> str:
    if not merged.conflicts:
        return "changed, and so had you; merged"
    return (
        f"changed, and so had you, {merged.conflicts} times the same lines: choose between `<<<<<<< local` (yours) and "
        "`>>>>>>> remote`"
    )


def _own_settings(project: Path) -> dict[str, Any]:
    """Return the keys that the team's settings say, by file."""
    files = {name: project / "params" / name for name in SETTINGS}
    return {
        name: {path[-1]: line for path, line in Lines(file).lines.items() if _depth(path) == 1}
        for name, file in files.items()
        if file.is_file()
    }


def _depth(path: tuple[str, ...]) -> int:
    """Return how many keys lead to a value; the number of an entry, where a file is a list of them, is none."""
    return len(path[1:] if path and path[0].isdigit() else path)


def _figures(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    code = _SAME_CODE if before["code"] == now["code"] else _OTHER_CODE
    return [*changed_kpis(before, now), code]


def _part(title: str, lines: list[str]) -> list[str]:
    return ["", f"{title}:", *(f"  {line}" for line in lines)] if lines else []
