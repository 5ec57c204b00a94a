"""Dates as people write them, normalised to ISO: points, 年月日, the years of an era, weekdays, a spreadsheet's serial numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from cslib.source.width import to_halfwidth

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, StringValue, Value

DAY = r"^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
MONTH = r"^[0-9]{4}[-/][0-9]{1,2}$"
_ERA = r"^(令和|平成|昭和|大正|[RHST])\.? *([0-9]{1,2}|元) *"
_BEFORE = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925, "大正": 1911, "T": 1911}
_WEEKDAY = r" *\([月火水木金土日](曜日?)?\)"
_FORMS = (  # one kind of mark per date: 2026.7/20 may be anything
    (r"^([0-9]{4}) *年 *([0-9]{1,2}) *月 *([0-9]{1,2}) *日", r"\1-\2-\3"),
    (r"^([0-9]{4}) *\. *([0-9]{1,2}) *\. *([0-9]{1,2})", r"\1-\2-\3"),
    (r"^([0-9]{4}) */ *([0-9]{1,2}) */ *([0-9]{1,2})", r"\1-\2-\3"),
    (r"^([0-9]{4}) *年 *([0-9]{1,2}) *月$", r"\1-\2"),
    (r"^([0-9]{4}) *[./] *([0-9]{1,2})$", r"\1-\2"),
)
_SERIAL = r"^[0-9]{5}(\.[0-9]+)?$"  # 1927 to 2173: longer numbers are dates without marks, or no dates
_UNIX_EPOCH = 25_569  # days from 1899-12-30 to 1970-01-01
_SECONDS = 86_400


@ibis.udf.scalar.builtin(signature=((dt.int64,), dt.timestamp))
def epoch_ms(milliseconds):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return DuckDB's wall-clock time so many milliseconds after 1970, in no zone."""


def iso_spelling(text: StringValue) -> StringValue:
    """Return a date or month that names its year first, in whatever spelling, with hyphens; any other text as it is."""
    spelled = _in_western_years(to_halfwidth(text).upper().re_replace(_WEEKDAY, ""))
    for found, iso in _FORMS:
        spelled = spelled.re_replace(found, iso)
    return spelled


def _in_western_years(text: StringValue) -> StringValue:
    era, year = text.re_extract(_ERA, 1), text.re_extract(_ERA, 2).replace("元", "1").try_cast("int64")
    before = ibis.cases(*((era == name, first) for name, first in _BEFORE.items()), else_=ibis.null("int64"))
    western = (before + year).cast("string") + text.re_replace(_ERA, "")
    return ibis.ifelse(text.re_search(_ERA), western, text)


def is_serial(text: StringValue) -> BooleanValue:
    """Return whether a text can be a spreadsheet's serial number of a day."""
    return text.re_search(_SERIAL)


def serial_day(text: StringValue) -> Value:
    """Return the time that a spreadsheet's serial number means, to the second; null for any other text."""
    days = ibis.ifelse(is_serial(text), text, ibis.null("string")).try_cast("float64")
    return epoch_ms(((days - _UNIX_EPOCH) * _SECONDS).round().cast("int64") * 1000)
