"""Rows judged by the claims: the good ones go on, the others are set aside with the reason."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.model import Claim
from cslib.snapshot.manifest import Sample, SetAside
from cslib.source import FILE, RAW, ROW, UNREAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ibis.expr.types import BooleanValue, IntegerValue, StringValue
    from ibis.expr.types import Table as IbisTable

    from cslib.model import Table

_BROKEN = "_broken_"
_SAMPLES = 3
ORPHAN = "orphan(customer_id)"


class Judged:
    """A mapped table with one truth per claim: does the row break it?"""

    def __init__(self, mapped: IbisTable, table: Table, read_on: date) -> None:
        self.table = table
        claims = _combined([*_within_reach(mapped, table.claims(read_on)), *_readable(mapped, table)])
        self.wanted = {claim.label: claim.wanted for claim in sorted(claims, key=lambda claim: claim.label)}
        self.labels = list(self.wanted)
        broken = {claim.label: claim.broken.resolve(mapped).fill_null(False) for claim in claims}  # noqa: FBT003
        judged = mapped.mutate(**{f"{_BROKEN}{place}": broken[label] for place, label in enumerate(self.labels)})
        self.rows = judged

    def beside(self, customers: IbisTable | None, rows: IbisTable | None = None) -> Judged:
        """Return the judgement, or `rows` of it, with one claim more: the customer is one of `customers`."""
        further = copy(self)
        further.rows = self.rows if rows is None else rows
        if customers is not None and "customer_id" in self.table.names:
            further.rows = _with_orphans(further.rows, customers)
            further.labels = [*self.labels, ORPHAN]
            further.wanted = {**self.wanted, ORPHAN: "the id of a customer that is there and was not set aside"}
        return further

    def reason(self) -> IntegerValue:
        """Return a number that stands for the claims that a row breaks, 0 for none: the sum of 2 ** the place of each."""
        flags = self._flags(self.rows)
        each = [ibis.ifelse(flag, ibis.literal(2**place, "int64"), 0) for place, flag in enumerate(flags)]
        return ibis.ifelse(ibis.or_(*flags), reduce(add, each), ibis.literal(0, "int64"))

    def _flags(self, rows: IbisTable) -> list[BooleanValue]:
        return [rows[f"{_BROKEN}{place}"] for place in range(len(self.labels))]

    def good(self) -> IbisTable:
        """Return the rows that keep every claim, with the canonical and the further columns only."""
        kept = self.rows.filter(~ibis.or_(*self._flags(self.rows)))
        return kept.select(*self._own(kept))

    def _own(self, rows: IbisTable) -> list[str]:
        """Return the canonical and the further columns, without those that were put beside them."""
        return [
            name for name in rows.columns if not name.startswith((RAW, UNREAD, _BROKEN)) and name not in (FILE, ROW)
        ]

    def counts(self, rows: IbisTable) -> tuple[int, int, dict[str, int]]:
        """Return how many of `rows` there are, how many are set aside, and how many break each claim."""
        flags = self._flags(rows)
        sums = {f"c{place}": flag.sum() for place, flag in enumerate(flags)}
        found = rows.aggregate(rows=rows.count(), aside=ibis.or_(*flags).sum(), **sums).to_pyarrow().to_pylist()[0]
        each = {label: int(found[f"c{place}"] or 0) for place, label in enumerate(self.labels)}
        return int(found["rows"]), int(found["aside"] or 0), {label: count for label, count in each.items() if count}

    def quarantine(self) -> IbisTable:
        """Return the rows that break a claim: file, row, the claims, and the row as it was found."""
        rows = self.rows.filter(ibis.or_(*self._flags(self.rows)))
        reasons = [
            ibis.ifelse(flag, label + "; ", "") for flag, label in zip(self._flags(rows), self.labels, strict=True)
        ]
        joined = _joined(reasons)
        broken = joined.left(joined.length() - len("; "))
        said = {"file": rows[FILE], "row": rows[ROW], "broken": broken}
        found = {name: self._as_found(rows, name) for name in self.table.names}
        further = [name for name in self._own(rows) if name not in found]
        # a source may have columns of these names, too
        return rows.select(**said, **found, **{f"{n}_" if n.lower() in said else n: rows[n] for n in further})

    def _as_found(self, rows: IbisTable, name: str) -> StringValue:
        return rows[RAW + name] if RAW + name in rows.columns else rows[name].cast("string")

    def samples(self, quarantined: IbisTable, counts: dict[str, int]) -> tuple[SetAside, ...]:
        """Return for each broken claim its count and the first few rows that break it."""
        return tuple(
            SetAside(claim=label, wanted=self.wanted[label], rows=count, samples=tuple(_first(quarantined, label)))
            for label, count in counts.items()
        )


def _first(quarantined: IbisTable, label: str) -> list[Sample]:
    column = label.partition("(")[2].rstrip(")")
    rows = quarantined.filter(quarantined.broken.contains(label)).order_by("file", "row").limit(_SAMPLES)
    found = rows.select("file", "row", value=rows[column]).to_pyarrow().to_pylist()
    return [Sample.model_validate(row) for row in found]


def _joined(texts: list[StringValue]) -> StringValue:
    whole = texts[0]
    for text in texts[1:]:
        whole = whole + text
    return whole


def _within_reach(mapped: IbisTable, claims: tuple[Claim, ...]) -> Iterator[Claim]:
    """Return the claims as they hold for what was read: what cannot be read is not missing as well."""
    for claim in claims:
        unread = UNREAD + claim.column
        missing = claim.name in {"null_id", "required"} and unread in mapped.columns
        yield replace(claim, broken=claim.broken & ~_[unread]) if missing else claim


def _readable(mapped: IbisTable, table: Table) -> Iterator[Claim]:
    for column in table.columns:
        if UNREAD + column.name in mapped.columns:
            yield Claim("type", column.name, _[UNREAD + column.name], column.wanted)


def _combined(claims: Iterable[Claim]) -> list[Claim]:
    # the scales of several kinds of survey are one claim on the score
    by_label: dict[str, Claim] = {}
    for claim in claims:
        before = by_label.get(claim.label)
        joined = replace(claim, broken=before.broken | claim.broken) if before else claim
        by_label[claim.label] = joined
    return list(by_label.values())


def _with_orphans(judged: IbisTable, customers: IbisTable) -> IbisTable:
    place = sum(name.startswith(_BROKEN) for name in judged.columns)
    known = customers.select(_known=customers.customer_id).distinct()
    joined = judged.left_join(known, judged.customer_id == known["_known"])
    orphan = joined.customer_id.notnull() & joined["_known"].isnull()
    return joined.mutate(**{f"{_BROKEN}{place}": orphan}).drop("_known")
