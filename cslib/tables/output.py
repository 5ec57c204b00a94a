"""What a notebook displays and a page publishes: a name, a title, a sentence and the data behind them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Container

OUTPUT_MIME = "application/vnd.cslib.output+json"
_FORMULA = ("=", "+", "-", "@")  # full-width as well, in which a Japanese spreadsheet takes them for the same
_BREAKS = ("\t", "\r", "\n")
# what keeps figures apart in JupyterLab, which has no style of ours and sets every cell to the right: a class said twice outweighs it
_IN_A_NOTEBOOK = (
    "<style>.cslib p{margin:0 0 .5em}.cslib caption{text-align:left;font-weight:bold}"
    ".cslib.cslib table :is(th,td){text-align:left;vertical-align:top;max-width:28em;word-break:keep-all;overflow-wrap:break-word}"
    ".cslib.cslib table .num{text-align:right}"
    ".cslib :is(small,.kpi){display:block}.cslib.cslib ul{display:flex;flex-wrap:wrap;gap:8px;list-style:none;padding:0;margin:0}"
    ".cslib li{border:1px solid #8a949e;border-radius:6px;padding:8px 12px;flex:1 1 15em;max-width:24em}.cslib li p{margin:0}.cslib .name{font-weight:bold}</style>"
)
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Output:
    """One displayable thing. `text` says in a sentence what it shows; `html` is a table; `csv` is all the data."""

    kind: ClassVar[str] = "output"

    name: str
    title: str
    text: str
    html: str = ""
    csv: str = ""

    def _repr_mimebundle_(
        self, include: Container[str] | None = None, exclude: Container[str] | None = None
    ) -> dict[str, Any]:
        bundle = self.bundle()
        kept = {mime for mime in bundle if include is None or mime in include}
        return {
            mime: data for mime, data in bundle.items() if mime in kept and (exclude is None or mime not in exclude)
        }

    def bundle(self) -> dict[str, Any]:
        """Return the output in every form that JupyterLab, papermill or a page understands."""
        described = {"kind": self.kind, "name": self.name, "title": self.title, "text": self.text}
        said = f"{self.title}: {self.text}" if self.title and self.text else self.title or self.text
        return {OUTPUT_MIME: {**described, "html": self.html, "csv": self.csv}, "text/plain": said}


@dataclass(frozen=True)
class Table(Output):
    """A table whose `html` holds the rows that are shown."""

    kind: ClassVar[str] = "table"

    def bundle(self) -> dict[str, Any]:
        """Return the output with its title, its sentence and its HTML, which JupyterLab shows."""
        said = [Markup("<p>{}</p>").format(self.text)] if self.text else []
        if self.title and "<caption>" not in self.html:
            said.insert(0, Markup("<p><b>{}</b></p>").format(self.title))
        return {**super().bundle(), "text/html": f'<div class="cslib">{_IN_A_NOTEBOOK}{"".join(said)}{self.html}</div>'}


class Tables(tuple[Output, ...]):
    """Several tables that a notebook displays one after the other."""

    __slots__ = ()

    def _ipython_display_(self) -> None:
        from IPython.display import display  # noqa: PLC0415 - where it is called it is there; elsewhere it costs time

        display(*self)


@dataclass(frozen=True)
class Note(Output):
    """A computed sentence: a finding, or a warning that the figures must be read with."""

    kind: ClassVar[str] = "note"


@dataclass(frozen=True)
class Markdown(Output):
    """What people have written, in Markdown: on a page HTML in it is shown as it is written, and nothing of it runs."""

    kind: ClassVar[str] = "markdown"

    def bundle(self) -> dict[str, Any]:
        """Return the output with its Markdown, which JupyterLab shows."""
        return {**super().bundle(), "text/markdown": f"**{self.title}**\n\n{self.text}"}


@dataclass(frozen=True)
class Alarm(Note):
    """A warning that must not be overlooked: what follows may be wrong."""

    kind: ClassVar[str] = "alarm"


def alarm(text: str, title: str) -> Alarm:
    """Return a warning in red, with its heading."""
    return Alarm(name="", title=title, text=text)


def note(text: str, title: str = "") -> Note:
    """Return a sentence to display; `title` makes it a box with a heading."""
    return Note(name="", title=title, text=text)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the frame's rows by column name."""
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def csv_text(frame: pd.DataFrame) -> str:
    """Return the frame as CSV at full precision; text that a spreadsheet would run as a formula is quoted by '."""
    written = io.StringIO()
    writer = csv.writer(written)  # its own line ends, or a carriage return in a text would break a row
    writer.writerow([_guarded(name) for name in frame.columns])
    writer.writerows(
        [_guarded(cell) for cell in row] for row in frame.astype(object).itertuples(index=False, name=None)
    )
    return written.getvalue()


def long_csv(frame: pd.DataFrame) -> str:
    """Return a long table of numbers and texts as `csv_text` does, in a fraction of the time."""
    texts = {
        str(name): frame[name].map(_guarded, na_action="ignore") for name in frame.select_dtypes(["object", "str"])
    }
    return frame.assign(**texts).rename(columns=_guarded).to_csv(index=False, lineterminator="\r\n")


def _guarded(cell: object) -> object:
    if isinstance(cell, str):
        return f"'{cell}" if _is_formula(cell) else cell
    if isinstance(cell, list | tuple):
        return " ".join(str(_guarded(part)) for part in cell)
    return "" if pd.isna(cell) else cell  # type: ignore[call-overload]


def _is_formula(text: str) -> bool:
    """Return whether a spreadsheet may run a text; a number is none, though it begins with a sign."""
    begin = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return text.startswith(_BREAKS) or (begin.startswith(_FORMULA) and not _NUMBER.fullmatch(text))
