"""The gates of the scenario: what a customer has to have reached at each stage, as the policies say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cslib.analysis.indicators import Indicator, indicators
from cslib.kpis.kpi import Better, Stage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.panel import Panel
    from cslib.settings import Policies

    Flags = NDArray[np.bool_]

_DONE, _PASSIVE = 1.0, 7.0
FURTHER = (
    Indicator("onboarding_completion", "is_onboarded", Better.HIGHER, ("contracts.ends_on", "milestones.completed_on"), _DONE),
    Indicator("recent_nps", "recent_nps", Better.HIGHER, ("contracts.ends_on", "surveys.score", "surveys.responded_on"), _PASSIVE),
)  # fmt: skip
"""What a gate may go by besides the indicators: states that say where a customer stands, and hardly what comes."""
KPI_OF = {"recent_nps": "nps"}  # where a figure is not called what its KPI is


@dataclass(frozen=True)
class StageGate:
    """What a customer has to have reached at a stage: a figure at the limit or on its better side.

    `otherwise` decides, at its own limit, of customers of whom the figure is not known. Whose figure is not known at all has
    not passed.
    """

    stage: Stage
    indicator: Indicator
    limit: float
    otherwise: Indicator | None = None

    @property
    def figures(self) -> tuple[Indicator, ...]:
        """The figures that it goes by."""
        return (self.indicator, self.otherwise) if self.otherwise else (self.indicator,)

    @property
    def needs(self) -> tuple[str, ...]:
        """The tables and columns that it goes by."""
        return tuple(dict.fromkeys(need for one in self.figures for need in one.needs))

    def passed(self, panel: Panel) -> Flags:
        """Return the rows of customers that have passed it by the close."""
        figures = panel.figures(self.indicator)
        passed = _at_least(figures, self.indicator, self.limit)
        if self.otherwise is None:
            return passed
        instead = _at_least(panel.figures(self.otherwise), self.otherwise, self.otherwise.limit or 0.0)
        decided: Flags = np.where(np.isnan(figures), instead, passed)
        return decided

    def covered(self, panel: Panel) -> Flags:
        """Return the rows of months in which the data tell who has passed it."""
        covered: Flags = np.logical_and.reduce([panel.covers(one) for one in self.figures])
        return covered


def gates(policies: Policies) -> tuple[StageGate, ...]:
    """Return the gates in the order of the scenario."""
    known = {one.id: one for one in (*indicators(policies), *FURTHER)}
    found = []
    for stage, gate in policies.gates.by_stage.items():
        indicator, otherwise = known[gate.indicator], known.get(gate.otherwise)
        limit = indicator.limit if gate.limit is None else gate.limit
        found.append(StageGate(Stage(stage), indicator, limit or 0.0, otherwise))
    return tuple(found)


def _at_least(figures: np.ndarray, indicator: Indicator, limit: float) -> Flags:
    """Return who stands at the limit or on its better side; not who is not known."""
    found: Flags = figures >= limit if indicator.better is Better.HIGHER else figures <= limit
    return found
