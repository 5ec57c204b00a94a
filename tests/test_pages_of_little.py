"""Pages of books that lack most tables: they lead with what can be measured, and say in a sentence what cannot."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from cslib.analysis.figures.selection import interleaved, selected
from cslib.charts import Figures
from cslib.i18n import Language, Wording
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Stage
from cslib.reports.run import Request, run
from cslib.scenario import Scenario
from tests.books import NOW, SMALL, altered
from tests.exports import IDS, export

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.tables import Output

NOTEBOOKS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
LAST = "2026-05"
NO_MONEY = re.compile(r"(?<![0-9,.])0円|[¥$€]\s?0(?![.,0-9])|¥0\.00")
MONTHS = range(1, 6)
PURCHASES = "purchase_id,customer_id,amount,purchased_on\n" + "".join(
    f"o{month}-{id_},{id_},{100 * int(id_)},2026-0{month}-{10 + int(id_)}\n" for month in MONTHS for id_ in IDS
)
ANSWERS = "response_id,customer_id,respondent_id,kind,score,sent_on,responded_on\n" + "".join(
    f"r{month}-{kind}-{id_},{id_},p{id_},{kind},{2 + int(id_) % 4},2026-0{month}-01,2026-0{month}-{10 + int(id_)}\n"
    for month in MONTHS for kind in ("nps", "csat") for id_ in IDS
)  # fmt: skip
PROPOSALS = "proposal_id,customer_id,kind,amount,opened_on,closed_on,status\n" + "".join(
    f"p{month}-{id_},{id_},upsell,100,2026-0{month}-01,2026-0{month}-28,{'won' if int(id_) % 2 else 'lost'}\n"
    for month in MONTHS for id_ in IDS
)  # fmt: skip
BOOKS = {"purchases": PURCHASES, "surveys": ANSWERS, "proposals": PROPOSALS}
MEASURABLE = {
    "purchases": {"repeat_purchase", "ltv"},
    "surveys": {"nps", "nps_response", "csat", "ces"},
    "proposals": {"proposal_win_rate"},
}


def book_of(folder: Path, table: str) -> Path:
    """Return the params of a book of customers and one further table."""
    files = {"contracts.csv": None, "surveys.csv": None, f"{table}.csv": BOOKS[table]}
    return export(folder, files)


@pytest.fixture(scope="module", params=sorted(BOOKS))
def little(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Return the name of the one table of a book, and its params."""
    return request.param, book_of(tmp_path_factory.mktemp(request.param), request.param)


def asked(notebook: Path) -> list[str]:
    """Return the calls by which a notebook's published cells show something."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    shown = (
        cell for cell in cells if cell["cell_type"] == "code" and "remove-cell" not in cell["metadata"].get("tags", ())
    )
    sources = ("".join(cell["source"]) for cell in shown)
    return [source for source in sources if source.startswith("s.")]


def outputs(scenario: Scenario, notebook: Path) -> Iterator[tuple[str, Output]]:
    """Return what each of a notebook's calls shows; an alarm shows nothing where there is none."""
    for call in asked(notebook):
        shown = eval(call, {"s": scenario})  # noqa: S307 - the notebooks' own lines
        yield from ((call, one) for one in (shown if isinstance(shown, tuple) else [shown]) if one is not None)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_cell_tells_something_or_says_why_not(little: tuple[str, Path], notebook: Path, language: Any) -> None:
    _, params = little
    scenario = Scenario.open(params, "total", LAST, language)
    wording = scenario.wording
    empty = {wording.text("no_values"), wording.text("no_rows"), wording.text("laws_kept", count=0)}
    seen = list(outputs(scenario, notebook))
    assert seen
    for call, shown in seen:
        told = f"{shown.text} {shown.html}"
        assert shown.text or shown.html, call
        assert shown.text not in empty, call
        assert not NO_MONEY.search(told), call
        assert wording.text("laws_kept", count=0) not in told, call


@pytest.mark.parametrize("without", [("contracts",), ("contracts", "purchases")], ids=len)
def test_no_amount_stands_where_no_contracts_are_known(tmp_path: Path, without: tuple[str, ...]) -> None:
    """The worked book holds everything else, so every list, chart and table of every page has something to say."""
    params = altered(SMALL, tmp_path / "params", {}, without)
    for language in get_args(Language):
        scenario = Scenario.open(params, "total", "2026-06", language)
        for notebook in NOTEBOOKS:
            for call, shown in outputs(scenario, notebook):
                assert not NO_MONEY.search(f"{shown.text} {shown.html}"), call
                assert ">MRR<" not in shown.html or "customers" not in call, call


@pytest.mark.parametrize("call", ["goals()", "scorecard()"])
def test_the_summary_leads_with_what_can_be_measured(little: tuple[str, Path], call: str) -> None:
    table, params = little
    scenario = Scenario.open(params, "total", LAST, "en")
    shown = eval(f"s.{call}", {"s": scenario}).html  # noqa: S307
    named = {kpi.id for kpi in CATALOGUE if f">{kpi.en}<" in shown}
    assert named == MEASURABLE[table] - ({"ces"} if call == "goals()" else set())  # nobody has been asked for it
    assert "needs" not in shown


def test_where_no_two_windows_lie_apart_nothing_is_said_of_what_moved(little: tuple[str, Path]) -> None:
    """Of five months those of three or more are too short: what reaches into March has none before it that lies in the data."""
    _, params = little
    assert Scenario.open(params, "total", LAST, "en").changes().text == Wording("en").text("changes_incomparable")


