"""The data model as text, and as the page of its tables in `docs/`."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING

import ibis

from cslib.engines import connect
from cslib.model import TABLES, Kind, Privacy
from cslib.scaffold.unlocked import needed_by
from cslib.settings import TableSource
from cslib.source import FILE, ROW, map_table
from cslib.source.column_mapping import ColumnMapping
from cslib.validation.validate import ValidatedTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ibis.backends.sql import SQLBackend
    from ibis.expr.types import Table as IbisTable

    from cslib.kpis import Kpi
    from cslib.model import CanonicalColumn, CanonicalTable

    Wanted = Mapping[str, str]  # what is wanted by each claim on a column

_REQUIRED = "customers"  # the table without which nothing is read
_ANY_DAY = date.max  # claims depend on the day of reading, which the page does not show
_ALIKE = ("null_id", "required", "duplicate_id", "orphan", "type", "future")  # worded alike for every column
_SHOWN = {
    Privacy.PUBLIC: "as it is",
    Privacy.CUSTOMER: "a pseudonym, C-…",
    Privacy.NAME: "the customer's pseudonym",
    Privacy.PERSON: "a pseudonym, P-…",
    Privacy.RECORD: "a pseudonym, R-…",
    Privacy.GROUP: "as it is, but what few share",
    Privacy.WITHHELD: "nothing",
}
_HEAD = """# The data model

Written from the model by `make pages`; do not edit. Whatever a source holds is mapped onto these tables (`source.yaml`), and every
figure is made of them alone. `customers` is required, and so are the columns in bold; each further table unlocks KPIs, whose
definitions are in [kpis.md](kpis.md). What is absent is never taken for zero: a KPI that wants it reads *not measurable: needs …*.

Ids are text: `00017` stays `00017`. Amounts are in the one currency of the policies, dates are days in their time zone. Columns
beyond these are kept, and may choose segments and group figures; readers outside the company see nothing of them.

## What is written in a column
{kinds}

Other spellings are read as well (¥1,200, 令和8年4月1日); words of your own are mapped in `source.yaml`.

## Claims
A row that breaks a claim is set aside with the claim's name, and counted; a run stops where a table loses more than the policy
`allowed_quarantine` allows. Each table below names the claims on its columns, and what values they allow.

{claims}

