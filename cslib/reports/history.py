"""The runs that are kept: what each came to, which past figures it restated, and which of them may go."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from cslib.analysis.figures.restatements import KEYS, restated
from cslib.errors import MonthError
from cslib.periods import Month
from cslib.privacy.suppression import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CAUSES = ("definitions", "policies", "conditions", "data")
_TYPES = dict.fromkeys(["segment", "month", "kpi"], "str") | dict.fromkeys(["before", "after"], "float64")
_TYPES |= dict.fromkeys(CAUSES, "str")  # also where there are no rows, which would have no types


@dataclass(frozen=True)
class Run:
    """A run that ended. `log` is its run.json."""

    folder: Path
    log: Mapping[str, Any]

    @property
    def number(self) -> int:
        """The place in the order of runs, which no clock decides."""
        return int(self.log.get("number", 0))

    @property
    def as_of(self) -> Month:
        """The month that was reported."""
        return Month.parse(self.log["as_of"])

    @property
    def language(self) -> str:
        """The language of its front page."""
        return str(self.log.get("language", ""))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of its pages, that of its front page first."""
        return tuple(self.log.get("languages", [self.language]))

    def edition(self, language: str) -> Path:
        """Return the folder of its pages in one of its languages."""
        return self.folder if language == self.languages[0] else self.folder / language

    @property
    def audience(self) -> str:
        """For whom its pages are: readers inside the company, or outside of it."""
        return str(self.log.get("data", {}).get("audience", "internal"))

    @property
    def published(self) -> bool:
        """Whether it became the latest."""
        return bool(self.log.get("published", True))

    @property
    def asked(self) -> str:
        """What its reports were asked, the analyses aside; empty where one of them failed."""
        is_whole = all(report["status"] == "ok" for report in self.log["reports"])
        return str(self.log.get("asked", "")) if is_whole else ""

    @property
    def keys(self) -> set[str]:
        """The keys of its reports."""
        return {report.get("key", "") for report in self.log["reports"]}

    @cached_property
    def measured(self) -> pd.DataFrame | None:
        """The long table that was published; None where it cannot be read."""
        try:
            return pd.read_parquet(self.folder / "kpis.parquet", columns=["segment", "month", "kpi", "value"])
        except (OSError, ValueError):  # Arrow's errors are of these kinds
            return None

    def summary(self) -> dict[str, Any]:
        """Return the run in a line: how many reports, how many of them failed or were reused, what was restated."""
        reports = self.log["reports"]
        return {
            "run": self.folder.name,
            "as_of": str(self.as_of),
            "published": self.published,
            "reports": len(reports),
            "failed": sum(report["status"] != "ok" for report in reports),
            "reused": sum(bool(report.get("reused")) for report in reports),
            "seconds": self.log["seconds"],
            "restated": self.log.get("restated", {}).get("figures", 0),
            "compared_with": self.log.get("restated", {}).get("compared_with", ""),
        }


def past_runs(out: Path) -> list[Run]:
    """Return the runs of a reports folder, the oldest first; a folder that is none is passed over."""
    found = [run for folder in sorted((out / "runs").glob("*")) if (run := _run(folder))]
    return sorted(found, key=lambda run: run.number)


def damaged_runs(out: Path) -> tuple[str, ...]:
    """Return the names of the runs that cannot be read any more, or of which the published figures cannot."""
    unread = [folder.name for folder in sorted((out / "runs").glob("*")) if _run(folder) is None]
    return (*unread, *(run.folder.name for run in past_runs(out) if run.published and run.measured is None))


_HEADS = ("run", "reports", "seconds", "unchanged", "past figures that differ", "state")


