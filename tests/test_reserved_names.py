"""Names that the library gives itself never come from a source: a further column of such a name changes no figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cslib.kpis import CATALOGUE
from cslib.kpis.report_rows import segment_rows
from cslib.model import BY_NAME, RESERVED, TABLES
from cslib.source import FILE, NON_DATA, NORMALISED, RAW, ROW, UNREAD
from tests.books import small_book

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cslib.portfolio import Portfolio

_INNER = (
    FILE,
    ROW,
    NON_DATA,
    f"{RAW}score",
    f"{UNREAD}score",
    f"{NORMALISED}score",
    "_text_score",
    "_read_score",
    "_broken_0",
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Portfolio:
    return small_book(tmp_path_factory.mktemp("reserved"))


def test_every_name_that_facts_add_is_reserved(book: Portfolio) -> None:
    month = book.month(None)
    facts = book.facts(month)
    given = {*facts.members.columns, *facts.months.columns}
    given |= {name for fact in facts.names for name in facts[fact].columns}
    given |= {name for kpi in CATALOGUE for name in segment_rows(facts, [kpi], (month,)).columns}
    of_the_model = {column for table in TABLES for column in table.names}
    assert given - of_the_model <= RESERVED <= given


@pytest.mark.parametrize("written", [str.lower, str.upper], ids=["small", "large"])
def test_further_columns_of_reserved_names_change_no_figure(
    book: Portfolio, tmp_path: Path, written: Callable[[str], str]
) -> None:
    moved = {}
    for name, (spec,) in book.settings.source.tables.items():
        data = pd.read_csv(str(spec.origin), dtype=str, keep_default_na=False)
        own = {column.lower() for column in data.columns}
        further = {written(one): "smb" for one in RESERVED if one not in own and one not in BY_NAME[name].names}
        inner = dict.fromkeys(_INNER, "1") if written is str.lower else {}
        moved[name] = tmp_path / f"{name}.csv"
        data.assign(**further, **inner).to_csv(moved[name], index=False)
    odd = small_book(tmp_path / "odd", moved=moved)
    month = book.month(None)
    pd.testing.assert_frame_equal(odd.measure(month, 2), book.measure(month, 2))
    assert {name: state.set_aside for name, state in odd.manifest.tables.items()} == {
        name: state.set_aside for name, state in book.manifest.tables.items()
    }


def test_a_segment_may_be_chosen_by_a_column_of_a_reserved_name(book: Portfolio, tmp_path: Path) -> None:
    data = pd.read_csv(str(book.settings.source.tables["customers"][0].origin), dtype=str, keep_default_na=False)
    chosen = data.customer_id[:3]
    source = tmp_path / "customers.csv"
    data.assign(segment=["mine" if one in set(chosen) else "theirs" for one in data.customer_id]).to_csv(
        source, index=False
    )
    rest = [table.name for table in TABLES if table.name not in {"customers", "contracts"}]
    (tmp_path / "more").mkdir()
    named = small_book(tmp_path / "first", without=rest, moved={"customers": source})
    params = tmp_path / "first" / "params"
    (params / "segments" / "mine.yaml").write_text("id: mine\nname: Mine\nwhere: {segment: mine}\n", "utf-8")
    again = type(named).open(params, named.manifest.read_on, into=tmp_path / "second")
    assert again.manifest.segments["mine"] == len(chosen)