def test_that_nothing_moved_is_said_where_two_windows_lie_apart(tmp_path: Path) -> None:
    before = [line.replace("2026-01", "2025-12").replace("p1-", "p0-") for line in PROPOSALS.splitlines(keepends=True)]
    text = PROPOSALS + "".join(line for line in before if line.startswith("p0-"))
    params = export(tmp_path, {"contracts.csv": None, "surveys.csv": None, "proposals.csv": text})
    said = Scenario.open(params, "total", LAST, "en").changes().text
    assert said == Wording("en").text("moved_none", count=1)  # the share won, three months before: the same half


def test_a_card_says_how_much_cannot_be_measured_and_why(little: tuple[str, Path]) -> None:
    table, params = little
    scenario = Scenario.open(params, "total", LAST, "en")
    said = scenario.scorecard().text
    assert f"{len(CATALOGUE) - len(MEASURABLE[table])} more KPIs cannot be measured" in said
    assert "contracts" in said
    assert scenario.scorecard("setup").text.startswith(
        "KPIs: Setup: cannot be told, the data lack contracts, milestones"
    )


def test_sellers_see_their_buyers_where_subscribers_see_contracts(tmp_path: Path) -> None:
    scenario = Scenario.open(book_of(tmp_path, "purchases"), "total", LAST, "en")
    trends = scenario.trends("nrr", "grr", "customer_churn", "revenue_churn", "mrr", "ltv")
    assert isinstance(trends, Figures)
    assert [figure.name for figure in trends] == ["trend-ltv", "trend-repeat_purchase"]
    assert scenario.bridge().text == "MRR from opening to closing: cannot be told, the data lack contracts."
    assert scenario.chain().text == (
        "There are no values for this period (not measurable: needs contracts, milestones)."
    )
    listed = scenario.customers("repeat_purchase")
    assert listed.text == Wording("en").text("no_rows")  # everybody has bought again
    assert scenario.behind("repeat_purchase").empty


def test_nobody_pays_nothing_where_no_contracts_are_known(tmp_path: Path) -> None:
    scenario = Scenario.open(book_of(tmp_path, "surveys"), "total", LAST, "ja")
    listed = scenario.behind("csat")
    assert len(listed) == 6  # half of them answer 2 or 3
    assert listed.mrr.isna().all()


def test_a_customer_without_a_contract_pays_nothing_in_a_book_of_contracts(tmp_path: Path) -> None:
    files = {"contracts.csv": "contract_id,customer_id,product,starts_on,ends_on,mrr\nk,00001,core,2026-01-01,,1000\n",
             "surveys.csv": ANSWERS}  # fmt: skip
    scenario = Scenario.open(export(tmp_path, files), "total", LAST, "ja")
    paid = scenario.behind("nps").set_index("customer_id").mrr
    assert paid["00001"] == 1000
    assert paid["00002"] == 0


def test_a_target_that_cannot_be_told_is_named_and_stands_in_no_tile(tmp_path: Path) -> None:
    goals = {"targets": {"nrr": {"target": 1.1}, "csat": {"target": 0.9}}}
    segments = {"total": {"id": "total", "name": "All", **goals}}
    params = export(tmp_path, {"contracts.csv": None, "surveys.csv": ANSWERS}, segments=segments)
    shown = Scenario.open(params, "total", LAST, "en").goals()
    assert (
        shown.text.replace("\N{NO-BREAK SPACE}", " ")
        == "0 of 1 targets are reached. Missed: Customer satisfaction (CSAT) 50.0 % (target 90.0 %, 40.0 pp away). "
        "Targets that the data cannot tell: Net revenue retention."
    )
    assert ">Net revenue retention<" not in shown.html


def test_a_year_ago_is_not_nothing_before_the_data_begin(tmp_path: Path) -> None:
    young = Scenario.open(export(tmp_path), "total", LAST, "en").readings_of_nrr()  # contracts since January
    assert young.text == "Two readings of NRR: cannot be told yet (only 5 of 13 months of data)."
    assert not young.html


def test_what_stands_in_comes_from_the_same_stages() -> None:
    able = ["repeat_purchase", "ltv", "csat"]
    financial = [kpi.id for kpi in CATALOGUE if kpi.stage is Stage.FINANCIAL]
    assert selected(("nrr", "grr", "ltv"), able, financial, 3) == ["ltv", "repeat_purchase"]
    assert selected(("nrr", "grr"), able, financial, 2) == ["repeat_purchase", "ltv"]
    assert selected(("ltv",), able, financial, 1) == ["ltv"]
    assert selected(("nrr",), [], financial, 1) == []


def test_the_stages_stand_in_by_turns() -> None:
    first = interleaved(CATALOGUE)[:5]
    assert [CATALOGUE.by_id[name].stage for name in first] == [*reversed(Stage)]
    assert sorted(interleaved(CATALOGUE)) == sorted(CATALOGUE.by_id)


def test_a_run_of_answers_alone_says_on_every_page_what_it_cannot_tell(tmp_path: Path) -> None:
    params = book_of(tmp_path, "surveys")
    result = run(Request(params, tmp_path / "out", LAST, ("total",)), NOW, lambda *_: None)
    assert not result.failed
    pages = [*(tmp_path / "out" / "latest").resolve().glob("**/*.html")]
    assert len(pages) == 1 + len(NOTEBOOKS)
    notice = Wording("ja").text("notice_no_value")
    for page in pages:
        text = page.read_text("utf-8")
        assert notice in text, page
        assert not NO_MONEY.search(text), page
    front = next(page for page in pages if page.parent.name != "total").read_text("utf-8")
    assert "MRR" not in front  # no line of dashes for what none of the segments can tell
    assert "NPS" in front
    assert "<small>データは6か月のうち5か月分のみ</small>" in front  # in words beside the value, not on hover alone
