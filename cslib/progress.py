"""What the command line shows while it works: a sentence now and then, or the phases and reports of a run."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cslib.phases import Phase

if TYPE_CHECKING:
    from cslib.reports.execute import ReportResult


class Paced:
    """Says on standard error what is being done, once a second at most, and nothing where it is soon over."""

    def __init__(self) -> None:
        self.said = monotonic()

    def __call__(self, sentence: str) -> None:
        """Say what is being done now, unless something was said a moment ago."""
        if monotonic() - self.said >= 1:
            self.said = monotonic()
            typer.echo(f"{sentence} …", err=True)


class Shown:
    """Progress: a line per phase when it is over, with its seconds, and per report where the output is no terminal; there, a bar."""

    def __init__(self) -> None:
        self.console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[count]}"),
            TimeElapsedColumn(),
        )
        self.bar = Progress(*columns, console=self.console, disable=not self.console.is_terminal)
        self.task = self.bar.add_task(Phase.READING, total=None, count="")
        self.phase, self.began = Phase.READING, monotonic()

    def __enter__(self) -> Self:
        self.bar.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._end_phase()
        self.bar.stop()

    def begin(self, phase: Phase) -> None:
        """Show the phase that begins, and how long the one before it has taken."""
        if phase is not self.phase:
            self._end_phase()
            self.phase, self.began = phase, monotonic()
            self.bar.reset(self.task, description=phase, total=None, count="")

    def _end_phase(self) -> None:
        self.console.print(f"{monotonic() - self.began:.1f}s {self.phase}", highlight=False)

    def __call__(self, outcome: ReportResult, done: int, total: int) -> None:
        """Show what became of a report, and how many of all are made."""
        named = f"{self.phase}: {outcome.name}"
        self.bar.update(self.task, completed=done, total=total, count=f"{done:,}/{total:,}", description=named)
        if not self.console.is_terminal:
            became = "unchanged" if outcome.reused else outcome.status
            line = f"{done}/{total} {outcome.name} {became} {outcome.seconds:.1f}s"
            typer.echo(f"{line} {outcome.error}".rstrip(), err=True)
