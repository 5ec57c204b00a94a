"""notes/: what the team says of a month, as Markdown: `2026-10.md` of the whole report, `2026-10.enterprise.md` of a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.errors import MonthError, no_such
from cslib.periods import Month
from cslib.settings.fields import Strict

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

FOLDER = "notes"
_ENDING, _EXTERNAL = ".md", ".external"
_LONGEST = 100_000  # characters: a comment, not a report
_WANTED = "wanted YYYY-MM.md or YYYY-MM.SEGMENT.md, before .md also .external"


class Comment(Strict):
    """What the team says of a month; only one that is `external` is handed to readers outside the company."""

    month: str
    segment: str = ""  # empty: of the whole report
    external: bool = False
    text: str


def read_comments(folder: Path, segments: Collection[str], problems: list[str]) -> tuple[Comment, ...]:
    """Return the comments of a params folder, in the order of their files; what is wrong with them is added to `problems`.

    A name that begins with a dot is an editor's own, and a file of blanks says nothing.
    """
    files = sorted((folder / FOLDER).iterdir()) if (folder / FOLDER).is_dir() else []
    found = [_read(file, segments, problems) for file in files if not file.name.startswith(".")]
    return tuple(comment for comment in found if comment is not None and comment.text.strip())


def comments_on(comments: tuple[Comment, ...], month: Month, segment: str) -> list[Comment]:
    """Return what is said of a month on a segment's pages: of the whole report first, then of the segment.

    Where there are two of the same, one of them for readers outside the company, it is the other.
    """
    mine = [one for one in comments if one.month == str(month)]
    scopes = ([one for one in mine if one.segment == scope] for scope in ("", segment))
    return [min(of_scope, key=lambda one: one.external) for of_scope in scopes if of_scope]


def _read(file: Path, segments: Collection[str], problems: list[str]) -> Comment | None:
    try:
        comment = _named(file, segments)
        text = _text_of(file)
    except UnicodeDecodeError as error:
        problems.append(f"{file}: not readable as text in UTF-8: {error.reason}; save it as UTF-8")
    except OSError as error:
        problems.append(f"{file}: cannot be opened: {error.strerror}; see to its place")
    except (ValueError, MonthError) as error:
        problems.append(f"{file}: {error}")
    else:
        return comment.model_copy(update={"text": text})
    return None


def _text_of(file: Path) -> str:
    text = file.read_text("utf-8-sig")
    if len(text) > _LONGEST:
        raise ValueError(f"wanted at most {_LONGEST:,} characters; found {len(text):,}")
    return text


def _named(file: Path, segments: Collection[str]) -> Comment:
    """Return what the name of a file says; raises `ValueError` or `MonthError` where it says nothing."""
    if not file.is_file() or not file.name.endswith(_ENDING):
        raise ValueError(f"{_WANTED}; found {'another file' if file.is_file() else 'a folder'}; rename or remove it")
    plain = file.name.removesuffix(_ENDING)
    month, _, segment = plain.removesuffix(_EXTERNAL).partition(".")
    Month.parse(month)
    if segment and segment not in segments:
        raise ValueError(no_such("segment", segment, segments))
    return Comment(month=month, segment=segment, external=plain.endswith(_EXTERNAL), text="")
