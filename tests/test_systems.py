"""Exports of known systems, from their headers to figures worked by hand, without an edit."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cslib.cli import app
from cslib.errors import CslibError
from cslib.model import BY_NAME
from cslib.periods import Month
from cslib.portfolio import Portfolio
from cslib.scaffold import propose
from cslib.scaffold.exports import Export, Look
from cslib.scaffold.systems import known_systems, recognise
from cslib.shipped import known_systems as shipped_systems
from tests.renamed import ENGLISH, JAPANESE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


SAMPLES = Path(__file__).parent / "systems"
F = Fraction
Figures = dict[str, Fraction | int]


@dataclass(frozen=True)
class Sample:
    """An invented export: the tables that it holds, the figures of a month, rows as they must be read, and what it cannot tell."""

    folder: str
    tables: tuple[str, ...]
    month: str
    figures: Figures = field(default_factory=dict)
    rows: Mapping[str, tuple[str, set[str]]] = field(default_factory=dict)  # table: columns, and what stands in them
    untold: tuple[str, ...] = ()


DEALS = ("customers", "proposals")
BILLED = ("customers", "contracts")
# three customers under contract when May opens, at 30, 5 x 20 and 100 a month; the third leaves in it
MAY: Figures = {"mrr": 130, "customer_churn": F(1, 3), "revenue_churn": F(100, 230)}
# 1 and 2 June: one and two users; of two users in the month, (1 + 2) / 30 / 2
STICKINESS: Figures = {"stickiness": F(3, 60)}
DEAL_COLUMNS = "proposal_id, kind, status, closed_on, amount"  # one of each system was entered once it was closed

EXPECTED = (
    Sample("stripe", BILLED, "2025-05", MAY, {"customers": ("customer_id, name", {"cus_A1 Alpha", "cus_B2 Beta", "cus_C3 c@gamma.example", "cus_D4 Delta"})}),
    Sample("stripe_warehouse", BILLED, "2025-05", MAY, {"customers": ("customer_id", {"cus_A1", "cus_B2", "cus_C3", "cus_D4"})}),
    # closed from April to June: the renewal and the addition won, the upgrade lost; new business left out
    Sample("salesforce", ("customers", "proposals", "touches", "tickets"), "2026-06", {"proposal_win_rate": F(2, 3)}, {
        "customers": ("customer_id", {"001A1", "001B2"}),
        "proposals": (DEAL_COLUMNS, {"006A renewal won 2026-05-20 1000", "006B upsell lost 2026-06-10 200", "006C upsell won 2026-06-12 500", "006D renewal open None 1000"}),
        "touches": ("customer_id, csm, kind, occurred_on", {"001A1 0051 call 2026-06-02", "001B2 0052 email 2026-06-04"}),
        "tickets": ("ticket_id, customer_id, opened_at, resolved_at, severity", {"00001001 001A1 2026-06-01 2026-06-03 high", "00001002 001B2 2026-06-20 None normal"}),
    }, untold=("onboarding_completion", "account_issuance")),
    Sample("salesforce_report", DEALS, "2026-06", {"proposal_win_rate": F(2, 3)}, {
        "proposals": (DEAL_COLUMNS, {"006A renewal won 2026-05-20 1000", "006B upsell lost 2026-06-10 200", "006C cross_sell won 2026-06-12 500", "006D renewal open None 1000"}),
    }),
    # of 18,000 a month when June opens, 3,000 leave with their third customer on the 15th; what is a draft does not count
    Sample("salesforce_ja", ("customers", "contracts", "proposals", "tickets"), "2026-06", {
        "proposal_win_rate": F(2, 3), "mrr": 15_000, "customer_churn": F(1, 3), "revenue_churn": F(3, 18),
    }, {
        "customers": ("customer_id, name, employees, csm", {"001A1 アルファ商事 120 佐藤", "001B2 ベータ製作所 30 鈴木", "001C3 ガンマ物産 10 佐藤"}),
        "tickets": ("ticket_id, customer_id, opened_at, resolved_at, severity", {"00001001 001A1 2026-06-01 2026-06-03 high", "00001002 001B2 2026-06-20 None normal"}),
    }),
    # the deal of two companies is an offer to each: three won of four
    Sample("hubspot", ("customers", "proposals", "tickets"), "2026-06", {"proposal_win_rate": F(3, 4)}, {
        "customers": ("customer_id, lifecycle", {"9001 Customer", "9002 Customer"}),
        "proposals": ("customer_id, kind, status", {"9001 renewal won", "9002 upsell lost", "9001 upsell won", "9002 upsell won", "9002 renewal open"}),
        "tickets": ("customer_id, opened_at, resolved_at, severity", {"9001 2026-06-01 2026-06-03 high", "9002 2026-06-20 None normal"}),
    }),
    Sample("hubspot_connector", DEALS, "2026-06", {"proposal_win_rate": F(1, 2)}, {
        "proposals": (DEAL_COLUMNS, {"7001 renewal won 2026-05-20 1000", "7002 upsell lost 2026-06-10 200", "7003 renewal open None 1000"}),
    }),
    # closed from April to June: the renewal and the cross-sell won, the upsell lost; what is in the pipeline of sales is left out
    Sample("pipedrive", DEALS, "2026-06", {"proposal_win_rate": F(2, 3)}, {
        "customers": ("customer_id, name, employees, csm", {"41 Alpha 120 Sato", "42 Beta 30 Suzuki", "43 Gamma 15 Suzuki"}),
        "proposals": (DEAL_COLUMNS, {"1 renewal won 2026-05-20 1000", "2 upsell lost 2026-06-10 200", "3 cross_sell won 2026-06-12 500", "4 renewal open None 1000"}),
    }),
    # promoters 10, 9, 10, detractor 3, one of 7; satisfied 5, 4, 5 of five
    Sample("surveymonkey", ("customers", "surveys"), "2026-06", {"nps": F(2, 5), "csat": F(3, 5)}, untold=("nps_response", "ces")),
    # 10 and 9 less 3, of four; effort 7, 6, 2 and 5
    Sample("typeform", ("customers", "surveys"), "2026-06", {"nps": F(1, 4), "ces": F(7 + 6 + 2 + 5, 4)}, untold=("nps_response", "csat")),
    Sample("microsoft_forms", ("customers", "surveys"), "2026-06", {"nps": F(1, 4)}, untold=("nps_response", "csat", "ces")),
    Sample("google_forms", ("customers", "surveys"), "2026-06", {"nps": F(1, 4), "csat": F(2, 4)}, untold=("nps_response", "ces")),
    Sample("questionnaire", ("customers", "surveys"), "2026-06", {"nps": F(1, 4), "csat": F(2, 4)}, untold=("nps_response", "ces")),
    Sample("delighted", ("customers", "surveys"), "2026-06", {"nps": F(1, 3), "csat": 1}, untold=("ces",)),
    Sample("chargebee", BILLED, "2025-05", MAY),
    Sample("recurly", BILLED, "2025-05", MAY),
    Sample("zuora", BILLED, "2025-05", MAY),
    Sample("recharge", BILLED, "2025-05", MAY),
    Sample("zendesk", ("customers", "surveys", "tickets"), "2026-06", {"csat": F(2, 3)}, {
        "tickets": ("ticket_id, customer_id, opened_at, resolved_at, severity", {"101 Alpha 2026-06-01 2026-06-03 high", "102 Beta 2026-06-20 None normal", "103 Gamma 2026-06-05 2026-06-06 low", "104 Alpha 2026-06-07 2026-06-09 urgent"}),
    }, untold=("nps", "nps_response")),
    # 1780275600 is 10:00 of 1 June in Tokyo
    Sample("intercom", ("customers", "surveys", "tickets"), "2026-06", {"csat": F(1, 2)}, {
        "tickets": ("ticket_id, customer_id, opened_at, resolved_at, severity", {"201 co1 2026-06-01 2026-06-03 high", "202 co2 2026-06-20 None normal", "203 co3 2026-06-05 2026-06-06 normal"}),
    }, untold=("nps", "nps_response")),
    Sample("freshdesk", ("customers", "surveys", "tickets"), "2026-06", {"csat": F(2, 3)}, {
        "tickets": ("ticket_id, customer_id, opened_at, resolved_at, severity", {"301 Alpha 2026-06-01 2026-06-03 high", "302 Beta 2026-06-20 None normal", "303 Gamma 2026-06-05 2026-06-06 low", "304 Alpha 2026-06-07 2026-06-09 urgent"}),
    }, untold=("nps", "nps_response")),
    Sample("segment", ("customers", "usage"), "2026-06", STICKINESS, {"customers": ("customer_id", {"Alpha", "Beta"})}, untold=("active_customers", "adoption")),
    Sample("mixpanel", ("customers", "usage"), "2026-06", STICKINESS, {"customers": ("customer_id", {"Alpha", "Beta"})}, untold=("active_customers", "adoption")),
    Sample("amplitude", ("customers", "usage"), "2026-06", STICKINESS, {"customers": ("customer_id", {"u1", "u2"})}, untold=("active_customers", "adoption")),
    Sample("posthog", ("customers", "usage"), "2026-06", STICKINESS, {"customers": ("customer_id", {"Alpha", "Beta"})}, untold=("active_customers", "adoption")),
    Sample("snowplow", ("customers", "usage"), "2026-06", STICKINESS, {"customers": ("customer_id", {"u1", "u2"})}, untold=("active_customers", "adoption")),
    # the second term of the first record stands in a row of its table; of 18,000 when June opens the third customer's 3,000 are lost
    Sample("kintone", BILLED, "2026-06", {"mrr": 15_000, "customer_churn": F(1, 3), "revenue_churn": F(3, 18)}, {"customers": ("customer_id, csm", {"アルファ商事 佐藤", "ベータ製作所 鈴木", "ガンマ物産 佐藤"})}),
    # by order, not by line: only ベータ製作所 has two
    Sample("order_lines", ("customers", "purchases"), "2026-03", {"repeat_purchase": F(1, 3)}, {
        "purchases": ("purchase_id, customer_id, amount", {"J001 T01 2500", "J002 T02 1000", "J003 T02 1000", "J004 T03 1500"}),
    }),
)  # fmt: skip


def files(folder: str) -> list[Path]:
    """Return the files of a sample."""
    return sorted((SAMPLES / folder).iterdir())


def test_every_system_has_a_sample_and_every_sample_a_system() -> None:
    told = {sample.folder.split("_")[0] for sample in EXPECTED}
    assert {name.split("_")[0] for name in known_systems()} == told
    assert {sample.folder for sample in EXPECTED} == {folder.name for folder in SAMPLES.iterdir()}
    assert shipped_systems() == sorted(known_systems())


@pytest.mark.parametrize("system", known_systems())
def test_what_is_declared_is_in_the_data_model(system: str) -> None:
    for block in (table for one in known_systems()[system].exports.values() for table in one.tables):
        assert set(block.columns) <= set(BY_NAME[block.table].names)
        assert set(BY_NAME[block.table].required) <= set(block.columns) | {BY_NAME[block.table].key}


@pytest.mark.parametrize("sample", EXPECTED, ids=lambda sample: sample.folder)
def test_an_export_gives_its_figures_without_an_edit(sample: Sample, tmp_path: Path) -> None:
    proposal = propose(tmp_path, files(sample.folder))
    assert tuple(dict.fromkeys(table.table for table in proposal.tables)) == tuple(
        name for name in BY_NAME if name in sample.tables
    )
    proposal.write()
    year, month = map(int, sample.month.split("-"))
    portfolio = Portfolio.open(tmp_path / "params", datetime(year, month + 2, 10, tzinfo=UTC))
    table = portfolio.measure(Month.parse(sample.month), 1, ["total"], [*sample.figures, *sample.untold]).set_index(
        "kpi"
    )
    assert {kpi: table.value[kpi] for kpi in sample.figures} == {
        kpi: pytest.approx(float(value)) for kpi, value in sample.figures.items()
    }
    assert table.value[list(sample.untold)].isna().all()
    for name, (columns, wanted) in sample.rows.items():
        assert _rows(portfolio, name, columns.split(", ")) == wanted


def _rows(portfolio: Portfolio, name: str, columns: list[str]) -> set[str]:
    """Return the rows of a table as text, amounts and times cut to what is whole."""
    table = portfolio.tables()[name].select(*columns)
    texts = {
        column: table[column].cast("date") if table[column].type().is_timestamp() else table[column]
        for column in columns
    }
    texts = {column: one.cast("int64") if one.type().is_decimal() else one for column, one in texts.items()}
    return {" ".join(str(value) for value in row.values()) for row in table.select(**texts).to_pyarrow().to_pylist()}


def test_a_system_that_is_forced_on_another_file_is_refused_with_the_headers_that_were_wanted(tmp_path: Path) -> None:
    with pytest.raises(CslibError) as raised:
        propose(tmp_path, files("order_lines"), system="stripe")
    said = str(raised.value)
    assert "wanted an export of Stripe" in said
    assert (
        "subscriptions: Customer ID, Interval, Amount, Status, Start (UTC), Ended At (UTC) or Canceled At (UTC)" in said
    )
    assert "受注明細.csv: 受注番号, 明細番号" in said
    assert not (tmp_path / "params").exists()


def test_a_system_that_is_not_known_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(CslibError, match="no system 'strpie'; did you mean 'stripe'"):
        propose(tmp_path, files("order_lines"), system="strpie")


def test_a_forced_system_takes_an_export_that_lacks_some_of_its_headers(tmp_path: Path) -> None:
    header, *rows = (SAMPLES / "stripe" / "subscriptions.csv").read_text("utf-8").splitlines()
    kept = [
        place for place, name in enumerate(header.split(",")) if name not in {"Ended At (UTC)", "Canceled At (UTC)"}
    ]
    lines = [",".join(line.split(",")[place] for place in kept) for line in (header, *rows)]
    (tmp_path / "export.csv").write_text("\n".join(lines) + "\n", "utf-8")
    proposal = propose(tmp_path, [tmp_path / "export.csv"], system="stripe")
    contracts = next(table for table in proposal.tables if table.table == "contracts")
    assert contracts.columns["mrr"].how == {"times": "Quantity", "per": {"column": "Interval"}}
    assert "ends_on" not in contracts.columns
    assert any("all_contracts_open" in doubt for doubt in proposal.doubts)


def test_what_a_table_wants_of_another_export_is_told_where_that_is_absent(tmp_path: Path) -> None:
    proposal = propose(
        tmp_path, [SAMPLES / "stripe_warehouse" / name for name in ("customer.csv", "subscription_item.csv")]
    )
    assert (
        "subscription_item.csv: Stripe, subscription_item, but it lacks the export of subscription, the export of price"
        in proposal.left
    )


def test_help_names_the_systems() -> None:
    said = CliRunner().invoke(app, ["init", "--help"], env={"COLUMNS": "300"}).output
    assert all(name in said for name in known_systems())


def _headed(name: str, columns: Iterable[str]) -> Export:
    """Return an export of which the headers are known, and no value."""
    return Export((Path(name),), "utf-8", {column: Look(column, (), 0, 0, 0, 0, {}) for column in columns})


@pytest.mark.parametrize("table", BY_NAME)
def test_no_table_of_ours_is_taken_for_a_system(table: str) -> None:
    own = [_headed(f"{table}.csv", BY_NAME[table].names)]
    own += [
        _headed(f"{table}.csv", dialects[table].names.values()) for dialects in (JAPANESE, ENGLISH) if table in dialects
    ]
    assert recognise(own) == []


def test_amounts_of_currencies_with_and_without_hundredths_are_asked_about(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    shutil.copytree(SAMPLES / "stripe_warehouse", folder)
    price = folder / "price.csv"
    price.write_text(
        price.read_text("utf-8").replace("price_pro,prod_pro,2000,usd", "price_pro,prod_pro,2000,jpy"), "utf-8"
    )
    asked = "\n".join(propose(tmp_path / "mixed", sorted(folder.iterdir())).doubts)
    assert "amounts in JPY have no hundredths" in asked
    price.write_text(price.read_text("utf-8").replace("usd", "jpy"), "utf-8")
    contracts = next(
        one for one in propose(tmp_path / "whole", sorted(folder.iterdir())).tables if one.table == "contracts"
    )
    assert contracts.columns["mrr"].divide_by is None


def test_customers_of_two_systems_are_asked_about(tmp_path: Path) -> None:
    both = [SAMPLES / "stripe" / "customers.csv", SAMPLES / "hubspot" / "companies.csv"]
    asked = "\n".join(propose(tmp_path, both).doubts)
    assert "those of HubSpot and of Stripe; a company in both is two, unless its id is the same" in asked
