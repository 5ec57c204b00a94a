"""All lists of customers as one, and the month's movements of MRR by customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from ibis import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cslib.facts import Facts
    from cslib.periods import Month

# the lists that the pages of the stages show; a customer may stand on several
LISTS = (
    "onboarding_completion", "onboarding_overdue", "adoption", "usage_decline", "nps", "complaint_free",
    "customers_with_outcome", "goal_coverage", "customer_churn", "nrr",
)  # fmt: skip
_MOVED = {
    "new": "new_mrr", "reactivation": "reactivation_mrr", "upsell": "upsell_mrr", "cross_sell": "cross_sell_mrr",
    "contraction": "contraction_mrr", "churn": "churned_mrr",
}  # fmt: skip
_LOSSES = ("contraction", "churn")
_TOLD = ("what", "why", "signals")


def joined_lists(behind: Mapping[str, pd.DataFrame], known: pd.DataFrame, actions: pd.DataFrame) -> pd.DataFrame:
    """Return each customer of any list once: the columns of `known`, lists (ids of KPIs), and what, why and signals of `actions`.

    `behind` are the customers behind KPIs. One of whom nothing is wanting, as one whose MRR grew beside those whose MRR fell,
    stands on none. First those on most lists, then those who pay most.
    """
    named = [rows[rows.counted > 0][["customer_id"]].assign(list=kpi) for kpi, rows in behind.items()]
    lists = pd.concat(named).groupby("customer_id").list.agg(tuple).rename("lists")
    told = known.merge(lists, on="customer_id")
    told = told.merge(actions.loc[actions.what != "", ["customer_id", *_TOLD]], "left", "customer_id")
    told = told.fillna(dict.fromkeys(_TOLD, "")).assign(count=told.lists.str.len())
    return told.sort_values(["count", "mrr", "customer_id"], ascending=[False, False, True], ignore_index=True)


def moved_customers(facts: Facts, as_of: Month) -> pd.DataFrame:
    """Return what each customer's MRR did in a month: customer_id, movement, amount (losses below 0), before and after.

    A customer that bought more of one product and another besides has a row for each. The amounts of a movement add up to its
    step of the month's bridge. The largest first.
    """
    rows = facts["customer_months"].filter(_.month_no == as_of.number, _.movement != "none")
    amounts = {name: rows[column].cast("float64") for name, column in _MOVED.items()}
    wide = rows.select(
        "customer_id", before=_.opening_mrr.cast("float64"), after=_.closing_mrr.cast("float64"), **amounts
    )
    long = (
        wide.to_pyarrow().to_pandas().melt(["customer_id", "before", "after"], var_name="movement", value_name="amount")
    )
    long["amount"] = long.amount.where(~long.movement.isin(_LOSSES), -long.amount)
    found = long[long.amount != 0].assign(size=long.amount.abs())
    ordered = found.sort_values(["size", "customer_id", "movement"], ascending=[False, True, True], ignore_index=True)
    return ordered[["customer_id", "movement", "amount", "before", "after"]]
