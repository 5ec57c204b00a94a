"""Usage, judged and summed up where it lies: of millions of events only totals per customer and month cross over."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple, Protocol

import ibis
from ibis import _

from cslib.model import USAGE_SCHEMAS
from cslib.periods import Month, month_number
from cslib.source import NORMALISED
from cslib.source.non_data_rows import STRAYS
from cslib.validation.validate import ORPHAN, Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from ibis.common.deferred import Deferred
    from ibis.expr.types import BooleanValue, DateValue, IntegerValue, Table, Value

    from cslib.validation.validate import ValidatedTable


_FEWEST_CELLS, _FEWEST_MONTHS = 4, 2  # of which it is said that all their days are edges of months


class MonthCoverage(NamedTuple):
    """What a table of events holds of a month: the days of its first and its last row, and how many rows there are.

    `quiet` is the longest run of days without a row between two that have some; of usage it is not looked for.
    """

    first: date
    last: date
    rows: int
    quiet: int = 0


class ValidatedRows(Protocol):
    """Rows of which it is known which claims they break, as `ValidatedTable` knows it."""

    @property
    def rows(self) -> Table:
        """The rows, with their flags."""

    def violation_code(self) -> IntegerValue:
        """Return a number that stands for the claims that a row breaks; 0 for none, less for a row to be left out."""


@dataclass(frozen=True)
class UsageSums:
    """What is left of usage rows once they are summed up; all by customer, so that strangers can be left out later.

    cells: customer_id, month_no, violation (0: good rows), rows, events, users, user_days, has_used, last_day, first_core_day,
        core_features (how many of these were used in good rows), and for each column with respelled values `_mended_` and
        its name (how many).
    weeks: customer_id, week (its Monday): weeks in which a core feature was used.
    starts: customer_id, feature, first_used_on (core features only; at least the first customers of each).
    """

    cells: Table
    weeks: Table
    starts: Table

    @classmethod
    def of(cls, judged: ValidatedTable, core_features: Sequence[str]) -> UsageSums:
        """Return the sums as expressions for any engine; without `core_features` every feature is core."""
        rows, core = (
            with_violations(judged.rows, judged.violation_code(), core_features),
            core_rows(judged.valid_rows(), core_features),
        )
        core_day = ibis.ifelse(rows.is_core, rows.day, ibis.null("date")).min()
        people = by_user_month(
            rows, user_days=rows.day.nunique(), has_used=rows.day.count() > 0, first_core_day=core_day
        )
        weeks = core.select("customer_id", week=_.used_on.cast("timestamp").truncate("W").date())
        used = {"has_used": _.has_used.max(), "last_day": _.last_day.max(), "first_core_day": _.first_core_day.min()}
        features = by_features(core)
        return cls(
            with_feature_count(by_customer_month(people, **used), features), weeks.distinct(), feature_starts(features)
        )

    def brought(self, bring: Callable[[str, Table], Table]) -> UsageSums:
        """Return the sums in another place, each handed to `bring` with its name."""
        return UsageSums(**{field.name: bring(field.name, getattr(self, field.name)) for field in fields(self)})

    def counts(self, customers: Table | None, labels: Sequence[str]) -> Counts:
        """Return how many rows there are of each kind; `labels` names the claims that a violation stands for."""
        cells = self.cells.mutate(orphan=_is_orphan(self.cells, customers))
        claims = {f"c{place}": _total(cells, _bit(cells.violation, place)) for place in range(len(labels))}
        strays = {why: _total(cells, cells.violation == -1 - place) for place, why in enumerate(STRAYS)}
        mended = {name: cells[name].sum().fill_null(0) for name in _mended(cells)}
        found = cells.aggregate(
            rows=_total(cells, ibis.literal(value=True)),
            aside=_total(cells, cells.orphan | (cells.violation > 0)),
            orphans=_total(cells, cells.orphan),
            **claims,
            **strays,
            **mended,
        )
        (row,) = found.to_pyarrow().to_pylist()
        return Counts.of(
            rows=row["rows"],
            aside=row["aside"],
            claims={**{label: row[name] for label, name in zip(labels, claims, strict=True)}, ORPHAN: row["orphans"]},
            strays={why: row[why] for why in strays},
            mended={name.removeprefix(NORMALISED): int(row[name]) for name in mended},
        )

    def orphans(self, customers: Table, most: int) -> list[str]:
        """Return up to so many ids of customers that are not there."""
        ids = self.cells.filter(_is_orphan(self.cells, customers)).select("customer_id").distinct()
        return ids.order_by("customer_id").limit(most).to_pyarrow()["customer_id"].to_pylist()

    def of_customers(self, customers: Table) -> UsageSums:
        """Return the sums of these customers alone."""
        return self.brought(lambda _name, rows: rows.semi_join(customers, "customer_id"))

    def months(self) -> dict[Month, MonthCoverage]:
        """Return what good rows hold of each month that has any; the first of its days is not kept, and told as the last."""
        good = self.cells.filter(_.violation == 0).group_by("month_no")
        found = good.aggregate(last=_.last_day.max(), rows=_.rows.sum()).to_pyarrow().to_pylist()
        return {Month(row["month_no"]): MonthCoverage(row["last"], row["last"], row["rows"]) for row in found}

    def is_by_month(self) -> bool:
        """Return whether the rows were rolled up to months: each good one lies on the first or the last day of its month.

        Told of several months and customers only: of one month, that may be chance.
        """
        good = self.cells.filter(_.violation == 0)
        no_core_day_within = good.first_core_day.isnull() | _on_edge(good.first_core_day)
        by_month = _on_edge(good.last_day) & no_core_day_within & (good.user_days == good.users)
        found = good.aggregate(cells=good.count(), months=good.month_no.nunique(), others=(~by_month).sum())
        (row,) = found.mutate(weeks=self.weeks.count().as_scalar()).to_pyarrow().to_pylist()
        enough = row["cells"] >= _FEWEST_CELLS and row["months"] >= _FEWEST_MONTHS
        return enough and row["others"] == 0 and row["weeks"] <= row["cells"]

    def tables(self) -> dict[str, Table]:
        """Return the tables that stand for usage in a snapshot.

        usage_months: customer_id, month_no, events, users, user_days, core_features (each a count).
        usage_weeks: customer_id, week. usage_starts: customer_id, first_core_use.
        features: feature, first_used_on, by anyone (core features only).
        """
        return {
            "usage_months": self.cells.filter(_.violation == 0, _.has_used).select(*USAGE_SCHEMAS["usage_months"]),
            "usage_weeks": self.weeks,
            "usage_starts": _first_uses(self.cells),
            "features": self.starts.group_by("feature").aggregate(first_used_on=_.first_used_on.min()),
        }


def _first_uses(cells: Table) -> Table:
    used = cells.filter(_.violation == 0, _.first_core_day.notnull())
    return used.group_by("customer_id").aggregate(first_core_use=_.first_core_day.min())


def with_violations(judged: Table, violation: IntegerValue, core_features: Sequence[str]) -> Table:
    """Return the rows with their violation, their `day` where they count as use, and whether it is of a core feature."""
    names = ("customer_id", "user_id", "used_on", "feature", "events", *_mended(judged))
    rows = judged.select(*names, violation=violation)
    is_used = (rows.violation == 0) & (rows.events > 0)
    is_core = is_used & rows.feature.isin(list(core_features)) if core_features else is_used
    return rows.mutate(day=ibis.ifelse(is_used, rows.used_on, ibis.null("date")), is_core=is_core)


def core_rows(good: Table, core_features: Sequence[str]) -> Table:
    """Return the good rows in which a core feature was used."""
    used = good.filter(good.events > 0)
    return used.filter(used.feature.isin(list(core_features))) if core_features else used


def by_user_month(rows: Table, **days: Value) -> Table:
    """Return a row per user and month: first the people, then the customers, so that nothing is counted twice."""
    keys = {"month_no": month_number(rows.used_on)}
    return rows.group_by("customer_id", "user_id", "violation", **keys).aggregate(
        rows=rows.count(),
        events=rows.events.sum(),
        last_day=rows.used_on.max(),
        **{name: rows[name].sum() for name in _mended(rows)},
        **days,
    )


def by_customer_month(people: Table, month: str = "month_no", **further: Deferred) -> Table:
    """Return a row per customer, month (the column that tells it) and violation; `people` tell who `has_used`, on how many days."""
    return people.group_by("customer_id", month, "violation").aggregate(
        # added as doubles, exact to 2 ** 53: engines keep sums of whole numbers wider than Ibis believes, and take longer
        **{name: _sum(people[name]) for name in ("rows", "events", *_mended(people))},
        users=ibis.ifelse(people.has_used, people.user_id, ibis.null("string")).count(),
        user_days=_sum(ibis.ifelse(people.user_id.notnull(), people.user_days, 0)),
        **further,
    )


def _sum(numbers: IntegerValue) -> IntegerValue:
    return numbers.cast("float64").sum().cast("int64")


def _mended(table: Table) -> list[str]:
    """Return the columns that say, or count, where values were respelled."""
    return [name for name in table.columns if name.startswith(NORMALISED)]


def by_features(rows: Table, *further: str) -> Table:
    """Return who used which feature in which month, and when first; `further` columns tell rows apart as well."""
    return rows.group_by("customer_id", "feature", *further, month_no=month_number(rows.used_on)).aggregate(
        first_used_on=_.used_on.min()
    )


def with_feature_count(cells: Table, features: Table) -> Table:
    """Return the cells with the number of core features that were used; `features` are those rows of `by_features`."""
    breadth = features.group_by("customer_id", "month_no").aggregate(core_features=_.count())
    joined = cells.left_join(breadth, ["customer_id", "month_no"])
    return joined.select(*cells.columns, core_features=joined.core_features.fill_null(0))


def feature_starts(features: Table) -> Table:
    """Return when each customer used each feature first, of rows of `by_features`."""
    return features.group_by("customer_id", "feature").aggregate(first_used_on=_.first_used_on.min())


def _on_edge(day: DateValue) -> BooleanValue:
    return (day.day() == 1) | ((day + ibis.interval(days=1)).day() == 1)


def _is_orphan(cells: Table, customers: Table | None) -> BooleanValue:
    if customers is None:
        return ibis.literal(value=False)
    return (cells.violation >= 0) & cells.customer_id.notnull() & cells.customer_id.notin(customers.customer_id)


def _bit(number: IntegerValue, place: int) -> BooleanValue:
    return (number > 0) & ((number & 2**place) != 0)


def _total(cells: Table, counted: BooleanValue) -> IntegerValue:
    return _sum(ibis.ifelse(counted, cells.rows, 0)).fill_null(0)
