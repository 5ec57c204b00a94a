"""Further exports of a table that is told already: added as a list where their rows are shown to be others, and asked about elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.model import BY_NAME
from cslib.scaffold.fit import LEAST, is_evident
from cslib.scaffold.similarity import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.scaffold.exports import Export
    from cslib.scaffold.proposed import Proposed

# what a row is of: rows of different ones are different rows, whatever their ids
_WHAT = {
    "surveys": "kind", "usage": "feature", "contracts": "product", "milestones": "milestone", "voices": "channel",
    "goals": "level", "proposals": "kind", "touches": "kind", "purchases": "product", "programmes": "programme",
    "assignments": "kind", "reference_requests": "kind", "costs": "kind",
}  # fmt: skip
# each row happened once, and so the rows of other ids are others; of states there may be two accounts
_HAPPENED = ("surveys", "tickets", "purchases", "proposals")


def further_sources(left: Sequence[Export], tried: Sequence[Proposed], found: Sequence[Proposed]) -> list[Proposed]:
    """Return the exports among those that are `left` whose rows add to a table, each with the question whether they do."""
    added: list[Proposed] = []
    for export in left:
        able = [
            one for one in tried if one.export is export and not one.missing and one.score >= LEAST and is_evident(one)
        ]
        best = max(able, key=lambda one: one.score, default=None)
        alike = [one for one in (*found, *added) if best and one.table == best.table]
        if best and alike and all(_are_others(best, one) for one in alike):
            added.append(_apart(best, alike))
    return added


def _are_others(one: Proposed, other: Proposed) -> bool:
    """Return whether the rows of an export are others than those of another: of other things, other customers, or other ids."""
    if one.sql or other.sql:
        return False
    key = BY_NAME[one.table].key or ""
    by_id = one.table in _HAPPENED and _differ(_values(one, key), _values(other, key))
    by_what = _differ(_values(one, _WHAT.get(one.table, "")), _values(other, _WHAT.get(one.table, "")))
    return by_id or by_what or _differ(_values(one, "customer_id"), _values(other, "customer_id"))


def _differ(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and not one & other


def _values(one: Proposed, column: str) -> frozenset[str]:
    mapped, look = one.columns.get(column), one.look(column)
    if mapped and mapped.value is not None:
        return frozenset([mapped.value])
    return look.distinct if look else frozenset()


def _apart(one: Proposed, alike: Sequence[Proposed]) -> Proposed:
    """Return a further source with the question, its ids kept apart from those that the others have as well."""
    others = " and ".join(other.export.name for other in alike)
    asked = one.but(
        f"are the rows of {one.export.name} others than those of {others}? if they are the same, leave one out"
    )
    key = BY_NAME[one.table].key or ""
    if key not in one.columns or not any(_values(one, key) & _values(other, key) for other in alike):
        return asked
    stem = plain(one.export.files[0].name.split(".")[0]).replace(" ", "_")
    own = one.columns[key]
    return asked.with_column(replace(own, how={**own.how, "prefix": f"{stem}-"}))
