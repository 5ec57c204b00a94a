"""Each reading of what goes with a programme: the estimates beside each other, a placebo, before and after, and rivals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.effect.told import told
from cslib.kpis import reasons
from cslib.stats.judging import in_the_way
from cslib.stats.losses import Loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cslib.analysis.effect.study import Pair
    from cslib.analysis.inquiry import Inquiry
    from cslib.stats.contrast import Contrast
    from cslib.stats.readings import Readings

    Row = dict[str, object]

ESTIMATE, PLACEBO, RAW, RIVAL, SHARE = "estimate", "placebo", "raw", "rival", "share"
FIGURES = ("value", "low", "high", "n", "moves", "in_the_way")
COLUMNS = ("segment", "month", "programme", "outcome", "kind", "reading", *FIGURES, "reason")
_TEXTS = ["programme", "outcome", "kind", "reading", "reason"]


def effect_readings(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, programme, outcome and reading: `COLUMNS`; a pair of which nothing is read has one with the reason.

    `estimate`: `symmetric` (the months after less those before), `apart` from the start, `alike` in the past besides, and with
    their `own_trend` taken off; of losses `alike` alone. `placebo`: as though they had started three months earlier. `raw`:
    participants before and after, on which no verdict may rest. `rival`: what else changed, of participants less comparison,
    whether the estimate `moves` by more than a third once both sides are alike in it, and whether it is `in_the_way` of being supported. `share`: of losses and MRR, what
    `participants` and `comparison` come to. `n` counts participants,
    of which outsiders are not told.
    """
    rows = [
        {"segment": study.segment, "programme": study.programme, "outcome": pair.outcome, **row}
        for study in told(inquiry)
        for pair in study.pairs
        for row in _rows(pair)
    ]
    if lacking := inquiry.studies.lacks:
        rows = [{"segment": name, "reason": lacking} for name in sorted(inquiry.segments)]
    table = pd.DataFrame(rows).reindex(columns=[*COLUMNS]).assign(month=str(inquiry.as_of))
    if inquiry.facts.discreet:  # one reading may rest on few participants less than another
        table = table.assign(n=np.nan)
    table[_TEXTS] = table[_TEXTS].astype(object).where(table[_TEXTS].notna(), "")
    numbers = dict.fromkeys(("value", "low", "high"), "float64")
    flags = {name: table[name].eq(other=True) for name in ("moves", "in_the_way")}
    return table.assign(**flags).astype({**numbers, "n": "Int64"})


def _rows(pair: Pair) -> Iterator[Row]:
    if pair.read is None or not pair.read.participants:
        yield {"reason": pair.why_empty}
    elif isinstance(pair.read, Loss):
        yield _row(ESTIMATE, "alike", pair.read.contrast)
        shares = {"participants": pair.read.participants_share, "comparison": pair.read.comparison_share}
        yield from ({"kind": SHARE, "reading": name, "value": value} for name, value in shares.items())
    else:
        yield from _of_readings(pair.read)


def _of_readings(read: Readings) -> Iterator[Row]:
    estimates = {"symmetric": read.estimate, "apart": read.apart, "alike": read.alike, "own_trend": read.own_trend}
    yield from (_row(ESTIMATE, name, contrast) for name, contrast in estimates.items())
    yield _row(PLACEBO, "start_3_earlier", read.placebo)
    yield _row(RAW, "before_after", read.raw)
    standing = in_the_way(read.rivals)
    for rival in read.rivals:
        yield {**_row(RIVAL, rival.id, rival.contrast), "moves": rival.moves, "in_the_way": rival in standing}


def _row(kind: str, reading: str, contrast: Contrast) -> Row:
    unknown = reasons.EMPTY if np.isnan(contrast.value) else ""
    told = {"kind": kind, "reading": reading, "value": contrast.value, "low": contrast.low, "high": contrast.high}
    return {**told, "n": contrast.n, "reason": unknown}
