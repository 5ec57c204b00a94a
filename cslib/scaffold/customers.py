"""The customers among the exports: a file of theirs, or else the ids that other tables name."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.engines import quoted_name
from cslib.model import BY_NAME
from cslib.scaffold.column_synonyms import COLUMN_SYNONYMS, USER_IDS
from cslib.scaffold.column_words import names_a_thing, naming_customers
from cslib.scaffold.evidence import HEAD, named, says_another_thing, told_by
from cslib.scaffold.fit import LEAST, name_beside, names_of_customers, tried_as
from cslib.scaffold.mapped import Customers, Mapped
from cslib.scaffold.proposed import Proposed
from cslib.scaffold.similarity import SURE, nearest, plain
from cslib.scaffold.table_synonyms import COMMON, FILLERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cslib.scaffold.exports import Export, Look

_TABLE = BY_NAME["customers"]
_HALF = 0.5
_OF_A_THING = re.compile(r"\w+ (id|no|num|number|code|key|uuid|ref)$|番号$|コード$|id$")
_NOBODY = Customers()
_NO_LIST = "no file has a row for each customer"
_USERS_ARE_CUSTOMERS = "a row per user: are your users your customers?"
EACH_USER = Customers(names=USER_IDS)  # where nothing names a customer


def find_customers(exports: Sequence[Export], told: Mapping[int, str]) -> Proposed | None:
    """Return the customers' own file; None where no file has a row for each. `told` names the tables that the user said."""
    said = [export for export in exports if told.get(id(export)) == "customers"]
    if said:
        return _as_said(said[0])
    open_ones = [export for export in exports if id(export) not in told and not _is_of_customers(export)]
    tried = [one for one in (tried_as(_TABLE, export, _NOBODY) for export in open_ones) if _may_be(one)]
    if not tried:
        return _users(open_ones) or _shared_key(exports, told)
    best = max(tried, key=lambda one: one.score)
    others = [one.export.name for one in tried if one is not best and not _is_rather_another(one.export)]
    return best.but(f"{', '.join(others)} could be the customers as well") if others else best


def _may_be(one: Proposed) -> bool:
    """Return whether a file has the customers' rows: not one that is named otherwise and has ids of further things."""
    return not one.missing and one.score >= LEAST and bool(told_by("customers", one.columns) or _is_named(one.export))


def _is_named(export: Export) -> bool:
    return named(export).get("customers") == HEAD


def _is_rather_another(export: Export) -> bool:
    return HEAD in named(export).values() and not _is_named(export)


def _is_of_customers(export: Export) -> bool:
    """Return whether rows name a customer that other rows name too, so that they are something of customers."""
    known = COLUMN_SYNONYMS["contracts"]["customer_id"]
    owned = any(nearest(look.name, known) >= SURE and look.values and not look.unique for look in export.looks.values())
    return owned and not _is_named(export)


def _as_said(export: Export) -> Proposed:
    """Return the customers' file that the user named, with the column that looks most like ids where none is known."""
    tried = replace(tried_as(_TABLE, export, _NOBODY), doubts=())
    if "customer_id" in tried.columns:
        return tried
    key = _likest_key(export)
    mapped = Mapped(name="customer_id", source=key.name, likeness=0).but(f"is {key.name} the id of a customer?")
    columns = {"customer_id": mapped, "name": names_of_customers(export, key.name), **tried.columns}
    return replace(tried, columns={name: columns[name] for name in _TABLE.names if name in columns}, missing=())


def _likest_key(export: Export) -> Look:
    """Return the column that is most like an id: a value per row, named as an id, and neither a date nor an amount."""
    return max(export.looks.values(), key=_as_key)


def _as_key(look: Look) -> tuple[bool, bool, bool, int]:
    is_named = plain(look.name).endswith(("id", "code", "番号", "コード"))
    is_measure = max(look.dates, look.months) >= _HALF or any("." in text for text in look.distinct)
    return look.unique, is_named, not is_measure and look.numbers < _HALF, len(look.distinct)


def _users(exports: Sequence[Export]) -> Proposed | None:
    """Return the file of users as that of customers, as where people buy for themselves."""
    for export in exports:
        own = [look for look in export.looks.values() if look.unique and nearest(look.name, f"id,{USER_IDS}") >= SURE]
        if own and named(export).get("users") == HEAD:
            tried = _as_said(export)
            key = Mapped(name="customer_id", source=own[0].name)
            names = {} if "name" in tried.columns else {"name": names_of_customers(export, own[0].name)}
            return replace(tried, columns={**tried.columns, **names, "customer_id": key}).but(_USERS_ARE_CUSTOMERS)
    return None


def _shared_key(exports: Sequence[Export], told: Mapping[int, str]) -> Proposed | None:
    """Return the file whose rows others are of: its key, once in it, stands under the same name in another many times."""
    for export in (one for one in exports if not (_is_rather_another(one) and named(one).get("users") != HEAD)):
        others = [one for one in exports if one is not export]
        able = (look for look in export.looks.values() if look.unique and id(export) not in told)
        keys = (look for look in able if _may_name_customers(look.name) and not says_another_thing(export))
        key = next((look for look in keys if any(_repeats(look, one) for one in others)), None)
        if key is not None:
            mapped = Mapped(name="customer_id", source=key.name, likeness=0).but(f"is {key.name} the id of a customer?")
            tried = tried_as(_TABLE, export, _NOBODY)
            columns = {**tried.columns, "name": names_of_customers(export, key.name), "customer_id": mapped}
            held = {name: columns[name] for name in _TABLE.names if name in columns}
            return replace(tried, columns=held, missing=(), doubts=()).but(f"are the rows of {export.name} customers?")
    return None


