"""The customers behind each figure among those in the same segments, by which suppression is decided."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import pandas as pd
from ibis import _

from cslib.facts.customer_months import MOVED, PAID
from cslib.kpis.report_rows import customer_rows, segment_rows
from cslib.privacy.figures import RelatedKpis, group_sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis.expr.types import Table

    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month

_WHOLE = "mrr"  # what all amounts of contracts are parts of, or changes to


def segment_cells(facts: Facts) -> Table:
    """Return the segments of each customer: customer_id, cell (all of them, a line each), segment (one of them)."""
    return facts.members.group_by("customer_id").aggregate(
        segment=_.segment.min(), cell=_.segment.group_concat("\n", order_by=_.segment)
    )


def cell_sizes(
    facts: Facts, kpis: Sequence[Kpi], months: Sequence[Month], by: Sequence[str], measured: pd.DataFrame
) -> pd.DataFrame:
    """Return the size of each group among the customers in the same segments.

    Columns: cell (a set of segments), month_no, the columns of `by`, kpi, size. `kpis` are measurable, and in the order of
    their facts; `measured` are their figures, and of one segment alone tell all.
    """
    if len(facts.segments) == 1:
        own = frozenset(facts.segments)
        return (
            measured[["month_no", *by, "kpi"]]
            .assign(size=group_sizes(measured))
            .assign(cell=pd.Series([own] * len(measured), measured.index))
        )
    frames = [
        _sizes(segment_rows(facts, group, months, by), segment_cells(facts), group, by)
        for group in (list(found) for _fact, found in groupby(kpis, lambda kpi: kpi.fact))
    ]
    found = pd.concat(frames) if frames else pd.DataFrame(columns=["cell", "month_no", *by, "kpi", "size"])
    return found.assign(cell=found.cell.map(lambda cell: frozenset(cell.split("\n"))))


def _sizes(rows: Table, members: Table, kpis: list[Kpi], by: Sequence[str]) -> pd.DataFrame:
    keys = ["cell", "month_no", *by]
    each = customer_rows(rows, kpis, ["segment", "month_no", *by]).join(members, ["segment", "customer_id"])
    counts = {f"{kpi.id}|n": each[f"{kpi.id}|n"].sum().cast("float64") for kpi in kpis}
    counts |= {f"{kpi.id}|customers": (each[f"{kpi.id}|n"] > 0).sum().cast("float64") for kpi in kpis}
    found = each.group_by(keys).aggregate(**counts).to_pyarrow().to_pandas()
    each_kpi = [
        found[keys].assign(kpi=kpi.id, n=found[f"{kpi.id}|n"], customers=found[f"{kpi.id}|customers"]) for kpi in kpis
    ]
    return pd.concat([one.assign(size=group_sizes(one)) for one in each_kpi], ignore_index=True)


def related_kpis(kpis: Sequence[Kpi], facts: Facts) -> RelatedKpis:
    """Return which of these KPIs disclose one another by subtraction, by the columns that each adds up."""
    amounts = {kpi.id: kpi.amounts(facts[kpi.fact]) for kpi in kpis if not facts.missing(kpi.needs)}
    paid = frozenset(name for name, columns in amounts.items() if columns & PAID and name != _WHOLE)
    parts: dict[str, list[str]] = {}
    for kpi in kpis:
        parts.setdefault(kpi.within, []).append(kpi.id)
    return RelatedKpis(
        whole=_WHOLE,
        paid=paid,
        moved=frozenset(name for name in paid if amounts[name] & MOVED),
        parts={whole: frozenset(names) for whole, names in parts.items() if whole},
    )
