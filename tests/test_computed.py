"""What was computed is not computed again, whoever asks for it; and nothing is found that hangs on other data, settings or definitions."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from importlib import metadata
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from ibis import _
from ibis.common.deferred import deferrable
from typer.testing import CliRunner

from cslib import code_version, computed
from cslib.cli import app
from cslib.code_version import digest_of
from cslib.computed import FOLDER, ComputedParts
from cslib.facts import Facts
from cslib.facts import customer_months as months
from cslib.inquiries import Analyses
from cslib.kpis import CATALOGUE, Catalogue
from cslib.kpis.definition import definition
from cslib.kpis.kpi import Interval, total
from cslib.kpis.measure import measure
from cslib.periods import Month, months_up_to
from cslib.portfolio import Portfolio
from cslib.query_texts import Untold
from cslib.scenario import Scenario
from tests.books import SMALL, TODAY, altered
from tests.exports import CONTRACTS, READ_ON, export, write, write_yaml

if TYPE_CHECKING:
    from collections.abc import Callable


SNAPSHOT = ("cslib.snapshot", "cslib.privacy.anonymise")  # as `fingerprint` names them
HOME = Path(code_version.__file__).parent
MAY = Month.parse("2026-05")
JULY = Month.parse("2026-07")
SEGMENTS: dict[str, dict[str, Any]] = {
    "total": {"id": "total", "name": "全社"},
    "pro": {"id": "pro", "name": "Pro", "where": {"plan": "pro"}},
    "free": {"id": "free", "name": "Free", "where": {"plan": "free"}},
}
KPI = """
    Kpi(
        id="{id}", ja="{id}", en="{id}", stage=Stage.FINANCIAL, unit=Unit.AMOUNT, better=Better.HIGHER,
        posture=Posture.OFFENCE, ja_formula="式", en_formula="A formula", fact="customer_months", needs=("contracts",),
        part=total(_.closing_mrr * {times}), n=count(_.closing_mrr > 0),
    ),"""
OWN = """\
from ibis import _

from cslib.kpis.kpi import Better, Kpi, Posture, Stage, Unit, count, total

KPIS = ({}
)
"""


def own(**times: int) -> str:
    """Return the text of kpis.py with KPIs that are so many times the MRR."""
    return OWN.format("".join(KPI.format(id=name, times=number) for name, number in times.items()))


@pytest.fixture
def params(tmp_path: Path) -> Path:
    """Return the params of an export with 12 customers, 8 of them pro, each of which pays 1000."""
    return export(tmp_path, segments=SEGMENTS)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the params of the small book, which has rows of every table."""
    return altered(SMALL, tmp_path_factory.mktemp("book") / "params", {})


