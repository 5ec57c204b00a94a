"""What a month comes to, in sentences: the goal and MRR, the targets, and the one miss to look at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.i18n.direction import isolate_direction
from cslib.kpis.kpi import Unit
from cslib.tables.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.analysis.figures.answer import Answer, Goal, Miss
    from cslib.i18n import Wording
    from cslib.kpis import Catalogue
    from cslib.kpis.kpi import Kpi

_NAMED = 3  # misses that the sentence names; tiles and tables hold all


def answer_sentences(
    answer: Answer, catalogue: Catalogue, wording: Wording, segments: Mapping[str, str] | None = None
) -> list[str]:
    """Return the answer in paragraphs: the goal and MRR, the targets, what to look at first; those that say nothing left out.

    `segments` are the names by which misses are told apart where the answer is of several.
    """
    said = [
        wording.sentences(_goal(answer.goal, catalogue, wording), _revenue(answer, wording)),
        _targets(answer, catalogue, wording, segments or {}),
        _first(answer, catalogue, wording, segments or {}),
    ]
    return [paragraph for paragraph in said if paragraph]


def lack(kpi: Kpi, gap: float, wording: Wording) -> str:
    """Return how far a value is from its target, without a sign."""
    return wording.change(kpi.unit, abs(gap)).removeprefix("+")


def _goal(goal: Goal | None, catalogue: Catalogue, wording: Wording) -> str:
    if goal is None:
        return ""
    kpi = catalogue.by_id[goal.kpi]
    return wording.text(
        f"goal_{goal.status}", kpi=kpi.name(wording.language), value=wording.value(kpi.unit, goal.value),
        target=wording.value(kpi.unit, goal.target), gap=lack(kpi, goal.value - goal.target, wording),
        interval=wording.interval(kpi.unit, goal.low, goal.high), reason=wording.reason(goal.reason),
    )  # fmt: skip


def _revenue(answer: Answer, wording: Wording) -> str:
    if answer.revenue is None:
        return ""
    value, change = answer.revenue
    key = "revenue" if pd.isna(change) else "revenue_changed"
    return wording.text(key, value=wording.value(Unit.AMOUNT, value), change=wording.change(Unit.AMOUNT, change))


def _targets(answer: Answer, catalogue: Catalogue, wording: Wording, segments: Mapping[str, str]) -> str:
    absent = [kpi.name(wording.language) for kpi in catalogue.find(answer.absent)]
    lacking = wording.text("answer_absent", kpis=wording.join(absent)) if absent else ""
    if not answer.count:
        return lacking or wording.text("answer_no_target")
    if answer.untold == answer.count:
        return wording.sentences(wording.text("answer_all_untold", count=answer.count), lacking)
    named = [_miss(one, catalogue, wording, segments) for one in answer.missed[:_NAMED]]
    further = len(answer.missed) - len(named)
    more = [wording.text("answer_more", count=further)] if further else []
    return wording.sentences(
        Tally(answer.reached, len(answer.missed), answer.undecided).answer(wording),
        wording.text("answer_missed", kpis=wording.join([*named, *more])) if named else "",
        wording.text("answer_untold", count=answer.untold) if answer.untold else "",
        lacking,
    )


def _miss(one: Miss, catalogue: Catalogue, wording: Wording, segments: Mapping[str, str]) -> str:
    kpi = catalogue.by_id[one.kpi]
    figures = {name: wording.value(kpi.unit, getattr(one, name)) for name in ("value", "target")}
    return wording.text(
        "answer_miss", what=_what(one, kpi, wording, segments), gap=lack(kpi, one.gap, wording), **figures
    )


def _what(one: Miss, kpi: Kpi, wording: Wording, segments: Mapping[str, str]) -> str:
    name = kpi.name(wording.language)
    return wording.text("answer_of_segment", segment=segments[one.segment], kpi=name) if segments else name


def _first(answer: Answer, catalogue: Catalogue, wording: Wording, segments: Mapping[str, str]) -> str:
    one = answer.first
    if one is None:
        return ""
    what = _what(one, catalogue.by_id[one.kpi], wording, segments)
    owned = "first_owned" if one.owner else "first"
    named = wording.text(owned, what=what, owner=isolate_direction(one.owner))
    return wording.sentences(named, _since(one, catalogue.by_id[one.kpi], wording), _why(answer, one, wording))


def _since(one: Miss, kpi: Kpi, wording: Wording) -> str:
    key = "first_reached" if one.reached else "first_never" if one.months else "first_new"
    figures = {name: wording.value(kpi.unit, getattr(one, name)) for name in ("value", "target", "then")}
    return wording.text(key, month=wording.month(one.reached or None), months=one.months, **figures)


def _why(answer: Answer, one: Miss, wording: Wording) -> str:
    """Return by what the miss stands before the others; nothing where it is the only one."""
    if len(answer.missed) == 1:
        return ""
    key = "first_by_share" if np.isnan(one.distance) else "first_by_interval"
    return wording.text(key if one is answer.missed[0] else f"{key}_of_segments")
