"""Queries that are built once: what was written for some tables is asked of others of the same forms, by whichever process.

To build an expression takes Ibis twice as long as DuckDB takes to answer it for some hundred customers, and every segment
is asked the same ones, in each process and month again.
"""

from __future__ import annotations

import json
import weakref
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
from ibis.backends.duckdb.converter import DuckDBPyArrowData
from ibis.util import gen_name

from cslib.engines import engine_of, make_known, quoted_name, remembers
from cslib.query_texts import KnownTexts, Untold, filled, form_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pyarrow as pa
    from ibis.expr.schema import Schema
    from ibis.expr.types import Table

    from cslib.engine_paths import WritePath

_CATALOG, _SCHEMA = "temp", "main"  # of tables that are kept
_MOST = 1000  # of this process; their texts are those that `engines` keeps
WRITTEN = KnownTexts(_MOST)
"""What this process knows of queries by all that they hang on: their texts, and of which form their tables are."""


@dataclass(frozen=True)
class _Written:
    text: str  # with places for the tables
    given: Mapping[str, str]  # the tables that were there before: the place in the text, and their own
    made: Mapping[
        str, tuple[str, str]
    ]  # those made of them: the place, their name, and what the text takes for granted
    columns: str  # with their types, as a table of them is created
    asked: tuple[str, ...]  # their names
    kinds: Mapping[str, str]  # of the columns that are found, as the engine has told them

    @cached_property
    def found(self) -> Schema:
        return ibis.schema(self.kinds)


@dataclass(frozen=True, eq=False)
class _Description:
    """A table that has a name and columns, and is computed wherever it is asked: what it hangs on, and what builds it."""

    key: str
    given: tuple[Table, ...]
    build: Callable[[], Table]

    def __call__(self) -> Table:
        return self.build()


@lru_cache(_MOST)
def _read(said: str) -> _Written:
    return _Written(**json.loads(said))


def _none_made(name: str) -> Table:
    raise LookupError(name)


