"""Queries are kept as they were written: the next process writes none of them anew, and what it finds hangs on nothing that they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import pytest

from cslib import query_texts
from cslib.code_version import loaded_code
from cslib.engines import TEXTS
from cslib.kept_queries import KeptQueries
from cslib.kpis.measure import measure
from cslib.prepared import WRITTEN
from tests.exports import CONTRACTS, export, write, write_yaml
from tests.test_computed import MAY, SEGMENTS, WAYS, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

KPIS = ["mrr", "arpa", "nps"]


def forget() -> None:
    """Forget all queries, as though another process went on."""
    for known in (TEXTS, WRITTEN):
        known._known.clear()


def asked(params: Path) -> pd.DataFrame:
    """Return some figures of May as a process measures them that knows no query yet."""
    forget()
    return opened(params).measure(MAY, 1, kpis=KPIS)


def files(params: Path) -> list[Path]:
    """Return the files in which queries are kept."""
    found = (params.parent / ".cslib" / "snapshots" / ".queries").glob("computed/*/*.parquet")
    return [file for file in found if file.parent.name != "damaged"]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, pd.DataFrame]:
    """Return the params of an export that was measured once, and its figures."""
    params = export(tmp_path_factory.mktemp("book"), segments=SEGMENTS)
    return params, asked(params)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Return the queries that are written from now on, and the steps of facts and KPIs that are built."""
    found: list[Any] = []
    write_query = query_texts._with_places

    def noted(query: Any, places: Any) -> Any:
        found.append(query)
        return write_query(query, places)

    monkeypatch.setattr(query_texts, "_with_places", noted)
    yield found
    forget()


def test_another_process_writes_no_query_of_a_new_snapshot_anew(
    book: tuple[Path, pd.DataFrame], written: list[Any]
) -> None:
    params, before = book
    contracts = params.parent / "data" / "contracts.csv"
    write(contracts, CONTRACTS.replace("K00001,00001,core,2026-01-01,,1000", "K00001,00001,core,2026-01-01,,1500"))
    found = asked(params)
    write(contracts, CONTRACTS)
    assert not written
    mrr = found[(found.kpi == "mrr")].set_index("segment").value
    assert mrr["total"] == before[before.kpi == "mrr"].set_index("segment").value["total"] + 500 == 12500


def test_facts_and_kpis_are_not_even_built(book: tuple[Path, pd.DataFrame], monkeypatch: pytest.MonkeyPatch) -> None:
    params, before = book
    portfolio = opened(params)
    forget()
    facts = portfolio.facts(MAY)

    def refused(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError

    for name in ("mutate", "join", "filter", "group_by"):
        monkeypatch.setattr(ibis.expr.types.Table, name, refused)
    found = measure(facts, portfolio.catalogue.find(KPIS), (MAY,))
    assert found.value.to_list() == before.value.to_list()


def test_another_policy_is_another_query(book: tuple[Path, pd.DataFrame], written: list[Any]) -> None:
    params, _before = book
    write_yaml(params / "policies.yaml", {"gross_margin": 0.4})
    forget()
    measured = opened(params).measure(MAY, 1, ["total"], ["ltv", "mrr"])
    (params / "policies.yaml").unlink()
    assert written
    assert measured[measured.kpi == "mrr"].value.item() == 12000


def test_replaced_code_is_none_of_the_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = loaded_code("cslib.kpis")
    assert plain == loaded_code("cslib.kpis")
    monkeypatch.setattr("cslib.kpis.report_rows.exact", lambda amounts: amounts)
    assert plain not in loaded_code("cslib.kpis")
    assert loaded_code("cslib.kpis") == loaded_code("cslib.kpis") != loaded_code("cslib.facts")


@pytest.mark.parametrize("way", ["cut", "folder"])
def test_damaged_ones_are_written_anew(book: tuple[Path, pd.DataFrame], way: str) -> None:
    params, before = book
    asked(params)
    for file in files(params):
        WAYS[way](file)
    for part in (opened(params).folder / "computed").glob("*/*.parquet"):
        part.unlink()
    assert asked(params).equals(before)
    (file,) = files(params)
    assert file.is_file()


def test_what_two_processes_have_written_ends_in_one_file(tmp_path: Path) -> None:
    forget()
    one, other = KeptQueries(tmp_path), KeptQueries(tmp_path)
    TEXTS.put(b"a", "first")
    one.keep()
    forget()
    TEXTS.put(b"b", "second")
    WRITTEN.put(b"a", "third")
    other.keep()
    assert len([*tmp_path.glob(".queries/computed/*/*.parquet")]) == 1
    forget()
    KeptQueries(tmp_path).learn()
    assert (TEXTS.all(), WRITTEN.all()) == ({b"a": "first", b"b": "second"}, {b"a": "third"})
    forget()


def test_of_rows_in_the_clear_outsiders_books_keep_none(tmp_path: Path) -> None:
    params = export(tmp_path, segments=SEGMENTS, report={"audience": "external"}, policies={"min_n": 2})
    forget()
    opened(params).measure(MAY, 1, ["total"], ["mrr"])
    assert not files(params)
