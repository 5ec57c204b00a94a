"""Columns that are reckoned from others of their row: amounts times a number or per interval, days so much later, ids behind a prefix."""

from __future__ import annotations

from functools import reduce
from operator import add, mul
from typing import TYPE_CHECKING

import ibis

from cslib.model import Kind
from cslib.source.casts import as_kind, fits_kind
from cslib.source.parse import normalise, parse, says
from cslib.source.width import stripped, to_halfwidth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ibis.expr.types import StringValue, Table, Value

    from cslib.settings import ColumnMap

# how many months the words of billing intervals stand for; a year has 52 weeks, or 365 days
_LENGTHS = {
    1: "m|mo\\.?|months?|monthly|月|月額|月次|月払い?|毎月|か月|カ月|ヶ月|ケ月|ヵ月|ヵ月間|か月間|カ月間|ヶ月間|箇月",
    12: "y|yr|yrs|a\\.?|years?|yearly|annum|annual|annually|年|年額|年次|年払い?|毎年|年間",
    3: "q|quarters?|quarterly|四半期|四半期ごと|四半期払い?",
    6: "half years?|half yearly|semi ?annual|semi ?annually|半年|半年ごと|半年払い?|半期",
    12 / 52: "w|wk|weeks?|weekly|週|週次|毎週|週間",
    12 / 365: "d|days?|daily|日|日次|毎日|日間",
}
_LEAD = r"^(per|every|each|p\.?|/) *"  # as in per month, every 3 months, p.a.; and in ISO's P3M
_COUNT = r"^[0-9]+(\.[0-9]+)?"
_MOST = {"months": 12_000, "days": 365_000}  # beyond a thousand years, no engine has a day
_IN = {"years": ("months", 12), "months": ("months", 1), "weeks": ("days", 7), "days": ("days", 1)}


def reckoned(rows: Table, read: Value, kind: Kind, origin: ColumnMap) -> Value:
    """Return a value that was read as it is reckoned with the columns beside it; null where one of them is blank or cannot be read."""
    if origin.prefix is not None:
        return ibis.literal(origin.prefix) + read
    if origin.plus is not None:
        return _later(rows, read, kind, origin.plus.parts)
    factors = _factors(rows, origin)
    if origin.divide_by is None and not factors:
        return read
    return (reduce(mul, factors, read.cast("float64")) / (origin.divide_by or 1)).try_cast(kind.type)


def not_after(rows: Table, day: Value, kind: Kind, origin: ColumnMap, zone: str) -> Value:
    """Return a day, or the one of the column that it may not lie after, where that is earlier; the day itself where that one is blank."""
    if origin.not_after is None:
        return day
    last = rows[origin.not_after]
    if fits_kind(last.type(), kind):
        read = as_kind(last, kind, zone)
    else:
        read = parse(normalise(stripped(last.cast("string")), kind, "JPY"), kind, origin.format, zone)
    return ibis.ifelse(read < day, read, day)


def with_beside(rows: Table, text: StringValue, origin: ColumnMap) -> StringValue:
    """Return a text as it was found, with what stands beside it where that is blank or cannot be read."""
    if not origin.beside:
        return text
    numbers = _factors(rows, origin) if origin.plus is None else _lengths(rows, origin.plus.parts)
    beside: list[Value] = []
    for name in dict.fromkeys(origin.beside):
        beside += [f", {name}: ", ibis.coalesce(stripped(rows[name].cast("string")), "nothing")]
    told: Value = reduce(add, beside, text)
    return ibis.ifelse(ibis.or_(*(number.isnull() for number in numbers)), told, text)


def where_filled(rows: Table, written: Value, origin: ColumnMap) -> Value:
    """Return what was written; null where a column that it is reckoned with is blank, since nothing is known then."""
    if not origin.beside:
        return written
    is_blank = ibis.or_(*(stripped(rows[name].cast("string")).isnull() for name in origin.beside))
    return ibis.ifelse(is_blank, ibis.null(written.type()), written)


def months_of(text: StringValue, words: Mapping[object, float] | None = None) -> Value:
    """Return how many months a text stands for: year is 12, 3 months and 3 are 3, a word what `words` say; null for any other text."""
    bare = to_halfwidth(text).lower().re_replace("[_-]", " ").re_replace(_LEAD, "")
    count = ibis.ifelse(bare.re_search(_COUNT), bare.re_extract(_COUNT, 0), "1").try_cast("float64")
    unit = bare.re_replace(_COUNT, "").strip()
    lengths = ((unit.re_search(f"^({said})$"), ibis.literal(months, "float64")) for months, said in _LENGTHS.items())
    number = ibis.ifelse(bare.re_search(rf"{_COUNT}$"), ibis.literal(1.0), ibis.null("float64"))
    of_words = ((says(text, word), ibis.literal(months, "float64")) for word, months in (words or {}).items())
    found = ibis.cases(*of_words, (ibis.literal(value=True), count * ibis.cases(*lengths, else_=number)), else_=None)
    return ibis.ifelse(found > 0, found, ibis.null("float64"))


def _factors(rows: Table, origin: ColumnMap) -> list[Value]:
    """Return the numbers that an amount is multiplied by, null where one is blank or no number."""
    found = [] if origin.times is None else [_number(rows[origin.times])]
    if origin.per is None:
        return found
    found.append(1 / months_of(stripped(rows[origin.per.column].cast("string")), origin.per.map))
    if origin.per.times is None:
        return found
    count = _number(rows[origin.per.times])
    return [*found, 1 / ibis.ifelse(count > 0, count, ibis.null("float64"))]


def _later(rows: Table, day: Value, kind: Kind, parts: Mapping[str, int | str]) -> Value:
    """Return a day that lies so much later, of a month that is too short its last one."""
    moved = day.cast("timestamp")
    for (unit, _), length in zip((_IN[part] for part in parts), _lengths(rows, parts), strict=True):
        moved += length.as_interval("M" if unit == "months" else "D")
    if kind is Kind.MONTH:
        moved = moved.truncate("M")
    return moved if kind is Kind.TIMESTAMP else moved.date()


def _lengths(rows: Table, parts: Mapping[str, int | str]) -> list[Value]:
    """Return the lengths of the parts in whole months or days, null where one is blank or no whole number."""
    found = []
    for part, said in parts.items():
        unit, times = _IN[part]
        number = ibis.literal(float(said)) if isinstance(said, int) else _length(rows[said], part)
        whole = number * times
        fits = (whole % 1 == 0) & (whole.abs() <= _MOST[unit])
        found.append(ibis.ifelse(fits, whole, ibis.null("float64")).cast("int64"))
    return found


def _length(value: Value, part: str) -> Value:
    return months_of(stripped(value.cast("string"))) if part == "months" else _number(value)


def _number(value: Value) -> Value:
    if value.type().is_numeric():
        return value.cast("float64")
    text = stripped(value.cast("string"))
    return parse(normalise(text, Kind.NUMBER, "JPY"), Kind.NUMBER, None, "UTC").cast("float64")
