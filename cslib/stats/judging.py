"""The rule by which what goes with a programme is judged: written once, in words of a fixed list, and never of cause."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from cslib.stats.contrast import SEEN
from cslib.stats.separation import holm
from cslib.stats.trials import LeftOut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cslib.stats.contrast import Contrast
    from cslib.stats.losses import Loss
    from cslib.stats.readings import Readings
    from cslib.stats.rivals import RivalReading
    from cslib.stats.trials import Rules

LEVEL = 0.05
LEAST_STARTS = 3
LEAST_COMPARED = 40.0
UNBALANCED = 0.1  # standard deviations
SWAY = 0.5  # of the sway before the start that the near limit must exceed (M of Rambachan & Roth 2023)
_MOST = 100_000  # participants that nobody will ever have


class Effect(StrEnum):
    """What can be said of a programme and an outcome."""

    SUPPORTED = "supported"
    CONSISTENT = "consistent"
    SPEAKS_AGAINST = "speaks_against"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True)
class Judgement:
    """A verdict, and why it is no better one."""

    verdict: Effect
    reasons: tuple[str, ...]  # codes of a fixed list; rival_<id>; none of what is supported
    p: float  # of the pair, before Holm; nan where a gate was not passed
    needed: int | None = (
        None  # participants that it takes; None where it is decided, and where nobody would have as many
    )
    ripe_in: int | None = None  # months until they are there and over at the present pace; None without a pace


def judge(
    found: Readings,
    rules: Rules,
    *,
    expected: float | None = None,
    clustered: bool = False,
    use: Readings | None = None,
) -> Judgement:
    """Return the verdict on use, adoption, MRR of the kept or NPS; more is better, and so is `expected`, an absolute change.

    Adoption is a threshold on use: with `use` given, its own first and third reading must hold, its second and fourth be
    favourable; whether it holds apart from the start, and outweighs sway and trend, is judged on use. `clustered`: customers
    started by CSM or by wave, so that clusters are counted.
    """
    needed = _needed(found.estimate, rules, expected)
    if gates := _gates(found, rules, clustered=clustered):
        return _with_time(Judgement(Effect.CANNOT_TELL, gates, math.nan, needed), found)
    p = max(one.p for one in (found.estimate, (use or found).apart, found.alike))
    if not (missing := _missing(found, use)):
        return Judgement(Effect.SUPPORTED, (), p)
    if found.estimate.low > 0 and found.alike.value > 0 and found.apart.low_90 > 0:
        return Judgement(Effect.CONSISTENT, missing, p)
    if against := _against(found.estimate, expected):
        return Judgement(Effect.SPEAKS_AGAINST, (against,), p)
    return _with_time(Judgement(Effect.CANNOT_TELL, missing, p, needed), found)


def judge_loss(
    found: Loss, rules: Rules, *, expected: float | None = None, clustered: bool = False, assigned: bool = False
) -> Judgement:
    """Return the verdict on losses or retained MRR; `assigned`: customers were drawn, or came by wave.

    They have no before, so that no sway can be looked at: unless it was `assigned`, at most consistent. `expected` is a change
    in the unit of the outcome, of losses below 0.
    """
    needed = _needed(found.contrast, rules, expected)
    if gates := _gates(found, rules, clustered=clustered):
        return _with_time(Judgement(Effect.CANNOT_TELL, gates, math.nan, needed), found)
    contrast = _turned(found.contrast) if found.less_is_better else found.contrast
    if contrast.low > 0:
        verdict, reasons = (Effect.SUPPORTED, ()) if assigned else (Effect.CONSISTENT, ("capped",))
        return Judgement(verdict, reasons, contrast.p)
    if against := _against(contrast, None if expected is None else abs(expected)):
        return Judgement(Effect.SPEAKS_AGAINST, (against,), contrast.p)
    return _with_time(Judgement(Effect.CANNOT_TELL, ("within_chance",), contrast.p, needed), found)


def with_holm(judged: Sequence[Judgement], meant: Sequence[bool]) -> list[Judgement]:
    """Return the judgements of all pairs of programme and outcome of a report: what Holm's p no longer supports is consistent.

    The outcome that each programme was `meant` for was named beforehand: it is judged among its like, all others among all pairs.
    """
    p, named = np.array([one.p for one in judged]), np.array(meant, dtype=np.bool_)
    adjusted = holm(p)
    adjusted[named] = holm(p[named])
    return [
        replace(one, verdict=Effect.CONSISTENT, reasons=("holm",))
        if one.verdict is Effect.SUPPORTED and not least < LEVEL
        else one
        for one, least in zip(judged, adjusted, strict=True)
    ]


def _gates(found: Readings | Loss, rules: Rules, *, clustered: bool) -> tuple[str, ...]:
    """Return why nothing can be told whatever the figures are."""
    if not found.compared:
        return (_nobody(found),)
    gates = {
        "few_participants": found.participants < rules.least,
        "few_starts": found.starts < LEAST_STARTS,
        "few_compared": found.comparison < LEAST_COMPARED,
        "unbalanced": any(abs(one.difference) > UNBALANCED for one in found.balance),
        "few_clusters": clustered and found.clusters < rules.clusters,
    }
    return tuple(code for code, holds in gates.items() if holds)


def _nobody(found: Readings | Loss) -> str:
    """Return why nobody is to be compared: nobody joined, all in their first months, all others joined, or another reason."""
    left = {why: count for why, count in found.left_out.items() if count}
    if not left:
        return "none"
    if set(left) <= {LeftOut.TOO_YOUNG, LeftOut.BEFORE_DATA}:
        return "no_before"
    return str(max(left, key=lambda why: left[why]))


def _missing(found: Readings, use: Readings | None) -> tuple[str, ...]:
    """Return what of the rule does not hold for `supported`, Holm's apart."""
    judged, standing = use or found, in_the_way(found.rivals)
    holds = {
        "within_chance": found.estimate.low > 0,
        "apart": judged.apart.low > 0 and found.apart.value > 0,
        "alike": found.alike.low > 0,
        "sway": judged.estimate.low >= SWAY * judged.sway,
        "own_trend": judged.own_trend.value > 0 and found.own_trend.value > 0,
        **{f"rival_{rival.id}": rival not in standing for rival in found.rivals},
    }
    if not found.months:  # answers: neither a sway nor a trend can be looked at
        holds |= {"sway": True, "own_trend": True, "capped": False}
    return tuple(code for code, held in holds.items() if not held)


