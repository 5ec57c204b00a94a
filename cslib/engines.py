"""Connections to engines, which write each step of an expression as a select of its own."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import ibis
import ibis.expr.operations as ops
from ibis.common.exceptions import IbisError

from cslib.query_texts import KnownTexts, QueryTexts

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis import BaseBackend
    from ibis.backends.sql import SQLBackend
    from ibis.expr.types import Table

TEXTS = KnownTexts(most=1000)
"""The texts of this process's queries, some kilobytes each: twenty times as many as a report asks."""
_QUERIES = QueryTexts(TEXTS)


def connect(**options: Any) -> SQLBackend:  # noqa: ANN401 - DuckDB's own
    """Return a DuckDB of its own in memory, which is asked the queries of this process without writing them anew each time."""
    made = ibis.duckdb.connect(**options)
    made.raw_sql("SET enable_progress_bar = false")  # in a notebook it would be printed, and stand on the page
    compiler: Any = type(unfused(made).compiler)
    made.compiler = _remembering(compiler)()
    return made


def unfused(backend: SQLBackend) -> SQLBackend:
    """Return the backend, set not to fuse several steps into one select.

    That takes Ibis longer than it takes an engine to see through them, and a value of one step would be written out wherever
    the next ones name it. It is said to this connection alone: what Ibis does for others is for whoever runs this process to say.
    """
    compiler: Any = type(backend.compiler)
    backend.compiler = _unfused(compiler)()
    return backend


@cache
def _unfused(compiler: Any) -> Any:  # noqa: ANN401 - a class of Ibis', to which mypy does not look
    class Unfused(compiler):
        __slots__ = ()

        def translate(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as Ibis' own
            before = ibis.options.sql.fuse_selects
            ibis.options.sql.fuse_selects = False
            try:
                return super().translate(*args, **kwargs)
            finally:
                ibis.options.sql.fuse_selects = before

    return Unfused


@cache
def _remembering(compiler: Any) -> Any:  # noqa: ANN401 - a class of Ibis', to which mypy does not look
    class Remembering(compiler):
        __slots__ = ("described", "noted")

        def __init__(self) -> None:
            super().__init__()
            self.described: WeakKeyDictionary[ops.Node, Callable[[], Table]] = WeakKeyDictionary()
            self.noted: dict[str, str] = {}  # by those who ask

        def translate(self, op: Any, *, params: Any) -> Any:  # noqa: ANN401 - as Ibis' own
            op = self.spelled_out(op)

            def write(asked: Any) -> Any:  # noqa: ANN401
                return super(Remembering, self).translate(asked, params=params)

            return write(op) if params else _QUERIES.query(op, write, self.dialect)

        def spelled_out(self, op: Any) -> Any:  # noqa: ANN401
            """Return an expression with what tables that are only described stand for in the place of each."""
            named = op.find(ops.DatabaseTable) if self.described else ()
            real = {one: self.spelled_out(self.described[one]().op()) for one in named if one in self.described}
            return op.replace(real) if real else op

        def text_with_places(self, op: Any) -> tuple[str, dict[str, str]]:  # noqa: ANN401
            """Return what `QueryTexts.with_places` does of an expression; raises `Untold`."""

            def write(asked: Any) -> Any:  # noqa: ANN401
                return super(Remembering, self).translate(asked, params={})

            return _QUERIES.with_places(self.spelled_out(op), write, self.dialect)

    return Remembering


def engine_of(rows: Table) -> Any:  # noqa: ANN401 - each has methods of its own
    """Return the engine in which rows lie; None where they are no more than columns."""
    with suppress(IbisError):
        return rows.get_backend()
    return None


def remembers(engine: BaseBackend | None) -> bool:
    """Return whether an engine is one of `connect`, which has `compiler.text_with_places`."""
    return hasattr(getattr(engine, "compiler", None), "text_with_places")


def make_known(held: Table, engine: BaseBackend) -> None:
    """Let an engine know a table in memory by its name: it is told of it with the first query that asks it."""
    # a count without a name of its own would bear the table's, which is another in each process
    engine.to_pyarrow(held.aggregate(rows=held.count()))


def quoted_name(name: str) -> str:
    """Return a name of a table or column as SQL takes it literally."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'
