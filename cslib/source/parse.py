"""How text is read as a date, a number or a truth; what does not parse is null, never a guess."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from cslib.model import Kind
from cslib.source.date_spellings import DAY, MONTH, iso_spelling, serial_day
from cslib.source.width import to_halfwidth

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringValue, Value

EXCEL = "excel"  # a format: days counted from 1899-12-30, as a spreadsheet keeps them
UNIX, UNIX_MS = "unix", "unix_ms"  # formats: seconds and milliseconds since 1970, which name a moment
NUMBER_KINDS = (Kind.INTEGER, Kind.NUMBER, Kind.AMOUNT)
DATE_KINDS = (Kind.DATE, Kind.TIMESTAMP, Kind.MONTH)
_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$"
_GROUPED = r"^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$"  # so that 1,2 and 1.200,50 stay what nobody can know
_MINUS = r"^[▲△] *"  # as Japanese accounts write it
_SIGNS = {  # before an amount, and behind it; in cp932 the yen sign is the backslash
    "JPY": (r"[¥\\]|JPY", "円|JPY"), "CNY": ("¥|CNY|RMB", "元|CNY|RMB"), "USD": (r"US\$|\$|USD", r"\$|USD"),
    "EUR": ("€|EUR", "€|EUR"), "GBP": ("£|GBP", "£|GBP"), "KRW": ("₩|KRW", "₩|KRW"),
}  # fmt: skip
_TIME = r"([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?"
_CLOCK = r"[ T0-9:.Z+-]*"
_OFFSET = r" ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
_SPELLINGS = (  # the engine reads 09:30:00+09:00 alone of all that systems write
    (r" (Z|[+-])", r"\1"),
    (r"([ T][0-9]{1,2}:[0-9]{2})(Z|[+-])", r"\1:00\2"),
    (r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2"),
)
_MOST_SECONDS, _FEWEST_MS = 253_402_300_799, 1e11  # fewer milliseconds, of before 1973, are seconds
_FIRST, _LAST = datetime(1000, 1, 1), datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - wall-clock times
KNOWS_ZONES = ("duckdb", "postgres")  # the engines with the function `timezone`
TRUE_WORDS = ("true", "t", "yes", "y", "1", "on")
UNTRUE_WORDS = ("false", "f", "no", "n", "0", "off")


@ibis.udf.scalar.builtin(signature=((dt.string, dt.string), dt.timestamp))
def try_strptime(text, format):  # type: ignore[no-untyped-def]  # noqa: A002, ANN001, ANN201
    """Return DuckDB's reading of `text` by a strptime format; null where it does not fit."""


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.string), dt.Timestamp(timezone="UTC")))
def try_strptime_with_offset(text, format):  # type: ignore[no-untyped-def]  # noqa: A002, ANN001, ANN201
    """Return DuckDB's reading of `text` by a strptime format that holds an offset; null where it does not fit."""


@ibis.udf.scalar.builtin(signature=((dt.string, dt.Timestamp(timezone="UTC")), dt.timestamp))
def timezone(zone, moment):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return the wall-clock time of a moment in a zone."""


@ibis.udf.scalar.builtin(signature=((dt.float64,), dt.Timestamp(timezone="UTC")))
def to_timestamp(seconds):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return DuckDB's moment so many seconds after 1970."""


def normalise(text: StringValue, kind: Kind, currency: str) -> StringValue:
    """Return a number or a date as the tables write it, where its text says which it is; any other text as it is.

    Numbers lose commas between thousands and the signs of the reporting currency, dates are written year first with
    hyphens. Both may be full-width.
    """
    if kind in NUMBER_KINDS:
        bare = _without_sign(to_halfwidth(text), currency) if kind is Kind.AMOUNT else to_halfwidth(text)
        return ibis.ifelse(text.re_search(_NUMBER), text, _ungrouped(bare.re_replace(_MINUS, "-")))
    if kind in DATE_KINDS:
        return ibis.ifelse(text.re_search(f"{DAY}{_CLOCK}$|{MONTH}"), text, iso_spelling(text))
    return text


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
            number = _number(text, Kind.AMOUNT)
            return ibis.ifelse(number % 1 == 0, number, ibis.null(number.type())).cast("int64")
        case Kind.NUMBER | Kind.AMOUNT:
            return _number(text, kind)
        case Kind.MONTH:
            by_year = date_format in {None, EXCEL}
            day = ibis.ifelse(text.re_search(MONTH), text + text[4] + "01", text) if by_year else text
            return _moment(day, date_format, zone).truncate("M").date()
        case Kind.DATE:
            return _moment(text, date_format, zone).date()
        case Kind.TIMESTAMP:
            return _moment(text, date_format, zone)


