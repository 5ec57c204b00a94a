"""Exports whose rows name no customer, but a thing that another export says a customer of: a user, a subscription, a company's name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cslib.model import BY_NAME
from cslib.scaffold.column_likeness import is_id
from cslib.scaffold.column_synonyms import COLUMN_SYNONYMS
from cslib.scaffold.fit import fitted
from cslib.scaffold.mapped import Customers, Mapped
from cslib.scaffold.match_columns import map_columns
from cslib.scaffold.proposed import Proposed
from cslib.scaffold.similarity import SURE, nearest, plain
from cslib.scaffold.table_synonyms import COMMON

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cslib.model import CanonicalTable
    from cslib.scaffold.exports import Export, Look

_OVERLAP = 0.9


@dataclass(frozen=True)
class Lookup:
    """An export that says the customer of each key: each key once. `thing` is what the key is of."""

    export: Export
    key: Look
    customer: Look
    thing: str


def lookups(found: Sequence[Proposed], others: Sequence[Export], customers: Customers) -> list[Lookup]:
    """Return what customers can be found by: tables that are told, first, and then exports that are no table."""
    told = [(one, _key(one), one.look("customer_id")) for one in found if not one.sql and not one.shape]
    of_tables = [Lookup(one.export, key, customer, one.table) for one, key, customer in told if key and customer]
    return [one for one in [*of_tables, *_of_others(others, customers)] if one.key.unique and not one.export.sheet]


def _key(one: Proposed) -> Look | None:
    return one.look("name" if one.table == "customers" else BY_NAME[one.table].key or "")


def _of_others(exports: Sequence[Export], customers: Customers) -> Iterator[Lookup]:
    """Return the exports that name a customer beside an id of their own, whatever else is in them."""
    known = ",".join(filter(None, [customers.names, COLUMN_SYNONYMS["contracts"]["customer_id"]]))
    for export in exports:
        looks = [look for look in export.looks.values() if look.values]
        customer = next((look for look in looks if nearest(look.name, known) >= SURE), None)
        keys = [look for look in looks if look is not customer and look.unique and is_id(look.name)]
        if customer and keys:
            yield Lookup(export, keys[0], customer, export.name)


def looked_up(table: CanonicalTable, export: Export, ways: Sequence[Lookup]) -> Proposed:
    """Return the export as a table whose customers are found in another; one with everything missing where there is no way."""
    nothing = Proposed(table.name, export, {}, missing=table.required)
    if "customer_id" not in table.names:
        return nothing
    for way in ways:
        own = _foreign_key(export, way) if way.export is not export else None
        if own is not None:
            return _joined(nothing, own, way)
    return nothing


def _joined(nothing: Proposed, own: str, way: Lookup) -> Proposed:
    export, table = nothing.export, BY_NAME[nothing.table]
    brought = next(
        name
        for name in (way.customer.name, f"customer of {way.thing}", "customer looked up")
        if name not in export.looks
    )
    doubt = f"{way.export.name} says the customer of each {way.key.name}: is {own} the same?"
    mapped = Mapped(name="customer_id", source=brought).but(doubt)
    columns = {**map_columns(table, export, Customers()), "customer_id": mapped}
    held = {name: columns[name] for name in table.names if name in columns and columns[name].source != own}
    # an id of a user is a user's, and a key of the looked up table is no key of this one
    held |= {name: one for name, one in columns.items() if one.source == own and name == "user_id"}
    join = {"from": way.export, "on": {own: way.key.name}, "take": _taken(brought, way.customer.name)}
    columns = {name: held[name] for name in table.names if name in held}
    return fitted(
        replace(nothing, columns=columns, shape={"join": join}, joined={brought: replace(way.customer, name=brought)})
    )


def _taken(brought: str, theirs: str) -> object:
    return [theirs] if brought == theirs else {brought: theirs}


def _foreign_key(export: Export, way: Lookup) -> str | None:
    """Return the column that holds the keys of another export: one that is called like its key, or whose values show it."""
    key = way.key
    held = [
        look
        for look in export.looks.values()
        if look.distinct and len(look.distinct & key.distinct) >= _OVERLAP * len(look.distinct)
    ]
    stem = plain(way.export.files[0].name.split(".")[0]).removesuffix("s")
    singular = way.thing.removesuffix("s")
    called = f"{key.name},{stem} id" if plain(key.name) not in COMMON else f"{stem} id,{singular} id,{stem} name,{stem}"
    by_name = [look for look in held if nearest(look.name, called) >= SURE]
    by_values = held if Customers(key.distinct).are_told_by_ids else []
    return next((look.name for look in [*by_name, *by_values]), None)
