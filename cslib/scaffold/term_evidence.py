"""What rows of contracts are told by, whatever their file is called: somebody pays an amount, from a day, for a span."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.scaffold.column_likeness import says_month, says_year
from cslib.scaffold.column_words import is_start_of_anything
from cslib.scaffold.evidence import HEAD, named, says_another_thing
from cslib.scaffold.intervals import days, interval
from cslib.scaffold.similarity import LIKELY, SURE, nearest

if TYPE_CHECKING:
    from cslib.scaffold.proposed import Proposed

# what files of terms are called besides: the payments, the people, and the courses that they are for
_MAY_HOLD_TERMS = {"contracts", "purchases", "users", "customers", "programmes"}
_NEEDED = ("customer_id", "starts_on", "mrr")


def are_terms(one: Proposed) -> bool:
    """Return whether rows are terms of contracts by what they hold: a customer, a start, an amount, and the span that it is for.

    The day on which a row was made is a start only where an end or an interval stands beside it, or the file says contracts.
    """
    sources = [one.columns[name].source for name in _NEEDED if name in one.columns]
    if one.table != "contracts" or len([*filter(None, sources)]) < len(_NEEDED):
        return False
    if HEAD in (strength for name, strength in named(one.export).items() if name not in _MAY_HOLD_TERMS):
        return False  # offers have amounts and days as well
    start, amount = sources[1] or "", sources[2] or ""
    has_interval = (interval(one.export) or days(one.export)) is not None
    spans = "ends_on" in one.columns or has_interval
    if named(one.export).get("contracts") == HEAD:
        return True
    if is_start_of_anything(start) and nearest(start, "start date,start") < LIKELY:
        return "ends_on" in one.columns and has_interval
    return spans or says_month(amount) or says_year(amount) >= SURE or nearest(amount, "mrr") >= SURE


def come_first(one: Proposed) -> bool:
    """Return whether rows are terms whatever else they fit: purchases and users have an id, a customer and a day as well."""
    return not one.missing and are_terms(one) and not says_another_thing(one.export)
