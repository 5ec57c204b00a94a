"""The customers behind a number: those that a list of it names, the weightiest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
from ibis import _

from cslib.facts.month_spine import left_join_columns
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Better, Half, Listed, Total, Unlisted
from cslib.kpis.report_rows import segment_rows

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr.types import Table

    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month

_COLUMNS = ["customer_id", "name", "csm", "plan", "mrr"]


def customers_at(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return the customers with what they pay at the close of a month: customer_id, name, csm, plan, mrr.

    `mrr` is 0 for a customer without contract, and nan for all where the source holds no contracts.
    """
    known = facts.customers_at(as_of).select("customer_id", "name", "csm", "plan")
    closing = facts["customer_months"].filter(_.month_no == as_of.number)
    paid = closing.select("customer_id", mrr=_.closing_mrr.cast("float64"))
    found = left_join_columns(known, paid, "customer_id").to_pyarrow().to_pandas()
    return found.fillna({"mrr": np.nan if facts.missing(CATALOGUE.by_id["mrr"].needs) else 0.0})


def customers_behind(facts: Facts, kpi: Kpi, as_of: Month, known: pd.DataFrame) -> pd.DataFrame:
    """Return the customers behind a KPI: customer_id, name, csm, plan, mrr, part, whole, counted, and stake where it has one.

    `counted` is what the KPI's `listed` says, and adds up to what it names; customers without any are left out. For a
    Kaplan-Meier figure it is the days or months that an open case has waited. No customers are behind a KPI that is not
    listed or not measurable. `known` are the `customers_at` that month. Sorted by `counted`, then by the stake or else by
    MRR, largest first.
    """
    if isinstance(kpi.listed, Unlisted) or facts.missing(kpi.needs):
        return known[_COLUMNS].head(0).assign(part=0.0, whole=0.0, counted=0.0)
    rows = segment_rows(facts, [kpi], (as_of,)).filter(_.age < kpi.window)
    weighed = _waiting(rows, kpi) if kpi.part is None else _weighed(rows, kpi, kpi.listed)
    found = weighed.filter(_.counted != 0).to_pyarrow().to_pandas()
    told = known[_COLUMNS].merge(found, on="customer_id")
    order = ["counted", "stake" if "stake" in found else "mrr", "customer_id"]
    return told.sort_values(order, ascending=[False, False, True], ignore_index=True)


def half_listed(kpi: Kpi, listed: Listed) -> Half | Total:
    """Return what the list behind a KPI adds up to."""
    if listed.of is not None:
        return listed.of
    return Half.PART if kpi.better is Better.LOWER or kpi.whole is None else Half.MISSING


def _weighed(rows: Table, kpi: Kpi, listed: Listed) -> Table:
    of = half_listed(kpi, listed)
    own = {"counted": of} if isinstance(of, Total) else {}
    figures = {"part": kpi.part, "whole": kpi.whole, "stake": listed.stake, **own}
    sums = {name: one.over(rows).cast("float64") for name, one in figures.items() if one is not None}
    each = rows.group_by("customer_id").aggregate(**sums)
    each = each if kpi.whole is not None else each.mutate(whole=ibis.literal(0.0))
    if isinstance(of, Total):
        return each
    halves = {Half.PART: each.part, Half.WHOLE: each.whole, Half.MISSING: each.whole - each.part}
    return each.mutate(counted=halves[of])


def _waiting(rows: Table, kpi: Kpi) -> Table:
    assert kpi.curve is not None  # noqa: S101 - a KPI that is listed has a part or a curve
    still = rows.filter(~kpi.curve.observed)
    return still.select(
        "customer_id", part=ibis.literal(0.0), whole=ibis.literal(1.0), counted=kpi.curve.duration.cast("float64")
    )
