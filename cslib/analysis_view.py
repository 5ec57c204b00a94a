"""What a notebook shows of the analyses of a segment: each the rows that `cslib analyse` writes, as a picture or a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

from cslib import charts
from cslib.analysis.gates import gates
from cslib.analysis.touch_customers import UNASSIGNED
from cslib.analysis.touch_rule import OVER, UNDER
from cslib.analysis.words import COMPARISONS
from cslib.errors import UnknownName
from cslib.segment_view import SegmentView
from cslib.tables import chain_tables, effect, growth
from cslib.tables import health as shown
from cslib.tables import journey as journeys
from cslib.tables import references as reference
from cslib.tables.actions import action_table, actions_by_csm
from cslib.tables.consistency import consistency_findings, consistency_tree
from cslib.tables.costs import costs_table
from cslib.tables.csms import csm_outcomes, csm_table
from cslib.tables.actions import action_table, actions_by_csm, actions_of_each_csm
from cslib.tables.gate_words import condition
from cslib.tables.organisation import organisation_table
from cslib.tables.pdca import Told, pdca_cards, pdca_findings, pdca_recent
from cslib.tables.proposals import proposal_table
from cslib.tables.replay import pair_table, replay_table
from cslib.tables.touch import load_table, touch_list, touch_table
from cslib.tables.words import word_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from cslib.charts import Figure, Figures
    from cslib.i18n import Wording
    from cslib.tables import Output, Table
    from cslib.tables.output import Tables

_EFFECT = {"verdicts": effect.effect_table, "answer": effect.effect_answer}
_MONTHS = {"course": charts.event_studies, "kept": charts.kept}
_READINGS: Mapping[str, Callable[[pd.DataFrame, pd.DataFrame, Wording], Figures | Output]] = {
    "comparisons": charts.readings,
    "rivals": effect.rivals_table,
}
_JOURNEY = {"map": journeys.journey_map, "phases": journeys.journey_phases}
_REFERENCES = {"permission": reference.permission_table, "pool": reference.pool_table}
_AUDIT = {"bands": shown.bands_table, "measures": shown.audit_table, "fifths": shown.fifths_table}

_CSMS: Mapping[str, Callable[[pd.DataFrame, str, Wording], Output]] = {
    "funnel": charts.csm_funnel,
    "each": csm_table,
    "outcomes": lambda rows, _outcome, wording: csm_outcomes(rows, wording),
}
_COSTS: Mapping[str, Callable[[pd.DataFrame, Wording], Figures | Output]] = {
    "margin": charts.costs,
    "table": costs_table,
}

_Shows = TypeVar("_Shows")


class AnalysisView(SegmentView):
    """A segment as of a month, with what the analyses say of it and of its customers."""

    def chain(self) -> Figure:
        """Return how many customers pass each gate of the scenario, how many are past all so far, and where it breaks."""
        rows, least = self.analysis("chain"), self.settings.policies.min_n
        return charts.chain(rows, self._gates, self.wording, small=bool((rows.whole < least).any()))

    @property
    def _gates(self) -> dict[str, str]:
        """What the gate of each stage asks of a customer, in words."""
        policies = self.settings.policies
        return {str(one.stage): condition(one, policies, self.wording) for one in gates(policies)}

    def needed_shares(self) -> Table:
        """Return the share of customers past each gate that would go with the KGI, beside the share today."""
        return chain_tables.needed_table(self.analysis("chain"), self.segment, self.catalogue, self.wording)

    def chain_customers(self) -> Table:
        """Return the customers by the gate at which they are stuck, and since when."""
        return chain_tables.stuck_table(self.analysis("chain_customers"), self._customers, self.wording)

    def out_of_order(self) -> Table:
        """Return the customers that renewed without use, and those that had an outcome before they were in use."""
        listed, counts = self.analysis("chain_customers"), self.analysis("chain")
        return chain_tables.disorder_table(listed, counts, self._customers, self.wording)

    def survival(self, by: Literal["", "product", "touch_model", "cohort"] = "") -> Output:
        """Return how long customers stay under contract: all of the segment, or its groups, with how many are observed."""
        return charts.lifetimes(self.analysis("survival"), by or "all", self.wording)

    def signals(self, outcome: str = "lost", horizon: int = 6) -> Figure:
        """Return which early figures of a customer go before a loss, or an expansion, within so many months."""
        rows, asked = self.analysis("signals"), f"{outcome} {horizon}"
        found = rows.outcome + " " + rows.horizon.astype(str)
        if asked not in set(found):
            raise UnknownName("outcome with its months", asked, dict.fromkeys(found))
        return charts.signals(rows[found == asked], self.wording, outcome, horizon)

    def words(self, comparison: str = "detractors") -> Output:
        """Return the words that detractors use more than promoters or, `recent`, these six months more than the six before."""
        rows = self.analysis("words")
        if comparison not in COMPARISONS:
            raise UnknownName("comparison", comparison, COMPARISONS)
        return word_table(rows[rows.comparison == comparison], self.wording, comparison)

    def health(self, limit: int = 25) -> Output:
        """Return the health score of each customer under contract, the lowest first: its band, what takes it down, why it changed."""
        rows = self.analysis("health")
        return shown.health_table(rows, self._customers, self.settings.health, self.wording, limit)

    def health_audit(self, part: str = "measures") -> Output:
        """Return a part of how the score has done: its `bands`, the `measures` of the audit, or the `fifths` that a model predicts."""
        return _part_of("audit", part, _AUDIT)(self.analysis("health_audit"), self.wording)

    def health_misses(self, which: str = "green_but_lost", limit: int = 10) -> Output:
        """Return the customers of whom the score was wrong: `green_but_lost`, or `red_but_stayed`."""
        rows = self.analysis("health_misses")
        if which not in set(rows.list):
            raise UnknownName("list of the audit", which, dict.fromkeys(rows.list))
        return shown.misses_table(rows[rows.list == which], self._customers, which, self.wording, limit)

    def proposals(self, *, to_help: bool = False) -> Output:
        """Return to whom what may be proposed, or who is to be helped before anything is."""
        return proposal_table(self.analysis("proposals"), self._customers, self.wording, to_help=to_help)

    def replay(self) -> Output:
        """Return whether the rules of proposals have proved themselves in past months, by proposals won and by expansion."""
        return replay_table(self.analysis("replay"), self.wording)

    def pairs(self) -> Output:
        """Return which products are held together more than chance makes among customers alike."""
        return pair_table(self.analysis("pairs"), self.wording)

    def actions(self, csm: str | None = None) -> Output:
        """Return Monday's list: whom to see to, what to do, why, and by when; each customer once. With `csm`, that of one CSM."""
        rows = self.analysis("actions")
        known = {*self._customers.csm.dropna(), *rows.csm, ""}
        if csm is not None and csm not in known:
            raise UnknownName("CSM", csm, sorted(known - {""}))
        return action_table(rows, self._customers, self.wording, csm)

    def actions_of_each_csm(self) -> Tables:
        """Return Monday's list once more, as one list for each CSM with a CSV of its own."""
        return actions_of_each_csm(self.analysis("actions"), self._customers, self.wording)

    def actions_by_csm(self) -> Output:
        """Return how many customers each CSM is to see to, by what is to be done."""
        return actions_by_csm(self.analysis("actions"), self.wording)

    def wall(self) -> Table:
        """Return churn against the wall, and what defence and offence have to gain."""
        return growth.wall_table(self.analysis("wall"), self.wording)

    def wall_basis(self) -> Table:
        """Return what the rooms of defence and offence are reckoned from."""
        return growth.wall_basis(self.analysis("wall"), self.wording)

    def forecast(self) -> Figures:
        """Return what the next twelve months may bring: GRR, NRR and MRR of today's customers, new business, and all MRR."""
        return charts.forecasts(self.analysis("forecast"), self.wording)

    def renewals_ahead(self) -> Output:
        """Return the terms that fall due in the next twelve months, by month."""
        return growth.renewals_table(self.analysis("renewals_ahead"), self.wording)

    def effect(self, part: str = "verdicts") -> Output:
        """Return what can be said of programmes: the `verdicts` on each and every figure, or the `answer` in its own figure."""
        return _part_of("effect", part, _EFFECT)(self.analysis("effect"), self.wording)

    def effect_months(self, part: str = "course") -> Figures:
        """Return how participants and compared went: the `course` around the start, or who is `kept` under contract after it."""
        draw = _part_of("months of the effect", part, _MONTHS)
        return draw(self.analysis("effect_months"), self.analysis("effect"), self.wording)

    def effect_readings(self, part: str = "comparisons") -> Figures | Output:
        """Return the difference by each of the `comparisons`, or what else changed at the time, its `rivals`."""
        draw = _part_of("readings of the effect", part, _READINGS)
        return draw(self.analysis("effect_readings"), self.analysis("effect"), self.wording)

    def effect_compared(self) -> Output:
        """Return who was compared with whom, and which participants are left out."""
        return effect.compared_table(self.analysis("effect_compared"), self.analysis("effect"), self.wording)

    def pdca(self, part: Literal["cards", "recent", "findings"] = "cards") -> Output:
        """Return the team's actions: a card of each, what was decided since the last close, or what is to be seen to."""
        rows, told = self.analysis("pdca"), Told(self.settings.actions, self.catalogue, self.kpis(), self.as_of)
        if part == "findings":
            return pdca_findings(rows, self.analysis("consistency"), told, self.wording)
        return (
            pdca_recent(rows, told, self.wording)
            if part == "recent"
            else pdca_cards(rows, told, self.settings.segments, self.wording)
        )

    def consistency(self, part: Literal["findings", "tree"] = "findings") -> Output:
        """Return whether targets agree with each other: each finding, or the tree from the goal to the owners with marks."""
        rows, now = self.analysis("consistency"), self.kpis()
        if part == "findings":
            return consistency_findings(rows, self.settings.segments, self.catalogue, self.wording)
        mine = now[now.month == str(self.as_of)]
        values = dict(zip(mine.kpi, mine.value, strict=True))
        return consistency_tree(rows, self.segment, self.settings.report.goal, values, self.catalogue, self.wording)

    def csms(self, part: str = "funnel", outcome: str = "") -> Output:
        """Return how CSMs differ in an outcome (without one: the first that is told): the `funnel`, `each` of them, or all `outcomes`."""
        rows = self.analysis("csms")
        if outcome and outcome not in set(rows.outcome):
            raise UnknownName("outcome of CSMs", outcome, dict.fromkeys(rows.outcome))
        return _part_of("differences between CSMs", part, _CSMS)(rows, outcome, self.wording)

    def costs(self, part: str = "margin") -> Figures | Output:
        """Return what Customer Success cost beside the `margin` that was kept and added, or the `table` of it by touch model."""
        return _part_of("costs", part, _COSTS)(self.analysis("costs"), self.wording)

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
        show = _part_of("customers by touch model", which, lists)
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
        return _part_of("journey", part, _JOURNEY)(self.analysis("journey"), self.wording, least)

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
        return _part_of("references", part, _REFERENCES)(self.analysis("references"), self.wording)

    def renewed_without_outcome(self) -> Output:
        """Return who renewed before its first outcome, and what could help it."""
        rows = self.analysis("renewed_without_outcome")
        return reference.renewed_table(rows, self._customers, self.wording)


def _part_of(of: str, part: str, parts: Mapping[str, _Shows]) -> _Shows:
    if part not in parts:
        raise UnknownName(f"part of the {of}", part, parts)
    return parts[part]
