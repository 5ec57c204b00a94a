"""What chance alone would do: changes, many changes, and the best of many groups, against known numbers and by simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cslib.analysis.figures.significance import alike, clarity, comparable, stand_out
from cslib.kpis import CATALOGUE
from cslib.kpis.kpi import Interval
from cslib.periods import Month
from cslib.stats import adjusted_wald, t_interval, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NONE = float("nan")


def figures(value: float, low: float, high: float, status: str = "no_target") -> pd.DataFrame:
    """Return one figure with its interval."""
    return pd.DataFrame([{"value": value, "low": low, "high": high, "status": status}])


def one(now: pd.DataFrame, before: pd.DataFrame) -> float:
    """Return how clear the one change is."""
    return float(clarity(now, before)[0])


def test_a_change_is_held_against_the_halves_that_face_each_other() -> None:
    # up from 10 (+4, -1) to 20 (+9, -3): the halves between the two are 4 and 3, so 10 / 5
    assert one(figures(20, 17, 29), figures(10, 9, 14)) == pytest.approx(2)
    # and down again, the same two figures: the same halves face each other
    assert one(figures(10, 9, 14), figures(20, 17, 29)) == pytest.approx(2)


def test_it_is_the_interval_of_newcombe() -> None:
    """The example (a) of Newcombe (1998), table II, method 10: 56/70 - 48/80 is 0.2, with the interval 0.0524 to 0.3339."""
    (low, other_low), (high, other_high) = wilson(np.array([56.0, 48.0]), np.array([70.0, 80.0]))
    now, before = figures(56 / 70, low, high), figures(48 / 80, other_low, other_high)
    assert 0.2 - 0.2 / one(now, before) == pytest.approx(0.0524, abs=5e-5)


def test_an_open_end_hides_a_change_towards_it_and_no_other() -> None:
    assert one(figures(90, 85, 95), figures(50, 40, NONE)) == 0
    assert one(figures(50, 40, NONE), figures(90, 85, 95)) == 0
    assert one(figures(90, 86, NONE), figures(50, 40, 53)) == pytest.approx(40 / 5)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (figures(NONE, NONE, NONE), figures(1, 0, 2)),
        (figures(1, 0, 2), figures(5, NONE, NONE)),
        (figures(1, 0, 2, "small"), figures(5, 4, 6)),
        (figures(1, 0, 2), figures(5, 4, 6, "small")),
    ],
)
def test_what_has_no_value_no_interval_or_few_cases_is_not_judged(now: pd.DataFrame, before: pd.DataFrame) -> None:
    assert np.isnan(one(now, before))


def test_what_hangs_on_days_is_judged_between_like_months_only() -> None:
    january, february = Month.parse("2026-01"), Month.parse("2026-02")
    assert (february.last_day.day, february.workdays) == (28, 20)  # begins on a Sunday
    assert (january.last_day.day, january.workdays) == (31, 22)
    daily, other = CATALOGUE.by_id["stickiness"], CATALOGUE.by_id["adoption"]
    assert not comparable(daily, february, january)
    assert comparable(other, february, january)
    assert comparable(daily, Month.parse("2026-02"), Month.parse("2025-02"))  # 28 days, 20 of them working days
    assert not comparable(daily, Month.parse("2026-08"), Month.parse("2026-07"))  # 31 both, but 21 working days and 23


def of_p(*p: float) -> pd.Series:
    """Return the clarity that stands for each p."""
    return pd.Series(stats.norm.isf(np.array(p) / 2) / 1.959964)


def test_many_changes_are_told_by_the_rule_of_benjamini_and_hochberg() -> None:
    # of 4 the limits are 0.025, 0.05, 0.075, 0.1: the largest that keeps its limit is the second
    assert stand_out(of_p(0.2, 0.001, 0.5, 0.04)).tolist() == [False, True, False, True]
    # of 10 they are 0.01, 0.02, …: 0.04 is no longer enough
    assert stand_out(of_p(0.001, 0.04, *[0.5] * 8)).tolist() == [True] + [False] * 9
    # what cannot be judged was not looked at
    told = stand_out(pd.concat([of_p(0.001, 0.04, 0.2, 0.5), pd.Series([NONE] * 6)], ignore_index=True))
    assert told.tolist() == [True, True] + [False] * 8


def test_a_change_within_its_own_uncertainty_stands_out_among_none() -> None:
    assert stand_out(of_p(0.001, 0.001, 0.08)).tolist() == [True, True, False]  # 0.08 keeps its limit of 0.1
    assert stand_out(pd.Series([NONE, NONE])).tolist() == [False, False]
    assert stand_out(pd.Series(dtype=float)).tolist() == []


def shares(parts: list[int], n: int) -> pd.DataFrame:
    """Return groups of `n` with these parts."""
    part, whole = np.array(parts, dtype=float), np.full(len(parts), float(n))
    low, high = wilson(part, whole)
    return pd.DataFrame({"value": part / whole, "low": low, "high": high, "n": n})


@pytest.mark.parametrize("parts", [[3, 9, 9, 12], [5, 9, 9, 12], [0, 1, 2, 9], [20, 20, 19, 14]])
def test_shares_are_tested_as_the_chi_square_test_of_their_counts_would(parts: list[int]) -> None:
    counts = np.array([parts, [20 - part for part in parts]])
    assert alike(shares(parts, 20), Interval.WILSON) == (stats.chi2_contingency(counts).pvalue > 0.05)


def test_means_are_tested_as_the_analysis_of_variance_of_their_answers_would() -> None:
    rng = np.random.default_rng(3)
    told = []
    for shift in (0, 1, 2, 3):
        answers = rng.integers(1, 6, (4, 8)) + np.array([0, 0, 0, shift])[:, None]
        low, high = t_interval(answers.sum(1), (answers**2).sum(1), np.full(4, 8.0))
        groups = pd.DataFrame({"value": answers.mean(1), "low": low, "high": high, "n": 8.0})
        told.append(alike(groups, Interval.T))
        assert told[-1] == (stats.f_oneway(*answers).pvalue > 0.05)
    assert set(told) == {True, False}


def test_groups_without_intervals_are_counts_and_differ() -> None:
    counts = pd.DataFrame({"value": [3.0, 4.0], "low": NONE, "high": NONE, "n": 5})
    assert not alike(counts, Interval.NONE)
    assert alike(counts, Interval.WILSON)  # where an interval is missing nothing can be tested


@pytest.mark.parametrize("groups", [2, 5, 20, 40])
@pytest.mark.parametrize("interval", [Interval.WILSON, Interval.T, Interval.ADJUSTED_WALD])
def test_groups_of_one_kind_are_told_apart_in_one_case_of_twenty(groups: int, interval: Interval) -> None:
    """With the overlap of the two ends instead, 23 to 40 % of 20 like groups were, and 54 to 74 % of 40."""
    rng = np.random.default_rng(20261101)
    apart = [not alike(_drawn(rng, groups, interval), interval) for _ in range(300)]
    assert np.mean(apart) < 0.09  # 5 %, and three standard errors


def _drawn(rng: np.random.Generator, groups: int, interval: Interval) -> pd.DataFrame:
    n = np.full(groups, 30.0)
    if interval is Interval.WILSON:
        part = rng.binomial(30, 0.8, groups).astype(float)
        low, high = wilson(part, n)
        return pd.DataFrame({"value": part / n, "low": low, "high": high, "n": n})
    answers = rng.choice([-1.0, 0, 1], (groups, 30), p=[0.2, 0.3, 0.5])
    of = t_interval if interval is Interval.T else adjusted_wald
    low, high = of(answers.sum(1), (answers**2).sum(1), n)
    return pd.DataFrame({"value": answers.mean(1), "low": low, "high": high, "n": n})


@pytest.mark.parametrize("interval", [Interval.WILSON, Interval.ADJUSTED_WALD])
def test_groups_that_do_differ_are_told_apart(interval: Interval) -> None:
    groups = shares([10, 25, 26, 24, 27], 30)
    assert not alike(groups, interval)
