"""Who belongs to which segment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cslib.source import predicate
from cslib.source.asked import asked_of
from cslib.source.filters import unknown_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from ibis.expr.types import Table

    from cslib.settings import Settings, Where


def members(customers: Table | None, settings: Settings) -> tuple[dict[str, pa.Table], list[str]]:
    """Return the `customer_id` of each segment's customers, and what is wrong with the conditions that choose them."""
    if customers is None:
        return {}, []
    problems: list[str] = []
    chosen: dict[str, Where] = {}
    for segment in settings.segments:
        unknown = unknown_columns(segment.where, customers, settings.places.get(segment.id, segment.id))
        problems += unknown
        if not unknown:
            chosen[f"in {segment.id}"] = segment.where
    found = asked_of(customers, by=chosen).answer("members", partial(_chosen, customers, chosen))
    held = {name.removeprefix("in "): found.filter(found[name]).select(["customer_id"]) for name in chosen}
    problems += [
        f"{settings.places.get(name, name)}: segment {name!r} matches none of the {found.num_rows:,} customers"
        for name, own in held.items()
        if found.num_rows and not own.num_rows
    ]
    return held, problems


def _chosen(customers: Table, chosen: Mapping[str, Where]) -> Table:
    return customers.select("customer_id", **{name: predicate(where, customers) for name, where in chosen.items()})
