"""What a notebook shows of the analyses of a segment: each the rows that `cslib analyse` writes, as a picture or a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

from cslib import charts
from cslib.analysis.chain.gates import gates
from cslib.analysis.words import COMPARISONS
from cslib.errors import UnknownName
from cslib.segment_view import SegmentView
from cslib.tables import chain_tables, effect, growth
from cslib.tables import health as shown
from cslib.tables.actions import action_table, actions_by_csm, actions_of_each_csm
from cslib.tables.gate_words import condition
from cslib.tables.proposals import proposal_table
from cslib.tables.replay import pair_table, replay_table
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
_AUDIT = {"bands": shown.bands_table, "measures": shown.audit_table, "fifths": shown.fifths_table}


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
        return part_of("audit", part, _AUDIT)(self.analysis("health_audit"), self.wording)

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
        return part_of("effect", part, _EFFECT)(self.analysis("effect"), self.wording)

    def effect_months(self, part: str = "course") -> Figures:
        """Return how participants and compared went: the `course` around the start, or who is `kept` under contract after it."""
        draw = part_of("months of the effect", part, _MONTHS)
        return draw(self.analysis("effect_months"), self.analysis("effect"), self.wording)

    def effect_readings(self, part: str = "comparisons") -> Figures | Output:
        """Return the difference by each of the `comparisons`, or what else changed at the time, its `rivals`."""
        draw = part_of("readings of the effect", part, _READINGS)
        return draw(self.analysis("effect_readings"), self.analysis("effect"), self.wording)

    def effect_compared(self) -> Output:
        """Return who was compared with whom, and which participants are left out."""
        return effect.compared_table(self.analysis("effect_compared"), self.analysis("effect"), self.wording)


def part_of(of: str, part: str, parts: Mapping[str, _Shows]) -> _Shows:
    """Return what shows a part; raises `UnknownName` for one that there is not."""
    if part not in parts:
        raise UnknownName(f"part of the {of}", part, parts)
    return parts[part]
