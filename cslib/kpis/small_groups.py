"""Figures of few, hidden from outsiders: those under the limit, and those by which they could be worked out."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from cslib.facts.customer_months import MOVED, PAID
from cslib.kpis.reasons import HIDDEN
from cslib.kpis.report_rows import customer_rows, segment_rows
from cslib.privacy.suppression import withheld, withheld_segments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ibis.expr.types import Table

    from cslib.facts import Facts
    from cslib.kpis.kpi import Kpi
    from cslib.periods import Month

    # from the key of a line, the sizes of what stands on it and what of it is hidden: what of it must be
    Rule = Callable[[tuple[object, ...], Mapping[Any, int], set[Any]], set[Any]]

_HIDDEN_FIGURES = ["value", "part", "whole", "n", "low", "high"]
_WHOLE = "mrr"  # what all amounts of contracts are parts of, or changes to


def sizes(told: pd.DataFrame) -> pd.Series:
    """Return how large the groups of a long table are: the smaller of their cases `n` and of the `customers` behind them."""
    return told[["n", "customers"]].min(axis=1).fillna(0).astype(int)


def lie_in(facts: Facts) -> Table:
    """Return in which segments each customer lies: customer_id, cell (all of them, a line each), segment (one of them)."""
    return facts.members.group_by("customer_id").aggregate(
        segment=_.segment.min(), cell=_.segment.group_concat("\n", order_by=_.segment)
    )


def cell_sizes(
    facts: Facts, kpis: Sequence[Kpi], months: Sequence[Month], by: Sequence[str], measured: pd.DataFrame
) -> pd.DataFrame:
    """Return how large each group is among those who lie in the same segments.

    Columns: cell (a set of segments), month_no, the columns of `by`, kpi, size. `kpis` are measurable, and in the order of
    their facts; `measured` are their figures, and of one segment alone tell all.
    """
    if len(facts.segments) == 1:
        own = frozenset(facts.segments)
        return (
            measured[["month_no", *by, "kpi"]]
            .assign(size=sizes(measured))
            .assign(cell=pd.Series([own] * len(measured), measured.index))
        )
    frames = [
        _sizes(segment_rows(facts, group, months, by), lie_in(facts), group, by)
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
    return pd.concat([one.assign(size=sizes(one)) for one in each_kpi], ignore_index=True)


def without_few(
    full: pd.DataFrame, facts: Facts, kpis: Sequence[Kpi], by: Sequence[str], cells: pd.DataFrame
) -> pd.DataFrame:
    """Return `full` without the figures that tell of fewer than `min_n` customers or cases, with that as the reason.

    A group is as large as the smaller of its `n` and of the `customers` behind it; `cells` says the same of those who lie
    in the same segments. Hidden as well is what would tell of a small group by subtraction: among the groups of a segment,
    among the segments, however they overlap, and among KPIs that are parts of one another.
    """
    related = _Related(kpis, facts)
    told = full.assign(size=sizes(full), hidden=full.segment.isin(facts.manifest.withheld) & full.value.notna())
    told = related.as_few(_named(told, by), ["segment", *by])
    cells = related.as_few(_named(cells, by), ["cell", *by])
    told["group"] = [*told[[*by]].itertuples(index=False, name=None)] if by else [()] * len(told)
    rules = [_Among(told, ["segment", "month_no", "kpi"], _groups(facts))] if by else []
    rules.append(_Among(told, ["month_no", "kpi", *by], _segments(facts, cells, by)))
    before = -1
    while before != (before := int(told.hidden.sum())):
        for rule in rules:
            told["hidden"] |= rule.hides(told.hidden.to_numpy())
        told["hidden"] |= related.along_with(told, ["segment", *by])
    full.loc[told.hidden, _HIDDEN_FIGURES] = np.nan
    full.loc[told.hidden, "reason"] = HIDDEN
    return full


class _Related:
    """Which KPIs tell of one another by subtraction.

    The KPIs `within` another add up to it: each is as few as the fewest of them, and they are hidden together. What is paid
    is MRR or a part of it: nothing of it is told of a close that is hidden, and what moved is not told after one either,
    since opening and movements add up to the close.
    """

    def __init__(self, kpis: Sequence[Kpi], facts: Facts) -> None:
        amounts = {kpi.id: kpi.amounts(facts[kpi.fact]) for kpi in kpis if not facts.missing(kpi.needs)}
        self._paid = frozenset(name for name, columns in amounts.items() if columns & PAID and name != _WHOLE)
        self._moved = frozenset(name for name in self._paid if amounts[name] & MOVED)
        within: dict[str, list[str]] = {}
        for kpi in kpis:
            within.setdefault(kpi.within, []).append(kpi.id)
        self._within = {whole: frozenset(parts) for whole, parts in within.items() if whole}

    def as_few(self, sized: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        """Return a table of sizes in which each KPI is as few as those that would be told along with it."""
        places = sized[[*keys, "month_no"]].itertuples(index=False, name=None)
        found: dict[tuple[Any, ...], dict[str, int]] = {}
        for place, kpi, size in zip(places, sized.kpi, sized["size"], strict=True):
            if size:
                found.setdefault(place, {})[kpi] = size
        for one in found.values():
            self._lessen(one)
        places = sized[[*keys, "month_no"]].itertuples(index=False, name=None)
        fewest = [found.get(place, {}).get(kpi, 0) for place, kpi in zip(places, sized.kpi, strict=True)]
        return sized.assign(size=fewest)

    def _lessen(self, sizes: dict[str, int]) -> None:
        for parts in self._within.values():
            sizes |= dict.fromkeys(sizes.keys() & parts, min((sizes[name] for name in sizes.keys() & parts), default=0))
        if _WHOLE in sizes:
            sizes |= {name: min(sizes[name], sizes[_WHOLE]) for name in sizes.keys() & self._paid}

    def along_with(self, told: pd.DataFrame, keys: list[str]) -> np.ndarray:
        """Return which rows are hidden along with others that are."""
        hidden = told[told.hidden]
        closes = _places(hidden[hidden.kpi == _WHOLE], keys)
        after = {(*group, month_no + 1) for *group, month_no in closes}
        found = np.zeros(len(told), dtype=bool)
        for names, places in ((self._paid, closes), (self._moved, after)):
            found |= told.kpi.isin(names).to_numpy() & _is_at(told, keys, places)
        for whole, parts in self._within.items():
            places = _places(hidden[hidden.kpi.isin([whole, *parts])], keys)
            found |= told.kpi.isin(parts).to_numpy() & _is_at(told, keys, places)
        return found


def _named(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return rows in which those of no group have one that is found again: a null equals nothing, itself included."""
    return rows.assign(**{name: rows[name].astype(object).where(rows[name].notna(), "\0") for name in by})


