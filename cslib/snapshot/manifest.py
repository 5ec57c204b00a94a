"""What a snapshot says of itself: rows, columns, months, and what was set aside and why."""

from __future__ import annotations

from collections.abc import Sequence  # noqa: TC003 - pydantic reads the annotations at run time
from datetime import date  # noqa: TC003

from pydantic import BaseModel, ConfigDict

from cslib.errors import MonthError
from cslib.periods import Month


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Sample(_Frozen):
    """One row that breaks a claim: where it stands and what was found there."""

    file: str
    row: int
    value: str | None

    @property
    def sentence(self) -> str:
        """What was found, and where."""
        return f"{'nothing' if self.value is None else repr(self.value)} in {self.file} row {self.row}"


class SetAside(_Frozen):
    """The rows of a table that break one claim, and what was wanted there instead."""

    claim: str
    wanted: str = ""
    rows: int
    samples: tuple[Sample, ...]

    @property
    def sentence(self) -> str:
        """The claim, how many rows break it, what was wanted, and the first of what was found, each with its place."""
        found = ", ".join(sample.sentence for sample in self.samples)
        rows = f"{self.rows} row{'s' if self.rows > 1 else ''}"
        return (
            f"{self.claim}: {rows}; wanted {self.wanted}; found {found}{', …' if self.rows > len(self.samples) else ''}"
        )


class TableState(_Frozen):
    """A canonical table as it was read. `rows` counts all that were found, `set_aside` those that broke a claim.

    `brought` counts the rows that came over where a database summed them up; None where all were read.
    """

    rows: int
    set_aside: int
    claims: tuple[SetAside, ...]
    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    brought: int | None = None

    @property
    def share(self) -> float:
        """The share of the rows that was set aside; 0 for a table without rows."""
        return self.set_aside / self.rows if self.rows else 0.0


class Manifest(_Frozen):
    """The state of a whole snapshot. `first_month` and `last_month` are the months that the data hold."""

    read_on: date
    first_month: str
    last_month: str
    tables: dict[str, TableState]
    segments: dict[str, int]  # customers of each
    fingerprint: str = ""

    def month(self, as_of: str | None) -> Month:
        """Return the month to report; without one, the last that is over and that the data reach.

        Raises `MonthError` for a month that the data do not hold or that was not over when they were read.
        """
        first, last = self.first, self.last_over
        if last < first:
            raise MonthError(f"no month is over yet: the data begin in {first} and were read on {self.read_on}")
        if as_of is None:
            return last
        month = Month.parse(as_of)
        if month < first:
            raise MonthError(f"{month} lies before the data, which begin in {first}; choose {first} to {last}")
        if month > last:
            why = "was not over" if month >= Month.of(self.read_on) else "lies after the last month the data hold"
            raise MonthError(
                f"{month} {why} (data until {self.last_month}, read on {self.read_on}); choose {first} to {last}"
            )
        return month

    @property
    def first(self) -> Month:
        """The first month that the data hold."""
        return Month.parse(self.first_month)

    @property
    def last_over(self) -> Month:
        """The last month that is over and that the data reach."""
        return min(Month.parse(self.last_month), Month.of(self.read_on) - 1)

    @property
    def losses(self) -> tuple[str, ...]:
        """A sentence per table of which rows were set aside: how many, and by which claims."""
        return tuple(
            f"{name}: {state.set_aside} of {state.rows} rows set aside: "
            + ", ".join(f"{claim.claim} {claim.rows}" for claim in state.claims)
            for name, state in self.tables.items()
            if state.set_aside
        )

    def without_samples(self) -> Manifest:
        """Return the manifest without the rows it quotes, for those who may see a part of the customers only."""
        tables = {
            name: state.model_copy(
                update={"claims": tuple(claim.model_copy(update={"samples": ()}) for claim in state.claims)}
            )
            for name, state in self.tables.items()
        }
        return self.model_copy(update={"tables": tables})

    def missing(self, needs: Sequence[str]) -> list[str]:
        """Return those of `needs` (`table` or `table.column`) that the source does not hold."""
        absent = [need for need in needs if need.split(".")[0] not in self.tables]
        partial = [need for need in needs if need not in absent and not self._holds(*need.split("."))]
        # of a table that is not there, its columns need no mention
        return list(dict.fromkeys([need.split(".")[0] for need in absent] + partial))

    def _holds(self, table: str, column: str | None = None) -> bool:
        return column is None or column in self.tables[table].columns
