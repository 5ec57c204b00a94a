"""source.yaml: where each canonical table and column comes from, and how it is read."""

from __future__ import annotations

import re
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

from cslib.errors import no_such
from cslib.settings.fields import Strict, Where, plain_number

_DIRECTIVE = re.compile(r"%(-?[aAwudbBhmyYHIpMSfgjUWVG]|[nzZcxX%])")
_HAS_YEAR = re.compile(r"%-?[yYGcx]")


class ColumnMap(Strict):
    """Where a canonical column comes from, and how its text is read."""

    column: str | None = None
    value: Any = None
    format: str | None = None
    divide_by: Annotated[float | None, BeforeValidator(plain_number)] = None
    map: dict[Any, Any] = Field(default={})
    null: tuple[Any, ...] = ()

    @field_validator("format")
    @classmethod
    def _strptime(cls, value: str | None) -> str | None:
        if value is None or value == "excel":
            return value
        if not _HAS_YEAR.search(value) or "%" in _DIRECTIVE.sub("", value):
            raise ValueError(f"wanted a date format like %Y-%m-%d or %d/%m/%Y, or excel; found {value!r}")
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
        if (self.column is None) == (self.value is None):
            raise ValueError("name either a source `column` or a constant `value`")
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
    """Where a canonical table comes from."""

    origin: Origin = Field(alias="from")
    columns: dict[str, Annotated[ColumnMap, BeforeValidator(_column)]] = Field(default={})
    encoding: str | dict[str, str] = "utf-8"  # of all files, or by patterns of their names
    sheet: str | None = None  # of a workbook in which several hold data
    where: Where = Field(default={})
    latest: str | None = (
        None  # of several states of one thing: `file`, the newest by its name, or a column that dates them
    )

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | dict[str, str]) -> str | dict[str, str]:
        for encoding in [value] if isinstance(value, str) else value.values():
            try:
                "".encode(encoding)
            except (LookupError, UnicodeError) as error:
                raise ValueError(no_such("encoding", encoding, ("utf-8", "cp932", "euc_jp", "utf-16"))) from error
        return value

    def encoding_of(self, file: str) -> str:
        """Return the encoding of a file: that of the first pattern which its name fits; utf-8 where none does."""
        if isinstance(self.encoding, str):
            return self.encoding
        return next((code for pattern, code in self.encoding.items() if fnmatchcase(file, pattern)), "utf-8")


class Source(Strict):
    """The whole source: one URL, and a place for each canonical table."""

    url: str = "duckdb://"
    # the day the export was taken; today where it is not said
    read_on: Annotated[date | None, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))] = None
    tables: dict[str, TableSource]

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        if "://" not in value and not value.startswith("${"):  # not repeated, since it may hold a password
            raise ValueError("wanted an address like duckdb:// or duckdb://../data/crm.duckdb or postgres://…")
        return value
