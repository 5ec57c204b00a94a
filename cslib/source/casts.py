"""Values that are typed already: the kinds that they fit, and what they are as one of a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cslib.model import Kind
from cslib.source.parse import DATE_KINDS, NUMBER_KINDS, known_day, timezone

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    from ibis.expr.types import Value


def fits_kind(type_: dt.DataType, kind: Kind) -> bool:
    """Return whether typed values are of a kind as they are; all others are read as text is."""
    if kind in NUMBER_KINDS:
        return type_.is_numeric() and not type_.is_boolean()
    if kind in DATE_KINDS:
        return type_.is_date() or type_.is_timestamp()
    return kind is Kind.BOOLEAN and type_.is_boolean()


def has_fractions(type_: dt.DataType) -> bool:
    """Return whether values of a type may have decimals, which each engine writes as text in its own way."""
    return type_.is_floating() or (type_.is_decimal() and type_.scale != 0)


def as_kind(value: Value, kind: Kind, zone: str) -> Value:
    """Return a value that fits a kind as one of it, moments as wall-clock times in `zone`; null where it cannot be one."""
    if value.type().is_timestamp() and value.type().timezone is not None:
        value = timezone(zone, value)
    if kind in (Kind.DATE, Kind.MONTH) and value.type().is_timestamp():
        value = value.date()
    if kind is Kind.MONTH:
        # the engine makes a timestamp of a truncated date, and Ibis does not know it
        value = value.cast("timestamp").truncate("M").date()
    if kind is Kind.INTEGER and not value.type().is_integer():
        value = ibis.ifelse(value % 1 == 0, value, ibis.null(value.type()))
    read = value.cast(kind.type) if _holds_all(kind, value.type()) else value.try_cast(kind.type)
    return known_day(read) if kind in DATE_KINDS else read


def _holds_all(kind: Kind, type_: dt.DataType) -> bool:
    """Return whether every value of a type is one of the kind; casts that may fail are not the same on any two engines."""
    small = type_.is_integer() and not type_.is_uint64()
    return (
        str(type_).removeprefix("!") == kind.type
        or (kind in DATE_KINDS and type_.is_date())
        or (kind is Kind.INTEGER and small)
    )


def as_plain_type(value: Value) -> Value:
    """Return a further column as it is; lists, structures, intervals and the like as text, which every tool can store."""
    kind = value.type()
    simple = kind.is_string() or kind.is_numeric() or kind.is_boolean() or kind.is_date() or kind.is_timestamp()
    return value if simple else value.cast("string")
