"""Rows that break the claims of the data model, one claim each, added beside the good ones.

A dirty row is a copy of a good one with a new id and one thing wrong, so no good row is touched and the
figures after quarantine are those of the clean data. What is broken is read off the data model itself.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, cycle, islice, zip_longest
from typing import TYPE_CHECKING

from cslib.model import CanonicalColumn, CanonicalTable, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = dict[str, str]  # as CSV holds it: null is an empty text

MOST, USUAL = 0.035, 0.015  # of a table's rows: well under the 5 % that a run allows
ROUNDS = 10  # how often a flaw is repeated at most
LATER, RECENT = timedelta(days=40), timedelta(days=20)  # from the day of the export
UNREADABLE: dict[Kind, Sequence[str]] = {
    Kind.DATE: ("2026-02-30", "不明", "31/10/2026"),
    Kind.TIMESTAMP: ("2026-10-05 25:61:00", "昨日"),
    Kind.MONTH: ("2026-13", "十月"),
    Kind.INTEGER: ("30名", "10,00", "三十"),
    Kind.NUMBER: ("7点", "n/a"),
    Kind.AMOUNT: ("1.200,50", "$12000", "1万円"),
    Kind.BOOLEAN: ("はい", "2"),
}


@dataclass(frozen=True)
class Flaw:
    """One way to break a claim: what is changed in a good row, some of it only so that nothing else breaks."""

    claim: str
    changes: Row
    copies: int = 1


def flaws(table: CanonicalTable, read_on: date) -> list[Flaw]:
    """Return every way to break a claim on a table, the claims taking turns."""
    by_claim = [
        _null_ids(table), _duplicates(table), _orphans(table), _required(table), _unreadable(table), _unknown(table),
        _out_of_order(table, read_on), _off_scale(table), _negative(table), _future(table, read_on),
    ]  # fmt: skip
    return [flaw for turn in zip_longest(*by_claim) for flaw in turn if flaw]


def dirty_rows(
    table: CanonicalTable, good: Sequence[Row], total: int, chosen: Sequence[Flaw]
) -> tuple[list[Row], Counter[str]]:
    """Return copies of `good` rows of a table of `total` rows, with the `chosen` flaws; and their number by claim."""
    rounds = max(1, min(ROUNDS, int(total * USUAL) // max(1, len(chosen))))
    rows: list[Row] = []
    counts: Counter[str] = Counter()
    for flaw, template in zip([*chosen] * rounds, cycle(good), strict=False):
        if len(rows) + flaw.copies > total * MOST:
            break
        said = {name: text for name, text in template.items() if name != table.key}
        others = (row for row in good if any(row[name] != text for name, text in said.items()))
        templates = [template, *islice(others, flaw.copies - 1)]
        new_id = {table.key: f"X{len(rows) + 1:06d}"} if table.key else {}
        rows += [{**template, **new_id, **flaw.changes} for template in templates]
        counts[flaw.claim] += len(templates)
    return rows, counts


def dirt_report(counts: dict[str, Counter[str]]) -> str:
    """Return what was added as JSON: the number of rows by table and claim."""
    listed = [
        {"table": table, "claim": claim, "rows": rows}
        for table, claims in counts.items()
        for claim, rows in sorted(claims.items())
    ]
    return json.dumps(listed, indent=2) + "\n"


def _is_id(table: CanonicalTable, column: CanonicalColumn) -> bool:
    return column.name in (table.key, "customer_id")


def _null_ids(table: CanonicalTable) -> Iterator[Flaw]:
    told = (column.name for column in table.columns if column.required or column.name == table.row_key)
    return (Flaw("null_id", {name: ""}) for name in told if _is_id(table, table[name]))


def _required(table: CanonicalTable) -> Iterator[Flaw]:
    needed = (column for column in table.columns if column.required and not _is_id(table, column))
    return (Flaw("required", {column.name: ""}) for column in needed)


def _duplicates(table: CanonicalTable) -> Iterator[Flaw]:
    """Two added rows that differ share one new id, so that no good row loses its place and neither is a copy."""
    return iter([Flaw("duplicate_id", {}, copies=2)] if table.key else [])


def _orphans(table: CanonicalTable) -> Iterator[Flaw]:
    has_customer = "customer_id" in table.names and table.key != "customer_id"
    return iter([Flaw("orphan", {"customer_id": "Z99999"})] if has_customer else [])


def _unreadable(table: CanonicalTable) -> Iterator[Flaw]:
    by_column = [
        [Flaw("type", {column.name: text}) for text in UNREADABLE.get(column.kind, ())] for column in table.columns
    ]
    return (flaw for flaw in chain.from_iterable(zip_longest(*by_column)) if flaw)


def _unknown(table: CanonicalTable) -> Iterator[Flaw]:
    return (Flaw("enumeration", {column.name: "unheard_of"}) for column in table.columns if column.one_of)


def _out_of_order(table: CanonicalTable, read_on: date) -> Iterator[Flaw]:
    for earlier, later in table.ordered:
        first, second = (_written(table[later], read_on - RECENT - timedelta(days=days)) for days in (0, 5))
        yield Flaw("order", {**_later_ones(table, earlier), earlier: first, later: second})


def _off_scale(table: CanonicalTable) -> Iterator[Flaw]:
    for kind, low, high in table.scales:
        yield from (Flaw("scale", {"kind": kind, "score": f"{score:g}"}) for score in (high + 1, low - 1))
    if table.scales:
        yield Flaw("scale", {"kind": "nps", "score": "7.5"})
    for column in table.columns:
        if column.at_least:
            yield Flaw("scale", {column.name: f"{column.at_least - 1:g}"})
        if column.at_most is not None:
            yield Flaw("scale", {column.name: f"{column.at_most + 1:g}"})


def _negative(table: CanonicalTable) -> Iterator[Flaw]:
    return (Flaw("negative", {column.name: "-1"}) for column in table.columns if column.at_least == 0)


def _future(table: CanonicalTable, read_on: date) -> Iterator[Flaw]:
    for column in table.columns:
        if column.happened:
            day = _written(column, read_on + LATER)
            yield Flaw("future", {**_later_ones(table, column.name), column.name: day})


def _later_ones(table: CanonicalTable, earlier: str) -> Row:
    """Return blanks for the dates that must not lie before `earlier`."""
    return {later: "" for first, later in table.ordered if first == earlier}


def _written(column: CanonicalColumn, day: date) -> str:
    forms = {Kind.MONTH: "%Y-%m", Kind.TIMESTAMP: "%Y-%m-%d 10:00:00"}
    return day.strftime(forms.get(column.kind, "%Y-%m-%d"))
