"""How text is read as a date, a number or a truth; what does not parse is null, never a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from cslib.model import Kind

if TYPE_CHECKING:
    from ibis.expr.types import StringValue, Value

_NUMBER = r"^[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?$"
_DAY = r"^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_TIME = r"([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?"
_OFFSET = r"( ?(Z|[+-][0-9]{2}(:?[0-9]{2})?))$"
_TRUTHS = ("true", "t", "yes", "y", "1")
_UNTRUTHS = ("false", "f", "no", "n", "0")


@ibis.udf.scalar.builtin(signature=((dt.string, dt.string), dt.timestamp))
def try_strptime(text, format):  # type: ignore[no-untyped-def]  # noqa: A002, ANN001, ANN201
    """Return DuckDB's reading of `text` by a strptime format; null where it does not fit."""


@ibis.udf.scalar.builtin(signature=((dt.string, dt.Timestamp(timezone="UTC")), dt.timestamp))
def timezone(zone, moment):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return the wall-clock time of a moment in a zone."""


def parse(  # noqa: PLR0911 - one way to read each kind
    text: StringValue, kind: Kind, date_format: str | None, zone: str
) -> Value:
    """Return `text` read as `kind`; null where it cannot be. Dates are ISO unless a format is given."""
    match kind:
        case Kind.TEXT:
            return text
        case Kind.BOOLEAN:
            return _truth(text)
        case Kind.INTEGER:
            number = _number(text)
            return ibis.ifelse(number == number.floor(), number, ibis.null(number.type())).cast("int64")
        case Kind.NUMBER:
            return _number(text).cast("float64")
        case Kind.AMOUNT:
            return _number(text)
        case Kind.MONTH:
            return _moment(ibis.ifelse(text.length() == len("2026-10"), text + "-01", text), date_format, zone).date()
        case Kind.DATE:
            return _moment(text, date_format, zone).date()
        case Kind.TIMESTAMP:
            return _moment(text, date_format, zone)


def _truth(text: StringValue) -> Value:
    small = text.lower()
    return ibis.cases((small.isin(_TRUTHS), True), (small.isin(_UNTRUTHS), False), else_=ibis.null("boolean"))


def _number(text: StringValue) -> Value:
    return ibis.ifelse(text.re_search(_NUMBER), text, ibis.null("string")).try_cast(Kind.AMOUNT.type)


def _moment(text: StringValue, date_format: str | None, zone: str) -> Value:
    if date_format:
        return try_strptime(text, date_format)
    with_offset = text.re_search(f"{_DAY}{_TIME}{_OFFSET}")
    plain = text.re_search(f"{_DAY}{_TIME}$")
    moment = ibis.ifelse(with_offset, text, ibis.null("string")).try_cast(dt.Timestamp(timezone="UTC"))
    naive = ibis.ifelse(plain, text, ibis.null("string")).try_cast("timestamp")
    return ibis.coalesce(naive, timezone(zone, moment))
