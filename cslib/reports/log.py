"""The log of a run, for machines: `run.json` as a whole, `run.log` a line per report as it ends."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from cslib import __version__
from cslib.code_version import code_digest
from cslib.redaction import redacted_values, without_secrets
from cslib.reports.cache import digest, file_digests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cslib.portfolio import Portfolio
    from cslib.reports.execute import ReportResult

_VERSIONED = (
    "ibis-framework", "duckdb", "pandas", "altair", "papermill", "nbconvert", "ipykernel",
)  # fmt: skip


def fingerprints(portfolio: Portfolio, slices: Mapping[str, Path], notebooks: Sequence[Path]) -> dict[str, Any]:
    """Return what went into a run, so that a later one can list what has changed since."""
    settings = portfolio.settings.published()
    policies = settings.policies.model_dump(mode="json", by_alias=True)
    segments = {
        one.id: one.model_dump(mode="json", by_alias=True, exclude_none=True)
        for one in settings.segments
        if one.id in slices
    }
    return {
        "source": portfolio.manifest.fingerprint,
        "definitions": code_digest(type(portfolio).__module__),  # what it does not import decides no figure
        "kpis": portfolio.catalogue.digest,
        "policies": policies,
        "segments": {name: {"where": said.get("where", {})} for name, said in segments.items()},
        "slices": {name: file_digests(portfolio.slice(name)) for name in slices},
        "notebooks": {file.name: digest([file.read_bytes()]) for file in notebooks},
    }


def run_json(
    portfolio: Portfolio, said: Mapping[str, Any], outcomes: Sequence[ReportResult], fingerprints: Mapping[str, Any]
) -> str:
    """Return `run.json`: what was in force, what was read and set aside, and what became of each report."""
    settings = portfolio.settings.published().model_dump(mode="json", exclude={"folder", "places"}, by_alias=True)
    settings["source"] = redacted_values({**settings["source"], "url": without_secrets(portfolio.settings.source.url)})
    log = {
        **said,
        "settings": settings,
        "fingerprints": fingerprints,
        "versions": {"cslib": __version__, **{name: version(name) for name in _VERSIONED}},
        "data": json.loads(portfolio.manifest.published().model_dump_json()),
        "reports": [asdict(outcome) for outcome in outcomes],
    }
    return json.dumps(log, ensure_ascii=False, indent=1)


def log_line(outcome: ReportResult, file: str) -> str:
    """Return a report's line in `run.log`, with the file that was executed."""
    said = {
        "edition": outcome.edition,
        "segment": outcome.segment,
        "notebook": outcome.notebook,
        "file": file,
        "status": outcome.status,
        "reused": outcome.reused,
        "seconds": outcome.seconds,
        "reason": f"{outcome.cell} {outcome.error}".strip(),
        "missed": outcome.missed,
    }
    return json.dumps(said, ensure_ascii=False) + "\n"
