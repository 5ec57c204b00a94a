"""The remedy of each broken claim: what to write into the settings, or to correct in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import yaml

from cslib.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cslib.model import CanonicalColumn, CanonicalTable
    from cslib.settings import ColumnMap, TableSource
    from cslib.validation.findings import SetAside
    from cslib.validation.unmatched_ids import NearIds

_FORMAT = 'format: "%d/%m/%Y"'


def with_remedies(
    claims: Iterable[SetAside], table: CanonicalTable, spec: TableSource, near: NearIds
) -> tuple[SetAside, ...]:
    """Return the broken claims of a table, each with its remedy; `near` are ids that nearly match a customer."""
    return tuple(claim.model_copy(update={"way": _way(claim, table, spec, near)}) for claim in claims)


@dataclass(frozen=True)
class _Place:
    """Where a claim is broken: a column of a table, what it is called in the source, and a value that was found there."""

    table: CanonicalTable
    column: CanonicalColumn
    source: str
    found: str

    def read(self, how: str) -> str:
        """Return the line of `columns` that reads the column in another way."""
        return f"'{self.column.name}: {{column: {self.source}, {how}}}' under 'columns'"

    def chosen(self, rows: str) -> str:
        """Return the line that filters rows by the column."""
        return f"'where: {{{self.source}: {{{rows}}}}}'"


def _way(claim: SetAside, table: CanonicalTable, spec: TableSource, near: NearIds) -> str:
    kind, _, name = claim.claim.rstrip(")").partition("(")
    origin = spec.columns.get(name)
    found = next((sample.value for sample in claim.samples if sample.value), "…")
    place = _Place(table, table[name], _quoted(origin.label if origin and origin.label else name), _quoted(found))
    if kind == "type" and origin and any(f", {name}: " in found for name in origin.beside):
        return _reckoned(origin, found)
    return _near(place, near) if kind == "orphan" and near.rows else _WAYS[kind](place)


def _reckoned(origin: ColumnMap, found: str) -> str:
    """Return the way out of a value that cannot be reckoned with what stands beside it, under the names of its columns."""
    per = origin.per
    numbers = [name for name in dict.fromkeys(origin.beside) if not per or name != per.column]
    ways = [f"see that {' and '.join(numbers)} hold numbers"] if numbers else []
    if per:
        word = next(iter(re.findall(rf"\b{re.escape(per.column)}: (.*?)(?:, |$)", found)), "…")
        times = f", times: {_quoted(per.times)}" if per.times else ""
        said = f"'per: {{column: {_quoted(per.column)}{times}, map: {{{_quoted(word)}: 1}}}}'"
        ways.append(f"say how many months a word is that is not known, {said}")
    return "; ".join(ways)


def _near(place: _Place, near: NearIds) -> str:
    alike = ", ".join(f"{written!r} is nearly {known!r}" for written, known in near.ids)
    pairs = ", ".join(f"{_quoted(written)}: {_quoted(known)}" for written, known in near.ids)
    return (
        f"{near.rows:,} of them name a customer that is there but for blanks, width or case ({alike}): write them alike in the "
        f"source, or {place.read(f'map: {{{pairs}}}')}; for the others {_orphan(place)}"
    )


def _null_id(place: _Place) -> str:
    return f"leave such rows out by {place.chosen('missing: false')}, or fill the column in the source"


def _required(place: _Place) -> str:
    constant = f"'{place.column.name}: {{value: {place.column.example}}}'"
    return f"{_null_id(place)}; where one value holds for all rows, write {constant}"


def _duplicate_id(place: _Place) -> str:
    lines = f"'from: {{sql: select … sum(…) … group by {place.source}}}'"
    out = ", or leave the id out by a query, so that each line counts for itself" if place.table.repeats else ""
    return (
        f"if the rows are lines of one order or invoice, sum them up by a query, {lines}{out}; if they are states of one "
        f"thing, take the newest by 'latest: <column>'; else name another column as {place.column.name}"
    )


def _orphan(place: _Place) -> str:
    return f"add the customer to customers, or leave such rows out by {place.chosen(f'not: [{place.found}]')}"


def _type(place: _Place) -> str:
    kind, nothing = place.column.kind, place.read(f"null: [{place.found}]")
    if kind in (Kind.DATE, Kind.TIMESTAMP, Kind.MONTH):
        return f"say how it is written, {place.read(_FORMAT)}, or which words stand for no date, {nothing}"
    if kind is Kind.BOOLEAN:
        return f"say what its words mean, {place.read(f'map: {{{place.found}: true}}')}"
    foreign = "; amounts in several currencies need a column 'currency', and 'rates' in policies.yaml"
    return f"say which words stand for nothing, {nothing}{foreign if kind is Kind.AMOUNT else ''}"


def _enumeration(place: _Place) -> str:
    words = f"map: {{{place.found}: {place.column.example}}}"
    return f"say what its words mean, {place.read(words)}"


def _order(place: _Place) -> str:
    earlier = " or ".join(first for first, later in place.table.ordered if later == place.column.name)
    name = place.column.name
    return (
        f"if {earlier} and {name} are the wrong way round, exchange them under 'columns'; else mend them in the source"
    )


def _future(place: _Place) -> str:
    plans = place.chosen("below: <day>")
    return f"if the source was read on a later day, say 'read_on' in source.yaml; leave plans out by {plans}"


def _negative(place: _Place) -> str:
    if place.table.name == "purchases":
        return f"if it is a credit note, say 'credit_notes: net' in policies.yaml, or leave it out by {place.chosen('at_least: 0')}"
    return f"leave such rows out by {place.chosen('at_least: 0')}, or say that it stands for nothing, {place.read(f'null: [{place.found}]')}"


def _scale(place: _Place) -> str:
    return f"say that it stands for nothing, {place.read(f'null: [{place.found}]')}, or bring another scale to this one by 'divide_by'"


_WAYS: dict[str, Callable[[_Place], str]] = {
    "null_id": _null_id, "required": _required, "duplicate_id": _duplicate_id, "orphan": _orphan, "type": _type,
    "enumeration": _enumeration, "order": _order, "future": _future, "negative": _negative, "scale": _scale,
}  # fmt: skip


def _quoted(text: str) -> str:
    """Return a text as YAML writes it within brackets."""
    dumped: str = yaml.safe_dump([text], allow_unicode=True, default_flow_style=True, width=10_000)
    return dumped.strip()[1:-1]
