"""Customers under contract month by month: how each stood at the close, and what became of it since."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from cslib.facts.month_spine import left_join_columns
from cslib.kpis.by_customer import customer_figures
from cslib.kpis.cells import segment_cells
from cslib.kpis.kpi import Better
from cslib.periods import Month, months_up_to
from cslib.stats import ranked, turned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ibis.expr.types import NumericValue, Table
    from numpy.typing import NDArray

    from cslib.analysis.indicators import Indicator
    from cslib.facts import Facts
    from cslib.privacy.suppression import Cell

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

BOUGHT_MORE = 0.05  # of what was paid: a smaller rise is one of the price, which no early figure of a customer tells
NEEDS = ("contracts.ends_on",)  # without which nothing becomes of anybody


@dataclass(frozen=True)
class Outcome:
    """What may come after a figure: a movement of the contracts within so many months."""

    id: str
    movement: str
    horizon: int
    is_good: bool = False


@dataclass(frozen=True)
class Rows:
    """Rows of a panel that can be judged: a figure that was known, and whether the outcome came after it."""

    figures: Floats  # the lower, the more the outcome is to be expected
    ranks: Ints  # of the figures, within strata
    exposed: Flags  # on the side of the limit on which it is to be expected
    events: Flags
    strata: Ints
    customers: Ints
    months: Ints

    def where(self, chosen: Flags) -> Rows:
        """Return some of the rows."""
        return Rows(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


class Panel:
    """A row per customer under contract and month up to `as_of`, of all segments together.

    Pairs are made of customers of one month who lie in the same segments: else season, growth and the mix of segments would
    tell them apart.
    """

    def __init__(self, facts: Facts, as_of: Month, chosen: Sequence[Indicator]) -> None:
        self._facts, self._as_of, self.last = facts, as_of, as_of.number
        rows = _states(facts, as_of, chosen)
        ids = pd.Index(rows.customer_id.unique())
        self.customers: Ints = ids.get_indexer(rows.customer_id).astype(np.int64)
        self.months: Ints = rows.month_no.to_numpy(dtype=np.int64)
        self._first = facts.manifest.first.number
        lies_in, cells = memberships(facts, ids)
        self._members = {name: inside[self.customers] for name, inside in lies_in.items()}
        self.cells: list[Cell] = [
            frozenset(filter(None, cell.split("\n"))) for cell in cells
        ]  # of each customer the segments that it lies in
        cell = np.unique(cells.astype(str), return_inverse=True)[1][self.customers]
        self.strata: Ints = self.months * (cell.max(initial=0) + 1) + cell  # of each row the month and the segments
        self._figures = {one.id: rows[one.id].to_numpy(dtype=np.float64, na_value=np.nan) for one in chosen}
        self._under = np.zeros((len(ids), as_of.number - self._first + 1), dtype=np.bool_)
        self._under[self.customers, self.months - self._first] = True
        self.mrr: Floats = rows.closing_mrr.to_numpy(dtype=np.float64)
        self.ids = ids
        self._ranks: dict[str, NDArray[np.int32]] = {}
        self._covered: dict[str, Flags] = {}

    def inside(self, segment: str) -> Flags:
        """Return the rows of a segment's customers."""
        return self._members[segment]

    def with_figures(self, figures: Mapping[str, Floats]) -> Panel:
        """Return the panel of the same rows with other figures, by the id of what they are of."""
        other = copy(self)
        other._figures, other._ranks, other._covered = dict(figures), {}, {}  # noqa: SLF001 - its own
        other._movements, other._places = self._movements, self._places  # noqa: SLF001 - made once for both
        return other

    def figures(self, indicator: Indicator) -> Floats:
        """Return the figure in each row; nan where it is not known."""
        return self._figures[indicator.id]

    def place(self, customers: Ints, months: Ints) -> Ints:
        """Return the row of each customer in each month; -1 where it was not under contract."""
        since = months - self._first
        held = (since >= 0) & (since < self._places.shape[1])
        return np.where(held, self._places[customers, np.where(held, since, 0)], -1)

    @cached_property
    def _places(self) -> Ints:
        places = np.full(self._under.shape, -1, dtype=np.int64)
        places[self.customers, self.months - self._first] = np.arange(len(self.months))
        return places

    def figure(self, indicator: Indicator) -> Floats:
        """Return the figure of every row; nan where it is not known, and in months that the data do not tell of it."""
        return np.where(self._told(indicator), self._figures[indicator.id], np.nan)

    def next_month(self, movement: str) -> Ints:
        """Return of every row the number of the first month after it with such a movement, up to `as_of`; 0 without one."""
        moved = np.diff(self._movements[movement], axis=1, prepend=0)[:, 1:] > 0
        months = np.where(moved, self._first + np.arange(moved.shape[1]), np.iinfo(np.int64).max)
        ahead = np.minimum.accumulate(months[:, ::-1], axis=1)[:, ::-1]
        later = np.column_stack([ahead[:, 1:], np.full(len(ahead), np.iinfo(np.int64).max)])
        found = later[self.customers, self.months - self._first]
        return np.where(found == np.iinfo(np.int64).max, 0, found)

    def knows(self, indicator: Indicator, segment: str) -> bool:
        """Return whether the figure is known of anybody in the segment at any close."""
        return bool(self._told(indicator)[self._members[segment]].any())

    def rows(self, indicator: Indicator, outcome: Outcome, segment: str) -> Rows:
        """Return the rows of a segment whose figure is known, and whose months of the outcome are over."""
        over = self.months + outcome.horizon <= self._as_of.number
        chosen = np.flatnonzero(self._members[segment] & over & self._told(indicator))
        since = self.months[chosen] - self._first
        sums = self._movements[outcome.movement]
        at = self.customers[chosen] * sums.shape[1] + since + 1
        return self._judged(indicator, outcome, chosen, sums.take(at + outcome.horizon) > sums.take(at))

    def rows_at(self, indicator: Indicator, outcome: Outcome, segment: str, ahead: int) -> Rows:
        """Return the rows of those who are still under contract before the month `ahead` months later, and who moves in it."""
        over = self.months + ahead <= self._as_of.number
        chosen = np.flatnonzero(self._members[segment] & over & self._told(indicator))
        then = self.months[chosen] - self._first + ahead
        stays = self._under.take(self.customers[chosen] * self._under.shape[1] + then - 1)
        chosen, then = chosen[stays], then[stays]
        sums = self._movements[outcome.movement]
        at = self.customers[chosen] * sums.shape[1] + then
        return self._judged(indicator, outcome, chosen, sums.take(at + 1) > sums.take(at))

    def worse_now(self, indicator: Indicator) -> pd.Index[Any]:
        """Return the customers under contract at the close whose figure lies on the worse side of its limit, or of the median."""
        chosen = np.flatnonzero((self.months == self._as_of.number) & self._told(indicator))
        worse = _worse(*_higher(indicator, self._figures[indicator.id][chosen]))
        return self.ids[self.customers[chosen[worse]]]

    def _judged(self, indicator: Indicator, outcome: Outcome, chosen: Ints, events: Flags) -> Rows:
        higher, limit = _higher(indicator, self._figures[indicator.id][chosen])
        worse = _worse(higher, limit)
        is_turned = (indicator.better is Better.LOWER) != outcome.is_good
        return Rows(
            figures=-higher if outcome.is_good else higher,
            ranks=self._ranked(indicator, chosen, is_turned=is_turned),
            exposed=~worse if outcome.is_good else worse,
            events=events,
            strata=self.strata[chosen],
            customers=self.customers[chosen],
            months=self.months[chosen],
        )

    def _ranked(self, indicator: Indicator, chosen: Ints, *, is_turned: bool) -> Ints:
        """Return the ranks of some rows' figures, all of which are sorted once for all that is asked of them."""
        if indicator.id not in self._ranks:
            codes = ranked(self._figures[indicator.id], self.strata)
            self._ranks[indicator.id] = codes.astype(np.int32)  # half of the memory
        ranks = self._ranks[indicator.id][chosen].astype(np.int64)
        return turned(ranks, self.strata[chosen]) if is_turned else ranks

    def _told(self, indicator: Indicator) -> Flags:
        """Return the rows of months that the data tell the figure of, and in which it is known."""
        told: Flags = self.covers(indicator) & ~np.isnan(self._figures[indicator.id])
        return told

    def covers(self, indicator: Indicator) -> Flags:
        """Return the rows of months that the data tell the figure of."""
        if indicator.id not in self._covered:
            manifest, months = self._facts.manifest, np.unique(self.months)
            begins = manifest.begins(indicator.needs).number + indicator.span - 1
            able = [one >= begins and not manifest.silent(indicator.needs, Month(int(one))) for one in months]
            self._covered[indicator.id] = np.array(able, dtype=np.bool_)[np.searchsorted(months, self.months)]
        return self._covered[indicator.id]

    @cached_property
    def _movements(self) -> dict[str, Ints]:
        """How often each customer has moved so by the end of each month, from before the first on."""
        spine = self._facts["customer_months"]
        place = {one: number for number, one in enumerate(self.ids)}
        found = {}
        for movement in ("churn", "expansion"):
            bought = (movement != "expansion") | (_.expansion_mrr >= _.opening_mrr * BOUGHT_MORE)
            moves = spine.filter(_.movement == movement, _.month_no <= self._as_of.number, bought)
            frame = moves.select("customer_id", "month_no").to_pyarrow().to_pandas()
            counts = np.zeros((len(place), self._under.shape[1] + 1), dtype=np.int64)
            counts[frame.customer_id.map(place).to_numpy(dtype=np.int64), frame.month_no - self._first + 1] = 1
            found[movement] = np.cumsum(counts, axis=1)
        return found


