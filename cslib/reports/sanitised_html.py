"""HTML that is not the library's own, made safe for a page: its looks are kept, what would run or send a request is not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Comment
from markupsafe import Markup

from cslib.reports.output_styles import PREFIX, brings_colours, own_id

if TYPE_CHECKING:
    from bs4 import Tag

    from cslib.reports.attachments import PageFiles

_RUN = ("script", "iframe", "object", "embed", "applet", "video", "audio", "canvas", "portal", "fencedframe")
_ASK = ("link", "meta", "base", "template", "source", "track")
_ADDRESSES = {"action", "background", "data", "ping", "poster", "srcdoc", "srcset"}
_REFER = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "list")
_IN_SVG = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")
_SEEN = ("img", "svg", "math", "table", "hr", "progress", "meter", "input", "button", "select", "textarea")


@dataclass(frozen=True)
class Cleaned:
    """HTML as a page may show it. `scripted`: parts of it were left out, since they need a script to be seen."""

    html: Markup
    scripted: bool
    coloured: bool  # it has colours of its own, which want the paper that they were made for
    empty: bool


def cleaned(html: str, beside: PageFiles, *, prose: bool = False) -> Cleaned:
    """Return HTML without scripts, its styles in the page's own; `prose` is a notebook's own text, whose ids are kept."""
    parsed = BeautifulSoup(html, "html.parser")
    scripted = _left_out(parsed)
    scope = beside.styles.scope()
    sheets = [one.extract().get_text() for one in parsed.find_all("style")]
    coloured = any(brings_colours(sheet) for sheet in sheets)
    for element in parsed.find_all():
        coloured |= brings_colours(str(element.get("style", "")))
        _tame(element, beside, "" if prose else scope)
    for sheet in sheets:
        beside.styles.add(sheet, scope)
    empty = not parsed.get_text().strip() and not parsed.find(_SEEN)
    shown = parsed.decode(formatter="minimal")
    if not prose or sheets:
        shown = f'<div class="{scope}">{shown}</div>'
    return Cleaned(Markup(shown), scripted, coloured, empty)  # noqa: S704 - taken apart above


def _left_out(parsed: BeautifulSoup) -> bool:
    """Take out what runs or sends a request; returns whether a reader misses anything by it."""
    for note in parsed.find_all(string=lambda text: isinstance(text, Comment)):
        note.extract()
    for element in parsed.find_all(_ASK):
        element.decompose()
    found = parsed.find_all(_RUN)
    for element in found:
        element.decompose()
    return bool(found)


def _tame(element: Tag, beside: PageFiles, scope: str) -> None:
    """Leave an element only what it looks like; with a scope, its ids and classes become the scope's own."""
    style = str(element.attrs.pop("style", ""))
    for name in [name for name in element.attrs if name.lower().startswith(("on", "form")) or name in _ADDRESSES]:
        del element[name]
    if scope:
        _name_apart(element, scope)
    look = beside.styles.class_of(style) if style else ""
    if look:
        element["class"] = " ".join([*element.get_attribute_list("class"), look]).strip()
    if element.name == "img":
        _hold_picture(element, beside)
    for name in ("href", "xlink:href"):
        if name in element.attrs:
            _lead(element, name, beside, scope)
    if element.name == "table":
        element.attrs.pop("border", None)  # pandas sets it, and every notebook's own style takes it back
    if "src" in element.attrs and element.name != "img":
        del element["src"]


def _name_apart(element: Tag, scope: str) -> None:
    if element.get("class"):
        element["class"] = " ".join(f"{PREFIX}{name}" for name in element.get_attribute_list("class"))
    if element.get("id"):
        element["id"] = own_id(str(element["id"]), scope)
    for name in _REFER:
        if name in element.attrs:
            said = element[name]
            listed = said if isinstance(said, list) else str(said).split()
            element[name] = " ".join(own_id(one, scope) for one in listed)
    for name, said in list(element.attrs.items()):
        if isinstance(said, str) and "url(" in said:
            element[name] = _IN_SVG.sub(lambda found: f"url(#{own_id(found[1], scope)})", said)


def _hold_picture(element: Tag, beside: PageFiles) -> None:
    source = beside.picture(str(element.get("src", "")))
    alt = str(element.get("alt") or "") or beside.wording.text("picture_unnamed")
    if source:
        element["src"], element["alt"] = source, alt
        return
    element.name = "span"
    element.attrs = {"class": "missed"}
    element.string = beside.wording.text("missed_picture", alt=alt)


def _lead(element: Tag, name: str, beside: PageFiles, scope: str) -> None:
    address = str(element[name])
    if address.startswith("#") and scope:
        element[name] = f"#{own_id(address[1:], scope)}"
        return
    leads = beside.link(address) if element.name in {"a", "area"} else ""
    if leads:
        element[name] = leads
    else:
        del element[name]
