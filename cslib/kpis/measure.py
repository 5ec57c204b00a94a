"""The measuring of KPIs: one query per fact table and grouping, for any number of KPIs."""

from __future__ import annotations

from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cslib.code_version import loaded_code
from cslib.errors import UnknownName
from cslib.kpis import reasons
from cslib.kpis.cells import cell_sizes, related_kpis
from cslib.kpis.definition import definition
from cslib.kpis.intervals import add_drawn, bounds, further_sums, to_draw
from cslib.kpis.kpi import Interval, Kpi, Survival
from cslib.kpis.report_rows import customer_rows, exact, segment_rows
from cslib.privacy.figures import suppress
from cslib.query_texts import Untold
from cslib.stats import km_mean, km_median

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pyarrow as pa
    from ibis.expr.types import NumericScalar, Table

    from cslib.facts import Facts
    from cslib.kpis.kpi import Curve
    from cslib.periods import Month
    from cslib.snapshot import Manifest

FIGURES = ("value", "part", "whole", "n", "low", "high")
_ALWAYS = ("segment", "month")


def measure(facts: Facts, kpis: Sequence[Kpi], months: Sequence[Month], by: Sequence[str] = ()) -> pd.DataFrame:
    """Return a row per segment, month, group and KPI: its figures, and a reason where it has no value.

    Columns: segment, month, the further columns of `by`, kpi, stage, value, part, whole, n, low, high, reason. `by` names
    columns of the customers or of the fact tables; by product, each product is a portfolio of its own. Figures are plain
    (a share is 0.8), nan where undefined.
    """
    by = group_columns(by)
    if "product" in by:
        facts = facts.per_product()
    _check_groups(facts, kpis, by)
    chosen = [version(kpi, facts.manifest) for kpi in kpis]
    able = [kpi for kpi in chosen if not facts.missing(kpi.needs) and not _unsupported_groups(facts, kpi, by)]
    ordered = sorted(able, key=lambda kpi: kpi.fact)
    code = loaded_code("cslib.kpis")
    found = [_measured(facts, list(group), months, by, code) for _fact, group in groupby(ordered, lambda k: k.fact)]
    measured = pd.concat(found) if found else pd.DataFrame()
    full = _completed(facts, chosen, months, by, measured)
    if facts.discreet and len(measured):
        cells = cell_sizes(facts, ordered, months, by, measured)
        full = suppress(full, cells, related_kpis(chosen, facts), by, facts.policies.min_n, facts.manifest.withheld)
    full["month"] = full.month_no.map({month.number: str(month) for month in months})
    return full[["segment", "month", *by, "kpi", "stage", *FIGURES, "reason"]].sort_values(
        ["segment", "month", *by, "kpi"], ignore_index=True
    )


def version(kpi: Kpi, manifest: Manifest) -> Kpi:
    """Return the KPI as it is computed of a source: from other tables where one that it needs is absent.

    Where but a column of its own tables is absent it stays, and says so: other tables would give another figure.
    """
    other = kpi.otherwise
    tables = [need for need in manifest.missing(kpi.needs) if "." not in need]
    return other if other and tables and not manifest.missing(other.needs) else kpi


