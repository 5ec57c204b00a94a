"""The rule of the verdicts, branch by branch, and how many more events it takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cslib.stats import Evidence, RiskRatio, Separation, Verdict

NO_RATIO = RiskRatio(np.nan, np.nan, np.nan)


def evidence(auc: float = 0.6, half: float = 0.05, p_holm: float = 0.01, **said: object) -> Evidence:
    """Return evidence of an area with its interval; the rest is what leads, unless it is said."""
    separation = Separation(auc, half / 1.96, auc - half, auc + half, p_holm, int(str(said.pop("events", 100))))
    plain = Evidence(separation, auc, NO_RATIO, p_holm, is_rare=False, margin=0.6, tests=20)
    return replace(plain, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (evidence(), Verdict.LEADS),
        (evidence(late_auc=0.49), Verdict.CANNOT_TELL),  # the order did not hold
        (evidence(late_auc=np.nan), Verdict.CANNOT_TELL),
        (evidence(p_holm=0.05), Verdict.CANNOT_TELL),
        (evidence(auc=0.4), Verdict.OTHER_WAY),
        (evidence(auc=0.4, p_holm=0.2), Verdict.CANNOT_TELL),
        (evidence(auc=0.52, half=0.069, p_holm=1), Verdict.DOES_NOT_LEAD),
        (evidence(auc=0.5, half=0.071, p_holm=1), Verdict.CANNOT_TELL),  # 0.071 x (1 + 0.84 / 1.96) is over 0.1
        (evidence(auc=0.52, half=0.09, p_holm=1), Verdict.CANNOT_TELL),
        (evidence(auc=0.47, half=0.08, p_holm=1), Verdict.CANNOT_TELL),
        (evidence(auc=0.52, half=0.09, p_holm=1, margin=0.65), Verdict.DOES_NOT_LEAD),
        (evidence(auc=0.55, half=0.02), Verdict.LEADS),  # weak, though beyond chance
        (evidence(events=10), Verdict.LEADS),
        (evidence(events=9), Verdict.CANNOT_TELL),
        (evidence(p_holm=np.nan), Verdict.CANNOT_TELL),
    ],
)
def test_the_rule(found: Evidence, said: Verdict) -> None:
    assert found.verdict == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.76, 1.3, Verdict.DOES_NOT_LEAD),
        (0.7, 1.4, Verdict.CANNOT_TELL),
        (0.6, 1.4, Verdict.CANNOT_TELL),
        (0.7, 1.5, Verdict.CANNOT_TELL),
    ],
)
def test_a_rare_flag_is_judged_by_its_ratio(low: float, high: float, said: Verdict) -> None:
    near_half = evidence(auc=0.505, half=0.01, p_holm=1, is_rare=True, ratio=RiskRatio(1.0, low, high))
    assert near_half.verdict == said
    assert replace(near_half, p_holm=0.01).verdict == Verdict.LEADS


def test_few_events_do_not_say_that_a_dud_is_one() -> None:
    """Of 64 customers with the event the error of what never changes is 0.041: two in three duds would lie beyond the margin."""
    few = evidence(auc=0.501, half=1.96 * 0.041, p_holm=1, events=64)
    assert few.verdict == Verdict.CANNOT_TELL
    assert few.needed == 23  # 64 x (0.0804 x 1.429 / 0.099)² = 86.2, less 64
    assert evidence(auc=0.501, half=1.96 * 0.025, p_holm=1, events=180).verdict == Verdict.DOES_NOT_LEAD


def test_a_rare_flag_without_a_ratio_cannot_be_told() -> None:
    assert evidence(auc=0.505, half=0.01, p_holm=1, is_rare=True).verdict == Verdict.CANNOT_TELL


def test_what_is_decided_needs_nothing() -> None:
    assert np.isnan(evidence().needed)


def test_the_margin_is_what_is_waited_for_where_the_area_is_one_half() -> None:
    # the interval must shrink from 0.15 to 0.1 / (1 + 0.84 / 1.96): 100 x (0.15 / 0.07)² = 459.6, less the 100 at hand
    assert evidence(auc=0.5, half=0.15, p_holm=1).needed == 360


def test_ten_events_are_enough_for_an_interval_of_their_own() -> None:
    assert evidence(auc=0.5, half=0.15, p_holm=1, events=10).needed == 36  # 10 x (0.15 / 0.07)² = 45.96, less 10


def test_a_clear_area_is_waited_for_by_its_own_distance() -> None:
    # z of 0.05 / 2 / 20 is 3.023, and 0.842 for the power: ((3.865 x 0.1 / 1.96 x 10) / 0.2)² = 97.2, of which 40 are there
    found = evidence(auc=0.7, half=0.1 * 10 / 40**0.5, p_holm=0.06, events=40)
    assert found.needed == 58


def test_under_ten_events_an_area_of_065_is_planned_for() -> None:
    # (3.865 x 0.37 / 0.15)² = 90.9, less 4
    assert evidence(auc=0.9, p_holm=np.nan, events=4).needed == 87
    assert evidence(auc=np.nan, p_holm=np.nan, events=0).needed == 91


def test_a_rare_flag_waits_for_its_ratio() -> None:
    # the area alone would fit at once; the ratio must shrink from log 2 to log 1.5 / (1 + 0.84 / 1.96)
    flag = evidence(auc=0.5, half=0.01, p_holm=1, is_rare=True, ratio=RiskRatio(1.0, 0.5, 2.0))
    assert flag.needed == 500  # 100 x (0.6931 / 0.2837)² = 597, less 100, rounded up
