"""What a list tells of each customer before it is called, in a book of four: nothing later than the month, and nothing made up."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib.analysis.figures.contacts import COLUMNS, contacts, with_due
from cslib.analysis.figures.drilldown import customers_at, customers_behind
from cslib.analysis.figures.joined_lists import LISTS, joined_lists, moved_customers
from cslib.i18n import TEXTS, Wording
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Listed
from cslib.periods import Month
from cslib.tables.customer_tables import customer_table, joined_table, list_title, moved_table
from tests.ledger import Ledger
from tests.notebooks import SHIPPED

if TYPE_CHECKING:
    from cslib.facts import Facts
    from cslib.i18n import Language

JUNE = Month.parse("2024-06")


def _contract(  # noqa: PLR0913, PLR0917 - a row
    who: str, mrr: int, since: date, until: date | None, number: str = "", product: str = "core"
) -> dict[str, object]:
    return {"contract_id": who + number, "customer_id": who, "product": product, "starts_on": since, "ends_on": until,
            "mrr": mrr, "term_months": 12}  # fmt: skip


def _answer(number: int, who: str, kind: str, score: int | None, day: date | None, comment: str) -> dict[str, object]:  # noqa: PLR0913, PLR0917 - a row
    return {"response_id": f"{number}", "customer_id": who, "kind": kind, "score": score, "responded_on": day,
            "comment": comment, "sent_on": day}  # fmt: skip


def _book() -> Ledger:
    return Ledger({
        "customers": [{"customer_id": who, "name": who.upper(), "csm": csm} for who, csm in zip("abcde", ("sato", "ito", None, None, None), strict=True)],
        "contracts": [
            _contract("a", 10, date(2024, 1, 1), date(2024, 12, 31)), _contract("b", 30, date(2024, 1, 1), date(2024, 6, 10)),
            _contract("c", 30, date(2024, 2, 1), date(2025, 1, 31)), _contract("c", 5, date(2024, 6, 5), None, "2"),
            _contract("e", 10, date(2024, 1, 1), date(2024, 12, 31)), _contract("e", 5, date(2024, 6, 1), date(2024, 12, 31), "2"),
            _contract("e", 5, date(2024, 6, 1), date(2024, 12, 31), "3", "extra"),
        ],
        "usage": [
            {"customer_id": "a", "user_id": "u", "used_on": day, "feature": "x", "events": 1}
            for day in (date(2024, 2, 3), date(2024, 4, 9), date(2024, 7, 2))
        ] + [{"customer_id": "a", "user_id": "u", "used_on": date(2024, 5, 8), "feature": "x", "events": 0}],
        "touches": [
            {"touch_id": f"t{day}", "customer_id": "a", "occurred_on": day, "kind": "call"} for day in (date(2024, 5, 7), date(2024, 7, 1))
        ],
        "surveys": [
            _answer(1, "a", "nps", 9, date(2024, 3, 1), "good"), _answer(2, "a", "csat", 2, date(2024, 6, 30), "slow"),
            _answer(3, "a", "nps", 0, date(2024, 7, 1), "gone"), _answer(4, "b", "nps", None, None, ""),
        ],
        "milestones": [
            {"customer_id": "a", "milestone": step, "due_on": due, "completed_on": done, "required": required}
            for step, due, done, required in (
                ("go", date(2024, 2, 1), date(2024, 2, 1), True), ("live", date(2024, 6, 20), date(2024, 7, 1), True),
                ("meet", date(2024, 5, 1), date(2024, 6, 30), True), ("teach", date(2024, 8, 1), None, True), ("extra", date(2024, 3, 1), None, False),
            )
        ],
        "goals": [
            {"goal_id": "g1", "customer_id": "c", "level": "department", "set_on": date(2024, 3, 1), "due_on": date(2024, 9, 1), "achieved_on": None},
            {"goal_id": "g3", "customer_id": "b", "level": "department", "set_on": date(2024, 6, 30), "due_on": date(2024, 8, 15), "achieved_on": None},
            {"goal_id": "g2", "customer_id": "c", "level": "department", "set_on": date(2024, 7, 1), "due_on": date(2024, 7, 2), "achieved_on": None},
        ],
    })  # fmt: skip


@pytest.fixture(scope="module")
def facts() -> Facts:
    """Return the facts up to August, so that what is later than June is there to be left out."""
    return _book().facts(JUNE + 2)


@pytest.fixture(scope="module")
def known(facts: Facts) -> pd.DataFrame:
    """Return the contacts as of June."""
    return contacts(facts, JUNE).astype(object).where(lambda told: told.notna(), None)


def test_each_customer_is_told_of_as_it_was_known_at_the_close(known: pd.DataFrame) -> None:
    assert tuple(known.columns) == COLUMNS
    assert known.loc["a"].to_dict() == {
        "ends_on": "2024-12-31", "last_use": "2024-04", "last_touch": "2024-05-07", "asked": "csat", "score": 2.0,
        "answered_on": "2024-06-30", "comment": "slow", "step_due": "2024-06-20", "goal_due": None,
    }  # fmt: skip
    assert known.ends_on["b"] == "2024-06-10"  # lost: when the last term ended
    assert (known.ends_on["c"], known.goal_due["c"]) == ("2025-01-31", "2024-09-01")
    assert known.goal_due["b"] == "2024-08-15"  # set on the day of the close
    assert known.loc["c", ["last_use", "last_touch", "score", "step_due"]].isna().all()
    assert "d" not in known.index  # without any contract, use or touch nothing is known


def _lists(facts: Facts) -> dict[str, pd.DataFrame]:
    """Return the customers behind every KPI as of June, what is known of each before it is called, and whose MRR moved."""
    known = customers_at(facts, JUNE)
    behind = {kpi.id: customers_behind(facts, kpi, JUNE, known) for kpi in CATALOGUE if isinstance(kpi.listed, Listed)}
    return {**behind, "contacts": contacts(facts, JUNE).sort_index(), "moved": moved_customers(facts, JUNE)}


def test_no_list_hangs_on_what_is_dated_later(facts: Facts) -> None:
    later, then = _lists(facts), _lists(_book().facts(JUNE + 2, known=JUNE))
    assert sum(map(len, then.values())) > len("abcd") * 4
    for name, rows in then.items():
        pd.testing.assert_frame_equal(rows, later[name], obj=name)


def test_what_is_open_is_due_by_stage_and_late_only_after_its_day(facts: Facts) -> None:
    told = contacts(facts, JUNE)
    setup = with_due(told, CATALOGUE.by_id["onboarding_overdue"], JUNE)
    assert (setup.due_on["a"], setup.days_late["a"]) == ("2024-06-20", 10)
    outcome = with_due(told, CATALOGUE.by_id["goal_attainment"], JUNE)
    assert outcome.due_on["c"] == "2024-09-01"
    assert outcome.days_late.isna().all()
    assert "due_on" not in with_due(told, CATALOGUE.by_id["nps"], JUNE)


def test_a_source_without_use_touches_answers_and_goals_tells_of_contracts_alone() -> None:
    book = _book().without("usage", "touches", "surveys", "milestones", "goals")
    told = contacts(book.facts(JUNE), JUNE)
    assert told.ends_on.notna().all()
    assert told.drop(columns="ends_on").isna().all(axis=None)


def test_the_last_answer_of_a_day_is_the_last_one_by_its_number() -> None:
    book = _book()
    given = [_answer(9, "a", "nps", 2, date(2024, 6, 30), "nine"), _answer(10, "a", "nps", 8, date(2024, 6, 30), "ten")]
    told = contacts(book.with_rows(surveys=given).facts(JUNE), JUNE)
    assert (told.score["a"], told.comment["a"]) == (8, "ten")
    # an hour decides before any number
    hours = map(datetime.fromisoformat, ("2024-06-30T18:00", "2024-06-30T09:00"))
    early = [{**row, "responded_moment": hour} for row, hour in zip(given, hours, strict=True)]
    told = contacts(book.with_rows(surveys=early).facts(JUNE), JUNE)
    assert (told.score["a"], told.comment["a"]) == (2, "nine")


def test_movements_lead_to_their_customers_and_add_up_to_the_bridge(facts: Facts) -> None:
    moved = moved_customers(facts, JUNE)
    assert moved.to_numpy().tolist() == [
        ["b", "churn", -30.0, 30.0, 0.0], ["c", "upsell", 5.0, 30.0, 35.0],
        ["e", "cross_sell", 5.0, 10.0, 20.0], ["e", "upsell", 5.0, 10.0, 20.0],
    ]  # fmt: skip
    named = moved.merge(customers_at(facts, JUNE)[["customer_id", "name", "csm"]], "left")
    shown = moved_table(named, Wording("en"), 50)
    assert "3 customers" in shown.text
    assert shown.html.index("B") < shown.html.index("Upsell")
    assert "-30.0" in shown.csv


def _joined() -> pd.DataFrame:
    known = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c"],
            "name": ["A", "B", "C"],
            "csm": ["sato", None, None],
            "plan": None,
            "mrr": [1.0, 9, 5],
        }
    )
    behind = {
        "adoption": pd.DataFrame({"customer_id": ["a", "b"], "counted": [1.0, 1]}),
        "nrr": pd.DataFrame({"customer_id": ["a", "c"], "counted": [4.0, -4]}),  # c grew: nothing is wanting
    }
    signs = "onboarding_days adoption customers.seats"
    told = {"customer_id": ["a", ""], "what": ["help", ""], "why": ["red", ""], "signals": [signs, ""]}
    actions = pd.DataFrame(told)
    return joined_lists(behind, known, actions)


def test_each_customer_stands_once_with_the_lists_it_is_on_and_what_to_do() -> None:
    found = _joined()
    assert found[["customer_id", "lists", "what", "why"]].to_numpy().tolist() == [
        ["a", ("adoption", "nrr"), "help", "red"], ["b", ("adoption",), "", ""],
    ]  # fmt: skip
    shown = joined_table(found, CATALOGUE, Wording("en"))
    assert "2 customers" in shown.text
    assert "¥10 " in shown.text.replace("\N{NO-BREAK SPACE}", " ")  # 1 and 9
    assert "Customers who have not adopted" in shown.html
    assert "sato" in joined_table(found.head(1), CATALOGUE, Wording("en")).html
    unknown = joined_table(found.assign(mrr=float("nan")), CATALOGUE, Wording("en"))
    assert "MRR" in shown.html
    assert "MRR" not in unknown.html + unknown.text
    assert "Help" in shown.html
    assert joined_table(found.head(0), CATALOGUE, Wording("ja")).csv == ""


def test_the_joined_list_names_the_signals_on_whose_worse_side_a_customer_is() -> None:
    found = _joined()
    shown = joined_table(found, CATALOGUE, Wording("en")).html
    named = Wording("en").join(["Days to onboard", "Weeks of core use", "1 more"])  # of three, two are named
    assert Wording("en").text("why_signals", names=named) in shown
    assert "worse side" not in joined_table(found.assign(signals=""), CATALOGUE, Wording("en")).html


def test_the_joined_list_is_of_the_lists_that_the_pages_show() -> None:
    code = "".join(json.loads(path.read_text("utf-8"))["cells"].__repr__() for path in SHIPPED)
    shown = {kpi.id for kpi in CATALOGUE if f's.customers("{kpi.id}")' in code}
    assert set(LISTS) == shown


def test_a_long_list_shows_its_first_rows_and_says_where_the_others_are() -> None:
    rows = pd.DataFrame({"customer_id": [f"{n:05}" for n in range(10_000)]}).assign(
        name="A",
        csm=None,
        plan=None,
        mrr=1.0,
        part=0.0,
        whole=1.0,
        counted=1.0,
        lists=pd.Series([("adoption",)] * 10_000, dtype=object),
        what="",
        why="",
        signals="",
    )
    behind = customer_table(rows, CATALOGUE.by_id["adoption"], Wording("en"), 50)
    joined = joined_table(rows, CATALOGUE, Wording("en"))
    assert (behind.html.count("<tr>"), joined.html.count("<tr>")) == (51, 101)
    assert "50 of 10,000 rows" in behind.text
    assert "CSM" not in behind.html + joined.html  # nobody has one
    assert "100 of 10,000 rows" in joined.text
    assert joined.csv.count("\r\n") == 10_001


@pytest.mark.parametrize("language", ["ja", "en"])
def test_each_list_of_the_catalogue_has_a_title_of_its_own(language: Language) -> None:
    listed = [one for kpi in CATALOGUE for one in (kpi, kpi.otherwise) if one and isinstance(one.listed, Listed)]
    titles = {kpi.id: Wording(language).text(list_title(kpi)) for kpi in listed}
    assert all(f"list_{kpi}" in TEXTS for kpi in titles)
    assert len({*titles.values()}) == len(titles)
    assert "NPS" not in titles["nps"]  # whom it holds, not what is measured