def says(text: StringValue, key: object) -> BooleanValue:
    """Return whether a text is the key of a map; YAML reads on, off, yes and no as truths, so these stand for all."""
    if isinstance(key, bool):
        return text.lower().isin(TRUE_WORDS if key else UNTRUE_WORDS)
    return text == str(key)


def _without_sign(text: StringValue, currency: str) -> StringValue:
    """Return an amount without the signs of its currency; those of another one stay, and keep it from being read."""
    before, behind = _SIGNS.get(currency, (currency, currency))
    return text.re_replace(f"^([+-]?) *({before}) *", r"\1").re_replace(f" *({behind})$", "")


def _ungrouped(text: StringValue) -> StringValue:
    return ibis.ifelse(text.re_search(_GROUPED), text.replace(",", ""), text)


def _truth(text: StringValue) -> Value:
    small = text.lower()
    return ibis.cases((small.isin(TRUE_WORDS), True), (small.isin(UNTRUE_WORDS), False), else_=ibis.null("boolean"))


def _number(text: StringValue, kind: Kind) -> Value:
    return ibis.ifelse(text.re_search(_NUMBER), text, ibis.null("string")).try_cast(kind.type)


def _moment(text: StringValue, date_format: str | None, zone: str) -> Value:
    """Return the wall-clock time in `zone` that a text names; null where it names none."""
    if not date_format:
        return known_day(_iso(text, zone))
    if date_format in {UNIX, UNIX_MS}:
        return known_day(timezone(zone, to_timestamp(_seconds(to_halfwidth(text), date_format))))
    if date_format == EXCEL:
        return known_day(ibis.coalesce(_iso(text, zone), serial_day(to_halfwidth(text))))
    narrow = to_halfwidth(text)
    if "%z" in date_format or "%Z" in date_format:
        return known_day(timezone(zone, try_strptime_with_offset(narrow, date_format)))
    return known_day(ibis.coalesce(try_strptime(text, date_format), try_strptime(narrow, date_format)))


def _seconds(text: StringValue, unit: str) -> Value:
    """Return the seconds that a text counts in a unit; null where these lie beyond every calendar, or are of the other unit."""
    count = ibis.ifelse(text.re_search(_NUMBER), text, ibis.null("string")).try_cast("float64")
    if unit == UNIX_MS:
        count = ibis.ifelse(count.abs() >= _FEWEST_MS, count / 1000, ibis.null("float64"))
    return ibis.ifelse(count.abs() <= _MOST_SECONDS, count, ibis.null("float64"))


def exact_moment(text: StringValue, date_format: str | None) -> Value:
    """Return the moment, as a time of UTC, of a text with an offset from UTC; null for any other."""
    if date_format and date_format != EXCEL:
        says_it = ibis.literal(date_format in {UNIX, UNIX_MS} or "%z" in date_format or "%Z" in date_format)
    else:
        says_it = text.re_search(f"{DAY}{_TIME}{_OFFSET}")
    return ibis.ifelse(says_it, _moment(text, date_format, "UTC"), ibis.null("timestamp"))


def _iso(text: StringValue, zone: str) -> Value:
    plain = ibis.ifelse(text.re_search(f"{DAY}{_TIME}$"), text, ibis.null("string"))
    moment = ibis.ifelse(text.re_search(f"{DAY}{_TIME}{_OFFSET}"), text, ibis.null("string"))
    for found, normalise in _SPELLINGS:
        moment = moment.re_replace(found, normalise)
    return ibis.coalesce(plain.try_cast("timestamp"), timezone(zone, moment.try_cast(dt.Timestamp(timezone="UTC"))))


def known_day(value: Value) -> Value:
    """Return a date or time; null before the year 1000, where exports put what has no date, and two-digit years end up.

    Null beyond the year 9999 as well, where engines keep what they call infinity.
    """
    return ibis.ifelse(value.between(*_reach(value)), value, ibis.null(value.type()))


def is_no_known_day(value: Value) -> BooleanValue:
    """Return whether a value is there that `known_day` turns into null; an engine can answer it from a file's statistics."""
    first, last = _reach(value)
    return ((value < first) | (value > last)).fill_null(False)  # noqa: FBT003


def _reach(value: Value) -> tuple[Value, Value]:
    ends = (_FIRST.date(), _LAST.date()) if value.type().is_date() else (_FIRST, _LAST)
    return ibis.literal(ends[0]), ibis.literal(ends[1])
