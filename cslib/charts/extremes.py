"""The sentence on the highest and the lowest of several groups, with its caveat where chance would part them as far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.analysis.figures.significance import alike

if TYPE_CHECKING:
    import pandas as pd

    from cslib.i18n import Wording
    from cslib.kpis.kpi import Interval, Unit

_NAMED = 3  # of groups that share a place, more than this are counted


def extremes(
    groups: pd.DataFrame, unit: Unit, interval: Interval, wording: Wording, key: str = "breakdown_text"
) -> str:
    """Return which of the groups (group, value, low, high, n) are highest and lowest, as they are shown.

    Groups that share a place are named together; where all share one there is neither a highest nor a lowest.
    """
    ordered = groups.sort_values("value", ascending=False)
    shown = [wording.value(unit, value) for value in ordered["value"]]
    first, last = shown[0], shown[-1]
    if len(shown) == 1:
        return wording.text("breakdown_one", top=ordered["group"].iloc[0], top_value=first)
    if first == last:
        return wording.text("breakdown_same", count=len(shown), top_value=first)
    top, bottom = (
        [str(group) for group, value in zip(ordered["group"], shown, strict=True) if value == end]
        for end in (first, last)
    )
    ends = {"top": _named(top, wording), "bottom": _named(bottom, wording), "top_value": first, "bottom_value": last}
    said = wording.text(key, **ends)
    return wording.sentences(said, wording.text("breakdown_alike")) if alike(ordered, interval) else said


def _named(groups: list[str], wording: Wording) -> str:
    return wording.join(groups) if len(groups) <= _NAMED else wording.text("several", count=len(groups))
