"""Which figures of past months are not what an earlier report has said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from cslib.periods import Month

_SAME = 1e-9  # relative; the same figure may differ by the order in which it was added up
KEYS = ["segment", "month", "kpi"]


def restated(before: pd.DataFrame, now: pd.DataFrame, until: Month) -> pd.DataFrame:
    """Return the figures up to a month that differ between two long tables: segment, month, kpi, before, after.

    A figure counts where both tables have its segment, month and KPI; nan is one that could not be measured.
    """
    both = before[[*KEYS, "value"]].merge(now[[*KEYS, "value"]], on=KEYS, suffixes=("_before", "_after"))
    told = both[both.month <= str(until)].rename(columns={"value_before": "before", "value_after": "after"})
    same = np.isclose(told.before, told.after, rtol=_SAME, atol=0, equal_nan=True)
    return told[~same].reset_index(drop=True)


def by_kpi(changes: pd.DataFrame) -> pd.DataFrame:
    """Return a row per KPI of one segment's restatements: first, last, months, and the largest: month, before, after.

    The largest is the one with the greatest difference; a figure that came or went counts before all others.
    """
    sized = changes.assign(size=(changes.after - changes.before).abs().fillna(np.inf))
    largest = sized.sort_values(["size", "month"], ascending=False, kind="stable").groupby("kpi").head(1)
    span = changes.groupby("kpi").month.agg(first="min", last="max", months="nunique")
    return largest.drop(columns="size").merge(span, on="kpi").sort_values("kpi").reset_index(drop=True)
