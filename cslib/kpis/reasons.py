"""Why a value is not there, in the words of the long table. `wording` puts them into the reader's language."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.kpis.kpi import Kpi

NEEDS = "not measurable: needs "
NOBODY = "nothing to measure: nobody and nothing in the whole"
NO_WHOLE = "no value: the whole is 0"
NOT_REACHED = "no median yet: fewer than half have reached it"
TOLD_BY = "cannot be told by "


def why(kpi: Kpi, absent: Sequence[str], value: float, n: float) -> str:
    """Return why `value` is nan; an empty text where it is not."""
    if absent:
        return NEEDS + ", ".join(absent)
    if not math.isnan(value):
        return ""
    if n == 0:
        return NOBODY
    return NOT_REACHED if kpi.curve is not None and not kpi.factors else NO_WHOLE


def cannot_be_told_by(columns: Sequence[str]) -> str:
    """Return that a KPI has no such groups."""
    return TOLD_BY + ", ".join(columns)
