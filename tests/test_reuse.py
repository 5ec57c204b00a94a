"""What has not changed is not executed again; what has, is; and nobody is told a figure that is not so any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cslib.portfolio import Portfolio
from cslib.reports.cache import NotebookCache
from cslib.reports.run import Request, run
from tests.books import NOW
from tests.exports import CLEAN, write, write_yaml
from tests.notebooks import export_with, write_notebooks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cslib.periods import Month
    from cslib.reports.execute import ReportResult

SEGMENTS: dict[str, dict[str, Any]] = {
    "total": {"id": "total", "name": "Everyone"},
    "pro": {"id": "pro", "name": "Pro", "where": {"plan": ["pro"]}},
    "free": {"id": "free", "name": "Free", "where": {"plan": ["free"]}},
}
NAMES = ("00_summary", "05_mine")
OPENED = (
    "from cslib.scenario import Scenario\ns = Scenario.open(params, segment, as_of, language, snapshot)\n"
    "s.scorecard('financial')"
)
pytestmark = pytest.mark.xdist_group("reuse")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small book of three segments and two notebooks, of which a run has been published."""
    folder = tmp_path_factory.mktemp("once")
    notebooks = {NAMES[0]: OPENED, NAMES[1]: "print(segment)"}
    params = export_with(folder, notebooks, SEGMENTS, months=2, language="en")
    assert executed(params) == {(segment, name) for segment in SEGMENTS for name in NAMES}
    return folder


def made(params: Path, *, force: bool = False) -> tuple[ReportResult, ...]:
    """Return what became of each report of a run."""
    outcomes = run(Request(params, params.parent / "out", force=force), NOW, lambda *_: None).outcomes
    assert {outcome.status for outcome in outcomes} == {"ok"}, outcomes
    return outcomes


def executed(params: Path, *, force: bool = False) -> set[tuple[str, str]]:
    """Return the segments and notebooks that a run executed."""
    return {(o.segment, o.notebook) for o in made(params, force=force) if not o.reused}


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return where facts are cut for reports from now on."""
    found: list[Path] = []
    write_facts = Portfolio.write_facts

    def noted(book: Portfolio, as_of: Month, segments: Sequence[str], into: Path) -> Path:
        found.append(into)
        return write_facts(book, as_of, segments, into)

    monkeypatch.setattr(Portfolio, "write_facts", noted)
    return found


def test_nothing_is_executed_twice(params: Path, cut: list[Path]) -> None:
    before = {o.page: (params.parent / "out/latest" / o.page).read_bytes() for o in made(params)}
    assert executed(params) == set()
    assert not cut
    for page, text in before.items():
        again = (params.parent / "out/latest" / page).read_bytes()
        assert again.replace(b"Z-3", b"Z-2") == text, page  # but for the name of the run


def test_force_executes_all(params: Path, cut: list[Path]) -> None:
    assert len(executed(params, force=True)) == 6
    assert len(cut) == 1


def test_one_customer_concerns_its_segment_and_the_total(params: Path) -> None:
    write(params.parent / "data" / "customers.csv", CLEAN["customers.csv"].replace("会社00001", "新しい名前"))
    assert {segment for segment, _ in executed(params)} == {"pro", "total"}


def test_where_everyone_moved_every_page_is_made_anew_and_tells_one_total(params: Path) -> None:
    contracts = CLEAN["contracts.csv"].replace(
        "K00001,00001,core,2026-01-01,,1000", "K00001,00001,core,2026-01-01,,5000"
    )
    write(params.parent / "data" / "contracts.csv", contracts)
    assert {segment for segment, _ in executed(params)} == {"free", "pro", "total"}


def test_a_notebook_concerns_its_own_reports(params: Path) -> None:
    write_notebooks(params.parent / "notebooks", **{NAMES[1]: "print('other', segment)"})
    assert executed(params) == {(segment, NAMES[1]) for segment in SEGMENTS}


def test_a_policy_concerns_all_reports(params: Path) -> None:
    write_yaml(params / "policies.yaml", {"grace_days": 5})
    assert len(executed(params)) == 6


def test_a_target_concerns_its_own_segment(params: Path, cut: list[Path]) -> None:
    write_yaml(params / "segments" / "pro.yaml", SEGMENTS["pro"] | {"targets": {"grr": {"target": 0.9}}})
    assert {segment for segment, _ in executed(params)} == {"pro"}
    assert len(cut) == 1


def test_a_segment_that_is_gone_has_no_page(params: Path) -> None:
    (params / "segments" / "free.yaml").unlink()
    assert executed(params) == set()
    latest = params.parent / "out" / "latest"
    assert not (latest / "free").exists()
    assert "free/" not in (latest / "index.html").read_text("utf-8")


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json at all"])
def test_a_damaged_entry_is_executed_again(params: Path, damage: bytes) -> None:
    kept = sorted((params.parent / "out" / ".executed").iterdir())
    assert len(kept) == 12
    for file in kept[:4]:  # two notebooks, or what tells of them
        file.unlink()
        file.write_bytes(damage)
    assert 1 <= len(executed(params)) <= 4
    assert executed(params) == set()


def test_a_clock_that_was_moved_back_confuses_nobody(params: Path) -> None:
    out = params.parent / "out"
    earlier = NOW.replace(year=2025)
    result = run(Request(params, out), earlier, lambda *_: None)
    assert (out / "latest").resolve() == result.folder.resolve()
    assert all(outcome.reused for outcome in result.outcomes)


def test_what_is_kept_is_found_by_its_key_alone(tmp_path: Path) -> None:
    made = write(tmp_path / "made.ipynb", "executed")
    kept = NotebookCache(tmp_path / "kept")
    kept.put("own", made)
    target = tmp_path / "found.ipynb"
    assert kept.get("own", target)
    assert target.read_text("utf-8") == "executed"
    assert not kept.get("other", tmp_path / "none.ipynb")
    target.write_text("edited by an analyst", "utf-8")  # in the run's folder, which shares the file
    assert not kept.get("own", tmp_path / "again.ipynb")
    kept.forget_all_but({"other"})
    assert list(kept.folder.iterdir()) == []
