"""Whether the health score has told the lost from the others: a backtest, and what other weights would have gained."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.health.audit_rows import LATE, audit_rows, nothing
from cslib.analysis.health.health import untold
from cslib.kpis import reasons
from cslib.privacy.suppression import HIDDEN, suppressed_segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cslib.analysis.health.audit_rows import Row
    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.panel import Panel
    from cslib.privacy.suppression import Cell

    Ints = NDArray[np.int64]
    Found = Mapping[str, Sequence[Row]]

FIGURES = ("value", "low", "high", "n", "events")
COLUMNS = ("segment", "month", "measure", "group", *FIGURES, "verdict", "reason")
_FAMILIES = (
    ("customers",),
    ("auc", "auc_late", "lift", "lift_late", "refit_auc_late", "refit_gain"),
    ("loss_share", "loss_share_late", "green_but_lost", "red_but_stayed"),
    ("predicted", "observed"),
)  # measures whose counts tell of one another


def health_audit(inquiry: Inquiry) -> pd.DataFrame:
    """Return rows per segment, measure and group: `COLUMNS`; figures are nan where `reason` says why.

    Of past closes with a score and their six months behind them: `auc` is how often, of two customers of one month and the same
    segments, the one that was lost within six months had the lower score; `lift` how many times as often those in the worst
    tenth of each month were lost as all; `loss_share` the share of the closes in a band that were followed by a loss;
    `green_but_lost` the share of the customers lost that had been green within six months before; `red_but_stayed` the share of red closes
    that were followed by none. With `_late`, the same of the months that a fitted model has not seen: `refit_auc_late` is the
    area of a logistic regression on the same components, `refit_gain` that area less the one of the score, `predicted` and
    `observed` the share lost in fifths of what it predicts. `customers` is the share in each band now. `n` and `events` count
    customers: those a row rests on, and those lost among them (for `customers` those in the band, for `green_but_lost` those that
    were green, for `red_but_stayed` those that stayed).
    """
    asked = sorted(inquiry.segments)
    panel, scores, past, why = inquiry.panel, inquiry.scores, inquiry.backtest, untold(inquiry)
    if panel is None or scores is None or past is None:
        return _table(inquiry, {name: nothing(why) for name in asked})
    over = sorted(inquiry.facts.segments) if inquiry.facts.discreet else asked
    found = {name: [*audit_rows(panel, scores, past, name, inquiry.as_of.number)] for name in over}
    if inquiry.facts.discreet:
        found = _discreet(found, panel, inquiry)
    return _table(inquiry, {name: found[name] for name in asked})


def _table(inquiry: Inquiry, found: Mapping[str, list[Row]]) -> pd.DataFrame:
    rows = [
        {"segment": name, "month": str(inquiry.as_of), **row.figures()}
        for name, listed in found.items()
        for row in listed
    ]
    table = pd.DataFrame(rows, columns=[*COLUMNS])
    hidden = table.reason.eq(HIDDEN) | table.reason.str.startswith(reasons.NEEDS)
    return table.astype({"n": "Int64", "events": "Int64"}).assign(
        n=lambda frame: frame.n.mask(hidden), events=lambda frame: frame.events.mask(hidden)
    )


def _discreet(found: Found, panel: Panel, inquiry: Inquiry) -> dict[str, list[Row]]:
    """Return the rows without what tells of few: customers a row rests on, those counted among them, or the rest of them.

    These counts add up over segments, months and bands: a family of measures is hidden of a segment as a whole, and of all
    the measures of past closes none is shown of a segment whose closes together are hidden.
    """
    withheld = set(inquiry.facts.manifest.withheld)
    now, together, *others = (
        _hidden(found, family, panel, inquiry.facts.policies.min_n, withheld) for family in _FAMILIES
    )
    hidden = dict(zip(_FAMILIES, (now, together, *(one | together for one in others)), strict=True))
    of = {measure: hidden[family] for family in _FAMILIES for measure in family}
    return {
        name: [row.without(HIDDEN) if name in of[row.measure] else row for row in rows] for name, rows in found.items()
    }


def _hidden(found: Found, family: Sequence[str], panel: Panel, least: int, withheld: set[str]) -> set[str]:
    """Return the segments of which a family of measures is hidden."""
    listed = {name: [*_counted(rows, family)] for name, rows in found.items()}
    few = {name for name, sets in listed.items() if any(0 < len(one) < least for one in sets)}
    hidden, before = withheld | few, -1
    while before != (before := len(hidden)):
        for sets in zip(*listed.values(), strict=True):
            sizes = _sizes(panel, sets)
            hidden |= suppressed_segments(sizes, least, hidden) if sizes else set()
    return hidden


def _counted(rows: Sequence[Row], family: Sequence[str]) -> Iterator[Ints]:
    """Yield each set of customers that the rows of a family count; what the first months hold is all of it less the late ones."""
    of = {(row.measure, row.group): row for row in rows}
    for (measure, group), row in of.items():
        if measure in family:
            yield from (row.who, row.counted, np.setdiff1d(row.who, row.counted))
        if measure in family and (measure + LATE, group) in of:
            late = of[measure + LATE, group]
            yield from (np.setdiff1d(row.who, late.who), np.setdiff1d(row.counted, late.counted))


def _sizes(panel: Panel, sets: Sequence[Ints]) -> dict[Cell, int]:
    """Return how many customers of the same segments are in any of the sets, which are one of each segment."""
    sizes: dict[Cell, int] = {}
    for who in np.unique(np.concatenate(sets)):
        sizes[panel.cells[who]] = sizes.get(panel.cells[who], 0) + 1
    return sizes
