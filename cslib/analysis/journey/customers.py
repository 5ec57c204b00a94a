"""The customers behind the journey: the phase of each, since when, what holds it up, and the day of each gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.customer_lists import list_by_segment
from cslib.analysis.journey.journeys import BEFORE, CONSIDERATION, GATES, NEVER, VALUE, day_texts

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry

STUCK, SLIPPING, DUE, WITHOUT_OUTCOME = "stuck", "slipping", "due", "renewed_without_outcome"
COLUMNS = (
    "segment", "month", "customer_id", "csm", "phase", "since", "days", "why", "gate", "out_of_order", *GATES, "last_touch", "due_on",
    "mrr", "reason",
)  # fmt: skip
_TEXTS = tuple(name for name in COLUMNS[2:] if name not in {"days", "mrr"})


def journey_customers(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and customer under contract, or considering to be: `COLUMNS`.

    `since` and for how many `days` it has been in its `phase`; `gate` is the one that is open, and the columns of gates hold the
    day on which it passed each, whatever the order: `out_of_order` are those that it passed before an earlier one. `why` are the
    words of what holds: `stuck` (longer than the limit of the phase), `slipping` (not in use at this close and the last, though
    adopted), `due` (a term ends within 90 days, on `due_on`) and `renewed_without_outcome` (before its first goal was achieved).
    Who is stuck comes first, then who pays most. A segment without anybody has one row with the reason; outsiders are told
    nothing.
    """
    table = list_by_segment(inquiry, COLUMNS, _TEXTS, lambda asked: _Listed(asked).of)
    return table.astype({"days": "Int64", "mrr": "float64"})[list(COLUMNS)]


class _Listed:
    """Every customer under contract, and every one that considers to be, with its path."""

    def __init__(self, inquiry: Inquiry) -> None:
        journeys = inquiry.journeys
        assert journeys is not None  # noqa: S101 - asked only where the source tells who is lost
        rows, panel = journeys.now, journeys.panel
        who = panel.customers[rows]
        ids, days, place = panel.ids[who], journeys.days_in_phase[who], journeys.phase_at[rows]
        standing = inquiry.standing.reindex(ids)
        phases = np.array(journeys.phases, dtype=object)
        holds = {
            STUCK: journeys.stuck[who],
            SLIPPING: journeys.slipping[rows],
            DUE: standing.due_on.notna().to_numpy(),
            WITHOUT_OUTCOME: (phases[place] == VALUE) & (journeys.ever_renewed[who] < NEVER),
        }
        ahead = {phase: gate for gate, phase in BEFORE.items()}
        early = {gate: flags[who] for gate, flags in journeys.out_of_order.items()}
        found = pd.DataFrame({
            "customer_id": ids, "csm": standing.csm.to_numpy(), "phase": phases[place], "days": days,
            "since": day_texts(journeys.close - days), "why": _words(holds, len(ids)),
            "gate": [ahead.get(phase, "") for phase in phases[place]], "out_of_order": _words(early, len(ids)),
            **{gate: day_texts(journeys.passed_on[gate][who]) for gate in GATES},
            "last_touch": standing.last_touch.to_numpy(), "due_on": standing.due_on.to_numpy(), "mrr": panel.mrr[rows],
        })  # fmt: skip
        stuck = found.assign(first=~holds[STUCK]).sort_values(
            ["first", "mrr", "customer_id"], ascending=[True, False, True]
        )
        self._rows = pd.concat([stuck.drop(columns="first"), _considering(inquiry)], ignore_index=True)

    def of(self, _: str, inside: pd.Series[str]) -> pd.DataFrame:
        """Return the customers of a segment."""
        return self._rows[self._rows.customer_id.isin(inside)]


def _considering(inquiry: Inquiry) -> pd.DataFrame:
    journeys = inquiry.journeys
    assert journeys is not None  # noqa: S101 - as for all customers
    if journeys.reasons[CONSIDERATION]:
        return pd.DataFrame()
    found = journeys.considering
    days = journeys.close - found.since
    return found.assign(
        phase=CONSIDERATION, gate=GATES[0], days=days, since=day_texts(found.since.to_numpy(dtype=np.int64))
    )


def _words(holds: dict[str, np.ndarray], count: int) -> pd.Series[str]:
    """Return the words of all that holds of each customer, with a blank between them."""
    words = pd.Series("", range(count), dtype=object)
    for word, flags in holds.items():
        words += np.where(flags, f"{word} ", "")
    return words.str.strip()
