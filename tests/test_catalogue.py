"""The catalogue as it is declared: complete, consistent, and in the words of its readers."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.errors import UnknownName
from cslib.kpis import CATALOGUE, Kpi, Stage
from cslib.kpis.kpi import Better, Interval, Posture, Unit
from cslib.model import BY_NAME

# As the definitions say it: which way is better, what it is for, and in what it is counted.
LOWER = {
    "onboarding_days", "onboarding_overdue", "usage_decline", "time_to_first_value", "time_to_first_outcome", "customer_churn",
    "revenue_churn", "renewed_without_outcome", "cac_payback", "cost_to_serve",
}  # fmt: skip
DEFENCE = {
    "customer_churn", "revenue_churn", "customer_retention", "grr", "nrr", "renewal_rate", "renewed_without_outcome",
    "long_term_share", "cac_payback", "cost_to_serve",
}  # fmt: skip
OFFENCE = {
    "reference_candidates", "expansion_rate", "upsell_rate", "cross_sell_rate", "proposal_win_rate", "repeat_purchase", "mrr",
    "arpa", "quick_ratio", "ltv", "ltv_survival", "ltv_to_cac",
}  # fmt: skip
UNITS = {
    "onboarding_days": Unit.DAYS, "time_to_first_value": Unit.DAYS, "time_to_first_outcome": Unit.DAYS,
    "onboarding_overdue": Unit.COUNT, "reference_candidates": Unit.COUNT, "nps": Unit.POINTS, "ces": Unit.SCORE,
    "mrr": Unit.AMOUNT, "arpa": Unit.AMOUNT, "ltv": Unit.AMOUNT, "ltv_survival": Unit.AMOUNT,
    "quick_ratio": Unit.TIMES, "ltv_to_cac": Unit.TIMES, "cac_payback": Unit.MONTHS,
}  # fmt: skip
EVERY = [*CATALOGUE, *(kpi.otherwise for kpi in CATALOGUE if kpi.otherwise)]


def test_the_definitions_name_kpis_alone() -> None:
    assert {*LOWER, *DEFENCE, *OFFENCE, *UNITS} <= set(CATALOGUE.by_id)


def test_ids_are_unique_and_stand_in_the_order_of_the_scenario() -> None:
    assert len(CATALOGUE.by_id) == len(CATALOGUE)
    assert [stage for stage in Stage for _ in CATALOGUE.of_stage(stage)] == [kpi.stage for kpi in CATALOGUE]


@pytest.mark.parametrize("kpi", EVERY, ids=lambda kpi: kpi.id)
def test_a_declaration_is_whole(kpi: Kpi) -> None:
    computed = [kpi.part is not None, kpi.curve is not None or bool(kpi.factors)]
    assert computed.count(True) == 1, "a part, or a curve and factors"
    assert re.search(r"[ぁ-んァ-ヶ一-龠]", kpi.ja + kpi.ja_formula)
    assert not re.search(r"[ぁ-んァ-ヶ一-龠]", kpi.en + kpi.en_formula)
    assert all(need.split(".")[0] in BY_NAME for need in kpi.needs)
    assert re.search(r"\(\d{4}\)|Board|dbt", kpi.reference), "the public source of the formula"
    if kpi.interval is Interval.BOOTSTRAP:
        assert kpi.part is not None
        assert kpi.whole is not None
    if kpi.unit is Unit.SHARE and kpi.curve is None:
        assert kpi.whole is not None


@pytest.mark.parametrize("kpi", EVERY, ids=lambda kpi: kpi.id)
def test_a_kpi_is_read_as_its_definition_says(kpi: Kpi) -> None:
    posture = {**dict.fromkeys(DEFENCE, Posture.DEFENCE), **dict.fromkeys(OFFENCE, Posture.OFFENCE)}
    assert kpi.better is (Better.LOWER if kpi.id in LOWER else Better.HIGHER)
    assert kpi.posture is posture.get(kpi.id, Posture.LEADING)
    assert kpi.unit is UNITS.get(kpi.id, Unit.SHARE)


@pytest.mark.parametrize("kpi", EVERY, ids=lambda kpi: kpi.id)
def test_a_window_is_said_in_the_formula(kpi: Kpi) -> None:
    if kpi.window > 1:
        assert f"{kpi.window} months" in kpi.en_formula
        assert f"{kpi.window}か月" in kpi.ja_formula


@pytest.mark.parametrize("kpi", CATALOGUE, ids=lambda kpi: kpi.id)
def test_a_formula_prints_as_it_is_computed(kpi: Kpi) -> None:
    assert "_." in str(kpi.part or kpi.n) or str(kpi.n) == "count()"


def test_an_unknown_kpi_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no KPI 'nnr'; did you mean 'nrr'\\? 'cslib kpis' lists them"):
        CATALOGUE.find(["nnr"])


def test_an_unknown_stage_names_those_there_are() -> None:
    done = CliRunner().invoke(app, ["kpis", "--stage", "finance"])
    assert done.exit_code == 2
    assert "no stage 'finance'; did you mean 'financial'?" in done.output


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_catalogue_is_printed(language: str) -> None:
    runner = CliRunner()
    text = runner.invoke(app, ["kpis", "--language", language]).output
    listed = json.loads(runner.invoke(app, ["kpis", "--language", language, "--format", "json"]).output)
    assert [entry["id"] for entry in listed] == list(CATALOGUE.by_id)
    for kpi in CATALOGUE:
        assert kpi.name(language) in text
        assert kpi.formula(language) in text
