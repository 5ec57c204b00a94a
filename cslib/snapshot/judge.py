"""Rows judged by the claims: the good ones go on, the others are set aside with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from cslib.model import Claim, Kind
from cslib.snapshot.manifest import Sample, SetAside
from cslib.source import FILE, RAW, ROW

if TYPE_CHECKING:
    from datetime import date

    from ibis.expr.types import BooleanValue, StringValue
    from ibis.expr.types import Table as IbisTable

    from cslib.model import Table

_BROKEN = "_broken_"
_SAMPLES = 3


class Judged:
    """A mapped table with one truth per claim: does the row break it?"""

    def __init__(self, mapped: IbisTable, table: Table, read_on: date, customers: IbisTable | None) -> None:
        self.table = table
        claims = {claim.label: claim.broken.resolve(mapped) for claim in _combined(table.claims(read_on))}
        claims |= _unread(mapped, table)
        self.labels = sorted(claims)
        broken = {f"{_BROKEN}{place}": claims[label].fill_null(False) for place, label in enumerate(self.labels)}  # noqa: FBT003
        judged = mapped.mutate(**broken)
        if customers is not None and "customer_id" in table.names:
            judged, label = _with_orphans(judged, customers), "orphan(customer_id)"
            self.labels.append(label)
        self.rows = judged

    def _flags(self, rows: IbisTable) -> list[BooleanValue]:
        return [rows[f"{_BROKEN}{place}"] for place in range(len(self.labels))]

    def good(self) -> IbisTable:
        """Return the rows that keep every claim, with the canonical and the further columns only."""
        kept = self.rows.filter(~ibis.or_(*self._flags(self.rows)))
        return kept.drop(*(name for name in kept.columns if name.startswith((RAW, _BROKEN)) or name in (FILE, ROW)))

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
        reasons = [ibis.ifelse(flag, label + "; ", "") for flag, label in zip(self._flags(rows), self.labels, strict=True)]
        joined = _joined(reasons)
        broken = joined.left(joined.length() - len("; "))
        found = {name: self._as_found(rows, name) for name in self.table.names}
        further = [
            name
            for name in rows.columns
            if name not in found and not name.startswith((RAW, _BROKEN)) and name not in (FILE, ROW)
        ]
        return rows.select(file=rows[FILE], row=rows[ROW], broken=broken, **found, **{n: rows[n] for n in further})

    def _as_found(self, rows: IbisTable, name: str) -> StringValue:
        return rows[RAW + name] if RAW + name in rows.columns else rows[name].cast("string")

    def samples(self, quarantined: IbisTable, counts: dict[str, int]) -> tuple[SetAside, ...]:
        """Return for each broken claim its count and the first few rows that break it."""
        return tuple(
            SetAside(claim=label, rows=count, samples=tuple(_first(quarantined, label))) for label, count in counts.items()
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


def _combined(claims: tuple[Claim, ...]) -> list[Claim]:
    # the scales of several kinds of survey are one claim on the score
    by_label: dict[str, Claim] = {}
    for claim in claims:
        before = by_label.get(claim.label)
        broken = claim.broken if before is None else before.broken | claim.broken
        by_label[claim.label] = Claim(claim.name, claim.column, broken)
    return list(by_label.values())


def _unread(mapped: IbisTable, table: Table) -> dict[str, BooleanValue]:
    read = [column for column in table.columns if column.kind is not Kind.TEXT and RAW + column.name in mapped.columns]
    return {f"type({c.name})": mapped[RAW + c.name].notnull() & mapped[c.name].isnull() for c in read}


def _with_orphans(judged: IbisTable, customers: IbisTable) -> IbisTable:
    place = sum(name.startswith(_BROKEN) for name in judged.columns)
    known = customers.select(_known=customers.customer_id).distinct()
    joined = judged.left_join(known, judged.customer_id == known["_known"])
    orphan = joined.customer_id.notnull() & joined["_known"].isnull()
    return joined.mutate(**{f"{_BROKEN}{place}": orphan}).drop("_known")
