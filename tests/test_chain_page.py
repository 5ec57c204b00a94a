"""The chain as its page shows it: sentences, bars and tables in both languages, and what is said in place of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cslib import charts
from cslib.analysis.chain.chain import chain
from cslib.analysis.chain.customers import chain_customers
from cslib.analysis.chain.gates import gates
from cslib.i18n import Wording
from cslib.kpis import CATALOGUE
from cslib.privacy.suppression import HIDDEN
from cslib.settings import Policies, Segment
from cslib.settings.gates import FIGURES
from cslib.tables import chain_tables
from cslib.tables.gate_words import condition
from tests import sample
from tests.test_chain import BOOK, JUNE, many

if TYPE_CHECKING:
    from cslib.tables import Table

EN, JA = Wording("en"), Wording("ja")
KNOWN = pd.DataFrame({"customer_id": list("abcdefgh"), "name": [f"<b>{one}</b>" for one in "abcdefgh"], "csm": None})
NBSP = "\N{NO-BREAK SPACE}"


def test_the_sentence_names_the_gate_that_breaks_and_the_one_that_is_not_told() -> None:
    shown = charts.chain(sample.CHAIN, sample.CONDITIONS, EN)
    assert shown.text == (
        f"Of 100 customers under contract 20 are past every gate (20.0{NBSP}%). "
        f"It breaks at Outcome: of the 65 that are past all gates before it, 45 (69.2{NBSP}%) stop there. "
        "Satisfaction: not told (not measurable: needs surveys). The others are counted without it."
    )
    assert shown.csv.count("\n") == 5
    unbroken = charts.chain(sample.CHAIN.assign(breaks=False), sample.CONDITIONS, EN, small=True)
    assert "No gate stops more" in unbroken.text
    assert unbroken.text.endswith("Few customers: a hint only.")


def test_the_bars_are_shares_of_the_same_customers() -> None:
    spec = charts.chain(sample.CHAIN, sample.CONDITIONS, JA).spec
    assert spec
    rows: list[dict[str, Any]] = next(iter(spec["datasets"].values()))
    assert [(row.get("passed"), row.get("passed_all_before")) for row in rows] == [
        (0.9, 0.9), (0.7, 0.65), (None, None), (0.6, 0.2),
    ]  # fmt: skip
    assert [row["here"] for row in rows] == ["", "", "", "ここで途切れる"]


def test_where_no_gate_is_told_it_is_said_why() -> None:
    untold = sample.CHAIN.assign(passed=None, reason=HIDDEN)
    assert (
        charts.chain(untold, sample.CONDITIONS, EN).text
        == "There are no values for this period (hidden: too few cases)."
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "NPS 7 or more within a year, else no complaint"),
        ({"satisfaction": {"indicator": "csat", "limit": 4.5}}, "Latest CSAT answer 4.50 or more"),
        ({"satisfaction": "severe_tickets"}, "Open grave tickets 0 or less"),
        ({"satisfaction": {"indicator": "customers.size", "limit": 2}}, "size 2 or more"),
    ],
)
def test_what_a_gate_asks_in_words(said: dict[str, Any], words: str) -> None:
    policies = Policies.model_validate({"gates": said, "indicators": {"size": "higher"}})
    assert condition(gates(policies)[2], policies, EN) == words


def needed(kgi: str, target: float, book: Any = None) -> Table:
    """Return the table of needed shares of a book under a goal."""
    total: dict[str, Any] = {"id": "total", "name": "All", "kgi": {"kpi": kgi, "target": target}}
    large = {"id": "large", "name": "Large", "where": {"plan": "large"}}
    table = chain((book or many((32, 40), (16, 40))).inquiry(JUNE, "total", segments=(total, large)))
    return chain_tables.needed_table(table, Segment.model_validate(total), CATALOGUE, EN)


def test_the_needed_share_stands_beside_that_of_today() -> None:
    shown = needed("customer_retention", 0.72)
    assert shown.text.startswith(f"The goal: Customer retention 72.0{NBSP}%.")
    assert shown.text.endswith("It tells what goes together, and no more.")
    assert f"80.0{NBSP}%" in shown.html  # needed
    assert f"66.7{NBSP}%" in shown.html  # 32 of the 48 still there
    assert f"80.0{NBSP}% / 40.0{NBSP}% (80 customers, 32 lost)" in shown.html
    assert "cannot be told: not measurable: needs usage" in shown.html
    assert "out of reach: not even with all past it" in needed("customer_retention", 0.9).html
    assert "met even with nobody past it" in needed("customer_retention", 0.3).html


def test_a_goal_of_another_kind_or_none_is_said() -> None:
    assert needed("csat", 0.9).text == "only NRR, GRR, retention and customer churn are reckoned back"
    none = chain_tables.needed_table(sample.CHAIN, Segment.model_validate({"id": "total", "name": "A"}), CATALOGUE, EN)
    assert none.text == "The segment has no KGI to reckon back from."
    assert f"2.0{NBSP}% lost a month" in needed("customer_churn", 0.02).text


def test_who_is_stuck_is_listed_by_what_is_at_stake() -> None:
    shown = chain_tables.stuck_table(chain_customers(BOOK.inquiry(JUNE, "total")), KNOWN, EN)
    assert shown.text == "7 are stuck: Setup 2, Usage 1, Satisfaction 2, Outcome 2."
    order = [shown.html.index(f"&lt;b&gt;{one}&lt;/b&gt;") for one in "hgfedcb"]
    assert order == sorted(order)
    assert shown.csv.count("\n") == 1 + 7


def test_who_came_out_of_order_is_counted_and_listed() -> None:
    inquiry = BOOK.inquiry(JUNE, "total")
    shown = chain_tables.disorder_table(chain_customers(inquiry), chain(inquiry), KNOWN, EN)
    assert shown.text.startswith("Of the 3 that renewed in the last 12 months 1 did so")
    assert "1 had an outcome before they were ever past the gate of usage." in shown.text
    assert [shown.html.count(kind) for kind in ("renewed without use", "outcome before use")] == [1, 1]


def test_what_cannot_be_listed_says_why_and_offers_no_file() -> None:
    inquiry = BOOK.without("usage", "goals").inquiry(JUNE, "total")
    shown = chain_tables.disorder_table(chain_customers(inquiry), chain(inquiry), KNOWN, EN)
    assert (shown.text, shown.html, shown.csv) == ("not measurable: needs usage", "", "")
    nobody = BOOK.without("contracts").inquiry(JUNE, "total")
    stuck = chain_tables.stuck_table(chain_customers(nobody), KNOWN, JA)
    assert stuck.text.startswith("測定不可")
    assert not stuck.csv


def test_every_figure_that_a_gate_may_go_by_has_words() -> None:
    for name in FIGURES:
        policies = Policies.model_validate({"gates": {"usage": {"indicator": name, "limit": 1}}})
        assert all(condition(gates(policies)[1], policies, wording) for wording in (EN, JA))


@pytest.mark.parametrize("absent", [("surveys", "tickets"), ("milestones",), ("goals",), ("usage",)])
def test_a_gate_that_is_not_told_leaves_the_others_shown(absent: tuple[str, ...]) -> None:
    table = chain(BOOK.without(*absent).inquiry(JUNE, "total"))
    shown = charts.chain(table, sample.CONDITIONS, EN)
    assert shown.spec
    assert shown.text.count("not told") == 1