def runs_text(runs: Sequence[Run], out: Path) -> str:
    """Return a line per run below a line of heads, the latest marked."""
    if not runs:
        return f"no runs in {out}"
    latest = (out / "latest").resolve()
    rows = [_HEADS, *(_cells(run.summary(), latest=run.folder.resolve() == latest) for run in runs)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def _cells(told: dict[str, Any], *, latest: bool) -> tuple[str, ...]:
    differing = f"{told['restated']:,} from {told['compared_with']}" if told["restated"] else "0"
    return (
        told["run"],
        f"{told['reports'] - told['failed']:,} of {told['reports']:,}",
        f"{told['seconds']:.0f}",
        f"{told['reused']:,}",
        differing,
        "latest" if latest else "" if told["published"] else "not published",
    )


def _run(folder: Path) -> Run | None:
    try:
        run = Run(folder, json.loads((folder / "run.json").read_text("utf-8")))
        # all that is needed of a run later on
        return run if run.summary() and (run.number, run.keys, {**run.log["fingerprints"]}) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, MonthError):
        return None


def restated_since(
    runs: Sequence[Run], as_of: Month, measured: pd.DataFrame, prints: Mapping[str, Any]
) -> tuple[str, pd.DataFrame]:
    """Return the run that readers have seen before, and which of its figures are others now.

    That is the last report of an earlier month, so that a month that is run again still reports what has changed since;
    without one, the last run that said anything else. Columns: segment, month, kpi, before, after, and `CAUSES`: in
    which respect the two runs differ, empty where they do not. `prints` as in run.json.
    """
    published = [(run, told) for run in runs if run.published and (told := run.measured) is not None]
    earlier = [(run, told) for run, told in published if run.as_of < as_of]
    for run, before in earlier[-1:] or reversed(published):
        changes = _without_hidden(restated(before, measured, run.as_of), measured)
        if len(changes) or earlier:
            found = {name: _causes(run.log["fingerprints"], prints, name) for name in set(changes.segment)}
            causes = {cause: [found[name][cause] for name in changes.segment] for cause in CAUSES}
            return run.folder.name, changes.assign(**causes).astype(_TYPES)
    return published[-1][0].folder.name if published else "", pd.DataFrame(columns=[*_TYPES]).astype(_TYPES)


def _without_hidden(changes: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """Return the changes without figures that are hidden now: what was reported of them before is hidden with them."""
    hidden = pd.MultiIndex.from_frame(measured.loc[measured.reason == HIDDEN, KEYS])
    return changes[~pd.MultiIndex.from_frame(changes[KEYS]).isin(hidden)]


def _causes(then: Mapping[str, Any], now: Mapping[str, Any], segment: str) -> dict[str, str]:
    slices = (kind.get("slices", {}).get(segment, {}) for kind in (then, now))
    return {
        "definitions": ", ".join(_redefined(then, now)),
        "policies": "; ".join(_differences(then.get("policies", {}), now["policies"])),
        "conditions": "; ".join(_differences(*(kind.get("segments", {}).get(segment, {}) for kind in (then, now)))),
        "data": ", ".join(line.split(" ")[0] for line in _differences(*slices)),
    }


def _redefined(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield where definitions have changed: in the library, or in the team's own file."""
    if then.get("definitions") != now["definitions"]:
        yield "cslib"
    if then.get("kpis", "") != now["kpis"]:
        yield "kpis.py"


def _differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Return what differs between two mappings, a line per name."""
    names = sorted({*then, *now})
    return [f"{name} {_said(then, name)} → {_said(now, name)}" for name in names if then.get(name) != now.get(name)]


def _said(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "–")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def forget_old_runs(out: Path, keep: int) -> list[Run]:
    """Remove all but the last `keep` published runs of each language, the last that failed, and the latest; returns those that stay."""
    runs = past_runs(out)
    published = [run for run in runs if run.published]
    languages = {language for run in published for language in run.languages}
    kept = [run for one in languages for run in [each for each in published if one in each.languages][-keep:]]
    failed = [run for run in runs if not run.published]
    latest = (out / "latest").resolve()
    staying = [run for run in runs if run in kept or run in failed[-1:] or run.folder.resolve() == latest]
    for run in runs:
        if run not in staying:
            shutil.rmtree(run.folder, ignore_errors=True)
    return staying
