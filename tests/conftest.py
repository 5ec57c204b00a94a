"""What several tests share: the demo data, written once, and the book opened on them; and which tests are quick."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from cslib import redaction
from cslib.demo import write_demo
from cslib.portfolio import Portfolio
from cslib.reports.run import Request, run
from tests.books import NOW, TODAY
from tests.hostile import write_hostile
from tests.long import left_out

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

# The files whose tests `make quick` runs: none may start a process (a browser, a server), none may take long.
QUICK = frozenset({
    "test_alike", "test_catalogue", "test_charts", "test_claims", "test_compared", "test_direction",
    "test_documented_settings", "test_draws", "test_expectation", "test_facts", "test_listings", "test_mapping",
    "test_markup", "test_model_listing", "test_output", "test_private_interfaces", "test_prose", "test_query_texts",
    "test_reasons", "test_scorecard", "test_settings", "test_settings_actions", "test_settings_fields",
    "test_settings_health", "test_settings_policies", "test_settings_programmes", "test_settings_report",
    "test_settings_segments", "test_settings_source", "test_settings_team", "test_single", "test_stats", "test_stills",
    "test_suppressed_figures", "test_tables", "test_targets", "test_variables", "test_verdicts", "test_wording", "test_yaml_files",
})  # fmt: skip
_SECONDS = 5  # of the processor, so that a busy machine makes no test slow; most take a hundredth of one
_STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system"}
_WAY_OUT = "take its file out of QUICK in tests/conftest.py, or the test out of the file"
_running: list[str] = []  # the quick test that runs, if one does


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the other files unread where the quick tests alone are run."""
    others = collection_path.suffix == ".py" and collection_path.stem not in QUICK
    return True if others and config.option.markexpr == "quick" else None


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the quick tests and the long ones, and leave to one worker those of a file that share what takes long to make."""
    for item in left_out(items):
        item.add_marker("long")
    for item in items:
        if item.path.stem in QUICK:
            item.add_marker("quick")
        if not item.get_closest_marker("xdist_group") and _shares(item):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _shares(item: pytest.Item) -> bool:
    """Return whether a test asks for what is made once for a file or for all, which each worker would make for itself."""
    wanted = getattr(item, "_fixtureinfo", None)
    found = (known[-1] for known in wanted.name2fixturedefs.values()) if wanted else ()
    return any(one.scope in {"module", "session"} and one.func.__module__.startswith("tests.") for one in found)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave what all files have imported out of every later collection of garbage, which would look through it each time.

    And look less often: a query is written with so many short-lived objects that a twentieth of the work was looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def _refuse_processes(event: str, _: tuple[Any, ...]) -> None:
    if _running and event in _STARTS:
        raise AssertionError(f"{_running[0]} is quick, and starts a process ({event}): {_WAY_OUT}")


sys.addaudithook(_refuse_processes)


@contextmanager
def _held_to_be_quick(item: pytest.Item) -> Iterator[None]:
    """Fail a quick test that starts a process or takes long, wherever it runs, so that none creeps in unseen."""
    if not item.get_closest_marker("quick"):
        yield
        return
    began = os.times()
    _running.append(item.nodeid)
    try:
        yield
    finally:
        _running.clear()
    taken = sum(os.times()[:2]) - sum(began[:2])
    assert taken < _SECONDS, f"{item.nodeid} is quick, and takes {taken:.1f} s of the processor: {_WAY_OUT}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Make what a test wants, within its limits."""
    with _held_to_be_quick(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Run a test within its limits."""
    with _held_to_be_quick(item):
        return (yield)


@pytest.fixture(autouse=True)
def _nothing_secret() -> Iterator[None]:
    """Forget what a test has kept secret, or a word of it would be hidden from the next one."""
    yield
    redaction._known.clear()
    redaction._parts.clear()


@contextmanager
def _made_by_one(factory: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """Yield a folder that the workers share, while no other worker is at it."""
    base = factory.getbasetemp()
    shared = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / f"shared-{name}"
    shared.mkdir(exist_ok=True)
    with (shared / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo data and their params, which nobody changes."""
    with _made_by_one(tmp_path_factory, "demo") as folder:
        if not (folder / "whole").exists():
            write_demo(folder)
            (folder / "whole").touch()
    return folder


@pytest.fixture(scope="session")
def demo_book(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    """Return the book of the demo data, of which the workers share the snapshot."""
    with _made_by_one(tmp_path_factory, "demo"):
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
    request = Request(book / "params", out, "2026-10", segments, notebooks, ("en",), single_file=True)
    result = run(request, NOW, lambda *_: None)
    assert not result.failed, result.failed
    return out
