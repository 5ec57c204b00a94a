"""Monday's list: whom to see to, why, what to do and by when; each customer once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.chain.customers import STUCK, chain_customers
from cslib.analysis.customer_lists import list_by_segment
from cslib.analysis.growth.proposals import HELP, proposals
from cslib.analysis.health.health import health
from cslib.analysis.journey.customers import SLIPPING, journey_customers
from cslib.analysis.journey.customers import STUCK as LATE
from cslib.analysis.journey.reference_customers import reference_customers
from cslib.analysis.service.touch_customers import touch_customers
from cslib.analysis.service.touch_rule import UNDER
from cslib.analysis.signals import losses_ahead
from cslib.analysis.standing import DETRACTOR, NO_OUTCOME, OPEN_TICKET, RENEWAL
from cslib.stats import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.analysis.inquiry import Inquiry

    Texts = pd.Series[str]

COLUMNS = (
    "segment", "month", "customer_id", "csm", "what", "why", "gate", "since", "signals", "product", "amount", "mrr", "due_on",
    "last_touch", "verdict", "reason",
)  # fmt: skip
RENEW, PROPOSE, ASK = "renew", "propose", "ask"
DOINGS = (HELP, RENEW, PROPOSE, ASK)
RED, WEAK, REFERENCE = "red", "weak", "reference"
_TEXTS = [*COLUMNS[2:10], "due_on", "last_touch", "verdict", "reason"]
_ORDER = {"segment": True, "place": True, "undated": True, "due_on": True, "mrr": False, "customer_id": True}


def actions(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and customer under contract that somebody is to see to: `COLUMNS`; no customer twice.

    `what` is the first of these that holds. `help`: an open grave ticket, a detractor's answer, a red health score, a renewal
    that falls due without an outcome or below a green score, less touch than the rule says (`under_served`, by
    `touch_customers`), `stuck` in a phase or `slipping` back from use (by `journey_customers`). `renew`: a term ends within 90
    days. `propose`: the largest proposal, its `rule` in `why`. `ask`: whom to ask to be a reference (`reference_customers`).
    `why` are the words of all that holds. `gate` is the first that the customer has not passed, `since` that month. `signals` are
    the figures, of those that lead to losses in the segment, on whose worse side it stands. `verdict` stands behind it: of what is
    proposed that on its rule (`replay`), else `leads` where there are such signals. What is to be done first comes first. A
    segment without anybody has one row with the reason; outsiders are told nothing.
    """
    table = list_by_segment(inquiry, COLUMNS, _TEXTS, lambda asked: _Calling(asked).of)
    placed = table.assign(place=table.what.map({one: at for at, one in enumerate(DOINGS)}), undated=table.due_on == "")
    ordered = placed.sort_values([*_ORDER], ascending=[*_ORDER.values()], ignore_index=True)
    return ordered.astype({"amount": "float64", "mrr": "float64"})[list(COLUMNS)]


