"""The health score of a customer by hand: its parts, what is known of it, why it changed; and what outsiders see of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from cslib.analysis.health.health import COLUMNS, FIRST, KNOWN_WEIGHT, THIN, UNKNOWN, UNLISTED, health
from cslib.inquiries import inquire
from cslib.kpis.reasons import EMPTY
from cslib.periods import Month
from cslib.settings import Health
from tests.ledger import Ledger, inquiry_of
from tests.test_as_of import _demo_facts

if TYPE_CHECKING:
    from cslib.portfolio import Portfolio
    from tests.ledger import Row

END = Month.parse("2026-10")
APRIL, MAY, JUNE = (Month.parse(f"2024-0{month}") for month in (4, 5, 6))
PARTS = {
    "nps": {"bad": 0, "good": 10, "weight": 3}, "csat": {"bad": 1, "good": 5, "weight": 1},
    "programme": {"bad": 0, "good": 1, "weight": 4}, "severe_tickets": {"bad": 1, "good": 0, "weight": 2},
}  # fmt: skip


def answer(who: str, day: date, score: int, kind: str = "nps") -> Row:
    """Return an answer to a survey."""
    return {
        "response_id": f"{who}{day}{kind}", "customer_id": who, "respondent_id": who, "kind": kind, "score": score,
        "sent_on": day, "responded_on": day,
    }  # fmt: skip


def book(answers: list[Row], *joined: str, who: str = "ab", until: dict[str, date] | None = None) -> Ledger:
    """Return customers under contract from January 2024 on, some of whom joined a programme; none has a ticket."""
    ends = until or {}
    return Ledger({
        "customers": [{"customer_id": one, "plan": "large"} for one in who],
        "contracts": [
            {"customer_id": one, "product": "core", "mrr": Decimal(10), "starts_on": date(2024, 1, 1), "ends_on": ends.get(one)}
            for one in who
        ],
        "surveys": answers,
        "touches": [],
        "programmes": [{"customer_id": one, "programme": "p", "started_on": date(2024, 1, 1)} for one in joined],
    })  # fmt: skip


def told(ledger: Ledger, month: Month, who: str = "a", **settings: Any) -> pd.DataFrame:
    """Return the rows of a customer by component; `settings` are those of the score."""
    said = {"components": PARTS, **settings}
    table = health(ledger.inquiry(month, "total", health=said))
    return table[table.customer_id == who].set_index("component")


# what a score is


def test_a_score_by_hand() -> None:
    # NPS 5 is worth 50 of weight 3, the programme 100 of weight 4, of tickets and CSAT nothing is known: 7 of 10
    rows = told(book([answer("a", date(2024, 3, 5), 5)], "a"), APRIL)
    assert rows.score.to_list() == pytest.approx([(3 * 50 + 4 * 100) / 7] * 5)
    assert rows.known.to_list() == pytest.approx([0.7] * 5)
    assert set(rows.band) == {"green"}
    assert rows.value[["nps", "programme"]].to_list() == [5, 1]
    assert rows.contribution[["nps", "programme"]].to_list() == pytest.approx([3 * -50 / 7, 0])
    assert rows.contribution.sum() == pytest.approx(rows.score.iloc[0] - 100)
    assert rows.reason.to_dict() == {
        "nps": "", "csat": UNKNOWN, "programme": "", "severe_tickets": "needs tickets", KNOWN_WEIGHT: "",
    }  # fmt: skip


@pytest.mark.parametrize(("score", "part"), [(0, 0), (2, 0), (3, 25), (6, 100), (10, 100)])
def test_a_part_is_clipped_at_its_anchors(score: int, part: float) -> None:
    components = {"nps": {"bad": 2, "good": 6, "weight": 1}}
    rows = told(book([answer("a", date(2024, 3, 5), score)]), APRIL, components=components)
    assert rows.score["nps"] == pytest.approx(part)


def test_what_is_better_lower_has_its_good_anchor_below() -> None:
    milestones = [
        {"customer_id": "a", "milestone": "golive", "completed_on": date(2024, 2, 10)}
    ]  # 40 days after the start
    ledger = book([]).with_rows(milestones=milestones)
    rows = told(ledger, APRIL, components={"onboarding_days": {"bad": 80, "good": 30, "weight": 1}})
    assert rows.score["onboarding_days"] == pytest.approx(80)


@pytest.mark.parametrize(
    ("nps", "band"), [(4, "red"), (5, "yellow"), (6, "yellow"), (7, "green"), (10, "green")]
)  # 10 times the answer; a bound belongs to the band above it
def test_bands_begin_at_their_bounds(nps: int, band: str) -> None:
    rows = told(book([answer("a", date(2024, 3, 5), nps)]), APRIL, components={"nps": PARTS["nps"]})
    assert rows.band["nps"] == band


@pytest.mark.parametrize(
    ("weights", "band"),
    [((49, 51), "none"), ((50, 50), "yellow"), ((69, 31), "yellow"), ((70, 30), "green")],
)
def test_what_is_not_known_allows_no_score_or_no_green(weights: tuple[int, int], band: str) -> None:
    """The one component that is known is as good as can be; the other is not known."""
    components = {
        name: {"bad": 0, "good": 1, "weight": weight}
        for name, weight in zip(("programme", "csat"), weights, strict=True)
    }
    rows = told(book([], "a"), APRIL, components=components)
    assert rows.band["programme"] == band
    assert rows.known["programme"] == pytest.approx(weights[0] / 100)
    if band == "none":
        assert rows[["score", "contribution", "change"]].isna().all().all()
        assert rows.reason["programme"] == THIN
        assert rows.value["programme"] == 1  # the figure itself is told all the same


# why it changed


def test_a_change_by_component() -> None:
    ledger = book([answer("a", date(2024, 3, 5), 5), answer("a", date(2024, 5, 5), 8)], "a")
    rows = told(ledger, MAY)
    assert rows.change[["nps", "programme", KNOWN_WEIGHT]].to_list() == pytest.approx([3 * 30 / 7, 0, 0])


def test_other_figures_known_are_a_part_of_the_change_of_their_own() -> None:
    # before: NPS 5 and the programme, 550 / 7; then CSAT 1 is known too, worth 0 of weight 1, and NPS has risen by 10 points
    before = [answer("a", date(2024, 3, 5), 5)]
    ledger = book([*before, answer("a", date(2024, 5, 5), 6), answer("a", date(2024, 5, 6), 1, "csat")], "a")
    rows = told(ledger, MAY)
    change = (3 * 60 + 4 * 100) / 8 - 550 / 7
    assert rows.change["nps"] == pytest.approx(3 * 10 / 8)
    assert rows.change["csat"] == 0
    assert rows.change[KNOWN_WEIGHT] == pytest.approx(change - 3 * 10 / 8)
    assert rows.value[KNOWN_WEIGHT] == pytest.approx(0.1)
    assert rows.change.sum() == pytest.approx(change)
    assert rows.contribution.sum() == pytest.approx(rows.score.iloc[0] - 100)


def test_without_a_score_before_there_is_no_change() -> None:
    rows = told(book([answer("a", date(2024, 5, 5), 5)], "a"), MAY, least_known={"score": 0.6, "green": 0.7})
    assert rows.score.notna().all()
    assert rows.change.isna().all()
    assert rows.reason["nps"] == FIRST


def test_contributions_and_changes_add_up_in_the_demo(demo_book: Portfolio) -> None:
    inquiry = inquire(demo_book, END)
    table, before = health(inquiry), health(inquire(demo_book, END - 1))
    sums = table.groupby(["segment", "customer_id"]).agg(
        score=("score", "first"), lacks=("contribution", "sum"), change=("change", lambda one: one.sum(min_count=1))
    )
    scored = sums.score.notna()
    assert scored.sum() > 100
    np.testing.assert_allclose((sums.score - 100)[scored], sums.lacks[scored])
    then = before.groupby(["segment", "customer_id"]).score.first().reindex(sums.index)
    pd.testing.assert_series_equal(sums.change, sums.score - then, check_names=False)
    moved = table[(table.component == KNOWN_WEIGHT) & (table.change != 0) & table.change.notna()]
    assert len(moved) > 0


# the table


def test_the_worst_come_first_and_those_without_a_score_last() -> None:
    answers = [answer(one, date(2024, 3, 5), nps) for one, nps in zip("abc", (9, 2, 5), strict=True)]
    ledger = book(answers, "a", "b", "c", who="abcd", until={"c": date(2024, 4, 29)})
    table = health(ledger.inquiry(APRIL, health={"components": PARTS}))
    assert tuple(table.columns) == COLUMNS
    total = table[table.segment == "total"]
    assert list(dict.fromkeys(total.customer_id)) == ["b", "a", "d"]  # c is not under contract at the close
    assert list(total.component[:5]) == [*PARTS, KNOWN_WEIGHT]
    assert set(table.month) == {"2024-04"}
    pd.testing.assert_frame_equal(
        total.drop(columns="segment").reset_index(drop=True),
        table[table.segment == "large"].drop(columns="segment").reset_index(drop=True),
    )


def test_nobody_under_contract_and_nothing_known_are_said() -> None:
    gone = book([], "a", who="a", until={"a": date(2024, 2, 29)})
    assert health(gone.inquiry(APRIL, "total", health={"components": PARTS})).reason.to_list() == [EMPTY]
    (why,) = health(
        book([]).without("surveys").inquiry(APRIL, "total", health={"components": {"nps": PARTS["nps"]}})
    ).reason
    assert why == "needs surveys"
    endless = book([], "a")
    endless.rows["contracts"].clear()
    (why,) = health(endless.without("contracts").inquiry(APRIL, "total")).reason
    assert why == "needs contracts"


def test_outsiders_are_shown_no_customer() -> None:
    facts = book([answer(one, date(2024, 3, 5), 5) for one in "abcdefgh"], who="abcdefgh").facts(APRIL)
    facts.manifest = facts.manifest.model_copy(update={"audience": "external"})
    table = health(inquiry_of(facts, APRIL, "total", health={"components": PARTS}))
    assert table.reason.to_list() == [UNLISTED]
    assert table.customer_id.to_list() == [""]
    assert table[["score", "known", "value", "contribution", "change"]].isna().all().all()


@pytest.mark.parametrize("back", [1, 7])
def test_rows_dated_later_change_nothing(back: int, demo_book: Portfolio) -> None:
    month = END - back
    tables = [health(inquiry_of(_demo_facts(demo_book, month, known), month)) for known in (None, month)]
    assert tables[0].score.notna().sum() > 1000
    pd.testing.assert_frame_equal(tables[0], tables[1])


def test_the_defaults_are_answered_by_the_demo(demo_book: Portfolio) -> None:
    table = health(inquire(demo_book, END, ["total"]))
    assert list(dict.fromkeys(table.component)) == [*Health().components, KNOWN_WEIGHT]
    parts = table[table.component != KNOWN_WEIGHT]
    assert parts.groupby("component").contribution.count().min() > 0
    assert set(table.band) >= {"red", "yellow", "green"}
