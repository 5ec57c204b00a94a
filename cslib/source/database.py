"""A database that Ibis connects to: queried in place, so that few rows have to be fetched."""

from __future__ import annotations

import re
import warnings
from contextlib import closing, suppress
from functools import partial
from typing import TYPE_CHECKING, NoReturn, TypeVar
from urllib.parse import unquote, urlsplit

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
from ibis.common.exceptions import IbisError

from cslib.engines import unfused
from cslib.errors import SourceError, no_such
from cslib.redaction import keep_address, redacted_words
from cslib.source.file_errors import plain_message

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis.backends import BaseBackend
    from ibis.expr.types import Table, Value

    from cslib.source.variables import Variables

_T = TypeVar("_T")
# in another form, a part of a password could be taken for a host or a port, and be repeated as such
_ADDRESS = re.compile(r"[\w+.-]+://([^:/?#@\s]*(:[^:/?#@\s]*)?@)?([\w.-]+|\[[0-9a-fA-F:.]+\])?(:\d*)?([/?#][^@]*)?")
_FOLDERS = {"sqlite"}  # whose address is a path, in which anything may stand
# SQLite takes any text as a date, and `false` for true. MySQL takes a and A, は and ば for the same letter where it compares, and
# what it sends passes through floats on its way here
_LOOSE = {"sqlite", "mysql"}
_OPTIONS: dict[str, dict[str, object]] = {
    # a server without tables of zones knows no UTC, but every one knows an offset
    "mysql": {"charset": "utf8mb4", "connect_timeout": 30, "init_command": "SET time_zone = '+00:00'"}
}
_WANTED = (
    "wanted {scheme}://user:password@host:port/database; found something else. "
    "Put the password into a variable, as in user:${{PASSWORD}}@host, where any character may stand in it"
)


@ibis.udf.scalar.builtin(signature=((dt.timestamp, dt.string), dt.timestamp))
def from_utc_timestamp(moment, zone):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Return the wall-clock time of a moment in a zone, as Spark gives it."""


class Database:
    """A connection, and how messages name it: without any secret."""

    def __init__(self, url: str, variables: Variables, zone: str) -> None:
        self.url, self.variables, self.zone = url, variables, zone
        self.scheme = url.partition(":")[0]
        keep_address(url)
        self.backend = self._reached()

    def _reached(self) -> BaseBackend:
        if self.scheme not in _FOLDERS and not _ADDRESS.fullmatch(self.url):
            raise SourceError([redacted_words(_WANTED.format(scheme=self.scheme))])
        user = urlsplit(self.url).username or ""
        try:
            # Ibis takes the name as it is spelled
            named = {"user": unquote(user)} if "%" in user else {}
            with warnings.catch_warnings():
                warnings.filterwarnings(
                    "ignore", "Unable to set session timezone"
                )  # which is said above, in another way
                return unfused(ibis.connect(self.url, **named, **_OPTIONS.get(self.scheme, {})))
        except ImportError:
            self._refuse(f"the driver for {self.scheme} is not installed; it comes with ibis-framework[{self.scheme}]")
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own
            self._refuse(f"no connection to {self.scheme}: {type(error).__name__}: {plain_message(error)}")

    def _refuse(self, problem: str) -> NoReturn:
        raise SourceError([problem]) from None

    def close(self) -> None:
        """End the connection; a Spark session stays, since it belongs to the whole process."""
        if self.backend.name != "pyspark":
            self.backend.disconnect()

    def table(self, name: str) -> Table:
        """Return a table or view, which another schema's name may precede; raises `SourceError` where there is none."""
        known = self._asked(self.backend.list_tables)
        if name in known:
            return self._asked(lambda: self._in_zone(self.backend.table(name)))
        schema, dot, own = name.rpartition(".")
        if dot:
            with suppress(SourceError):
                known = self._asked(lambda: self.backend.list_tables(database=schema))
                if own in known:
                    return self._asked(lambda: self._in_zone(self.backend.table(own, database=schema)))
        raise SourceError([no_such("table", name, known)])

    def query(self, sql: str) -> Table:
        """Return what a query in the database's own SQL gives."""
        return self._asked(lambda: self._in_zone(self.backend.sql(sql)))

    def _in_zone(self, table: Table) -> Table:
        """Return a table in which Spark's moments are times of the zone; Ibis takes them for such, in UTC."""
        if self.backend.name != "pyspark":
            return table
        from pyspark.sql import SparkSession  # noqa: PLC0415 - who has no Spark has no such driver

        fields = SparkSession.active().sql(self.backend.compile(table.limit(0))).schema
        moments = [field.name for field in fields if field.dataType.typeName() == "timestamp"]
        return table.mutate(**{name: from_utc_timestamp(table[name], self.zone) for name in moments})

    def read(self, rows: Table) -> pa.Table:
        """Return rows of the database, fetched; raises `SourceError` where it refuses them."""
        return self._asked(partial(_sent_by_mysql, rows) if self.backend.name == "mysql" else rows.to_pyarrow)

    def _asked(self, question: Callable[[], _T]) -> _T:
        try:
            return question()
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own
            self._refuse(f"{type(error).__name__}: {plain_message(error)}")


def _sent_by_mysql(rows: Table) -> pa.Table:
    """Return rows as the driver hands them over: Ibis would put them through pandas, where whole numbers become floats."""
    backend, schema = rows.get_backend(), rows.schema().to_pyarrow()
    with closing(backend.raw_sql(backend.compile(rows))) as cursor:
        columns = [*zip(*cursor.fetchall(), strict=True)] or [()] * len(schema)
    return pa.table([pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema)


def plain_columns(table: Table) -> Table:
    """Return a table with columns that every engine can store: all but text, numbers, truths, dates and times as text."""
    plain = _as_text if table.get_backend().name == "mysql" else partial(_plain, typed=has_types(table))
    return table.select(**{name: plain(table[name]) for name in table.columns})


def has_types(table: Table) -> bool:
    """Return whether values are of the type of their column, and compared as they are written."""
    return table.get_backend().name not in _LOOSE


def _plain(value: Value, *, typed: bool) -> Value:
    kind = value.type()
    plain = kind.is_string() or kind.is_numeric()
    return (
        value
        if plain or (typed and (kind.is_boolean() or kind.is_date() or kind.is_timestamp()))
        else value.cast("string")
    )


def _as_text(value: Value) -> Value:
    """Return a value as text, which says all of it; a moment with its zone, which is that of the connection."""
    if value.type().is_string() or value.type().is_floating():
        return value
    return value.cast("string") + ("+00:00" if getattr(value.type(), "timezone", None) else "")


def lies_in_duckdb(table: Table) -> bool:
    """Return whether rows can be looked at while a table is mapped: those of a database are queried only under the name of their table."""
    with suppress(IbisError):  # a table of no engine yet
        return bool(table.get_backend().name == "duckdb")
    return False
