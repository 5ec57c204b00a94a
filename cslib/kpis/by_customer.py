"""KPIs of each customer and month, as columns that join whatever else is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.kpis.cells import segment_cells
from cslib.kpis.report_rows import customer_rows, segment_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr.types import NumericValue, Table

    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month


def customer_figures(facts: Facts, kpis: Sequence[Kpi], months: Sequence[Month]) -> Table:
    """Return what `kpis`, all with a part and of one fact table, come to of each customer: customer_id, month_no, `kpi_<id>`.

    A row per customer and month in which the fact table has any for it. A ratio is null where its whole is 0.
    """
    rows = customer_rows(segment_rows(facts, kpis, months), kpis, ["segment", "month_no"])
    # a customer is the same in each of its segments
    once = rows.join(segment_cells(facts).select("customer_id", "segment"), ["segment", "customer_id"])
    return once.select("customer_id", "month_no", **{f"kpi_{kpi.id}": _value(once, kpi) for kpi in kpis})


def _value(rows: Table, kpi: Kpi) -> NumericValue:
    part = rows[f"{kpi.id}|part"].cast("float64")
    return part if kpi.whole is None else part / rows[f"{kpi.id}|whole"].cast("float64").nullif(0)
