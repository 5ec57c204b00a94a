"""What is declared of a system: by which headers its exports are told, and which canonical tables they hold."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from cslib.errors import SettingsError, no_such
from cslib.model import BY_NAME
from cslib.scaffold.similarity import plain
from cslib.settings.fields import Strict
from cslib.yaml_files import read

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOME = Path(__file__).parent


def _listed(value: object) -> object:
    return value if isinstance(value, list) else [value]


Headers = Annotated[list[str], BeforeValidator(_listed)]


class Check(Strict):
    """A doubt, and what must stand in the file for it to be one: in a column one of some values, or anything at all."""

    say: str
    given: dict[str, list[Any] | bool] = Field(default={}, alias="if")


def _check(value: object) -> object:
    return [
        one if isinstance(one, dict | Check) else {"say": one}
        for one in (value if isinstance(value, list) else [value])
    ]


Checks = Annotated[list[Check], BeforeValidator(_check)]


class ColumnBlock(Strict):
    """How a canonical column is read: the keys of `source.yaml`, and how its header is found.

    `column` are headers of which the first that is filled counts, of those that the file has; `like` is a pattern that
    the header fits, `within` the whole numbers that its values lie between, `beyond` one that the largest exceeds. A key of `map` between slashes is a pattern,
    written as the values of the file that fit it. `minor` names the column with the currency of an amount in its
    hundredths.
    """

    column: Headers = Field(default=[])
    concat: Headers = Field(default=[])
    like: str = ""
    within: list[float] = Field(default=[])
    beyond: float | None = None
    value: str | None = None
    format: str | None = None
    divide_by: int | None = None
    minor: str = ""
    map: dict[Any, Any] = Field(default={})
    times: str = ""
    per: Any = None
    plus: dict[str, Any] = Field(default={})
    not_after: str = ""
    prefix: str = ""
    check: Checks = Field(default=[])


def _columns(value: object) -> object:
    """Return the ways in which a column may be read, the first that the file allows counts."""
    either = value["either"] if isinstance(value, dict) and set(value) == {"either"} else [value]
    return [one if isinstance(one, dict) else {"column": one} for one in either]


class JoinBlock(Strict):
    """The lookup of columns in another export of the same system."""

    origin: str = Field(alias="from")
    on: dict[str, str]
    take: dict[str, str]
    optional: bool = False  # whether the table is proposed without it


class TableBlock(Strict):
    """A canonical table that an export holds: what `source.yaml` says of it.

    `needs` are headers without which it is not proposed, `lacks` those with which it is not, `tells` columns of ours that
    it must have besides those that are required. `absent` is true for a
    table that is proposed where no other file holds it. `policies` are those that hold for such data.
    """

    table: str
    needs: list[Headers] = Field(default=[])
    lacks: list[str] = Field(default=[])
    tells: list[str] = Field(default=[])
    absent: bool = False
    join: list[JoinBlock] = Field(default=[])
    fill_down: list[str] = Field(default=[])
    split: dict[str, str] = Field(default={})
    total: dict[str, Any] = Field(default={})
    where: dict[str, dict[str, Any]] = Field(default={})
    columns: dict[str, Annotated[list[ColumnBlock], BeforeValidator(_columns)]]
    policies: dict[str, str] = Field(default={})
    check: Checks = Field(default=[])

    @field_validator("table")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in BY_NAME:
            raise ValueError(no_such("table", value, BY_NAME))
        return value


class ExportBlock(Strict):
    """An export of a system: the headers that tell it, all of them, each one or one of several; and what it holds.

    `ids` are patterns that every value of a column fits. `like` names the declaration in `shared/` of what many systems
    export alike, whose tables this one holds as well.
    """

    told_by: list[Headers]
    ids: dict[str, str] = Field(default={})
    like: str = ""
    tables: list[TableBlock] = Field(default=[])


class Alike(Strict):
    """What many systems export alike, under headers that each of them says `also`."""

    shared: Any = None
    tables: list[TableBlock]


class System(Strict):
    """A system: what it is called, what stands before its headers or is called otherwise, and its exports."""

    name: str
    prefixes: list[str] = Field(default=[])
    also: dict[str, list[str]] = Field(default={})
    shared: Any = None  # what several exports have in common, to be named by anchors
    exports: dict[str, ExportBlock]

    def key(self, header: str) -> str:
        """Return what a header is compared by: its letters and digits alone, without what stands before them."""
        known = normal(header)
        return next((known.removeprefix(one) for one in map(normal, self.prefixes) if known.startswith(one)), known)

    def spellings(self, header: str) -> tuple[str, ...]:
        """Return what a header is compared by under each of its names."""
        return tuple(self.key(name) for name in (header, *self.also.get(header, ())))


@cache
def normal(header: str) -> str:
    """Return a header without blanks, case and width: `AccountId`, `Account ID` and `account_id` are alike; `#` stays."""
    return plain(header).replace(" ", "") or header.strip()


def pattern_of(value: object) -> str:
    """Return the pattern that stands between slashes; nothing for any other value."""
    text = str(value)
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] == "/" else ""  # noqa: PLR2004 - the two slashes


def fits(pattern: str, text: str) -> bool:
    """Return whether a pattern occurs in a text, whatever its case and width."""
    return re.search(pattern, unicodedata.normalize("NFKC", text), re.IGNORECASE) is not None


@cache
def known_systems() -> dict[str, System]:
    """Return the declared systems by the names of their files, which `--as` takes."""
    problems: list[str] = []
    alike = {file.stem: read(file, Alike, problems) for file in sorted((_HOME / "shared").glob("*.yaml"))}
    found = {file.stem: read(file, System, problems) for file in sorted(_HOME.glob("*.yaml"))}
    if problems:
        raise SettingsError(problems)
    return {name: _whole(system, alike) for name, system in found.items() if system is not None}


def _whole(system: System, alike: Mapping[str, Alike | None]) -> System:
    """Return a system with the tables that its exports hold alike others."""
    exports = {
        name: block.model_copy(update={"tables": [*block.tables, *(same.tables if (same := alike.get(block.like)) else ())]})
        for name, block in system.exports.items()
    }  # fmt: skip
    return system.model_copy(update={"exports": exports})
