"""What is asked of tables while a source is read: queries that are built once for all tables of the same form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.code_version import loaded_code
from cslib.engines import remembers
from cslib.prepared import PreparedQueries

if TYPE_CHECKING:
    from ibis.expr.types import Table

_CODE = (
    "cslib.model",
    "cslib.periods",
    "cslib.settings",
    "cslib.snapshot",
    "cslib.source",
    "cslib.usage",
    "cslib.validation",
)


def asked_of(*tables: Table, by: object = ()) -> PreparedQueries:
    """Return the queries over some tables of one engine that hang on nothing but these, the `repr` of `by`, and the code that reads sources.

    The code is looked at once for each engine: a reading has one of its own.
    """
    engine = tables[0].get_backend()
    code = ""
    if remembers(engine):
        known = engine.compiler.noted
        code = known["code"] = known.get("code") or loaded_code(*_CODE)
    return PreparedQueries((code, by), tables)
