"""Which customers took part as one group: the customers of a CSM, of a region, of any value of a column, of one wave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.kpis import reasons
from cslib.settings import CSM, CUSTOMER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.effect.ground import Ground
    from cslib.facts import Facts

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_AROUND = 3  # months before and after a start in which a change of CSM is too near


def clusters_lack(facts: Facts, column: str) -> str:
    """Return why groups cannot be told, such as a column that outsiders are not shown; an empty text where they can."""
    told = column == CUSTOMER or _is_dated(facts, column)
    absent = [] if told else facts.missing([f"customers.{column}"])
    return f"{reasons.NEEDS} {', '.join(absent)}" if absent else ""


def cluster_codes(facts: Facts, ground: Ground, column: str) -> Ints | None:
    """Return the group of each customer of the ground, (n, T), or (n, 1) of a column that says what is so now; None where each is by itself.

    Whoever has no group is one alone.
    """
    if column == CUSTOMER or clusters_lack(facts, column):
        return None
    if _is_dated(facts, column):
        codes = _csm_codes(facts, ground)
    else:
        frame = facts.tables["customers"].select("customer_id", group=column).to_pyarrow().to_pandas()
        groups = frame.set_index("customer_id").group.reindex(ground.ids)
        codes = pd.factorize(groups)[0][:, None]
    alone = np.arange(len(codes))[:, None] + codes.max(initial=-1) + 1
    return np.where(codes < 0, alone, codes).astype(np.int64)


def wave_codes(first: Ints, months: int) -> Ints:
    """Return the wave of each customer, (n, 1): those who started in one month; whoever has not is one alone."""
    joined = first < months
    earliest = first.min(initial=0)
    codes = np.where(joined, first - earliest, months - earliest + np.arange(len(first)))
    return codes.astype(np.int64)[:, None]


def csm_changed(facts: Facts, ground: Ground) -> Floats | None:
    """Return whether another CSM took over within three months of each month, (n, T); None where nobody tells who it was when."""
    if not _is_dated(facts, CSM):
        return None
    codes = _csm_codes(facts, ground)
    taken_over = (codes[:, 1:] != codes[:, :-1]) & (codes[:, 1:] >= 0) & (codes[:, :-1] >= 0)
    so_far = np.cumsum(np.pad(taken_over, ((0, 0), (2, 0))), axis=1)  # of the months before each, from the first on
    months = np.arange(codes.shape[1])
    first, end = np.maximum(months - _AROUND, 0), np.minimum(months + _AROUND, months[-1]) + 1
    return (so_far[:, end] > so_far[:, first]).astype(np.float64)


def _is_dated(facts: Facts, column: str) -> bool:
    return column == CSM and CSM in facts.manifest.dated


def _csm_codes(facts: Facts, ground: Ground) -> Ints:
    """Return who served each customer at each close, as a number; -1 where nobody did or nobody tells."""
    rows = facts["assigned"].filter(_.csm.notnull()).select("customer_id", "month_no", "csm")
    frame = rows.order_by("customer_id", "month_no").to_pyarrow().to_pandas()
    numbered = frame.assign(figure=pd.factorize(frame.csm, sort=True)[0])
    return ground.spread(numbered, -1.0).astype(np.int64)
