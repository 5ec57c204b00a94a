"""Segments to begin with: everyone, and the groups that the customers' own table knows."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cslib.scaffold.yaml_text import check_comment, inline_yaml
from cslib.settings import TOTAL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from cslib.scaffold.proposed import Proposed

_SIZES = {
    "enterprise": ("大企業", "Enterprise", {"at_least": 300}),
    "midmarket": ("中堅企業", "Mid-market", {"at_least": 50, "below": 300}),
    "smb": ("小規模企業", "Small business", {"below": 50}),
}
_GROUPED = ("touch_model", "plan", "industry")
_LEAST, _MOST = 5, 6  # customers in the smallest segment, and segments
_STARTER = ("customer_churn", "onboarding_completion", "adoption", "upsell_rate", "cross_sell_rate")
_TARGETS = {
    "customer_churn": 0.01, "onboarding_completion": 0.9, "adoption": 0.8, "upsell_rate": 0.02, "cross_sell_rate": 0.01,
    "nps": 0.3, "grr": 0.9, "csat": 0.8,
}  # fmt: skip


@dataclass(frozen=True)
class ProposedSegment:
    """A segment to begin with: its names, and the customers in it."""

    ja: str
    en: str
    where: Mapping[str, object] | None = None


def segment_texts(customers: Proposed, able: Collection[str], *, starter: bool) -> dict[str, str]:
    """Return the text of each segment's file, by the segment's id."""
    groups = {TOTAL: ProposedSegment("全社", "All customers"), **_groups(customers)}
    return {name: _segment_yaml(name, group, able, starter=starter) for name, group in groups.items()}


def _groups(customers: Proposed) -> dict[str, ProposedSegment]:
    """Return the segments of a column: by size, where there are enough of each, else by the first that has few values."""
    sizes = customers.look("employees")
    numbers = [float(value) for value in sizes.values if value.isdecimal()] if sizes else []
    counts = [
        sum(where.get("at_least", 0) <= n < where.get("below", n + 1) for n in numbers)
        for _, _, where in _SIZES.values()
    ]
    if numbers and min(counts) >= _LEAST:
        return {name: ProposedSegment(ja, en, {"employees": where}) for name, (ja, en, where) in _SIZES.items()}
    for column in _GROUPED:
        look = customers.look(column)
        held = Counter(look.values) if look else Counter()
        if 1 < len(held) <= _MOST and min(held.values()) >= _LEAST:
            words = customers.columns[column].map
            return {
                _id(value, place): ProposedSegment(value, value, {column: words.get(value, value)})
                for place, value in enumerate(sorted(held), 1)
            }
    return {}


def _id(value: str, place: int) -> str:
    """Return a value as the id of a segment, which becomes a folder and an address."""
    plain = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
    return plain if plain and plain not in {TOTAL, "assets"} else f"segment-{place}"


def _segment_yaml(name: str, group: ProposedSegment, able: Collection[str], *, starter: bool) -> str:
    lines = [f"id: {name}", f"name: {inline_yaml({'ja': group.ja, 'en': group.en})}"]
    if group.where:
        lines.append(
            f"where: {inline_yaml(dict(group.where))}{check_comment('are these the customers that you treat alike?')}"
        )
        lines += [f"# {line}" for line in _goals(able, starter=False)]
    else:
        goals = _goals(able, starter=starter)
        lines += ["# no `where`: everyone", *(goals if starter else (f"# {line}" for line in goals))]
    return "".join(f"{line}\n" for line in lines)


def _goals(able: Collection[str], *, starter: bool) -> Iterable[str]:
    """Return the goal and the targets: numbers to be replaced, since no data say what a company wants."""
    asked = check_comment("your own goals, and who owns them") if starter else ""
    if "nrr" in able:
        yield f"kgi: {{kpi: nrr, target: 1.0}}{asked}"
    named = [kpi for kpi in (_STARTER if starter else _TARGETS) if kpi in able]
    if named:
        yield f"targets:{asked}"
    yield from (f"  {kpi}: {{target: {_TARGETS[kpi]}, owner: CSM}}" for kpi in named)
