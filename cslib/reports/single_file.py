"""All reports of a segment in one file, to be sent by mail: it needs no folder, no server and no network."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cslib.charts import THEME
from cslib.reports.blocks import blocks, contents
from cslib.reports.markdown import unique
from cslib.reports.output_styles import Styles
from cslib.reports.page import (
    TEMPLATE,
    exporter,
    hashes,
    inline_assets,
    notebook_title,
    page_values,
    running_foot,
    whole_templates,
)
from cslib.reports.vega_bundle import vega_bundle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from cslib.reports.attachments import Block
    from cslib.reports.page import PageContext


@dataclass(frozen=True, kw_only=True)
class Part:
    """A report that goes into the file: its executed notebook, or where and why there is none."""

    context: PageContext
    notebook: NotebookNode | None = None
    cell: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """A report in the file: a section with an anchor, its name and its own contents."""

    id: str
    name: str
    page: dict[str, Any]
    blocks: list[Block] = field(default_factory=list)
    contents: list[tuple[int, str, str]] = field(default_factory=list)
    cell: str = ""
    error: str = ""


def render_single(parts: Sequence[Part]) -> str:
    """Return the reports of one segment as one page; style, script, charts and data travel in it.

    What may run or style is named in the page's policy by its hash, so that nothing in the data ever can.
    """
    context = replace(
        parts[0].context, slug="", stages=(), segments=(), generated_from="", root="", languages=(), earlier=None
    )
    taken = Counter(["main"])
    names = [unique(f"stage-{part.context.slug}", taken) for part in parts]
    taken.update(f"{name}-title" for name in names)
    pages = {part.context.generated_from: f"#{name}" for part, name in zip(parts, names, strict=True)}
    looks = Styles()
    sections = [_section(part, name, taken, pages, looks) for part, name in zip(parts, names, strict=True)]
    script, style = ((TEMPLATE / name).read_text(encoding="utf-8") for name in ("report.js", "report.css"))
    with whole_templates():
        template = exporter().environment.get_template("single.html.j2")
        # not tidied as other pages are: what is hashed must stay as it is, to the last blank
        return template.render(
            page=page_values(context, context.title, alone=True),
            sections=sections,
            styles=[one for one in map(inline_assets, (f"{style}{running_foot(context)}", str(looks))) if one],
            scripts=[inline_assets(vega_bundle()), inline_assets(script)],
            hashes=hashes,
            chart_theme=THEME,
        )


def _section(part: Part, name: str, taken: Counter[str], pages: dict[str, str], looks: Styles) -> Section:
    shown = part.context.stage_title or part.context.slug
    if part.notebook is None:
        title = part.context.wording.text("report_failed")
        page = page_values(part.context, title, alone=True)
        return Section(id=name, name=shown, page=page, cell=part.cell, error=part.error)
    beside = replace(part.context.beside(looks, alone=True), pages=pages)
    listed = blocks(part.notebook, beside, taken, below=2)
    page = page_values(part.context, notebook_title(part.notebook, part.context), alone=True)
    return Section(id=name, name=shown, page=page, blocks=listed, contents=contents(listed))
