"""The worked numbers of the report month under the book's own policies, all from one measuring: quick, for the mutants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cslib.periods import Month
from tests.book.entry import JUNE
from tests.book.worked import WORKED
from tests.books import small_book

if TYPE_CHECKING:
    import pandas as pd

    from tests.book.worked import Worked

PLAIN = [worked for worked in WORKED if worked.month == JUNE and not worked.policies and not worked.without]
FIGURES = ("part", "whole", "n", "value")


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return the long table of June."""
    return small_book(tmp_path_factory.mktemp("book")).measure(Month.parse(JUNE), 1)


@pytest.mark.parametrize("worked", PLAIN, ids=lambda worked: f"{worked.kpi}-{worked.segment}")
def test_a_number_of_june(worked: Worked, measured: pd.DataFrame) -> None:
    found = measured[(measured.segment == worked.segment) & (measured.kpi == worked.kpi)].iloc[0]
    wanted = [float("nan") if one is None else one for one in (getattr(worked, name) for name in FIGURES)]
    assert [found[name] for name in FIGURES] == pytest.approx(wanted, rel=1e-9, nan_ok=True), worked.because
