"""Rows validated against the claims: valid ones are kept, the others are quarantined with the reason."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add
from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.model import Claim
from cslib.source import FILE, NON_DATA, NORMALISED, RAW, ROW, UNREAD
from cslib.source.asked import asked_of, said_day
from cslib.source.moments import EARLIEST, LATEST
from cslib.source.non_data_rows import BLANK, OLDER, STRAYS, with_copies
from cslib.validation.findings import LeftOut, Mended, Sample, SetAside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from ibis.expr.types import BooleanValue, IntegerValue, StringValue
    from ibis.expr.types import Table as IbisTable

    from cslib.model import CanonicalTable

_BROKEN = "_broken_"
_SAMPLES = 3
ORPHAN = "orphan(customer_id)"


@dataclass(frozen=True)
class Counts:
    """The number of rows, of rows to quarantine (`aside`), and of rows by broken claim, kind of non-data row and normalised column."""

    rows: int
    aside: int
    claims: dict[str, int]
    strays: dict[str, int]
    mended: dict[str, int]

    @classmethod
    def of(
        cls,
        rows: int,
        aside: int,
        claims: Mapping[str, int],
        strays: Mapping[str, int],
        mended: Mapping[str, int],
    ) -> Counts:
        """Return the counts without those that are 0."""
        return cls(
            rows, aside, *({name: count for name, count in each.items() if count} for each in (claims, strays, mended))
        )

    @property
    def repeats(self) -> bool:
        """Whether an id occurs in several rows."""
        return any(label.startswith("duplicate_id") for label in self.claims)


class ValidatedTable:
    """A mapped table with one flag per claim: does the row break it? Non-data rows break none, and are not valid either.

    `rows` have these flags, `mapped` are the rows without.
    """

    def __init__(self, mapped: IbisTable, table: CanonicalTable, read_on: date) -> None:
        self.table, self.read_on, self._found = table, read_on, mapped
        self.customers: IbisTable | None = None  # of whom every row's has to be one
        claims = _combined(
            [*_without_unparsed(mapped, _at_moments(mapped, table, read_on)), *_parse_claims(mapped, table)]
        )
        self._claims = claims
        self.wanted = {claim.label: claim.wanted for claim in sorted(claims, key=lambda claim: claim.label)}
        self.labels = list(self.wanted)

    @cached_property
    def mapped(self) -> IbisTable:
        """The rows without flags."""
        return _with_keys_of_own(self._found, self.table)

    @cached_property
    def rows(self) -> IbisTable:
        """The rows with their flags."""
        return self.flagged()

    def flagged(self) -> IbisTable:
        """Return the rows with their flags, as they are built of those without."""
        mapped, own = self.mapped, self.mapped[NON_DATA].isnull()
        broken = {claim.label: claim.broken.resolve(mapped).fill_null(False) & own for claim in self._claims}  # noqa: FBT003
        flags = {f"{_BROKEN}{place}": broken[label] for place, label in enumerate(self.labels) if label in broken}
        return _with_orphans(mapped.mutate(**flags), self)

    def with_foreign_key_check(self, customers: IbisTable | None, rows: IbisTable | None = None) -> ValidatedTable:
        """Return the validated table, or `rows` of it, with one claim more: the customer is one of `customers`."""
        further = copy(self)
        vars(further).pop("rows", None)
        if customers is not None and "customer_id" in self.table.names:
            further.customers = customers
            further.labels = [*self.labels, ORPHAN]
            further.wanted = {**self.wanted, ORPHAN: "the id of a customer that is there and was not set aside"}
        if rows is not None:
            further.rows = _with_orphans(rows, further)
        return further

    def violation_code(self) -> IntegerValue:
        """Return the code of the claims that a row breaks: the sum of 2 ** the place of each among `labels`.

        It is 0 for a row that breaks none, and for a non-data row -1 less the place of its kind among `STRAYS`.
        """
        flags, non_data = self._flags(self.rows), self.rows[NON_DATA]
        each = [ibis.ifelse(flag, ibis.literal(2**place, "int64"), 0) for place, flag in enumerate(flags)]
        broken = ibis.ifelse(ibis.or_(*flags), reduce(add, each), ibis.literal(0, "int64"))
        return ibis.cases(
            *((non_data == why, ibis.literal(-1 - place, "int64")) for place, why in enumerate(STRAYS)), else_=broken
        )

    def _flags(self, rows: IbisTable) -> list[BooleanValue]:
        return [rows[f"{_BROKEN}{place}"] for place in range(len(self.labels))]

    def is_valid(self) -> BooleanValue:
        """Return whether a row keeps every claim, and is no non-data row."""
        return ~ibis.or_(*self._flags(self.rows)) & self.rows[NON_DATA].isnull()

    def is_valid_or_null(self, rows: IbisTable) -> BooleanValue:
        """Return whether each of `rows` keeps every claim; null or false where that is not certain.

        For millions of rows, this takes a fraction of the time that a flag per claim takes.
        """
        return ~ibis.or_(*(claim.broken.resolve(rows) for claim in self._claims)) & rows[NON_DATA].isnull()

    def valid_rows(self) -> IbisTable:
        """Return the rows that keep every claim, with the canonical and the further columns only."""
        kept = self.rows.filter(self.is_valid())
        return kept.select(*self._own(kept))

    def _own(self, rows: IbisTable) -> list[str]:
        """Return the canonical and the further columns, without those that were added to them."""
        prefixes, around = (RAW, UNREAD, NORMALISED, EARLIEST, LATEST, _BROKEN), (FILE, ROW, NON_DATA)
        return [name for name in rows.columns if not name.startswith(prefixes) and name not in around]

    def counts(self) -> Counts:
        """Return how many rows there are of each kind."""
        (found,) = asked_of(self.rows).answer("counts", self._counted).to_pylist()
        counted = {name: int(count or 0) for name, count in found.items()}
        normalised = [name for name in counted if name.startswith(NORMALISED)]
        return Counts.of(
            rows=counted["rows"],
            aside=counted["aside"],
            claims={label: counted[f"{_BROKEN}{place}"] for place, label in enumerate(self.labels)},
            strays={why: counted[why] for why in STRAYS},
            mended={name.removeprefix(NORMALISED): counted[name] for name in normalised},
        )

    def _counted(self) -> IbisTable:
        rows, flags = self.rows, self._flags(self.rows)
        normalised = [name for name in rows.columns if name.startswith(NORMALISED)]
        return rows.aggregate(
            rows=rows.count(),
            aside=ibis.or_(*flags).sum(),
            **{f"{_BROKEN}{place}": flag.sum() for place, flag in enumerate(flags)},
            **{why: (rows[NON_DATA] == why).sum() for why in STRAYS},
            **{name: rows[name].sum() for name in normalised},
        )

    def quarantine(self) -> IbisTable:
        """Return the rows to quarantine (broken claims, totals and copies): file, row, broken (the reasons), and the row as found."""
        flags, non_data = self._flags(self.rows), self.rows[NON_DATA]
        is_listed = (non_data.notnull() & non_data.notin((BLANK, OLDER))).fill_null(False)  # noqa: FBT003
        rows = self.rows.filter(ibis.or_(*flags, is_listed))
        reasons = [
            ibis.ifelse(flag, label + "; ", "") for flag, label in zip(self._flags(rows), self.labels, strict=True)
        ]
        joined = _joined_claims(reasons)
        broken = ibis.coalesce(rows[NON_DATA], joined.left(joined.length() - len("; ")))
        said = {"file": rows[FILE], "row": rows[ROW], "broken": broken}
        found = {name: self._as_found(rows, name) for name in self.table.names}
        further = [name for name in self._own(rows) if name not in self.table.types]
        # a source may have columns of these names, too
        return rows.select(**said, **found, **{f"{n}_" if n.lower() in said else n: rows[n] for n in further})

    def _as_found(self, rows: IbisTable, name: str) -> StringValue:
        return rows[RAW + name] if RAW + name in rows.columns else rows[name].cast("string")

    def violations(self, quarantined: IbisTable, counts: Counts) -> tuple[SetAside, ...]:
        """Return for each broken claim its count and the first few rows that break it."""
        return tuple(
            SetAside(claim=label, wanted=self.wanted[label], rows=count, samples=_first(quarantined, label))
            for label, count in counts.claims.items()
        )

    def left_out(self, counts: Counts) -> tuple[LeftOut, ...]:
        """Return the non-data rows by kind, with the first few."""
        return tuple(
            LeftOut(why=why, rows=count, samples=self.samples(self.table.names[0], self.rows[NON_DATA] == why))
            for why, count in counts.strays.items()
        )

    def mended(self, counts: Counts) -> tuple[Mended, ...]:
        """Return the columns with normalised values, with the first few."""
        return tuple(
            Mended(column=name, rows=count, samples=self.samples(name, self.rows[NORMALISED + name]))
            for name, count in counts.mended.items()
        )

    def samples(self, column: str, chosen: BooleanValue) -> tuple[Sample, ...]:
        """Return the values as found in a column of the first few chosen rows, in the order of the files."""
        rows = self.rows.filter(chosen)
        found = rows.select(file=rows[FILE], row=rows[ROW], value=self._as_found(rows, column))
        return _listed(found.order_by("file", "row").limit(_SAMPLES))


def _with_orphans(rows: IbisTable, validated: ValidatedTable) -> IbisTable:
    """Return flagged rows with the flag of the last claim, that the customer is there, where it is one of the table's."""
    if validated.customers is None:
        return rows
    unknown = rows.customer_id.notnull() & rows.customer_id.notin(validated.customers.customer_id)
    return rows.mutate(**{f"{_BROKEN}{len(validated.labels) - 1}": unknown & rows[NON_DATA].isnull()})


