"""Who renewed without having reached a goal, and what else could help it: one does not cling, one helps first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from ibis import _

from cslib.analysis.customer_lists import list_by_segment
from cslib.analysis.journey.journeys import ADOPTED, NEVER, VALUE, YEAR, day_of, day_texts
from cslib.analysis.journey.references import alike
from cslib.stats.rates import Z

if TYPE_CHECKING:
    from cslib.analysis.inquiry import Inquiry
    from cslib.analysis.journey.journeys import Journeys

COLUMNS = (
    "segment", "month", "customer_id", "csm", "renewed_on", "outcome_on", "goal", "goal_due_on", "adopted", "what", "product", "lift",
    "low", "high", "n", "last_touch", "due_on", "mrr", "reason",
)  # fmt: skip
HELP, PRODUCT = "help", "product"
LEAST_ALIKE = 10  # customers alike that had an outcome, from which on what they hold says anything
_FIGURES = ("lift", "low", "high", "mrr")
_TEXTS = tuple(name for name in COLUMNS[2:] if name not in {*_FIGURES, "n"})


def renewed_without_outcome(inquiry: Inquiry) -> pd.DataFrame:
    """Return a row per segment and customer under contract that renewed within 12 months before its first outcome: `COLUMNS`.

    `renewed_on` is the last such renewal, `outcome_on` its first outcome since, if any. `goal` is the oldest that is open, with the day by
    which it is due; `adopted` whether the rule of use holds at the close (`yes`, `no`, empty: not known). `what`: `help`, where
    it does not or is not known, else the `product` that customers of the same industry and size with an outcome hold most
    often for those without one, and that it does not hold: `lift` times as often [`low`, `high`, 95 % on the logarithm by Katz
    et al. 1978], `n` of them with an outcome, ten at least; none where no interval lies above 1. Who has no outcome yet stands first, then who pays most. A segment
    without anybody has one row with the reason; outsiders are told nothing.
    """
    table = list_by_segment(inquiry, COLUMNS, _TEXTS, lambda asked: _Renewed(asked).of)
    return table.astype({**dict.fromkeys(_FIGURES, "float64"), "n": "Int64"})[list(COLUMNS)]


class _Renewed:
    """Those who renewed without an outcome, with what is known of them."""

    def __init__(self, inquiry: Inquiry) -> None:
        journeys = inquiry.journeys
        assert journeys is not None  # noqa: S101 - asked only where the source tells who is lost
        self._reason = journeys.reasons[VALUE]
        self._rows = pd.DataFrame() if self._reason else _listed(inquiry, journeys)

    def of(self, _: str, inside: pd.Series[str]) -> pd.DataFrame:
        """Return those of a segment."""
        if self._reason:
            return pd.DataFrame({"reason": [self._reason]})
        return self._rows[self._rows.customer_id.isin(inside)]


def _listed(inquiry: Inquiry, journeys: Journeys) -> pd.DataFrame:
    panel, outcome = journeys.panel, journeys.passed_on[VALUE]
    who, when = journeys.renewals
    since = day_of(journeys.as_of - YEAR)
    counts = (when > since) & (when < outcome[who])
    last = np.full(len(panel.ids), -1, dtype=np.int64)
    np.maximum.at(last, who[counts], when[counts])
    rows = journeys.now[last[panel.customers[journeys.now]] >= 0]
    of = panel.customers[rows]
    standing = inquiry.standing.reindex(panel.ids[of])
    known = "" if journeys.reasons[ADOPTED] else np.where(journeys.adopted_now[rows], "yes", "no")
    found = pd.DataFrame({
        "customer_id": panel.ids[of], "csm": standing.csm.to_numpy(), "renewed_on": day_texts(last[of]),
        "outcome_on": day_texts(outcome[of]), "adopted": known, "last_touch": standing.last_touch.to_numpy(),
        "due_on": _next_end(inquiry).reindex(panel.ids[of]).to_numpy(), "mrr": panel.mrr[rows], "open": outcome[of] == NEVER,
    })  # fmt: skip
    with_goal = found.merge(_open_goals(inquiry), on="customer_id", how="left")
    told = pd.concat([with_goal, _what_helps(inquiry, with_goal)], axis=1)
    return told.sort_values(["open", "mrr", "customer_id"], ascending=[False, False, True], ignore_index=True)


def _next_end(inquiry: Inquiry) -> pd.Series[Any]:
    """Return the day on which the next of each customer's terms ends."""
    ends = inquiry.terms.dropna(subset="ends_on").groupby("customer_id").ends_on.min()
    return pd.to_datetime(ends).dt.strftime("%Y-%m-%d")


def _open_goals(inquiry: Inquiry) -> pd.DataFrame:
    """Return the oldest goal of each customer that was set by the close and not achieved by it."""
    close = inquiry.as_of.last_day
    known = inquiry.facts.tables["goals"].filter(_.set_on <= close, _.achieved_on.isnull() | (_.achieved_on > close))
    told = known.select("customer_id", "set_on", goal="title", goal_due_on=_.due_on.cast("string"))
    rows = told.order_by("customer_id", "set_on", "goal", "goal_due_on").to_pyarrow().to_pandas()
    return rows.drop_duplicates("customer_id").drop(columns="set_on")


def _what_helps(inquiry: Inquiry, listed: pd.DataFrame) -> pd.DataFrame:
    """Return for each that is listed whether to help it, or the product that goes most with an outcome among its like."""
    known = alike(inquiry)
    places = known.loc[listed.customer_id, ["industry", "size"]].itertuples(index=False, name=None)
    held = inquiry.terms.groupby("customer_id")["product"].agg(set).to_dict()
    offers = {
        cell: rows.to_dict("records") for cell, rows in _lifts(known, inquiry.terms).groupby(["industry", "size"])
    }
    found = []
    for customer, adopted, place in zip(listed.customer_id, listed.adopted, places, strict=True):
        offered = [row for row in offers.get(place, ()) if row["product"] not in held.get(customer, ())]
        lacks = {"what": PRODUCT, **offered[0]} if offered else {"what": ""}
        found.append(lacks if adopted == "yes" else {"what": HELP})
    return pd.DataFrame(found, columns=["what", "product", "lift", "low", "high", "n"], index=listed.index)


def _lifts(known: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Return by industry and size how many times as often a product is held with an outcome as without, beyond chance.

    The surest first.
    """
    told = known[known.industry != ""]
    holders = terms[["customer_id", "product"]].drop_duplicates().join(told, on="customer_id", how="inner")
    keys = ["industry", "size"]
    whole = told.groupby(keys).outcome.agg(reached="sum", all="count").astype("float64")
    counts = holders.groupby([*keys, "product"]).outcome.agg(a="sum", held="count").astype("float64").reset_index()
    table = counts.join(whole, on=keys)
    rest, others = table.held - table.a, table["all"] - table.reached
    able = (table.reached >= LEAST_ALIKE) & (table.a > 0) & (rest > 0)
    table, rest, others = table[able], rest[able], others[able]
    lift = (table.a / table.reached) / (rest / others)
    error = np.sqrt(1 / table.a - 1 / table.reached + 1 / rest - 1 / others)
    low, high = (lift * np.exp(side * Z * error) for side in (-1, 1))
    found = table.assign(lift=lift, low=low, high=high, n=table.reached)
    found = found[found.low > 1]
    return found.sort_values([*keys, "low", "product"], ascending=[True, True, False, True], ignore_index=True)
