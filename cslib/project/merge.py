"""Three-way merges: of texts by their lines, of notebooks by their cells, so that what comes out is a notebook again.

Where both sides have changed the same lines, both stand between `<<<<<<< local` (the team's) and `>>>>>>> remote` (shipped).
"""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any, NamedTuple

import nbformat

from cslib.errors import CslibError
from cslib.project.skeleton import DISTRIBUTION

# what nbdime's own command has where nothing else is asked for
_WAYS = SimpleNamespace(
    merge_strategy="inline", input_strategy=None, output_strategy=None, ignore_transients=True, log_level="ERROR"
)


class Merged(NamedTuple):
    """A text into which both sides went, and in how many places both had changed the same."""

    text: str
    conflicts: int


def merge_text(base: str, ours: str, theirs: str) -> Merged:
    """Return a text with the changes of both sides since `base`."""
    merge3 = _library("merge3")
    merge = merge3.Merge3(*(text.splitlines(keepends=True) for text in (base, ours, theirs)))
    conflicts = sum(group[0] == "conflict" for group in merge.merge_groups())
    return Merged("".join(merge.merge_lines(name_a="local", name_b="remote")), conflicts)


def merge_notebook(base: str, ours: str, theirs: str) -> Merged:
    """Return a notebook with the changes of both sides since `base`; raises `CslibError` where one of them is none."""
    notebooks = _library("nbdime.merging.notebooks")
    merged, decisions = notebooks.merge_notebooks(*map(_read, (base, ours, theirs)), _WAYS)
    return Merged(nbformat.writes(merged) + "\n", sum(decision.conflict for decision in decisions))


def _read(text: str) -> nbformat.NotebookNode:
    try:
        return nbformat.reads(text, as_version=4)
    except Exception as error:
        raise CslibError(f"wanted a notebook; found what is none: {error}") from error


def _library(name: str) -> Any:  # noqa: ANN401 - a module
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise CslibError(f"merging wants the extra 'lab': pip install '{DISTRIBUTION}[lab]' ({error})") from error
