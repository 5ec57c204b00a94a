"""A run on its way: what of it is copied to which place, and what is told to whom."""

from __future__ import annotations

import os
import shutil
from functools import cached_property, partial
from typing import TYPE_CHECKING

from cslib.delivery.addresses import called, places, service, shown
from cslib.delivery.message import Reported, compose, owners
from cslib.delivery.notify import notify, recipients
from cslib.delivery.outcome import Delivered, Refused, became, tried
from cslib.delivery.pdf import print_pdf
from cslib.delivery.publish import Place
from cslib.delivery.workbook import write_workbook
from cslib.errors import no_such
from cslib.i18n import Wording
from cslib.i18n.messages import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from cslib.delivery.ledger import Ledger
    from cslib.kpis import Catalogue
    from cslib.reports.history import Run
    from cslib.settings import Settings
    from cslib.settings.delivery import Notify, Publish

_SUFFIXES = {"page": ".html", "excel": ".xlsx", "pdf": ".pdf"}


class Post:
    """A run and the settings that say where it goes. `run` is a copy that nobody changes, `made` a folder for what is made of it."""

    def __init__(  # noqa: PLR0913, PLR0917 - what is sent, how it is worded, where it goes, what went before
        self, settings: Settings, params: Path, catalogue: Catalogue, run: Run, made: Path, ledger: Ledger, *, again: bool
    ) -> None:  # fmt: skip
        self._settings, self._params, self._catalogue = settings, params, catalogue
        self._run, self._made, self._ledger, self._again = run, made, ledger, again
        self._deliver = settings.report.deliver
        policies = settings.policies
        self._wording = Wording(run.language, policies.currency, policies.fiscal_year_start)  # type: ignore[arg-type]

    def publish(self) -> Iterator[Delivered]:
        """Copy the run to each place, and yield what became of it."""
        for place, one in places(self._params, self._deliver.publish, "publish"):
            label = f"{place} {shown(one.to)}"
            besides, lost = self._each_made(one.besides, self._segments, label)
            yield from lost
            yield became(label, partial(self._copied, one, besides))

    def notify(self) -> Iterator[Delivered]:
        """Tell everybody, and yield what became of it."""
        for place, one in places(self._params, self._deliver.notify, "notify"):
            for name in one.segments or [self._whole]:
                label = f"{place} {service(one.to)}, {name}"
                if name not in self._segments:
                    yield Delivered(label, "the run has no reports of it")
                    continue
                attached, lost = self._each_made(one.attached if self._is_due(one, name) else (), [name], label)
                yield from lost
                for address in recipients(one.to):
                    yield became(
                        label,
                        partial(self._told, one, name, address, attached),
                    )

    @cached_property
    def _segments(self) -> list[str]:
        """The segments that the run reports, and that the settings still know."""
        known = {segment.id for segment in self._settings.segments}
        return [
            name for name in dict.fromkeys(report["segment"] for report in self._run.log["reports"]) if name in known
        ]

    @property
    def _whole(self) -> str:
        total = self._settings.total.id
        return total if total in self._segments or not self._segments else self._segments[0]

    def _copied(self, one: Publish, besides: Iterable[Path]) -> str:
        base = self._params if "://" not in one.to and not one.to.startswith("${") else None
        address = called(one.to, os.environ)
        place = Place(str((base / address).absolute()) if base else address)
        folder = self._run.folder
        files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
        files |= {file.name: file for file in besides}
        run = {"run": folder.name, "as_of": str(self._run.as_of), "audience": self._run.audience}
        sent = tried(lambda: place.publish(files, run))
        removed = f", {sent.removed:,} of earlier runs removed" if sent.removed else ""
        return f"{sent.files:,} files sent, {sent.unchanged:,} unchanged{removed}"

    def _told(self, one: Notify, name: str, address: str, attached: Sequence[Path]) -> str:
        told, run = self._reported(name, every_failure=not one.segments), self._run.folder.name
        key = f"{address} {name} {one.owner}"
        if one.owner and one.owner.casefold() not in {owner.casefold() for owner in owners(told)}:
            raise Refused(no_such("owner", one.owner, owners(told)))
        message = compose(told, one.owner, self._link(name), inside=one.audience == "internal")
        if one.when == "on_failure" and not told.failed:
            return "not told, since nothing failed"
        if not self._again and self._ledger.was_told(key, run):
            return "told before; --again tells it once more"
        if not self._again and one.when == "on_change" and self._ledger.was_last_told(key, message.said):
            return "not told, since it would be the same as last time"
        notify(called(address, os.environ), message, self._under_names(attached), self._wording.text("delivered_cut"))
        self._ledger.note(key, run, message.said)
        return "told"

    def _is_due(self, one: Notify, name: str) -> bool:
        """Return whether anything may have to be sent, for which attachments would be made."""
        failed = self._reported(name, every_failure=not one.segments).failed
        told = all(
            self._ledger.was_told(f"{address} {name} {one.owner}", self._run.folder.name)
            for address in recipients(one.to)
        )
        return (self._again or not told) and (one.when != "on_failure" or bool(failed))

    def _link(self, name: str) -> str:
        front = f"{name}/index.html" if (self._run.folder / name / "index.html").is_file() else "index.html"
        return f"{self._deliver.link}/{front}" if self._deliver.link else ""

    def _reported(self, name: str, *, every_failure: bool = False) -> Reported:
        failed = [
            (self._page(report), f"{report.get('cell', '')} {report.get('error', '')}".strip())
            for report in self._run.log["reports"]
            if report["status"] != "ok" and (every_failure or report["segment"] == name)
        ]
        segment = next(one for one in self._settings.segments if one.id == name)
        title = getattr(self._settings.report.title, self._run.language)
        return Reported(self._run.folder, segment, self._run.as_of, self._catalogue, self._wording, title, failed)

    def _page(self, report: dict[str, str]) -> str:
        """Return a report as readers know it: the segment's name, and what its tab says."""
        names = {one.id: getattr(one.name, self._run.language) for one in self._settings.segments}
        tabs = {
            tab.name: getattr(tab.title, self._run.language) for tab in self._settings.report.notebooks if tab.title
        }
        stage = f"stage_{report['notebook'].partition('_')[2]}"
        title = tabs.get(report["notebook"]) or (self._wording.text(stage) if stage in TEXTS else report["notebook"])
        return f"{names.get(report['segment'], report['segment'])}: {title}"

    def _each_made(
        self, kinds: Iterable[str], segments: Iterable[str], label: str
    ) -> tuple[list[Path], list[Delivered]]:
        """Return the workbooks, PDFs and single pages of segments, and which of them could not be made and why."""
        made: list[Path] = []
        lost: list[Delivered] = []
        for kind in kinds:
            for name in segments:
                file = self._made / f"{name}{_SUFFIXES[kind]}"
                done = became(f"{label}: {file.name}", partial(self._make, kind, name))
                if done.lost:
                    lost.append(done)
                else:
                    made.append(file)
        return made, lost

    def _make(self, kind: str, name: str) -> str:
        file, page = self._made / f"{name}{_SUFFIXES[kind]}", self._run.folder / f"{name}.html"
        if file.is_file():
            return "made before"
        if kind == "excel":
            write_workbook(self._reported(name), self._owners(name), file)
            return "made"
        if not page.is_file():
            raise Refused(f"the run has no single file of {name}; the next one makes it, or 'cslib run --single-file'")
        if kind == "pdf":
            print_pdf(page, file)
        else:
            shutil.copyfile(page, file)
        return "made"

    def _owners(self, name: str) -> dict[str, str]:
        """Return by KPI who owns its target; nobody where outsiders read."""
        segment = next(one for one in self._settings.segments if one.id == name)
        if self._run.audience == "external":
            return {}
        goals = {kpi: segment.target_of(kpi) for kpi in self._catalogue.by_id}
        return {kpi: goal.owner for kpi, goal in goals.items() if goal and goal.owner}

    def _under_names(self, files: Iterable[Path]) -> list[Path]:
        """Return files under names that say of which month they are, as they arrive in an inbox."""
        (folder := self._made / str(self._run.as_of)).mkdir(exist_ok=True)
        return [_linked(file, folder / f"{file.stem}-{self._run.as_of}{file.suffix}") for file in files]


def _linked(file: Path, name: Path) -> Path:
    if not name.is_file():
        shutil.copyfile(file, name)
    return name
