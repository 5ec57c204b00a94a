"""Usage, validated and summed up where it is stored: of millions of rows only totals per customer and month are fetched.

The terms (user-month, customer-month, violation) are defined in `cslib.usage.bitmask_duckdb`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, Protocol

import ibis
from ibis import _

from cslib.model import USAGE_SCHEMAS
from cslib.periods import Month, month_number
from cslib.source import NORMALISED
from cslib.source.asked import asked_of
from cslib.source.non_data_rows import STRAYS
from cslib.validation.validate import ORPHAN, Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from ibis.common.deferred import Deferred
    from ibis.expr.types import BooleanValue, DateValue, IntegerValue, Table, Value

    from cslib.validation.validate import ValidatedTable


_FEWEST_CELLS, _FEWEST_MONTHS = 4, 2  # fewer of these with days at the edges of months alone may be chance


class MonthCoverage(NamedTuple):
    """What a table of events holds of a month: the days of its first and its last row, and the number of rows.

    `quiet` is the longest run of days without a row between two that have some; not computed (0) for usage.
    """

    first: date
    last: date
    rows: int
    quiet: int = 0


class ValidatedRows(Protocol):
    """Rows with the claims that each of them breaks, as in a `ValidatedTable`."""

    @property
    def rows(self) -> Table:
        """The rows, with their flags."""

    def violation_code(self) -> IntegerValue:
        """Return the code of the claims that a row breaks: 0 for none, negative for a non-data row."""


@dataclass(frozen=True)
class UsageSums:
    """The sums of usage rows; all by customer, so that rows of unknown customers can be left out later.

    cells: the customer-months: customer_id, month_no, violation (0: valid rows), rows, events, users, user_days, has_used,
        last_day, first_core_day, core_features (how many of these were used in valid rows), and for each column with normalised
        values `_mended_` and its name (how many).
    weeks: customer_id, week (its Monday): weeks in which a core feature was used.
    starts: customer_id, feature, first_used_on (core features only; at least the first customers of each).
    """

    cells: Table
    weeks: Table
    starts: Table

    @classmethod
    def of(cls, validated: ValidatedTable, core_features: Sequence[str]) -> UsageSums:
        """Return the sums as expressions for any engine; without `core_features` every feature is core."""
        rows, core = (
            with_violations(validated.rows, validated.violation_code(), core_features),
            core_rows(validated.valid_rows(), core_features),
        )
        core_day = ibis.ifelse(rows.is_core, rows.day, ibis.null("date")).min()
        user_months = by_user_month(
            rows, user_days=rows.day.nunique(), has_used=rows.day.count() > 0, first_core_day=core_day
        )
        weeks = core.select("customer_id", week=_.used_on.cast("timestamp").truncate("W").date())
        used = {"has_used": _.has_used.max(), "last_day": _.last_day.max(), "first_core_day": _.first_core_day.min()}
        features = by_features(core)
        return cls(
            with_feature_count(by_customer_month(user_months, **used), features),
            weeks.distinct(),
            feature_starts(features),
        )

    def brought(self, bring: Callable[[str, Table], Table]) -> UsageSums:
        """Return the sums with each table replaced by what `bring` returns for its name and the table, as when fetched."""
        return UsageSums(**{field.name: bring(field.name, getattr(self, field.name)) for field in fields(self)})

    def counts(self, customers: Table | None, labels: Sequence[str]) -> Counts:
        """Return the number of rows of each kind; `labels` names the claims in the order of the bits of a violation."""
        tables = [self.cells] if customers is None else [self.cells, customers]
        counted = partial(_counted, self.cells, customers, len(labels))
        (row,) = asked_of(*tables, by=len(labels)).answer("counts", counted).to_pylist()
        return Counts.of(
            rows=row["rows"],
            aside=row["aside"],
            claims={**{label: row[f"c{place}"] for place, label in enumerate(labels)}, ORPHAN: row["orphans"]},
            strays={why: row[why] for why in STRAYS},
            mended={name.removeprefix(NORMALISED): int(row[name]) for name in _mended(self.cells)},
        )

    def orphans(self, customers: Table, most: int) -> list[str]:
        """Return up to `most` ids that are not among `customers`."""
        ids = self.cells.filter(_is_orphan(self.cells, customers)).select("customer_id").distinct()
        return ids.order_by("customer_id").limit(most).to_pyarrow()["customer_id"].to_pylist()

    def of_customers(self, customers: Table) -> UsageSums:
        """Return the sums of these customers alone."""
        return self.brought(
            lambda _name, rows: asked_of(rows, customers).described(
                "own", partial(rows.semi_join, customers, "customer_id")
            )
        )

    def months(self) -> dict[Month, MonthCoverage]:
        """Return the coverage of each month with valid rows; its first day is not kept, and is reported as the last."""
        good = partial(self.cells.filter, _.violation == 0)
        found = asked_of(self.cells).answer(
            "months", lambda: good().group_by("month_no").aggregate(last=_.last_day.max(), rows=_.rows.sum())
        )
        return {
            Month(row["month_no"]): MonthCoverage(row["last"], row["last"], row["rows"]) for row in found.to_pylist()
        }

    def is_by_month(self) -> bool:
        """Return whether the rows were rolled up to months: each valid one is of the first or the last day of its month.

        False for few months or customer-months: of one month, that may be chance.
        """
        (row,) = (
            asked_of(self.cells, self.weeks).answer("by month", partial(_by_month, self.cells, self.weeks)).to_pylist()
        )
        enough = row["cells"] >= _FEWEST_CELLS and row["months"] >= _FEWEST_MONTHS
        return enough and row["others"] == 0 and row["weeks"] <= row["cells"]

    def tables(self) -> dict[str, Table]:
        """Return the tables of usage as they are stored in a snapshot.

        usage_months: customer_id, month_no, events, users, user_days, core_features (each a count).
        usage_weeks: customer_id, week. usage_starts: customer_id, first_core_use.
        features: feature, first_used_on, by anyone (core features only).
        """
        cells = asked_of(self.cells)
        return {
            "usage_months": cells.described("usage_months", partial(_usage_months, self.cells)),
            "usage_weeks": self.weeks,
            "usage_starts": cells.described("usage_starts", partial(_usage_starts, self.cells)),
            "features": asked_of(self.starts).described("features", partial(_features, self.starts)),
        }


def _counted(cells: Table, customers: Table | None, labels: int) -> Table:
    """Return the number of rows of each kind: a column for each claim by its place, each kind of non-data row, and each normalised column."""
    cells = cells.mutate(orphan=_is_orphan(cells, customers))
    claims = {
        f"c{place}": _total(cells, (cells.violation > 0) & ((cells.violation & 2**place) != 0))
        for place in range(labels)
    }
    return cells.aggregate(
        rows=_total(cells, ibis.literal(value=True)),
        aside=_total(cells, cells.orphan | (cells.violation > 0)),
        orphans=_total(cells, cells.orphan),
        **claims,
        **{why: _total(cells, cells.violation == -1 - place) for place, why in enumerate(STRAYS)},
        **{name: cells[name].sum().fill_null(0) for name in _mended(cells)},
    )


def _by_month(cells: Table, weeks: Table) -> Table:
    good = cells.filter(_.violation == 0)
    no_core_day_within = good.first_core_day.isnull() | _on_edge(good.first_core_day)
    by_month = _on_edge(good.last_day) & no_core_day_within & (good.user_days == good.users)
    found = good.aggregate(cells=good.count(), months=good.month_no.nunique(), others=(~by_month).sum())
    return found.mutate(weeks=weeks.count().as_scalar())


def _usage_months(cells: Table) -> Table:
    return cells.filter(_.violation == 0, _.has_used).select(*USAGE_SCHEMAS["usage_months"])


def _usage_starts(cells: Table) -> Table:
    core_uses = cells.filter(_.violation == 0, _.first_core_day.notnull())
    return core_uses.group_by("customer_id").aggregate(first_core_use=_.first_core_day.min())


def _features(starts: Table) -> Table:
    return starts.group_by("feature").aggregate(first_used_on=_.first_used_on.min())


def with_violations(validated: Table, violation: IntegerValue, core_features: Sequence[str]) -> Table:
    """Return the rows with their violation, their `day` where they count as use, and whether it is of a core feature."""
    names = ("customer_id", "user_id", "used_on", "feature", "events", *_mended(validated))
    rows = validated.select(*names, violation=violation)
    is_used = (rows.violation == 0) & (rows.events > 0)
    is_core = is_used & rows.feature.isin(list(core_features)) if core_features else is_used
    return rows.mutate(day=ibis.ifelse(is_used, rows.used_on, ibis.null("date")), is_core=is_core)


def core_rows(good: Table, core_features: Sequence[str]) -> Table:
    """Return the valid rows in which a core feature was used."""
    used = good.filter(good.events > 0)
    return used.filter(used.feature.isin(list(core_features))) if core_features else used


def by_user_month(rows: Table, **days: Value) -> Table:
    """Return the user-months of rows, with `days` as further aggregates; summed up to customers next, none is counted twice."""
    keys = {"month_no": month_number(rows.used_on)}
    return rows.group_by("customer_id", "user_id", "violation", **keys).aggregate(
        rows=rows.count(),
        events=rows.events.sum(),
        last_day=rows.used_on.max(),
        **{name: rows[name].sum() for name in _mended(rows)},
        **days,
    )


def by_customer_month(user_months: Table, month: str = "month_no", **further: Deferred) -> Table:
    """Return the customer-months of user-months with `has_used` and `user_days`; `month` names the column of the month."""
    return user_months.group_by("customer_id", month, "violation").aggregate(
        # added as doubles, exact to 2 ** 53: engines keep sums of whole numbers wider than Ibis believes, and take longer
        **{name: _sum(user_months[name]) for name in ("rows", "events", *_mended(user_months))},
        users=ibis.ifelse(user_months.has_used, user_months.user_id, ibis.null("string")).count(),
        user_days=_sum(ibis.ifelse(user_months.user_id.notnull(), user_months.user_days, 0)),
        **further,
    )


def _sum(numbers: IntegerValue) -> IntegerValue:
    return numbers.cast("float64").sum().cast("int64")


def _mended(table: Table) -> list[str]:
    """Return the columns that flag, or count, normalised values."""
    return [name for name in table.columns if name.startswith(NORMALISED)]


def by_features(rows: Table, *further: str) -> Table:
    """Return the first use per customer, feature, month and `further` columns: `first_used_on`."""
    return rows.group_by("customer_id", "feature", *further, month_no=month_number(rows.used_on)).aggregate(
        first_used_on=_.used_on.min()
    )


def with_feature_count(cells: Table, features: Table) -> Table:
    """Return customer-months with the number of core features used; `features` are the core rows of `by_features`."""
    breadth = features.group_by("customer_id", "month_no").aggregate(core_features=_.count())
    joined = cells.left_join(breadth, ["customer_id", "month_no"])
    return joined.select(*cells.columns, core_features=joined.core_features.fill_null(0))


def feature_starts(features: Table) -> Table:
    """Return the first use per customer and feature, of rows of `by_features`."""
    return features.group_by("customer_id", "feature").aggregate(first_used_on=_.first_used_on.min())


def _on_edge(day: DateValue) -> BooleanValue:
    return (day.day() == 1) | ((day + ibis.interval(days=1)).day() == 1)


def _is_orphan(cells: Table, customers: Table | None) -> BooleanValue:
    if customers is None:
        return ibis.literal(value=False)
    return (cells.violation >= 0) & cells.customer_id.notnull() & cells.customer_id.notin(customers.customer_id)


def _total(cells: Table, counted: BooleanValue) -> IntegerValue:
    return _sum(ibis.ifelse(counted, cells.rows, 0)).fill_null(0)
