"""What a notebook shows of how the team works: touch models, CSMs, organisation, journey, decisions, targets, references, costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cslib import charts
from cslib.analysis.service.touch_customers import UNASSIGNED
from cslib.analysis.service.touch_rule import OVER, UNDER
from cslib.analysis_view import AnalysisView, part_of
from cslib.errors import UnknownName
from cslib.tables import journey as journeys
from cslib.tables import references as reference
from cslib.tables.consistency import consistency_findings, consistency_tree
from cslib.tables.costs import costs_table
from cslib.tables.csms import csm_outcomes, csm_table
from cslib.tables.organisation import organisation_table
from cslib.tables.pdca import Told, pdca_cards, pdca_findings, pdca_recent
from cslib.tables.touch import load_table, touch_list, touch_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from cslib.charts import Figure, Figures
    from cslib.i18n import Wording
    from cslib.tables import Output, Table

_JOURNEY = {"map": journeys.journey_map, "phases": journeys.journey_phases}
_REFERENCES = {"permission": reference.permission_table, "pool": reference.pool_table}
_CSMS: Mapping[str, Callable[[pd.DataFrame, str, Wording], Output]] = {
    "funnel": charts.csm_funnel,
    "each": csm_table,
    "outcomes": lambda rows, _outcome, wording: csm_outcomes(rows, wording),
}
_COSTS: Mapping[str, Callable[[pd.DataFrame, Wording], Figures | Output]] = {
    "margin": charts.costs,
    "table": costs_table,
}


class OperationsView(AnalysisView):
    """A segment as of a month, with what the analyses say of the team that serves it."""

    def pdca(self, part: str = "cards") -> Output:
        """Return the team's actions: the `cards` of all, the `recent` decisions since the last close, or `findings`: what is to be seen to."""
        rows, told = self.analysis("pdca"), Told(self.settings.actions, self.catalogue, self.kpis(), self.as_of)
        parts: dict[str, Callable[[], Output]] = {
            "cards": lambda: pdca_cards(rows, told, self.settings.segments, self.wording),
            "recent": lambda: pdca_recent(rows, told, self.wording),
            "findings": lambda: pdca_findings(rows, self.analysis("consistency"), told, self.wording),
        }
        return part_of("actions", part, parts)()

    def consistency(self, part: str = "findings") -> Output:
        """Return whether targets agree with each other: the `findings`, or the `tree` from the goal to the owners with marks."""
        rows, now = self.analysis("consistency"), self.kpis()
        mine = now[now.month == str(self.as_of)]
        values = dict(zip(mine.kpi, mine.value, strict=True))
        goal, segments = self.settings.report.goal, self.settings.segments
        parts: dict[str, Callable[[], Output]] = {
            "findings": lambda: consistency_findings(rows, segments, self.catalogue, self.wording),
            "tree": lambda: consistency_tree(rows, self.segment, goal, values, self.catalogue, self.wording),
        }
        return part_of("consistency", part, parts)()

    def csms(self, part: str = "funnel", outcome: str = "") -> Output:
        """Return how CSMs differ in an outcome (without one: the first that is told): the `funnel`, `each` of them, or all `outcomes`."""
        rows = self.analysis("csms")
        if outcome and outcome not in set(rows.outcome):
            raise UnknownName("outcome of CSMs", outcome, dict.fromkeys(rows.outcome))
        return part_of("differences between CSMs", part, _CSMS)(rows, outcome, self.wording)

    def costs(self, part: str = "margin") -> Figures | Output:
        """Return what Customer Success cost beside the `margin` that was kept and added, or the `table` of it by touch model."""
        return part_of("costs", part, _COSTS)(self.analysis("costs"), self.wording)

    def touch(self) -> Table:
        """Return what each touch model takes and has, and how far the models that customers have are those of the rule."""
        rule = self.settings.policies.touch_rule.with_own(self.segment.touch_rule)
        return touch_table(self.analysis("touch"), self.catalogue.by_id, rule, self.wording)

    def touch_shares(self) -> Figure:
        """Return the share of hours of each touch model against its share of MRR."""
        return charts.touch_shares(self.analysis("touch"), self.wording)

    def touch_customers(self, which: str = UNDER) -> Table:
        """Return the customers that are `under_served`, `over_served` or `unassigned`."""
        lists = dict.fromkeys((UNDER, OVER, UNASSIGNED), touch_list)
        show = part_of("customers by touch model", which, lists)
        return show(self.analysis("touch_customers"), self._customers, which, self.wording)

    def touch_load(self) -> Table:
        """Return the load of each CSM: what its customers ask for against the hours at hand and those that are logged."""
        return load_table(self.analysis("touch_load"), self.settings.policies, self.wording)

    def organisation(self) -> Table:
        """Return what speaks against the organisation model of the segment, and what to do."""
        return organisation_table(self.analysis("organisation"), self.wording)

    def journey(self, part: str = "map") -> Output:
        """Return the phases that customers come through: as a `map`, or the figures of the `phases`."""
        least = self.settings.policies.min_n
        return part_of("journey", part, _JOURNEY)(self.analysis("journey"), self.wording, least)

    def journey_customers(self) -> Output:
        """Return the customers that are stuck in a phase, those who pay most first."""
        return journeys.stuck_customers(self.analysis("journey_customers"), self._customers, self.wording)

    def journey_path(self, customer: str = "") -> Output:
        """Return on which days a customer passed the gates; without its id, the largest one that is stuck."""
        return journeys.journey_path(self.analysis("journey_customers"), self._customers, self.wording, customer)

    def reference_customers(self) -> Output:
        """Return whom to ask to be a reference, in order, and how many rest."""
        stands_in = bool(self.manifest.missing(("reference_requests",)))
        rows = self.analysis("reference_customers")
        return reference.candidate_table(rows, self._customers, self.wording, stands_in=stands_in)

    def references(self, part: str = "permission") -> Output:
        """Return how many of those that have said so permit to be a reference, or the `pool` by industry and size."""
        return part_of("references", part, _REFERENCES)(self.analysis("references"), self.wording)

    def renewed_without_outcome(self) -> Output:
        """Return who renewed before its first outcome, and what could help it."""
        rows = self.analysis("renewed_without_outcome")
        return reference.renewed_table(rows, self._customers, self.wording)
