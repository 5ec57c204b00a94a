"""The reading of a table is built once: whatever it looks at changes, what is read is told by that, and nothing else changes."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from ibis.expr.types import StringValue, Table

from cslib.engines import TEXTS
from cslib.portfolio import Portfolio
from cslib.prepared import WRITTEN
from tests.exports import CONTRACTS as EXPORTED
from tests.exports import READ_ON, export

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

CUSTOMERS = "customer_id,name\n1.0,A\n2.0,B\n3.0,C\n"
CONTRACTS = """contract_id,customer_id,product,starts_on,ends_on,mrr,currency,note
K1,1.0,core,2026-01-01,2026-02-28,"1,000",JPY,a
K2,1.0,core,2026-02-28,,2000,USD,b
K3,2.0,core,2026-01-01,,-5,JPY,c
K4,2.0,more,2026-01-01,,-,JPY,c
K5,9.0,core,2026-01-01,,700,JPY,a
"""
TOUCHES = "customer_id,kind,occurred_on\n1.0,call,2026-05-01T20:00:00Z\n2.0,email,2026-06-29\n2.0,email,2026-06-29\n"
USAGE = "customer_id,user_id,used_on,feature,events\n1.0,u,2026-05-01,x,2\n1.0,u,2026-05-01,y,2\n8.0,u,2026-05-01,y,2\n"
FILES = {"customers.csv": CUSTOMERS, "contracts.csv": CONTRACTS, "touches.csv": TOUCHES}
POLICIES: dict[str, Any] = {"rates": {"USD": 150}, "allowed_quarantine": 1.0}


def forget() -> None:
    """Forget all queries, as though another process went on."""
    for known in (TEXTS, WRITTEN):
        known._known.clear()


def read(folder: Path, files: Mapping[str, str], *, read_on: date = READ_ON, **changed: Any) -> Path:
    """Return the snapshot of the export with these files, tables of source.yaml and policies changed."""
    tables = {name.partition(".")[0]: {"from": f"../data/{name}"} for name in {**FILES, **files}}
    source = {**tables, **{name: {**tables[name], **said} for name, said in changed.get("source", {}).items()}}
    policies = {**POLICIES, **changed.get("policies", {})}
    params = export(folder, {**FILES, "surveys.csv": None, **files}, source, policies=policies)
    said = (params / "source.yaml").read_text("utf-8")
    (params / "source.yaml").write_text(said.replace(f"read_on: {READ_ON}", f"read_on: {read_on}"), "utf-8")
    return Portfolio.open(params, READ_ON, into=folder / "snapshot").folder


def told(snapshot: Path) -> dict[str, Any]:
    """Return what a snapshot tells that one of the changes changes."""
    tables = json.loads((snapshot / "manifest.json").read_text("utf-8"))["tables"]
    rows = {file.stem: pq.read_table(file) for file in snapshot.glob("tables/*.parquet")}
    contracts = rows["contracts"].to_pylist()
    return {
        "mrr": {row["contract_id"]: int(row["mrr"]) for row in contracts},
        "products": {row["product"] for row in contracts},
        "further": set(rows["contracts"].column_names) & {"note", "remark"},
        "claims": Counter(
            one["claim"] for table in tables.values() for one in table["claims"] for _ in range(one["rows"])
        ),
        "remarks": {one["kind"] for one in tables["contracts"]["notes"]},
        "touched": [str(day) for day in rows["touches"]["occurred_on"].to_pylist()],
        "features": rows["features"]["feature"].to_pylist() if "features" in rows else [],
    }


PLAIN: dict[str, Any] = {
    "mrr": {"K1": 1000, "K2": 300_000},
    "products": {"core"},
    "further": {"note"},
    "claims": {"negative(mrr)": 1, "type(mrr)": 1, "orphan(customer_id)": 1},
    "remarks": {"converted", "contract_end"},
    "touched": ["2026-05-02", "2026-06-29", "2026-06-29"],  # the first was at 20:00 UTC, the next day in Tokyo
    "features": [],
}


def without_limits(*_args: Any) -> Any:
    """Return no claim on how large or small a value is."""
    return iter(())


def contracts(old: str, new: str) -> dict[str, dict[str, str]]:
    """Return the change of the contracts' rows."""
    return {"files": {"contracts.csv": CONTRACTS.replace(old, new)}}


def mapped(**columns: Any) -> dict[str, Any]:
    """Return the change of what the contracts' columns are."""
    return {"source": {"contracts": {"columns": columns}}}


