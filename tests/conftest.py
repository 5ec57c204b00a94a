"""What several tests share: the demo data, written once, and the book opened on them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from cslib import redaction
from cslib.demo import write_demo
from cslib.portfolio import Portfolio
from cslib.reports.run import Request, run
from tests.books import NOW, TODAY
from tests.hostile import write_hostile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nothing_secret() -> Iterator[None]:
    """Forget what a test has kept secret, or a word of it would be hidden from the next one."""
    yield
    redaction._known.clear()
    redaction._parts.clear()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo data and their params."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def demo_book(demo: Path) -> Portfolio:
    """Return the book of the demo data."""
    return Portfolio.open(demo / "params", TODAY)


@pytest.fixture(scope="session")
def published(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the reports folder of a run over the demo: the total and one segment, every notebook, in Japanese."""
    out = tmp_path_factory.mktemp("published")
    request = Request(demo / "params", out, "2026-10", ("total", "enterprise"))
    assert not run(request, NOW, lambda *_: None).failed
    return out


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a book whose names and amounts try every page."""
    folder = tmp_path_factory.mktemp("hostile")
    write_hostile(folder)
    return folder


@pytest.fixture(scope="session")
def english(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the reports folder of an English run over the hostile book: the total, every notebook, and single files."""
    return _made(hostile, tmp_path_factory.mktemp("english"), ("total",), ())


@pytest.fixture(scope="session")
def one_customer(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the reports folder of an English run over a segment with a single customer."""
    return _made(hostile, tmp_path_factory.mktemp("one"), ("one",), ("00_summary", "05_financial"))


@pytest.fixture
def params(once: Path, tmp_path: Path) -> Path:
    """Return the params of a copy of the folder that a module calls `once`: what it holds is made a single time."""
    return shutil.copytree(once, tmp_path / "copy", symlinks=True) / "params"


def _made(book: Path, out: Path, segments: tuple[str, ...], notebooks: tuple[str, ...]) -> Path:
    request = Request(book / "params", out, "2026-10", segments, notebooks, "en", single_file=True)
    result = run(request, NOW, lambda *_: None)
    assert not result.failed, result.failed
    return out
