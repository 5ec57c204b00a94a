"""Which figures of a long table are suppressed, on tables of a few rows: those of few, and those by which few could be worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cslib.privacy.figures import RelatedKpis, group_sizes, suppress
from cslib.privacy.suppression import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LEAST = 5
# what is paid at a close, of which `new` came since the close before; and a sum of two
RELATED = RelatedKpis("mrr", frozenset({"mrr", "new"}), frozenset({"new"}), {"sum": frozenset({"one", "two"})})
FIGURES = ["value", "part", "whole", "n", "low", "high"]


def shown(
    sizes: Mapping[tuple[int, str], Mapping[str, int]], unseen: Collection[str] = (), plan: Collection[object] = ()
) -> set[tuple[str, int, str]]:
    """Return what is shown of figures that rest on so many, by segment, month and KPI.

    `sizes` are, by month and KPI, how many customers lie in the segments that a text names: "all", "all small". With `plan` there
    is a figure for each of these plans instead, by the KPI's name.
    """
    held = [
        (month, kpi, frozenset(cell.split()), size)
        for (month, kpi), each in sizes.items()
        for cell, size in each.items()
    ]
    cells = pd.DataFrame(held, columns=["month_no", "kpi", "cell", "size"])
    by_segment = cells.assign(segment=cells.cell.map(sorted)).explode("segment")
    full = by_segment.groupby(["segment", "month_no", "kpi"], as_index=False)["size"].sum()
    full = full.rename(columns={"size": "n"}).assign(customers=full["size"], reason="")
    full = full.assign(**{name: 1.0 for name in FIGURES if name != "n"})
    by = []
    if plan:
        by, names = ["plan"], dict(zip(full.kpi, plan, strict=True))
        full, cells = (rows.assign(plan=rows.kpi.map(names), kpi="mrr") for rows in (full, cells))
    told = suppress(full, cells, RELATED, by, LEAST, unseen)
    assert (told[FIGURES].isna().all(axis=1) == (told.reason == HIDDEN)).all()
    assert (told[FIGURES].isna().any(axis=1) == (told.reason == HIDDEN)).all()
    told = told[told.value.notna()]
    return set(zip(told.segment, told.month_no, told.plan if plan else told.kpi, strict=True))


def test_a_figure_is_as_small_as_its_cases_or_the_customers_behind_them() -> None:
    told = pd.DataFrame({"n": [9, 3, np.nan, np.nan], "customers": [4, np.nan, 7, np.nan]})
    assert group_sizes(told).tolist() == [4, 3, 7, 0]


@pytest.mark.parametrize(
    ("small", "told"), [(4, {"all"}), (5, {"all", "small", "large"}), (0, {"all", "small", "large"})]
)
def test_a_segment_of_few_takes_the_one_with_it_that_would_tell_of_it(small: int, told: set[str]) -> None:
    found = shown({(1, "mrr"): {"all small": small, "all large": 20}})
    assert found == {(segment, 1, "mrr") for segment in told}


def test_a_segment_that_is_not_seen_is_hidden_whole_and_others_are_shown() -> None:
    found = shown({(1, "mrr"): {"all small": 5, "all large": 20}}, unseen=["large"])
    assert found == {("all", 1, "mrr"), ("small", 1, "mrr")}


def test_what_is_hidden_already_cannot_be_subtracted() -> None:
    """All less both is 3, but of all less the smaller 33 are left."""
    sizes = {(1, "mrr"): {"all small": 20, "all large": 30, "all": 3}}
    assert shown(sizes) == {("all", 1, "mrr"), ("large", 1, "mrr")}
    assert shown(sizes, unseen=["large"]) == {("all", 1, "mrr"), ("small", 1, "mrr")}


def test_what_was_paid_at_a_hidden_close_is_hidden_and_what_leads_to_the_next_close() -> None:
    sizes = {(1, "mrr"): 4, (1, "new"): 9, (2, "mrr"): 9, (2, "new"): 9, (3, "mrr"): 9, (3, "new"): 9}
    found = shown({place: {"all": size} for place, size in sizes.items()})
    assert found == {("all", 2, "mrr"), ("all", 3, "mrr"), ("all", 3, "new")}
    assert shown({(1, "mrr"): {"all": 9}, (1, "new"): {"all": 4}}) == {("all", 1, "mrr")}
    assert shown({(1, "new"): {"all": 9}}) == {("all", 1, "new")}


def test_parts_are_hidden_together_and_with_their_sum() -> None:
    few_of_one = {(1, "sum"): 20, (1, "one"): 4, (1, "two"): 16}
    few_of_the_sum = {(2, "sum"): 4, (2, "one"): 9, (2, "two"): 9}
    enough = {(3, "sum"): 20, (3, "one"): 5, (3, "two"): 15}
    found = shown({place: {"all": size} for place, size in (few_of_one | few_of_the_sum | enough).items()})
    assert found == {("all", 1, "sum"), ("all", 3, "sum"), ("all", 3, "one"), ("all", 3, "two")}


@pytest.mark.parametrize("unnamed", ["a", None])
def test_a_group_of_few_takes_the_smallest_other_with_it(unnamed: str | None) -> None:
    sizes = {(1, "a"): {"all": 3}, (1, "b"): {"all": 6}, (1, "c"): {"all": 9}}
    assert shown(sizes, plan=[unnamed, "b", "c"]) == {("all", 1, "c")}
