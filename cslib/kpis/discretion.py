"""Figures of few, hidden from outsiders: a group under the limit, and the groups by which it could be worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cslib.kpis.reasons import HIDDEN
from cslib.snapshot.discretion import lines, withheld, withheld_segments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from cslib.facts import Facts

_HIDDEN_FIGURES = ["value", "part", "whole", "n", "low", "high"]


def without_few(full: pd.DataFrame, facts: Facts, by: Sequence[str]) -> pd.DataFrame:
    """Return `full` without the figures that tell of fewer than `min_n` customers or cases, with that as the reason.

    A group is as large as the smaller of its `n` and of the `customers` behind it. Hidden as well is what would tell
    of a small group by subtraction: among the groups of a segment, and among the segments.
    """
    sizes = full[["n", "customers"]].min(axis=1).fillna(0).astype(int)
    told = full.assign(size=sizes, hidden=full.segment.isin(facts.manifest.withheld) & full.value.notna())
    rules = [(["segment", "month_no", "kpi"], _among_groups(facts))] if by else []
    rules.append((["month_no", "kpi", *by], _among_segments(facts)))
    before = -1
    while before != (before := int(told.hidden.sum())):
        for keys, rule in rules:
            told["hidden"] |= _hidden(told, keys, rule)
    full.loc[told.hidden, _HIDDEN_FIGURES] = np.nan
    full.loc[told.hidden, "reason"] = HIDDEN
    return full


def _hidden(told: pd.DataFrame, keys: list[str], rule: Callable[[pd.DataFrame], set[int]]) -> pd.Series:
    """Return which rows a rule hides, asked of each line of the table."""
    found: set[int] = set()
    for _, line in told[told["size"] > 0].groupby(keys, dropna=False):
        found |= rule(line)
    return told.index.to_series().isin(found)


def _among_groups(facts: Facts) -> Callable[[pd.DataFrame], set[int]]:
    least = facts.policies.min_n

    def rule(line: pd.DataFrame) -> set[int]:
        return withheld(line["size"].to_dict(), least, set(line.index[line.hidden]))

    return rule


def _among_segments(facts: Facts) -> Callable[[pd.DataFrame], set[int]]:
    least, members = facts.policies.min_n, _members(facts)
    held = lines(members)

    def rule(line: pd.DataFrame) -> set[int]:
        places = dict(zip(line.segment, line.index, strict=True))
        sizes = dict.fromkeys(members, 0) | dict(zip(line.segment, line["size"], strict=True))
        few = withheld_segments(sizes, held, least, set(line.segment[line.hidden]))
        return {places[name] for name in few if name in places}

    return rule


def _members(facts: Facts) -> Mapping[str, frozenset[str]]:
    held = facts.members.select("segment", "customer_id").to_pyarrow().to_pandas()
    return {str(name): frozenset(ids) for name, ids in held.groupby("segment").customer_id}
