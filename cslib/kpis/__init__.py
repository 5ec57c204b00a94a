"""The KPI catalogue, and the measuring of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib.errors import UnknownName
from cslib.kpis.financial import FINANCIAL
from cslib.kpis.kpi import Kpi, Stage
from cslib.kpis.measure import measure
from cslib.kpis.outcome import OUTCOME
from cslib.kpis.satisfaction import SATISFACTION
from cslib.kpis.setup import SETUP
from cslib.kpis.usage import USAGE

if TYPE_CHECKING:
    from collections.abc import Iterable

CATALOGUE: tuple[Kpi, ...] = (*SETUP, *USAGE, *SATISFACTION, *OUTCOME, *FINANCIAL)
BY_ID = {kpi.id: kpi for kpi in CATALOGUE}

__all__ = ["BY_ID", "CATALOGUE", "Kpi", "Stage", "find", "measure", "of_stage"]


def find(ids: Iterable[str]) -> tuple[Kpi, ...]:
    """Return the KPIs of these ids, in their order; raises `UnknownName` for one that is not in the catalogue."""
    found = []
    for name in ids:
        if name not in BY_ID:
            raise UnknownName("KPI", name, BY_ID, hint="'cslib kpis' lists them")
        found.append(BY_ID[name])
    return tuple(found)


def of_stage(stage: Stage | str) -> tuple[Kpi, ...]:
    """Return the KPIs of a stage, in catalogue order; raises `UnknownName` for no stage."""
    if stage not in list(Stage):
        raise UnknownName("stage", stage, [*Stage])
    return tuple(kpi for kpi in CATALOGUE if kpi.stage == stage)
