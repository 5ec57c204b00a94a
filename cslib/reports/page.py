"""Executed notebooks as pages: light, offline, and safe from whatever the data hold."""

from __future__ import annotations

import base64
import hashlib
import re
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import TemplateError, TemplateSyntaxError
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter

from cslib.charts import THEME
from cslib.errors import CslibError
from cslib.i18n import Wording
from cslib.reports.attachments import PageFiles
from cslib.reports.blocks import blocks, contents, displayed_data, heading, json_text
from cslib.reports.index_matrix import Failure, Matrix, Notables, matrix
from cslib.reports.output_styles import Styles
from cslib.reports.vega_bundle import vega_bundle
from cslib.tables.marks import SHAPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd
    from jinja2 import Environment
    from nbformat import NotebookNode

    from cslib.i18n import Language
    from cslib.kpis.kpi import Kpi
    from cslib.tables import Output

TEMPLATE = Path(__file__).parent / "template"
_TEMPLATES = (".html.j2", ".html.j2>")
BOM = "\N{BYTE ORDER MARK}"  # without it, Excel reads Japanese CSV as something else


@dataclass(frozen=True)
class Earlier:
    """The same page a month earlier: `place` is where it lies below `runs/`, `own` where this page lies in its run."""

    month: str
    place: str
    own: str


@dataclass(frozen=True, kw_only=True)
class PageContext:
    """The context of a page: its segment, stage and month, the links to the others, and its origin.

    `stages` holds (slug, title, href), `segments` (id, name, href), the hrefs relative to the page; `slug` says which
    stage this page is; `root` leads to the front page, and `shared` from there to the run's folder,
    where that is another. `languages` holds (language, its own name, href) of the same page in others.
    """

    language: Language
    title: str
    month: str
    segment_id: str = ""
    segment_name: str = ""
    slug: str = ""
    stages: tuple[tuple[str, str, str], ...] = ()
    segments: tuple[tuple[str, str, str], ...] = ()
    others: tuple[
        tuple[str, str], ...
    ] = ()  # (name, href) of the segments that the front page has no room for in its table
    run_id: str = ""
    data_as_of: str = ""
    source: str = ""
    generated_from: str = ""
    root: str = "../"
    shared: str = ""
    languages: tuple[tuple[str, str, str], ...] = ()
    earlier: Earlier | None = None
    folder: str = ""  # that of the notebook, and of the pictures that its text shows
    notebooks: tuple[tuple[str, str], ...] = ()  # (file, href) of the notebooks that link to each other
    executed: str = ""  # the executed notebook, where the readers may open it
    last_good: str = ""  # the page of the last run that could make this report
    notices: tuple[str, ...] = ()
    currency: str = "JPY"
    fiscal_year_start: int = 4

    @property
    def wording(self) -> Wording:
        """The words of the page's language."""
        return Wording(self.language, self.currency, self.fiscal_year_start)

    def beside(self, styles: Styles | None = None, *, alone: bool = False) -> PageFiles:
        """Return the files around the page; `styles` are those of the file that several share."""
        return PageFiles(
            wording=self.wording, folder=Path(self.folder) if self.folder else None, pages=dict(self.notebooks),
            alone=alone, name=self.slug or "page", styles=styles or Styles(),
        )  # fmt: skip

    @property
    def stage_title(self) -> str:
        """The title of the stage that the page is about; empty on the index."""
        return next((title for slug, title, _ in self.stages if slug == self.slug), "")


@dataclass(frozen=True)
class Rendered:
    """A notebook's page, the files that belong into `data/` next to it, and a line for each thing that it does not show."""

    html: str
    files: dict[str, bytes]
    missed: tuple[str, ...]


class PageExporter(TemplateExporter):
    """nbconvert with this project's templates instead of its own, whose CSS is made for a notebook editor."""

    output_mimetype = "text/html"

    def _file_extension_default(self) -> str:
        return ".html"

    def _template_extension_default(self) -> str:
        return ".html.j2"

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()
        environment.autoescape = True
        environment.globals.update(shapes=SHAPES)
        environment.filters.update(json=json_text)
        return environment


@cache
def exporter() -> PageExporter:
    """Return the exporter, built once: a new one costs 50 ms a page."""
    return PageExporter(template_name="base", extra_template_paths=[str(TEMPLATE)], template_file="notebook.html.j2")


def render_notebook(notebook: NotebookNode, context: PageContext) -> str:
    """Return the page alone."""
    return rendered(notebook, context).html


def rendered(notebook: NotebookNode, context: PageContext) -> Rendered:
    """Return an executed notebook as a page in the context's language, without code, prompts or tracebacks."""
    beside = context.beside()
    listed = blocks(notebook, beside)
    title = notebook_title(notebook, context)
    resources = {
        "page": page_values(context, title, style=inline_assets(str(beside.styles))),
        "blocks": listed,
        "contents": contents(listed),
        "theme": THEME,
    }
    with whole_templates():
        html, _ = exporter().from_notebook_node(notebook, resources=resources)
    return Rendered(_tidy(html), beside.files, tuple(beside.missed))


