"""The first hour: settings proposed from exports as people have them, and what is left for them to say."""

from __future__ import annotations

import os
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from cslib.check import check_params
from cslib.cli import app
from cslib.demo import write_demo
from cslib.errors import CslibError, SourceError
from cslib.kpis import CATALOGUE
from cslib.model import TABLES
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.scaffold import Proposal, propose
from cslib.scaffold.column_synonyms import COLUMN_SYNONYMS
from cslib.scaffold.similarity import similarity
from cslib.scaffold.unlocked import measurable_from, unlocked_text
from cslib.scaffold.value_words import WORDS
from tests.books import TODAY
from tests.exports import write
from tests.renamed import ENGLISH, JAPANESE, rename

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.renamed import Dialect

RAVENSTACK = Path(os.environ.get("RAVENSTACK", Path(__file__).parents[2] / "shared" / "data" / "ravenstack"))
OCTOBER = Month.parse("2026-10")
DECEMBER = Month.parse("2024-12")
CUSTOMERS = "顧客ID,顧客名\n" + "".join(f"{number:05d},会社{number}\n" for number in range(1, 13))
CONTRACTS = "契約番号,顧客ID,製品,開始日,終了日,月額\n" + "".join(
    f"K{n},{n:05d},core,2021-01-01,,1000\n" for n in range(1, 13)
)


def _proposed(
    folder: Path, *, starter: bool = False, more: Mapping[str, str] | None = None, **files: str | bytes
) -> Proposal:
    """Return what is proposed for files of these names and texts, written."""
    named = [write(folder / "data" / f"{name}.csv", text) for name, text in {**files, **(more or {})}.items()]
    proposal = propose(folder, named, starter=starter)
    proposal.write()
    return proposal


def _doubts(proposal: Proposal) -> str:
    return "\n".join(proposal.doubts)


# zero edits: the demo's exports, as other systems write them


