"""One segment as of a month: its figures and the facts behind them, to be shown or taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

import ibis
import numpy as np
import pandas as pd

from cslib.analysis.figures import drilldown, selection
from cslib.analysis.figures.compare import compared
from cslib.analysis.figures.contacts import contacts, with_due
from cslib.analysis.figures.disclosure import INSIDERS, Disclosure
from cslib.engines import connect
from cslib.errors import UnknownName
from cslib.facts import Facts
from cslib.facts.stored import HandedOutFacts, StoredFacts
from cslib.i18n import Wording
from cslib.in_one_language import read_in
from cslib.inquiries import Analyses, read_analysis
from cslib.kpis.measure import measure, version
from cslib.kpis.own import trusted_params
from cslib.periods import Month, months_up_to
from cslib.portfolio import Portfolio
from cslib.privacy.suppression import HIDDEN
from cslib.snapshot import Manifest, StoredTables
from cslib.waiting import tells_who_waits

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis import BaseBackend
    from ibis.expr.types import Table

    from cslib.computed import ComputedParts
    from cslib.facts.stored import KnownFacts
    from cslib.i18n import Language
    from cslib.kpis import Catalogue
    from cslib.kpis.kpi import Kpi
    from cslib.settings import Segment, Settings


@dataclass(frozen=True)
class SegmentSlice:
    """What a report of a segment may see: its own rows, its own and the total's figures, the state of the snapshot."""

    folder: Path
    manifest: Manifest
    measured: pd.DataFrame  # the long table of the segment and of the total
    disclosure: Disclosure = INSIDERS  # what is not shown of it
    restated: pd.DataFrame | None = None  # figures of past months that an earlier run has shown otherwise
    analysed: Callable[[str], pd.DataFrame] | None = None  # what computes an analysis; None where a run has done so
    computed: ComputedParts | None = (
        None  # of the whole snapshot; None where a run has handed out what is the segment's
    )

    @classmethod
    def exported(cls, folder: Path) -> SegmentSlice:
        """Return the slice that a run has prepared in a folder."""
        everyone = folder / "everyone"
        manifest = Manifest.model_validate_json((everyone / "manifest.json").read_text("utf-8"))
        own, total = (pd.read_parquet(part / "kpis.parquet") for part in (folder, everyone))
        measured = pd.concat([own, total[~total.segment.isin(own.segment)]], ignore_index=True)
        disclosure = Disclosure.model_validate_json((folder / "disclosure.json").read_text("utf-8"))
        return cls(folder, manifest, measured, disclosure, pd.read_parquet(folder / "restated.parquet"))

    def known_facts(self, engine: BaseBackend, customers: Table, as_of: Month) -> KnownFacts:
        """Return the fact tables of the segment's customers that need not be computed again."""
        if self.computed is None:
            return HandedOutFacts(StoredTables(self.folder / "facts", engine))
        return StoredFacts(self.computed, engine, as_of, customers)

    def analysis(self, name: str) -> pd.DataFrame:
        """Return the segment's rows of an analysis."""
        return read_analysis(name, self.folder) if self.analysed is None else self.analysed(name)


