"""The catalogue: the KPIs that are measured, ours and those that a team has declared next to its settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cslib.errors import UnknownName
from cslib.kpis.financial import FINANCIAL
from cslib.kpis.kpi import Kpi, Stage
from cslib.kpis.outcome import OUTCOME
from cslib.kpis.satisfaction import SATISFACTION
from cslib.kpis.setup import SETUP
from cslib.kpis.usage import USAGE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


@dataclass(frozen=True)
class Catalogue:
    """KPIs in the order of the scenario. `digest` is a hash of the file that declares a team's own; empty without one."""

    kpis: tuple[Kpi, ...]
    digest: str = ""

    def __iter__(self) -> Iterator[Kpi]:
        return iter(self.kpis)

    def __len__(self) -> int:
        return len(self.kpis)

    def __contains__(self, kpi: object) -> bool:
        return kpi in self.kpis

    @cached_property
    def by_id(self) -> dict[str, Kpi]:
        """Each KPI by its id."""
        return {kpi.id: kpi for kpi in self.kpis}

    def find(self, ids: Iterable[str]) -> tuple[Kpi, ...]:
        """Return the KPIs of these ids, in their order; raises `UnknownName` for one that is not in the catalogue."""
        found = []
        for name in ids:
            if name not in self.by_id:
                raise UnknownName("KPI", name, self.by_id, hint="'cslib kpis' lists them")
            found.append(self.by_id[name])
        return tuple(found)

    def of_stage(self, stage: Stage | str) -> tuple[Kpi, ...]:
        """Return the KPIs of a stage, in catalogue order; raises `UnknownName` for no stage."""
        if stage not in list(Stage):
            raise UnknownName("stage", stage, [*Stage])
        return self.of_stages({Stage(stage)})

    def of_stages(self, stages: Collection[Stage]) -> tuple[Kpi, ...]:
        """Return the KPIs of some stages, in catalogue order."""
        return tuple(kpi for kpi in self.kpis if kpi.stage in stages)

    def joined_by(self, own: Collection[Kpi], digest: str) -> Catalogue:
        """Return the catalogue with a team's own KPIs, each behind ours of its stage."""
        stages = [*Stage]
        both = sorted([*self.kpis, *own], key=lambda kpi: stages.index(kpi.stage))
        return Catalogue(tuple(both), digest)


CATALOGUE = Catalogue((*SETUP, *USAGE, *SATISFACTION, *OUTCOME, *FINANCIAL))
"""The KPIs that are shipped."""
