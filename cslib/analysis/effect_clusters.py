"""Which customers took part as one group: the customers of a CSM, of a region, of any value of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.kpis import reasons
from cslib.settings import CUSTOMER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.effect_ground import Ground
    from cslib.facts import Facts

    Ints = NDArray[np.int64]


def clusters_lack(facts: Facts, column: str) -> str:
    """Return why groups cannot be told, such as a column that outsiders are not shown; an empty text where they can."""
    absent = [] if column == CUSTOMER else facts.missing([f"customers.{column}"])
    return f"{reasons.NEEDS} {', '.join(absent)}" if absent else ""


def cluster_codes(facts: Facts, ground: Ground, column: str) -> Ints | None:
    """Return the group of each customer of the ground, (n, 1); None where each is by itself.

    The column says what is so now. Whoever has no group is one alone.
    """
    if column == CUSTOMER or clusters_lack(facts, column):
        return None
    frame = facts.tables["customers"].select("customer_id", group=column).to_pyarrow().to_pandas()
    groups = frame.set_index("customer_id").group.reindex(ground.ids)
    codes, _names = pd.factorize(groups)
    alone = np.arange(len(codes)) + len(codes)
    return np.where(codes < 0, alone, codes).astype(np.int64)[:, None]
