"""Suppression of figures: those of few customers or cases, and those by which they could be worked out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cslib.privacy.suppression import HIDDEN, suppressed, suppressed_segments, until_stable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    import pandas as pd

    # from the key of a family, the sizes of its members and which of them are hidden: those that must be hidden
    Rule = Callable[[tuple[object, ...], Mapping[Any, int], set[Any]], set[Any]]

_HIDDEN_FIGURES = ["value", "part", "whole", "n", "low", "high"]


def group_sizes(figures: pd.DataFrame) -> pd.Series:
    """Return the sizes of the groups of a long table: the smaller of their cases `n` and of the `customers` behind them."""
    return figures[["n", "customers"]].min(axis=1).fillna(0).astype(int)


@dataclass(frozen=True)
class RelatedKpis:
    """Which KPIs disclose one another by subtraction.

    The KPIs that are `parts` of another add up to it: each counts as small as the smallest of them, and they are hidden
    together. Those `paid` are the amount `whole` or a part of it: none is shown of a close that is hidden, and those that
    `moved` are not shown of the month after it either, since opening and movements add up to the close.
    """

    whole: str
    paid: frozenset[str]
    moved: frozenset[str]
    parts: Mapping[str, frozenset[str]]

    def as_few(self, sized: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
        """Return a table of sizes, each lowered to that of the smallest KPI which it would disclose."""
        places = sized[[*keys, "month_no"]].itertuples(index=False, name=None)
        found: dict[tuple[Any, ...], dict[str, int]] = {}
        for place, kpi, size in zip(places, sized.kpi, sized["size"], strict=True):
            if size:
                found.setdefault(place, {})[kpi] = size
        for one in found.values():
            self._lessened(one)
        places = sized[[*keys, "month_no"]].itertuples(index=False, name=None)
        fewest = [found.get(place, {}).get(kpi, 0) for place, kpi in zip(places, sized.kpi, strict=True)]
        return sized.assign(size=fewest)

    def _lessened(self, sizes: dict[str, int]) -> None:
        for parts in self.parts.values():
            sizes |= dict.fromkeys(sizes.keys() & parts, min((sizes[name] for name in sizes.keys() & parts), default=0))
        if self.whole in sizes:
            sizes |= {name: min(sizes[name], sizes[self.whole]) for name in sizes.keys() & self.paid}

    def along_with(self, figures: pd.DataFrame, keys: list[str]) -> np.ndarray:
        """Return which rows are hidden along with others that are."""
        hidden = figures[figures.hidden]
        closes = _places(hidden[hidden.kpi == self.whole], keys)
        after = {(*group, month_no + 1) for *group, month_no in closes}
        found = np.zeros(len(figures), dtype=bool)
        for names, places in ((self.paid, closes), (self.moved, after)):
            found |= figures.kpi.isin(names).to_numpy() & _is_at(figures, keys, places)
        for whole, parts in self.parts.items():
            places = _places(hidden[hidden.kpi.isin([whole, *parts])], keys)
            found |= figures.kpi.isin(parts).to_numpy() & _is_at(figures, keys, places)
        return found


def suppress(  # noqa: PLR0913, PLR0917 - the figures, and all that decides which of them disclose few
    full: pd.DataFrame, cells: pd.DataFrame, related: RelatedKpis, by: Sequence[str], least: int, unseen: Collection[str]
) -> pd.DataFrame:  # fmt: skip
    """Return `full` without the figures that disclose fewer than `least` customers or cases, with that as the reason.

    A group is as large as the smaller of its `n` and of the `customers` behind it; `cells` holds the sizes of those
    in the same segments (columns: cell, month_no, the columns of `by`, kpi, size). Hidden as well is what would disclose a
    small group by subtraction (complementary suppression): among the groups of a segment, among the segments, however they
    overlap, and among KPIs that are parts of one another. The segments `unseen` are hidden altogether.
    """
    figures = full.assign(size=group_sizes(full), hidden=full.segment.isin([*unseen]) & full.value.notna())
    figures = related.as_few(_named(figures, by), ["segment", *by])
    cells = related.as_few(_named(cells, by), ["cell", *by])
    figures["group"] = [*figures[[*by]].itertuples(index=False, name=None)] if by else [()] * len(figures)
    rules = [_Among(figures, ["segment", "month_no", "kpi"], _groups(least))] if by else []
    rules.append(_Among(figures, ["month_no", "kpi", *by], _segments(cells, by, least)))

    def hide() -> int:
        for rule in rules:
            figures["hidden"] |= rule.hides(figures.hidden.to_numpy())
        figures["hidden"] |= related.along_with(figures, ["segment", *by])
        return int(figures.hidden.sum())

    until_stable(hide)
    full.loc[figures.hidden, _HIDDEN_FIGURES] = np.nan
    full.loc[figures.hidden, "reason"] = HIDDEN
    return full


def _named(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return rows with the null groups replaced by a value that can be matched: a null equals nothing, itself included."""
    return rows.assign(**{name: rows[name].astype(object).where(rows[name].notna(), "\0") for name in by})


def _places(rows: pd.DataFrame, keys: list[str]) -> set[tuple[Any, ...]]:
    return set(rows[[*keys, "month_no"]].itertuples(index=False, name=None))


def _is_at(rows: pd.DataFrame, keys: list[str], places: set[tuple[Any, ...]]) -> np.ndarray:
    each = rows[[*keys, "month_no"]].itertuples(index=False, name=None)
    return np.array([place in places for place in each], dtype=bool)


class _Among:
    """A suppression rule, applied to each family of rows with the same key: by their sizes, and by what is hidden already."""

    def __init__(self, figures: pd.DataFrame, keys: list[str], rule: Rule) -> None:
        self._rule, self._rows = rule, len(figures)
        self._sizes = figures["size"].to_numpy()
        self._names = figures["segment" if "segment" not in keys else "group"].tolist()
        self._families: dict[tuple[object, ...], list[int]] = {}
        for place, key in enumerate(figures[keys].itertuples(index=False, name=None)):
            if self._sizes[place]:
                self._families.setdefault(key, []).append(place)

    def hides(self, hidden: np.ndarray) -> np.ndarray:
        """Return which rows the rule hides, where these are hidden."""
        found = np.zeros(self._rows, dtype=bool)
        for key, places in self._families.items():
            sizes = {self._names[place]: int(self._sizes[place]) for place in places}
            few = self._rule(key, sizes, {self._names[place] for place in places if hidden[place]})
            found[[place for place in places if self._names[place] in few]] = True
        return found


def _groups(least: int) -> Rule:
    return lambda _key, sizes, unseen: suppressed(sizes, least, unseen)


def _segments(cells: pd.DataFrame, by: Sequence[str], least: int) -> Rule:
    held: dict[tuple[object, ...], dict[frozenset[str], int]] = {}
    rows = cells[["month_no", "kpi", *by, "cell", "size"]].itertuples(index=False, name=None)
    for *key, cell, size in rows:
        held.setdefault(tuple(key), {})[cell] = size

    def rule(key: tuple[object, ...], sizes: Mapping[Any, int], unseen: set[Any]) -> set[Any]:
        few = {name for name, size in sizes.items() if 0 < size < least}
        return suppressed_segments(held.get(key, {}), least, few | unseen)

    return rule
