"""A database that Ibis connects to: queried in place, so that few rows have to be fetched."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn, TypeVar
from urllib.parse import unquote, urlsplit

import ibis
import ibis.expr.datatypes as dt
from ibis.common.exceptions import IbisError

from cslib.engines import unfused
from cslib.errors import SourceError, no_such
from cslib.redaction import keep_address, redacted_words
from cslib.source.file_errors import plain_message

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table, Value

    from cslib.source.variables import Variables

_T = TypeVar("_T")
# in another form, a part of a password could be taken for a host or a port, and be repeated as such
_ADDRESS = re.compile(r"[\w+.-]+://([^:/?#@\s]*(:[^:/?#@\s]*)?@)?([\w.-]+|\[[0-9a-fA-F:.]+\])?(:\d*)?([/?#][^@]*)?")
_FOLDERS = {"sqlite"}  # whose address is a path, in which anything may stand
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
            return unfused(ibis.connect(self.url, **({"user": unquote(user)} if "%" in user else {})))
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
        return self._asked(rows.to_pyarrow)

    def _asked(self, question: Callable[[], _T]) -> _T:
        try:
            return question()
        except Exception as error:  # noqa: BLE001 - each driver has errors of its own
            self._refuse(f"{type(error).__name__}: {plain_message(error)}")


def plain_columns(table: Table) -> Table:
    """Return a table with columns that every engine can store: all but text, numbers, truths, dates and times as text."""
    return table.select(**{name: _plain(table[name], typed=has_types(table)) for name in table.columns})


def has_types(table: Table) -> bool:
    """Return whether values are of the type of their column; SQLite takes any text as a date, and `false` for true."""
    return bool(table.get_backend().name != "sqlite")


def _plain(value: Value, *, typed: bool) -> Value:
    kind = value.type()
    plain = kind.is_string() or kind.is_numeric()
    return (
        value
        if plain or (typed and (kind.is_boolean() or kind.is_date() or kind.is_timestamp()))
        else value.cast("string")
    )


def lies_in_duckdb(table: Table) -> bool:
    """Return whether rows can be looked at while a table is mapped: those of a database are queried only under the name of their table."""
    with suppress(IbisError):  # a table of no engine yet
        return bool(table.get_backend().name == "duckdb")
    return False
