"""What a notebook opens: one segment's scenario as of a month, ready to be shown or taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cslib import charts, tables
from cslib.analysis.figures import chart_data, reconcile, selection
from cslib.analysis.figures.answer import month_answer
from cslib.analysis.figures.compare import notable
from cslib.analysis.figures.joined_lists import LISTS, joined_lists, moved_customers
from cslib.kpis.measure import measure
from cslib.model import BY_NAME
from cslib.operations_view import OperationsView
from cslib.privacy.suppression import HIDDEN
from cslib.tables import scenario_tables
from cslib.tables.customer_tables import customer_table, joined_table, list_title, moved_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cslib.charts import Figure, Figures
    from cslib.periods import Month
    from cslib.tables import Output, Table, Tables
    from cslib.tables.lists import Shown

_CONTRACTS = "contracts.ends_on"
_MOVEMENTS = ("mrr", "revenue_churn", "expansion_rate", "quick_ratio")  # what the movements of a month make up
_TURN = {"within_interval": 0, "on_target": 1}  # of the tiles behind what is missed
_USUAL = ("nrr", "customer_churn", "adoption", "nps")


@dataclass(frozen=True)
class Scenario(OperationsView):
    """A segment's whole KPI scenario as of a month, as its pages show it.

    What cannot be measured from the data at hand is a sentence that names what they lack.
    """

    def headline(self, *ids: str) -> Output:
        """Return a tile per KPI, below the answer of their stages: which of all the targets there are reached.

        Where some of the KPIs cannot be measured, others of their stages are shown in their place.
        """
        return self._tiles(ids, self._of_same_stages(ids))

    def goals(self) -> Output:
        """Return what the month comes to, in sentences, above a tile for the KGI and for each target of the segment.

        The targets that are missed come first, the farthest off before the others; five tiles are in sight. Where the segment
        has no target, the tiles are the usual four.
        """
        answer = month_answer(self.measured, self.catalogue, self.as_of, [self.segment])
        named = [*dict.fromkeys(([self.segment.kgi.kpi] if self.segment.kgi else []) + list(self.segment.targets))]
        ids = self._chosen(
            named or _USUAL, selection.interleaved(self.catalogue), min(len(named or _USUAL), len(_USUAL))
        )
        if not ids:
            return self._unmeasured(self._kpis_of(*named), *named)
        status = self.compared(*ids).set_index("kpi").status
        first = [one.kpi for one in answer.missed] + named[:1]
        order = sorted(
            ids, key=lambda name: (first.index(name) if name in first else len(first), _TURN.get(status[name], 2))
        )
        said = tables.answer_sentences(answer, self.catalogue, self.wording)
        return tables.goal_tiles(self.compared(*order), map(self._kpi, order), self.wording, said)

    def _tiles(self, ids: Sequence[str], instead: Sequence[str]) -> Output:
        shown = self._chosen(ids, instead, min(len(ids), len(_USUAL)))
        if not shown:
            return self._unmeasured(self._kpis_of(*ids), *ids)
        whole = [self._kpi(name) for name in self._of_same_stages(shown)]
        answer = tables.answer(self.compared(*(kpi.id for kpi in whole)), whole, self.wording)
        return tables.tiles(self.compared(*shown), whole, self.wording, text=answer)

    def _chosen(self, ids: Sequence[str], instead: Sequence[str], least: int) -> list[str]:
        """Return what to show in place of `ids`: what has a value in any month, else what could be measured from the data."""
        told = selection.selected(ids, self._told, instead, least)
        return told or selection.selected(ids, self._able, instead, least)

    def _of_same_stages(self, ids: Sequence[str]) -> list[str]:
        """Return the ids of all KPIs of the stages that some of them are of."""
        stages = {kpi.stage for kpi in self.catalogue.find(ids)}
        return [kpi.id for kpi in self.catalogue.of_stages(stages)]

    def comment(self) -> Tables | None:
        """Return what the team says of the month in `params/notes/`: of the whole report, then of this segment; None where it says nothing."""
        said = self.settings.comments_on(self.as_of, self.segment.id)
        segment = getattr(self.segment.name, self.wording.language)
        return (
            tables.Tables(
                scenario_tables.comment_note(one.text, segment if one.segment else "", self.wording) for one in said
            )
            if said
            else None
        )

    def changes(self) -> Output:
        """Return the changes over 1, 3, 6 and 12 months that are more than chance makes among all of the segment's."""
        mine = self.measured[self.measured.segment == self.segment.id]
        return scenario_tables.change_table(
            notable(mine, self.catalogue, self.as_of, most=10), self.catalogue, self.wording
        )

    def restatements(self) -> Table:
        """Return the KPIs whose figures of past months are not what an earlier report has said, and why."""
        return scenario_tables.restatement_table(self.slice.restated, self.catalogue, self.wording)

    def scorecard(self, stage: str = "") -> Output:
        """Return the scorecard of a stage, or of the whole scenario: its measurable KPIs, and how many there are besides."""
        ids = [kpi.id for kpi in (self.catalogue.of_stage(stage) if stage else self.catalogue)]
        able = [name for name in ids if name in self._able]
        if not able:
            return self._unmeasured(self._kpis_of(*ids), *ids)
        shown = tables.scorecard(self.compared(*able), self.catalogue.find(able), self.wording)
        absent = self.manifest.missing(self._needs(*ids))
        return scenario_tables.with_the_rest(shown, len(ids) - len(able), absent, self.wording)

    def trends(self, *ids: str) -> Figures | Output:
        """Return the course of each KPI by month, next to the total's; of others of their stages where some cannot be measured."""
        instead = self._of_same_stages(ids)
        shown = self._chosen(ids, instead, len(ids))
        if not shown:
            return self._unmeasured(self.wording.text("trends"), *ids)
        return charts.trends(
            self.kpis(*shown),
            [self._kpi(name) for name in shown],
            self.wording,
            self._total(),
            self.settings.events_by(self.as_of, self.segment.id),
        )

    def lifetime_value(self) -> Output:
        """Return which of the two LTVs to use, over how many months each is reckoned, and what it may be compared with."""
        both = ("ltv", "ltv_survival")
        if not {*both} <= {*self._told}:
            return self._unmeasured(self.wording.text("lifetime_value_title"), *both)
        untold = self._kept_back("lifetime_value_title", *both)
        names = {kpi.id: kpi.name(self.wording.language) for kpi in self.catalogue.find(both)}
        return untold or scenario_tables.lifetime_value_note(self.compared(*both), names, self.wording)

    def breakdown(self, kpi: str, by: str) -> Output:
        """Return a KPI by a column of the customers, each group with its interval."""
        untold = self._untold_of(kpi, "breakdown_title", by, divided=True)
        if untold:
            return untold
        frame = self.by(by, kpi).rename(columns={by: "group"})
        return self._by(by, charts.breakdown(frame[frame.group.notna()], self._kpi(kpi), self.wording))

    def small_multiples(self, kpi: str, by: str = "csm") -> Output:
        """Return the course of a KPI for each group of a column, such as `csm` or `plan`, all to one scale."""
        months, chosen = tuple(month for month in self.months if self.divides(kpi, month)), self._kpi(kpi)
        untold = self._untold_of(kpi, "trend_title", by, divided=not months)
        if untold:
            return untold
        frame = measure(self.facts, [chosen], months, (by,)).rename(columns={by: "group"})
        named = self.wording.column(by)
        drawn = charts.small_multiples(frame[frame.group.notna()], chosen, self.wording, named, self.kpis(kpi))
        return self._by(by, drawn)

    def _by(self, column: str, figure: Figure) -> Figure:
        own = column in self.facts.tables["customers"].columns and column not in self.facts.dated
        return scenario_tables.as_read(figure, column, self.manifest, self.wording) if own else figure

    def customers(self, kpi: str = "", limit: int = 50) -> Output:
        """Return the customers behind a number as a table; without a KPI those on any of the pages' lists, each once."""
        if not kpi:
            return self._on_any_list()
        chosen = self._kpi(kpi)
        untold = self._untold_of(kpi, list_title(chosen), divided=True)
        return untold or customer_table(self.behind(kpi), chosen, self.wording, limit)

    def _on_any_list(self) -> Output:
        if self.facts.discreet:
            return self._of_few("joined_title")
        able = [name for name in LISTS if name in self._able]
        if not able:
            return self._unmeasured(self.wording.text("joined_title"), *LISTS)
        behind = {name: self.behind(name) for name in able}
        known = self._customers.merge(self._contacts, "left", "customer_id")
        return joined_table(joined_lists(behind, known, self.analysis("actions")), self.catalogue, self.wording)

    def movements_by_customer(self, limit: int = 50) -> Output:
        """Return whose MRR moved in the month, how and by how much: the customers behind the steps of the bridge."""
        untold = self._untold("moved_title", _CONTRACTS) or self._kept_back("moved_title", "mrr", divided=True)
        if not untold and self.as_of not in self._told_movements:
            untold = self._of_few("moved_title")
        if untold:
            return untold
        moved = moved_customers(self.facts, self.as_of).merge(self._customers[["customer_id", "name", "csm"]], "left")
        return moved_table(moved, self.wording, limit)

    def table(
        self, frame: pd.DataFrame, title: str, columns: Mapping[str, Shown] | None = None, name: str = "table"
    ) -> Table:
        """Return a frame of your own in the page's style, kept as `data/<page>-<name>.csv`.

        `columns` chooses and labels what is shown, as `cslib.plain_table` takes them; without it every column is, by its name.
        """
        shown = columns or {str(column): (str(column), tables.usual_unit(frame[column])) for column in frame}
        return tables.plain_table(frame.rename(columns=str), self.wording, title, shown, name=name)

    def bridge(self) -> Output:
        """Return the month's movements from opening to closing MRR."""
        untold = self._untold("bridge_title", _CONTRACTS)
        if not untold and self.as_of not in self._told_movements:
            untold = self._of_few("bridge_title")
        return untold or charts.movement_bridge(chart_data.movement_amounts(self.facts, (self.as_of,)), self.wording)

    def movements(self) -> Output:
        """Return the movements of MRR by month."""
        untold = self._untold("movements_title", _CONTRACTS)
        if not untold and not self._told_movements:
            untold = self._of_few("movements_title")
        return untold or charts.movements(chart_data.movement_amounts(self.facts, self._told_movements), self.wording)

    @cached_property
    def _told_movements(self) -> tuple[Month, ...]:
        """The months whose movements hide nobody: what they open and close with is shown, and so is what moved."""
        return tuple(
            month
            for month in self.months
            if not self.is_hidden(*_MOVEMENTS, month=month) and not self.is_hidden("mrr", month=month - 1)
        )

    def cohorts(self) -> Figures | Output:
        """Return how the customers gained in each quarter stayed, and what is kept of what they first paid."""
        untold = self._untold("cohorts_title", _CONTRACTS)
        if untold:
            return untold
        table = self.analysis("cohorts")
        if (table.reason == HIDDEN).all():
            return self._of_few("cohorts_title")
        return charts.Figures(charts.cohorts(table, self.wording, of) for of in ("retention", "mrr_retention"))

    def curve(self, kpi: str) -> Output:
        """Return the Kaplan-Meier curve behind a number of days."""
        untold, chosen = self._untold_of(kpi, "trend_title"), self._kpi(kpi)
        if untold:
            return untold
        frame = chart_data.open_curve(self.facts, chosen, self.as_of)
        return charts.survival(frame, self.wording, chosen.name(self.wording.language), name=f"curve-{kpi}")

    def distribution(self) -> Output:
        """Return how often each NPS score was given."""
        nps = self._kpi("nps")
        untold = self._untold("distribution_title", *nps.needs) or self._kept_back("distribution_title", "nps")
        if not untold and self.slice.disclosure.scores:
            untold = self._of_few("distribution_title")
        return untold or charts.distribution(chart_data.nps_answers(self.facts, nps, self.as_of), self.wording)

    @cached_property
    def _laws(self) -> pd.DataFrame:
        return reconcile.laws(self.facts, self.kpis())

    def alarm(self) -> Output | None:
        """Return a warning where the data at hand break a law of the figures; nothing where they keep all of them."""
        return None if self.manifest.missing([_CONTRACTS]) else scenario_tables.law_alarm(self._laws, self.wording)

    def reconciliation(self) -> Output:
        """Return whether the figures agree with each other: each law with how often it was tried and broken on these data."""
        return self._untold("laws", _CONTRACTS) or scenario_tables.law_table(self._laws, self.wording)

    def readings_of_nrr(self) -> Output:
        """Return NRR as defined next to its reading from twelve months of movements, and why they differ."""
        held = self.as_of.number - self.manifest.begins([_CONTRACTS]).number + 1
        untold = self._untold("nrr_readings", _CONTRACTS) or self._kept_back("nrr_readings", "nrr", "mrr")
        if untold:
            return untold
        if held < reconcile.MONTHS_OF_NRR:
            return scenario_tables.too_short_note(
                self.wording.text("nrr_readings"), held, reconcile.MONTHS_OF_NRR, self.wording
            )
        found = reconcile.two_readings(self.facts, self.as_of)
        if self.facts.discreet and 0 < found.moved_later < self.settings.policies.min_n:
            return self._of_few("nrr_readings")
        return scenario_tables.nrr_table(found, self.wording)

    def between_closes(self) -> Output:
        """Return the contracts that no movement includes, since they began and ended between two closes."""
        untold = self._untold("between", _CONTRACTS) or self._kept_back("between", "mrr", divided=True)
        return untold or scenario_tables.between_table(chart_data.between_closes(self.facts, self.as_of), self.wording)

    def definitions(self, stage: str) -> Table:
        """Return how each KPI of a stage is defined."""
        return tables.definition_table([self._kpi(kpi.id) for kpi in self.catalogue.of_stage(stage)], self.wording)

    def policies(self) -> Table:
        """Return the policies in force."""
        asked = [f"{self.wording.stage(stage)}: {said}" for stage, said in self._gates.items()]
        return tables.policy_table({**self.settings.policies.model_dump(), "gates": asked}, self.wording)

    def sources(self) -> Table:
        """Return what was read and what was set aside."""
        return scenario_tables.source_table(self.manifest, self.wording)

    def _untold(self, title: str, *needs: str, **said: str) -> Output | None:
        """Return a sentence in place of what cannot be shown, since the source lacks some of `needs`; None where it holds all."""
        absent = self.manifest.missing(needs)
        return scenario_tables.no_data_note(self.wording.text(title, **said), absent, self.wording) if absent else None

    def _kept_back(self, title: str, *ids: str, divided: bool = False, **said: str) -> Output | None:
        """Return a sentence in place of what would disclose hidden figures to outsiders, or, `divided`, whose they are."""
        few = self.is_hidden(*ids) or (divided and not all(map(self.divides, ids)))
        return self._of_few(title, **said) if few else None

    def _of_few(self, title: str, **said: str) -> Output:
        return scenario_tables.few_note(self.wording.text(title, **said), self.wording)

    def _unmeasured(self, title: str, *ids: str) -> Output:
        """Return a sentence in place of KPIs of which none can be measured."""
        absent = self.manifest.missing(self._needs(*ids))
        return scenario_tables.no_data_note(title, absent, self.wording)

    def _kpis_of(self, *ids: str) -> str:
        """Return how KPIs are headed: by their stage where it is one."""
        stages = {kpi.stage for kpi in self.catalogue.find(ids)}
        of_one = len(stages) == 1 and self.wording.text("kpis_of", stage=self.wording.stage(min(stages)))
        return of_one or self.wording.text("kpis_all")

    def _untold_of(self, kpi: str, title: str, by: str = "", *, divided: bool = False) -> Output | None:
        """Return a sentence in place of the customers behind a KPI, where the source lacks it or it is kept from outsiders."""
        chosen = self._kpi(kpi)
        grouped = [f"customers.{by}"] if by in BY_NAME["customers"].names else []
        named = chosen.name(self.wording.language)
        untold = self._untold(title, *chosen.needs, *grouped, kpi=named)
        return untold or self._kept_back(title, kpi, divided=divided, kpi=named)

    def _total(self) -> pd.DataFrame | None:
        total = self.settings.total.id
        return None if total == self.segment.id else self.measured[self.measured.segment == total]