# what is changed, and what is told otherwise then: all else is as it was
CLAIMS, USED = PLAIN["claims"], {"files": {"usage.csv": USAGE}}
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a row": (contracts("2000", "3000"), {"mrr": {"K1": 1000, "K2": 450_000}}),
    "another table's row": (
        {"files": {"customers.csv": f"{CUSTOMERS}9.0,D\n"}},
        {"mrr": {**PLAIN["mrr"], "K5": 700}, "claims": {"negative(mrr)": 1, "type(mrr)": 1}},
    ),
    "an id that is no number": (
        {"files": {"contracts.csv": f"{CONTRACTS}K6,A-1.0,core,2026-01-01,,100,JPY,a\n"}},
        {"mrr": {}, "products": set(), "remarks": {"converted"}, "claims": {**CLAIMS, "orphan(customer_id)": 6}},
    ),
    "a further column": (contracts(",note", ",remark"), {"further": {"remark"}}),
    "a column of the model": (
        contracts(",note", ",seats"),
        {"mrr": {}, "products": set(), "further": set(), "remarks": {"converted"}, "claims": {**CLAIMS, "type(seats)": 5}},
    ),
    "where": (
        {"source": {"contracts": {"where": {"note": ["a", "b"]}}}},
        {"claims": {"orphan(customer_id)": 1}},
    ),
    "which column it is": (mapped(product="note"), {"products": {"a", "b"}, "further": set(), "remarks": {"converted"}}),
    "what stands for nothing": (
        mapped(mrr={"column": "mrr", "null": ["-"]}),
        {"claims": {"negative(mrr)": 1, "required(mrr)": 1, "orphan(customer_id)": 1}},
    ),
    "a factor": (mapped(mrr={"column": "mrr", "divide_by": 10}), {"mrr": {"K1": 100, "K2": 30_000}}),
    "a format": (
        mapped(starts_on={"column": "starts_on", "format": "%Y-%d-%m"}),
        {"mrr": {"K1": 1000}, "remarks": {"converted"}, "claims": {**CLAIMS, "type(starts_on)": 1}},
    ),
    "the zone": (
        {"policies": {"timezone": "America/New_York"}},
        {"touched": ["2026-05-01", "2026-06-29", "2026-06-29"]},
    ),
    "a rate": ({"policies": {"rates": {"USD": 160}}}, {"mrr": {"K1": 1000, "K2": 320_000}}),
    "the currency": ({"policies": {"currency": "USD", "rates": {"JPY": 0.01}}}, {"mrr": {"K1": 10, "K2": 2000}}),
    "what an end is": ({"policies": {"contract_end": "first_day_without"}}, {"remarks": {"converted"}}),
    "a table": (USED, {"features": ["x", "y"], "claims": {**CLAIMS, "orphan(customer_id)": 2}}),
    "the core features": (
        {**USED, "policies": {"core_features": ["x"]}},
        {"features": ["x"], "claims": {**CLAIMS, "orphan(customer_id)": 2}},
    ),
    "the day of the reading": (
        {"read_on": READ_ON.replace(day=28)},
        {"touched": ["2026-05-02"], "claims": {**CLAIMS, "future(occurred_on)": 2}},
    ),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def known(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the queries of the export as it is be known."""
    forget()
    assert told(read(tmp_path_factory.mktemp("plain"), {})) == PLAIN


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_read_follows_each_thing_that_the_reading_looks_at(change: str, tmp_path: Path) -> None:
    changed, otherwise = CHANGES[change]
    assert told(read(tmp_path, **{"files": {}, **changed})) == {**PLAIN, **otherwise}


def test_it_follows_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as changed:
        changed.setattr("cslib.model.columns._limit_claims", without_limits)
        found = told(read(tmp_path, {}))
    assert found["mrr"] == {**PLAIN["mrr"], "K3": -5}
    assert found["claims"] == {"type(mrr)": 1, "orphan(customer_id)": 1}


def test_of_other_rows_and_the_next_day_nothing_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"usage.csv": "customer_id,user_id,used_on,feature\n00001,u,2026-05-01,x\n"}
    Portfolio.open(export(tmp_path / "one", files), READ_ON, into=tmp_path / "first")
    params = export(tmp_path / "other", {**files, "contracts.csv": EXPORTED.replace("1000", "1500")})
    (params / "source.yaml").write_text(
        (params / "source.yaml").read_text("utf-8").replace("-06-30", "-07-01"), "utf-8"
    )

    def refused(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError

    for owner, name in ((Table, "aggregate"), (Table, "filter"), (Table, "group_by"), (StringValue, "re_replace")):
        monkeypatch.setattr(owner, name, refused)
    found = Portfolio.open(params, READ_ON, into=tmp_path / "second").folder
    assert pq.read_table(found / "tables" / "contracts.parquet")["mrr"].to_pylist() == [1500] * 12
