"""What is known of each customer at each close, as matrices: what a programme is held against, and what it may hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.panel import memberships
from cslib.kpis import reasons
from cslib.periods import Month, month_number

if TYPE_CHECKING:
    from ibis.expr.types import Table
    from numpy.typing import NDArray

    from cslib.facts import Facts
    from cslib.privacy.suppression import Cell

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

USE, ADOPTION, NPS, MRR_KEPT = "use", "adoption", "nps", "mrr_kept"
LOSSES = {"lost_6": 6, "lost_12": 12}
MRR_RETAINED = "mrr_retained"
NEEDS = ("contracts.ends_on",)
_NEEDS = {USE: ("usage",), ADOPTION: ("usage.used_on",), NPS: ("surveys.score", "surveys.responded_on")}
_GRAVE = ("high", "urgent")
_PROMOTER, _DETRACTOR = 9, 6


class Ground:
    """Customers in rows, months up to `as_of` in columns, from the first month that the data cover.

    Who has ever been under contract or in a programme by then has a row. A figure is nan where it is not known, and in months
    without a contract: nobody who has left uses nothing.
    """

    def __init__(self, facts: Facts, as_of: Month, joined: pd.Series[str]) -> None:
        self._facts, self.first = facts, facts.manifest.first.number
        self.months = as_of.number - self.first + 1
        frame = _closes(facts, as_of)
        self.ids = pd.Index(np.unique(np.concatenate([frame.customer_id.to_numpy(str), joined.to_numpy(str)])))
        self.members, cells = memberships(facts, self.ids)
        self.cells: list[Cell] = [frozenset(filter(None, cell.split("\n"))) for cell in cells]
        self._at = self.ids.get_indexer(frame.customer_id), frame.month_no.to_numpy(np.int64) - self.first
        self.under: Flags = self._placed(np.ones(len(frame)), 0.0) > 0
        self.mrr = self._placed(frame.mrr, np.nan)
        self.seats = self._placed(frame.seats.where(frame.seats > 0), np.nan)
        self.began: Floats = np.full(len(self.ids), np.nan)
        self.began[self._at[0]] = frame.began.to_numpy(np.float64) - self.first
        self._events, self._weeks = self._placed(frame.events, np.nan), self._placed(frame.core_weeks, np.nan)

    def _placed(self, values: Any, empty: float) -> Floats:  # noqa: ANN401 - a column of a frame, of whatever numbers
        matrix = np.full((len(self.ids), self.months), empty)
        matrix[self._at] = np.asarray(values, dtype=np.float64)
        return matrix

    def lacks(self, outcome: str) -> str:
        """Return what the source would have to hold for an outcome; an empty text where it does."""
        absent = self._facts.missing(_NEEDS.get(outcome, ()))
        if absent == ["usage.used_on"]:
            return reasons.NO_DAYS
        return f"{reasons.NEEDS} {', '.join(absent)}" if absent else ""

    @property
    def has_seats(self) -> bool:
        """Whether anybody's seats are known, so that use can be told per seat."""
        return not self._facts.missing(["contracts.seats"]) and bool((self.seats > 0).any())

    @property
    def events(self) -> Floats:
        """Events of the month; nan in months that the record of usage does not cover."""
        return np.where(self._covered("usage"), self._events, np.nan)

    @property
    def use(self) -> Floats:
        """Events of the month per seat, or events alone where no seats are known."""
        return self.events / self.seats if self.has_seats else self.events

    @property
    def adopted(self) -> Floats:
        """Whether each had adopted at the close, 0 or 1, by the policy `adoption_weeks`."""
        active = self._facts.policies.adoption_weeks.active
        known = self._covered("usage") & np.isfinite(self._weeks)
        return np.where(known, self._weeks >= active, np.nan)

    def answers(self) -> Floats:
        """Return the mean of the month's NPS answers of each customer, each 1, 0 or -1."""
        rows = self._facts.tables["surveys"].filter(_.kind == "nps", _.score.notnull(), _.responded_on.notnull())
        worth = (rows.score >= _PROMOTER).cast("int64") - (rows.score <= _DETRACTOR).cast("int64")
        counted = rows.select("customer_id", month_no=month_number(rows.responded_on), worth=worth)
        frame = _by_month(counted, figure=_.worth.mean())
        return np.where(self.under, self.spread(frame, np.nan), np.nan)

    def tickets(self, *, grave: bool = False) -> Floats:
        """Return the tickets that each customer opened in the month, or the grave ones, per seat where seats are known."""
        rows = self._facts.tables["tickets"].filter(_.opened_at.notnull())
        chosen = rows.filter(_.severity.isin(_GRAVE)) if grave else rows
        frame = _by_month(chosen.select("customer_id", month_no=month_number(chosen.opened_at)), figure=_.count())
        told = np.where(self._covered("tickets") & self.under, self.spread(frame, 0.0), np.nan)
        return told / self.seats if self.has_seats else told

    def spread(self, frame: pd.DataFrame, empty: float) -> Floats:
        """Return the `figure` of each customer_id and month_no of a frame as a matrix, `empty` where there is none."""
        who, month = self.ids.get_indexer(frame.customer_id), frame.month_no.to_numpy(np.int64) - self.first
        inside = (who >= 0) & (month >= 0) & (month < self.months)
        matrix = np.full(self.under.shape, empty)
        matrix[who[inside], month[inside]] = frame.figure.to_numpy(np.float64)[inside]
        return matrix

    def _covered(self, table: str) -> Flags:
        """Return the months of which a table of events tells."""
        manifest, months = self._facts.manifest, np.arange(self.first, self.first + self.months)
        silent = [Month.parse(month).number for month in manifest.untold.get(table, {})]
        return (months >= manifest.begins([table]).number) & ~np.isin(months, silent)


def _closes(facts: Facts, as_of: Month) -> pd.DataFrame:
    rows = facts["customer_months"].filter(_.closing_mrr > 0, _.month_no <= as_of.number)
    long_enough = rows.last_day.delta(rows.stint_start, unit="day") + 1 >= 7 * rows.adoption_of
    told = rows.select(
        "customer_id",
        "month_no",
        mrr=rows.closing_mrr.cast("float64"),
        seats=rows.seats.cast("float64"),
        events=rows.events.cast("float64"),
        core_weeks=long_enough.ifelse(rows.core_weeks, None).cast("float64"),
        began=month_number(rows.first_start),
    )
    return told.order_by("customer_id", "month_no").to_pyarrow().to_pandas()


def _by_month(rows: Table, **figure: Any) -> pd.DataFrame:  # noqa: ANN401 - an expression over the rows
    return rows.group_by(["customer_id", "month_no"]).aggregate(**figure).to_pyarrow().to_pandas()
