"""Findings as they are shown: the warning that figures contradict each other, and what has no dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pandas as pd
import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.i18n import Language, Wording
from cslib.kpis import CATALOGUE
from cslib.reports.page import PageContext, render_notebook
from cslib.scenario import Scenario
from cslib.tables.customer_tables import customer_table
from cslib.tables.scenario_tables import law_alarm, law_table
from tests.exports import export

if TYPE_CHECKING:
    from pathlib import Path

    from cslib.tables import Output


def _laws(**broken: int) -> pd.DataFrame:
    names = ("bridge", "continuity", "retention", "churn", "revenue")
    return pd.DataFrame([{"law": name, "tried": 24, "broken": broken.get(name, 0)} for name in names])


def _page(output: Output, language: Language) -> str:
    shown = nbformat.v4.new_output("display_data", data=output._repr_mimebundle_())
    cell = nbformat.v4.new_code_cell("s.alarm()", outputs=[shown])
    return render_notebook(
        nbformat.v4.new_notebook(cells=[cell]), PageContext(language=language, title="t", month="2026-10")
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_broken_law_is_a_warning_in_red_that_names_it(language: Language) -> None:
    wording = Wording(language, "JPY")
    warning = law_alarm(_laws(retention=1, churn=2), wording)
    assert warning is not None
    page = _page(warning, language)
    assert '<div class="failed" role="alert">' in page
    assert wording.text("laws_alarm") in page
    assert wording.text("law_retention") in page
    assert wording.text("law_churn") in page
    assert wording.text("law_bridge") not in page


@pytest.mark.parametrize("language", ["ja", "en"])
def test_laws_that_hold_are_a_sentence_of_the_reconciliation_alone(language: Language) -> None:
    wording = Wording(language, "JPY")
    assert law_alarm(_laws(), wording) is None
    assert law_table(_laws(), wording).text == wording.text("laws_kept", count=5 * 24)


def test_the_table_counts_what_was_tried_and_broken() -> None:
    table = law_table(_laws(bridge=3), Wording("en", "JPY"))
    assert "Opening + movements = closing, per customer and month,24,3" in table.csv.replace('"', "").replace(
        ", per", ", per"
    )


def _behind(*counted: float, mrr: float | None = 1000.0, **further: float) -> pd.DataFrame:
    """Return customers behind a KPI, of whom so much is counted."""
    rows = [
        {"customer_id": f"c{at}", "name": f"C{at}", "csm": None, "plan": None, "mrr": mrr, "counted": each, **further}
        for at, each in enumerate(counted)
    ]
    return pd.DataFrame(rows).astype({"mrr": float})


def test_a_list_says_what_it_counts_and_what_that_adds_up_to() -> None:
    wording = Wording("en", "JPY")
    nps = customer_table(_behind(3.0, 1.0), CATALOGUE.by_id["nps"], wording, 50)
    assert nps.text == "Customers: 2. Detractor answers (0-6), in all: 4."
    assert "Detractor answers (0-6)" in nps.html
    grown = customer_table(_behind(2000.0), CATALOGUE.by_id["expansion_rate"], wording, 50)
    assert "MRR gained" in grown.html
    assert "¥2.00K" in grown.html
    spent = customer_table(_behind(700.0), CATALOGUE.by_id["cac_payback"], wording, 50)
    assert "Acquisition cost" in spent.html
    assert "¥700" in spent.html


def test_customers_who_each_count_once_have_no_column_for_it() -> None:
    wording = Wording("en", "JPY")
    candidates = customer_table(_behind(1.0, 1.0), CATALOGUE.by_id["reference_candidates"], wording, 50)
    assert candidates.html.count("<th ") == 2 + 2  # heads: name and MRR; a row each, headed by its name
    assert (
        candidates.text == "Customers to whom it applies: 2."
    )  # nothing else tells whether they are those who do, or who do not
    lost = customer_table(_behind(1.0, stake=4000.0), CATALOGUE.by_id["customer_churn"], wording, 50)
    assert "MRR concerned" in lost.html
    assert ">MRR<" not in lost.html


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_list_stands_behind_an_average_and_no_column_for_what_is_not_known(language: Language) -> None:
    wording = Wording(language, "JPY")
    average = customer_table(_behind(1.0).head(0), CATALOGUE.by_id["ltv"], wording, 50)
    assert not average.html
    assert average.text == CATALOGUE.by_id["ltv"].listed.name(language)
    unknown = customer_table(_behind(2.0, mrr=None), CATALOGUE.by_id["csat"], wording, 50)
    assert wording.text("customer_mrr") not in unknown.html
    assert "0円" not in unknown.html


@pytest.mark.parametrize(("language", "day"), [("ja", "2026年6月30日"), ("en", "30 Jun 2026")])
def test_groups_by_a_column_without_dates_say_of_which_day_it_is(tmp_path: Path, language: Language, day: str) -> None:
    s = Scenario.open(export(tmp_path), as_of="2026-02", language=language)
    for figure in (s.breakdown("mrr", by="plan"), s.small_multiples("mrr", by="plan")):
        said = s.wording.text("as_read", by=s.wording.column("plan"), day=day)
        assert figure.text.endswith(said)
    assert day not in s.breakdown("mrr", by="product").text  # of a contract, which has its dates


def test_figures_by_a_column_without_dates_are_measured_with_a_word(tmp_path: Path) -> None:
    asked = ["measure", "--params", str(export(tmp_path)), "--as-of", "2026-02", "--kpi", "mrr", "--by"]
    told = CliRunner().invoke(app, [*asked, "plan"])
    assert told.stderr == "plan is as read on 2026-06-30, in past months too: it has no dates\n"
    assert told.stdout.startswith("segment,month,plan,kpi")
    assert not CliRunner().invoke(app, [*asked, "product"]).stderr
