"""Which column is which: by comparing names, and values with what they should be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.scaffold.column_likeness import PERHAPS_ALIKE, folded, likeness_of, place_among_names, says_year
from cslib.scaffold.column_values import as_others_are, fits, may_be_key, read_as
from cslib.scaffold.mapped import Mapped
from cslib.scaffold.similarity import LIKELY, SAME, SURE, plain
from cslib.scaffold.value_words import CONSTANTS, WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cslib.model import CanonicalColumn, CanonicalTable
    from cslib.scaffold.exports import Export, Look
    from cslib.scaffold.mapped import Customers

_HALF, _MOST = 0.5, 0.9
_TWELVE = 12


def map_columns(table: CanonicalTable, export: Export, customers: Customers) -> dict[str, Mapped]:
    """Return the columns of a table that an export holds, in the table's order.

    Each source column is mapped to one canonical column, the one whose name is most like its own.
    """
    pairs = sorted(_pairs(table, export, customers), key=lambda pair: _order(table, *pair))
    found: dict[str, Mapped] = {}
    taken: set[str] = set()
    for likeness, column, look in pairs:
        if column.name not in found and look.name not in taken:
            found[column.name] = read_as(column, look, likeness)
            taken.add(look.name)
    if "customer_id" in table.names and "customer_id" not in found:
        found |= _by_its_values(export, customers, taken)
    if "customer_id" in found:
        found["customer_id"] = _compared(found["customer_id"], export, customers)
    found |= _yearly(table, export, found, taken)
    found |= {
        name: _constant(table, name, export)
        for name in table.required
        if name not in found and (table.name, name) in CONSTANTS
    }
    found |= _words_of_kinds(table, export, found)
    found |= {name: as_others_are(one, export) for name, one in found.items() if one.formats[1:]}
    return {name: found[name] for name in table.names if name in found}


def _words_of_kinds(table: CanonicalTable, export: Export, found: Mapping[str, Mapped]) -> dict[str, Mapped]:
    """Return the columns of which some kinds of rows hold a word of a list, with how each of these is written."""
    told = {}
    for _kind, name, ours in table.worded:
        if name in found and (source := found[name].source):
            said = {plain(word): one for one in ours for word in (one, *WORDS[one].split())}
            written = {value: said[plain(value)] for value in export.looks[source].distinct if plain(value) in said}
            needed = {value: word for value, word in sorted(written.items()) if value != word}
            told[name] = replace(found[name], map={**found[name].map, **needed})
    return told


def _pairs(
    table: CanonicalTable, export: Export, customers: Customers
) -> Iterator[tuple[float, CanonicalColumn, Look]]:
    for look in export.looks.values():
        alike = [(likeness_of(table, column, look, customers), column) for column in table.columns]
        is_known = any(likeness >= SAME for likeness, _column in alike)  # and so it is nothing else by half
        for likeness, column in alike:
            is_key = column.name == table.key  # unique is what it was found to be already
            if likeness >= (SURE if is_known else LIKELY) and (
                may_be_key(look, likeness) if is_key else fits(column, look, likeness)
            ):
                yield likeness, column, look


def _order(table: CanonicalTable, likeness: float, column: CanonicalColumn, look: Look) -> tuple[bool, float, int, int]:
    """Return what pairs are sorted by: those with values, the most alike of them first, and of those told by words alone the column that says most."""
    told = look.distinct if column.name.endswith("_id") else look.values
    return (
        not told,
        -likeness,
        -len(told) if likeness < PERHAPS_ALIKE * SAME else 0,
        place_among_names(table, column, look),
    )


def _by_its_values(export: Export, customers: Customers, taken: set[str]) -> dict[str, Mapped]:
    """Return the column that holds the ids of the customers, whatever it is called, where values show that they are these."""
    for look in export.looks.values() if customers.are_told_by_ids else ():
        if look.name not in taken and len(look.distinct & customers.ids) >= _MOST * len(look.distinct) > 0:
            taken.add(look.name)
            mapped = Mapped(name="customer_id", source=look.name)
            return {"customer_id": mapped.but("told by its values, which are the customers' ids")}
    return {}


def _compared(mapped: Mapped, export: Export, customers: Customers) -> Mapped:
    """Return the column of customers' ids with a doubt where most of its values are no customer's, or are written otherwise."""
    look = export.looks.get(mapped.source or "")
    values = look.distinct if look else frozenset()
    strange = values - customers.ids
    written = {folded(one): one for one in customers.ids}
    otherwise = sorted(one for one in strange if folded(one) in written)
    if not customers.ids or not strange:
        return mapped
    if otherwise:
        pair = f"{otherwise[0]!r} is {written[folded(otherwise[0])]!r} in {customers.file}"
        return mapped.but(f"{len(otherwise)} ids are written otherwise than those of the customers, such as {pair}")
    if len(strange) > _HALF * len(values):
        return mapped.but(f"{len(strange)} of {len(values)} ids are of no customer in {customers.file}")
    return mapped


def _said_by(stem: str, column: CanonicalColumn) -> str | None:
    """Return the word of a list that the name of a file holds."""
    words = set(plain(stem).split())
    known = {ours: (ours, *WORDS[ours].split()) for ours in column.one_of}
    return next(
        (
            ours
            for ours, names in known.items()
            if any(one in words or (not one.isascii() and one in stem) for one in names)
        ),
        None,
    )


def _yearly(table: CanonicalTable, export: Export, found: Mapping[str, Mapped], taken: set[str]) -> dict[str, Mapped]:
    if table.name != "contracts" or "mrr" in found:
        return {}
    for look in export.looks.values():
        if look.name not in taken and says_year(look.name) >= SURE and look.numbers >= _MOST:
            taken.add(look.name)
            mapped = Mapped(name="mrr", source=look.name, divide_by=_TWELVE)
            return {"mrr": mapped.but("an amount per year? if it is per month, leave out divide_by")}
    return {}


def _constant(table: CanonicalTable, name: str, export: Export) -> Mapped:
    """Return what every row is taken for: the word that the name of the file says, or the usual one."""
    said = _said_by(export.files[0].name.split(".")[0], table[name])
    if said:
        return Mapped(name=name, value=said).but(f"taken from the name of {export.files[0].name}")
    value = CONSTANTS[table.name, name]
    return Mapped(name=name, value=value).but(f"no column says it, so every row is taken for {value!r}")
