"""What a segment wants, against the book: the rules that look at figures and customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.growth.wall import Side, wall
from cslib.analysis.targets.aims import aims
from cslib.analysis.targets.consistency_of_settings import SLACK, Finding, place, place_of_target, wanted_of
from cslib.analysis.targets.pdca import State, state
from cslib.kpis.kpi import Better, Posture, Unit
from cslib.kpis.measure import version
from cslib.settings import EXTENDED, TOTAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.paid import Paid
    from cslib.kpis.kpi import Kpi
    from cslib.settings import Action, Segment

_MOST_OF_WEIGHT = 0.8
_HALF = 0.5
_REACHED, _NEVER, _OFF = 6, 12, 3  # closes
_SHARES = (Unit.SHARE, Unit.POINTS)


def of_figures(segment: Segment, inquiry: Inquiry) -> Iterator[Finding]:
    """Return what a segment wants and the book speaks against."""
    yield from _unmeasurable(segment, inquiry)
    yield from _one_sided(segment, inquiry)
    yield from _courses(segment, inquiry)
    if (paid := inquiry.paid) is None:
        return
    yield from _touched_otherwise(segment, inquiry, paid)
    if segment.id == TOTAL:
        yield from _apart_from_total(segment, inquiry, paid)
        yield from _left_out(inquiry, paid)


def _unmeasurable(segment: Segment, inquiry: Inquiry) -> Iterator[Finding]:
    """e: nobody will ever see whether it is reached."""
    for kpi in wanted_of(segment):
        absent = inquiry.facts.missing(version(inquiry.catalogue.by_id[kpi], inquiry.facts.manifest).needs)
        if absent:
            yield Finding("e", place_of_target(inquiry.settings, segment, kpi), kpi, " ".join(absent))


def _courses(segment: Segment, inquiry: Inquiry) -> Iterator[Finding]:
    """n, o: a target that decides nothing, or that is missed while nobody acts."""
    table, tended = inquiry.once(aims), _under_way(segment, inquiry)
    mine = table[table.segment == segment.id].sort_values("month")
    for kpi in wanted_of(segment):
        rows, where = mine[mine.kpi == kpi], place_of_target(inquiry.settings, segment, kpi)
        target = float(rows.target.iloc[-1]) if len(rows) else np.nan
        if _throughout(rows.status == "on_target", _REACHED):
            yield Finding("n", where, kpi, "reached", float(_REACHED), target)
        if _throughout(_short_of(rows, inquiry.catalogue.by_id[kpi]), _NEVER):
            yield Finding("n", where, kpi, "never", float(_NEVER), target)
        if kpi not in tended and _throughout(rows.status == "off_target", _OFF):
            yield Finding("o", where, kpi, "", float(rows.value.iloc[-1]), target)


def _throughout(holds: pd.Series, closes: int) -> bool:
    return len(holds) >= closes and bool(holds.iloc[-closes:].all())


def _short_of(rows: pd.DataFrame, kpi: Kpi) -> pd.Series:
    """Return whether a value does not come up to its target, be it within chance; of few cases nothing is said."""
    worse = rows.value > rows.target if kpi.better is Better.LOWER else rows.value < rows.target
    return worse & (rows.status != "small")


def _under_way(segment: Segment, inquiry: Inquiry) -> set[str]:
    """Return the KPIs of which an action of the segment, or of all customers, is under way."""
    actions = inquiry.settings.actions
    return {one.kpi for one in actions if one.segment in {segment.id, TOTAL} and _goes_on(one, inquiry)}


def _goes_on(action: Action, inquiry: Inquiry) -> bool:
    stage = state(action, inquiry.as_of)
    extended = stage is State.DECIDED and action.decision is not None and action.decision.what == EXTENDED
    return extended or stage in {State.RUNNING, State.OVERDUE}


def _one_sided(segment: Segment, inquiry: Inquiry) -> Iterator[Finding]:
    """k: keeping without growing, or growing without keeping, which is worse while churn lies above the wall."""
    postures = {inquiry.catalogue.by_id[kpi].posture for kpi in wanted_of(segment)} - {Posture.LEADING}
    if len(postures) != 1:
        return
    only, where = postures.pop(), place(inquiry.settings, segment, "targets")
    table = inquiry.once(wall) if only is Posture.OFFENCE else pd.DataFrame({"segment": [], "verdict": []})
    above = table[(table.segment == segment.id) & (table.verdict == Side.DEFENCE_FIRST)].head(1)
    churn, limit = (float(above[name].iloc[0]) if len(above) else np.nan for name in ("churn", "wall"))
    yield Finding("k", where, about=str(only), found=churn, wanted=limit)


def _touched_otherwise(segment: Segment, inquiry: Inquiry, paid: Paid) -> Iterator[Finding]:
    """f: what is written down, and what is done. Without dates the model is known of the latest close alone."""
    facts, model = inquiry.facts, segment.touch_model
    if model is None or ("touch_model" not in facts.dated and facts.missing(["customers.touch_model"])):
        return
    then = facts.assigned_at("touch_model").filter(_.month_no == inquiry.as_of.number).to_pyarrow().to_pandas()
    under = paid.ids[paid.members[segment.id] & (paid.amounts[:, -1] > 0)]
    models = then.set_index("customer_id").touch_model.reindex(under).dropna()
    if len(models) and (share := float((models == model).mean())) < _HALF:
        yield Finding("f", place(inquiry.settings, segment, "touch_model"), "", model, share, _HALF)


def _apart_from_total(total: Segment, inquiry: Inquiry, paid: Paid) -> Iterator[Finding]:
    """d: targets that cannot all be reached at once. Shares and points alone: of days or ratios two points mean nothing."""
    segments = [one for one in inquiry.settings.segments if one.where]
    opening = paid.amounts[:, -2]
    for kpi in wanted_of(total):
        known, goal = inquiry.catalogue.by_id[kpi], total.target_of(kpi)
        if goal is None or known.unit not in _SHARES:
            continue
        weigh = opening if _of_mrr(known, inquiry) else (opening > 0).astype(float)
        weights = {one.id: float(weigh[paid.members[one.id]].sum()) for one in segments if one.target_of(kpi)}
        held, whole = sum(weights.values()), float(weigh.sum())
        if not whole or held < _MOST_OF_WEIGHT * whole:
            continue
        wanted = [(weights[one.id], theirs.target) for one in segments if (theirs := one.target_of(kpi))]
        mean = sum(weight * target for weight, target in wanted) / held
        if abs(mean - goal.target) > SLACK:
            where = place_of_target(inquiry.settings, total, kpi)
            yield Finding("d", where, kpi, " ".join(weights), mean, goal.target)


def _of_mrr(kpi: Kpi, inquiry: Inquiry) -> bool:
    """Return whether a KPI adds up what customers pay."""
    return not inquiry.facts.missing(kpi.needs) and any("mrr" in name for name in kpi.amounts(inquiry.facts[kpi.fact]))


def _left_out(inquiry: Inquiry, paid: Paid) -> Iterator[Finding]:
    """p: customers whom no segment looks after, or several do."""
    named = [one.id for one in inquiry.settings.segments if one.where]
    under = paid.amounts[:, -1] > 0
    inside = np.array([paid.members[name] for name in named], dtype=bool).reshape(len(named), len(under))
    times = inside[:, under].sum(axis=0)
    if named and (nowhere := int((times == 0).sum())):
        yield Finding("p", "segments/", about="none", found=float(nowhere))
    if named and (several := times > 1).any():
        met = [name for name, row in zip(named, inside[:, under], strict=True) if (row & several).any()]
        yield Finding("p", _where(inquiry, met[0]), about=" ".join(met), found=float(several.sum()))


def _where(inquiry: Inquiry, segment: str) -> str:
    return place(inquiry.settings, next(one for one in inquiry.settings.segments if one.id == segment), "where")