def _states(facts: Facts, as_of: Month, chosen: Sequence[Indicator]) -> pd.DataFrame:
    rows = facts["customer_states"].filter(_.month_no <= as_of.number)
    theirs = [one for one in chosen if one.own]
    if theirs:
        own = facts.tables["customers"].select(
            "customer_id", **{f"own_{one.column}": _[one.column].try_cast("float64") for one in theirs}
        )
        rows = rows.join(own, "customer_id")
    declared = sorted((one.kpi for one in chosen if one.kpi is not None), key=lambda kpi: kpi.fact)
    months = months_up_to(as_of, as_of.number - facts.manifest.first.number + 1)
    for _fact, of_fact in groupby(declared, key=lambda kpi: kpi.fact):
        rows = left_join_columns(rows, customer_figures(facts, [*of_fact], months), "customer_id", "month_no")
    figures = {one.id: _figure(rows, one).cast("float64") for one in chosen}
    told = rows.select("customer_id", "month_no", closing_mrr=rows.closing_mrr.cast("float64"), **figures)
    return told.order_by("month_no", "customer_id").to_pyarrow().to_pandas()


def _figure(rows: Table, indicator: Indicator) -> NumericValue:
    """Return an indicator's figure of each row: of a KPI that counts or adds up it is 0 where there is nothing to count."""
    if indicator.kpi is None:
        figure: NumericValue = rows[f"own_{indicator.column}" if indicator.own else indicator.column]
        return figure
    value: NumericValue = rows[f"kpi_{indicator.kpi.id}"]
    return value if indicator.kpi.whole is not None else value.fill_null(0)


