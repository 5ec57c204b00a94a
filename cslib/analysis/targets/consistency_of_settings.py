"""What a segment's settings say against each other, or do not say: the rules that look at no figure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cslib.kpis.kpi import Stage
from cslib.settings import TOTAL, owns, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.analysis.inquiry import Inquiry
    from cslib.settings import Segment, Settings

SLACK = 0.02  # two points, within which targets agree
_YEAR = 12
_MOST_TARGETS, _MOST_OF_ONE = 12, 7
_REPORT = "report.yaml:1"


@dataclass(frozen=True)
class Finding:
    """Something that does not agree, or is missing, by the letter of its rule."""

    rule: str
    where: str
    kpi: str = ""
    about: str = ""
    found: float = field(default=np.nan)
    wanted: float = field(default=np.nan)

    @property
    def row(self) -> dict[str, Any]:
        """The finding by column."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def place(settings: Settings, segment: Segment, *path: str) -> str:
    """Return the file and line where a segment says something, or where the file begins."""
    for keys in (path, ()):
        if found := settings.places.get(place_of(segment.id, *keys, of="segments")):
            return found
    return f"segments/{segment.id}.yaml"


def place_of_target(settings: Settings, segment: Segment, kpi: str) -> str:
    """Return the file and line of a target."""
    return place(settings, segment, *(("targets", kpi) if kpi in segment.targets else ("kgi",)))


def wanted_of(segment: Segment) -> list[str]:
    """Return the KPIs of which a segment wants something: those of its targets, and its KGI."""
    return list(dict.fromkeys([*segment.targets, *([segment.kgi.kpi] if segment.kgi else [])]))


def of_settings(segment: Segment, inquiry: Inquiry) -> Iterator[Finding]:
    """Return what a segment's settings say against each other, or lack."""
    yield from _what_is_left(segment, inquiry.settings)
    yield from _net_below_gross(segment, inquiry.settings)
    yield from _unsaid(segment, inquiry.settings)
    yield from _stages(segment, inquiry)
    yield from _elsewhere(segment, inquiry.settings)
    yield from _too_many(segment, inquiry.settings)
    yield from _unknown_owners(segment, inquiry)


def _what_is_left(segment: Segment, settings: Settings) -> Iterator[Finding]:
    """a, b: a loss a month, which leaves less after a year than is to be kept."""
    for rule, lost, kept in (("a", "customer_churn", "customer_retention"), ("b", "revenue_churn", "grr")):
        loss, keep = segment.target_of(lost), segment.target_of(kept)
        if loss and keep and (1 - loss.target) ** _YEAR < keep.target - SLACK:
            left = (1 - loss.target) ** _YEAR
            yield Finding(rule, place_of_target(settings, segment, lost), lost, kept, left, keep.target)


def _net_below_gross(segment: Segment, settings: Settings) -> Iterator[Finding]:
    """c: NRR counts what GRR does and growth besides; GRR counts no growth."""
    net, gross = segment.target_of("nrr"), segment.target_of("grr")
    if net and gross and net.target < gross.target:
        yield Finding("c", place_of_target(settings, segment, "nrr"), "nrr", "grr", net.target, gross.target)
    if gross and gross.target > 1:
        yield Finding("c", place_of_target(settings, segment, "grr"), "grr", "", gross.target, 1.0)


def _unsaid(segment: Segment, settings: Settings) -> Iterator[Finding]:
    """g, h, i: goals in words, the KGI, and who owns it and the targets."""
    if segment.goal is None:
        yield Finding("g", place(settings, segment))
    if segment.id == TOTAL and settings.report.goal is None:
        yield Finding("g", _REPORT, about="report")
    if segment.kgi is None:
        yield Finding("h", place(settings, segment), about="kgi")
    elif not segment.kgi.owner:
        yield Finding("h", place(settings, segment, "kgi"), segment.kgi.kpi, "owner")
    for kpi, goal in segment.targets.items():
        if not goal.owner:
            yield Finding("i", place_of_target(settings, segment, kpi), kpi)


def _stages(segment: Segment, inquiry: Inquiry) -> Iterator[Finding]:
    """j: the chain breaks where nobody looks."""
    held = {inquiry.catalogue.by_id[kpi].stage for kpi in wanted_of(segment)}
    if not held:
        yield Finding("j", place(inquiry.settings, segment), about="none")
        return
    for stage in Stage:
        if stage not in held:
            yield Finding("j", place(inquiry.settings, segment, "targets"), about=str(stage))


def _elsewhere(segment: Segment, settings: Settings) -> Iterator[Finding]:
    """l: what all others look at."""
    others = [one for one in settings.segments if one.where and one.id != segment.id]
    if not segment.where or len(others) <= 1 or not wanted_of(segment):
        return
    lacking = [
        kpi for kpi in wanted_of(others[0]) if all(one.target_of(kpi) for one in others) and not segment.target_of(kpi)
    ]
    if lacking:
        yield Finding("l", place(settings, segment, "targets"), about=" ".join(lacking), found=float(len(lacking)))


def _too_many(segment: Segment, settings: Settings) -> Iterator[Finding]:
    """m: more than anybody looks after."""
    where = place(settings, segment, "targets")
    if len(segment.targets) > _MOST_TARGETS:
        yield Finding("m", where, found=float(len(segment.targets)), wanted=float(_MOST_TARGETS))
    for owner, count in Counter(goal.owner for goal in segment.targets.values() if goal.owner).items():
        if count > _MOST_OF_ONE:
            yield Finding("m", where, about=owner, found=float(count), wanted=float(_MOST_OF_ONE))


def _unknown_owners(segment: Segment, inquiry: Inquiry) -> Iterator[Finding]:
    """q: an owner, once a segment, who is not in the team, or not in this month."""
    team = inquiry.settings.team
    said = {kpi: goal.owner for kpi, goal in segment.targets.items()}
    said |= {segment.kgi.kpi: segment.kgi.owner} if segment.kgi and segment.kgi.kpi not in said else {}
    firsts: dict[str, str] = {}
    for kpi, owner in said.items():
        firsts.setdefault(owner, kpi)
    for owner, kpi in firsts.items():
        if owner and team.people and not owns(team, owner, inquiry.as_of):
            count = sum(one == owner for one in said.values())
            yield Finding("q", place_of_target(inquiry.settings, segment, kpi), kpi, owner, float(count))
