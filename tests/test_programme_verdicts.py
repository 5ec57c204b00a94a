"""The rule by which a programme is judged, branch by branch."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from cslib.stats.balancing import Balance
from cslib.stats.contrast import NOBODY, Contrast
from cslib.stats.judging import Effect, Judgement, judge, judge_loss, with_holm
from cslib.stats.losses import Loss
from cslib.stats.readings import Month, Readings
from cslib.stats.rivals import RivalReading
from cslib.stats.trials import LeftOut, Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

RULES = Rules()
SUPPORTED, CONSISTENT, AGAINST, CANNOT = Effect


def contrast(value: float, half: float = 1.0, p: float = 0.01, n: int = 40) -> Contrast:
    """Return a contrast whose interval reaches so far on either side."""
    return Contrast(value, half / 2, value - half, value + half, p, n, n - 1)


def months(*values: float) -> tuple[Month, ...]:
    """Return an event study whose months before the start sway so."""
    return tuple(Month(place - len(values), value, 0, contrast(value), 90) for place, value in enumerate(values))


GOOD = Readings(
    outcome="use",
    starts=10,
    clusters=40,
    comparison=100,
    pace=2,
    before=10,
    estimate=contrast(2.0),
    apart=contrast(1.8),
    alike=contrast(1.9),
    own_trend=contrast(0.1),
    months=(*months(0.5, -1.9, 1.0), Month(1, 2, 0, contrast(9), 90)),
    placebo=contrast(0),
    raw=contrast(5),
    slope=contrast(0),
    window=6,
    balance=(Balance("large", 0.5, 0.4, 0.5, 0.1),),
    left_out={},
    rivals=(RivalReading("price", contrast(0), math.nan, moves=False),),
)
DIFFERS = RivalReading("price", contrast(2), 0.1, moves=True)


def six(p: float, *, moves: bool) -> tuple[RivalReading, ...]:
    """Return six rivals of which one differs, with such a p."""
    return (*(RivalReading(f"other_{at}", contrast(0, p=0.9), math.nan, moves=False) for at in range(5)), RivalReading("price", contrast(2, p=p), 0.1, moves=moves))  # fmt: skip


@pytest.mark.parametrize(
    ("p", "moves", "verdict"),
    [
        (0.04, False, SUPPORTED),  # one of six is as far off by chance in more than a fifth of the cases
        (0.04, True, CONSISTENT),  # but where it takes a third of the difference away, it is in the way
        (0.0084, False, SUPPORTED),  # Holm: times six, just over 5 %
        (0.0083, False, CONSISTENT),
    ],
)
def test_one_of_many_rivals_is_in_the_way_beyond_chance_or_where_it_matters(
    p: float,
    moves: bool,  # noqa: FBT001 - a case
    verdict: Effect,
) -> None:
    found = judge(replace(GOOD, rivals=six(p, moves=moves)), RULES)
    assert found.verdict is verdict
    assert found.reasons == (() if verdict is SUPPORTED else ("rival_price",))


@pytest.mark.parametrize(
    ("changed", "verdict", "reasons"),
    [
        ({}, SUPPORTED, ()),
        ({"apart": contrast(1.0, 1.01)}, CONSISTENT, ("apart",)),
        ({"alike": contrast(1.0, 1.01)}, CONSISTENT, ("alike",)),
        ({"alike": contrast(-0.1, 1.0)}, CANNOT, ("alike",)),
        ({"apart": contrast(0.6, 1.0)}, CANNOT, ("apart",)),  # 0.6 - 1.30 x 0.5 is below 0
        ({"months": months(0.0, -2.01)}, CONSISTENT, ("sway",)),  # the near limit of 1 is less than half of it
        ({"months": months(0.0, -2.0)}, SUPPORTED, ()),
        ({"months": months(2.01, 0.0)}, CONSISTENT, ("sway",)),
        ({"own_trend": contrast(-0.1)}, CONSISTENT, ("own_trend",)),
        ({"rivals": (DIFFERS,)}, CONSISTENT, ("rival_price",)),
        ({"rivals": (RivalReading("price", contrast(1.0), math.nan, moves=False),)}, SUPPORTED, ()),  # as far as 0
        ({"estimate": contrast(1.0)}, CANNOT, ("within_chance", "sway")),  # its interval reaches 0
        ({"estimate": contrast(-1.01)}, AGAINST, ("unfavourable",)),
        ({"estimate": contrast(-1.0)}, CANNOT, ("within_chance", "sway")),
    ],
)
def test_the_rule(changed: dict[str, object], verdict: Effect, reasons: tuple[str, ...]) -> None:
    judged = judge(replace(GOOD, **changed), RULES)  # type: ignore[arg-type]
    assert (judged.verdict, judged.reasons) == (verdict, reasons)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"alike": contrast(1.9, n=19)}, "few_participants"),
        ({"estimate": contrast(2.0, n=19)}, "few_participants"),
        ({"starts": 2}, "few_starts"),
        ({"comparison": 39.9}, "few_compared"),
        ({"balance": (Balance("large", 0.5, 0.4, 0.4, -0.101),)}, "unbalanced"),
    ],
)
def test_a_gate_lets_nothing_be_told(changed: dict[str, object], why: str) -> None:
    found = replace(GOOD, **changed)  # type: ignore[arg-type]
    judged = judge(found, RULES)
    assert (judged.verdict, judged.reasons) == (CANNOT, (why,))
    assert math.isnan(judged.p)
    # nor may it speak against
    assert judge(replace(found, estimate=contrast(-5, n=found.estimate.n)), RULES).verdict == CANNOT


def test_the_least_that_may_be_told_is_a_setting() -> None:
    few = replace(GOOD, estimate=contrast(2.0, n=19))
    assert judge(few, Rules(least=19)).verdict == SUPPORTED
    assert judge(GOOD, Rules(least=41)).reasons == ("few_participants",)


def test_clusters_are_counted_where_customers_started_by_them() -> None:
    seven = replace(GOOD, clusters=7)
    assert judge(seven, RULES).verdict == SUPPORTED
    assert judge(seven, RULES, clustered=True).reasons == ("few_clusters",)
    assert judge(replace(GOOD, clusters=8), RULES, clustered=True).verdict == SUPPORTED


@pytest.mark.parametrize(
    ("left_out", "why"),
    [
        ({}, "none"),
        ({LeftOut.TOO_YOUNG: 3, LeftOut.NOT_YET: 0}, "no_before"),
        ({LeftOut.BEFORE_DATA: 3}, "no_before"),
        ({LeftOut.NOBODY_ELSE: 3}, "nobody_else"),
        ({LeftOut.NOT_YET: 3, LeftOut.TOO_YOUNG: 2}, "not_yet"),
    ],
)
def test_why_nobody_is_to_be_compared(left_out: dict[LeftOut, int], why: str) -> None:
    nobody = replace(GOOD, estimate=NOBODY, apart=NOBODY, alike=NOBODY, left_out=left_out, pace=0, months=())
    judged = judge(nobody, RULES)
    assert (judged.verdict, judged.reasons, judged.ripe_in) == (CANNOT, (why,), None)


def test_whose_past_is_unknown_is_no_one_who_did_not_join() -> None:
    assert judge(replace(GOOD, alike=NOBODY), RULES).reasons == ("few_participants",)


def test_below_what_is_expected_speaks_against() -> None:
    little = replace(GOOD, estimate=contrast(0.2))
    assert judge(little, RULES, expected=1.21).reasons == ("below_expected",)
    assert judge(little, RULES, expected=1.2).verdict == CANNOT
    # what goes with it beyond chance is not spoken against, be it less than was hoped for
    assert judge(GOOD, RULES, expected=9).verdict == SUPPORTED


def test_adoption_is_judged_on_use_apart_from_the_start() -> None:
    adoption = replace(
        GOOD, outcome="adoption", apart=contrast(0.1, 5, p=0.9), months=months(9.0), own_trend=contrast(0.1, 9)
    )
    assert judge(adoption, RULES).reasons == ("apart", "sway")
    judged = judge(adoption, RULES, use=GOOD)
    assert (judged.verdict, judged.p) == (SUPPORTED, 0.01)
    for own in ({"apart": contrast(-0.1, 0.1)}, {"own_trend": contrast(-0.1)}, {"alike": contrast(0.5)}):
        assert judge(replace(adoption, **own), RULES, use=GOOD).verdict != SUPPORTED  # type: ignore[arg-type]
    for of_use in ({"apart": contrast(1.0)}, {"own_trend": contrast(-0.1)}, {"months": months(3.0)}):
        assert judge(adoption, RULES, use=replace(GOOD, **of_use)).verdict != SUPPORTED


def test_answers_are_capped_since_no_sway_can_be_looked_at() -> None:
    judged = judge(replace(GOOD, months=(), own_trend=NOBODY), RULES)
    assert (judged.verdict, judged.reasons) == (CONSISTENT, ("capped",))


def test_the_p_of_a_pair_is_the_largest_of_three_readings() -> None:
    found = replace(GOOD, estimate=contrast(2, p=0.001), apart=contrast(2, p=0.03), alike=contrast(2, p=0.02))
    assert judge(found, RULES).p == 0.03


def test_holm_over_all_pairs() -> None:
    def said(p: float, verdict: Effect = SUPPORTED) -> Judgement:
        return Judgement(verdict, (), p)

    # 0.02 x 3 exceeds 5 %, 0.01 x 4 does not; what was not tested counts for nothing
    listed = [said(0.02), said(0.01), said(0.9, CANNOT), said(0.04, CONSISTENT), said(math.nan, CANNOT)]
    judged = with_holm(listed, [False] * 5)
    assert [one.verdict for one in judged] == [CONSISTENT, SUPPORTED, CANNOT, CONSISTENT, CANNOT]
    assert [one.reasons for one in judged] == [("holm",), (), (), (), ()]


def test_what_was_meant_is_judged_among_its_like() -> None:
    def verdicts(meant: Sequence[bool]) -> list[Effect]:
        listed = [Judgement(SUPPORTED, (), p) for p in (0.02, 0.02, 0.03, 0.04)]
        return [one.verdict for one in with_holm(listed, meant)]

    # all four: 0.02 x 4 is 8 %; of two that were meant 0.02 x 2 is 4 %, and 0.03 by itself
    assert verdicts([False] * 4) == [CONSISTENT] * 4
    assert verdicts([True, False, True, False]) == [SUPPORTED, CONSISTENT, SUPPORTED, CONSISTENT]
    assert verdicts([True] * 4) == [CONSISTENT] * 4


LOST = Loss("lost_6", 10, 40, 100, 2, 0.05, 0.1, contrast(-0.05, 0.04), (), {})


@pytest.mark.parametrize(
    ("found", "assigned", "verdict"),
    [
        (LOST, False, CONSISTENT),
        (LOST, True, SUPPORTED),
        (replace(LOST, contrast=contrast(-0.05, 0.05)), True, CANNOT),
        (replace(LOST, contrast=contrast(0.05, 0.04)), True, AGAINST),
        (replace(LOST, outcome="mrr_retained", contrast=contrast(0.05, 0.04)), False, CONSISTENT),
        (replace(LOST, outcome="mrr_retained", contrast=contrast(-0.05, 0.04)), False, AGAINST),
        (replace(LOST, starts=2), True, CANNOT),
        (replace(LOST, contrast=contrast(-0.05, 0.04, n=19)), True, CANNOT),
    ],
)
def test_losses_have_no_before(found: Loss, assigned: bool, verdict: Effect) -> None:  # noqa: FBT001 - a parameter
    assert judge_loss(found, RULES, assigned=assigned).verdict == verdict


def test_fewer_losses_than_expected() -> None:
    little = replace(LOST, contrast=contrast(-0.01, 0.02))  # at best three points fewer
    assert judge_loss(little, RULES, expected=-0.031).verdict == AGAINST
    assert judge_loss(little, RULES, expected=-0.03).verdict == CANNOT


def test_how_many_participants_it_takes() -> None:
    # 40 x (2.8 x 0.5 / 0.7)² = 160, and 60 months of two a month until the 120 more are there
    judged = judge(replace(GOOD, estimate=contrast(0.7)), RULES)
    assert (judged.needed, judged.ripe_in) == (160, 60)
    assert judge(replace(GOOD, estimate=contrast(0.7)), RULES, expected=1.4).needed == 40
    assert judge(replace(GOOD, estimate=contrast(0.7), pace=0), RULES).ripe_in is None
    assert judge(GOOD, RULES).needed is None
    nothing = judge(replace(GOOD, estimate=contrast(1e-9)), RULES)
    assert nothing.needed is None
    assert judge(replace(GOOD, estimate=contrast(0.0)), RULES).needed is None
    without_spread = Contrast(2.0, 0.0, 2.0, 2.0, 0.0, 40, 39)
    assert judge(replace(GOOD, estimate=without_spread, comparison=1), RULES).needed is None


def test_the_three_estimates_reach_from_the_least_to_the_largest() -> None:
    spread = replace(GOOD, estimate=contrast(0.7), apart=contrast(0.5), alike=contrast(0.9))
    assert (spread.lowest, spread.highest) == (0.5, 0.9)


def test_no_fewer_than_a_verdict_asks_for() -> None:
    few = replace(GOOD, estimate=contrast(50.0, n=8))
    assert judge(few, RULES).needed == RULES.least
    alone = Contrast(2.0, np.nan, np.nan, np.nan, np.nan, 1, 0)
    assert judge(replace(GOOD, estimate=alone), RULES).needed == RULES.least