@pytest.fixture(scope="module")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small demo, every table in it."""
    folder = tmp_path_factory.mktemp("small")
    write_demo(folder, customers=120, months=14)
    return folder


@pytest.mark.parametrize(("dialects", "tables"), [(JAPANESE, 16), (ENGLISH, 5)], ids=["japanese", "english"])
def test_renamed_exports_give_the_same_figures_without_an_edit(
    small_demo: Path, tmp_path: Path, dialects: Mapping[str, Dialect], tables: int
) -> None:
    proposal = propose(tmp_path, rename(small_demo / "data", dialects, tmp_path / "data"))
    proposal.write()
    assert [table.table for table in proposal.tables] == [table.name for table in TABLES if table.name in dialects]
    found = check_params(tmp_path / "params", TODAY)
    assert (found.verdict, len(found.as_json()["tables"])) == ("usable", tables)
    mine, demos = (
        Portfolio.open(params, TODAY).measure(OCTOBER, 2, ["total"])
        for params in (tmp_path / "params", small_demo / "params")
    )
    able = {
        kpi.id for kpi in measurable_from({table.table: {*table.columns, *table.unmapped} for table in proposal.tables})
    }
    mine, demos = (frame[frame.kpi.isin(able)].set_index(["month", "kpi"]) for frame in (mine, demos))
    assert len(able) == {16: 52, 5: 31}[tables]
    pd.testing.assert_frame_equal(
        mine[["value", "part", "whole", "n"]], demos[["value", "part", "whole", "n"]], rtol=1e-9
    )


def test_the_segments_of_the_demo_are_found_by_its_sizes(small_demo: Path, tmp_path: Path) -> None:
    proposal = propose(tmp_path, rename(small_demo / "data", JAPANESE, tmp_path / "data"))
    proposal.write()
    mine, demos = (
        Portfolio.open(params, TODAY).manifest.segments for params in (tmp_path / "params", small_demo / "params")
    )
    assert mine == demos
    assert "language: ja" in proposal.texts["report.yaml"]


# an outside data set: what it says without an edit, and with the one that its readers agreed on

outside = pytest.mark.skipif(
    not RAVENSTACK.is_dir() and not os.environ.get("CI"),
    reason="the data set lies outside the project; RAVENSTACK names it",
)


@pytest.fixture
def ravenstack(tmp_path: Path) -> Proposal:
    proposal = propose(tmp_path, sorted(RAVENSTACK.glob("*.csv")))
    proposal.write()
    return proposal


@outside
def test_ravenstack_is_usable_without_an_edit(ravenstack: Proposal) -> None:
    assert [table.table for table in ravenstack.tables] == ["customers", "contracts", "usage", "surveys", "tickets"]
    assert [name.partition(":")[0] for name in ravenstack.left] == ["ravenstack_churn_events.csv"]
    found = check_params(ravenstack.params, TODAY)
    assert found.verdict == "usable"
    rows = {name: state["rows"] for name, state in found.as_json()["tables"].items()}
    assert rows == {"customers": 500, "contracts": 5000, "usage": 25_000, "surveys": 2000, "tickets": 2000}
    assert "currency: USD" in ravenstack.texts["policies.yaml"]
    table = Portfolio.open(ravenstack.params, TODAY).measure(DECEMBER, 1, ["total"]).set_index("kpi")
    assert table.value["mrr"] == 10_159_608  # without those that end on 31 December: churn_month is last_day
    assert table.value["csat"] == 107 / 167


@outside
def test_ravenstack_gives_the_agreed_figures_after_one_edit(ravenstack: Proposal) -> None:
    policies = ravenstack.params / "policies.yaml"
    policies.write_text(policies.read_text("utf-8").replace("churn_month: last_day", "churn_month: day_after"), "utf-8")
    table = Portfolio.open(ravenstack.params, TODAY).measure(DECEMBER, 1, ["total"]).set_index("kpi")
    assert table.value["mrr"] == 10_259_509
    assert table.value["grr"] == pytest.approx(0.9959, abs=5e-5)
    assert table.value["nrr"] == pytest.approx(2.932085, abs=5e-7)


@outside
def test_what_ravenstack_leaves_open_is_asked(ravenstack: Proposal) -> None:
    asked = _doubts(ravenstack)
    assert "surveys: the answers asked with each ticket" in asked
    assert "contract_end: is ends_on the last day of service" in asked
    assert "currency: the name of a column says so" in asked


# dates that can be read in several ways


def test_a_date_that_reads_two_ways_is_a_question_and_never_a_guess(tmp_path: Path) -> None:
    contracts = CONTRACTS.replace("2021-01-01", "01-09-2021")
    proposal = _proposed(tmp_path, 顧客=CUSTOMERS, 契約=contracts)
    assert "starts_on: '01-09-2021' reads in 2 ways; take the # from the line that is right" in _doubts(proposal)
    source = proposal.params / "source.yaml"
    text = source.read_text("utf-8")
    assert "        # format: '%d-%m-%Y'\n        # format: '%m-%d-%Y'\n" in text
    assert check_params(proposal.params, TODAY).verdict == "not usable"
    source.write_text(text.replace("# format: '%d-%m-%Y'", "format: '%d-%m-%Y'"), "utf-8")
    assert check_params(proposal.params, TODAY).verdict == "usable"
    starts = Portfolio.open(proposal.params, TODAY).tables()["contracts"].starts_on.to_pyarrow().to_pylist()
    assert {str(day) for day in starts} == {"2021-09-01"}


def test_one_day_beyond_the_twelfth_settles_the_order(tmp_path: Path) -> None:
    contracts = CONTRACTS.replace("2021-01-01", "01-09-2021", 3).replace("2021-01-01", "25-09-2021")
    proposal = _proposed(tmp_path, 顧客=CUSTOMERS, 契約=contracts)
    assert "starts_on: {column: 開始日, format: '%d-%m-%Y'}" in proposal.texts["source.yaml"]
    assert check_params(proposal.params, TODAY).verdict == "usable"


# what else files do


@pytest.mark.parametrize(
    ("codec", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp932", "cp932"), ("euc_jp", "euc_jp"), ("utf-16", "utf-16")],
)
def test_the_encoding_is_told_from_the_bytes(tmp_path: Path, codec: str, said: str) -> None:
    proposal = _proposed(tmp_path, 顧客=CUSTOMERS.encode(codec), 契約=CONTRACTS)
    assert (f"encoding: {said}" in proposal.texts["source.yaml"]) == (said != "utf-8")
    assert check_params(proposal.params, TODAY).verdict == "usable"


def test_an_amount_per_year_is_divided_and_asked_about(tmp_path: Path) -> None:
    proposal = _proposed(tmp_path, 顧客=CUSTOMERS, 契約=CONTRACTS.replace("月額", "年額").replace("1000", "12000"))
    assert "mrr: {column: 年額, divide_by: 12}  # CHECK: an amount per year?" in proposal.texts["source.yaml"]
    mrr = Portfolio.open(proposal.params, TODAY).tables()["contracts"].mrr.to_pyarrow().to_pylist()
    assert {float(amount) for amount in mrr} == {1000.0}


def test_a_column_of_our_name_that_cannot_be_read_is_a_question(tmp_path: Path) -> None:
    proposal = _proposed(tmp_path, 顧客=CUSTOMERS, 契約=CONTRACTS.replace("1000", "千円"))
    assert "mrr: 月額  # CHECK: not every value reads as a number, such as '千円'" in proposal.texts["source.yaml"]
    assert check_params(proposal.params, TODAY).verdict == "not usable"


def test_what_an_export_lacks_is_filled_in_and_asked_about(tmp_path: Path) -> None:
    customers = "Account Id,Country\n" + "".join(f"{number:05d},JP\n" for number in range(1, 13))
    contracts = CONTRACTS.replace(",製品", "").replace(",core", "")
    proposal = _proposed(tmp_path, accounts=customers, contracts=contracts)
    asked = _doubts(proposal)
    assert "name: no column names the customers, so their ids stand for them" in asked
    assert "product: no column says it, so every row is taken for 'core'" in asked
    assert check_params(proposal.params, TODAY).verdict == "usable"


def test_words_that_nobody_knows_are_asked_about(tmp_path: Path) -> None:
    tickets = "Ticket ID,Customer ID,Opened At,Priority\n" + "".join(
        f"T{n},{n:05d},2026-05-01,{'High' if n % 4 else 'Blue'}\n" for n in range(1, 13)
    )
    proposal = _proposed(tmp_path, customers=CUSTOMERS, contracts=CONTRACTS, tickets=tickets)
    assert (
        "severity: {column: Priority, map: {High: high}}  # CHECK: which word stands for Blue?"
        in proposal.texts["source.yaml"]
    )


def test_words_for_nothing_are_read_as_nothing(tmp_path: Path) -> None:
    contracts = "".join(
        line.replace(",,", ",-,") if n % 2 else line.replace(",,", ",2026-12-31,")
        for n, line in enumerate(CONTRACTS.splitlines(keepends=True))
    )
    proposal = _proposed(tmp_path, 顧客=CUSTOMERS, 契約=contracts)
    assert "ends_on: {column: 終了日, 'null': ['-']}" in proposal.texts["source.yaml"]
    assert check_params(proposal.params, TODAY).verdict == "usable"


def test_files_with_one_header_are_one_table(tmp_path: Path) -> None:
    head, *rows = CONTRACTS.splitlines()
    halves = {f"契約_2026-0{n}": "\n".join([head, *rows[n - 1 :: 2]]) + "\n" for n in (1, 2)}
    proposal = _proposed(tmp_path, 顧客=CUSTOMERS, more=halves)
    assert "from: ../data/契約_2026-0*.csv" in proposal.texts["source.yaml"]
    assert check_params(proposal.params, TODAY).as_json()["tables"]["contracts"]["rows"] == 12


def test_a_log_without_customers_finds_them_by_its_users(tmp_path: Path) -> None:
    users = "ユーザーID,顧客ID,登録日\n" + "".join(f"U{n},{n:05d},2026-01-01\n" for n in range(1, 13))
    log = "会員番号,日時,機能\n" + "".join(f"U{n},2026-05-0{day},search\n" for n in range(1, 13) for day in range(1, 4))
    proposal = _proposed(tmp_path, 顧客=CUSTOMERS, 契約=CONTRACTS, 利用者=users, 利用ログ=log)
    assert (
        "join: {from: ../data/利用者.csv, 'on': {会員番号: ユーザーID}, take: [顧客ID]}"
        in proposal.texts["source.yaml"]
    )
    state = check_params(proposal.params, TODAY).as_json()
    assert (state["verdict"], state["tables"]["usage"]["rows"]) == ("usable", 36)


def test_ids_are_told_by_their_values_where_the_name_says_nothing(tmp_path: Path) -> None:
    proposal = _proposed(tmp_path, 顧客=CUSTOMERS, 契約=CONTRACTS.replace("顧客ID", "Ref"))
    assert (
        "customer_id: Ref  # CHECK: told by its values, which are the customers' ids" in proposal.texts["source.yaml"]
    )
    assert check_params(proposal.params, TODAY).verdict == "usable"


# what is unlocked


def test_contracts_alone_unlock_what_needs_nothing_else() -> None:
    held = {"customers": {"customer_id", "name"}, "contracts": {"contract_id", "starts_on", "mrr"}}
    assert {kpi.id for kpi in measurable_from(held)} == {kpi.id for kpi in CATALOGUE if set(kpi.needs) == {"contracts"}}
    text = "\n".join(unlocked_text(held))
    assert "  + contracts.ends_on and contracts.term_months would unlock 2 more: renewal_rate, long_term_share" in text
    assert "  + milestones (customer_id, milestone) would unlock " in text


# the command


def test_the_command_takes_files_as_people_type_them(tmp_path: Path) -> None:
    files = [
        str(write(tmp_path / "in" / name, text))
        for name, text in {"顧客.csv": CUSTOMERS, "契約.csv": CONTRACTS}.items()
    ]
    said = CliRunner().invoke(app, ["init", str(tmp_path / "out"), "--from", *files])
    assert said.exit_code == 0, said.output
    assert "contracts: 契約.csv, 6 of 10 columns" in said.output
    assert "KPIs can be measured" in said.output
    assert f"next: cslib check --params {tmp_path / 'out' / 'params'}" in said.output
    again = CliRunner().invoke(app, ["init", str(tmp_path / "out"), "--from", *files])
    assert again.exit_code == 2
    assert "there is a params folder already" in again.output


def test_a_params_folder_is_never_overwritten(tmp_path: Path) -> None:
    write(tmp_path / "params" / "source.yaml", "mine")
    with pytest.raises(CslibError, match="never overwrites"):
        propose(tmp_path, [write(tmp_path / "customers.csv", CUSTOMERS)])
    assert (tmp_path / "params" / "source.yaml").read_text("utf-8") == "mine"


def test_the_command_says_what_it_wants(tmp_path: Path) -> None:
    file = write(tmp_path / "customers.csv", CUSTOMERS)
    for arguments, wanted in {
        ("init", str(tmp_path)): "say --starter",
        ("init", str(file), "--from", str(file)): "wanted a folder first",
    }.items():
        said = CliRunner().invoke(app, arguments)
        assert said.exit_code == 2
        assert wanted in " ".join(said.output.replace("│", " ").split())


def test_every_file_that_cannot_be_read_is_named_at_once(tmp_path: Path) -> None:
    bad = [tmp_path / "none.csv", write(tmp_path / "empty.csv", ""), write(tmp_path / "report.pdf", "x")]
    with pytest.raises(SourceError) as caught:
        propose(tmp_path / "out", bad)
    assert len(caught.value.problems) == 3
    assert not any("source.yaml" in problem or "export.from" in problem for problem in caught.value.problems)


def test_without_a_file_of_customers_they_are_the_ids_of_another_table(tmp_path: Path) -> None:
    proposal = _proposed(tmp_path, 契約=CONTRACTS.encode("cp932"))
    assert "customers: no file has a row for each customer, so they are the ids in contracts" in _doubts(proposal)
    state = check_params(proposal.params, TODAY).as_json()
    assert (state["verdict"], state["tables"]["customers"]["rows"]) == ("usable", 12)


def test_files_in_which_nothing_is_told_are_named_with_their_columns(tmp_path: Path) -> None:
    with pytest.raises(CslibError, match=r"wanted a file with a row per customer[\s\S]*log\.csv: a, b"):
        propose(tmp_path, [write(tmp_path / "log.csv", "a,b\n1,2\n1,2\n")])


# the smallest useful set


STARTER = ["customer_churn", "onboarding_completion", "adoption", "upsell_rate", "cross_sell_rate"]


def test_the_starter_is_three_tables_that_run_as_they_stand(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["init", str(tmp_path), "--starter"])
    assert said.exit_code == 0, said.output
    assert {file.name for file in (tmp_path / "data").iterdir()} == {"customers.csv", "contracts.csv", "usage.csv"}
    assert check_params(tmp_path / "params", TODAY).verdict == "usable"
    # in 2026-09: of Sato's two customers under contract One has used it in all of the last four weeks, Two in two
    table = (
        Portfolio.open(tmp_path / "params", TODAY)
        .measure(Month.parse("2026-09"), 1, ["total"], STARTER)
        .set_index("kpi")
    )
    assert table.value["adoption"] == 1 / 2
    assert table.value["onboarding_completion"] == 2 / 2
    assert table.value["customer_churn"] == 0 / 2
    assert set(table.target.dropna().index) == set(STARTER)
    report = (tmp_path / "params/report.yaml").read_text("utf-8")
    assert (
        "notebooks: [00_summary, 01_setup, 02_usage, 05_financial, 06_health, 07_growth, 09_operations, 10_actions]"
        in report
    )


def test_the_starter_takes_the_first_use_for_the_end_of_onboarding(tmp_path: Path) -> None:
    log = "顧客ID,日付,機能\n" + "".join(f"{n:05d},2021-02-{n:02d},search\n" for n in range(1, 10))
    proposal = _proposed(tmp_path, starter=True, 顧客=CUSTOMERS, 契約=CONTRACTS, 利用ログ=log)
    assert "milestones: onboarding ends with the first use" in _doubts(proposal)
    assert [table.table for table in proposal.tables] == ["customers", "contracts", "milestones", "usage"]
    steps = (
        Portfolio.open(proposal.params, TODAY).tables()["milestones"].order_by("customer_id").to_pyarrow().to_pylist()
    )
    assert [str(step["completed_on"]) for step in steps[:2]] == ["2021-02-01", "2021-02-02"]
    assert [step["completed_on"] for step in steps[9:]] == [None, None, None]


def test_the_starter_leaves_the_data_of_others_alone(tmp_path: Path) -> None:
    mine = write(tmp_path / "data" / "usage.csv", "mine")
    said = CliRunner().invoke(app, ["init", str(tmp_path), "--starter"])
    assert said.exit_code == 2
    assert mine.read_text("utf-8") == "mine"
    assert not (tmp_path / "params").exists()


# the data behind it


def test_every_column_and_every_word_of_ours_has_other_names() -> None:
    assert {table.name: set(table.names) for table in TABLES} == {
        name: set(columns) for name, columns in COLUMN_SYNONYMS.items()
    }
    words = set(chain.from_iterable(column.one_of for table in TABLES for column in table.columns))
    assert words <= set(WORDS)


@pytest.mark.parametrize(
    "name", ["customer_id", "Customer Id", "CustomerID", "ＣＵＳＴＯＭＥＲ＿ＩＤ", "customer-id", "ID customer"]
)
def test_names_are_alike_whatever_their_spelling(name: str) -> None:
    assert similarity(name, "customer id") >= 95


def test_contracts_without_a_column_of_ends_are_a_question(tmp_path: Path) -> None:
    open_ended = "contract_id,customer_id,product,starts_on,mrr\n" + "".join(
        f"C{at},{at},basic,2026-0{1 + at % 5}-03,100\n" for at in range(20)
    )
    customers = "customer_id,name\n" + "".join(f"{at},会社{at}\n" for at in range(20))
    files = [
        write(tmp_path / f"{name}.csv", text) for name, text in (("customers", customers), ("contracts", open_ended))
    ]
    proposal = propose(tmp_path / "out", files)
    proposal.write()
    asked = (tmp_path / "out" / "params" / "policies.yaml").read_text("utf-8")
    (line,) = (each for each in asked.split("\n") if each.startswith("all_contracts_open"))
    assert line.startswith("all_contracts_open: false")
    assert "CHECK" in line
    assert "all_contracts_open" in proposal.as_text()
