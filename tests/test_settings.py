"""Settings as a whole: every mistake of a folder is told at once, what is not said is the default, everyone is a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.errors import SettingsError
from cslib.kpis import CATALOGUE
from cslib.settings import LocalisedText, Policies, Report, load
from tests.exports import TOTAL, export, write
from tests.settings import PRO, SOURCE, problems, settings_of, told

if TYPE_CHECKING:
    from pathlib import Path

MISTAKES = [
    # an id that is taken
    ("segments/again.yaml", "id: total\nname: x\n", "segment id 'total' is taken by again.yaml"),
    (
        "segments/total.yaml",
        "id: total\nname: x\nwhere: {plan: pro}\n",
        "total.yaml:3: the id 'total' is kept for everyone",
    ),
    # a KPI that is none
    ("segments/pro.yaml", f"{PRO}targets:\n  nps: 0.3\n  nnr: 1\n", "pro.yaml:6: no KPI 'nnr'; did you mean 'nrr'?"),
    ("segments/pro.yaml", f"{PRO}kgi:\n  kpi: grrr\n  target: 1\n", "pro.yaml:5: no KPI 'grrr'; did you mean 'grr'?"),
    # a file that nothing reads
    ("policy.yaml", "min_n: 5\n", "policy.yaml: no settings file 'policy.yaml'; did you mean 'policies.yaml'?"),
    ("policies.yml", "min_n: 5\n", "policies.yml: no settings file 'policies.yml'; did you mean 'policies.yaml'?"),
    ("segments/pro.yml", PRO, "segments/pro.yml: wanted a name that ends in .yaml"),
]


@pytest.mark.parametrize(("file", "text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, file: str, text: str, message: str) -> None:
    assert message in told(tmp_path, {file: text})


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        {
            "source.yaml": f"{SOURCE}urll: x\n",
            "policies.yaml": "grace_days: many\nmin_n: 0\n",
            "report.yaml": "language: fr\n",
            "segments/a.yaml": "id: A\nname: a\ntargets: {nnr: 1, nps: high}\n",
            "segments/b.yaml": "id: b\nname: b\nwhere: {plan: }\n",
            "segments/c.yaml": "id: b\nname: c\ntouch: high\n",
        },
    )
    assert sorted(problem.partition(": ")[0] for problem in found) == [
        "policies.yaml:1",
        "policies.yaml:2",
        "report.yaml:1",
        "segments/a.yaml:1",
        "segments/a.yaml:3",
        "segments/a.yaml:3",
        "segments/b.yaml:3",
        "segments/c.yaml:1",
        "segments/c.yaml:3",
        "source.yaml:3",
    ]


def test_what_is_no_params_folder_is_said_to_be_none(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere", write(tmp_path / "source.yaml.txt", "")):
        with pytest.raises(
            SettingsError, match=r"wanted a params folder with source\.yaml; 'cslib demo --out DIR' writes"
        ):
            load(place, CATALOGUE.by_id)


def test_a_params_folder_needs_a_segment(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"wanted at least one segment, like total\.yaml; found none"):
        load(export(tmp_path, segments={}), CATALOGUE.by_id)


def test_what_is_not_said_is_the_default(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, {})
    assert settings.policies == Policies()
    assert settings.policies.model_dump(mode="json") == {
        "contract_end": "last_day",
        "all_contracts_open": False,
        "churn_month": "last_day",
        "grace_days": 0,
        "overlapping_terms": "add",
        "onboarding_days": 90,
        "adoption_weeks": {"active": 3, "of": 4},
        "core_features": [],
        "usage_decline": 0.3,
        "gross_margin": 0.7,
        "hourly_cost": 5000,
        "nps_repeat": "latest",
        "credit_notes": "set_aside",
        "lead_margin": 0.6,
        "indicators": {},
        "wall": 0.01,
        "gates": {
            "setup": {"indicator": "onboarding_completion", "limit": None, "otherwise": ""},
            "usage": {"indicator": "adoption", "limit": None, "otherwise": ""},
            "satisfaction": {"indicator": "recent_nps", "limit": None, "otherwise": "complaint_free"},
            "outcome": {"indicator": "customers_with_outcome", "limit": None, "otherwise": ""},
        },
        "effect": {"months": 6, "least": 20, "clusters": 8},
        "touch_rule": {
            "large": {"mrr_share": 0.5, "at_least": None},
            "small": {"mrr_share": 0.1, "below": None},
            "new_months": 6,
            "settled_months": 12,
            "steady_closes": 3,
        },
        "touch_hours": {"high": 4, "low": 1, "tech": 0.1, "onboarding": 3, "renewal_within_90_days": 1},
        "capacity": {"hours": 160, "share": 0.6},
        "organisation": {
            "load": 1,
            "offence_share": 0.05,
            "handoff_days": 14,
            "waiting_days": 30,
            "touched_before": 0.5,
            "margin_to_cost": 4,
            "customers_per_csm": 15,
            "large_share": 0.3,
        },
        "phase_days": {"onboarding": None, "adoption": None, "value": None},
        "reference_rest_days": 180,
        "min_n": 5,
        "allowed_quarantine": 0.05,
        "currency": "JPY",
        "rates": {},
        "timezone": "Asia/Tokyo",
        "fiscal_year_start": 4,
    }
    assert settings.report == Report()
    assert [tab.name for tab in settings.report.notebooks] == [
        "00_summary", "01_setup", "02_usage", "03_satisfaction", "04_outcome", "05_financial", "06_health", "07_growth", "08_effect",
        "09_operations", "10_actions",
    ]  # fmt: skip
    assert (settings.report.language, settings.report.audience, settings.report.months) == ("ja", "internal", 24)
    assert settings.source.url == "duckdb://"


def test_everyone_is_a_segment_whether_said_or_not(tmp_path: Path) -> None:
    settings = load(export(tmp_path, segments={"pro": PRO}), CATALOGUE.by_id)
    assert [segment.id for segment in settings.segments] == ["total", "pro"]
    assert settings.total.name == LocalisedText(ja="全社", en="All customers")


def test_everyone_may_go_by_another_name_and_comes_first(tmp_path: Path) -> None:
    settings = load(export(tmp_path, segments={"a": PRO, "b": "id: whole\nname: 全社\n"}), CATALOGUE.by_id)
    assert [segment.id for segment in settings.segments] == ["whole", "pro"]
    assert settings.total.id == "whole"


def test_the_figures_do_not_hang_on_how_a_report_looks(tmp_path: Path) -> None:
    plain = settings_of(tmp_path / "a", {})
    titled = settings_of(tmp_path / "b", {"report.yaml": "title: x\nmonths: 3\n"})
    strict = settings_of(tmp_path / "c", {"policies.yaml": "grace_days: 3\n"})
    assert plain.fingerprint() == titled.fingerprint() != strict.fingerprint()


@pytest.mark.parametrize("command", [["check"], ["measure", "--as-of", "2026-05"], ["run"]])
def test_every_command_says_so_without_a_traceback(tmp_path: Path, command: list[str]) -> None:
    params = export(tmp_path, segments=TOTAL, policies={"grace_day": 3}, source={"contrcts": {"from": "x.csv"}})
    out = ["--out", str(tmp_path / "reports")] if command == ["run"] else []
    done = CliRunner().invoke(app, [*command, "--params", str(params), *out])
    assert done.exit_code == 2
    assert "policies.yaml:1: no key 'grace_day'; did you mean 'grace_days'?" in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "reports" / "latest").exists()
