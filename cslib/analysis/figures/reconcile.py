"""Figures compared with each other: the laws that every report must keep, and two readings of NRR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import pandas as pd
from ibis import _

if TYPE_CHECKING:
    from cslib.facts import Facts
    from cslib.periods import Month

_YEAR = 12
MONTHS_OF_NRR = _YEAR + 1  # the close of a year ago and all since
_ROUNDING = 1e-9


def laws(facts: Facts, measured: pd.DataFrame) -> pd.DataFrame:
    """Return each law with how often it was tried and how often it was broken: law, tried, broken.

    `measured` is the long table of the one segment that `facts` hold. bridge: opening + movements = closing, for every
    customer and month; continuity: this closing = next opening; retention: GRR is at most 1 and at most NRR; churn:
    customers lost = customers at the opening less those kept; revenue: revenue churn = 1 less monthly gross retention.
    """
    spine = facts["customer_months"]
    values = measured.pivot_table(index="month", columns="kpi", values="value", dropna=False)
    parts = measured.pivot_table(index="month", columns="kpi", values="part", dropna=False)
    months = _monthly(facts).reindex(values.index)
    found = {
        "bridge": _rows_broken(spine, _bridge(spine) != spine.closing_mrr),
        "continuity": _rows_broken(spine, _before(spine) != spine.opening_mrr),
        "retention": _broken(values["grr"] > values["nrr"].clip(upper=1) + _ROUNDING, values["grr"]),
        "churn": _broken(parts["customer_churn"] != months.opened - months.kept, values["customer_churn"]),
        "revenue": _broken(
            (values["revenue_churn"] - (1 - months.retained)).abs() > _ROUNDING, values["revenue_churn"]
        ),
    }
    return pd.DataFrame([{"law": law, "tried": tried, "broken": broken} for law, (tried, broken) in found.items()])


def _bridge(spine: ibis.Table) -> ibis.expr.types.NumericColumn:
    gains = spine.new_mrr + spine.reactivation_mrr + spine.expansion_mrr
    return spine.opening_mrr + gains - spine.contraction_mrr - spine.churned_mrr


def _before(spine: ibis.Table) -> ibis.expr.types.NumericColumn:
    along = ibis.window(group_by="customer_id", order_by="month_no")
    return spine.closing_mrr.lag(1).over(along).fill_null(0)


def _rows_broken(spine: ibis.Table, broken: ibis.expr.types.BooleanColumn) -> tuple[int, int]:
    judged = spine.select(broken=broken)
    found = judged.aggregate(tried=_.count(), broken=_.broken.sum().fill_null(0)).to_pyarrow().to_pylist()[0]
    return int(found["tried"]), int(found["broken"])


def _broken(broken: pd.Series, value: pd.Series) -> tuple[int, int]:
    return int(value.notna().sum()), int((broken & value.notna()).sum())


def _monthly(facts: Facts) -> pd.DataFrame:
    spine = facts["customer_months"]
    kept = (_.opening_mrr > 0) & (_.closing_mrr > 0)
    whole = _.opening_mrr.sum().cast("float64").nullif(0)
    found = spine.group_by("month").aggregate(
        opened=(_.opening_mrr > 0).sum(),
        kept=kept.sum(),
        retained=ibis.least(_.opening_mrr, _.closing_mrr).sum().cast("float64") / whole,
    )
    return found.to_pyarrow().to_pandas().set_index("month")


@dataclass(frozen=True)
class TwoReadings:
    """NRR read from customers and from the bridge, in amounts of MRR.

    `then` is the MRR of 12 months ago and `now` what the same customers pay today: NRR = now / then. The bridge adds
    the movements of everyone but the new to `then`; it differs by `later`, what the customers gained or regained since
    have moved after they came, which NRR must not count; they are so many as `moved_later` says.
    """

    then: float
    now: float
    later: float
    moved_later: int

    @property
    def cohort(self) -> float | None:
        """NRR as defined; None without customers 12 months ago."""
        return self.now / self.then if self.then else None

    @property
    def bridge(self) -> float | None:
        """What the bridge of the last 12 months would make of it; None without customers 12 months ago."""
        return (self.now + self.later) / self.then if self.then else None


def two_readings(facts: Facts, as_of: Month) -> TwoReadings:
    """Return NRR as defined next to its reading from twelve months of movements."""
    spine = facts["customer_months"]
    start = (as_of - _YEAR).number
    then = spine.filter(_.month_no == start, _.closing_mrr > 0).select("customer_id", mrr_then=_.closing_mrr)
    year = spine.filter(_.month_no > start, _.month_no <= as_of.number)
    net = year.reactivation_mrr + year.expansion_mrr - year.contraction_mrr - year.churned_mrr
    moved = year.mutate(net=net).group_by("customer_id").aggregate(net=_.net.sum())
    later = moved.anti_join(then, "customer_id").filter(_.net != 0)
    return TwoReadings(
        then=_total(then.mrr_then),
        now=_total(then.mrr_then) + _total(moved.semi_join(then, "customer_id").net),
        later=_total(later.net),
        moved_later=int(later.count().to_pyarrow().as_py()),
    )


def _total(column: ibis.expr.types.NumericColumn) -> float:
    return float(column.sum().cast("float64").fill_null(0.0).to_pyarrow().as_py())
