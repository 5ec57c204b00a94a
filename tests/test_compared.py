"""The figures of a month beside last month's, last year's and everyone's, on a long table of a few rows."""

from __future__ import annotations

import pandas as pd
import pytest

from cslib.analysis.figures.compare import compared
from cslib.kpis import CATALOGUE
from cslib.periods import Month

OCTOBER = Month.parse("2026-10")
VALUES = {
    ("smb", "2025-10", "nrr"): 0.90, ("smb", "2026-09", "nrr"): 0.95, ("smb", "2026-10", "nrr"): 1.05,
    ("all", "2025-10", "nrr"): 0.70, ("all", "2026-09", "nrr"): 0.75, ("all", "2026-10", "nrr"): 0.80,
    ("smb", "2026-10", "grr"): 0.60, ("smb", "2026-08", "nrr"): 0.10, ("smb", "2026-11", "nrr"): 0.20,
}  # fmt: skip


def _measured() -> pd.DataFrame:
    rows = [{"segment": s, "month": m, "kpi": k, "stage": "financial", "value": value, "part": 1.0, "whole": 2.0, "n": 7,
             "low": 0.1, "high": 0.2, "target": 1.0, "status": "on_target", "reason": ""}
            for (s, m, k), value in reversed(VALUES.items())]  # fmt: skip
    return pd.DataFrame(rows)


def test_a_month_is_held_against_the_one_before_the_year_before_and_everyone() -> None:
    found = compared(_measured(), CATALOGUE, OCTOBER, "smb", "all", {"nrr": "CS"}).set_index("kpi")
    nrr = found.loc["nrr"]
    assert (nrr.value, nrr.total, nrr.owner) == (1.05, 0.80, "CS")
    assert nrr.change_month == pytest.approx(1.05 - 0.95)
    assert nrr.change_year == pytest.approx(1.05 - 0.90)
    assert nrr.history == [0.90, 0.10, 0.95, 1.05, 0.20]  # oldest first, though the table has the latest first
    assert (nrr.stage, nrr.part, nrr.whole, nrr.n, nrr.low, nrr.high) == ("financial", 1.0, 2.0, 7, 0.1, 0.2)
    assert (nrr.target, nrr.status, nrr.reason) == (1.0, "on_target", "")
    grr = found.loc["grr"]
    assert grr.owner == ""
    assert grr[["change_month", "change_year", "total"]].isna().all()
    assert list(found.index) == ["grr", "nrr"]
    assert not {"segment", "month"} & {*found.columns}


def test_everyone_is_not_held_against_everyone() -> None:
    found = compared(_measured(), CATALOGUE, OCTOBER, "all", "all").set_index("kpi")
    assert found.total.isna().all()
    assert found.loc["nrr"].owner == ""
    assert found.loc["nrr"].change_month == pytest.approx(0.05)
