"""How well an export fits a table, and what of the table is missing in it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.model import BY_NAME, Kind
from cslib.scaffold.column_likeness import is_id
from cslib.scaffold.column_synonyms import COLUMN_SYNONYMS, NAME_PARTS
from cslib.scaffold.evidence import ENOUGH, HEAD, named, says_another_thing, told_by
from cslib.scaffold.mapped import Mapped
from cslib.scaffold.match_columns import map_columns
from cslib.scaffold.proposed import Proposed
from cslib.scaffold.similarity import SURE, nearest, plain
from cslib.scaffold.table_synonyms import COMMON
from cslib.scaffold.term_evidence import are_terms
from cslib.source.parse import DATE_KINDS, NUMBER_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.model import CanonicalColumn, CanonicalTable
    from cslib.scaffold.exports import Export, Look
    from cslib.scaffold.mapped import Customers

LEAST = 0.75
_WIDE = 10  # columns: that a raw export has dozens of further ones says nothing against it
_MOST = 0.9
_CHOICES = 12


def tried_as(table: CanonicalTable, export: Export, customers: Customers) -> Proposed:
    """Return an export as a table; its score is 0 where too little speaks for it."""
    columns = map_columns(table, export, customers)
    if table.name == "customers" and "customer_id" in columns:
        columns = {**columns, "name": names_of_customers(export, columns["customer_id"].source, columns.get("name"))}
    return fitted(Proposed(table.name, export, columns))


def fitted(tried: Proposed) -> Proposed:
    """Return columns of an export as a table with its score, what is missing, and the doubt where little speaks for it."""
    table = BY_NAME[tried.table]
    missing = tuple(name for name in table.required if name not in tried.columns)
    score = _score(table, tried.export, tried.columns)
    scored = replace(tried, score=max(score, LEAST) if are_terms(tried) else score, missing=missing)
    keyed = _with_own_id(scored)
    if tried.table == "users" and "user_id" not in keyed.columns and not is_evident(scored):
        keyed = replace(keyed, missing=(*missing, "user_id"))  # rows of a day and no id are no users
    return _with_only_candidate(keyed) if is_evident(scored) else keyed.but(_unsure(scored))


def _with_own_id(tried: Proposed) -> Proposed:
    """Return a table whose rows have an id under another name, as in sub_id, with the question whether it is the key."""
    key = BY_NAME[tried.table].key
    own = next((name for name in tried.unmapped if is_id(name) and tried.export.looks[name].unique), None)
    if key is None or key in tried.columns or own is None:
        return tried
    return tried.with_column(Mapped(name=key, source=own, likeness=0).but(f"is {own} the {key}?"))


def names_of_customers(export: Export, key: str | None, known: Mapped | None = None) -> Mapped:
    """Return the names of customers: a column that is surely called so or as their id is, the parts of a name, or the id."""
    if known and known.likeness >= SURE:
        return known
    if known is None and plain(key or "").endswith(("name", "名")):
        return Mapped(name="name", source=key)
    beside = name_beside(export, key or "")
    told = Mapped(name="name", source=beside) if beside else _name_in_parts(export)
    return told or known or _ids_for_names(key)


def name_beside(export: Export, key: str) -> str | None:
    """Return the column of names that belongs to a column of ids: org_name beside org_id, 得意先名 beside 得意先コード."""
    stem = re.sub(r" ?(id|no|number|code|番号|コード|ナンバー|cd)$", "", plain(key))
    own = f"{stem} name,{stem}名,{stem}名称" if stem else ""
    for known in filter(None, (own, COLUMN_SYNONYMS["customers"]["name"])):
        looks = (look for look in export.looks.values() if look.name != key and plain(look.name) not in COMMON)
        found = next(
            (look.name for look in looks if look.values and look.numbers < _MOST and nearest(look.name, known) >= SURE),
            None,
        )
        if found:
            return found
    return None


def _name_in_parts(export: Export) -> Mapped | None:
    """Return the name of a person whose parts stand in two columns, put together as they are said."""
    for known in NAME_PARTS:
        parts = [next((name for name in export.looks if nearest(name, part) >= SURE), None) for part in known]
        if all(parts):
            return Mapped(name="name", how={"concat": parts}).but(
                f"the name is {' and '.join(map(str, parts))}, put together"
            )
    return None


def _ids_for_names(source: str | None) -> Mapped:
    return Mapped(name="name", source=source).but("no column names the customers, so their ids stand for them")


def _score(table: CanonicalTable, export: Export, columns: Mapping[str, Mapped]) -> float:
    """Return how much of the table and of the export is explained, what the file's name says weighing for and against."""
    strength, told = named(export).get(table.name, 0.0), told_by(table.name, columns)
    against = strength < HEAD and is_called_another_thing(export)
    if strength < HEAD and len(told) < (ENOUGH if against else 1):
        return 0.0
    mapped = [one for one in columns.values() if one.source is not None]
    likeness = sum(one.likeness for one in mapped) / 100
    constants = len(columns) - len(mapped)
    wide = min(len(export.looks), _WIDE)
    return likeness / len(table.columns) + min(likeness, wide) / wide + 1.5 * strength - 0.5 * constants - against


def is_called_another_thing(export: Export) -> bool:
    """Return whether the last word of a file's name is a table, or a thing that is none of ours."""
    return HEAD in named(export).values() or says_another_thing(export)


def is_evident(tried: Proposed) -> bool:
    """Return whether it is this table by its distinguishing columns, or by one of them and the name of its file."""
    told = told_by(tried.table, tried.columns)
    if are_terms(tried):
        return True
    if named(tried.export).get(tried.table) == HEAD:
        return bool(told)
    return len(told) >= ENOUGH and not is_called_another_thing(tried.export)


def _unsure(tried: Proposed) -> str:
    told = " and ".join(told_by(tried.table, tried.columns)) or "the name of its file"
    return f"told by {told} alone: are these {tried.table}? if not, name its table: --from TABLE={tried.export.files[0].name}"


def _with_only_candidate(tried: Proposed) -> Proposed:
    """Return an evident table with the one required column that is missing, where one column alone can be it."""
    for name in tried.missing if not tried.missing[1:] else ():
        kind = BY_NAME[tried.table][name].kind
        found = candidates(tried, name)
        if kind is not Kind.TEXT and len(found) == 1:
            what = "dates" if kind in DATE_KINDS else "numbers"
            mapped = Mapped(name=name, source=found[0], likeness=0).but(
                f"the only other column of {what}: is {found[0]} the {name}?"
            )
            return replace(tried.with_column(mapped), missing=())
    return tried


def candidates(tried: Proposed, name: str) -> list[str]:
    """Return the columns of the export, mapped to nothing else, that may be one of the table's by their values."""
    column = BY_NAME[tried.table][name]
    return [own for own in tried.unmapped if _can_be(column, tried.export.looks[own])]


def _can_be(column: CanonicalColumn, look: Look) -> bool:
    if not look.values:
        return False
    if column.kind in NUMBER_KINDS:
        is_flag = look.distinct <= {"0", "1"}
        return look.numbers >= _MOST and not (is_flag or is_id(look.name))
    if column.kind in DATE_KINDS:
        return max([look.dates, look.months, *look.formats.values()]) >= _MOST and look.numbers < _MOST
    if column.one_of:
        return len(look.distinct) <= _CHOICES and look.numbers < _MOST
    return column.name.endswith("_id") or look.numbers < _MOST