def group_columns(by: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to group by besides segment and month, which every row has anyway, each once."""
    return tuple(dict.fromkeys(name for name in by if name not in _ALWAYS))


def _check_groups(facts: Facts, kpis: Sequence[Kpi], by: Sequence[str]) -> None:
    if not by:
        return
    known = {*facts.tables["customers"].columns, *facts.dated}
    known |= {name for kpi in kpis if not facts.missing(kpi.needs) for name in _groupable(facts, kpi)}
    for name in by:
        if name not in known:
            raise UnknownName("column to group by", name, known | set(_ALWAYS))


def _groupable(facts: Facts, kpi: Kpi) -> set[str]:
    """Return the columns by which a KPI can be grouped: those of its customers, and the text columns of its fact table."""
    if any(need.startswith("costs") for need in kpi.needs):
        return set()  # what was spent names a segment and no customer: every group would seem to cost nothing
    table = facts[kpi.fact]
    own = {name for name, kind in table.schema().items() if kind.is_string() or kind.is_boolean()}
    return own | {*facts.tables["customers"].columns, *facts.dated}


def _unsupported_groups(facts: Facts, kpi: Kpi, by: Sequence[str]) -> list[str]:
    """Return the columns of `by` by which this KPI cannot be grouped."""
    columns = _groupable(facts, kpi) if by else set()
    return [name for name in by if name not in columns]


def _measured(facts: Facts, kpis: list[Kpi], months: Sequence[Month], by: Sequence[str], code: str) -> pd.DataFrame:
    built = cache(partial(segment_rows, facts, kpis, months, by))
    try:
        # two KPIs may be equal and differ in their expressions
        defined = [definition(kpi) for kpi in kpis]
    except Untold:  # nothing tells whether a query that was built is one of these
        rows = _Rows(built, lambda _part, build: build().to_pyarrow())
    else:
        question = (code, *defined, str(months[0]), str(months[-1]), tuple(by), facts.dated, facts.discreet)
        rows = _Rows(built, lambda part, build: facts.answer((part, *question), build))
    return _figures_of(rows, kpis, ["segment", "month_no", *by], discreet=facts.discreet)


def figures(rows: Table, kpis: list[Kpi], keys: list[str], *, discreet: bool = False) -> pd.DataFrame:
    """Return the figures of KPIs of one fact table in each group of its rows: keys, kpi, value … high, customers.

    `rows` have a customer, `customer_id`, and a month of the window, `age`.
    """
    return _figures_of(_Rows(lambda: rows, lambda _, build: build().to_pyarrow()), kpis, keys, discreet=discreet)


class _Rows(NamedTuple):
    """The rows of a fact table that KPIs are measured on, built only where a question about them is a new one."""

    built: Callable[[], Table]
    answer: Callable[[str, Callable[[], Table]], pa.Table]  # of a question by its name


def _figures_of(rows: _Rows, kpis: list[Kpi], keys: list[str], *, discreet: bool) -> pd.DataFrame:
    @cache
    def each() -> Table:
        return customer_rows(rows.built(), kpis, keys)

    def summed() -> Table:
        return each().group_by(keys).aggregate(**_sums(each(), kpis, discreet=discreet))

    totals = rows.answer("totals", summed).to_pandas()
    frames = [_figures(totals, kpi, keys) for kpi in kpis if kpi.part is not None]
    frames += [_with_curve(rows, totals, kpi, keys) for kpi in kpis if kpi.part is None]
    long = pd.concat(frames)
    drawn = [kpi for kpi in kpis if kpi.interval is Interval.BOOTSTRAP]
    if drawn:
        add_drawn(long, rows.answer("drawn", lambda: to_draw(each(), drawn, keys)).to_pandas(), drawn, keys)
    return long


def _sums(each: Table, kpis: list[Kpi], *, discreet: bool) -> dict[str, NumericScalar]:
    sums: dict[str, NumericScalar] = {}
    for kpi in kpis:
        if discreet:
            theirs = (each[f"{kpi.id}|n"] > 0) & each.customer_id.notnull()
            sums[f"{kpi.id}|customers"] = theirs.sum()
        sums |= {name: exact(each[name]).sum().cast("float64") for name in (f"{kpi.id}|{key}" for key in kpi.totals)}
        sums |= further_sums(each, kpi)
    return sums


def _figures(totals: pd.DataFrame, kpi: Kpi, keys: list[str]) -> pd.DataFrame:
    part, n = totals[f"{kpi.id}|part"].to_numpy(), totals[f"{kpi.id}|n"].to_numpy()
    whole = totals[f"{kpi.id}|whole"].to_numpy() if kpi.whole is not None else np.full(len(totals), np.nan)
    value = part if kpi.whole is None else _divided(part, whole)
    low, high = bounds(totals, kpi)
    figures = dict(zip(FIGURES, (value, part, whole, n, low, high), strict=True))
    # at once: to assign them one by one takes pandas longer than DuckDB takes to sum them up
    return pd.DataFrame(
        {**{key: totals[key] for key in keys}, "kpi": kpi.id, **figures, "customers": _customers(totals, kpi)}
    )


def _customers(totals: pd.DataFrame, kpi: Kpi) -> pd.Series:
    """Return how many customers are behind each `n`, where that decides what is suppressed."""
    return totals.get(f"{kpi.id}|customers", totals[f"{kpi.id}|n"])


def _divided(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole != 0)


def _with_curve(rows: _Rows, totals: pd.DataFrame, kpi: Kpi, keys: list[str]) -> pd.DataFrame:
    """Return the figures of a KPI that has no part of its own: ratios multiplied, and a curve's figure where it has one."""
    value = np.ones(len(totals))
    for place in range(len(kpi.factors)):
        value = value * _divided(totals[f"{kpi.id}|up{place}"].to_numpy(), totals[f"{kpi.id}|down{place}"].to_numpy())
    frame = totals[keys].assign(kpi=kpi.id, value=value, part=np.nan, whole=np.nan, n=totals[f"{kpi.id}|n"])
    frame = frame.assign(low=np.nan, high=np.nan, customers=_customers(totals, kpi))
    if kpi.curve is None:
        return frame
    found = pd.DataFrame(_curve_figures(rows, kpi, keys), columns=[*keys, "figure", "curve_low", "curve_high"])
    # without rows, pandas could not infer the types
    figures = found.astype(
        totals[keys].dtypes.to_dict() | dict.fromkeys(("figure", "curve_low", "curve_high"), "float64")
    )
    joined = frame.merge(figures, on=keys, how="left")
    joined = joined.assign(value=joined.value * joined.figure, low=joined.curve_low, high=joined.curve_high)
    return joined.drop(columns=["figure", "curve_low", "curve_high"])


def _curve_figures(rows: _Rows, kpi: Kpi, keys: list[str]) -> Iterator[tuple[object, ...]]:
    curve = kpi.curve
    assert curve is not None  # noqa: S101 - the caller measures KPIs with a curve only
    cases = rows.answer(f"curve of {kpi.id}", lambda: _cases(rows.built(), kpi.window, curve, keys)).to_pandas()
    for group, found in cases.groupby(keys, dropna=False):
        durations, observed = found.duration.to_numpy(dtype=float), found.observed.to_numpy(dtype=bool)
        if curve.figure is Survival.MEDIAN:
            yield (*group, *km_median(durations, observed))
        else:
            yield (*group, km_mean(durations, observed, curve.limit or int(durations.max())), np.nan, np.nan)


def _cases(rows: Table, window: int, curve: Curve, keys: list[str]) -> Table:
    """Return a row per case of a curve: the keys, duration, observed."""
    inside = rows.filter(rows.age < window)
    if curve.where is not None:
        inside = inside.filter(curve.where)
    return inside.select(*keys, duration=curve.duration, observed=curve.observed)


def _completed(
    facts: Facts, kpis: list[Kpi], months: Sequence[Month], by: Sequence[str], measured: pd.DataFrame
) -> pd.DataFrame:
    """Return every segment, month, group and KPI, measured or not, with the reason where there is no value."""
    segments = sorted(facts.segments)
    keys = ["segment", "month_no", *by, "kpi"]
    grid = pd.MultiIndex.from_product(
        [segments, [month.number for month in months]], names=["segment", "month_no"]
    ).to_frame(index=False)
    if by:
        groups = (
            measured[["segment", *by]].drop_duplicates() if len(measured) else pd.DataFrame(columns=["segment", *by])
        )
        grid = grid.merge(groups, on="segment", how="left")  # a segment without any group still says why
    grid = grid.merge(
        pd.DataFrame({"kpi": [kpi.id for kpi in kpis], "stage": [str(kpi.stage) for kpi in kpis]}), how="cross"
    )
    full = grid.merge(measured, on=keys, how="left") if len(measured) else grid.assign(**dict.fromkeys(FIGURES, np.nan))
    full = _without_groups_apart(_with_zeros(full, kpis, facts), kpis, facts, by)
    return _as_far_as_told(full, kpis, facts, months)


def _with_zeros(full: pd.DataFrame, kpis: list[Kpi], facts: Facts) -> pd.DataFrame:
    """Return `full` with the zeros of groups that have no rows, and the reasons of values that are not there."""
    by_id = {kpi.id: kpi for kpi in kpis}
    absent = {kpi.id: facts.missing(kpi.needs) for kpi in kpis}
    can = np.array([not absent[name] for name in full.kpi], dtype=bool)
    has_part = np.array([by_id[name].part is not None for name in full.kpi], dtype=bool)
    has_whole = np.array([by_id[name].whole is not None for name in full.kpi], dtype=bool)
    full["n"] = full.n.where(~can, full.n.fillna(0))
    full["part"] = full.part.where(~(can & has_part), full.part.fillna(0))
    full["whole"] = full.whole.where(~(can & has_whole), full.whole.fillna(0))
    full["value"] = full.value.where(~(can & has_part & ~has_whole), full.part)
    begins = {kpi.id: facts.manifest.begins(kpi.needs).number for kpi in kpis}
    full["reason"] = [
        reasons.why(by_id[kpi], absent[kpi], value, n) or reasons.how_far(by_id[kpi], month_no - begins[kpi] + 1)
        for kpi, value, n, month_no in zip(full.kpi, full.value, full.n, full.month_no, strict=True)
    ]
    return full


def _as_far_as_told(full: pd.DataFrame, kpis: list[Kpi], facts: Facts, months: Sequence[Month]) -> pd.DataFrame:
    """Return `full` without the figures of months that a table of events does not cover; those of a cut month are marked."""
    able = [(kpi, month) for kpi in kpis if not facts.missing(kpi.needs) for month in months]
    silent = {(kpi.id, month.number): reasons.no_data(facts.manifest, kpi, month) for kpi, month in able}
    short = {(kpi.id, month.number): reasons.truncated(facts.manifest, kpi, month) for kpi, month in able}
    cells = [*zip(full.kpi, full.month_no, strict=True)]
    full.loc[[bool(silent.get(cell)) for cell in cells], [*FIGURES]] = np.nan
    full["reason"] = [
        silent.get(cell) or said or short.get(cell, "") for cell, said in zip(cells, full.reason, strict=True)
    ]
    return full


def _without_groups_apart(full: pd.DataFrame, kpis: list[Kpi], facts: Facts, by: Sequence[str]) -> pd.DataFrame:
    for kpi in kpis:
        apart = _unsupported_groups(facts, kpi, by) if by and not facts.missing(kpi.needs) else []
        if apart:
            mine = full.kpi == kpi.id
            full.loc[mine, list(FIGURES)] = np.nan
            full.loc[mine, "reason"] = reasons.cannot_be_told_by(apart)
    return full
