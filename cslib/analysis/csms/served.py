"""Who served each customer at each close: by assignments or, without any, by who touched it last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.kpis import reasons
from cslib.periods import month_number
from cslib.settings import CSM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.effect.ground import Ground
    from cslib.facts import Facts
    from cslib.periods import Month

    Ints = NDArray[np.int64]

ASSIGNMENTS, TOUCHES = "assignments", "touches"
_RECENT = 6  # months in which the last touch with a CSM tells who serves the customer
_NOBODY = -1


class Served:
    """The CSM of each customer of a ground at each close, as a place in `names`, -1 where nobody tells; `told_by` says from what.

    The customers' own column is known of the day of reading alone, and no window begins on it.
    """

    def __init__(self, facts: Facts, as_of: Month, ground: Ground) -> None:
        self.told_by = ASSIGNMENTS if CSM in facts.manifest.dated else TOUCHES
        rows = _assigned(facts, as_of) if self.told_by == ASSIGNMENTS else _touched(facts, as_of)
        self.names = pd.Index(sorted(rows.csm.unique()))
        numbered = rows.assign(figure=self.names.get_indexer(rows.csm))
        codes = ground.spread(numbered, _NOBODY).astype(np.int64)
        self.codes: Ints = codes if self.told_by == ASSIGNMENTS else _carried(codes)


def served_lacks(facts: Facts) -> str:
    """Return what the source would have to hold to tell who served whom; an empty text where it does."""
    if CSM in facts.manifest.dated or not facts.missing(["touches.csm"]):
        return ""
    return f"{reasons.NEEDS} assignments"


def _assigned(facts: Facts, as_of: Month) -> pd.DataFrame:
    rows = (
        facts["assigned"].filter(_.csm.notnull(), _.month_no <= as_of.number).select("customer_id", "month_no", "csm")
    )
    return rows.order_by("customer_id", "month_no").to_pyarrow().to_pandas()


def _touched(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return who touched a customer last in each month, of one day the first by name: customer_id, month_no, csm."""
    seen = facts.tables["touches"].filter(_.csm.notnull(), _.occurred_on <= as_of.last_day)
    told = seen.select("customer_id", "occurred_on", "csm", month_no=month_number(seen.occurred_on)).distinct()
    frame = (
        told.to_pyarrow().to_pandas().sort_values(["customer_id", "occurred_on", "csm"], ascending=[True, False, True])
    )
    return frame.drop_duplicates(["customer_id", "month_no"])


def _carried(codes: Ints) -> Ints:
    """Return who served at each close, the last one for up to six months."""
    months = np.arange(codes.shape[1])
    last = np.maximum.accumulate(np.where(codes >= 0, months, -_RECENT), axis=1)
    held = np.take_along_axis(codes, np.maximum(last, 0), axis=1)
    return np.where(months - last < _RECENT, held, _NOBODY)