def flag_exact_copies(mapped: IbisTable, table: CanonicalTable) -> IbisTable:
    """Return the rows, with those flagged as non-data that repeat an earlier row to the letter."""
    prefixes = (UNREAD, NORMALISED, EARLIEST, LATEST)
    names = [name for name in mapped.columns if not name.startswith(prefixes) and name not in (FILE, ROW, NON_DATA)]
    written = [name for name in names if RAW + name not in names]
    return with_copies(mapped, table.key, written, FILE)


def _with_keys_of_own(mapped: IbisTable, table: CanonicalTable) -> IbisTable:
    """Return the rows with the key of non-data rows set to null, so that they make no other row a duplicate."""
    if table.key is None:
        return mapped
    key = mapped[table.key]
    return mapped.mutate(**{table.key: ibis.ifelse(mapped[NON_DATA].isnull(), key, ibis.null(key.type()))})


def _first(quarantined: IbisTable, label: str) -> tuple[Sample, ...]:
    column = label.partition("(")[2].rstrip(")")
    rows = quarantined.filter(quarantined.broken.contains(label)).order_by("file", "row").limit(_SAMPLES)
    return _listed(rows.select("file", "row", value=rows[column]))


def _listed(rows: IbisTable) -> tuple[Sample, ...]:
    return tuple(Sample.model_validate(row) for row in rows.to_pyarrow().to_pylist())


