"""What the analyses are asked of a portfolio, and how their answers reach a segment's reports."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from cslib.analysis.analyses import ANALYSES
from cslib.analysis.inquiry import Inquiry
from cslib.errors import CslibError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cslib.periods import Month
    from cslib.portfolio import Portfolio


FOLDER = "analyses"  # of a slice


def inquire(portfolio: Portfolio, as_of: Month, segments: Sequence[str] = ()) -> Inquiry:
    """Return the question of these segments, or of all, as of a month; raises `UnknownName` for a segment that is not there."""
    wanted = portfolio.segment_ids(segments)
    facts = portfolio.facts(as_of, portfolio.segment_ids())
    return Inquiry(facts, as_of, portfolio.settings, portfolio.catalogue, wanted, partial(portfolio.measure, as_of))


def write_analysis(name: str, table: pd.DataFrame, segments: Sequence[str], into: Path) -> None:
    """Write an analysis as `<segment>/<name>.parquet`, a file for each of these segments, without rows where it has none."""
    rows = dict(tuple(table.groupby("segment", sort=False, observed=True)))
    for segment in segments:
        folder = into / segment
        folder.mkdir(parents=True, exist_ok=True)
        mine = rows.get(segment, table.head(0)).reset_index(drop=True)
        mine.to_parquet(folder / f"{name}.parquet", index=False)


def read_analysis(name: str, folder: Path) -> pd.DataFrame:
    """Return the rows of an analysis from the folder of a slice; raises `CslibError` for one that was not prepared."""
    file = folder / FOLDER / f"{name}.parquet"
    if name not in ANALYSES:
        raise UnknownName("analysis", name, ANALYSES)
    if not file.is_file():
        raise CslibError(
            f"the analysis {name} was not prepared, since no code cell names it; write s.analysis({name!r}) in one"
        )
    return pd.read_parquet(file)
