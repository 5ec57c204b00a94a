"""The customers behind a number: those that keep it from being better, the weightiest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from cslib.facts.calendar import attach
from cslib.kpis.kpi import Better
from cslib.kpis.rows import segment_rows

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr.types import Table

    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month


def customers_at(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return the customers with what they pay at the close of a month: customer_id, name, csm, plan, mrr; 0 without contract."""
    known = facts.tables["customers"].select("customer_id", "name", "csm", "plan")
    closing = facts["customer_months"].filter(_.month_no == as_of.number)
    paid = closing.select("customer_id", mrr=_.closing_mrr.cast("float64"))
    return attach(known, paid, "customer_id").to_pyarrow().to_pandas().fillna({"mrr": 0.0})


def customers_behind(facts: Facts, kpi: Kpi, as_of: Month, known: pd.DataFrame) -> pd.DataFrame:
    """Return the customers that weigh on a KPI: customer_id, name, csm, plan, mrr, part, whole, gap.

    `gap` is what is missing (whole - part) where higher is better, and the part itself where lower is; customers
    without a gap are left out. For a Kaplan-Meier figure `gap` is the days or months that an open case has waited.
    `known` are the `customers_at` that month. Sorted by gap, then by MRR, largest first.
    """
    rows = segment_rows(facts, [kpi], (as_of,))
    weighed = _waiting(rows, kpi) if kpi.part is None else _weighed(rows, kpi)
    found = weighed.filter(_.gap > 0).to_pyarrow().to_pandas()
    told = known.merge(found, on="customer_id")
    return told.sort_values(["gap", "mrr", "customer_id"], ascending=[False, False, True], ignore_index=True)


def _weighed(rows: Table, kpi: Kpi) -> Table:
    assert kpi.part is not None  # noqa: S101 - the caller asks for KPIs with a part only
    zero = ibis.literal(0.0)
    inside = rows.age < kpi.window
    part = ibis.ifelse(inside, kpi.part.per_row(rows).cast("float64"), zero)
    whole = ibis.ifelse(inside, kpi.whole.per_row(rows).cast("float64"), zero) if kpi.whole is not None else part * 0
    each = rows.group_by("customer_id").aggregate(part=part.sum(), whole=whole.sum())
    gap = each.part if kpi.better is Better.LOWER else each.whole - each.part
    return each.mutate(gap=gap)


def _waiting(rows: Table, kpi: Kpi) -> Table:
    if kpi.curve is None:
        return _weighed_by_nothing(rows)
    still = rows.filter(_.age < kpi.window, ~kpi.curve.observed)
    return still.select(
        "customer_id", part=ibis.literal(0.0), whole=ibis.literal(1.0), gap=kpi.curve.duration.cast("float64")
    )


def _weighed_by_nothing(rows: Table) -> Table:
    nothing = ibis.literal(0.0)
    return rows.select("customer_id", part=nothing, whole=nothing, gap=nothing)
