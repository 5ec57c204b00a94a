"""source.yaml: where each canonical table and column comes from, and how it is read."""

from __future__ import annotations

import re
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    field_serializer,
    field_validator,
    model_validator,
)

from cslib.errors import no_such
from cslib.settings.fields import Strict, Where, plain_number
from cslib.settings.shapes import Join, Names, Per, Plus, Split, Total, Unpivot, listed

_DIRECTIVE = re.compile(r"%(-?[aAwudbBhmyYHIpMSfgjUWVG]|[nzZcxX%])")
_HAS_YEAR = re.compile(r"%-?[yYGcx]")
_COUNTED = ("excel", "unix", "unix_ms")  # formats of days and moments that are kept as numbers


def _kind_of_column(value: object) -> str:
    return "several" if isinstance(value, list | tuple) else "one"


# one column, or several of which the first that is filled counts; distinguished before they are read, as an origin is
Columns = Annotated[Annotated[str, Tag("one")] | Annotated[Names, Tag("several")], Discriminator(_kind_of_column)]


class ColumnMap(Strict):
    """Where a canonical column comes from, and how its text is read."""

    column: Columns | None = None
    concat: Names | None = None  # columns that are put together, with a blank between them
    value: Any = None
    format: str | None = None
    divide_by: Annotated[float | None, BeforeValidator(plain_number)] = None
    times: str | None = None  # the column by which an amount is multiplied
    per: Annotated[Per | None, BeforeValidator(lambda said: {"column": said} if isinstance(said, str) else said)] = None
    plus: Plus | None = None
    not_after: str | None = None  # a column of days: what lies after its day is that day
    prefix: str | None = None  # put before an id, so that ids of several sources stay apart
    map: dict[Any, Any] = Field(default={})
    null: tuple[Any, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The source columns that the text comes from; none for a constant."""
        named = (self.column,) if isinstance(self.column, str) else self.column
        return named or self.concat or ()

    @property
    def label(self) -> str | None:
        """What the text is called that it is read from: the name of its column, or those of its parts; None for a constant."""
        return (" + " if self.concat else ", ").join(self.parts) or None

    @property
    def beside(self) -> tuple[str, ...]:
        """The source columns by which what was read is multiplied, divided or moved."""
        covered = (self.per.column, self.per.times) if self.per else ()
        lengths = self.plus.parts.values() if self.plus else ()
        return tuple(name for name in (self.times, *covered, *lengths) if isinstance(name, str))

    @property
    def sources(self) -> tuple[str, ...]:
        """All source columns that it is made of."""
        return (*self.parts, *self.beside, *([self.not_after] if self.not_after else []))

    @field_validator("format")
    @classmethod
    def _strptime(cls, value: str | None) -> str | None:
        if value is None or value in _COUNTED:
            return value
        if not _HAS_YEAR.search(value) or "%" in _DIRECTIVE.sub("", value):
            raise ValueError(
                f"wanted a date format like %Y-%m-%d or %d/%m/%Y, or excel, unix or unix_ms; found {value!r}"
            )
        return value

    @field_validator("divide_by")
    @classmethod
    def _nonzero(cls, value: float | None) -> float | None:
        if value == 0:
            raise ValueError("divide_by must not be 0")
        return value

    @field_validator("null", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else (value,)

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnMap:
        if sum(origin is not None for origin in (self.column, self.concat, self.value)) != 1:
            raise ValueError("name one of a source `column`, columns to `concat`, or a constant `value`")
        return self


def _column(value: object) -> object:
    return value if isinstance(value, dict) else {"column": value}


class Query(Strict):
    """A query in the source's own SQL."""

    sql: str


def _kind_of_origin(value: object) -> str:
    return "query" if isinstance(value, dict | Query) else "place"


Origin = Annotated[
    Annotated[str, Tag("place")] | Annotated[Query, Tag("query")], Discriminator(_kind_of_origin)
]  # distinguished before they are read, so that a mistake in one is not reported as a mistake in both


class TableSource(Strict):
    """Where the rows of a canonical table, or some of them, come from, and how they are shaped before they are mapped."""

    origin: Origin = Field(alias="from")
    columns: dict[str, Annotated[ColumnMap, BeforeValidator(_column)]] = Field(default={})
    encoding: str | dict[str, str] = "utf-8"  # of all files, or by patterns of their names
    sheet: str | None = None  # of a workbook in which several hold data
    where: Where = Field(default={})
    latest: str | None = (
        None  # of several states of one thing: `file`, the newest by its name, or a column that dates them
    )
    # shapes, in the order in which they are applied, before `where` and `columns`
    join: Annotated[
        tuple[Join, ...], Field(max_length=20)
    ] = ()  # each makes the query deeper, and no query is of any depth
    fill_down: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    split: Split | None = None
    unpivot: Unpivot | None = None
    total: Total | None = None
    terms: Literal["snapshots", "movements"] | None = None  # after `columns`: rows that become the terms of contracts

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | dict[str, str]) -> str | dict[str, str]:
        for encoding in [value] if isinstance(value, str) else value.values():
            try:
                "".encode(encoding)
            except (LookupError, UnicodeError) as error:
                raise ValueError(no_such("encoding", encoding, ("utf-8", "cp932", "euc_jp", "utf-16"))) from error
        return value

    @field_validator("join", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else (value,)

    @property
    def is_shaped(self) -> bool:
        """Whether its rows are not those that are mapped."""
        return bool(self.join or self.fill_down or self.split or self.unpivot or self.total or self.terms)

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The columns of its own that every file has to have for its rows to be shaped."""
        keys = (name for join in self.join for name in join.on)
        lines = (*self.total.by, *self.total.of) if self.total else ()
        return (*keys, *self.fill_down, *((self.split.column,) if self.split else ()), *lines)

    @property
    def made(self) -> tuple[str, ...]:
        """The columns that come from its shape, and from no file of its own."""
        taken = (name for join in self.join for name in join.take)
        return (*taken, *((self.unpivot.name, self.unpivot.value) if self.unpivot else ()))

    def encoding_of(self, file: str) -> str:
        """Return the encoding of a file: that of the first pattern which its name fits; utf-8 where none does."""
        if isinstance(self.encoding, str):
            return self.encoding
        return next((code for pattern, code in self.encoding.items() if fnmatchcase(file, pattern)), "utf-8")


def _sources(value: object) -> object:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


_FILES = "duckdb://"


class Source(Strict):
    """The whole source: one URL, and a place for each canonical table, or several whose rows are put together."""

    url: str = _FILES
    # the day the export was taken; today where it is not said
    read_on: Annotated[date | None, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))] = None
    tables: dict[str, Annotated[tuple[TableSource, ...], BeforeValidator(_sources), Field(min_length=1)]]

    @property
    def is_in_files(self) -> bool:
        """Whether the tables are files, and in no database."""
        return self.url == _FILES

    @field_serializer("tables", mode="wrap")
    def _as_said(self, tables: dict[str, tuple[TableSource, ...]], written: SerializerFunctionWrapHandler) -> Any:  # noqa: ANN401
        """Return the tables as settings have them: one source as a mapping, several as a list."""
        return {name: said if said[1:] else said[0] for name, said in written(tables).items()}

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if "://" not in value and not value.startswith("${"):  # not repeated, since it may hold a password
            raise ValueError("wanted an address like duckdb:// or duckdb://../data/crm.duckdb or postgres://…")
        return value
