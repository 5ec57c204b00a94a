"""Which customers were asked to be a reference, and what they said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cslib.demo.columns import apart, ordered, pick, where
from cslib.demo.events import occurrences

if TYPE_CHECKING:
    from cslib.demo.columns import Columns
    from cslib.demo.state import World

STREAM = 102
ASKED = 0.08  # a month, of those with an outcome that have said what they permit
KINDS = {"case_study": 0.35, "review": 0.25, "call": 0.2, "referral": 0.12, "event": 0.08}
WILLING = {"agreed": 0.68, "later": 0.2, "": 0.12}
UNWILLING = {"refused": 0.85, "": 0.15}


def reference_requests(world: World) -> Columns:
    """Return the requests, whose answers agree with the permission that the customers' table tells.

    Of a generator of its own, so that all else is as it would be without it.
    """
    own = replace(world, rng=apart(world.rng, STREAM))
    permission = world.customers.permission
    told = world.history.has_outcome & (permission != "not_asked")
    events = occurrences(own, ASKED * told)
    count = len(events)
    kind, willing, unwilling = (pick(own.rng, words, count) for words in (KINDS, WILLING, UNWILLING))
    answer = np.where(permission[events.who] == "refused", unwilling, willing)
    table = ordered(
        {"customer": events.who, "asked_on": events.day, "kind": kind, "answer": answer}, "asked_on", "customer", "kind"
    )
    once = np.unique(np.stack([table["customer"], table["asked_on"].astype(np.int64)]), axis=1, return_index=True)[1]
    return where(table, np.isin(np.arange(count), once))
