"""The formats of dates that exports are known to use: those that `init` proposes and that `check` asks about."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import ibis

from cslib.model import Kind
from cslib.source.parse import EXCEL, known_day, parse, try_strptime

if TYPE_CHECKING:
    from ibis.expr.types import StringValue, Table, Value

_DATES = (
    "%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%y{0}%m{0}%d", "%d{0}%m{0}%y", "%m{0}%d{0}%y", "%d{0}%b{0}%Y", "%d{0}%b{0}%y",
)  # fmt: skip
_MARKS = ("-", "/", ".", " ")
_CLOCKS = ("", " %H:%M", " %H:%M:%S")
_HALF_DAYS = (  # with AM and PM, as spreadsheets and issue trackers of the US write them
    "%m/%d/%Y %I:%M %p", "%m/%d/%Y, %I:%M %p", "%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M %p", "%m/%d/%y %I:%M %p", "%d/%b/%y %I:%M %p",
    "%b %d, %Y %I:%M %p",
)  # fmt: skip
_OTHERS = (*_HALF_DAYS, "%Y%m%d", "%Y%m%d%H%M%S", "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%Y年%m月", "%Y%m", EXCEL)
_OF_DAYS = (*(date.format(mark) + clock for date, mark, clock in product(_DATES, _MARKS, _CLOCKS)), *_OTHERS)
_LENGTHS = {"%Y%m": 6, "%Y%m%d": 8, "%Y%m%d%H%M%S": 14}  # else 46016, a spreadsheet's day, is a June of the year 4601
_OF_MONTHS = ("%m/%Y", "%m-%Y", "%m.%Y", "%b %Y", "%b-%y", "%y/%m", "%m/%y")


def known_formats(kind: Kind) -> tuple[str, ...]:
    """Return the formats that a column of this kind may have; a month may be written as a day in it."""
    return (*_OF_MONTHS, *_OF_DAYS) if kind is Kind.MONTH else _OF_DAYS


def rows_read(texts: Table, kind: Kind) -> dict[str, int]:
    """Return how many rows of `texts` (text in half-width signs, and rows) each known format parses."""
    found = rows_read_by(texts.mutate(column=0), kind)
    return found.get(0, dict.fromkeys(known_formats(kind), 0))


def rows_read_by(texts: Table, kind: Kind) -> dict[int, dict[str, int]]:
    """Return the same for each `column` of `texts` (a number, text in half-width signs, and rows), in one pass."""
    read = {form: _read(texts.text, form).notnull() for form in known_formats(kind)}
    sums = {f"f{place}": one.ifelse(texts.rows, 0).sum() for place, one in enumerate(read.values())}
    found = texts.group_by("column").aggregate(**sums).to_pyarrow().to_pylist()
    return {row["column"]: {form: int(row[name] or 0) for form, name in zip(read, sums, strict=True)} for row in found}


def _read(text: StringValue, form: str) -> Value:
    # as `parse` reads it, which narrows each text once more for each format: that takes most of the time
    if form == EXCEL:
        return parse(text, Kind.DATE, EXCEL, "UTC")
    if form in _LENGTHS:
        text = ibis.ifelse(text.length() == _LENGTHS[form], text, ibis.null("string"))
    return known_day(try_strptime(text, form))
