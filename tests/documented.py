"""The pages of the documentation, and the blocks in them, for the tests that run what they show."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("reports/*.md"), *ROOT.glob("docs/**/*.md")])
_BLOCK = re.compile(r"^( *)(```+|~~~+)([^\n]*)\n(.*?)^\1\2[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of a page: what follows its fence is its language; `line` is that of its fence."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        """Return its place."""
        return f"{self.page}:{self.line}"


def blocks_in(text: str, page: str = "page.md") -> list[Block]:
    """Return the blocks of a page's text, also those of lists, which are indented."""
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, found[3].strip(), textwrap.dedent(found[4]))
        for found in _BLOCK.finditer(text)
    ]


BLOCKS = [block for page in PAGES for block in blocks_in(page.read_text("utf-8"), page.relative_to(ROOT).as_posix())]
PYTHON = [block for block in BLOCKS if block.language == "python"]


def run_page(blocks: list[Block]) -> dict[str, Any]:
    """Run the blocks of a page one after another, as the cells of a notebook, and return the names that they leave."""
    names: dict[str, Any] = {}
    for block in blocks:
        code = compile("\n" * block.line + block.text, block.page, "exec")
        exec(code, names)  # noqa: S102 - what a reader would paste
    return names
