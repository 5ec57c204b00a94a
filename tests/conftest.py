"""What several tests share: the demo data, written once, and the book opened on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cslib.book import Book
from cslib.demo import write_demo
from tests.books import TODAY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo data and their params."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def demo_book(demo: Path) -> Book:
    """Return the book of the demo data."""
    return Book.open(demo / "params", TODAY)
