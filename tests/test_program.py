"""The hash of the library's own code, on which hangs what is used again: no text and no place of a file escapes it."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import cslib
from cslib import code_version
from cslib.code_version import digest_of, followed
from cslib.portfolio import Portfolio, fingerprint
from cslib.reports.log import fingerprints
from cslib.settings import load
from tests.books import TODAY
from tests.exports import READ_ON, export

HOME = Path(cslib.__file__).parent
BOOK = Portfolio.__module__
_PASSED_OVER = shutil.ignore_patterns("__pycache__", "*.pyc")
# What a book opens and measures in a process of its own, and which of our modules that has taken.
OPENS = """
import sys
from datetime import date
from pathlib import Path
from cslib.portfolio import Portfolio
book = Portfolio.open(Path(sys.argv[1]), date(2026, 6, 30))
assert len(book.measure(book.month(None), 1))
print(*(name for name in sys.modules if name.split(".")[0] == "cslib"))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a copy of the library."""
    return Path(shutil.copytree(HOME, tmp_path / "copied" / "cslib", ignore=_PASSED_OVER))


def _module(home: Path, name: str) -> Path:
    place = home.parent.joinpath(*name.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _move(home: Path, old: str, new: str) -> Path:
    """Move a module and point at its new place whatever imports it."""
    room, _, name = old.rpartition(".")
    target = _module(home, new)
    target.parent.mkdir(exist_ok=True)
    (target.parent / "__init__.py").touch()
    _module(home, old).rename(target)
    for file in home.rglob("*.py"):
        text = re.sub(rf"\b{re.escape(old)}\b", new, file.read_text("utf-8"))
        text = re.sub(
            rf"^(\s*)from {re.escape(room)} import .*\b{name}\b.*$", rf"\g<0>\n\1import {new}", text, flags=re.MULTILINE
        )
        file.write_text(text, "utf-8")
    return target


def test_the_same_code_has_the_same_digest_wherever_it_lies(home: Path) -> None:
    assert digest_of(home) == digest_of(HOME) == code_version.code_digest()
    assert digest_of(home, BOOK) == digest_of(HOME, BOOK) == code_version.code_digest(BOOK)


def test_every_file_of_the_library_counts(home: Path) -> None:
    # what is for readers of types alone decides nothing
    whole, files = (
        digest_of(home),
        [file for file in home.rglob("*") if file.is_file() and not file.name.endswith((".typed", ".pyi"))],
    )
    assert len(files) > 200
    for file in files:
        text = file.read_bytes()
        file.write_bytes(text + b"\n")
        assert digest_of(home) != whole, file
        file.write_bytes(text)
    assert digest_of(home) == whole


def test_every_module_that_a_book_imports_counts_for_it_and_no_other(home: Path) -> None:
    before, deciding = digest_of(home, BOOK), set(followed(home, BOOK).values())
    for file in home.rglob("*.py"):
        text = file.read_bytes()
        file.write_bytes(text + b"\n")
        assert (digest_of(home, BOOK) != before) == (file in deciding), file
        file.write_bytes(text)


def test_what_a_book_runs_is_what_is_followed(tmp_path: Path) -> None:
    params = export(tmp_path)
    told = subprocess.run([sys.executable, "-c", OPENS, params], capture_output=True, check=True, text=True).stdout
    assert {BOOK, "cslib.kpis.measure", "cslib.snapshot.build"} <= set(told.split()) <= followed(HOME, BOOK).keys()


def test_how_a_page_looks_decides_no_figure() -> None:
    rooms = {name.split(".")[1] for name in followed(HOME, BOOK) if "." in name}
    assert not rooms & {"charts", "tables", "wording", "findings", "scenario", "reports", "demo", "proposal", "cli"}


def test_imports_are_read_as_python_reads_them() -> None:
    known = followed(HOME, *(code_version._name(HOME, file) for file in HOME.rglob("*.py")))
    for file in known.values():
        wanted = set()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                wanted |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file}: relative, which is not followed"
                wanted |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
        assert wanted & known.keys() == set(code_version._imported(file)) & known.keys(), file


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cslib.model.tables", "cslib.schema.tables"),  # into a room that did not exist
        ("cslib.snapshot.build", "cslib.snapshot.builder"),  # under another name
        ("cslib.source.date_spellings", "cslib.reports.dates"),  # into a room that decides no figure by itself
        ("cslib.facts.events", "cslib.events"),
        ("cslib.kpis.targets", "cslib.judging.targets"),
        ("cslib.stats.rates", "cslib.rates"),
        (BOOK, "cslib.library.book"),  # what the others are followed from
    ],
)
def test_a_module_that_moves_leaves_nothing_stale(home: Path, old: str, new: str) -> None:
    root = new if old == BOOK else BOOK
    before = {digest_of(home), digest_of(home, BOOK)}
    moved = _move(home, old, new)
    after = {digest_of(home), digest_of(home, root)}
    assert len(before | after) == 4
    moved.write_text(moved.read_text("utf-8") + "\n", "utf-8")
    assert len(before | after | {digest_of(home), digest_of(home, root)}) == 6


def test_a_root_that_is_not_there_is_no_digest_of_nothing() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"cslib\.books"):
        digest_of(HOME, "cslib.books")


def test_snapshots_and_the_cause_of_a_restatement_hang_on_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    params = export(tmp_path)
    settings, book = load(params, {}), Portfolio.open(params, READ_ON)
    before = fingerprint(settings, TODAY), fingerprints(book, {}, ())["definitions"]
    monkeypatch.setattr("cslib.portfolio.code_digest", lambda root: f"other code of {root}")
    monkeypatch.setattr("cslib.reports.log.code_digest", lambda root: f"other code of {root}")
    assert fingerprint(settings, TODAY) != before[0]
    assert fingerprints(book, {}, ())["definitions"] == f"other code of {BOOK}" != before[1]
