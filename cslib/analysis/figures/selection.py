"""What a page leads with: the KPIs that can be measured from the data at hand, in place of those that cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.kpis.kpi import Stage
from cslib.kpis.measure import version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from cslib.kpis import Catalogue
    from cslib.snapshot import Manifest


def measurable(catalogue: Catalogue, manifest: Manifest) -> list[str]:
    """Return the ids of the KPIs of which the source has all that they need, in catalogue order."""
    return [kpi.id for kpi in catalogue if not manifest.missing(version(kpi, manifest).needs)]


def selected(wanted: Sequence[str], able: Collection[str], instead: Iterable[str], least: int) -> list[str]:
    """Return those of `wanted` that can be measured and, where these are fewer than `least`, the first of `instead`."""
    there = [name for name in wanted if name in able]
    further = [name for name in instead if name in able and name not in there]
    return there + further[: max(0, least - len(there))]


def interleaved(catalogue: Catalogue) -> list[str]:
    """Return the ids of all KPIs, the stages by turns: what pays first, then what comes before it."""
    queues = [[kpi.id for kpi in catalogue if kpi.stage == stage] for stage in reversed(Stage)]
    return [queue[turn] for turn in range(max(map(len, queues))) for queue in queues if turn < len(queue)]
