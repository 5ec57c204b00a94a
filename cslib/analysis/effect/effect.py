"""What goes with a CS programme: use, adoption, what is paid, answers and losses of participants beside customers like them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.effect.told import told
from cslib.stats.losses import Loss

if TYPE_CHECKING:
    from cslib.analysis.effect.study import Pair, Study
    from cslib.analysis.inquiry import Inquiry
    from cslib.periods import Month
    from cslib.stats.readings import Readings

COUNTS = ("participants", "clusters", "starts", "needed")
FIGURES = (
    "comparison", "before", "value", "low", "high", "lowest", "highest", "sway", "breakdown", "p", "expected", "seen_from",
    "needed", "needed_by", "trend_unseen",
)  # fmt: skip
COLUMNS = (
    "segment", "month", "programme", "name_ja", "name_en", "outcome", "meant", "assignment", "participants", "clusters", "starts",
    *FIGURES, "verdict", "reason",
)  # fmt: skip
_AHEAD = 120  # months beyond which a pace tells nothing
_TEXTS = ("programme", "name_ja", "name_en", "outcome", "assignment", "needed_by", "verdict", "reason")


def effect(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, programme (`*`: any of them) and outcome: `COLUMNS`; figures are nan where `reason` says why.

    Each month in which customers start a programme is a trial among those then under contract: those who start against all who
    had not, weighed to be like them. `value` with its 95 % interval is what the months after differ by from the months before,
    participants less comparison; of a loss the difference of the shares lost. `meant` marks the outcome that the programme was
    for. `participants`, in `starts` months and so many `clusters`, are those the verdict rests on; `comparison` how many customers
    the weights are worth; `before` the participants' mean before. `lowest` and `highest` are of three readings, `sway` is the
    largest difference in a month before the start, `breakdown` how many times it the near limit is. `seen_from` is what would be
    found in 8 of 10 cases, `needed` how many participants it takes, which at the present pace are there by `needed_by`;
    `trend_unseen` what a trend that would be found amounts to. `reason` lists why the verdict is no better one.
    """
    rows = [_row(study, pair, inquiry) for study in told(inquiry) for pair in study.pairs]
    lacking = inquiry.studies.lacks
    if lacking:
        rows = [{"segment": name, "meant": False, "reason": lacking} for name in sorted(inquiry.segments)]
    table = pd.DataFrame(rows).reindex(columns=[*COLUMNS]).assign(month=str(inquiry.as_of))
    table[[*_TEXTS]] = table[[*_TEXTS]].astype(object).where(table[[*_TEXTS]].notna(), "")
    floats = {name: "float64" for name in FIGURES if name not in COUNTS and name not in _TEXTS}
    return table.astype({**floats, **dict.fromkeys(COUNTS, "Int64"), "meant": "bool"})


def _row(study: Study, pair: Pair, inquiry: Inquiry) -> dict[str, object]:
    entry = study.entry
    name = entry.name if entry and entry.name else None
    expected = entry.expected if entry and pair.outcome == study.meant else None
    return {
        "segment": study.segment, "programme": study.programme, "name_ja": name.ja if name else study.programme,
        "name_en": name.en if name else study.programme, "outcome": pair.outcome, "meant": pair.outcome == study.meant,
        "assignment": study.assignment, "expected": np.nan if expected is None else expected, "reason": pair.lacks,
        **(_read(pair.read, discreet=inquiry.facts.discreet) if pair.read else {}), **_judged(pair, inquiry.as_of),
    }  # fmt: skip


def _read(read: Readings | Loss, *, discreet: bool) -> dict[str, object]:
    """Return the figures of a pair; outsiders are told the participants of the estimate, beside which others may be few less."""
    least = read.contrast.n if isinstance(read, Loss) else read.estimate.n
    counts = {
        "participants": least if discreet else read.participants,
        "clusters": read.clusters,
        "starts": read.starts,
    }
    shared = {**counts, "comparison": read.comparison, "seen_from": read.seen_from}
    if isinstance(read, Loss):
        found = read.contrast
        return {**shared, "value": found.value, "low": found.low, "high": found.high, "p": found.p}
    one = read.estimate
    return {
        **shared, "before": read.before, "value": one.value, "low": one.low, "high": one.high, "lowest": read.lowest,
        "highest": read.highest, "sway": read.sway, "breakdown": read.breakdown, "p": max(each.p for each in read.three),
        "trend_unseen": read.trend_unseen,
    }  # fmt: skip


def _judged(pair: Pair, as_of: Month) -> dict[str, object]:
    judged = pair.judged
    if judged is None:
        return {}
    by = "" if judged.ripe_in is None or judged.ripe_in > _AHEAD else str(as_of + judged.ripe_in)
    needed = pd.NA if judged.needed is None else judged.needed
    return {"needed": needed, "needed_by": by, "verdict": str(judged.verdict), "reason": ", ".join(judged.reasons)}
