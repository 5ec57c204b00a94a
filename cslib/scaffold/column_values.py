"""What the values of a source column show: whether it can be one of ours, and how it is read then."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.model import Kind
from cslib.scaffold.column_likeness import MAY_BE_IDS
from cslib.scaffold.mapped import Mapped
from cslib.scaffold.similarity import SAME, SURE, plain
from cslib.scaffold.value_words import FLAGS, NO_DAY, NOTHING, WORDS
from cslib.source.date_formats import known_formats
from cslib.source.parse import DATE_KINDS, EXCEL, NUMBER_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.model import CanonicalColumn
    from cslib.scaffold.exports import Export, Look

_HALF, _MOST, _ALL = 0.5, 0.9, 0.995
_CHOICES = 12  # a column of words has no more different ones
_MEASURED = re.compile(r"[.,]\d|^[-−△▲(]")  # an amount, and no code
_CODED = re.compile(r"(\b(id|code|no|number|key|cd)|番号|コード)$")


def may_be_key(look: Look, likeness: float) -> bool:
    """Return whether values can be ids: days are none."""
    formats = [share for form, share in look.formats.items() if form != EXCEL]  # a number of five digits is none
    return likeness >= SURE or max([look.dates, *formats]) < _MOST


def fits(column: CanonicalColumn, look: Look, likeness: float) -> bool:
    """Return whether a column can hold such values; the surer the name, the less proof it needs, since files have faults."""
    if column.kind in NUMBER_KINDS and not column.required and look.values and _readable(column, look) < _HALF:
        return False  # ranges of employees, like 1-10
    if column.kind is Kind.TEXT and not column.one_of and not _holds_words(column, look, likeness):
        return False
    if (
        likeness >= SAME or not look.values
    ):  # what then cannot be read is a question to its author; a blank end: nobody has left yet
        return likeness >= SURE or column.name == "ends_on"
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
    is_code = _CODED.search(plain(look.name)) or (likeness >= SAME and column.name in MAY_BE_IDS)
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
