"""What a notebook opens: one segment's scenario as of a month, ready to be shown or taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import ibis
import pandas as pd

from cslib import charts, findings, tables
from cslib.analysis import lives, people, reconcile
from cslib.analysis.compare import compared, notable
from cslib.book import Book
from cslib.errors import UnknownName
from cslib.facts import Facts
from cslib.kpis import BY_ID, find, of_stage
from cslib.kpis.measure import measure, version
from cslib.periods import Month, months_up_to
from cslib.settings import load
from cslib.snapshot import Manifest, StoredTables
from cslib.wording import Wording

if TYPE_CHECKING:
    from cslib.charts import Figure, Figures
    from cslib.kpis.kpi import Kpi
    from cslib.settings import Segment, Settings
    from cslib.tables import Output, Table
    from cslib.wording import Language

_USUAL = ("nrr", "customer_churn", "adoption", "nps")
_FUNNEL = ("onboarding_completion", "adoption", "csat", "customers_with_outcome", "customer_retention")


@dataclass(frozen=True)
class Slice:
    """What a report of a segment may see: its own rows, its own and the total's figures, the state of the snapshot."""

    folder: Path
    manifest: Manifest
    measured: pd.DataFrame  # the long table of the segment and of the total
    restated: pd.DataFrame | None = None  # figures of past months that an earlier run has told otherwise

    @classmethod
    def handed_out(cls, folder: Path) -> Slice:
        """Return the slice that a run has prepared in a folder."""
        everyone = folder / "everyone"
        manifest = Manifest.model_validate_json((everyone / "manifest.json").read_text("utf-8"))
        own, total = (pd.read_parquet(part / "kpis.parquet") for part in (folder, everyone))
        measured = pd.concat([own, total[~total.segment.isin(own.segment)]], ignore_index=True)
        return cls(folder, manifest, measured, pd.read_parquet(folder / "restated.parquet"))


