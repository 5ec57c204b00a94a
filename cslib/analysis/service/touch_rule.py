"""Which touch model a customer is to have by the rule of the settings, and who has had another one for several closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cslib.analysis.service.service import MODEL, service

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cslib.analysis.inquiry import Inquiry
    from cslib.settings import Policies, TouchRule

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

TECH, LOW, HIGH = MODELS = ("tech", "low", "high")  # from the least touch to the most
LARGE, MIDDLE, SMALL = "large", "middle", "small"
NEW, NOT_ADOPTED, SETTLED = "new", "not_adopted", "settled"
UNDER, OVER = "under_served", "over_served"
_ENOUGH = 1 - 1e-9  # relative: of sums of money in another order
_KNOWN_MONTHS = 2  # under contract, before which nobody has to have adopted
_DETRACTOR = 6


def rule_of(inquiry: Inquiry, segment: str) -> TouchRule:
    """Return the rule of a segment: that of the policies, with what the segment says otherwise."""
    own = {one.id: one.touch_rule for one in inquiry.settings.segments}
    return inquiry.settings.policies.touch_rule.with_own(own.get(segment))


def ruled(inquiry: Inquiry, segment: str) -> pd.DataFrame:
    """Return the rows of `service` under the rule of a segment: size, rule and why, the words that led to it.

    Shares of MRR are of all customers of the portfolio: whoever is large is large in each segment.
    """
    return under_rule(inquiry.once(service), rule_of(inquiry, segment), inquiry.settings.policies)


def under_rule(rows: pd.DataFrame, rule: TouchRule, policies: Policies) -> pd.DataFrame:
    """Return rows of customers at closes with size, rule (tech, low or high) and why.

    By size large is high, small is tech, what lies between is low. Then one step: up for who needs help (`new`: so young and a
    required milestone is open; `not_adopted`, after two months), down from low for who is `settled`. Whether a customer has
    adopted is unknown without use on record: then it neither needs help by it nor is settled.
    """
    size = _sizes(rows, rule)
    months, weeks = rows.months_under_contract, policies.adoption_weeks.active
    is_new = (months <= rule.new_months) & rows.waits
    lags = (months >= _KNOWN_MONTHS) & (rows.core_weeks < weeks)
    falls = rows.events_to_before < 1 - policies.usage_decline
    settled = (months >= rule.settled_months) & (rows.core_weeks >= weeks) & ~rows.waits & rows.has_outcome
    settled &= ~(rows.latest_nps <= _DETRACTOR) & ~falls
    level = np.select([size == LARGE, size == SMALL], [2, 0], 1)
    step = np.where(is_new | lags, 1, np.where(settled & (level == 1), -1, 0))
    up = np.where(is_new, NEW, np.where(lags, NOT_ADOPTED, ""))
    why = np.where((step > 0) & (level < 2), up, np.where(step < 0, SETTLED, ""))  # noqa: PLR2004 - the highest
    chosen = np.array(MODELS, dtype=object)[np.clip(level + step, 0, 2)]
    words = pd.Series(size, rows.index, dtype=object) + np.where(why == "", "", " " + why.astype(object))
    return rows.assign(size=size, rule=chosen, why=words, is_new=is_new)


def _sizes(rows: pd.DataFrame, rule: TouchRule) -> NDArray[np.object_]:
    size = np.full(len(rows), MIDDLE, dtype=object)
    for month in rows.month_no.unique():
        at = (rows.month_no == month).to_numpy()
        mrr = rows.mrr.to_numpy(dtype=np.float64)[at]
        size[at] = np.where(_large(mrr, rule), LARGE, np.where(_small(mrr, rule), SMALL, MIDDLE))
    return size


def _large(mrr: Floats, rule: TouchRule) -> Flags:
    """Return who is large: those who pay alike are large alike."""
    if rule.large.mrr_share is None:
        return mrr >= (rule.large.at_least or 0)
    ordered = np.sort(mrr)[::-1]
    held = np.cumsum(ordered) >= rule.large.mrr_share * ordered.sum() * _ENOUGH
    found: Flags = mrr >= ordered[int(np.argmax(held))]
    return found


def _small(mrr: Floats, rule: TouchRule) -> Flags:
    if rule.small.mrr_share is None:
        return mrr < (rule.small.below or 0)
    ordered = np.sort(mrr)
    up_to = np.cumsum(ordered)[np.searchsorted(ordered, mrr, side="right") - 1]
    found: Flags = up_to <= rule.small.mrr_share * ordered.sum() / _ENOUGH
    return found


def judged(inquiry: Inquiry, segment: str) -> pd.DataFrame:
    """Return the customers under contract at the close with what the rule says, by customer_id.

    Columns of `ruled`; `rule_before` at the close before; `wrong`: another model than the rule's now; `closes`, at how many closes
    in a row the rule has said the same and the model was another, 1 where the model is known for the latest alone; `list`,
    `under_served` or `over_served` where the rule has said the same for as long as it is to be, empty elsewhere.
    """
    rows, rule, as_of = ruled(inquiry, segment), rule_of(inquiry, segment), inquiry.as_of.number
    by_close = {
        back: rows[rows.month_no == as_of - back].set_index("customer_id") for back in range(rule.steady_closes)
    }
    now = by_close[0]
    said = pd.DataFrame({back: one["rule"].reindex(now.index) for back, one in by_close.items()})
    had = pd.DataFrame({back: one[MODEL].reindex(now.index) for back, one in by_close.items()})
    dated = MODEL in inquiry.facts.manifest.dated
    same = said.eq(said[0], axis=0)
    other = had.notna() & had.ne(said) if dated else had[[0]].notna() & had[[0]].ne(said[[0]])
    before = rows[rows.month_no == as_of - 1].set_index("customer_id")["rule"].reindex(now.index)
    steady = same.all(axis=1) & other.all(axis=1)
    level = {model: place for place, model in enumerate(MODELS)}
    lacks = now["rule"].map(level).astype(float) > now[MODEL].map(level).astype(float)
    return now.assign(
        rule_before=before,
        wrong=other[0],
        closes=(other & same[other.columns]).cummin(axis=1).sum(axis=1),
        list=np.where(steady, np.where(lacks, UNDER, OVER), ""),
    )


def is_single(rows: pd.DataFrame) -> bool:
    """Return whether the rule puts all of several customers into one model, so that it tells nobody apart."""
    return len(rows) > 1 and len(rows["rule"].unique()) == 1


def members_of(inquiry: Inquiry) -> dict[str, pd.Series]:
    """Return the ids of the customers of each segment that is asked of."""
    held = inquiry.facts.members.select("segment", "customer_id").to_pyarrow().to_pandas()
    return {segment: held.customer_id[held.segment == segment] for segment in sorted(inquiry.segments)}
