"""A published run, sent to whom `deliver:` in report.yaml names; what cannot be sent is told, and stops nothing else."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cslib.delivery.addresses import called, places, service
from cslib.delivery.ledger import Ledger
from cslib.delivery.message import failure_message
from cslib.delivery.notify import notify, recipients
from cslib.delivery.outcome import Delivered, became
from cslib.delivery.post import Post
from cslib.delivery.run_copy import chosen_run, held
from cslib.errors import CslibError, SettingsError
from cslib.i18n import Wording
from cslib.kpis.own import trusted_params
from cslib.redaction import learn
from cslib.reports.history import past_runs
from cslib.settings import Report
from cslib.settings.delivery import may_leave
from cslib.yaml_files import read

if TYPE_CHECKING:
    from cslib.periods import Month
    from cslib.reports.history import Run
    from cslib.settings.delivery import Deliver, Notify


def deliver(out: Path, run: str = "", *, params: Path | None = None, again: bool = False) -> list[Delivered]:
    """Send a published run, the latest unless another is named, and return what became of each destination; none where none is named.

    Nobody is told twice of a run unless `again`; files that are there already are never sent twice. Raises a `CslibError` before
    anything is sent: where there is no such run, where settings cannot be used, where a run for insiders would leave.
    """
    ledger = Ledger(out)
    folder = params or ledger.params or _beside(out)
    settings, catalogue = trusted_params(folder)
    if not settings.report.deliver.names_somebody:
        return []
    chosen = chosen_run(out, run)
    _refuse_outside(settings.report.deliver, chosen, folder)
    ledger.remember(folder)
    with held(out, chosen) as copied, tempfile.TemporaryDirectory(prefix="cslib-delivery-") as made:
        post = Post(settings, folder, catalogue, copied, Path(made), ledger, again=again)
        return [*post.publish(), *post.notify()]


def tell_failure(params: Path, out: Path, error: CslibError) -> list[Delivered]:
    """Tell whom report.yaml names that nothing was published, why, and what is still the latest; returns what became of it.

    Outsiders are told no reason. Settings that cannot be read name nobody.
    """
    learn(params, os.environ)
    report = read(params / "report.yaml", Report, []) or Report()
    if not report.deliver.notify:
        return []
    out.mkdir(parents=True, exist_ok=True)
    latest = (out / "latest").resolve()
    last = next((run.as_of for run in past_runs(out) if run.folder.resolve() == latest), None)
    notice = _Notice(report, error, last, Ledger(out))
    named = {one.to: (place, one) for place, one in places(params, report.deliver.notify, "notify")}
    return [became(f"{place} {service(one.to)}", partial(notice.tell, one)) for place, one in named.values()]


class _Notice:
    """The notice that nothing was published."""

    def __init__(self, report: Report, error: CslibError, last: Month | None, ledger: Ledger) -> None:
        self._report, self._error, self._last, self._ledger = report, error, last, ledger
        self._wording = Wording(report.spoken[0])

    def tell(self, one: Notify) -> str:
        """Tell somebody, unless they hear of changes alone and know it already; returns what was done."""
        why = str(self._error) if one.audience == "internal" else ""
        title = getattr(self._report.title, self._report.spoken[0])
        message = failure_message(self._wording, title, why, self._last, self._report.deliver.link or "")
        key = f"{one.to} nothing published"
        if one.when == "on_change" and self._ledger.was_last_told(key, message.said):
            return "told before that nothing was published"
        for address in recipients(one.to):
            notify(called(address, os.environ), message, (), self._wording.text("delivered_cut"))
        self._ledger.note(key, "", message.said)
        return "told that nothing was published"


def _beside(out: Path) -> Path:
    folder = out.absolute().parent / "params"
    if not (folder / "source.yaml").is_file():
        raise CslibError(
            f"--params: wanted the folder of the settings, which nothing in {out} tells; name it with --params"
        )
    return folder


def _refuse_outside(deliver: Deliver, run: Run, folder: Path) -> None:
    """Refuse a run for insiders where a destination is for outsiders, whatever the settings say by now."""
    wrong = [
        f"{place}: {run.folder.name} is for readers inside; nothing of it goes to an external destination; run for an external audience first, into a folder of its own"
        for kind, named in deliver.destinations.items()
        for place, one in places(folder, named, kind)
        if not may_leave(run.audience, one.audience)
    ]
    if wrong:
        raise SettingsError(wrong)
