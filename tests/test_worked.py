"""Every KPI on a book small enough to work it by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from cslib import portfolio
from cslib.kpis import CATALOGUE
from cslib.periods import Month
from cslib.portfolio import Portfolio
from tests.book.worked import WORKED, Worked
from tests.books import SMALL, TODAY, altered

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

Key = tuple[str, tuple[str, ...]]


class Books:
    """The small book under each of the policies that are asked for, opened once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder  # whose books share a snapshot, as far as their reading looks at no other policies
        self.opened: dict[Key, Portfolio] = {}
        self.tables: dict[tuple[Key, str], pd.DataFrame] = {}

    @staticmethod
    def _key(worked: Worked) -> Key:
        return repr(sorted(worked.policies.items())), worked.without

    def table(self, worked: Worked) -> pd.DataFrame:
        """Return the long table of the month of `worked`, under its policies."""
        key = self._key(worked)
        if key not in self.opened:
            params = self.folder / f"params-{len(self.opened)}"
            self.opened[key] = Portfolio.open(altered(SMALL, params, worked.policies, worked.without), TODAY)
        if (key, worked.month) not in self.tables:
            asked = sorted({w.kpi for w in WORKED if self._key(w) == key and w.month == worked.month})
            self.tables[key, worked.month] = self.opened[key].measure(Month.parse(worked.month), 1, kpis=asked)
        return self.tables[key, worked.month]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Yield the books that the numbers are worked on; their snapshots stay until the last number is looked at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portfolio, "_KEPT", len(WORKED))
        yield Books(tmp_path_factory.mktemp("books"))


def _named(worked: Worked) -> str:
    return "-".join([worked.kpi, worked.month, worked.segment, *map(str, worked.policies), *worked.without])


@pytest.mark.parametrize("worked", WORKED, ids=_named)
def test_a_number_worked_by_hand(worked: Worked, books: Books) -> None:
    table = books.table(worked)
    row = table[(table.segment == worked.segment) & (table.kpi == worked.kpi)].iloc[0]
    for name in ("part", "whole", "n", "value"):
        _same(row[name], getattr(worked, name), f"{name} of {worked.kpi}: {worked.because}")


def _same(found: float, wanted: float | None, what: str) -> None:
    if wanted is None:
        assert math.isnan(found), f"{what}: wanted none, found {found}"
    else:
        assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9), what


def test_every_kpi_has_a_worked_number() -> None:
    assert {worked.kpi for worked in WORKED} >= set(CATALOGUE.by_id)