def notebook_title(notebook: NotebookNode, context: PageContext) -> str:
    """Return the notebook's own title in the context's language, or the best that stands in for it."""
    return heading(notebook, context.language) or context.stage_title or context.title


def render_index(  # noqa: PLR0913 - each is a part of the one page
    context: PageContext,
    frame: pd.DataFrame,
    kpis: Iterable[Kpi],
    *,
    answer: Sequence[str] = (),
    sheet: Sequence[tuple[Output, str]] = (),
    notable: Notables = Notables(),  # noqa: B008 - frozen
    failures: Sequence[Failure] = (),
) -> str:
    """Return the front page: the month's answer, the tables of its `sheet`, what moved, and folded the segments x KPIs matrix.

    Each table comes with the page that holds the whole of it; reports that could not be made are named before them.

    `frame` is long: segment (id), kpi, value, status, and where known target, change_month, clarity_month, reason and n;
    of the context's `others` it has the status alone.
    """
    shown: Matrix = matrix(frame, tuple(kpis), context.segments, context.wording)
    return _render(
        "index", context, context.title, matrix=shown, answer=answer, sheet=sheet, notable=notable, failures=failures
    )


def render_failure(context: PageContext, cell: str, message: str) -> str:
    """Return the page that stands in for a report that failed: where it stopped and why, for a reader."""
    title = context.wording.text("report_failed")
    return _render("failure", context, title, cell=cell, message=message)


def csv_files(notebook: NotebookNode) -> dict[str, str]:
    """Return name and text of the CSV behind each chart and table of a notebook.

    They belong next to the page, as `data/<slug>-<name>.csv`; each begins with a byte order mark for Excel.
    """
    return {output["file"]: BOM + output["csv"] for output in displayed_data(notebook) if output["csv"]}


def write_assets(folder: Path) -> None:
    """Write what all pages of a run share: Vega (built once), the style and the script."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vega.js").write_text(vega_bundle(), encoding="utf-8")
    for name in ("report.css", "report.js"):
        (folder / name).write_text((TEMPLATE / name).read_text(encoding="utf-8"), encoding="utf-8")


def _render(template: str, context: PageContext, title: str, **values: Any) -> str:  # noqa: ANN401
    with whole_templates():
        environment = exporter().environment
        html = environment.get_template(f"{template}.html.j2").render(page=page_values(context, title), **values)
    return _tidy(html)


@contextmanager
def whole_templates() -> Iterator[None]:
    """Raise what breaks in a template as `CslibError`, with its line."""
    try:
        yield
    except Exception as error:
        lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(_TEMPLATES)]
        place = f"{Path(lines[-1].filename).name} line {lines[-1].lineno}" if lines else ""
        if isinstance(error, TemplateSyntaxError):
            place = f"{error.name or 'a template'} line {error.lineno}"
        if not place and not isinstance(error, TemplateError | UnicodeDecodeError):
            raise
        raise CslibError(
            f"the template of the pages cannot be filled: {place or 'a template'}: {getattr(error, 'message', None) or error}; "
            f"mend it in {TEMPLATE}, or take the file of this version anew"
        ) from error


def inline_assets(code: str) -> Markup:
    """Return our own code as the text of an inline element, which its own words must not end."""
    for word in ("</script", "</style", "<!--"):
        if word in code.lower():
            raise ValueError(f"code with {word} in it cannot be put into a page")
    return Markup(code.replace("\r", ""))  # noqa: S704 - not data: the project's own style and scripts


def hashes(texts: Iterable[str]) -> Markup:
    """Return the sources of a Content-Security-Policy that allow these inline texts and no others."""
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
    return Markup(" ".join(f"'sha256-{digest}'" for digest in digests))  # noqa: S704 - base64 holds nothing to escape


def page_values(context: PageContext, title: str, *, alone: bool = False, style: str = "") -> dict[str, Any]:
    """Return what a page's frame shows: the context, its words, its heading, and whether it is all in one file.

    `style` has the colours of its notebook's outputs; its policy names them, and what stands at the foot of a printed page, by a hash.
    """
    wording = context.wording
    period = f"{wording.month(context.month)} · {wording.fiscal_quarter(context.month)}"
    shown = {"context": context, "words": wording, "text": wording.text, "title": title, "period": period}
    styles = [inline_assets(running_foot(context)), style]
    return {**shown, "alone": alone, "style": Markup("\n").join(filter(None, styles)), "hashes": hashes}


def running_foot(context: PageContext) -> str:
    """Return the rule by which each printed page says whose it is, and of which month."""
    said = [context.segment_name, context.wording.month(context.month)]
    text = f"{' · '.join(filter(None, said))} – {context.title}"
    return f'@page {{ @bottom-left {{ content: "{"".join(f"{chr(92)}{ord(sign):06x}" for sign in text)}"; }} }}'


def _tidy(html: str) -> str:
    """Return the page without the blank lines that templates leave."""
    return re.sub(r"\n\s*\n+", "\n", html)
