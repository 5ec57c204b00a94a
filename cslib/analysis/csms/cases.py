"""What came of customers by who served them when it began: cases, and what was known of each at that close."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.effect.terms import Terms, largest
from cslib.facts.month_spine import plus_days
from cslib.periods import month_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ibis.expr.types import Table
    from numpy.typing import NDArray

    from cslib.analysis.effect.ground import Ground
    from cslib.facts import Facts
    from cslib.periods import Month

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

_YEAR = 12
_GOOD, _PROMOTER, _DETRACTOR = 4, 9, 6
_HALF, _THIRDS = 0.5, (1 / 3, 2 / 3)
_STATIC = ("industry", "region")


@dataclass(frozen=True)
class Kind:
    """An outcome of customers: what it needs, over how many months, and whether it is so or not, a number of days or a score."""

    id: str
    needs: tuple[str, ...]
    months: int = _YEAR
    scale: str = "share"  # or days, whose logarithm is compared, or points


KINDS = (
    Kind("customer_retention", ()),
    Kind("renewal_rate", ("contracts.term_months",)),
    Kind("adoption", ("usage.used_on",), months=3),
    Kind("onboarding_completion", ("milestones.completed_on",)),
    Kind("csat", ("surveys.score", "surveys.responded_on")),
    Kind("onboarding_days", ("milestones.completed_on",), scale="days"),
    Kind("nps", ("surveys.score", "surveys.responded_on"), scale="points"),
)


@dataclass(frozen=True)
class Cases:
    """Customers, by their places in the ground, the close at which the window of each begins, and what came of it."""

    customer: Ints
    start: Ints
    outcome: Floats

    def where(self, chosen: Flags) -> Cases:
        """Return some of the cases."""
        return Cases(self.customer[chosen], self.start[chosen], self.outcome[chosen])


class CaseBook:
    """The cases of each kind as of a month, and what was known at their starts."""

    def __init__(self, facts: Facts, as_of: Month, ground: Ground) -> None:
        self._facts, self._as_of, self.ground = facts, as_of, ground

    def cases(self, kind: Kind, end: int) -> Cases:
        """Return the cases of the months of a kind up to the close in column `end`.

        A window begins at the close before its first month or, of a customer that came later, at its first close in it; of onboarding,
        which is judged in the month in which its limit passes, at the customer's first close of all. Without such a close there is no case.
        """
        made = {
            "customer_retention": self._retained, "renewal_rate": self._renewed, "adoption": self._adopted,
            "onboarding_completion": self._onboarded, "csat": self._answered, "onboarding_days": self._onboarded, "nps": self._answered,
        }[kind.id](kind, end)  # fmt: skip
        who, outcome = made
        begins = 0 if kind.id.startswith("onboarding") else end - kind.months
        under = self.ground.under[who, begins : end + 1]
        start = begins + under.argmax(axis=1)
        return Cases(who, start, outcome).where(under.sum(axis=1) > 0)

    def _retained(self, kind: Kind, end: int) -> tuple[Ints, Floats]:
        who = np.flatnonzero(self.ground.under[:, end - kind.months])
        return who, self.ground.under[who, end].astype(np.float64)

    def _adopted(self, kind: Kind, end: int) -> tuple[Ints, Floats]:
        told = self.ground.adopted[:, end - kind.months + 1 : end + 1]
        who = np.flatnonzero(np.isfinite(told).all(axis=1))
        return who, (told[who].sum(axis=1) >= kind.months - 1).astype(np.float64)

    def _renewed(self, kind: Kind, end: int) -> tuple[Ints, Floats]:
        """Return a case per customer and month in which terms fell due: whether half of them or more were renewed."""
        rows = self._renewals[self._renewals.month_no.between(*self._months(kind, end))]
        each = rows.groupby(["customer_id", "month_no"], sort=True).replaced.mean()
        return self._placed(each.index.get_level_values(0), (each >= _HALF).astype(np.float64))

    def _onboarded(self, kind: Kind, end: int) -> tuple[Ints, Floats]:
        """Return who was onboarded within the limit, or after how many days, those that were not at the limit (a logarithm)."""
        rows = self._starts[self._starts.month_no.between(*self._months(kind, end))]
        limit = self._facts.policies.onboarding_days
        if kind.scale == "days":
            days = rows.days.fillna(limit).clip(1, limit)
            return self._placed(rows.customer_id, np.log(days))
        return self._placed(rows.customer_id, (rows.days <= limit).astype(np.float64))

    def _answered(self, kind: Kind, end: int) -> tuple[Ints, Floats]:
        rows = self.answers
        rows = rows[(rows.kind == kind.id) & rows.month_no.between(*self._months(kind, end))]
        if kind.id == "csat":
            share = (rows.score >= _GOOD).groupby(rows.customer_id).mean()
            return self._placed(share.index, (share >= _HALF).astype(np.float64))
        worth = (rows.score >= _PROMOTER).astype(np.float64) - (rows.score <= _DETRACTOR)
        mean = worth.groupby(rows.customer_id).mean()
        return self._placed(mean.index, mean)

    def _months(self, kind: Kind, end: int) -> tuple[int, int]:
        last = self.ground.first + end
        return last - kind.months + 1, last

    def _placed(self, ids: pd.Index[str] | pd.Series[str], values: pd.Series[float]) -> tuple[Ints, Floats]:
        who = self.ground.ids.get_indexer(pd.Index(ids))
        return who[who >= 0], values.to_numpy(np.float64)[who >= 0]

    @cached_property
    def _renewals(self) -> pd.DataFrame:
        rows = self._facts["renewals"].filter(_.event_no <= self._as_of.number)
        return _frame(rows.select("customer_id", "replaced", month_no=_.event_no))

    @cached_property
    def _starts(self) -> pd.DataFrame:
        """Return of each customer the month in which its limit of onboarding passes, and after how many days it was onboarded."""
        rows = self._facts["starts"]
        limit = plus_days(rows.first_start, self._facts.policies.onboarding_days)
        days = rows.onboarded_on.delta(rows.first_start, unit="day")
        return _frame(rows.select("customer_id", month_no=month_number(limit), days=days.cast("float64")))

    @cached_property
    def answers(self) -> pd.DataFrame:
        """The answers: customer_id, kind, month_no, score, and after how many days the customer was touched."""
        rows = self._facts["answers"].filter(_.event_no <= self._as_of.number)
        wait = rows.touched_on.delta(rows.responded_on, unit="day")
        told = rows.select(
            "customer_id",
            "kind",
            "responded_on",
            month_no=_.event_no,
            score=_.score.cast("float64"),
            wait=wait.cast("float64"),
        )
        return _frame(told)

    def features(self, cases: Cases, months: int) -> Floats:
        """Return what was known of each case at its start, a column each: size, product, age of the contract, trade, place, term due."""
        columns = [*self._sizes(cases), *self._products(cases), *self._common(cases)]
        ground, at = self.ground, (cases.customer, cases.start)
        columns.append(np.log1p(np.maximum(cases.start - ground.began[cases.customer], 0) / _YEAR))
        ahead = self._terms.next_due[at] - cases.start
        columns.append(((ahead > 0) & (ahead <= months)).astype(np.float64))
        return np.column_stack(columns)

    def _sizes(self, cases: Cases) -> Iterator[Floats]:
        paid = self.ground.mrr[cases.customer, cases.start]
        low, high = np.quantile(paid, _THIRDS)
        yield ((paid > low) & (paid <= high)).astype(np.float64)
        yield (paid > high).astype(np.float64)

    def _products(self, cases: Cases) -> Iterator[Floats]:
        """Yield who holds which product; the customers' plan only where there is one product."""
        inside = np.zeros(self.ground.under.shape, dtype=np.bool_)
        inside[cases.customer, cases.start] = True
        held = [marked[cases.customer, cases.start] for _name, marked in self._terms.shares(inside)]
        told = [one for one in held if one.min() < one.max()]
        yield from told or self._flags("plan", cases)

    def _common(self, cases: Cases) -> Iterator[Floats]:
        for column in _STATIC:
            yield from self._flags(column, cases)

    def _flags(self, column: str, cases: Cases) -> Iterator[Floats]:
        """Yield who has each value of a column of the customers that a tenth has or more."""
        if column in self._static:
            values = self._static[column].to_numpy(dtype=object)[cases.customer]
            for name in largest(pd.Series(values, dtype=object).value_counts() / max(len(values), 1)):
                yield (values == name).astype(np.float64)

    @cached_property
    def _terms(self) -> Terms:
        return Terms(self._facts, self._as_of, self.ground)

    @cached_property
    def _static(self) -> pd.DataFrame:
        wanted = [one for one in ("plan", *_STATIC) if not self._facts.missing([f"customers.{one}"])]
        return (
            _frame(self._facts.tables["customers"].select("customer_id", *wanted))
            .set_index("customer_id")
            .reindex(self.ground.ids)
        )


def _frame(rows: Table) -> pd.DataFrame:
    frame = rows.to_pyarrow().to_pandas()
    return frame.sort_values([*frame.columns], ignore_index=True)
