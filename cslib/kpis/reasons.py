"""Why a value is not there, or is not to be compared: a code word first, by which `wording` finds the reader's words for it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cslib.kpis.kpi import TO_DATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month
    from cslib.snapshot import Manifest

NEEDS = "needs"
NO_DAYS = "days: usage is told by month alone"
EMPTY = "empty: nobody and nothing to measure"
ZERO = "zero: the whole is 0"
OPEN = "open: fewer than half have reached it"
APART = "apart: it cannot be told by"
SHORT = "short"  # a value of fewer months than its span
GROWS = "grows"  # a value that grows with the data
ENDS = "ends"  # usage 2025-06-30: a table of events that does not cover the month, and its last day before
BEGINS = "begins"  # usage: one that has no row yet
CUT = "cut"  # usage 2025-06-12: the value is shown, though the table stops within the month
_DAY_OF_USE = "usage.used_on"


def no_data(manifest: Manifest, kpi: Kpi, month: Month) -> str:
    """Return why a month of a KPI cannot be measured, since a table that it needs does not cover it; else an empty text."""
    return uncovered(manifest, kpi.needs, month)


def uncovered(manifest: Manifest, needs: Sequence[str], month: Month) -> str:
    """Return which tables among `needs` do not cover a month; an empty text where all do."""
    silent = manifest.silent(needs, month)
    ended = [f"{name} {day}" for name, day in silent.items() if day is not None]
    if ended:
        return f"{ENDS} {', '.join(ended)}"
    return f"{BEGINS} {', '.join(silent)}" if silent else ""


def truncated(manifest: Manifest, kpi: Kpi, month: Month) -> str:
    """Return which table that a KPI lives on looks cut in a month, with its last day; an empty text where none does."""
    names = {need.partition(".")[0] for need in kpi.needs}
    short = [f"{one.table} {one.last_day}" for one in manifest.cuts if one.table in names and one.month == str(month)]
    return f"{CUT} {', '.join(short)}" if short else ""


def why(kpi: Kpi, absent: Sequence[str], value: float, n: float) -> str:
    """Return why `value` is nan; an empty text where it is not."""
    if absent:
        # the column is there, but holds months: the reader of this has nothing to add
        lacking = [need for need in absent if need != _DAY_OF_USE]
        return f"{NEEDS} {', '.join(lacking)}" if lacking else NO_DAYS
    if not math.isnan(value):
        return ""
    if n == 0:
        return EMPTY
    return OPEN if kpi.curve is not None and not kpi.factors else ZERO


def cannot_be_told_by(columns: Sequence[str]) -> str:
    """Return that a KPI has no groups by these columns."""
    return f"{APART} {', '.join(columns)}"


def how_far(kpi: Kpi, held: int) -> str:
    """Return what a value of `held` months of data lacks compared with one of later; an empty text where it lacks nothing."""
    if kpi.months == TO_DATE:
        return f"{GROWS}: {held} months so far"
    return f"{SHORT}: {max(held, 0)} of {kpi.months} months" if held < kpi.months else ""


def is_comparable(reason: object) -> bool:
    """Return whether a value with this reason can be compared with one of another month."""
    return not str(reason).startswith((SHORT, GROWS, CUT))
