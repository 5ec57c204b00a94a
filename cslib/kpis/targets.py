"""Values compared with their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.kpis.kpi import Better

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cslib.kpis.kpi import Kpi


def with_status(
    measured: pd.DataFrame, targets: Mapping[tuple[str, str], float], kpis: Mapping[str, Kpi], min_n: int
) -> pd.DataFrame:
    """Return `measured` with `target` (nan where none) and `status`; `targets` are by segment and KPI.

    status: not_measurable (no value), small (n under `min_n`), no_target, within_interval (the target lies in the interval,
    ends included, so that the data do not decide; an upper end that was not reached bounds nothing), on_target, off_target.
    """
    wanted = [targets.get(key, np.nan) for key in zip(measured.segment, measured.kpi, strict=True)]
    figures = measured.assign(target=np.array(wanted, dtype=float))
    lower = figures.kpi.map(lambda name: kpis[name].better is Better.LOWER).to_numpy(dtype=bool)
    reached = np.where(lower, figures.value <= figures.target, figures.value >= figures.target)
    inside = (figures.low <= figures.target) & ((figures.target <= figures.high) | figures.high.isna())
    status = np.select(
        [figures.value.isna(), figures.n < min_n, figures.target.isna(), inside, reached],
        ["not_measurable", "small", "no_target", "within_interval", "on_target"],
        default="off_target",
    )
    return figures.assign(status=status)