def in_the_way(rivals: Sequence[RivalReading]) -> list[RivalReading]:
    """Return the rivals that keep a verdict from being supported: those that differ, and do so beyond what one of so many does by chance.

    One that moves the estimate by more than a third, made alike, is in the way in any case. Each held to its own 95 %, six that
    mean nothing would stand before every fourth effect (`bench.effect_rivals`).
    """
    adjusted = holm(np.array([one.contrast.p for one in rivals]))
    return [one for one, p in zip(rivals, adjusted, strict=True) if one.differs and (p < LEVEL or one.moves)]


def _against(estimate: Contrast, expected: float | None) -> str:
    if estimate.high < 0:
        return "unfavourable"
    return "below_expected" if expected is not None and estimate.high < expected else ""


def _turned(contrast: Contrast) -> Contrast:
    return contrast._replace(value=-contrast.value, low=-contrast.high, high=-contrast.low)


def _needed(estimate: Contrast, rules: Rules, expected: float | None) -> int | None:
    """Return how many participants would find a change in 8 of 10 cases: n ((1.96 + 0.84) se / change)².

    The change is the expected one, else the one that was found; below what a verdict asks for at least it is not.
    """
    change = abs(expected) if expected else abs(estimate.value)
    if not estimate.se > 0 or not change > 0:
        return rules.least if estimate.n < rules.least else None
    needed = max(math.ceil(estimate.n * (SEEN * estimate.se / change) ** 2), rules.least)
    return needed if needed < _MOST else None


def _with_time(judged: Judgement, found: Readings | Loss) -> Judgement:
    if judged.needed is None or not found.pace > 0:
        return judged
    return replace(judged, ripe_in=max(math.ceil((judged.needed - found.participants) / found.pace), 0))