def _joined_claims(texts: list[StringValue]) -> StringValue:
    whole = texts[0]
    for text in texts[1:]:
        whole = whole + text
    return whole


def _at_moments(mapped: IbisTable, table: CanonicalTable, read_on: date) -> Iterator[Claim]:
    """Return the claims, those on the order of times as claims on moments: where clocks go back, a later time may read earlier."""
    before = {
        later: earlier for earlier, later in table.ordered if {EARLIEST + earlier, LATEST + later} <= {*mapped.columns}
    }
    for claim in table.claims(read_on, said_day(mapped, read_on)):
        earlier = before.get(claim.column) if claim.name == "order" else None
        # null except around a change of the clocks
        broken = None if earlier is None else _[LATEST + claim.column] < _[EARLIEST + earlier]
        yield claim if broken is None else replace(claim, broken=ibis.ifelse(broken.notnull(), broken, claim.broken))


def _without_unparsed(mapped: IbisTable, claims: Iterable[Claim]) -> Iterator[Claim]:
    """Return the claims as they apply to parsed values: a value that cannot be parsed does not count as missing too."""
    for claim in claims:
        unread = UNREAD + claim.column
        missing = claim.name in {"null_id", "required"} and unread in mapped.columns
        yield replace(claim, broken=claim.broken & ~_[unread]) if missing else claim


def _parse_claims(mapped: IbisTable, table: CanonicalTable) -> Iterator[Claim]:
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
