"""The figures of a month next to those of last month, of last year and of everyone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cslib.analysis.figures.significance import clarity, comparable, stand_out
from cslib.kpis.reasons import is_comparable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.kpis import Catalogue
    from cslib.periods import Month

_YEAR = 12


def compared(  # noqa: PLR0913, PLR0917 - the figures, what they are, and which of them are wanted
    measured: pd.DataFrame, catalogue: Catalogue, as_of: Month, segment: str, total: str,
    owners: Mapping[str, str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return a row per KPI of a segment: its figures in `as_of`, and what to compare them with.

    Columns: kpi, stage, value, part, whole, n, low, high, target, status, reason, change_month, change_year (plain
    differences, nan where either side is absent), clarity_month, clarity_year (the change by its own uncertainty, over 1
    beyond chance, nan where it cannot be judged), total (the value of everyone, nan for the total itself), owner,
    history (the values of all months, oldest first, nan where there is none). A value of fewer months of data than it
    stands on, or one that grows with the data, is compared with none.
    """
    mine = measured[measured.segment == segment]
    now, alike = _at(mine, as_of), mine.assign(value=_comparable(mine))
    told, month, year = (_at(alike, as_of - back).reindex(now.index) for back in (0, 1, _YEAR))
    found = now.assign(
        change_month=told.value - month.value,
        change_year=told.value - year.value,
        clarity_month=_clarity(catalogue, told, month, as_of, as_of - 1),
        clarity_year=_clarity(catalogue, told, year, as_of, as_of - _YEAR),
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


def _clarity(catalogue: Catalogue, now: pd.DataFrame, before: pd.DataFrame, month: Month, other: Month) -> pd.Series:
    """Return how clear each change is; nan where the calendar alone may have made it."""
    judged = [comparable(catalogue.by_id[kpi], month, other) for kpi in now.index.get_level_values("kpi")]
    return clarity(now, before).where(np.array(judged, dtype=bool))


class Movements(NamedTuple):
    """The clearest changes of a month, how many stand out, and how many were looked at to find them."""

    looked_at: int
    found: int
    rows: pd.DataFrame


def changes(measured: pd.DataFrame, catalogue: Catalogue, as_of: Month) -> pd.DataFrame:
    """Return every change since last month, by segment and kpi: value, before, change, clarity (nan where not comparable)."""
    keys = ["segment", "kpi"]
    alike = measured.assign(value=_comparable(measured))
    now = alike[alike.month == str(as_of)].set_index(keys)
    before = alike[alike.month == str(as_of - 1)].set_index(keys).reindex(now.index)
    found = pd.DataFrame({"value": now.value, "before": before.value, "change": now.value - before.value})
    return found.assign(clarity=_clarity(catalogue, now, before, as_of, as_of - 1))


def notable(measured: pd.DataFrame, catalogue: Catalogue, as_of: Month, most: int = 3) -> Movements:
    """Return the `most` clearest changes since last month: segment, kpi, value, before, change, clarity.

    All figures of `measured` are looked at together, be they of one segment or of several, and what is called notable is
    more than chance makes among as many (`chance.stand_out`). Figures without an interval, of few cases, and of a month
    that the calendar makes another one cannot be compared and are left out.
    """
    every = changes(measured, catalogue, as_of)
    found = every[stand_out(every.clarity)].sort_values("clarity", ascending=False)
    return Movements(int(every.clarity.notna().sum()), len(found), found.head(most).reset_index())
