"""Conditions in the same words: on the rows of a source, and on the customers of a segment."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cslib.errors import CslibError, SettingsError
from cslib.portfolio import Portfolio
from tests.exports import READ_ON, export
from tests.sources import column, customers, places, problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


# where


WHERE = """\
customer_id,name,status,trial,size,since
1,a,active,False,5,2026-01-01
2,b,ended ,TRUE,50,2026-04-01
3,c,,no,300.0,2026/05/01
4,d,left,,many,soon
"""


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({}, "1234"),
        ({"status": "active"}, "1"),
        ({"status": ["active", "ended"]}, "12"),
        ({"status": {"not": "left"}}, "123"),
        ({"status": {"not": ["left", "active"]}}, "23"),
        ({"status": {"missing": True}}, "3"),
        ({"status": {"missing": False}}, "124"),
        ({"trial": False}, "13"),
        ({"trial": True}, "2"),
        ({"size": {"at_least": 50}}, "23"),
        ({"size": {"at_least": 5, "below": 300}}, "12"),
        ({"size": 50}, "2"),
        ({"since": {"at_least": date(2026, 4, 1)}}, "23"),
        ({"since": {"below": date(2026, 5, 1)}}, "12"),
        ({"status": ["active", "left"], "size": {"below": 10}}, "1"),
        ({"customer_id": [1, "2"]}, "12"),
    ],
)
def test_where_on_the_source_s_own_columns(tmp_path: Path, where: dict[str, Any], ids: str) -> None:
    params = customers(tmp_path, WHERE, where=where)
    assert "".join(column(params, "customer_id")) == ids
    assert places(params) == [("customers.csv", int(name) + 1) for name in ids]


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"n": 50}, "2"), ({"n": [5, 300.0]}, "13"), ({"amount": 50}, "2"), ({"n": {"below": 50.5}}, "12"),
        ({"day": date(2026, 4, 1)}, "2"), ({"moment": date(2026, 4, 1)}, "2"), ({"flag": True}, "2"), ({"flag": {"not": True}}, "13"),
        ({"day": {"at_least": date(2026, 4, 1)}}, "23"), ({"moment": {"below": date(2026, 4, 1)}}, "1"),
    ],
)  # fmt: skip
def test_where_on_typed_columns(tmp_path: Path, where: dict[str, Any], ids: str) -> None:
    sql = """
        select * from (values
            (1, 'a', 5, 5::decimal(9, 2), date '2026-01-01', timestamp '2026-01-01 10:00', false),
            (2, 'b', 50, 50, '2026-04-01', '2026-04-01 10:00', true),
            (3, 'c', 300, 300, '2026-05-01', '2026-05-01 10:00', null)
        ) as t(customer_id, name, n, amount, day, moment, flag)
    """
    params = export(tmp_path, source={"customers": {"from": {"sql": sql}, "where": where}})
    assert "".join(column(params, "customer_id")) == ids


def test_a_bound_that_its_column_cannot_be_held_against(tmp_path: Path) -> None:
    for where, message in (
        ({"day": {"at_least": 5}}, "cannot be compared with 5"),
        ({"n": {"below": date(2026, 1, 1)}}, "2026-01-01"),
    ):
        sql = "select 1 as customer_id, 'a' as name, date '2026-01-01' as day, 5 as n"
        params = export(tmp_path, source={"customers": {"from": {"sql": sql}, "where": where}})
        assert message in problem(params)


def test_nobody_is_left_by_a_where(tmp_path: Path) -> None:
    params = export(tmp_path, source={"contracts": {"from": "../data/contracts.csv", "where": {"product": "none"}}})
    with pytest.raises(CslibError, match=r"contracts: no rows in contracts\.csv that keep its 'where'"):
        Portfolio.open(params, READ_ON, into=tmp_path / "snapshot")


# segments see all of it


@pytest.fixture
def segmented(tmp_path: Path) -> Callable[[dict[str, Any]], str]:
    """Return what tells the customers of a segment with this `where`, of customers with further columns."""
    text = (
        "customer_id,name,Plan,支社,size,since\n1,a,pro,東京,5,2026-01-01\n2,b,free,大阪,50,2026-04-01\n3,c,pro,,x,\n"
    )

    def customers(where: dict[str, Any]) -> str:
        segments = {"one": {"id": "one", "name": "one", "where": where}}
        files = {"customers.csv": text, "contracts.csv": None, "surveys.csv": None,
                 "users.csv": "user_id,customer_id,issued_on\nu,1,2026-01-01\n"}  # fmt: skip
        book = Portfolio.open(export(tmp_path, files, segments=segments), READ_ON, into=tmp_path / "snapshot")
        rows = book.tables()["customers"].semi_join(book.members(["one"]), "customer_id")
        return "".join(sorted(rows.to_pyarrow()["customer_id"].to_pylist()))

    return customers


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"plan": "pro"}, "13"),
        ({"支社": "東京"}, "1"),
        ({"支社": {"missing": True}}, "3"),
        ({"size": {"below": 50}}, "1"),
        ({"since": {"at_least": date(2026, 2, 1)}}, "2"),
        ({"plan": {"not": "pro"}, "支社": ["東京", "大阪"]}, "2"),
    ],
)
def test_segments_are_told_by_any_column(segmented: Any, where: dict[str, Any], ids: str) -> None:
    assert segmented(where) == ids


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"plam": "pro"}, r"one\.yaml:3: no column 'plam'; did you mean 'plan'\?"),
        ({"plan": "gold"}, r"one\.yaml:3: segment 'one' matches none of the 3 customers"),
        (
            {"employees": {"at_least": date(2026, 1, 1)}},
            r"employees: the column holds a int64, which cannot be compared",
        ),
    ],
)
def test_segments_that_nobody_is_in(segmented: Any, where: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        segmented(where)