def _may_name_customers(name: str) -> bool:
    """Return whether a key may be of customers: called so, or by a name that says no thing that it is of, as msno."""
    is_of_a_thing = _OF_A_THING.search(plain(name)) is not None or plain(name) in COMMON
    return bool(naming_customers([name])) or not is_of_a_thing


def _repeats(key: Look, other: Export) -> bool:
    look = other.looks.get(key.name)
    return look is not None and not look.unique and len(look.distinct & key.distinct) >= _HALF * len(look.distinct) > 0


def known_customers(own: Proposed | None) -> Customers:
    """Return what is known of the customers for the matching of other files."""
    key = own.look("customer_id") if own else None
    if own is None or key is None:
        return _NOBODY
    stem = plain(own.export.files[0].name.split(".")[0])
    thing = " ".join(word for word in stem.split() if word not in FILLERS and not word.isdigit()).removesuffix("s")
    names = [f"{thing} id"] if thing.isascii() and thing else []
    names += [key.name] if plain(key.name) not in COMMON else []
    return Customers(key.distinct, ",".join(names), own.export.files[0].name)


def derived_customers(found: Sequence[Proposed], exports: Sequence[Export]) -> list[Proposed]:
    """Return the customers as the different ids that the tables name; of files that name none, as a guess."""
    naming = [one for one in found if one.look("customer_id") and not one.joined and not one.sql]
    if not naming:
        return _guessed(exports)
    names = {id(one): name_beside(one.export, one.columns["customer_id"].source or "") for one in naming}
    parts = "\nunion all\n".join(_ids(one, names[id(one)]) for one in naming)
    sql = f"select customer_id, coalesce(max(name), customer_id) as name from (\n{parts}\n) group by customer_id"
    looks = {"customer_id": naming[0].look("customer_id")}
    export = replace(naming[0].export, looks={name: look for name, look in looks.items() if look})
    columns = {"customer_id": Mapped(name="customer_id", source="customer_id"), "name": _derived_names(names.values())}
    listed = _listing(naming, exports)
    where = (
        f"no file is known to be the customers' ({listed} has each of them once: --from customers={listed})"
        if listed
        else _NO_LIST
    )
    doubt = f"{where}, so they are the ids in {' and '.join(one.table for one in naming)}"
    return [Proposed("customers", export, columns, sql=sql, doubts=(doubt,))]


def _listing(naming: Sequence[Proposed], exports: Sequence[Export]) -> str:
    """Return the export that is no table and has the id of each customer once, under the name that a table has it by; else nothing."""
    for one in naming:
        key = one.look("customer_id")
        for export in exports:
            look = export.looks.get(key.name) if key and all(export is not other.export for other in naming) else None
            if key and look and look.unique and key.distinct <= look.distinct:
                return export.files[0].name
    return ""


def _derived_names(sources: Iterable[str | None]) -> Mapped:
    named = sorted({name for name in sources if name})
    told = (
        f"the last name by the alphabet of those in {' and '.join(named)}"
        if named
        else "no column names the customers, so their ids stand for them"
    )
    return Mapped(name="name", source="name").but(told)


def _ids(one: Proposed, name: str | None) -> str:
    """Return the query for the ids of the customers that a table names, with their names where these stand beside."""
    own, said = quoted_name(one.columns["customer_id"].source or ""), quoted_name(name) if name else "null"
    return (
        f"select cast({own} as varchar) as customer_id, cast({said} as varchar) as name from {one.table} "
        f"where trim(cast({own} as varchar)) <> ''"
    )


def _guessed(exports: Sequence[Export]) -> list[Proposed]:
    """Return the file with the column that is most like ids, so that there is something to correct."""
    named = [
        (export, export.looks[name])
        for export in sorted(exports, key=says_another_thing)
        for name in naming_customers(name for name, look in export.looks.items() if look.values)
        if not (names_a_thing(name) and export.looks[name].numbers >= _HALF)  # how many users a customer has
    ]
    readable = [export for export in exports if any(look.unique for look in export.looks.values())]
    if not named and not readable:
        return []
    export, look = min(named, key=_by_id) if named else (max(readable, key=lambda one: _as_key(_likest_key(one))), None)
    asked = (
        f"no file is known to have a row for each customer: is it {export.name}? else name it: --from customers=FILE"
    )
    if look is None:
        return [_as_said(export).but(asked)]
    if look.unique:
        own = Mapped(name="customer_id", source=look.name).but(f"is {look.name} the id of a customer?")
        said = _as_said(export)
        held = {**said.columns, "customer_id": own, "name": names_of_customers(export, look.name)}
        return [replace(said, columns={name: held[name] for name in _TABLE.names if name in held}).but(asked)]
    columns = {
        "customer_id": Mapped(name="customer_id", source=look.name),
        "name": names_of_customers(export, look.name),
    }
    told = f"no file has a row for each customer, so they are those that {look.name} of {export.name} names"
    return [Proposed("customers", export, columns, shape={"total": {"by": look.name}}, doubts=(told,))]


def _by_id(named: tuple[Export, Look]) -> bool:
    """Return what puts names of customers behind their ids."""
    return names_a_thing(named[1].name)