class PreparedQueries:
    """Queries over some tables, and over further ones that are made of these.

    Each is built when it is first asked for; after that its text is asked of whichever tables have the same forms under the same
    `definition`. That has to hold all that the building looks at besides the tables themselves: a query must hang on nothing
    else. The `repr` of it, and of `what` is asked, says all that there is to them. `named` returns a table that is made of the others, and `made` those there are, by their names.
    """

    def __init__(
        self,
        definition: object,
        tables: Iterable[Table],
        named: Callable[[str], Table] = _none_made,
        made: Callable[[], Mapping[str, Table]] = dict,
    ) -> None:
        given = list(tables)
        self._engine: Any = engine_of(given[0])
        self._named, self._made = named, made
        self._places: dict[str, str] = {}
        self._key = ""
        if remembers(self._engine):
            described = self._descriptions(given)
            given += [table for one in described for table in one.given]
            try:
                form, self._places = form_of(*(table.op() for table in given))
            except Untold:
                return
            self._given = tuple(given)
            self._key = f"{definition!r} {form.hex()} {[one.key for one in described]}"
            self._names = {place: name for name, place in self._places.items()}
            for held in {one for table in given for one in table.op().find(ops.InMemoryTable)}:
                make_known(held.to_expr(), self._engine)  # as it is to the text

    def table(self, what: object, build: Callable[[], Table]) -> Table:
        """Return the table that `build` describes, computed once and kept by the engine for as long as it is used."""
        written = self._find(what)
        if written is not None:
            return self._kept(self._made_of(written), written.found)
        asked = build()
        written = self._written(asked)
        if written is None:
            return asked.cache()
        name = self._made_of(written)
        found = self._engine.get_schema(name, catalog=_CATALOG, database=_SCHEMA)
        self._put(what, replace(written, kinds=_kinds(found)), found)
        return self._kept(name, found)

    def described(self, what: object, build: Callable[[], Table]) -> Table:
        """Return the table that `build` describes as a name with its columns: it is built, and computed, where a query asks it that is not known."""
        if not self._key:
            return build()
        built = cache(build)
        written = self._find(what)
        if written is None:
            found = built().schema()
            written = _Written("", {}, {}, "", (), _kinds(found))
            if not self._put(what, written, found):
                return built()
        op = ops.DatabaseTable(gen_name("described"), written.found, self._engine, ops.Namespace())
        self._engine.compiler.described[op] = _Description(f"{self._key} {what!r}", self._given, built)
        return op.to_expr()

    def answer(self, what: object, build: Callable[[], Table]) -> pa.Table:
        """Return the rows of the table that `build` describes."""
        asked = self._asked(what, build)
        if not isinstance(asked, _Written):
            return asked.to_pyarrow()
        rows = self._engine.con.sql(self._text(asked)).to_arrow_table()
        return DuckDBPyArrowData.convert_table(rows, asked.found)

    def store(self, what: object, build: Callable[[], Table], target: WritePath) -> None:
        """Write the rows of the table that `build` describes as Parquet."""
        asked = self._asked(what, build)
        if isinstance(asked, _Written):
            self._engine.raw_sql(f"COPY ({self._text(asked)}) TO {target!r} (FORMAT 'parquet')")
        else:
            asked.to_parquet(target)

    def _asked(self, what: object, build: Callable[[], Table]) -> _Written | Table:
        """Return a query as it was written, now or before; what `build` describes where a text would not say all of it."""
        written = self._find(what)
        if written is not None:
            return written
        asked = build()
        written = self._written(asked)
        return written if written is not None and self._put(what, written, asked.schema()) else asked

    def _descriptions(self, given: Iterable[Table]) -> list[_Description]:
        named = (one for table in given for one in table.op().find(ops.DatabaseTable))
        known = self._engine.compiler.described
        return [known[one] for one in dict.fromkeys(named) if one in known]

    def _find(self, what: object) -> _Written | None:
        said = WRITTEN.get(self._address(what)) if self._key else ""
        if not said:
            return None
        written = _read(said)
        is_fit = all(_granted(self._named(name)) == granted for name, granted in written.made.values())
        return written if is_fit else None

    def _address(self, what: object) -> bytes:
        return blake2b(f"{self._key} {what!r}".encode(), digest_size=32).digest()

    def _text(self, written: _Written) -> str:
        given = {place: self._names[own] for place, own in written.given.items()}
        made = {place: self._named(name).op().name for place, (name, _) in written.made.items()}
        return filled(written.text, given | made)

    def _written(self, asked: Table) -> _Written | None:
        """Return a query as it is written; None where it holds what cannot be told, or asks a table of which nothing was said."""
        if not self._key:
            return None
        try:
            text, places = self._engine.compiler.text_with_places(asked.op())
        except Untold:
            return None
        made = {table.op().name: (name, _granted(table)) for name, table in self._made().items()}
        if not places.keys() <= self._places.keys() | made.keys():
            return None
        dialect = self._engine.dialect
        return _Written(
            text,
            {place: self._places[name] for name, place in places.items() if name in self._places},
            {place: made[name] for name, place in places.items() if name not in self._places},
            ", ".join(one.sql(dialect) for one in asked.schema().to_sqlglot_column_defs(dialect)),
            tuple(asked.columns),
            _kinds(asked.schema()),
        )

    def _put(self, what: object, written: _Written, found: Schema) -> bool:
        """Remember what was written where that says all there is to it: a kind of values may say less of itself."""
        if written.found != found:
            return False
        WRITTEN.put(self._address(what), json.dumps(asdict(written)))
        return True

    def _made_of(self, written: _Written) -> str:
        """Return the name of a table that is filled as Ibis fills a cached one."""
        engine, name = self._engine, gen_name("prepared")
        engine.raw_sql(f"CREATE TEMPORARY TABLE {_place(name)} ({written.columns})")
        listed = ", ".join(map(quoted_name, written.asked))
        engine.raw_sql(f"INSERT INTO {_place(name)} ({listed}) {self._text(written)}")
        return name

    def _kept(self, name: str, found: Schema) -> Table:
        """Return a table that was made, which is dropped as Ibis drops a cached one."""
        op = ops.DatabaseTable(name, found, self._engine, ops.Namespace(catalog=_CATALOG, database=_SCHEMA))
        weakref.finalize(op, _drop, self._engine, _place(name)).atexit = False
        return op.to_expr()


def _place(name: str) -> str:
    return f'"{_CATALOG}"."{_SCHEMA}".{quoted_name(name)}'


def _kinds(found: Schema) -> dict[str, str]:
    return {name: str(kind) for name, kind in found.items()}


def _granted(table: Table) -> str:
    """Return what the text of a query takes for granted of a table whose name stands in it."""
    op = table.op()
    return f"{type(op).__qualname__} {getattr(op, 'schema', None)!r} {getattr(op, 'namespace', None)!r}"


def _drop(engine: Any, place: str) -> None:  # noqa: ANN401 - DuckDB's own
    engine.raw_sql(f"DROP TABLE IF EXISTS {place}")
