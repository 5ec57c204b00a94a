"""The figures of a month beside those of last month, of last year and of everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.kpis.reasons import is_comparable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.periods import Month

_YEAR = 12


def compared(
    measured: pd.DataFrame, as_of: Month, segment: str, total: str, owners: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return a row per KPI of a segment: its figures in `as_of`, and what to hold them against.

    Columns: kpi, stage, value, part, whole, n, low, high, target, status, reason, change_month, change_year (plain
    differences, nan where either side is absent), total (the value of everyone, nan for the total itself), owner,
    history (the values of all months, oldest first, nan where there is none). A value of fewer months of data than it
    stands on, or one that grows with the data, is compared with none.
    """
    mine = measured[measured.segment == segment]
    now, alike = _at(mine, as_of), mine.assign(value=_comparable(mine))
    value = _at(alike, as_of).value
    found = now.assign(
        change_month=value - _at(alike, as_of - 1).value.reindex(now.index),
        change_year=value - _at(alike, as_of - _YEAR).value.reindex(now.index),
        total=np.nan if segment == total else _at(measured[measured.segment == total], as_of).value.reindex(now.index),
        owner=[(owners or {}).get(kpi, "") for kpi in now.index],
        history=alike.sort_values("month").groupby("kpi").value.agg(list).reindex(now.index),
    )
    return found.drop(columns=["segment", "month"]).reset_index()


def _comparable(rows: pd.DataFrame) -> pd.Series:
    alike = [is_comparable(reason) for reason in rows.get("reason", [""] * len(rows))]
    return rows.value.where(np.array(alike, dtype=bool))


def _at(rows: pd.DataFrame, month: Month) -> pd.DataFrame:
    return rows[rows.month == str(month)].set_index("kpi")


def comparable(measured: pd.DataFrame, as_of: Month) -> bool:
    """Return whether any KPI has a value with an interval now and last month, so that a change could be told from chance."""
    told = measured[measured.high.notna() & measured.low.notna()].assign(value=_comparable)
    told = told[told.value.notna()].set_index(["segment", "kpi"])
    now, before = (told.index[told.month == str(month)] for month in (as_of, as_of - 1))
    return bool(now.isin(before).any())


def notable(measured: pd.DataFrame, as_of: Month, most: int = 3) -> pd.DataFrame:
    """Return the `most` clearest changes since last month: segment, kpi, value, before, change, clarity.

    Clarity is the change measured by its own uncertainty: |change| / sqrt(half width² now + half width² before).
    Only changes beyond it (clarity over 1) count; KPIs without an interval cannot be judged and are left out.
    """
    keys = ["segment", "kpi"]
    measured = measured.assign(value=_comparable(measured))
    now = measured[measured.month == str(as_of)].set_index(keys)
    before = measured[measured.month == str(as_of - 1)].set_index(keys).reindex(now.index)
    noise = np.hypot(now.high - now.low, before.high - before.low) / 2
    change = now.value - before.value
    found = pd.DataFrame(
        {"value": now.value, "before": before.value, "change": change, "clarity": change.abs() / noise}
    )
    clear = found[(found.clarity > 1) & np.isfinite(found.clarity) & (now.status != "small")]
    return clear.sort_values("clarity", ascending=False).head(most).reset_index()
