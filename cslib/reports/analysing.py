"""The analyses of a run, made in a process of their own while the figures are measured and the first reports are made."""

from __future__ import annotations

import pickle
import time
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import Pipe
from threading import Thread
from typing import TYPE_CHECKING

from cslib.errors import CslibError
from cslib.inquiries import Analyses, write_analysis
from cslib.kpis.own import trusted_params
from cslib.portfolio import Portfolio
from cslib.reports.subprocesses import Died, Limits, forks_safely, kill_all, run_isolated
from cslib.snapshot import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from multiprocessing.connection import Connection
    from pathlib import Path

    import pandas as pd

    from cslib.periods import Month

    Made = Mapping[str, Future[None]]  # by the name of the analysis: done when its tables lie there, or why they do not

_UNLIMITED = Limits(whole=10 * 86400, step=10 * 86400)  # a book as large as any is analysed for as long as it takes


@dataclass(frozen=True)
class Wanted:
    """Which analyses a run wants of its snapshot, and where their tables go: a folder per segment."""

    params: Path
    snapshot: Path
    as_of: Month
    segments: tuple[str, ...]
    names: tuple[str, ...]  # in the order in which they are made
    into: Path


@dataclass(frozen=True)
class Analysing:
    """The analyses in the making."""

    made: Made
    _telling: Connection

    def take_measured(self, measured: pd.DataFrame, months: int, into: Path) -> None:
        """Hand over the long table of all segments over these months, which some analyses look at, instead of having it measured twice."""
        measured.to_pickle(into)
        self._telling.send((into, months))

    def measure_yourself(self) -> None:
        """Tell that no such table is at hand."""
        self._telling.send(None)


@contextmanager
def analysing(wanted: Wanted) -> Iterator[Analysing]:
    """Begin to make the analyses; what is still at work when the block ends is ended with it."""
    made: Made = {name: Future() for name in wanted.names}
    hearing, telling = Pipe(duplex=False)
    working = Thread(target=_made_apart, args=(wanted, hearing, made), daemon=True)
    if made:
        working.start()
    try:
        yield Analysing(made, telling)
    finally:
        while working.is_alive() and not all(one.done() for one in made.values()):
            kill_all()
            time.sleep(0.05)
        telling.close()
        hearing.close()


def _made_apart(wanted: Wanted, hearing: Connection, made: Made) -> None:
    """Have the analyses made, and say of each when it is there."""
    why = "it was not made"
    try:
        run_isolated(
            _make, (wanted, hearing), _UNLIMITED, fork=forks_safely(), hear=lambda place: _settle(wanted, place, made)
        )
    except Died as death:
        why = str(death)
    except Exception as failure:  # noqa: BLE001 - nobody else hears of it, and reports wait
        why = f"{type(failure).__name__}: {failure}"
    for one in made.values():
        if not one.done():
            one.set_exception(CslibError(why))


def _settle(wanted: Wanted, place: int, made: Made) -> None:
    name = wanted.names[place]
    failure = _failure_of(wanted, name)
    if failure.is_file():
        made[name].set_exception(CslibError(failure.read_text("utf-8")))
    else:
        made[name].set_result(None)


def _make(asked: tuple[Wanted, Connection], tell: Callable[[int], None]) -> None:
    """Make the analyses one after the other, and tell the place of each that is there; one that fails keeps no other back."""
    wanted, hearing = asked
    settings, catalogue = trusted_params(wanted.params)
    manifest = Manifest.model_validate_json((wanted.snapshot / "manifest.json").read_text("utf-8"))
    portfolio = Portfolio(settings, catalogue, manifest, wanted.snapshot)
    analyses = Analyses(portfolio, wanted.as_of, wanted.segments, _Measured(portfolio, wanted.as_of, hearing))
    for place, name in enumerate(wanted.names):
        try:
            write_analysis(name, analyses.table(name), wanted.segments, wanted.into)
        except CslibError as failure:
            _failure_of(wanted, name).write_text(str(failure), "utf-8")
        except Exception as failure:  # noqa: BLE001 - the reports that show it say so
            _failure_of(wanted, name).write_text(f"{type(failure).__name__}: {failure}", "utf-8")
        tell(place)


def _failure_of(wanted: Wanted, name: str) -> Path:
    return wanted.into / f"{name}.failed"


class _Measured:
    """The long table of so many months: what the run has measured where that is it, for which it waits, else measured here."""

    def __init__(self, portfolio: Portfolio, as_of: Month, hearing: Connection) -> None:
        self._portfolio, self._as_of, self._hearing = portfolio, as_of, hearing
        self._told: tuple[Path, int] | None = None
        self._waits = True

    def __call__(self, months: int) -> pd.DataFrame:
        if self._waits:
            self._told, self._waits = self._hearing.recv(), False
        if self._told and self._told[1] == months:
            with self._told[0].open("rb") as file:
                table: pd.DataFrame = pickle.load(file)  # noqa: S301 - of our own process
            return table
        return self._portfolio.measure(self._as_of, months)