@dataclass(frozen=True)
class Scenario:
    """A segment's whole KPI scenario as of a month.

    Holds its customers' rows only, and of everyone else nothing but the total's figures.
    """

    settings: Settings
    segment: Segment
    as_of: Month
    wording: Wording
    slice: Slice

    @classmethod
    def open(
        cls,
        params: str | Path,
        segment: str = "total",
        as_of: str = "",
        language: Language | Literal[""] = "",
        snapshot: str = "",
    ) -> Scenario:
        """Return the scenario of a params folder, a segment and a month (without one: the last that the data reach).

        `snapshot` is the folder of a slice that a run has prepared; without it one is taken, or reused while nothing
        has changed. Raises a `CslibError` that says what to do.
        """
        if snapshot:
            settings = load(Path(params), BY_ID).published()
            return cls._of(settings, segment, Month.parse(as_of), language, Slice.handed_out(Path(snapshot)))
        book = Book.open(Path(params), date.today())  # noqa: DTZ011 - the reader's own day
        book.segment_ids([segment])
        month = book.month(as_of or None)
        both = tuple(dict.fromkeys([book.settings.total.id, segment]))
        measured = book.measure(month, book.settings.report.months, both)
        part = Slice(book.slice(segment), book.manifest.published().without_samples(), measured)
        return cls._of(book.settings.published(), segment, month, language, part)

    @classmethod
    def _of(
        cls, settings: Settings, segment: str, month: Month, language: Language | Literal[""], part: Slice
    ) -> Scenario:
        known = {one.id: one for one in settings.segments}
        if segment not in known:
            raise UnknownName("segment", segment, known)
        policies = settings.policies
        wording = Wording(language or settings.report.language, policies.currency, policies.fiscal_year_start)
        return cls(settings, known[segment], month, wording, part)

    @property
    def manifest(self) -> Manifest:
        """What the snapshot says of itself."""
        return self.slice.manifest

    @property
    def measured(self) -> pd.DataFrame:
        """The long table of this segment and of the total."""
        return self.slice.measured

    # what was measured

    def kpis(self, *ids: str) -> pd.DataFrame:
        """Return the long table of this segment, all KPIs or those named: a row per month and KPI."""
        chosen = {kpi.id for kpi in find(ids)} or set(BY_ID)
        mine = self.measured[(self.measured.segment == self.segment.id) & self.measured.kpi.isin(chosen)]
        return mine.reset_index(drop=True)

    def compared(self, *ids: str) -> pd.DataFrame:
        """Return a row per KPI as of the month, with its changes, the total's value, its owner and its history."""
        chosen = [kpi.id for kpi in find(ids)] or list(BY_ID)
        return self._compared.loc[chosen].reset_index()

    @cached_property
    def _compared(self) -> pd.DataFrame:
        owners = {kpi: goal.owner for kpi, goal in self.segment.targets.items()}
        return compared(self.measured, self.as_of, self.segment.id, self.settings.total.id, owners).set_index("kpi")

    @cached_property
    def facts(self) -> Facts:
        """The fact tables of this segment's customers: `s.facts.customer_months`, an Ibis table."""
        engine = ibis.duckdb.connect()
        found = StoredTables(self.slice.folder, engine, without=("kpis", "restated"))
        everyone = not self.segment.where
        members = found["customers"].select(
            "customer_id", segment=ibis.literal(self.segment.id), everyone=ibis.literal(everyone)
        )
        computed = StoredTables(self.slice.folder / "facts", engine)
        return Facts(found, self.manifest, self.settings.policies, members, self.as_of, computed)

    @cached_property
    def _laws(self) -> pd.DataFrame:
        return reconcile.laws(self.facts, self.kpis())

    def frame(self, fact: str) -> pd.DataFrame:
        """Return a fact table as a pandas frame, amounts as floats, sorted by its columns."""
        table = self.facts[fact]
        amounts = {name: table[name].cast("float64") for name in table.columns if table[name].type().is_decimal()}
        return table.mutate(**amounts).order_by(*table.columns).to_pyarrow().to_pandas()

    def behind(self, kpi: str) -> pd.DataFrame:
        """Return the customers that weigh on a KPI, the weightiest first."""
        return people.customers_behind(self.facts, self._kpi(kpi), self.as_of, self._customers)

    @cached_property
    def _customers(self) -> pd.DataFrame:
        return people.customers_at(self.facts, self.as_of)

    def by(self, column: str, *ids: str) -> pd.DataFrame:
        """Return the figures of the month by a column, such as `csm`."""
        return measure(self.facts, find(ids), (self.as_of,), (column,))

    @property
    def months(self) -> tuple[Month, ...]:
        """The months that the report shows."""
        first = max(self.as_of.number - self.settings.report.months + 1, self.manifest.first.number)
        return months_up_to(self.as_of, self.as_of.number - first + 1)

    # what a page shows

    def headline(self, *ids: str) -> Table:
        """Return a tile per KPI, below the answer of their stages: which of all the targets there are reached."""
        stages = {kpi.stage for kpi in find(ids)}
        whole = self._usable(*(kpi.id for kpi in BY_ID.values() if kpi.stage in stages))
        answer = tables.answer(self.compared(*(kpi.id for kpi in whole)), whole, self.wording)
        return tables.tiles(self.compared(*ids), whole, self.wording, text=answer)

    def goals(self) -> Table:
        """Return a tile for the KGI and for each target of the segment; for the usual four where it has none."""
        named = ([self.segment.kgi.kpi] if self.segment.kgi else []) + list(self.segment.targets)
        return self.headline(*dict.fromkeys(named or _USUAL))

    def changes(self) -> Table:
        """Return the changes since last month that exceed their own uncertainty."""
        mine = self.measured[self.measured.segment == self.segment.id]
        return findings.change_table(notable(mine, self.as_of, most=10), self.wording)

    def restatements(self) -> Table:
        """Return the KPIs whose figures of past months are not what an earlier report has said, and why."""
        return findings.restatement_table(self.slice.restated, self.wording)

    def scorecard(self, stage: str = "") -> Table:
        """Return the scorecard of a stage, or of the whole scenario."""
        ids = [kpi.id for kpi in (of_stage(stage) if stage else BY_ID.values())]
        return tables.scorecard(self.compared(*ids), find(ids), self.wording)

    def trends(self, *ids: str) -> Figures:
        """Return the course of each KPI by month, beside the total's."""
        return charts.trends(self.kpis(*ids), self._usable(*ids), self.wording, self._total())

    def breakdown(self, kpi: str, by: str) -> Figure:
        """Return a KPI by a column of the customers, each group with its interval."""
        frame = self.by(by, kpi).rename(columns={by: "group"})
        return charts.breakdown(frame[frame.group.notna()], self._kpi(kpi), self.wording)

    def small_multiples(self, kpi: str, by: str = "csm") -> Figure:
        """Return the course of a KPI for each group of a column, such as `csm` or `plan`, all to one scale."""
        chosen = self._kpi(kpi)
        frame = measure(self.facts, [chosen], self.months, (by,)).rename(columns={by: "group"})
        named = self.wording.column(by)
        return charts.small_multiples(frame[frame.group.notna()], chosen, self.wording, named, self.kpis(kpi))

    def customers(self, kpi: str, limit: int = 50) -> Table:
        """Return the customers behind a number as a table."""
        return findings.customer_table(self.behind(kpi), self._kpi(kpi), self.wording, limit)

    def funnel(self) -> Figure:
        """Return how far customers come along the scenario."""
        frame = self.compared(*_FUNNEL)
        labels = [BY_ID[kpi].name(self.wording.language) for kpi in frame.kpi]
        return charts.funnel(frame.assign(label=labels), self.wording)

    def bridge(self) -> Figure:
        """Return the month's movements from opening to closing MRR."""
        return charts.movement_bridge(lives.movement_amounts(self.facts, (self.as_of,)), self.wording)

    def movements(self) -> Figure:
        """Return the movements of MRR by month."""
        return charts.movements(lives.movement_amounts(self.facts, self.months), self.wording)

    def cohorts(self) -> Figure:
        """Return how the customers gained in each quarter stayed."""
        return charts.cohorts(lives.cohort_retention(self.facts, self.as_of), self.wording)

    def curve(self, kpi: str) -> Figure:
        """Return the Kaplan-Meier curve behind a number of days."""
        chosen = self._kpi(kpi)
        frame = lives.open_curve(self.facts, chosen, self.as_of)
        return charts.survival(frame, self.wording, chosen.name(self.wording.language), name=f"curve-{kpi}")

    def distribution(self) -> Figure:
        """Return how often each NPS score was given."""
        return charts.distribution(lives.nps_answers(self.facts, self._kpi("nps"), self.as_of), self.wording)

    def alarm(self) -> Output:
        """Return a warning where the data at hand break a law of the figures; else that they keep all of them."""
        return findings.law_note(self._laws, self.wording)

    def reconciliation(self) -> Table:
        """Return each law of the figures with how often it was tried and broken on these data."""
        return findings.law_table(self._laws, self.wording)

    def readings_of_nrr(self) -> Table:
        """Return NRR as defined beside what twelve months of movements would make of it, and why they differ."""
        return findings.nrr_table(reconcile.two_readings(self.facts, self.as_of), self.wording)

    def between_closes(self) -> Table:
        """Return the contracts that no movement tells of, since they lived wholly between two closes."""
        return findings.between_table(lives.between_closes(self.facts, self.as_of), self.wording)

    def definitions(self, stage: str) -> Table:
        """Return how each KPI of a stage is defined."""
        return tables.definitions([self._kpi(kpi.id) for kpi in of_stage(stage)], self.wording)

    def policies(self) -> Table:
        """Return the policies in force."""
        return tables.policies(self.settings.policies.model_dump(), self.wording)

    def sources(self) -> Table:
        """Return what was read and what was set aside."""
        return findings.source_table(self.manifest, self.wording)

    def _kpi(self, name: str) -> Kpi:
        return version(find([name])[0], self.manifest)

    def _usable(self, *ids: str) -> list[Kpi]:
        return [self._kpi(name) for name in ids]

    def _total(self) -> pd.DataFrame | None:
        total = self.settings.total.id
        return None if total == self.segment.id else self.measured[self.measured.segment == total]
