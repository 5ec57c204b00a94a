"""Where the health score was wrong, by name: customers that were lost though green, and customers that stayed though red."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.health.audit_rows import YOUNG
from cslib.analysis.health.backtest import LOST
from cslib.analysis.health.health import UNLISTED, untold
from cslib.analysis.health.scores import GREEN, RED
from cslib.kpis import reasons
from cslib.periods import Month

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.health.scores import Scores
    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.panel import Panel

    Ints = NDArray[np.int64]

GREEN_BUT_LOST, RED_BUT_STAYED = "green_but_lost", "red_but_stayed"
LISTS = (GREEN_BUT_LOST, RED_BUT_STAYED)
COLUMNS = ("segment", "month", "list", "customer_id", "close", "score", "came", "reason")
NONE_FOUND = "right: the score was wrong of no customer in this way"


def health_misses(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment, list and customer: `COLUMNS`, the last `close` at which the score was wrong first.

    `green_but_lost`: a close at which the customer was green, and within six months after it was lost; `came` is the month of the loss.
    `red_but_stayed`: one at which it was red, and no loss within six months; `came` is its band six months later. A list without
    customers has a row that says so in `reason`. Outsiders are shown nobody.
    """
    found = [_segment(inquiry, segment, name) for segment in sorted(inquiry.segments) for name in LISTS]
    return pd.concat(found, ignore_index=True).assign(month=str(inquiry.as_of))[list(COLUMNS)]


def _segment(inquiry: Inquiry, segment: str, name: str) -> pd.DataFrame:
    panel, scores, past = inquiry.panel, inquiry.scores, inquiry.backtest
    told = {"segment": segment, "list": name}
    why = UNLISTED if inquiry.facts.discreet else untold(inquiry)
    if why or panel is None or scores is None or past is None:
        return _nobody(told, why)
    inside, bands = panel.inside(segment)[past.rows], scores.band[past.rows]
    wrong = past.lost & (bands == GREEN) if name == GREEN_BUT_LOST else ~past.lost & (bands == RED)
    rows = _last_of_each(panel, past.rows[inside & wrong])
    if not len(rows):
        return _nobody(told, NONE_FOUND if inside.any() else YOUNG if panel.inside(segment).any() else reasons.EMPTY)
    came = _losses(panel, rows) if name == GREEN_BUT_LOST else _bands_later(panel, scores, rows)
    ids, closes = panel.ids.to_numpy()[panel.customers[rows]], [*map(_month, panel.months[rows])]
    listed = pd.DataFrame({"customer_id": ids, "close": closes, "score": scores.score[rows], "came": came})
    # the most surprising first among those of one close
    ordered = listed.sort_values(["close", "score", "customer_id"], ascending=[False, name == RED_BUT_STAYED, True])
    return ordered.assign(**told, reason="")


def _nobody(told: dict[str, str], why: str) -> pd.DataFrame:
    texts = dict.fromkeys(("customer_id", "close", "came"), "")
    return pd.DataFrame([{**told, **texts, "score": np.nan, "reason": why}])


def _last_of_each(panel: Panel, rows: Ints) -> Ints:
    """Return the last of the rows of each customer; they go by months."""
    last = np.zeros(len(panel.ids), dtype=np.int64)
    last[panel.customers[rows]] = rows
    found: Ints = last[np.unique(panel.customers[rows])]
    return found


def _losses(panel: Panel, rows: Ints) -> list[str]:
    return [*map(_month, panel.next_month(LOST.movement)[rows])]


def _bands_later(panel: Panel, scores: Scores, rows: Ints) -> list[str]:
    """Return the band of each customer once the months of the outcome are over; empty where it has no contract then."""
    then = (
        panel.months * len(panel.ids) + panel.customers
    )  # a number per month and customer, in the order of the rows' months
    order = np.argsort(then)
    wanted = then[rows] + LOST.horizon * len(panel.ids)
    places = np.minimum(np.searchsorted(then[order], wanted), len(then) - 1)
    there = then[order][places] == wanted
    return [str(band) if here else "" for band, here in zip(scores.band[order][places], there, strict=True)]


def _month(number: int) -> str:
    return str(Month(int(number)))
