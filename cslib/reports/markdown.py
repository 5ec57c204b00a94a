"""A notebook's text as a page shows it: anchors, formulas, pictures and links as JupyterLab has them, and no script."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

import mistune
from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import MathBlockParser, MathInlineParser

from cslib.reports.mathml import mathml, tex_code
from cslib.reports.sanitised_html import cleaned

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping

    from cslib.reports.attachments import Block, PageFiles

_LINK = re.compile(r'href="#([^"]+)"')
_NAMED = re.compile(r'\b(?:id|name)="([^"]+)"')
_PLUGINS = ("table", "strikethrough", "task_lists")


class _Inline(MathInlineParser):
    """nbconvert's parser of formulas, to which `$5 and later $6` is none: two amounts, with a blank before the second."""

    INLINE_MATH_TEX = r"(?s:(?<![$\\])\$(?!\d[^$]*\s\$\d)(?P<math_inline_tex>[^$]+?)(?<!\\)\$(?!\$))"
    SPECIFICATION: ClassVar[dict[str, str]] = {**MathInlineParser.SPECIFICATION, "inline_math_tex": INLINE_MATH_TEX}


class Prose(mistune.HTMLRenderer):
    """Markdown with an anchor on every heading, which are kept for the table of contents."""

    def __init__(self, taken: Counter[str], beside: PageFiles, *, escape: bool, below: int = 1) -> None:
        super().__init__(escape=escape, allow_harmful_protocols=True)  # `Beside.link` knows which links lead anywhere
        self.found: list[tuple[int, str, str]] = []
        self.anchors: dict[str, str] = {}
        self.raw = False  # it holds HTML of its own
        self._taken, self._beside, self._below = taken, beside, below

    def heading(self, text: str, level: int, **_: Any) -> str:  # noqa: ANN401
        """Return a heading below the one that titles the notebook; links find it by the name that JupyterLab gives it."""
        plain = str(Markup(text).striptags())  # noqa: S704 - only to take the tags away
        level, anchor = max(level, 2), unique(slug(plain) or "section", self._taken)
        self.found.append((level, anchor, plain))
        level = min(level - 1 + self._below, 6)
        labs = plain.replace(" ", "-")
        for name in (labs, re.sub(r"[^\w -]", "", plain.lower()).replace(" ", "-"), slug(plain)):
            self.anchors.setdefault(name, anchor)
        return f'<h{level} id="{anchor}">{self._also(labs)}{text}</h{level}>\n'

    def _also(self, name: str) -> str:
        """Return a second anchor of a heading, for links from other pages."""
        if self._taken[name] or self._beside.alone:
            return ""
        self._taken[name] += 1
        return f'<span id="{escape(name)}"></span>'

    def table(self, text: str) -> str:
        """Return a table that scrolls by itself on a narrow screen."""
        said = escape(self._beside.wording.text("table"))
        return f'<div class="scroll" role="group" tabindex="0" aria-label="{said}"><table>\n{text}</table></div>\n'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """Return a picture that the page holds itself, or a sentence that there was one."""
        source, said = self._beside.picture(unescape(url)), str(Markup(text).striptags())  # noqa: S704 - only to take tags away
        if not said:
            self._beside.miss(f"picture {url[:80]} without a description: ![what it shows](…)")
        alt = said or self._beside.wording.text("picture_unnamed")
        if source is None:
            return Markup('<span class="missed">{}</span>').format(self._beside.wording.text("missed_picture", alt=alt))
        named = Markup(' title="{}"').format(title) if title else ""
        return Markup('<img src="{}" alt="{}"{}>').format(source, alt, named)

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """Return a link where it leads somewhere from a page; its words otherwise."""
        leads = self._beside.link(unescape(url))
        return super().link(text, leads, title) if leads else text

    def block_html(self, html: str) -> str:
        """Return a notebook's own HTML."""
        self.raw = True
        return str(super().block_html(html))

    def inline_html(self, html: str) -> str:
        """Return a notebook's own HTML within a line."""
        self.raw = True
        return str(super().inline_html(html))

    def task_list_item(self, text: str, *, checked: bool = False) -> str:
        """Return an item of a list of tasks: a sign, since a box cannot be ticked on a page."""
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"

    def block_math(self, body: str) -> str:
        """Return a formula on a line of its own."""
        return self._formula(body, block=True)

    def inline_math(self, body: str) -> str:
        """Return a formula within a line."""
        return self._formula(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        """Return a formula that TeX sets by itself, such as `align`."""
        return self._formula(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def _formula(self, tex: str, *, block: bool) -> str:
        return formula(tex, self._beside, block=block)


def prose_html(
    source: str,
    taken: Counter[str],
    beside: PageFiles,
    *,
    escape: bool,
    below: int = 1,
) -> tuple[Markup, Prose]:
    """Return Markdown as HTML, and what was found in it.

    `escape` shows HTML in it as it is written: what a program displayed may hold anything.
    """
    renderer = Prose(taken, beside, escape=escape, below=below)
    plugins = [mistune.plugins.import_plugin(name) for name in _PLUGINS]
    markdown = mistune.Markdown(renderer, MathBlockParser(), _Inline(hard_wrap=False), plugins)
    html = str(markdown(source))
    if renderer.raw and not escape:
        html = str(cleaned(html, beside, prose=True).html)
    return Markup(html), renderer  # noqa: S704 - a notebook's own prose, without scripts, or escaped by mistune


def formula(tex: str, beside: PageFiles, *, block: bool) -> Markup:
    """Return a formula as the browser draws it; as it is written, and a line for the log, where it is not understood."""
    made = mathml(tex, block=block)
    if made is None:
        beside.miss(f"formula {tex.strip()[:80]}: not understood, so it stands as it is written")
        return tex_code(tex)
    return made


def bound(listed: list[Block], anchors: Mapping[str, str], beside: PageFiles) -> None:
    """Let every link within the prose of a page lead to the anchor that its heading has there."""
    written = [block for block in listed if block["kind"] == "prose"]
    known = {unescape(name) for block in written for name in _NAMED.findall(block["html"])}

    def lead(found: re.Match[str]) -> str:
        name = unquote(unescape(found[1]))
        if name not in anchors and name not in known and name not in beside.pages.values():
            beside.miss(f"link to #{name[:80]}: no heading of this page is called so")
        return f'href="#{escape(anchors.get(name, name))}"'

    for block in written:
        block["html"] = Markup(_LINK.sub(lead, block["html"]))  # noqa: S704 - escaped above


def slug(text: str) -> str:
    """Return text as a name for an anchor or a file, in whatever letters it is written."""
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")


def unique(name: str, taken: Counter[str]) -> str:
    """Return the name, numbered from its second use on."""
    taken[name] += 1
    return name if taken[name] == 1 else f"{name}-{taken[name]}"