## What outsiders see
With `audience: external` in `report.yaml`. Of a column that is shown *as it is, but what few share*, a word of fewer than `min_n`
customers is one value with others in `customers`, and a pseudonym (W-…) in any other table. A pseudonym is the same in every run."""


def model_text() -> str:
    """Return the tables, each with its columns below it, a line each."""
    return "\n".join(line for table in TABLES for line in _lines(table))


def _lines(table: CanonicalTable) -> Iterator[str]:
    yield f"{table.name}: {table.grain}{' (required)' if table.name == _REQUIRED else ''}"
    for column in table.columns:
        yield f"  {column.name}  {column.kind}{', required' if column.required else ''}: {column.meaning}"


def model_markdown(kpis: Sequence[Kpi]) -> str:
    """Return the tables as a document: a section per table, and which of `kpis` it and its columns unlock."""
    claims = _claims()
    kinds = [(kind, next(iter(_of_kind(kind))).wanted) for kind in Kind]
    head = _HEAD.format(kinds=_grid(("type", "written as"), kinds), claims=_grid(("claim", "wanted"), _legend(claims)))
    return "\n\n".join([head, *(_section(table, claims[table.name], kpis) for table in TABLES)])


def _of_kind(kind: Kind) -> Iterator[CanonicalColumn]:
    return (column for table in TABLES for column in table.columns if column.kind is kind)


def _claims() -> dict[str, dict[str, dict[str, str]]]:
    """Return what each claim wants of rows, by table and column: of tables that lack no column."""
    engine = connect()
    mapped = {table.name: _mapped(engine, table) for table in TABLES}
    found: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for table in TABLES:
        known = None if table.name == _REQUIRED else mapped[_REQUIRED]
        validated = ValidatedTable(mapped[table.name], table, _ANY_DAY).with_foreign_key_check(known)
        for label, wanted in validated.wanted.items():
            name, _, column = label.removesuffix(")").partition("(")
            found[table.name][column][name] = wanted.replace(f"{_ANY_DAY}, when", "the day on which")
    return found


def _mapped(engine: SQLBackend, table: CanonicalTable) -> IbisTable:
    empty = engine.create_table(table.name, schema=ibis.schema(dict.fromkeys(table.names, "string")))
    placed = empty.mutate(**{FILE: ibis.literal(table.name), ROW: ibis.null("int64")})
    spec = TableSource.model_validate({"from": table.name})
    return map_table(placed, ColumnMapping.of(placed, table, spec), "UTC")


def _legend(claims: Mapping[str, Mapping[str, Wanted]]) -> Iterator[tuple[str, str]]:
    """Return the claims with what they want, of which what hangs on the column is said there."""
    said: dict[str, set[str]] = defaultdict(set)
    for columns in claims.values():
        for column, wanted in columns.items():
            for name, words in wanted.items():
                said[name].add(words.replace(f"{column} in", "a value in") if name in _ALIKE else "as its column says")
    for name in sorted(said):
        yield f"`{name}`", "as its type is written" if name == "type" else "; ".join(sorted(said[name]))


def _section(table: CanonicalTable, claims: Mapping[str, Wanted], kpis: Sequence[Kpi]) -> str:
    heads = ("column", "type", "meaning", "allowed", "claims", "outsiders see")
    rows = (_row(table, column, claims.get(column.name, {})) for column in table.columns)
    optional = [column for column in table.columns if not column.required]
    parts = [f"## {table.name}", _described(table), _grid(heads, rows), _unlocks(table.name, kpis)]
    if optional:
        parts.append(_grid(("where it is absent", ""), _where_absent(table, optional, kpis)))
    return "\n\n".join(parts)


def _row(table: CanonicalTable, column: CanonicalColumn, claims: Wanted) -> tuple[str, ...]:
    allowed = [words.removesuffix(", or map it in source.yaml") for name, words in claims.items() if name not in _ALIKE]
    name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
    return name, column.kind, column.meaning, "; ".join(allowed), _listed(claims), _shown(table, column)


def _shown(table: CanonicalTable, column: CanonicalColumn) -> str:
    words = [f"; of `{kind}` as it is" for kind, name, _words in table.worded if name == column.name]
    return "".join([_SHOWN[column.privacy], *words])


def _described(table: CanonicalTable) -> str:
    apart = "No id tells its rows apart: the same row twice counts twice."
    if table.identity:
        apart = f"One is told from another by {_listed(table.identity)}."
    reach = (
        "It says what is so: read on a day, it tells every month before."
        if table.states
        else "It says what happened: it tells the months that its rows reach."
    )
    return f"A row is {table.grain}. {apart} {reach}"


def _unlocks(table: str, kpis: Sequence[Kpi]) -> str:
    """Return which KPIs a table unlocks, by the tables that they need besides it, the fewest first."""
    wanting, instead = needed_by(table, kpis)
    if table == _REQUIRED:
        return "Required: without it, nothing is measured."
    beside: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for kpi in wanting:
        beside[tuple(name for name in _sources(kpi) if name != table)].append(kpi.id)
    lines = [
        f"- {f'with {_listed(others)}' if others else 'alone'}: {_listed(ids)}"
        for others, ids in sorted(beside.items(), key=lambda item: len(item[0]))
    ]
    lines += [f"- {_in_place(kpi)}: {_listed([kpi.id])}" for kpi in instead]
    return "\n".join(["KPIs that it unlocks:", "", *lines]) if lines else "No KPI wants it."


def _sources(kpi: Kpi) -> list[str]:
    """Return the tables that a KPI wants; of the one that is always there, the columns."""
    return list(dict.fromkeys(need if need.startswith(_REQUIRED) else need.partition(".")[0] for need in kpi.needs))


def _in_place(kpi: Kpi) -> str:
    others = _sources(kpi.otherwise) if kpi.otherwise else ()
    return f"in place of {_listed(name for name in _sources(kpi) if name not in others)}"


def _where_absent(
    table: CanonicalTable, columns: Iterable[CanonicalColumn], kpis: Sequence[Kpi]
) -> Iterator[tuple[str, str]]:
    every = needed_by(table.name, kpis)[0]
    unwanted = []
    for column in columns:
        wanting, instead = needed_by(f"{table.name}.{column.name}", kpis)
        lost = "every KPI above" if wanting == every and wanting[1:] else _listed(kpi.id for kpi in wanting)
        then = [column.absent] if column.absent else []
        then += [f"not measurable: {lost}"] if wanting else []
        then += [f"not measurable {_in_place(kpi)}: `{kpi.id}`" for kpi in instead]
        if then:
            yield f"`{column.name}`", "; ".join(then)
        else:
            unwanted.append(column.name)
    if unwanted:
        yield _listed(unwanted), "no KPI wants it"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
