"""Every block of the documentation is of a kind that a test runs, and its Python runs: page by page, in the demo's project."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import altair as alt
import pytest

from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.scaffold.systems.declaration import System
from cslib.settings import Source, load
from tests.books import TODAY
from tests.documented import BLOCKS, PYTHON, Block, blocks_in, run_page
from tests.test_documented_settings import FILES, model_of
from tests.test_own_kpis import with_own

if TYPE_CHECKING:
    from collections.abc import Iterator

# Of each language, the pages that may show it: those that the test named beside it runs. Python is run here.
RUN: dict[str, str] = {
    "python": r".*",
    "sh": r".*",  # test_documented_commands.py
    "yaml": r".*",  # test_documented_settings.py
    "sql": r"docs/kpis\.md",  # written from the twins, which test_twins.py runs
    **dict.fromkeys(("csv", "json", "rows"), r"docs/exports\.md"),  # test_exports_page.py
    "mermaid": r"CONTRIBUTING\.md",  # a drawing
    **dict.fromkeys(("text", ""), r".*"),  # what is no program: what is said, and trees of folders
}
_FILE = re.compile(r"# (kpis\.py)\n")  # a first line that says whose text a block is
_PROGRAM = re.compile(r"^(from \w+ import|import \w|\w+ = |cslib |make |SELECT |select |tables:)", re.MULTILINE)
SETTINGS = [block for block in BLOCKS if block.language == "yaml" and model_of(block.text) not in {Source, System}]
ELSEWHERE = {"docs/engines.md"}  # wants Spark: test_spark.py


def strays(blocks: list[Block]) -> list[str]:
    """Return the places of the blocks that nothing runs."""
    return [
        f"{block} ({block.language or 'no language'})"
        for block in blocks
        if not re.fullmatch(RUN.get(block.language.split(" ")[0], r"(?!)"), block.page)
        or (block.language in {"text", ""} and _PROGRAM.search(block.text))
    ]


def test_every_block_is_of_a_kind_that_is_run() -> None:
    assert strays(BLOCKS) == []
    assert len(PYTHON) > 8


@pytest.mark.parametrize(
    "page",
    [
        "```py\n1\n```\n",
        "```Python\n1\n```\n",
        "```bash\nls\n```\n",
        "```\nimport cslib\n```\n",
        "1. x\n\n   ```rows x\n   1\n   ```\n",
    ],
)
def test_a_block_that_nothing_runs_is_found(page: str) -> None:
    assert strays(blocks_in(page)) != []
    assert strays(blocks_in("```python\n1\n```\n\n~~~text\n2\n~~~\n")) == []


@pytest.fixture
def _in_the_demo(demo: Path, demo_book: Portfolio, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    assert demo_book.folder.is_relative_to(demo)  # so that its snapshot is found where a page opens the params again
    monkeypatch.chdir(demo)
    before = alt.theme.active
    yield
    alt.theme.enable(before)


@pytest.mark.usefixtures("_in_the_demo")
@pytest.mark.parametrize("page", sorted({block.page for block in PYTHON} - ELSEWHERE))
def test_the_python_of_a_page_runs(page: str) -> None:
    run_page([block for block in PYTHON if block.page == page and not _FILE.match(block.text)])


@pytest.mark.parametrize("block", [block for block in PYTHON if _FILE.match(block.text)], ids=str)
def test_a_file_of_a_page_does_its_work_in_a_project(block: Block, tmp_path: Path) -> None:
    book = Portfolio.open(with_own(tmp_path, block.text), TODAY)
    own = [kpi.id for kpi in book.catalogue if kpi.own]
    measured = book.measure(Month.parse("2026-05"), 1, kpis=own)
    assert own
    assert set(measured[measured.value.notna()].kpi) == set(own)


@pytest.mark.parametrize("block", SETTINGS, ids=str)
def test_settings_of_a_page_are_taken_beside_those_of_the_demo(block: Block, demo: Path, tmp_path: Path) -> None:
    (file,) = (name for name, model in FILES.items() if model is model_of(block.text))
    params = shutil.copytree(demo / "params", tmp_path / "params")
    (params / "actions.yaml").unlink()  # whose owners are people of the demo's own team
    (params / (f"{file}shown.yaml" if file.endswith("/") else file)).write_text(block.text, "utf-8")
    load(params, CATALOGUE.by_id)


def test_a_mistake_names_its_page_and_line() -> None:
    (block,) = blocks_in("# Page\n\n```python\nx = 1\nx.nothing\n```\n", "docs/page.md")
    with pytest.raises(AttributeError) as mistake:
        run_page([block])
    last = mistake.traceback[-1]
    assert (Path(str(last.path)).name, last.lineno + 1) == ("page.md", 5)
