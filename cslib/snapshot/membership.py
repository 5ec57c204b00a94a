"""Who belongs to which segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.source import predicate
from cslib.source.filters import unknown_columns

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import BooleanValue, Table

    from cslib.settings import Settings


def members(customers: Table | None, settings: Settings) -> tuple[dict[str, pa.Table], list[str]]:
    """Return the `customer_id` of each segment's customers, and what is wrong with the conditions that choose them."""
    if customers is None:
        return {}, []
    problems: list[str] = []
    chosen: dict[str, BooleanValue] = {}
    for segment in settings.segments:
        unknown = unknown_columns(segment.where, customers, settings.places.get(segment.id, segment.id))
        problems += unknown
        if not unknown:
            chosen[f"in {segment.id}"] = predicate(segment.where, customers)
    found = customers.select("customer_id", **chosen).to_pyarrow()
    held = {name.removeprefix("in "): found.filter(found[name]).select(["customer_id"]) for name in chosen}
    problems += [
        f"{settings.places.get(name, name)}: segment {name!r} matches none of the {found.num_rows:,} customers"
        for name, own in held.items()
        if found.num_rows and not own.num_rows
    ]
    return held, problems