@dataclass(frozen=True)
class SegmentView:
    """What was measured of a segment as of a month, and the facts behind it.

    Holds its customers' rows only, and of everyone else nothing but the total's figures.
    """

    settings: Settings
    catalogue: Catalogue
    segment: Segment
    as_of: Month
    wording: Wording
    slice: SegmentSlice

    @classmethod
    @tells_who_waits
    def open(
        cls,
        params: str | Path,
        segment: str = "total",
        as_of: str = "",
        language: Language | Literal[""] = "",
        snapshot: str = "",
    ) -> Self:
        """Return the scenario of a params folder, a segment and a month (without one: the last that the data cover).

        `snapshot` is the folder of a slice that a run has prepared; without it one is taken, or reused while nothing
        has changed. Raises a `CslibError` that says what to do.
        """
        if snapshot:
            settings, catalogue = trusted_params(Path(params))
            return cls._of(
                settings.published(),
                catalogue,
                segment,
                Month.parse(as_of),
                language,
                SegmentSlice.exported(Path(snapshot)),
            )
        portfolio = Portfolio.open(Path(params), datetime.now(UTC))
        portfolio.segment_ids([segment])
        month = portfolio.month(as_of or None)
        both = tuple(dict.fromkeys([portfolio.settings.total.id, segment]))
        measured = portfolio.measure(month, portfolio.settings.report.months, both)
        manifest, disclosed = (
            portfolio.manifest.published().without_samples(),
            portfolio.disclosures(month, portfolio.settings.report.months),
        )
        part = SegmentSlice(
            portfolio.slice(segment),
            manifest,
            measured,
            disclosed[segment],
            analysed=Analyses(portfolio, month, (segment,)).table,
            computed=portfolio.computed,
        )
        opened = cls._of(portfolio.settings.published(), portfolio.catalogue, segment, month, language, part)
        read_in(opened.wording.language)
        return opened

    @classmethod
    def _of(  # noqa: PLR0913, PLR0917 - what was read, and which part of it is wanted
        cls, settings: Settings, catalogue: Catalogue, segment: str, month: Month,
        language: Language | Literal[""], part: SegmentSlice,
    ) -> Self:  # fmt: skip
        known = {one.id: one for one in settings.segments}
        if segment not in known:
            raise UnknownName("segment", segment, known)
        policies = settings.policies
        wording = Wording(language or settings.report.spoken[0], policies.currency, policies.fiscal_year_start)
        return cls(settings, catalogue, known[segment], month, wording, part)

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
        chosen = {kpi.id for kpi in self.catalogue.find(ids)} or set(self.catalogue.by_id)
        mine = self.measured[(self.measured.segment == self.segment.id) & self.measured.kpi.isin(chosen)]
        return mine.reset_index(drop=True)

    def compared(self, *ids: str) -> pd.DataFrame:
        """Return a row per KPI as of the month, with its changes, the total's value, its owner and its history."""
        chosen = [kpi.id for kpi in self.catalogue.find(ids)] or list(self.catalogue.by_id)
        return self._compared.loc[chosen].reset_index()

    @cached_property
    def _compared(self) -> pd.DataFrame:
        owners = {kpi: goal.owner for kpi, goal in self.segment.targets.items()}
        total = self.settings.total.id
        found = compared(self.measured, self.catalogue, self.as_of, self.segment.id, total, owners)
        return found.set_index("kpi")

    @cached_property
    def facts(self) -> Facts:
        """The fact tables of this segment's customers: `s.facts.customer_months`, an Ibis table."""
        engine = connect()
        found = StoredTables(self.slice.folder, engine, without=("kpis", "restated"))
        everyone = not self.segment.where
        members = found["customers"].select(
            "customer_id", segment=ibis.literal(self.segment.id), everyone=ibis.literal(everyone)
        )
        known = self.slice.known_facts(engine, members, self.as_of)
        return Facts(found, self.manifest, self.settings.policies, members, self.as_of, known)

    def frame(self, fact: str) -> pd.DataFrame:
        """Return a fact table as a pandas frame, amounts as floats, sorted by its columns."""
        table = self.facts[fact]
        amounts = {name: table[name].cast("float64") for name in table.columns if table[name].type().is_decimal()}
        return table.mutate(**amounts).order_by(*table.columns).to_pyarrow().to_pandas()

    def analysis(self, name: str) -> pd.DataFrame:
        """Return this segment's rows of an analysis, the same that `cslib analyse` writes."""
        return self.slice.analysis(name)

    def behind(self, kpi: str) -> pd.DataFrame:
        """Return the customers that weigh on a KPI, the weightiest first, with their contacts (`contacts`).

        Outsiders are told of no contacts, nor what customers pay where that is hidden.
        """
        chosen = self._kpi(kpi)
        found = drilldown.customers_behind(self.facts, chosen, self.as_of, self._customers)
        if not self.facts.discreet:
            found = found.merge(with_due(self._contacts, chosen, self.as_of), "left", "customer_id")
        paid = [name for name in ("mrr", "stake") if name in found] if not self.divides("mrr") else []
        return found.assign(**dict.fromkeys(paid, np.nan))

    @cached_property
    def _customers(self) -> pd.DataFrame:
        return drilldown.customers_at(self.facts, self.as_of)

    @cached_property
    def _contacts(self) -> pd.DataFrame:
        return contacts(self.facts, self.as_of)

    def by(self, column: str, *ids: str) -> pd.DataFrame:
        """Return the figures of the month by a column, such as `csm`."""
        return measure(self.facts, self.catalogue.find(ids), (self.as_of,), (column,))

    def is_hidden(self, *ids: str, month: Month | None = None) -> bool:
        """Return whether any of these KPIs is hidden from outsiders in a month, or in that of the report."""
        mine = self.kpis(*ids)
        return bool((mine[mine.month == str(month or self.as_of)].reason == HIDDEN).any())

    def divides(self, kpi: str, month: Month | None = None) -> bool:
        """Return whether the readers may see a KPI of a month, or of that of the report, by customer or by group."""
        return self.slice.disclosure.divides(kpi, month or self.as_of)

    @property
    def months(self) -> tuple[Month, ...]:
        """The months that the report shows."""
        first = max(self.as_of.number - self.settings.report.months + 1, self.manifest.first.number)
        return months_up_to(self.as_of, self.as_of.number - first + 1)

    def _kpi(self, name: str) -> Kpi:
        return version(self.catalogue.find([name])[0], self.manifest)

    @cached_property
    def _able(self) -> list[str]:
        return selection.measurable(self.catalogue, self.manifest)

    @cached_property
    def _told(self) -> list[str]:
        """The ids of the KPIs that have a value in any month; where none has, of those that can be measured."""
        mine = self.measured[(self.measured.segment == self.segment.id) & self.measured.value.notna()]
        valued = set(mine.kpi)
        return [name for name in self._able if name in valued] or self._able

    def _needs(self, *ids: str) -> list[str]:
        """Return what the KPIs of these ids need, each once."""
        return list(dict.fromkeys(need for name in ids for need in self._kpi(name).needs))