@pytest.fixture(scope="module")
def plain(book: Path) -> Facts:
    """Return the facts of the small book as they are computed where none are stored."""
    portfolio = Portfolio.open(book, TODAY)
    members = portfolio.members(portfolio.segment_ids()).cache()
    return Facts(portfolio.tables(), portfolio.manifest, portfolio.settings.policies, members, JULY)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Return the segments whose facts are asked for from now on: where there are none, nothing is computed."""
    found: list[tuple[str, ...]] = []
    facts = Portfolio.facts

    def noted(self: Portfolio, as_of: Month, segments: tuple[str, ...] = ()) -> Facts:
        found.append(tuple(segments))
        return facts(self, as_of, segments)

    monkeypatch.setattr(Portfolio, "facts", noted)
    return found


def opened(params: Path) -> Portfolio:
    """Return the book as a new process opens it."""
    return Portfolio.open(params, READ_ON)


def mrr(params: Path, segment: str = "total") -> float:
    """Return the MRR of May as a new process measures it."""
    return float(opened(params).measure(MAY, 1, [segment], ["mrr"]).value[0])


def figure_parts(portfolio: Portfolio) -> list[Path]:
    """Return the parts that hold figures."""
    files = portfolio.folder.glob(f"{FOLDER}/*/*.parquet")
    return sorted(
        (one for one in files if b"holds" in (pq.read_schema(one).metadata or {})),
        key=lambda one: one.stat().st_mtime_ns,
    )


def held(file: Path) -> tuple[list[str], list[str]]:
    """Return the segments and the KPIs of a part."""
    said = json.loads(pq.read_schema(file).metadata[b"holds"])
    return said["segments"], [*said["kpis"]]


# the same figures, computed once


@pytest.mark.parametrize("by", [(), ("plan",)])
def test_figures_put_together_from_parts_are_those_that_are_measured_at_once(
    book: Path, plain: Facts, by: tuple[str, ...]
) -> None:
    portfolio = Portfolio.open(book, TODAY)
    portfolio.measure(JULY, 4, ["smb"], by=by)
    portfolio.measure(JULY, 4, ["total"], ["nrr", "nps", "ltv"], by=by)
    again = Portfolio.open(book, TODAY)
    parts = [again.measure(JULY, 4, by=by), Portfolio.open(book, TODAY).measure(JULY, 4, by=by)]
    whole = measure(plain, again.catalogue.kpis, months_up_to(JULY, 4), by)
    for found in parts:
        assert found.value.notna().sum() > 100
        for name in ("segment", "month", *by, "kpi", "stage", "value", "part", "whole", "low", "high", "reason"):
            pd.testing.assert_series_equal(found[name], whole[name], check_exact=True)
        pd.testing.assert_series_equal(found.n, whole.n.astype("Int64"), check_exact=True)


def test_stored_facts_are_those_that_are_computed(book: Path, plain: Facts) -> None:
    Portfolio.open(book, TODAY).measure(JULY, 1)
    stored = Portfolio.open(book, TODAY).facts(JULY)
    for name in stored.names:
        one, other = (facts[name].order_by(facts[name].columns).to_pyarrow() for facts in (stored, plain))
        assert one.equals(other), name


def test_a_segments_own_facts_are_those_of_all_that_are_its_customers(book: Path) -> None:
    portfolio = Portfolio.open(book, TODAY)
    portfolio.measure(JULY, 1)
    seen = Scenario.open(book, "smb", "2026-07").facts
    plain = Facts(seen.tables, seen.manifest, seen.policies, seen.members, JULY)
    for name in ("customer_months", "renewals", "answers"):
        one, other = (facts[name].order_by(facts[name].columns).to_pyarrow() for facts in (seen, plain))
        assert one.equals(other), name


def test_an_analysis_is_stored_as_it_is(book: Path, asked: list[tuple[str, ...]]) -> None:
    portfolio = Portfolio.open(book, TODAY)
    computed_now = Analyses(portfolio, JULY, portfolio.segment_ids())
    tables = {name: computed_now.table(name) for name in ("cohorts", "organisation", "proposals", "words")}
    asked.clear()
    again = Analyses(Portfolio.open(book, TODAY), JULY, portfolio.segment_ids())
    for name, table in tables.items():
        pd.testing.assert_frame_equal(again.table(name), table, check_exact=True, obj=name)
    assert not asked


def test_nothing_is_measured_again_for_anyone(params: Path, asked: list[tuple[str, ...]]) -> None:
    first = opened(params).measure(MAY, 3)
    asked.clear()
    assert opened(params).measure(MAY, 3).equals(first)
    assert opened(params).measure(MAY, 3, ["pro"], ["mrr"]).value.to_list() == [8000.0] * 3
    assert not asked


def test_another_segment_alone_is_measured(params: Path, asked: list[tuple[str, ...]]) -> None:
    opened(params).measure(MAY, 1, ["total", "pro"])
    asked.clear()
    assert opened(params).measure(MAY, 1, kpis=["mrr"]).value.to_list() == [4000.0, 8000.0, 12000.0]
    assert asked == [("free",)]


def test_another_kpi_alone_is_measured_and_the_snapshot_is_the_same(params: Path) -> None:
    write(params.parent / "kpis.py", own(twice=2))
    first = opened(params)
    first.measure(MAY, 1)
    write(params.parent / "kpis.py", own(twice=3))
    again = opened(params)
    assert again.measure(MAY, 1, ["total"], ["twice"]).value.to_list() == [36000.0]
    assert again.folder == first.folder
    again.measure(MAY, 1)
    parts = [(segments, kpis) for segments, kpis in map(held, figure_parts(again)) if kpis == ["twice"]]
    assert sorted(parts) == [(["free", "pro"], ["twice"]), (["total"], ["twice"])]
    assert len(figure_parts(again)) == 3


# never stale


def test_a_changed_row_is_seen(params: Path) -> None:
    assert mrr(params) == 12000
    write(
        params.parent / "data" / "contracts.csv",
        CONTRACTS.replace("K00001,00001,core,2026-01-01,,1000", "K00001,00001,core,2026-01-01,,1500"),
    )
    assert mrr(params) == 12500


def test_a_changed_policy_is_seen(params: Path) -> None:
    months = []
    for margin in (0.8, 0.4):
        write_yaml(params / "policies.yaml", {"gross_margin": margin})
        months.append(opened(params).measure(MAY, 1, ["total"], ["ltv"]).value[0])
    assert months[0] == 2 * months[1] > 0


def test_a_changed_target_is_seen_and_nothing_is_measured_again(params: Path, asked: list[tuple[str, ...]]) -> None:
    before = opened(params).measure(MAY, 1, ["pro"], ["mrr"])
    asked.clear()
    write_yaml(params / "segments" / "pro.yaml", {**SEGMENTS["pro"], "targets": {"mrr": 9000}})
    after = opened(params).measure(MAY, 1, ["pro"], ["mrr"])
    assert before.target.isna().all()
    assert (after.target.to_list(), after.value.to_list()) == ([9000.0], [8000.0])
    assert not asked


def test_a_line_above_a_finding_moves_it(params: Path) -> None:
    segment = params / "segments" / "pro.yaml"
    write_yaml(segment, {**SEGMENTS["pro"], "targets": {"grr": 1.0, "mrr": 9000}})

    def lines() -> set[int]:
        found = Analyses(opened(params), MAY, ("pro",)).table("consistency")
        return {int(one.rpartition(":")[2]) for one in found["where"] if one.startswith("segments/pro.yaml:")}

    before = lines()
    segment.write_text("# what we want of them\n" + segment.read_text("utf-8"), "utf-8")
    assert before
    assert lines() == {line + 1 for line in before}


def test_a_changed_condition_of_a_segment_is_seen(params: Path) -> None:
    assert mrr(params, "pro") == 8000
    write_yaml(params / "segments" / "pro.yaml", {**SEGMENTS["pro"], "where": {"plan": "free"}})
    assert mrr(params, "pro") == 4000


def test_a_changed_formula_is_seen(params: Path) -> None:
    assert mrr(params) == 12000
    kpis = [replace(kpi, part=total(_.closing_mrr * 3)) if kpi.id == "mrr" else kpi for kpi in CATALOGUE]
    other = replace(opened(params), catalogue=Catalogue(tuple(kpis)))
    assert other.measure(MAY, 1, ["total"], ["mrr"]).value.to_list() == [36000]
    assert mrr(params) == 12000


def test_a_changed_audience_is_seen(params: Path) -> None:
    assert mrr(params, "free") == 4000
    write_yaml(params / "report.yaml", {"audience": "external"})
    write_yaml(params / "policies.yaml", {"min_n": 5})
    assert math.isnan(mrr(params, "free"))


def test_a_changed_version_of_a_library_is_seen(params: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = opened(params).folder
    known = metadata.version
    monkeypatch.setattr(metadata, "version", lambda name: "99" if name == "duckdb" else known(name))
    assert opened(params).folder != before


@pytest.mark.parametrize(
    ("edited", "anew"),
    [
        ("snapshot/coverage.py", {"snapshot", "facts", "figures", "analyses"}),
        ("facts/states.py", {"facts", "figures", "analyses"}),
        ("kpis/intervals.py", {"figures", "analyses"}),
        ("kpis/reasons.py", {"figures", "analyses"}),
        ("analysis/panel.py", {"analyses"}),
        ("kpis/financial.py", {"analyses"}),  # of the figures, those of the KPIs that are defined otherwise
        ("charts/chain.py", set()),
    ],
)
def test_code_that_changes_is_seen_by_what_is_made_of_it(edited: str, anew: set[str], tmp_path: Path) -> None:
    home = shutil.copytree(HOME, tmp_path / "cslib", ignore=shutil.ignore_patterns("__pycache__"))
    roots: dict[str, dict[str, Any]] = {
        "snapshot": {"roots": SNAPSHOT},
        "facts": {"roots": ["cslib.facts"]},
        "figures": {"roots": ["cslib.kpis.measure"], "without": "cslib.kpis.catalogue"},
        "analyses": {"roots": ["cslib.analysis.analyses"]},
    }

    def digests() -> dict[str, str]:
        return {name: digest_of(home, *said["roots"], without=said.get("without", "")) for name, said in roots.items()}

    before = digests()
    (home / edited).write_text((home / edited).read_text("utf-8") + "\nEDITED = True\n", "utf-8")
    assert {name for name, digest in digests().items() if digest != before[name]} == anew


def test_what_replaced_code_computes_is_nobody_elses(params: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert mrr(params) == 12000
    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["cslib.kpis.measure"], "exact", lambda amounts: amounts.cast("float64") * 2)
        assert mrr(params) == 24000
        opened(params).measure(MAY, 2)
    assert opened(params).measure(MAY, 2, ["total"], ["mrr"]).value.to_list() == [12000, 12000]
    with monkeypatch.context() as patched:
        made = months.movements_spine
        patched.setattr("cslib.facts.movements_spine", lambda *args: made(*args).mutate(closing_mrr=_.closing_mrr * 2))
        assert mrr(params) == 24000
    assert mrr(params) == 12000


def _rate(times: int) -> Callable[[int], int]:
    return lambda mrr: mrr * times


@pytest.mark.parametrize(
    "changed",
    [
        {"part": total(_.closing_mrr * 2)},
        {"part": total(_.closing_mrr, where=_.closing_mrr > 1)},
        {"part": total(_.closing_mrr.round(1))},
        {"part": total(_.closing_mrr, where=_.movement.isin(["new", "churn"]))},
        {"window": 2},
        {"needs": ("contracts",)},
        {"interval": Interval.T},
        {"otherwise": CATALOGUE.by_id["arpa"]},
        {"part": total(deferrable(_rate(2))(_.closing_mrr))},
        {"part": total(deferrable(_rate(3))(_.closing_mrr))},
    ],
)
def test_each_part_of_a_definition_is_in_it(changed: dict[str, Any]) -> None:
    kpi = CATALOGUE.by_id["mrr"]
    others = {definition(one) for one in CATALOGUE}
    assert definition(replace(kpi, **changed)) not in others
    assert definition(replace(kpi, **changed)) == definition(replace(kpi, **changed))


def test_a_definition_that_cannot_be_told_is_not_stored(params: Path) -> None:
    class Times:
        def __mul__(self, other: Any) -> Any:
            return other * 2

    odd = replace(CATALOGUE.by_id["mrr"], part=total(_.closing_mrr.pipe(Times().__mul__)))
    with pytest.raises(Untold):
        definition(odd)
    portfolio = replace(opened(params), catalogue=Catalogue((odd,)))
    assert portfolio.measure(MAY, 1, ["total"]).value.to_list() == [24000]
    assert not figure_parts(portfolio)


def test_a_definition_is_the_same_in_each_process() -> None:
    code = "from cslib.kpis import CATALOGUE; from cslib.kpis.definition import definition; print(*map(definition, CATALOGUE))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [definition(one) for one in CATALOGUE]


# whole, bounded, and for those who may see it


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


WAYS: dict[str, Callable[[Path], object]] = {
    "emptied": lambda file: file.write_bytes(b""),
    "cut": lambda file: file.write_bytes(file.read_bytes()[:100]),
    "garbage": lambda file: file.write_bytes(b"PAR1" * 100),
    "gone": lambda file: file.unlink(),
    "folder": _folder,
}


@pytest.mark.parametrize("way", WAYS)
def test_a_damaged_part_is_set_aside_computed_anew_and_told(params: Path, way: str) -> None:
    portfolio = opened(params)
    first = portfolio.measure(MAY, 1)
    analyses = Analyses(portfolio, MAY, ("total",)).table("cohorts")
    files = [*portfolio.folder.glob(f"{FOLDER}/*/*.parquet")]
    for file in files:
        WAYS[way](file)
    again = opened(params)
    assert (again.folder, again.healed) == (portfolio.folder, "")
    assert again.measure(MAY, 1).equals(first)
    assert Analyses(again, MAY, ("total",)).table("cohorts").equals(analyses)
    told = " ".join(again.repairs)
    assert ("was damaged" in told) == (way != "gone")
    aside = {*(again.folder / FOLDER / "damaged").glob("*")}
    assert all(str(file) in told for file in aside)
    assert len(aside) == (0 if way == "gone" else len(again.repairs)) > (-1 if way == "gone" else 1)
    assert not opened(params).repairs


def test_a_disk_that_takes_nothing_costs_no_figure(params: Path) -> None:
    portfolio = opened(params)
    (portfolio.folder / FOLDER).write_text("in the way", "utf-8")
    assert portfolio.measure(MAY, 1, ["total"], ["mrr"]).value.to_list() == [12000]
    assert mrr(params) == 12000


def _write(text: str, file: Path) -> None:
    file.write_text(text, "utf-8")


def test_the_parts_of_a_snapshot_are_bounded_and_those_last_used_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(computed, "_MOST", 5)
    parts = ComputedParts(tmp_path, "policies")
    clock = count(1)
    for number in range(9):
        file = parts.put(partial(_write, str(number)), "part", number)
        assert file is not None
        os.utime(file, (next(clock), next(clock)))
        assert list(parts.find("part", 0))
    found = {int(file.read_text()) for file in tmp_path.glob(f"{FOLDER}/*/*.parquet")}
    assert found == {0, 5, 6, 7, 8}
    assert len([*(tmp_path / FOLDER).iterdir()]) == 5


def test_processes_that_write_and_read_at_once_find_whole_parts(tmp_path: Path) -> None:
    code = f"""
