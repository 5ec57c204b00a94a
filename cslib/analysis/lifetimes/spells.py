"""Spells under contract: from the first close to the loss, and from which month on losses are on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ibis import _

from cslib.facts.contract_terms import contract_spells
from cslib.facts.customer_months import movements_spine
from cslib.periods import month_number
from cslib.stats import Lives, life_curve

if TYPE_CHECKING:
    import pandas as pd

    from cslib.facts import Facts
    from cslib.periods import Month

_EXPECTED = 3.0  # losses that were to be expected where none is on record: chance leaves none in one case of twenty


def spells(facts: Facts, as_of: Month, *, by_product: bool = False) -> pd.DataFrame:
    """Return a row per unbroken run of closes under contract up to `as_of`: customer_id, start, seen, end, lost, begun_on.

    `start`, `seen` and `end` are month numbers: of the first close, of the first that the data hold, and of the loss or, for
    one that is still there, of `as_of`; `begun_on` is the first day. A customer that returns begins a spell anew. With `by_product` a row per product of a
    customer as well, and the column product; each product is then a portfolio of its own.
    """
    keys = ["customer_id", "product"] if by_product else ["customer_id"]
    spine = facts["customer_months"]
    if by_product:
        spine = movements_spine(facts.terms, contract_spells(facts.terms), facts.months, tuple(keys))
    moved = spine.filter(_.month_no <= as_of.number, _.movement.isin(["new", "reactivation", "churn"]))
    begun_on = moved.stint_start.coalesce(moved.first_start)
    moves = moved.select(*keys, "month_no", "movement", begun_on=begun_on, begun=month_number(begun_on))
    found = moves.order_by([*keys, "month_no"]).to_pyarrow().to_pandas()
    is_loss = found.movement == "churn"
    is_lost = is_loss.groupby([found[key] for key in keys], dropna=False).shift(-1, fill_value=False)
    end = found.month_no.shift(-1).where(is_lost, as_of.number)
    # a term may have begun before the first month of the data; that of a product that was bought later has not
    is_first = found.month_no == facts.manifest.first.number
    start = found.month_no.where(~is_first, np.minimum(found.begun, found.month_no))
    told = found[keys].assign(
        start=start, seen=found.month_no, end=end.astype("int64"), lost=is_lost.astype(bool), begun_on=found.begun_on
    )
    return told[~is_loss].reset_index(drop=True)


def seen_after(of: pd.DataFrame, since: int) -> pd.DataFrame:
    """Return the spells that had not ended by the close of a month, with the age at which each was `entered` and `left`.

    It is entered at its own beginning, or at the age that it had at the close of the month `since`; it is left when it is lost, or
    at the last close.
    """
    there = of[(of.end > np.maximum(of.seen, since)) | ~of.lost]
    entered = (np.maximum(there.seen, since) - there.start).clip(lower=0)
    return there.assign(entered=entered, left=there.end - there.start).reset_index(drop=True)


def lives(of: pd.DataFrame) -> Lives:
    """Return spells that were `seen_after` a month as those of a curve."""
    return Lives(of.entered.to_numpy(), of.left.to_numpy(), of.lost.to_numpy())


def record_begins(of: pd.DataFrame, first: Month) -> int:
    """Return the number of the month from whose close on losses are on record: that of the first, or of the first loss.

    An export of today's customers with the days on which they came holds nobody who was lost before it began to be kept: as
    it tells it, nobody ever was. The chance of a loss at each age is taken from what is told after the first loss. Where, by
    it, three losses or more were to be expected before, none of them is on record. After the first loss is when to begin: from a
    moment that what has happened so far decides, what follows is as it would be.
    """
    if not of.lost.any():
        return first.number
    begins = int(of.end[of.lost].min())
    curve = life_curve(lives(seen_after(of, begins)))
    hazards = np.zeros(int((of.end - of.start).max()) + 1)
    hazards[curve.age] = curve.lost / curve.at_risk
    so_far = np.cumsum(hazards)
    before = of[of.seen < begins]
    until, since = np.minimum(before.end, begins - 1) - before.start, before.seen - before.start
    expected = float((so_far[until] - so_far[since]).sum())
    return begins if expected >= _EXPECTED else first.number
