"""The health score of each customer under contract: its band, what it is made of, and why it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.panel import NEEDS
from cslib.kpis import reasons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.health.scores import Scores
    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.panel import Panel

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Ints = NDArray[np.int64]

KNOWN_WEIGHT = "known_weight"  # the part of a change that comes of other components being known
FIGURES = ("score", "band", "known", "component", "value", "contribution", "change")
COLUMNS = ("segment", "month", "customer_id", *FIGURES, "reason")
UNKNOWN = "unknown: not known of the customer at this close"
THIN = "thin: too little of the weight is known for a score"
UNLISTED = "unlisted: outsiders are not shown single customers"
FIRST = "first: no score at the close before"
_FULL = 100.0


@dataclass(frozen=True)
class _Close:
    """What the scores of the month are made of, a row per customer, and what has changed in them since the close before."""

    rows: Ints  # of the panel
    contributions: Floats  # a column per component
    changes: Floats  # likewise, and a last one of the known weight
    known_before: Floats


def health(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, customer under contract at the close, and component: `COLUMNS`, the worst scores first.

    `contribution` is w (c - 100) / W for a component worth c of weight w, W the weight that is known of the customer: those of a
    customer add up to score - 100. `change` is what of the score's change since the close before goes with the component,
    w (c - c before) / W where it was known at both; the last row of a customer, `known_weight`, has the rest, which comes of
    other components being known than before, with the change of `known` as its `value`. The changes add up to the change of
    the score. A figure that is missing is nan, with why in `reason`. Outsiders are shown nobody: the row of a customer holds
    what one person has answered.
    """
    months = str(inquiry.as_of)
    found = [_segment(inquiry, segment).assign(segment=segment) for segment in sorted(inquiry.segments)]
    return pd.concat(found, ignore_index=True).assign(month=months)[list(COLUMNS)]


def untold(inquiry: Inquiry) -> str:
    """Return why nobody has a score, whatever the segment; an empty text where there may be scores."""
    absent = inquiry.facts.missing(NEEDS) or inquiry.no_scores
    return f"{reasons.NEEDS} {', '.join(absent)}" if absent else ""


def _segment(inquiry: Inquiry, segment: str) -> pd.DataFrame:
    panel, scores = inquiry.panel, inquiry.scores
    why = UNLISTED if inquiry.facts.discreet else untold(inquiry)
    if why or panel is None or scores is None:
        return _nobody(why)
    now = np.flatnonzero(panel.inside(segment) & (panel.months == inquiry.as_of.number))
    return _rows(inquiry, panel, scores, _close(panel, scores, now)) if len(now) else _nobody(reasons.EMPTY)


def _nobody(why: str) -> pd.DataFrame:
    texts = dict.fromkeys(("customer_id", "band", "component"), "")
    return pd.DataFrame([{**dict.fromkeys(FIGURES, np.nan), **texts, "reason": why}])


def _close(panel: Panel, scores: Scores, now: Ints) -> _Close:
    before = _at_the_close_before(panel, now)
    then = np.where(before[:, None] >= 0, scores.parts[before], np.nan)
    parts, scored = scores.parts[now], ~np.isnan(scores.score[now])
    share = scores.weights / np.where(scored, scores.weight_known[now], np.nan)[:, None]
    was = np.where(before >= 0, scores.score[before], np.nan)
    both = ~np.isnan(parts) & ~np.isnan(then)
    changes = np.where(
        (np.isnan(was) | ~scored)[:, None] | np.isnan(parts), np.nan, np.where(both, share * (parts - then), 0.0)
    )
    rest = scores.score[now] - was - np.nansum(changes, axis=1)
    alike = (np.isnan(parts) == np.isnan(then)).all(axis=1)  # else what sums leave would be told as a change
    rest = np.where(alike & ~np.isnan(rest), 0.0, rest)
    known_before = np.where(before >= 0, scores.known[before], np.nan)
    return _Close(now, share * (parts - _FULL), np.column_stack([changes, rest]), known_before)


def _at_the_close_before(panel: Panel, now: Ints) -> Ints:
    """Return the row of the same customer at the close before; -1 where it was not under contract."""
    place = np.full(len(panel.ids), -1, dtype=np.int64)
    earlier = np.flatnonzero(panel.months == panel.months[now[0]] - 1)
    place[panel.customers[earlier]] = earlier
    found: Ints = place[panel.customers[now]]
    return found


def _rows(inquiry: Inquiry, panel: Panel, scores: Scores, close: _Close) -> pd.DataFrame:
    """Return a row per customer and component of the settings, those included that the source does not tell of."""
    named = [*inquiry.settings.health.components, KNOWN_WEIGHT]
    places = {one.id: place for place, one in enumerate(scores.components)} | {KNOWN_WEIGHT: len(scores.components)}
    rows, ids = close.rows, panel.ids.to_numpy()[panel.customers[close.rows]]
    order = np.lexsort((ids.astype(str), scores.score[rows]))
    columns = [places.get(name, -1) for name in named]  # -1: an empty one
    nothing, nought = np.full((len(rows), 1), np.nan), np.zeros((len(rows), 1))
    shift = (scores.known[rows] - close.known_before)[:, None]
    values = np.hstack([scores.figures[rows], shift, nothing])[order][:, columns]
    contributions = np.hstack([close.contributions, nought, nothing])[order][:, columns]
    changes = np.hstack([close.changes, nothing])[order][:, columns]
    scored = np.repeat(~np.isnan(scores.score[rows][order]), len(named))
    each = {
        "customer_id": ids, "score": scores.score[rows], "band": scores.band[rows].astype(object), "known": scores.known[rows],
    }  # fmt: skip
    told = pd.DataFrame({name: np.repeat(column[order], len(named)) for name, column in each.items()})
    told = told.assign(
        component=np.tile(np.array(named, dtype=object), len(rows)),
        value=values.ravel(), contribution=np.where(scored, contributions.ravel(), np.nan), change=changes.ravel(),
    )  # fmt: skip
    return told.assign(reason=_reasons(told, inquiry))


def _reasons(told: pd.DataFrame, inquiry: Inquiry) -> NDArray[np.object_]:
    """Return of each row why a figure is missing; an empty text where none is."""
    absent = {name: inquiry.absent[name] for name in inquiry.settings.health.components}
    lacks = told.component.map(
        {name: f"{reasons.NEEDS} {', '.join(needs)}" if needs else "" for name, needs in absent.items()}
    )
    is_part = told.component != KNOWN_WEIGHT
    found = np.select(
        [lacks.fillna("") != "", is_part & told.value.isna(), told.score.isna(), told.change.isna()],
        [lacks.fillna(""), UNKNOWN, THIN, FIRST],
        default="",
    )
    return found.astype(object)
