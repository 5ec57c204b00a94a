"""The files of a project that the package writes, and that an upgrade merges: everything but settings and notebooks."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cslib import __version__

DISTRIBUTION = "customer-success-report"  # `cslib` on PyPI is a stranger's package
_TEMPLATE = Path(__file__).parent / "template"
_DOT = "dot."  # a template that began with a dot would be heeded where it lies, as .gitignore is by git


def skeleton(name: str) -> dict[str, str]:
    """Return the texts of the files of a project of this name, by their places in it."""
    read = Environment(
        loader=FileSystemLoader(_TEMPLATE),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - no HTML
    )
    words = {"name": name, "version": __version__, "distribution": DISTRIBUTION}
    return {_place(template): read.get_template(template).render(words) for template in read.list_templates(["j2"])}


def _place(template: str) -> str:
    parts = template.removesuffix(".j2").split("/")
    return "/".join(f".{part.removeprefix(_DOT)}" if part.startswith(_DOT) else part for part in parts)


def project_name(folder: Path) -> str:
    """Return the name of the project in a folder, as packages may be called."""
    return re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "customer-success"
