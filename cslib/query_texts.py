"""Queries as text, kept by the form of their expressions: one that differs from an earlier one in its tables alone is not written anew.

To write a query takes Ibis ten times as long as DuckDB takes to answer it for some hundred customers, and every segment is
asked the same ones.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections import OrderedDict
from decimal import Decimal
from enum import Enum
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Any

import ibis.expr.datatypes as types
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.common.collections import FrozenDict
from ibis.common.graph import Node
from ibis.expr.operations.udf import InputType
from ibis.expr.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_TABLES = (ops.DatabaseTable, ops.InMemoryTable)
PLAIN = (
    str, bytes, bool, int, float, Decimal, dt.date, dt.time, dt.timedelta, uuid.UUID, Enum, type(None),
    types.DataType, Schema, ops.Namespace,
)  # fmt: skip
"""Kinds of values whose `repr` says all there is to them."""
_NAME = re.compile(r"(?!t\d+$)\w+")  # needs no escape, and is none that Ibis gives to a step of a query
_MARK = "\ue000"  # around the place of a table's name; a character for private use, which no query of ours holds


class Untold(Exception):  # noqa: N818 - no error: what is asked for is done in another way
    """An expression holds something whose `repr` may not tell it from another."""


class KnownTexts:
    """Texts by their keys: those that were last asked for, at most `most` of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[bytes, str] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> str:
        """Return the text of a key; empty where none is known."""
        with self._lock:
            if key not in self._known:
                return ""
            self._known.move_to_end(key)
            return self._known[key]

    def put(self, key: bytes, text: str) -> None:
        """Remember a text."""
        with self._lock:
            self._known[key] = text
            self._known.move_to_end(key)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def learn(self, texts: Mapping[bytes, str]) -> None:
        """Remember what another process knew, as what was asked for longest ago."""
        with self._lock:
            new = [(key, text) for key, text in texts.items() if key not in self._known]
            self._known = OrderedDict([*new, *self._known.items()][-self._most :])

    def all(self) -> dict[bytes, str]:
        """Return all that are known, the last that was asked for at the end."""
        with self._lock:
            return dict(self._known)


class QueryTexts:
    """The texts of queries by the forms of their expressions."""

    def __init__(self, known: KnownTexts) -> None:
        self.known = known

    def query(self, op: ops.Node, write: Callable[[ops.Node], sge.Expression], dialect: str) -> sge.Expression:
        """Return the query of an expression in a dialect: as it was of another one of the same form, else as `write` writes it."""
        try:
            text, tables = self.with_places(op, write, dialect)
        except Untold:
            return write(op)
        return sge.Var(this=filled(text, {place: name for name, place in tables.items()}))

    def with_places(
        self, op: ops.Node, write: Callable[[ops.Node], sge.Expression], dialect: str
    ) -> tuple[str, dict[str, str]]:
        """Return the text of an expression's query with places for its tables, and these tables' names with their places.

        Raises `Untold` as `form_of` does.
        """
        form, tables = form_of(op)
        text = self.known.get(form)
        if not text:
            text = _with_places(write(op), tables).sql(dialect=dialect, copy=False)
            self.known.put(form, text)
        return text, tables


def filled(text: str, names: Mapping[str, str]) -> str:
    """Return a text with the name of a table in each place."""
    for place, name in names.items():
        text = text.replace(place, name)
    return text


def form_of(*asked: ops.Node) -> tuple[bytes, dict[str, str]]:
    """Return a digest of all that expressions say but the names of their tables, and these names with their places in the text.

    Raises `Untold` where they hold anything but further nodes, tables with plain names and plain values.
    """
    numbers: dict[Node, int] = {}
    places: dict[str, str] = {}
    digest = blake2b(digest_size=32)
    for op in asked:
        for node in _children_first(op, numbers):
            numbers[node] = len(numbers)
            digest.update(_described(node, numbers, places).encode("utf-8", "surrogatepass"))
        digest.update(f"#{numbers[op]}\n".encode())
    return digest.digest(), places


def _children_first(op: Node, known: Iterable[Node]) -> Iterator[Node]:
    seen = set(known)
    pending = [(op, False)]
    while pending:
        node, is_next = pending.pop()
        if is_next:
            yield node
        elif node not in seen:
            seen.add(node)
            pending.append((node, True))
            pending += [(child, False) for child in reversed(node.__children__)]


def _described(node: Node, numbers: Mapping[Node, int], places: dict[str, str]) -> str:
    kind = type(node)
    if isinstance(node, ops.ScalarUDF | ops.AggUDF):
        return f"{_described_function(node)}{_described_value(node.__args__, numbers)}\n"
    if not isinstance(node, _TABLES):
        return f"{kind.__module__}.{kind.__qualname__}{_described_value(node.__args__, numbers)}\n"
    if not _NAME.fullmatch(node.name):
        raise Untold
    place = places.setdefault(node.name, f"{_MARK}{len(places)}{_MARK}")
    return f"{kind.__qualname__} {place} {getattr(node, 'namespace', None)!r} {node.schema!r}\n"


def _described_function(node: Any) -> str:  # noqa: ANN401 - a class that Ibis makes of a declaration
    """Return which function of the engine is called; Ibis numbers their classes in the order in which modules are imported."""
    if node.__input_type__ is not InputType.BUILTIN:
        raise Untold
    return f"function {node.__udf_namespace__!r} {node.__func_name__} {node.dtype!r}"


def _described_value(value: object, numbers: Mapping[Node, int]) -> str:
    if isinstance(value, Node):
        return f"#{numbers[value]}"
    if isinstance(value, tuple):
        return f"({','.join(_described_value(one, numbers) for one in value)})"
    if isinstance(value, frozenset):
        return f"<{','.join(sorted(_described_value(one, numbers) for one in value))}>"
    if isinstance(value, FrozenDict):
        return f"{{{','.join(f'{name!r}:{_described_value(one, numbers)}' for name, one in value.items())}}}"
    if isinstance(value, PLAIN):
        return f"{type(value).__qualname__} {value!r}"
    raise Untold


def _with_places(query: sge.Expression, places: Mapping[str, str]) -> sge.Expression:
    """Return the query with the place of each table in the place of its name."""
    for table in query.find_all(sge.Table):
        if isinstance(table.this, sge.Identifier) and table.name in places:
            table.this.set("this", places[table.name])
    return query