def _places(rows: pd.DataFrame, keys: list[str]) -> set[tuple[Any, ...]]:
    return set(rows[[*keys, "month_no"]].itertuples(index=False, name=None))


def _is_at(rows: pd.DataFrame, keys: list[str], places: set[tuple[Any, ...]]) -> np.ndarray:
    each = rows[[*keys, "month_no"]].itertuples(index=False, name=None)
    return np.array([place in places for place in each], dtype=bool)


class _Among:
    """A rule that says which rows of each line of a table must be hidden, by their sizes and by what is hidden already."""

    def __init__(self, told: pd.DataFrame, keys: list[str], rule: Rule) -> None:
        self._rule, self._rows = rule, len(told)
        self._sizes = told["size"].to_numpy()
        self._names = told["segment" if "segment" not in keys else "group"].tolist()
        self._lines: dict[tuple[object, ...], list[int]] = {}
        for place, key in enumerate(told[keys].itertuples(index=False, name=None)):
            if self._sizes[place]:
                self._lines.setdefault(key, []).append(place)

    def hides(self, hidden: np.ndarray) -> np.ndarray:
        """Return which rows the rule hides, where these are hidden."""
        found = np.zeros(self._rows, dtype=bool)
        for key, places in self._lines.items():
            sizes = {self._names[place]: int(self._sizes[place]) for place in places}
            few = self._rule(key, sizes, {self._names[place] for place in places if hidden[place]})
            found[[place for place in places if self._names[place] in few]] = True
        return found


def _groups(facts: Facts) -> Rule:
    return lambda _key, sizes, unseen: withheld(sizes, facts.policies.min_n, unseen)


def _segments(facts: Facts, cells: pd.DataFrame, by: Sequence[str]) -> Rule:
    least = facts.policies.min_n
    held: dict[tuple[object, ...], dict[frozenset[str], int]] = {}
    rows = cells[["month_no", "kpi", *by, "cell", "size"]].itertuples(index=False, name=None)
    for *key, cell, size in rows:
        held.setdefault(tuple(key), {})[cell] = size

    def rule(key: tuple[object, ...], sizes: Mapping[Any, int], unseen: set[Any]) -> set[Any]:
        few = {name for name, size in sizes.items() if 0 < size < least}
        return withheld_segments(held.get(key, {}), least, few | unseen)

    return rule
