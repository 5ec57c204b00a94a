"""Queries that are built once in a process: whatever they hang on changes, the figure is the new one; and where nothing does, none is built."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from ibis import _

from cslib.engines import connect
from cslib.facts import contract_terms
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import total
from cslib.kpis.measure import measure
from cslib.periods import Month, month_number, months_up_to
from cslib.prepared import PreparedQueries
from tests.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis.expr.types import Table

MARCH, APRIL = Month.parse("2024-03"), Month.parse("2024-04")
MRR = CATALOGUE.by_id["mrr"]


def term(who: str, mrr: int, ends_on: date | None = None) -> dict[str, Any]:
    """Return a contract from January 2024 on, with its last day."""
    return {
        "contract_id": who, "customer_id": who, "product": "core", "mrr": mrr, "starts_on": date(2024, 1, 1),
        "ends_on": ends_on,
    }  # fmt: skip


def customer(who: str, plan: str) -> dict[str, Any]:
    """Return a customer of a segment."""
    return {"customer_id": who, "name": who, "plan": plan}


BOOK = Ledger({
    "customers": [customer("a", "basic"), customer("b", "full")],
    "contracts": [term("a", 100, date(2024, 3, 31)), term("b", 50)],
    "surveys": [],
})  # fmt: skip


def mrr(book: Ledger, month: Month = MARCH, segment: str = "total", **asked: Any) -> float:
    """Return the MRR of a segment at the close of a month."""
    found = measure(book.facts(month, read=asked.get("read")), [asked.get("kpi", MRR)], (month,))
    return float(found[found.segment == segment].value.item())


def longer(dated: Table, policies: Any) -> Any:  # noqa: ARG001 - in the place of one that takes both
    """Return a month more than until the end of a term."""
    return month_number(dated.effective_end) + 1


def test_a_figure_follows_each_thing_that_it_hangs_on() -> None:
    """The first contract ends with March: under the policy in force it is lost at that very close."""
    assert mrr(BOOK) == 50
    assert mrr(BOOK.with_rows(contracts=[term("a", 100), term("b", 50)])) == 150
    assert mrr(BOOK.under(churn_month="day_after")) == 150
    assert mrr(BOOK, Month.parse("2024-02")) == 150
    assert mrr(BOOK.with_rows(contracts=[])) == 0
    assert mrr(BOOK.without("surveys")) == 50
    assert mrr(BOOK, read=lambda tables: {**tables, "contracts": tables["contracts"].mutate(mrr=_.mrr * 3)}) == 150
    assert mrr(BOOK) == 50


def test_a_figure_follows_who_is_in_a_segment() -> None:
    assert mrr(BOOK, segment="full") == 50
    moved = BOOK.with_rows(customers=[customer("a", "full"), customer("b", "basic")])
    assert mrr(moved, segment="full") == 0
    assert mrr(BOOK, segment="full") == 50


def test_a_figure_follows_the_formula_of_its_kpi() -> None:
    """Two KPIs that differ in their expressions alone are equal to Python."""
    twice = replace(MRR, part=total(_.closing_mrr * 2))
    assert twice == MRR
    assert [mrr(BOOK, kpi=kpi) for kpi in (MRR, twice, MRR)] == [50, 100, 50]


@pytest.mark.parametrize(
    ("owner", "name", "other"),
    [
        (contract_terms, "_NO_END_FROM", 2000),  # then 2024 is as good as no end
        (contract_terms, "_lost_month", lambda dated, _policies: month_number(dated.effective_end) + 1),
        (
            contract_terms._lost_month,
            "__code__",
            longer.__code__,
        ),  # as a kernel reloads it: the same function, other code
    ],
    ids=["a constant", "a function", "its code"],
)
def test_a_figure_follows_the_code_of_its_fact(
    owner: Any, name: str, other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mrr(BOOK) == 50
    with monkeypatch.context() as changed:
        changed.setattr(owner, name, other)
        assert mrr(BOOK) == 150
    assert mrr(BOOK) == 50


def test_what_was_asked_before_is_not_built_again_and_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def counted(name: str) -> Callable[..., Any]:
        own = getattr(ibis.expr.types.Table, name)

        def count(*args: Any, **kwargs: Any) -> Any:
            built.append(name)
            return own(*args, **kwargs)

        return count

    def all_kpis(plan: str) -> pd.DataFrame:
        book = BOOK.with_rows(customers=[customer("a", plan), customer("b", plan)])
        facts = book.facts(APRIL)
        built.clear()
        return measure(facts, CATALOGUE.kpis, months_up_to(APRIL, 3)).query("segment == 'total'").reset_index(drop=True)

    first = all_kpis("basic")
    for name in ("group_by", "join", "filter", "mutate"):
        monkeypatch.setattr(ibis.expr.types.Table, name, counted(name))
    second = all_kpis("full")
    assert built == []
    pd.testing.assert_frame_equal(first, second, check_exact=True)


def queries(name: str, n: int, *columns: str) -> tuple[PreparedQueries, Table]:
    """Return the queries over a table of one number, and over that number's double."""
    engine = connect()
    made: dict[str, Table] = {}
    rows = pa.table({"n": [n], **{column: ["text"] for column in columns}})
    given = engine.create_table(name, rows)

    def named(_name: str) -> Table:
        if not made:
            made["double"] = asked.table("double", lambda: given.mutate(n=_.n * 2))
        return made["double"]

    asked = PreparedQueries("a definition", [given], named, lambda: made)
    return asked, given


def one(asked: PreparedQueries, given: Table) -> tuple[int, int]:
    """Return the number, and ten times its double."""
    plain = asked.answer("plain", lambda: given.select("n"))
    doubled = asked.answer("doubled", lambda: asked._named("double").mutate(n=_.n * 10))
    return plain["n"][0].as_py(), doubled["n"][0].as_py()


def test_each_answer_is_that_of_its_own_tables() -> None:
    found = [one(*queries(name, n)) for name, n in (("one", 1), ("other", 2), ("n", 3))]
    assert found == [(1, 20), (2, 40), (3, 60)]


def test_a_table_is_dropped_with_the_last_that_names_it() -> None:
    one(*queries("one", 1))
    asked, given = queries("one", 5)
    engine = given.get_backend()
    assert one(asked, given) == (5, 100)
    assert len(engine.list_tables()) == 2
    del asked
    gc.collect()
    assert engine.list_tables() == ["one"]


def test_tables_of_another_schema_are_asked_another_query() -> None:
    one(*queries("one", 1))
    asked, given = queries("one", 7, "more")
    assert asked.answer("all", lambda: given).column_names == ["n", "more"]
    asked, given = queries("one", 7)
    assert asked.answer("all", lambda: given).column_names == ["n"]
