"""What is kept of earlier runs, and what a run says of figures that it restates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from cslib.analysis.figures.restatements import by_kpi, restated
from cslib.cli import app
from cslib.errors import NothingPublished
from cslib.periods import Month
from cslib.reports.history import past_runs
from cslib.reports.run import Request, run
from tests.books import NOW
from tests.exports import CLEAN, write, write_yaml
from tests.notebooks import export_with, write_notebooks

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("history")
OPENED = "from cslib.scenario import Scenario\ns = Scenario.open(params, segment, as_of, language, snapshot)\ns.restatements()"


def _table(**values: float) -> pd.DataFrame:
    rows = [name.split("_") for name in values]
    months = [f"2026-{month}" for _, month in rows]
    return pd.DataFrame({"segment": "s", "month": months, "kpi": [kpi for kpi, _ in rows], "value": [*values.values()]})


def test_a_figure_is_restated_where_an_earlier_report_said_another() -> None:
    nan = float("nan")
    before = _table(nrr_03=1.0, nrr_04=1.0, nrr_05=1.0, mrr_04=nan, csat_04=nan, gone_04=1.0)
    now = _table(nrr_03=1.0 + 1e-12, nrr_04=0.9, nrr_05=0.8, mrr_04=5.0, csat_04=nan, new_04=1.0)
    found = restated(before, now, Month.parse("2026-04"))  # of May the earlier run knew nothing that it published
    assert found[["month", "kpi"]].to_numpy().tolist() == [["2026-04", "nrr"], ["2026-04", "mrr"]]
    assert found.after.tolist() == [0.9, 5.0]


def test_a_kpi_is_told_by_its_largest_change() -> None:
    changes = pd.DataFrame(
        {"month": ["2026-01", "2026-02", "2026-03"], "kpi": "nrr", "before": [1.0, 1.0, 1.0], "after": [0.9, 1.3, 1.1]}
    )
    assert by_kpi(changes).to_dict("records") == [
        {
            "month": "2026-02",
            "kpi": "nrr",
            "before": 1.0,
            "after": 1.3,
            "first": "2026-01",
            "last": "2026-03",
            "months": 3,
        }
    ]


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small book, of which April's report has been published."""
    folder = tmp_path_factory.mktemp("once")
    _run(export_with(folder, {"00_summary": OPENED}, months=3, language="en", keep_runs=3), "2026-04")
    return folder


def _run(params: Path, month: str) -> dict[str, Any]:
    result = run(Request(params, params.parent / "out", month), NOW, lambda *_: None)
    assert not result.failed, result.failed
    log: dict[str, Any] = json.loads((result.folder / "run.json").read_text("utf-8"))
    return log | {"page": (result.folder / "total" / "index.html").read_text("utf-8")}


def _changes(params: Path) -> pd.DataFrame:
    return pd.read_csv(params.parent / "out" / "latest" / "restatements.csv", keep_default_na=False)


def test_a_new_month_alone_restates_nothing(params: Path) -> None:
    log = _run(params, "2026-05")
    assert (log["restated"]["figures"], log["restated"]["compared_with"][:7]) == (0, "2026-04")
    assert "No figure of a past month differs" in log["page"]


def test_late_data_restate_the_months_they_belong_to(params: Path) -> None:
    late = CLEAN["contracts.csv"].replace("K00001,00001,core,2026-01-01,,1000", "K00001,00001,core,2026-01-01,,4000")
    write(params.parent / "data" / "contracts.csv", late)
    for _ in range(2):  # the month may be run again: what differs from April's report is told each time
        log = _run(params, "2026-05")
        changes = _changes(params).set_index(["month", "kpi"])
        assert (changes.loc[("2026-03", "mrr"), "before"], changes.loc[("2026-03", "mrr"), "after"]) == (12000, 15000)
        assert "2026-05" not in changes.index.get_level_values("month")  # April's report could not tell of May
        assert set(changes.data) == {"contracts"}
        assert set(changes.policies) == set(changes.definitions) == set(changes.conditions) == {""}
        assert "data that came or were corrected later (contracts)" in log["page"]


def test_a_policy_that_was_changed_is_named(params: Path) -> None:
    write(
        params.parent / "data" / "contracts.csv",
        CLEAN["contracts.csv"].replace("K00001,00001,core,2026-01-01,,", "K00001,00001,core,2026-01-01,2026-03-31,"),
    )
    _run(params, "2026-04")
    write_yaml(params / "policies.yaml", {"churn_month": "day_after"})
    log = _run(params, "2026-04")
    changes = _changes(params)
    assert set(changes.policies) == {"churn_month last_day → day_after"}
    assert set(changes.data) == {""}
    churn = changes[changes.kpi == "customer_churn"].set_index("month").after.astype(float).to_dict()
    assert churn == {"2026-03": 0.0, "2026-04": pytest.approx(1 / 12)}  # the last day of March: lost in April
    assert "policies, churn_month last_day → day_after" in log["page"]


def test_conditions_of_a_segment_that_were_changed_are_named(params: Path) -> None:
    segment = {"id": "pro", "name": "Pro", "where": {"plan": ["pro"]}}
    write_yaml(params / "segments" / "pro.yaml", segment)
    _run(params, "2026-04")
    write_yaml(params / "segments" / "pro.yaml", segment | {"where": {"plan": ["pro", "free"]}})
    _run(params, "2026-04")
    changes = _changes(params)
    assert set(changes.segment) == {"pro"}
    assert set(changes.conditions) == {'where {"plan": {"one_of": ["pro"]}} → {"plan": {"one_of": ["pro", "free"]}}'}


def test_runs_are_kept_as_many_as_were_asked_for(params: Path) -> None:
    out = params.parent / "out"
    write_notebooks(params.parent / "notebooks", bad="raise ValueError")
    for _ in range(2):
        with pytest.raises(NothingPublished):
            run(Request(params, out, notebooks=("bad",)), NOW, lambda *_: None)
    latest = (out / "latest").resolve()
    assert [run.published for run in past_runs(out)] == [True, False, False]
    for month in ("2026-03", "2026-04", "2026-05"):
        _run(params, month)
    runs = past_runs(out)
    assert [(str(run.as_of), run.published) for run in runs] == [
        ("2026-05", False), ("2026-03", True), ("2026-04", True), ("2026-05", True),
    ]  # fmt: skip
    assert not latest.exists()
    assert (out / "latest").resolve() == runs[-1].folder.resolve()
    assert {file.stem for file in (out / ".executed").iterdir()} == {
        key for run in runs for key in run.keys if run.published
    }


def test_the_history_is_listed(params: Path) -> None:
    out = params.parent / "out"
    write(params.parent / "data" / "contracts.csv", CLEAN["contracts.csv"].replace(",1000", ",2000"))
    log = _run(params, "2026-04")
    listed = CliRunner().invoke(app, ["history", "--out", str(out)])
    assert listed.exit_code == 0
    heads, first, second = listed.output.splitlines()
    before, figures = "2026-04_20261121T020000Z", log["restated"]["figures"]
    assert first.split()[:4] == [before, "1", "of", "1"]
    assert second.endswith(f"  {figures} from {before}  latest")
    assert heads.index("past figures that differ") == second.index(f"{figures} from")
    told = json.loads(CliRunner().invoke(app, ["history", "--out", str(out), "--format", "json"]).output)
    assert [(run["as_of"], run["reports"], run["failed"]) for run in told] == [("2026-04", 1, 0)] * 2
    assert CliRunner().invoke(app, ["history", "--out", str(out / "none")]).output == f"no runs in {out / 'none'}\n"
