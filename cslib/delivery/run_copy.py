"""The run that is delivered, held fast: the next run may publish, and remove this one, while it is sent."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from cslib.errors import CslibError, NotDelivered, UnknownName
from cslib.reports.history import past_runs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cslib.reports.history import Run

_PATIENCE = 600  # seconds for which a delivery waits for another
_PAUSE = 0.2


def chosen_run(out: Path, name: str = "") -> Run:
    """Return the published run of that name, or the latest; raises a `CslibError` where there is none."""
    published = {run.folder.name: run for run in past_runs(out) if run.published}
    if name and name not in published:
        raise UnknownName("published run", name, published, f"'cslib history --out {out}' lists them")
    latest = (out / "latest").resolve().name
    if not name and latest not in published:
        raise CslibError(f"--out: wanted a folder with a published run; {out / 'latest'} leads to none")
    return published[name or latest]


@contextmanager
def held(out: Path, run: Run) -> Iterator[Run]:
    """Hand out a run as it was published, whatever becomes of its folder, while no other delivery is at work.

    Its files are links to those of the folder: they cost no space, and what is removed there stays here.
    """
    place = out / ".delivering"
    with _alone(out):
        shutil.rmtree(place, ignore_errors=True)  # of a delivery that was killed
        try:
            folder = place / run.folder.name
            shutil.copytree(run.folder, folder, copy_function=_linked)
            yield replace(run, folder=folder)
        finally:
            shutil.rmtree(place, ignore_errors=True)


def _linked(file: str, copy: str) -> None:
    try:
        os.link(file, copy)
    except OSError:  # a share that knows no links
        shutil.copy2(file, copy)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    until = time.monotonic() + _PATIENCE
    with (out / ".delivering.lock").open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > until:
                    raise NotDelivered(
                        [
                            f"another delivery from {out} has been at work for {_PATIENCE // 60} minutes; wait for it, then 'cslib deliver --out {out}'"
                        ]
                    ) from None
                time.sleep(_PAUSE)
        yield
