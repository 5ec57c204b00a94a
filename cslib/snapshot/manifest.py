"""What a snapshot says of itself: rows, columns, months, and what was quarantined and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence  # noqa: TC003 - pydantic reads the annotations at run time
from datetime import date  # noqa: TC003
from typing import Literal

from pydantic import Field

from cslib.errors import MonthError
from cslib.model import BY_NAME
from cslib.periods import Month
from cslib.validation.findings import Frozen, LeftOut, Mended, Question, RedactedText, Remark, SetAside

_LONG_AGO = 4  # months


class Cut(Frozen):
    """A table that stops before the end of the last month, though it reached the end of earlier ones."""

    table: str
    month: str
    last_day: date
    usual: int  # the days before the end of a month that earlier months stopped at most

    @property
    def sentence(self) -> str:
        """What looks incomplete, and why."""
        return (
            f"{self.table}: {self.month} looks incomplete: the last row is of {self.last_day}, while earlier months "
            f"reach {'their last day' if self.usual == 0 else f'the last {self.usual + 1} days'}; "
            f"figures of {self.month} may be too low"
        )


_TIED = (
    "surveys: {count:,} NPS answers were given by the same person at the same time as another one with a different score, so "
    "their ids decide which is the latest; map responded_on to a column with the time of day"
)


class TableState(Frozen):
    """A canonical table as it was read. `rows` counts all that were found: kept, `set_aside` in quarantine, `left_out`.

    `brought` counts the rows that were fetched where a database summed them up; None where all were read. `by_month` says of
    usage that its rows are sums of months, so that `used_on` holds no real day.
    """

    rows: int
    set_aside: int
    claims: tuple[SetAside, ...]
    columns: tuple[str, ...]
    files: tuple[RedactedText, ...]
    left_out: tuple[LeftOut, ...] = ()
    mended: tuple[Mended, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[Remark, ...] = ()
    brought: int | None = None
    empty: tuple[str, ...] = ()  # optional columns that are null in every row, whether the source has them or not
    by_month: bool = False

    @property
    def own(self) -> int:
        """The number of rows that are data, valid or not."""
        return self.rows - sum(each.rows for each in self.left_out)

    @property
    def share(self) -> float:
        """The share of the data rows that was set aside; 0 for a table without rows."""
        return self.set_aside / self.own if self.own else 0.0

    def without_files(self) -> TableState:
        """Return the state without the names of files."""
        return self.model_copy(update={"files": (), "notes": tuple(each.without_files() for each in self.notes)})

    def without_samples(self) -> TableState:
        """Return the state without the rows it quotes."""
        blank: dict[str, object] = {"samples": ()}
        return self.model_copy(
            update={
                "claims": tuple(each.model_copy(update=blank) for each in self.claims),
                "left_out": tuple(each.model_copy(update=blank) for each in self.left_out),
                "mended": tuple(each.model_copy(update=blank) for each in self.mended),
                "questions": (),
                "notes": tuple(each.model_copy(update=blank) for each in self.notes),
            }
        )


class Manifest(Frozen):
    """The state of a whole snapshot. `first_month` and `last_month` are those that the data cover."""

    read_on: date
    first_month: str
    last_month: str
    tables: dict[str, TableState]
    segments: dict[str, int]  # customers of each
    fingerprint: str = ""
    cuts: tuple[Cut, ...] = ()
    # by table of events, the months that it does not cover, each with the day of its last row before
    untold: dict[str, dict[str, date | None]] = Field(default={})
    newest: date | None = None  # the latest day in any table up to the reading
    firsts: dict[str, str] = Field(default={})  # the first month of each table that has days
    ties: int = 0  # answers with the same time as another one of the same person
    dated: tuple[str, ...] = ()  # what assignments tell of the customers month by month: csm, touch_model, team
    audience: Literal["internal", "external"] = (
        "internal"  # external: names are pseudonyms, and what tells of few is hidden
    )
    withheld: tuple[str, ...] = ()  # segments that are suppressed, since their customers are few

    def month(self, as_of: str | None) -> Month:
        """Return the month to report; without one, the last that is over and that every table covers.

        Raises `MonthError` for a month that the data do not cover or that was not over when they were read.
        """
        first, last = self.first, self.last_over
        if last < first:
            raise MonthError(f"no month is over yet: the data begin in {first} and were read on {self.read_on}")
        if as_of is None:
            return self.last_told
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
    def last_told(self) -> Month:
        """The last month that is over and that every table covers; the last that is over where there is none."""
        first, last = self.first, self.last_over
        silent = {month for months in self.untold.values() for month in months}
        covered = (month for back in range(last.number - first.number + 1) if str(month := last - back) not in silent)
        return next(covered, last)

    def silent(self, needs: Sequence[str], month: Month) -> dict[str, date | None]:
        """Return which tables among `needs` do not cover a month, each with the day of its last row before (None: none yet)."""
        names = dict.fromkeys(need.partition(".")[0] for need in needs)
        months = {name: self.untold.get(name, {}) for name in names}
        return {name: days[str(month)] for name, days in months.items() if str(month) in days}

    @property
    def late(self) -> str:
        """Why the month that is reported without a word is not the one before the reading; empty where it is."""
        month, last = self.last_told, Month.of(self.read_on) - 1
        if month == last:
            return ""
        names = [name for name, months in self.untold.items() if str(month + 1) in months]
        held = ", ".join(f"{name} until {self.untold[name][str(month + 1)]}" for name in names)
        why = f"{held}, as far as the rows of each tell" if names else f"the data end in {self.last_month}"
        return (
            f"the month reported is {month}, not {last}, the one before the reading on {self.read_on}: {why}; "
            f"another is chosen by --as-of"
        )

    @property
    def first(self) -> Month:
        """The first month that the data cover."""
        return Month.parse(self.first_month)

    def begins(self, needs: Sequence[str]) -> Month:
        """Return the first month that all of `needs` (`table` or `table.column`) cover."""
        starts = [
            Month.parse(self.firsts[table]) for table in {need.split(".")[0] for need in needs} & self.firsts.keys()
        ]
        return max(starts, default=self.first)

    @property
    def last_over(self) -> Month:
        """The last month that is over and that the data cover."""
        return min(Month.parse(self.last_month), Month.of(self.read_on) - 1)

    @property
    def losses(self) -> tuple[str, ...]:
        """A sentence for all that was not taken as it is: rows set aside, rows left out, a month that looks cut."""
        sentences = []
        for name, state in self.tables.items():
            if state.set_aside:
                claims = ", ".join(f"{claim.claim} {claim.rows:,}" for claim in state.claims)
                sentences.append(f"{name}: {state.set_aside:,} of {state.own:,} rows set aside: {claims}")
            sentences += [f"{name}: {each.sentence}" for each in state.left_out]
            sentences += [f"{name}: {note.sentence}" for note in state.notes]
        return (*sentences, *self.warnings)

    @property
    def warnings(self) -> tuple[str, ...]:
        """A sentence for each table whose last month looks cut, for answers whose order is unknown, for a source older than its reading."""
        tied = [_TIED.format(count=self.ties)] if self.ties else []
        return (*(cut.sentence for cut in self.cuts), *tied, *([self._stale] if self._stale else []))

    @property
    def _stale(self) -> str:
        """The warning for a source whose newest day is long before its reading: states would seem to have stood still."""
        if self.newest is None or Month.of(self.read_on).number - Month.of(self.newest).number < _LONG_AGO:
            return ""
        return (
            f"the newest day in the source is {self.newest}, long before its reading on {self.read_on}; if it was exported "
            "then, say so in source.yaml (read_on: YYYY-MM-DD), or months since seem to have changed nothing"
        )

    def without_samples(self) -> Manifest:
        """Return the manifest without the rows it quotes, for those who may see a part of the customers only."""
        tables = {name: state.without_samples() for name, state in self.tables.items()}
        return self.model_copy(update={"tables": tables})

    def for_reports(self) -> Manifest:
        """Return what reports show of the manifest: no rows, and nothing that changes where what they show does not."""
        return self.without_samples().model_copy(update={"segments": {}, "fingerprint": ""})

    def published(self) -> Manifest:
        """Return what the readers of a run may see: for outsiders neither quoted rows nor names of files."""
        if self.audience == "internal":
            return self
        shown = self.without_samples()
        tables = {name: state.without_files() for name, state in shown.tables.items()}
        return shown.model_copy(update={"tables": tables})

    def for_outsiders(self, withheld: Collection[str]) -> Manifest:
        """Return the manifest of the anonymised snapshot: without further columns, and without suppressed segments."""
        tables = {
            name: state.model_copy(
                update={"columns": tuple(one for one in state.columns if one in BY_NAME[name].privacy)}
            )
            for name, state in self.tables.items()
        }
        segments = {name: count for name, count in self.segments.items() if name not in withheld}
        said = {"tables": tables, "segments": segments, "audience": "external", "withheld": tuple(sorted(withheld))}
        return self.model_copy(update=said)

    def missing(self, needs: Sequence[str]) -> list[str]:
        """Return those of `needs` (`table` or `table.column`) that the source does not have."""
        absent = [need for need in needs if need.split(".")[0] not in self.tables]
        partial = [need for need in needs if need not in absent and not self._holds(*need.split("."))]
        # of a table that is not there, its columns need no mention
        return list(dict.fromkeys([need.split(".")[0] for need in absent] + partial))

    def _holds(self, table: str, column: str | None = None) -> bool:
        is_rolled_up = self.tables[table].by_month and column == "used_on"
        return column is None or (column in self.tables[table].columns and not is_rolled_up)
