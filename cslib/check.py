"""`cslib check`: everything that is wrong with settings and data, and what it means for a run."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cslib.check_hints import action_hints, column_hints, comment_hints, notebook_hints
from cslib.errors import CslibError, DataError, Problems, SettingsError, SourceError
from cslib.kpis import CATALOGUE, Catalogue
from cslib.kpis.own import read_params
from cslib.model import BY_NAME
from cslib.redaction import redacted
from cslib.scratch import scratch
from cslib.snapshot import inspect_source

if TYPE_CHECKING:
    from datetime import date

    from cslib.kpis import Catalogue
    from cslib.portfolio import Portfolio
    from cslib.settings import Settings
    from cslib.snapshot import Inspection, TableState
    from cslib.validation.findings import Mended, Question, SetAside

_HEADINGS = {SettingsError: "settings", SourceError: "source", DataError: "data"}


@dataclass(frozen=True)
class CheckResult:
    """The result of a check: problems that stop a run, by the place of each, the state of every table, and warnings.

    A warning says what may be a mistake.
    """

    problems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tables: dict[str, TableState] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    catalogue: Catalogue = CATALOGUE

    @property
    def usable(self) -> bool:
        """Whether a run would go through."""
        return not any(self.problems.values())

    @property
    def verdict(self) -> str:
        """The verdict in words: usable, usable with losses, not usable."""
        if not self.usable:
            return "not usable"
        return "usable with losses" if any(state.set_aside for state in self.tables.values()) else "usable"

    def as_json(self) -> dict[str, Any]:
        """Return the findings for machines."""
        return {
            "verdict": self.verdict,
            "problems": [problem for listed in self.problems.values() for problem in listed],
            "warnings": list(self.warnings),
            "tables": {name: _as_json(state) for name, state in self.tables.items()},
        }

    def as_text(self) -> str:
        """Return the findings for people: first what stops a run, then each table, at last the verdict."""
        lines: list[str] = []
        for heading, listed in self.problems.items():
            lines += _block(f"{heading}:", listed)
        for name, state in self.tables.items():
            lines += _block(_headline(name, state), (*_told(state, self.catalogue), *_assumed(name, state)))
        lines += _block("warnings:", self.warnings)
        return "\n".join([*lines, f"verdict: {self.verdict}"])


def check_params(params: Path, now: date, quarantine: Path | None = None) -> CheckResult:
    """Return what is wrong with a params folder and its data; never raises for a user's mistake.

    `now` is a day, or a moment, of which the day in the policies' time zone counts. The rows set aside are written into the folder `quarantine`, if one is named.
    """
    settings, catalogue, problems = read_params(params)
    found: dict[str, tuple[str, ...]] = {"settings": tuple(problems)}
    if settings is None:
        return CheckResult(found)
    with tempfile.TemporaryDirectory(prefix="cslib-check-", dir=scratch()) as folder:
        try:
            inspection = inspect_source(settings, Path(folder), settings.read_on(now))
        except Problems as error:
            return CheckResult({**found, "source": error.problems})
        if quarantine is not None:
            _copy(Path(folder) / "quarantine", quarantine)
    return replace(_found(inspection, found, settings, catalogue), catalogue=catalogue)


def write_quarantine(portfolio: Portfolio, into: Path) -> tuple[Path, ...]:
    """Write the rows that a portfolio set aside into a folder, each table as Parquet and as CSV for a spreadsheet.

    Returns the files, none where nothing was set aside. They hold rows as they were found, names and all: they are for
    whoever mends the source, and no part of what is published.
    """
    return _copy(portfolio.folder / "quarantine", into)


def _copy(held: Path, into: Path) -> tuple[Path, ...]:
    files = sorted(held.iterdir())
    if files:
        into.mkdir(parents=True, exist_ok=True)
    return tuple(Path(shutil.copy2(file, into / file.name)) for file in files)


def _found(
    inspection: Inspection, problems: dict[str, tuple[str, ...]], settings: Settings, catalogue: Catalogue
) -> CheckResult:
    for kind, listed in inspection.problems.items():
        heading = _HEADINGS[kind]
        problems[heading] = (*problems.get(heading, ()), *map(redacted, listed))
    manifest = inspection.manifest
    if manifest is not None:
        try:
            manifest.month(None)
        except CslibError as error:
            problems["data"] = (*problems["data"], str(error))
    if manifest is None:
        return CheckResult(problems, inspection.tables)
    late = (manifest.late,) if manifest.late else ()
    return CheckResult(
        problems,
        inspection.tables,
        (
            *late,
            *manifest.warnings,
            *column_hints(catalogue, manifest, settings.policies),
            *action_hints(catalogue, settings),
            *comment_hints(manifest, settings),
            *notebook_hints(manifest, settings),
        ),
    )


def _block(heading: str, listed: tuple[str, ...]) -> list[str]:
    return [heading, *(f"    {line}" for each in listed for line in each.split("\n"))] if listed else []


def _headline(name: str, state: TableState) -> str:
    left_out = state.rows - state.own
    also = f", {left_out:,} left out" if left_out else ""
    return f"{name}: {state.rows:,} rows, {state.set_aside:,} set aside ({state.share:.2%}){also}"


def _told(state: TableState, catalogue: Catalogue) -> tuple[str, ...]:
    """Return what there is to say of a table, each with its samples on lines of their own."""
    return (
        *map(_question, state.questions),
        *(f"question: {each.sentence}" for each in state.notes if each.asks),
        *(_claim(claim, state) for claim in state.claims),
        *(each.sentence for each in state.left_out),
        *(each.sentence for each in state.notes if not each.asks),
        *map(_mended, state.mended),
        *([_by_month(catalogue)] if state.by_month else []),
    )


def _by_month(catalogue: Catalogue) -> str:
    kpis = ", ".join(kpi.id for kpi in catalogue if "usage.used_on" in kpi.needs)
    return (
        "used_on: every row lies on the first or the last day of its month, so usage was rolled up to months and its days "
        f"are not known; not measurable: {kpis}; map the days themselves where the source has them"
    )


def _assumed(name: str, state: TableState) -> tuple[str, ...]:
    """Return what the lack of a column was taken for, where the data model states that."""
    columns = (column for column in BY_NAME[name].columns if column.absent and column.name not in state.columns)
    return tuple(f"no column {column.name!r}: {column.absent}" for column in columns)


def _question(asked: Question) -> str:
    lines = [
        f"    {asked.line(option)}   # {option.example}; reads {option.reads:,} of them" for option in asked.options
    ]
    return "\n".join([f"question: {asked.lead}", *lines])


def _claim(claim: SetAside, state: TableState) -> str:
    rows = f"{claim.rows:,} row{'s' if claim.rows > 1 else ''}"
    lines = [f"    {sample.sentence}" for sample in claim.samples]
    return "\n".join(
        [
            f"{claim.claim}: {rows} ({claim.rows / state.own:.2%}); wanted {claim.wanted}",
            *lines,
            f"    way out: {claim.way}",
        ]
    )


def _mended(each: Mended) -> str:
    lines = [f"    {sample.sentence}" for sample in each.samples]
    values = f"{each.rows:,} value{'s' if each.rows > 1 else ''}"
    return "\n".join([f"{each.column}: {values} respelled and read, such as", *lines])


def _as_json(state: TableState) -> dict[str, Any]:
    """Return a table for machines: as it is kept, with the shares, and the lines that answer a question."""
    told = state.model_dump(mode="json")
    for claim in told["claims"]:
        claim["share"] = claim["rows"] / state.own
    for asked, question in zip(state.questions, told["questions"], strict=True):
        for option, kept in zip(asked.options, question["options"], strict=True):
            kept["line"] = asked.line(option)
    return {**told, "share": state.share}
