"""Which column is which: by comparing names, and values with what they should be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cslib.model import Kind
from cslib.scaffold.column_synonyms import (
    COLUMN_SYNONYMS,
    MONEY,
    PER_MONTH,
    PER_YEAR,
    PERHAPS,
    QUALIFIED_CUSTOMER,
    YEARLY,
)
from cslib.scaffold.column_words import by_words, is_start_of_anything, names_a_thing
from cslib.scaffold.question_words import STATUS
from cslib.scaffold.similarity import LIKELY, SAME, SURE, nearest, plain, similarity
from cslib.scaffold.value_words import CONSTANTS, FLAGS, NO_DAY, NOTHING, WORDS
from cslib.source.date_formats import known_formats
from cslib.source.parse import DATE_KINDS, EXCEL, NUMBER_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cslib.model import CanonicalColumn, CanonicalTable
    from cslib.scaffold.exports import Export, Look

_HALF, _MOST, _ALL = 0.5, 0.9, 0.995
_CHOICES = 12  # a column of words has no more different ones
_TWELVE = 12
_COUNTER = 6  # digits: ids that are no longer are in every file, whatever they count
_PERHAPS = 0.85  # of the likeness of a name that may say it
_MEASURED = re.compile(r"[.,]\d|^[-−△▲(]")  # an amount, and no code
_CODED = re.compile(r"(\b(id|code|no|number|key|cd)|番号|コード)$")
_MAY_BE_IDS = {"product", "plan", "csm", "value"}  # columns of texts in which an id is as good as a name


@dataclass(frozen=True)
class Customers:
    """What is known of the customers while other tables are matched: their ids, and how other files call these."""

    ids: frozenset[str] = frozenset()
    names: str = ""  # with commas between
    file: str = ""

    @property
    def are_told_by_ids(self) -> bool:
        """Whether values show that they are these ids; short whole numbers do not, since every counter gives them."""
        counted = sum(one.isdecimal() and len(one) <= _COUNTER and not one.startswith("0") for one in self.ids)
        return bool(self.ids) and counted < _HALF * len(self.ids)


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """A canonical column: its source, how it is read, and what is unsure of it. `formats` are those it may have."""

    name: str
    source: str | None = None
    value: str | None = None
    formats: tuple[str, ...] = ()
    divide_by: int | None = None
    map: Mapping[str, str | bool] = field(default_factory=dict)
    null: tuple[str, ...] = ()
    how: Mapping[str, Any] = field(default_factory=dict)  # what else `source.yaml` says of how it is read
    doubts: tuple[str, ...] = ()
    likeness: float = 100.0

    @property
    def called(self) -> str | None:
        """The source column, or the first of those that are put together; None for a constant."""
        return self.source or next(iter(self.how.get("concat", ())), None)

    def but(self, doubt: str) -> Mapped:
        """Return the same with one more doubt."""
        return replace(self, doubts=(*self.doubts, doubt))


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


def as_others_are(mapped: Mapped, export: Export) -> Mapped:
    """Return a column as it is read; where its days read in several ways, in the one that alone reads another column of the file."""
    told = {
        able[0]
        for look in export.looks.values()
        if look.values and len(able := [form for form in mapped.formats if look.formats.get(form, 0) >= _ALL]) == 1
    }
    if len(told) != 1:
        return mapped
    ways = f"{export.looks[mapped.source or ''].values[0]!r} reads in"
    kept = tuple(doubt for doubt in mapped.doubts if not doubt.startswith(ways))
    return replace(mapped, formats=tuple(told), doubts=kept)


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
        alike = [(_likeness(table, column, look, customers), column) for column in table.columns]
        is_known = any(likeness >= SAME for likeness, _column in alike)  # and so it is nothing else by half
        for likeness, column in alike:
            is_key = column.name == table.key  # unique is what it was found to be already
            if likeness >= (SURE if is_known else LIKELY) and (
                _is_key(look, likeness) if is_key else _fits(column, look, likeness)
            ):
                yield likeness, column, look


def _order(table: CanonicalTable, likeness: float, column: CanonicalColumn, look: Look) -> tuple[bool, float, int, int]:
    """Return what pairs are sorted by: those with values, the most alike of them first, and of those told by words alone the column that says most."""
    told = look.distinct if column.name.endswith("_id") else look.values
    return not told, -likeness, -len(told) if likeness < _PERHAPS * SAME else 0, _place(table, column, look)


def _place(table: CanonicalTable, column: CanonicalColumn, look: Look) -> int:
    """Return the place of a name among those of a column, the commonest first: a status comes before a stage."""
    known = [column.name, *COLUMN_SYNONYMS[table.name][column.name].split(", ")]
    return max(range(len(known)), key=lambda place: similarity(look.name, known[place]))


def _likeness(table: CanonicalTable, column: CanonicalColumn, look: Look, customers: Customers) -> float:
    """Return how much a source column is called like one of ours, 0 where it cannot be it for another reason."""
    known = f"{column.name},{COLUMN_SYNONYMS[table.name][column.name]}"
    if column.name == "customer_id" != table.key and customers.names:
        known = f"{customers.names},{known}"
    likeness = nearest(look.name, known)
    perhaps = perhaps_called(table.name, column.name)
    if perhaps and likeness < SURE and nearest(look.name, perhaps) >= SURE:
        likeness = max(likeness, _PERHAPS * nearest(look.name, perhaps))
    likeness = _by_words(likeness, table, column, look)
    if column.name == "customer_id" != table.key:
        likeness = _as_customer(likeness, look, customers)
    if column.name == "mrr" and says_month(look.name):
        likeness = max(likeness, SURE)
    is_yearly = column.name == "mrr" and says_year(look.name) > likeness  # an annual fee is near to a monthly fee
    repeats = column.name in (table.row_key, *table.required) and column.name == table.key and not look.unique
    is_foreign_id = likeness < SAME and is_id(look.name) and not column.name.endswith("_id")
    if is_yearly or (repeats and look.values) or (is_foreign_id and column.name not in _MAY_BE_IDS):
        return 0.0
    return likeness


def _by_words(likeness: float, table: CanonicalTable, column: CanonicalColumn, look: Look) -> float:
    """Return how surely a column is one of ours, by the words of its name where nothing surer is known."""
    if table.name == "contracts" and likeness < SURE:
        if column.name == "starts_on" and is_start_of_anything(look.name):
            return LIKELY  # the day on which a row was made, where no other is told
        if column.name in {"contract_id", "product"} and (
            names_a_thing(look.name) or nearest(look.name, STATUS) >= SURE
        ):
            return 0.0
    if column.name == "customer_id" and names_a_thing(look.name) and look.numbers >= _HALF:
        return 0.0 if plain(look.name).endswith("s") else likeness  # how many users a customer has
    if likeness >= SURE or (table.key == "customer_id" and names_a_thing(look.name)):
        return likeness
    return max(likeness, by_words(table.name, column.name, look.name))


def perhaps_called(table: str, column: str) -> str:
    """Return the names, commas between, that may be a column of ours and may as well be another thing; what customers go by is alike everywhere."""
    everywhere = PERHAPS["contracts", column] if column == "customer_id" and table != "customers" else ""
    return PERHAPS.get((table, column), everywhere)


def _as_customer(likeness: float, look: Look, customers: Customers) -> float:
    """Return how surely a column names the customers: as they call it themselves first, as something near it only where it holds ids of theirs."""
    if customers.names and nearest(look.name, customers.names) >= SAME:
        return likeness + 1  # of a name that is a user's or a thing's as well
    if plain(look.name).endswith(("name", "名")) and likeness < SAME:
        likeness = min(likeness, LIKELY)  # a column of ids comes first
    likeness = max(likeness, _PERHAPS * SAME if QUALIFIED_CUSTOMER.match(plain(look.name)) else 0.0)
    if likeness >= SURE or not (customers.ids and look.values):
        return likeness
    return likeness if {_folded(one) for one in look.distinct} & {_folded(one) for one in customers.ids} else 0.0


def says_month(name: str) -> bool:
    """Return whether an amount is called one per month, as in fee per month or 月会費."""
    words = set(plain(name).split())
    spans = "monthly" in words or "per month" in plain(name)
    return (spans and bool(words & MONEY)) or PER_MONTH.match(plain(name)) is not None


def says_year(name: str) -> float:
    """Return how surely an amount is called one per year, 0 to 100: as a whole, or by a word of it as in 契約金額(年額)."""
    if PER_YEAR.search(plain(name)):
        return SAME
    return max(nearest(name, YEARLY), *(100.0 for word in plain(name).split() if word in YEARLY.split(", ")), 0.0)


def is_id(name: str) -> bool:
    """Return whether a column is called an id of something."""
    return plain(name).endswith(("id", "uuid")) and plain(name).split()[-1] in {"id", "uuid"}


def _is_key(look: Look, likeness: float) -> bool:
    """Return whether values can be ids: days are none."""
    formats = [share for form, share in look.formats.items() if form != EXCEL]  # a number of five digits is none
    return likeness >= SURE or max([look.dates, *formats]) < _MOST


def _fits(column: CanonicalColumn, look: Look, likeness: float) -> bool:
    """Return whether a column can hold such values; the surer the name, the less proof it needs, since files have faults."""
    if column.kind in NUMBER_KINDS and not column.required and look.values and _readable(column, look) < _HALF:
        return False  # ranges of employees, like 1-10
    if column.kind is Kind.TEXT and not column.one_of and not _holds_words(column, look, likeness):
        return False
    if likeness >= SAME or not look.values:
        return likeness >= SURE  # what then cannot be read is a question to its author
    if column.kind is Kind.TEXT and not column.one_of:
        return column.required or likeness >= SURE  # words prove nothing
    if likeness >= SURE:
        return _readable(column, look) >= _HALF
    proof = {form: share for form, share in look.formats.items() if form != EXCEL}  # a number of five digits is none
    return _readable(column, replace(look, formats=proof)) >= _MOST


def _holds_words(column: CanonicalColumn, look: Look, likeness: float) -> bool:
    """Return whether values can be a text of ours: days, amounts, yes and no are none; a whole number may be an id or a code."""
    numbers = look.numbers >= _MOST
    dated = max([look.dates, look.months, *look.formats.values()], default=0) >= _MOST and not numbers
    flagged = bool(look.values) and all(value.lower() in FLAGS for value in look.distinct)
    measured = numbers and any(_MEASURED.search(value) for value in look.distinct)
    is_code = _CODED.search(plain(look.name)) or (likeness >= SAME and column.name in _MAY_BE_IDS)
    counted = numbers and not (column.name.endswith("_id") or is_code)
    return not (dated or flagged or measured or counted)


def _readable(column: CanonicalColumn, look: Look) -> float:
    """Return which share of the values can be read as what the column holds."""
    if column.kind in NUMBER_KINDS:
        return _share(look, look.numbers)
    if column.kind in DATE_KINDS:
        told = [_days(column, look), *_formats(column, look).values()]
        return max(_share(look, share, NO_DAY) for share in told)
    known = _truths(look) if column.kind is Kind.BOOLEAN else _words(column, look)
    return _share(look, sum(value in known for value in look.values) / len(look.values))


def _days(column: CanonicalColumn, look: Look) -> float:
    # what is paid in a month begins with it
    return look.months if column.kind is Kind.MONTH or column.name == "starts_on" else look.dates


def _formats(column: CanonicalColumn, look: Look) -> dict[str, float]:
    """Return the formats that a column may have, each with the share of the values that it reads."""
    return {form: look.formats[form] for form in known_formats(column.kind) if form in look.formats}


def _share(look: Look, share: float, said: frozenset[str] = NOTHING) -> float:
    """Return a share of the values, those left out that say that there is none."""
    nothing = sum(value.lower() in said for value in look.values)
    return min(1.0, share * len(look.values) / max(1, len(look.values) - nothing))


def read_as(column: CanonicalColumn, look: Look, likeness: float) -> Mapped:
    """Return how a column is read out of one of a file, as its values look."""
    mapped = Mapped(name=column.name, source=look.name, likeness=likeness)
    if likeness < SURE:
        mapped = mapped.but(f"is {look.name} the {column.name}?")
    if column.kind is not Kind.TEXT:
        nothing = NO_DAY if column.kind in DATE_KINDS else NOTHING
        mapped = replace(mapped, null=tuple(sorted(value for value in look.distinct if value.lower() in nothing)))
    if column.kind in DATE_KINDS:
        return _dated(mapped, look, _days(column, look), _formats(column, look))
    if column.kind in NUMBER_KINDS and look.values and _share(look, look.numbers) < _ALL:
        return mapped.but(f"not every value reads as a number, such as {_odd(look)}")
    if column.kind is Kind.BOOLEAN:
        return _worded(mapped, look, _truths(look))
    return _worded(mapped, look, _words(column, look)) if column.one_of else mapped


def _odd(look: Look) -> str:
    return repr(next((value for value in look.values if not value.isdecimal()), look.values[0]))


def _dated(mapped: Mapped, look: Look, plainly: float, known: Mapping[str, float]) -> Mapped:
    """Return how the dates are written: as is expected, in one format, or in one of several, which is a question."""
    share = _share(look, plainly, NO_DAY)
    if not look.values or share >= _ALL:
        return mapped
    shares = {form: _share(look, reads, NO_DAY) for form, reads in known.items()}
    best = max([share, *shares.values()])
    if best == share:
        return mapped.but(f"not every value reads as a date, such as {_odd(look)}")
    formats = tuple(form for form, reads in shares.items() if reads == best)
    told = replace(mapped, formats=formats)
    if formats[1:]:
        return told.but(f"{look.values[0]!r} reads in {len(formats)} ways; take the # from the line that is right")
    return told if best >= _ALL else told.but(f"{best:.0%} of the values read as {formats[0]}")


def _worded(mapped: Mapped, look: Look, words: Mapping[str, str | bool]) -> Mapped:
    unknown = sorted(look.distinct - words.keys() - set(mapped.null))
    needed = {
        value: words[value] for value in sorted(look.distinct & words.keys()) if words[value] not in (value, None)
    }
    told = replace(mapped, map=needed)
    return told.but(f"which word stands for {', '.join(unknown[:5])}?") if unknown else told


def _truths(look: Look) -> dict[str, str | bool]:
    """Return how each value is read as a truth, those left out that are read anyway."""
    said = {word: truth for truth in (True, False) for word in WORDS[str(truth).lower()].split()}
    found: dict[str, str | bool] = {value: said[value] for value in look.distinct if value in said}
    plainly = {
        value
        for value in look.distinct
        if value.lower() in {"true", "false", "t", "f", "yes", "no", "y", "n", "1", "0", "on", "off"}
    }
    return found | {value: value for value in plainly}


def _words(column: CanonicalColumn, look: Look) -> dict[str, str | bool]:
    """Return the canonical word of each value."""
    if len(look.distinct) > max(_CHOICES, 2 * len(column.one_of)):
        return {value: value for value in look.distinct if value in column.one_of}
    said = {plain(word): ours for ours in column.one_of for word in (ours, *WORDS[ours].split())}
    return {value: said[plain(value)] for value in look.distinct if plain(value) in said}


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
    written = {_folded(one): one for one in customers.ids}
    otherwise = sorted(one for one in strange if _folded(one) in written)
    if not customers.ids or not strange:
        return mapped
    if otherwise:
        pair = f"{otherwise[0]!r} is {written[_folded(otherwise[0])]!r} in {customers.file}"
        return mapped.but(f"{len(otherwise)} ids are written otherwise than those of the customers, such as {pair}")
    if len(strange) > _HALF * len(values):
        return mapped.but(f"{len(strange)} of {len(values)} ids are of no customer in {customers.file}")
    return mapped


def _folded(written: str) -> str:
    """Return an id without what is often lost or added on its way: capitals, zeros in front, a decimal point, marks."""
    return re.sub(r"(?<!\d)0+(?=\d)|[\W_]", "", plain(written).removesuffix(" 0"))


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
