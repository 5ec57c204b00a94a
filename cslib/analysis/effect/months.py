"""A programme month by month: participants and comparison around the start, and how many are still under contract since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.effect.study import MONTHLY
from cslib.analysis.effect.told import told
from cslib.privacy.suppression import HIDDEN
from cslib.stats.losses import Loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.analysis.effect.study import Study
    from cslib.analysis.inquiry import Inquiry

    Row = dict[str, object]

KEPT = "kept"  # the share still under contract
FIGURES = ("participants", "comparison", "value", "low", "high", "n", "n_comparison")
COLUMNS = ("segment", "month", "programme", "outcome", "since", *FIGURES, "reason")
_TEXTS = ["programme", "outcome", "reason"]


def effect_months(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, programme, outcome and month `since` the start: `COLUMNS`; where there is none one with the reason.

    Of use, adoption and MRR of the kept, six months before the start to six after it: how far `participants`, and the weighed
    `comparison`, are from their own mean of the months before; `value` is the difference with its 95 % interval. Of `kept`, 0 to
    12 months after it: the shares still under contract, and their difference. `n` and `n_comparison` count the customers, of
    `kept` those at risk. Outsiders are told neither these counts nor who is kept: month by month few are lost.
    """
    rows = [
        {"segment": study.segment, "programme": study.programme, **row}
        for study in told(inquiry)
        for row in (*_around(study), *_kept(study, discreet=inquiry.facts.discreet))
    ]
    if lacking := inquiry.studies.lacks:
        rows = [{"segment": name, "reason": lacking} for name in sorted(inquiry.segments)]
    table = pd.DataFrame(rows).reindex(columns=[*COLUMNS]).assign(month=str(inquiry.as_of))
    if inquiry.facts.discreet:  # one outcome may rest on few customers less than another
        table = table.assign(n=np.nan, n_comparison=np.nan)
    table[_TEXTS] = table[_TEXTS].astype(object).where(table[_TEXTS].notna(), "")
    counts = dict.fromkeys(("since", "n", "n_comparison"), "Int64")
    return table.astype({**dict.fromkeys(FIGURES, "float64"), **counts})


def _around(study: Study) -> Iterator[Row]:
    """Yield the months around the start of each outcome that has them; answers are too few for months."""
    for pair in study.pairs:
        if isinstance(pair.read, Loss) or pair.outcome not in MONTHLY:
            continue
        months = pair.read.months if pair.read else ()
        said = {"outcome": pair.outcome}
        yield from (
            {**said, "since": one.since, "participants": one.participants, "comparison": one.comparison,
             "value": one.contrast.value, "low": one.contrast.low, "high": one.contrast.high, "n": one.contrast.n,
             "n_comparison": one.n_comparison}
            for one in months
        )  # fmt: skip
        if not months:
            yield {**said, "reason": pair.why_empty}


def _kept(study: Study, *, discreet: bool) -> Iterator[Row]:
    losses = study.pair("lost_6")
    lacks = HIDDEN if discreet else losses.lacks
    curve = () if lacks else study.kept
    yield from (
        {"outcome": KEPT, "since": one.since, "participants": one.participants, "comparison": one.comparison,
         "value": one.participants - one.comparison, "low": one.low, "high": one.high, "n": one.n,
         "n_comparison": one.n_comparison}
        for one in curve
    )  # fmt: skip
    if not curve:
        yield {"outcome": KEPT, "reason": lacks or losses.why_empty}