class _Calling:
    """All that is known of the customers at the close, and what of it asks to be seen to."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._standing = inquiry.standing

    def of(self, segment: str, inside: pd.Series[str]) -> pd.DataFrame:
        """Return the customers of a segment that are to be seen to."""
        known = self._standing[self._standing.index.isin(inside)]
        signs = self._signs(segment, known)
        offers = self._offers(segment, known)
        holds = {
            **{
                veto: known.veto.str.split().map(lambda words, veto=veto: veto in words)
                for veto in (OPEN_TICKET, DETRACTOR, NO_OUTCOME)
            },
            **self._scored(segment, known.index),
            **self._left_behind(segment, known.index),
            RENEWAL: known.due_on.notna(),
            "offer": offers.rule.notna(),
            REFERENCE: self._willing(segment, known.index) & (known.veto == ""),
        }
        what = _what(holds)
        why = _joined({word: flags for word, flags in holds.items() if word != "offer"}, known.index)
        stuck = self._stuck(segment).reindex(known.index)
        found = known[["csm", "mrr", "due_on", "last_touch"]].assign(
            what=what, why=(why + " " + offers.rule.where(what == PROPOSE, "")).str.strip(), gate=stuck.gate, since=stuck.since,
            signals=signs, product=offers["product"].where(what == PROPOSE), amount=offers.amount.where(what == PROPOSE),
            verdict=offers.verdict.where(what == PROPOSE, np.where(signs != "", str(Verdict.LEADS), "")),
        )  # fmt: skip
        return found[what != ""].rename_axis("customer_id").reset_index()

    def _signs(self, segment: str, known: pd.DataFrame) -> Texts:
        """Return of each customer the figures that lead to losses in the segment and on whose worse side it stands."""
        table, panel = self._inquiry.once(losses_ahead), self._inquiry.panel
        leading = set(table.indicator[(table.segment == segment) & (table.verdict == str(Verdict.LEADS))])
        if panel is None:
            return pd.Series("", known.index)
        chosen = [one for one in self._inquiry.known if one.id in leading]
        return _joined(
            {one.id: pd.Series(known.index.isin(panel.worse_now(one)), known.index) for one in chosen}, known.index
        )

    def _offers(self, segment: str, known: pd.DataFrame) -> pd.DataFrame:
        """Return the largest of what may be proposed to each customer: rule, product, amount, verdict; missing where nothing may."""
        table = self._inquiry.once(proposals)
        mine = table[(table.segment == segment) & (table.rule != "")].sort_values(
            "amount", ascending=False, kind="stable"
        )
        return (
            mine.drop_duplicates("customer_id")
            .set_index("customer_id")[["rule", "product", "amount", "verdict"]]
            .reindex(known.index)
        )

    def _left_behind(self, segment: str, index: pd.Index[str]) -> dict[str, pd.Series[bool]]:
        """Return who gets less touch than the rule says, who is stuck in its phase, and who slips back from use."""
        served, journey = self._inquiry.once(touch_customers), self._inquiry.once(journey_customers)
        lists = {UNDER: served[served["list"] == UNDER]}
        lists |= {word: journey[[word in why.split() for why in journey.why]] for word in (LATE, SLIPPING)}
        return {
            word: pd.Series(index.isin(found.customer_id[found.segment == segment]), index)
            for word, found in lists.items()
        }

    def _willing(self, segment: str, index: pd.Index[str]) -> pd.Series[bool]:
        table = self._inquiry.once(reference_customers)
        return pd.Series(index.isin(table.customer_id[(table.segment == segment) & (table.what == ASK)]), index)

    def _stuck(self, segment: str) -> pd.DataFrame:
        table = self._inquiry.once(chain_customers)
        mine = table[(table.segment == segment) & (table.kind == STUCK) & (table.reason == "")]
        return mine.set_index("customer_id")[["gate", "since"]]

    def _scored(self, segment: str, index: pd.Index[str]) -> dict[str, pd.Series[bool]]:
        """Return who is red, and whose score is above it but below a green one, whatever else keeps a band from being green."""
        table = self._inquiry.once(health)
        mine = table[table.segment == segment].drop_duplicates("customer_id").set_index("customer_id").reindex(index)
        red = mine.band == RED
        return {RED: red, WEAK: (mine.score < self._inquiry.settings.health.bands.green) & ~red}


def _what(holds: Mapping[str, pd.Series[bool]]) -> Texts:
    """Return what is to be done with each customer, empty where nothing is."""
    shaky = holds[RENEWAL] & (holds[NO_OUTCOME] | holds[WEAK])
    left_behind = holds[UNDER] | holds[LATE] | holds[SLIPPING]
    doings = {
        HELP: holds[OPEN_TICKET] | holds[DETRACTOR] | holds[RED] | shaky | left_behind,
        RENEW: holds[RENEWAL],
        PROPOSE: holds["offer"],
        ASK: holds[REFERENCE],
    }
    chosen = np.select([*doings.values()], [*doings], "")
    return pd.Series(chosen, holds[RENEWAL].index, dtype=object)


def _joined(holds: Mapping[str, pd.Series[bool]], index: pd.Index[str]) -> Texts:
    """Return the words of all that holds of each customer, with a blank between them."""
    words = pd.Series("", index, dtype=object)
    for word, flags in holds.items():
        words += np.where(flags, f"{word} ", "")
    return words.str.strip()
