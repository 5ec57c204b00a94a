"""Tables whose rows have no id: each row is its own, told apart by its place in its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cslib.check import check_params
from cslib.model import TABLES
from cslib.portfolio import Portfolio
from tests.books import TODAY
from tests.exports import CONTRACTS, export
from tests.sources import problem

if TYPE_CHECKING:
    from pathlib import Path

_NAMELESS = "\n".join(line.partition(",")[2] for line in CONTRACTS.splitlines()) + "\n"


def test_every_key_but_the_customers_may_be_absent() -> None:
    keyed = {table.name: table for table in TABLES if table.key}
    assert {name for name, table in keyed.items() if table.key in table.required} == {"customers"}
    assert all(table[table.key or ""].absent for name, table in keyed.items() if name != "customers")


def test_terms_without_ids_are_terms_of_their_own_and_that_is_told(tmp_path: Path) -> None:
    params = export(tmp_path, {"contracts.csv": _NAMELESS, "surveys.csv": None})
    ids = Portfolio.open(params, TODAY).tables()["contracts"].contract_id.to_pyarrow().to_pylist()
    assert sorted(ids) == sorted(f"contracts.csv:{row}" for row in range(2, 14))  # the header is row 1
    assert "no column 'contract_id': every row is a term of its own" in check_params(params, TODAY).as_text()


def test_where_ids_are_told_a_row_without_one_is_a_fault(tmp_path: Path) -> None:
    params = export(tmp_path, {"contracts.csv": CONTRACTS.replace("K00012", ""), "surveys.csv": None})
    assert "null_id(contract_id)" in check_params(params, TODAY).as_text()


def test_states_without_ids_have_no_newest(tmp_path: Path) -> None:
    source = {"contracts": {"from": "../data/contracts.csv", "latest": "file"}}
    said = problem(export(tmp_path, {"contracts.csv": _NAMELESS, "surveys.csv": None}, source))
    assert "contracts.latest: wanted contract_id" in said or "wanted contract_id, by which the states" in said


@pytest.mark.parametrize("ids", [True, False], ids=["with ids", "without"])
def test_an_export_that_is_there_twice_is_told_where_ids_cannot_tell_it(tmp_path: Path, ids: bool) -> None:  # noqa: FBT001
    text = CONTRACTS if ids else _NAMELESS
    files = {"contracts.csv": None, "surveys.csv": None, "terms_1.csv": text, "terms_2.csv": text}
    params = export(tmp_path, files, {"contracts": {"from": "../data/terms_*.csv"}})
    said = check_params(params, TODAY).as_text()
    assert ("terms_1.csv, terms_2.csv" in said) is not ids
