"""The interval of each KPI: what is summed up over customers for it, and the bounds from these sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np

from cslib.kpis.kpi import Interval
from cslib.kpis.report_rows import ONCE, exact
from cslib.stats import (
    Clusters,
    adjusted_wald,
    amounts,
    bootstrap_ratio,
    design_effect,
    few_customers,
    one_thread,
    t_interval,
    wilson,
)

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr.types import NumericColumn, NumericScalar, Table
    from numpy.typing import NDArray

    from cslib.kpis.kpi import Kpi

    Floats = NDArray[np.float64]
    Bounds = tuple[Floats, Floats]

_COUNTS = (Interval.WILSON, Interval.ADJUSTED_WALD, Interval.T)
_AMOUNTS = (Interval.GAMMA, Interval.EFFECTIVE_N, Interval.NET, Interval.QUOTIENT)
_SQUARE = "decimal(38, 6)"  # room for the squares of the largest amounts, and exact: their sum hangs on no order


def further_sums(each: Table, kpi: Kpi) -> dict[str, NumericScalar]:
    """Return what the interval of a KPI needs besides the totals, by name, summed up over the customers of `each`."""
    sums: dict[str, NumericScalar] = {}
    if f"{kpi.id}|squares" in each.columns:
        sums["squares"] = each[f"{kpi.id}|squares"].sum()
    if kpi.part is not None and kpi.interval in _COUNTS and kpi.fact not in ONCE:
        sums |= _of_clusters(each[f"{kpi.id}|part"], each[f"{kpi.id}|n"])
    if kpi.interval in _AMOUNTS:
        part, whole = (each[f"{kpi.id}|{name}"].cast("float64") for name in ("part", "whole"))
        sums |= _of_amounts(part, whole, kpi.interval)
    return {f"{kpi.id}|{name}": total.cast("float64") for name, total in sums.items()}


def _of_clusters(part: NumericColumn, n: NumericColumn) -> dict[str, NumericScalar]:
    return {
        "customers": (n > 0).sum(),
        "parts": _products(part, part),
        "products": _products(part, n),
        "rows": _products(n, n),
    }


def _of_amounts(part: NumericColumn, whole: NumericColumn, kind: Interval) -> dict[str, NumericScalar]:
    sums = {
        "wholes": _products(whole, whole),
        "rows": ((part != 0) | (whole != 0)).sum(),
        "over": (part > whole).sum(),
    }
    halves = {"part": part}
    if kind is Interval.NET:
        halves = {"gain": ibis.greatest(part - whole, 0), "loss": ibis.greatest(whole - part, 0)}
        sums |= {name: exact(half).sum() for name, half in halves.items()}
    for name, half in halves.items():
        sums |= {f"{name}_squares": _products(half, half), f"{name}_products": _products(half, whole)}
    return sums


def _products(one: NumericColumn, other: NumericColumn) -> NumericScalar:
    return (one.cast("float64") * other.cast("float64")).cast(_SQUARE).sum()


class _Sums:
    """The sums of a KPI by name, an array of one number per group each."""

    def __init__(self, totals: pd.DataFrame, kpi: Kpi) -> None:
        self.totals = totals
        self.kpi = kpi

    def __getitem__(self, name: str) -> Floats:
        return self.totals[f"{self.kpi.id}|{name}"].to_numpy(dtype=float)

    def amounts(self, half: str) -> amounts.Sums:
        """Return the sums of one half of the whole: its part, or what was gained or lost of it."""
        named = (half, "whole", f"{half}_squares", f"{half}_products", "wholes", "rows")
        return amounts.Sums(*(self[name] for name in named))


def bounds(totals: pd.DataFrame, kpi: Kpi) -> Bounds:
    """Return the interval of a KPI with a part in each group of `totals`; nan where it has none, and where it is drawn."""
    sums = _Sums(totals, kpi)
    if kpi.interval in _COUNTS:
        return _counted(sums)
    if kpi.interval is Interval.GAMMA:
        return _rare(sums)
    if kpi.interval is Interval.NET:
        return amounts.net(sums.amounts("gain"), sums.amounts("loss"))
    if kpi.interval in _AMOUNTS:
        return (amounts.share if kpi.interval is Interval.EFFECTIVE_N else amounts.quotient)(sums.amounts("part"))
    return np.full(len(totals), np.nan), np.full(len(totals), np.nan)


def _counted(sums: _Sums) -> Bounds:
    """Return the interval of a share, a score or a mean, in which rows of the same customer do not count as independent."""
    part, n, kind = sums["part"], sums["n"], sums.kpi.interval
    squares = part if kind is Interval.WILSON else sums["squares"]  # a truth is its own square
    effect, customers = np.ones_like(n), n
    if sums.kpi.fact not in ONCE:
        over = Clusters(*(sums[name] for name in Clusters._fields))
        customers = over.customers
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = squares / n - (part / n) ** 2
        effect = design_effect(part, n, variance, over)
    if kind is Interval.T:
        return t_interval(part, squares, n, effect, customers)
    fewer = effect * few_customers(n, customers)
    if kind is Interval.ADJUSTED_WALD:
        return adjusted_wald(part / fewer, squares / fewer, n / fewer)
    return wilson(part / fewer, n / fewer)


def _rare(sums: _Sums) -> Bounds:
    low, high = amounts.gamma(sums.amounts("part"))
    # what no customer can exceed, all together cannot; a customer may grow by more than it had
    return low, np.where(sums["over"] > 0, high, np.minimum(high, 1.0))


def to_draw(each: Table, kpis: list[Kpi], keys: list[str]) -> Table:
    """Return what intervals are drawn from, for all of a fact table's KPIs: the keys, and the halves of each customer's."""
    halves = [f"{kpi.id}|{name}" for kpi in kpis for name in ("part", "whole")]
    return each.select(*keys, **{name: each[name].cast("float64") for name in halves})


def add_drawn(long: pd.DataFrame, cases: pd.DataFrame, kpis: list[Kpi], keys: list[str]) -> None:
    """Fill in the intervals that are drawn, from the rows of `to_draw`."""
    groups = dict(list(cases.groupby(keys, dropna=False)))
    for kpi in kpis:
        with one_thread():
            found = {key: _drawn(group, kpi) for key, group in groups.items()}
        mine = (long.kpi == kpi.id).to_numpy()
        bounds = [found.get(tuple(key), (np.nan, np.nan)) for key in long.loc[mine, keys].itertuples(index=False)]
        long.loc[mine, ["low", "high"]] = np.array(bounds).reshape(-1, 2)


def _drawn(group: pd.DataFrame, kpi: Kpi) -> tuple[float, float]:
    part, whole = group[f"{kpi.id}|part"].to_numpy(), group[f"{kpi.id}|whole"].to_numpy()
    counted = (part != 0) | (whole != 0)
    return bootstrap_ratio(part[counted], whole[counted])
