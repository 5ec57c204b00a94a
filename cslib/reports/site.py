"""The site of a run: the context of each page, and the front page with links to all of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.figures.answer import goal_of, month_answer, standings
from cslib.analysis.figures.compare import compared, notable
from cslib.analysis.figures.selection import measurable
from cslib.i18n import Wording
from cslib.i18n.direction import isolate_direction
from cslib.kpis.kpi import Better, Stage
from cslib.redaction import without_secrets
from cslib.reports.index_matrix import Failure, Notable, Notables
from cslib.reports.page import Earlier, PageContext, render_index, write_assets
from cslib.reports.plan import edition
from cslib.tables import answer_sentences, long_csv
from cslib.tables.actions import first_actions
from cslib.tables.index_tables import due_table, missed_table, standing_table
from cslib.tables.scenario_tables import moved_text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from cslib.analysis.figures.answer import Answer
    from cslib.analysis.figures.compare import Movements
    from cslib.i18n import Language
    from cslib.kpis import Catalogue
    from cslib.periods import Month
    from cslib.portfolio import Portfolio
    from cslib.reports.execute import ReportResult
    from cslib.reports.plan import Job
    from cslib.settings import Segment, Settings
    from cslib.tables import Output

    OfEveryone = Callable[[str], pd.DataFrame | None]


_FIRST = 10  # customers of Monday's list on the front page


MOST_SHOWN = 40  # segments side by side, in a table or a menu: of more, nobody finds any


def write_shared(folder: Path, measured: pd.DataFrame) -> None:
    """Write what the pages of a run share, whatever their language: the table of all figures, the style and the scripts."""
    write_assets(folder / "assets")
    measured.to_parquet(folder / "kpis.parquet", index=False)
    (folder / "kpis.csv").write_text(long_csv(measured), "utf-8", newline="")


@dataclass(frozen=True, kw_only=True)
class Site:
    """The set of reports that a run makes in a language, and what each of their pages says of itself."""

    portfolio: Portfolio
    as_of: Month
    language: Language
    run_id: str
    jobs: Sequence[Job]  # of this language
    last_good: Callable[[Job], Path | None]
    damaged: Sequence[str] = ()  # earlier runs that cannot be read
    languages: Sequence[Language] = ()  # all of the run, that of its own front page first
    month_before: Callable[[Language, str], str] = lambda *_: ""  # where the month before has a page of a language

    @cached_property
    def _settings(self) -> Settings:
        """The settings as its readers may see them: outsiders are told no owner of a target, nor where the data lie."""
        return self.portfolio.settings.published()

    @property
    def wording(self) -> Wording:
        """The words of the run's language."""
        policies = self._settings.policies
        return Wording(self.language, policies.currency, policies.fiscal_year_start)

    def context(self, job: Job | None = None) -> PageContext:
        """Return the context of a report's page; without a job, that of the front page."""
        common = self._common(job)
        if job is None:
            return PageContext(**common, root="")
        mine = self._by_segment[job.segment]
        stages = tuple((one.stage, _title(one, self.wording), f"{one.slug}.html") for one in mine)
        return PageContext(
            **common, segment_id=job.segment, segment_name=self._names[job.segment], slug=job.stage, stages=stages,
            root="../", generated_from=job.notebook.name, folder=str(job.notebook.parent),
            notebooks=tuple((one.notebook.name, f"{one.slug}.html") for one in mine),
            executed=f"notebooks/{job.name}.ipynb" if self.portfolio.manifest.audience == "internal" else "",
            last_good=job.last_good if self.last_good(job) else "",
        )  # fmt: skip

    def write(
        self,
        folder: Path,
        measured: pd.DataFrame,
        outcomes: Sequence[ReportResult],
        of_everyone: OfEveryone,
    ) -> None:
        """Write the index into the run's folder, or that of its language; `of_everyone` gives what an analysis says of all customers."""
        context = self.context()
        catalogue, shown = self.portfolio.catalogue, self._shown(measured)
        moved = notable(measured[measured.segment.isin(self._by_segment)], catalogue, self.as_of)
        links = context.segments
        answer = month_answer(measured, catalogue, self.as_of, self._reported)
        beside = tuple(link for link in links if link[0] in shown)
        page = render_index(
            replace(
                context,
                segments=beside,
                others=tuple((name, href) for id_, name, href in links if id_ not in shown),
            ),
            self._compared(measured, shown),
            catalogue.find(measurable(catalogue, self.portfolio.manifest)) or catalogue.kpis,
            answer=answer_sentences(answer, catalogue, self.wording, self._names),
            sheet=self._sheet(answer, measured, of_everyone, beside),
            notable=self._notable(moved, context),
            failures=self._failures(outcomes),
        )
        (folder / self._edition / "index.html").write_text(page, encoding="utf-8")

    def _shown(self, measured: pd.DataFrame) -> list[str]:
        """Return the segments that stand side by side: all, or of many the total and those that miss the most targets."""
        missed = measured[
            (measured.month == str(self.as_of)) & (measured.status == "off_target")
        ].segment.value_counts()
        total = self._settings.total.id
        first = sorted(self._by_segment, key=lambda name: (name != total, -missed.get(name, 0)))
        return first[:MOST_SHOWN]

    def _compared(self, measured: pd.DataFrame, shown: Sequence[str]) -> pd.DataFrame:
        """Return the figures of the segments that are shown, with what they are compared with, and the status of all others."""
        total = self._settings.total.id
        wanted = measured[measured.segment.isin({*shown, total})]
        frames = [
            compared(wanted, self.portfolio.catalogue, self.as_of, name, total).assign(segment=name) for name in shown
        ]
        others = measured.segment.isin({*self._by_segment} - {*shown}) & (measured.month == str(self.as_of))
        return pd.concat([*frames, measured.loc[others, ["segment", "kpi", "status"]]], ignore_index=True)

    @cached_property
    def _by_segment(self) -> dict[str, list[Job]]:
        found: dict[str, list[Job]] = {}
        for job in self.jobs:
            found.setdefault(job.segment, []).append(job)
        return found

    @property
    def _edition(self) -> str:
        return edition(self.language, self.languages or (self.language,))

    def _counterparts(self, job: Job | None) -> tuple[tuple[str, str, str], ...]:
        """Return the ways from a page to the same one in each other language, with the name by which its readers know it."""
        up = "../" * (bool(self._edition) + bool(job))
        page = job.place if job else "index.html"
        others = [(one, edition(one, self.languages)) for one in self.languages if one != self.language]
        return tuple(
            (one, Wording(one).text("language_name"), f"{up}{folder and f'{folder}/'}{page}") for one, folder in others
        )

    def _earlier(self, job: Job | None) -> Earlier | None:
        """Return the same page of the month before; not for outsiders, whom no other run may have been handed to."""
        page = job.place if job else "index.html"
        inside = self.portfolio.manifest.audience == "internal"
        place = self.month_before(self.language, page) if inside else ""
        own = (Path(self._edition) / page).as_posix()
        return Earlier(str(self.as_of - 1), place, own) if place else None

    @property
    def _reported(self) -> list[Segment]:
        """The segments that are reported, in the order of the reports."""
        known = {segment.id: segment for segment in self._settings.segments}
        return [known[name] for name in self._by_segment]

    def _sheet(
        self, answer: Answer, measured: pd.DataFrame, of_everyone: OfEveryone, links: tuple[tuple[str, str, str], ...]
    ) -> list[tuple[Output, str]]:
        """Return the tables of the front page, each with the page that has the whole of it; those without data left out."""
        shown = {id_ for id_, _, _ in links}
        catalogue, wording = self.portfolio.catalogue, self.wording
        reported = [one for one in self._reported if one.id in shown]
        missed = [one for one in answer.missed if one.segment in shown]
        goals = {one.id: goal for one in reported if (goal := goal_of(measured, self.as_of, one))}
        stages = standings(measured, catalogue, self.as_of, reported)
        whole = self._settings.total.id
        actions, due = of_everyone("actions"), of_everyone("renewals_ahead")
        found = [
            (standing_table(goals, stages, links, catalogue, wording), ""),
            (missed_table(missed, links, catalogue, wording), ""),
            (self._first_actions(actions) if actions is not None else None, f"{whole}/actions.html"),
            (due_table(due, self.as_of, wording) if due is not None else None, f"{whole}/growth.html"),
        ]
        pages = {job.place for job in self.jobs}
        return [(table, href if href in pages else "") for table, href in found if table is not None]

    def _first_actions(self, actions: pd.DataFrame) -> Output | None:
        """Return whom to see to first; outsiders see no customer on the front page."""
        if actions.empty or self.portfolio.manifest.audience == "external":
            return None
        names = self.portfolio.facts(self.as_of, [self._settings.total.id]).customers_at(self.as_of)
        known = names.select("customer_id", "name").to_pyarrow().to_pandas()
        return first_actions(actions, known, self.wording, _FIRST)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {
            segment.id: isolate_direction(getattr(segment.name, self.language)) for segment in self._settings.segments
        }

    def _common(self, job: Job | None) -> dict[str, Any]:
        settings, policies = self._settings, self._settings.policies
        return {
            "language": self.language,
            "title": isolate_direction(getattr(settings.report.title, self.language)),
            "month": str(self.as_of),
            "segments": self._segment_links(job),
            "languages": self._counterparts(job),
            "earlier": self._earlier(job),
            "shared": "../" if self._edition else "",
            "run_id": self.run_id,
            "data_as_of": str(self.as_of.last_day),
            "source": self._source,
            "notices": self._notices(),
            "currency": policies.currency,
            "fiscal_year_start": policies.fiscal_year_start,
        }

    @property
    def _source(self) -> str:
        source = self._settings.source
        return self.wording.text("source_files") if source.is_in_files else without_secrets(source.url)

    def _segment_links(self, job: Job | None) -> tuple[tuple[str, str, str], ...]:
        """Return the ways from a page to the segments: to the same stage there, or to the first that there is."""
        up, wanted = "../" if job else "", self._by_segment
        if job and len(wanted) > MOST_SHOWN:  # the front page lists them all
            own = (self._settings.total.id, job.segment)
            wanted = {name: wanted[name] for name in dict.fromkeys(own) if name in wanted}
        links = []
        for name, jobs in wanted.items():
            slugs = [one.slug for one in jobs]
            links.append(
                (name, self._names[name], f"{up}{name}/{job.slug if job and job.slug in slugs else slugs[0]}.html")
            )
        return tuple(links)

    def _notices(self) -> tuple[str, ...]:
        """Return what every page must say beforehand."""
        manifest, said = self.portfolio.manifest, []
        if manifest.missing(("contracts.ends_on",)) and "purchases" not in manifest.tables:
            said.append(self.wording.text("notice_no_value"))
        if manifest.audience == "external":
            said.append(self.wording.text("notice_external", least=self._settings.policies.min_n))
        if self.damaged:
            said.append(self.wording.text("notice_damaged", runs=", ".join(self.damaged)))
        return tuple(said)

    def _notable(self, moved: Movements, context: PageContext) -> Notables:
        names = {name: (shown, href) for name, shown, href in context.segments}
        tiles = tuple(
            _worded(row, self.portfolio.catalogue, names, self.wording) for row in moved.rows.to_dict("records")
        )
        return Notables(moved_text(moved, self.wording), tiles)

    def _failures(self, outcomes: Sequence[ReportResult]) -> list[Failure]:
        return [
            Failure(
                self._names[one.segment],
                _title(job, self.wording),
                f"{one.cell} {one.error}".strip(),
                job.place,
                f"{job.segment}/{one.last_good}" if one.last_good else "",
            )
            for job, one in zip(self.jobs, outcomes, strict=True)
            if one.status != "ok"
        ]


_TITLED = (
    "summary",
    *Stage,
    "health",
    "growth",
    "effect",
    "operations",
    "actions",
)  # notebooks whose tabs have names of ours


def _title(job: Job, wording: Wording) -> str:
    """Return what `report.yaml` calls a notebook, else its stage; one that is no stage of the scenario goes by its own name."""
    if job.title is not None:
        return isolate_direction(getattr(job.title, wording.language))
    return wording.stage(job.stage) if job.stage in _TITLED else job.stage


def _worded(
    row: Mapping[Hashable, Any], catalogue: Catalogue, names: dict[str, tuple[str, str]], wording: Wording
) -> Notable:
    kpi = catalogue.by_id[row["kpi"]]
    name, href = names[row["segment"]]
    text = wording.text(
        "notable_text",
        month=wording.month(row["compared_with"]),
        since=wording.month(row["since"]),
        before=wording.value(kpi.unit, row["before"]),
        change=wording.change(kpi.unit, row["change"]),
    )
    improved = (row["change"] > 0) == (kpi.better is Better.HIGHER)
    value = wording.value(kpi.unit, row["value"])
    return Notable(name, kpi.name(wording.language), value, text, href, "better" if improved else "worse")
