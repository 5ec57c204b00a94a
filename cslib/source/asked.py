"""What is asked of tables while a source is read: queries that are built once for all tables of the same form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt

from cslib.code_version import READING, loaded_code
from cslib.engines import engine_of, remembers
from cslib.prepared import PreparedQueries

if TYPE_CHECKING:
    from datetime import date

    from ibis.expr.types import DateValue, Table

_DAY = "read_on"


def asked_of(*tables: Table, by: object = ()) -> PreparedQueries:
    """Return the queries over some tables of one engine that hang on nothing but these, the `repr` of `by`, and the code that reads sources.

    The code is looked at once for each engine: a reading has one of its own.
    """
    engine = engine_of(tables[0])
    code = ""
    if remembers(engine):
        known = engine.compiler.noted
        code = known["code"] = known.get("code") or loaded_code(*READING)
    return PreparedQueries((code, by), tables)


@ibis.udf.scalar.builtin(signature=((dt.string,), dt.date))
def getvariable(told_as):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return the day that an engine was told under a name."""


def say_day(engine: Any, read_on: date) -> None:  # noqa: ANN401 - one of `connect`
    """Tell an engine on which day the source was read, so that no query has to say it: the next day's are the same."""
    engine.raw_sql(f"SET VARIABLE {_DAY} = DATE '{read_on}'")
    engine.compiler.noted[_DAY] = str(read_on)


def said_by(rows: Table, read_on: date) -> str:
    """Return how queries of rows say the day of the reading: by the name under which their engine was told it, else as it is."""
    engine = engine_of(rows)
    was_told = remembers(engine) and engine.compiler.noted.get(_DAY) == str(read_on)
    return _DAY if was_told else str(read_on)


def said_day(rows: Table, read_on: date) -> DateValue:
    """Return the day of the reading as queries of rows say it."""
    return getvariable(_DAY) if said_by(rows, read_on) == _DAY else ibis.literal(read_on)
