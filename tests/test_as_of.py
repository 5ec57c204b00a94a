"""As of a month, what is dated later changes nothing: every KPI at once, on the demo data and on generated books."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ibis import _

from cslib.analysis.figures.answer import month_answer, standings
from cslib.analysis.figures.contacts import contacts
from cslib.analysis.figures.drilldown import customers_at, customers_behind
from cslib.analysis.figures.joined_lists import moved_customers
from cslib.facts import Facts
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Listed
from cslib.kpis.measure import measure
from cslib.kpis.targets import with_status
from cslib.model import TABLES
from cslib.periods import Month, months_up_to
from tests.ledger import KNOWN_FROM, TOLD_ON, known_by, summed
from tests.rewritten import rewritten
from tests.strategies import LAST, MONTHS, books, days, examples

if TYPE_CHECKING:
    from datetime import date

    from cslib.portfolio import Portfolio
    from tests.ledger import Ledger

END = Month.parse("2026-10")


def _demo_facts(book: Portfolio, last: Month, known: Month | None = None, since: Month | None = None) -> Facts:
    """Return the facts of the demo: from everything, from what was known by the end of a month, or told otherwise since one."""
    facts = book.facts(last)
    engine = facts.tables["customers"].get_backend()
    tables = {table.name: facts.tables[table.name] for table in TABLES if table.name != "usage"}
    tables["usage"] = engine.read_parquet(str(book.folder.parent.parent.parent / "data" / "usage.parquet"))
    told = known_by(tables, known) if known else rewritten(tables, since) if since else tables
    policies = book.settings.policies
    return Facts(summed(told, policies), book.manifest, policies, facts.members, last)


@pytest.fixture(scope="module")
def from_everything(demo_book: Portfolio) -> pd.DataFrame:
    """Return the figures of the demo's last eight months, from all data."""
    return measure(_demo_facts(demo_book, END), CATALOGUE.kpis, months_up_to(END, 8))


@pytest.mark.parametrize("back", [1, 7])
def test_demo_data_dated_later_change_nothing(back: int, demo_book: Portfolio, from_everything: pd.DataFrame) -> None:
    month = END - back
    then = measure(_demo_facts(demo_book, month, month), CATALOGUE.kpis, (month,))
    assert then.value.notna().sum() > len(CATALOGUE) * 3
    pd.testing.assert_frame_equal(then, _of(from_everything, month))


def test_what_is_told_later_of_the_demo_changes_no_figure(demo_book: Portfolio, from_everything: pd.DataFrame) -> None:
    month = END - 7
    later = measure(_demo_facts(demo_book, END, since=month), CATALOGUE.kpis, (month,))
    pd.testing.assert_frame_equal(later, _of(from_everything, month))


def test_every_day_of_the_model_is_forgotten_where_it_lies_ahead() -> None:
    happened = {(table.name, column.name) for table in TABLES for column in table.columns if column.happened}
    forgotten = {*KNOWN_FROM.items(), *((name, day) for name, days in TOLD_ON.items() for day in days)}
    planned = {
        ("assignments", "started_on")
    }  # may lie ahead of the day of reading, and is not known before it all the same
    assert happened | planned == forgotten | {("surveys", "sent_on")}


@examples(3)
@given(books(), st.integers(1, MONTHS - 2))
def test_what_is_told_later_changes_nothing(ledger: Ledger, back: int) -> None:
    month = LAST - back
    then = ledger.measure(month, known=month)
    otherwise = measure(ledger.facts(month, read=partial(rewritten, month=month)), CATALOGUE.kpis, (month,))
    pd.testing.assert_frame_equal(then[otherwise.columns], otherwise[otherwise.columns])
    # measured a month at a time or as one of many: the same
    pd.testing.assert_frame_equal(then, _of(ledger.measure(LAST, back + 1), month))


def _lists(facts: Facts, month: Month) -> dict[str, pd.DataFrame]:
    """Return the customers behind every KPI, what is known of each before it is called, and whose MRR moved."""
    known = customers_at(facts, month)
    behind = {kpi.id: customers_behind(facts, kpi, month, known) for kpi in CATALOGUE if isinstance(kpi.listed, Listed)}
    return {**behind, "contacts": contacts(facts, month).sort_index(), "moved": moved_customers(facts, month)}


def _read_at_the_end(facts: Facts) -> Facts:
    """Return the facts of data that reach as far as they do: before, an end on record is not what was read at the close."""
    facts.manifest = facts.manifest.model_copy(update={"read_on": (LAST + 1).first_day, "last_month": str(LAST)})
    return facts


@examples(2)
@given(books(), st.integers(1, MONTHS - 2))
def test_what_is_told_later_changes_no_list(ledger: Ledger, back: int) -> None:
    month = LAST - back  # read much later, when the ends of terms are no longer those that were planned
    then, later = (
        _lists(_read_at_the_end(ledger.facts(LAST, read=read)), month)
        for read in (partial(known_by, month=month), partial(rewritten, month=month))
    )
    for name, rows in then.items():
        pd.testing.assert_frame_equal(rows, later[name], obj=name)


def test_months_that_follow_change_neither_what_is_missed_nor_where_segments_stand(
    demo_book: Portfolio, from_everything: pd.DataFrame
) -> None:
    """What is missed is told with when it was last reached, and must not be told what reached it since."""
    month, segments = END - 4, demo_book.settings.segments
    goals = {(one.id, kpi): goal.target for one in segments for kpi, goal in one.targets.items()}
    measured = with_status(from_everything, goals, CATALOGUE.by_id, demo_book.settings.policies.min_n)
    then = measured[measured.month <= str(month)]
    assert (then.status == "off_target").any()
    answers, stands = (
        [look(rows, CATALOGUE, month, segments) for rows in (then, measured)] for look in (month_answer, standings)
    )
    assert repr(answers[0]) == repr(answers[1])
    assert repr(stands[0]) == repr(stands[1])


def _of(table: pd.DataFrame, month: Month) -> pd.DataFrame:
    return table[table.month == str(month)].reset_index(drop=True)


# the states of customers, from which it is told what leads


def _states(facts: Facts, month: Month) -> pd.DataFrame:
    rows = facts["customer_states"].filter(_.month_no == month.number).order_by("customer_id")
    return rows.to_pyarrow().to_pandas()


@pytest.mark.parametrize("back", [1, 7])
def test_states_of_the_demo_are_those_that_were_known(back: int, demo_book: Portfolio) -> None:
    month = END - back
    then = _states(_demo_facts(demo_book, month, month), month)
    assert then.drop(columns="month").notna().any().all()
    pd.testing.assert_frame_equal(then, _states(_demo_facts(demo_book, END), month))


@examples(6)
@given(books(), st.integers(1, MONTHS - 2), st.lists(days(), min_size=8, max_size=8))
def test_states_are_those_that_were_known(ledger: Ledger, back: int, joined: list[date]) -> None:
    month, ids = LAST - back, [row["customer_id"] for row in ledger.rows["customers"]]
    programmes = [
        {"customer_id": one, "programme": "seminar", "started_on": day} for one, day in zip(ids, joined, strict=False)
    ]
    told = ledger.with_rows(programmes=programmes)
    then = _states(told.facts(month, known=month), month)
    pd.testing.assert_frame_equal(then, _states(told.facts(LAST), month))
