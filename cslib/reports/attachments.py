"""The files around a page: what it takes from next to its notebook, what it writes next to itself, and what it could not show."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from cslib.reports.output_styles import Styles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cslib.i18n import Wording

Block = dict[str, Any]
MOST_SHOWN = {"text": 100_000, "html": 1_000_000, "picture": 6_000_000, "chart": 5_000_000}  # characters in the page
_NAMED = 200  # characters of a name that the log repeats
_BEGINNINGS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
_AWAY = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)


@dataclass(kw_only=True)
class PageFiles:
    """The surroundings of one notebook's page; `missed` has a line for the log of each thing that is not shown as it is.

    `folder` is that of the notebook, `pages` the page of each notebook of the run by its file's name; `alone` where the
    page is all in one file, and no file can be next to it; `name` begins the names of files.
    """

    wording: Wording
    folder: Path | None = None
    pages: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False
    name: str = "page"
    styles: Styles = field(default_factory=Styles)
    files: dict[str, bytes] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    cell: str = ""  # how the log calls the cell that is looked at
    attached: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # the pictures that the cell holds itself
    widgets: Mapping[str, Any] = field(default_factory=dict)  # the last state of each widget, by its id

    def miss(self, why: str) -> None:
        """Note for the log what is not shown as it was made; `why` is in English, as the log is."""
        line = f"{self.cell}: {why}" if self.cell else why
        if line not in self.missed:
            self.missed.append(line)

    def instead(self, key: str, why: str, **said: object) -> Block:
        """Return a sentence in the reader's language in place of what cannot be shown, and note why."""
        self.miss(why)
        return {"kind": "missed", "text": self.wording.text(key, **said), "href": ""}

    def aside(self, held: bytes, ending: str, kind: str) -> Block:
        """Return a sentence in place of an output that is too large for a page, which is written to a file next to it."""
        size = f"{len(held) / 1_000_000:.1f}"
        why = f"{kind} of {size} MB, more than a page shows"
        if self.alone:
            return self.instead("too_large", why, size=size)
        file = f"{self.name}-output-{len(self.files) + 1}.{ending}"
        self.files[file] = held
        return {**self.instead("too_large_beside", f"{why}: data/{file}", size=size), "href": f"data/{file}"}

    def picture(self, source: str) -> str | None:
        """Return the address of a picture that the page holds itself; None, and a line for the log, where there is none."""
        if source.startswith("attachment:"):
            return self._attachment(unquote(source.removeprefix("attachment:")))
        if source.startswith("data:image/"):
            return source
        parts = urlsplit(source)
        named = source[:_NAMED]
        if parts.scheme or parts.netloc or self.folder is None:
            self.miss(f"picture {named}: a page asks for nothing elsewhere; put the file beside the notebook")
            return None
        try:
            held = (self.folder / unquote(parts.path)).read_bytes()
        except (OSError, ValueError):
            self.miss(f"picture {named}: no such file beside the notebook")
            return None
        mime = kind_of_picture(held)
        if not mime or len(held) > MOST_SHOWN["picture"]:
            self.miss(f"picture {named}: {'too large for a page' if mime else 'the file is no picture'}")
            return None
        return f"data:{mime};base64,{base64.b64encode(held).decode()}"

    def _attachment(self, name: str) -> str | None:
        held = self.attached.get(name, {})
        mime = next((one for one in held if one.startswith("image/")), "")
        if not mime:
            self.miss(f"picture {name[:_NAMED]}: the cell has no such attachment")
            return None
        return picture_address(mime, held[mime])

    def link(self, address: str) -> str:
        """Return where a link of the notebook leads on a page; empty where it would lead nowhere."""
        parts = urlsplit(address.strip())
        if _AWAY.match(address.strip()) or (address.startswith("#") and len(address) > 1):
            return address.strip()
        path = unquote(parts.path)
        if parts.scheme or parts.netloc or path.startswith("/") or self._is_left_behind(path):
            self.miss(f"link to {address[:_NAMED]}: leads nowhere from a page, so its words stand without it")
            return ""
        page = self.pages.get(path.rpartition("/")[2])
        anchor = f"#{parts.fragment}" if parts.fragment else ""
        return address if page is None else page if "#" in page else page + anchor

    def _is_left_behind(self, path: str) -> bool:
        """Return whether a path is a file next to the notebook, or a notebook, that has no page."""
        if path.rpartition("/")[2] in self.pages:
            return False
        return path.endswith(".ipynb") or (self.folder is not None and bool(path) and (self.folder / path).exists())


def picture_address(mime: str, held: str) -> str:
    """Return a picture as an address that holds it: what a notebook has is base64 already, but for SVG."""
    if mime == "image/svg+xml" and "<" in held:
        held = base64.b64encode(held.encode()).decode()
    return f"data:{mime};base64,{''.join(held.split())}"


def kind_of_picture(held: bytes) -> str:
    """Return the type of a picture by how it begins; empty for all else."""
    found = next((mime for beginning, mime in _BEGINNINGS.items() if held.startswith(beginning)), "")
    return found or ("image/svg+xml" if b"<svg" in held[:2000] else "")
