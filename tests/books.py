"""Books of customers for the tests: the small one that is read by eye, under any policies."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from cslib.portfolio import Portfolio

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SMALL = Path(__file__).parent / "book" / "params"
NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
TODAY = NOW.date()


def small_book(
    folder: Path,
    policies: Mapping[str, object] | None = None,
    without: Iterable[str] = (),
    moved: Mapping[str, Path] | None = None,
) -> Portfolio:
    """Return the small book, its settings and snapshot in `folder`: these policies, without these tables, others `moved`."""
    params = altered(SMALL, folder / "params", policies or {}, without, moved)
    return Portfolio.open(params, TODAY, into=folder / "snapshot")


def altered(
    params: Path,
    into: Path,
    policies: Mapping[str, object],
    without: Iterable[str] = (),
    moved: Mapping[str, Path] | None = None,
) -> Path:
    """Return a copy of a params folder with these policies, without these tables, its data where they were or are `moved`."""
    (into / "segments").mkdir(parents=True)
    source = yaml.safe_load((params / "source.yaml").read_text("utf-8"))
    for name in without:
        del source["tables"][name]
    for spec in source["tables"].values():
        if isinstance(spec["from"], str) and not spec["from"].startswith("$"):
            spec["from"] = str((params / spec["from"]).resolve())
    for name, file in (moved or {}).items():
        source["tables"][name]["from"] = str(file)
    policy_file = params / "policies.yaml"
    said = yaml.safe_load(policy_file.read_text("utf-8")) if policy_file.exists() else {}
    (into / "source.yaml").write_text(yaml.safe_dump(source), "utf-8")
    (into / "policies.yaml").write_text(yaml.safe_dump({**said, **policies}), "utf-8")
    for file in (*params.glob("report.yaml"), *params.glob("segments/*.yaml")):
        (into / file.relative_to(params)).write_text(file.read_text("utf-8"), "utf-8")
    return into
