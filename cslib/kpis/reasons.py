"""Why a value is not there: a code word first, by which `wording` finds the reader's words for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.kpis.kpi import Kpi

NEEDS = "needs"
EMPTY = "empty: nobody and nothing to measure"
ZERO = "zero: the whole is 0"
OPEN = "open: fewer than half have reached it"
HIDDEN = "hidden: too few to be told"
APART = "apart: it cannot be told by"


def why(kpi: Kpi, absent: Sequence[str], value: float, n: float) -> str:
    """Return why `value` is nan; an empty text where it is not."""
    if absent:
        return f"{NEEDS} {', '.join(absent)}"
    if not math.isnan(value):
        return ""
    if n == 0:
        return EMPTY
    return OPEN if kpi.curve is not None and not kpi.factors else ZERO


def cannot_be_told_by(columns: Sequence[str]) -> str:
    """Return that a KPI has no groups by these columns."""
    return f"{APART} {', '.join(columns)}"
