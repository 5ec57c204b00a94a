"""The tables that an export of a known system holds, as its declaration says."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from cslib.model import BY_NAME, Kind
from cslib.scaffold.column_values import read_as
from cslib.scaffold.mapped import Mapped
from cslib.scaffold.proposed import Proposed
from cslib.scaffold.similarity import SAME
from cslib.scaffold.systems.declaration import fits, pattern_of
from cslib.scaffold.systems.recognise import found_header
from cslib.source.parse import DATE_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cslib.scaffold.exports import Look
    from cslib.scaffold.systems.declaration import Check, ColumnBlock, JoinBlock, TableBlock
    from cslib.scaffold.systems.recognise import Recognised

_HUNDREDTH, _MOST = 100, 0.99
_SINCE_1970 = {10: "unix", 13: "unix_ms"}  # by digits, from 2001 on
# currencies without a smaller unit, whose amounts are whole everywhere
_WHOLE = frozenset("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split())  # noqa: SIM905


def propose_known(found: Sequence[Recognised]) -> tuple[list[Proposed], list[str]]:
    """Return the tables of recognised exports, and a sentence on each that lacks what its tables want.

    A table that is `absent` elsewhere is only proposed where no file holds it.
    """
    tables: list[Proposed] = []
    untold: list[str] = []
    for one in found:
        parts = [Part(one, block, found).proposed() for block in one.block.tables if not block.absent]
        held = [part for part in parts if isinstance(part, Proposed)]
        for part in held:
            tables.append(_without_told(part, tables))
        if parts and not held:
            untold.append(f"{one.file.name}: {one.label}, but {parts[0]}")
    return [*_of_several(tables, found)], untold


def _of_several(tables: Sequence[Proposed], found: Sequence[Recognised]) -> Iterator[Proposed]:
    """Return the tables, with a doubt about customers that are in several systems."""
    names = {id(one.file): one.system.name for one in found}
    systems = sorted({names[id(one.export)] for one in tables if one.table == "customers"})
    doubt = f"those of {' and of '.join(systems)}; a company in both is two, unless its id is the same"
    for one in tables:
        yield one.but(doubt) if systems[1:] and one.table == "customers" else one


def propose_absent(found: Sequence[Recognised], table: str) -> list[Proposed]:
    """Return a table that no file holds, out of the first recognised export that tells it."""
    blocks = ((one, block) for one in found for block in one.block.tables if block.absent and block.table == table)
    parts = (Part(one, block, found).proposed() for one, block in blocks)
    return [part for part in parts if isinstance(part, Proposed)][:1]


def _without_told(part: Proposed, before: Sequence[Proposed]) -> Proposed:
    """Return a source without the doubts that another source of its table has told."""
    alike = [one for one in before if one.table == part.table]
    told = {doubt for one in alike for mapped in one.columns.values() for doubt in mapped.doubts}
    columns = {
        name: replace(mapped, doubts=tuple(doubt for doubt in mapped.doubts if doubt not in told))
        for name, mapped in part.columns.items()
    }
    return replace(part, columns=columns)


class Part:
    """One source of a table: the block that declares it, and the file with what is looked up in others."""

    def __init__(self, one: Recognised, block: TableBlock, found: Sequence[Recognised]) -> None:
        self.file, self.system, self.block = one.file, one.system, block
        self.looks: dict[str, Look] = dict(one.file.looks)
        self.lacks: list[str] = []
        self.joins = [held for join in block.join if (held := self._join(join, found))]

    def proposed(self) -> Proposed | str:
        """Return the proposal, or what the file lacks for it."""
        lacking = self.lacks + [" or ".join(either) for either in self.block.needs if not any(map(self.header, either))]
        if lacking or any(map(self.header, self.block.lacks)):
            return f"it lacks {', '.join(lacking)}" if lacking else "it has more than is wanted"
        columns = {name: self._first(name, ways) for name, ways in self.block.columns.items()}
        held = {name: one for name in BY_NAME[self.block.table].names if (one := columns.get(name))}
        wanted = (*BY_NAME[self.block.table].required, *self.block.tells)
        missing = [name for name in wanted if name not in held]
        if missing:
            return f"no column tells {', '.join(missing)} of {self.block.table}"
        return Proposed(
            self.block.table, self.file, held, shape=self._shape(held["customer_id"].source),
            doubts=(*self._doubts(self.block.check), *self._left_out()), policies=self.block.policies, joined=self.looks,
        )  # fmt: skip

    def header(self, name: str) -> str | None:
        """Return the header that stands for a declared one."""
        return found_header(self.system, self.looks, name)

    def _join(self, join: JoinBlock, found: Sequence[Recognised]) -> dict[str, object]:
        """Return a lookup as `source.yaml` says it, and know the columns that it brings."""
        other = next((one for one in found if one.system is self.system and one.name == join.origin), None)
        if other is None:
            self.lacks += [] if join.optional else [f"the export of {join.origin}"]
            return {}
        theirs: dict[str, str | None] = {
            name: found_header(self.system, other.file.looks, name) for name in (*join.on.values(), *join.take.values())
        }
        own = {self.header(name): theirs[key] for name, key in join.on.items()}
        if None in own or None in own.values():
            self.lacks.append(f"the column by which {join.origin} is found")
            return {}
        take = {name: held for name, source in join.take.items() if (held := theirs[source])}
        self.looks |= {name: replace(other.file.looks[source], name=name) for name, source in take.items()}
        return {"from": other.file, "on": own, "take": take}

    def _shape(self, customer: str | None) -> dict[str, Any]:
        """Return what `source.yaml` says of the rows, in the order in which it is applied."""
        block = self.block
        total = {"by": self.header(block.total["by"]), "of": self._present(block.total["of"])} if block.total else {}
        said = {
            "join": self.joins,
            "fill_down": self._present(block.fill_down),
            "split": self._split(),
            "total": {"by": customer} if block.absent else total,
            "where": self._where(),
            "latest": "file" if block.absent else "",  # of several files in which a customer occurs
        }  # fmt: skip
        return {key: value for key, value in said.items() if value}

    def _where(self) -> dict[str, Any]:
        said = (
            (self.header(name), self._condition(name, one))
            for name, one in self.block.where.items()
            if self.header(name)
        )
        return {header: held for header, held in said if header and held}

    def _split(self) -> dict[str, str]:
        said = self.block.split
        column = self.header(said["column"]) if said else None
        alone = "unless" not in said or self.header(said["unless"]) is None
        return {"column": column, "by": said["by"]} if column and alone else {}

    def _present(self, headers: Sequence[str]) -> list[str]:
        return list(dict.fromkeys(name for header in headers if (name := self.header(header))))

    def _look(self, header: str) -> Look:
        return self.looks[self.header(header) or ""]

    def _condition(self, name: str, said: Mapping[str, object]) -> dict[str, object]:
        """Return a condition in the words of the file, without those that none of its values fits."""
        found = self._look(name).distinct
        held = {key: _written(values, found) if isinstance(values, list) else values for key, values in said.items()}
        return {key: values for key, values in held.items() if values != []}

    def _first(self, name: str, ways: Sequence[ColumnBlock]) -> Mapped | None:
        return next((mapped for way in ways if (mapped := self._mapped(name, way))), None)

    def _mapped(self, name: str, way: ColumnBlock) -> Mapped | None:
        """Return a column as it is read in one of its ways; None where the file lacks what this wants."""
        if way.value is not None:
            return Mapped(name=name, value=way.value, doubts=self._doubts(way.check))
        sources = self._alike(way) if way.like else self._present(way.concat or way.column)
        how = self._how(way)
        if not sources or how is None or (way.concat and len(sources) < len(way.concat)):
            return None
        if way.concat or sources[1:]:
            how = {"concat" if way.concat else "column": sources, **how}
        mapped = self._read(name, sources, way)
        doubts = (*self._doubts(way.check, column=sources[0]), *self._without_hundredths(way))
        return replace(
            mapped, source=None if way.concat or sources[1:] else sources[0], divide_by=self._divisor(way), how=how,
            doubts=(*doubts, *mapped.doubts),
        )  # fmt: skip

    def _alike(self, way: ColumnBlock) -> list[str]:
        """Return the first header that fits a pattern, is none of those declared, and has such values."""
        declared = {name for said in self.system.also if (name := self.header(said))}
        others = (name for name in self.looks if name not in declared and fits(way.like, name))
        return [name for name in others if _lies_within(self.looks[name], way.within, way.beyond)][:1]

    def _how(self, way: ColumnBlock) -> dict[str, Any] | None:
        """Return the further keys of a column; None where they name a column that the file lacks."""
        said: dict[str, Any] = {"times": self.header(way.times) if way.times else None, "prefix": way.prefix}
        for key, value in (("per", way.per), ("plus", way.plus), ("not_after", way.not_after)):
            said[key] = self._resolved(value)
            if value and said[key] is None:
                return None
        return {key: value for key, value in said.items() if value}

    def _resolved(self, value: Any) -> Any:  # noqa: ANN401 - as YAML has it
        """Return a value with the headers in it as the file has them; None where one is lacking that is not `times`."""
        if isinstance(value, str):
            return self.header(value)
        if not isinstance(value, dict):
            return value
        found = {key: one if key == "map" else self._resolved(one) for key, one in value.items()}
        return None if any(one is None for key, one in found.items() if key != "times") else _without_none(found)

    def _divisor(self, way: ColumnBlock) -> int | None:
        """Return by what amounts are divided: those of a currency with hundredths by a hundred."""
        codes = self._codes(way)
        whole = codes and codes <= _WHOLE
        return way.divide_by if not way.minor else None if whole else _HUNDREDTH

    def _without_hundredths(self, way: ColumnBlock) -> tuple[str, ...]:
        """Return the doubt about amounts of which some are in a currency with hundredths, and others are not."""
        codes = self._codes(way)
        odd = ", ".join(sorted(codes & _WHOLE)) if codes - _WHOLE else ""
        return (
            (f"amounts in {odd} have no hundredths; give them a source of their own, without divide_by",) if odd else ()
        )

    def _codes(self, way: ColumnBlock) -> set[str]:
        header = self.header(way.minor) if way.minor else None
        return {code.upper() for code in self.looks[header].distinct} if header else set()

    def _read(self, name: str, sources: Sequence[str], way: ColumnBlock) -> Mapped:
        """Return how the values are read: as declared, and where nothing is, as they look."""
        column = BY_NAME[self.block.table][name]
        looks = [self.looks[source] for source in sources]
        if way.map:
            values = frozenset() if way.concat else frozenset(chain.from_iterable(look.distinct for look in looks))
            words = _mapped_words(way.map, values)
            unknown = sorted(value for value in self._kept(sources[0]) if value not in {*words, *column.one_of})
            asked = unknown and not way.concat and (column.one_of or column.kind is Kind.BOOLEAN)
            return Mapped(name=name, map=words, doubts=(_which_word(unknown),) if asked else ())
        if way.within:
            return Mapped(name=name, map=_numbers_in_words(looks[0]))
        if way.format:
            return Mapped(name=name, formats=(way.format,))
        filled = next((look for look in looks if look.values), looks[0])
        if column.kind in DATE_KINDS and (unit := _unit_since_1970(filled)):
            return Mapped(name=name, formats=(unit,))
        return read_as(column, filled, SAME)

    def _kept(self, header: str) -> frozenset[str]:
        """Return the values of a column in rows that are not left out for them."""
        said: dict[str, Any] = self._where().get(header, {})
        found = self.looks[header].distinct
        among = found & {str(value) for value in said["one_of"]} if "one_of" in said else found
        return among - {str(value) for value in said.get("not", ())}

    def _doubts(self, checks: Sequence[Check], column: str = "") -> tuple[str, ...]:
        return tuple(check.say.format(column=column) for check in checks if self._given(check))

    def _given(self, check: Check) -> bool:
        """Return whether what a doubt is about stands in the file."""
        return all(self._holds(header, values) for header, values in check.given.items())

    def _holds(self, header: str, values: Sequence[object] | bool) -> bool:  # noqa: FBT001 - a list, or whether there is any
        found = self._look(header).distinct if self.header(header) else frozenset()
        return bool(found) is values if isinstance(values, bool) else bool(found & {*map(str, _written(values, found))})

    def _left_out(self) -> Iterator[str]:
        """Return how many rows of the file lack what `where` wants filled."""
        rows = max((len(look.values) for look in self.file.looks.values()), default=0)
        for name, said in self.block.where.items():
            header = self.header(name) or ""
            if said.get("missing") is False and header in self.file.looks:
                blank = rows - len(self.file.looks[header].values)
                if blank:
                    yield f"{blank} of {rows} rows without {header} are left out"


def _written(values: Sequence[object], found: frozenset[str]) -> list[object]:
    """Return the values of a condition, each pattern as the values that were found for it."""
    held: list[object] = []
    for value in values:
        held += sorted(one for one in found if fits(pattern, one)) if (pattern := pattern_of(value)) else [value]
    return list(dict.fromkeys(held))


def _mapped_words(said: Mapping[Any, Any], found: frozenset[str]) -> dict[str, Any]:
    """Return which word each value stands for: those declared, in the spelling of the file, and those a pattern fits."""
    words: dict[str, Any] = {}
    for value, word in said.items():
        pattern = pattern_of(value)
        alike = (one for one in found if (fits(pattern, one) if pattern else one.lower() == str(value).lower()))
        for one in (*sorted(alike), *(() if pattern else (str(value),))):
            words.setdefault(one, word)
    return words


def _unit_since_1970(look: Look) -> str:
    """Return the format of moments that are counted since 1970, in seconds or milliseconds; nothing for others."""
    lengths = {len(value.partition(".")[0]) for value in look.distinct if re.fullmatch(r"\d+(\.\d*)?", value)}
    whole = look.numbers >= _MOST
    return _SINCE_1970.get(lengths.pop(), "") if whole and len(lengths) == 1 else ""


def _lies_within(look: Look, limits: Sequence[float], beyond: float | None) -> bool:
    """Return whether the values are whole numbers between the limits, one of them beyond a number.

    The ends of a scale may be named, as in `10 - Extremely likely`; one text may be no answer, as in a second row of headers.
    """
    if not limits:
        return True
    words = _numbers_in_words(look)
    numbers = [float(words.get(value, value)) for value in look.distinct if value in words or value.isdecimal()]
    if not numbers or len(numbers) < len(look.distinct) - 1:
        return False
    return limits[0] <= min(numbers) <= max(numbers) <= limits[1] and (beyond is None or max(numbers) > beyond)


def _numbers_in_words(look: Look) -> dict[str, str]:
    """Return the number that stands alone in each value that says more."""
    found = {value: re.findall(r"\d+", value) for value in look.distinct if not value.isdecimal()}
    return {value: numbers[0] for value, numbers in sorted(found.items()) if len(numbers) == 1}


def _which_word(unknown: Sequence[str]) -> str:
    return f"which word stands for {', '.join(unknown[:5])}?"


def _without_none(found: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value is not None}
