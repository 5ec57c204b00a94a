"""Exports that are nearly a table: which one, what is missing, and which column may be it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.scaffold.evidence import HEAD, named
from cslib.scaffold.fit import LEAST, candidates
from cslib.scaffold.similarity import SURE
from cslib.scaffold.table_synonyms import TOLD_BY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cslib.scaffold.exports import Export
    from cslib.scaffold.proposed import Proposed

_MISSED = 2  # required columns that may be missing where the name of the file says the table
_SHOWN = 4


def near_miss(
    export: Export, tried: Sequence[Proposed], found: Sequence[Proposed], told: Mapping[int, str]
) -> Proposed | None:
    """Return the table that an export is most like, with the question what keeps it from being it; None where it is like none."""
    able = [one for one in tried if _is_near(one, is_said=id(export) in told)]
    best = max(able, key=lambda one: (one.score, -len(one.missing)), default=None)
    if best is None:
        return None
    other = next((one for one in found if one.table == best.table), None)
    return replace(best, doubts=(_missing(best) if best.missing or other is None else _second(best, other),))


def _is_near(one: Proposed, *, is_said: bool) -> bool:
    is_named = named(one.export).get(one.table) == HEAD
    most = _MISSED if is_named else 1
    own = (one.columns.get(name) for name in TOLD_BY[one.table].split())
    # a name alone tells little: churn_events are events, and no use of anything
    is_told = any(mapped and mapped.source for mapped in own) and (is_named or one.score >= LEAST)
    return is_said or (len(one.missing) <= most and is_told) or _lacks_days_alone(one)


def _lacks_days_alone(one: Proposed) -> bool:
    """Return whether rows say who pays how much a month, and nothing of when."""
    amount = one.columns.get("mrr")
    return one.table == "contracts" and one.missing == ("starts_on",) and amount is not None and amount.likeness >= SURE


def _missing(one: Proposed) -> str:
    """Return the question which column holds what is missing, with those that may be it by their values."""
    asked = [f"{name}{_listed(candidates(one, name))}" for name in one.missing]
    if _lacks_days_alone(one) and not candidates(one, "starts_on"):
        return f"{one.export.name}: contracts, but no column left says a day: without their starts no KPI of contracts can be told; export these as well"
    lacking = f", but for {' and '.join(asked)}; which column is it?" if asked else "?"
    return f"{one.export.name}: {one.table}{lacking} write it here and take the # away"


def _listed(names: Sequence[str]) -> str:
    more = ", …" if names[_SHOWN:] else ""
    return f" ({', '.join(names[:_SHOWN])}{more}?)" if names else ""


def _second(one: Proposed, other: Proposed) -> str:
    return (
        f"{one.export.name}: {one.table} as well as {other.export.name}? if its rows are others, make both a list under "
        f"{one.table}; if they are the same, leave it out"
    )
