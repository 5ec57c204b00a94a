"""A run's folder: built aside, and made the latest in one step when it is complete."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.compare import compared, notable
from cslib.errors import CslibError, RunLocked
from cslib.kpis import BY_ID, CATALOGUE
from cslib.kpis.kpi import Better, Stage
from cslib.reports.matrix import Failure, Notable
from cslib.reports.page import PageContext, render_index, write_assets

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence
    from pathlib import Path

    from cslib.book import Book
    from cslib.periods import Month
    from cslib.reports.execute import Outcome
    from cslib.reports.plan import Job
    from cslib.wording import Language, Wording

_VERSIONED = (
    "cslib", "ibis-framework", "duckdb", "pandas", "altair", "papermill", "nbconvert", "ipykernel",
)  # fmt: skip


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """Hold the lock of a reports folder; raises `RunLocked` where another run holds it. A crash releases it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = (out / ".lock").open("a")
    except OSError as error:
        raise CslibError(f"--out: wanted a folder that can be written to; {out}: {error.strerror}") from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunLocked(f"another run is writing to {out}; wait for it, or give --out another folder") from error
        yield


class Building:
    """The folder of a run while it is being built."""

    def __init__(self, book: Book, as_of: Month, language: Language, out: Path, run_id: str) -> None:
        self.book, self.as_of, self.language, self.out, self.run_id = book, as_of, language, out, run_id
        self.folder = out / f".building-{run_id}"
        self.slices = out / f".slices-{run_id}"

    def context(self, job: Job | None, jobs: Sequence[Job]) -> PageContext:
        """Return where a report's page stands among the others; without a job, where the front page stands."""
        settings, policies = self.book.settings, self.book.settings.policies
        names = {segment.id: getattr(segment.name, self.language) for segment in settings.segments}
        up = "../" if job else ""
        shown = {one.segment: None for one in jobs}
        first = {one.segment: one.slug for one in reversed(jobs)}
        same = {(one.segment, one.slug) for one in jobs}
        common = {
            "language": self.language,
            "title": getattr(settings.report.title, self.language),
            "month": str(self.as_of),
            "segments": tuple(
                (
                    name,
                    names[name],
                    f"{up}{name}/{job.slug if job and (name, job.slug) in same else first[name]}.html",
                )
                for name in shown
            ),
            "run_id": self.run_id,
            "data_as_of": str(self.as_of.last_day),
            "source": _without_secrets(settings.source.url),
            "notices": self._notices(PageContext(language=self.language, title="", month=str(self.as_of)).wording),
            "currency": policies.currency,
            "fiscal_year_start": policies.fiscal_year_start,
        }
        if job is None:
            return PageContext(**common, root="")
        wording = PageContext(**common).wording
        stages = tuple(
            (one.stage, _title(one, wording), f"{one.slug}.html") for one in jobs if one.segment == job.segment
        )
        return PageContext(
            **common, segment_id=job.segment, segment_name=names[job.segment], slug=job.stage, stages=stages, root="../",
            generated_from=job.notebook.name,
        )  # fmt: skip

    def write_front(self, measured: pd.DataFrame, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
        """Write the index, the tables and the assets that all pages share."""
        write_assets(self.folder / "assets")
        measured.to_parquet(self.folder / "kpis.parquet", index=False)
        measured.to_csv(self.folder / "kpis.csv", index=False)
        context = self.context(None, jobs)
        total = self.book.settings.total.id
        frame = pd.concat(
            [
                compared(measured, self.as_of, name, total).assign(segment=name)
                for name in dict.fromkeys(job.segment for job in jobs)
            ]
        )
        page = render_index(
            context,
            frame,
            CATALOGUE,
            notable=self._notable(measured, context),
            failures=_failures(outcomes, context),
        )
        (self.folder / "index.html").write_text(page, encoding="utf-8")

    def _notices(self, wording: Wording) -> tuple[str, ...]:
        """Return what every page must say beforehand."""
        manifest, said = self.book.manifest, []
        if "contracts" not in manifest.tables and "purchases" not in manifest.tables:
            said.append(wording.text("notice_no_value"))
        if manifest.audience == "external":
            said.append(wording.text("notice_external", least=self.book.settings.policies.min_n))
        return tuple(said)

    def _notable(self, measured: pd.DataFrame, context: PageContext) -> list[Notable]:
        words, names = context.wording, {name: (shown, href) for name, shown, href in context.segments}
        found = notable(measured[measured.segment.isin(names)], self.as_of)
        return [_worded(row, names, words) for row in found.to_dict("records")]

    def write_log(
        self, measured: pd.DataFrame, outcomes: Sequence[Outcome], notebooks: Sequence[Path], seconds: float
    ) -> None:
        """Write `run.json`: what was in force, what was read and set aside, and what became of each report."""
        settings, manifest = self.book.settings, self.book.manifest.published()
        said = settings.published().model_dump(mode="json", exclude={"folder", "places"}, by_alias=True)
        said["source"]["url"] = _without_secrets(settings.source.url)
        log = {
            "run_id": self.run_id,
            "as_of": str(self.as_of),
            "language": self.language,
            "seconds": round(seconds, 3),
            "kpis": len(measured),
            "settings": said,
            "fingerprints": {
                "source": manifest.fingerprint,
                "notebooks": {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in notebooks},
            },
            "versions": {name: version(name) for name in _VERSIONED},
            "data": json.loads(manifest.model_dump_json()),
            "reports": [asdict(outcome) for outcome in outcomes],
        }
        (self.folder / "run.json").write_text(json.dumps(log, ensure_ascii=False, indent=1), encoding="utf-8")

    def finish(self) -> Path:
        """Make the run the latest, in one step, and return its folder."""
        final = self.out / "runs" / self.run_id
        final.parent.mkdir(exist_ok=True)
        self.folder.rename(final)
        link = self.out / f".latest-{self.run_id}"
        link.symlink_to(final.relative_to(self.out), target_is_directory=True)
        os.replace(link, self.out / "latest")  # noqa: PTH105 - the one call that replaces a link atomically
        return final

    def clear(self) -> None:
        """Remove what is left of the building."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.slices, ignore_errors=True)


def _title(job: Job, wording: Wording) -> str:
    """Return the stage's name; a notebook that is no stage of the scenario goes by its own."""
    return wording.stage(job.stage) if job.stage in ("summary", *Stage) else job.stage


def _without_secrets(url: str) -> str:
    """Return a source's address without user and password, wherever they were written."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"


def _failures(outcomes: Sequence[Outcome], context: PageContext) -> list[Failure]:
    names = {name: shown for name, shown, _ in context.segments}
    return [
        Failure(names[one.segment], one.notebook, f"{one.cell} {one.error}".strip(), one.page)
        for one in outcomes
        if one.status != "ok"
    ]


def _worded(row: Mapping[Hashable, Any], names: dict[str, tuple[str, str]], wording: Wording) -> Notable:
    kpi = BY_ID[row["kpi"]]
    name, href = names[row["segment"]]
    text = wording.text(
        "notable_text",
        before=wording.value(kpi.unit, row["before"]),
        change=wording.change(kpi.unit, row["change"]),
    )
    improved = (row["change"] > 0) == (kpi.better is Better.HIGHER)
    value = wording.value(kpi.unit, row["value"])
    return Notable(name, kpi.name(wording.language), value, text, href, "better" if improved else "worse")