import random
from pathlib import Path
from cslib.computed import ComputedParts
parts = ComputedParts(Path({str(tmp_path)!r}), 'policies')
for number in range(20):
    parts.put(lambda file: file.write_bytes(random.randbytes(1) * 50_000), "same", number % 3)
    for file in parts.find("same", number % 3):
        text = file.read_bytes()
        assert len(text) == 50_000 and len(set(text)) == 1
assert not parts.damaged, parts.damaged
"""
    started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [one.wait() for one in started] == [0, 0]
    assert not [*tmp_path.glob(f"{FOLDER}/*/.*")]


def test_what_is_stored_of_an_external_book_shows_no_figure_that_is_hidden(tmp_path: Path) -> None:
    write_external(tmp_path)
    portfolio = opened(tmp_path / "params")
    shown = portfolio.measure(MAY, 1)
    (part,) = figure_parts(portfolio)
    stored = pd.read_parquet(part)
    hidden = shown[(shown.segment == "free") & (shown.kpi == "mrr")]
    assert hidden.value.isna().all()
    mine = stored[(stored.segment == "free") & (stored.kpi == "mrr")]
    assert mine[["value", "part", "n"]].isna().all(axis=None)
    assert "会社" not in " ".join(
        pd.read_parquet(file).to_csv() for file in portfolio.folder.glob(f"{FOLDER}/*/*.parquet")
    )


def write_external(folder: Path) -> None:
    """Write an export for outsiders in which 4 of 12 customers are too few."""
    export(folder, segments=SEGMENTS, report={"audience": "external"}, policies={"min_n": 5})


def test_history_tells_how_much_is_kept(params: Path) -> None:
    portfolio = opened(params)
    portfolio.measure(MAY, 1, ["total"], ["mrr"])
    computed_bytes = sum(file.stat().st_size for file in portfolio.folder.glob(f"{FOLDER}/*/*"))
    told = CliRunner().invoke(app, ["history", "--out", str(params.parent / "out"), "--params", str(params)])
    assert told.exit_code == 0
    last = told.output.splitlines()[-1]
    assert last.startswith(f"{portfolio.folder.parent}: 1 of at most 8 snapshots, ")
    assert f"computed of them {computed_bytes / 1e6:,.1f} MB" in last