def memberships(facts: Facts, ids: pd.Index) -> tuple[dict[str, Flags], NDArray[np.object_]]:
    """Return who of `ids` lies in each segment, and of each the segments that it lies in, a line each."""
    told = segment_cells(facts).select("customer_id", "cell").to_pyarrow().to_pandas()
    cells = told.set_index("customer_id").cell.reindex(ids, fill_value="").to_numpy(dtype=object)
    seen, place = np.unique(cells.astype(str), return_inverse=True)
    lies = {name: np.array([name in cell.split("\n") for cell in seen], dtype=np.bool_) for name in facts.segments}
    inside = {name: there[place] for name, there in lies.items()}
    return inside, cells


def _higher(indicator: Indicator, figures: Floats) -> tuple[Floats, float | None]:
    """Return figures and their limit turned so that higher is better."""
    turn = 1 if indicator.better is Better.HIGHER else -1
    return turn * figures, None if indicator.limit is None else turn * indicator.limit


def _worse(higher: Floats, limit: float | None) -> Flags:
    """Return who lies on the worse side of the limit, or of the median: below it, or at it where nobody lies below."""
    if not len(higher):
        return np.zeros(0, dtype=np.bool_)
    at = float(np.median(higher)) if limit is None else limit
    below: Flags = higher < at
    return below if below.any() or limit is not None else higher <= at
